"""Write ``corpus.yaml`` (what becomes of every fault) and ``docs/faults.md``: ``python -m tests.faults.pin``.

Only after a change made on purpose, and the difference is to be read line by line: it is what the tests hold to.
"""

import tempfile
from pathlib import Path

import yaml

from smartcity_analysis.study import folder as folder_module
from smartcity_analysis.study import load_study

from . import corpus_forms
from .corpus import FAULTS
from .running import HANDLED, ROOT, Bench, Forms

PINNED, DOCUMENT = Path(__file__).parent / "corpus.yaml", ROOT / "docs" / "faults.md"
INTRODUCTION = """\
# Broken input

What becomes of a study folder, or of a returned form, that is broken in one way. Every case is made from the shipped
study by `tests/faults`; this page is written from the same corpus, and a test holds the two equal.

- **refused**: nothing is read, no output is touched, and the message names file, sheet, row and column, what was found,
  what was expected and what to do, in Indonesian and English. This page gives the message's key and the first place.
- **read**: the tables are the same as those of the unbroken study.

What is read although it looks unusual: headers in Indonesian or English, in capitals, with spaces or hyphens for `_`;
columns in any order; empty rows and columns; comma, semicolon, tab or bar as separator; a byte-order mark; space and
invisible signs around a cell; `-`, `n/a`, `null` where a cell may be empty; in workbooks hidden rows and columns (they
are data), formulas with the result they were saved with, hidden and empty sheets (not read), protection, colours and
rules. Macros, links to other files and embedded objects are named by `smartcity check` and by the commands that read
forms, and are never run, followed or kept. Of a survey form the answer cells are read, found by their questions' codes;
what is written beside them or on further sheets is not. A feedback form with anything beside its cells is refused.

Bounds: a file 50 MB; a table 200,000 rows and 300 columns; a cell 32,767 characters; a workbook 40 MB unpacked, 2,000
parts, no part swelling more than 200 times, 1,000,000 cells from A1 to the last one of a sheet; YAML 1 MB, 40 levels,
no aliases, every key once.

What no reader can see is a plausible figure: a value ten times too large that stays within the bounds of
`catalogue.csv`, or two columns exchanged that hold the same kind of number. Such values are pointed out by
`smartcity check` where other years, other regions or sums speak against them, and are not refused.

"""


def outcomes():
    """What becomes of every fault, by name."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        folder_module.read_table = bench.read_table
        found |= {name: bench.outcome(fault)[0] for name, fault in FAULTS.items()}
    forms = Forms({name: load_study(name, root=ROOT) for name in ("kediri", "malang")})
    return found | {name: forms.outcome(form)[0] for name, form in corpus_forms.FAULTS.items()}


def document(pinned):
    """The page: how many cases of each kind, and what becomes of each of them."""
    kinds = {}
    for name, outcome in pinned.items():
        kind, _, case = name.partition(": ")
        kinds.setdefault(kind, []).append((case, outcome))
    refused = {kind: sum(outcome != HANDLED for _, outcome in cases) for kind, cases in kinds.items()}
    lines = ["| kind | cases | refused | read |", "|---|---|---|---|"]
    lines += [f"| {kind} | {len(c)} | {refused[kind]} | {len(c) - refused[kind]} |" for kind, c in kinds.items()]
    every = sum(refused.values())
    lines += [f"| **all** | **{len(pinned)}** | **{every}** | **{len(pinned) - every}** |"]
    for kind, cases in kinds.items():
        lines += ["", f"## {kind}", "", "| case | what happens |", "|---|---|"]
        lines += [f"| {case} | {_told(outcome)} |" for case, outcome in cases]
    return INTRODUCTION + "\n".join(lines) + "\n"


def _told(outcome):
    if outcome == HANDLED:
        return HANDLED
    key, file, *where = outcome[1].split(" | ")
    place = [
        file,
        *(f"{what} {part}" for what, part in zip(("sheet", "row", "column"), where, strict=True) if part != "-"),
    ]
    return f"refused: `{key}`, {', '.join(place)}".replace("|", "\\|")


if __name__ == "__main__":
    pinned = outcomes()
    PINNED.write_text(yaml.safe_dump(pinned, sort_keys=False, allow_unicode=True, width=200), encoding="utf-8")
    DOCUMENT.write_text(document(pinned), encoding="utf-8")
    print(f"{len(pinned)} cases")

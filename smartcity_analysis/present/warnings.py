"""What looks wrong in the data, in words: one table for the page and the workbook, one line each for the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..index import find_cautions
from ..study import Caution, Framework, Study, load_framework
from .display import labels_of, worded_facts
from .language import LANGUAGES, Language, speak
from .tables import Labels, label_or_word

__all__ = ["pillar_labels", "warning_lines", "warning_table"]

PILLARS = "gm100sc"  # the framework that names the pillars every catalogue sorts its indicators by
GIVEN = ("left", "r", "size")  # facts whose kind of number the sentences give
_COLUMNS = [
    "seriousness", "guard", "study", "file", "rows", "region", "year", "indicator",
    *(f"{part}_{code}" for part in ("found", "should_be", "remedy") for code in LANGUAGES), "status",
]  # fmt: skip


def pillar_labels(studies: Sequence[Study]) -> dict[str, dict[str, str]]:
    """Return the labels of `studies`, of the pillars, and of the indices the studies compute, by code.

    Parameters
    ----------
    studies : sequence of Study
        Checked studies.
    """
    indices = [load_framework(study.spec.index.framework) for study in studies if study.spec.index]
    frameworks: list[Framework] = [load_framework(PILLARS), *indices]
    return labels_of(studies, frameworks)


def warning_table(studies: Sequence[Study], *, illustrative: bool = False) -> pd.DataFrame:
    """Return what looks wrong in `studies`, the serious first within each; nothing is changed by it.

    Parameters
    ----------
    studies : sequence of Study
    illustrative : bool
        What looks wrong in the stand-ins instead of the real rows.

    Returns
    -------
    DataFrame, one row a warning
        seriousness (``likely_wrong``, ``worth_a_look``), guard, study, file, rows (of the raw file; its header is row
        1), region, year and indicator where there is one, and found, should_be and remedy in both languages; status
        (the weakest of the rows).
    """
    labels = pillar_labels(studies)
    rows = []
    for study in studies:
        for said in find_cautions(study, illustrative=illustrative):
            row: dict[str, Any] = {
                "seriousness": said.seriousness,
                "guard": said.guard,
                "study": study.name,
                "status": said.status,
            }
            row |= {"file": f"{study.name}/{said.file}", "rows": _ranges(said.rows), "region": said.region}
            row |= {"year": said.year, "indicator": said.code}
            for code in LANGUAGES:
                row |= {f"{part}_{code}": text for part, text in _words(said, speak(code), labels).items()}
            rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"year": "Int64"})


def warning_lines(study: Study, words: Language) -> list[str]:
    """Return what looks wrong in `study` for the console: how many things, then a line each with its place.

    Parameters
    ----------
    study : Study
        The checked study.
    words : Language
        The language to write in.
    """
    table, labels = warning_table([study]), pillar_labels([study])
    if table.empty:
        return [words.text("cli.not_warned")]
    lines = [words.text("cli.warned", count=len(table))]
    for row in table.to_dict("records"):
        named = [
            label_or_word(row[part], words, labels) for part in ("region", "indicator") if isinstance(row[part], str)
        ]
        year = [] if pd.isna(row["year"]) else [str(row["year"])]
        at = ", ".join([words.text("cli.warning_place", file=row["file"], rows=row["rows"]), *named, *year])
        parts = {part: row[f"{part}_{words.code}"].rstrip(".") for part in ("found", "should_be", "remedy")}
        seriousness = words.text(f"tables.words.{row['seriousness']}")
        lines.append(words.text("cli.warning", seriousness=seriousness, place=at, **parts))
    return lines


def _words(said: Caution, words: Language, labels: Labels) -> dict[str, str]:
    """Return what was found, what was expected and what to do, in one language."""
    facts = _worded(said.facts, words, labels)
    found = words.text(f"guards.{said.key}.found", **facts)
    if "more" in facts:
        found = words.text("guards.more", sentence=f"{found}.", more=facts["more"])
    remedy = said.facts.get("way", "remedy")
    parts = {"should_be": "expected", "remedy": remedy}
    return {"found": found} | {name: words.text(f"guards.{said.key}.{part}", **facts) for name, part in parts.items()}


def _worded(facts: Mapping[str, Any], words: Language, labels: Labels) -> dict[str, Any]:
    """Return `facts` as the sentences take them: numbers as the language writes them, codes and statuses by words."""
    worded = worded_facts(facts, words, labels)
    for name, value in worded.items():
        if isinstance(value, float) and name not in GIVEN:
            worded[name] = words.number(value, "num" if abs(value) >= 1 else "num4")
        elif name in ("before", "now"):
            worded[name] = words.text(f"status.{value}")
    return worded


def _ranges(rows: Sequence[int]) -> str:
    """Return row numbers as text, those that follow each other as a range.

    Examples
    --------
    >>> _ranges([2, 3, 4, 9])
    '2-4; 9'
    """
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return "; ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)

"""What is written into the pages from the library itself, so that it cannot fall behind it.

A page asks for it by a comment on a line of its own, ``<!-- generated: NAME ARGUMENT -->``, which readers of the
Markdown do not see. :data:`WRITERS` are the names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_ASKED = re.compile(r"^<!-- generated: (\w+)(?: (\S+))? -->$", flags=re.MULTILINE)
_KINDS = {"text": "text", "code": "region code", "number": "number", "year": "year", "list": "list (`;` between)"}


def read_words(name: str) -> Any:
    """Return what was written by hand for the generated parts: meanings of columns, formulas of methods."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


def family(path: str) -> Mapping[str, Any]:
    """Return a family of methods, such as ``index.NORMALISERS``."""
    room, _, name = path.rpartition(".")
    return getattr(import_module(f"smartcity_analysis.{room}"), name)


def meaning(words: Mapping[str, Any], table: str, column: str) -> str | None:
    """Return what a column holds: as written for its table, else as written for all tables."""
    return (words["tables"][table].get("columns") or {}).get(column) or words["common"].get(column)


# --- the data dictionary ---


def tables(argument: str) -> str:
    """Return every table of a study folder with its columns."""
    from smartcity_analysis.study import TABLES

    words = read_words("meanings")
    return "\n\n".join(_table(table, words) for table in TABLES.values())


def _table(table: Any, words: Mapping[str, Any]) -> str:
    needed = "Every study has it." if table.required else "A study may do without it."
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [f"### {table.name}", "", words["tables"][table.name]["about"], "", f"{needed} One row for each {key}.", ""]
    lines += ["| column | also | kind | must | allowed | meaning |", "|---|---|---|---|---|---|"]
    for column in table.columns:
        also = ", ".join(f"`{header}`" for header in column.headers)
        cells = (f"`{column.name}`", also, _KINDS[column.kind], _must(column), _allowed(column))
        lines.append(f"| {' | '.join(cells)} | {meaning(words, table.name, column.name)} |")
    return "\n".join(lines)


def _must(column: Any) -> str:
    if column.optional:
        return "column may be absent"
    return "cell may be empty" if column.nullable else "always"


def _allowed(column: Any) -> str:
    rules = [", ".join(f"`{value}`" for value in column.allowed)] if column.allowed else []
    if column.lower is not None or column.upper is not None:
        low = "" if column.lower is None else f"{column.lower:,}"
        rules.append(f"{low} to {column.upper:,}" if column.upper is not None else f"{low} or more")
    if column.whole:
        rules.append("whole")
    if column.refers:
        rules.append(f"in `{column.refers}`")
    if column.pattern:
        rules.append("pattern `" + column.pattern.replace("|", r"\|") + "`")
    return "; ".join(rules)


# --- families of methods ---


def methods(path: str) -> str:
    """Return the records of a family as a table, then each with its formula and when to leave it."""
    words, records = read_words("methods")[path], family(path)
    lines = ["| name | Indonesian | English | options | reference |", "|---|---|---|---|---|"]
    for name, record in records.items():
        options = ", ".join(f"`{option}`" for option in getattr(record, "options", ()))
        reference = record.reference or "–"
        lines.append(f"| `{name}` | {record.label_id} | {record.label_en} | {options} | {reference} |")
    for name, record in records.items():
        said = words[name]
        lines += ["", f"### {record.label_en} (`{name}`)", ""]
        lines += [f"$$\n{said['formula'].strip()}\n$$", ""] if "formula" in said else []
        lines += [said["about"], "", f"**Not when** {said['avoid']}"]
    return "\n".join(lines)


# --- the reference ---


def room(name: str) -> str:
    """Return the public names of a room: a list with the claim of each, then the docstrings."""
    module = import_module(f"smartcity_analysis.{name}")
    public = [n for n in module.__all__ if callable(getattr(module, n)) and hasattr(getattr(module, n), "__module__")]
    data = [n for n in module.__all__ if n not in public]
    lines = ["| name | what it does |", "|---|---|"]
    lines += [f"| {{py:obj}}`{n} <smartcity_analysis.{name}.{n}>` | {_claim(getattr(module, n))} |" for n in public]
    if data:
        named = ", ".join(f"`{n}`" for n in data)
        lines += ["", f"Data (read-only): {named}."]
    lines += ["", "```{eval-rst}", f".. py:module:: smartcity_analysis.{name}", ""]
    for n in public:
        kind = "class" if isinstance(getattr(module, n), type) else "function"
        member = f".. auto{kind}:: smartcity_analysis.{name}.{n}"
        lines += [member, "   :members:", ""] if kind == "class" else [member, ""]
    return "\n".join([*lines, "```"])


def _claim(thing: Any) -> str:
    first = (thing.__doc__ or "").strip().split("\n\n")[0]
    plain = re.sub(r":\w+:`[~.]*([^`]+)`", r"`\1`", " ".join(first.split()))
    return plain.replace("``", "`").replace("|", r"\|")


# --- the gallery ---


def gallery(argument: str) -> str:
    """Return the figures of every review in ``figures/``, without the sheets of single agencies and regions."""
    return "\n".join(_pictures(ROOT / "figures")) or _how_to_make()


def _pictures(folder: Path) -> Iterator[str]:
    for place in sorted(p for p in folder.glob("*/*/*") if p.is_dir()):
        study, year, language = place.relative_to(folder).parts
        pictures = [p for p in sorted(place.glob("*.png")) if not _is_sheet(p.stem)]
        if pictures:
            yield f"\n## {study}, {year}, {language}\n"
        for picture in pictures:
            name = picture.stem.removesuffix(f"_{language}")
            yield f"### {name.replace('_', ' ')}\n\n![Figure {name} of the review](/../{picture.relative_to(ROOT)})\n"


def _is_sheet(stem: str) -> bool:
    return stem.startswith(("agency_", "profile_"))


def _how_to_make() -> str:
    return (
        "There is no review in `figures/` yet. Make one, then build this documentation again:\n\n"
        "```sh\nmake review LANGUAGE=en\nmake docs\n```"
    )


WRITERS: Mapping[str, Callable[[str], str]] = {"tables": tables, "methods": methods, "room": room, "gallery": gallery}


def fill(text: str) -> str:
    """Return a page with what it asks for written in."""
    return _ASKED.sub(lambda asked: WRITERS[asked[1]](asked[2] or ""), text)


def _fill_page(app: Any, name: str, source: list[str]) -> None:
    source[0] = fill(source[0])


def _renew(app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Read pages with generated parts on every build: what they are made from is not among Sphinx's sources."""
    return [name for name in env.found_docs if _ASKED.search(env.doc2path(name).read_text(encoding="utf-8"))]


def setup(app: Any) -> dict[str, bool]:
    """Fill every page as it is read."""
    app.connect("source-read", _fill_page)
    app.connect("env-get-outdated", _renew)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

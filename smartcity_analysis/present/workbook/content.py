"""What each sheet of the workbook holds: words, columns and rows in the reader's language, before anything is written.

``plan.yaml`` says which tables are shown, in which chapter, with which source and chart; columns and their
kinds are those of ``layouts.yaml``, so that a table reads alike on its page and in its sheet.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from ...disk import read_packaged
from ...masterplan import flag_counts, flags_by_section, often_skipped, perception_scores
from ...study import STATUSES
from ..language import Language
from ..tables import ILLUSTRATIVE, Labels, illustrative_rows
from .cells import cell_value, clean, sheet_name

__all__ = ["About", "Column", "Sheet", "left_out", "sheets_of"]

# counts and choices the survey's page shows in place of the rows themselves, which name forms
_MADE: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = MappingProxyType(
    {
        "flag_counts": flag_counts,
        "flags_by_section": flags_by_section,
        "often_skipped": often_skipped,
        "perception_scores": perception_scores,
    }
)


@dataclass(frozen=True, slots=True)
class About:
    """What the workbook is about, and how its reader is spoken to."""

    language: Language
    title: str
    year: int
    place: str
    labels: Labels = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the layout, its heading, its kind, and its cells (None where a value is missing)."""

    name: str
    heading: str
    kind: str
    cells: tuple[float | str | None, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table as it is to be written; `invented` and `marked` say which rows are illustrations or the city's own."""

    name: str
    chapter: str
    tab: str
    title: str
    under: str
    columns: tuple[Column, ...]
    invented: tuple[bool, ...]
    marked: tuple[bool, ...]
    status: str
    chart: Mapping[str, Any] | None

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.invented)


@cache
def _packaged(name: str) -> Mapping[str, Mapping[str, Any]]:
    import yaml

    return yaml.safe_load(read_packaged(f"present/{name}.yaml"))


def sheets_of(tables: Mapping[str, pd.DataFrame], about: About) -> list[Sheet]:
    """Return the sheets of `tables` in reading order; a table that is not there, or has no layout, gets none."""
    made: list[Sheet] = []
    taken = [about.language.text("workbook.contents")]
    for chapter, name, plan in _entries(tables):
        tab = sheet_name(f"{len(made) + 1} {_tab(name, about.language)}", taken)
        taken.append(tab)
        made.append(_sheet(tables, name, chapter, tab, plan, about))
    return made


def left_out(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the names of the tables that no sheet shows, in alphabetical order."""
    return sorted(set(tables) - {plan.get("frame", name) for _, name, plan in _entries(tables)})


def _entries(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give chapter, name and plan of every table to be shown: the planned ones, then others that have a layout."""
    planned = {
        name: (chapter, plan)
        for chapter, entries in _packaged("workbook/plan").items()
        for name, plan in entries.items()
    }
    frames = {plan.get("frame", name) for name, (_, plan) in planned.items()}
    for name, (chapter, plan) in planned.items():
        if plan.get("frame", name) in tables and ("columns" in plan or name in _packaged("layouts")):
            yield chapter, name, plan
    for name in sorted(set(tables) - set(planned) - frames):
        if name in _packaged("layouts"):
            yield "others", name, {}


def _sheet(
    tables: Mapping[str, pd.DataFrame], name: str, chapter: str, tab: str, plan: Mapping[str, Any], about: About
) -> Sheet:
    rows = _rows(tables[plan.get("frame", name)], plan)
    columns = tuple(_columns(rows, name, plan, about))
    invented = tuple(illustrative_rows(rows))
    marked = (
        tuple(bool(about.place) and cell == about.place for cell in columns[0].cells)
        if columns
        else (False,) * len(rows)
    )
    return Sheet(
        name,
        chapter,
        tab,
        clean(_title(name, plan, rows, tables, about), about.language),
        _under(name, plan, about),
        columns,
        invented,
        marked,
        _status(rows, invented, about.language),
        plan.get("chart"),
    )


def _rows(frame: pd.DataFrame, plan: Mapping[str, Any]) -> pd.DataFrame:
    flat = frame.reset_index() if frame.index.names != [None] else frame
    if "made" in plan:
        flat = _MADE[plan["made"]](flat)
    return flat[_years(flat) == _years(flat).max()] if plan.get("latest") else flat


def _years(rows: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(rows["year"], errors="coerce")


def _columns(rows: pd.DataFrame, name: str, plan: Mapping[str, Any], about: About) -> Iterator[Column]:
    """Give the columns of the layout that the table has, in the reader's language, and its status last."""
    words = about.language
    kinds = dict(plan.get("columns") or _packaged("layouts")[name])
    kinds |= {} if "status" in kinds else {"status": "status"}
    for column, kind in kinds.items():
        taken = plan.get("take", {}).get(column, column)
        found = next((c for c in (f"{taken}_{words.code}", taken) if c in rows.columns), None)
        if found is not None:
            cells = tuple(cell_value(value, kind, words, about.labels) for value in rows[found].tolist())
            yield Column(column, clean(words.text(f"tables.columns.{column}"), words), kind, cells)


def _tab(name: str, words: Language) -> str:
    key = f"workbook.tabs.{name}"
    return words.text(key if words.has(key) else f"tables.titles.{name}").partition("{")[0]


def _title(
    name: str, plan: Mapping[str, Any], rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], about: About
) -> str:
    """Return the title of a table, or the name of its sheet where a fact that the title states is not known."""
    words = about.language
    key = f"workbook.titles.{name}" if words.has(f"workbook.titles.{name}") else f"tables.titles.{name}"
    asked = {fact for _, fact, _, _ in string.Formatter().parse(words.text(key)) if fact}
    own = _years(rows).max() if "year" in rows.columns and len(rows) else about.year
    facts: dict[str, Any] = {"place": about.place, "year": own}
    facts |= {fact: _looked_up(place, tables) for fact, place in plan.get("facts", {}).items()}
    if any(pd.isna(facts.get(fact)) for fact in asked):
        return _tab(name, words)
    return words.text(key, **{fact: facts[fact] for fact in asked})


def _looked_up(place: str, tables: Mapping[str, pd.DataFrame]) -> Any:
    """Return the highest value of a column named as ``table.column``, None where there is none."""
    table, _, column = place.partition(".")
    found = tables[table].get(column) if table in tables else None
    return None if found is None or found.dropna().empty else found.max()


def _under(name: str, plan: Mapping[str, Any], about: About) -> str:
    """Return the line under the title: the source, then the note."""
    words, parts = about.language, []
    source = about.sources.get(name) or _source(plan, about)
    if source:
        parts.append(f"{words.text('source')}: {source.rstrip('.')}.")
    key = next((k for k in (f"workbook.notes.{name}", f"tables.notes.{name}") if words.has(k)), None)
    if key:
        parts.append(f"{words.text('workbook.note')}: {words.text(key)}")
    return clean(" ".join(parts), words)


def _source(plan: Mapping[str, Any], about: About) -> str:
    return about.language.text(f"tables.sources.{plan['source']}", year=about.year) if "source" in plan else ""


def _status(rows: pd.DataFrame, invented: tuple[bool, ...], words: Language) -> str:
    """Return in words what the rows rest on: the weakest status, or that some of them are an illustration."""
    known = [status for status in STATUSES if "status" in rows.columns and (rows["status"] == status).any()]
    if not known:
        return words.text("workbook.no_status")
    if any(invented) and not all(invented):
        return words.text("workbook.partly")
    return words.text(f"status.{ILLUSTRATIVE if any(invented) else known[-1]}")

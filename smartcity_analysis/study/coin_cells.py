"""The cells of a pair iData and iMeta, typed and held against each other: every breach with table, row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import Breach, nearest
from .columns import Column
from .readers.cells import parse_cell
from .readers.grid import Grid, bare, says
from .spec import NumberFormat

__all__ = ["AGGREGATE", "DENOMINATOR", "INDICATOR", "Listed", "frame_grid", "read_data", "read_meta", "typed_columns"]

INDICATOR, AGGREGATE, GROUP, DENOMINATOR, OTHER = "Indicator", "Aggregate", "Group", "Denominator", "Other"
KINDS = (INDICATOR, AGGREGATE, GROUP, DENOMINATOR, OTHER)
NEEDED = ("iCode", "Level", "Parent", "Direction", "Weight", "Type")
NUMBERS = (
    "Level",
    "Direction",
    "Weight",
    "Target",
    "Min_available",
    "goalpost_lower",
    "goalpost_upper",
    "goalpost_scale",
)
CODES = ("iCode", "Parent", "Denominator", "uCode", "uName")  # "NA" is a country here, not a missing value
FIRST = ("uCode", "uName", "Time")

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of iMeta: its cells by column, and the spreadsheet row it stands in."""

    cells: Mapping[str, Any]
    row: int

    @property
    def code(self) -> str:
        """Its iCode."""
        return str(self.cells["iCode"])

    @property
    def kind(self) -> str:
        """Its Type."""
        return str(self.cells["Type"])


def frame_grid(table: pd.DataFrame) -> Grid:
    """Return the cells of a DataFrame as those of a spreadsheet whose header stands in row 1."""
    plain = table.astype(object).where(table.notna(), None)
    cells = [[c.item() if hasattr(c, "item") else c for c in row] for row in plain.itertuples(index=False, name=None)]
    return Grid([str(name) for name in table.columns], 1, cells, list(range(2, len(cells) + 2)))


def typed_columns(
    grid: Grid, numbers_in: Sequence[str] | None, file: str, numbers: NumberFormat, breaches: list[Breach]
) -> Columns:
    """Return every column of a grid, None where empty; those of `numbers_in` hold numbers."""
    found: Columns = {}
    for place, name in enumerate(grid.header):
        if name in found:
            breaches.append(
                Breach("column_twice", file=file, sheet=grid.sheet, row=grid.header_row, column=name, found=name)
            )
            continue
        kind = Column(name, "number" if numbers_in is not None and name in numbers_in else "text")
        cells = []
        for row, record in zip(grid.rows, grid.cells, strict=True):
            value, problem = _cell(record[place], kind, numbers)
            if problem:
                key, facts = problem
                shown = record[place]
                breaches.append(
                    Breach(key, file=file, sheet=grid.sheet, row=row, column=name, found=shown, facts=facts)
                )
            cells.append(value)
        found[name] = cells
    return found


def _cell(cell: Any, column: Column, numbers: NumberFormat) -> tuple[Any, Any]:
    if column.name in CODES and isinstance(cell, str):
        own = bare(cell)
        missing = not own or (own == "NA" and column.name in ("Parent", "Denominator"))
        return (None if missing else own), None
    return parse_cell(cell, column, numbers)


def read_meta(grid: Grid, file: str, numbers: NumberFormat) -> tuple[list[Listed], list[Breach]]:
    """Return the rows of iMeta, and everything that is wrong with one row or between rows."""
    breaches: list[Breach] = []
    columns = typed_columns(grid, NUMBERS, file, numbers, breaches)
    absent = [name for name in NEEDED if name not in columns]
    if absent:
        return [], breaches + [_no_column(name, grid, file) for name in absent]
    rows = [Listed({name: cells[at] for name, cells in columns.items()}, row) for at, row in enumerate(grid.rows)]
    place = _Place(file, grid.sheet)
    unreadable = {(b.row, b.column) for b in breaches}
    for each in rows:
        breaches += [
            Breach("cell_empty", **place.at(each, name, None)) for name in ("iCode", "Type") if each.cells[name] is None
        ]
        breaches += [b for b in _row_breaches(each, place) if (b.row, b.column) not in unreadable]
    known = [each for each in rows if each.cells["iCode"] is not None and each.kind in KINDS]
    breaches += _twice(known, place)
    by_code = {each.code: each for each in reversed(known)}
    for each in known:
        breaches += _reference_breaches(each, by_code, place)
    return known, breaches + _tree_breaches(known, by_code, place)


def _no_column(name: str, grid: Grid, file: str) -> Breach:
    facts = {"headers": "-", "hint": nearest(name, grid.header) or ""}
    return Breach(
        "column_missing", file=file, sheet=grid.sheet, row=grid.header_row, column=name, found=grid.header, facts=facts
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where breaches of one table are."""

    file: str
    sheet: str | None

    def at(self, each: Listed, column: str, found: Any, **facts: Any) -> dict[str, Any]:
        """Return where a breach of a row is, and what was found."""
        place = {"file": self.file, "sheet": self.sheet, "row": each.row, "column": column}
        return {**place, "found": found, "facts": facts}


def _row_breaches(each: Listed, place: _Place) -> list[Breach]:
    """Return what is wrong with a row by itself."""
    kind, cells = each.cells["Type"], each.cells
    found = []
    if kind is not None and kind not in KINDS:
        hint = nearest(str(kind), KINDS) or ""
        found.append(Breach("not_allowed", **place.at(each, "Type", kind, allowed=KINDS, hint=hint)))
    if kind == INDICATOR and cells["Direction"] not in (1, -1):
        found.append(Breach("coin_direction", **place.at(each, "Direction", cells["Direction"], only="")))
    if kind == AGGREGATE and cells["Direction"] not in (1, None):
        found.append(
            Breach("coin_direction", **place.at(each, "Direction", cells["Direction"], only=" (Aggregate: 1)"))
        )
    if kind in (INDICATOR, AGGREGATE) and cells["Weight"] is not None and cells["Weight"] < 0:
        found.append(Breach("coin_weight", **place.at(each, "Weight", cells["Weight"])))
    lower, upper = cells.get("goalpost_lower"), cells.get("goalpost_upper")
    if (lower is None) != (upper is None) or (lower is not None and lower >= upper):
        found.append(Breach("goalposts_order", **place.at(each, "goalpost_lower", [lower, upper])))
    if cells.get("Transform") not in (None, "log"):
        found.append(
            Breach("not_allowed", **place.at(each, "Transform", cells["Transform"], allowed=("log",), hint=""))
        )
    return found


def _twice(rows: Sequence[Listed], place: _Place) -> list[Breach]:
    first: dict[str, int] = {}
    return [
        Breach("duplicate_key", **place.at(each, "iCode", each.code, key="iCode", first=first[each.code]))
        for each in rows
        if first.setdefault(each.code, each.row) != each.row
    ]


def _reference_breaches(each: Listed, by_code: Mapping[str, Listed], place: _Place) -> list[Breach]:
    """Return what is wrong with the codes a row names."""
    found = []
    for column, kind in (("Parent", AGGREGATE), ("Denominator", DENOMINATOR)):
        code = each.cells.get(column)
        if code is None or (column == "Parent" and each.kind not in (INDICATOR, AGGREGATE)):
            continue
        known = [c for c, other in by_code.items() if other.kind == kind]
        if code not in by_code or (column == "Denominator" and code not in known):
            hint = nearest(str(code), known) or ""
            found.append(
                Breach("unknown_reference", **place.at(each, column, code, table=f"iMeta ({kind})", hint=hint))
            )
        elif code not in known:
            found.append(Breach("coin_parent", **place.at(each, column, code, kind=by_code[code].kind)))
    return found


def _tree_breaches(rows: Sequence[Listed], by_code: Mapping[str, Listed], place: _Place) -> list[Breach]:
    """Return what is wrong between parents and children: tops, levels, weights."""
    nodes = [each for each in rows if each.kind in (INDICATOR, AGGREGATE)]
    tops = [each for each in nodes if each.cells["Parent"] is None]
    found = _scale_breaches([each for each in nodes if each.kind == INDICATOR], place)
    if len(tops) != 1 or tops[0].kind != AGGREGATE:
        wrong = tops or nodes[:1]
        found += [Breach("coin_roots", **place.at(each, "Parent", f"{len(tops)}: {each.code}")) for each in wrong]
    for each in nodes:
        children = [child for child in nodes if child.cells["Parent"] == each.code]
        if each.kind == AGGREGATE and not children:
            found.append(Breach("coin_childless", **place.at(each, "iCode", each.code)))
            continue
        levels = [child.cells["Level"] for child in children]
        expected = 1 + max((level for level in levels if level is not None), default=0)
        if each.cells["Level"] != expected:
            found.append(
                Breach("coin_level", **place.at(each, "Level", each.cells["Level"], expected=f"{expected:.15g}"))
            )
        found += _weight_breaches(each, children, place)
    return found


def _scale_breaches(leaves: Sequence[Listed], place: _Place) -> list[Breach]:
    """Return indicators on another scale than the first: an index has one."""
    scales = [each.cells.get("goalpost_scale") for each in leaves]
    return [
        Breach("coin_scale", **place.at(each, "goalpost_scale", scale))
        for each, scale in zip(leaves, scales, strict=True)
        if scale != scales[0] or (scale is not None and scale <= 0)
    ]


def _weight_breaches(parent: Listed, children: Sequence[Listed], place: _Place) -> list[Breach]:
    empty = [child for child in children if child.cells["Weight"] is None]
    if 0 < len(empty) < len(children):
        return [Breach("weight_partly", **place.at(child, "Weight", None)) for child in empty]
    if children and not empty and not any(child.cells["Weight"] for child in children):
        return [Breach("coin_weights_zero", **place.at(parent, "Weight", [child.code for child in children]))]
    return []


def read_data(grid: Grid, listed: Sequence[Listed], file: str, numbers: NumberFormat) -> tuple[Columns, list[Breach]]:
    """Return the columns of iData, and everything that is wrong with them or does not go with iMeta."""
    breaches: list[Breach] = []
    numeric = [each.code for each in listed if each.kind in (INDICATOR, DENOMINATOR)]
    columns = typed_columns(grid, [*numeric, "Time"], file, numbers, breaches)
    wanted = [each.code for each in listed if each.kind != AGGREGATE]
    at: dict[str, Any] = {"file": file, "sheet": grid.sheet, "row": grid.header_row}
    for code in dict.fromkeys(wanted):
        if code not in columns:
            facts = {"hint": nearest(code, columns) or ""}
            breaches.append(Breach("coin_no_column", column=code, found=grid.header, facts=facts, **at))
    for name in columns:
        if name not in wanted and name not in FIRST:
            facts = {"hint": nearest(name, [*wanted, *FIRST]) or ""}
            breaches.append(Breach("coin_not_listed", column=name[:60], found=name, facts=facts, **at))
    if "uCode" not in columns:
        return columns, [*breaches, _no_column("uCode", grid, file)]
    return columns, breaches + _unit_breaches(columns, grid, file) + _denominator_breaches(columns, listed, grid, file)


def _unit_breaches(columns: Columns, grid: Grid, file: str) -> list[Breach]:
    """Return empty and repeated keys: uCode, with Time where there is one."""
    key = [name for name in ("uCode", "Time") if name in columns]
    first: dict[tuple[Any, ...], int] = {}
    found = []
    for cells, row in zip(zip(*(columns[name] for name in key), strict=True), grid.rows, strict=True):
        at: dict[str, Any] = {"file": file, "sheet": grid.sheet, "row": row}
        empty = [name for name, cell in zip(key, cells, strict=True) if cell is None or not says(cell)]
        found += [Breach("cell_empty", column=name, **at) for name in empty]
        if not empty and first.setdefault(cells, row) != row:
            facts = {"key": ", ".join(key), "first": first[cells]}
            shown = ", ".join(f"{cell:.15g}" if isinstance(cell, float) else str(cell) for cell in cells)
            found.append(Breach("duplicate_key", column=", ".join(key), found=shown, facts=facts, **at))
    return found


def _denominator_breaches(columns: Columns, listed: Sequence[Listed], grid: Grid, file: str) -> list[Breach]:
    used = dict.fromkeys(str(e.cells["Denominator"]) for e in listed if e.cells.get("Denominator") is not None)
    return [
        Breach("coin_denominator", file=file, sheet=grid.sheet, row=row, column=name, found=cell)
        for name in used
        for row, cell in zip(grid.rows, columns.get(name, ()), strict=False)
        if cell is not None and cell <= 0
    ]

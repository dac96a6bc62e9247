"""Bytes of one table -> typed table, or every breach with its place.

Every cell is read as text first, so that a code stays a code and a number is read only in the format the study
declares. CSV (comma, semicolon, tab or bar) and XLSX are read alike; headers may be Indonesian or English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Breach, nearest
from ..contracts import Column, Table, schema
from ..spec import NumberFormat
from .cells import MISSING_WORDS, parse_cell
from .grid import Grid, read_grid, says

__all__ = ["MISSING_WORDS", "ReadTable", "read_table"]


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table as read: typed `values`, the spreadsheet `rows` they stood in, and what was wrong."""

    values: pd.DataFrame
    rows: np.ndarray
    breaches: tuple[Breach, ...]
    file: str
    sheet: str | None = None


def read_table(data: bytes, table: Table, *, file: str, numbers: NumberFormat | None = None) -> ReadTable:
    """Read the bytes of a CSV or XLSX file under the contract `table`.

    Parameters
    ----------
    data : bytes
    table : Table
        The contract.
    file : str
        Name shown in messages; its ending says which format it is.
    numbers : NumberFormat, optional
        Decimal and thousands signs of text cells; decimal point by default.

    Returns
    -------
    ReadTable
        Text columns as str with None for empty, number and year columns as float64 with NaN, list columns as text
        joined by ``;``. With breaches the values are not to be used. The same bytes give the same object: not to be
        changed.
    """
    return _read(bytes(data), table, file, numbers or NumberFormat())


@lru_cache(maxsize=64)  # two studies; a study that changed in one file is read again in that file alone
def _read(data: bytes, table: Table, file: str, numbers: NumberFormat) -> ReadTable:
    grid, breaches = read_grid(data, file)
    if grid is None:
        return ReadTable(pd.DataFrame(), np.array([]), tuple(breaches), file)
    positions, header_breaches = _match_headers(grid, table, file)
    breaches += header_breaches
    frame: dict[str, Any] = {}
    for column in table.columns:
        if column.name in positions:
            raw = [row[positions[column.name]] for row in grid.cells]
            frame[column.name] = _typed(raw, column, numbers, grid, file, breaches)
        elif column.optional:
            empty = np.nan if column.kind in ("number", "year") else None
            frame[column.name] = pd.Series([empty] * len(grid.cells), dtype=None if empty is not None else object)
    values = pd.DataFrame(frame)
    rows = np.array(grid.rows)
    missing = {b.column for b in breaches if b.key == "column_missing"}
    if not missing:
        breaches += _value_breaches(values, table, rows, file, grid.sheet, breaches)
        breaches += _key_breaches(values, table, rows, file, grid.sheet)
    return ReadTable(values, rows, tuple(breaches), file, grid.sheet)


def _match_headers(grid: Grid, table: Table, file: str) -> tuple[dict[str, int], list[Breach]]:
    def simple(header: str) -> str:
        return re.sub(r"[\s_\-]+", "_", header.strip().lower())

    names = {simple(h): c.name for c in table.columns for h in (c.name, *c.headers)}
    positions: dict[str, int] = {}
    breaches = []
    unknown = []
    for position, header in enumerate(grid.header):
        if not header and not any(says(row[position]) for row in grid.cells):
            continue  # an empty column
        name = names.get(simple(header))
        if name is None:
            unknown.append(header)
        elif name in positions:
            breaches.append(
                Breach("column_twice", file=file, sheet=grid.sheet, row=grid.header_row, column=header, found=header)
            )
        else:
            positions[name] = position
    for header in unknown:
        hint = nearest(simple(header), names) or ""
        facts = {"known": [c.name for c in table.columns], "hint": hint}
        breaches.append(
            Breach(
                "column_unknown",
                file=file,
                sheet=grid.sheet,
                row=grid.header_row,
                column=header[:60],
                found=header,
                facts=facts,
            )
        )
    for column in table.columns:
        if column.name not in positions and not column.optional:
            facts = {"headers": ", ".join(column.headers) or "-", "hint": nearest(column.name, unknown) or ""}
            breaches.append(
                Breach("column_missing", file=file, sheet=grid.sheet, row=grid.header_row, column=column.name,
                       found=grid.header, facts=facts)
            )  # fmt: skip
    return positions, breaches


def _typed(
    raw: Sequence[Any], column: Column, numbers: NumberFormat, grid: Grid, file: str, breaches: list[Breach]
) -> pd.Series:
    result: list[Any] = []
    for row, cell in zip(grid.rows, raw, strict=True):
        value, problem = parse_cell(cell, column, numbers)
        if problem:
            key, facts = problem
            breaches.append(
                Breach(key, file=file, sheet=grid.sheet, row=row, column=column.name, found=cell, facts=facts)
            )
        result.append(value)
    if column.kind in ("number", "year"):
        return pd.Series([np.nan if v is None else v for v in result], dtype="float64")
    return pd.Series(result, dtype=object)


_Problem = tuple[str, dict[str, Any]] | None


def _value_breaches(
    values: pd.DataFrame, table: Table, rows: np.ndarray, file: str, sheet: str | None, known: list[Breach]
) -> list[Breach]:
    """Check allowed values, patterns, ranges and empty cells with pandera; re-word what it finds."""
    import pandera.pandas as pa

    already = {(b.row, b.column) for b in known}
    breaches = []
    try:
        schema(table).validate(values, lazy=True)
    except pa.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            name, row = str(case.column), int(rows[int(case.index)])
            if (row, name) in already:
                continue
            found = values[name].iloc[int(case.index)]
            key, facts = _reworded(str(case.check), table.by_name[name], found)
            shown = None if key == "cell_empty" else found
            breaches.append(Breach(key, file=file, sheet=sheet, row=row, column=name, found=shown, facts=facts))
    for column in table.columns:
        if column.kind == "list":
            breaches += _list_breaches(values[column.name], column, rows, file, sheet)
    return breaches


def _reworded(check: str, column: Column, found: Any) -> tuple[str, dict[str, Any]]:
    if check == "not_nullable":
        return "cell_empty", {}
    if check == "allowed":
        return "not_allowed", {"allowed": column.allowed, "hint": nearest(str(found), column.allowed) or ""}
    if check == "range":
        return "out_of_range", {"lower": column.lower, "upper": column.upper}
    return "bad_pattern", {"pattern": column.pattern}


def _list_breaches(values: pd.Series, column: Column, rows: np.ndarray, file: str, sheet: str | None) -> list[Breach]:
    breaches = []
    for row, cell in zip(rows, values, strict=True):
        for part in str(cell).split(";") if isinstance(cell, str) else ():
            item = part.strip()
            if column.allowed and item not in column.allowed:
                key, facts = _reworded("allowed", column, item)
            elif column.pattern and not re.fullmatch(column.pattern, item):
                key, facts = _reworded("pattern", column, item)
            else:
                continue
            breaches.append(
                Breach(key, file=file, sheet=sheet, row=int(row), column=column.name, found=item, facts=facts)
            )
    return breaches


def _key_breaches(values: pd.DataFrame, table: Table, rows: np.ndarray, file: str, sheet: str | None) -> list[Breach]:
    key = list(table.key)
    complete = values[key].notna().all(axis=1).to_numpy()
    first: dict[tuple[Any, ...], int] = {}
    breaches = []
    for position, cells in enumerate(values[key].itertuples(index=False, name=None)):
        if not complete[position] or first.setdefault(cells, position) == position:
            continue
        found = ", ".join(map(_shown, cells))
        facts = {"key": ", ".join(key), "first": int(rows[first[cells]])}
        breaches.append(
            Breach("duplicate_key", file=file, sheet=sheet, row=int(rows[position]), column=", ".join(key),
                   found=found, facts=facts)
        )  # fmt: skip
    return breaches


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

"""Bytes of one table -> typed table, or every breach with its place.

Every cell is read as text first, so that a code stays a code and a number is read only in the format the study
declares. CSV (comma, semicolon or tab) and XLSX are read alike; headers may be Indonesian or English.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import Breach, nearest
from .contracts import Column, Table, schema
from .spec import NumberFormat

__all__ = ["ReadTable", "read_table"]

MISSING_WORDS = {"", "-", "–", "n/a", "na", "nan", "null", "..."}
_CODE_LOST = re.compile(r"\d{2}\.\d(\.\d+)*|\d{4,10}|\d+\.\d{3,}")


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table as read: typed `values`, the spreadsheet `rows` they stood in, and what was wrong."""

    values: pd.DataFrame
    rows: np.ndarray
    breaches: tuple[Breach, ...]
    file: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class _Grid:
    header: list[str]
    header_row: int
    cells: list[list[Any]]
    rows: list[int]
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
        joined by ``;``. With breaches the values are not to be used.
    """
    numbers = numbers or NumberFormat()
    grid, breaches = _grid(data, file)
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


def _grid(data: bytes, file: str) -> tuple[_Grid | None, list[Breach]]:
    if file.lower().endswith(".xlsx"):
        return _xlsx_grid(data, file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return None, [Breach("not_utf8", file=file, row=row, found=f"byte {data[error.start]:#04x}")]
    header = next((line for line in text.splitlines() if line.strip()), "")
    records: list[list[Any]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count)):
            records.append(list(record))
    except csv.Error as error:
        return None, [Breach("not_csv", file=file, row=len(records) + 1, found=str(error))]
    return _square(records, file, None)


def _xlsx_grid(data: bytes, file: str) -> tuple[_Grid | None, list[Breach]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=False, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
    except Exception as error:  # a broken file raises many kinds; all mean the same to the reader
        return None, [Breach("not_workbook", file=file, found=type(error).__name__)]
    return _square([list(cells) for cells in sheet.iter_rows(values_only=True)], file, sheet.title)


def _square(records: list[list[Any]], file: str, sheet: str | None) -> tuple[_Grid | None, list[Breach]]:
    """Split header and body; a row of another length is a breach, an empty row is skipped."""
    filled = [
        (number, record)
        for number, record in enumerate(records, start=1)
        if any(c is not None and str(c).strip() for c in record)
    ]
    if len(filled) < 2:
        return None, [Breach("empty_table", file=file, sheet=sheet, found=f"{len(filled)} baris/rows")]
    header_row, first = filled[0]
    header = ["" if h is None else str(h).strip() for h in first]
    while header and not header[-1]:
        header.pop()
    width, breaches, cells, rows = len(header), [], [], []
    for number, record in filled[1:]:
        extra = [c for c in record[width:] if c is not None and str(c).strip()]
        if (len(record) < width and sheet is None) or extra:
            facts = {"expected": width}
            breaches.append(Breach("row_length", file=file, sheet=sheet, row=number, found=len(record), facts=facts))
            continue
        cells.append((record + [None] * width)[:width])
        rows.append(number)
    return _Grid(header, header_row, cells, rows, sheet), breaches


def _match_headers(grid: _Grid, table: Table, file: str) -> tuple[dict[str, int], list[Breach]]:
    def simple(header: str) -> str:
        return re.sub(r"[\s_\-]+", "_", header.strip().lower())

    names = {simple(h): c.name for c in table.columns for h in (c.name, *c.headers)}
    positions: dict[str, int] = {}
    breaches = []
    unknown = []
    for position, header in enumerate(grid.header):
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
                column=header,
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
    raw: Sequence[Any], column: Column, numbers: NumberFormat, grid: _Grid, file: str, breaches: list[Breach]
) -> pd.Series:
    parse = {"number": _number, "year": _year, "code": _code}.get(column.kind, _plain_text)
    result: list[Any] = []
    for row, cell in zip(grid.rows, raw, strict=True):
        if cell is None or (isinstance(cell, str) and cell.strip().lower() in MISSING_WORDS):
            result.append(None)
            continue
        value, problem = parse(cell, column, numbers)
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


def _number(cell: Any, column: Column, numbers: NumberFormat) -> tuple[float | None, _Problem]:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None, ("not_a_number", _format_facts(numbers))
    if not isinstance(cell, str):
        return float(cell), None
    text = re.sub(r"\s", " ", cell.strip()).replace("−", "-")
    decimal, thousands = numbers.decimal, numbers.thousands
    grouped = rf"|[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+" if thousands else ""  # 0.197 is no thousand
    if re.fullmatch(rf"[+-]?(?:\d+{grouped})(?:{re.escape(decimal)}\d+)?(?:[eE][+-]?\d+)?", text):
        plain = text.replace(thousands, "") if thousands else text
        value = float(plain.replace(decimal, "."))
        return (value, None) if math.isfinite(value) else (None, ("not_a_number", _format_facts(numbers)))
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[+-]?\d+(?:{re.escape(other)}\d+)+", text):
        one, two = text.replace(other, ""), text.replace(other, ".")
        return None, ("number_format", {"decimal": decimal, "one": one, "other": two})
    return None, ("not_a_number", _format_facts(numbers))


def _format_facts(numbers: NumberFormat) -> dict[str, Any]:
    return {
        "decimal": numbers.decimal,
        "thousands": f" (1{numbers.thousands}000 = 1000)" if numbers.thousands else "",
    }


def _year(cell: Any, column: Column, numbers: NumberFormat) -> tuple[float | None, _Problem]:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    lower, upper = int(column.lower or 1900), int(column.upper or 2100)
    if re.fullmatch(r"\d{4}", text) and lower <= int(text) <= upper:
        return float(text), None
    return None, ("not_a_year", {"lower": lower, "upper": upper})


def _code(cell: Any, column: Column, numbers: NumberFormat) -> tuple[str | None, _Problem]:
    text = str(cell).strip()
    if isinstance(cell, int | float) and len(text) > 2:
        return None, ("code_as_number", {"hint": _restored(text)})
    if column.pattern and not re.fullmatch(column.pattern, text):
        if _CODE_LOST.fullmatch(text):
            return None, ("code_as_number", {"hint": _restored(text)})
        return None, ("bad_pattern", {"pattern": "NN.NN.NN.NNNN"})
    return text, None


def _restored(text: str) -> str:
    """Return the code a spreadsheet probably started from: 35.7 was 35.70."""
    return f"{text}0" if re.fullmatch(r"\d{2}\.\d", text) else ""


def _plain_text(cell: Any, column: Column, numbers: NumberFormat) -> tuple[str | None, _Problem]:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)), None
    return str(cell).strip(), None


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
    complete = values[key].notna().all(axis=1)
    repeated = values[complete].duplicated(subset=key, keep="first")
    breaches = []
    for position in repeated.index[repeated]:
        same = (values[key] == values.loc[position, key]).all(axis=1)
        found = ", ".join(_shown(values.at[position, k]) for k in key)
        facts = {"key": ", ".join(key), "first": int(rows[same.to_numpy().argmax()])}
        breaches.append(
            Breach("duplicate_key", file=file, sheet=sheet, row=int(rows[position]), column=", ".join(key),
                   found=found, facts=facts)
        )  # fmt: skip
    return breaches


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

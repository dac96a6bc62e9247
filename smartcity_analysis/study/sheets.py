"""The sheets of a returned Excel form, cell by cell, with what a form must not hold marked: formulas and per cents."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from .workbooks import open_workbook

__all__ = ["Cell", "Sheets", "column_letters", "read_sheets"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell: its `value` as text, whether it was a number, a formula, or shown as a per cent."""

    text: str
    is_number: bool = False
    is_formula: bool = False
    is_percent: bool = False


Sheets = dict[str, dict[tuple[int, int], Cell]]  # by sheet, then by row and column, both from 1; filled cells only


def column_letters(column: int) -> str:
    """Return what a spreadsheet calls `column`, counted from 1.

    Examples
    --------
    >>> column_letters(3), column_letters(28)
    ('C', 'AB')
    """
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def read_sheets(data: bytes, *, file: str) -> Sheets:
    """Return every filled cell of every sheet of the workbook `data`, hidden sheets included.

    Raises
    ------
    DataError
        When it is not a workbook that can be read, or not one that is safe to open.
    """
    sheets: Sheets = {}
    for sheet in open_workbook(data, file=file, formulas=True).book.worksheets:
        filled = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
        cells = {(cell.row, cell.column): _cell(cell) for cell in filled}
        sheets[sheet.title] = {place: cell for place, cell in cells.items() if cell.text}
    return sheets


def _cell(cell: Any) -> Cell:
    value = cell.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    formula = cell.data_type == "f"
    return Cell(_text(value), number, formula, number and "%" in str(cell.number_format))


def _text(value: Any) -> str:
    """Return a cell's value as text: whole numbers without a point, dates as year-month-day."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    return str(getattr(value, "text", value)).replace("\r\n", "\n").strip()

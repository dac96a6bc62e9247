"""The sheets of a returned Excel form, cell by cell, with what a form must not hold marked: formulas and per cents."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

from ..errors import Breach, DataError

__all__ = ["Cell", "Sheets", "column_letters", "read_sheets"]

LARGEST, MOST_CELLS = 40_000_000, 1_000_000  # bytes of a workbook unpacked; cells of a sheet from A1 to its last one


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
        When it is not a workbook that can be read, or one far larger than any form.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > LARGEST:
            raise DataError([_large(file, f"{size / 1e6:.0f} MB")])
        with warnings.catch_warnings():  # of features that are not kept, which a form does not need
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    except DataError:
        raise
    except Exception as error:  # a broken file raises many kinds; all mean the same to the reader
        raise DataError([Breach("not_workbook", file=file, found=type(error).__name__)]) from None
    sheets: Sheets = {}
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise DataError([_large(file, sheet.dimensions)])
        filled = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
        cells = {(cell.row, cell.column): _cell(cell) for cell in filled}
        sheets[sheet.title] = {place: cell for place, cell in cells.items() if cell.text}
    return sheets


def _large(file: str, found: str) -> Breach:
    facts = {"size": f"{LARGEST / 1e6:.0f} MB", "cells": f"{MOST_CELLS:,}".replace(",", " ")}
    return Breach("workbook_large", file=file, found=found, facts=facts)


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

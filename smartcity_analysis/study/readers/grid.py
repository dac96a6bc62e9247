"""Bytes of one table -> a grid of cells: CSV (comma, semicolon, tab or bar) and XLSX alike, each cell as it was stored.

What a spreadsheet shows and what a file holds may differ: a per cent is stored as a fraction, a formula may have been
saved without its result, and of merged cells only the first holds anything. Such cells come out as :class:`Odd`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from ...errors import Breach, DataError
from ..plain_csv import unguarded
from ..workbooks import open_workbook

__all__ = ["HELP_SHEETS", "Grid", "Odd", "bare", "read_grid", "says"]

HELP_SHEETS = ("contoh", "petunjuk", "example", "guide")  # of a template, beside its data
MOST_ROWS, MOST_COLUMNS, LONGEST = 200_000, 300, 32_767  # of a table; characters of a cell, as in a spreadsheet
_SEPARATORS = ",;\t|"
_LARGEST = 10**300  # whole numbers above are no floating-point number
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"  # marks without width, which come along when text is copied
_ERROR = re.compile(r"#(REF|DIV/0|NAME|NULL|NUM|VALUE|SPILL|CALC|FIELD)[!?]|#N/A|Err:\d{3}|#{3,}")


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that holds something else than it shows: its breach (key and facts), and what the reader sees there."""

    problem: tuple[str, dict[str, Any]]
    shown: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True)
class Grid:
    """Header and cells of a table, with the spreadsheet row of each."""

    header: list[str]
    header_row: int
    cells: list[list[Any]]
    rows: list[int]
    sheet: str | None = None


def bare(text: str) -> str:
    """Return `text` without the space and the invisible marks around it.

    Examples
    --------
    >>> bare("\\u200b 35.71\\u00a0")
    '35.71'
    """
    text, before = text.strip(), ""
    while not text.isascii() and text != before:
        before, text = text, text.strip(_INVISIBLE).strip()
    return text


def read_grid(data: bytes, file: str) -> tuple[Grid | None, list[Breach]]:
    """Return the grid of a CSV or XLSX file, as its ending says, and what is wrong with its shape."""
    if file.lower().endswith(".xlsx"):
        return _xlsx_grid(data, file)
    text, breach = _text(data, file)
    if breach:
        return None, [breach]
    text, separator = _separator(text)
    records: list[list[Any]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            records.append([_text_cell(unguarded(cell) if "'" in cell else cell) for cell in record])
            if len(records) > MOST_ROWS or len(record) > MOST_COLUMNS:
                return None, [_large(file, None, f"{len(records)} x {len(record)}")]
    except csv.Error as error:
        return None, [Breach("not_csv", file=file, row=len(records) + 1, found=str(error))]
    return _square(records, file, None)


def _text_cell(cell: str) -> str | Odd:
    suspect = cell.lstrip()[:1] in ("#", "E") and _ERROR.fullmatch(cell.strip())
    return Odd(("cell_error", {}), cell) if suspect else cell


def _text(data: bytes, file: str) -> tuple[str, Breach | None]:
    """Return the bytes of a CSV as text, or why they are none."""
    if data.startswith(b"PK\x03\x04"):
        return "", Breach("csv_is_workbook", file=file, found="XLSX/ZIP")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return "", Breach("not_utf8", file=file, row=row, found=f"byte {data[error.start]:#04x}")
    if "\0" in text:
        return "", Breach("text_with_nul", file=file, row=_row_of("\0", text), found="U+0000")
    if "\ufffd" in text:
        return "", Breach("text_lost", file=file, row=_row_of("\ufffd", text), found="U+FFFD")
    return text, None


def _row_of(mark: str, text: str) -> int:
    return text[: text.index(mark)].count("\n") + 1


def _separator(text: str) -> tuple[str, str]:
    """Return `text` and what separates its cells: what the line ``sep=;`` says, else the sign its header has most."""
    said = re.match(r"sep=([,;\t|])\r?\n", text)
    if said:
        return text[said.end() :], said[1]
    header = next((line for line in text.splitlines() if line.strip()), "")
    return text, max(_SEPARATORS, key=header.count)


def _large(file: str, sheet: str | None, found: str) -> Breach:
    facts = {"rows": f"{MOST_ROWS:,}".replace(",", " "), "columns": MOST_COLUMNS}
    return Breach("table_large", file=file, sheet=sheet, found=found, facts=facts)


def _xlsx_grid(data: bytes, file: str) -> tuple[Grid | None, list[Breach]]:
    """Return the one visible sheet of a workbook that holds anything; the help of a template is passed over."""
    try:
        opened = open_workbook(data, file=file)
        sheets = [sheet for sheet in opened.book.worksheets if sheet.sheet_state == "visible" and _is_filled(sheet)]
        sheets = [sheet for sheet in sheets if sheet.title.strip().lower() not in HELP_SHEETS] or sheets[:1]
        if len(sheets) > 1:
            return None, [Breach("sheets_many", file=file, found=[sheet.title for sheet in sheets])]
        written = open_workbook(data, file=file, formulas=True).book if opened.formulas and sheets else None
    except DataError as error:
        return None, list(error.breaches)
    if not sheets:
        return None, [Breach("empty_table", file=file, found="0 baris/rows")]
    sheet = sheets[0]
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        return None, [_large(file, sheet.title, sheet.dimensions)]
    formulas = written[sheet.title] if written is not None else None
    records = [[_stored(cell, formulas) for cell in row] for row in sheet.iter_rows()]
    grid, breaches = _square(records, file, sheet.title)
    breaches += [
        Breach("cells_merged", file=file, sheet=sheet.title, row=area.min_row, column=area.coord, found=area.coord)
        for area in sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col))
    ]
    return grid, breaches


def _is_filled(sheet: Any) -> bool:
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _stored(cell: Any, formulas: Any) -> Any:
    """Return the value of a cell as it was stored, or what is odd about it."""
    value = cell.value
    if value is None:
        if formulas is not None and formulas.cell(cell.row, cell.column).data_type == "f":
            return Odd(("formula_unsaved", {}), str(formulas.cell(cell.row, cell.column).value))
        return None
    if cell.data_type == "e" or isinstance(value, str):
        return Odd(("cell_error", {}), str(value)) if cell.data_type == "e" else _text_cell(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in str(cell.number_format):
        return Odd(("cell_percent", {}), f"{value:.10%}".rstrip("0%").rstrip(".") + "%" if value else "0%")
    return str(value) if isinstance(value, int) and abs(value) > _LARGEST else value


def _square(records: list[list[Any]], file: str, sheet: str | None) -> tuple[Grid | None, list[Breach]]:
    """Split header and body; a row of another length is a breach, an empty row is skipped."""
    filled = [(number, record) for number, record in enumerate(records, start=1) if any(map(says, record))]
    if len(filled) < 2:
        return None, [Breach("empty_table", file=file, sheet=sheet, found=f"{len(filled)} baris/rows")]
    header_row, first = filled[0]
    header = ["" if h is None else bare(str(h)) for h in first]
    while header and not header[-1]:
        header.pop()
    width, breaches, cells, rows = len(header), [], [], []
    for number, record in filled[1:]:
        if (len(record) < width and sheet is None) or any(map(says, record[width:])):
            facts = {"expected": width}
            breaches.append(Breach("row_length", file=file, sheet=sheet, row=number, found=len(record), facts=facts))
            continue
        long = [c for c in record if isinstance(c, str) and len(c) > LONGEST]
        if long:
            facts = {"most": LONGEST}
            breaches.append(Breach("cell_long", file=file, sheet=sheet, row=number, found=long[0], facts=facts))
        cells.append((record + [None] * width)[:width])
        rows.append(number)
    return Grid(header, header_row, cells, rows, sheet), breaches


def says(cell: Any) -> bool:
    """Return whether a cell holds anything."""
    return cell is not None and bool(bare(str(cell)))

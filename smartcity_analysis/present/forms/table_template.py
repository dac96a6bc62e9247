"""An Excel template of one table: its columns in the reader's language, lists to pick from, an example, and notes.

The sheets of the example and of the notes have names that the reader of tables passes over; what stands there is never
taken for data.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

import pandas as pd

from ...study.columns import Column, Table
from ..language import Language, speak
from ..workbook.cells import clean, new_workbook
from ..workbook.looks import LOOKS, lines_high

__all__ = ["column_header", "table_template"]

_LAST = 5000  # row down to which cells are checked as they are typed
_LONGEST_LIST = 255  # characters that Excel takes for a list
_MADE = datetime.datetime(2020, 1, 1)  # the same bytes on every run
_GUIDE = {"A": 24, "B": 62, "C": 34, "D": 44, "E": 20}
_LINES = 60  # characters of the meaning on one line


def column_header(column: Column, language: str) -> str:
    """Return the header of `column` in `language`: one that the reader of tables takes.

    Examples
    --------
    >>> from smartcity_analysis.study import TABLES
    >>> [column_header(c, "id") for c in TABLES["indicators"].columns[:3]]
    ['wilayah', 'tahun', 'indikator']
    """
    return column.headers[0] if language == "id" and column.headers else column.name


def table_template(table: Table, language: str, rows: pd.DataFrame | None = None) -> bytes:
    """Return the template of `table` as the bytes of a workbook.

    Parameters
    ----------
    table : Table
    language : {"id", "en"}
    rows : DataFrame, optional
        Rows that are partly filled in; none by default.
    """
    words, buffer = speak(language), io.BytesIO()
    book = new_workbook(buffer)
    book.set_properties({"title": table.name, "created": _MADE})
    looks = {name: book.add_format(dict(look)) for name, look in LOOKS.items()}
    looks["as_text"] = book.add_format({"num_format": "@"})
    _data(book, table, words, looks, rows)
    _example(book, table, words, looks)
    _guide(book, table, words, looks)
    book.close()
    return buffer.getvalue()


def _data(book: Any, table: Table, words: Language, looks: dict[str, Any], rows: pd.DataFrame | None) -> None:
    sheet = book.add_worksheet(words.text("new.sheets.data"))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        header = column_header(column, words.code)
        texts = column.kind not in ("number", "year")
        sheet.set_column(place, place, max(14, len(header) + 3), looks["as_text"] if texts else None)
        sheet.write_string(0, place, header, looks["head"])
        rule = _rule(column)
        if rule:
            wrong = words.text("new.wrong", sheet=words.text("new.sheets.guide"))
            sheet.data_validation(1, place, _LAST, place, {**rule, "error_message": wrong, "ignore_blank": True})
        for line, value in enumerate(() if rows is None else rows[column.name], start=1):
            if isinstance(value, int | float) and not texts:
                if pd.notna(value):
                    sheet.write_number(line, place, value)
            elif isinstance(value, str):
                sheet.write_string(line, place, clean(value, words), looks["as_text"])


def _rule(column: Column) -> dict[str, Any]:
    """Return how Excel checks what is typed into a cell of `column`; nothing where every text will do."""
    if column.kind in ("text", "code") and column.allowed and len(",".join(column.allowed)) <= _LONGEST_LIST:
        return {"validate": "list", "source": list(column.allowed)}
    if column.kind not in ("number", "year") or (column.lower is None and column.upper is None):
        return {}
    kind = "integer" if column.kind == "year" or column.whole else "decimal"
    if column.upper is None:
        return {"validate": kind, "criteria": ">=", "value": column.lower}
    if column.lower is None:
        return {"validate": kind, "criteria": "<=", "value": column.upper}
    return {"validate": kind, "criteria": "between", "minimum": column.lower, "maximum": column.upper}


def _example(book: Any, table: Table, words: Language, looks: dict[str, Any]) -> None:
    """Write one row as it might look, under a line that says that it is no data."""
    sheet = book.add_worksheet(words.text("new.sheets.example"))
    warning = words.text("new.example_warning", sheet=words.text("new.sheets.data"))
    sheet.write_string(0, 0, warning, looks["title"])
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, max(14, len(column.name) + 3))
        sheet.write_string(1, place, column_header(column, words.code), looks["head"])
        value = _invented(column, words)
        write = sheet.write_string if isinstance(value, str) else sheet.write_number
        write(2, place, value, looks["locked"])


def _invented(column: Column, words: Language) -> str | float:
    """Return an entry that fits `column` and belongs to nobody: no region has a code that begins with 99."""
    if column.kind == "number":
        low = 0.0 if column.lower is None else column.lower
        return round(min(low + 1, low + 100 if column.upper is None else column.upper))
    if column.kind == "year":
        return 2024
    if column.kind == "code":
        return "99.01.01"
    return column.allowed[0] if column.allowed else words.text("new.example_text")


def _guide(book: Any, table: Table, words: Language, looks: dict[str, Any]) -> None:
    """Write what the table is, then for every column its meaning, form, allowed entries and whether it is needed."""
    sheet = book.add_worksheet(words.text("new.sheets.guide"))
    for letter, width in _GUIDE.items():
        sheet.set_column(f"{letter}:{letter}", width)
    sheet.write_string(0, 0, words.text("new.guide_title", table=table.name), looks["title"])
    about = words.text(
        "new.guide_table", what=words.text(f"new.tables.{table.name}.what"),
        whom=words.text(f"new.tables.{table.name}.whom"),
        need=words.text("new.required" if table.required else "new.optional"),
    )  # fmt: skip
    sheet.merge_range(1, 0, 1, len(_GUIDE) - 1, "", looks["body"])
    sheet.write_string(1, 0, about, looks["body"])
    for place, name in enumerate(("column", "meaning", "kind", "allowed", "need")):
        sheet.write_string(3, place, words.text(f"new.head_{name}"), looks["head"])
    for row, column in enumerate(table.columns, start=4):
        own = f"new.columns.of_{table.name}.{column.name}"
        meaning = words.text(own if words.has(own) else f"new.columns.{column.name}")
        need = "column_may_go" if column.optional else "empty_allowed" if column.nullable else "must_fill"
        kind = "whole" if column.whole else column.kind
        said = (column_header(column, words.code), meaning, words.text(f"new.kind_{kind}"), _allowed(column, words),
                words.text(f"new.{need}"))  # fmt: skip
        for place, text in enumerate(said):
            sheet.write_string(row, place, text, looks["cell"])
        sheet.set_row(row, max(lines_high(meaning, _LINES), lines_high(said[3], _GUIDE["D"])))


def _allowed(column: Column, words: Language) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    if column.refers:
        return words.text("new.refers", table=column.refers.partition(".")[0])
    if column.lower is not None and column.upper is not None:
        return words.text("new.between", lower=_plain(column.lower), upper=_plain(column.upper))
    if column.lower is not None:
        return words.text("new.at_least", lower=_plain(column.lower))
    if column.upper is not None:
        return words.text("new.at_most", upper=_plain(column.upper))
    return words.text("new.free")


def _plain(value: float) -> str:
    return f"{value:.10g}"

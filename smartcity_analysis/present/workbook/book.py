"""The tables of a review as one Excel workbook that travels: contents, a sheet a table, charts, nothing that runs."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from ..language import speak
from ..tables import Labels
from .cells import clean, new_workbook, running_text
from .content import About, Sheet, left_out, sheets_of
from .sheet import TAB, Formats, lines, paper, write_sheet

__all__ = ["review_workbook"]

_WIDTHS = (6, 78, 32, 9, 20)  # of the contents


def review_workbook(
    tables: Mapping[str, pd.DataFrame],
    *,
    language: str,
    title: str,
    year: int,
    place: str,
    labels: Labels | None = None,
    sources: Mapping[str, str] | None = None,
) -> bytes:
    """Return the processed tables of one review as the bytes of a workbook; equal input gives equal bytes.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        The processed tables. A table is shown under its layout, in the chapter that ``plan.yaml`` names; those
        without a layout are read by programs only, and the contents name them as left out.
    language : {"id", "en"}
    title : str
        Of the study.
    year : int
        The year under review.
    place : str
        Name of the city; its rows are set off.
    labels : mapping, optional
        Labels in both languages by code, as made by :func:`labels_of`.
    sources : mapping, optional
        Source lines by table, in place of those of the plan.

    Notes
    -----
    Text from data is written as text and never as formula or link. Illustrative rows are tinted and in italics, their
    sheets say so above the table and have a coloured tab.
    """
    words = speak(language)
    about = About(words, clean(title, words), int(year), place, labels or {}, sources or {})
    sheets = sheets_of(tables, about)
    buffer = io.BytesIO()
    book = new_workbook(buffer, default_format_properties={"font_name": "Arial", "font_size": 10})
    head = f"{about.title} {about.year}"
    book.set_properties({"title": head, "author": "", "created": datetime.datetime(about.year, 1, 1)})
    formats = Formats(book)
    footer = f"&L&8{running_text(head)}&R&8{words.text('workbook.footer')}"
    _write_contents(book, sheets, left_out(tables), about, formats, footer)
    for sheet in sheets:
        write_sheet(book, sheet, formats, words, footer)
    book.close()
    return buffer.getvalue()


def _write_contents(
    book: Any, sheets: Sequence[Sheet], omitted: Sequence[str], about: About, formats: Formats, footer: str
) -> None:
    """Write the first sheet: what this is, how to read it, and a link to every table."""
    words = about.language
    page = book.add_worksheet(words.text("workbook.contents"))
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width)
    page.write_string(0, 0, f"{about.title} {about.year}", formats.look("title"))
    page.set_row(0, 24)
    page.write_string(1, 0, words.text("workbook.subtitle", year=about.year))
    invented = any(any(sheet.invented) for sheet in sheets)
    guide = ["links", "numbers", "status"]
    row = 3
    for key in guide:
        _line(page, row, words.text(f"workbook.guide.{key}"), formats.look("plain"))
        row += 1
    if invented:
        _line(page, row, words.text("workbook.guide.illustration"), formats.look("mark"))
        page.set_tab_color(TAB)
        row += 1
    row = _write_list(page, row + 1, sheets, formats, about)
    if omitted:
        names = clean(words.text("workbook.left_out", names=list(omitted)), words)
        _line(page, row + 1, names, formats.look("under"))
    paper(page, footer)
    page.activate()


def _line(page: Any, row: int, text: str, look: Any) -> None:
    """Write one paragraph over the whole width of the contents."""
    page.merge_range(row, 0, row, len(_WIDTHS) - 1, "", look)
    page.write_string(row, 0, text, look)
    page.set_row(row, 4 + 13 * lines(text, sum(_WIDTHS)))


def _write_list(page: Any, row: int, sheets: Sequence[Sheet], formats: Formats, about: About) -> int:
    """Write the list of tables, chapter by chapter, with its headings in sight; return the row after it."""
    words = about.language
    for place, key in enumerate(("number", "table", "sheet", "rows", "status")):
        page.write_string(row, place, words.text(f"workbook.heads.{key}"), formats.look("head"))
    page.repeat_rows(row)
    row += 1
    number = 0
    for chapter, group in groupby(sheets, lambda sheet: sheet.chapter):
        page.merge_range(row, 0, row, len(_WIDTHS) - 1, "", formats.look("chapter"))
        page.write_string(row, 0, words.text(f"workbook.chapters.{chapter}"), formats.look("chapter"))
        row += 1
        for sheet in group:
            number += 1
            _write_entry(page, row, number, sheet, formats)
            row += 1
    return row


def _write_entry(page: Any, row: int, number: int, sheet: Sheet, formats: Formats) -> None:
    invented = any(sheet.invented)
    link = f"internal:'{sheet.tab}'!A1"
    page.write_number(row, 0, number, formats.look("count"))
    page.write_url(row, 1, link, formats.look("cell_link"), sheet.title)
    page.write_url(row, 2, link, formats.look("cell_link"), sheet.tab)
    page.write_number(row, 3, sheet.rows, formats.look("count"))
    page.write_string(row, 4, sheet.status, formats.cell("text", invented=invented, marked=False))

"""One table as a sheet: title, source and note, headings that stay in sight, filters, and paper set up."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ..language import Language
from .cells import FORMATS
from .charts import chart_of
from .content import Column, Sheet
from .looks import HIGHEST

__all__ = ["HEAD", "LOOKS", "Formats", "lines", "paper", "span", "write_sheet"]

HEAD = 4  # row of the headings, from 0: title, source and note, links, mark, headings
TAB = "#E69F00"  # of a sheet that holds illustrations
_WIDEST, _PAGE = (60, 50, 40, 32, 26), 160  # characters: a column (less until the table fits), a page
_MONO, _PINNED = 38, 40  # characters: a column of codes, a first column that stays in sight
_UNDER = 110  # characters the line under the title takes at least before it wraps
_DEFAULT = 8.43  # width of a column that nobody set
_LINE = 13  # points: a line of text
_BESIDE = {"bar": 130.0}  # characters up to which a chart of that kind stands beside its table

_LINED: dict[str, Any] = {"border": 1, "border_color": "#C9CED3", "valign": "top"}
LOOKS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": "#133B59", "valign": "vcenter"},
    "under": {"font_size": 9, "font_color": "#565D63", "text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0B5394", "underline": 1},
    "mark": {"bold": True, "italic": True, "bg_color": "#FFF4D6", "font_color": "#7A3E00", "text_wrap": True},
    "head": {
        "bold": True,
        "bg_color": "#133B59",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
    },
    "chapter": {"bold": True, "bg_color": "#E5F2FE", "font_color": "#133B59", **_LINED},
    "cell": _LINED,
    "count": {**_LINED, "align": "center"},
    "cell_link": {**_LINED, "font_color": "#0B5394", "underline": 1, "text_wrap": True},
    "plain": {"text_wrap": True, "valign": "top"},
}
_INVENTED = {"italic": True, "bg_color": "#FFF4D6"}
_MARKED = {"bold": True, "bg_color": "#E5F2FE"}


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any):
        self._book = book
        self._made: dict[tuple[str, ...], Any] = {}

    def look(self, name: str) -> Any:
        """Return the format of that name among the looks."""
        return self._kept(("look", name), LOOKS[name])

    def cell(self, kind: str, *, invented: bool, marked: bool) -> Any:
        """Return the format of a cell of `kind`, tinted in the row of an illustration or of the city itself."""
        look = dict(LOOKS["cell"]) | (_MARKED if marked else {}) | (_INVENTED if invented else {})
        if kind in FORMATS:
            look |= {"num_format": FORMATS[kind], "align": "right"}
        else:
            look |= {"num_format": "@", "text_wrap": True, "align": "left", "indent": 1}
        return self._kept(("cell", kind if kind in FORMATS else "text", str(invented), str(marked)), look)

    def _kept(self, key: tuple[str, ...], look: Mapping[str, Any]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(look))
        return self._made[key]


def write_sheet(book: Any, sheet: Sheet, formats: Formats, words: Language, footer: str) -> None:
    """Write `sheet` as a worksheet of `book`, with a link back to the contents."""
    page = book.add_worksheet(sheet.tab)
    widths = _widths(sheet.columns)
    for place, width in enumerate(widths):
        page.set_column(place, place, width)
    _write_top(page, sheet, widths, formats, words)
    _write_heights(page, sheet, widths)
    for place, column in enumerate(sheet.columns):
        page.write_string(HEAD, place, column.heading, formats.look("head"))
        _write_column(page, sheet, place, column, formats)
    if not sheet.rows:
        page.write_string(HEAD + 1, 0, words.text("tables.notes.no_data"))
    last = HEAD + sheet.rows
    page.autofilter(HEAD, 0, last, max(0, len(sheet.columns) - 1))
    page.freeze_panes(HEAD + 1, 1 if sum(widths) > _UNDER and widths[0] <= _PINNED else 0)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    page.repeat_rows(HEAD)
    paper(page, footer)
    if any(sheet.invented):
        page.set_tab_color(TAB)
    _write_chart(book, page, sheet, widths, formats, words)


def _write_top(page: Any, sheet: Sheet, widths: Sequence[float], formats: Formats, words: Language) -> None:
    """Write what stands above the headings."""
    page.write_string(0, 0, sheet.title, formats.look("title"))
    page.set_row(0, 24)
    span(page, 1, sheet.under, widths, formats.look("under"), 12)
    contents = words.text("workbook.contents")
    page.write_url(2, 0, f"internal:'{contents}'!A1", formats.look("link"), words.text("workbook.back"))
    if any(sheet.invented):
        mark = words.text("illustrative_whole" if all(sheet.invented) else "illustrative_rows")
        span(page, 3, mark, widths, formats.look("mark"), 14)
    else:
        page.set_row(3, 6)


def span(page: Any, row: int, text: str, widths: Sequence[float], look: Any, high: float) -> None:
    """Write `text` over as many columns as it needs to be read, in a row that is high enough for all of it."""
    total, last = 0.0, -1
    while last + 1 < len(widths) or total < _UNDER:
        last += 1
        total += widths[last] if last < len(widths) else _DEFAULT
        if total >= _UNDER:
            break
    if last > 0:
        page.merge_range(row, 0, row, last, "", look)
    page.write_string(row, 0, text, look) if text else page.write_blank(row, 0, None, look)
    page.set_row(row, min(HIGHEST, 4 + high * lines(text, total)))


def lines(text: str, width: float) -> int:
    """Return how many lines `text` takes in a column of `width` characters."""
    room = max(4, int(width - 2))
    return sum(max(1, len(textwrap.wrap(part, room))) for part in text.split("\n"))


def _write_column(page: Any, sheet: Sheet, place: int, column: Column, formats: Formats) -> None:
    rows = zip(column.cells, sheet.invented, sheet.marked, strict=True)
    for row, (cell, invented, marked) in enumerate(rows, start=HEAD + 1):
        look = formats.cell(column.kind, invented=invented, marked=marked)
        if cell is None or cell == "":
            page.write_blank(row, place, None, look)
        elif isinstance(cell, str):
            page.write_string(row, place, cell, look)
        else:
            page.write_number(row, place, cell, look)


def _write_heights(page: Any, sheet: Sheet, widths: Sequence[float]) -> None:
    """Make every row as high as its longest text, because not every program does so by itself."""
    heads = zip(sheet.columns, widths, strict=True)
    page.set_row(HEAD, 6 + _LINE * max((lines(column.heading, width - 2) for column, width in heads), default=1))
    high = [1] * sheet.rows
    for column, width in zip(sheet.columns, widths, strict=True):
        for row, cell in enumerate(column.cells):
            if isinstance(cell, str) and (len(cell) > width - 2 or "\n" in cell):
                high[row] = max(high[row], lines(cell, width))
    for row, count in enumerate(high, start=HEAD + 1):
        if count > 1:
            page.set_row(row, min(HIGHEST, 3 + _LINE * count))


def _widths(columns: Sequence[Column]) -> list[float]:
    """Return the width of every column: wide enough for its words, narrower where the whole would not fit a page."""
    tried = ([_width(column, most) for column in columns] for most in _WIDEST)
    fitting = next((widths for widths in tried if sum(widths) <= _PAGE), None)
    return fitting or [_width(column, _WIDEST[-1]) for column in columns]


def _width(column: Column, most: float) -> float:
    """Return the width of one column, with room for the arrow of the filter beside its heading."""
    longest_word = max((len(word) for word in column.heading.split()), default=0)
    head = max(longest_word + 3.5, len(column.heading) / 3 + 3.5)
    texts = (cell for cell in column.cells if isinstance(cell, str))
    body = max((len(line) for text in texts for line in text.split("\n")), default=0)
    most = min(most, _MONO) if column.kind == "mono" else most
    return float(min(most, max(head, body * 1.1 + 2.5, 9)))


def paper(page: Any, footer: str) -> None:
    """Set a sheet up for A4 across, as wide as the page, with numbered pages."""
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(0.4, 0.4, 0.5, 0.7)
    page.fit_to_pages(1, 0)
    page.set_footer(footer)


def _write_chart(
    book: Any, page: Any, sheet: Sheet, widths: Sequence[float], formats: Formats, words: Language
) -> None:
    """Put the chart beside a narrow table, and below a wide one with a link to it."""
    chart = chart_of(book, sheet, HEAD, words)
    if chart is None:
        return
    beside = sum(widths) <= _BESIDE.get((sheet.chart or {})["kind"], 85.0)
    row, place = (HEAD, len(widths)) if beside else (HEAD + sheet.rows + 2, 0)
    said = {"description": words.text("workbook.chart", title=sheet.title), "x_offset": 12 if beside else 0}
    page.insert_chart(row, place, chart, {**said, "object_position": 2})
    if not beside:
        page.write_url(2, 1, f"internal:'{sheet.tab}'!A{row + 1}", formats.look("link"), words.text("workbook.below"))

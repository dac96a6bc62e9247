"""The feedback form as an Excel workbook: locked but for the answer cells, what was asked in a hidden sheet."""

from __future__ import annotations

import datetime
import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ...masterplan.feedback.lines import FeedbackForm
from ...masterplan.feedback.returned import ANSWERS, KINDS, META, VERSION, cell_digest, fingerprint
from ...study import TABLES, Study
from ..language import Language, speak
from ..workbook.cells import clean, new_workbook, running_text
from ..workbook.looks import HIGHEST
from .words import FormWords

__all__ = ["feedback_workbook"]

HEAD, FIRST = 4, 5  # rows of the column headings and of the first line, from 1
ADDITIONS = 20  # lines for what the form does not ask about
WIDTHS = {
    "guide": (4, 110),
    "findings": (5, 10, 14, 50, 24, 10, 12, 22, 24, 24),
    "data": (5, 10, 34, 18, 24, 22, 12, 22, 24, 24),
    "additions": (5, 30, 52, 34, 34),
}
HEADS = {
    "findings": ("number", "code", "pillar", "finding", "basis", "status", "answer", "new_text", "evidence", "remark"),
    "data": ("number", "code", "subject", "cell", "present", "source", "answer", "new_value", "evidence", "remark"),
    "additions": ("number", "addition", "content", "evidence", "remark"),
}
GUIDE = ("cells", "findings", "data", "answers", "evidence", "numbers", "additions", "empty", "personal", "send")


def feedback_workbook(form: FeedbackForm, study: Study, language: str) -> bytes:
    """Return `form` as the bytes of an Excel workbook in `language`.

    Sheets are protected without a password; text from data is written as text and never as a formula.
    """
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    book.set_properties(
        {"created": datetime.datetime(form.year, 1, 1), "author": "", "title": f"{form.opd} {form.year}"}
    )
    _Form(book, form, study, speak(language)).write()
    book.close()
    return buffer.getvalue()


class _Form:
    """One workbook being written; what stands outside the answer cells is remembered for the hidden sheet."""

    def __init__(self, book: Any, form: FeedbackForm, study: Study, words: Language):
        self.book, self.form, self.study, self.words = book, form, study, words
        self.says = FormWords(form, study, words)
        agency = study.table("opd").set_index("code").loc[form.opd]
        self.agency = f"{agency['name']} ({agency['abbreviation']})"
        base: dict[str, Any] = {
            "font_name": "Arial",
            "font_size": 10,
            "text_wrap": True,
            "valign": "top",
            "align": "left",
        }
        lined = {**base, "border": 1, "border_color": "#9aa5b1"}
        self.formats = {
            "title": book.add_format({**base, "bold": True, "font_size": 14, "text_wrap": False}),
            "plain": book.add_format(base),
            "loose": book.add_format({**base, "text_wrap": False, "italic": True}),
            "head": book.add_format({**lined, "bold": True, "bg_color": "#1f4e79", "font_color": "#ffffff"}),
            "cell": book.add_format({**lined, "bg_color": "#f3f5f7"}),
            "open": book.add_format({**lined, "bg_color": "#fff8d6", "locked": False}),
            "open_text": book.add_format({**lined, "bg_color": "#fff8d6", "locked": False, "num_format": "@"}),
        }
        self.sheets: dict[str, Any] = {}
        self.said: dict[tuple[str, int], dict[int, str]] = {}
        self.lines: list[list[str]] = []
        self.lists: dict[str, str] = {}  # where the choices of a column stand, by table.column

    def write(self) -> None:
        """Write every sheet."""
        for kind in ("guide", "findings", "data", "additions", "codes"):
            self.sheets[kind] = self.book.add_worksheet(self.words.text(f"feedback.sheets.{kind}"))
        self._guide()
        self._codes()
        self._findings()
        self._data()
        self._additions()
        for kind, sheet in self.sheets.items():
            self._finish(kind, sheet)
        self._meta()

    def _put(self, kind: str, row: int, column: int, value: Any, style: str = "cell") -> None:
        """Write a locked cell (row and column from 1) and remember it; an empty one only gets its format."""
        sheet, style_of = self.sheets[kind], self.formats[style]
        if isinstance(value, float | int):
            sheet.write_number(row - 1, column - 1, value, style_of)
            text = f"{value:.15g}"
        else:
            text = clean(str(value or ""), self.words).strip()
            write = sheet.write_string if text else sheet.write_blank
            write(row - 1, column - 1, text, style_of)
        if text:
            self.said.setdefault((kind, row), {})[column] = text

    def _top(self, kind: str) -> None:
        """Write title, hint and headings of a sheet of lines."""
        self._put(kind, 1, 1, f"{self.words.text(f'feedback.sheets.{kind}')}: {self.agency}", "title")
        self._put(kind, 2, 1, self.words.text(f"feedback.hints.{kind}"), "loose")
        for column, head in enumerate(HEADS[kind], start=1):
            self._put(kind, HEAD, column, self.words.text(f"feedback.heads.{head}"), "head")

    def _guide(self) -> None:
        self._put("guide", 1, 1, self.words.text("feedback.title", year=self.form.year), "title")
        self._put("guide", 2, 1, f"{self.words.label(self.study.spec.title)}. {self.agency}", "loose")
        self._put("guide", 4, 2, self.words.text("feedback.guide.intro"), "plain")
        for number, step in enumerate(GUIDE, start=1):
            self._put("guide", 4 + number, 1, number, "plain")
            self._put("guide", 4 + number, 2, self.words.text(f"feedback.guide.step_{step}"), "plain")

    def _codes(self) -> None:
        """Write the codes a cell may take, two columns for each kind of cell."""
        self._put("codes", 1, 1, self.words.text("feedback.sheets.codes"), "title")
        self._put("codes", 2, 1, self.words.text("feedback.hints.codes"), "loose")
        for place, (cell, codes) in enumerate(self.form.choices.items()):
            column = 3 * place + 1
            self._put("codes", 3, column, self.says.cell_label(*cell.split(".")), "title")
            for offset, head in enumerate(("write", "meaning")):
                self._put("codes", HEAD, column + offset, self.words.text(f"feedback.heads.{head}"), "head")
            for row, code in enumerate(codes, start=FIRST):
                label, meaning = self.says.choice(cell, code)
                self._put("codes", row, column, label)
                self._put("codes", row, column + 1, meaning)
            self.sheets["codes"].set_column(column - 1, column - 1, 24)
            self.sheets["codes"].set_column(column, column, 44)
            self.sheets["codes"].set_column(column + 1, column + 1, 3)
            self.lists[cell] = self._range(column, len(codes))

    def _range(self, column: int, count: int) -> str:
        from xlsxwriter.utility import xl_range_abs

        name = self.words.text("feedback.sheets.codes")
        return f"='{name}'!{xl_range_abs(FIRST - 1, column - 1, FIRST + count - 2, column - 1)}"

    def _findings(self) -> None:
        self._top("findings")
        pillars = {pillar.code: self.words.label(pillar.label) for pillar in self.study.framework.root.children}
        for row, line in enumerate(self.form.findings.itertuples(), start=FIRST):
            pillar = pillars.get(line.pillar, self.words.text("feedback.city"))
            text = getattr(line, f"text_{self.words.code}")
            status = self.words.text(f"status.{line.status}")
            cells = (row - FIRST + 1, line.id, pillar, text, self.says.basis(line.evidence), status)
            self._line("findings", row, cells, str(line.id), str(text), "")
        if self.form.findings.empty:
            self._put("findings", FIRST, 1, self.words.text("feedback.hints.no_findings"), "loose")

    def _data(self) -> None:
        self._top("data")
        before = None  # the source of a raw row stands in its first line only
        for row, line in enumerate(self.form.data.itertuples(), start=FIRST):
            cell = f"{line.table}.{line.column}"
            label = self.says.cell_label(line.table, line.column)
            shown = self.says.shown(line.old, line.table, line.column)
            subject = getattr(line, f"subject_{self.words.code}")
            source = "" if line.row == before else f"{line.source} ({self.words.text(f'status.{line.status}')})"
            before = line.row
            cells = (row - FIRST + 1, line.code, subject, label, shown, source)
            self._line("data", row, cells, str(line.item), line.old or "", cell)
        if self.form.data.empty:
            self._put("data", FIRST, 1, self.words.text("feedback.hints.no_data"), "loose")

    def _line(self, kind: str, row: int, cells: Sequence[Any], item: str, old: str, cell: str) -> None:
        """Write one line: what is asked, and its answer cells."""
        for column, value in enumerate(cells, start=1):
            self._put(kind, row, column, value)
        self.lines.append(["line", kind, str(row), item, old])
        sheet, places = self.sheets[kind], ANSWERS[kind]
        number = cell and TABLES[cell.split(".")[0]].by_name[cell.split(".")[1]].kind == "number"
        for part, column in places.items():
            style = "open" if part == "new" and number else "open_text"
            sheet.write_blank(row - 1, column - 1, None, self.formats[style])
        words = [self.words.text(f"feedback.answers.{answer}") for answer in KINDS]
        message = {
            "error_title": self.words.text("feedback.heads.answer"),
            "error_message": self.words.text("feedback.choose"),
        }
        at = places["answer"] - 1
        sheet.data_validation(row - 1, at, row - 1, at, {"validate": "list", "source": words, **message})
        if cell in self.lists and TABLES[cell.split(".")[0]].by_name[cell.split(".")[1]].kind != "list":
            at = places["new"] - 1
            rule = {"validate": "list", "source": self.lists[cell], "error_type": "warning", **message}
            sheet.data_validation(row - 1, at, row - 1, at, rule)

    def _additions(self) -> None:
        self._top("additions")
        for row in range(FIRST, FIRST + ADDITIONS):
            self._put("additions", row, 1, row - FIRST + 1)
            self.lines.append(["line", "additions", str(row), "", ""])
            for column in ANSWERS["additions"].values():
                self.sheets["additions"].write_blank(row - 1, column - 1, None, self.formats["open_text"])

    def _finish(self, kind: str, sheet: Any) -> None:
        """Protect a sheet, and set it up for the screen and for paper."""
        for column, width in enumerate(WIDTHS.get(kind, ())):
            sheet.set_column(column, column, width)
        for (of, row), cells in self.said.items():
            if of == kind and row >= HEAD:
                sheet.set_row(row - 1, self._height(kind, cells))
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{running_text(self.agency)}&R&P / &N")
        if kind in HEADS:
            sheet.freeze_panes(HEAD, 0)
            sheet.repeat_rows(HEAD - 1)

    @staticmethod
    def _height(kind: str, cells: Mapping[int, str]) -> float:
        """Return the height of a row in points, so that its longest cell is seen whole in any spreadsheet."""
        widths = WIDTHS.get(kind, (24, 40, 3) * max(cells))
        most = max(len(textwrap.wrap(text, widths[column - 1])) for column, text in cells.items())
        return min(HIGHEST, 4 + 13.5 * most)

    def _meta(self) -> None:
        """Write what was asked into a hidden sheet, with one hash over all of it."""
        form, words = self.form, self.words
        rows = [["format", VERSION], ["study", form.study], ["year", str(form.year)], ["opd", form.opd]]
        rows += [["language", words.code]]
        rows += [["sheet", kind, words.text(f"feedback.sheets.{kind}")] for kind in self.sheets]
        rows += [["answer", kind, words.text(f"feedback.answers.{kind}")] for kind in KINDS]
        rows += [
            ["choice", cell, c, self.says.choice(cell, c)[0]] for cell, codes in form.choices.items() for c in codes
        ]
        rows += self.lines
        for (kind, row), cells in sorted(self.said.items()):
            rows += [["cell", kind, str(row), str(column), cell_digest(text)] for column, text in cells.items()]
        rows = [[clean(text, words).strip() for text in row] for row in rows]
        rows.insert(4, ["fingerprint", fingerprint(rows)])
        sheet = self.book.add_worksheet(META)
        sheet.hide()
        sheet.protect("")
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text)

"""The questionnaire as an Excel workbook for one OPD: only its questions, only its cells to fill in.

Every sheet is protected without a password, so that nobody moves a row by mistake; a hidden sheet says which cell
answers what, for :func:`smartcity_analysis.masterplan.read_survey_form`.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ...masterplan.survey.form import META, FormCell, SurveyForm, form_meta, survey_form
from ...study import Study
from ...study.contracts_plan import ROLES, SECTIONS
from ..language import Language, speak
from ..workbook.cells import clean, new_workbook, running_text
from ..workbook.looks import LOOKS, lines_high

__all__ = ["survey_workbook"]

_LONGEST = 2000  # characters of a text answer, as the reader takes
_HEAD = 4  # row of the column headings
_WIDTHS = {"A": 10.0, "B": 74.0, "C": 11.0, "D": 15.0, "E": 46.0}
_WIDE_ANSWER = {"B": 46.0, "D": 34.0}  # widths where the answer is words
_TEXT_ANSWER = {"B": 42.0, "C": 9.0, "D": 82.0}


def survey_workbook(study: Study, year: int, opd: str, language: str = "id") -> bytes:
    """Return the questionnaire of `year` for the agency `opd` as the bytes of a workbook.

    Parameters
    ----------
    study : Study
    year : int
    opd : str
        Code of the agency; its pillars decide which maturity items are asked.
    language : {"id", "en"}

    Raises
    ------
    UnknownNameError
        For an agency that the study does not list.
    """
    return _Workbook(study, survey_form(study, year, opd), speak(language)).made()


class _Workbook:
    """One workbook being written: its sheets, and the cells and options the hidden sheet has to list."""

    def __init__(self, study: Study, form: SurveyForm, words: Language):
        self.study, self.form, self.words = study, form, words
        self.buffer = io.BytesIO()
        self.book = new_workbook(self.buffer)
        self.looks = {name: self.book.add_format(dict(look)) for name, look in LOOKS.items()}
        self.agency = clean(str(study.table("opd").set_index("code")["name"][form.opd]), words)
        self.title = self.say("title", opd=self.agency, year=form.year)
        self.cells: list[FormCell] = []
        self.options: dict[str, dict[str, str]] = {}
        self.listed: list[tuple[Any, str, str]] = []  # sheet, cell and question of every list
        self.sections = [s for s in SECTIONS if (form.questions["section"] == s).any()]

    def say(self, key: str, **facts: Any) -> str:
        return self.words.text(f"survey.{key}", **facts)

    def made(self) -> bytes:
        """Return the bytes of the finished workbook."""
        made = datetime.datetime(self.form.year, 1, 1)  # the same bytes on every run
        self.book.set_properties({"title": self.title, "created": made})
        self._guide()
        self._identity()
        for section in self.sections:
            self._section(section)
        self._meta()
        self.book.close()
        return self.buffer.getvalue()

    def _sheet(self, key: str, widths: Mapping[str, float]) -> Any:
        """Return a new protected sheet, printed on A4 landscape one page wide."""
        name = self.say(f"sheets.{key}")
        sheet = self.book.add_worksheet(name)
        for column, width in widths.items():
            sheet.set_column(f"{column}:{column}", width)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L&8{running_text(self.title)}&C&8{running_text(name)}&R&8{self.say('page')}")
        sheet.set_row(0, 24)
        self._put(sheet, 0, 0, f"{name} – {self.agency}", "title")
        return sheet

    def _put(self, sheet: Any, row: int, column: int, value: str | int, look: str) -> None:
        """Write one cell: a number as a number, every word as text and never as a formula or link."""
        if isinstance(value, int):
            sheet.write_number(row, column, value, self.looks[look])
        elif value:
            sheet.write_string(row, column, clean(value, self.words), self.looks[look])
        else:
            sheet.write_blank(row, column, None, self.looks[look])

    def _span(self, sheet: Any, row: int, columns: tuple[int, int], text: str, look: str) -> None:
        """Write one text over several columns."""
        sheet.merge_range(row, columns[0], row, columns[1], "", self.looks[look])
        self._put(sheet, row, columns[0], text, look)

    def _guide(self) -> None:
        sheet = self._sheet("guide", {"A": 5, "B": 96, "C": 22})
        self._put(sheet, 0, 0, self.title, "title")
        row = 2
        for place, key in enumerate(_keys(self.words, "survey.guide."), start=1):
            small = self.study.spec.privacy.small_cell
            text = self.words.text(key, opd=self.agency, small=small)
            self._put(sheet, row, 0, place, "number")
            self._span(sheet, row, (1, 2), text, "body")
            sheet.set_row(row, lines_high(text, 118))
            row += 1
        self._put(sheet, row + 1, 1, self.say("guide_sheets"), "head")
        self._put(sheet, row + 1, 2, self.say("guide_questions"), "head")
        for section in self.sections:
            row += 1
            self._put(sheet, row + 1, 1, self.say(f"sheets.{section}"), "cell")
            count = int((self.form.questions["section"] == section).sum())
            self._put(sheet, row + 1, 2, count, "middle")

    def _identity(self) -> None:
        sheet = self._sheet("identity", {"A": 42, "B": 42, "C": 54})
        self._put(sheet, 1, 0, self.say("identity.intro"), "intro")
        facts: tuple[tuple[str, str | int], ...] = (("opd", self.agency), ("year", self.form.year))
        for row, (key, value) in enumerate(facts, start=3):
            self._put(sheet, row, 0, self.say(f"identity.{key}"), "cell")
            self._put(sheet, row, 1, value, "locked")
            sheet.set_row(row, 20)
        row = 3 + len(facts)
        self.options["role"] = {self.say(f"roles.{role}"): role for role in ROLES}
        for key in ("respondent", "role", "minutes"):
            label = self.say(f"identity.{key}")
            self._identity_row(sheet, row, key, label, self.say(f"identity.{key}_hint"))
            row += 1
        self._rule(sheet, f"B{4 + len(facts)}", "respondent", self._respondent_rule(f"B{4 + len(facts)}"))
        self._rule(sheet, f"B{6 + len(facts)}", "minutes", _whole(1, 10_000), lower=1, upper=10_000)
        for pillar in self.form.pillars:
            name = self.words.label(self.study.framework.node(pillar).label)
            key = f"pillar.{pillar}"
            self.options[key] = {self.say("yes"): "yes", self.say("no"): "no"}
            label, only = self.say("identity.pillar", pillar=name), len(self.form.pillars) == 1
            given = self.say("yes") if only else ""
            self._identity_row(sheet, row, key, label, self.say("identity.pillar_hint"), given)
            row += 1

    def _identity_row(self, sheet: Any, row: int, key: str, label: str, hint: str, given: str = "") -> None:
        sheet.set_row(row, lines_high(hint, 48))
        self._put(sheet, row, 0, label, "cell")
        self._put(sheet, row, 1, given, "words")
        self._put(sheet, row, 2, hint, "note")
        self.cells.append(FormCell(sheet.get_name(), row + 1, "B", key, "answer", label))
        if key in self.options:
            self.listed.append((sheet, f"B{row + 1}", key))

    def _respondent_rule(self, cell: str) -> dict[str, Any]:
        digits = f'ISNUMBER(-MID({cell},2,4)),LEN({cell})>2,LEN({cell})<6,ISERROR(FIND(".",{cell}))'
        return {"validate": "custom", "value": f'=AND(LEFT({cell},1)="R",{digits})'}

    def _section(self, section: str) -> None:
        asked = self.form.questions[self.form.questions["section"] == section]
        proof = (asked["evidence_needed"] == "yes").any()
        wordy = asked["kind"].isin(["choice", "choices"]).any()
        widths = {k: w for k, w in _WIDTHS.items() if k != "E" or proof}
        widths |= {"B": 56.0} if proof else {}
        widths |= _TEXT_ANSWER if (asked["kind"] == "text").all() else _WIDE_ANSWER if wordy else {}
        widths["A"] = max(widths["A"], 1.05 * max(len(a) for q in asked.to_dict("records") for _, a in _rows_of(q)))
        sheet = self._sheet(section, widths)
        last = list(widths)[-1]
        note = self.say(f"scales.{section}")
        self._span(sheet, 1, (0, len(widths) - 1), note, "body")
        sheet.set_row(1, lines_high(note, sum(widths.values()) * 0.95))
        for place, key in enumerate(("code", "question", "scale", "answer", "evidence")[: len(widths)]):
            self._put(sheet, _HEAD - 1, place, self.say(f"columns.{key}"), "head")
        sheet.freeze_panes(_HEAD, 2)
        sheet.repeat_rows(0, _HEAD - 1)
        first = len(self.cells)
        row = self._questions(sheet, asked, widths)
        answers = [cell.place for cell in self.cells[first:] if cell.part != "evidence"]
        self._progress(sheet, answers, last)
        sheet.print_area(0, 0, row - 1, len(widths) - 1)

    def _progress(self, sheet: Any, answers: Sequence[str], last: str) -> None:
        """Show beside the title how many of the answers are given."""
        count = f'COUNTA({answers[0]}:{answers[-1]})&"/{len(answers)}"'
        label = self.say("filled")
        sheet.write_formula(f"{last}1", f'="{label}: "&{count}', self.looks["progress"], f"{label}: 0/{len(answers)}")

    def _questions(self, sheet: Any, asked: pd.DataFrame, widths: Mapping[str, float]) -> int:
        """Write the questions, those of a sub-dimension or pillar under its heading; return the next row."""
        row, heading, breaks = _HEAD, None, []
        for question in asked.to_dict("records"):
            group = question["sub_dimension"] if question["section"] == "maturity" else question["pillar"]
            if isinstance(group, str) and group != heading:
                if question["section"] == "maturity" and heading and heading[:-1] != group[:-1]:
                    breaks.append(row)  # another pillar begins on a new page
                heading = group
                self._span(sheet, row, (0, len(widths) - 1), self._group(group), "group")
                sheet.set_row(row, 16)
                row += 1
            for place, anchor in _rows_of(question):
                self._question(sheet, row, question, place, anchor, widths)
                row += 1
        sheet.set_h_pagebreaks(breaks)
        return row

    def _group(self, code: str) -> str:
        framework = self.study.framework
        own = self.words.label(framework.node(code).label)
        parent = framework.parents.get(code)
        if parent is None or parent == framework.root.code:
            return own
        return f"{self.words.label(framework.node(parent).label)}: {own}"

    def _question(
        self, sheet: Any, row: int, question: Mapping[str, Any], place: int, anchor: str, widths: Mapping[str, float]
    ) -> None:
        text, kind = question[f"text_{self.words.code}"], question["kind"]
        facts = {"lower": question["lower"], "upper": question["upper"], "place": place}
        self._put(sheet, row, 0, anchor, "code")
        self._put(sheet, row, 1, text, "cell")
        self._put(sheet, row, 2, self.say(f"kinds.{kind}", **facts), "middle_small")
        number = kind in ("scale", "number")
        sheet.write_blank(row, 3, None, self.looks["answer" if number else "words"])
        part = str(place) if kind == "choices" else "answer"
        self.cells.append(FormCell(sheet.get_name(), row + 1, "D", question["code"], part, anchor))
        self._answer_rule(sheet, f"D{row + 1}", question)
        high = lines_high(text, widths["B"])
        if "E" in widths:
            sheet.write_blank(row, 4, None, self.looks["words"])
            self.cells.append(FormCell(sheet.get_name(), row + 1, "E", question["code"], "evidence", anchor))
            self._rule(sheet, f"E{row + 1}", "evidence", _longest())
            high = max(high, 30)
        sheet.set_row(row, max(high, 110) if kind == "text" else high)

    def _answer_rule(self, sheet: Any, cell: str, question: Mapping[str, Any]) -> None:
        kind, code = question["kind"], question["code"]
        if kind in ("choice", "choices"):
            said = str(question[f"options_{self.words.code}"]).split(";")
            labels = [clean(label, self.words).strip() for label in said]
            self.options[code] = dict(zip(labels, str(question["options"]).split(";"), strict=True))
            self.listed.append((sheet, cell, code))
        elif kind == "text":
            self._rule(sheet, cell, "text", _longest(), most=_LONGEST)
        else:
            lower, upper = int(question["lower"]), int(question["upper"])
            listed = {"validate": "list", "source": [str(n) for n in range(lower, upper + 1)]}
            rule = listed if kind == "scale" else _whole(lower, upper)
            prompt = "maturity" if question["section"] == "maturity" else kind
            self._rule(sheet, cell, prompt, rule, lower=lower, upper=upper)

    def _rule(self, sheet: Any, cell: str, prompt: str, rule: Mapping[str, Any], **facts: Any) -> None:
        """Add what a cell takes, with a message that says so."""
        if prompt == "minutes":
            prompt = "number"
        message = self.say(f"prompts.{prompt}", **facts)
        said = {"input_title": self.say("prompts.title"), "input_message": message, "error_message": message}
        sheet.data_validation(cell, {**rule, **said, "error_title": self.say("prompts.error")})

    def _meta(self) -> None:
        """Write the hidden sheet, and point every list to the words of its options there."""
        sheet = self.book.add_worksheet(META)
        meta = form_meta(self.form, self.words.code, self.cells, self.options)
        spans: dict[str, list[int]] = {}
        for row, cells in enumerate(meta.rows()):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)
            if cells[0] == "option":
                spans.setdefault(cells[1], []).append(row + 1)
        for owner, cell, code in self.listed:
            source = f"='{META}'!$D${spans[code][0]}:$D${spans[code][-1]}"
            kind = "choices" if code in set(self.form.questions.query("kind == 'choices'")["code"]) else "choice"
            self._rule(owner, cell, kind, {"validate": "list", "source": source})
        sheet.protect()
        sheet.hide()


def _keys(words: Language, prefix: str) -> list[str]:
    return sorted(key for key in words.messages if key.startswith(prefix))


def _rows_of(question: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Give the rows of one question, each with what stands in its first column."""
    if question["kind"] != "choices":
        yield 1, question["code"]
        return
    most = int(question["upper"]) if not math.isnan(question["upper"]) else len(str(question["options"]).split(";"))
    for place in range(1, most + 1):
        yield place, f"{question['code']}/{place}"


def _whole(lower: int, upper: int) -> dict[str, Any]:
    return {"validate": "integer", "criteria": "between", "minimum": lower, "maximum": upper}


def _longest() -> dict[str, Any]:
    return {"validate": "length", "criteria": "<=", "value": _LONGEST}

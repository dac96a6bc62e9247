"""The survey form of one OPD: what it asks, the hidden sheet that says so, and the answers of a returned form.

A form carries a hidden sheet with its study, year, OPD, questions, the cells they are answered in, and a hash over
all of it. A returned form is read against that sheet, so that a form of another year, an older questionnaire or a moved
row is named and never read as something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...errors import Breach, DataError, UnknownNameError
from ...study import Study
from ...study.sheets import Sheets
from .answers import questions_for

__all__ = ["META", "VERSION", "FormCell", "FormMeta", "SurveyForm", "form_meta", "instrument_hash", "survey_form"]

META, VERSION = "_meta", "smartcity survey 1"
_KIND = VERSION.rpartition(" ")[0]
_WIDTH = 6  # cells in a row of the hidden sheet
_FACTS = ("format", "study", "year", "opd", "language", "instrument")


@dataclass(frozen=True, slots=True)
class FormCell:
    """One cell to be filled in: its place, what it answers, and what stands in the first column of its row.

    `part` is answer, evidence, or for a question with several choices the number of the choice.
    """

    sheet: str
    row: int
    column: str
    question: str
    part: str
    anchor: str

    @property
    def place(self) -> str:
        """The cell as a spreadsheet names it, such as ``D7``."""
        return f"{self.column}{self.row}"


@dataclass(frozen=True, eq=False)
class SurveyForm:
    """What one OPD is asked: its pillars and the questions that concern it."""

    study: str
    year: int
    opd: str
    pillars: Sequence[str]
    questions: pd.DataFrame


@dataclass(frozen=True, eq=False)
class FormMeta:
    """The hidden sheet of a form: `facts` about the whole, the `cells`, and the words of each question's options."""

    facts: Mapping[str, str]
    cells: Sequence[FormCell]
    options: Mapping[str, Mapping[str, str]]

    def rows(self) -> list[list[str]]:
        """Return the sheet as rows of text; the last one holds the hash over the others."""
        rows = [[name, self.facts[name]] for name in _FACTS]
        rows += [["option", q, code, label] for q, words in self.options.items() for label, code in words.items()]
        rows += [["cell", c.sheet, c.place, c.question, c.part, c.anchor] for c in self.cells]
        return [*rows, ["fingerprint", _fingerprint(rows)]]


def survey_form(study: Study, year: int, opd: str) -> SurveyForm:
    """Return what the agency `opd` is asked in the survey of `year`.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    opd : str
        Code of the agency.

    Raises
    ------
    UnknownNameError
        For an agency that the study does not list.
    """
    agencies = study.table("opd").set_index("code")["pillars"]
    if opd not in agencies.index:
        raise UnknownNameError("OPD", opd, list(agencies.index))
    pillars = str(agencies[opd]).split(";") if isinstance(agencies[opd], str) else []
    questions = questions_for(study.table("survey_questions"), pillars).reset_index(drop=True)
    return SurveyForm(study.name, year, opd, tuple(pillars), questions)


def instrument_hash(form: SurveyForm) -> str:
    """Return a short hash over every question of `form`: its words, scale and options."""
    columns = ["code", "section", "kind", "pillar", "text_id", "text_en", "lower", "upper", "options", "options_id",
               "options_en", "evidence_needed"]  # fmt: skip
    cells = form.questions[columns].astype(object).where(form.questions[columns].notna(), None)
    return hashlib.sha256(json.dumps(cells.to_numpy().tolist()).encode()).hexdigest()[:16]


def form_meta(
    form: SurveyForm, language: str, cells: Sequence[FormCell], options: Mapping[str, Mapping[str, str]]
) -> FormMeta:
    """Return the hidden sheet of `form`.

    Parameters
    ----------
    form : SurveyForm
    language : {"id", "en"}
        The language the workbook is written in.
    cells : sequence of FormCell
    options : mapping
        For each question with options (and each choice of the identity), its codes by the words shown.
    """
    facts = {"format": VERSION, "study": form.study, "year": str(form.year), "opd": form.opd}
    facts |= {"language": language, "instrument": instrument_hash(form)}
    return FormMeta(facts, tuple(cells), options)


def read_meta(sheets: Sheets, study: Study, year: int) -> FormMeta:
    """Return the hidden sheet of a returned form of `study` and `year`.

    Raises
    ------
    DataError
        When the form is not ours, was taken apart, is older, or belongs to another study, year or OPD.
    """
    found = sheets.get(META, {})
    height = max((row for row, _ in found), default=0)
    cells = [[found[r, c].text if (r, c) in found else "" for c in range(1, _WIDTH + 1)] for r in range(1, height + 1)]
    rows = [_trimmed(row) for row in cells]
    head = rows[0] if rows else []
    if len(head) < 2 or head[0] != "format" or not head[1].startswith(_KIND):
        shown = head[1] if len(head) > 1 else ", ".join(sheets)
        raise DataError([Breach("survey_foreign", found=shown)])
    if rows[-1][:1] != ["fingerprint"] or rows[-1][1:] != [_fingerprint(rows[:-1])]:
        raise DataError([Breach("survey_meta", sheet=META, found=" ".join(rows[-1])[:24])])
    meta = _parsed(rows)
    breach = _of_another(meta, study, year)
    if breach:
        raise DataError([breach])
    return meta


def _of_another(meta: FormMeta, study: Study, year: int) -> Breach | None:
    """Return why the form behind `meta` does not belong to this survey; None when it does."""
    facts = meta.facts
    known = facts["opd"] in set(study.table("opd")["code"])
    if (facts["study"], facts["year"]) != (study.name, str(year)) or not known:
        found = f"{facts['study']} {facts['year']} {facts['opd']}"
        return Breach("survey_other", found=found, facts={"expected": f"{study.name} {year}"})
    if facts["format"] != VERSION:
        return Breach("survey_version", found=facts["format"], facts={"expected": VERSION, "study": study.name})
    expected = instrument_hash(survey_form(study, year, facts["opd"]))
    if facts["instrument"] != expected:
        asked = {"expected": f"{VERSION} ({expected})", "study": study.name}
        return Breach("survey_version", found=f"{facts['format']} ({facts['instrument']})", facts=asked)
    return None


def _parsed(rows: Sequence[Sequence[str]]) -> FormMeta:
    facts = dict.fromkeys(_FACTS, "") | {row[0]: row[1] for row in rows if row[0] in _FACTS and len(row) > 1}
    options: dict[str, dict[str, str]] = {}
    cells = []
    for row in rows:
        if row[0] == "option":
            options.setdefault(row[1], {})[row[3]] = row[2]
        if row[0] == "cell":
            column = row[2].rstrip("0123456789")
            cells.append(FormCell(row[1], int(row[2][len(column) :]), column, *row[3:6]))
    return FormMeta(facts, tuple(cells), options)


def _trimmed(row: Sequence[str]) -> list[str]:
    last = max((place for place, text in enumerate(row, start=1) if text), default=0)
    return list(row[:last])


def _fingerprint(rows: Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(json.dumps([_trimmed(row) for row in rows]).encode()).hexdigest()

"""A returned survey form, checked whole: rows of the raw tables, or everything that is wrong by sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...errors import Breach, DataError, nearest
from ...study import Study
from ...study.contracts_plan import RESPONDENT
from ...study.privacy.folder import written_beside
from ...study.privacy.texts import counted, find_personal_data, masked, masked_text, said
from ...study.sheets import Cell, Sheets, read_sheets
from .form import META, FormCell, FormMeta, read_meta

__all__ = ["ReturnedSurvey", "read_survey_form"]

LONGEST = 2000  # characters of a text answer
_MINUTES = (1, 10_000)
Read = Mapping[str, Mapping[str, str]]  # by question, then by part of its answer


@dataclass(frozen=True, eq=False)
class ReturnedSurvey:
    """What one form says: who answered for which pillars, and the answers given (question, answer, evidence)."""

    year: int
    opd: str
    respondent: str
    role: str | None
    pillars: Sequence[str]
    minutes: float | None
    answers: pd.DataFrame
    file: str = ""

    @property
    def form(self) -> str:
        """The name of the form: OPD, year and respondent."""
        return f"{self.opd}-{self.year}-{self.respondent}"

    def form_row(self) -> pd.DataFrame:
        """Return the form as one row of the raw table ``survey_forms``."""
        row: dict[str, Any] = {
            "form": self.form,
            "opd": self.opd,
            "respondent": self.respondent,
            "role": self.role,
            "year": self.year,
        }
        row |= {"pillars": ";".join(self.pillars), "minutes": self.minutes, "status": "survey", "source": self.file}
        return pd.DataFrame([row])

    def answer_rows(self) -> pd.DataFrame:
        """Return the answers as rows of the raw table ``survey_answers``."""
        return self.answers.assign(status="survey", source=self.file).pipe(_with_form, self.form)


def read_survey_form(data: bytes, study: Study, year: int, *, file: str = "") -> ReturnedSurvey:
    """Read a returned survey form of `study` and `year`.

    Parameters
    ----------
    data : bytes
        The workbook.
    study : Study
    year : int
    file : str
        Its name, for messages and as the source of the rows.

    Raises
    ------
    DataError
        With everything wrong with the form, each with its sheet and cell; nothing is guessed.
    """
    sheets = read_sheets(data, file=file)
    try:
        meta = read_meta(sheets, study, year)
    except DataError as error:
        raise DataError(masked(replace(breach, file=file)) for breach in error.breaches) from None
    breaches, sound = _moved(sheets, meta)
    questions = study.table("survey_questions").set_index("code").to_dict("index")
    read: dict[str, dict[str, str]] = {}
    refused = set()
    for cell in sound:
        found = sheets[cell.sheet].get((cell.row, _number_of(cell.column)))
        if found is None:
            continue
        text, breach = _parsed(found, cell, questions.get(cell.question), meta)
        if breach:
            refused.add(cell)
            breaches.append(replace(breach, sheet=cell.sheet, column=cell.place))
        elif text is not None:
            read.setdefault(cell.question, {})[cell.part] = text
    breaches += _identity_breaches(read, meta, [cell for cell in sound if cell not in refused])
    breaches += _answer_breaches(read, meta, questions, sound)
    if not breaches and not any(name in questions for name in read):
        breaches.append(Breach("survey_empty"))
    breaches += written_beside(data, {(cell.sheet, cell.place) for cell in meta.cells})
    if breaches:
        raise DataError(masked(replace(breach, file=file)) for breach in breaches)
    return _returned(read, meta, questions, year, file)


def _with_form(answers: pd.DataFrame, form: str) -> pd.DataFrame:
    return answers.assign(form=form)[["form", "question", "answer", "evidence", "status", "source"]]


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _moved(sheets: Sheets, meta: FormMeta) -> tuple[list[Breach], list[FormCell]]:
    """Return every sheet that is gone and the rows that were moved or deleted, and the cells that stand in place."""
    breaches, sound = [], []
    for name in dict.fromkeys(cell.sheet for cell in meta.cells):
        if name not in sheets:
            known = [s for s in sheets if s != META]
            breaches.append(Breach("survey_sheet_gone", found=known, facts={"name": name}))
            continue
        own = [cell for cell in meta.cells if cell.sheet == name]
        there = {row: cell.text for (row, column), cell in sheets[name].items() if column == 1}
        astray = [cell for cell in own if there.get(cell.row) != cell.anchor]
        sound += [cell for cell in own if there.get(cell.row) == cell.anchor]
        lost = [cell for cell in astray if cell.anchor not in there.values()]
        for cell in {c.row: c for c in (lost or astray[:1])}.values():
            key = "survey_row_gone" if lost else "survey_row_moved"
            found = there.get(cell.row)
            facts = {"anchor": cell.anchor}
            breaches.append(Breach(key, sheet=name, column=f"A{cell.row}", found=found, facts=facts))
    return breaches, sound


def _parsed(
    found: Cell, cell: FormCell, question: Mapping[str, Any] | None, meta: FormMeta
) -> tuple[str | None, Breach | None]:
    """Return the content of one cell as the raw table writes it, or what is wrong with it."""
    if found.is_formula:
        return None, Breach("survey_formula", found=found.text)
    if cell.question in meta.options and cell.part != "evidence":
        return _option(found.text, meta.options[cell.question])
    if cell.question == "respondent":
        code = found.text.upper()
        wrong = None if re.fullmatch(RESPONDENT, code) else Breach("survey_respondent", found="*" * len(found.text))
        return code, wrong
    if cell.question == "minutes":
        return _whole(found, *_MINUTES)
    if question is not None and cell.part == "answer" and question["kind"] in ("scale", "number"):
        return _whole(found, question["lower"], question["upper"])
    personal = find_personal_data(found.text)
    if personal:
        return None, Breach("survey_personal", found=said(counted(personal)))
    if len(found.text) > LONGEST:
        return None, Breach("survey_long", found=len(found.text), facts={"most": LONGEST})
    return found.text, None


def _option(text: str, options: Mapping[str, str]) -> tuple[str | None, Breach | None]:
    known = {label.casefold(): code for label, code in options.items()}
    if text.casefold() in known:
        return known[text.casefold()], None
    facts = {"allowed": list(options), "hint": nearest(text, list(options)) or ""}
    return None, Breach("survey_option", found=text, facts=facts)


def _whole(found: Cell, lower: float, upper: float) -> tuple[str | None, Breach | None]:
    """Return a whole number within its bounds; a number kept as text counts when it is nothing but digits."""
    facts = {"lower": f"{lower:g}", "upper": f"{upper:g}"}
    if not found.is_number and not re.fullmatch(r"-?\d+", found.text):
        return None, Breach("survey_number", found=found.text, facts=facts)
    value = float(found.text)
    if not lower <= value <= upper or not value.is_integer():
        return None, Breach("survey_scale", found=found.text, facts=facts)
    return str(int(value)), None


def _identity_breaches(read: Read, meta: FormMeta, sound: Sequence[FormCell]) -> list[Breach]:
    """Return what is missing of who answered: the respondent's code, and at least one pillar."""
    places = {cell.question: cell for cell in sound}
    pillars = [name for name in meta.options if name.startswith("pillar.")]
    missing = [] if "respondent" in read or "respondent" not in places else ["respondent"]
    chosen = any(read.get(p, {}).get("answer") == "yes" for p in pillars)
    if pillars and all(p in places for p in pillars) and not chosen:
        missing.append(pillars[0])
    cells = [places[name] for name in missing]
    return [Breach("survey_needed", sheet=c.sheet, column=c.place, facts={"what": c.anchor}) for c in cells]


def _answer_breaches(
    read: Read, meta: FormMeta, questions: Mapping[str, Mapping[str, Any]], sound: Sequence[FormCell]
) -> list[Breach]:
    """Return choices made twice, and answers for a pillar that the respondent does not answer for."""
    breaches = []
    denied = {name.partition(".")[2] for name in meta.options if read.get(name, {}).get("answer") == "no"}
    for cell in sound:
        about = questions.get(cell.question)
        text = read.get(cell.question, {}).get(cell.part)
        if about is None or text is None:
            continue
        place: dict[str, Any] = {"sheet": cell.sheet, "column": cell.place, "found": text}
        if about["section"] == "maturity" and about["pillar"] in denied:
            breaches.append(Breach("survey_pillar", **place, facts={"pillar": about["pillar"]}))
        earlier = [t for part, t in read[cell.question].items() if part.isdigit() and part < cell.part]
        if about["kind"] == "choices" and text in earlier:
            breaches.append(Breach("survey_option_twice", **place))
    return breaches


def _returned(
    read: Read, meta: FormMeta, questions: Mapping[str, Mapping[str, Any]], year: int, file: str
) -> ReturnedSurvey:
    def given(name: str) -> str | None:
        return read.get(name, {}).get("answer")

    rows = []
    for code, parts in read.items():
        picks = [parts[part] for part in sorted(parts) if part.isdigit()]
        answer = parts.get("answer") or ";".join(picks) or None
        if code in questions and (answer is not None or "evidence" in parts):
            rows.append({"question": code, "answer": answer, "evidence": parts.get("evidence")})
    pillars = [n.partition(".")[2] for n in meta.options if n.startswith("pillar.") and given(n) == "yes"]
    minutes = given("minutes")
    return ReturnedSurvey(
        year=year,
        opd=meta.facts["opd"],
        respondent=str(given("respondent")),
        role=given("role"),
        pillars=tuple(pillars),
        minutes=float(minutes) if minutes else None,
        answers=pd.DataFrame(rows, columns=["question", "answer", "evidence"]),
        file=masked_text(file),
    )

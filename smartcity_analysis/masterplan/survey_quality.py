"""How good the answers are: the faults that assessors complained about, each named with its form and question.

A flag is a reason to ask again, not to throw an answer away: nothing is removed or changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..study import Study
from .survey import question_response, survey_answers, survey_forms

__all__ = [
    "FLAGS",
    "QualityLimits",
    "flag_counts",
    "flags_by_form",
    "free_texts",
    "holds_personal_data",
    "survey_flags",
]

FLAGS = (
    "straight_lining",
    "several_pillars",
    "zero_for_unknown",
    "too_few_respondents",
    "evidence_missing",
    "too_fast",
    "identical",
    "personal_data",
)
_COLUMNS = ["flag", "opd", "form", "section", "question", "found", "status"]
_PERSONAL = r"(?<!\d)\d{16}(?!\d)|(?:\+62|\b62|\b0)[ -]?8\d[\d -]{6,12}\d|[\w.+-]+@[\w-]+\.\w+"


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where an answer is flagged.

    A section counts as answered in one line from `items` equal answers on; a form as too fast below
    `minutes_per_answer`, which is two seconds: faster than a question can be read.

    References
    ----------
    Huang, Curran, Keeney, Poposki and DeShon (2012), Journal of Business and Psychology 27, 99-114, for two seconds.
    """

    items: int = 5
    minutes_per_answer: float = 2 / 60


LIMITS = QualityLimits()


def survey_flags(study: Study, year: int, *, limits: QualityLimits = LIMITS) -> pd.DataFrame:
    """Return everything about the answers of `year` that calls for a question back, one row a finding.

    Returns
    -------
    DataFrame
        flag, opd, form, section, question, found (a number), status. By flag, found is: straight_lining, the items with
        one value; several_pillars, the pillars one respondent answers for; zero_for_unknown, the answer 0;
        too_few_respondents (no form: it concerns a question), the respondents; evidence_missing, the pieces of
        evidence; too_fast, minutes an answer; identical, the answers that another form of the year shares to the last;
        personal_data, the cells that seem to hold a citizen number, a telephone number or an address.
    """
    answers = survey_answers(study, year)
    forms = survey_forms(study, year)
    found = [
        *_straight_lining(answers, limits),
        *_several_pillars(forms),
        *_zeros(answers),
        *_too_few(study, year),
        *_missing_evidence(answers),
        *_too_fast(forms, answers, limits),
        *_identical(answers),
        *_personal(answers),
    ]
    return pd.DataFrame(found, columns=_COLUMNS)


def flag_counts(flags: pd.DataFrame) -> pd.DataFrame:
    """Count findings, forms, OPDs and questions for every kind of flag; a kind that was not found counts 0."""
    if flags.empty:
        return pd.DataFrame(columns=["flag", "findings", "forms", "opds", "questions", "status"])
    by = flags.groupby("flag")
    table = pd.DataFrame({"findings": by.size(), "forms": by["form"].nunique(), "opds": by["opd"].nunique()})
    table = table.assign(questions=by["question"].nunique()).reindex(FLAGS).fillna(0).astype(int)
    status = by["status"].first().reindex(FLAGS).fillna(flags["status"].iloc[0])
    return table.assign(status=status).rename_axis("flag").reset_index()


def flags_by_form(flags: pd.DataFrame, *, most: int = 4) -> pd.DataFrame:
    """Return one row a form, flag and section, with the questions it was found at; beyond `most` they are counted.

    What was answered is not in it: the page travels further than the table of flags.
    """
    rows = []
    own = flags[flags["form"].notna()]
    for (form, flag, section), group in own.groupby(["form", "flag", "section"], sort=False, dropna=False):
        places = list(group["question"].dropna())
        more = len(places) - most
        shown = ", ".join(places[:most]) + (f" (+{more})" if more > 0 else "")
        row = {"opd": group["opd"].iloc[0], "form": form, "flag": flag, "findings": len(group)}
        row |= {"section": section if isinstance(section, str) else None, "places": shown or None}
        rows.append(row | {"status": group["status"].iloc[0]})
    return pd.DataFrame(rows, columns=["opd", "form", "flag", "section", "findings", "places", "status"])


def free_texts(study: Study, year: int) -> pd.DataFrame:
    """Return the free text of `year` word for word, by question, without the OPD that wrote it.

    Left out are texts that hold what looks like personal data, and those of a question answered by fewer forms than the
    study's `small_cell`. Nothing is summarised or interpreted.

    Returns
    -------
    DataFrame
        question, text, status; in alphabetical order within a question, so that the order tells nothing.
    """
    answers = survey_answers(study, year)
    texts = answers[answers["kind"] == "text"]
    counts = texts.groupby("question")["form"].transform("nunique")
    shown = texts[(counts >= study.spec.privacy.small_cell) & ~holds_personal_data(texts["answer"])]
    table = shown.rename(columns={"answer": "text"})[["question", "text", "status"]]
    return table.sort_values(["question", "text"], kind="stable").reset_index(drop=True)


def holds_personal_data(texts: pd.Series) -> pd.Series:
    """Say, text by text, whether it seems to hold a citizen number, a telephone number or an e-mail address.

    Examples
    --------
    >>> holds_personal_data(pd.Series(["hubungi 0812-3456-7890", "tahun 2024", None])).tolist()
    [True, False, False]
    """
    return texts.astype("string").str.contains(_PERSONAL, regex=True).fillna(False).astype(bool)


def _row(flag: str, source: Any, found: float, *, section: bool = True, question: bool = True) -> dict[str, Any]:
    return {
        "flag": flag,
        "opd": source.opd,
        "form": source.form,
        "section": source.section if section else None,
        "question": source.question if question else None,
        "found": float(found),
        "status": source.status,
    }


def _straight_lining(answers: pd.DataFrame, limits: QualityLimits) -> Iterator[dict[str, Any]]:
    scale = answers[answers["kind"] == "scale"]
    for _, group in scale.groupby(["form", "section"], sort=False):
        if len(group) >= limits.items and group["value"].nunique() == 1:
            yield _row("straight_lining", next(group.itertuples()), len(group), question=False)


def _several_pillars(forms: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Flag every form of a respondent who answers, in one form or several, for more than one pillar."""
    for _, group in forms.groupby(["opd", "respondent"], sort=False):
        pillars = {p for cell in group["pillars"].dropna() for p in str(cell).split(";")}
        if len(pillars) > 1:
            for row in group.itertuples():
                yield _row("several_pillars", row, len(pillars), section=False, question=False)


def _zeros(answers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    scale = answers[(answers["kind"] == "scale") & (answers["value"] == 0)]
    bare = (scale["evidence_needed"] == "yes") & scale["evidence"].isna()
    for row in scale[(scale["lower"] > 0) | bare].itertuples():
        yield _row("zero_for_unknown", row, 0)


def _too_few(study: Study, year: int) -> Iterator[dict[str, Any]]:
    table = question_response(study, year).assign(opd=None, form=None)
    for row in table[table["respondents"] < table["minimum"]].itertuples():
        yield _row("too_few_respondents", row, float(row.respondents))


def _missing_evidence(answers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    needed = (answers["evidence_needed"] == "yes") & (answers["value"] > 0) & answers["evidence"].isna()
    for row in answers[needed].itertuples():
        yield _row("evidence_missing", row, 0)


def _too_fast(forms: pd.DataFrame, answers: pd.DataFrame, limits: QualityLimits) -> Iterator[dict[str, Any]]:
    counts = answers.groupby("form").size()
    table = forms.assign(pace=forms["minutes"].astype(float) / forms["form"].map(counts).astype(float))
    for row in table[table["pace"] < limits.minutes_per_answer].itertuples():
        yield _row("too_fast", row, float(row.pace), section=False, question=False)


def _identical(answers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Flag every form whose answers, free text aside, are those of another form to the last one."""
    closed = answers[answers["kind"] != "text"]
    same: dict[frozenset[tuple[str, str]], list[str]] = {}
    for form, group in closed.groupby("form", sort=False):
        same.setdefault(frozenset(zip(group["question"], group["answer"], strict=True)), []).append(str(form))
    alike = {form: len(key) for key, forms in same.items() if len(forms) > 1 for form in forms}
    firsts = closed.drop_duplicates("form")
    for row in firsts[firsts["form"].isin(alike)].itertuples():
        yield _row("identical", row, alike[str(row.form)], section=False, question=False)


def _personal(answers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    texts = answers["answer"].where(answers["kind"] == "text")
    count = holds_personal_data(texts).astype(int) + holds_personal_data(answers["evidence"]).astype(int)
    for row in answers.assign(count=count)[count > 0].itertuples():
        yield _row("personal_data", row, float(row[-1]))

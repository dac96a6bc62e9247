"""How good the answers are: the faults that assessors complained about, each named with its form and question.

A flag is a reason to ask again, not to throw an answer away: nothing is removed or changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...study import Study
from ...study.privacy.texts import holds_personal_data
from .answers import question_response, survey_answers, survey_forms

__all__ = [
    "FLAGS",
    "QualityLimits",
    "flag_counts",
    "flags_by_section",
    "free_texts",
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

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    limits : QualityLimits, optional
        From where on an answer is flagged.

    Returns
    -------
    DataFrame
        flag, opd, form, section, question, found (a number), status, small_cell (of the study). By flag, found is:
        straight_lining, the items with one value; several_pillars, the pillars one respondent answers for;
        zero_for_unknown, the answer 0; too_few_respondents (no form: it concerns a question), the respondents;
        evidence_missing, the pieces of evidence; too_fast, minutes an answer; identical, the answers that another form
        of the year shares to the last; personal_data, the cells that seem to hold what points to a person.
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
    return pd.DataFrame(found, columns=_COLUMNS).assign(small_cell=study.spec.privacy.small_cell)


def flag_counts(flags: pd.DataFrame) -> pd.DataFrame:
    """Count findings, forms, OPDs and questions for every kind of flag; a kind that was not found counts 0.

    Counts of fewer forms than the study's small cell are not given (column ``hidden``).

    Parameters
    ----------
    flags : DataFrame
        As :func:`survey_flags` gives them.

    Returns
    -------
    DataFrame
    """
    if flags.empty:
        return pd.DataFrame(columns=["flag", "findings", "forms", "opds", "questions", "hidden", "status"])
    by = flags.groupby("flag")
    table = pd.DataFrame({"findings": by.size(), "forms": by["form"].nunique(), "opds": by["opd"].nunique()})
    table = table.assign(questions=by["question"].nunique()).reindex(FLAGS).fillna(0).astype(int)
    status = by["status"].first().reindex(FLAGS).fillna(flags["status"].iloc[0])
    return _without_small(table, flags).assign(status=status).rename_axis("flag").reset_index()


def flags_by_section(flags: pd.DataFrame, *, most: int = 4) -> pd.DataFrame:
    """Return one row a flag and section, with the questions it was found at; beyond `most` they are counted.

    What was answered is not in it, and neither is which form: the page travels further than the table of flags. Rows of
    fewer forms than the study's small cell say nothing but that there are some (column ``hidden``).

    Parameters
    ----------
    flags : DataFrame
        As :func:`survey_flags` gives them.
    most : int, optional
        How many places are named at most.
    """
    rows = []
    own = flags[flags["form"].notna()]
    for (flag, section), group in own.groupby(["flag", "section"], sort=False, dropna=False):
        places = list(dict.fromkeys(group["question"].dropna()))
        more = len(places) - most
        shown = ", ".join(places[:most]) + (f" (+{more})" if more > 0 else "")
        row = {"flag": flag, "section": section if isinstance(section, str) else None, "forms": group["form"].nunique()}
        rows.append(row | {"findings": len(group), "places": shown or None, "status": group["status"].iloc[0]})
    table = pd.DataFrame(rows, columns=["flag", "section", "forms", "findings", "places", "status"])
    shown_rows = _without_small(table, flags)
    return shown_rows.assign(places=shown_rows["places"].mask(shown_rows["hidden"], None))


def _without_small(table: pd.DataFrame, flags: pd.DataFrame) -> pd.DataFrame:
    """Return counts without those that rest on fewer forms than the study's small cell."""
    small = int(flags["small_cell"].iloc[0]) if len(flags) else 1
    counts = [column for column in ("findings", "forms", "opds", "questions") if column in table.columns]
    hidden = (table["forms"] > 0) & (table["forms"] < small)
    return table.assign(**{c: table[c].astype(float).mask(hidden) for c in counts}, hidden=hidden)


def free_texts(study: Study, year: int) -> pd.DataFrame:
    """Return the free text of `year` word for word, by question, without the OPD that wrote it.

    Left out are texts that hold what looks like personal data, and those of a question answered by fewer forms than the
    study's `small_cell`. Nothing is summarised or interpreted.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

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

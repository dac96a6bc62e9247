"""The OPD survey: what was asked, who answered, and how completely.

An OPD may return several forms (one for each pillar, by whoever answers for it). Everything counted here is counted by
OPD, so that an OPD with three forms weighs no more than one with a single form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ...study import STATUSES, Study
from ...study.privacy.small_cells import hidden_in_total

__all__ = [
    "often_skipped",
    "question_response",
    "questions_for",
    "response_shown",
    "section_response",
    "survey_answers",
    "survey_forms",
    "survey_questionnaire",
    "survey_response",
    "unanswered",
    "weakest_by",
]

SECTIONS = (
    "commitment", "collaboration", "technology", "importance", "performance", "maturity", "obstacle", "proposal",
)  # fmt: skip
_STRENGTH = {status: place for place, status in enumerate(STATUSES)}


def questions_for(questions: pd.DataFrame, pillars: Iterable[str]) -> pd.DataFrame:
    """Return the questions that concern an OPD with `pillars`: its pillars' maturity items, and all other sections.

    Parameters
    ----------
    questions : DataFrame
        The questionnaire, as :func:`survey_questionnaire` or the study gives it.
    pillars : iterable of str
        Codes of pillars.
    """
    own = list(pillars)
    return questions[(questions["section"] != "maturity") | questions["pillar"].isin(own)]


def survey_questionnaire(study: Study) -> pd.DataFrame:
    """Count the questions of the study's questionnaire by section, with their scale and where they come from.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    DataFrame, one row a section
        section, questions, scale_items, lower, upper (of the scale), needs_evidence, official (items of the ministry's
        instrument), status.
    """
    asked = study.table("survey_questions")
    rows = []
    for section in [s for s in SECTIONS if (asked["section"] == s).any()]:
        own = asked[asked["section"] == section]
        scale = own[own["kind"] == "scale"]
        rows.append(
            {
                "section": section,
                "questions": len(own),
                "scale_items": len(scale),
                "lower": scale["lower"].min() if len(scale) else np.nan,
                "upper": scale["upper"].max() if len(scale) else np.nan,
                "needs_evidence": int((own["evidence_needed"] == "yes").sum()),
                "official": int((own["status"] == "official").sum()),
                "status": weakest_by(own.assign(all=0), ["all"]).iloc[0],
            }
        )
    columns = ["section", "questions", "scale_items", "lower", "upper", "needs_evidence", "official", "status"]
    return pd.DataFrame(rows, columns=columns)


def survey_forms(study: Study, year: int) -> pd.DataFrame:
    """Return the forms of `year`; an OPD with a real form has no stand-ins.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    """
    forms = study.table("survey_forms")
    forms = forms[forms["year"] == year]
    invented = forms["status"] == "illustrative"
    return forms[~invented | ~forms["opd"].isin(forms.loc[~invented, "opd"])].reset_index(drop=True)


def survey_answers(study: Study, year: int) -> pd.DataFrame:
    """Return the raw answers of `year`, each with its form, its OPD and its question.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row an answer given
        form, opd, respondent, question, section, kind, pillar, sub_dimension, lower, upper, evidence_needed, answer
        (text, as given), value (a number for scale and number questions, else NaN), evidence, status (the weaker of
        the form's and the answer's).
    """
    forms = survey_forms(study, year)[["form", "opd", "respondent", "status"]]
    given = study.table("survey_answers")
    given = given[given["answer"].notna()][["form", "question", "answer", "evidence", "status"]]
    about = study.table("survey_questions").rename(columns={"code": "question"})
    wanted = ["question", "section", "kind", "pillar", "sub_dimension", "lower", "upper", "evidence_needed"]
    table = given.merge(forms.rename(columns={"status": "form_status"}), on="form").merge(about[wanted], on="question")
    numeric = table["kind"].isin(["scale", "number"])
    table["value"] = pd.to_numeric(table["answer"].where(numeric), errors="coerce").astype(float)
    strength = np.maximum(_strength(table["status"]), _strength(table["form_status"]))
    table["status"] = _status(strength)
    columns = ["form", "opd", "respondent", *wanted, "answer", "value", "evidence", "status"]
    return table[columns].reset_index(drop=True)


def survey_response(study: Study, year: int) -> pd.DataFrame:
    """Return how much of what it was asked each OPD answered, whole and by section.

    A question counts as answered when any form of the OPD answers it. An OPD without a form has 0 forms and shares of
    0. Without any form of `year` the table is empty: no survey was held.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row an OPD
        opd, abbreviation, forms, asked, answered, share (0-1), one column a section (share, 0-1; NaN where nothing is
        asked), hidden (not to be shared: fewer forms than the study's small cell, or what would give these away),
        status.
    """
    forms = survey_forms(study, year)
    questions, answers = study.table("survey_questions"), survey_answers(study, year)
    sections = [s for s in SECTIONS if (questions["section"] == s).any()]
    columns = ["opd", "abbreviation", "forms", "asked", "answered", "share", *sections, "hidden", "status"]
    if forms.empty:
        return pd.DataFrame(columns=columns)
    given = answers.groupby("opd")["question"].agg(set).to_dict()
    statuses, short = weakest_by(forms, ["opd"]), study.table("opd").set_index("code")["abbreviation"]
    rows = []
    for code, pillars in _pillars_of(study, forms).items():
        asked, got = questions_for(questions, pillars), given.get(code, set())
        shares = asked["code"].isin(got).groupby(asked["section"]).mean()
        row = {
            "opd": code,
            "abbreviation": short.get(code, code),
            "forms": int((forms["opd"] == code).sum()),
            "asked": len(asked),
        }
        row |= {"answered": int(asked["code"].isin(got).sum()), "share": float(asked["code"].isin(got).mean())}
        rows.append(
            row | shares.to_dict() | {"status": statuses.get(code, _status([_strength(forms["status"]).max()])[0])}
        )
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(hidden=hidden_in_total(table["forms"], study.spec.privacy.small_cell))


def response_shown(response: pd.DataFrame) -> pd.DataFrame:
    """Return `response` (as made by :func:`survey_response`) as it may be shared: hidden rows without their shares.

    Parameters
    ----------
    response : DataFrame
        As :func:`section_response` or :func:`question_response` gives it.
    """
    shown = response.copy()
    shares = ["answered", "share", *(section for section in SECTIONS if section in shown.columns)]
    shown[shares] = shown[shares].astype(float)
    shown.loc[shown["hidden"].astype(bool), shares] = np.nan
    return shown


def unanswered(response: pd.DataFrame) -> pd.DataFrame:
    """Return the OPDs of `response` (as made by :func:`survey_response`) that returned no form.

    Parameters
    ----------
    response : DataFrame
        As :func:`section_response` or :func:`question_response` gives it.
    """
    return response.loc[response["forms"] == 0, ["opd", "forms", "status"]].reset_index(drop=True)


def section_response(response: pd.DataFrame) -> pd.DataFrame:
    """Return, by section, the OPDs asked, those that answered something, and the mean share answered (each OPD once).

    Parameters
    ----------
    response : DataFrame
        As made by :func:`survey_response`.
    """
    rows = []
    for section in [s for s in SECTIONS if s in response.columns and len(response)]:
        shares = response[section].astype(float)
        rows.append(
            {
                "section": section,
                "opds_asked": int(shares.notna().sum()),
                "opds_answered": int((shares > 0).sum()),
                "share": float(shares.mean()),
                "share_of_answering": float(shares[response["forms"] > 0].mean()),
                "status": _status([_strength(response["status"]).max()])[0],
            }
        )
    columns = ["section", "opds_asked", "opds_answered", "share", "share_of_answering", "status"]
    return pd.DataFrame(rows, columns=columns)


def question_response(study: Study, year: int) -> pd.DataFrame:
    """Return, by question, how many OPDs were asked, how many answered, and by how many respondents.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a question, those answered by the smallest share first
        question, section, opds_asked, opds_answered, share (of the OPDs asked, 0-1), share_of_answering (of those that
        returned a form), respondents, minimum, hidden (fewer respondents than the study's small cell), status.
    """
    forms, questions = survey_forms(study, year), study.table("survey_questions")
    columns = ["question", "section", "opds_asked", "opds_answered", "share", "share_of_answering", "respondents",
               "minimum", "hidden", "status"]  # fmt: skip
    if forms.empty:
        return pd.DataFrame(columns=columns)
    answers = survey_answers(study, year)
    asked = {opd: questions_for(questions, p)["code"] for opd, p in _pillars_of(study, forms).items()}
    by = answers.groupby("question")
    table = questions[["code", "section", "minimum"]].rename(columns={"code": "question"}).set_index("question")
    table["opds_asked"] = pd.concat(asked.values()).value_counts()
    returned = pd.concat([codes for opd, codes in asked.items() if opd in set(forms["opd"])]).value_counts()
    table["opds_answered"] = by["opd"].nunique()
    table["respondents"] = (answers["opd"] + answers["respondent"]).groupby(answers["question"]).nunique()
    counts = ["opds_asked", "opds_answered", "respondents"]
    table[counts] = table[counts].fillna(0).astype(int)
    table["share"] = table["opds_answered"] / table["opds_asked"].where(table["opds_asked"] > 0)
    table["share_of_answering"] = table["opds_answered"] / returned
    table["hidden"] = (table["respondents"] > 0) & (table["respondents"] < study.spec.privacy.small_cell)
    table["status"] = weakest_by(answers, ["question"])
    table["status"] = table["status"].fillna(_status([_strength(forms["status"]).max()])[0])
    return table.reset_index().sort_values("share", kind="stable")[columns].reset_index(drop=True)


def often_skipped(responses: pd.DataFrame, *, below: float = 0.9) -> pd.DataFrame:
    """Return the questions (as made by :func:`question_response`) that many left empty; proposals may be left so.

    Those are listed that less than the share `below` of the OPDs with a form answered, the emptiest first. How many did
    is not given where it is hidden.

    Parameters
    ----------
    responses : DataFrame
        As :func:`question_response` gives them.
    below : float, optional
        Share of answers below which a question counts, 0 to 1.
    """
    few = responses[(responses["share_of_answering"] < below) & (responses["section"] != "proposal")]
    few = few.sort_values("share_of_answering", kind="stable").reset_index(drop=True)
    counts = ["opds_answered", "share", "share_of_answering", "respondents"]
    few[counts] = few[counts].astype(float)
    few.loc[few["hidden"].astype(bool), counts] = np.nan
    return few


def weakest_by(table: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """Return the weakest status of `table` (column ``status``) in each group of `keys`."""
    strength = _strength(table["status"]).groupby([table[key] for key in keys]).max()
    return pd.Series(_status(strength), index=strength.index, dtype=object)


def _strength(statuses: pd.Series) -> pd.Series:
    return statuses.map(_STRENGTH).astype(int)


def _status(strength: Iterable[int]) -> list[str]:
    return [STATUSES[int(place)] for place in strength]


def _pillars_of(study: Study, forms: pd.DataFrame) -> dict[str, list[str]]:
    """Return the pillars of every OPD: those it is listed with, and those its forms say."""
    pairs = pd.concat(
        [study.table("opd").rename(columns={"code": "opd"})[["opd", "pillars"]], forms[["opd", "pillars"]]]
    )
    found: dict[str, list[str]] = {}
    for opd, pillars in zip(pairs["opd"], pairs["pillars"], strict=True):
        own = found.setdefault(opd, [])
        own += [p for p in (str(pillars).split(";") if isinstance(pillars, str) else []) if p not in own]
    return found

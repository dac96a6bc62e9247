"""What OPDs say of themselves beside what assessors found: the two are kept apart and never mixed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...study import PILLARS, Study
from .answers import survey_answers, weakest_by

__all__ = ["maturity_pairs", "self_verified"]


def maturity_pairs(study: Study, year: int) -> pd.DataFrame:
    """Return every maturity item with the OPD's own score and the verified one; either may be missing.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row an OPD and item
        opd, question, pillar, sub_dimensionself_score (mean over the OPD's forms, scale 0-4), forms, verified (0-4),
        difference (verified minus own), status.
    """
    answers = survey_answers(study, year).dropna(subset=["value"])
    answers = answers[answers["section"] == "maturity"]
    own = answers.groupby(["opd", "question"]).agg(self_score=("value", "mean"), forms=("form", "nunique"))
    checked = study.table("survey_verified")
    checked = checked[checked["year"] == year]
    table = own.join(checked.set_index(["opd", "question"])["score"].astype(float).rename("verified"), how="outer")
    both = pd.concat([answers[["opd", "question", "status"]], checked[["opd", "question", "status"]]])
    table["status"] = weakest_by(both, ["opd", "question"]).reindex(table.index)
    table["forms"] = table["forms"].fillna(0).astype(int)
    table["difference"] = table["verified"] - table["self_score"]
    questions = study.table("survey_questions").set_index("code")[["pillar", "sub_dimension"]]
    table = table.reset_index().join(questions, on="question")
    columns = ["opd", "question", "pillar", "sub_dimension", "self_score", "forms", "verified", "difference", "status"]
    return table[columns]


def self_verified(study: Study, year: int, *, by: str = "pillar") -> pd.DataFrame:
    """Return own and verified maturity side by side, over the items that have both, by pillar or by OPD.

    Parameters
    ----------
    study : Study
    year : int
    by : {"pillar", "opd"}
        Each OPD counts once within a pillar.

    Returns
    -------
    DataFrame, one row a pillar or OPD
        pillar or opd, self_all (every own score, verified or not), self_score, verified, difference (verified minus
        own), items (pairs of one OPD and one item), opds, forms, same_value (share of the verified scores that carry
        the most frequent value, 0-1: near 1, the assessment tells nothing apart), hidden (fewer forms than the study's
        small cell: no figures and no counts), status.
    """
    pairs = maturity_pairs(study, year)
    columns = [
        by,
        "self_all",
        "self_score",
        "verified",
        "difference",
        "items",
        "opds",
        "forms",
        "same_value",
        "hidden",
        "status",
    ]
    if pairs.empty:
        return pd.DataFrame(columns=columns)
    answers = survey_answers(study, year)
    answers = answers[answers["section"] == "maturity"]
    forms, statuses = answers.groupby(by)["form"].nunique(), weakest_by(pairs, [by])
    rows = []
    order = {code: place for place, code in enumerate(PILLARS)}
    for code in sorted(pairs[by].unique(), key=lambda c: (order.get(c, len(order)), c)):
        group = pairs[pairs[by] == code]
        both = group.dropna(subset=["self_score", "verified"])
        row = {"self_all": _over_opds(group, "self_score"), "self_score": _over_opds(both, "self_score")}
        row |= {"verified": _over_opds(both, "verified"), "difference": _over_opds(both, "difference")}
        scores = group["verified"].dropna()
        row["same_value"] = float(scores.value_counts(normalize=True).iloc[0]) if len(scores) else np.nan
        count = int(forms.get(code, 0))
        hidden = count < study.spec.privacy.small_cell
        row = dict.fromkeys(row, np.nan) if hidden else row
        sizes: dict[str, float] = {"items": len(both), "opds": both["opd"].nunique(), "forms": count}
        sizes = dict.fromkeys(sizes, np.nan) if hidden else sizes
        rows.append({by: code, **row, **sizes, "hidden": hidden, "status": statuses[code]})
    return pd.DataFrame(rows, columns=columns)


def _over_opds(table: pd.DataFrame, column: str) -> float:
    """Return the mean over OPDs of their means of `column`; NaN without any."""
    return float(table.groupby("opd")[column].mean().mean()) if len(table) else np.nan

"""A score under other weights, and the cities that another cohort or another year keeps from being compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..study import Framework, Study, load_framework
from ..study.framework import WeightSet
from .evaluation import Evaluation, evaluate_dimensions, evaluation_of

__all__ = ["other_cohorts", "under_weights", "weight_scenarios"]

_SCENARIO = [
    "weight_set",
    "cohort",
    "years",
    "weights",
    "in_force",
    "score",
    "shift",
    "missing",
    "status",
    "text_id",
    "text_en",
]
_OTHERS = ["city", "year", "cohort", "score", "why", "status", "source"]


def under_weights(evaluation: Evaluation, framework: Framework) -> Evaluation:
    """Return the same evaluation dimensions under the weights that `framework` has in force.

    A dimension without weight there is left out; one that has weight and no score is named in `missing`, and there is
    then no score.

    Parameters
    ----------
    evaluation : Evaluation
        As :func:`evaluation_of` or :func:`evaluate` gives it.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.

    Examples
    --------
    >>> ministry = load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019")
    >>> now = pd.Series({"baseline": 3.6, "output": 3.21, "outcome": 3.23, "impact": 3.07, "quick_wins": 3.65})
    >>> other = load_framework("kominfo_evaluation", cohort="100sc_sleman_page")
    >>> round(under_weights(evaluate_dimensions(now, ministry), other).score, 3)
    3.257
    """
    known = evaluation.dimensions
    kept = known[known.index.isin([child.code for child in framework.root.children])]
    return evaluate_dimensions(kept, framework, status=evaluation.status)


def weight_scenarios(study: Study, year: int) -> pd.DataFrame:
    """Return what the score of `year` would be under every weight set that was ever published.

    Parameters
    ----------
    study : Study
    year : int
        A year whose evaluation dimensions are known.

    Returns
    -------
    DataFrame, one row a weight set
        weight_set, cohort, years (empty: undated), weights (per cent, in the order of the dimensions), in_force
        (whether it is the set of this year and cohort), score (NaN where a dimension with weight is not known), shift
        (against the set in force), missing (dimensions without a score), status, text_id, text_en (the source). Empty
        where the dimensions of `year` are not known.

    Notes
    -----
    The dimensions are held as they are: what differs between the rows is a weight effect and nothing else.
    """
    evaluation, _ = evaluation_of(study, year)
    if evaluation is None:
        return pd.DataFrame(columns=_SCENARIO)
    spec = study.spec.evaluation
    whole = load_framework(spec.framework if spec else evaluation.framework.name)
    rows = []
    for published in whole.weight_sets:
        first = published.years[0] if published.years else None
        other = under_weights(evaluation, whole.under(year=first, cohort=published.cohort))
        in_force = evaluation.framework.weight_set is not None and published.id == evaluation.framework.weight_set.id
        rows.append(_scenario(published, other, evaluation, in_force))
    return pd.DataFrame(rows)[_SCENARIO]


def _scenario(published: WeightSet, other: Evaluation, known: Evaluation, in_force: bool) -> dict[str, object]:
    source = published.source
    return {
        "weight_set": published.id,
        "cohort": published.cohort,
        "years": ", ".join(map(str, published.years)),
        "weights": "/".join(f"{other.weights[code] * 100:.10g}" for code in other.weights.index),
        "in_force": in_force,
        "score": other.score,
        "shift": 0.0 if in_force else other.score - known.score,
        "missing": "; ".join(other.missing),
        "status": known.status,
        "text_id": source if isinstance(source, str) else source["id"],
        "text_en": source if isinstance(source, str) else source["en"],
    }


def other_cohorts(study: Study, *, year: int, cohort: str | None, until: int | None = None) -> pd.DataFrame:
    """Return the cities that cannot be compared with `cohort` in `year`, with the reason.

    Results of years after `until` are not looked at.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    cohort : str
        Cohort of the evaluation, as in the table peer_scores.
    until : int, optional
        The last year that counts; no limit without it.

    Returns
    -------
    DataFrame
        city, year, cohort, score, why, status, source. The reasons: ``unknown_cohort``; ``other_year`` (other weights
        and assessors); ``own_cohort`` (that of the city under review, which is not `cohort`); ``other_cohort``.
    """
    peers = study.table("peer_scores")
    peers = peers[(peers["year"] != year) | (peers["cohort"] != cohort)]
    peers = peers[peers["year"] <= until].copy() if until is not None else peers.copy()
    if peers.empty:
        return pd.DataFrame(columns=_OTHERS)
    own = study.spec.evaluation.cohort if study.spec.evaluation else None
    reasons = [peers["cohort"] == "unknown", peers["year"] != year, peers["cohort"] == own]
    peers["why"] = np.select(reasons, ["unknown_cohort", "other_year", "own_cohort"], "other_cohort")
    return peers.sort_values(["city", "year"])[_OTHERS].reset_index(drop=True)

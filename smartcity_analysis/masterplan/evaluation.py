"""The ministry's evaluation: items -> evaluation dimensions -> score, and a change taken apart exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import Breach, DataError
from ..index import aggregate
from ..study import Framework, Study, load_framework, weakest_status
from ..study.readable import readable

__all__ = [
    "Evaluation",
    "Explanation",
    "dimension_table",
    "evaluate",
    "evaluate_dimensions",
    "evaluation_of",
    "explain_change",
    "latest_evaluation",
    "peer_table",
    "score_check",
]


@readable()
@dataclass(frozen=True, eq=False)
class Evaluation:
    """One evaluation: `dimensions` (0-4, by code), `score` (0-4; NaN when a dimension with weight is missing).

    `weights` sum to 1 over the dimensions in force; `missing` names the dimensions that have no score. Where nothing is
    known at all (`known` is False) there are no dimensions, and every table of the evaluation is empty. `status` is the
    weakest of what went into it.
    """

    dimensions: pd.Series
    weights: pd.Series
    score: float
    missing: tuple[str, ...]
    framework: Framework
    status: str = "official"

    @property
    def known(self) -> bool:
        """Whether any dimension has a score."""
        return bool(self.dimensions.notna().any())

    @property
    def source(self) -> str | Mapping[str, str]:
        """Where the weights in force were published; empty without any."""
        return self.framework.weight_set.source if self.framework.weight_set else ""


def _weights(framework: Framework) -> pd.Series:
    """Return the weights of the evaluation dimensions in force, summing to 1."""
    if framework.weight_sets and framework.weight_set is None:
        known = "; ".join(s.id for s in framework.weight_sets)
        raise DataError([Breach("weight_set_unknown", file=framework.name, found=None, facts={"known": known})])
    return pd.Series(framework.child_weights(framework.root.code), name="weight")


def evaluate(items: pd.DataFrame, framework: Framework) -> Evaluation:
    """Score a city from its items, as the ministry does.

    Parameters
    ----------
    items : DataFrame with columns dimension, code, score
        One row an item; `score` is the mean of the assessors (0-4).
    framework : Framework
        With the weight set of the year and cohort in force.

    Returns
    -------
    Evaluation
        A dimension is the plain mean of its items; the score is the weighted mean of the dimensions.

    Raises
    ------
    DataError
        For an item outside the scale, or a dimension that the framework does not have.

    References
    ----------
    Kominfo, evaluation reports Gerakan Menuju Smart City 2022 and 2023.

    Examples
    --------
    >>> items = pd.DataFrame({"dimension": ["baseline", "baseline"], "code": ["B1.1", "B1.2"], "score": [2.0, 1.0]})
    >>> result = evaluate(items, load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021"))
    >>> float(result.dimensions["baseline"]), result.missing
    (1.5, ('output', 'outcome', 'impact', 'quick_wins'))
    """
    scale = framework.scale or (0.0, 4.0)
    breaches = [
        Breach("out_of_range", file="score_items", row=position + 2, column=str(code), found=float(score),
               facts={"lower": scale[0], "upper": scale[1]})
        for position, (code, score) in enumerate(zip(items["code"], items["score"], strict=True))
        if not scale[0] <= score <= scale[1]
    ]  # fmt: skip
    if breaches:
        raise DataError(breaches)
    status = weakest_status(items["status"]) if "status" in items and len(items) else "official"
    return evaluate_dimensions(items.groupby("dimension")["score"].mean(), framework, status=status)


def evaluate_dimensions(dimensions: pd.Series, framework: Framework, *, status: str = "official") -> Evaluation:
    """Score a city from its published evaluation dimensions (0-4, by code), which have the given `status`.

    Parameters
    ----------
    dimensions : Series
        Score by code of the dimension, 0 to 4; NaN is missing.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.
    status : str, optional
        Status of the scores, see :data:`smartcity_analysis.study.STATUSES`.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError
        For a dimension that the framework does not have in the year and cohort in force.
    """
    weights = _weights(framework)
    unknown = [str(c) for c in dimensions.dropna().index if c not in weights.index]
    if unknown:
        facts = {"table": framework.name}
        raise DataError([Breach("unknown_reference", file="score_components", found=c, facts=facts) for c in unknown])
    known = dimensions.reindex(weights.index).astype(float)
    missing = tuple(known.index[known.isna()])
    score = np.nan if missing else float(aggregate(known.to_frame().T, weights).iloc[0])
    return Evaluation(known.rename("score"), weights, score, missing, framework, status)


@readable()
@dataclass(frozen=True, eq=False)
class Explanation:
    """A change of score, exactly: `table` has weight_effect and score_effect by dimension, which sum to `change`."""

    table: pd.DataFrame
    weight_effect: float
    score_effect: float
    change: float


def explain_change(before: Evaluation, after: Evaluation) -> Explanation:
    """Split the change of score between two evaluations into weight effect and score effect, by dimension.

    Each effect is taken at the mean of the two years (Bennet's symmetric split), so neither year is favoured and the
    parts sum to the change. A dimension that is evaluated in one year only counts as a weight effect.

    Parameters
    ----------
    before : Evaluation
        The earlier one.
    after : Evaluation
        The later one.

    Returns
    -------
    Explanation

    Raises
    ------
    DataError
        When a dimension with weight, or all of them, have no score: what is not known is not explained.

    References
    ----------
    Bennet, T. L. (1920), The theory of measurement of changes in cost of living, JRSS 83(3), 455-462.

    Examples
    --------
    >>> framework = load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019")
    >>> codes = ["baseline", "output", "outcome", "impact", "quick_wins"]
    >>> old = evaluate_dimensions(pd.Series([3.0] * 5, index=codes), framework)
    >>> new = evaluate_dimensions(pd.Series([3.5] * 5, index=codes), framework)
    >>> round(explain_change(old, new).score_effect, 3)
    0.5
    """
    for name, evaluation in (("before", before), ("after", after)):
        if not evaluation.known:
            raise DataError([Breach("empty_table", file=name)])
        if evaluation.missing:
            raise DataError([Breach("cell_empty", file=name, column=code) for code in evaluation.missing])
    codes = before.weights.index.union(after.weights.index, sort=False)
    w0, w1 = (e.weights.reindex(codes).fillna(0.0) for e in (before, after))
    s0, s1 = before.dimensions.reindex(codes), after.dimensions.reindex(codes)
    s0, s1 = s0.fillna(s1), s1.fillna(s0)
    table = pd.DataFrame(
        {
            "weight_before": w0,
            "weight_after": w1,
            "score_before": s0,
            "score_after": s1,
            "weight_effect": (w1 - w0) * (s0 + s1) / 2,
            "score_effect": (s1 - s0) * (w0 + w1) / 2,
        }
    ).rename_axis("code")
    return Explanation(
        table,
        float(table["weight_effect"].sum()),
        float(table["score_effect"].sum()),
        after.score - before.score,
    )


def peer_table(study: Study, *, year: int, cohort: str | None) -> pd.DataFrame:
    """Return the cities of one cohort: dimensions, published score, computed score and their difference, by rank.

    Cities of another cohort are left out: their score has other weights and cannot be compared. The table is empty for
    a year or cohort of which no city, or no weights, are known.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    cohort : str
        Cohort of the evaluation, as in the table peer_scores.
    """
    peers = study.table("peer_scores")
    peers = peers[(peers["year"] == year) & (peers["cohort"] == cohort)].set_index("city")
    sets = load_framework("kominfo_evaluation").weight_sets
    if peers.empty or not any(year in s.years and s.cohort == cohort for s in sets):
        return pd.DataFrame(columns=["rank", "score", "computed", "difference"], index=pd.Index([], name="city"))
    weights = _weights(load_framework("kominfo_evaluation", year=year, cohort=cohort))
    computed = aggregate(peers[list(weights.index)].astype(float), weights)
    table = peers[[*weights.index, "score"]].assign(computed=computed, difference=computed - peers["score"])
    table.insert(0, "rank", table["score"].rank(ascending=False, method="min").astype(int))
    return table.sort_values(["rank", "computed"], ascending=[True, False])


def evaluation_of(study: Study, year: int) -> tuple[Evaluation | None, str]:
    """Return the evaluation of `year` from the components that were published, or None with the reason.

    The reason is ``"no_components"`` or ``"no_weights"``; empty when the score could be computed.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    """
    spec = study.spec.evaluation
    components = study.table("score_components")
    rows = components[(components["year"] == year) & (components["kind"] == "dimension")]
    if spec is None or rows.empty:
        return None, "no_components"
    try:
        framework = load_framework(spec.framework, year=year, cohort=spec.cohort)
    except DataError:
        return None, "no_weights"
    return evaluate_dimensions(rows.set_index("code")["score"], framework, status=weakest_status(rows["status"])), ""


def latest_evaluation(study: Study, *, until: int) -> tuple[int, Evaluation]:
    """Return the last year, not after `until`, that can be evaluated from published components, and its evaluation.

    Where no year has both components and known weights, the year is `until` and the evaluation holds nothing (its
    `known` is False): tables of it are empty and say so when they are shown.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    """
    years = study.table("score_components")["year"].dropna().astype(int)
    for year in sorted({y for y in years if y <= until}, reverse=True):
        found, _ = evaluation_of(study, year)
        if found is not None:
            return year, found
    spec = study.spec.evaluation
    framework = load_framework(spec.framework if spec else "kominfo_evaluation")
    nothing = pd.Series(dtype=float).rename_axis("code")
    return until, Evaluation(nothing.rename("score"), nothing.rename("weight"), np.nan, (), framework)


def dimension_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return one row a dimension: code, weight, score (0-4), contribution and status; contributions sum to the score.

    The weight is a share of the score.

    Parameters
    ----------
    evaluation : Evaluation
        As :func:`evaluation_of` or :func:`evaluate` gives it.
    """
    table = pd.DataFrame({"weight": evaluation.weights, "score": evaluation.dimensions})
    table = table.assign(contribution=table["weight"] * table["score"], status=evaluation.status)
    return table.rename_axis("code").reset_index()


def score_check(study: Study, evaluation: Evaluation, year: int) -> pd.DataFrame:
    """Hold the computed score of `year` against the published one, as one row; empty where nothing is known.

    Parameters
    ----------
    study : Study
        The checked study.
    evaluation : Evaluation
        As :func:`evaluation_of` or :func:`evaluate` gives it.
    year : int
        The year in question.

    Returns
    -------
    DataFrame
    """
    published = study.table("scores").set_index("year")["score"].get(year, np.nan)
    row = {"year": year, "computed": evaluation.score, "published": published}
    table = pd.DataFrame([row]).assign(difference=evaluation.score - published, status=evaluation.status)
    return table if evaluation.known else table.iloc[:0]

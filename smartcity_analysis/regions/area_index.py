"""The index of the kelurahan over the years: how unequal they are, which pillar and which kelurahan make it so.

A score is a min-max score on 0 to 100 within bounds fitted to all years together, so that years can be compared. It
says where a kelurahan stands among these kelurahan and is no score of the ministry. Its zero is the worst value
found, so that relative measures (Gini, Theil) fall when all kelurahan improve alike: :func:`area_split` gives the
standard deviation in points beside them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..index import IndexSpec, PanelResult, build_panel
from ..study import PILLARS, Study, weakest_status
from .areas import AREA_LEVEL, PEOPLE, SURE, area_neighbours, area_weights, areas_of
from .attribution import attribute_index
from .convergence import sigma_convergence
from .decompose import with_and_without
from .inequality import disparity
from .inference import interval_table
from .nested import decompose_nested
from .permutation import permutation_table
from .significance import too_few
from .spatial import local_moran

__all__ = ["area_drivers", "area_index_table", "area_panel", "area_sources", "area_split", "area_years"]

SCALE = (0.0, 100.0)  # not the 0 to 4 of the ministry's evaluation, which this is not
_INDEX = ["region", "kecamatan", "rank", "area_index", *PILLARS, "year", "status"]
_YEARS = ["region", "year", "area_index", "rank", "mean", "spread", "trend", "trend_p", "status"]
_SPLIT = [
    "year", "mean", "spread", "gini", "gini_lower", "gini_upper", "theil_t", "between_share", "within_share",
    "expected_share", "p_value", "verdict", "trend", "trend_p", "relative_change", "relative_p", "status",
]  # fmt: skip
_SOURCES = ["pillar", "mean", "spread", "gini", "contribution", "share", "first_share", "year", "status"]
_DRIVERS = [
    "region", "kecamatan", "rank", "area_index", "neighbours_mean", "p_adjusted", "cluster", "without", "change",
    "year", "status",
]  # fmt: skip


def area_panel(study: Study, *, until: int) -> PanelResult | None:
    """Return the index of every kelurahan in every year, up to `until`; None where no pillar is measured there.

    It is made of the leaves of the study's framework that every kelurahan has a value of in the last year; the years
    are those in which all of these are complete.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    """
    areas = areas_of(study)
    rows = study.table("indicators")
    rows = rows[rows["region"].isin(areas.index) & (rows["year"] <= until)].astype({"year": int})
    if rows.empty or study.spec.framework is None:
        return None
    leaves = [leaf.code for leaf in study.framework.leaves]
    complete = rows[rows["indicator"].isin(leaves)].groupby(["year", "indicator"]).size() == len(areas)
    years = sorted({year for (year, _), whole in complete.items() if whole})
    if not years:
        return None
    codes = [code for code in leaves if complete.get((years[-1], code), False)]
    chosen = [year for year in years if all(complete.get((year, code), False) for code in codes)]
    values = {year: study.values(codes, year).reindex(areas.index) for year in chosen}
    return build_panel(values, study.framework.restricted(codes), IndexSpec(scale=SCALE))


def area_index_table(study: Study, *, until: int) -> pd.DataFrame:
    """Return the index of every kelurahan in the last year, and its pillars, best first.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kelurahan
        region, kecamatan, rank, area_index, a column for each pillar (0 to 100; NaN for one without an indicator),
        year, status.
    """
    panel = area_panel(study, until=until)
    if panel is None:
        return pd.DataFrame(columns=_INDEX)
    year = panel.years[-1]
    result, root = panel.results[year], panel.framework.root.code
    table = result.scores.reindex(columns=list(PILLARS)).assign(
        area_index=result.total, rank=result.ranks[root], kecamatan=areas_of(study)["kecamatan"], year=year
    )
    table = table.assign(status=_status(study, panel)).sort_values("rank", kind="stable")
    return table.rename_axis("region").reset_index()[_INDEX]


def area_split(study: Study, *, until: int) -> pd.DataFrame:
    """Return how unequal the kelurahan are by year, between and within kecamatan, and whether the gap is closing.

    Everything but the tests of a trend is weighted by polling stations.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a year
        mean and spread (standard deviation) in points; gini with the limits of its interval; theil_t, and its shares
        between and within kecamatan (0 to 1), expected_share (between kecamatan made at random), p_value (of that) and
        verdict (``too_few`` kecamatan to conclude from, or ``enough``); from the first year to the last: trend of the
        spread in points (``narrower``, ``wider``, ``not_told``) with trend_p, relative_change of the spread of
        logarithms (-0.1 is a tenth less) with relative_p; status.
    """
    panel = area_panel(study, until=until)
    if panel is None:
        return pd.DataFrame(columns=_SPLIT)
    total, people, areas = panel.total, area_weights(study), areas_of(study)
    w, levels = people / people.sum(), areas[["kecamatan"]]
    rng = np.random.default_rng(study.spec.seed)
    gini = interval_table(total, "gini", population=people, rng=rng).set_index("indicator")
    split = {year: decompose_nested(total[year], levels, population=people) for year in panel.years}
    tested = permutation_table(
        total, areas["kecamatan"], population=people, rng=np.random.default_rng(study.spec.seed), permutations=9999
    ).set_index("indicator")
    table = pd.DataFrame({"mean": total.mul(w, axis=0).sum()})
    table["spread"] = np.sqrt(((total - table["mean"]) ** 2).mul(w, axis=0).sum())
    table[["gini", "gini_lower", "gini_upper"]] = gini[["value", "lower", "upper"]]
    table["theil_t"] = [split[year].total for year in table.index]
    table["between_share"] = [split[year].shares["kecamatan"] for year in table.index]
    table["within_share"] = 1 - table["between_share"]
    table[["expected_share", "p_value"]] = tested[["expected_share", "p_value"]]
    found = {"verdict": too_few(levels["kecamatan"].nunique()).key, **_trend(total), "status": _status(study, panel)}
    return table.rename_axis("year").reset_index().assign(**found)[_SPLIT]


def _trend(total: pd.DataFrame) -> dict[str, object]:
    """Return whether the spread changed from the first year to the last: in points, and in logarithms."""
    if total.shape[1] < 2:
        return {"trend": "not_told", "trend_p": np.nan, "relative_change": np.nan, "relative_p": np.nan}
    points = sigma_convergence(np.exp(total / SCALE[1]))  # whose logarithms are the points
    relative = sigma_convergence(total)
    trend = "not_told" if points.p_value > SURE else "narrower" if points.change < 0 else "wider"
    return {"trend": trend, "trend_p": points.p_value, "relative_change": relative.change,
            "relative_p": relative.p_value}  # fmt: skip


def area_years(study: Study, *, until: int) -> pd.DataFrame:
    """Return the index of every kelurahan in every year, with the mean and spread of that year.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kelurahan and year
        region, year, area_index, rank, and of :func:`area_split`: mean, spread, trend, trend_p; status.
    """
    panel = area_panel(study, until=until)
    if panel is None:
        return pd.DataFrame(columns=_YEARS)
    rows = pd.DataFrame({"area_index": panel.total.stack(), "rank": panel.ranks.stack()}).reset_index()
    years = area_split(study, until=until)[["year", "mean", "spread", "trend", "trend_p", "status"]]
    return rows.merge(years, on="year")[_YEARS]


def area_sources(study: Study, *, until: int) -> pd.DataFrame:
    """Return which pillar makes the disparity of the index in the last year, the largest part first.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a pillar
        pillar, mean and spread (points), gini (of the pillar alone), contribution (to the Gini index of the whole;
        Shapley), share (of it, 0 to 1; below 0 for a pillar that evens out), first_share (in the first year), year,
        status.
    """
    panel = area_panel(study, until=until)
    if panel is None:
        return pd.DataFrame(columns=_SOURCES)
    people, root = area_weights(study), panel.framework.root.code
    first, last = (attribute_index(panel.results[panel.years[at]], population=people) for at in (0, -1))
    parts = last.below(root)
    scores = panel.results[panel.years[-1]].scores[parts.index]
    w = people / people.sum()
    mean = scores.mul(w, axis=0).sum()
    table = pd.DataFrame({"mean": mean, "spread": np.sqrt(((scores - mean) ** 2).mul(w, axis=0).sum())})
    table["gini"] = [disparity(scores[pillar], population=people) for pillar in parts.index]
    table = table.assign(contribution=parts, share=last.shares, first_share=first.shares, year=panel.years[-1])
    return table.rename_axis("pillar").reset_index().assign(status=_status(study, panel))[_SOURCES]


def area_drivers(study: Study, *, until: int) -> pd.DataFrame:
    """Return which kelurahan drive the disparity in the last year, and which are like, or unlike, their neighbours.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kelurahan, the one that moves the Gini index most first
        region, kecamatan, rank, area_index, neighbours_mean, p_adjusted and cluster (LISA: ``high_high`` and others of
        ``QUADRANTS``, or ``not_significant``; NaN and missing without neighbours), without (the Gini index when it is
        left out) and change (that less the Gini index of all), year, status.
    """
    panel = area_panel(study, until=until)
    if panel is None:
        return pd.DataFrame(columns=_DRIVERS)
    year, people, weights = panel.years[-1], area_weights(study), area_neighbours(study)
    total = panel.total[year]
    driven = with_and_without(total, population=people)
    table = pd.DataFrame({"area_index": total, "rank": panel.ranks[year], "without": driven.without})
    table = table.assign(change=driven.change, kecamatan=areas_of(study)["kecamatan"], year=year)
    if weights is not None:
        local = local_moran(total, weights, rng=np.random.default_rng(study.spec.seed))
        local = local.rename(columns={"lag": "neighbours_mean"})
        table = table.join(local[["neighbours_mean", "p_adjusted", "cluster"]])
    table = table.assign(status=_status(study, panel)).sort_values("change", key=np.abs, ascending=False, kind="stable")
    return table.rename_axis("region").reset_index().reindex(columns=_DRIVERS)


def _status(study: Study, panel: PanelResult) -> str:
    """Return the weakest status of the kelurahan's values: all years, because all of them made the bounds."""
    rows = study.table("indicators")
    level = study.table("regions").set_index("code")["level"]
    own = rows[rows["region"].map(level) == AREA_LEVEL]
    codes = [PEOPLE, *(leaf.code for leaf in panel.framework.leaves)]
    own = own[own["indicator"].isin(codes) & (own["year"].isin(panel.years) | (own["indicator"] == PEOPLE))]
    return weakest_status(own["status"])

"""What makes the disparity of a study's regional index, how sure it is, and whether neighbours are alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..index.uncertainty.inputs import UncertaintyPlan
from ..index.uncertainty.propagation import propagate
from ..study import Study
from .attribution import attribute_index
from .inference import disparity_of_draws
from .neighbours import distance_weights
from .panel import regional_index
from .province import CERTAINTY, compared_panels
from .robustness import uncertainty_plan
from .spatial import local_moran_table, moran_table

__all__ = ["NEAREST", "clustering_table", "index_contributions", "index_disparity"]

NEAREST = (4, 5, 6)  # numbers of neighbours that can be defended alike; a conclusion should hold for all
_PERMUTATIONS = 9999


def index_contributions(study: Study, *, until: int, measure: str = "gini") -> pd.DataFrame:
    """Return what each part of the study's index, and each indicator, adds to the disparity of the index.

    Every region counts once. The parts sum to the disparity, and the indicators of a part to it.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    measure : str, optional
        Name of a measure of disparity, see :data:`MEASURES`.

    Returns
    -------
    DataFrame, one row a node: each part, the largest first, and behind it its indicators where it has several
        code, parent (nothing for a part of the index itself), year, measure, contribution, share (of the total),
        total, status.
    """
    result, year = regional_index(study, until=until)
    found = attribute_index(result, measure)
    root = result.framework.root.code
    rows = []
    for code in found.below(root).index:
        children = found.below(code).index if (found.parents == code).any() else []
        rows += [(code, None), *((child, code) for child in children if len(children) > 1)]
    table = pd.DataFrame(rows, columns=["code", "parent"], dtype=object)
    return table.assign(
        year=year,
        measure=found.measure,
        contribution=found.contributions.loc[table["code"]].to_numpy(),
        share=found.shares.loc[table["code"]].to_numpy(),
        total=found.total,
        status=study.status_of([leaf.code for leaf in result.framework.leaves], [year]),
    )


def index_disparity(study: Study, *, until: int, measure: str = "gini") -> pd.DataFrame:
    """Return the disparity of the study's index, between limits that hold 95 % of the defensible ways to build it.

    Rule and weights are drawn as the study declares. The normalisation stays: a relative measure depends on where the
    scale has its zero, so disparities under two scales are not to be compared. Every region counts once.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    measure : str, optional
        Name of a measure of disparity, see :data:`MEASURES`.

    Returns
    -------
    DataFrame, one row
        measure, year, value, lower_limit, median, upper_limit, level, draws (that did not fail), status.

    Raises
    ------
    DataError
        When ``study.yaml`` declares no index or no uncertainty.
    """
    plan = uncertainty_plan(study)
    inputs = {name: each for name, each in plan.inputs.items() if name != "normalise"}
    result, year = regional_index(study, until=until)
    assert study.spec.index is not None and study.spec.index.uncertainty is not None  # the plan has refused otherwise
    drawn = propagate(
        study.values([leaf.code for leaf in result.framework.leaves], year),
        result.framework,
        UncertaintyPlan(plan.base, inputs),
        draws=study.spec.index.uncertainty.draws,
        rng=np.random.default_rng(study.spec.seed),
    )
    own = disparity_of_draws(result.total.to_frame(year).T, measure)
    found = disparity_of_draws(drawn.scores[~drawn.failed], measure)
    lower, median, upper = found.quantile([(1 - CERTAINTY) / 2, 0.5, (1 + CERTAINTY) / 2])
    row = {"measure": found.name, "year": year, "value": own.iloc[0], "lower_limit": lower, "median": median}
    row |= {"upper_limit": upper, "level": CERTAINTY, "draws": len(found)}
    status = study.status_of([leaf.code for leaf in result.framework.leaves], [year])
    return pd.DataFrame([row | {"status": status}])


def clustering_table(study: Study, *, until: int) -> pd.DataFrame:
    """Say whether regions near each other are alike, and how many regions stand in a cluster.

    Neighbours are the nearest regions; the values are taken in logarithms, so that one very high region does not
    decide alone. p-values come from permutations and are adjusted for the false discoveries among several.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator and number of neighbours
        indicator, year, nearest, statistic (Moran's I), expected (without any order), p_value, p_adjusted (over the
        indicators), verdict (``alike`` or ``unlike`` where p_adjusted is at most 0.05, else ``too_close``), clusters
        (regions that stand out beside their neighbours), strongest (the region that stands out most), strongest_p
        (adjusted over the regions), strongest_kind (a name in :data:`QUADRANTS`), status.

    References
    ----------
    Anselin (1995), Local indicators of spatial association: LISA, Geographical Analysis 27(2), 93-115.
    """
    panels = {name: panel.iloc[:, -1] for name, panel in compared_panels(study, until=until).items()}
    values = np.log(pd.DataFrame(panels))
    places = study.table("regions").set_index("code").loc[values.index, ["lat", "lon"]]
    parts = []
    for nearest in NEAREST:
        near = distance_weights(places, nearest=nearest)
        whole = moran_table(values, near, rng=np.random.default_rng(study.spec.seed), permutations=_PERMUTATIONS)
        local = local_moran_table(values, near, rng=np.random.default_rng(study.spec.seed), permutations=_PERMUTATIONS)
        parts.append(_joined(whole, local).assign(nearest=nearest))
    table = pd.concat(parts).set_index("indicator").loc[list(panels)].reset_index().drop(columns="z")
    years = {name: int(panel.name) for name, panel in panels.items()}
    table.insert(1, "year", table["indicator"].map(years))
    table.insert(2, "nearest", table.pop("nearest"))
    return table.assign(status=[study.status_of([name], [years[name]]) for name in table["indicator"]])


# --- helpers ---


def _joined(whole: pd.DataFrame, local: pd.DataFrame) -> pd.DataFrame:
    """Return Moran's I with its verdict, and beside it the region that stands out most."""
    clear = whole["p_adjusted"] <= 1 - CERTAINTY
    verdict = np.where(clear, np.where(whole["statistic"] > whole["expected"], "alike", "unlike"), "too_close")
    strongest = local.sort_values(["p_adjusted", "p_value"], kind="stable").groupby("indicator").first()
    found = (local["cluster"] != "not_significant").groupby(local["indicator"]).sum()
    names = {"region": "strongest", "p_adjusted": "strongest_p", "quadrant": "strongest_kind"}
    beside = strongest[list(names)].rename(columns=names)
    return whole.assign(verdict=verdict, clusters=whole["indicator"].map(found)).merge(beside, on="indicator")

"""An index of a study's regions before anybody has set weights, with all that this leaves open.

Every indicator of the catalogue that all regions have counts alike within its pillar, and every pillar alike. Nobody
has agreed on that, so no rank is given without the band in which it lies when weights, mean and normalisation are
others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..index import IndexSpec, build_index
from ..index.uncertainty.inputs import Choice, NoisyWeights, UncertaintyPlan
from ..index.uncertainty.propagation import propagate
from ..study import PILLARS, Study, plain_framework, weakest_status
from .inference import interval_table
from .overview import region_values
from .robustness import ABOVE_ZERO

__all__ = ["first_disparity", "first_index"]

FEWEST, FEWEST_INDICATORS = 3, 2  # regions and indicators below which there is nothing to rank
LEVEL = 0.9
_DRAWS, _SPREAD = 5000, 0.5  # weights that nobody has set may be half as much or half as much again
_INDEX = ["region", "rank", "region_index", *PILLARS, "median", "lower", "upper", "level", "indicators", "status"]
_DISPARITY = ["indicator", "value", "lower", "upper", "regions", "verdict", "status"]


def first_index(study: Study, *, until: int) -> pd.DataFrame:
    """Return the index of the regions of the level that has most of them, with equal weights.

    Parameters
    ----------
    study : Study
    until : int
        The last year that counts; every indicator is of its own last year.

    Returns
    -------
    DataFrame, one row a region, best first
        region, rank, region_index and a column for each pillar (0 to 100; NaN for one without an indicator); median,
        lower and upper rank in `level` of all draws of other weights, means and normalisations; indicators (counted);
        status. Empty where fewer than three regions share two indicators with a direction and bounds.
    """
    values, status = _complete(study, until)
    if values.empty:
        return pd.DataFrame(columns=_INDEX)
    framework = plain_framework(study, values.columns)
    result = build_index(values, framework)
    plan = UncertaintyPlan(
        IndexSpec(),
        {
            "normalise": Choice("normalise", {name: (name, {"scale": ABOVE_ZERO}) for name in ("goalposts", "minmax")}),
            "aggregate": Choice("aggregate", ["arithmetic", "geometric"]),
            "weights": NoisyWeights(_SPREAD),
        },
    )
    drawn = propagate(values, framework, plan, draws=_DRAWS, rng=np.random.default_rng(study.spec.seed))
    table = drawn.rank_intervals(LEVEL).drop(columns="nominal").join(result.scores.reindex(columns=list(PILLARS)))
    table = table.assign(region_index=result.total, rank=result.ranks[framework.root.code])
    table = table.assign(level=LEVEL, indicators=values.shape[1], status=status)
    table = table.sort_values("rank", kind="stable")
    return table.rename_axis("region").reset_index()[_INDEX]


def first_disparity(study: Study, *, until: int) -> pd.DataFrame:
    """Return how unequal the same regions are on each indicator, the most unequal first.

    Parameters
    ----------
    study : Study
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator
        indicator, value (Gini index, unweighted, 0 to 1) with the limits of its 95 % interval, regions, verdict
        (``too_few`` regions to conclude from, or ``enough``), status. Indicators with a value below zero are left out:
        the index has no meaning there.
    """
    values, status = _complete(study, until)
    values = values.loc[:, (values >= 0).all() & (values.sum() > 0)]
    if values.empty:
        return pd.DataFrame(columns=_DISPARITY)
    table = interval_table(values, "gini", rng=np.random.default_rng(study.spec.seed))
    table = table.assign(status=status).sort_values("value", ascending=False, kind="stable")
    return table[_DISPARITY].reset_index(drop=True)


def _complete(study: Study, until: int) -> tuple[pd.DataFrame, str]:
    """Return regions by indicators, and the weakest status: what all regions of the largest level have, with bounds."""
    catalogue = study.table("catalogue").set_index("code")
    rows = region_values(study, until=until)
    levels = study.table("regions")["level"].value_counts()
    levels = levels[levels.index.isin(rows["level"])]
    if levels.empty or levels.iloc[0] < FEWEST:
        return pd.DataFrame(), ""
    wide = rows[rows["level"] == levels.index[0]].pivot(index="region", columns="indicator", values="value")
    judged = catalogue[["direction", "lower", "upper", "pillar"]].notna().all(axis=1)
    codes = [c for c in catalogue.index if c in wide and judged[c] and wide[c].notna().all()]
    if len(wide) < levels.iloc[0] or len(codes) < FEWEST_INDICATORS:
        return pd.DataFrame(), ""
    used = rows["region"].isin(wide.index) & rows["indicator"].isin(codes)
    return wide[codes].astype(float), weakest_status(rows.loc[used, "status"])

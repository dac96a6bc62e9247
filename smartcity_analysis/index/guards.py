"""Guards that need an index, and what all guards say of a study: directions, and what a single part decides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from ..study import Caution, Study, load_framework
from ..study.guards.cautions import FEWEST, caution, collect, observations
from ..study.guards.totals import column_totals, form_totals, item_totals, peer_totals, region_totals, score_totals
from ..study.guards.values import fractions_for_percent, jumps, shares, stale_values, unit_slips, weaker_statuses
from .build import IndexResult, build_index
from .methods import ScoringError

__all__ = ["GUARDS", "drivers", "find_cautions", "reversed_directions", "squeezed_scales"]

CHANCE = 0.05  # p of all tests of a study together
ORDER = 0.9  # rank correlation below which the order without a part is another one
HALF = 0.5  # of the scale, that the other regions keep at least


def reversed_directions(study: Study) -> Iterator[Caution]:
    """Yield every indicator whose directed values run against the rest of its pillar, beyond chance.

    The rest is the mean of the directed ranks of the pillar's other indicators, each in its last year; the regions are
    those of one depth, eight or more. The measure is Spearman's rank correlation with its two-sided p, and p counts
    once for every test made (Bonferroni). Either the direction is wrong, or the indicator measures something else.
    """
    tests = [test for group in _pillars(study) for test in _against_the_rest(*group)]
    catalogue = study.table("catalogue")
    for code, pillar, r, p, regions in tests:
        if r < 0 and p * len(tests) < CHANCE:
            place = catalogue[catalogue["code"] == code]
            facts = {"r": float(r), "regions": regions, "pillar": pillar, "direction": place["direction"].iat[0]}
            yield caution("direction", study, "catalogue", place, code, facts=facts)


def _pillars(study: Study) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield, by pillar and depth, directed ranks, higher is better: one row a region, one column an indicator."""
    rows = observations(study).dropna(subset=["pillar", "direction"])
    last = rows[rows["year"] == rows.groupby(["indicator", "depth"])["year"].transform("max")]
    for (pillar, _), own in last.groupby(["pillar", "depth"]):
        ranks = own.pivot(index="region", columns="indicator", values="value").rank(pct=True)
        sign = own.drop_duplicates("indicator").set_index("indicator")["direction"].map({"up": 1.0, "down": -1.0})
        yield str(pillar), ranks.mul(sign, axis=1)


def _against_the_rest(pillar: str, ranks: pd.DataFrame) -> Iterator[tuple[str, str, float, float, int]]:
    """Yield every indicator with its pillar, Spearman's r with the rest, p, and the regions that have both."""
    for code in ranks.columns:
        both = pd.DataFrame({"own": ranks[code], "rest": ranks.drop(columns=code).mean(axis=1)}).dropna()
        if len(both) >= FEWEST and (both.nunique() > 1).all():
            r, p = stats.spearmanr(both["own"], both["rest"])
            yield str(code), pillar, float(r), float(p), len(both)


def squeezed_scales(study: Study) -> Iterator[Caution]:
    """Yield every indicator of which one region alone takes up more than half of the scale, in the last year.

    Min-max scores run from the lowest to the highest region: without the outlier the others would fill the scale.
    Judged are directed indicators of a pillar with eight or more regions of one depth.
    """
    rows = observations(study).dropna(subset=["pillar", "direction"])
    for (code, _), own in rows.groupby(["indicator", "depth"]):
        own = own[own["year"] == own["year"].max()].sort_values("value")
        values = own["value"].to_numpy()
        if len(own) < FEWEST or values[0] == values[-1]:
            continue
        for outer, others in ((-1, values[-2] - values[0]), (0, values[-1] - values[1])):
            left = others / (values[-1] - values[0])
            if left < HALF:
                row = own.iloc[[outer]]
                facts = {
                    "value": float(values[outer]),
                    "left": float(left),
                    "median": float(np.median(values)),
                    "regions": len(own),
                }
                yield caution(
                    "squeezed", study, "indicators", row, str(code), region=row["region"].iat[0],
                    year=int(row["year"].iat[0]), facts=facts,
                )  # fmt: skip


def drivers(study: Study) -> Iterator[Caution]:
    """Yield every indicator that the order of the study's index rests on, and whether its leader does on single ones.

    One leaf is left out at a time and the index built again: the order rests on a leaf when the rank correlation with
    the whole index is below 0.9 without it. What a single region decides is :func:`squeezed_scales`: no region but the
    one that sets a bound changes the order of the others.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7.
    """
    found = _whole_index(study)
    if found is None:
        return
    year, whole = found
    rows = study.table("indicators")
    rows = rows[(rows["year"] == year) & rows["indicator"].isin(whole.values.columns)]
    leader, rivals = whole.total.idxmax(), {}
    for code in whole.values.columns:
        rest = [other for other in whole.values.columns if other != code]
        total = build_index(whole.values[rest], whole.framework.restricted(rest)).total
        r = float(stats.spearmanr(whole.total, total).statistic)
        if r < ORDER:
            own = rows[rows["indicator"] == code]
            yield caution("driver_ranks", study, "indicators", own, code, year=year, facts={"r": r})
        if total.idxmax() != leader:
            rivals[code] = total.idxmax()
    if rivals:
        own = rows[rows["region"].isin([leader, *rivals.values()])]
        facts = {"without": list(rivals), "instead": list(dict.fromkeys(rivals.values()))}
        root = whole.framework.root.code
        yield caution("driver_leader", study, "indicators", own, root, region=leader, year=year, facts=facts)


def _whole_index(study: Study) -> tuple[int, IndexResult] | None:
    """Return the study's index in its last year, None where it has none of two leaves and eight regions or more."""
    if study.spec.index is None:
        return None
    framework = load_framework(study.spec.index.framework)
    codes = [leaf.code for leaf in framework.leaves]
    known = study.table("indicators")
    known = known[known["indicator"].isin(codes)]
    years = known.groupby("year")["indicator"].nunique()
    years = years[years == len(codes)]
    if years.empty or len(codes) < 2:
        return None
    year = int(years.index.max())
    values = study.values(codes, year).dropna()
    try:
        return (year, build_index(values, framework)) if len(values) >= FEWEST else None
    except ScoringError:  # said where the index is computed; there is no order to judge
        return None


GUARDS = (
    unit_slips,
    shares,
    fractions_for_percent,
    region_totals,
    column_totals,
    score_totals,
    peer_totals,
    item_totals,
    form_totals,
    jumps,
    stale_values,
    weaker_statuses,
    reversed_directions,
    drivers,
    squeezed_scales,
)


def find_cautions(study: Study, *, illustrative: bool = False) -> list[Caution]:
    """Return what looks wrong in `study`, the serious first: every guard, over its real rows.

    With `illustrative` it is what looks wrong in the stand-ins instead; it says nothing about the city.

    Parameters
    ----------
    study : Study
        The checked study.
    illustrative : bool, optional
        Whether stand-ins are looked at as well.

    Raises
    ------
    UnknownNameError
        For an indicator that ``guards`` of ``study.yaml`` names and the catalogue does not list.
    """
    return collect(study, GUARDS, illustrative=illustrative)

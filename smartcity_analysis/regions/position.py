"""Where each region stands: level against growth, ranks between years, and what it is specialised in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, rankdata

from ..study.readable import readable
from .checks import as_arrays, find_faults, label_list, match_faults, refuse, series_faults
from .kernels import Array
from .measures import MEASURES

__all__ = ["KLASSEN", "RankMobility", "klassen", "location_quotient", "rank_mobility"]

KLASSEN = ("advanced_growing", "advanced_slow", "catching_up", "lagging")
_ANY, _POSITIVE = MEASURES["range"], MEASURES["mean_log_deviation"]


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class RankMobility:
    """Who moved between two years.

    Attributes
    ----------
    table : DataFrame
        By region: rank_first, rank_last (1 is highest, ties share the lowest number), and climbed: places gained.
    spearman, kendall : float
        Correlation of the two rankings: 1 where nobody moved, -1 where the order is reversed. Kendall's is tau-b.
    transitions : DataFrame
        Share of the regions of each class of the first year (rows) that are in each class of the last (columns);
        class 1 is the highest. NaN where ties leave a class empty.
    """

    table: pd.DataFrame
    spearman: float
    kendall: float
    transitions: pd.DataFrame


def klassen(
    first: pd.Series,
    last: pd.Series,
    years: float,
    *,
    population: pd.Series | None = None,
    reference_level: float | None = None,
    reference_growth: float | None = None,
) -> pd.DataFrame:
    """Return the Klassen typology: the level of each region against its growth.

    Parameters
    ----------
    first, last : Series
        Values above 0 in the two years, by region.
    years : float
        Years between the two.
    population : Series, optional
        Weighs the reference values; as in :func:`disparity`.
    reference_level, reference_growth : float, optional
        The level in the last year, and the yearly growth (0.05 is 5 %), to compare with: those of the province, say.
        By default the mean of the last year, and the growth from the mean of the first to that of the last.

    Returns
    -------
    DataFrame, one row a region
        level (of the last year), growth (yearly, compound), relative_level, growth_difference, type (a name in
        :data:`KLASSEN`; a region exactly at a reference counts as above it). In `attrs` the two references.

    Raises
    ------
    DisparityError
        As in :func:`disparity`, for both years.

    References
    ----------
    Klassen (1965), Area Economic and Social Redevelopment, OECD; Sjafrizal (1997), Prisma 26(3), 27-38, for its use in
    Indonesia (maju dan tumbuh cepat, maju tapi tertekan, berkembang cepat, relatif tertinggal).

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.Series({"A": 10.0, "B": 10.0, "C": 3.0, "D": 3.0})
    >>> last = pd.Series({"A": 15.0, "B": 11.0, "C": 5.0, "D": 3.1})
    >>> klassen(first, last, 5)["type"].to_dict()
    {'A': 'advanced_growing', 'B': 'advanced_slow', 'C': 'catching_up', 'D': 'lagging'}
    """
    faults = [f"first: {fault}" for fault in find_faults(first, population, [_POSITIVE])]
    faults += [f"last: {fault}" for fault in find_faults(last, population, [_POSITIVE])]
    if not faults:
        faults = match_faults(first.index, last.index, "value in the last year")
    refuse(faults if years > 0 else [*faults, f"Found {years} years; expected more than 0; say how many."])
    start, end = as_arrays(first, last)
    _, w = as_arrays(first, population)
    mean_first, mean_last = (w * start).sum() / w.sum(), (w * end).sum() / w.sum()
    level = mean_last if reference_level is None else reference_level
    pace = (mean_last / mean_first) ** (1 / years) - 1 if reference_growth is None else reference_growth
    growth = (end / start) ** (1 / years) - 1
    kind = np.where(end >= level, np.where(growth >= pace, 0, 1), np.where(growth >= pace, 2, 3))
    table = pd.DataFrame(
        {"level": end, "growth": growth, "relative_level": end / level, "growth_difference": growth - pace},
        index=first.index,
    ).assign(type=np.array(KLASSEN)[kind])
    table.attrs |= {"reference_level": float(level), "reference_growth": float(pace)}
    return table


def rank_mobility(first: pd.Series, last: pd.Series, *, classes: int = 4) -> RankMobility:
    """Return who climbed and who fell between two years, and how much the order moved.

    Parameters
    ----------
    first, last : Series
        Values by region; higher is better.
    classes : int
        Into how many classes of (nearly) equal size the regions are put for the transitions.

    Returns
    -------
    RankMobility

    Raises
    ------
    DisparityError
        When values are missing, regions do not match, or there are fewer regions than classes.

    References
    ----------
    Quah (1993), Empirical cross-section dynamics in economic growth, European Economic Review 37(2/3), 426-434, for
    transitions; Kendall (1945), Biometrika 33(3), 239-251, for ties.

    Examples
    --------
    >>> import pandas as pd
    >>> first, last = pd.Series({"A": 9.0, "B": 5.0, "C": 1.0}), pd.Series({"A": 9.0, "B": 2.0, "C": 4.0})
    >>> found = rank_mobility(first, last, classes=3)
    >>> found.table["climbed"].to_dict(), found.spearman
    ({'A': 0, 'B': -1, 'C': 1}, 0.5)
    """
    faults = find_faults(first, None, [_ANY]) + find_faults(last, None, [_ANY])
    if not faults:
        faults = match_faults(first.index, last.index, "value in the last year")
        if not 2 <= classes <= len(first):
            faults.append(
                f"Found {classes} classes for {len(first)} regions; expected 2 to {len(first)}; choose fewer."
            )
    refuse(faults)
    pair = as_arrays(first, last)
    ranks = [rankdata(-x, method="min").astype(int) for x in pair]
    middle = [rankdata(-x) for x in pair]
    groups = [np.minimum((place - 0.5) * classes / len(first), classes - 0.5).astype(int) + 1 for place in middle]
    moved = pd.crosstab(pd.Series(groups[0]), pd.Series(groups[1]))
    wanted = pd.RangeIndex(1, classes + 1)
    moved = moved.reindex(index=wanted.rename("first"), columns=wanted.rename("last"), fill_value=0)
    size = moved.sum(axis=1)
    table = pd.DataFrame({"rank_first": ranks[0], "rank_last": ranks[1]}, index=first.index)
    return RankMobility(
        table.assign(climbed=table["rank_first"] - table["rank_last"]),
        _correlation(*middle),
        float(kendalltau(*pair).statistic),
        moved.div(size.where(size > 0), axis=0),
    )


def location_quotient(amounts: pd.DataFrame, *, total: pd.Series | None = None) -> pd.DataFrame:
    """Return how much more of each sector a region has than its size would let one expect: 1 is as everywhere.

    Parameters
    ----------
    amounts : DataFrame
        Amounts (jobs, rupiah) of 0 or more; regions in rows, sectors in columns.
    total : Series, optional
        The amounts by sector of the area to compare with (the province). By default of all regions together.

    Returns
    -------
    DataFrame
        Of the same shape. Above 1: a base sector of the region. NaN for a sector that nobody has.

    Raises
    ------
    DisparityError
        When amounts are missing or below 0, or a region has none at all.

    References
    ----------
    Isard (1960), Methods of Regional Analysis, MIT Press, ch. 5.

    Examples
    --------
    >>> import pandas as pd
    >>> jobs = pd.DataFrame({"tobacco": [30.0, 10.0], "trade": [10.0, 30.0]}, index=["Kota", "Mojoroto"])
    >>> location_quotient(jobs).loc["Kota"].to_dict()
    {'tobacco': 1.5, 'trade': 0.5}
    """
    if not isinstance(amounts, pd.DataFrame) or not amounts.shape[1]:
        refuse([f"Found amounts of type {type(amounts).__name__}; expected a DataFrame, sectors in columns; pass one."])
    faults = [f"{code}: {fault}" for code in amounts.columns for fault in series_faults(amounts[code], "amounts")]
    faults += series_faults(total, "total") if total is not None else []
    refuse(faults)
    if total is not None:
        refuse(match_faults(amounts.columns, total.index, "total"))
    whole = amounts.sum(axis=0) if total is None else total.reindex(amounts.columns)
    below = amounts.index[(amounts < 0).any(axis=1)]
    refuse([f"Found amounts below 0 in {label_list(below)}; expected 0 or more; correct them."] if len(below) else [])
    empty = amounts.index[amounts.sum(axis=1) == 0]
    refuse([f"Found no amounts in {label_list(empty)}; expected some; leave them out."] if len(empty) else [])
    if not (whole >= 0).all() or not whole.sum() > 0:
        refuse(["Found totals below 0, or none above 0; expected amounts of the larger area; correct them."])
    share = whole / whole.sum()
    return amounts.div(amounts.sum(axis=1), axis=0).div(share.where(share > 0), axis=1)


def _correlation(one: Array, two: Array) -> float:
    x, y = one - one.mean(), two - two.mean()
    size = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / size) if size > 0 else float("nan")

"""How firm a finding is: whether other weights, rules, regions or the rounding of a figure would undo it.

Words of :data:`smartcity_analysis.masterplan.findings.FIRMNESS`: ``firm`` survives, ``likely`` survives in its main
point, ``weak`` does not survive and is not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

__all__ = ["change_firmness", "driver_firmness", "order_firmness", "rank_firmness", "rounding_unit"]

_MOST_DECIMALS = 6


def rank_firmness(row: Mapping[Any, Any], regions: int) -> str:
    """Say how firm a rank is: ``firm`` when no draw of the band moves it, ``weak`` when the band reaches both halves.

    Parameters
    ----------
    row : mapping
        rank, lower and upper, as in ``Robustness.summary``.
    regions : int
        How many are ranked.

    Examples
    --------
    >>> [rank_firmness({"rank": 6, "lower": low, "upper": up}, 38) for low, up in ((6, 6), (6, 7), (5, 25))]
    ['firm', 'likely', 'weak']
    """
    lower, rank, upper = (int(row[name]) for name in ("lower", "rank", "upper"))
    if lower == rank == upper:
        return "firm"
    halves = {place <= regions / 2 for place in (lower, rank, upper)}
    return "likely" if len(halves) == 1 else "weak"


def change_firmness(rows: pd.DataFrame, verdict: str, change: str) -> str:
    """Say how firm the direction of a change is that was tested with and without the region that drives it.

    Parameters
    ----------
    rows : DataFrame
        One row a choice of regions.
    verdict, change : str
        Columns: the verdict of the test (``too_close`` where nothing can be told), and the change itself.

    Returns
    -------
    str
        ``firm`` when every choice tells the same direction, ``weak`` when one cannot tell or contradicts.
    """
    told = set(rows[verdict])
    same = (rows[change] > 0).nunique() == 1
    return "firm" if same and len(told) == 1 and "too_close" not in told else "weak"


def driver_firmness(drivers: pd.DataFrame) -> str:
    """Say how firm it is which input decides most: ``firm`` when its interval lies above that of the next.

    Parameters
    ----------
    drivers : DataFrame
        total, total_lower and total_upper by input.
    """
    ordered = drivers.sort_values("total", ascending=False)
    if len(ordered) < 2:
        return "firm"
    first, second = ordered.iloc[0], ordered.iloc[1]
    if first["total_lower"] > second["total_upper"]:
        return "firm"
    return "likely" if first["total"] > second["total_upper"] else "weak"


def order_firmness(lower: float, upper: float, published: Iterable[float]) -> str:
    """Say how firm it is that one published score lies below another, given how the scores were rounded.

    Two scores rounded to `u` may each be off by half of it, so an order by more than `u` is firm and by exactly `u`
    likely.

    Examples
    --------
    >>> [order_firmness(2.75, upper, [2.75, 3.33]) for upper in (3.33, 2.76, 2.755)]
    ['firm', 'likely', 'weak']
    """
    unit = rounding_unit(published)
    gap = upper - lower
    if gap > unit * 1.001:
        return "firm"
    return "likely" if gap > unit * 0.999 else "weak"


def rounding_unit(published: Iterable[float]) -> float:
    """Return the unit of the last decimal that any of the published figures shows.

    Examples
    --------
    >>> rounding_unit([2.75, 3.5])
    0.01
    """
    values = [float(value) for value in published]
    for decimals in range(_MOST_DECIMALS):
        if all(round(value, decimals) == value for value in values):
            return float(10.0**-decimals)
    return float(10.0**-_MOST_DECIMALS)

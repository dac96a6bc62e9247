"""What makes up a disparity: the parts that add up to the index, and what each region adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from .attribution import Attribution
from .checks import as_arrays, compute, find_faults, refuse, series_faults
from .kernels import Array, relative
from .measures import MEASURES, Measure, get_measure

__all__ = ["SOURCE_RULES", "attribute_sources", "region_contributions"]


# --- rules: the measure as a sum of region times coefficient; values, weights (..., region) -> (..., region) ---


def _gini(values: Array, weights: Array) -> Array:
    """Twice the share above half the people, over the mean; equal values stand at the same place."""
    share = weights / weights.sum()
    _, same = np.unique(values, return_inverse=True)
    together = np.bincount(same, share)
    middle = np.cumsum(together) - together / 2
    return 2 * share * (middle[same] - 0.5) / (share * values).sum()


def _half_squared_cv(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    return share * (ratio - 1) / (2 * (share * values).sum())


def _cv(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    spread = np.sqrt((share * (ratio - 1) ** 2).sum())
    return share * (ratio - 1) / ((share * values).sum() * (spread if spread > 0 else 1.0))


SOURCE_RULES: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {"gini": _gini, "generalised_entropy_2": _half_squared_cv, "coefficient_of_variation": _cv, "williamson": _cv}
)


def attribute_sources(
    parts: pd.DataFrame, measure: str = "gini", *, population: pd.Series | None = None
) -> Attribution:
    """Say how much of the disparity of a sum each of its parts makes, exactly and at any number of parts.

    For an arithmetic mean the parts are weight times score. A part that is equal everywhere makes nothing of the
    Gini index or of a variance; a part that is higher where the sum is lower has a negative contribution. For other
    means, and other measures, use :func:`attribute_scores`.

    Parameters
    ----------
    parts : DataFrame
        Regions in rows, parts in columns, in one unit; they sum to the index.
    measure : str
        A name in :data:`SOURCE_RULES`.
    population : Series, optional
        As in :func:`disparity`.

    Returns
    -------
    Attribution
        The contributions sum to the total.

    Raises
    ------
    DisparityError
        As in :func:`disparity` for the sum.
    UnknownNameError
        When no rule has that name.

    References
    ----------
    Shorrocks (1982), Inequality decomposition by factor components, Econometrica 50(1), 193-211, eq. 13, for the
    variance; Lerman and Yitzhaki (1985), Review of Economics and Statistics 67(1), 151-156, for the Gini index.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({"health": [1.0, 1.0, 1.0], "roads": [1.0, 2.0, 6.0]})
    >>> attribute_sources(parts).contributions.round(3).to_dict()
    {'health': 0.0, 'roads': 0.278}
    """
    if measure not in SOURCE_RULES:
        raise UnknownNameError("measure that sources make up", measure, list(SOURCE_RULES))
    record = MEASURES[measure]
    if not isinstance(parts, pd.DataFrame) or not parts.shape[1]:
        refuse([f"Found parts of type {type(parts).__name__}; expected a DataFrame, one column a part; pass one."])
    refuse([f"{name}: {fault}" for name in parts.columns for fault in series_faults(parts[name], "values")])
    whole = parts.sum(axis=1)
    refuse(find_faults(whole, population, [record]))
    x, w = as_arrays(whole, population)
    total = float(compute(record, x, w))
    contributions = SOURCE_RULES[measure](x, w) @ parts.to_numpy(dtype=np.float64)
    series = pd.Series(contributions, index=parts.columns, name=record.name)
    return Attribution(record.name, total, 0.0, series, "source")


def region_contributions(
    values: pd.Series, measure: str | Measure = "theil_t", *, population: pd.Series | None = None
) -> pd.DataFrame:
    """Return what each region adds to the disparity; it sums to the whole, and no region adds less than nothing.

    :func:`with_and_without` answers another question: what the disparity would be without the region.

    Parameters
    ----------
    values, population
        As in :func:`disparity`.
    measure : str or Measure
        One that adds up over regions: ``gini``, ``theil_t``, ``mean_log_deviation``, generalised entropy, ``hoover``,
        ``coefficient_of_variation``, ``williamson``.

    Returns
    -------
    DataFrame, one row a region
        value, population_share, relative (value over mean), contribution, share (NaN without disparity).

    Raises
    ------
    DisparityError
        As in :func:`disparity`; when the measure does not add up over regions.

    References
    ----------
    Cowell (2011), Measuring Inequality, 3rd ed., appendix A.

    Examples
    --------
    >>> import pandas as pd
    >>> found = region_contributions(pd.Series({"A": 1.0, "B": 1.0, "C": 4.0}), "hoover")
    >>> found["share"].round(2).to_dict()
    {'A': 0.25, 'B': 0.25, 'C': 0.5}
    """
    record = get_measure(measure)
    faults = find_faults(values, population, [record])
    if record.terms is None:
        able = ", ".join(repr(name) for name, m in MEASURES.items() if m.terms is not None)
        remedy = f"expected one of {able}, or a measure of your own with terms; or use with_and_without."
        faults.append(f"Found measure {record.name!r}, which does not add up over regions; {remedy}")
    refuse(faults)
    assert record.terms is not None
    x, w = as_arrays(values, population)
    share, ratio = relative(x, w)
    terms = record.terms(x, w)
    total = float(terms.sum())
    columns = {"value": x, "population_share": share, "relative": ratio, "contribution": terms}
    return pd.DataFrame(columns | {"share": terms / (total if total > 1e-12 else np.nan)}, index=values.index)

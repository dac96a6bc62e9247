"""Normalisation: from values in their own units to scores that can be put together.

Direction is applied here and nowhere else: a score is always better when it is higher. What a method fitted
(its bounds) is a table, kept with the result and reused for another year, so that scores of two years can be
compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..callables import MethodOrFunction, find_own
from ..labels import by_name, cells, check_scale, checked_array, listed
from ..methods import Array, Method, ScoringError
from .bounds import (
    IN_UNIT,
    BoundsLike,
    bound_arrays,
    bound_problems,
    bounds_table,
    domain_problems,
    given_bounds,
    transformed,
)
from .normalisers import NORMALISERS

__all__ = ["NORMALISERS", "fit_bounds", "normalise", "score_array"]


def fit_bounds(
    values: pd.DataFrame,
    method: MethodOrFunction = "minmax",
    *,
    transform: Mapping[str, str | None] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return what a normalisation method learns from the values, one row an indicator.

    Parameters
    ----------
    values : DataFrame
        Region by indicator, in the units of the indicators.
    method : str, Method or callable
        A name in `NORMALISERS`, your own record, or a function of the array of values.
    transform : mapping, optional
        ``"log"`` by indicator: its logarithm is normalised.
    **options
        Options of the method; those that are bounds (`target`, `reference`) are kept in the table.

    Returns
    -------
    DataFrame
        Columns `method`, `transform` and the method's bounds: `lower`, `upper`, `reference` and `target` in the unit
        of the value; `mean` and `sd` (n - 1 form) in the unit after the transform. NaN for an indicator without any
        value, and for a bound that is not given.

    Raises
    ------
    ScoringError
        For goalposts, which are given and never fitted.

    Examples
    --------
    >>> values = pd.DataFrame({"poverty_pct": [4.0, 9.0]}, index=["a", "b"])
    >>> fit_bounds(values).loc["poverty_pct", ["lower", "upper"]].to_list()
    [4.0, 9.0]
    """
    record = find_own(NORMALISERS, method, "normalisation method")
    record.check_options(options)
    array = checked_array(values, "values")
    if record.bounds_given:
        remedy = "Give them to normalise with bounds=, or to the leaves of the framework."
        raise ScoringError([f"{record.name}: bounds are given, not fitted. {remedy}"])
    codes = list(values.columns)
    given, _ = given_bounds(record, options, values)
    fitted = pd.DataFrame(index=codes, columns=list(record.bounds), dtype=float)
    table = bounds_table(fitted, record, codes, transform, given)
    if record.fit is None:
        return table
    x = transformed(array, table["transform"], values.index)
    raw = set(record.bounds) <= set(IN_UNIT)  # the range of the values themselves; a transform keeps their order
    for name, bound in record.fit(array if raw else x).items():
        table[name] = np.broadcast_to(bound, (1, len(codes)))[0]
    return table


def normalise(
    values: pd.DataFrame,
    method: MethodOrFunction = "minmax",
    *,
    direction: Mapping[str, int] | pd.Series | None = None,
    bounds: BoundsLike | None = None,
    scale: tuple[float, float] | None = None,
    transform: Mapping[str, str | None] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return scores that are better when they are higher, with the labels of `values`.

    Parameters
    ----------
    values : DataFrame
        Region by indicator; NaN is missing and stays missing.
    method : str, Method or callable
        A name in `NORMALISERS`, your own record, or a function from the array of values to scores.
    direction : mapping or Series, optional
        +1 (more is better) or -1 for every indicator, matched by name. None: all +1.
    bounds : DataFrame or mapping, optional
        A table as :func:`fit_bounds` makes, of this year or another; or ``(lower, upper)`` by indicator. None: fitted.
        Values outside given bounds score outside the scale, unless ``clip=True``.
    scale : (float, float), optional
        Where scores shall lie. None: the method's own, mostly 0 to 1. For ``none`` it says where the values lie.
    transform : mapping, optional
        ``"log"`` by indicator; a table of `bounds` that has a column `transform` goes before it.
    **options
        - `clip` (minmax, goalposts, distance_to_reference, distance_to_target): nothing outside the scale.
        - `mean` and `sd` (zscore): of the scores.
        - `ties` (rank, borda): ``"average"``, ``"min"``, ``"max"`` or ``"dense"``.
        - `reference` (distance_to_reference): the region that scores 1 everywhere, or a value by indicator.
        - `target` (distance_to_target): a value by indicator, or a framework whose leaves have one.
        - `cuts` (categorical): rising cut points, one list for all or a list by indicator; or `classes`: number of
          classes with about as many regions each.
        - `margin` (above_below_mean): share of the mean around it that scores 0.

    Returns
    -------
    DataFrame

    Raises
    ------
    ScoringError
        For a constant indicator where its scores would not be defined, missing or reversed bounds, a reference or
        target no better than the worst value, a logarithm of 0 or less, a negative value under fraction_of_max, a
        scale for a method that has none, values outside the scale under ``none``.
    UnknownNameError
        For an unknown method, option, transform or reference region.

    Notes
    -----
    - ``scaled`` is ``goalposts`` without clipping, and ``distance_to_max`` gives the number min-max gives; both are
      here under the names other tools use.
    - Distances to a reference region or a target are the share of the way there from the worst value: 0 at the worst,
      1 at the goal, above 1 beyond it.
    - ``fraction_of_max`` is value over best; where less is better, best over value.
    - ``borda`` counts the regions left behind, a tie counting half (``ties="min"``: not at all).
    - Quantile classes are drawn anew from every set of values; `cuts` stay as they are.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5.

    Examples
    --------
    >>> poverty = pd.DataFrame({"poverty_pct": [4.0, 9.0, 6.5]}, index=["a", "b", "c"])
    >>> normalise(poverty, direction={"poverty_pct": -1})["poverty_pct"].to_list()
    [1.0, 0.0, 0.5]
    >>> normalise(poverty, "distance_to_target", direction={"poverty_pct": -1}, target=5)["poverty_pct"].to_list()
    [1.25, 0.0, 0.625]
    """
    record = find_own(NORMALISERS, method, "normalisation method")
    record.check_options(options)
    check_scale(scale)
    array = checked_array(values, "values")
    codes = list(values.columns)
    signs = _signs(direction, codes)
    given, settings = given_bounds(record, options, values)
    if bounds is None:
        table = fit_bounds(values, record, transform=transform, **options)
    else:
        table = bounds_table(bounds, record, codes, transform, given)
    problems = _scale_problems(record, scale, signs, values, array) + bound_problems(record, table, array, signs)
    if problems:
        raise ScoringError(problems)
    x = transformed(array, table["transform"], values.index)
    arrays = bound_arrays(record, table)
    problems = domain_problems(record, x, arrays, signs, values.index, codes)
    if problems:
        raise ScoringError(problems)
    scores = score_array(record, x, arrays, signs, scale, _in_order(settings, codes))
    _check_scores(record, scores, array, values)
    return pd.DataFrame(scores, index=values.index, columns=values.columns)


def score_array(
    record: Method,
    values: Array,
    bounds: Mapping[str, Array],
    signs: Array,
    scale: tuple[float, float] | None,
    options: Mapping[str, Any],
) -> Array:
    """Score arrays ``(..., region, indicator)``, without labels or checks.

    `values` and `bounds` are after the transform; `signs` is +1 or -1 by indicator.
    """
    if record.takes_direction:
        scores = record.kernel(values, bounds, direction=signs, **options)
    else:
        scores = record.kernel(values, bounds, **options)
        own = scale if record.on_scale else record.scale
        scores = np.where(signs < 0, -scores if own is None else own[0] + own[1] - scores, scores)
    if scale is None or record.scale is None:
        return scores
    lower, upper = record.scale
    return scale[0] + (scores - lower) / (upper - lower) * (scale[1] - scale[0])


def _check_scores(record: Method, scores: Array, array: Array, values: pd.DataFrame) -> None:
    """Refuse scores of another shape, and values that have no finite score."""
    if np.shape(scores) != array.shape:
        remedy = "Its kernel must return an array like the one it is given."
        raise ScoringError([f"{record.name}: found scores {np.shape(scores)}, expected {array.shape}. {remedy}"])
    lost = ~np.isnan(array) & ~np.isfinite(scores)
    if lost.any():
        places = cells(lost, values.index, values.columns)
        remedy = "Are all its values the same, or does an option not fit?"
        raise ScoringError(
            [f"{record.name}: found no finite score for {places}, expected one for every value. {remedy}"]
        )


def _in_order(options: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """Return options with those given by indicator as arrays in the order of the columns.

    A list by indicator becomes ``(step, indicator)``, with NaN below a list that is shorter than others.
    """
    return {name: _ordered(name, value, codes) for name, value in options.items()}


def _ordered(name: str, value: Any, codes: Sequence[str]) -> Any:
    if not isinstance(value, Mapping | pd.Series):
        return value
    lists = [np.atleast_1d(value[code]) for code in codes if code in value]
    if all(len(each) == 1 for each in lists):
        return by_name(value, codes, f"option {name}", exact=False)
    absent = [code for code in codes if code not in value]
    if absent:
        raise ScoringError([f"The option {name}: found none for {listed(absent)}, expected one for every indicator."])
    padded = np.full((max(map(len, lists)), len(codes)), np.nan)
    for column, each in enumerate(lists):
        padded[: len(each), column] = each
    return padded


def _signs(direction: Mapping[str, int] | pd.Series | None, codes: Sequence[str]) -> Array:
    if direction is None:
        return np.ones(len(codes))
    signs = by_name(direction, codes, "directions", exact=False)
    wrong = [code for code, sign in zip(codes, signs, strict=True) if sign not in (1, -1)]
    if wrong:
        raise ScoringError([f"The directions: found other numbers for {listed(wrong)}, expected +1 or -1."])
    return signs


def _scale_problems(
    record: Method, scale: tuple[float, float] | None, signs: Array, values: pd.DataFrame, array: Array
) -> list[str]:
    """Return what is wrong with asking this method for this scale, if anything."""
    if not record.on_scale:
        if scale is None or record.scale is not None:
            return []
        remedy = "Leave scale out, or choose a method that has one, such as minmax or percentile_rank."
        return [f"{record.name}: found scale={scale}, but its scores lie on no scale. {remedy}"]
    if scale is None:
        down = listed(values.columns[signs < 0])
        return [f"{record.name}: to turn {down} (lower is better), scale=(lower, upper) is needed."] if down else []
    outside = (array < scale[0]) | (array > scale[1])
    if not outside.any():
        return []
    places = cells(outside, values.index, values.columns)
    remedy = "Correct the values or the scale, or choose another normalisation."
    return [f"{record.name}: found values outside the scale {scale} in {places}. {remedy}"]

"""Kernels over years: the last observed value, and the line between two of them.

Arrays are ``(..., year, region, indicator)``; `years` are ascending numbers, one for each step of that axis.
"""

from __future__ import annotations

import numpy as np

from ...errors import UnknownNameError
from ..methods import Array, ScoringError

__all__ = ["EXTRAPOLATIONS", "carry", "interpolate"]

YEAR = -3
EXTRAPOLATIONS = ("nearest", "trend")


def carry(values: Array, years: Array, limit: float | None = None, backwards: bool = False) -> Array:
    """Return values with gaps filled by the last observed one, at most `limit` years old.

    With `backwards`, what comes before the first observed value is filled by it, under the same limit.
    """
    if limit is not None and not limit > 0:
        raise ScoringError([f"limit: found {limit}, expected a number of years above 0, or None."])
    result = _taken(values, years, _last_seen(values), limit)
    if backwards:
        result = np.where(np.isnan(result), _taken(values, years, _next_seen(values), limit), result)
    return result


def interpolate(values: Array, years: Array, extrapolate: str | None = None) -> Array:
    """Return values with gaps filled on the line between the observed values on either side.

    Outside the first and last observed value nothing is filled, unless `extrapolate` is ``"nearest"`` (the value
    at that end) or ``"trend"`` (the line through the two at that end; nothing where there is but one).
    """
    if extrapolate is not None and extrapolate not in EXTRAPOLATIONS:
        raise UnknownNameError("extrapolation", extrapolate, EXTRAPOLATIONS)
    before, after = _last_seen(values), _next_seen(values)
    result = np.where(np.isnan(values), _line(values, years, before, after), values)
    if extrapolate is None:
        return result
    for seen, step in ((before, -1), (after, 1)):
        if extrapolate == "nearest":
            outside = _taken(values, years, seen, None)
        else:
            outside = _line(values, years, seen, _along(seen, seen + step))
        result = np.where(np.isnan(result), outside, result)
    return result


def _last_seen(values: Array) -> np.ndarray:
    """Return the position of the last observed value at or before every year; -1 where there is none."""
    return np.maximum.accumulate(np.where(np.isnan(values), -1, _positions(values)), axis=YEAR)


def _next_seen(values: Array) -> np.ndarray:
    """Return the position of the first observed value at or after every year; the number of years if none."""
    end = values.shape[YEAR]
    reverse = np.flip(np.where(np.isnan(values), end, _positions(values)), axis=YEAR)
    return np.flip(np.minimum.accumulate(reverse, axis=YEAR), axis=YEAR)


def _positions(values: Array) -> np.ndarray:
    return np.arange(values.shape[YEAR])[:, np.newaxis, np.newaxis]


def _along(seen: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return `seen` at other positions along the years; -1 outside."""
    last = seen.shape[YEAR] - 1
    found = np.take_along_axis(seen, np.clip(where, 0, last), axis=YEAR)
    return np.where((where < 0) | (where > last), -1, found)


def _taken(values: Array, years: Array, position: np.ndarray, limit: float | None) -> Array:
    """Return the values at positions along the years; NaN outside, or further than `limit` years away."""
    last = values.shape[YEAR] - 1
    inside = (position >= 0) & (position <= last)
    safe = np.clip(position, 0, last)
    if limit is not None:
        inside &= np.abs(years[_positions(values)] - years[safe]) <= limit
    return np.where(inside, np.take_along_axis(values, safe, axis=YEAR), np.nan)


def _line(values: Array, years: Array, one: np.ndarray, other: np.ndarray) -> Array:
    """Return the line through the values at two positions, at every year; NaN where either is outside."""
    last = values.shape[YEAR] - 1
    first, second = _taken(values, years, one, None), _taken(values, years, other, None)
    t0, t1 = years[np.clip(one, 0, last)], years[np.clip(other, 0, last)]
    share = (years[_positions(values)] - t0) / np.where(t1 == t0, 1.0, t1 - t0)
    return first + (second - first) * share

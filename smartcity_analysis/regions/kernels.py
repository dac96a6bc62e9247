"""Kernels of disparity: arrays ``(..., region)`` of values and weights to ``(...)``.

Nothing here knows labels or checks a domain. Weights need not sum to 1, and a weight of 0 means that the region is
not there, so that bootstrap counts are weights like any others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import boxcox, inv_boxcox, kl_div

__all__ = ["Array", "Kernel", "Moments", "Places"]

Array: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]
Kernel: TypeAlias = Callable[[Array, Array], Array]

_EDGE = 1e-12  # a share of the people that is this near to a cut lies on it
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class Moments:
    """A measure as a function of two weighted means: many resamples then cost one matrix product.

    Parameters
    ----------
    feature : callable
        ``feature(ratio)``: what to average beside the values themselves; `ratio` is value over any mean.
    finish : callable
        ``finish(mean, feature_mean)``: the measure, and its slopes in the two.
    """

    feature: Callable[[Array], Array]
    finish: Callable[[Array, Array], tuple[Array, Array, Array]]


def relative(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return weight shares, and values over their weighted mean."""
    share = weights / weights.sum(axis=-1, keepdims=True)
    return share, values / (share * values).sum(axis=-1, keepdims=True)


def ordered(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return values from the lowest up, and the weights along with them."""
    shape = np.broadcast_shapes(values.shape, weights.shape)
    order = np.argsort(values, axis=-1)
    x = np.take_along_axis(values, order, axis=-1)
    return x, np.take_along_axis(np.broadcast_to(weights, shape), np.broadcast_to(order, shape), axis=-1)


def summed(terms: Kernel, values: Array, weights: Array) -> Array:
    """Sum the terms that the regions add to a measure."""
    return terms(values, weights).sum(axis=-1)


# --- Gini, entropy, Atkinson ---


def gini(values: Array, weights: Array) -> Array:
    """Integrate F (1 - F) over the mean: no term is negative, and equal values give exactly 0."""
    x, w = ordered(values, weights)
    cumulated = np.cumsum(w, axis=-1)
    below = cumulated[..., :-1] / cumulated[..., -1:]
    mean = (w * x).sum(axis=-1) / cumulated[..., -1]
    return (np.diff(x, axis=-1) * below * (1 - below)).sum(axis=-1) / mean


def gini_unbiased(values: Array, weights: Array) -> Array:
    n = values.shape[-1]  # places on the axis, not positive weights, so that bootstrap counts are right too
    return gini(values, weights) * (n / (n - 1))


def gini_terms(values: Array, weights: Array) -> Array:
    """Half the mean distance of every region to all others, over the mean."""
    shape = np.broadcast_shapes(values.shape, weights.shape)
    x, w = ordered(values, weights)
    people, amount = np.cumsum(w, axis=-1), np.cumsum(w * x, axis=-1)
    total, whole = people[..., -1:], amount[..., -1:]
    distance = x * (2 * people - total) + whole - 2 * amount  # sum over j of w_j |x - x_j|
    terms = w * np.maximum(distance, 0.0) / (2 * total * whole)
    back = np.broadcast_to(np.argsort(np.argsort(values, axis=-1), axis=-1), shape)
    return np.take_along_axis(terms, back, axis=-1)


def gini_slopes(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    terms = gini_terms(values, weights)
    distance = np.divide(terms, share, out=np.zeros_like(terms), where=share > 0)
    whole = terms.sum(axis=-1, keepdims=True)
    return 2 * distance - whole - whole * ratio


def gini_unbiased_slopes(values: Array, weights: Array) -> Array:
    n = values.shape[-1]
    return gini_slopes(values, weights) * (n / (n - 1))


def theil_t_terms(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    return share * kl_div(ratio, 1.0)  # s ln s - s + 1: never negative, and 1 at s = 0


def mean_log_deviation_terms(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    return share * kl_div(1.0, ratio)  # s - 1 - ln s


def entropy_terms(values: Array, weights: Array, *, order: float) -> Array:
    """(s^a - 1 - a (s - 1)) / (a (a - 1)), arranged so that nothing is lost near a = 0 or a = 1."""
    share, s = relative(values, weights)
    if order < 0.5:
        return share * (boxcox(s, order) - (s - 1)) / (order - 1)
    return share * (s * boxcox(np.maximum(s, _TINY), order - 1) - (s - 1)) / order


def atkinson(values: Array, weights: Array, *, aversion: float) -> Array:
    """One minus the equally distributed equivalent over the mean."""
    share, ratio = relative(values, weights)
    power = 1 - aversion
    return np.maximum(1 - inv_boxcox((share * boxcox(ratio, power)).sum(axis=-1), power), 0.0)


# --- distance from the mean, and from the extremes ---


def cv(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    return np.sqrt((share * (ratio - 1) ** 2).sum(axis=-1))


def cv_terms(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    squares = share * (ratio - 1) ** 2
    whole = np.sqrt(squares.sum(axis=-1, keepdims=True))
    return np.divide(squares, whole, out=np.zeros_like(squares), where=whole > 0)


def hoover_terms(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    return share * np.abs(ratio - 1) / 2


def hoover_slopes(values: Array, weights: Array) -> Array:
    share, ratio = relative(values, weights)
    away, side = np.abs(ratio - 1) / 2, np.sign(ratio - 1) / 2
    by_mean = (share * side * ratio).sum(axis=-1, keepdims=True)
    return away - (share * away).sum(axis=-1, keepdims=True) - by_mean * (ratio - 1)


def _extremes(values: Array, weights: Array) -> tuple[Array, Array]:
    x, w = np.broadcast_arrays(values, weights)
    lowest = np.min(x, axis=-1, where=w > 0, initial=np.inf)
    return lowest, np.max(x, axis=-1, where=w > 0, initial=-np.inf)


def max_min(values: Array, weights: Array) -> Array:
    lowest, highest = _extremes(values, weights)
    return highest / lowest


def value_range(values: Array, weights: Array) -> Array:
    lowest, highest = _extremes(values, weights)
    return highest - lowest


# --- quantiles and shares of the people ---


def quantile_ratio(values: Array, weights: Array, *, upper: float, lower: float) -> Array:
    """Divide one quantile by another."""
    x, w = ordered(values, weights)
    people = np.cumsum(w, axis=-1)
    people = people / people[..., -1:]
    return _quantile(x, people, upper) / _quantile(x, people, lower)


def _quantile(x: Array, people: Array, share: float) -> Array:
    """Return the lowest value that reaches `share` of the people; exactly there, halfway to the next one."""
    reached = (people >= share - _EDGE).argmax(axis=-1)[..., np.newaxis]
    passed = (people > share + _EDGE).argmax(axis=-1)[..., np.newaxis]
    shape = people.shape
    x = np.broadcast_to(x, shape)
    pair = np.take_along_axis(x, reached, axis=-1) + np.take_along_axis(x, passed, axis=-1)
    return pair[..., 0] / 2


def share_ratio(values: Array, weights: Array, *, top: float, bottom: float) -> Array:
    """Divide what the richest share of the people have by what the poorest share have."""
    x, w = ordered(values, weights)
    upper, width = np.cumsum(w, axis=-1), w / w.sum(axis=-1, keepdims=True)
    upper = upper / upper[..., -1:]
    lower = upper - width
    rich = x * np.maximum(upper - np.maximum(lower, 1 - top), 0.0)
    poor = x * np.maximum(np.minimum(upper, bottom) - lower, 0.0)  # a region on the cut counts in part
    return rich.sum(axis=-1) / poor.sum(axis=-1)


def share_ratio_slopes(values: Array, weights: Array, *, top: float, bottom: float) -> Array:
    x, w = ordered(values, weights)
    people = np.cumsum(w, axis=-1)
    people = people / people[..., -1:]
    lower = people - w / w.sum(axis=-1, keepdims=True)

    def below(p: float) -> tuple[Array, Array]:
        """Return what the poorest share p has for each of all the people, and its slopes."""
        cut = _quantile(x, people, p)[..., np.newaxis]
        held = (x * np.maximum(np.minimum(people, p) - lower, 0.0)).sum(axis=-1, keepdims=True)
        return held, np.minimum(values - cut, 0.0) + p * cut - held

    (poor, poor_slopes), (rest, rest_slopes) = below(bottom), below(1 - top)
    mean = (w * x).sum(axis=-1, keepdims=True) / w.sum(axis=-1, keepdims=True)
    rich, rich_slopes = mean - rest, values - mean - rest_slopes
    return rich_slopes / poor - rich / poor**2 * poor_slopes


# --- the same as functions of two means ---


def _theil_t_finish(m: Array, q: Array) -> tuple[Array, Array, Array]:
    return np.maximum(q / m - np.log(m), 0.0), -(q / m + 1) / m, 1 / m


def _mean_log_finish(m: Array, q: Array) -> tuple[Array, Array, Array]:
    return np.maximum(np.log(m) - q, 0.0), 1 / m, np.full_like(q, -1.0)


def _cv_finish(m: Array, q: Array) -> tuple[Array, Array, Array]:
    """Take the square root only here; without spread the slopes are 0."""
    spread = np.sqrt(np.maximum(q - (m - 1) ** 2, 0.0))
    steep = np.divide(1.0, spread * m, out=np.zeros_like(spread), where=spread > 0)
    return spread / m, -(m - 1) * steep - spread / m**2, steep / 2


def _entropy_finish(m: Array, q: Array, *, order: float) -> tuple[Array, Array, Array]:
    scale, level = order * (order - 1), m**-order
    return np.maximum((q * level - 1) / scale, 0.0), -q * level / m / (order - 1), level / scale


def _atkinson_finish(m: Array, q: Array, *, power: float) -> tuple[Array, Array, Array]:
    equivalent = inv_boxcox(q, power)
    slope = equivalent ** (1 - power)
    return np.maximum(1 - equivalent / m, 0.0), equivalent / m**2, -slope / m


def _ratio_log(ratio: Array) -> Array:
    return ratio * np.log(np.maximum(ratio, _TINY))


def _from_mean_squared(ratio: Array) -> Array:
    return (ratio - 1) ** 2


def _power(ratio: Array, *, order: float) -> Array:
    return ratio**order


def _boxcox(ratio: Array, *, power: float) -> Array:
    return boxcox(ratio, power)


THEIL_T_MOMENTS = Moments(_ratio_log, _theil_t_finish)
MEAN_LOG_MOMENTS = Moments(np.log, _mean_log_finish)
CV_MOMENTS = Moments(_from_mean_squared, _cv_finish)


def entropy_moments(order: float) -> Moments:
    """Return the moments of the generalised entropy of an order other than 0 and 1."""
    return Moments(partial(_power, order=order), partial(_entropy_finish, order=order))


def atkinson_moments(aversion: float) -> Moments:
    """Return the moments of the Atkinson index."""
    power = 1 - aversion
    return Moments(partial(_boxcox, power=power), partial(_atkinson_finish, power=power))

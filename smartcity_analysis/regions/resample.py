"""Resampling of regions: multinomial counts, one matrix product for all indicators, and the limits made of it.

Arrays are ``(indicator, region)`` for values, ``(resample, region)`` for counts, ``(indicator, resample)`` for what
comes of them. One resample is shared by all indicators and measures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from .checks import compute
from .kernels import Array, Moments
from .measures import Measure

__all__ = ["INTERVALS", "IntervalMethod", "Resampled", "resample"]

_CELLS = 4_000_000  # cells in one block of resamples: 32 MB
_FAR = 300.0  # logarithm of a factor that is as good as infinite; three regions may come to it
_LEAST = 1e-12  # a resample with less spread than this (of one region, say) has no studentised value


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A measure of the regions and of every resample of them.

    Parameters
    ----------
    measure : Measure
    values, weights : ndarray
        `(indicator, region)` and `(region,)`.
    value, error : ndarray
        `(indicator,)`: the measure and its standard error; NaN where the measure offers no slopes.
    draws, errors : ndarray
        `(indicator, resample)`: the same of every resample.
    """

    measure: Measure
    values: Array
    weights: Array
    value: Array
    error: Array
    draws: Array
    errors: Array


@dataclass(frozen=True, slots=True)
class IntervalMethod:
    """A way from resamples to limits.

    Parameters
    ----------
    name : str
    kernel : callable
        ``kernel(resampled, level)``: lower and upper limits, `(indicator,)` each.
    label_id, label_en, reference : str
        Names to print, where the method is defined.
    needs_error : bool
        Only for measures with `moments` or `slopes`.
    """

    name: str
    kernel: Callable[[Resampled, float], tuple[Array, Array]]
    label_id: str
    label_en: str
    reference: str = ""
    needs_error: bool = False


# --- resamples ---


def resample(
    measures: Sequence[Measure], values: Array, weights: Array, rng: np.random.Generator, resamples: int
) -> list[Resampled]:
    """Draw the regions with replacement, and return every measure of every indicator in every resample."""
    n, rows = values.shape[-1], max(1, _CELLS // values.size)
    blocks: list[list[tuple[Array, Array]]] = [[] for _ in measures]
    for first in range(0, resamples, rows):  # the stream of random numbers does not depend on the block
        counts = _counts(rng, min(rows, resamples - first), n)
        for block, measure in zip(blocks, measures, strict=True):
            block.append(_measured(measure, values, weights, counts))
    found = []
    for measure, block in zip(measures, blocks, strict=True):
        draws, errors = (np.concatenate(parts, axis=-1) for parts in zip(*block, strict=True))
        error = _measured(measure, values, weights, np.ones((1, n)))[1][:, 0]
        value = compute(measure, values, weights)
        found.append(Resampled(measure, values, weights, value, error, draws, errors))
    return found


def _counts(rng: np.random.Generator, rows: int, n: int) -> Array:
    """Return how often each region is drawn, `(resample, region)`."""
    drawn = rng.integers(0, n, (rows, n)) + n * np.arange(rows)[:, np.newaxis]
    return np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _measured(measure: Measure, values: Array, weights: Array, counts: Array) -> tuple[Array, Array]:
    """Return measure and standard error, `(indicator, resample)`; NaN where only zeros were drawn."""
    void = (weights * values) @ counts.T == 0 if measure.scale_invariant else np.zeros(1, dtype=bool)
    if measure.moments is not None:
        draws, errors = _by_product(measure.moments, values, weights, counts, void)
    else:
        draws, errors = _by_kernel(measure, values, weights, counts, void)
    return np.where(void, np.nan, draws), np.where(void, np.nan, errors)


def _by_kernel(
    measure: Measure, values: Array, weights: Array, counts: Array, void: NDArray[np.bool_]
) -> tuple[Array, Array]:
    x, w = values[:, np.newaxis, :], counts * weights
    if void.any():
        x = np.where(void[..., np.newaxis], 1.0, x)
    draws = compute(measure, x, w)
    if measure.slopes is None:
        return draws, np.full_like(draws, np.nan)
    squares = (w * weights * measure.slopes(x, w) ** 2).sum(axis=-1)
    return draws, _error(squares, w.sum(axis=-1), values.shape[-1])


def _by_product(
    moments: Moments, values: Array, weights: Array, counts: Array, void: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Sum two features and their squares over all resamples by one product, centred so that nothing cancels."""
    share = weights / weights.sum()
    ratio = values / (values @ share)[:, np.newaxis]
    feature = moments.feature(ratio)
    centre = (feature @ share)[:, np.newaxis]
    a, b = weights * (ratio - 1), weights * (feature - centre)
    columns = np.concatenate([[weights, weights**2], a, b, a * a, a * b, b * b, a * weights, b * weights])
    sums = columns @ counts.T
    people, squares = sums[:2]
    a, b, aa, ab, bb, aw, bw = sums[2:].reshape(7, *values.shape[:1], counts.shape[0])
    mean, second = np.where(void, 1.0, 1 + a / people), np.where(void, centre, centre + b / people)
    value, one, two = moments.finish(mean, second)
    level = (one * a + two * b) / people
    spread = one**2 * aa + 2 * one * two * ab + two**2 * bb - 2 * level * (one * aw + two * bw) + level**2 * squares
    return value, _error(spread, people, values.shape[-1])


def _error(squares: Array, people: Array, n: int) -> Array:
    return np.sqrt(np.maximum(squares, 0.0) * n / (n - 1)) / people


# --- limits ---


def _tails(level: float) -> Array:
    return np.array([(1 - level) / 2, (1 + level) / 2])


def _quantiles(draws: Array, shares: Array) -> Array:
    """Return quantiles `(indicator, share)` of the draws that are not NaN; NaN where there are none."""
    ordered = np.sort(draws, axis=-1)  # NaN last
    count = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    place = np.clip(shares * (count - 1), 0, None)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(ordered, where, axis=-1) for where in (below, above))
    return low + (high - low) * (place - below)


def _percentile(found: Resampled, level: float) -> tuple[Array, Array]:
    limits = _quantiles(found.draws, _tails(level)[np.newaxis])
    return limits[:, 0], limits[:, 1]


def _bca(found: Resampled, level: float) -> tuple[Array, Array]:
    """Correct the percentiles for bias and for a spread that changes with the measure."""
    value, draws = found.value[:, np.newaxis], found.draws
    count = np.maximum(np.isfinite(draws).sum(axis=-1), 1)
    near = np.abs(draws - value) <= _LEAST * np.abs(value)
    below = (((draws < value) & ~near).sum(axis=-1) + near.sum(axis=-1) / 2) / count
    bias = ndtri(np.clip(below, 0.5 / count, 1 - 0.5 / count))[:, np.newaxis]
    step = bias + ndtri(_tails(level))
    shares = ndtr(bias + step / (1 - _acceleration(found)[:, np.newaxis] * step))
    limits = _quantiles(draws, shares)
    return limits[:, 0], limits[:, 1]


def _acceleration(found: Resampled) -> Array:
    """Return a sixth of the skewness of the measure without each region in turn."""
    n = found.values.shape[-1]
    rows = max(1, _CELLS // found.values.size)
    places = [np.arange(first, min(first + rows, n)) for first in range(0, n, rows)]
    x = found.values[:, np.newaxis, :]
    without = [compute(found.measure, x, found.weights * (np.arange(n) != p[:, np.newaxis])) for p in places]
    jackknife = np.concatenate(without, axis=-1)
    away = jackknife.mean(axis=-1, keepdims=True) - jackknife
    spread = (away**2).sum(axis=-1) ** 1.5
    return np.divide((away**3).sum(axis=-1), 6 * spread, out=np.zeros_like(spread), where=spread > 0)


def _studentised(found: Resampled, level: float) -> tuple[Array, Array]:
    """Studentise logarithms: the limits stay above 0, and widen with the skewness of the regions."""
    value, error = found.value[:, np.newaxis], found.error[:, np.newaxis]
    sound = (found.draws > _LEAST * value) & (found.errors > _LEAST * error) & (value > 0)
    whole = np.full_like(found.draws, np.nan)
    ratio = np.divide(found.draws, value, out=whole.copy(), where=sound)
    pivot = np.log(ratio) * np.divide(found.draws, found.errors, out=whole, where=sound)
    relative_error = np.divide(error, value, out=np.zeros_like(value), where=value > 0)
    far = -_quantiles(pivot, _tails(level)[np.newaxis, ::-1]) * relative_error
    limits = value * np.exp(np.clip(far, -_FAR, _FAR))
    limits = np.where(value > 0, limits, 0.0)  # no disparity, no spread
    return limits[:, 0], limits[:, 1]


_DICICCIO = "DiCiccio and Efron (1996), Bootstrap confidence intervals, Statistical Science 11(3), 189-228"
_DAVISON = "Davison and Hinkley (1997), Bootstrap Methods and their Application, Cambridge University Press, ch. 5"
INTERVALS: Mapping[str, IntervalMethod] = MappingProxyType(
    {
        method.name: method
        for method in (
            IntervalMethod("studentised", _studentised, "Bootstrap terstudentkan", "Studentised bootstrap", _DAVISON,
                           needs_error=True),
            IntervalMethod("bca", _bca, "Bootstrap BCa", "BCa bootstrap", _DICICCIO),
            IntervalMethod("percentile", _percentile, "Persentil bootstrap", "Percentile bootstrap", _DAVISON),
        )
    }
)  # fmt: skip

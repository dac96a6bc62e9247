"""The aggregation methods: kernels on arrays, and the family they make.

`scores` is ``(..., region, child)`` and `weights` ``(..., 1, child)``, summing to 1; what stands in front is draws.
Missing scores are left out and the weights of the rest re-scaled. With d draws, r regions and i children:

- arithmetic, geometric, harmonic, power, Mazziotta-Pareto and TOPSIS are one or two matrix products, O(d r i);
- minimum takes no weights at all where all are above 0: O(r i);
- median and OWA sort the children of a region once, and look up d r i weights: O(r i log i + d r i);
- Copeland compares every pair of regions: O(d r^2 i);
- benefit of the doubt solves a linear programme of r^2 rows a draw: seconds, not microseconds.

Copeland, TOPSIS and benefit of the doubt compare regions: a score changes when another region does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...errors import UnknownNameError
from ..methods import Array, Method, ScoringError, family
from ..weighting.frontier import available_limits, best_shares

__all__ = ["AGGREGATORS", "TOLERANCE", "product"]

HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6"
HARDY = "Hardy, Littlewood and Polya (1952), Inequalities, chapter 2"
MPI = "De Muro, Mazziotta and Pareto (2011), Social Indicators Research 104; with weights: Mazziotta and Pareto (2022)"
AMPI = "Mazziotta and Pareto (2016), On a generalized non-compensatory composite index, Social Indicators Research 127"
TOLERANCE = 1e-9  # a share of 0.6 that is summed from tenths is still 0.6
PENALTIES = {"-": -1.0, "+": 1.0}
BLOCK = 4_000_000  # numbers that a comparison of all pairs of regions holds at once


def product(x: Array, weights: Array) -> Array:
    """Sum ``x (..., r, i)`` times ``weights (..., 1, i)`` over i."""
    if x.ndim == 2:
        return weights[..., 0, :] @ x.T
    return np.einsum("...ri,...i->...r", x, weights[..., 0, :])


def _mean(x: Array, weights: Array) -> Array:
    """Weighted mean over the available children; NaN where there is none."""
    missing = np.isnan(x)
    if not missing.any():
        return product(x, weights)
    total = product(np.where(missing, 0.0, x), weights)
    share = product((~missing).astype(float), weights)
    return np.divide(total, share, out=np.full_like(total, np.nan), where=share > 0)


def _arithmetic(scores: Array, weights: Array) -> Array:
    return _mean(scores, weights)


def _geometric(scores: Array, weights: Array) -> Array:
    return np.exp(_mean(np.log(scores), weights))


def _harmonic(scores: Array, weights: Array) -> Array:
    return 1 / _mean(1 / scores, weights)


def _power(scores: Array, weights: Array, p: float | None = None) -> Array:
    """Mean of order p: ``(sum of w x^p)^(1/p)``, of scores over the region's largest so that no power overflows."""
    if p is None or not np.isfinite(p):
        expected = "expected a number: 1 is the arithmetic mean, 0 the geometric, -1 the harmonic"
        raise ScoringError([f"power: found p={p}, {expected}. Give p=."])
    if p == 0:
        return _geometric(scores, weights)
    unit = (np.fmax if p > 0 else np.fmin).reduce(scores, axis=-1)
    relative = _mean(np.exp(p * np.log(scores / unit[..., np.newaxis])), weights)
    return unit * np.exp(np.log(relative) / p)


def _minimum(scores: Array, weights: Array) -> Array:
    if np.all(weights > 0):
        lowest = np.fmin.reduce(scores, axis=-1)
        return np.broadcast_to(lowest, np.broadcast_shapes(lowest.shape, weights.shape[:-1]))
    return np.fmin.reduce(np.where(weights > 0, scores, np.nan), axis=-1)


def _sorted(scores: Array, weights: Array) -> tuple[Array, Array]:
    """Children of every region from the lowest, missing ones last with weight 0, and their share of the rest."""
    depth = max(scores.ndim, weights.ndim)
    x = scores.reshape(*(1,) * (depth - scores.ndim), *scores.shape)
    w = weights.reshape(*(1,) * (depth - weights.ndim), *weights.shape)
    order = np.argsort(x, axis=-1)
    ordered = np.take_along_axis(x, order, axis=-1)
    held = np.where(np.isnan(ordered), 0.0, np.take_along_axis(w, order, axis=-1))
    total = held.sum(axis=-1, keepdims=True)
    return ordered, np.divide(held, total, out=np.zeros_like(held), where=total > 0)


def _median(scores: Array, weights: Array) -> Array:
    """Where the weight below and the weight above balance; halfway between two scores where each leaves half."""
    ordered, share = _sorted(scores, weights)
    reached = np.cumsum(share, axis=-1)
    sides = [np.argmax(reached > 0.5 + off, axis=-1)[..., np.newaxis] for off in (-TOLERANCE, TOLERANCE)]
    lower, upper = (np.take_along_axis(ordered, side, axis=-1)[..., 0] for side in sides)
    return (lower + upper) / 2


def _owa(scores: Array, weights: Array, power: float | None = None, order: Sequence[float] | None = None) -> Array:
    """Weighted OWA: a child counts by its place from the best, through a function of the weight up to that place."""
    if (power is None) == (order is None):
        found = "neither power= nor order=" if power is None else "power= and order="
        remedy = "power=2 leans to low scores, power=0.5 to high ones; order= gives every place a weight, best first."
        raise ScoringError([f"owa: found {found}, expected one of them: {remedy}"])
    ordered, share = _sorted(scores, weights)
    reached = np.cumsum(np.concatenate([np.zeros_like(share[..., :1]), share[..., ::-1]], axis=-1), axis=-1)
    quantifier = _power_quantifier(power) if power is not None else _place_quantifier(order)
    counts = np.diff(quantifier(reached), axis=-1)
    return np.sum(np.nan_to_num(ordered[..., ::-1]) * counts, axis=-1)


def _power_quantifier(power: float) -> Callable[[Array], Array]:
    if not 0 < power < np.inf:
        raise ScoringError([f"owa: found power={power}, expected a number above 0."])
    return lambda share: share**power


def _place_quantifier(order: Sequence[float] | None) -> Callable[[Array], Array]:
    weights = np.asarray(order, dtype=float)
    if weights.ndim != 1 or not np.all(weights >= 0) or not weights.sum() > 0:
        raise ScoringError([f"owa: found order={order}, expected a weight of 0 or more for every place, best first."])
    steps = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
    return lambda share: np.interp(share, np.linspace(0, 1, len(steps)), steps)


def _copeland(scores: Array, weights: Array) -> Array:
    """Regions beaten less regions lost to, by the weight of the children in which one is ahead of the other."""
    if scores.ndim == 2:
        return _duels(scores, weights)
    regions, children = scores.shape[-2:]
    draws = np.broadcast_shapes(scores.shape[:-2], weights.shape[:-2])
    x = np.broadcast_to(scores, (*draws, regions, children)).reshape(-1, regions, children)
    w = np.broadcast_to(weights, (*draws, 1, children)).reshape(-1, 1, children)
    step = max(1, BLOCK // (regions * regions * children))
    blocks = [_duels(x[start : start + step], w[start : start + step]) for start in range(0, len(w), step)]
    return np.concatenate(blocks).reshape(*draws, regions)


def _duels(scores: Array, weights: Array) -> Array:
    ahead = np.nan_to_num(np.sign(scores[..., :, np.newaxis, :] - scores[..., np.newaxis, :, :]))
    if scores.ndim == 2:
        margin = np.tensordot(weights[..., 0, :], ahead, axes=(-1, -1))
    else:
        margin = np.einsum("...abi,...i->...ab", ahead, weights[..., 0, :])
    return np.sum((margin > TOLERANCE).astype(float) - (margin < -TOLERANCE), axis=-1)


def _topsis(scores: Array, weights: Array, ideal: tuple[float, float] | None = None) -> Array:
    """Distance to the worst over both distances; 0.5 where they are both 0."""
    if ideal is not None and not (len(ideal) == 2 and ideal[0] < ideal[1]):
        raise ScoringError([f"topsis: found ideal={ideal}, expected (worst, best) with worst below best."])
    if ideal is None:
        points = (ufunc.reduce(scores, axis=-2, keepdims=True) for ufunc in (np.fmin, np.fmax))
    else:
        points = (np.asarray(point, dtype=float) for point in ideal)
    worst, best = (
        np.sqrt(product(np.where(np.isnan(scores), 0.0, (scores - point) ** 2), weights**2)) for point in points
    )
    both = worst + best
    return np.divide(worst, both, out=np.full_like(both, 0.5), where=both > 0)


def _mazziotta_pareto(scores: Array, weights: Array, penalty: str = "-") -> Array:
    """Mean, less (or plus) the variance of a region's children over their mean."""
    if penalty not in PENALTIES:
        raise UnknownNameError("penalty", penalty, list(PENALTIES))
    mean = _mean(scores, weights)
    variance = np.maximum(_mean(scores**2, weights) - mean**2, 0.0)
    return mean + PENALTIES[penalty] * np.divide(variance, mean, out=np.full_like(mean, np.nan), where=mean > 0)


def _adjusted_mazziotta_pareto(
    scores: Array, weights: Array, penalty: str = "-", scale: tuple[float, float] | None = None
) -> Array:
    """The same, of scores moved from `scale` to 70 to 130, so that the middle of the goalposts is 100."""
    if scale is None or not (len(scale) == 2 and scale[0] < scale[1]):
        remedy = "Give scale= the scale the scores lie on, such as (0, 1), or (70, 130) where nothing is to be moved."
        raise ScoringError([f"adjusted_mazziotta_pareto: found scale={scale}, expected (lower, upper). {remedy}"])
    return _mazziotta_pareto(70 + 60 * (scores - scale[0]) / (scale[1] - scale[0]), weights, penalty)


def _benefit_of_doubt(scores: Array, weights: Array, spread: float | None = None) -> Array:
    """Index of every region under the weights that suit it best, each within a share `spread` of its own weight."""
    if spread is None or not 0 <= spread <= 1:
        expected = "expected a share from 0 to 1 by which a region may move each weight, such as 0.5"
        remedy = "Without bounds, enough children give every region a score of 1."
        raise ScoringError([f"benefit_of_doubt: found spread={spread}, {expected}. {remedy}"])
    lower, upper = available_limits(scores, weights * (1 - spread), weights * (1 + spread))
    return best_shares(scores, lower, upper)[0]


AGGREGATORS: Mapping[str, Method] = family(
    Method("arithmetic", _arithmetic, "Rata-rata hitung", "Arithmetic mean", HANDBOOK, compensation="full"),
    Method(
        "geometric",
        _geometric,
        "Rata-rata geometrik",
        "Geometric mean",
        HANDBOOK,
        positive=True,
        compensation="partial",
    ),
    Method(
        "harmonic",
        _harmonic,
        "Rata-rata harmonik",
        "Harmonic mean",
        HARDY,
        positive=True,
        compensation="partial",
    ),
    Method("power", _power, "Rata-rata pangkat", "Power mean", HARDY, positive=True, compensation="partial"),
    Method(
        "median",
        _median,
        "Median tertimbang",
        "Weighted median",
        "Edgeworth (1888), On a new method of reducing observations, Philosophical Magazine 25",
        compensation="partial",
    ),
    Method(
        "minimum",
        _minimum,
        "Nilai terendah",
        "Minimum",
        HARDY,
        compensation="none",
    ),
    Method(
        "owa",
        _owa,
        "Rata-rata tertimbang menurut urutan",
        "Ordered weighted average",
        "Yager (1988), IEEE Transactions on Systems, Man and Cybernetics 18; with weights of the children as in "
        "Torra (1997), The weighted OWA operator, International Journal of Intelligent Systems 12",
        compensation="partial",
    ),
    Method(
        "copeland",
        _copeland,
        "Copeland",
        "Copeland's rule",
        "Munda and Nardo (2009), Noncompensatory/nonlinear composite indicators, Applied Economics 41",
        compensation="none",
    ),
    Method(
        "topsis",
        _topsis,
        "TOPSIS",
        "TOPSIS",
        "Hwang and Yoon (1981), Multiple Attribute Decision Making, chapter III",
        compensation="partial",
    ),
    Method(
        "mazziotta_pareto",
        _mazziotta_pareto,
        "Indeks Mazziotta-Pareto",
        "Mazziotta-Pareto index",
        MPI,
        positive=True,
        compensation="partial",
    ),
    Method(
        "adjusted_mazziotta_pareto",
        _adjusted_mazziotta_pareto,
        "Indeks Mazziotta-Pareto yang disesuaikan",
        "Adjusted Mazziotta-Pareto index",
        AMPI,
        compensation="partial",
    ),
    Method(
        "benefit_of_doubt",
        _benefit_of_doubt,
        "Bobot terbaik bagi tiap wilayah",
        "Benefit of the doubt",
        "Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to benefit of the doubt composite "
        "indicators, Social Indicators Research 82",
        positive=True,
        compensation="full",
    ),
)

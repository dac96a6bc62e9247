"""The normalisation methods: kernels on arrays ``(..., region, indicator)``, and the family they make.

A kernel without an argument `direction` scores as if more were better; its scores are mirrored for an indicator
where less is better. The others take the direction themselves: what is the worst value, and so the score, differs.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

from ...errors import UnknownNameError
from ..methods import Array, Method, ScoringError, family
from .bounds import POINTS

__all__ = ["NORMALISERS"]

HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5"
ROSCOE = "Roscoe (1975), Fundamental Research Statistics: the share below, and half of the share that is equal"
BECKER = "Becker et al. (2022), COINr: an R package for developing composite indicators, JOSS 7(78), 4567"
TIES = ("average", "min", "max", "dense")


def _between(values: Array, bounds: Mapping[str, Array], clip: bool = False) -> Array:
    scores = (values - bounds["lower"]) / (bounds["upper"] - bounds["lower"])
    return np.clip(scores, 0.0, 1.0) if clip else scores


def _scaled(values: Array, bounds: Mapping[str, Array]) -> Array:
    return _between(values, bounds)


def _distance_to_max(values: Array, bounds: Mapping[str, Array]) -> Array:
    return 1 - (bounds["upper"] - values) / (bounds["upper"] - bounds["lower"])


def _standardised(
    values: Array, bounds: Mapping[str, Array], direction: Array, mean: float = 0.0, sd: float = 1.0
) -> Array:
    return mean + sd * direction * (values - bounds["mean"]) / bounds["sd"]


def _towards(values: Array, bounds: Mapping[str, Array], direction: Array, goal: Array, clip: bool) -> Array:
    """Share of the way from the worst value to the goal."""
    worst = np.where(direction > 0, bounds["lower"], bounds["upper"])
    scores = (values - worst) / (goal - worst) + 0.0  # no -0.0
    return np.clip(scores, 0.0, 1.0) if clip else scores


def _to_reference(
    values: Array,
    bounds: Mapping[str, Array],
    direction: Array,
    reference: Array | None = None,
    clip: bool = False,
) -> Array:
    return _towards(values, bounds, direction, bounds["reference"] if reference is None else reference, clip)


def _to_target(
    values: Array, bounds: Mapping[str, Array], direction: Array, target: Array | None = None, clip: bool = False
) -> Array:
    return _towards(values, bounds, direction, bounds["target"] if target is None else target, clip)


def _fraction_of_max(values: Array, bounds: Mapping[str, Array], direction: Array) -> Array:
    """Value over the best value; the best over the value where less is better, so that the best still has 1."""
    shape = np.broadcast_shapes(values.shape, bounds["lower"].shape)
    up = np.broadcast_to(direction > 0, shape)
    over = np.where(up, values, np.broadcast_to(bounds["lower"], shape))
    under = np.where(up, np.broadcast_to(bounds["upper"], shape), values)
    return over / under


def _ranked(values: Array, ties: str) -> Array:
    if ties not in TIES:
        raise UnknownNameError("way with ties", ties, TIES)
    return rankdata(values, method=ties, axis=-2, nan_policy="omit")


def _rank(values: Array, bounds: Mapping[str, Array], direction: Array, ties: str = "average") -> Array:
    return _ranked(values * direction, ties)


def _borda(values: Array, bounds: Mapping[str, Array], direction: Array, ties: str = "average") -> Array:
    return _ranked(values * direction, ties) - 1


def _percentile_rank(values: Array, bounds: Mapping[str, Array]) -> Array:
    available = np.count_nonzero(~np.isnan(values), axis=-2, keepdims=True)
    return (_ranked(values, "average") - 0.5) / np.maximum(available, 1)


def _categories(
    values: Array, bounds: Mapping[str, Array], cuts: Array | None = None, classes: int | None = None
) -> Array:
    """Share of the cut points that a value reaches; NaN in quantile classes of values that are all the same."""
    points = _cut_points(values, cuts, classes)
    count = np.count_nonzero(~np.isnan(points), axis=0)
    reached = np.count_nonzero(values >= points, axis=0)
    known = np.broadcast_to(count > 0, values.shape) & ~np.isnan(values)
    return np.divide(reached, count, out=np.full(values.shape, np.nan), where=known)


def _cut_points(values: Array, cuts: Array | None, classes: int | None) -> Array:
    """Cut points ``(cut, ..., 1, indicator)``, NaN where an indicator has fewer than others."""
    if (cuts is None) == (classes is None):
        found = "found neither cuts= nor classes=" if cuts is None else "found cuts= and classes="
        remedy = "Give the cut points of every indicator, or the number of classes of about equal size."
        raise ScoringError([f"categorical: {found}, expected one of them. {remedy}"])
    if cuts is None:
        if not isinstance(classes, int) or classes < 2:
            raise ScoringError([f"classes: found {classes}, expected a whole number of 2 or more."])
        extent = _fit_range(values)
        return np.where(extent["lower"] < extent["upper"], _quantiles(values, classes), np.nan)
    points = np.asarray(cuts, dtype=float)
    if np.any(np.diff(points, axis=0) <= 0):
        raise ScoringError(["cuts: found cut points that do not rise, expected each above the one before."])
    return points.reshape(len(points), *(1,) * (values.ndim - 1), -1)


def _quantiles(values: Array, classes: int) -> Array:
    """Quantiles between classes, ``(class - 1, ..., 1, indicator)``, on the line between neighbouring values."""
    ordered = np.sort(values, axis=-2)  # NaN last
    last = np.maximum(np.count_nonzero(~np.isnan(values), axis=-2, keepdims=True) - 1, 0)
    place = np.arange(1, classes).reshape(-1, *(1,) * values.ndim) * last / classes
    below = np.floor(place).astype(int)
    lower, upper = (
        np.take_along_axis(ordered[np.newaxis], np.minimum(step, last), axis=-2) for step in (below, below + 1)
    )
    return lower + (upper - lower) * (place - below)


def _sides(values: Array, bounds: Mapping[str, Array], direction: Array, margin: float = 0.0) -> Array:
    """1 above the mean, -1 below it, 0 within `margin` (a share of the mean) of it."""
    if not margin >= 0:
        raise ScoringError([f"margin: found {margin}, expected a share of the mean of 0 or more, such as 0.2."])
    apart = margin * np.abs(bounds["mean"])
    side = (values > bounds["mean"] + apart).astype(float) - (values < bounds["mean"] - apart)
    return np.where(np.isnan(values), np.nan, direction * side)


def _as_given(values: Array, bounds: Mapping[str, Array]) -> Array:
    return values


def _fit_range(values: Array) -> dict[str, Array]:
    return {
        "lower": np.fmin.reduce(values, axis=-2, keepdims=True),
        "upper": np.fmax.reduce(values, axis=-2, keepdims=True),
    }


def _fit_mean(values: Array) -> dict[str, Array]:
    """Mean; exactly the value where every available value is the same."""
    available = ~np.isnan(values)
    count = np.count_nonzero(available, axis=-2, keepdims=True)
    total = np.sum(np.where(available, values, 0.0), axis=-2, keepdims=True)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    extent = _fit_range(values)
    return {"mean": np.where(extent["lower"] == extent["upper"], extent["lower"], mean)}


def _fit_moments(values: Array) -> dict[str, Array]:
    """Mean and sample standard deviation (n - 1); exactly 0 where every available value is the same."""
    available = ~np.isnan(values)
    count = np.count_nonzero(available, axis=-2, keepdims=True)
    mean = _fit_mean(values)["mean"]
    squares = np.sum(np.where(available, (values - mean) ** 2, 0.0), axis=-2, keepdims=True)
    sd = np.sqrt(squares / np.maximum(count - 1, 1))
    return {"mean": mean, "sd": np.where(count > 0, sd, np.nan)}


NORMALISERS: Mapping[str, Method] = family(
    Method("minmax", _between, "Min-maks", "Min-max", HANDBOOK, fit=_fit_range, bounds=POINTS, scale=(0, 1)),
    Method("zscore", _standardised, "Skor z", "Z-score", HANDBOOK, fit=_fit_moments, bounds=("mean", "sd")),
    Method(
        "goalposts",
        _between,
        "Patok batas",
        "Goalposts",
        "UNDP (2014), Human Development Report, technical note 1",
        bounds=POINTS,
        scale=(0, 1),
    ),
    Method("scaled", _scaled, "Skala linear", "Linear scale", BECKER, bounds=POINTS, scale=(0, 1)),
    Method("rank", _rank, "Peringkat", "Rank", HANDBOOK),
    Method("borda", _borda, "Skor Borda", "Borda score", "Borda (1781), Memoire sur les elections au scrutin"),
    Method("percentile_rank", _percentile_rank, "Peringkat persentil", "Percentile rank", ROSCOE, scale=(0, 1)),
    Method(
        "distance_to_max",
        _distance_to_max,
        "Jarak ke nilai terbaik",
        "Distance to the best value",
        BECKER,
        fit=_fit_range,
        bounds=POINTS,
        scale=(0, 1),
    ),
    Method(
        "distance_to_reference",
        _to_reference,
        "Jarak ke wilayah acuan",
        "Distance to a reference region",
        HANDBOOK,
        fit=_fit_range,
        bounds=(*POINTS, "reference"),
        scale=(0, 1),
    ),
    Method(
        "distance_to_target",
        _to_target,
        "Jarak ke target",
        "Distance to the target",
        BECKER,
        fit=_fit_range,
        bounds=(*POINTS, "target"),
        scale=(0, 1),
    ),
    Method(
        "fraction_of_max",
        _fraction_of_max,
        "Bagian dari nilai terbaik",
        "Fraction of the best value",
        HANDBOOK,
        fit=_fit_range,
        bounds=POINTS,
        scale=(0, 1),
        positive=True,
    ),
    Method("categorical", _categories, "Skala kategori", "Categorical scale", HANDBOOK, scale=(0, 1)),
    Method(
        "above_below_mean",
        _sides,
        "Di atas atau di bawah rata-rata",
        "Above or below the mean",
        HANDBOOK,
        fit=_fit_mean,
        bounds=("mean",),
        scale=(-1, 1),
    ),
    Method("none", _as_given, "Tanpa normalisasi", "As given", on_scale=True),
)

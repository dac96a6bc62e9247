"""The ways to fill a missing value: records, and their kernels on arrays.

A kernel leaves NaN where it cannot say anything; :mod:`.impute` makes that a message.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from ...errors import SmartCityError, UnknownNameError
from ..methods import Array, Method, ScoringError, family
from .carry import carry, interpolate
from .em import conditional_draws, default_ridge, fit_em

__all__ = ["IMPUTERS", "Imputer", "Layout", "MissingExtraError"]

HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3"
FALLBACKS = ("all",)


class MissingExtraError(SmartCityError, ImportError):
    """A method needs a package that is an extra of this one and is not installed."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is known of the axes besides their labels; None where it was not given.

    Parameters
    ----------
    groups : array of int, (region,), optional
        Number of each region's group, from 0; every number in between is used.
    pillars : array of int, (indicator,), optional
        Number of each indicator's pillar, likewise.
    years : array, (year,), optional
        Ascending; then the axes of the values are ``(..., year, region, indicator)``.
    """

    groups: np.ndarray | None = None
    pillars: np.ndarray | None = None
    years: Array | None = None


@dataclass(frozen=True, slots=True)
class Imputer(Method):
    """A method of imputation; a plain :class:`Method` is taken as one that reads what it likes and fills all.

    ``kernel(values, layout, **options)`` gets values ``(..., region, indicator)`` with NaN where missing, or
    ``(..., year, region, indicator)``, and a :class:`Layout`. It returns an array with the gaps filled, NaN where it
    cannot; or a pair of that and notes by name, kept with the result. What it makes of observed values is not used.

    Parameters
    ----------
    reads : tuple of str
        Which of ``groups``, ``pillars`` and ``years`` the kernel reads. Without pillars or years that it reads it
        is refused; groups are the caller's choice.
    partial : bool
        May leave a cell missing: there are gaps about which it says nothing.
    spread : callable, optional
        ``spread(values, noise, **options)``: gaps drawn from the method's own model, given standard normal noise of
        the shape of `values` or with more draws in front. Noise of 0 gives what the kernel fills.
    """

    reads: tuple[str, ...] = ()
    partial: bool = False
    spread: Callable[..., Array] | None = None


def _group_sums(x: Array, groups: np.ndarray) -> Array:
    """Sum over the regions of every group, ``(..., group, indicator)``."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    return np.add.reduceat(x[..., order, :], starts, axis=-2)


def _group_mean(values: Array, groups: np.ndarray) -> Array:
    """Mean of the observed values of each region's group, ``(..., region, indicator)``."""
    observed = ~np.isnan(values)
    total, count = _group_sums(np.where(observed, values, 0.0), groups), _group_sums(observed.astype(float), groups)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)[..., groups, :]


def _group_median(values: Array, groups: np.ndarray) -> Array:
    """Median of the observed values of each region's group: sorted by group and value, then the middle taken."""
    count = _group_sums((~np.isnan(values)).astype(float), groups).astype(int)
    keys = np.broadcast_to(groups[:, np.newaxis], values.shape)
    ranked = np.take_along_axis(values, np.lexsort((values, keys), axis=-2), axis=-2)
    start = np.flatnonzero(np.diff(np.sort(groups), prepend=-1))[:, np.newaxis]
    low, high = start + np.maximum(count - 1, 0) // 2, start + np.minimum(count // 2, np.maximum(count - 1, 0))
    below, above = np.take_along_axis(ranked, low, axis=-2), np.take_along_axis(ranked, high, axis=-2)
    return np.where(count > 0, (below + above) / 2, np.nan)[..., groups, :]


def _by_group(statistic: Callable[..., Array], values: Array, layout: Layout, fallback: str | None) -> Array:
    if fallback is not None and fallback not in FALLBACKS:
        raise UnknownNameError("fallback", fallback, FALLBACKS)
    everyone = np.zeros(values.shape[-2], dtype=int)
    filled = statistic(values, everyone if layout.groups is None else layout.groups)
    if layout.groups is not None and fallback == "all":
        filled = np.where(np.isnan(filled), statistic(values, everyone), filled)
    return np.where(np.isnan(values), filled, values)


def _mean(values: Array, layout: Layout, fallback: str | None = None) -> Array:
    return _by_group(_group_mean, values, layout, fallback)


def _median(values: Array, layout: Layout, fallback: str | None = None) -> Array:
    return _by_group(_group_median, values, layout, fallback)


def _pillar(values: Array, layout: Layout, fallback: str | None = None) -> Array:
    """Mean of a region's other scores in the pillar: the region by region mean of groups of indicators."""
    turned = Layout(groups=layout.pillars)
    return np.swapaxes(_by_group(_group_mean, np.swapaxes(values, -1, -2), turned, fallback), -1, -2)


def _constant(values: Array, layout: Layout, value: float | Array | None = None) -> Array:
    if value is None:
        raise ScoringError(["constant: found no value, expected a number, or one by indicator. Give value=."])
    return np.where(np.isnan(values), value, values)


def _last(values: Array, layout: Layout, limit: float | None = None, backwards: bool = False) -> Array:
    return carry(values, cast(Array, layout.years), limit, backwards)


def _linear(values: Array, layout: Layout, extrapolate: str | None = None) -> Array:
    return interpolate(values, cast(Array, layout.years), extrapolate)


def _linear_last(values: Array, layout: Layout, limit: float | None = None) -> Array:
    years = cast(Array, layout.years)
    return carry(interpolate(values, years), years, limit)


def _em(
    values: Array, layout: Layout, ridge: float | None = None, tolerance: float = 1e-6, iterations: int = 2000
) -> Any:
    fit = fit_em(values.reshape(-1, *values.shape[-2:]), ridge, tolerance, iterations)
    used = fit.iterations.reshape(values.shape[:-2])
    return fit.filled.reshape(values.shape), {
        "iterations": int(used) if used.ndim == 0 else used,
        "ridge": default_ridge(values) if ridge is None else ridge,
    }


def _em_spread(values: Array, noise: Array, **options: Any) -> Array:
    tables = values.reshape(-1, *values.shape[-2:])
    front = noise.shape[: noise.ndim - values.ndim]
    drawn = conditional_draws(tables, fit_em(tables, **options), noise.reshape(*front, *tables.shape))
    return drawn.reshape(noise.shape)


def _knn(values: Array, layout: Layout, neighbours: int = 5) -> Array:
    if neighbours < 1:
        raise ScoringError([f"knn: found neighbours={neighbours}, expected 1 or more."])
    return _estimated(values, "knn", lambda module: module.KNNImputer(n_neighbors=neighbours))


def _iterative(values: Array, layout: Layout, rounds: int = 100, tolerance: float = 1e-3) -> Array:
    settings = {"max_iter": rounds, "tol": tolerance, "random_state": 0}
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*Early stopping criterion not reached")
        try:
            return _estimated(values, "iterative", lambda module: module.IterativeImputer(**settings))
        except UserWarning as warning:
            remedy = "Give a larger tolerance, or more rounds."
            raise ScoringError([f"iterative: found no convergence within {rounds} rounds. {remedy}"]) from warning


def _estimated(values: Array, name: str, make: Callable[[Any], Any]) -> Array:
    """Fill standardised indicators by an imputer of scikit-learn, which takes one table at a time."""
    try:
        import sklearn.experimental.enable_iterative_imputer  # noqa: F401
        import sklearn.impute as module
    except ImportError as error:
        remedy = "Install it: pip install 'smartcity-analysis[impute]'"
        raise MissingExtraError(f"{name}: found no scikit-learn, which it is made of. {remedy}.") from error
    tables = values.reshape(-1, *values.shape[-2:])
    filled = tables.copy()
    for draw, table in enumerate(tables):
        known = ~np.isnan(table).all(axis=0)
        centre, sd = np.nanmean(table[:, known], axis=0), np.nanstd(table[:, known], axis=0)
        scale = np.where(sd > 0, sd, 1.0)
        filled[draw][:, known] = centre + scale * make(module).fit_transform((table[:, known] - centre) / scale)
    return filled.reshape(values.shape)


IMPUTERS: Mapping[str, Method] = family(
    Imputer("mean", _mean, "Rata-rata", "Mean", HANDBOOK, reads=("groups",)),
    Imputer("median", _median, "Median", "Median", HANDBOOK, reads=("groups",)),
    Imputer("pillar", _pillar, "Rata-rata pilar", "Mean of the pillar", HANDBOOK, reads=("pillars",)),
    Imputer("constant", _constant, "Nilai tetap", "Constant"),
    Imputer("last", _last, "Nilai terakhir", "Last value", HANDBOOK, reads=("years",), partial=True),
    Imputer("linear", _linear, "Interpolasi linear", "Linear interpolation", HANDBOOK, reads=("years",), partial=True),
    Imputer(
        "linear_last",
        _linear_last,
        "Interpolasi linear, lalu nilai terakhir",
        "Linear interpolation, then last value",
        HANDBOOK,
        reads=("years",),
        partial=True,
    ),
    Imputer(
        "em",
        _em,
        "Normal peubah ganda (EM)",
        "Multivariate normal (EM)",
        "Little and Rubin (2002), Statistical Analysis with Missing Data, section 11.2",
        spread=_em_spread,
    ),
    Imputer(
        "knn",
        _knn,
        "Tetangga terdekat",
        "Nearest neighbours",
        "Troyanskaya et al. (2001), Bioinformatics 17, 520-525",
    ),
    Imputer(
        "iterative",
        _iterative,
        "Regresi berantai",
        "Chained regressions",
        "van Buuren and Groothuis-Oudshoorn (2011), Journal of Statistical Software 45(3)",
    ),
)

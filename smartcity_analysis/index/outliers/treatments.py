"""The ways to treat outliers: records, and their kernels on arrays ``(..., region, indicator)``.

A kernel ``kernel(values, test, **options)`` treats every indicator it is given, in the direction of its skew: of a
negative skew the mirror image, within the range of the values, is treated and mirrored back, so that order is kept.
It returns an array, or a pair of that and facts for the report, each ``(..., indicator)``. Missing stays missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import special

from ...errors import UnknownNameError
from ..methods import Array, Mask, Method, ScoringError, family
from .moments import OutlierTest, moments

__all__ = ["HALTED", "TRANSFORMS", "TREATMENTS"]

BOX_COX = "Box and Cox (1964), Journal of the Royal Statistical Society B 26, 211-252"
COIN_TOOL = "Becker et al. (2019), COIN Tool User Guide, JRC"
LIMIT = 5
POWER = 5.0  # Box-Cox powers are sought between -POWER and POWER
EXPONENT = 300.0  # of values over their geometric mean; beyond it float64 overflows
SHIFT = 0.01  # of the range, where a shift is needed
HALTED = ("", "the next tie has more points than are left", "one more point would make it constant")


def _winsorise(values: Array, test: OutlierTest, limit: int | Array = LIMIT) -> Any:
    """Move the outermost points inwards, one tie after the other, until the test passes or `limit` is reached.

    `limit` is a whole number, or one a draw ``(...)``. A point moves to the next value in the direction of the skew,
    together with all that equal it. A tie with more points than the limit leaves is not moved, nor is a point whose
    move would make the indicator constant.
    """
    most = np.asarray(limit)
    if not (np.issubdtype(most.dtype, np.integer) and np.all(most >= 0)):
        raise ScoringError([f"winsorise: found limit={limit}, expected whole numbers of 0 or more."])
    front = np.broadcast_shapes(values.shape[:-2], most.shape)
    regions, width = values.shape[-2:]
    columns = np.moveaxis(np.broadcast_to(values, (*front, regions, width)), -2, 0).reshape(regions, -1)
    budget = np.broadcast_to(most[..., np.newaxis], (*front, width)).ravel()
    facts = {name: fact.reshape(*front, width) for name, fact in _caps(columns, budget, test).items()}
    lower, upper = (facts[name][..., np.newaxis, :] for name in ("lower", "upper"))
    return np.where(np.isnan(values), np.nan, np.fmin(np.fmax(values, lower), upper)), facts


def _caps(columns: Array, budget: np.ndarray, test: OutlierTest) -> dict[str, Array]:
    """Return by column of ``(region, column)`` the caps (NaN where nothing is cut), points moved and why it halted."""
    ordered = np.sort(columns, axis=0)
    last = np.count_nonzero(~np.isnan(columns), axis=0) - 1
    low, high, halted = (np.zeros(columns.shape[1], dtype=int) for _ in range(3))
    active = np.arange(columns.shape[1])
    while active.size:
        x, across = ordered[:, active], np.arange(active.size)
        lower, upper = x[low[active], across], x[(last - high)[active], across]
        shape = moments(np.clip(x, lower, upper))
        up = shape.skew >= 0
        more_low = np.where(up, low[active], np.count_nonzero(x <= lower, axis=0))
        more_high = np.where(up, np.count_nonzero(x >= upper, axis=0), high[active])
        failing = test.fails(shape)
        room = more_low + more_high <= budget[active]
        left = low[active] + high[active] < budget[active]
        edge = np.clip(last[active] - more_high, 0, None)
        varied = x[np.minimum(more_low, len(x) - 1), across] < x[edge, across]
        halted[active] = np.where(failing & left & ~room, 1, np.where(failing & room & ~varied, 2, 0))
        go = failing & room & varied
        active = active[go]
        low[active], high[active] = more_low[go], more_high[go]
    across = np.arange(columns.shape[1])
    lower = np.where(low > 0, ordered[low, across], np.nan)
    upper = np.where(high > 0, ordered[last - high, across], np.nan)
    return {"points": low + high, "lower": lower, "upper": upper, "halted": halted}


def _oriented(values: Array, shift: float | Array | None) -> tuple[Array, Mask, Array]:
    """Return values skewed to the right and above 0, whether they are mirrored, and the shift added.

    Without a given shift it is 0 where all are above 0, else what puts the lowest at 1 per cent of the range.
    """
    low = np.fmin.reduce(values, axis=-2, keepdims=True)
    high = np.fmax.reduce(values, axis=-2, keepdims=True)
    mirrored = moments(values).skew[..., np.newaxis, :] < 0
    if shift is None:
        shift = np.where(low > 0, 0.0, SHIFT * (high - low) - low)
    shift = np.broadcast_to(shift, low.shape)
    return np.where(mirrored, low + high - values, values) + shift, mirrored, shift


def _log(values: Array, test: OutlierTest, shift: float | Array | None = None) -> Any:
    x, mirrored, added = _oriented(values, shift)
    y = np.log(x, out=np.full_like(x, np.nan), where=x > 0)
    return np.where(mirrored, -y, y), {"mirrored": mirrored[..., 0, :], "shift": added[..., 0, :]}


def _boxcox(
    values: Array, test: OutlierTest, shift: float | Array | None = None, power: float | Array | None = None
) -> Any:
    """Take ``(x^power - 1) / power``, the logarithm at 0; without a given power the most likely one."""
    x, mirrored, added = _oriented(values, shift)
    x = np.where(x > 0, x, np.nan)
    chosen = _likeliest_power(x) if power is None else np.broadcast_to(power, mirrored.shape[:-2] + x.shape[-1:])
    y = special.boxcox(x, chosen[..., np.newaxis, :])
    facts = {"mirrored": mirrored[..., 0, :], "shift": added[..., 0, :], "power": chosen}
    return np.where(mirrored, -y, y), facts


def _likeliest_power(x: Array) -> Array:
    """Return by indicator the power under which the values are most likely normal, ``(..., indicator)``.

    With x over its geometric mean the likelihood falls as the variance rises. The least is looked for on a grid, then
    by the golden section around the best point of it.
    """
    logs = np.log(np.moveaxis(x, -2, 0))
    observed = ~np.isnan(logs)
    n = np.maximum(np.count_nonzero(observed, axis=0), 1)
    logs = np.where(observed, logs - np.sum(np.where(observed, logs, 0.0), axis=0) / n, np.nan)
    furthest = np.fmax.reduce(np.abs(logs), axis=0, initial=1e-12)
    bound = np.minimum(POWER, EXPONENT / furthest)

    def cost(power: Array) -> Array:
        safe = np.where(power == 0, 1.0, power)
        y = np.where(observed, np.where(power == 0, logs, np.expm1(safe * logs) / safe), 0.0)
        mean = y.sum(axis=0) / n
        return np.sum(np.where(observed, (y - mean) ** 2, 0.0), axis=0)

    return _least(cost, bound)


def _least(cost: Callable[[Array], Array], bound: Array, steps: int = 40, rounds: int = 45) -> Array:
    """Return where `cost`, of an array, is least between -bound and bound, elementwise."""
    best, lowest = -bound, cost(-bound)
    for step in range(1, steps + 1):
        point = bound * (2 * step / steps - 1)
        value = cost(point)
        best, lowest = np.where(value < lowest, point, best), np.minimum(value, lowest)
    ratio = (np.sqrt(5) - 1) / 2
    a, b = np.maximum(best - 2 * bound / steps, -bound), np.minimum(best + 2 * bound / steps, bound)
    for _ in range(rounds):
        left, right = b - ratio * (b - a), a + ratio * (b - a)
        lower = cost(left) < cost(right)
        a, b = np.where(lower, a, left), np.where(lower, right, b)
    return (a + b) / 2


TRANSFORMS: Mapping[str, Callable[..., Any]] = MappingProxyType({"log": _log, "boxcox": _boxcox})


def _two_stage(
    values: Array,
    test: OutlierTest,
    limit: int | Array = LIMIT,
    transform: str = "log",
    shift: float | Array | None = None,
) -> Any:
    """Winsorise; where the test still fails, transform the values as they were before."""
    if transform not in TRANSFORMS:
        raise UnknownNameError("transform", transform, list(TRANSFORMS))
    first, facts = _winsorise(values, test, limit)
    between = moments(first)
    failed = test.fails(between)
    second, more = TRANSFORMS[transform](values, test, shift)
    result = np.where(failed[..., np.newaxis, :], second, first)
    facts = {name: np.where(failed, 0 if name in ("points", "halted") else np.nan, f) for name, f in facts.items()}
    facts |= {name: np.where(failed, fact, np.nan) for name, fact in more.items()}
    return result, facts | {"skew_between": between.skew, "kurtosis_between": between.kurtosis}


def _none(values: Array, test: OutlierTest) -> Array:
    return values


TREATMENTS: Mapping[str, Method] = family(
    Method("none", _none, "Tanpa perlakuan", "No treatment"),
    Method("winsorise", _winsorise, "Winsorisasi", "Winsorisation", COIN_TOOL),
    Method("log", _log, "Logaritma", "Logarithm", COIN_TOOL),
    Method("boxcox", _boxcox, "Box-Cox", "Box-Cox", BOX_COX),
    Method("two_stage", _two_stage, "Dua tahap", "Two stages", COIN_TOOL),
)

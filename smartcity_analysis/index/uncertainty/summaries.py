"""What many draws of scores and ranks come to: reductions over arrays ``(draw, region)``.

Every one of them gives the same numbers however the regions are cut into tiles and the draws into blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..methods import Array, ScoringError

__all__ = [
    "Moments",
    "central",
    "compared",
    "failure_table",
    "mean_over_draws",
    "moments_over_draws",
    "quantiles",
    "rank_counts",
    "renumbered",
    "share",
    "some_draws",
]

PAIRS = 2**22  # comparisons of two regions made at a time


class Moments(NamedTuple):
    """Mean, standard deviation and number of the scores of every region."""

    mean: Array
    sd: Array
    known: np.ndarray


def central(level: float) -> tuple[float, float, float]:
    """Return the shares below the lower end, the median and the upper end of a central interval."""
    if not 0 < level < 1:
        raise ScoringError([f"level: found {level}, expected above 0 and below 1, such as 0.9."])
    return (1 - level) / 2, 0.5, (1 + level) / 2


def quantiles(drawn: np.ndarray, shares: Sequence[float]) -> Array:
    """Return quantiles ``(share, region)``, NaN where nothing was drawn.

    Scores (missing: NaN) are interpolated between neighbours. Ranks (integers, missing: 0) are not: a quantile is the
    smallest rank that at least that share of the draws does not exceed.
    """
    ordered = np.sort(np.ascontiguousarray(drawn.T), axis=1)
    ranks = np.issubdtype(drawn.dtype, np.integer)
    missing = np.count_nonzero(ordered == 0 if ranks else np.isnan(ordered), axis=1)
    count = ordered.shape[1] - missing
    result = np.full((len(shares), len(ordered)), np.nan)
    rows = np.flatnonzero(count)
    for line, wanted in enumerate(shares):
        if ranks:
            place = np.maximum(np.ceil(np.round(wanted * count[rows], 9)).astype(int), 1) - 1 + missing[rows]
            result[line, rows] = ordered[rows, place]
        else:
            place = wanted * (count[rows] - 1)
            below = np.floor(place).astype(int)
            lower, upper = ordered[rows, below], ordered[rows, np.minimum(below + 1, count[rows] - 1)]
            result[line, rows] = lower + (upper - lower) * (place - below)
    return result


def moments_over_draws(drawn: Array) -> Moments:
    """Return the moments (n form) of scores over the draws in which a region has one."""
    turned = np.ascontiguousarray(drawn.T)
    there = ~np.isnan(turned)
    count = np.count_nonzero(there, axis=1)
    size = np.where(count > 0, count, np.nan)
    mean = np.where(there, turned, 0.0).sum(axis=1) / size
    squares = np.where(there, turned - mean[:, np.newaxis], 0.0) ** 2
    return Moments(mean, np.sqrt(squares.sum(axis=1) / size), count)


def mean_over_draws(drawn: Array) -> Array:
    """Return the mean over the draws of numbers that are NaN where missing."""
    return moments_over_draws(drawn).mean


def rank_counts(ranks: np.ndarray, regions: int) -> np.ndarray:
    """Return how often each of some regions has each rank from 1 to `regions`, ``(region, rank)``."""
    width = ranks.shape[1]
    key = ranks.astype(np.int64) + np.arange(width) * (regions + 1)
    return np.bincount(key.ravel(), minlength=width * (regions + 1)).reshape(width, -1)[:, 1:]


def compared(one: np.ndarray, other: np.ndarray) -> tuple[Array, Array]:
    """Return how often each region of `one` has a better rank than each of `other`, and how often both have a rank.

    Ranks are ``(draw, region)``, 0 where missing; the result is ``(region of one, region of other)``.
    """
    a, b = np.ascontiguousarray(one.T)[:, np.newaxis, :], np.ascontiguousarray(other.T)[np.newaxis, :, :]
    both = np.einsum("ad,bd->ab", (a[:, 0] > 0).astype(float), (b[0] > 0).astype(float))
    if (a > 0).all() and (b > 0).all():
        return np.count_nonzero(a < b, axis=-1).astype(float), both
    return np.count_nonzero((a < b) & (a > 0) & (b > 0), axis=-1).astype(float), both


def some_draws(ranks: np.ndarray, pairs: int) -> Iterator[np.ndarray]:
    """Yield as many draws as can be compared at a time, where each means so many pairs of regions."""
    step = max(1, PAIRS // pairs)
    for first in range(0, len(ranks), step):
        yield ranks[first : first + step]


def share(part: np.ndarray, whole: np.ndarray) -> Array:
    """Return a part as a share of the whole; NaN where that is 0."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def failure_table(cause: np.ndarray, causes: Sequence[str]) -> pd.DataFrame:
    """Return every cause with its draws, their share of all, and the first of them; most frequent first.

    `cause` is 0 for a draw that did not fail, else the number of its cause from 1.
    """
    counts = np.bincount(cause, minlength=len(causes) + 1)[1:]
    first = [int(np.argmax(cause == number)) for number in range(1, len(causes) + 1)]
    table = pd.DataFrame({"cause": list(causes), "draws": counts, "share": counts / max(len(cause), 1), "first": first})
    kept = table[table["draws"] > 0].sort_values("draws", ascending=False, kind="stable", ignore_index=True)
    return kept.astype({"draws": int, "first": int})


def renumbered(cause: np.ndarray, own: Sequence[str], every: Sequence[str]) -> np.ndarray:
    """Return causes numbered as in `every` instead of as in `own`."""
    return np.array([0, *(every.index(each) + 1 for each in own)], dtype=np.int16)[cause]

"""Sobol' indices on arrays: which share of an output's variance each input explains, alone and in all.

Letters: `n` point, `m` output. The estimators are centred: without, a constant added to the output changes the
first-order indices beyond recognition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from ..methods import Array, ScoringError

__all__ = ["PARTS", "SobolIndices", "sobol_design", "sobol_indices"]

PARTS = (8, 4, 2, 1)  # convergence is shown at an eighth, a quarter and half of the points, and at all
CONSTANT = 1e-12  # an output that varies by less than this share of its size does not vary


@dataclass(frozen=True, slots=True, eq=False)
class SobolIndices:
    """First-order and total indices, with what they rest on.

    Parameters
    ----------
    first, total : array, (input, output)
        An output that does not vary has indices 0: nothing is explained by anything.
    first_interval, total_interval : array, (2, input, output)
        Lower and upper end, from the bootstrap; NaN without resamples.
    first_path, total_path : array, (part, input, output)
        Indices from the first eighth, quarter and half of the points, and from all.
    mean, variance : array, (output,)
    used : array, (input, output)
        How many points had an output in all three samples.
    """

    first: Array
    total: Array
    first_interval: Array
    total_interval: Array
    first_path: Array
    total_path: Array
    mean: Array
    variance: Array
    used: np.ndarray


def sobol_design(points: int, dimensions: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return two samples ``(dimension, point)`` in [0, 1), the halves of one scrambled Sobol' sequence.

    Parameters
    ----------
    points : int
        A power of 2; only then are the points balanced.
    dimensions : int
        At most 10,600.
    rng : Generator

    Raises
    ------
    ScoringError
        For a number of points that is no power of 2, or too many dimensions.

    References
    ----------
    Owen (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14, 466-489.
    """
    if points < PARTS[0] or points & (points - 1):
        close = 2 ** max(3, round(np.log2(max(points, 1))))
        raise ScoringError([f"draws: found {points}, expected a power of 2 and 8 or more, such as {close}."])
    if 2 * dimensions > qmc.Sobol.MAXDIM:
        found = f"found inputs of {dimensions} dimensions, expected at most {qmc.Sobol.MAXDIM // 2}"
        raise ScoringError([f"sensitivity: {found}. Give errors to fewer values."])
    whole = qmc.Sobol(2 * dimensions, scramble=True, rng=rng).random(points).T
    return np.ascontiguousarray(whole[:dimensions]), np.ascontiguousarray(whole[dimensions:])


def sobol_indices(
    a: Array,
    b: Array,
    mixed: Iterable[Array],
    *,
    resamples: int = 0,
    rng: np.random.Generator | None = None,
    level: float = 0.95,
) -> SobolIndices:
    """Return the indices of every output.

    Parameters
    ----------
    a, b : array, (point, output)
        Outputs at the two samples. NaN is an output that is missing: the point is left out for it.
    mixed : iterable of array, (point, output)
        For every input, outputs at the first sample with that input's numbers from the second. One is held at a time.
    resamples : int
        Bootstrap samples of the points; needs `rng`.
    rng : Generator, optional
    level : float
        Of the intervals. Sobol' points are more even than the bootstrap takes them to be: the intervals are wide
        rather than narrow.

    References
    ----------
    Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics Communications 181,
    259-270, table 2, (b); Jansen (1999), Computer Physics Communications 117, 35-43, for the total index.

    Examples
    --------
    >>> a, b = sobol_design(1024, 3, np.random.default_rng(0))
    >>> def model(x):
    ...     return (x[0] + 2 * x[1] + 3 * x[2] + 100)[:, np.newaxis]
    >>> mixed = [model(np.where(np.arange(3)[:, np.newaxis] == j, b, a)) for j in range(3)]
    >>> sobol_indices(model(a), model(b), mixed).first[:, 0].round(2).tolist()
    [0.07, 0.29, 0.64]
    """
    estimate = _Estimator(a, b, _counts(len(a), resamples, rng))
    parts = [estimate.indices(ab) for ab in mixed]
    first, total = (np.stack([part[number] for part in parts], axis=1) for number in (0, 1))
    ends = [(1 - level) / 2, (1 + level) / 2]
    paths = len(PARTS)
    nothing = np.full((2, *first.shape[1:]), np.nan)
    return SobolIndices(
        first=first[paths - 1],
        total=total[paths - 1],
        first_interval=np.quantile(first[paths:], ends, axis=0) if resamples else nothing,
        total_interval=np.quantile(total[paths:], ends, axis=0) if resamples else nothing.copy(),
        first_path=first[:paths],
        total_path=total[:paths],
        mean=estimate.centre + estimate.mean[paths - 1],
        variance=estimate.variance[paths - 1],
        used=np.stack([part[2] for part in parts]),
    )


def _counts(points: int, resamples: int, rng: np.random.Generator | None) -> Array:
    """Return how often each point counts, ``(part or resample, point)``: sums over them are one matrix product."""
    parts = [np.arange(points) < points // part for part in PARTS]
    if not resamples:
        return np.array(parts, dtype=float)
    if rng is None:
        raise ScoringError(["resamples: found no rng, expected a numpy.random.Generator. Give rng=."])
    drawn = rng.multinomial(points, np.full(points, 1 / points), size=resamples)
    return np.concatenate([parts, drawn]).astype(float)


class _Estimator:
    """Sums over points that all inputs share: the mean and variance of the two samples together."""

    def __init__(self, a: Array, b: Array, counts: Array):
        self.counts = counts
        self.there = np.isfinite(a) & np.isfinite(b)
        known = np.maximum(np.count_nonzero(self.there, axis=0), 1)
        total = np.where(self.there, a, 0.0) + np.where(self.there, b, 0.0)
        self.centre = total.sum(axis=0) / (2 * known)
        self.a = np.where(self.there, a - self.centre, 0.0)
        self.b = np.where(self.there, b - self.centre, 0.0)
        self.complete = bool(self.there.all())
        size = counts.sum(axis=1)[:, np.newaxis] if self.complete else counts @ self.there.astype(float)
        self.sizes = np.where(size > 0, size, np.nan)
        m = a.shape[1]
        sums = counts @ np.concatenate([self.a + self.b, self.a**2 + self.b**2], axis=1)
        self.mean = sums[:, :m] / (2 * self.sizes)
        self.variance = np.maximum(sums[:, m:] / (2 * self.sizes) - self.mean**2, 0.0)
        largest = np.abs(self.a).max(axis=0) + np.abs(self.centre)
        self.varies = self.variance > (CONSTANT * largest) ** 2

    def indices(self, mixed: Array) -> tuple[Array, Array, np.ndarray]:
        """Return first-order and total indices ``(part or resample, output)``, and the points used."""
        there = np.isfinite(mixed)
        b, sizes, used = self.b, self.sizes, np.full(mixed.shape[1], len(mixed))
        shift = mixed - self.centre - self.a
        if not (self.complete and there.all()):
            there &= self.there
            shift, b = np.where(there, shift, 0.0), np.where(there, b, 0.0)
            size = self.counts @ there.astype(float)
            sizes, used = np.where(size > 0, size, np.nan), np.count_nonzero(there, axis=0)
        m = mixed.shape[1]
        sums = self.counts @ np.concatenate([b * shift, shift, shift**2], axis=1)
        first = (sums[:, :m] - self.mean * sums[:, m : 2 * m]) / sizes
        total = sums[:, 2 * m :] / (2 * sizes)
        return self._share(first), self._share(total), used

    def _share(self, part: Array) -> Array:
        return np.where(
            self.varies, part / np.where(self.varies, self.variance, 1.0), np.where(np.isnan(part), part, 0.0)
        )

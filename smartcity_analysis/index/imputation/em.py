"""Imputation by a multivariate normal model, fitted by expectation and maximisation under a ridge.

The indicators are standardised by their observed mean and standard deviation. The regions are independent draws from
a normal distribution whose covariance ``C`` maximises the likelihood of what is observed, less a penalty::

    log L(m, C) - n * ridge / 2 * (log det C + trace C^-1)

which pulls correlations towards 0 and keeps ``C`` invertible with more indicators than regions. A missing value is its
conditional mean given what the region has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..methods import Array, Mask, ScoringError

__all__ = ["EmFit", "conditional_draws", "default_ridge", "fit_em"]


@dataclass(frozen=True, slots=True, eq=False)
class EmFit:
    """A fitted model, one of every draw ``d``.

    Parameters
    ----------
    filled : array, (d, region, indicator)
        In the unit of the values; NaN for an indicator without any value.
    mean, covariance : array, (d, indicator) and (d, indicator, indicator)
        In standard deviations of the observed values.
    centre, scale : array, (d, 1, indicator)
        Observed mean and standard deviation.
    iterations : array of int, (d,)
    """

    filled: Array
    mean: Array
    covariance: Array
    centre: Array
    scale: Array
    iterations: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class _Gaps:
    """Where values are missing: the first `k` places of every region, and which of them count."""

    z: Array  # (d, r, i), 0 where missing
    missing: Mask  # (d, r, i)
    known: Mask  # (d, r): has any value
    place: np.ndarray  # (d, r, k)
    counts: Mask  # (d, r, k)

    def part(self, draws: np.ndarray) -> _Gaps:
        return _Gaps(self.z[draws], self.missing[draws], self.known[draws], self.place[draws], self.counts[draws])


def default_ridge(values: Array) -> float:
    """Return the square root of indicators by region.

    A rule of thumb: on simulated factor models (20 to 200 regions, 6 to 60 indicators, 10 to 30 per cent missing) its
    error on the missing cells was within a few per cent of the best ridge. :func:`cross_validate` compares others.
    """
    return float(np.sqrt(values.shape[-1] / values.shape[-2]))


def fit_em(values: Array, ridge: float | None = None, tolerance: float = 1e-6, iterations: int = 2000) -> EmFit:
    """Fit the model to arrays ``(d, region, indicator)``; every draw stops by itself.

    Parameters
    ----------
    values : array
    ridge : float, optional
        Above 0: correlations are shrunk by ``1 / (1 + ridge)``. None: :func:`default_ridge`.
    tolerance : float
        A draw has converged when no filled value, in standard deviations, and no covariance moves further.
    iterations : int
        The most there may be.

    Raises
    ------
    ScoringError
        For settings outside their range, and where the fit does not converge.

    References
    ----------
    Dempster, Laird and Rubin (1977), Journal of the Royal Statistical Society B 39, 1-38; Little and Rubin (2002),
    Statistical Analysis with Missing Data, section 11.2; the ridge after Schafer (1997), Analysis of Incomplete
    Multivariate Data, section 5.2.
    """
    ridge = default_ridge(values) if ridge is None else ridge
    _check(ridge, tolerance, iterations)
    z, centre, scale = _standardised(values)
    gaps = _gaps(z)
    draws, _, width = z.shape
    mean, moving = np.zeros((draws, width)), np.arange(draws)
    covariance = _maximised(gaps, gaps.z, np.zeros((draws, width, width)), ridge)[1]
    filled = gaps.z.copy()
    used = np.zeros(draws, dtype=int)
    while moving.size:
        part = gaps.part(moving)
        expected, inner, _ = _expected(part, mean[moving], covariance[moving])
        m, c = _maximised(part, expected, inner, ridge)
        step = np.maximum(_largest(expected - filled[moving]), _largest(c - covariance[moving]))
        filled[moving], mean[moving], covariance[moving] = expected, m, c
        used[moving] += 1
        moving = moving[step > tolerance]
        if moving.size and used[moving[0]] >= iterations:
            remedy = "Give a larger ridge, or more iterations"
            raise ScoringError([f"em: found no convergence within {iterations} iterations. {remedy}."])
    expected = _expected(gaps, mean, covariance)[0]
    observed = np.isfinite(centre)
    back = np.where(observed, centre + scale * expected, np.nan)
    return EmFit(np.where(np.isnan(values), back, values), mean, covariance, centre, scale, used)


def conditional_draws(values: Array, fit: EmFit, noise: Array) -> Array:
    """Return values with gaps drawn from the normal given what the region has, all gaps of a region jointly.

    Parameters
    ----------
    values : array, (d, region, indicator)
    fit : EmFit
        Of these values.
    noise : array, (..., d, region, indicator)
        Standard normal numbers; the result has their shape.
    """
    gaps = _gaps(_standardised(values)[0], empty=True)
    expected, _, spread = _expected(gaps, fit.mean, fit.covariance)
    place = np.broadcast_to(gaps.place, (*noise.shape[:-1], gaps.place.shape[-1]))
    taken = np.where(gaps.counts, np.take_along_axis(noise, place, axis=-1), 0.0)
    shift = np.einsum("drkl,...drl->...drk", np.linalg.cholesky(spread), taken)
    moved = np.zeros(noise.shape)
    np.put_along_axis(moved, place, np.where(gaps.counts, shift, 0.0), axis=-1)
    return np.where(np.isnan(values), fit.centre + fit.scale * (expected + moved), values)


def _standardised(values: Array) -> tuple[Array, Array, Array]:
    observed = ~np.isnan(values)
    n = np.count_nonzero(observed, axis=-2, keepdims=True)
    total = np.sum(np.where(observed, values, 0.0), axis=-2, keepdims=True)
    centre = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    squares = np.sum(np.where(observed, (values - centre) ** 2, 0.0), axis=-2, keepdims=True)
    sd = np.sqrt(squares / np.maximum(n - 1, 1))
    scale = np.where(sd > 0, sd, 1.0)
    return (values - centre) / scale, centre, scale


def _gaps(z: Array, *, empty: bool = False) -> _Gaps:
    """Return where values are missing; regions without any value only if `empty`."""
    missing = np.isnan(z)
    known = np.any(~missing, axis=-1, keepdims=True)[..., 0]
    wanted = missing if empty else missing & known[..., np.newaxis]
    most = int(np.count_nonzero(wanted, axis=-1).max(initial=0))
    place = np.argsort(~wanted, axis=-1, kind="stable")[..., :most]
    counts = np.take_along_axis(wanted, place, axis=-1)
    return _Gaps(np.where(missing, 0.0, z), missing, known, place, counts)


def _expected(gaps: _Gaps, mean: Array, covariance: Array) -> tuple[Array, Array, Array]:
    """Return filled values, the summed conditional covariances, and those of each region's gaps.

    With P the inverse of the covariance, the gaps of a region have covariance ``V = P_gg^-1`` and mean
    ``m_g - V P_go (x_o - m_o)``: only as large a matrix is inverted as a region has gaps.
    """
    draws, width = mean.shape
    precision = np.linalg.inv(covariance)
    centre = mean[:, np.newaxis, :]
    pull = np.where(gaps.missing, 0.0, gaps.z - centre) @ precision
    d = np.arange(draws)[:, np.newaxis, np.newaxis, np.newaxis]
    row, column = gaps.place[..., :, np.newaxis], gaps.place[..., np.newaxis, :]
    both = gaps.counts[..., :, np.newaxis] & gaps.counts[..., np.newaxis, :]
    spread = np.linalg.inv(np.where(both, precision[d, row, column], np.eye(gaps.place.shape[-1])))
    taken = np.where(gaps.counts, np.take_along_axis(pull, gaps.place, axis=-1), 0.0)
    moved = np.zeros_like(gaps.z)
    np.put_along_axis(moved, gaps.place, -np.einsum("drkl,drl->drk", spread, taken), axis=-1)
    cell = (d * width + row) * width + column
    sums = np.bincount(cell.ravel(), np.where(both, spread, 0.0).ravel(), draws * width * width)
    inner = sums.astype(float).reshape(draws, width, width)
    return np.where(gaps.missing, centre, gaps.z) + moved, inner, spread


def _maximised(gaps: _Gaps, filled: Array, inner: Array, ridge: float) -> tuple[Array, Array]:
    """Return the mean and covariance that are most likely given filled values; empty regions count nothing."""
    known = gaps.known[..., np.newaxis]
    n = np.maximum(np.count_nonzero(gaps.known, axis=-1), 1)[:, np.newaxis]
    mean = np.sum(np.where(known, filled, 0.0), axis=-2) / n
    centred = np.where(known, filled - mean[:, np.newaxis, :], 0.0)
    sums = np.swapaxes(centred, -1, -2) @ centred + inner
    covariance = (sums / n[..., np.newaxis] + ridge * np.eye(filled.shape[-1])) / (1 + ridge)
    return mean, covariance


def _largest(change: Array) -> Array:
    return np.abs(change).max(axis=(-2, -1), initial=0.0)


def _check(ridge: float, tolerance: float, iterations: int) -> None:
    settings = {"ridge": ridge, "tolerance": tolerance, "iterations": iterations}
    wrong = [
        f"em: found {name}={value}, expected a number above 0." for name, value in settings.items() if not value > 0
    ]
    if wrong:
        raise ScoringError(wrong)

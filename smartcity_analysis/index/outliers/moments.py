"""Skewness and kurtosis of every indicator, and the test for outliers that is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...study.readable import readable
from ..methods import Array, Mask, ScoringError

__all__ = ["Moments", "OutlierTest", "moments"]

FEWEST = 4  # observed values below which the corrected kurtosis has no meaning


class Moments(NamedTuple):
    """Shape of every indicator, each ``(..., indicator)``.

    `observed` is the number of values. `skew` and `kurtosis` (excess) are NaN where there are fewer than 3
    or 4 of them, or all are the same.
    """

    observed: Array
    skew: Array
    kurtosis: Array


def moments(values: Array) -> Moments:
    """Return the sample-corrected moments G1 and G2 ("type 2") over the regions.

    Parameters
    ----------
    values : array, (..., region, indicator)
        NaN is missing and takes no part.

    References
    ----------
    Joanes and Gill (1998), Comparing measures of sample skewness and kurtosis, The Statistician 47, 183-189: G1
    and G2.

    Examples
    --------
    >>> skewed = np.array([[1.0], [2.0], [3.0], [10.0]])
    >>> float(moments(skewed).skew[0].round(4)), float(moments(skewed).kurtosis[0].round(4))
    (1.7636, 3.228)
    """
    observed = ~np.isnan(values)
    n = np.count_nonzero(observed, axis=-2).astype(float)
    mean = np.sum(np.where(observed, values, 0.0), axis=-2) / np.maximum(n, 1)
    centred = np.where(observed, values - mean[..., np.newaxis, :], 0.0)
    spread = np.sqrt(np.sum(centred**2, axis=-2) / np.maximum(n, 1))
    varied = (np.fmin.reduce(values, axis=-2) < np.fmax.reduce(values, axis=-2)) & (spread > 0)
    z = centred / np.where(varied, spread, 1.0)[..., np.newaxis, :]
    square = z * z
    third, fourth = (np.einsum("...ri,...ri->...i", square, other) / np.maximum(n, 1) for other in (z, square))
    a, b = np.maximum(n - 2, 1), np.maximum(n - 3, 1)
    skew = np.sqrt(n * np.maximum(n - 1, 0)) / a * third
    kurtosis = (n - 1) / (a * b) * ((n + 1) * (fourth - 3) + 6)
    return Moments(n, np.where(varied & (n >= 3), skew, np.nan), np.where(varied & (n >= FEWEST), kurtosis, np.nan))


@readable()
@dataclass(frozen=True, slots=True)
class OutlierTest:
    """An indicator passes with ``abs(skew) < self.skew`` or ``kurtosis < self.kurtosis``.

    Parameters
    ----------
    skew, kurtosis : float
        Thresholds, both above 0.

    References
    ----------
    Groeneveld and Meeden (1984), Measuring skewness and kurtosis, The Statistician 33, 391-399, with the bound on
    skewness relaxed to 2, as the Global Innovation Index does.

    Examples
    --------
    >>> OutlierTest().passes(np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])).tolist()
    [False]
    """

    skew: float = 2.0
    kurtosis: float = 3.5

    def __post_init__(self) -> None:
        if not (self.skew > 0 and self.kurtosis > 0):
            found = f"skew {self.skew} and kurtosis {self.kurtosis}"
            raise ScoringError([f"The test: found {found}, expected both above 0, such as 2 and 3.5."])

    def passes(self, values: Array) -> Mask:
        """Return which indicators ``(..., indicator)`` pass; one that cannot be tested does."""
        return ~self.fails(moments(values))

    def fails(self, shape: Moments) -> Mask:
        """Return which indicators with these moments fail."""
        return (np.abs(shape.skew) >= self.skew) & (shape.kurtosis >= self.kurtosis)

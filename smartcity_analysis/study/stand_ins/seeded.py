"""Random draws of the stand-ins: each depends on the seed and on its own name, and on nothing else."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["normal", "uniform"]

Array = NDArray[np.float64]


def uniform(seed: int, name: str, shape: tuple[int, ...]) -> Array:
    """Return draws between 0 and 1 that depend on `seed` and `name` only."""
    return np.asarray(np.random.default_rng([seed, zlib.crc32(name.encode())]).random(shape))


def normal(seed: int, name: str, shape: tuple[int, ...]) -> Array:
    """Return standard normal draws that depend on `seed` and `name` only."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniform(seed, name, shape)))  # by inversion: uniform draws stay the same over versions

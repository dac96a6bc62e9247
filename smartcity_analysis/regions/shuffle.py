"""Regions in random order, in blocks of bounded memory: what every permutation test of this room is made of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .checks import check_rng
from .kernels import Places

__all__ = ["permutation_faults", "shuffled"]

_FEWEST = 19  # so that the smallest p-value is 0.05


def shuffled(rng: np.random.Generator, regions: int, permutations: int, rows: int) -> Iterator[Places]:
    """Yield permutations `(row, region)`, at most `rows` a block; the blocks do not change the random numbers."""
    for first in range(0, permutations, rows):
        order = np.tile(np.arange(regions), (min(rows, permutations - first), 1))
        rng.permuted(order, axis=1, out=order)
        yield order


def permutation_faults(rng: object, permutations: int) -> list[str]:
    """Return what is wrong with the source of random numbers, and with how many permutations are wanted."""
    faults = check_rng(rng)
    if permutations < _FEWEST:
        faults.append(f"Found {permutations} permutations; expected {_FEWEST} or more; 999 are usual.")
    return faults

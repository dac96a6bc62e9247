"""Ranks of many draws at once."""

from __future__ import annotations

import numpy as np

from .build import DIGITS
from .methods import Array

__all__ = ["rank_array", "rank_type"]

LARGEST = 300  # power of ten that scores are multiplied by at most


def rank_type(regions: int) -> type[np.signedinteger]:
    """Return the smallest integer type that holds the ranks of so many regions."""
    return np.int16 if regions < 2**15 else np.int32


def rank_array(scores: Array) -> np.ndarray:
    """Return the rank of every region in every draw: 1 is best, ties share the lowest number, 0 where missing.

    Scores are tied if they agree to twelve digits of the draw's largest, as in `IndexResult.ranks`. Each is brought
    to an integer of that many digits, which carries the number of its region in the bits behind: sorting these is
    four times faster than an indirect sort, and ties are found by comparing neighbours.

    Parameters
    ----------
    scores : array, (draw, region)
        NaN is missing.

    Examples
    --------
    >>> rank_array(np.array([[3.0, 7.0, 3.0, np.nan]])).tolist()
    [[2, 1, 2, 0]]
    """
    draws, regions = scores.shape
    missing = np.isnan(scores)
    some = bool(missing.any())
    known = np.where(missing, 0.0, scores) if some else scores
    bits = int(regions - 1).bit_length()
    keys = _keys(known, bits)
    if some:
        keys[missing] = np.iinfo(np.int64).max >> bits << bits
    keys |= np.arange(regions)
    keys.sort(axis=1)
    place = np.tile(np.arange(1, regions + 1, dtype=rank_type(regions)), (draws, 1))
    flat = keys.view(np.uint64).reshape(-1)  # unsigned: two keys of different sign are far apart
    if (flat[1:] ^ flat[:-1] < 1 << bits).any():  # neighbours in one row are tied, or stand in two rows
        tied = (keys[:, 1:] ^ keys[:, :-1]) >> bits == 0
        place[:, 1:][tied] = 0
        place = np.maximum.accumulate(place, axis=1)
    keys &= (1 << bits) - 1
    keys += np.arange(draws)[:, np.newaxis] * regions
    ranks = np.empty(draws * regions, dtype=rank_type(regions))
    ranks[keys] = place
    ranks = ranks.reshape(draws, regions)
    if some:
        ranks[missing] = 0
    return ranks


def _keys(scores: Array, bits: int) -> np.ndarray:
    """Return scores as integers of ``DIGITS`` digits, negative so that the best sorts first, shifted by `bits`."""
    largest = np.abs(scores).max(axis=1)
    size = np.floor(np.log10(np.where(largest > 0, largest, 1.0)))
    scaled = scores * -(10.0 ** np.minimum(DIGITS - 1 - size, LARGEST))[:, np.newaxis]
    keys = np.rint(scaled, out=scaled).astype(np.int64)
    keys <<= bits
    return keys

"""The numbers that draws are made of: one stream for each input and each block of draws, or a design of points.

An input does not know which it is given. A block is always ``BLOCK`` draws, whoever makes it and however many are made
at a time, so that a draw is the same whatever the memory and the threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.special import gammaincinv, ndtri

from ..methods import Array

__all__ = ["BLOCK", "Points", "Source", "Stream"]

BLOCK = 1024  # draws that share a stream; part of what a seed means, so never to be changed lightly
EDGE = 2.0**-40  # uniform numbers are kept this far from 0 and 1 where the quantile there is infinite


class Source(Protocol):
    """Numbers for one input and a range of draws."""

    def uniform(self, count: int) -> Array:
        """Return uniform numbers in [0, 1), ``(count, draw)``."""

    def gamma(self, shape: Array) -> Array:
        """Return gamma variates of these shapes, ``(count, draw)``; 0 where the shape is 0."""

    def normal(self, count: int, draws: int) -> Array:
        """Return standard normal numbers for the next draws, ``(draw, count)``."""


class Stream:
    """Random numbers of one input in one block of draws."""

    def __init__(self, entropy: Sequence[int], block: int, name: str, size: int):
        key = (block, *name.encode())
        self.generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=key)))
        self.size = size

    def uniform(self, count: int) -> Array:
        """Return uniform numbers, ``(count, draw)``; those of a whole block are drawn, whatever its size."""
        return self.generator.random((count, BLOCK))[:, : self.size]

    def gamma(self, shape: Array) -> Array:
        """Return gamma variates, ``(count, draw)``."""
        whole = (len(shape), BLOCK)
        if shape.shape[1] == 1:
            same = float(shape[0, 0]) if np.all(shape == shape[0, 0]) else shape
            return self.generator.standard_gamma(same, whole)[:, : self.size]
        padded = np.ones(whole)
        padded[:, : self.size] = shape
        return self.generator.standard_gamma(padded)[:, : self.size]

    def normal(self, count: int, draws: int) -> Array:
        """Return standard normal numbers for the next draws, ``(draw, count)``."""
        return self.generator.standard_normal((draws, count))


class Points:
    """Numbers of one input from a design: uniform numbers ``(dimension, draw)`` turned by quantile functions."""

    def __init__(self, uniform: Array, kept: dict[str, tuple[Array, Array]] | None = None):
        self._uniform = uniform
        self._kept: dict[str, tuple[Array, Array]] = {} if kept is None else kept
        self._next = 0

    @property
    def size(self) -> int:
        """How many draws there are numbers for."""
        return self._uniform.shape[1]

    def uniform(self, count: int) -> Array:
        """Return uniform numbers, ``(count, draw)``."""
        return self._uniform[:count].copy()

    def gamma(self, shape: Array) -> Array:
        """Return gamma quantiles, ``(count, draw)``; kept, because a design asks for the same ones many times."""
        kept = self._kept.get("gamma")
        if kept is None or not np.array_equal(kept[0], shape):
            found = gammaincinv(np.where(shape > 0, shape, 1.0), self._uniform[: len(shape)])
            kept = self._kept["gamma"] = shape, np.where(shape > 0, found, 0.0)
        return kept[1].copy()

    def normal(self, count: int, draws: int) -> Array:
        """Return standard normal quantiles for the next draws, ``(draw, count)``."""
        part = self._uniform[:count, self._next : self._next + draws]
        self._next += draws
        return ndtri(np.clip(part, EDGE, 1 - EDGE)).T

    def again(self) -> Points:
        """Return a source at the first draw that shares what is kept, so that two threads may each have one."""
        return Points(self._uniform, self._kept)

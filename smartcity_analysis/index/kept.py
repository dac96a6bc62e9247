"""Scores and ranks of many draws: kept where they fit into the memory allowed, else drawn again when they are needed.

Either way they are the same numbers, because every block of draws has its own random streams and is scored by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .methods import Array, Mask, ScoringError
from .ranking import rank_array, rank_type
from .simulation import Simulation
from .streams import BLOCK
from .summaries import renumbered, some_draws

__all__ = ["Kept", "keep"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The draws of a simulation.

    `cause` is 0 in a draw that did not fail, else the number, from 1, of its cause in `causes`; `picks` are the
    alternatives ``(choice, draw)``; `scores` and `ranks` ``(draw, region)`` are None where they are not kept.
    """

    simulation: Simulation
    entropy: tuple[int, ...]
    memory_mb: float
    cause: np.ndarray
    causes: tuple[str, ...]
    picks: np.ndarray
    scores: Array | None
    ranks: np.ndarray | None

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.cause)

    @property
    def regions(self) -> int:
        """How many regions there are."""
        return len(self.simulation.regions)

    @property
    def failed(self) -> Mask:
        """Which draws failed."""
        return self.cause > 0

    def columns(self, tile: slice, *, ranks: bool) -> np.ndarray:
        """Return scores or ranks ``(draw, region)`` of some regions."""
        kept = self.ranks if ranks else self.scores
        if kept is not None:
            return kept[:, tile]
        width = len(range(self.regions)[tile])
        result = np.empty((self.draws, width), dtype=rank_type(self.regions) if ranks else float)
        for part, scores in self._blocks():
            result[part] = (rank_array(scores) if ranks else scores)[:, tile]
        return result

    def tiles(self, *, ranks: bool) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield regions, and their scores or ranks in the draws that did not fail."""
        width = max(1, int(self.memory_mb * 2**20 / 4 / (8 * self.draws)))
        good: slice | Mask = ~self.failed if self.failed.any() else slice(None)
        for first in range(0, self.regions, width):
            tile = slice(first, min(first + width, self.regions))
            yield tile, self.columns(tile, ranks=ranks)[good]

    def rank_blocks(self, pairs: int) -> Iterator[np.ndarray]:
        """Yield the ranks of the draws that did not fail, as many as can be compared `pairs` by `pairs` at a time."""
        for part, scores in self._blocks():
            ranks = rank_array(scores) if self.ranks is None else self.ranks[part]
            yield from some_draws(ranks[~self.failed[part]], pairs)

    def need(self, size: float, what: str) -> None:
        """Refuse a table of more bytes than are allowed."""
        if size > self.memory_mb * 2**20:
            found = f"{what} take {size / 2**20:.0f} MB, and memory_mb={self.memory_mb:g} allows less"
            raise ScoringError([f"The memory: {found}. Raise memory_mb, or ask for a summary by region."])

    def _blocks(self) -> Iterator[tuple[slice, Array]]:
        for number, first in enumerate(range(0, self.draws, BLOCK)):
            part = slice(first, min(first + BLOCK, self.draws))
            if self.scores is not None:
                yield part, self.scores[part]
            else:
                yield part, self.simulation.block(self.entropy, number, part.stop - first).scores


def keep(
    simulation: Simulation, entropy: tuple[int, ...], draws: int, *, rank: bool, memory_mb: float, threads: int
) -> Kept:
    """Make all draws once, block by block, and keep what fits."""
    regions = len(simulation.regions)
    size = 8 + np.dtype(rank_type(regions)).itemsize * rank
    fits = draws * regions * size <= memory_mb * 2**20
    scores = np.empty((draws, regions)) if fits else None
    ranks = np.empty((draws, regions), dtype=rank_type(regions)) if fits and rank else None

    def make(first: int) -> tuple[np.ndarray, list[str], np.ndarray]:
        part = slice(first, min(first + BLOCK, draws))
        out = None if scores is None else scores[part]
        made = simulation.block(entropy, first // BLOCK, part.stop - first, out)
        if ranks is not None:
            ranks[part] = rank_array(made.scores)
        return made.cause, made.causes, made.picks

    parts = _each(make, range(0, draws, BLOCK), threads)
    causes = tuple(dict.fromkeys(cause for _, found, _ in parts for cause in found))
    cause = np.concatenate([renumbered(numbers, found, causes) for numbers, found, _ in parts])
    picks = np.concatenate([picks for _, _, picks in parts], axis=1)
    return Kept(simulation, entropy, memory_mb, cause, causes, picks, scores, ranks)


def _each(make: Callable[[int], T], firsts: Sequence[int], threads: int) -> list[T]:
    """Return what is made of every block, in order."""
    if threads <= 1:
        return [make(first) for first in firsts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(make, firsts))

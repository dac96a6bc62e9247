"""Scores and ranks of many draws: kept where they fit into the memory allowed, else drawn again when they are needed.

Either way they are the same numbers, because every block of draws has its own random streams and is scored by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..methods import Array, Mask, ScoringError
from ..one_thread import one_thread
from ..ranking import rank_array, rank_type
from .simulation import Simulation
from .streams import BLOCK
from .summaries import renumbered, some_draws
from .workers import each, shares_memory

__all__ = ["Kept", "keep"]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A block of draws, with as many of its scores and ranks as are kept and do not stand in their place already."""

    cause: np.ndarray
    causes: list[str]
    picks: np.ndarray
    scores: Array | None
    ranks: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Makes blocks of draws by their number: all that a worker must know."""

    simulation: Simulation
    entropy: tuple[int, ...]
    draws: int
    keep: bool
    rank: bool

    def part(self, number: int) -> slice:
        """Return the draws of a block."""
        return slice(number * BLOCK, min((number + 1) * BLOCK, self.draws))

    def __call__(self, number: int, out: Array | None = None) -> _Made:
        """Return a block; its scores are written to `out` where that is given."""
        part = self.part(number)
        made = self.simulation.block(self.entropy, number, part.stop - part.start, out)
        scores = made.scores if self.keep and out is None else None
        ranks = rank_array(made.scores) if self.keep and self.rank else None
        return _Made(made.cause, made.causes, made.picks, scores, ranks)


@one_thread
def keep(
    simulation: Simulation,
    entropy: tuple[int, ...],
    draws: int,
    *,
    rank: bool,
    memory_mb: float,
    threads: int = 1,
    executor: Executor | None = None,
) -> Kept:
    """Make all draws once, block by block, and keep what fits."""
    if executor is None and threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            return keep(simulation, entropy, draws, rank=rank, memory_mb=memory_mb, executor=pool)
    regions = len(simulation.regions)
    size = 8 + np.dtype(rank_type(regions)).itemsize * rank
    fits = draws * regions * size <= memory_mb * 2**20
    scores = np.empty((draws, regions)) if fits else None
    ranks = np.empty((draws, regions), dtype=rank_type(regions)) if fits and rank else None
    blocks = _Blocks(simulation, entropy, draws, fits, rank)

    def here(number: int) -> _Made:  # writes into the memory of this process, which saves a copy
        return blocks(number, None if scores is None else scores[blocks.part(number)])

    work = here if shares_memory(executor) else blocks
    numbers = range(-(-draws // BLOCK))
    parts = []
    for number, made in enumerate(
        each(work, numbers, executor, size=BLOCK * regions * size * fits, memory_mb=memory_mb)
    ):
        if scores is not None and made.scores is not None:
            scores[blocks.part(number)] = made.scores
        if ranks is not None:
            ranks[blocks.part(number)] = made.ranks
        parts.append((made.cause, made.causes, made.picks))
    return Kept(simulation, entropy, memory_mb, *_together(parts), scores, ranks)


def _together(parts: list[tuple[np.ndarray, list[str], np.ndarray]]) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Return causes by draw, their texts, and picks of all blocks."""
    causes = tuple(dict.fromkeys(cause for _, found, _ in parts for cause in found))
    cause = np.concatenate([renumbered(numbers, found, causes) for numbers, found, _ in parts])
    return cause, causes, np.concatenate([picks for _, _, picks in parts], axis=1)

"""Where notebooks are run: on this machine, or sent to a cluster (:mod:`.cluster`). Both give the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .execute import Order, Result, execute
from .kernels import Kernels, open_kernels
from .results import Results

__all__ = ["Engine", "LocalEngine", "Raw", "local_engine", "usable_slots"]

FORKED, ORDINARY = "local, forked kernels", "local, ordinary kernels"
KERNEL_MIB = 500  # memory that one kernel may come to need


@dataclass(frozen=True, slots=True)
class Raw:
    """The raw folders that a review reads: `studies` below `root`, with or without illustrative values."""

    root: Path
    studies: tuple[str, ...]
    only_real: bool


class Engine(Protocol):
    """Runs orders, `slots` at once."""

    slots: int

    @property
    def name(self) -> str:
        """What a manifest calls it."""

    def prepare(self, raw: Raw) -> None:
        """Make ready for orders on `raw`."""

    def submit(self, order: Order, raw: Raw) -> Future[Result]:
        """Start an order."""

    def release(self, raw: Raw) -> None:
        """Let go of what was made ready for orders on `raw`."""

    def stop(self) -> None:
        """Give up everything that runs."""


class LocalEngine:
    """Runs orders on this machine, in kernels of their own.

    Parameters
    ----------
    kernels : Kernels
    slots : int
        Notebooks at once.
    """

    def __init__(self, kernels: Kernels, slots: int):
        self.kernels, self.slots = kernels, slots
        self._pool = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="notebook")

    @property
    def name(self) -> str:
        """What a manifest calls it."""
        return FORKED if self.kernels.forked else ORDINARY

    def prepare(self, raw: Raw) -> None:
        """Let the preloaded process read the studies once, as the notebooks will."""
        kinds = [raw.only_real] if raw.only_real else [False, True]  # the last chapter reads the real values apart
        self.kernels.load(raw.root, [(name, kind) for kind in kinds for name in raw.studies])

    def submit(self, order: Order, raw: Raw) -> Future[Result]:
        """Start an order as soon as a place is free."""
        return self._pool.submit(execute, order, raw.root, Results(raw.root).scratch, self.kernels)

    def release(self, raw: Raw) -> None:
        """Do nothing: the preloaded process keeps its last few studies."""

    def stop(self) -> None:
        """End every kernel; what runs fails at once, what waits is not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.kernels.stop()

    def close(self) -> None:
        """Wait for what still runs."""
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def local_engine(notebooks: int, workers: int | None = None) -> Iterator[LocalEngine]:
    """Give an engine for so many notebooks; `workers` at once, by default as many as cores and memory allow.

    Parameters
    ----------
    notebooks : int
        How many notebooks there are to run.
    workers : int, optional
        How many run at once; as many as fit by default.
    """
    with open_kernels(notebooks) as kernels:
        engine = LocalEngine(kernels, min(workers or usable_slots(), max(notebooks, 1)))
        try:
            yield engine
        finally:
            engine.close()


def usable_slots() -> int:
    """Return how many notebooks to run at once: two for every core, if there is memory for them.

    A good part of a short run is waiting: for the kernel's channels to fall silent, and for its end.
    """
    import psutil

    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return max(1, min(2 * cores, int(psutil.virtual_memory().available / 2**20 / KERNEL_MIB)))

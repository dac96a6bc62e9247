"""Work sent to an executor: threads of this process, other processes or other machines; results come back in order.

What a worker must know is pickled once and goes along with every task, so there are never more than ``TASKS`` tasks,
however much there is to do. A worker unpickles it once.
"""

from __future__ import annotations

import io
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import scipy

from ... import __version__
from ..methods import ScoringError

__all__ = ["each", "shares_memory"]

T = TypeVar("T")
R = TypeVar("R")
TASKS = 128  # at most; enough that some tens of workers finish at about the same time
FEWEST = 4  # tasks in flight at least, however little memory is allowed
VERSIONS = {"smartcity_analysis": __version__, "numpy": np.__version__, "scipy": scipy.__version__}
VERSIONS |= {"pandas": pd.__version__}


def shares_memory(executor: Executor | None) -> bool:
    """Whether work is done in the memory of this process, and so need not be pickled."""
    return executor is None or isinstance(executor, ThreadPoolExecutor)


def each(
    work: Callable[[T], R], items: Sequence[T], executor: Executor | None, *, size: float, memory_mb: float
) -> Iterator[R]:
    """Yield what `work` makes of every item, in the order of the items.

    Parameters
    ----------
    work : callable
        Unless the executor has threads of this process, it is pickled.
    items : sequence
    executor : Executor, optional
        None: the work is done here, an item at a time.
    size : float
        Bytes of the result of an item; about 0 where it is little, or written to where it belongs.
    memory_mb : float
        Megabytes; tasks in flight take about half of it.

    Raises
    ------
    ScoringError
        For what is no executor, work that cannot be pickled, workers of another version, and workers that died.
    """
    if executor is None:
        yield from map(work, items)
        return
    if not isinstance(executor, Executor):
        expected = "expected a concurrent.futures.Executor such as ProcessPoolExecutor() or client.get_executor()"
        raise ScoringError([f"executor: found {type(executor).__name__}, {expected}."])
    know = b"" if shares_memory(executor) else _pickled(work)

    def send(task: Sequence[T]) -> Future[list[R]]:
        return executor.submit(_make_sent, know, VERSIONS, task) if know else executor.submit(_make, work, task)

    step = -(-len(items) // TASKS)
    window = max(FEWEST, int(memory_mb * 2**20 / 2 / (len(know) + step * size + 1)))
    yield from _in_order(send, [items[first : first + step] for first in range(0, len(items), step)], window)


def _in_order(send: Callable[[Sequence[T]], Future[list[R]]], tasks: Sequence[Sequence[T]], window: int) -> Iterator[R]:
    """Yield the results of tasks, of which only so many are under way at a time."""
    waiting: deque[Future[list[R]]] = deque()
    try:
        for task in tasks:
            waiting.append(send(task))
            if len(waiting) >= window:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except (BrokenExecutor, CancelledError) as error:
        found = f"found workers that died or were shut down ({type(error).__name__}), expected them to stay"
        why = (
            "They die where memory runs out, and where a script starts processes outside `if __name__ == '__main__':`."
        )
        remedy = "Call again with a new executor, perhaps of fewer workers: the same seed gives the same draws."
        raise ScoringError([f"executor: {found}. {why} {remedy}"]) from error
    finally:
        for future in waiting:
            future.cancel()


def _make(work: Callable[[T], R], task: Sequence[T]) -> list[R]:
    return [work(item) for item in task]


def _make_sent(know: bytes, versions: dict[str, str], task: Sequence[Any]) -> list[Any]:
    """Do a task on a worker, which must have the caller's versions: others may make other numbers of a seed."""
    other = {name: VERSIONS[name] for name, wanted in versions.items() if VERSIONS[name] != wanted}
    if other:
        remedy = "as on the machine that asks. Install the same versions on every machine."
        raise ScoringError(
            f"executor: found {name} {found} on a worker, expected {versions[name]} {remedy}"
            for name, found in other.items()
        )
    return _make(_unpickled(know), task)


@lru_cache(maxsize=2)
def _unpickled(know: bytes) -> Any:
    try:
        return pickle.loads(know)
    except (AttributeError, ImportError) as error:
        expected = "expected every function to stand in a module that the workers can import"
        remedy = "Functions of a notebook cannot be: move them to a .py file that is installed on every machine."
        raise ScoringError([f"executor: a worker found no such function ({error}), {expected}. {remedy}"]) from error


class _Pickler(pickle.Pickler):
    """Pickles, and gathers the functions that cannot be instead of stopping at the first."""

    def __init__(self, stream: io.BytesIO):
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self.refused: list[str] = []

    def reducer_override(self, thing: Any) -> Any:
        """Let an object be pickled as it likes, unless it is a function that cannot be found by its name."""
        if not isinstance(thing, FunctionType) or _found_by_name(thing):
            return NotImplemented
        self.refused.append(f"{thing.__qualname__!r} of {thing.__module__}")
        return str, ()


def _found_by_name(function: FunctionType) -> bool:
    try:
        pickle.dumps(function)
    except (pickle.PicklingError, AttributeError):
        return False
    return True


def _pickled(work: object) -> bytes:
    stream = io.BytesIO()
    pickler = _Pickler(stream)
    expected = "expected a function that can be pickled: defined with def in a module, not inside another function"
    remedy = "Move it there, or use a ThreadPoolExecutor or no executor"
    try:
        pickler.dump(work)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ScoringError([f"executor: found what cannot be pickled ({error}), {expected}. {remedy}."]) from error
    if pickler.refused:
        raise ScoringError(f"executor: found {each}, {expected}. {remedy}." for each in pickler.refused)
    return stream.getvalue()

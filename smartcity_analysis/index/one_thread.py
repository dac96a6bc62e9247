"""Linear algebra by one thread, so that the last bits of a score do not depend on how many a process has.

A matrix product that is shared out among threads is added up in another order. A worker of a cluster has one such
thread, and the machine that asks has one for every core: their draws would differ in the last bits.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from functools import lru_cache
from threading import Lock
from typing import Any

__all__ = ["one_thread"]


class _OneThread(ContextDecorator):
    """Holds linear algebra to one thread as long as anybody is inside; what held before returns with the last one.

    Some libraries have one limit, which only the thread that set it can lift; others have a limit for every thread. So
    whoever hands work to threads of its own is inside as long as they are, and so is every one of them.
    """

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._first: Any = None

    def __enter__(self) -> None:
        with self._lock:
            limits = _libraries().limit(limits=1, user_api="blas")
            if self._inside == 0:
                self._first = limits.__enter__()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._first.__exit__(None, None, None)


@lru_cache(maxsize=1)
def _libraries() -> Any:
    """Return the libraries of linear algebra that are loaded."""
    import scipy.linalg  # noqa: F401  # brings its own library, to be found with the others
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


one_thread = _OneThread()

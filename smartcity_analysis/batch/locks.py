"""Two runs at once on one study would mix their tables: the second is told, and leaves everything as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import SmartCityError
from ..present import speak
from .results import WORK

__all__ = ["BusyError", "locked"]


class BusyError(SmartCityError):
    """Another run works on the same study."""


@contextmanager
def locked(root: Path, study: str, language: str) -> Iterator[None]:
    """Hold the lock of `study`; the system gives it back when the process ends, however it ends.

    Raises
    ------
    BusyError
        When another process holds it; the text is in `language`.
    """
    folder = root / WORK / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{study}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(speak(language).text("cli.busy", study=study)) from None
    try:
        yield
    finally:
        lock.release()

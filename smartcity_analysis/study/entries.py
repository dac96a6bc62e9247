"""The entries of a study folder, looked at before any is read: ordinary files inside the folder, of a readable size."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..disk import TOO_LARGE, large_file, read_bytes
from ..errors import Breach
from .workbooks import unsafe_parts

__all__ = ["entry_breaches"]

_FILES = (".csv", ".xlsx", ".yaml", ".geojson")  # what a study is read from


def entry_breaches(folder: Path, below: Sequence[str]) -> list[Breach]:
    """Return every entry of a study folder, and of its folders `below`, that is not fit to be opened.

    A link may point within the study folder and nowhere else; so no name leads to a file of another study, or of the
    machine. The study folder itself may be a link.
    """
    home = folder.resolve()
    breaches = list(_unfit(folder, "", home))
    for name in below:
        place = folder / name
        if place.is_dir() and not _leads_outside(place, home):
            breaches += _unfit(place, f"{name}/", home)
    return breaches


def _unfit(folder: Path, prefix: str, home: Path) -> Iterator[Breach]:
    for path in sorted(folder.iterdir()):
        shown = f"{prefix}{path.name}"
        if path.name.startswith((".", "~$")):
            continue  # never read
        if _leads_outside(path, home):
            yield Breach("outside_folder", file=shown, found=path.name)
        elif path.is_file():
            if path.stat().st_size > TOO_LARGE:
                yield large_file(shown, path.stat().st_size)
            elif not os.access(path, os.R_OK):
                yield Breach("file_unreadable", file=shown, found=path.name)
            elif path.suffix.lower() == ".xlsx":
                yield from unsafe_parts(read_bytes(path), file=shown)
        elif path.suffix.lower() in _FILES:
            key = "file_is_folder" if path.is_dir() else "file_unreadable"
            yield Breach(key, file=shown, found=path.name)


def _leads_outside(path: Path, home: Path) -> bool:
    if not path.is_symlink():
        return False
    try:
        return not path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # a circle of links leads nowhere
        return False

"""The folder of a new study, written whole where none is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..disk import RAW, fill_folder, find_root, replace_folder, scratch_folder
from ..errors import SmartCityError

__all__ = ["StudyExistsError", "StudyNameError", "write_new_study"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


class StudyExistsError(SmartCityError):
    """There is a folder of that name already; its path is `path`."""

    def __init__(self, path: Path):
        self.path = path
        super().__init__(str(path))


class StudyNameError(SmartCityError):
    """A study cannot be called `name`."""

    def __init__(self, name: str):
        self.name = name
        super().__init__(name)


def write_new_study(name: str, files: Mapping[str, bytes], *, root: Path | None = None) -> Path:
    """Write `files` (by path in the folder) as the study `name`, all of them or none, and return its folder.

    Parameters
    ----------
    name : str
        Small Latin letters, digits and underscores; at most 40.
    files : mapping of str to bytes
    root : Path, optional
        The project; found from the working directory by default.

    Raises
    ------
    StudyNameError
        For a name with anything but small Latin letters, digits and underscores.
    StudyExistsError
        When there is a folder of that name; nothing is written.
    """
    if not _NAME.fullmatch(name):
        raise StudyNameError(name)
    base = find_root(root) / RAW
    place = base / name
    if place.exists():
        raise StudyExistsError(place)
    with scratch_folder(base.parent) as folder:
        made = folder / name
        fill_folder(made, files)
        replace_folder(made, place)
    return place

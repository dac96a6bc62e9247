"""A project folder of one's own: the notebooks, and the studies to learn from, as they come with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..disk import RAW, SHIPPED, copy_parts, make_folder
from ..errors import SmartCityError

__all__ = ["NOTEBOOKS", "ProjectExistsError", "write_project"]

NOTEBOOKS = "notebooks"


class ProjectExistsError(SmartCityError):
    """There is something of a project already; its path is `path`."""

    def __init__(self, path: Path):
        self.path = path
        super().__init__(str(path))


def write_project(folder: Path | str, *, studies: bool = True) -> Path:
    """Make `folder` a project: the notebooks of the review, and the studies that come with the package.

    Parameters
    ----------
    folder : path
        Made when it is not there; what else is in it stays.
    studies : bool, default True
        Without them ``data/raw`` is empty, ready for a study of one's own.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ProjectExistsError
        When there are notebooks or raw data in it already; nothing is written.
    """
    folder = Path(folder).resolve()
    parts = [NOTEBOOKS, RAW] if studies else [NOTEBOOKS]
    for part in (NOTEBOOKS, RAW):
        if (folder / part).exists():
            raise ProjectExistsError(folder / part)
    copy_parts(_shipped(), folder, parts)  # a folder with data/raw is a project, so that comes last
    make_folder(folder / RAW)
    return folder


def _shipped() -> Path:
    """Return where notebooks and studies lie: in the installed package, or beside it where it runs from its source."""
    package = Path(str(resources.files(__name__.partition(".")[0])))
    inside = package / SHIPPED
    return inside if inside.is_dir() else package.parent

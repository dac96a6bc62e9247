"""Files, written whole or not at all, and their hashes: what every room needs of the disk, with nothing heavy imported.

Tables are read and written by :mod:`smartcity_analysis.study.store`; what is here knows bytes and folders only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path, PurePosixPath

from .errors import Breach, DataError

__all__ = ["find_root", "hash_files", "packaged_hashes", "read_bytes", "read_text", "sha256", "write_whole"]

RAW = "data/raw"
SHIPPED = "project"  # the folder of an installed package that holds notebooks and studies to copy
TOO_LARGE = 50_000_000  # bytes; the largest table of a study has a hundredth of them
_SCRATCH = "run-"
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def find_root(start: Path | str | None = None) -> Path:
    """Return the nearest folder at or above `start` that holds ``data/raw``.

    Without `start`, the environment variable ``SMARTCITY_ROOT`` decides when it is set, else the working directory: a
    notebook may be run from its own folder, from the project's, or by papermill from anywhere below.

    Parameters
    ----------
    start : str or path, optional
        Where to begin; see above for what is taken without it.

    Raises
    ------
    DataError
        When no such folder exists.
    """
    given = os.environ.get("SMARTCITY_ROOT")
    here = Path(start or given or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / RAW).is_dir():
            return folder
    raise DataError([Breach("no_project", file=str(here))])


# --- reading ---------------------------------------------------------------------------------------------------------


def large_file(file: str, size: int) -> Breach:
    """Return the breach of a file with more bytes than :data:`TOO_LARGE`."""
    facts = {"most": f"{TOO_LARGE / 1e6:.0f} MB"}
    return Breach("file_large", file=file, found=f"{size / 1e6:.0f} MB", facts=facts)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of `path`; one that is missing, or too large to be read, is a breach and not a traceback."""
    try:
        size = Path(path).stat().st_size
        if size > TOO_LARGE:
            raise DataError([large_file(Path(path).name, size)])
        return Path(path).read_bytes()
    except OSError as error:
        raise DataError([Breach("file_unreadable", file=Path(path).name, found=error.strerror)]) from None


def read_text(path: Path) -> str:
    """Return the UTF-8 text of `path`."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError([Breach("not_utf8", file=Path(path).name, found=f"byte {error.start}")]) from None


def visible_files(folder: Path) -> list[Path]:
    """Return the files of `folder` (none when it is not there), without hidden ones and a spreadsheet's lock files."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))


def files_below(folder: Path) -> list[Path]:
    """Return every file below `folder`, in order of name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_files(paths: Iterable[Path], base: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by its path relative to `base`."""
    return {path.relative_to(base).as_posix(): sha256(read_bytes(path)) for path in paths}


# --- the package's own files -----------------------------------------------------------------------------------------


def packaged_frameworks() -> list[str]:
    """Return the names of the frameworks that ship with the package."""
    folder = resources.files("smartcity_analysis") / "frameworks"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml"))


def read_packaged(name: str) -> str:
    """Return the text of a file that ships with the package, such as ``frameworks/spbe.yaml``."""
    return (resources.files("smartcity_analysis") / name).read_text(encoding="utf-8")


def packaged_hashes() -> list[tuple[str, str]]:
    """Return name and SHA-256 of every file of the package, in order of name; what it holds to copy is none of it."""
    package = Path(str(resources.files("smartcity_analysis")))
    paths = [p.relative_to(package) for p in sorted(package.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    return [(p.as_posix(), sha256((package / p).read_bytes())) for p in paths if p.parts[0] != SHIPPED]


def plain_name(name: str, *, file: str = "") -> str:
    """Return `name` when a file may be called so: Latin letters, digits, ``_``, ``-`` and ``.``, and no folder.

    Raises
    ------
    DataError
        For any other name, so that no name leaves the folder it is meant for; `file` says where it stood.
    """
    if not _FILE_NAME.fullmatch(name):
        raise DataError([Breach("unsafe_name", file=file or name, found=name)])
    return name


# --- writing ---------------------------------------------------------------------------------------------------------


def write_whole(path: Path, data: bytes | str) -> Path:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part.

    The bytes go to a temporary file beside `path`, are flushed to the disk, and take its name in one step.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = data.encode("utf-8") if isinstance(data, str) else data
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def fill_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` (by path relative to `folder`) into a folder that nobody reads yet.

    Raises
    ------
    ValueError
        For a path that leaves the folder.
    """
    for name, data in files.items():
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts:
            raise ValueError(f"{name}: found a path out of its folder, expected one below it.")
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def remove_file(path: Path) -> None:
    """Remove the file `path`, if it is there."""
    path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Remove the folder `path` with all that is in it, as far as that can be done."""
    shutil.rmtree(path, ignore_errors=True)


def copy_parts(source: Path, folder: Path, parts: Sequence[str]) -> None:
    """Copy folders of `source` to where they are in `folder`, each whole; hidden files and caches stay behind."""
    with scratch_folder(folder) as scratch:
        for part in parts:
            shutil.copytree(source / part, scratch / part, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        for part in parts:
            make_folder((folder / part).parent)
            (scratch / part).rename(folder / part)


def make_folder(path: Path) -> None:
    """Make the folder `path` and what it lies in, where they are not there."""
    path.mkdir(parents=True, exist_ok=True)


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder `new` where `place` is; the old one stays, or comes back, when that cannot be done.

    Between two renames there is a moment in which nothing stands at `place`; :func:`recover_folder` mends what a run
    that was killed then left behind.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    old = _old(place)
    remove_folder(old)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    remove_folder(old)


def recover_folder(place: Path) -> None:
    """Put back the folder that a run killed while it exchanged `place` left beside it."""
    old = _old(place)
    if old.exists() and not place.exists():
        old.rename(place)


def _old(place: Path) -> Path:
    return place.with_name(f".old-{place.name}")


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder below `parent` that is gone afterwards, unless it was moved away."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{_SCRATCH}{socket.gethostname()}-{os.getpid()}-"))
    try:
        yield folder
    finally:
        remove_folder(folder)


def remove_abandoned(parent: Path) -> None:
    """Remove the scratch folders below `parent` whose process, on this machine, is gone."""
    for folder in parent.glob(f"{_SCRATCH}{socket.gethostname()}-*-*"):
        with suppress(ValueError):
            if not _alive(int(folder.name.rsplit("-", 2)[1])):
                remove_folder(folder)


def _alive(pid: int) -> bool:
    if os.name != "posix":  # elsewhere signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

"""The only room that touches the disk: where things lie, and writing them whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd

from ..errors import Breach, DataError, UnknownNameError

__all__ = ["Store", "find_root", "read_text", "sha256", "write_whole"]

RAW = "data/raw"


def find_root(start: Path | str | None = None) -> Path:
    """Return the nearest folder at or above `start` that holds ``data/raw``.

    Without `start`, the environment variable ``SMARTCITY_ROOT`` decides when it is set, else the working directory: a
    notebook may be run from its own folder, from the project's, or by papermill from anywhere below.

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


def read_bytes(path: Path) -> bytes:
    """Return the bytes of `path`; a missing file is a breach, not a traceback."""
    try:
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


def packaged_frameworks() -> list[str]:
    """Return the names of the frameworks that ship with the package."""
    folder = resources.files("smartcity_analysis") / "frameworks"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml"))


def read_packaged(name: str) -> str:
    """Return the text of a file that ships with the package, such as ``frameworks/spbe.yaml``."""
    return (resources.files("smartcity_analysis") / name).read_text(encoding="utf-8")


def packaged_hashes() -> list[tuple[str, str]]:
    """Return name and SHA-256 of every file of the package, in order of name."""
    package = Path(str(resources.files("smartcity_analysis")))
    paths = sorted(p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return [(p.relative_to(package).as_posix(), sha256(p.read_bytes())) for p in paths]


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


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


def remove_file(path: Path) -> None:
    """Remove the file `path`, if it is there."""
    path.unlink(missing_ok=True)


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder `new` where `place` is; the old one stays, or comes back, when that cannot be done."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f".old-{place.name}")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder below `parent` that is gone afterwards, unless it was moved away."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix="run-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_processed(path: Path) -> pd.DataFrame:
    """Read one processed table; columns named (or ending in) code, region, parent or left_out stay text.

    Raises
    ------
    DataError
        When the table is not there, with the notebook order as remedy.
    """
    if not path.is_file():
        raise DataError([Breach("table_missing", file=path.name)])
    data = read_bytes(path)
    header = pd.read_csv(io.BytesIO(data), nrows=0).columns
    codes = {column: str for column in header if column.endswith(("code", "region", "parent", "left_out"))}
    return pd.read_csv(io.BytesIO(data), dtype=codes)


@dataclass(frozen=True, slots=True)
class Store:
    """Where one review reads and writes.

    `root` holds ``data/raw``; tables and figures go below `output` (the root itself when a notebook is run by hand, a
    folder of its own in the batch).
    """

    root: Path
    study: str
    year: int
    output: Path

    @classmethod
    def open(cls, study: str, year: int, *, output: str | Path = "", root: Path | None = None) -> Store:
        """Open the store of `study`; an empty `output` means the project's own folders."""
        base = find_root(root)
        known = sorted(p.name for p in (base / RAW).iterdir() if p.is_dir())
        if study not in known:
            raise UnknownNameError("study", study, known)
        return cls(base, study, int(year), Path(output) if output else base)

    @property
    def raw(self) -> Path:
        """The study's folder below ``data/raw``."""
        return self.root / RAW / self.study

    @property
    def processed(self) -> Path:
        """Where this review's tables go."""
        return self.output / "data" / "processed" / self.study / str(self.year)

    @property
    def figures(self) -> Path:
        """Where this review's figures go."""
        return self.output / "figures" / self.study / str(self.year)

    def save_table(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """Write `table` as ``<name>.csv`` (UTF-8, decimal point, codes as text) and return it unchanged."""
        buffer = io.StringIO()
        table.to_csv(buffer, index=table.index.names != [None], lineterminator="\n")
        write_whole(self.processed / f"{name}.csv", buffer.getvalue())
        return table

    def load_table(self, name: str) -> pd.DataFrame:
        """Read the processed table `name`, as :func:`read_processed` does."""
        return read_processed(self.processed / f"{name}.csv")

    def save_figure(self, name: str, data: bytes, suffix: str = "png") -> Path:
        """Write the bytes of a figure as ``<name>.<suffix>``."""
        return write_whole(self.figures / f"{name}.{suffix}", data)

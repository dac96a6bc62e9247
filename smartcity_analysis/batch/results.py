"""What has been done: one folder a result, whole or not there, with the hash of every file in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..disk import (
    files_below,
    fill_folder,
    hash_files,
    read_bytes,
    remove_folder,
    replace_folder,
    scratch_folder,
    sha256,
)
from ..errors import DataError
from .execute import Result
from .plan import Job, key_of

__all__ = ["WORK", "Done", "Results"]

WORK = ".smartcity"
RECORD = "done.json"


@dataclass(frozen=True, slots=True)
class Done:
    """One kept result.

    Parameters
    ----------
    key : str
    parts : mapping of str to str
        What the key was made of.
    files : mapping of str to str
        SHA-256 of every file by its path in the folder.
    seconds, peak_mib
        What the run took; None where it is not known.
    timings : mapping of str to float
        Seconds by step.
    """

    key: str
    parts: Mapping[str, str]
    files: Mapping[str, str]
    seconds: float = 0.0
    peak_mib: float | None = None
    timings: Mapping[str, float] = field(default_factory=dict)

    def tables(self) -> dict[str, str]:
        """Return the path of every processed table by its name."""
        return {Path(path).stem: path for path in self.files if path.endswith(".csv")}


@dataclass(frozen=True, slots=True)
class Results:
    """The results kept below `root`."""

    root: Path

    @property
    def scratch(self) -> Path:
        """Where unfinished work lies."""
        return self.root / WORK / "tmp"

    def folder(self, job: Job, key: str) -> Path:
        """Return where the result of `job` with `key` is kept."""
        return self.root / WORK / "jobs" / f"{job.label}-{key[:20]}"

    def find(self, job: Job, key: str) -> Done | None:
        """Return the result of `job` with `key` if it is kept and every file of it is as it was written."""
        folder = self.folder(job, key)
        done = _read(folder)
        if done is None or done.key != key:
            return None
        try:
            return done if hash_files((folder / name for name in done.files), folder) == done.files else None
        except DataError:
            return None

    def last(self, job: Job) -> Done | None:
        """Return what is kept of `job`, whatever its key."""
        return next((done for folder in self._folders(job) if (done := _read(folder))), None)

    def keep(self, job: Job, parts: Mapping[str, str], result: Result) -> Done:
        """Keep `result` in place of any earlier one of `job`."""
        files = {name: sha256(data) for name, data in sorted(result.files.items())}
        peak = None if result.peak_mib is None else round(result.peak_mib, 1)
        timings = {name: round(seconds, 3) for name, seconds in result.timings.items()}
        done = Done(key_of(parts), parts, files, round(result.seconds, 3), peak, timings)
        place = self.folder(job, done.key)
        with scratch_folder(self.scratch) as folder:
            fill_folder(folder, {**result.files, RECORD: json.dumps(asdict(done), indent=1).encode()})
            replace_folder(folder, place)
        for old in self._folders(job):
            if old != place:
                remove_folder(old)
        return done

    def hashes(self, job: Job, done: Done, tables: Iterable[str]) -> dict[str, str]:
        """Return the hashes of some tables of a result by ``job/table``; a table it does not have has none."""
        paths = done.tables()
        return {f"{job.name}/{table}": done.files[paths[table]] if table in paths else "" for table in tables}

    def read(self, job: Job, done: Done, tables: Iterable[str]) -> dict[str, bytes]:
        """Return some tables of a result by their path, those it has."""
        folder, paths = self.folder(job, done.key), done.tables()
        return {paths[table]: read_bytes(folder / paths[table]) for table in tables if table in paths}

    def files(self, job: Job, done: Done) -> Iterator[tuple[str, Path]]:
        """Yield every file of a result: its path in the folder, and where it lies."""
        folder = self.folder(job, done.key)
        return ((path.relative_to(folder).as_posix(), path) for path in files_below(folder) if path.name != RECORD)

    def _folders(self, job: Job) -> list[Path]:
        parent = self.root / WORK / "jobs"
        return [path for path in parent.glob(f"{job.label}-*") if path.name.rpartition("-")[0] == job.label]


def _read(folder: Path) -> Done | None:
    try:
        found: dict[str, Any] = json.loads(read_bytes(folder / RECORD))
        return Done(**found)
    except (DataError, ValueError, TypeError):  # not there, or of another version
        return None

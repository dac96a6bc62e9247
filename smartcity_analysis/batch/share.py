"""The set that is handed out: pages, documents, workbooks and forms of a finished report, looked through once more.

What was refused or replaced when the study was read cannot be in it. The finished bytes are looked through all the
same, because nobody can call back what forty offices have.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..disk import find_root, read_bytes, replace_folder, scratch_folder, write_whole
from ..errors import Breach, DataError
from ..study.privacy.folder import file_breaches

__all__ = ["SharedSet", "share", "shared_bytes"]

FOLDER = "share"
SHARED = (".html", ".pdf", ".xlsx", ".json")  # the kinds of file a report is made of; nothing else is handed out
_DATED = (1980, 1, 1, 0, 0, 0)  # of every file in the archive, so that equal files make an equal archive


@dataclass(frozen=True, eq=False)
class SharedSet:
    """What is ready to be handed out: a folder, the same as one archive, and the files in them."""

    folder: Path
    archive: Path
    files: Sequence[str]


def share(
    study: str, year: int, *, languages: Sequence[str] = ("id",), to: Path | None = None, root: Path | None = None
) -> SharedSet:
    """Build the set to hand out from the finished reports of `study` in `year`.

    Parameters
    ----------
    study : str
        A folder below ``data/raw``.
    year : int
        The year under review.
    languages : sequence of {"id", "en"}
        The reports to take; each lies in a folder of its own in the set.
    to : path, optional
        Where the set goes; ``share`` in the project by default.
    root : path, optional
        The project; found from the working directory by default.

    Raises
    ------
    DataError
        Where a report is missing, or anything personal is found in any file; nothing is handed out then, and what was
        handed out before stays as it is.
    """
    base = find_root(root)
    files: dict[str, bytes] = {}
    missing = []
    for code in languages:
        report = base / "reports" / study / str(year) / code
        if not (report / "index.html").is_file():
            place = report.relative_to(base).as_posix()
            facts = {"place": place, "study": study, "year": str(year), "code": code}
            missing.append(Breach("report_missing", file=place, facts=facts))
            continue
        for path in sorted(report.rglob("*")):
            if path.is_file() and path.suffix in SHARED and not path.name.startswith("."):
                files[f"{code}/{path.relative_to(report).as_posix()}"] = read_bytes(path)
    if missing:
        raise DataError(missing)
    archive = shared_bytes(files)
    target = (to or base / FOLDER).resolve()
    name = f"{study}-{year}-{'-'.join(languages)}"
    with scratch_folder(target) as folder:
        for file, data in files.items():
            write_whole(folder / "set" / file, data)
        replace_folder(folder / "set", target / name)
    return SharedSet(target / name, write_whole(target / f"{name}.zip", archive), tuple(files))


def shared_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return `files` (bytes by path) as one archive, after looking through every one; equal files, equal bytes.

    Raises
    ------
    DataError
        With every place that holds personal data, or that cannot be looked through; no value is repeated.
    """
    breaches = [breach for file, data in files.items() for breach in file_breaches(data, file, shared=True)]
    if breaches:
        raise DataError(_told(breach) for breach in breaches)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            about = zipfile.ZipInfo(file, _DATED)
            about.external_attr, about.create_system = 0o644 << 16, 3
            archive.writestr(about, files[file], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _told(breach: Breach) -> Breach:
    """Return a breach of a finished file: what is to be mended is the study, and not the file."""
    if breach.key != "personal_data":
        return breach
    return Breach("personal_shared", breach.file, breach.sheet, breach.row, breach.column, breach.found)

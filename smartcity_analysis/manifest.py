"""What a report was made from: written beside it, and held against the disk later.

Only the standard library is imported, so that a run in which nothing changed costs no more than its hashes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from .disk import RAW, files_below, hash_files, packaged_hashes, read_bytes, sha256, visible_files
from .errors import Breach, DataError

__all__ = ["MANIFEST", "Difference", "Manifest", "differences", "load_manifest", "report_folder", "unchanged"]

MANIFEST = "manifest.json"
PARTS = ("", "feedback", "illustrative")  # of a study's folder
_VERSIONS = ("numpy", "scipy", "pandas", "matplotlib", "babel", "nbconvert", "typst", "xlsxwriter")


@dataclass(frozen=True, eq=False)
class Manifest:
    """One report: what was asked, what it was made from, how the work went, and every file it consists of.

    Parameters
    ----------
    asked : mapping
        study, year, language, only_real, sheets.
    studies : sequence of str
        The folders below ``data/raw`` that were read, the study under review first.
    inputs : mapping of str to str
        SHA-256 by path, relative to the project: raw files and notebooks.
    outputs, elsewhere : mapping of str to str
        SHA-256 of the report's files by path in the report, and of tables and figures by path in the project.
    library, versions : str, mapping
        Hash over every file of the package; versions of what it computes and draws with.
    about : mapping
        package (its version), commit, spec, seed, made (time), engine.
    notebooks : sequence of mapping
        name, state, key, seconds, peak_mib and timings of each.
    """

    asked: Mapping[str, Any]
    studies: Sequence[str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    elsewhere: Mapping[str, str]
    library: str
    versions: Mapping[str, str]
    about: Mapping[str, Any] = field(default_factory=dict)
    notebooks: Sequence[Mapping[str, Any]] = ()

    def text(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the manifest says.

    Parameters
    ----------
    part : {"input", "library", "version", "output"}
    name : str
        Of the file or library.
    state : {"changed", "missing", "new"}
    """

    part: str
    name: str
    state: str


def asked_for(study: str, year: int, language: str, only_real: bool, sheets: Sequence[str] | None) -> dict[str, Any]:
    """Return what a review was asked for; `sheets` None stands for all."""
    chosen = None if sheets is None else list(sheets)
    return {"study": study, "year": year, "language": language, "only_real": only_real, "sheets": chosen}


def report_folder(root: Path, study: str, year: int, language: str) -> Path:
    """Return where the report on `study` in `year` lies."""
    return root / "reports" / study / str(year) / language


def load_manifest(report: Path) -> Manifest:
    """Read the manifest of a report.

    Raises
    ------
    DataError
        When there is none, or it cannot be read.
    """
    path = report / MANIFEST
    try:
        return Manifest(**json.loads(read_bytes(path)))
    except (ValueError, TypeError) as error:
        raise DataError([Breach("manifest_unreadable", file=str(path), found=str(error).split("\n")[0])]) from None


def raw_files(root: Path, studies: Iterable[str]) -> list[Path]:
    """Return every raw file of `studies` that a review may read."""
    return [path for name in studies for part in PARTS for path in visible_files(root / RAW / name / part)]


@cache
def library_hash() -> str:
    """Return one hash over every file of the package."""
    return sha256(json.dumps(packaged_hashes()).encode())


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of what numbers and pages are made with."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: metadata.version(name) for name in _VERSIONS}}


def commit_of(root: Path) -> str | None:
    """Return the commit that is checked out at `root`, with ``+`` where files differ from it; None without git."""
    try:
        head, changed = (
            subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=10)
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def differences(manifest: Manifest, root: Path, report: Path) -> list[Difference]:
    """Return everything in which the disk differs from what the manifest of `report` says; nothing when all is equal.

    Parameters
    ----------
    manifest : Manifest
    root : path
        The project, with raw files and notebooks.
    report : path
        The report; it may have been moved.
    """
    notebooks = [root / name for name in manifest.inputs if not name.startswith(f"{RAW}/")]
    present = [*raw_files(root, manifest.studies), *(path for path in notebooks if path.is_file())]
    found = _compare("input", manifest.inputs, hash_files(present, root))
    if manifest.library != library_hash():
        found.append(Difference("library", "smartcity_analysis", "changed"))
    found += _compare("version", manifest.versions, library_versions())
    made = hash_files((path for path in files_below(report) if path != report / MANIFEST), report)
    return found + _compare("output", manifest.outputs, made)


def _compare(part: str, said: Mapping[str, str], found: Mapping[str, str]) -> list[Difference]:
    changed = [Difference(part, name, "changed") for name in said if name in found and said[name] != found[name]]
    missing = [Difference(part, name, "missing") for name in said if name not in found]
    return changed + missing + [Difference(part, name, "new") for name in found if name not in said]


def unchanged(root: Path, asked: Mapping[str, Any]) -> Manifest | None:
    """Return the manifest of the report that `asked` asks for, if it is there and everything still is as it says."""
    report = report_folder(root, asked["study"], asked["year"], asked["language"])
    try:
        manifest = load_manifest(report)
        if manifest.asked != asked or differences(manifest, root, report):
            return None
        aside = hash_files((root / name for name in manifest.elsewhere), root)
    except DataError:
        return None
    return manifest if aside == manifest.elsewhere else None

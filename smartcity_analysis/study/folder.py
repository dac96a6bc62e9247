"""A study folder, read and checked whole: every table, every reference between tables, every breach at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..disk import RAW, find_root, read_bytes, sha256, visible_files, write_whole
from ..errors import Breach, DataError, UnknownNameError, nearest
from .contracts import TABLES
from .corrections import apply_corrections
from .entries import entry_breaches
from .framework_files import load_framework
from .geometry import BORDERS_FILE, border_breaches
from .illustrative import FOLDER as STAND_INS
from .illustrative import merge_tables, read_illustrative
from .loaded import FRAMEWORK_FILE, SPEC_FILE, Study
from .plain_csv import as_csv
from .privacy.folder import personal_breaches, placed, pseudonymised
from .readers.tables import ReadTable, read_table
from .reading import as_declared
from .references import reference_breaches, value_range_breaches
from .spec import NumberFormat, Privacy, load_spec

__all__ = ["accept_sources", "load_study"]

SOURCES_FILE = "SOURCES.csv"
FEEDBACK = "feedback"  # the folder of returned forms
TO_COLLECT = {"id": "YANG_PERLU_DIKUMPULKAN.md", "en": "TO_COLLECT.md"}  # lists of what a new study has to collect
UNHASHED = (SOURCES_FILE, SPEC_FILE, "README.md", *TO_COLLECT.values())  # edited at any time, and no source
OTHER_FILES = {*UNHASHED, FRAMEWORK_FILE, BORDERS_FILE}


def load_study(
    name: str | Path, *, root: Path | None = None, check_sources: bool = True, only_real: bool = False
) -> Study:
    """Read the study folder `name` and check it whole.

    A study whose files are as they were when it was last read in this process is not read again. Where the variable
    ``SMARTCITY_READS`` is set, only what it allows can be read (:mod:`.reading`).

    Parameters
    ----------
    name : str or path
        A folder below ``data/raw``, or the path of a study folder.
    root : path, optional
        The project; found from the working directory by default.
    check_sources : bool
        Hold every file against the sha256 in ``SOURCES.csv``.
    only_real : bool
        Do not read ``illustrative/`` at all.

    Raises
    ------
    DataError
        With every breach of every file.
    """
    folder = _study_folder(name, root)
    below = (FEEDBACK,) if only_real else (FEEDBACK, STAND_INS)
    if unfit := entry_breaches(folder, below):  # nothing is read before every file can be
        raise DataError(placed(unfit, folder.name))
    hashes = _hashes(folder, below)
    return as_declared(_read_study(folder, tuple(hashes.items()), check_sources, only_real))


@lru_cache(maxsize=8)  # two cities, each whole and real alone, with their peers
def _read_study(folder: Path, files: tuple[tuple[str, str], ...], check_sources: bool, only_real: bool) -> Study:
    """Read and check the study whose `files` have these hashes."""
    hashes, below = dict(files), (FEEDBACK,) if only_real else (FEEDBACK, STAND_INS)
    breaches: list[Breach] = []
    spec = None
    try:
        spec = load_spec(folder / SPEC_FILE)
    except DataError as error:
        breaches += error.breaches
    numbers = spec.number_format if spec else NumberFormat()
    paths, file_breaches = _files(folder)
    breaches += file_breaches
    read = {
        name: read_table(read_bytes(path), TABLES[name], file=path.name, numbers=numbers)
        for name, path in paths.items()
    }
    for result in read.values():
        breaches += result.breaches
    sound = {name: result for name, result in read.items() if not result.breaches}
    breaches += reference_breaches(sound)
    breaches += value_range_breaches(sound)
    breaches += border_breaches(folder, sound["regions"].values) if "regions" in sound else []
    sound, correction_breaches = apply_corrections(sound, numbers, read.keys() - sound.keys())
    breaches += correction_breaches
    stand_ins: dict[str, ReadTable] = {}
    if not only_real:
        stand_ins, stand_in_breaches = read_illustrative(folder, numbers, sound)
        breaches += stand_in_breaches
    breaches += _framework_breaches(folder)
    if check_sources and "sources" in sound:
        breaches += _source_breaches(sound["sources"], hashes, folder.name, only_real)
    privacy = spec.privacy if spec else Privacy()
    breaches += personal_breaches(folder, below, privacy)
    if breaches or spec is None:
        raise DataError(placed(breaches, folder.name))
    merged = merge_tables(sound, stand_ins)
    values = {name: result.values for name, result in merged.items()}
    tables = MappingProxyType(pseudonymised(values) if privacy.personal_data == "pseudonymise" else values)
    rows = MappingProxyType({name: tuple(map(int, result.rows)) for name, result in merged.items()})
    return Study(folder.name, folder, spec, tables, MappingProxyType(hashes), only_real, rows)


def accept_sources(name: str | Path, *, root: Path | None = None) -> list[str]:
    """Record the present sha256 of every file in ``SOURCES.csv`` and return the files whose hash changed or was added.

    A table that is not listed is added with the producers that its own rows name. Meant for a change made on purpose;
    the study is checked first, so that a broken file is never accepted.

    Parameters
    ----------
    name : str or path
        A folder below ``data/raw``, or the path of a study folder.
    root : path, optional
        The project; found from the working directory by default.
    """
    study = load_study(name, root=root, check_sources=False)
    sources = study.table("sources")
    current = sources["path"].map(study.hashes)
    changed = sources["path"][current.notna() & (current != sources["sha256"])].tolist()
    sources["sha256"] = np.where(current.notna(), current, sources["sha256"])
    added = _unlisted(study, set(sources["path"]))
    if changed or added:
        write_whole(study.folder / SOURCES_FILE, as_csv(pd.concat([sources, pd.DataFrame(added)], ignore_index=True)))
    return [*changed, *(row["path"] for row in added)]


def _unlisted(study: Study, listed: Collection[str]) -> list[dict[str, str]]:
    """Return a row of ``SOURCES.csv`` for every table of the study's own that is not among those `listed`."""
    rows = []
    for file, digest in study.hashes.items():
        name = Path(file).stem.lower()
        if "/" in file or file in listed or name not in study.tables or name == "sources":
            continue
        own = study.table(name)
        named = own.loc[own["status"] != "illustrative", "source"].dropna().unique()
        rows.append({"path": file, "sha256": digest, "title": name, "producer": "; ".join(named)})
    return rows


def _study_folder(name: str | Path, root: Path | None) -> Path:
    if isinstance(name, Path) or "/" in str(name):
        folder = Path(name)
        if not folder.is_dir():
            raise DataError([Breach("file_missing", file=str(folder))])
        return folder
    base = find_root(root) / RAW
    known = sorted(p.name for p in base.iterdir() if p.is_dir())
    if name not in known:
        raise UnknownNameError("study", name, known)
    return base / name


def _framework_breaches(folder: Path) -> tuple[Breach, ...]:
    """Return everything wrong with the study's own framework; one without has none."""
    own = folder / FRAMEWORK_FILE
    try:
        if own.is_file():
            load_framework(own)
    except DataError as error:
        return error.breaches
    return ()


def _hashes(folder: Path, below: Sequence[str]) -> dict[str, str]:
    """Return the sha256 of every file of `folder` and of its folders `below`."""
    paths = [*visible_files(folder), *(path for name in below for path in visible_files(folder / name))]
    return {path.relative_to(folder).as_posix(): sha256(read_bytes(path)) for path in paths}


def _files(folder: Path) -> tuple[dict[str, Path], list[Breach]]:
    """Find the file of each table; report missing, doubled and unknown ones."""
    found: dict[str, list[Path]] = {}
    breaches = []
    for path in visible_files(folder):
        if path.name == SOURCES_FILE:
            found.setdefault("sources", []).append(path)
        elif path.suffix.lower() in (".csv", ".xlsx") and path.stem.lower() in TABLES:
            found.setdefault(path.stem.lower(), []).append(path)
        elif path.name not in OTHER_FILES:
            facts = {"known": [f"{t}.csv" for t in TABLES], "hint": nearest(path.stem, TABLES) or ""}
            breaches.append(Breach("file_unknown", file=path.name, found=path.name, facts=facts))
    for name, table in TABLES.items():
        paths = found.get(name, [])
        if not paths and table.required:
            breaches.append(Breach("file_missing", file=SOURCES_FILE if name == "sources" else f"{name}.csv"))
        if len(paths) > 1:
            files = ", ".join(p.name for p in paths)
            breaches.append(Breach("file_twice", file=paths[0].name, found=files, facts={"files": files}))
    return {name: paths[0] for name, paths in found.items()}, breaches


def _source_breaches(sources: ReadTable, hashes: Mapping[str, str], study: str, only_real: bool) -> list[Breach]:
    declared = dict(zip(sources.values["path"], sources.values["sha256"], strict=True))
    rows = dict(zip(sources.values["path"], sources.rows, strict=True))
    breaches = []
    for file, digest in hashes.items():
        if file.rpartition("/")[2] in UNHASHED:
            continue
        if file not in declared:
            breaches.append(Breach("source_missing", file=file, found=digest[:12]))
        elif declared[file] != digest:
            facts = {"expected": declared[file][:12] + "…", "study": study}
            breaches.append(Breach("hash_differs", file=file, found=digest[:12] + "…", facts=facts))
    required = {f"{table.name}.csv" for table in TABLES.values() if table.required}  # reported already
    for file in sorted(declared.keys() - hashes.keys() - required):
        if only_real and file.startswith(f"{STAND_INS}/"):
            continue
        breaches.append(Breach("source_gone", file=SOURCES_FILE, row=int(rows[file]), column="path", found=file))
    return breaches

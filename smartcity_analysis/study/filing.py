"""Files that a command adds to a study folder: written whole, and recorded in ``SOURCES.csv`` with their hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..disk import remove_file, sha256, write_whole
from .folder import SOURCES_FILE
from .loaded import Study
from .plain_csv import as_csv

__all__ = ["Filed", "file_in_study"]


@dataclass(frozen=True, slots=True)
class Filed:
    """One file to be put below a study folder, and what ``SOURCES.csv`` is to say of it."""

    data: bytes
    title: str
    producer: str
    published: str = ""
    note: str = ""


def file_in_study(study: Study, files: Mapping[str, Filed], *, gone: Sequence[str] = ()) -> list[str]:
    """Write `files` (by path below the study folder), record each in SOURCES.csv, and return the paths.

    Files that are `gone` (a table without rows is no table) are taken away with their rows.

    A file that is recorded already keeps its row and gets the new hash. ``SOURCES.csv`` is written last, so that a run
    that is cut short is noticed by the next check.
    """
    sources = study.table("sources").set_index("path", drop=False)
    for path, filed in files.items():
        write_whole(study.folder / path, filed.data)
        if path in sources.index:
            sources.loc[path, "sha256"] = sha256(filed.data)
            continue
        row = {
            "path": path,
            "sha256": sha256(filed.data),
            "title": filed.title,
            "producer": filed.producer,
            "published": filed.published or None,
            "note": filed.note or None,
        }
        sources = pd.concat([sources, pd.DataFrame([row], index=[path])])
    sources = sources[~sources["path"].isin(gone)]
    write_whole(study.folder / SOURCES_FILE, as_csv(sources))
    for path in gone:
        remove_file(study.folder / path)
    return list(files)

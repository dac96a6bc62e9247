"""Stand-ins for figures that nobody has published yet: a study's folder ``illustrative/``.

It holds files of the same form as the study's own tables, and every row of them says ``illustrative``. A real row takes
the place of an illustrative one with the same key, so that the stand-ins go as the real figures come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..disk import read_bytes, visible_files
from ..errors import Breach, nearest
from .contracts import TABLES
from .readers.tables import ReadTable, read_table
from .references import reference_breaches, value_range_breaches
from .spec import NumberFormat

__all__ = ["FOLDER", "merge_tables", "read_illustrative"]

FOLDER = "illustrative"


def read_illustrative(
    folder: Path, numbers: NumberFormat, real: Mapping[str, ReadTable]
) -> tuple[dict[str, ReadTable], list[Breach]]:
    """Read the stand-ins of the study in `folder`, each named ``illustrative/<file>``.

    Parameters
    ----------
    folder : path
        The study; one without ``illustrative/`` has no stand-ins.
    numbers : NumberFormat
        Of the study.
    real : mapping of name to ReadTable
        The study's own sound tables, which the stand-ins may refer to.

    Returns
    -------
    (dict of name to ReadTable, list of Breach)
        The tables as read, and everything wrong with them: also a row that does not say it is illustrative.
    """
    reads: dict[str, ReadTable] = {}
    breaches: list[Breach] = []
    for path in visible_files(folder / FOLDER):
        shown, name = f"{FOLDER}/{path.name}", path.stem.lower()
        if path.name == "README.md":
            continue
        if path.suffix.lower() not in (".csv", ".xlsx") or name not in TABLES or name == "sources":
            facts = {"known": [f"{t}.csv" for t in TABLES if t != "sources"], "hint": nearest(path.stem, TABLES) or ""}
            breaches.append(Breach("file_unknown", file=shown, found=path.name, facts=facts))
            continue
        reads[name] = read_table(read_bytes(path), TABLES[name], file=shown, numbers=numbers)
        breaches += [*reads[name].breaches, *_status_breaches(reads[name])]
    sound = {name: read for name, read in reads.items() if not read.breaches}
    known = {name: read for name, read in merge_tables(real, sound).items() if name in sound or name not in reads}
    breaches += reference_breaches({n: r for n, r in sound.items() if n not in ("regions", "neighbours")}, known)
    breaches += value_range_breaches(sound, known)
    return reads, breaches


def _status_breaches(read: ReadTable) -> list[Breach]:
    """Return every row of a stand-in that could pass for a real one."""
    if "status" not in read.values.columns:
        return []
    wrong = np.flatnonzero((read.values["status"] != FOLDER).to_numpy())
    return [
        Breach("not_illustrative", file=read.file, sheet=read.sheet, row=int(read.rows[at]), column="status",
               found=read.values["status"].iat[at])
        for at in wrong
    ]  # fmt: skip


def merge_tables(real: Mapping[str, ReadTable], stand_ins: Mapping[str, ReadTable]) -> dict[str, ReadTable]:
    """Return `real` with the rows of `stand_ins` whose key it does not hold behind its own."""
    merged = dict(real)
    for name, read in stand_ins.items():
        if name not in merged:
            merged[name] = read
            continue
        own, key = merged[name], list(TABLES[name].key)
        held = pd.MultiIndex.from_frame(own.values[key])
        new = ~pd.MultiIndex.from_frame(read.values[key]).isin(held)
        values = pd.concat([own.values, read.values[new]], ignore_index=True)
        merged[name] = replace(own, values=values, rows=np.concatenate([own.rows, read.rows[new]]))
    return merged

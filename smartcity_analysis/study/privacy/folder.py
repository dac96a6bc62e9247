"""Personal data in whole files and folders: refused with their places, or replaced by tokens while a study is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ...disk import read_bytes, visible_files
from ...errors import Breach
from ..columns import Table
from ..contracts import TABLES
from ..spec import Privacy
from .files import Place, places_in
from .texts import Tokens, counted, find_personal_data, masked, masked_text, said
from .workbooks import UnreadableError, is_person, workbook_places

__all__ = ["file_breaches", "found_in", "personal_breaches", "placed", "pseudonymised", "replaced", "written_beside"]

SPEC = "study.yaml"
NOTHING: Counter[str] = Counter()
_TABLES = (".csv", ".xlsx")
_NOT_KEPT = ("docProps/", "xl/persons")  # parts of a form that are emptied before it is filed


def found_in(place: Place) -> Counter[str]:
    """Return how much of each kind of personal data stands in one place."""
    found = find_personal_data(place.text)
    if not found and not place.author:
        return NOTHING
    if place.whole:  # of pieces put together, only a number is certain to be one
        found = tuple(one for one in found if one.kind != "NAMA")
    if place.author and is_person(place.text):
        return Counter({"NAMA": 1}) + Counter({k: n for k, n in counted(found).items() if k != "NAMA"})
    return counted(found)


@lru_cache(maxsize=128)  # files of a few studies: the cache holds their bytes
def file_breaches(data: bytes, file: str, *, shared: bool = False) -> tuple[Breach, ...]:
    """Return one breach for every place of a file that holds personal data; none of them repeats what it found.

    Parameters
    ----------
    data : bytes
    file : str
        Its name; it is looked at as well.
    shared : bool
        Whether the file is about to be handed out; one that cannot be looked through is a breach then.
    """
    places: dict[tuple[str | None, int | None, str | None], Counter[str]] = {}
    named = find_personal_data(file.rpartition("/")[2].replace("_", " "))
    if named:
        places[None, None, None] = counted(named)
    try:
        for place in places_in(data, file):
            found = found_in(place)
            if found and not (place.whole and any(known >= found for known in places.values())):
                where = (place.sheet, place.row, f"{place.part} {place.column or ''}".strip() or None)
                places[where] = max(places.get(where, Counter()), found, key=lambda counts: counts.total())
    except UnreadableError as error:
        return (Breach("personal_unread", file=_name(file), found=str(error)),) if shared else ()
    return tuple(
        masked(Breach("personal_data", file=_name(file), sheet=sheet, row=row, column=column, found=said(found)))
        for (sheet, row, column), found in places.items()
    )


def written_beside(data: bytes, answers: Container[tuple[str, str]]) -> list[Breach]:
    """Return the personal data in a returned form outside its `answers` (sheet and cell), each with its place.

    Comments and hidden sheets are looked at too. Who saved the file is no breach: the properties are not kept.
    """
    places = (p for p in workbook_places(data) if not p.author and (p.sheet, f"{p.column}{p.row}") not in answers)
    found = [(place, find_personal_data(place.text)) for place in places]
    told = [(p, said(counted(some))) for p, some in found if some and not str(p.column).startswith(_NOT_KEPT)]
    return [Breach("personal_data", sheet=p.sheet, row=p.row, column=p.column, found=words) for p, words in told]


def _name(file: str) -> str:
    folder, slash, name = file.rpartition("/")
    spaced = name.replace("_", " ")
    return f"{folder}{slash}{masked_text(spaced) if find_personal_data(spaced) else name}"


def personal_breaches(folder: Path, below: Sequence[str], privacy: Privacy) -> list[Breach]:
    """Return the breaches of every file of a study folder (and of its folders `below`).

    Where personal data are replaced by tokens, only what a token cannot replace is a breach: the name of a file, the
    declaration of the study, and a column that other rows are found by.
    """
    paths = [*visible_files(folder), *(path for name in below for path in visible_files(folder / name))]
    breaches: list[Breach] = []
    for path in paths:
        own = file_breaches(read_bytes(path), path.relative_to(folder).as_posix())
        if privacy.personal_data == "pseudonymise":
            fixed = _fixed_columns(TABLES.get(path.stem.lower())) if path.suffix.lower() in _TABLES else set()
            own = tuple(
                b for b in own if (b.row is b.column is b.sheet is None) or path.name == SPEC or b.column in fixed
            )
        breaches += own
    return breaches


def _fixed_columns(table: Table | None) -> set[str]:
    if table is None:
        return set()
    return {
        header for c in table.columns if c.name in table.key or c.refers or c.pattern for header in (c.name, *c.headers)
    }


def pseudonymised(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return `tables` with a token in place of all personal data: the same data have the same token in all of them.

    Columns that other rows are found by are left as they are; personal data in them are refused before.
    """
    columns = {name: _free_columns(name, table) for name, table in tables.items()}
    tokens = Tokens(text for name, table in tables.items() for c in columns[name] for text in _texts(table[c]))
    changed = {}
    for name, table in tables.items():
        copy = table.copy()
        for column in columns[name]:
            copy[column] = copy[column].map(lambda v: tokens.put(v) if isinstance(v, str) else v).astype(object)
        changed[name] = copy
    return changed


def replaced(tables: Mapping[str, pd.DataFrame]) -> Counter[str]:
    """Return how many tokens of each kind stand in `tables`."""
    texts = (t for name, table in tables.items() for c in _free_columns(name, table) for t in _texts(table[c]))
    return Tokens.counted(texts)


def _free_columns(name: str, table: pd.DataFrame) -> list[str]:
    fixed = _fixed_columns(TABLES.get(name))
    return [c for c in table.columns if c not in fixed and not pd.api.types.is_numeric_dtype(table[c])]


def _texts(column: pd.Series) -> Iterable[str]:
    return (text for text in column if isinstance(text, str))


def placed(breaches: Iterable[Breach], folder: str) -> list[Breach]:
    """Return `breaches` below `folder`, so that none repeats personal data of the file it is about."""
    return [masked(replace(breach, file=f"{folder}/{breach.file}")) for breach in breaches]

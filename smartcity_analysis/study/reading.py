"""What a notebook declares that it reads: a study limited to that, and a hash of its content.

A declaration (``smartcity.reads`` in a notebook's metadata) lists tables by role, the study under review and its peers:
``{"city": ["scores", "survey_answers[opd]"], "peers": ["regions"]}``. ``name[column]`` keeps the rows whose column
equals the notebook's parameter of that name; the column may also be one of a table that the rows refer to.
``files`` stands for every file as it lies in the folder, and so for every table.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..disk import sha256
from ..errors import Breach, DataError, nearest
from .contracts import TABLES
from .loaded import Study

__all__ = ["READS", "Reads", "as_declared", "content_hashes", "limit_study", "resolve_reads"]

READS = "SMARTCITY_READS"  # the environment variable that holds what the running notebook declares
FILES = "files"
ALWAYS = ("study.yaml", "framework.yaml", "regions.geojson")  # read by path wherever a study is

Reads = Mapping[str, Mapping[str, object] | None]  # by table: all rows, or those with these values
Value = TypeVar("Value")

_ENTRY = re.compile(r"(\w+)(?:\[(\w+)\])?")
_WRITTEN: WeakKeyDictionary[Study, dict[str, tuple[str, NDArray[np.object_]]]] = WeakKeyDictionary()


class _Declared(Mapping[str, Value]):
    """The declared part of a mapping; anything else is refused, not answered as if it were not there."""

    def __init__(self, study: str, declared: Collection[str], held: Mapping[str, Value]) -> None:
        self._study, self._declared, self._held = study, tuple(declared), held

    def __getitem__(self, name: str) -> Value:
        return self._held[name] if name in self._declared else self._refuse(name)

    def __contains__(self, name: object) -> bool:
        return name in self._held if name in self._declared else self._refuse(name)

    def __iter__(self) -> Iterator[str]:
        self._refuse(FILES)

    def __len__(self) -> int:
        self._refuse(FILES)

    def _refuse(self, name: object) -> NoReturn:
        asked = name if name in TABLES else FILES
        facts = {"declared": ", ".join(self._declared) or "-"}
        raise DataError([Breach("read_undeclared", file=self._study, found=asked, facts=facts)])


def limit_study(study: Study, reads: Reads) -> Study:
    """Return `study` with nothing but the tables of `reads`, each with the rows it allows.

    Parameters
    ----------
    study : Study
    reads : mapping of table to (mapping of column to value, or None)
        None allows every row. ``files`` allows the hashes, and with them everything.

    Returns
    -------
    Study
        Asking it for another table, or for ``hashes``, raises a DataError that names what is not declared.
    """
    if FILES in reads:
        return study
    tables = {name: study.tables[name] for name in reads if name in study.tables}
    for name, where in reads.items():
        if name in tables and where:
            tables[name] = tables[name][_allowed(study, name, where)].reset_index(drop=True)
    return replace(study, tables=_Declared(study.name, reads, tables), hashes=_Declared(study.name, reads, {}))


def as_declared(study: Study) -> Study:
    """Return `study` limited to what ``SMARTCITY_READS`` allows; whole when the variable is not set.

    The variable holds, as JSON, what :func:`resolve_reads` returns.

    Raises
    ------
    DataError
        For a study of which nothing is declared.
    """
    given = os.environ.get(READS)
    if not given:
        return study
    reads = json.loads(given)
    if study.name not in reads:
        facts = {"declared": ", ".join(reads) or "-"}
        raise DataError([Breach("study_undeclared", file=study.name, found=study.name, facts=facts)])
    return limit_study(study, reads[study.name])


def content_hashes(study: Study, reads: Reads) -> dict[str, str]:
    """Return a SHA-256 of the content of everything that `reads` allows, by name.

    Parameters
    ----------
    study : Study
        The checked study.
    reads : Reads
        What is allowed, as :func:`resolve_reads` gives it.

    Returns
    -------
    dict of str to str
        For every table its columns, types and allowed rows in order, as loaded: the same however the file is laid out.
        ``files`` is a hash over all files. The declaration, and framework and borders of the study's own, always count.
    """
    hashes = {file: study.hashes[file] for file in ALWAYS if file in study.hashes}
    for name, where in reads.items():
        if name == FILES:
            hashes[name] = sha256(json.dumps(dict(study.hashes), sort_keys=True).encode())
            continue
        columns, rows = _written(study, name)
        allowed = rows[_allowed(study, name, where)] if where and len(rows) else rows
        hashes[name] = sha256("\n".join([columns, *allowed]).encode())
    return hashes


def resolve_reads(
    declared: Mapping[str, Sequence[str]], *, study: Study, peers: Study | None, parameters: Mapping[str, object],
    file: str = "",
) -> dict[str, dict[str, dict[str, object] | None]]:  # fmt: skip
    """Return what a notebook with `parameters` may read: by study and table, all rows or those with certain values.

    Parameters
    ----------
    declared : mapping of role (city, peers) to sequence of str
        As in the notebook's metadata. Peers that the study does not have are left out.
    study, peers : Study
    parameters : mapping
        All parameters of the notebook.
    file : str, optional
        The notebook, for messages.

    Raises
    ------
    DataError
        With every unknown role and table, and every restriction by what is no column or no parameter.
    """
    studies = {"city": study, "peers": peers}
    found: dict[str, dict[str, dict[str, object] | None]] = {}
    breaches: list[Breach] = []
    for role, entries in declared.items():
        if role not in studies:
            breaches.append(_not_allowed(role, list(studies), file, "smartcity.reads"))
            continue
        for entry in entries:
            name, where, problems = _entry(entry, parameters, file, f"smartcity.reads.{role}")
            breaches += problems
            one = studies[role]
            if one is not None and not problems:
                tables = found.setdefault(one.name, {})
                tables[name] = where if tables.get(name, where) == where else None  # asked for twice: all rows
    if breaches:
        raise DataError(breaches)
    return found


def _entry(
    entry: str, parameters: Mapping[str, object], file: str, place: str
) -> tuple[str, dict[str, object] | None, list[Breach]]:
    """Return table and restriction of one entry of a declaration, and what is wrong with it."""
    match, known = _ENTRY.fullmatch(entry), [*TABLES, FILES]
    name, column = match.groups() if match else (entry, None)
    if name not in known:
        return name, None, [_not_allowed(entry, known, file, place)]
    if column is None:
        return name, None, []
    columns = [each for each in parameters if _route(name, each)]
    if column in columns:
        return name, {column: parameters[column]}, []
    facts = {"table": name, "known": ", ".join(columns) or "-"}
    return name, None, [Breach("read_restriction", file=file, column=place, found=entry, facts=facts)]


def _not_allowed(found: str, known: list[str], file: str, place: str) -> Breach:
    facts = {"allowed": known, "hint": nearest(found, known) or ""}
    return Breach("not_allowed", file=file, column=place, found=found, facts=facts)


def _route(name: str, column: str) -> tuple[str, str, str] | None:
    """Return how rows of table `name` have a value of `column`: own column, table and column it refers to.

    An own column refers to itself. None when neither the table nor one that it refers to has the column.
    """
    if name == FILES:
        return None
    single = {c.name: c for c in TABLES[name].columns if c.kind != "list"}
    if column in single:
        return column, name, column
    for each in single.values():
        other, _, key = (each.refers or "").partition(".")
        if other in TABLES and column in {c.name for c in TABLES[other].columns if c.kind != "list"}:
            return each.name, other, key
    return None


def _allowed(study: Study, name: str, where: Mapping[str, object]) -> NDArray[np.bool_]:
    """Say which rows of the table `name` have the values of `where`."""
    table = study.tables[name]
    chosen = np.ones(len(table), dtype=bool)
    for column, value in where.items():
        route = _route(name, column)
        if route is None:
            raise KeyError(f"{name}[{column}]")
        own, other, key = route
        if other == name:
            chosen &= (table[own] == value).to_numpy()
        elif other in study.tables:
            rows = study.tables[other]
            chosen &= table[own].isin(rows.loc[rows[column] == value, key]).to_numpy()
    return chosen


def _written(study: Study, name: str) -> tuple[str, NDArray[np.object_]]:
    """Return columns and rows of the table `name`, written out so that what differs in any value is written otherwise.

    The repr of a float is exact, that of a text holds no line break.
    """
    known = _WRITTEN.setdefault(study, {})
    if name not in known:
        table = study.table(name)
        columns = repr([(column, str(dtype)) for column, dtype in table.dtypes.items()])
        rows = table.astype(object).itertuples(index=False, name=None)
        known[name] = columns, np.array([repr(row) for row in rows], dtype=object)
    return known[name]

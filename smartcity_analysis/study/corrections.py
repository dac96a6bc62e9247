"""Declared corrections: one cell of a raw table each, applied while the study is read; the raw file stays as it is.

A correction says which cell, what must stand there now, what shall stand there, and why. When the raw file no longer
says what the correction was declared against, the correction is a breach and not a guess.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..disk import read_bytes, visible_files
from ..errors import Breach, nearest
from .columns import STATUSES, Column, Table
from .contracts import TABLES
from .readers.tables import MISSING_WORDS, ReadTable, read_table
from .references import reference_breaches, value_range_breaches
from .spec import NumberFormat

__all__ = ["apply_corrections", "cell_text", "check_value", "correctable", "find_rows", "raw_tables", "row_key"]

EMPTY = {"id": "(kosong)", "en": "(empty)"}
FIXED = ("sources", "corrections", "feedback", "feedback_sent")  # tables that are not corrected


def correctable(table: Table) -> list[str]:
    """Return the columns of `table` that a correction may change: not its key, nor status and source."""
    return [c.name for c in table.columns if c.name not in (*table.key, "status", "source")]


def cell_text(value: Any, column: Column, numbers: NumberFormat) -> str | None:
    """Return a typed value as the text a raw file of this number format holds; missing is None.

    Examples
    --------
    >>> cell_text(12.5, Column("x", "number"), NumberFormat(decimal=",", thousands="."))
    '12,5'
    """
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if column.kind in ("number", "year"):
        return f"{float(value):.15g}".replace(".", numbers.decimal)
    return str(value)


def row_key(table: Table, row: Mapping[str, Any]) -> str:
    """Return the key of `row` as text: ``region=35.71.01.1001; year=2024; indicator=polling_stations``."""
    parts = {name: cell_text(row[name], table.by_name[name], NumberFormat()) for name in table.key}
    return "; ".join(f"{name}={text}" for name, text in parts.items())


def find_rows(values: pd.DataFrame, table: Table, key: str) -> np.ndarray:
    """Return the positions of the rows of `values` that the text `key` names; none when it is not of that form."""
    pattern = "; ?".join(f"{re.escape(name)}=(.*)" for name in table.key)
    match = re.fullmatch(pattern, key.strip())
    if match is None:
        return np.array([], dtype=int)
    chosen = np.ones(len(values), dtype=bool)
    for name, wanted in zip(table.key, match.groups(), strict=True):
        cells = [cell_text(value, table.by_name[name], NumberFormat()) for value in values[name]]
        chosen &= np.array([cell == wanted.strip() for cell in cells], dtype=bool)
    return np.flatnonzero(chosen)


def check_value(
    tables: Mapping[str, ReadTable], name: str, position: int | None, column: Column, text: str | None,
    numbers: NumberFormat,
) -> tuple[Any, list[Breach]]:  # fmt: skip
    """Read `text` as a new value of `column` in one row of table `name`, and check it as the raw file is checked.

    Parameters
    ----------
    tables : mapping of name to ReadTable
        All sound tables, for references and plausible ranges.
    position : int or None
        The row; without it the checks that need the rest of the row are left out.
    text : str or None
        None empties the cell.

    Returns
    -------
    (value, list of Breach)
        The typed value, and what is wrong with it, without a place.
    """
    if text is None or text.strip().lower() in MISSING_WORDS:
        empty = np.nan if column.kind in ("number", "year") else None
        return empty, [] if column.nullable else [Breach("cell_empty")]
    value, breaches = _read(text, column, numbers)
    if breaches:
        return None, breaches
    if position is None:
        return value, []
    changed = tables[name].values.iloc[[position]].reset_index(drop=True)
    changed[column.name] = pd.Series([value], dtype=changed[column.name].dtype)
    one = {name: replace(tables[name], values=changed, rows=tables[name].rows[[position]])}
    return value, [*reference_breaches(one, tables), *value_range_breaches(one, tables)]


def raw_tables(folder: Path, numbers: NumberFormat) -> dict[str, ReadTable]:
    """Return the tables of the study in `folder` as its files hold them, no correction applied."""
    paths = {p.stem.lower(): p for p in visible_files(folder) if p.suffix.lower() in (".csv", ".xlsx")}
    names = [name for name in TABLES if name in paths]
    return {n: read_table(read_bytes(paths[n]), TABLES[n], file=paths[n].name, numbers=numbers) for n in names}


def apply_corrections(
    tables: Mapping[str, ReadTable], numbers: NumberFormat, broken: Iterable[str] = ()
) -> tuple[dict[str, ReadTable], list[Breach]]:
    """Return `tables` with their declared corrections applied, in the order they stand in ``corrections.csv``.

    The row of a corrected cell takes the correction's status if that is weaker, and names the correction as a source.
    Corrections of `broken` tables, whose own breaches are reported, are passed over.
    """
    corrected, unread = dict(tables), set(broken)
    if "corrections" not in tables:
        return corrected, []
    declared = tables["corrections"]
    breaches: list[Breach] = []
    for row, correction in zip(declared.rows, declared.values.to_dict("records"), strict=True):
        if correction["table"] in unread:
            continue
        changed, problems = _corrected(corrected, correction, numbers)
        breaches += [replace(p, file=declared.file, sheet=declared.sheet, row=int(row)) for p in problems]
        if changed is not None:
            corrected[correction["table"]] = changed
    return corrected, breaches


def _corrected(
    tables: Mapping[str, ReadTable], correction: Mapping[str, Any], numbers: NumberFormat
) -> tuple[ReadTable | None, list[Breach]]:
    """Return the table of one correction with the cell changed, or what is wrong with the correction."""
    name, wanted = correction["table"], correction["column"]
    known = [t for t in tables if t not in FIXED]
    if name not in known:
        facts = {"known": known, "hint": nearest(name, known) or ""}
        return None, [Breach("correction_table", column="table", found=name, facts=facts)]
    table, read = TABLES[name], tables[name]
    if wanted not in correctable(table):
        allowed: dict[str, Any] = {"table": name, "known": correctable(table)}
        allowed["hint"] = nearest(wanted, correctable(table)) or ""
        return None, [Breach("correction_column", column="column", found=wanted, facts=allowed)]
    at = find_rows(read.values, table, correction["row"])
    if len(at) != 1:
        facts = {"table": name, "key": "; ".join(f"{k}=..." for k in table.key)}
        return None, [Breach("correction_row", column="row", found=correction["row"], facts=facts)]
    column, position = table.by_name[wanted], int(at[0])
    present = cell_text(read.values[wanted].iloc[position], column, numbers)
    before, problems = _read(correction["from"], replace(column, nullable=True), numbers)
    if problems or present != cell_text(before, column, numbers):
        expected = {"expected": {c: correction["from"] or word for c, word in EMPTY.items()}, "table": name}
        return None, [Breach("correction_stale", column="from", found=present, facts=expected)]
    value, problems = check_value(tables, name, position, column, correction["to"], numbers)
    if problems:
        return None, [replace(problem, column="to", found=correction["to"]) for problem in problems]
    return _put(read, position, column, value, correction), []


def _read(text: str | None, column: Column, numbers: NumberFormat) -> tuple[Any, list[Breach]]:
    """Return one cell typed as the reader of raw files types it, and what is wrong with it."""
    if text is None:
        return None, []
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[column.name], [text]])
    table = Table("cell", (column,), key=(column.name,))
    read = read_table(buffer.getvalue().encode(), table, file="", numbers=numbers)
    return (None, list(read.breaches)) if read.breaches else (read.values[column.name].iloc[0], [])


def _put(read: ReadTable, position: int, column: Column, value: Any, correction: Mapping[str, Any]) -> ReadTable:
    """Return `read` with one cell changed, its status weakened and its source completed."""
    values = read.values.copy()
    where = values.index[position]
    marks = f"{column.name}_status" if f"{column.name}_status" in values.columns else "status"
    values[column.name] = values[column.name].astype(object if column.kind not in ("number", "year") else float)
    values.at[where, column.name] = value
    present = values.at[where, marks]
    if not isinstance(present, str) or STATUSES.index(correction["status"]) > STATUSES.index(present):
        values.at[where, marks] = correction["status"]
    values.at[where, "source"] = f"{values.at[where, 'source']}; corrections.csv {correction['code']}"
    return replace(read, values=values)

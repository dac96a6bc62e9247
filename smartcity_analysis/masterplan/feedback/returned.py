"""A returned feedback form, checked whole: what the OPD answered, or everything wrong with the form by sheet and cell.

A form carries a hidden sheet that says what was asked: sheets, lines, the words of the answers, and a digest of every
cell that is not an answer. A form that was taken apart is refused, and whatever was written has a place to go: a
remark, or a breach that names its cell.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Breach, DataError
from ...study import TABLES, Study
from ...study.columns import Column
from ...study.corrections import check_value, find_rows
from ...study.privacy.folder import written_beside
from ...study.privacy.texts import counted, find_personal_data, masked, masked_text, said
from ...study.readers.tables import MISSING_WORDS, ReadTable
from ...study.sheets import Cell, Sheets, column_letters, read_sheets
from .lines import parse_item

__all__ = ["ANSWERS", "KINDS", "META", "VERSION", "Returned", "cell_digest", "fingerprint", "read_returned"]

META, VERSION = "_meta", "smartcity feedback 1"
KINDS = ("agree", "correct", "object")
ANSWERS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "findings": {"answer": 7, "new": 8, "evidence": 9, "remark": 10},
        "data": {"answer": 7, "new": 8, "evidence": 9, "remark": 10},
        "additions": {"item": 2, "new": 3, "evidence": 4, "remark": 5},
    }
)  # the columns an OPD writes in, by kind of sheet, from 1
PARTS = ("kind", "item", "old", "new", "remark", "evidence")
_WRITTEN = ("answer", "item", "new", "remark", "evidence")
_YEARS = {"id": "tahun empat angka: 2022; 2023", "en": "years in four digits: 2022; 2023"}
_NEEDS = {
    "new": {"id": "isi yang benar", "en": "the right value"},
    "evidence": {"id": "bukti", "en": "evidence"},
    "remark": {"id": "keterangan (alasan)", "en": "a remark (the reason)"},
}


@dataclass(frozen=True, eq=False)
class Returned:
    """What one form says: the agency, its `remarks` (one row each) and how many lines it was asked about."""

    opd: str
    year: int
    file: str
    asked: int
    remarks: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a form: its place and what it asks about."""

    kind: str
    row: int
    item: str | None = None
    old: str | None = None


class _Meta:
    """The hidden sheet of a form, taken apart."""

    def __init__(self, rows: Sequence[Sequence[str]]):
        self.facts = {row[0]: row[1] for row in rows if row[0] in ("format", "study", "year", "opd", "fingerprint")}
        self.sheets = {row[1]: row[2] for row in rows if row[0] == "sheet"}
        self.words = {row[2].lower(): row[1] for row in rows if row[0] == "answer"}
        self.digests = {(row[1], int(row[2]), int(row[3])): row[4] for row in rows if row[0] == "cell"}
        self.lines = [_Line(r[1], int(r[2]), r[3] or None, r[4] or None) for r in rows if r[0] == "line"]
        self.choices: dict[str, dict[str, str]] = {}
        for row in rows:
            if row[0] == "choice":
                self.choices.setdefault(row[1], {}).update({row[3].lower(): row[2], row[2].lower(): row[2]})


def fingerprint(rows: Sequence[Sequence[str]]) -> str:
    """Return one hash over the rows of the hidden sheet, without the row that holds it."""
    kept = [[*row, "", "", "", "", ""][:5] for row in rows if row[0] != "fingerprint"]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def cell_digest(text: str) -> str:
    """Return a short hash of the text of one cell; the empty cell has none."""
    return hashlib.sha256(text.encode()).hexdigest()[:10] if text else ""


def read_returned(data: bytes, *, file: str, study: Study, year: int) -> Returned:
    """Read a returned form of `study` and `year`.

    Parameters
    ----------
    data : bytes
        The workbook.
    file : str
        Its name in messages.
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    Returned
        One remark for every line that was answered and every addition. A new value of a raw cell is the code or number
        that the raw table takes, ``-`` where the cell shall be empty.

    Raises
    ------
    DataError
        With everything wrong with the form, each with its sheet and cell.
    """
    sheets = read_sheets(data, file=file)
    meta, breaches = _meta(sheets, study, year)
    if meta is None or breaches:
        raise DataError(masked(replace(breach, file=file)) for breach in breaches)
    breaches = _changed(sheets, meta)
    remarks: list[dict[str, Any]] = []
    tables = {n: ReadTable(t, np.arange(2, len(t) + 2), (), f"{n}.csv") for n, t in study.tables.items()}
    for line in meta.lines:
        name = meta.sheets[line.kind]
        filled, places = sheets.get(name, {}), ANSWERS[line.kind]
        cells = {part: filled[line.row, at] for part, at in places.items() if (line.row, at) in filled}
        if cells:
            remark, problems = _remark(line, cells, meta, tables, study)
            breaches += [_placed(p, line, name) for p in problems]
            remarks.append({**remark, "sheet": name, "row": line.row})
    breaches += written_beside(data, _answer_cells(meta))
    if breaches:
        raise DataError(masked(replace(breach, file=file)) for breach in breaches)
    asked = sum(line.kind != "additions" for line in meta.lines)
    table = pd.DataFrame(remarks, columns=[*PARTS, "sheet", "row"])
    return Returned(meta.facts["opd"], year, masked_text(file), asked, table)


def _answer_cells(meta: _Meta) -> set[tuple[str, str]]:
    """Return sheet and place of every cell that an agency writes in; what stands there is looked at line by line."""
    lines = [(meta.sheets[line.kind], line.row, at) for line in meta.lines for at in ANSWERS[line.kind].values()]
    return {(sheet, f"{column_letters(at)}{row}") for sheet, row, at in lines}


def _placed(breach: Breach, line: _Line, sheet: str) -> Breach:
    """Return `breach` with the cell it is about; its column is the part of the line so far."""
    at = ANSWERS[line.kind][breach.column or "new"]
    return replace(breach, sheet=sheet, row=line.row, column=column_letters(at))


def _meta(sheets: Sheets, study: Study, year: int) -> tuple[_Meta | None, list[Breach]]:
    """Return what was asked, or why this is not a form of this study and year."""
    cells = sheets.get(META, {})
    height = max((row for row, _ in cells), default=0)
    rows = [[cells[r, c].text if (r, c) in cells else "" for c in range(1, 6)] for r in range(1, height + 1)]
    if not rows or rows[0][:2] != ["format", VERSION]:
        return None, [Breach("form_foreign", found=rows[0][1] if rows else ", ".join(sheets))]
    facts = {row[0]: row[1] for row in rows}
    if facts.get("fingerprint") != fingerprint(rows):
        return None, [Breach("form_meta", sheet=META, found=str(facts.get("fingerprint"))[:12])]
    meta = _Meta(rows)
    expected, found = (study.name, str(year)), (meta.facts["study"], meta.facts["year"])
    if found != expected or meta.facts["opd"] not in set(study.table("opd")["code"]):
        asked = {"expected": " ".join(expected)}
        return None, [Breach("form_other", found=" ".join((*found, meta.facts["opd"])), facts=asked)]
    return meta, []


def _changed(sheets: Sheets, meta: _Meta) -> list[Breach]:
    """Return every sheet that is missing or new, and every cell that was changed though it is not an answer."""
    breaches = []
    kinds = {name: kind for kind, name in meta.sheets.items()}
    for name, cells in sheets.items():
        if name not in kinds and name != META and cells:
            found = next(iter(cells.values())).text
            breaches.append(Breach("form_sheet_new", sheet=name, found=found, facts={"known": list(kinds)}))
    answers = {(line.kind, line.row, at) for line in meta.lines for at in ANSWERS[line.kind].values()}
    for kind, name in meta.sheets.items():
        if name not in sheets:
            found = ", ".join(sheet for sheet in sheets if sheet != META)
            breaches.append(Breach("form_sheet_gone", sheet=name, found=found, facts={"name": name}))
            continue
        asked = {(row, at) for of, row, at in meta.digests if of == kind}
        for row, at in sorted(sheets[name].keys() | asked):
            text = sheets[name][row, at].text if (row, at) in sheets[name] else ""
            if (kind, row, at) not in answers and cell_digest(text) != meta.digests.get((kind, row, at), ""):
                place: dict[str, Any] = {"sheet": name, "row": row, "column": column_letters(at)}
                breaches.append(Breach("form_text_changed", **place, found=text or None))
    return breaches


def _remark(
    line: _Line, cells: Mapping[str, Cell], meta: _Meta, tables: Mapping[str, ReadTable], study: Study
) -> tuple[dict[str, str | None], list[Breach]]:
    """Return one line as a remark, and what is wrong with it; the column of a breach is the part of the line."""
    breaches = [Breach("form_formula", column=p, found=c.text) for p, c in cells.items() if c.is_formula]
    for part, cell in cells.items():
        personal = find_personal_data(cell.text)
        if personal:
            breaches.append(Breach("form_personal", column=part, found=said(counted(personal))))
    text = {p: _said(cells, p, keep_dash=line.kind == "data" and p == "new") for p in _WRITTEN}
    if line.kind == "additions":
        if text["new"] is None and not breaches:
            breaches.append(Breach("form_needs", column="new", facts={"what": _NEEDS["new"]}))
        return {**text, "kind": "add", "old": None}, breaches
    kind = meta.words.get((text["answer"] or "").lower())
    if text["answer"] is None:
        written = next(iter(cells))
        facts = {"allowed": list(meta.words)}
        return text, [*breaches, Breach("form_no_answer", column=written, found=cells[written].text, facts=facts)]
    if kind is None:
        facts = {"allowed": list(meta.words)}
        return text, [*breaches, Breach("not_allowed", column="answer", found=text["answer"], facts=facts)]
    remark = {**text, "kind": kind, "item": line.item, "old": line.old}
    breaches += _incomplete(kind, text)
    place = parse_item(line.item)
    if kind == "correct" and place and not breaches:
        remark["new"], breaches = _new_value(cells["new"], line, place, meta, tables, study)
    return remark, breaches


def _said(cells: Mapping[str, Cell], part: str, *, keep_dash: bool) -> str | None:
    """Return what was written in one part of a line; a dash says nothing, but empties a raw cell."""
    text = cells[part].text if part in cells else None
    return None if text is None or (text.lower() in MISSING_WORDS and not keep_dash) else text


def _incomplete(kind: str, text: Mapping[str, str | None]) -> list[Breach]:
    """Return what an answer of this kind lacks, or has too much."""
    needed = {"agree": (), "correct": ("new", "evidence"), "object": ("remark",)}[kind]
    breaches = [Breach("form_needs", column=p, facts={"what": _NEEDS[p]}) for p in needed if text[p] is None]
    if kind != "correct" and text["new"] is not None:
        breaches.append(Breach("form_value_unasked", column="new", found=text["new"]))
    return breaches


def _new_value(
    cell: Cell, line: _Line, place: tuple[str, str, str], meta: _Meta, tables: Mapping[str, ReadTable], study: Study
) -> tuple[str, list[Breach]]:
    """Return the new value of a raw cell as the raw table writes it, and what is wrong with it."""
    name, key, wanted = place
    table, numbers = TABLES[name], study.spec.number_format
    column = table.by_name[wanted]
    text = cell.text.replace(".", numbers.decimal) if cell.is_number and column.kind == "number" else cell.text
    if cell.is_percent:
        return text, [Breach("form_percent", found=f"{float(cell.text):.2%}")]
    text = _code(text, column, meta.choices.get(f"{name}.{wanted}", {}))
    if text == (line.old or "-"):
        return text, [Breach("form_same", found=text)]
    at = list(find_rows(tables[name].values, table, key)) if name in tables else []
    position = int(at[0]) if len(at) == 1 else None
    _, problems = check_value(tables, name, position, column, text, numbers)
    spoken = {"pattern": _YEARS} if column.pattern == r"\d{4}" else {}
    return text, [replace(p, column="new", found=cell.text, facts={**p.facts, **spoken}) for p in problems]


def _code(text: str, column: Column, choices: Mapping[str, str]) -> str:
    """Return the code behind the words of a form; a list is taken apart at semicolons."""
    if column.kind == "list":
        parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
        return ";".join(choices.get(part.lower(), part) for part in parts)
    return choices.get(text.lower(), text)

"""Tables for reading: a caption, headings in the reader's language, numbers as the language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from ..disk import read_packaged
from ..errors import UnknownNameError
from .language import KINDS, Language

__all__ = [
    "ILLUSTRATIVE", "Labels", "html_table", "illustrative_mark", "illustrative_rows", "label_or_word", "layout",
]  # fmt: skip

ILLUSTRATIVE = "illustrative"  # the status of a stand-in

Labels = Mapping[str, Mapping[str, str]]


@cache
def _layouts() -> Mapping[str, Mapping[str, str]]:
    import yaml

    return yaml.safe_load(read_packaged("present/layouts.yaml"))


def layout(name: str) -> Mapping[str, str]:
    """Return the columns of table `name` in order, each with the kind it is written in."""
    known = _layouts()
    if name not in known:
        raise UnknownNameError("table layout", name, list(known))
    return known[name]


def html_table(
    table: pd.DataFrame,
    name: str,
    *,
    language: Language,
    labels: Labels | None = None,
    title: str,
    source: str = "",
    note: str = "",
    highlight: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> str:
    """Return `table` as HTML under the layout `name`; every cell that came from data is escaped.

    Parameters
    ----------
    table : DataFrame
        Columns that the layout does not name are left out, as are those of the layout that the table does not have.
    name : str
        A layout of ``present/layouts.yaml``.
    labels : mapping, optional
        Labels in both languages by code, for columns of kind ``label``.
    title, source, note : str
        Caption above, source and note below.
    highlight : str, optional
        The row whose first cell holds this value is marked.
    language : Language
        The language to write in.
    kinds : mapping, optional
        Columns with the kind each is written in, in place of a layout; a heading without a word is the column's name.

    Notes
    -----
    A table with illustrative rows (column ``status``) says so above its caption and marks these rows.
    """
    flat = table.reset_index() if table.index.names != [None] else table
    columns = {c: kind for c, kind in (kinds or layout(name)).items() if c in flat.columns}
    headings = [_heading(column, language, own=kinds is not None) for column in columns]
    head = "".join(
        f'<th scope="col"{_class(kind) if place else ""}>{escape(heading)}</th>'
        for place, (heading, kind) in enumerate(zip(headings, columns.values(), strict=True))
    )
    body = []
    invented = illustrative_rows(flat)
    for row, stand_in in zip(flat[list(columns)].itertuples(index=False), invented, strict=True):
        cells = [
            _cell(value, kind, language, labels or {}, first=position == 0)
            for position, (value, kind) in enumerate(zip(row, columns.values(), strict=True))
        ]
        classes = " ".join(["marked"] * (highlight is not None and row[0] == highlight) + ["illustrative"] * stand_in)
        body.append(f'<tr class="{classes}">{"".join(cells)}</tr>' if classes else f"<tr>{''.join(cells)}</tr>")
    foot = f'<p class="note">{escape(note)}</p>' if note else ""
    if source:
        foot += f'<p class="source">{escape(language.text("source"))}: {escape(source)}</p>'
    mark = illustrative_mark(language, whole=all(invented)) if any(invented) else ""
    return (
        f'<figure class="table">{mark}<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>{foot}</figure>"
    )


def illustrative_rows(table: pd.DataFrame) -> list[bool]:
    """Return, for each row, whether it rests on an illustrative value, as its column ``status`` says."""
    if "status" not in table.columns:
        return [False] * len(table)
    return [status == ILLUSTRATIVE for status in table["status"]]


def illustrative_mark(language: Language, *, whole: bool) -> str:
    """Return the line that says that what follows is an illustration, or (not `whole`) that some rows of it are."""
    text = language.text("illustrative_whole" if whole else "illustrative_rows")
    return f'<p class="illustration" data-status="{ILLUSTRATIVE}">{escape(text)}</p>'


def label_or_word(code: str, language: Language, labels: Labels) -> str:
    """Return the label of `code`, else its word (``tables.words``), else the code itself."""
    if code in labels:
        return language.label(labels[code])
    key = f"tables.words.{code}"
    return language.text(key) if language.has(key) else code


def _heading(column: str, language: Language, *, own: bool) -> str:
    key = f"tables.columns.{column}"
    return column if own and not language.has(key) else language.text(key)


def _class(kind: str) -> str:
    return ' class="num"' if kind in KINDS else ' class="mono"' if kind == "mono" else ""


def _cell(value: Any, kind: str, language: Language, labels: Labels, *, first: bool) -> str:
    shown = escape(_shown(value, kind, language, labels))
    if kind == "anchor":
        return f'<th scope="row" class="mono" id="{shown}">{shown}</th>'
    if kind == "reference":
        return f'<td class="mono"><a href="#{shown}">{shown}</a></td>'
    if first:
        return f'<th scope="row"{_class(kind) if kind == "mono" else ""}>{shown}</th>'
    return f"<td{_class(kind)}>{shown}</td>"


def _shown(value: Any, kind: str, language: Language, labels: Labels) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return language.text("tables.words.undecided") if kind == "owner" else "–"
    if kind in KINDS:
        return language.number(value, kind)
    if kind in ("label", "owner"):
        return label_or_word(str(value), language, labels)
    if kind == "labels":
        return "; ".join(label_or_word(code, language, labels) for code in str(value).split(";"))
    if kind == "status":
        return language.text(f"status.{value}")
    if kind == "yesno":
        return language.text("yes" if str(value) in ("True", "1", "1.0") else "no")
    if kind == "word":
        return language.text(f"tables.words.{value}")
    return str(value)

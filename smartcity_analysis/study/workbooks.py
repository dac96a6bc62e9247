"""Workbooks from outside, looked at as bytes before they are opened: size, packing, parts, and what XML may do.

A workbook is a zip of XML files. A few kilobytes may unpack to gigabytes, an entity may stand for billions of letters,
and one reference to a range may make a reader build a whole sheet of cells. None of this is opened. What is no table
(macros, links to other files, embedded objects) is named and ignored.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from ..errors import Breach, DataError

__all__ = [
    "LARGEST",
    "MOST_CELLS",
    "Workbook",
    "ignored_parts",
    "kind_of",
    "large_workbook",
    "open_workbook",
    "unsafe_parts",
]

LARGEST, MOST_CELLS = 40_000_000, 1_000_000  # bytes of a workbook unpacked; cells of a sheet from A1 to its last one
MOST_PARTS, MOST_PACKED, DEEPEST = 2_000, 200, 100  # files in it; times it may swell; levels of XML
_SMALL = 1_000_000  # bytes up to which a part may be packed as tightly as it likes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = re.compile(
    r"vbaProject|xl/(externalLinks|embeddings|activeX|ctrlProps|webextensions|queryTables|connections|macrosheets)"
)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True, eq=False)
class Workbook:
    """An opened workbook: openpyxl's `book`, and whether there are `formulas` in it."""

    book: Any
    formulas: bool


@dataclass(slots=True)
class _Seen:
    """What the XML of a workbook holds: cells that ranges span, formulas, and what makes it unfit to be opened."""

    spanned: int = 0
    formulas: bool = False
    depth: int = 0
    broken: list[Breach] = field(default_factory=list)


def open_workbook(data: bytes, *, file: str, formulas: bool = False) -> Workbook:
    """Look at the workbook `data` and open it.

    Parameters
    ----------
    data : bytes
    file : str
        Its name in messages.
    formulas : bool
        Keep formulas as they are written, not the values they were saved with.

    Raises
    ------
    DataError
        When it is not a workbook that can be read, or not one that is safe to open.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            seen = _looked_at(parts, file)
        with warnings.catch_warnings():  # of features that are not kept, which a table does not need
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas, keep_links=False)
    except DataError:
        raise
    except Exception as error:  # a broken file raises many kinds; all mean the same to the reader
        key = "workbook_old" if data.startswith(_OLE) else "not_workbook"
        raise DataError([Breach(key, file=file, found=kind_of(data) or type(error).__name__)]) from None
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise DataError([large_workbook(file, sheet.dimensions, sheet.title)])
    return Workbook(book, seen.formulas)


def ignored_parts(data: bytes, *, file: str) -> list[Breach]:
    """Return what the workbook `data` holds beside tables: macros, links to other files, embedded objects.

    They are never run, followed or kept, so this is said and refuses nothing. Bytes that are no workbook hold none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OSError):
        return []
    found = sorted(name for name in names if _FOREIGN.search(name) and not name.endswith(".rels"))
    return [Breach("workbook_foreign", file=file, found=found)] if found else []


def unsafe_parts(data: bytes, *, file: str) -> list[Breach]:
    """Return why nothing should unpack or parse the workbook `data`; nothing where it is only broken, or sound."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _looked_at(parts, file)
    except DataError as error:
        return list(error.breaches)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError):
        return []  # broken, or locked: for the reader of workbooks to say
    return []


def kind_of(data: bytes) -> str:
    """Return what a file that is no whole workbook seems to be, by its first bytes; empty when they do not say.

    Examples
    --------
    >>> kind_of(b""), kind_of(b"<table>"), kind_of(b"year;score")
    ('0 byte', 'HTML/XML', 'CSV/TXT')
    """
    start = data[:4096].lstrip()
    if not data:
        return "0 byte"
    if data.startswith(_OLE):
        return "XLSX + password" if "EncryptedPackage".encode("utf-16-le") in data[:65536] else "XLS (Excel 97-2003)"
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if start.startswith(b"%PDF"):
        return "PDF"
    if start.startswith(b"<"):
        return "HTML/XML"
    return "" if b"\0" in start or not re.search(rb"[,;\t|]", start) else "CSV/TXT"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OSError):
        return "ZIP"
    found = re.search(rb"mimetypeapplication/([a-z.\-]{1,60})", data[:200])
    other = found[1].decode() if found else f"ZIP: {', '.join(names[:3])}"
    return "" if "[Content_Types].xml" in names else other


def large_workbook(file: str, found: str, sheet: str | None = None) -> Breach:
    """Return the breach of a workbook with more in it than a table or form has."""
    facts = {"size": f"{LARGEST / 1e6:.0f} MB", "cells": f"{MOST_CELLS:,}".replace(",", " ")}
    return Breach("workbook_large", file=file, sheet=sheet, found=found, facts=facts)


def _looked_at(parts: zipfile.ZipFile, file: str) -> _Seen:
    """Hold the zip and its XML against their bounds; the sizes that it declares are those it can unpack to."""
    every = parts.infolist()
    size = sum(part.file_size for part in every)
    if len(every) > MOST_PARTS:
        raise DataError([large_workbook(file, f"{len(every)} x XML")])
    for part in every:
        if part.file_size > max(_SMALL, MOST_PACKED * part.compress_size):
            found = f"{part.filename}: {part.compress_size} -> {part.file_size} byte"
            raise DataError([Breach("workbook_packed", file=file, found=found)])
    if size > LARGEST:
        raise DataError([large_workbook(file, f"{size / 1e6:.0f} MB")])
    if len({part.filename for part in every}) < len(every):
        raise zipfile.BadZipFile("two parts of one name")
    seen = _Seen()
    for part in every:
        _look_at_xml(parts.read(part), part.filename, file, seen)
        if seen.broken:
            raise DataError(seen.broken)
        if seen.spanned > MOST_CELLS:
            raise DataError([large_workbook(file, part.filename)])
    return seen


def _look_at_xml(data: bytes, name: str, file: str, seen: _Seen) -> None:
    """Walk through one part if it is XML; a part that is broken further on is for the reader of workbooks to refuse."""
    from xml.parsers import expat

    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return
    parser = expat.ParserCreate()
    seen.depth = 0

    def refuse(*_: Any) -> None:
        seen.broken.append(Breach("workbook_entity", file=file, found=name))
        raise ValueError("a document type")

    def start(tag: str, given: dict[str, str]) -> None:
        seen.depth += 1
        if seen.depth > DEEPEST:
            seen.broken.append(Breach("workbook_packed", file=file, found=f"{name}: XML > {DEEPEST}"))
            raise ValueError("nested too deep")
        local = tag.rpartition(":")[2]
        seen.formulas |= local == "f"
        if local in ("mergeCell", "hyperlink"):  # their ranges are walked cell by cell when a workbook is opened
            seen.spanned += _span(given.get("ref", ""))

    def end(_: str) -> None:
        seen.depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        return


def _span(ref: str) -> int:
    """Return how many cells a range such as ``A1:C3`` holds; a single cell, or what is no range, holds one."""
    found = _RANGE.fullmatch(ref.upper())
    if found is None:
        return 1
    first, last = (sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(found[part]))) for part in (1, 3))
    return (abs(last - first) + 1) * (abs(int(found[4]) - int(found[2])) + 1)

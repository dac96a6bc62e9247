"""Every text inside a file, with its place: cells and what lies behind them, pages, documents, pictures, archives."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

from .texts import find_personal_data
from .workbooks import Place, UnreadableError, workbook_places, zip_parts

__all__ = ["Place", "UnreadableError", "places_in"]

_TABLES, _TEXTS = (".csv", ".tsv"), (".md", ".txt", ".yaml", ".yml", ".css", ".js")
_PAGES, _ZIPS = (".html", ".htm", ".svg", ".xml"), (".zip", ".xlsx", ".xlsm", ".docx")
_KEPT = ("Author", "Creator", "Copyright", "Artist")  # chunks of a picture and entries of a PDF that name somebody
_JSON = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DATA = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([A-Za-z0-9+/=%._~!*'()-]+)")


def places_in(data: bytes, file: str) -> Iterator[Place]:
    """Yield every text of `data`, read as the ending of `file` says, with where it stands.

    Texts encoded in base64 and the files inside an archive are read as well. What is of no known kind is read as bytes.

    Raises
    ------
    UnreadableError
        For a file that its ending says is readable and is not.
    """
    ending = PurePosixPath(file.lower()).suffix
    if ending in _TABLES:
        yield from _table(_decoded(data))
    elif ending in (".json", ".geojson", ".ipynb"):
        yield from _json(_decoded(data))
    elif ending in _TEXTS:
        yield from (Place(line, row=row) for row, line in enumerate(_decoded(data).splitlines(), start=1))
    elif ending in _PAGES:
        yield from _page(_decoded(data))
    elif ending == ".pdf":
        yield from _document(data)
    elif ending in _ZIPS:
        yield from _archive(data, ending)
    elif data.startswith(b"\x89PNG"):
        yield from _picture(data)
    else:
        yield from (Place(text) for text in re.findall(r"[\x20-\x7e]{6,}", data.decode("latin-1")))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _table(text: str) -> Iterator[Place]:
    header = next((line for line in text.splitlines() if line.strip()), "")
    names: list[str] = []
    records = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    try:
        for row, cells in enumerate(records, start=1):
            for place, cell in enumerate(cells):
                if find_personal_data(cell):  # most of the many cells say nothing
                    yield Place(cell, row=row, column=names[place] if place < len(names) else str(place + 1))
            names = names or [name.strip() for name in cells]
    except csv.Error:
        yield from (Place(line, row=row) for row, line in enumerate(text.splitlines(), start=1))


def _json(text: str) -> Iterator[Place]:
    for row, line in enumerate(text.splitlines(), start=1):
        for match in _JSON.finditer(line):
            try:
                yield Place(str(json.loads(match.group())), row=row)
            except ValueError:
                yield Place(match.group(1), row=row)
        yield Place(_JSON.sub(" ", line), row=row)  # its numbers


class _Reader(HTMLParser):
    """What a page says: its texts, attributes, comments and scripts, and the files embedded in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.places: list[Place] = []
        self._inside = ""
        self._words: list[str] = []

    def _put(self, text: str, column: str) -> None:
        row = self.getpos()[0]
        for number, match in enumerate(_DATA.finditer(text), start=1):
            for place in _embedded(*match.groups()):
                self.places.append(replace(place, row=row, column=f"{column} data:{match[1]} {number}"))
        self.places.append(Place(_DATA.sub(" ", text), row=row, column=column))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes of an element."""
        self._inside = tag
        author = tag == "meta" and dict(attrs).get("name", "") == "author"
        for name, value in attrs:
            if value:
                self._put(value, f"<{tag} {name}>")
                self.places += [Place(value, column=f"<{tag} {name}>", author=True)] * (author and name == "content")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or style."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Take the words between two tags, and the strings of a script."""
        if self._inside == "script":
            first = self.getpos()[0] - 1
            self.places += [replace(p, row=first + (p.row or 1), column="<script>") for p in _json(data)]
        elif data.strip():
            self._put(data, f"<{self._inside}>" if self._inside else "")
            self._words.append(data.strip())

    def handle_comment(self, data: str) -> None:
        """Take a comment."""
        self._put(data, "<!-- -->")

    def whole(self) -> Place:
        """Return all words of the page as one text: what is split over lines or elements is whole there."""
        return Place(" ".join(self._words), column="text", whole=True)


def _page(text: str) -> Iterator[Place]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    yield from reader.places
    yield reader.whole()


def _embedded(kind: str, options: str, body: str) -> Iterator[Place]:
    """Yield the texts of a file that a page carries in itself."""
    raw = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), body.encode())
    try:
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4)) if "base64" in options else raw
    except (binascii.Error, ValueError):
        data = raw
    endings = {"image/svg+xml": ".svg", "application/pdf": ".pdf", "text/html": ".html", "text/csv": ".csv"}
    yield from places_in(data, f"x{endings.get(kind, '')}")


def _document(data: bytes) -> Iterator[Place]:
    """Yield what a PDF says: every page, its properties, and the files attached to it."""
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        properties: dict[str, Any] = dict(reader.metadata or {})
        packet = reader.root_object.get("/Metadata")
        pages = [page.extract_text() for page in reader.pages]
        attached = dict(reader.attachments.items())
        described = packet.get_object().get_data().decode("utf-8", "replace") if packet is not None else ""
    except Exception as error:  # a broken document raises many kinds; all mean that it cannot be looked through
        raise UnreadableError(type(error).__name__) from None
    for name, value in properties.items():
        yield Place(str(value), column=name, author=name == "/Author")
    for place in _page(described):
        yield replace(place, column="/Metadata")
    for number, text in enumerate(pages, start=1):
        yield from (Place(line, row=number, column="page") for line in text.splitlines())
        yield Place(" ".join(text.split()), row=number, column="page", whole=True)
    for name, files in attached.items():
        yield Place(name, column="attachment")
        for content in files:
            yield from places_in(content, name)


def _archive(data: bytes, ending: str) -> Iterator[Place]:
    if ending == ".xlsx":
        yield from workbook_places(data)
        return
    for name, content in zip_parts(data).items():
        yield Place(name, column="name")
        inner = f"{name}.xml" if ending == ".docx" and name.endswith(".rels") else name
        yield from (replace(place, part=f"{name} {place.part}".strip()) for place in places_in(content, inner))


def _picture(data: bytes) -> Iterator[Place]:
    """Yield the texts a PNG carries beside its pixels."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        at += size + 12
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            name, _, text = body.partition(b"\0")
            with_text = text
            if kind != b"tEXt" and b"x\x9c" in text:
                try:
                    with_text = zlib.decompress(text[text.index(b"x\x9c") :])
                except zlib.error:
                    with_text = text
            label = name.decode("latin-1")
            yield Place(with_text.decode("utf-8", "replace"), column=label, author=label in _KEPT)

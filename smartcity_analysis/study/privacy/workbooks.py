"""What a workbook holds beside its visible cells: hidden sheets, comments, names, properties, and who wrote it.

Read part by part as it is stored, because a reader of workbooks leaves out what it does not know.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

__all__ = ["Place", "UnreadableError", "is_person", "without_people", "workbook_places", "zip_parts"]

MOST = 400_000_000  # bytes of an archive unpacked
FORM_SHEET, _DIGEST = "_meta", re.compile(r"[0-9a-f]{10}")  # short hashes in a form; some are digits alone
_WRITERS = {"creator", "lastModifiedBy", "Manager", "Company", "author", "userName"}  # elements and attributes
_PERSON = {"displayName", "userId"}  # attributes, in a list of persons
_LABELS = re.compile(r"nama|penulis|pembuat|author|editor|manager|owner|pic|kontak|contact|name", re.IGNORECASE)
_USERS = re.compile(r"(?:Users|home|Documents and Settings)[\\/]+([^\\/]+)", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:openpyxl|xlsxwriter|microsoft|excel|libreoffice|openoffice|calc|wps|google|apache|python|pandas|typst|matplotlib"
    r"|windows|user|users|pengguna|admin|administrator|operator|owner|unknown|anonim|none|nobody|author|smartcity"
    r"|asus|acer|lenovo|hp|dell|toshiba|axioo|advan|public|default|pc|my|laptop|desktop|computer|komputer)\b.*"
    r"|[\W\d_]*|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A text and where it stands. `author`: it names somebody by what it is; `whole`: pieces that were put together."""

    text: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    author: bool = False
    whole: bool = False
    part: str = ""


class UnreadableError(ValueError):
    """A file cannot be looked through."""


def is_person(text: str) -> bool:
    """Say whether the name of a writer may be that of a person: not a program, a computer or an office.

    Examples
    --------
    >>> is_person("Siti Aminah"), is_person("openpyxl"), is_person("Windows User"), is_person("Dinas Kesehatan")
    (True, False, False, False)
    """
    from .patterns import UNNAMED

    words = re.split(r"[\s.,_-]+", text.strip().casefold())
    return not _NOBODY.fullmatch(text.strip()) and not UNNAMED.intersection(words)


def zip_parts(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name.

    Raises
    ------
    UnreadableError
        When it is no archive, is locked, or is far larger than what this package makes or reads.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST:
                raise UnreadableError("size")
            return {part.filename: parts.read(part) for part in parts.infolist() if not part.is_dir()}
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError) as error:
        raise UnreadableError(type(error).__name__) from None


def workbook_places(data: bytes) -> Iterator[Place]:
    """Yield every text of a workbook: cells by sheet, row and column; everything else by the part that holds it."""
    parts = zip_parts(data)
    sheets = _sheets(parts)
    shared = ["".join(_texts(item)) for item in _elements(parts.get("xl/sharedStrings.xml", b""), "si")]
    used: set[int] = set()
    for name, content in parts.items():
        yield Place(name, column="part")
        if name in sheets:
            yield Place(sheets[name], sheet=None, column=name)
            yield from _cells(content, sheets[name], shared, used)
        elif name != "xl/sharedStrings.xml":
            yield from _other(name, content)
    for place in sorted(set(range(len(shared))) - used):  # of cells that were emptied
        yield Place(shared[place], column="xl/sharedStrings.xml")


def _parsed(content: bytes) -> ElementTree.Element | None:
    if b"<!DOCTYPE" in content[:2000] or not content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        return None
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _elements(content: bytes, name: str) -> list[ElementTree.Element]:
    root = _parsed(content)
    return [] if root is None else [element for element in root.iter() if _local(element.tag) == name]


def _texts(element: ElementTree.Element) -> Iterator[str]:
    yield from (part.text or "" for part in element.iter() if _local(part.tag) == "t")


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the names of the sheets by the part that holds each."""
    links = {}
    for link in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship"):
        links[link.get("Id", "")] = posixpath.normpath(posixpath.join("xl", link.get("Target", ""))).lstrip("/")
    found = {}
    for sheet in _elements(parts.get("xl/workbook.xml", b""), "sheet"):
        ids = [value for key, value in sheet.attrib.items() if _local(key) == "id"]
        part = links.get(ids[0], "") if ids else ""
        found[part if part in parts else part.replace("xl/xl/", "xl/")] = sheet.get("name", "")
    return found


def _cells(content: bytes, sheet: str, shared: list[str], used: set[int]) -> Iterator[Place]:
    root = _parsed(content)
    if root is None:
        yield from (Place(text, sheet=sheet) for text in _strings(content))
        return
    inside: set[int] = set()
    for cell in (element for element in root.iter() if _local(element.tag) == "c"):
        inside.update(map(id, cell.iter()))
        place = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
        row, column = (int(place[2]), place[1]) if place else (None, None)
        digest = sheet == FORM_SHEET and column == "E"
        texts = _cell_texts(cell, shared, used)
        yield from (Place(t, sheet, row, column) for t in texts if not (digest and _DIGEST.fullmatch(t)))
    for element in root.iter():
        if id(element) not in inside:
            yield from (Place(text, sheet, column=_local(element.tag)) for text in _words(element))


def _cell_texts(cell: ElementTree.Element, shared: list[str], used: set[int]) -> Iterator[str]:
    yield "".join(_texts(cell))
    for part in cell:
        text, kind = part.text or "", cell.get("t")
        if _local(part.tag) == "v" and kind == "s" and text.isdigit() and int(text) < len(shared):
            used.add(int(text))
            yield shared[int(text)]
        elif _local(part.tag) == "v" and kind in (None, "n"):
            yield _whole_number(text)
        elif _local(part.tag) in ("v", "f"):
            yield text


def _whole_number(text: str) -> str:
    """Return a number as people write it: a spreadsheet keeps long ones in powers of ten."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.0f}" if "E" in text.upper() and value.is_integer() and abs(value) < 1e18 else text


def _words(element: ElementTree.Element) -> Iterator[str]:
    yield from (text for text in (element.text, element.tail, *element.attrib.values()) if text and text.strip())


def _strings(content: bytes) -> list[str]:
    return re.findall(r"[\x20-\x7e]{6,}", content.decode("latin-1"))


def _other(name: str, content: bytes) -> Iterator[Place]:
    """Yield the texts of a part that is no sheet; what says who wrote something counts as a name."""
    root = _parsed(content)
    if root is None:
        yield from (Place(text, column=name) for text in _strings(content))
        return
    for element in root.iter():
        local, writers = _local(element.tag), _WRITERS | (_PERSON if "person" in name else set())
        labelled = local == "property" and bool(_LABELS.search(element.get("name", "")))
        if local in ("text", "si", "p"):  # words of a comment or a text box, in pieces
            yield Place("".join(_texts(element)), column=name)
        for text in _words(element):
            yield Place(text, column=f"{name} {local}", author=local in _WRITERS)
            yield from (Place(user, column=f"{name} {local}", author=True) for user in _USERS.findall(text))
        for key, value in element.attrib.items():
            if _local(key) in writers:
                yield Place(value, column=f"{name} {_local(key)}", author=True)
        if labelled:
            yield from (Place(p.text or "", column=f"{name} property", author=True) for p in element)


_EMPTY = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
_NAMING = re.compile(
    rb'<author>[^<]*</author>|(?<=userName=")[^"]*'
    rb"|<(?:\w+:)?absPath\b[^>]*/>|<(?:mc:)?AlternateContent\b[^>]*>(?:(?!</(?:mc:)?AlternateContent>).)*?absPath"
    rb".*?</(?:mc:)?AlternateContent>",
    re.DOTALL,
)
_NAMED = re.compile(rb'(?<=displayName=")[^"]*|(?<=userId=")[^"]*')
_DATED = (1980, 1, 1, 0, 0, 0)


def without_people(data: bytes) -> bytes:
    """Return the workbook `data` with its properties emptied and nobody named as a writer; equal input, equal bytes.

    Cells and comments are left as they are: what stands in them is looked at before.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as kept:
        for name, content in zip_parts(data).items():
            if re.search(r"printerSettings\d*\.bin$|thumbnail", name):
                content = b""
            elif name in _EMPTY:
                content = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + _EMPTY[name]
            elif name.endswith((".xml", ".vml")) and not name.startswith("xl/worksheets/sheet"):
                content = _NAMED.sub(b"", content) if "person" in name else content
                content = _NAMING.sub(lambda m: b"<author></author>" if m[0].startswith(b"<author>") else b"", content)
            kept.writestr(zipfile.ZipInfo(name, _DATED), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

"""Pages as PDF: each by itself, and the whole review as one document. Typst sets them; no LaTeX, no browser.

Equal pages give equal bytes: fonts come with matplotlib, the system's are not looked at, and no clock is read.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..disk import read_packaged
from ..errors import SmartCityError
from .language import Language
from .theme import font_folder
from .typeset import literal, typeset

__all__ = ["Cover", "DocumentError", "page_pdf", "review_pdf"]


class DocumentError(SmartCityError):
    """A document was not made."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The first sheet of a document: title, what it is about, and lines below (year, city, sources)."""

    title: str
    subtitle: str = ""
    lines: Sequence[str] = ()


def page_pdf(html: str, *, language: Language, title: str, footer: str = "") -> bytes:
    """Return one page as PDF.

    Parameters
    ----------
    html : str
        A page made by :mod:`.page`.
    language : Language
    title : str
        Of the document.
    footer : str
        Stands below every sheet, before the page number.
    """
    body = typeset(html, prefix="page")
    return _compile([_preamble(language, title, footer), body.markup], body.pictures)


def review_pdf(pages: Mapping[str, str], *, language: Language, cover: Cover, footer: str = "") -> bytes:
    """Return the pages of a review as one document: cover, contents, lists of figures and tables, one chapter a page.

    Parameters
    ----------
    pages : mapping of name to str
        HTML by name, in reading order.
    language : Language
    cover : Cover
    footer : str
    """
    words = (language.text("table"), language.text("figure"))
    chapters = [typeset(html, prefix=name, drop_numbers=words) for name, html in pages.items()]
    parts = [_preamble(language, cover.title, footer), "#let pagetitle(body) = chapter(body)", _cover(cover)]
    parts += [f"#front({literal(language.text(f'pdf.{key}'))}, {target})" for key, target in _LISTS]
    parts += [part for chapter in chapters for part in ("#pagebreak(weak: true)", chapter.markup)]
    pictures = {name: data for chapter in chapters for name, data in chapter.pictures.items()}
    return _compile_apart(parts, pictures)


_LISTS = (
    ("contents", "heading.where(level: 1).or(heading.where(level: 2))"),
    ("figures", "figure.where(kind: image)"),
    ("tables", "figure.where(kind: table)"),
)


def _cover(cover: Cover) -> str:
    lines = "".join(f"[#{literal(line)}], " for line in cover.lines)
    return f"#cover([#{literal(cover.title)}], [#{literal(cover.subtitle)}], ({lines}))"


def _preamble(language: Language, title: str, footer: str) -> str:
    words = {"lang": language.code, "doctitle": title, "footline": footer}
    words |= {name: language.text(name) for name in ("table", "figure")}
    lines = [f"#let word-{name} = {literal(text)}" for name, text in words.items()]
    return "\n".join([*lines, read_packaged("present/templates/document.typ")])


def _compile(parts: Sequence[str], pictures: Mapping[str, bytes]) -> bytes:
    import typst

    made = typst.compile(**_order(parts, pictures))
    assert isinstance(made, bytes)  # one document without an output path
    return made


def _compile_apart(parts: Sequence[str], pictures: Mapping[str, bytes]) -> bytes:
    """Compile in a process of its own: Typst keeps the last ten documents, a whole review takes it 200 MiB.

    Raises
    ------
    DocumentError
        With what Typst said, when it did not make a document.
    """
    command = [sys.executable, "-P", "-c", _APART]  # -P: no module is taken from the folder a review is run in
    done = subprocess.run(command, input=pickle.dumps(_order(parts, pictures)), capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise DocumentError(f"The document was not made: {said[-1] if said else f'status {done.returncode}'}")
    return done.stdout


_APART = """
import pickle, sys, typst
sys.stdout.buffer.write(typst.compile(**pickle.load(sys.stdin.buffer)))
"""


def _order(parts: Sequence[str], pictures: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "input": {"main": "\n".join(parts).encode(), **pictures},
        "font_paths": [font_folder()],
        "ignore_system_fonts": True,
        "format": "pdf",
        "timestamp": 0,
        "pdf_standards": ["ua-1"],
    }

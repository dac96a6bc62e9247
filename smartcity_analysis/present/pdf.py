"""Pages as PDF: each by itself, and the whole review as one document. Typst sets them; no LaTeX, no browser.

Equal pages give equal bytes: fonts come with matplotlib, the system's are not looked at, and no clock is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..disk import read_packaged
from .language import Language
from .theme import font_folder
from .typeset import literal, typeset

__all__ = ["Cover", "page_pdf", "review_pdf"]


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
    return _compile(parts, pictures)


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

    files: Any = {"main": "\n".join(parts).encode(), **pictures}
    made = typst.compile(
        files, font_paths=[font_folder()], ignore_system_fonts=True, format="pdf", timestamp=0, pdf_standards=["ua-1"]
    )
    assert isinstance(made, bytes)  # one document without an output path
    return made

"""From an executed notebook to its page, as HTML and as PDF."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import nbformat

from ..present import ILLUSTRATIVE, Language, speak
from ..study import Study

__all__ = ["PAGE", "PRINT", "About", "View", "make_view", "render"]

_CHAPTER = re.compile(r'<a href="(\d\d_\w+\.html)">([^<]*)</a>')
PAGE, PRINT = "page.html", "page.pdf"  # names in the folder that keeps a result


@dataclass(frozen=True, eq=False)
class About:
    """What a report is about: the study with its peers, the year and the language."""

    study: Study
    peers: Study | None
    year: int
    language: str

    @property
    def words(self) -> Language:
        """The language of the report."""
        return speak(self.language)

    @property
    def title(self) -> str:
        """Title of the study, in the language of the report."""
        return self.words.label(self.study.spec.title)

    @property
    def heading(self) -> str:
        """Title of the study and the year."""
        return f"{self.title} {self.year}"

    @property
    def footer(self) -> list[str]:
        """The lines below every page."""
        return [self.title, self.words.text("pages.made_from_data", year=self.year)]

    def name(self, table: str, code: str) -> str:
        """Return the name of an agency or region, with its level where names of two levels are alike."""
        row = self.study.table(table).set_index("code").loc[code]
        level = row.get("level", "")
        own_word = level in ("kelurahan", "desa", "kecamatan")
        return (
            f"{self.words.text(f'tables.words.{level}').capitalize()} {row['name']}" if own_word else str(row["name"])
        )


@dataclass(frozen=True, slots=True)
class View:
    """Everything on a page that is not in its notebook; small, and sent to wherever the page is made.

    Parameters
    ----------
    place : str
        Where the page goes in the report.
    title, heading : str
        Of the page, and of the report.
    nav : sequence of (href, label)
    footer : sequence of str
    language : str
    """

    place: str
    title: str
    heading: str
    nav: tuple[tuple[str, str], ...]
    footer: tuple[str, ...]
    language: str


def make_view(
    about: About, place: str, book: nbformat.NotebookNode, chapters: Mapping[str, nbformat.NotebookNode]
) -> View:
    """Return the view of the page at `place`, made from `book`, in a report with `chapters` (notebooks by place)."""
    words, up = about.words, "../" * place.count("/")
    folder, _, file = place.rpartition("/")
    own = words.label(book.metadata["smartcity"]["question"])  # the question of a chapter
    title = about.name(folder, file.removesuffix(".html")) if folder else own
    nav = [(f"{up}index.html", words.text("pages.index"))]
    nav += [(f"{up}{page}", words.label(one.metadata["smartcity"]["title"])) for page, one in chapters.items()]
    return View(place, title, about.heading, tuple(nav), tuple(about.footer), about.language)


def render(view: View, book: nbformat.NotebookNode) -> dict[str, bytes]:
    """Return the page of an executed notebook as HTML and as PDF, by name in the folder of its result."""
    from ..present.page import render_page
    from ..present.pdf import page_pdf

    words = speak(view.language)
    html = render_page(
        book, language=words, title=view.title, subtitle=view.heading, nav=view.nav, current=view.place,
        banner=words.text("pages.illustrative_banner") if _illustrated(book) else None, footer=view.footer,
        pdf=f"{PurePosixPath(view.place).stem}.pdf",
    )  # fmt: skip
    html = _linked(html, {href for href, _ in view.nav})
    printed = page_pdf(html, language=words, title=f"{view.title} – {view.heading}", footer=view.heading)
    return {PAGE: html.encode(), PRINT: printed}


def _linked(html: str, known: Collection[str]) -> str:
    """Return `html` with a link to a chapter that this report does not have as its words alone."""
    return _CHAPTER.sub(lambda link: link[0] if link[1] in known else link[2], html)


def _illustrated(book: nbformat.NotebookNode) -> bool:
    """Say whether anything on the page of `book` is marked as illustrative."""
    shown: Sequence[str] = [o.get("data", {}).get("text/html", "") for c in book.cells for o in c.get("outputs", ())]
    return any(f'data-status="{ILLUSTRATIVE}"' in html for html in shown)

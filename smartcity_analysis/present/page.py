"""A rendered notebook as one self-contained page, and the page a reader lands on.

Code, prompts and streams do not reach the reader; text is escaped; the page's own policy forbids it to load or run
anything. Equal input gives equal bytes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import jinja2
import mistune
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter

from ..disk import read_packaged, sha256
from .language import LANGUAGES, Language
from .theme import plain, still_svg

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["digest", "fill_template", "render_index", "render_page"]

_TEMPLATES = ("base.html.j2", "page.html.j2", "index.html.j2", "explorer.html.j2")
_WITHIN = re.compile(r"(?:\.\./)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?:#[\w.-]*)?")
_SHOWN = ("text/html", "image/svg+xml", "text/markdown", "image/png")  # the first one an output has is shown


def render_page(
    notebook: NotebookNode,
    *,
    language: Language,
    title: str,
    subtitle: str = "",
    nav: Sequence[tuple[str, str]] = (),
    current: str = "",
    banner: str | None = None,
    footer: Sequence[str] = (),
    pdf: str = "",
) -> str:
    """Return the executed `notebook` as one HTML page for readers of `language`.

    A cell that is tagged with languages ("id", "en") is shown to readers of those only. `title` takes the place of
    the notebook's first heading when that is of level 1.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; it is not changed.
    language : Language
    title, subtitle : str
    nav : sequence of (href, label)
        The chapters, in reading order.
    current : str
        The href of this page.
    banner : str, optional
        What a reader must know before anything else, such as that values are illustrative.
    footer : sequence of str
        One paragraph each.
    pdf : str
        The href of the same page as PDF.
    """
    places = [href for href, _ in nav]
    here = places.index(current) if current in places else -1
    facts = {
        "title": title,
        "subtitle": subtitle,
        "nav": nav,
        "current": current,
        "previous": nav[here - 1] if here > 0 else None,
        "next": nav[here + 1] if 0 <= here < len(nav) - 1 else None,
        "banner": banner,
        "footer": footer,
        "pdf": pdf,
    }
    exporter = _Exporter()
    exporter.environment.globals.update(_globals(language), **facts)
    return str(exporter.from_notebook_node(notebook)[0])


def render_index(
    *,
    language: Language,
    title: str,
    subtitle: str = "",
    summary: Sequence[str] = (),
    cards: Sequence[Mapping[str, str]] = (),
    pillars: Sequence[Mapping[str, Any]] = (),
    pillars_note: str = "",
    gaps: Sequence[str] = (),
    pages: Sequence[Mapping[str, str]] = (),
    recommendations: Sequence[str] = (),
    unknown: Sequence[str] = (),
    downloads: Sequence[tuple[str, str]] = (),
    sheets: Sequence[Mapping[str, Any]] = (),
    banner: str | None = None,
    footer: Sequence[str] = (),
) -> str:
    """Return the page a reader lands on: what was found, the main numbers, and where to read on.

    Parameters
    ----------
    language : Language
    title, subtitle : str
    summary : sequence of str
        The opening sentences: a paragraph of up to five, a list of more.
    cards : sequence of mapping
        label, value and note of each main number.
    pillars : sequence of mapping
        label, value, share (of the scale, in whole per cent) and year of each pillar.
    pillars_note : str
        What a reader must know of the pillar scores.
    gaps : sequence of str
        Where the gaps are, one sentence each.
    pages : sequence of mapping
        href, title and question (a hint) of each page.
    recommendations, unknown : sequence of str
        One point each.
    downloads : sequence of (href, label)
        What lies beside the pages.
    sheets : sequence of mapping
        title and links (href, label) of each kind of sheet.
    banner : str, optional
        What a reader must know before anything else.
    footer : sequence of str
        One paragraph each.
    """
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            **_globals(language),
            title=title,
            subtitle=subtitle,
            summary=summary,
            cards=cards,
            pillars=pillars,
            pillars_note=pillars_note,
            gaps=gaps,
            pages=pages,
            recommendations=recommendations,
            unknown=unknown,
            downloads=downloads,
            sheets=[group for group in sheets if group["links"]],
            banner=banner,
            footer=footer,
        )
    )


def digest(text: str) -> str:
    """Return the SHA-256 of an element's `text` as a policy names it."""
    return f"'sha256-{base64.b64encode(bytes.fromhex(sha256(text.encode('utf-8')))).decode()}'"


def fill_template(name: str, *, language: Language, **facts: Any) -> str:
    """Return the template `name` filled with `facts`, every text of them escaped."""
    return _environment().get_template(name).render(**(_globals(language) | facts))


# --- templates -----------------------------------------------------------------------------------------------------


class _Exporter(HTMLExporter):
    """nbconvert's exporter with the templates of this package and no others."""

    def __init__(self) -> None:
        super().__init__(template_file="page.html.j2", template_paths=[])

    def _create_environment(self) -> jinja2.Environment:
        return _environment()

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        """Render `nb`; HTMLExporter's own pass over the result would change the case of SVG's names."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


def _environment() -> jinja2.Environment:
    texts = {name: read_packaged(f"present/templates/{name}") for name in _TEMPLATES}
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(texts), autoescape=True, undefined=jinja2.StrictUndefined, finalize=_finalize
    )
    environment.filters["blocks"] = _blocks
    environment.filters["digest"] = digest
    return environment


def _finalize(value: Any) -> Any:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _globals(language: Language) -> dict[str, Any]:
    return {"language": language, "css": _css()}


@cache
def _css() -> Markup:
    return Markup(read_packaged("present/templates/style.css").strip())


# --- cells ---------------------------------------------------------------------------------------------------------


def _blocks(notebook: NotebookNode, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the class and the body of everything a reader of `language` sees, in order."""
    markdown = _Words.reader()
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", ())) & set(LANGUAGES)
        if tags and language.code not in tags:
            continue
        if cell.cell_type == "markdown":
            yield "text", Markup(markdown(plain(cell.source)))
        for output in cell.get("outputs", ()):
            yield from _output(output, markdown, language)


def _output(output: Any, markdown: mistune.Markdown, language: Language) -> Iterator[tuple[str, str]]:
    if output.output_type == "error":
        yield "error", plain(f"{output.ename}: {output.evalue}")
    kind = next((kind for kind in _SHOWN if kind in output.get("data", {})), None)
    if kind is None:
        return
    body = output.data[kind]
    alt = plain(output.get("metadata", {}).get(kind, {}).get("alt") or language.text("pages.picture"))
    if kind == "text/html":
        yield "output", Markup(plain(body))
    elif kind == "text/markdown":
        yield "text", Markup(markdown(plain(body)))
    elif kind == "image/svg+xml":
        yield "picture", Markup(still_svg(body))
    else:
        picture = base64.b64encode(base64.b64decode(body)).decode()
        yield "picture", Markup(f'<img alt="{escape(alt)}" src="data:image/png;base64,{picture}">')


class _Words(mistune.HTMLRenderer):
    """Markdown without raw HTML, pictures or links to elsewhere, its headings below the title of the page."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.level = 1  # of the last heading written
        self.titled = False  # whether any heading was met

    @classmethod
    def reader(cls) -> mistune.Markdown:
        """Return a reader that remembers its headings from one text to the next."""
        return mistune.create_markdown(renderer=cls(), plugins=["table", "strikethrough"])

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading at most one level below the last; the notebook's own title is left out."""
        first, self.titled = not self.titled, True
        if first and level == 1:
            return ""
        self.level = min(max(level, 2), self.level + 1)
        return f"<h{self.level}>{text}</h{self.level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Write a link within the report; the address of any other stands beside its text."""
        if _WITHIN.fullmatch(url):
            return f'<a href="{escape(url)}">{text}</a>'
        return text if text == escape(url) else f"{text} ({escape(url)})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Write the words of a picture; a page shows pictures from outputs only."""
        return text

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Write a cell; a head cell names its column."""
        side = ' class="num"' if align == "right" else ""
        return f'<th scope="col"{side}>{text}</th>\n' if head else f"<td{side}>{text}</td>\n"

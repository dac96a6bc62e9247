"""The body of a page as Typst markup: what is printed says what the screen says, because it is made from it.

Only what this package's own pages hold is understood: headings, paragraphs, lists, tables, pictures and marks. Text
goes over as string literals, so nothing that came from data can act as markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .theme import printable, trim_words

__all__ = ["Typeset", "literal", "typeset"]

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')
_WIDEST, _HIGHEST = 16.5, 19.0  # of a picture on paper, in cm
_LABEL = re.compile(r'aria-label="([^"]*)"')
_BREAK = re.compile(r"\S{18}[_.=\];,/-]|[^\s_.=\];,/-]{30}")  # a long word may be broken here
_LONGEST = 300  # characters of a word on paper; the page has it whole
_VOID = {"img", "br", "hr", "meta", "link", "input"}
_INLINE = {
    "strong": "strong",
    "b": "strong",
    "em": "emph",
    "i": "emph",
    "small": "small",
    "code": "mono",
    "span": "plain",
}
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "caption", "th", "td", "figcaption"}
_ROWS, _LINES = 14, 30  # of a table that is kept on one sheet; a longer one goes on to the next
_ACROSS = 110  # characters beside one another on a sheet, about
_SKIP = {"style", "script", "nav", "footer", "title", "form", "button"}


@dataclass(frozen=True, eq=False)
class Typeset:
    """A page ready for the compiler: its markup, and the pictures the markup names."""

    markup: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def literal(text: str) -> str:
    """Return `text` as a Typst string literal.

    Examples
    --------
    >>> literal('a "b" \\\\ #c')
    '"a \\\\"b\\\\" \\\\\\\\ #c"'
    """
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def typeset(html: str, *, prefix: str, drop_numbers: tuple[str, ...] = ()) -> Typeset:
    """Return the part of a page below ``<main>`` as Typst markup that uses the functions of the document's preamble.

    Parameters
    ----------
    html : str
        A page of this package.
    prefix : str
        Begins the names of the page's pictures, so that the pages of one document do not collide.
    drop_numbers : tuple of str
        Words such as "Tabel" whose number at the head of a caption is left to the document.
    """
    pictures: dict[str, bytes] = {}

    def taken(match: re.Match[str]) -> str:
        name = f"{prefix}-{len(pictures) + 1}.svg"
        pictures[name] = printable(match.group()).encode()
        alt, box = _LABEL.search(match.group()), _BOX.search(match.group())
        slope = float(box.group(2)) / float(box.group(1)) if box else 1.0
        return f'<img src="{name}" alt="{alt.group(1) if alt else ""}" width="{min(_WIDEST, _HIGHEST / slope):.2f}">'

    start = html.find("<main")
    body = _SVG.sub(taken, html[max(start, 0) : html.find("</main>") if start >= 0 else len(html)])
    reader = _Reader(drop_numbers)
    reader.feed(body)
    reader.close()
    return Typeset("\n".join(reader.done), pictures)


@dataclass
class _Table:
    caption: str = ""
    head: list[tuple[str, str]] = field(default_factory=list)  # class and content of each heading
    rows: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


def _is_long(rows: list[tuple[str, list[tuple[str, str]]]], columns: int) -> bool:
    """Say whether a table has too many rows, or rows too high, to be kept on one sheet."""
    width = max(_ACROSS // columns, 1)
    lines = sum(1 + max((len(content) for _, content in row), default=0) // width for _, row in rows)
    return len(rows) > _ROWS or lines > _LINES


class _Reader(HTMLParser):
    """Reads the HTML that this package writes, block by block."""

    def __init__(self, drop_numbers: tuple[str, ...]):
        super().__init__(convert_charrefs=True)
        self.done: list[str] = []
        self.inline: list[str] = []  # content of the open block
        self.open: list[tuple[str, str]] = []  # tag and class
        self.skipped = 0
        self.table: _Table | None = None
        self.figure: dict[str, str] | None = None
        self.numbers = re.compile(rf"^(?:{'|'.join(map(re.escape, drop_numbers))}) \d+\. ") if drop_numbers else None

    # --- what the parser calls ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _SKIP:
            self.skipped += 1
        if self.skipped:
            return
        if tag == "img":
            self._picture(given)
        if tag in _VOID:
            return
        self.open.append((tag, given.get("class", "")))
        if tag == "figure":
            self.figure = {"class": given.get("class", ""), "caption": "", "below": ""}
        elif tag == "table":
            self.table = _Table()
        elif tag == "tr" and self.table is not None:
            self.table.rows.append((given.get("class", ""), []))
        elif tag in _BLOCKS:
            self.inline = []
        elif self._is_line():
            self._block("figcaption", "", "".join(self.inline))  # a caption ends where the lines below it begin
            self.inline = []
        elif tag in _INLINE:
            self.inline.append(f"#{_INLINE[tag]}[")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIP:
            self.skipped = max(self.skipped - 1, 0)
            return
        if self.skipped or tag in _VOID:
            return
        kind = ""
        is_line = self._is_line()
        while self.open:
            name, kind = self.open.pop()
            if name == tag:
                break
        if tag in _BLOCKS:
            self._block(tag, kind, "".join(self.inline))
            self.inline = []
        elif tag in _INLINE:
            if tag == "span" and is_line:
                self._line(kind, "".join(self.inline))
                self.inline = []
            else:
                self.inline.append("]")
        elif tag == "table":
            self._close_table()
        elif tag == "figure":
            self._close_figure()

    def handle_data(self, data: str) -> None:
        if self.skipped or not self.open:
            return
        text = trim_words(re.sub(r"\s+", " ", data), _LONGEST)
        inside = any(tag in _BLOCKS for tag, _ in self.open)
        if text.strip() or (inside and self.inline):
            parts = _BREAK.sub(lambda match: f"{match.group()}\0", text).split("\0")
            self.inline.append("#sym.zws".join(f"#{literal(part)}" for part in parts))

    # --- blocks ---

    def _is_line(self) -> bool:
        """Say whether the innermost element is a line of its own below a picture."""
        return bool(self.open) and self.open[-1][0] == "span" and self.open[-1][1] in ("note", "source")

    def _block(self, tag: str, kind: str, content: str) -> None:
        if tag in ("th", "td") and self.table is not None:
            self.table.rows[-1][1].append((kind or tag, content))
        elif tag == "caption" and self.table is not None:
            self.table.caption = self._unnumbered(content)
        elif tag == "figcaption" and self.figure is not None:
            self.figure["caption"] = self.figure["caption"] or (content and self._unnumbered(content))
        elif self.figure is not None and tag == "p":
            self._line(kind, content)
        elif tag == "h1":
            self.done.append(f"#pagetitle[{content}]")
        elif tag.startswith("h"):
            self.done.append(f"#heading(level: {int(tag[1])})[{content}]")
        elif tag == "li":
            self.done.append(f"#item[{content}]")
        elif content and kind != "pdf":
            named = {"subtitle": "subtitle", "illustration": "marked", "note": "noted", "source": "noted"}
            self.done.append(f"#{named.get(kind, 'para')}[{content}]")

    def _line(self, kind: str, content: str) -> None:
        """Take a line that stands in a figure: above it when it marks, else below."""
        if self.figure is None:
            self.done.append(f"#noted[{content}]")
        elif kind == "illustration":
            self.done.append(f"#marked[{content}]")
        else:
            self.figure["below"] += f"#noted[{content}]"

    def _unnumbered(self, content: str) -> str:
        match = re.match(r'#"((?:[^"\\]|\\.)*)"', content)
        if self.numbers is None or match is None:
            return content
        return f'#"{self.numbers.sub("", match.group(1))}"{content[match.end() :]}'

    def _picture(self, given: Mapping[str, str]) -> None:
        if self.figure is not None:
            self.figure["picture"] = given.get("src", "")
            self.figure["alt"] = given.get("alt", "")
            self.figure["width"] = given.get("width", str(_WIDEST))

    def _close_figure(self) -> None:
        figure, self.figure = self.figure, None
        if figure is None:
            return
        if figure.get("picture"):
            shown = f"{literal(figure['picture'])}, {literal(figure['alt'])}, {figure['width']}cm"
            self.done.append(f"#picture({shown}, [{figure['caption']}], [{figure['below']}])")
        elif figure["below"]:
            self.done.append(figure["below"])

    def _close_table(self) -> None:
        table, self.table = self.table, None
        if table is None or not table.rows:
            return
        head, rows = table.rows[0][1], table.rows[1:]
        sides = ", ".join("right" if "num" in kind else "left" for kind, _ in head)
        cells = [f"[{content}]" for _, content in head]
        body = [self._cell(content, row_class) for row_class, row in rows for _, content in row]
        options = f"sides: ({sides},), split: {'true' if _is_long(rows, len(head)) else 'false'}"
        self.done.append(
            f"#tabled([{table.caption}], ({', '.join(cells)},), ({', '.join(body)}{',' if body else ''}), {options})"
        )

    @staticmethod
    def _cell(content: str, row_class: str) -> str:
        return f"[#strong[{content}]]" if "marked" in row_class.split() else f"[{content}]"

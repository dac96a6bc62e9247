"""The look of every figure: colours, type, wrapped words, and an SVG that is small and safe inside a page.

Nothing here draws; :mod:`smartcity_analysis.present.figures` does.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

import numpy as np

__all__ = [
    "RC", "SERIES", "clean_svg", "font_folder", "plain", "printable", "shorten", "spread", "still_svg",
    "trim_words", "wrap",
]  # fmt: skip

# Okabe and Ito's palette, which colour-blind readers tell apart
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK = "#E69F00", "#56B4E9", "#000000"
INK, MUTED, GRID, PALE, ALERT = "#22272b", "#565d63", "#d9dcdf", "#e4e7ea", "#a63c06"

# colour, line style, marker: three ways to tell lines apart, so that grey print loses none
SERIES = (
    (BLUE, "-", "o"),
    (VERMILION, "--", "s"),
    (GREEN, "-.", "^"),
    (PURPLE, ":", "D"),
    (BLACK, (0, (6, 2, 1, 2, 1, 2)), "v"),
    (ORANGE, (0, (3, 1)), "P"),
)

RC: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": ["DejaVu Sans"],  # ships with matplotlib, so every machine measures alike
        "font.size": 10.5,
        "text.parse_math": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.labelpad": 6,
        "axes.titlesize": 10.5,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": INK,
        "ytick.color": INK,
        "hatch.linewidth": 0.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "smartcity",
    }
)
_FAMILY = "'DejaVu Sans', Verdana, Arial, sans-serif"
# What no reader can see and no page needs: control characters, halves of pairs and characters that are none; marks that
# turn the direction of what follows; spaces and joiners without a width, and tags. A soft hyphen shows where it parts.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LONGEST = 80  # characters of a word in a figure
_LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}")
_POINTER = re.compile(r"(?<=url\(#)[\w.-]+")
_FONT_FAMILY = re.compile(r"(?:; )?font-family: [^;]*")
_XLINK = "{http://www.w3.org/1999/xlink}href"
_DRAWING = frozenset(
    ["svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
     "tspan", "textPath", "title", "desc", "image", "clipPath", "mask", "pattern", "marker", "linearGradient",
     "radialGradient", "stop"]
)  # fmt: skip
_OWN = ("#", "data:image/png;base64,")  # what an SVG of a page may point to
_OUTSIDE = re.compile(r"url\((?!#)|@import|\\", re.IGNORECASE)  # and an escape, which could spell them


def plain(text: object) -> str:
    """Return `text` without the characters that cannot be seen; a line break stays.

    XML and Excel cannot hold some of them, others turn or hide what stands beside them. Every page, figure, workbook
    and document writes texts from data through this function.

    Examples
    --------
    >>> plain("a\\x00b\\u202ec")
    'abc'
    """
    return _UNSEEN.sub("", str(text))


def trim_words(text: str, most: int) -> str:
    """Return `text` with every word longer than `most` characters cut, the cut shown by an ellipsis.

    Examples
    --------
    >>> trim_words("aaaaaa bb", 4)
    'aaaa… bb'
    """
    return re.sub(rf"(\S{{{most}}})\S+", r"\1…", text)


def wrap(text: str, inches: float, points: float = 10.5, *, even: bool = False) -> str:
    """Return `text` broken into as few lines of `inches` as it takes at a type size of `points`.

    `even` makes the lines alike in length, so that no word is left over.
    """
    width = max(8, int(inches * 72 / (points * 0.59)))
    said = trim_words(plain(text), _LONGEST)
    lines = textwrap.wrap(said, width, break_on_hyphens=False)
    longest = max(map(len, said.split()), default=0)
    for narrower in range(width - 1, max(longest, 8) - 1, -1) if even else ():
        tried = textwrap.wrap(said, narrower, break_on_hyphens=False)
        if len(tried) > len(lines):
            break
        lines = tried
    return "\n".join(lines)


def shorten(text: object, most: int = 40) -> str:
    """Return `text` on one line, cut after `most` characters, the cut shown by an ellipsis.

    Examples
    --------
    >>> shorten("Telekomunikasi dan Transportasi", 15)
    'Telekomunikasi…'
    """
    whole = " ".join(plain(text).split())
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return `places` moved apart to at least `gap`, in the same order, each group around its own middle.

    Examples
    --------
    >>> spread([1.0, 0.0, 1.1], 0.5)
    [0.8, 0.0, 1.3]
    """
    groups: list[list[float]] = []  # [sum of places less their offset in the group, size]
    order = np.argsort(places, kind="stable")
    for place in np.asarray(places, dtype=float)[order]:
        groups.append([float(place), 1])
        while len(groups) > 1 and _start(groups[-1], gap) < _start(groups[-2], gap) + groups[-2][1] * gap:
            total, size = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + size]
    moved = np.empty(len(order))
    moved[order] = [_start(g, gap) + i * gap for g in groups for i in range(int(g[1]))]
    return [round(float(m), 10) for m in moved]


def _start(group: Sequence[float], gap: float) -> float:
    total, size = group
    return total / size - gap * (size - 1) / 2


def clean_svg(raw: bytes, alt: str) -> bytes:
    """Return matplotlib's SVG as one element that may stand alone, or in a page beside others.

    It loses its document type, metadata, style sheet (which would reach the whole page) and unused ids; the
    ids left are its own, coordinates keep two decimals, every text takes the family of the root, and `alt` is
    what a screen reader says.
    """
    root = ElementTree.fromstring(plain(raw.decode()))
    for element in list(root.iter()):
        for child in [c for c in element if _local(c.tag) in ("metadata", "style")]:
            element.remove(child)
    prefix = "f" + hashlib.sha256(raw + alt.encode()).hexdigest()[:8] + "-"
    used = {name for e in root.iter() for value in e.attrib.values() for name in _POINTER.findall(value)}
    used |= {e.attrib[_XLINK][1:] for e in root.iter() if _XLINK in e.attrib}
    for element in root.iter():
        _clean(element, used, prefix)
    root.attrib.update(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",
            "role": "img",
            "aria-label": plain(alt),
            "font-family": _FAMILY,
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    return ElementTree.tostring(root, encoding="unicode").encode()


def still_svg(text: str) -> str:
    """Return an SVG that a notebook shows as an element that only draws: it runs, links and fetches nothing.

    What is no XML is returned as escaped text.
    """
    try:
        root = ElementTree.fromstring(plain(text[max(text.find("<svg"), 0) :]))
    except ElementTree.ParseError:
        return escape(text)
    for element in list(root.iter()):
        for child in [c for c in element if _local(c.tag) not in _DRAWING]:
            element.remove(child)
        element.tag = _local(element.tag)
        given = dict(element.attrib)
        element.attrib.clear()
        for name, value in given.items():
            own = value.startswith(_OWN) if _local(name) == "href" else not _OUTSIDE.search(value)
            if own and not name.lower().startswith("on"):
                element.set("xlink:href" if _local(name) == "href" else _local(name), value)
    root.attrib.update({"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"})
    return ElementTree.tostring(root, encoding="unicode")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _clean(element: ElementTree.Element, used: set[str], prefix: str) -> None:
    element.tag = _local(element.tag)
    element.tail = None
    if element.tag not in ("text", "tspan"):
        element.text = None
    attributes = dict(element.attrib)
    element.attrib.clear()
    for key, value in attributes.items():
        if key == "id":
            if value in used:
                element.set("id", prefix + value)
            continue
        value = _POINTER.sub(lambda m: prefix + m[0], " ".join(value.split()))
        if key == _XLINK:
            key, value = "xlink:href", f"#{prefix}{value[1:]}"
        value = _LONG_DECIMAL.sub(lambda m: f"{float(m[0]):.2f}", value)
        if key == "style" and element.tag == "text":
            value = _FONT_FAMILY.sub("", value)
        if key != "transform" or not value.startswith("rotate(-0 "):
            element.set(key, value)


def font_folder() -> str:
    """Return the folder of the typeface every figure and document is set in; it ships with matplotlib."""
    import matplotlib

    return f"{matplotlib.get_data_path()}/fonts/ttf"


@cache
def _drawn_characters() -> frozenset[str]:
    """Return every character that each cut of the typeface can draw."""
    from matplotlib.ft2font import FT2Font

    cuts = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique", "DejaVuSansMono")
    maps = [set(FT2Font(f"{font_folder()}/{cut}.ttf").get_charmap()) for cut in cuts]
    return frozenset(chr(code) for code in set.intersection(*maps) if code >= ord(" "))


def printable(text: str) -> str:
    """Return `text` with white space as spaces and every character the typeface cannot draw as a replacement sign.

    Examples
    --------
    >>> printable("60 % of 46 · 😀")
    '60 % of 46 · �'
    """
    known = _drawn_characters()
    return "".join(c if c in known else " " if c.isspace() else "\ufffd" for c in text)

"""Names of regions that fit the room there is."""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from ..theme import plain, shorten

__all__ = ["brief", "fit_name", "text_width"]

_BRIEF = {"Kabupaten": "Kab.", "Kecamatan": "Kec.", "Kelurahan": "Kel."}
_VOWEL, _OTHER = "aeiou", "bcdfghjklmnpqrstvwxyz"
_SYLLABLE = re.compile(  # Indonesian: ba|nyu, sam|pang, treng|galek, tulung|agung
    rf"(?<=[{_VOWEL}])(?=(?:ng|ny|[{_OTHER}])[{_VOWEL}])"
    rf"|(?<=[{_VOWEL}][lmnrs])(?=[{_OTHER}])(?<!n(?=[gy]))"
    r"|(?<=ng)(?=\w)",
    re.IGNORECASE,
)
_WIDTHS = TextToPath()


def brief(name: object) -> str:
    """Return `name` with kinds of region abbreviated.

    Examples
    --------
    >>> brief("Kabupaten Kediri")
    'Kab. Kediri'
    """
    return " ".join(_BRIEF.get(word, word) for word in plain(name).split())


@lru_cache(maxsize=4096)
def text_width(text: str, points: float = 10, weight: str = "normal") -> float:
    """Return the width of the longest line of `text`, in points."""
    font = FontProperties(family="DejaVu Sans", size=points, weight=weight)
    return max(_WIDTHS.get_text_width_height_descent(line, font, False)[0] for line in text.split("\n"))


def fit_name(name: object, width: float, lines: int = 3, points: float = 10) -> str:
    """Return `name` on at most `lines` lines of `width` points: kinds of region abbreviated, long words parted.

    Examples
    --------
    >>> fit_name("Kabupaten Tulungagung", 60).split("\\n")
    ['Kab.', 'Tulung-', 'agung']
    """
    parts = [part for word in shorten(brief(name), 60).split() for part in _parted(word, width, points)]
    rows: list[str] = []
    for part in parts:
        whole = rows and not any(text.endswith("-") for text in (rows[-1], part))
        joined = f"{rows[-1]} {part}" if whole else ""
        if joined and text_width(joined, points) <= width:
            rows[-1] = joined
        else:
            rows.append(part)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], rows[lines - 1].rstrip("-") + "…"]
    return "\n".join(rows)


def _parted(word: str, width: float, points: float) -> list[str]:
    """Return `word` in two, parted between syllables near its middle, when it is wider than `width`."""
    if text_width(word, points) <= width:
        return [word]
    places = [m.start() for m in _SYLLABLE.finditer(word) if 2 <= m.start() <= len(word) - 3]
    fit = [place for place in places if text_width(word[:place] + "-", points) <= width]
    if not fit:
        most = max(2, int(width / points / 0.65))
        return [word] if len(word) <= most else [word[: most - 1] + "…"]
    place = min(fit, key=lambda p: (abs(p - len(word) / 2), p))
    return [word[:place] + "-", *_parted(word[place:], width, points)]

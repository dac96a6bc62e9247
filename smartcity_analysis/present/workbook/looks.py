"""The look of the questionnaire's cells: which are to be filled in can be seen, also on a grey print."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["HIGHEST", "LOOKS", "lines_high"]

HIGHEST = 409  # points: the highest row Excel knows

_WRAP: dict[str, Any] = {"text_wrap": True, "valign": "vcenter", "font_name": "Arial", "font_size": 10}
_EDGE: dict[str, Any] = {"border": 1, "border_color": "#9AA3AB"}
_FILL: dict[str, Any] = {**_WRAP, "border": 2, "border_color": "#8A6D00", "bg_color": "#FFF4C2", "locked": False}

LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_name": "Arial", "font_size": 14, "bold": True, "valign": "vcenter", "font_color": "#133B59"},
    "progress": {"font_name": "Arial", "font_size": 10, "align": "right", "valign": "vcenter", "bold": True},
    "body": {**_WRAP, "valign": "top"},
    "note": {**_WRAP, "font_color": "#565D63", "indent": 1},
    "intro": {**_WRAP, "text_wrap": False, "font_color": "#565D63"},
    "number": {**_WRAP, "align": "center", "valign": "top", "bold": True},
    "head": {**_WRAP, **_EDGE, "bold": True, "bg_color": "#133B59", "font_color": "#FFFFFF"},
    "group": {**_WRAP, **_EDGE, "bold": True, "bg_color": "#E5F2FE"},
    "cell": {**_WRAP, **_EDGE},
    "code": {**_WRAP, **_EDGE, "font_size": 9, "font_color": "#565D63"},
    "middle": {**_WRAP, **_EDGE, "align": "center"},
    "middle_small": {**_WRAP, **_EDGE, "align": "center", "font_size": 9, "font_color": "#565D63"},
    "locked": {**_WRAP, **_EDGE, "bg_color": "#E4E7EA", "align": "left"},
    "answer": {**_FILL, "align": "center", "font_size": 12},
    "words": {**_FILL, "align": "left"},
}


def lines_high(text: str, width: float) -> float:
    """Return the height in points of a row that holds `text` in a column of `width` characters.

    Examples
    --------
    >>> lines_high("pendek", 60), lines_high("kata " * 30, 60)
    (18, 46)
    """
    lines = max(1, math.ceil(len(text) * 0.82 / width))
    return min(HIGHEST, 4 + 14 * lines)

"""Where each region stands by level and growth."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogLocator, NullLocator

from ..language import Language
from ..maps.names import brief, text_width
from ..theme import ALERT, BLUE, GREEN, INK, MUTED, shorten
from .base import HALO, finish, join, period, say, ticks

__all__ = ["klassen_facts", "plot_klassen"]

_TYPES = {  # marker and fill; then where the quadrant's name stands: across, up
    "advanced_growing": ("o", BLUE, (0.985, 0.985)),
    "advanced_slow": ("s", "#9ec9e6", (0.985, 0.015)),
    "catching_up": ("^", GREEN, (0.015, 0.985)),
    "lagging": ("D", "white", (0.015, 0.015)),
}
_ENDS = 3  # regions named at either end
_HIGH = 13.0  # points that a name takes up
_SHIFTS = ((10, 0), (-10, 0), (0, 14), (0, -14), (10, 11), (-10, 11), (10, -11), (-10, -11), (0, 26), (0, -26))
_SIDES = {1: "left", 0: "center", -1: "right"}


def plot_klassen(
    table: pd.DataFrame, *, ax: Axes, language: Language, xlabel: str, highlight: str | None = None
) -> Axes:
    """Draw the growth of every region against its level, and the lines that part the four types.

    Parameters
    ----------
    table : DataFrame
        Columns region, name, year, first_year, level (above 0), growth (0.05 is 5 %), type, reference_level and
        reference_growth.
    ax : Axes
    language : Language
    xlabel : str
        What the level is, with its unit.
    highlight : str, optional
        Code of the region to pick out.
    """
    rows = table.set_index("region")
    lines = rows["reference_level"].iloc[0], rows["reference_growth"].iloc[0] * 100
    ax.set_xscale("log")
    for kind, (marker, fill, corner) in _TYPES.items():
        own = rows[(rows["type"] == kind) & (rows.index != highlight)]
        style: dict[str, Any] = {
            "marker": marker,
            "markerfacecolor": fill,
            "markeredgecolor": INK,
            "markeredgewidth": 0.9,
        }
        ax.plot(own["level"], own["growth"] * 100, linestyle="", markersize=6.5, **style)
        _name_corner(ax, language.text(f"tables.words.{kind}"), corner)
    if highlight in rows.index:
        at = rows.loc[highlight]
        ax.plot(at["level"], at["growth"] * 100, marker="*", color=ALERT, markersize=16, markeredgecolor="white")
    _limits(ax, rows)
    ax.axvline(lines[0], color=MUTED, linewidth=1.2, linestyle=(0, (5, 3)))
    ax.axhline(lines[1], color=MUTED, linewidth=1.2, linestyle=(0, (5, 3)))
    _name_regions(ax, rows, highlight)
    ax.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    ax.yaxis.set_major_formatter(ticks(language, "num0"))
    words = {
        "level": lines[0],
        "growth": lines[1],
        "period": _period(rows),
    }
    return finish(ax, language, "klassen", grid="both", label=xlabel, **words)


def _period(rows: pd.DataFrame) -> str:
    return period([rows["first_year"].iloc[0], rows["year"].iloc[0]])


def _limits(ax: Axes, rows: pd.DataFrame) -> None:
    """Leave room above and below for the names of the quadrants, and at the sides for those of regions."""
    growth = np.append(rows["growth"], rows["reference_growth"].iloc[0]) * 100
    level = np.append(rows["level"], rows["reference_level"].iloc[0])
    room = max(float(np.ptp(growth)), 0.1) * 0.12
    ax.set_ylim(growth.min() - room, growth.max() + room)
    wide = max(float(level.max() / level.min()), 1.1)
    ax.set_xlim(level.min() / wide**0.08, level.max() * wide**0.12)


def _name_corner(ax: Axes, text: str, corner: tuple[float, float]) -> None:
    across, up = ("left" if corner[0] < 0.5 else "right"), ("bottom" if corner[1] < 0.5 else "top")
    style: dict[str, Any] = {"color": MUTED, "style": "italic", "weight": "bold", "bbox": HALO, "parse_math": False}
    ax.text(*corner, text, transform=ax.transAxes, ha=across, va=up, **style)


def _notable(rows: pd.DataFrame, highlight: str | None) -> list[Any]:
    """Return the regions that are named: the highest, those that grew most and least, and the one picked out."""
    ordered = rows.sort_index()
    ends = [ordered["level"].nlargest(_ENDS), ordered["growth"].nlargest(_ENDS), ordered["growth"].nsmallest(2)]
    codes = [code for end in ends for code in end.index]
    return list(dict.fromkeys(codes + ([highlight] if highlight in rows.index else [])))


def _name_regions(ax: Axes, rows: pd.DataFrame, highlight: str | None) -> None:
    """Write the names beside their marks, each where it covers the fewest marks and names."""
    cast(Canvas, ax.get_figure(root=True)).draw_without_rendering()  # so that everything has its place
    points = 72 / cast(Canvas, ax.get_figure(root=True)).dpi
    marks = ax.transData.transform(np.column_stack([rows["level"], rows["growth"] * 100])) * points
    room = _box(np.multiply(ax.get_window_extent().extents, points))
    x0, y0 = ax.transData.transform((rows["reference_level"].iloc[0], rows["reference_growth"].iloc[0] * 100)) * points
    taken = [_box((x - 5, y - 5, x + 5, y + 5)) for x, y in marks]
    taken += [(x0 - 1, room[1], x0 + 1, room[3]), (room[0], y0 - 1, room[2], y0 + 1)]
    for code in sorted(_notable(rows, highlight), key=lambda code: code != highlight):
        row, chosen = rows.loc[code], code == highlight
        look: dict[str, Any] = {"weight": "bold", "color": ALERT} if chosen else {}
        name = shorten(brief(row["name"]), 28)
        wide = text_width(name, 10.5, look.get("weight", "normal"))
        place = tuple(marks[rows.index.get_loc(code)])
        spots = [(shift, _spot(place, shift, wide)) for shift in _SHIFTS]
        shift, box = min(spots, key=lambda spot: _cost(spot[1], taken, room))
        taken.append(box)
        at = (row["level"], row["growth"] * 100)
        say(ax, name, at, (shift[0], shift[1] - 0.5), ha=_SIDES[np.sign(shift[0])], va="center", zorder=4, **look)


def _box(ends: Any) -> tuple[float, ...]:
    return tuple(float(end) for end in ends)


def _spot(mark: tuple[float, ...], shift: tuple[int, int], wide: float) -> tuple[float, ...]:
    """Return left, bottom, right and top of a name of that width, shifted from its mark; all in points."""
    x, y = mark[0] + shift[0], mark[1] + shift[1]
    left = x - wide * {1: 0.0, 0: 0.5, -1: 1.0}[int(np.sign(shift[0]))]
    return (left, y - _HIGH / 2, left + wide, y + _HIGH / 2)


def _cost(box: tuple[float, ...], taken: list[tuple[float, ...]], room: tuple[float, ...]) -> float:
    """Return how much of a name would lie on something else, or outside the axes."""
    covered = sum(_shared(box, other) for other in taken)
    return covered + 10 * ((box[2] - box[0]) * _HIGH - _shared(box, room))


def _shared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def klassen_facts(
    table: pd.DataFrame, *, language: Language, xlabel: str, highlight: str | None = None
) -> dict[str, Any]:
    """Return the facts of a typology: how many regions are of each type, and the type of the one picked out."""
    rows = table.set_index("region")
    said = []
    for kind in _TYPES:
        own = rows[rows["type"] == kind]
        facts = {"type": language.text(f"tables.words.{kind}"), "count": len(own), "names": list(own["name"])}
        key = "none" if own.empty else "few" if len(own) <= 2 * _ENDS else "many"
        said.append(language.text(f"figures.klassen.{key}", **facts))
    facts = {
        "n": len(rows),
        "label": xlabel,
        "period": _period(rows),
        "level": rows["reference_level"].iloc[0],
        "growth": rows["reference_growth"].iloc[0] * 100,
        "types": join(said),
    }
    if highlight in rows.index:
        own = rows.loc[highlight]
        kind = language.text(f"tables.words.{own['type']}")
        facts |= {"variant": "highlight", "name": own["name"], "type": kind}
        facts |= {"own_level": own["level"], "own_growth": own["growth"] * 100}
    return facts

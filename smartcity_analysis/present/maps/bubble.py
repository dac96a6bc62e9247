"""The bubble map: a circle for every region at its place, large where the value is high."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from ..language import Language
from ..theme import ALERT, INK
from ..tiles import LayoutError, apart
from .base import LINE, Scale, frame, list_below, measure, stack
from .facts import compass, map_facts
from .names import brief, fit_name, text_width

__all__ = ["bubble_map_facts", "plot_bubble_map"]

Array = np.ndarray

_COVER = 0.17  # part of the map that the circles cover together
_LARGEST = 0.07  # largest radius, as a part of the map's shorter side
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.75, -0.75), (-0.75, -0.75), (0.75, 0.75), (-0.75, 0.75))


def plot_bubble_map(
    table: pd.DataFrame,
    *,
    ax: Axes,
    language: Language,
    label: str,
    size_label: str = "",
    layout: pd.DataFrame | None = None,
    kind: str = "num2",
    highlight: str | None = None,
) -> Axes:
    """Draw a circle for every region, its area by size, its colour by value; those that would overlap are moved apart.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name and value, lat and lon (degrees) when there is no `layout`, and size where the area
        does not stand for the value (0 or more; a missing one is drawn smallest).
    size_label : str
        What the size is; the value when not given.
    layout : DataFrame, optional
        Columns code, column and row: circles stand on these tiles in place of their true position.
    ax, language, label, kind, highlight
        As for :func:`plot_tile_map`.

    Raises
    ------
    LayoutError
        When a region has no place.
    """
    rows = table.sort_index()
    centres, values = _places(rows, layout), rows["value"].astype(float)
    size = rows["size" if "size" in rows else "value"].astype(float).clip(lower=0).fillna(0).to_numpy()
    radii = _radii(centres, size)
    centres = apart(centres, radii * 1.06)
    low, high = (centres - radii[:, np.newaxis]).min(axis=0), (centres + radii[:, np.newaxis]).max(axis=0)
    edge = 0.03 * (high - low).max()
    ax.set_xlim(low[0] - edge, high[0] + edge)
    ax.set_ylim(high[1] + edge, low[1] - edge)
    ax.set_aspect(1)
    scale = Scale.of(values, kind)
    frame(ax, language, scale, label, "bubble_map", size=size_label or label)
    for number in np.argsort(-radii, kind="stable"):
        chosen = rows.index[number] == highlight
        style = scale.style(values.iloc[number]) | {"linewidth": 2.6 if chosen else 0.8}
        style |= {"edgecolor": ALERT} if chosen else {}
        ax.add_patch(Circle(tuple(centres[number]), radii[number], zorder=3 if chosen else 2, **style))
    names = [brief(name) for name in rows["name"]]
    order = np.lexsort((np.arange(len(rows)), -radii, rows.index != highlight))
    caption = ax.get_xlabel()
    for _ in range(2):  # the list below takes room from the map, so that other names fit
        words, listed = _words(ax, names, centres, radii, order)
        numbers = {rows.index[number]: said for number, _, said in words[len(words) - len(listed) :]}
        list_below(ax, caption, listed, int(numbers.get(highlight, 0)))
    for number, place, said in words:
        inside = bool(np.allclose(place, centres[number]))
        stack(ax, place, said.split("\n"), scale.ink(values.iloc[number]) if inside else INK)
    return ax


def _places(rows: pd.DataFrame, layout: pd.DataFrame | None) -> Array:
    """Return where regions lie, east and south, in km or in tiles."""
    if layout is not None:
        places = layout.set_index("code")[["column", "row"]].reindex(rows.index).to_numpy(float)
    else:
        lat, lon = rows["lat"].to_numpy(float), rows["lon"].to_numpy(float)
        places = np.column_stack([lon * np.cos(np.radians(np.nanmean(lat))), -lat]) * 111.2
    lost = [str(code) for code in rows.index[~np.isfinite(places).all(axis=1)]]
    if lost:
        found = f"found no place for {', '.join(lost)}, expected one for every region of the table"
        raise LayoutError(f"bubble map: {found}. Give lat and lon, or a layout with these regions.")
    return places


def _radii(centres: Array, size: Array) -> Array:
    wide = np.maximum(np.ptp(centres, axis=0), 1.0 if len(centres) == 1 else 1e-9)
    wide = np.maximum(wide, wide.max() / 4)
    share = np.sqrt(np.maximum(size / size.max(), 0.012) if size.max() > 0 else np.full(len(size), 0.2))
    largest = np.sqrt(_COVER * wide.prod() / (np.pi * (share**2).sum()))
    return share * min(float(largest), _LARGEST * float(wide.max()))


def _words(
    ax: Axes, names: list[str], centres: Array, radii: Array, order: Array
) -> tuple[list[tuple[int, Array, str]], list[str]]:
    """Return what to write where, by region; a name without room becomes a number of the list returned."""
    paper = _Paper(ax, centres, radii)
    words, left = [], []
    for number in order.tolist():
        said = [fit_name(names[number], width, 2) for width in (1.75 * paper.reach[number], 120, 60, 42)]
        place = paper.room(number, *said)
        if place is None:
            left.append(number)
        else:
            words.append((number, *place))
    left.sort(key=lambda number: (centres[number, 1], number))
    for order_below, number in enumerate(left, start=1):
        sign = str(order_below)
        found = paper.room(number, sign, sign) or paper.room(number, sign, sign, slack=-9.0)
        words.append((number, *(found or (centres[number], sign))))
    return words, [names[number] for number in left]


class _Paper:
    """The circles on paper, in points, and the words that stand there already."""

    def __init__(self, ax: Axes, centres: Array, radii: Array):
        self.unit = measure(ax)[0]
        self.corner = np.array([ax.get_xlim()[0], ax.get_ylim()[1]])
        self.size = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]) * self.unit
        self.at, self.reach = (centres - self.corner) * self.unit, radii * self.unit
        self.boxes: list[Array] = []

    def room(self, number: int, inside: str, *beside: str, slack: float = 3.0) -> tuple[Array, str] | None:
        """Return where the words of a circle stand, as data, and which of them; None when there is no room.

        Words beside it are nearer to it than to any other circle, by `slack` points.
        """
        half, reach = _half(inside), self.reach[number]
        if np.hypot(half[0], half[1] - 3) <= reach and "…" not in inside:
            return self.at[number] / self.unit + self.corner, inside
        for said in (text for text in beside if "…" not in text):
            for side in _SIDES:
                half = _half(said)
                middle = self.at[number] + np.sign(side) * half + np.array(side) * (reach + 2)
                if self._is_free(number, middle - half, middle + half, slack):
                    self.boxes.append(np.concatenate([middle - half, middle + half]))
                    return middle / self.unit + self.corner, said
        return None

    def _is_free(self, number: int, low: Array, high: Array, slack: float) -> bool:
        """Say whether a box lies on the paper, on no words and no circle, and nearest to its own."""
        if (low < 0).any() or (high > self.size).any():
            return False
        clear = np.hypot(*np.maximum(np.maximum(low - self.at, self.at - high), 0).T) - self.reach
        others = np.delete(clear, number)
        if clear[number] < 0 or (others < max(clear[number] + slack, 0)).any():
            return False
        return not any((low < box[2:] + 2).all() and (high > box[:2] - 2).all() for box in self.boxes)


def _half(said: str) -> Array:
    return np.array([text_width(said) + 2, LINE * (said.count("\n") + 1)]) / 2


def bubble_map_facts(
    table: pd.DataFrame,
    *,
    language: Language,
    label: str,
    size_label: str = "",
    layout: pd.DataFrame | None = None,
    kind: str = "num2",
    highlight: str | None = None,
) -> dict[str, Any]:
    """Return the facts of a bubble map: where on it the values are high and low."""
    rows = table.sort_index()
    places = pd.DataFrame(_places(rows, layout), index=rows.index)
    where = compass(places[0], -places[1])
    facts = map_facts(table, where, language=language, label=label, kind=kind, highlight=highlight)
    return facts | {"size": size_label or label}

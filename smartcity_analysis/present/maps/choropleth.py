"""The choropleth: regions in their borders, darker where the value is higher."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from ..language import Language
from ..theme import ALERT
from ..tiles import LayoutError
from .base import LINE, Scale, frame, list_below, measure, stack, written
from .facts import compass, map_facts
from .names import brief, fit_name, text_width

__all__ = ["choropleth_facts", "plot_choropleth"]

Array = np.ndarray
Rings = list[Array]

_SIZES = (10.0, 8.5)  # points of type
_TRIES = 15  # places across and up at which the words of a region are tried


def plot_choropleth(
    table: pd.DataFrame,
    *,
    ax: Axes,
    language: Language,
    geojson: Mapping[str, Any],
    label: str,
    key: str = "code",
    kind: str = "num2",
    highlight: str | None = None,
) -> Axes:
    """Draw every region in its borders, with name and value where they fit inside.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name and value. A region without a value is hatched.
    geojson : mapping
        A FeatureCollection of polygons in degrees (longitude, latitude).
    key : str
        The property of a feature that holds the region's code.
    ax, language, label, kind, highlight
        As for :func:`plot_tile_map`.

    Raises
    ------
    LayoutError
        When a region has no border.
    """
    shapes, values = _shapes(table, geojson, key), table["value"].astype(float)
    scale = Scale.of(values, kind)
    for code, rings in shapes.items():
        chosen = code == highlight
        style = scale.style(values[code]) | {"linewidth": 2.6 if chosen else 0.7, "zorder": 3 if chosen else 2}
        ax.add_patch(PathPatch(_path(rings), **style | ({"edgecolor": ALERT} if chosen else {})))
    every = np.concatenate([ring for rings in shapes.values() for ring in rings])
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.margins(0.01)
    ax.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
    frame(ax, language, scale, label, "choropleth")
    caption = ax.get_xlabel()
    for _ in range(2):  # the list below takes room from the map
        words, listed = _words(table, shapes, np.array(measure(ax)), kind, language)
        picked = next((int(said[0]) for code, _, said, _ in words if code == highlight and len(said) == 1), 0)
        list_below(ax, caption, listed, picked)
    for code, place, said, points in words:
        bold = int(len(said) > 1)  # a value; a number of the list is not
        stack(ax, place, said, scale.ink(values[code]), bold=bold, back=bool(np.isnan(values[code])), points=points)
    return ax


def _words(
    table: pd.DataFrame, shapes: Mapping[Any, Rings], unit: Array, kind: str, language: Language
) -> tuple[list[tuple[Any, Array, list[str], float]], list[str]]:
    """Return what to write where, by region, and how large; where there is no room, a number of the list returned."""
    words, left = [], []
    for code, rings in shapes.items():
        name, value = table.loc[code, "name"], written(float(table.loc[code, "value"]), kind, language)
        for points, width in product(_SIZES, (150, 80, 46)):
            said = [*fit_name(name, width * points / 10, 3, points).split("\n"), value]
            wide = max(text_width(line, points, "bold") for line in said)
            half = np.array([wide + 4, LINE * points / 10 * len(said) - 2]) / 2 / unit
            place = None if "…" in "".join(said) else _room(rings, half)
            if place is not None:
                words.append((code, place, said, points))
                break
        else:
            left.append((code, f"{brief(name)} ({value})"))
    left.sort(key=lambda entry: -float(_largest(shapes[entry[0]]).mean(axis=0)[1]))  # from the north to the south
    for number, (code, _) in enumerate(left, start=1):
        rings = shapes[code]
        halves = (np.array([text_width(str(number)) + 3, LINE]) / 2 / unit / part for part in (1, 2, 8))
        places = (place for half in halves if (place := _room(rings, half)) is not None)
        words.append((code, next(places, _largest(rings).mean(axis=0)), [str(number)], _SIZES[0]))
    return words, [entry for _, entry in left]


def _largest(rings: Rings) -> Array:
    """Return the ring that takes most room across and up."""
    return max(rings, key=lambda ring: float(np.ptp(ring, axis=0).prod()))


def _shapes(table: pd.DataFrame, geojson: Mapping[str, Any], key: str) -> dict[Any, Rings]:
    """Return the rings of every region of the table, by code."""
    found: dict[Any, Rings] = {}
    for feature in geojson.get("features", []):
        code, geometry = (feature.get("properties") or {}).get(key), feature.get("geometry") or {}
        parts: Any = geometry.get("coordinates") if geometry.get("type") in ("Polygon", "MultiPolygon") else []
        for polygon in [parts] if geometry.get("type") == "Polygon" else parts:
            rings = [np.asarray(ring, dtype=float)[:, :2] for ring in polygon]
            ways = [_turned(ring, left=place == 0) for place, ring in enumerate(rings) if len(ring) > 3]
            found.setdefault(code, []).extend(ways)
    lost = [str(code) for code in table.index if not found.get(code)]
    if lost:
        expected = f"expected a polygon with this {key!r} for every region of the table"
        raise LayoutError(f"geojson: found no border for {', '.join(lost)}, {expected}. Add them or use a tile map.")
    return {code: found[code] for code in sorted(table.index)}


def _turned(ring: Array, *, left: bool) -> Array:
    """Return `ring` running to the left (a border) or to the right (a hole), whichever way it was drawn."""
    x, y = ring.T
    return ring if (np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) > 0) == left else ring[::-1]


def _path(rings: Rings) -> Path:
    """Return the rings as one path; a ring inside another that runs the other way is a hole."""
    codes = [np.r_[Path.MOVETO, np.full(len(ring) - 2, Path.LINETO), Path.CLOSEPOLY] for ring in rings]
    return Path(np.concatenate(rings), np.concatenate(codes))


def _room(rings: Rings, half: Array) -> Array | None:
    """Return the most central place inside the rings at which a box of `half` sizes fits, or None."""
    largest = _largest(rings)
    low, high = largest.min(axis=0), largest.max(axis=0)
    across, up = (np.linspace(low[k], high[k], _TRIES + 2)[1:-1] for k in (0, 1))
    places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    sides = np.linspace(-1, 1, 7)
    box = np.array([(x, y) for x in sides for y in sides if max(abs(x), abs(y)) == 1]) * half
    points = (places[:, np.newaxis] + box).reshape(-1, 2)
    within = sum(Path(ring).contains_points(points).astype(int) for ring in rings)  # twice: in a hole
    inside = (np.asarray(within).reshape(len(places), -1) % 2 == 1).all(axis=1)
    if not inside.any():
        return None
    far = (((places - (low + high) / 2) / half) ** 2).sum(axis=1)
    return places[np.argmin(np.where(inside, far, np.inf))]


def choropleth_facts(
    table: pd.DataFrame,
    *,
    language: Language,
    geojson: Mapping[str, Any],
    label: str,
    key: str = "code",
    kind: str = "num2",
    highlight: str | None = None,
) -> dict[str, Any]:
    """Return the facts of a choropleth: where on it the values are high and low."""
    shapes = _shapes(table, geojson, key)
    middles = {code: _largest(rings).mean(axis=0) for code, rings in shapes.items()}
    places = pd.DataFrame.from_dict(middles, orient="index")
    where = compass(places[0], places[1])
    return map_facts(table, where, language=language, label=label, kind=kind, highlight=highlight)

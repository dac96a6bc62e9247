"""The tile map: every region one legible tile, near its neighbours. It is schematic, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from ..language import Language
from ..theme import ALERT, INK, shorten
from ..tiles import LayoutError
from .base import LINE, Scale, frame, measure, stack, written
from .facts import compass, map_facts
from .names import fit_name, text_width

__all__ = ["plot_tile_map", "tile_map_facts"]

_GAP = 0.035  # between a tile and the edge of its cell
_MARGIN = {"left": 0.3, "right": 0.3, "top": 0.42, "bottom": 0.42}  # cells kept free for the name of a group
_SIDES = {"top": (0, -1), "bottom": (0, 1), "left": (-1, 0), "right": (1, 0)}
Cell = tuple[int, int]


def plot_tile_map(
    table: pd.DataFrame,
    *,
    ax: Axes,
    language: Language,
    layout: pd.DataFrame,
    label: str,
    groups: pd.Series | None = None,
    kind: str = "num2",
    highlight: str | None = None,
) -> Axes:
    """Draw every region as a tile with its name and value, darker where the value is higher.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name and value. A tile without a value is hatched.
    ax : Axes
    language : Language
    layout : DataFrame
        Columns code, column and row, as made by ``tiles.tile_layout``.
    label : str
        What the value is, with its unit.
    groups : Series, optional
        Name of each region's group by code; a thick line parts the groups.
    kind : str
        How a value is written: a key of ``language.KINDS``, or ``"yes_no"`` for 1 and 0.
    highlight : str, optional
        Code of the region to pick out.

    Raises
    ------
    LayoutError
        When a region has no tile.
    """
    cells = _cells(table, layout)
    values = table["value"].astype(float)
    scale = Scale.of(values, kind)
    places = _group_places(cells, groups) if groups is not None else {}
    _limits(ax, cells, {side for side, _ in places.values()})
    frame(ax, language, scale, label, "tile_map")
    if groups is not None:
        ax.add_collection(LineCollection(_borders(cells, groups), colors=INK, linewidths=2.4, capstyle="projecting"))
    across, up = measure(ax)
    for code, cell in cells.items():
        _tile(ax, cell, table.loc[code, "name"], values[code], scale, language, (across, up), chosen=code == highlight)
    for name, (side, run) in places.items():
        _name_group(ax, name, side, run)
    return ax


def _cells(table: pd.DataFrame, layout: pd.DataFrame) -> dict[Any, Cell]:
    places = layout.set_index("code")[["column", "row"]]
    lost = [str(code) for code in table.index if code not in places.index]
    if lost:
        found = f"found no tile for {', '.join(lost)}, expected one for every region of the table"
        raise LayoutError(f"layout: {found}. Make the layout of these regions too.")
    return {code: (int(places.at[code, "column"]), int(places.at[code, "row"])) for code in sorted(table.index)}


def _limits(ax: Axes, cells: dict[Any, Cell], sides: set[str]) -> None:
    columns, rows = zip(*cells.values(), strict=True)
    room = {side: wide if side in sides else 0.04 for side, wide in _MARGIN.items()}
    ax.set_xlim(min(columns) - 0.5 - room["left"], max(columns) + 0.5 + room["right"])
    ax.set_ylim(max(rows) + 0.5 + room["bottom"], min(rows) - 0.5 - room["top"])


def _tile(
    ax: Axes,
    cell: Cell,
    name: str,
    value: float,
    scale: Scale,
    language: Language,
    unit: tuple[float, float],
    *,
    chosen: bool,
) -> None:
    side = 1 - 2 * _GAP
    corner = (cell[0] - 0.5 + _GAP, cell[1] - 0.5 + _GAP)
    style = scale.style(value) | {"linewidth": 0.6}
    ax.add_patch(Rectangle(corner, side, side, **style))
    if chosen:
        ax.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=ALERT, linewidth=3.2, zorder=3))
    lines = max(1, int((unit[1] * side - 3) / LINE) - 1)
    said = fit_name(name, unit[0] * side - 3, lines).split("\n")
    number = written(value, scale.kind, language)
    stack(ax, cell, [*said, number], scale.ink(value), bold=1, back=bool(np.isnan(value)))


def _borders(cells: dict[Any, Cell], groups: pd.Series) -> list[list[tuple[float, float]]]:
    """Return the edges of tiles beyond which there is another group, or none."""
    owner = {cell: groups.get(code) for code, cell in cells.items()}
    lines = []
    for (column, row), group in owner.items():
        for x, y in _SIDES.values():
            if owner.get((column + x, row + y)) == group:
                continue
            middle, along = (column + x / 2, row + y / 2), (abs(y) / 2, abs(x) / 2)
            ends = [(middle[0] + sign * along[0], middle[1] + sign * along[1]) for sign in (-1, 1)]
            lines.append(ends)
    return sorted(lines)


def _group_places(cells: dict[Any, Cell], groups: pd.Series) -> dict[str, tuple[str, list[Cell]]]:
    """Return for each group the side on which its name stands, and the run of tiles beside it."""
    owner = {cell: groups.get(code) for code, cell in cells.items()}
    taken = set(owner)
    found = {}
    for group in sorted({str(name) for name in owner.values() if isinstance(name, str)}):
        own = {cell for cell, name in owner.items() if name == group}
        need = text_width(shorten(group, 24), 10.5, "bold") / 60
        runs = [(side, run) for side in _SIDES for run in _runs(own, taken, side)]
        if runs:
            found[group] = max(runs, key=lambda r: (_ease(r[0], r[1], need), r[0] in ("top", "bottom"), r[0] == "top"))
    return found


def _ease(side: str, run: list[Cell], need: float) -> float:
    """Return how well a name fits beside a run, 1 at most; a tile is less high than wide."""
    return min(len(run) * (1.0 if side in ("top", "bottom") else 0.6) / need, 1.0)


def _runs(own: set[Cell], taken: set[Cell], side: str) -> Iterator[list[Cell]]:
    """Yield tiles in one line that have nothing at all on `side`, as far as the edge of the map."""
    x, y = _SIDES[side]
    free = sorted(cell for cell in own if not any(_beyond(cell, other, (x, y)) for other in taken))
    while free:
        run = [free.pop(0)]
        while (following := (run[-1][0] + abs(y), run[-1][1] + abs(x))) in free:
            free.remove(following)
            run.append(following)
        yield run


def _beyond(cell: Cell, other: Cell, way: Cell) -> bool:
    """Say whether `other` lies straight ahead of `cell`."""
    across, down = other[0] - cell[0], other[1] - cell[1]
    return across * way[0] + down * way[1] > 0 and (across if way[1] else down) == 0


def _name_group(ax: Axes, name: str, side: str, run: list[Cell]) -> None:
    x, y = _SIDES[side]
    place = (float(np.mean([c for c, _ in run]) + x / 2), float(np.mean([r for _, r in run]) + y / 2))
    style: dict[str, Any] = {"rotation": 90 if x else 0, "color": INK, "weight": "bold", "parse_math": False}
    style |= {"ha": {-1: "right", 0: "center", 1: "left"}[x], "va": {-1: "bottom", 0: "center", 1: "top"}[y]}
    shift = (4 * x, -4 * y)
    ax.annotate(shorten(name, 24), place, shift, textcoords="offset points", annotation_clip=False, **style)


def tile_map_facts(
    table: pd.DataFrame,
    *,
    language: Language,
    layout: pd.DataFrame,
    label: str,
    groups: pd.Series | None = None,
    kind: str = "num2",
    highlight: str | None = None,
) -> dict[str, Any]:
    """Return the facts of a tile map: where on it the values are high and low."""
    cells = pd.DataFrame.from_dict(_cells(table, layout), orient="index", columns=["column", "row"])
    true = table if {"lat", "lon"} <= set(table) else pd.DataFrame({"lon": cells["column"], "lat": -cells["row"]})
    where = compass(true["lon"], true["lat"])
    return map_facts(table, where, language=language, label=label, kind=kind, groups=groups, highlight=highlight)

"""Positions for schematic maps: every region on a tile of its own, and circles moved apart.

Nothing here draws; :mod:`smartcity_analysis.present.maps` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from ..errors import SmartCityError

__all__ = ["LayoutError", "apart", "neighbours_within", "tile_layout"]

Array = np.ndarray

_TILE = 1.3  # width of a tile over its height: names are wider than high
_ASPECTS = (0.6, 1.4)
_COLUMNS = 8  # more leave no room for a name on a printed page
_ROOM = (1.1, 1.45)  # cells of the grid for each region
_EVENNESS = np.linspace(0, 1, 5)  # 0: positions as they are; 1: as evenly spread as their order allows
_HOLDS = (0.05, 0.3)  # weight of a region's own position beside that of its neighbours
_EFFORT = 200_000  # starts times cells squared


class LayoutError(SmartCityError, ValueError):
    """Regions that cannot be laid out; every fault is named."""


@dataclass(frozen=True, slots=True)
class _Net:
    """What a layout shall keep: positions in km (east, south), pairs of neighbours, the step from one to the other."""

    places: Array
    pairs: Array
    steps: Array
    groups: Array


def tile_layout(
    regions: pd.DataFrame,
    neighbours: pd.DataFrame | None = None,
    *,
    groups: pd.Series | None = None,
    aspect: float | None = None,
) -> pd.DataFrame:
    """Return a grid cell for every region, so that neighbours stay near and lie in their true direction.

    Regions are assigned to cells by least total displacement, on grids of several shapes and from several spacings of
    the positions; then pairs of cells are swapped as long as neighbours come nearer to the step that leads from one to
    the other on the ground. The best grid tears the fewest groups apart, and has the smallest error and few holes.

    Parameters
    ----------
    regions : DataFrame
        Columns code, lat and lon (degrees).
    neighbours : DataFrame, optional
        Columns region_a and region_b; pairs of other regions are left out. The four nearest when not given.
    groups : Series, optional
        Group of every region by code, such as its kecamatan.
    aspect : float, optional
        Columns for each row of the grid; from the extent of the regions when not given.

    Returns
    -------
    DataFrame
        Columns code, column and row in the order of `regions`; row 0 is the northernmost.

    Raises
    ------
    LayoutError
        For no regions, codes that stand twice, or positions that are missing.

    Examples
    --------
    >>> regions = pd.DataFrame({"code": list("abcd"), "lat": [1, 1, 0, 0], "lon": [0, 1, 0, 1]})
    >>> tile_layout(regions).to_numpy().tolist()
    [['a', 0, 0], ['b', 1, 0], ['c', 0, 1], ['d', 1, 1]]
    """
    _check(regions)
    table = regions.sort_values("code").reset_index(drop=True)
    net = _net(table, neighbours, groups)
    shapes = _shapes(len(table), _aspect(net.places) if aspect is None else aspect)
    starts = [(shape, even, hold) for even in _EVENNESS for hold in _HOLDS for shape in shapes]
    starts = starts[: max(1, _EFFORT // max(columns * rows for columns, rows in shapes) ** 2)]
    found = [_solve(net, *start) for start in starts]
    best = min(found, key=lambda cells: (_torn(cells, net.groups), round(_error(cells, net) + 0.1 * _holes(cells), 9)))
    best = best - best.min(axis=0)
    layout = pd.DataFrame({"code": table["code"], "column": best[:, 0], "row": best[:, 1]})
    return layout.set_index("code").loc[regions["code"]].reset_index()


def _check(regions: pd.DataFrame) -> None:
    lost = [name for name in ("code", "lat", "lon") if name not in regions]
    if lost:
        raise LayoutError(f"regions: found no column {', '.join(lost)}, expected code, lat and lon. Add them.")
    faults = []
    if regions.empty:
        faults.append("regions: found none, expected one or more. Choose a level that has regions.")
    twice = sorted(set(regions.loc[regions["code"].duplicated(), "code"]))
    if twice:
        faults.append(f"regions: found {', '.join(twice)} more than once, expected once each. Remove the others.")
    nowhere = regions.loc[~np.isfinite(regions[["lat", "lon"]].to_numpy(float)).all(axis=1), "code"]
    if len(nowhere):
        found = f"found no lat or lon for {', '.join(nowhere)}, expected both for every region"
        faults.append(f"regions: {found}. Complete regions.csv or leave these regions out.")
    if faults:
        raise LayoutError("\n".join(faults))


def _net(rows: pd.DataFrame, neighbours: pd.DataFrame | None, groups: pd.Series | None) -> _Net:
    lat, lon = rows["lat"].to_numpy(float), rows["lon"].to_numpy(float)
    places = np.column_stack([(lon - lon.mean()) * np.cos(np.radians(lat.mean())), lat.mean() - lat]) * 111.2
    if neighbours is None:
        pairs = _nearest(places)
    else:
        number = pd.Series(np.arange(len(rows)), index=rows["code"])
        both = neighbours[["region_a", "region_b"]].isin(number.index).all(axis=1)
        ends = [number.loc[neighbours.loc[both, end]].to_numpy() for end in ("region_a", "region_b")]
        pairs = np.column_stack(ends)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    steps = places[pairs[:, 0]] - places[pairs[:, 1]]
    longest = np.abs(steps).max(axis=1, keepdims=True)
    steps = np.divide(steps, longest, out=np.zeros_like(steps), where=longest > 0)
    group = np.zeros(len(rows), int) if groups is None else pd.factorize(groups.reindex(rows["code"]))[0]
    return _Net(places, pairs, steps, group)


def _nearest(places: Array, count: int = 4) -> Array:
    far = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(far, np.inf)
    near = np.argsort(far, axis=1, kind="stable")[:, : min(count, len(places) - 1)]
    return np.column_stack([np.repeat(np.arange(len(places)), near.shape[1]), near.ravel()])


def _aspect(places: Array) -> float:
    wide, high = np.maximum(np.ptp(places, axis=0), 1e-9)
    return float(np.clip(wide / high / _TILE, *_ASPECTS))


def _shapes(count: int, aspect: float) -> list[tuple[int, int]]:
    """Return grids (columns, rows) with some room to spare and about the aspect asked for."""
    every = [(c, r) for c in range(1, count + 1) for r in range(1, int(_ROOM[1] * count / c) + 2) if c * r >= count]
    off = {(c, r): abs(np.log(c / r / aspect)) for c, r in every}
    fit = [(c, r) for c, r in every if _ROOM[0] * count <= c * r <= _ROOM[1] * count and off[c, r] <= 0.25]
    narrow = [(c, r) for c, r in fit if c <= _COLUMNS]
    return narrow or fit or [min(every, key=lambda shape: (round(off[shape], 9), shape))]


def _solve(net: _Net, shape: tuple[int, int], even: float, hold: float) -> Array:
    """Return the cell (column, row) of every region: the assignment, improved by swaps."""
    count = len(net.places)
    cells = np.array([(c, r) for r in range(shape[1]) for c in range(shape[0])], dtype=float)
    own = np.zeros((len(cells), len(cells)))  # rows from `count` on stand for the cells that stay empty
    own[:count] = ((_spaced(net.places, even, shape)[:, np.newaxis] - cells) ** 2).sum(axis=2)
    chosen = linear_sum_assignment(own)[1]
    for i, j in _swaps(net, cells, own * hold, chosen):
        chosen[[i, j]] = chosen[[j, i]]
    return cells[chosen[:count]].astype(int)


def _spaced(places: Array, even: float, shape: tuple[int, int]) -> Array:
    """Return `places` on a grid of `shape`, between their own spacing and that of their order."""
    low, wide = places.min(axis=0), np.ptp(places, axis=0)
    as_they_are = np.divide(places - low, wide, out=np.full_like(places, 0.5), where=wide > 0)
    order = (pd.DataFrame(places).rank().to_numpy() - 1) / max(len(places) - 1, 1)
    return ((1 - even) * as_they_are + even * order) * (np.array(shape) - 1)


def _swaps(net: _Net, cells: Array, own: Array, chosen: Array) -> Iterator[tuple[int, int]]:
    """Yield the swap that lowers the error most, as long as there is one; the caller carries it out."""
    (a, b), step = net.pairs.T, net.steps
    size = len(cells)
    near, lead = np.zeros((size, size)), np.zeros((size, 2))
    near[a, b] = near[b, a] = 1
    np.add.at(lead, a, step)
    np.add.at(lead, b, -step)
    fixed = own + near.sum(axis=1)[:, np.newaxis] * (cells**2).sum(axis=1)
    told = np.tri(size, dtype=bool)  # each pair once
    for _ in range(10 * size):
        at = cells[chosen]
        cost = (fixed - 2 * (near @ at + lead) @ cells.T)[:, chosen]  # of each region on the cell of each other
        here = cost.diagonal()
        gain = cost + cost.T - here[:, np.newaxis] - here
        between = at[a] - at[b]
        gain[a, b] += 2 * (between**2).sum(axis=1)  # neighbours that swap: each moves, and so does the other
        gain[told] = 0
        i, j = divmod(int(np.argmin(gain)), size)
        if gain[i, j] > -1e-9:
            return
        yield i, j


def _error(cells: Array, net: _Net) -> float:
    """Return the mean squared distance between the step on the grid and the step on the ground."""
    if not len(net.pairs):
        return 0.0
    between = cells[net.pairs[:, 0]] - cells[net.pairs[:, 1]]
    return float(((between - net.steps) ** 2).sum(axis=1).mean())


def _torn(cells: Array, groups: Array) -> int:
    """Return how many parts of groups lie apart from the rest of their group."""
    parts = 0
    for group in np.unique(groups):
        left = set(map(tuple, cells[groups == group].tolist()))
        while left:
            parts += 1
            edge = [left.pop()]
            while edge:
                column, row = edge.pop()
                beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & left
                left -= beside
                edge += beside
    return parts - len(np.unique(groups))


def _holes(cells: Array) -> int:
    """Return how many empty cells have a region on all four sides."""
    taken = set(map(tuple, cells.tolist()))
    wide, high = cells.max(axis=0).tolist()
    empty = [(c, r) for c in range(1, wide) for r in range(1, high) if (c, r) not in taken]
    return sum({(c + 1, r), (c - 1, r), (c, r + 1), (c, r - 1)} <= taken for c, r in empty)


def neighbours_within(layout: pd.DataFrame, neighbours: pd.DataFrame, tiles: int = 2) -> float:
    """Return the share of neighbouring pairs at most `tiles` columns and rows apart; NaN when there is no pair.

    Parameters
    ----------
    layout : DataFrame
        As made by :func:`tile_layout`.
    neighbours : DataFrame
        Columns region_a and region_b; pairs of other regions are left out.
    tiles : int
    """
    cells = layout.set_index("code")[["column", "row"]]
    known = neighbours.loc[neighbours[["region_a", "region_b"]].isin(cells.index).all(axis=1)]
    one, other = (cells.loc[known[end]].to_numpy() for end in ("region_a", "region_b"))
    return float((np.abs(one - other).max(axis=1) <= tiles).mean()) if len(known) else float("nan")


def apart(centres: Array, radii: Array, *, rounds: int = 200) -> Array:
    """Return the centres of circles moved so that no two overlap, each as near to its place as that allows.

    Parameters
    ----------
    centres : array, (circle, 2)
    radii : array, (circle,)
    rounds : int
        Moves at most; with too few, some overlap is left.

    Examples
    --------
    >>> apart(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1.0, 1.0])).round(2).tolist()
    [[-0.5, 0.0], [1.5, 0.0]]
    """
    moved = np.array(centres, dtype=float)
    touch = radii[:, np.newaxis] + radii
    np.fill_diagonal(touch, 0)
    for _ in range(rounds):
        gap = moved[:, np.newaxis] - moved
        far = np.hypot(gap[..., 0], gap[..., 1])
        over = np.maximum(touch - far, 0)
        if not over.max(initial=0) > 1e-6:
            break
        same = (far < 1e-9) & (touch > 0)  # one place for two: part them east and west
        gap[same, 0] = np.sign(np.subtract.outer(np.arange(len(radii)), np.arange(len(radii))))[same]
        way = gap / np.where(same, 1, np.maximum(far, 1e-9))[..., np.newaxis]
        moved = moved + 0.5 * (way * over[..., np.newaxis]).sum(axis=1)
    return moved

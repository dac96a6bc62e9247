"""Which map a study can have: its regions in their borders where these are known, else on schematic tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..study import Study, load_borders
from .tiles import tile_layout

__all__ = ["RegionMap", "region_map"]


@dataclass(frozen=True, slots=True, eq=False)
class RegionMap:
    """A map ready to be drawn: ``show.figure(found.figure, found.table, **found.options, label=...)``.

    Attributes
    ----------
    figure : {"choropleth", "tile_map"}
        The second is schematic, and says so.
    table : DataFrame
        By region: name, value, and lat and lon where the study has them.
    options : mapping
        What the figure needs besides: the borders, or the tiles with their groups.
    """

    figure: str
    table: pd.DataFrame
    options: Mapping[str, Any]


def region_map(study: Study, values: pd.Series, level: str | tuple[str, ...]) -> RegionMap:
    """Return the map of `values`: a choropleth when the study has ``regions.geojson``, otherwise a tile map.

    Parameters
    ----------
    study : Study
    values : Series
        By region code; a region of the level without a value is drawn as not known.
    level : str or tuple of str
        Such as ``"kelurahan"`` or ``("kabupaten", "kota")``.

    Returns
    -------
    RegionMap

    Raises
    ------
    DataError
        When the borders are broken.
    LayoutError
        When there are no borders, and a region has no position.
    """
    regions = study.table("regions").set_index("code")
    rows = regions[regions["level"].isin([level] if isinstance(level, str) else level)]
    places = [name for name in ("lat", "lon") if name in rows]
    table = rows[["name", *places]].assign(value=values.reindex(rows.index).astype(float))
    borders = load_borders(study, level)
    if borders is not None and set(rows.index) <= borders.polygons.keys():
        return RegionMap("choropleth", table, {"geojson": borders.geojson})
    neighbours = study.table("neighbours")
    known = neighbours[neighbours["region_a"].isin(rows.index) & neighbours["region_b"].isin(rows.index)]
    parents = rows["parent"].map(regions["name"]) if rows["parent"].nunique() > 1 else None
    groups = None if parents is None or parents.isna().any() else _kinds(rows["parent"], regions) + parents
    layout = tile_layout(rows.reset_index(), known if len(known) else None, groups=groups)
    return RegionMap("tile_map", table, {"layout": layout, "groups": groups})


def _kinds(parents: pd.Series, regions: pd.DataFrame) -> pd.Series:
    """Return what the parents are called before their name, so that Kecamatan Kota is not taken for the city."""
    return parents.map(regions["level"]).map({"kecamatan": "Kec. "}).fillna("")

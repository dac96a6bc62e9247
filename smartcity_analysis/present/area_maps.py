"""The kelurahan on a tile map: one arrangement for every map of a review, so that a kelurahan keeps its tile."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..study import Study
from .display import Presenter
from .tiles import tile_layout

__all__ = ["tile_options", "tile_values"]

_LEVEL = "kelurahan"


def tile_options(study: Study) -> dict[str, Any]:
    """Return the options ``layout`` and ``groups`` of a tile map of the kelurahan of `study`.

    Every kelurahan has its tile, and a thick line parts the kecamatan. Without kelurahan there are no options.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    regions = study.table("regions")
    areas = regions[regions["level"] == _LEVEL]
    if areas.empty:
        return {}
    pairs = study.table("neighbours")
    groups = "Kec. " + areas.set_index("code")["parent"].map(regions.set_index("code")["name"])
    return {"layout": tile_layout(areas, pairs if len(pairs) else None, groups=groups), "groups": groups}


def tile_values(table: pd.DataFrame, column: str, show: Presenter) -> pd.DataFrame:
    """Return `column` of a table by region as a tile map takes it: index region; name, value and status.

    Parameters
    ----------
    table : DataFrame
        A row an area, with its code in ``region``.
    column : str
        The column to show.
    show : Presenter
        Gives labels in the language of the reader.
    """
    named = show.named(table, "region").set_index("region")
    return named.assign(value=named[column])[["name", "value", "status"]]

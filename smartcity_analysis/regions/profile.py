"""One region on one page: what is known of it, its scores beside its peers', its services, and what is not known.

The same tables at every level: a kelurahan among the kelurahan, a kecamatan among the kecamatan, the city among the
regions of the peers' study. A table with nothing in it keeps its columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..study import Study, weakest_status
from .area_services import REFERENCES, area_references, service_areas
from .areas import AREA_LEVEL, area_table
from .profile_facts import fact_table, place_of, unknown_table
from .profile_scores import PeerScores, peer_scores, score_table, years_table

__all__ = ["RegionProfile", "region_profile"]

_POSITION = ["region", "value", "year", "status"]
_AROUND = ["region", "rank", "score", "difference", "regions", "year", "status"]
_SERVICES = [
    "region", "level", "planned", "realised", "realisation", *(f"ratio_{name}" for name in REFERENCES), "year",
    "status",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class RegionProfile:
    """What one page says of one region.

    Attributes
    ----------
    region, level : str
        Code of the region, and its level.
    peers : str
        What it is compared with: ``kelurahan``, ``kecamatan`` or ``kabupaten_kota``.
    place : mapping
        Where it lies: parent and city (codes; missing for the city), neighbours and inside (codes), priority (how many
        of its kelurahan have priority against stunting; None where not known), villages (names of thematic villages).
    facts : DataFrame
        region, fact (word), value, rank (1 is highest), regions, year, status: real figures only.
    position : DataFrame
        What its map is shaded by: region, value (stations per km2; for a kecamatan 1 inside and 0 outside; for the city
        the index of every peer), year, status.
    scores, years : DataFrame
        As made by :func:`~smartcity_analysis.regions.profile_scores.score_table` and ``years_table``.
    around : DataFrame
        The neighbours of a kelurahan, the kelurahan of a kecamatan, the regions nearest to the city: region, rank,
        score, difference (from the region itself), regions, year, status.
    services : DataFrame
        The region, then what it lies in (for the city: its kecamatan): region, level, planned and realised (services
        to people), realisation, ratio_people, ratio_land, ratio_need (realised over what it would get if all were
        shared like that), year, status.
    unknown : DataFrame
        region, what (word), known and wanted (how many), counting nothing illustrative; not what is wholly known.
    """

    region: str
    level: str
    peers: str
    place: Mapping[str, Any]
    facts: pd.DataFrame
    position: pd.DataFrame
    scores: pd.DataFrame
    years: pd.DataFrame
    around: pd.DataFrame
    services: pd.DataFrame
    unknown: pd.DataFrame


def region_profile(city: Study, peers: Study | None, region: str, *, until: int) -> RegionProfile:
    """Return the profile of one region of `city`: a kelurahan, a kecamatan, or the city itself.

    Parameters
    ----------
    city, peers : Study
        The study under review, and the one that the city is compared in.
    region : str
        Code of the region in the table ``regions`` of `city`.
    until : int
        Nothing later than this year is used.

    Raises
    ------
    UnknownNameError
        When the study has no such region.
    """
    regions = city.table("regions").set_index("code")
    if region not in regions.index:
        raise UnknownNameError("region", region, list(regions.index))
    level, areas = str(regions.at[region, "level"]), area_table(city, until=until).set_index("region")
    own = list(areas.index[(areas.index == region) | (areas["kecamatan"] == region)]) or [region]
    inside = level in (AREA_LEVEL, "kecamatan")
    found = peer_scores(city, peers, level, until=until)
    scores, place = score_table(found, region), place_of(city, peers, areas, region, own)
    return RegionProfile(
        region,
        level,
        level if inside else "kabupaten_kota",
        place,
        fact_table(city, peers, areas, region, level, until=until),
        _position(areas, found, region, level),
        scores,
        years_table(found, region),
        _around(found, scores, own if level == "kecamatan" else list(place["neighbours"])),
        _services(city, areas, region, until),
        unknown_table(city, region, own, until=until),
    )


def _position(areas: pd.DataFrame, found: PeerScores | None, region: str, level: str) -> pd.DataFrame:
    if level == AREA_LEVEL:
        return areas.reset_index().rename(columns={"stations_per_km2": "value"})[_POSITION]
    if level == "kecamatan":
        return areas.reset_index().assign(value=(areas["kecamatan"] == region).to_numpy(float))[_POSITION]
    if found is None or region not in found.shares.index:
        return pd.DataFrame(columns=_POSITION)
    total = found.scores(found.codes[0]).iloc[:, -1]
    table = pd.DataFrame({"value": total, "year": found.panel.years[-1], "status": found.status})
    return table.rename_axis("region").reset_index()[_POSITION]


def _around(found: PeerScores | None, scores: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Return the scores of `codes` in the last year, best first, and how far each is from the region's own."""
    if found is None or scores.empty:
        return pd.DataFrame(columns=_AROUND)
    total = found.panel.total.iloc[:, -1]
    ranks = total.rank(ascending=False, method="min").astype(int)
    table = pd.DataFrame({"score": total, "rank": ranks}).loc[total.index.intersection(codes)].sort_values("rank")
    table = table.assign(difference=table["score"] - scores["score"].iloc[0], regions=len(total))
    return table.rename_axis("region").reset_index().assign(**scores[["year", "status"]].iloc[0])[_AROUND]


def _services(city: Study, areas: pd.DataFrame, region: str, until: int) -> pd.DataFrame:
    """Return the services of the region and of what it lies in, or of its parts."""
    found = service_areas(city, until=until).set_index("region")
    if found.empty:
        return pd.DataFrame(columns=_SERVICES)
    references, regions = area_references(city, until=until), city.table("regions").set_index("code")
    rows = []
    for code in _above_or_below(regions, region):
        own = areas.index[(areas.index == code) | (areas["kecamatan"] == code) | (code == city.spec.city.code)]
        sums, shares = found.loc[own, ["planned", "realised"]].sum(), references.loc[own].sum() / references.sum()
        row = {"region": code, "level": regions.at[code, "level"], **sums}
        part = sums["realised"] / found["realised"].sum() if found["realised"].sum() else np.nan
        rows.append(row | {f"ratio_{name}": part / share for name, share in shares.items() if share})
    table = pd.DataFrame(rows).assign(year=found["year"].iloc[0], status=weakest_status(found["status"]))
    table["realisation"] = table["realised"] / table["planned"].where(table["planned"] > 0)
    return table.reindex(columns=_SERVICES)


def _above_or_below(regions: pd.DataFrame, region: str) -> list[str]:
    """Return the region and all that it lies in; for a region that lies in none, its own parts."""
    chain = [region]
    while (parent := regions.at[chain[-1], "parent"]) in regions.index:
        chain.append(parent)
    return chain if len(chain) > 1 else [region, *regions.index[regions["parent"] == region]]

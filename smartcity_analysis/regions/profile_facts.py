"""What is known of one region without any stand-in: its place, its figures among its peers', and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..study import Study, weakest_status
from .areas import AREA_LEVEL, LAND, PEOPLE, PRIORITY
from .neighbours import distance_km
from .regional_disparity import NEAREST

__all__ = ["fact_table", "place_of", "unknown_table"]

_INVENTED = "illustrative"
_CITY_FACTS = ("grdp_per_capita", "poverty_pct", "unemployment_pct")
_WHOLE = {"value": "sum", "year": "max", "status": weakest_status}
_FACTS = ["region", "fact", "value", "rank", "regions", "year", "status"]
_UNKNOWN = ["region", "what", "known", "wanted"]
_SCORED = ("level", "survey")  # leaves that are judged or asked for, not counted


def place_of(city: Study, peers: Study | None, areas: pd.DataFrame, region: str, own: list[str]) -> Mapping[str, Any]:
    """Return where a region lies; the neighbours of the city are the regions nearest to it.

    Parameters
    ----------
    city, peers : Study
    areas : DataFrame
        As made by :func:`area_table`, by region.
    region : str
    own : list of str
        The kelurahan that belong to it; a kelurahan belongs to itself.

    Returns
    -------
    mapping
        As :class:`~smartcity_analysis.regions.profile.RegionProfile` says of `place`.
    """
    regions, pairs, villages = city.table("regions"), city.table("neighbours"), city.table("thematic_villages")
    level = regions.set_index("code")["level"]
    ends = pd.concat(
        [pairs[["region_a", "region_b"]], pairs[["region_b", "region_a"]].set_axis(pairs.columns[:2], axis=1)]
    )
    beside = sorted(ends.loc[ends["region_a"] == region, "region_b"]) if level[region] == AREA_LEVEL else []
    whole = region == city.spec.city.code
    if whole and peers is not None:
        beside = _nearest(peers.table("regions"), region)
    members = areas.index if whole else areas.index.intersection(own)
    priority = areas.loc[members, PRIORITY]
    parent = regions.set_index("code").at[region, "parent"]
    return {
        "parent": None if whole or pd.isna(parent) else parent,
        "city": None if whole else city.spec.city.code,
        "neighbours": beside,
        "inside": list(regions.loc[regions["parent"] == region, "code"]),
        "areas": len(members),
        "priority": None if priority.empty or priority.isna().any() else int(priority.sum()),
        "villages": sorted(villages.loc[villages["region"].isin(members), "name"]),
    }


def _nearest(regions: pd.DataFrame, region: str) -> list[str]:
    places = regions.dropna(subset=["lat", "lon"]).set_index("code")[["lat", "lon"]]
    if region not in places.index:
        return []
    return list(distance_km(places)[region].drop(region).sort_values(kind="stable").index[: min(NEAREST)])


def fact_table(
    city: Study, peers: Study | None, areas: pd.DataFrame, region: str, level: str, *, until: int
) -> pd.DataFrame:
    """Return the real figures of `region`, each with its rank among the regions of its level.

    Returns
    -------
    DataFrame, one row a figure
        region, fact (word), value, rank (1 is highest), regions, year, status.
    """
    inside = level in (AREA_LEVEL, "kecamatan")
    rows = []
    for table in _area_facts(city, areas, level, until) if inside else _city_facts(peers, until):
        if region in table.index:
            rank = int(table["value"].astype(float).rank(ascending=False, method="min")[region])
            rows.append({**table.loc[region], "region": region, "rank": rank, "regions": len(table)})
    return pd.DataFrame(rows, columns=_FACTS)


def _area_facts(city: Study, areas: pd.DataFrame, level: str, until: int) -> list[pd.DataFrame]:
    """Return the figures of every kelurahan, or of every kecamatan: the sums of its kelurahan, and its people."""
    codes, groups = areas.index, areas["kecamatan"]
    known = {name: _figure(city, name, codes, until) for name in (LAND, PEOPLE)}
    if level != AREA_LEVEL:
        known = {name: table.groupby(groups).agg(_WHOLE) if len(table) else table for name, table in known.items()}
        known = {"population": _figure(city, "population", pd.Index(groups.unique()), until), **known}
    known["stations_per_km2"] = _ratio(known[PEOPLE], known[LAND])
    return [table.assign(fact=f"fact_{name}") for name, table in known.items()]


def _city_facts(peers: Study | None, until: int) -> list[pd.DataFrame]:
    """Return the figures of every region of the peers' study."""
    if peers is None:
        return []
    rows = peers.table("regions").set_index("code").dropna(subset=["population", "area_km2"])
    people = rows[["population", "population_year", "status"]].set_axis(["value", "year", "status"], axis=1)
    land = rows[["area_km2", "population_year", "status"]].set_axis(["value", "year", "status"], axis=1)
    known = {"population": people[people["year"] <= until], LAND: land[land["year"] <= until]}
    known["people_per_km2"] = _ratio(known["population"], known[LAND])
    listed = set(peers.table("catalogue")["code"])
    known |= {name: _figure(peers, name, rows.index, until) for name in _CITY_FACTS if name in listed}
    return [table.assign(fact=f"fact_{name}") for name, table in known.items()]


def _figure(study: Study, indicator: str, regions: pd.Index, until: int) -> pd.DataFrame:
    """Return an indicator in the last year in which all of `regions` have a real value: region; value, year, status."""
    rows = study.table("indicators")
    rows = rows[(rows["indicator"] == indicator) & rows["region"].isin(regions) & (rows["year"] <= until)]
    rows = rows[rows["status"] != _INVENTED]
    complete = rows["year"].value_counts()
    years = complete.index[complete == len(regions)]
    if not len(years):
        return pd.DataFrame(columns=["value", "year", "status"])
    return rows[rows["year"] == max(years)].set_index("region")[["value", "year", "status"]]


def _ratio(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    both = above.join(below.add_suffix("_below"), how="inner")
    years = both[["year", "year_below"]].max(axis=1)
    status = [weakest_status(pair) for pair in zip(both["status"], both["status_below"], strict=True)]
    return pd.DataFrame({"value": both["value"] / both["value_below"], "year": years, "status": status}, both.index)


def unknown_table(city: Study, region: str, own: list[str], *, until: int) -> pd.DataFrame:
    """Return what is not known, or not of every kelurahan of the region; a stand-in does not count as knowledge.

    Returns
    -------
    DataFrame, one row a thing that is not wholly known
        region, what (word), known and wanted (how many).
    """
    rows, coverage = city.table("indicators"), city.table("programme_coverage")
    rows = rows[rows["region"].isin(own) & (rows["year"] <= until) & (rows["status"] != _INVENTED)]
    whole = city.spec.city.code == region
    served = coverage[(coverage["region"].isin(own) | whole) & (coverage["year"] <= until)]
    served = served[served["status"] != _INVENTED]
    leaves = [] if whole else _measured(city)
    regions = rows.groupby("indicator")["region"].nunique().reindex([*leaves, "population"]).fillna(0)
    counts = {
        "pillar_indicators": (int((regions[leaves] == len(own)).sum()), len(leaves)),
        "people_counted": (int(regions["population"]), len(own)),
        "programmes_delivered": (served["programme"].nunique(), len(city.table("programmes"))),
    }
    missing = [(region, what, known, wanted) for what, (known, wanted) in counts.items() if known < wanted]
    return pd.DataFrame(missing, columns=_UNKNOWN)


def _measured(city: Study) -> list[str]:
    """Return the indicators of the framework that can be counted in a kelurahan."""
    if city.spec.framework is None:
        return []
    nodes = [node for node in city.framework.leaves if node.leaf is not None and node.leaf.type not in _SCORED]
    return [node.code for node in nodes if node.leaf is not None and node.leaf.lowest_region == AREA_LEVEL]

"""The regions of a study held against each other, indicator by indicator: what is known where nothing else is.

Regions are compared within their level. No index is made of the indicators: their weights would be a choice.
"""

from __future__ import annotations

import pandas as pd

from ..study import Study

__all__ = ["indicator_overview", "region_overview", "region_values"]

_VALUES = ["indicator", "unit_id", "unit_en", "level", "region", "year", "value", "rank", "regions", "status"]
_INDICATORS = ["indicator", "unit_id", "unit_en", "level", "year", "regions", "missing", "lowest_region", "lowest",
               "median", "highest_region", "highest", "status"]  # fmt: skip
_REGIONS = ["region", "level", "indicators", "missing", "leads", "trails"]


def region_values(study: Study, *, until: int) -> pd.DataFrame:
    """Return every indicator of every region in the last year, up to `until`, that the level of the region has it.

    Parameters
    ----------
    study : Study
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator and region
        indicator, unit_id, unit_en, level, region, year, value, rank (1 is best; highest where the catalogue gives no
        direction; ties share the lowest number), regions (ranked), status. Levels with one region are left out.
    """
    catalogue = study.table("catalogue").set_index("code")
    regions = study.table("regions").set_index("code")
    rows = study.table("indicators")
    rows = rows[rows["year"] <= until].assign(level=lambda r: r["region"].map(regions["level"]))
    rows = rows[rows["level"].map(regions["level"].value_counts()) > 1]
    if rows.empty:
        return pd.DataFrame(columns=_VALUES)
    groups = ["indicator", "level"]
    rows = rows[rows["year"] == rows.groupby(groups)["year"].transform("max")].astype({"year": int})
    sign = rows["indicator"].map(catalogue["direction"]).map({"up": -1, "down": 1}).astype(float).fillna(-1)
    rows = rows.assign(order=rows["value"] * sign)
    rows["rank"] = rows.groupby(groups)["order"].rank(method="min").astype(int)
    rows["regions"] = rows.groupby(groups)["region"].transform("count")
    for unit in ("unit_id", "unit_en"):
        rows[unit] = rows["indicator"].map(catalogue[unit])
    position = {code: place for place, code in enumerate(catalogue.index)}
    rows = rows.sort_values(["indicator", "level", "rank", "region"], key=lambda c: c.map(position)
                            if c.name == "indicator" else c, kind="stable")  # fmt: skip
    return rows[_VALUES].reset_index(drop=True)


def indicator_overview(study: Study, *, until: int) -> pd.DataFrame:
    """Return, for every indicator and level, where it is lowest and highest, and how many regions lack it.

    Parameters
    ----------
    study : Study
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator and level
        indicator, unit_id, unit_en, level, year, regions (with a value), missing (without), lowest_region, lowest,
        median, highest_region, highest (in the unit), status.
    """
    values = region_values(study, until=until)
    known = study.table("regions")["level"].value_counts()
    rows = []
    for (indicator, level), own in values.groupby(["indicator", "level"], sort=False):
        low, high = own.loc[own["value"].idxmin()], own.loc[own["value"].idxmax()]
        row = {"indicator": indicator, "level": level, "regions": len(own), "missing": int(known[level]) - len(own)}
        row |= {part: low[part] for part in ("unit_id", "unit_en", "year")}
        row |= {"lowest_region": low["region"], "lowest": low["value"], "median": own["value"].median()}
        row |= {"highest_region": high["region"], "highest": high["value"]}
        rows.append(row | {"status": study.status_of([str(indicator)], [int(low["year"])])})
    return pd.DataFrame(rows, columns=_INDICATORS)


def region_overview(study: Study, *, until: int) -> pd.DataFrame:
    """Return, for every region, how many indicators are known and on how many it comes first or last of its level.

    Parameters
    ----------
    study : Study
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a region, in the order of their codes
        region, level, indicators (known), missing (known of others of its level only), leads, trails (indicators with
        a direction on which it is first, or last).
    """
    values = region_values(study, until=until)
    catalogue = study.table("catalogue").set_index("code")["direction"]
    judged = values[values["indicator"].map(catalogue).notna()]
    worst = judged.groupby(["indicator", "level"])["rank"].transform("max")
    tied = judged["rank"] != worst  # where all are alike nobody is first or last
    uneven = tied.groupby([judged["indicator"], judged["level"]]).transform("any")
    counts = {
        "indicators": values["region"].value_counts(),
        "leads": judged.loc[(judged["rank"] == 1) & uneven, "region"].value_counts(),
        "trails": judged.loc[(judged["rank"] == worst) & uneven, "region"].value_counts(),
    }
    regions = study.table("regions").sort_values("code")
    regions = regions[regions["level"].isin(set(values["level"]))]
    table = pd.DataFrame({"region": regions["code"], "level": regions["level"]})
    for name, count in counts.items():
        table[name] = table["region"].map(count).fillna(0).astype(int)
    of_level = values.groupby("level")["indicator"].nunique()
    table["missing"] = table["level"].map(of_level) - table["indicators"]
    return table[_REGIONS].reset_index(drop=True)

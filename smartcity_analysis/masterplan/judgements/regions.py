"""Findings about regions: where the city stands, how sure that is, how unequal regions are, and what areas show."""

from __future__ import annotations

from ..findings import Facts, Finding, Tables
from ..firmness import change_firmness, driver_firmness, rank_firmness

__all__ = ["area_findings", "disparity_findings", "region_findings", "robustness_findings"]

_TYPES = {
    "advanced_growing": "strength", "catching_up": "strength", "advanced_slow": "weakness", "lagging": "weakness",
}  # fmt: skip


def region_findings(tables: Tables) -> list[Finding]:
    """Say where the city stands among its peers, by index and by level and growth."""
    standing = tables["standing"]
    if standing.empty:
        return []
    code = str(standing["region"].iloc[0])
    columns = ("region", "year", "index", "rank", "regions", "best_region", "best_index")
    facts = tables.cite_all("standing", columns, region=code)
    place, drawn = standing.iloc[0], tables["robustness"]
    own = drawn[drawn["region"] == code]
    firmness = rank_firmness(own.iloc[0].to_dict(), int(place["regions"])) if len(own) else "stated"
    kind = "strength" if place["rank"] <= place["regions"] / 2 else "weakness"
    found = [Finding("standing", kind, facts, code, topic="regions", firmness=firmness)]
    types = tables["klassen"]
    for row in types[types["region"] == code].itertuples():
        columns = ("region", "first_year", "year", "level", "reference_level", "growth", "reference_growth")
        facts = tables.cite_all("klassen", columns, region=code)
        firmness = "firm" if row.firm else "weak"
        found.append(Finding(f"klassen_{row.type}", _TYPES[row.type], facts, code, topic="regions", firmness=firmness))
    return found


def robustness_findings(tables: Tables) -> list[Finding]:
    """Say how firm the city's rank is, which regions it cannot be told apart from, and what decides most."""
    summary = tables["robustness"]
    if summary.empty:
        return []
    code = str(summary["region"].iloc[0])

    def said(template: str, kind: str, facts: Facts, firmness: str = "firm") -> Finding:
        return Finding(template, kind, facts, code, topic="robustness", firmness=firmness)

    columns = ("region", "rank", "lower", "upper", "level", "draws")
    found = [said("rank_band", "fact", tables.cite_all("robustness", columns, region=code))]
    compared = tables["compared"]
    unclear = compared[compared["verdict"] == "unclear"]
    facts = tables.cite_all("robustness", ("region", "above", "below", "unclear"), region=code)
    if len(unclear):
        names = tables.cite_rows("compared", "region", "region", unclear)
        found.append(said("told_apart_some", "limit", {**facts, "names": names}))
    else:
        found.append(said("told_apart_all", "fact", facts))
    drivers = tables["drivers"]
    facts = tables.cite_all("drivers", ("input", "total"), input=drivers.iloc[0]["input"])
    firmness = driver_firmness(drivers)
    found.append(Finding("rank_driver", "fact", facts, topic="robustness", firmness=firmness))
    if summary["failed"].iloc[0]:
        facts = tables.cite_all("robustness", ("failed", "draws"), region=code)
        found.append(said("draws_failed", "limit", facts, "stated"))
    return found


def disparity_findings(tables: Tables) -> list[Finding]:
    """Say how unequal the regions are, with and without the region that drives the measure, and between groups."""
    found = []
    if (tables["influence"]["measure"] == "williamson").any():
        facts = tables.cite_all("influence", ("all_regions", "without", "region", "year"), measure="williamson")
        found.append(Finding("williamson_driven", "limit", facts, topic="disparity"))
    split = tables["decomposition"]
    if len(split):
        columns = ("total", "between_share", "within_share", "year")
        facts = tables.cite_all("decomposition", columns, year=int(split["year"].max()))
        found.append(Finding("theil_split", "fact", facts, topic="disparity"))
    return found + _gini_findings(tables) + _convergence_findings(tables)


def _gini_findings(tables: Tables) -> list[Finding]:
    """Say whether the Gini index rose or fell; that is firm only when the spread is told to do so in every choice."""
    years = tables["disparity_years"]
    if len(years) < 2:
        return []
    first, last = int(years["year"].min()), int(years["year"].max())
    facts: Facts = {
        "first": tables.cite("disparity_years", "year", year=first),
        "last": tables.cite("disparity_years", "year", year=last),
        "gini_first": tables.cite("disparity_years", "gini", year=first),
        "gini_last": tables.cite("disparity_years", "gini", year=last),
    }
    wider = facts["gini_last"].value > facts["gini_first"].value  # type: ignore[union-attr]
    template, kind = ("gini_wider", "weakness") if wider else ("gini_narrower", "strength")
    rows = tables["convergence"]
    rows = rows[rows["indicator"] == "grdp_per_capita"]
    firmness = change_firmness(rows, "spread_verdict", "spread_change") if len(rows) else "stated"
    return [Finding(template, kind, facts, topic="disparity", firmness=firmness)]


def _convergence_findings(tables: Tables) -> list[Finding]:
    """Say of each indicator whether regions draw together, or that this cannot be told."""
    found = []
    for indicator, rows in tables["convergence"].groupby("indicator", sort=False):
        whole, part = rows[rows["left_out"].isna()], rows[rows["left_out"].notna()]
        if len(whole) != 1 or len(part) != 1:
            continue
        left_out = str(part["left_out"].iloc[0])
        key = {"indicator": indicator, "left_out": None}
        columns = ("indicator", "first_year", "year", "spread_change", "spread_p")
        facts = tables.cite_all("convergence", columns, **key)
        facts["p_without"] = tables.cite("convergence", "spread_p", indicator=indicator, left_out=left_out)
        facts["left_out"] = tables.cite("convergence", "left_out", indicator=indicator, left_out=left_out)
        firm = change_firmness(rows, "spread_verdict", "spread_change") == "firm"
        verdict = whole["spread_verdict"].iloc[0] if firm else "unclear"
        kind = "fact" if firm else "limit"
        subject = str(indicator)
        found.append(Finding(f"spread_{verdict}", kind, facts, subject, topic="disparity", firmness="firm"))
    return found


def area_findings(tables: Tables) -> list[Finding]:
    """Say whether kelurahan with priority differ between kecamatan, with what can be told from that many."""
    tests = tables["priority_tests"]
    found = []
    for row in tests[tests["test"] == "between_kecamatan"].itertuples():
        facts = tables.cite_all("priority_tests", ("p_value", "regions", "year"), test=row.test)
        kind = "weakness" if row.verdict == "differs" else "limit"
        found.append(Finding(f"priority_{row.verdict}", kind, facts, str(row.year), topic="areas"))
    return found

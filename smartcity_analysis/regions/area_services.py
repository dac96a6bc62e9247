"""How unequally the programmes reach the kelurahan: planned against realised, and whose share is too small.

Who is served by two programmes counts twice: what is counted are services to people.
"""

from __future__ import annotations

import pandas as pd

from ..study import PILLARS, Study, weakest_status
from .areas import LAND, PEOPLE, area_weights, areas_of
from .coverage import coverage_table, disparity_of_coverage
from .service_gap import compare_references, service_gap

__all__ = ["area_references", "service_areas", "service_pillars"]

REFERENCES = ("people", "land", "need")
NEED = "ECO2.i1"  # families that receive social aid, per 100 families
_ALL = "all"
_PILLARS = [
    "pillar", "planned", "realised", "realisation", "planned_share_lost", "hoover_planned", "hoover_realised",
    "hoover_change", *(f"move_{name}" for name in REFERENCES), "year", "status",
]  # fmt: skip
_AREAS = [
    "region", "kecamatan", "planned", "realised", "realisation", "planned_each", "realised_each", "fair_each",
    "gap_people", *(f"ratio_{name}" for name in REFERENCES), "underserved", "underserved_pillars", "year", "status",
]  # fmt: skip


def area_references(study: Study, *, until: int) -> pd.DataFrame:
    """Return what services may be shared by: people (polling stations), land (km2) and need, by kelurahan.

    Need is the families that receive social aid, per 100 families, times the polling stations; it is left out while no
    such figure is known of every kelurahan.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    """
    references = pd.DataFrame({"people": area_weights(study, PEOPLE), "land": area_weights(study, LAND)})
    aid = study.panel(NEED).reindex(references.index)
    years = [year for year in aid.columns if year <= until and aid[year].notna().all()]
    if years:
        references["need"] = aid[max(years)] / 100 * references["people"]
    return references


def service_pillars(study: Study, *, until: int) -> pd.DataFrame:
    """Return, by pillar, what was planned and realised in the last year, and how unequally it is spread.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a pillar that has programmes with figures, and the whole framework (its root's code) last
        pillar, planned and realised (services to people), realisation (realised / planned), planned_share_lost (of the
        planned, what its own kelurahan did not get, 0 to 1), hoover_planned and hoover_realised (Hoover index of
        services a polling station), hoover_change (above 0: delivery is less equal than the plan), move_people,
        move_land, move_need (the fewest services that would have to go to another kelurahan for all to be shared like
        that reference), year, status.
    """
    rows, year = _coverage(study, until)
    if rows.empty:
        return pd.DataFrame(columns=_PILLARS)
    references, programmes = area_references(study, until=until), study.table("programmes")
    table = disparity_of_coverage(
        rows, programmes, references["people"], measures=["hoover"], regions=references.index, year=year
    )
    amounts = _amounts(study, rows, year)
    moves = {f"move_{name}": service_gap(amounts, shares).to_move["amount"] for name, shares in references.items()}
    table = table.assign(realisation=table["realised"] / table["planned"].where(table["planned"] > 0))
    table = table.join(pd.DataFrame(moves), on="pillar").reindex(columns=_PILLARS)
    order = [*PILLARS, _ALL]
    table = table.sort_values("pillar", key=lambda codes: codes.map(order.index), ignore_index=True)
    if study.spec.framework is not None:
        table["pillar"] = table["pillar"].replace(_ALL, study.framework.root.code)
    return table.assign(status=_status(study, [*rows["status"]], references, until))


def service_areas(study: Study, *, until: int) -> pd.DataFrame:
    """Return, by kelurahan, what was planned and realised in the last year, and whether its share is too small.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kelurahan, the one with the smallest share first
        region, kecamatan, planned, realised (services to people), realisation, planned_each and realised_each (for each
        polling station), fair_each (realised_each if it were the same everywhere), gap_people (realised less what the
        kelurahan would then have got),
        ratio_people, ratio_land, ratio_need (realised over what it would get if all were shared like that reference),
        underserved (below 1 by every reference), underserved_pillars (in how many pillars so), year, status.
    """
    rows, year = _coverage(study, until)
    if rows.empty:
        return pd.DataFrame(columns=_AREAS)
    references = area_references(study, until=until)
    found = coverage_table(rows, study.table("programmes"), regions=references.index, year=year)
    compared = compare_references(_amounts(study, rows, year), references)
    whole = compared["pillar"] == _ALL
    inside = compared[~whole & compared["underserved"]]["region"].value_counts()
    table = found[found["pillar"] == _ALL].set_index("region").drop(columns=["pillar", "status"])
    table = table.join(compared[whole].set_index("region").drop(columns=["pillar", "realised"]))
    table = table.assign(
        kecamatan=areas_of(study)["kecamatan"],
        planned_each=table["planned"] / references["people"],
        realised_each=table["realised"] / references["people"],
        fair_each=table["realised"].sum() / references["people"].sum(),
        underserved_pillars=inside.reindex(table.index).fillna(0).astype(int),
    )
    table = table.reindex(columns=_AREAS[1:]).sort_values("ratio_people", kind="stable")
    return table.rename_axis("region").reset_index().assign(status=_status(study, [*rows["status"]], references, until))


def _coverage(study: Study, until: int) -> tuple[pd.DataFrame, int]:
    """Return the coverage of the kelurahan in the last year, not after `until`, and the year."""
    rows = study.table("programme_coverage")
    rows = rows[rows["region"].isin(areas_of(study).index) & (rows["year"] <= until)]
    if rows.empty:
        return rows, 0
    year = int(rows["year"].max())
    return rows[rows["year"] == year].astype({"year": int}), year


def _amounts(study: Study, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the services realised: kelurahan in rows, pillars in columns."""
    found = coverage_table(rows, study.table("programmes"), regions=areas_of(study).index, year=year)
    return found.pivot(index="region", columns="pillar", values="realised")


def _status(study: Study, statuses: list[str], references: pd.DataFrame, until: int) -> str:
    """Return the weakest status of the services and of what they are shared by."""
    rows = study.table("indicators")
    used = [PEOPLE, LAND, *([NEED] if "need" in references else [])]
    own = rows[rows["indicator"].isin(used) & rows["region"].isin(references.index)]
    return weakest_status([*statuses, *own["status"]])

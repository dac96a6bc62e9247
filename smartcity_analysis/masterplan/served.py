"""The people that programmes serve: by programme, and by kecamatan and pillar. Served by two, a person counts twice."""

from __future__ import annotations

import pandas as pd

from ..study import PILLARS, Study, weakest_status

__all__ = ["people_served", "served_by_kecamatan"]


def people_served(study: Study, *, until: int) -> pd.DataFrame:
    """Return the people planned and served by each programme that has figures, in the last year up to `until`.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, index programme
        planned, realised (people), year, status (the weakest of the programme's rows).
    """
    rows = _last(study, until)
    table = rows.groupby("programme").agg(
        planned=("planned_people", "sum"), realised=("realised_people", "sum"), year=("year", "first")
    )
    if rows.empty:
        return table.assign(status=None)
    return table.join(rows.groupby("programme")["status"].agg(weakest_status))


def served_by_kecamatan(study: Study, *, until: int) -> pd.DataFrame:
    """Return the people planned and served in each kecamatan in the last year up to `until`, in all and by pillar.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kecamatan
        region, programmes (with figures there), planned, realised, realisation (realised over planned, 1 is all), GOV
        to ENV (realisation of the programmes of that pillar; missing where none has figures), year, status. A figure
        for a kelurahan counts for its kecamatan.
    """
    columns = ["region", "programmes", "planned", "realised", "realisation", *PILLARS, "year", "status"]
    rows, regions = _last(study, until), study.table("regions").set_index("code")
    own = rows["region"].where(rows["region"].map(regions["level"]) == "kecamatan")
    rows = rows.assign(kecamatan=own.fillna(rows["region"].map(regions["parent"])))
    rows = rows[rows["kecamatan"].map(regions["level"]) == "kecamatan"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    rows = rows.assign(pillar=rows["programme"].map(study.table("programmes").set_index("code")["pillar"]))
    groups = rows.groupby("kecamatan")
    table = pd.DataFrame(
        {
            "programmes": groups["programme"].nunique(),
            "planned": groups["planned_people"].sum(),
            "realised": groups["realised_people"].sum(),
        }
    )
    table["realisation"] = table["realised"] / table["planned"].where(table["planned"] > 0)
    sums = rows.groupby(["kecamatan", "pillar"])[["planned_people", "realised_people"]].sum()
    shares = (sums["realised_people"] / sums["planned_people"].where(sums["planned_people"] > 0)).unstack("pillar")
    table = table.join(shares.reindex(columns=list(PILLARS))).join(groups["status"].agg(weakest_status))
    return table.assign(year=int(rows["year"].iloc[0])).rename_axis("region").reset_index()[columns]


def _last(study: Study, until: int) -> pd.DataFrame:
    """Return the coverage of the last year, not after `until`."""
    rows = study.table("programme_coverage")
    rows = rows[rows["year"] <= until]
    return rows[rows["year"] == rows["year"].max()] if len(rows) else rows

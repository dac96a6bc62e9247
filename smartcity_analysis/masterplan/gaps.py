"""What is missing, and who can supply it: programmes, owners, years, targets, reports, evidence."""

from __future__ import annotations

import pandas as pd

from ..study import Framework, Study, weakest_status
from ..study.periods import Period, parse_period
from .programmes import NO_OWNER, owners_of
from .progress import progress

__all__ = ["GAPS", "delivery_gaps", "delivery_known", "gaps_by_opd", "programme_gaps", "unowned_gaps"]

GAPS = ("no_programme", "owner_unknown", "owner_unverified", "owner_inferred", "ict_unknown", "years_unknown")
_UNOWNED = ("no_programme", "owner_unknown")  # nobody is known to close them
_LONG = ["gap", "code", "pillar", "opd", "status"]
_DELIVERY = ["no_report", "no_evidence", "no_target", "no_realisation", "late", "critical"]
_ILLUSTRATIVE = "illustrative"


def programme_gaps(study: Study, framework: Framework) -> pd.DataFrame:
    """Return what the portfolio does not say: one row a gap and the programme, or sub-dimension, that has it.

    Parameters
    ----------
    study : Study
        The checked study.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.

    Returns
    -------
    DataFrame
        gap (a word of :data:`GAPS`), code (of the programme; of the sub-dimension for ``no_programme``), pillar, opd
        (codes of the owners; missing where none is known), status.
    """
    programmes = study.table("programmes")
    served = set(programmes["sub_dimension"])
    bare = [(child.code, pillar.code) for pillar in framework.root.children for child in pillar.children]
    weakest = weakest_status(programmes["status"]) if len(programmes) else "official"
    rows = [("no_programme", code, pillar, None, weakest) for code, pillar in bare if code not in served]
    silent = programmes["period"].map(lambda text: parse_period(text) == Period()).astype(bool)
    found = {
        "owner_unknown": programmes["owner_opd"].isna(),
        "owner_unverified": programmes["owner_opd"].notna()
        & programmes["owner_status"].isin(["unverified", "unknown"]),
        "owner_inferred": programmes["owner_status"] == "inferred",
        "ict_unknown": programmes["ict"].isna(),
        "years_unknown": silent & programmes["quick_win_years"].isna(),
    }
    for gap, mask in found.items():
        part = programmes.loc[mask, ["code", "pillar", "owner_opd", "status"]]
        rows += [(gap, *row) for row in part.itertuples(index=False, name=None)]
    return pd.DataFrame(rows, columns=_LONG)


def gaps_by_opd(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps by the OPD that can close them; :func:`unowned_gaps` holds the others.

    Parameters
    ----------
    gaps : DataFrame
        As made by :func:`programme_gaps`.

    Returns
    -------
    DataFrame, one row an OPD, the one with most gaps first
        opd, gaps (how many), and for each gap the codes that have it, ``;`` between them (missing where none), status.
    """
    owned = gaps.dropna(subset=["opd"])
    rows = owned.assign(opd=owned["opd"].astype(object).str.split(";")).explode("opd")
    table = _listed(rows, [gap for gap in GAPS if gap not in _UNOWNED])
    table.insert(1, "gaps", rows.groupby("opd").size().reindex(table["opd"]).to_numpy())
    return _ordered(table, "gaps")


def unowned_gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :func:`programme_gaps` that no OPD is known for: what (the gap), code, pillar, status.

    Parameters
    ----------
    gaps : DataFrame
        As :func:`programme_gaps` gives them.
    """
    rows = gaps[gaps["opd"].isna()]
    return rows.drop(columns="opd").rename(columns={"gap": "what"}).reset_index(drop=True)


def delivery_known(study: Study) -> pd.DataFrame:
    """Return for how many programmes anything real is known of their delivery; stand-ins do not count.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    DataFrame, one row a kind of figure
        what (progress, budget, evidence, targets, people, platforms, further_pillars, horizon or partners), programmes
        (all), known (programmes with at least one), status.
    """
    sources = {
        "progress": ("programme_progress", "physical_pct"),
        "budget": ("programme_progress", "budget_idr_million"),
        "evidence": ("programme_progress", "evidence"),
        "targets": ("programme_targets", "target"),
        "people": ("programme_coverage", "realised_people"),
        "platforms": ("programme_platforms", "platform"),
        "further_pillars": ("programme_pillars", "pillar"),
        "horizon": ("programme_details", "horizon"),
        "partners": ("programme_details", "partners"),
    }
    programmes = study.table("programmes")
    known = []
    for name, column in sources.values():
        table = study.table(name)
        real = table[(table["status"] != _ILLUSTRATIVE) & table[column].notna()]
        known.append(real["programme"].nunique())
    status = weakest_status(programmes["status"]) if len(programmes) else "official"
    return pd.DataFrame({"what": list(sources), "programmes": len(programmes), "known": known, "status": status})


def delivery_gaps(study: Study, *, until: int) -> pd.DataFrame:
    """Return, by OPD, the programmes without report, evidence, target or realisation, and those behind their plan.

    The year is the last one that has reports, not after `until`; programmes that did not run in it are left out.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an OPD with such a gap
        opd, gaps (how many), no_report, no_evidence (a report without), no_target, no_realisation (a target without),
        late, critical (codes, ``;`` between them; missing where none), year, status. Empty without reports.
    """
    reports = progress(study, until=until)
    columns = ["opd", "gaps", *_DELIVERY, "year", "status"]
    if reports.empty:
        return pd.DataFrame(columns=columns)
    year = int(reports["year"].max())
    reports = reports[reports["progress_class"] != "not_due"].set_index("programme")
    targets = study.table("programme_targets")
    targets = targets[targets["year"] == year].set_index("programme")
    reported = reports["progress_class"] != "no_report"
    found = {
        "no_report": ~reported,
        "no_evidence": reported & ~reports["evidenced"],
        "no_target": ~reports.index.isin(targets.index),
        "no_realisation": reports.index.isin(targets.index[targets["realised"].isna()]),
        "late": reports["progress_class"] == "late",
        "critical": reports["progress_class"] == "critical",
    }
    rows = [(gap, code) for gap, mask in found.items() for code in reports.index[mask]]
    gaps = pd.DataFrame(rows, columns=["gap", "code"]).merge(owners_of(study), left_on="code", right_on="programme")
    gaps = gaps.assign(status=weakest_status([*reports["status"], *targets["status"]]))
    table = _listed(gaps, _DELIVERY)
    table.insert(1, "gaps", gaps.groupby("opd").size().reindex(table["opd"]).to_numpy())
    return _ordered(table.assign(year=year), "gaps").reindex(columns=columns)


def _listed(rows: pd.DataFrame, gaps: list[str]) -> pd.DataFrame:
    """Return the codes of each gap by OPD, joined, with the weakest status of the OPD's rows."""
    joined = rows.groupby(["opd", "gap"])["code"].agg(";".join).unstack("gap").reindex(columns=gaps)
    status = rows.groupby("opd")["status"].agg(weakest_status)
    return joined.join(status).rename_axis(index="opd", columns=None).reset_index()


def _ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    order = table.assign(last=table["opd"] == NO_OWNER).sort_values(["last", by, "opd"], ascending=[True, False, True])
    return order.drop(columns="last").reset_index(drop=True)

"""Progress of the programmes: physical plan against what was realised, and budget against what was spent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..study import Framework, Study, weakest_status
from .programmes import owners_of, programme_states

__all__ = ["PROGRESS_CLASSES", "progress", "progress_by_opd", "progress_by_pillar", "quick_win_progress"]

Array = NDArray[np.float64]
PROGRESS_CLASSES = ("as_planned", "late", "critical", "no_plan", "no_report", "not_due")
_TURN, _EARLY_LIMIT, _LATE_LIMIT = 70.0, 10.0, 5.0  # per cent of the plan, points behind it
_SAME = 1e-9  # points
_COLUMNS = [
    "programme", "pillar", "opd", "year", "state", "physical_plan_pct", "physical_pct", "deviation", "progress_class",
    "budget_idr_million", "spent_idr_million", "absorption", "evidenced", "quick_win", "status",
]  # fmt: skip
_GROUPED = [
    "programmes", "reported", "with_evidence", "as_planned", "late", "critical", "physical_plan_pct", "physical_pct",
    "budget_idr_million", "spent_idr_million", "absorption", "status",
]  # fmt: skip


def progress(study: Study, *, until: int) -> pd.DataFrame:
    """Return plan and realisation of every programme in the last year, not after `until`, that has any report.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a programme; empty when nothing was ever reported
        programme, pillar, opd (codes of the owners), year, state, physical_plan_pct and physical_pct (0-100, at the end
        of the year), deviation (points, realised less planned), progress_class, budget_idr_million, spent_idr_million,
        absorption (spent over budget, 1 is all; missing without a budget), evidenced, quick_win (declared for it),
        status (of a programme without report: the weakest of all reports).

    Notes
    -----
    progress_class is ``as_planned`` (level or ahead), ``late``, ``critical`` (behind by more than 10 points while up to
    70 per cent is planned, by more than 5 points after that), ``no_plan`` (a report without plan or realisation),
    ``no_report``, or ``not_due`` (its source says that it did not run in the year). The limits are those at which a
    works contract is critical; they are borrowed here for programmes of every kind.

    References
    ----------
    Ministry of Public Works and Housing regulation 14/2020, standard contract, clause on critical contracts.
    """
    reports = study.table("programme_progress")
    reports = reports[reports["year"] <= until]
    if reports.empty:
        return pd.DataFrame(columns=_COLUMNS)
    year = int(reports["year"].max())
    reports = reports[reports["year"] == year].set_index("programme")
    programmes = study.table("programmes").set_index("code")
    table = reports.reindex(programmes.index).rename_axis("programme")
    planned, realised = (table[name].to_numpy(float) for name in ("physical_plan_pct", "physical_pct"))
    classes = pd.Series(_classes(planned, realised), table.index).where(table["state"].notna(), "no_report")
    due = programme_states(study, year) != "not_running"
    budget = table["budget_idr_million"].astype(float)
    table = table.assign(
        pillar=programmes["pillar"],
        opd=programmes["owner_opd"],
        year=year,
        deviation=realised - planned,
        progress_class=classes.where(due, "not_due"),
        absorption=table["spent_idr_million"].astype(float) / budget.where(budget > 0),
        evidenced=table["evidence"].notna(),
        quick_win=programmes["quick_win_years"].fillna("").str.split(";").map(lambda years: str(year) in years),
        status=table["status"].fillna(weakest_status(reports["status"])),
    )
    return table.reset_index()[_COLUMNS]


def _classes(planned: Array, realised: Array) -> NDArray[np.object_]:
    """Return the class of each pair of planned and realised per cent."""
    behind = planned - realised
    limit = np.where(planned <= _TURN, _EARLY_LIMIT, _LATE_LIMIT)
    told = np.where(behind > limit + _SAME, "critical", np.where(behind > _SAME, "late", "as_planned")).astype(object)
    return np.where(np.isnan(behind), "no_plan", told)


def progress_by_pillar(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Sum progress by the programmes' own pillar, and for the whole (the root's code) in the last row.

    Parameters
    ----------
    table : DataFrame
        As made by :func:`progress`; programmes that were not due are left out.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.

    Returns
    -------
    DataFrame
        code, programmes, reported, with_evidence, as_planned, late, critical (programmes), physical_plan_pct and
        physical_pct (plain means over the programmes that have both), budget_idr_million and spent_idr_million (sums
        over the programmes that have both), absorption (of these sums), status.
    """
    due = table[table["progress_class"] != "not_due"]
    if due.empty:
        return pd.DataFrame(columns=["code", *_GROUPED])
    both = pd.concat([due.assign(code=due["pillar"]), due.assign(code=framework.root.code)], ignore_index=True)
    order = [*(child.code for child in framework.root.children), framework.root.code]
    grouped = _grouped(both, "code")
    return grouped.reindex([code for code in order if code in grouped.index]).reset_index()


def progress_by_opd(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Sum progress by OPD, a programme of several owners in each: as :func:`progress_by_pillar`, by opd.

    Parameters
    ----------
    table : DataFrame
        As :func:`progress` gives it.
    study : Study
        The checked study.

    Returns
    -------
    DataFrame
    """
    due = table[table["progress_class"] != "not_due"]
    if due.empty:
        return pd.DataFrame(columns=["opd", *_GROUPED])
    rows = due.drop(columns="opd").merge(owners_of(study), on="programme")
    return (
        _grouped(rows, "opd")
        .reset_index()
        .sort_values(["programmes", "opd"], ascending=[False, True], ignore_index=True)
    )


def _grouped(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    classes, money = rows["progress_class"], ["budget_idr_million", "spent_idr_million"]
    physical = ["physical_plan_pct", "physical_pct"]
    both = rows[physical].where(rows[physical].notna().all(axis=1)).astype(float)
    paid = rows[money].where(rows[money].notna().all(axis=1)).astype(float)
    flags = pd.DataFrame(
        {
            "programmes": 1,
            "reported": (classes != "no_report").astype(int),
            "with_evidence": rows["evidenced"].astype(int),
            **{name: (classes == name).astype(int) for name in ("as_planned", "late", "critical")},
        }
    )
    key = rows[by].to_numpy()
    table = flags.groupby(key).sum().join(both.groupby(key).mean()).join(paid.groupby(key).sum(min_count=1))
    table["absorption"] = table["spent_idr_million"] / table["budget_idr_million"].where(
        table["budget_idr_million"] > 0
    )
    return table.join(rows.groupby(key)["status"].agg(weakest_status)).rename_axis(by)[_GROUPED]


def quick_win_progress(study: Study, *, until: int) -> pd.DataFrame:
    """Return what was reported of each quick win in the years it was declared for.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a programme and declared year, not after `until`
        programme, year, state, physical_plan_pct, physical_pct, absorption, evidenced, status. Years before the first
        report of the study are left out; a declared year without a report has no state.
    """
    columns = ["programme", "year", "state", "physical_plan_pct", "physical_pct", "absorption", "evidenced", "status"]
    reports = study.table("programme_progress")
    declared = study.table("programmes").dropna(subset=["quick_win_years"]).set_index("code")["quick_win_years"]
    if reports.empty or declared.empty:
        return pd.DataFrame(columns=columns)
    years = declared.str.split(";").explode().astype(int).rename("year").rename_axis("programme").reset_index()
    years = years[(years["year"] <= until) & (years["year"] >= reports["year"].min())]
    table = years.merge(reports.astype({"year": int}), on=["programme", "year"], how="left")
    budget = table["budget_idr_million"].where(table["budget_idr_million"] > 0)
    return table.assign(
        absorption=table["spent_idr_million"] / budget,
        evidenced=table["evidence"].notna(),
        status=table["status"].fillna(weakest_status(reports["status"])),
    )[columns]

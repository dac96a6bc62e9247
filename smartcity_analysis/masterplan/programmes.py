"""The portfolio of programmes: by sub-dimension, pillar, OPD and year, with ICT or without, and who owns them.

A programme has one pillar of its own and may serve others. It counts once in every total, by its own pillar and
sub-dimension; only :func:`portfolio_pillars` shows it in each pillar that it serves.
"""

from __future__ import annotations

import pandas as pd

from ..study import PILLARS, Framework, Study, weakest_status
from ..study.periods import PERIOD_STATES, parse_period

__all__ = [
    "NO_OWNER",
    "owners_of",
    "pillars_of",
    "portfolio",
    "portfolio_pillars",
    "portfolio_totals",
    "programme_states",
    "programmes_by_opd",
    "programmes_by_year",
    "quick_wins",
]

NO_OWNER = "no_owner"  # stands for the OPD of programmes that nobody is known to own
_COUNTS = [
    "programmes", "ict", "non_ict", "ict_unknown", "owner_found", "owner_inferred", "owner_unknown", "quick_wins",
]  # fmt: skip


def portfolio(study: Study, framework: Framework) -> pd.DataFrame:
    """Count the study's programmes by sub-dimension of `framework`; a sub-dimension without one counts 0.

    Parameters
    ----------
    study : Study
        The checked study.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.

    Returns
    -------
    DataFrame, one row a sub-dimension
        code, pillar, programmes, ict, non_ict, ict_unknown, owner_found (the owner is stated by a source),
        owner_inferred, owner_unknown (unverified or unknown), quick_wins (named as quick win in at least one year),
        status (the weakest of all programmes).
    """
    programmes = study.table("programmes")
    counts = _flags(programmes).groupby(programmes["sub_dimension"].to_numpy()).sum()
    pillars = framework.root.children
    rows = [(pillar.code, child.code) for pillar in pillars for child in pillar.children]
    table = counts.reindex([code for _, code in rows]).fillna(0).astype(int)
    table.insert(0, "pillar", [pillar for pillar, _ in rows])
    table["status"] = _weakest(programmes)
    return table.rename_axis("code").reset_index()


def portfolio_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Sum a portfolio over its sub-dimensions: one row a measure, with its value.

    Parameters
    ----------
    table : DataFrame
        As :func:`portfolio` gives it.

    Returns
    -------
    DataFrame
    """
    totals = table.drop(columns=["code", "pillar", "status"]).sum()
    return totals.rename_axis("measure").rename("value").reset_index().assign(status=weakest_status(table["status"]))


def portfolio_pillars(study: Study, framework: Framework) -> pd.DataFrame:
    """Count the programmes by pillar, each in every pillar that it serves, and once in the whole.

    Parameters
    ----------
    study : Study
        The checked study.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.

    Returns
    -------
    DataFrame, one row a pillar and the whole (the root's code) last
        code, own (programmes of this pillar), further (of another pillar, serving this one too; missing in the whole),
        programmes (both; in the whole each programme once), the counts of :func:`portfolio`, status.
    """
    programmes = study.table("programmes")
    links = pillars_of(study)
    flags = _flags(programmes).join(programmes["status"]).set_index(programmes["code"])
    rows = []
    for pillar in (child.code for child in framework.root.children):
        linked = links[links["pillar"] == pillar]
        own = int(linked["own"].sum())
        statuses = linked["status"] if len(linked) else flags["status"]
        counts = flags.loc[linked["programme"], _COUNTS].sum()
        rows.append({"code": pillar, "own": own, "further": len(linked) - own, **counts, "status": _of(statuses)})
    whole = {"code": framework.root.code, "own": len(flags), "further": None, **flags[_COUNTS].sum()}
    table = pd.DataFrame([*rows, whole | {"status": _of(flags["status"])}])
    return table.astype({"further": "Int64"} | dict.fromkeys(["own", *_COUNTS], int))


def programmes_by_opd(study: Study) -> pd.DataFrame:
    """Count the programmes by the OPD that owns them, in each of several owners; most first, those without owner last.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    DataFrame, one row an OPD (:data:`NO_OWNER` for programmes that nobody is known to own)
        opd, abbreviation (missing for none), the counts of :func:`portfolio`, GOV to ENV (programmes by their own
        pillar), status.
    """
    programmes = study.table("programmes").set_index("code")
    owners = owners_of(study)
    rows = programmes.loc[owners["programme"]].reset_index()
    by = owners["opd"].to_numpy()
    counts = _flags(rows).groupby(by).sum()
    pillars = pd.get_dummies(rows["pillar"]).reindex(columns=list(PILLARS), fill_value=False).astype(int)
    table = counts.join(pillars.groupby(by).sum()).join(rows["status"].groupby(by).agg(_of))
    table = table.rename_axis("opd").reset_index()
    table.insert(1, "abbreviation", table["opd"].map(study.table("opd").set_index("code")["abbreviation"]))
    order = pd.DataFrame({"last": table["opd"] == NO_OWNER, "count": -table["programmes"], "opd": table["opd"]})
    return table.loc[order.sort_values(["last", "count", "opd"]).index].reset_index(drop=True)


def programme_states(study: Study, year: int) -> pd.Series:
    """Return, by programme, what is known of `year`: running, open, not_running or unknown.

    As :meth:`smartcity_analysis.study.periods.Period.state` has it; a programme declared a quick win of the year ran.
    """
    programmes = study.table("programmes").set_index("code")
    declared = programmes["quick_win_years"].fillna("").str.split(";").map(lambda years: str(year) in years)
    states = programmes["period"].map(lambda text: parse_period(text).state(year)).astype(object)
    return states.mask(declared.astype(bool), "running").rename("state")


def programmes_by_year(study: Study) -> pd.DataFrame:
    """Count, for each year of the masterplan, the programmes known to run, and those of which it is not known.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    DataFrame, one row a year
        year, running (a source says so), open (begun, and no end is stated), unknown, not_running (before its first
        year or after its last), quick_wins (declared for the year), status. The four states sum to all programmes.
    """
    programmes = study.table("programmes")
    plan, declared = study.spec.masterplan, programmes["quick_win_years"].dropna().str.split(";").explode()
    rows = []
    for year in range(plan.first_year, plan.last_year + 1) if plan and len(programmes) else ():
        counts = programme_states(study, year).value_counts().reindex(PERIOD_STATES, fill_value=0)
        rows.append({"year": year} | counts.to_dict() | {"quick_wins": int((declared == str(year)).sum())})
    columns = ["year", "running", "open", "unknown", "not_running", "quick_wins"]
    return pd.DataFrame(rows, columns=columns).assign(status=_weakest(programmes))


def quick_wins(study: Study, *, until: int) -> pd.DataFrame:
    """Return the programmes declared as quick wins, with the years up to `until` in which they were.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a programme
        programme, pillar, opd (codes), owner_status, years (as text), times, first_year, last_year, status.
    """
    programmes = study.table("programmes").dropna(subset=["quick_win_years"])
    columns = ["programme", "pillar", "opd", "owner_status", "years", "times", "first_year", "last_year", "status"]
    years = programmes["quick_win_years"].str.split(";").map(lambda text: sorted(int(y) for y in text))
    years = years.map(lambda every: [y for y in every if y <= until])
    table = programmes.rename(columns={"code": "programme", "owner_opd": "opd"}).assign(
        years=years.map(lambda every: "; ".join(map(str, every))),
        times=years.map(len),
        first_year=years.map(lambda every: min(every, default=0)),
        last_year=years.map(lambda every: max(every, default=0)),
    )
    return table[table["times"] > 0][columns].reset_index(drop=True)


def pillars_of(study: Study) -> pd.DataFrame:
    """Return every pillar that each programme serves: programme, pillar, own (its first one), status."""
    programmes = study.table("programmes").rename(columns={"code": "programme"})
    own = programmes[["programme", "pillar", "status"]].assign(own=True)
    further = study.table("programme_pillars")[["programme", "pillar", "status"]].assign(own=False)
    table = pd.concat([own, further], ignore_index=True) if len(further) else own
    return table.drop_duplicates(["programme", "pillar"], ignore_index=True)


def owners_of(study: Study) -> pd.DataFrame:
    """Return every owner of each programme: programme, opd (:data:`NO_OWNER` where none is known)."""
    programmes = study.table("programmes")
    owners = programmes["owner_opd"].fillna(NO_OWNER).astype(object).str.split(";")
    table = pd.DataFrame({"programme": programmes["code"], "opd": owners}).explode("opd", ignore_index=True)
    return table.assign(opd=table["opd"].str.strip())


def _flags(programmes: pd.DataFrame) -> pd.DataFrame:
    """Return what is counted, 0 or 1 for each programme."""
    owner = programmes["owner_status"]
    return pd.DataFrame(
        {
            "programmes": 1,
            "ict": (programmes["ict"] == "ict").astype(int),
            "non_ict": (programmes["ict"] == "non_ict").astype(int),
            "ict_unknown": programmes["ict"].isna().astype(int),
            "owner_found": (owner == "found").astype(int),
            "owner_inferred": (owner == "inferred").astype(int),
            "owner_unknown": owner.isin(["unverified", "unknown"]).astype(int),
            "quick_wins": programmes["quick_win_years"].notna().astype(int),
        },
        index=programmes.index,
    )


def _of(statuses: pd.Series) -> str:
    return weakest_status(statuses) if len(statuses) else "official"


def _weakest(programmes: pd.DataFrame) -> str:
    return _of(programmes["status"])

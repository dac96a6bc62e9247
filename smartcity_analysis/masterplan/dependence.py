"""How far the programmes depend on technology: the share with ICT, and what fails with each platform."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..errors import UnknownNameError
from ..study import PILLARS, Framework, Study, weakest_status
from .programmes import NO_OWNER, owners_of, pillars_of, programme_states
from .progress import progress
from .served import people_served

__all__ = ["WEIGHTS", "ict_dependence", "platform_failure", "platform_pillars", "shared_platforms", "single_points"]

WEIGHTS = ("programmes", "people", "budget")
_DEPENDENCE = ["code", "programmes", "counted", "amount", "ict", "non_ict", "ict_unknown", "lower", "upper", "status"]
_FAILURE = [
    "platform", "programmes", "codes", "pillars", "opds", "people", "people_known", "share", *PILLARS, "status",
]  # fmt: skip
_POINTS = [
    "code", "programmes", "dependent", "platform", "failing", "failing_share", "people", "platforms", "concentration",
    "status",
]  # fmt: skip


def ict_dependence(study: Study, framework: Framework, *, by: str = "programmes", until: int) -> pd.DataFrame:
    """Return which share of each pillar rests on ICT, between the bounds that unknown programmes leave open.

    Parameters
    ----------
    study, framework
    by : {"programmes", "people", "budget"}
        What is shared out: the programmes themselves, the people they serve, or their budget (million rupiah). Of the
        last two only programmes with a figure of the last year up to `until` count.
    until : int

    Returns
    -------
    DataFrame, one row a pillar and the whole (the root's code) last
        code, programmes (that serve the pillar, first or further), counted (those of them with a figure), amount, ict,
        non_ict and ict_unknown (programmes, people or million rupiah), lower (share of ict in the amount, as if no
        unknown programme had any) and upper (as if all had), missing where the amount is 0, status. A programme counts
        in each pillar that it serves and once in the whole. Empty when no programme has a figure.

    Raises
    ------
    UnknownNameError
        For an unknown `by`.
    """
    programmes = study.table("programmes").set_index("code")
    weights = _weights(study, by, until)
    if weights.empty:
        return pd.DataFrame(columns=_DEPENDENCE)
    rows = []
    for code, members in _groups(study, framework):
        counted = [name for name in members if name in weights.index]
        own, kinds = weights.loc[counted], programmes.loc[counted, "ict"].fillna("ict_unknown")
        amounts = own["weight"].groupby(kinds.to_numpy()).sum().reindex(["ict", "non_ict", "ict_unknown"], fill_value=0)
        total = amounts.sum()
        statuses = [*programmes.loc[members, "status"], *own["status"]]
        rows.append(
            {"code": code, "programmes": len(members), "counted": len(counted), "amount": total, **amounts,
             "lower": amounts["ict"] / total if total else None,
             "upper": (amounts["ict"] + amounts["ict_unknown"]) / total if total else None,
             "status": weakest_status(statuses or ["official"])}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=_DEPENDENCE).astype({"lower": float, "upper": float})


def _weights(study: Study, by: str, until: int) -> pd.DataFrame:
    """Return the weight of each programme that has one, with its status."""
    if by == "programmes":
        return study.table("programmes").set_index("code")[["status"]].assign(weight=1)
    if by == "people":
        return people_served(study, until=until).rename(columns={"realised": "weight"})[["weight", "status"]]
    if by == "budget":
        table = progress(study, until=until).set_index("programme").rename(columns={"budget_idr_million": "weight"})
        return table[["weight", "status"]].dropna(subset=["weight"]).astype({"weight": float})
    raise UnknownNameError("weight", by, WEIGHTS)


def _groups(study: Study, framework: Framework) -> Iterable[tuple[str, list[str]]]:
    """Yield each pillar with the programmes that serve it, and the whole with all of them."""
    links = pillars_of(study)
    for pillar in framework.root.children:
        yield pillar.code, list(links.loc[links["pillar"] == pillar.code, "programme"])
    yield framework.root.code, list(links["programme"].unique())


def platform_failure(study: Study, *, until: int) -> pd.DataFrame:
    """Return what would stop if a platform failed: the programmes that rest on it, their pillars, OPDs and people.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a platform, the one most programmes rest on first
        platform (a programme's code where it is the programme's own system), programmes, codes, pillars and opds
        (codes, ``;`` between them), people (served by these programmes in the last year up to `until`; missing where no
        figure is known), people_known (programmes with such a figure), share (of the programmes), GOV to ENV
        (programmes that serve the pillar), status (the weakest of links and figures). Programmes that are known not to
        run in the year `until` are left out.
    """
    running, links = _running(study, until)
    people = people_served(study, until=until)
    pillars = pillars_of(study).groupby("programme")["pillar"].agg(list)
    owners = owners_of(study).groupby("programme")["opd"].agg(list)
    rows = []
    for platform, part in links.groupby("platform"):
        codes = list(part["programme"])
        known = people.loc[people.index.isin(codes)]
        served = [p for code in codes for p in pillars[code]]
        opds = dict.fromkeys(o for code in codes for o in owners[code] if o != NO_OWNER)
        rows.append(
            {"platform": platform, "programmes": len(codes), "codes": ";".join(codes),
             "pillars": ";".join(p for p in PILLARS if p in served), "opds": ";".join(opds) or None,
             "people": known["realised"].sum() if len(known) else None, "people_known": len(known),
             "share": len(codes) / len(running), **{p: served.count(p) for p in PILLARS},
             "status": weakest_status([*part["status"], *known["status"]])}
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=_FAILURE).astype({"people": float})
    order = table.assign(order=-table["people"].fillna(0)).sort_values(["order", "platform"], kind="stable")
    return order.sort_values("programmes", ascending=False, kind="stable").drop(columns="order").reset_index(drop=True)


def _running(study: Study, year: int) -> tuple[set[str], pd.DataFrame]:
    """Return the programmes that may run in `year`, and their links to platforms."""
    states = programme_states(study, year)
    running, links = set(states.index[states != "not_running"]), study.table("programme_platforms")
    return running, links[links["programme"].isin(running)].drop_duplicates(["programme", "platform"])


def shared_platforms(table: pd.DataFrame) -> pd.DataFrame:
    """Return the platforms of :func:`platform_failure` that more than one programme rests on.

    Parameters
    ----------
    table : DataFrame
        As :func:`ict_dependence` gives it.
    """
    return table[table["programmes"] > 1].reset_index(drop=True)


def platform_pillars(table: pd.DataFrame) -> pd.DataFrame:
    """Return, of :func:`platform_failure`, how many programmes of each pillar fail: platform, pillar, programmes.

    Parameters
    ----------
    table : DataFrame
        As :func:`shared_platforms` gives it.
    """
    long = table.drop(columns="programmes").melt(["platform", "status"], list(PILLARS), "pillar", "programmes")
    return long[long["programmes"] > 0].reset_index(drop=True)


def single_points(study: Study, framework: Framework, *, until: int) -> pd.DataFrame:
    """Return, by pillar, the platform whose failure stops most, and how concentrated the dependence is.

    Parameters
    ----------
    study : Study
        The checked study.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a pillar and the whole (the root's code) last
        code, programmes (that serve it and may run in the year `until`), dependent (those that are known to rest on any
        platform), platform (the one that most of them rest on; of several, the one whose programmes serve most people;
        missing where that decides nothing either), failing (programmes that stop with it), failing_share (of all
        programmes of the pillar), people (whom they serve; missing where not known), platforms (how many different
        ones), concentration, status. Empty when no platform is known.

    Notes
    -----
    concentration is the Herfindahl index of the links between programmes and platforms: the sum of the squared shares
    of the platforms in all links of the pillar. 1: all links lead to one platform; 1/n: n platforms carry alike.

    References
    ----------
    Hirschman (1964), The paternity of an index, American Economic Review 54(5), 761-762.
    """
    running, links = _running(study, until)
    people = people_served(study, until=until)
    if links.empty:
        return pd.DataFrame(columns=_POINTS)
    rows = []
    for code, served in _groups(study, framework):
        members = [name for name in served if name in running]
        own = links[links["programme"].isin(members)]
        row = {"code": code, "programmes": len(members), "dependent": own["programme"].nunique()}
        statuses = [*own["status"], *people.loc[people.index.isin(own["programme"]), "status"]]
        rows.append(row | _largest(own, people) | {"status": weakest_status(statuses or ["official"])})
    table = pd.DataFrame(rows).assign(failing_share=lambda t: t["failing"] / t["programmes"].where(t["programmes"] > 0))
    return table.reindex(columns=_POINTS).astype({"people": float, "concentration": float})


def _largest(links: pd.DataFrame, people: pd.DataFrame) -> dict[str, object]:
    """Return the platform most programmes rest on, and how concentrated the links are."""
    if links.empty:
        return {"platform": None, "failing": 0, "people": None, "platforms": 0, "concentration": None}
    served = links["programme"].map(people["realised"])
    table = links.assign(served=served).groupby("platform")["served"].agg(["size", "sum", "count"])
    top = table[table["size"] == table["size"].max()]
    top = top[top["sum"] == top["sum"].max()]
    shares, first, alone = table["size"] / table["size"].sum(), top.iloc[0], len(top) == 1
    return {
        "platform": first.name if alone else None,
        "failing": int(first["size"]),
        "people": float(first["sum"]) if alone and first["count"] else None,
        "platforms": len(table),
        "concentration": float((shares**2).sum()),
    }

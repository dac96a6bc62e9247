"""Findings about the plan: its pillars and programmes, what the city says of it, and what became of recommendations."""

from __future__ import annotations

from ..findings import Cited, Facts, Finding, Tables
from ..firmness import order_firmness

__all__ = ["pillar_findings", "programme_findings", "statement_findings", "survey_findings"]

SAME_SCORE = 0.005  # two published scores that agree in their second decimal
_DELIVERY = ("progress", "budget", "evidence", "targets", "people")
_EXTREMES = (("pillars_lowest", "weakness", True), ("pillars_highest", "strength", False))


def pillar_findings(tables: Tables) -> list[Finding]:
    """Say which pillars stand lowest and highest, and what the pillar scores probably are."""
    pillars = tables["pillars"].dropna(subset=["score"])
    if pillars.empty:
        return []
    scores = sorted(pillars["score"].unique())
    found = []
    for template, kind, lowest in _EXTREMES if len(scores) > 1 else ():
        extreme, next_score = (scores[0], scores[1]) if lowest else (scores[-1], scores[-2])
        rows = pillars[pillars["score"] == extreme]
        beside = pillars.loc[pillars["score"] == next_score, "code"].iloc[0]
        facts: Facts = {
            "pillars": tables.cite_rows("pillars", "code", "code", rows),
            "score": tables.cite("pillars", "score", code=rows["code"].iloc[0]),
            "year": tables.cite("pillars", "year", code=rows["code"].iloc[0]),
            "next_score": tables.cite("pillars", "score", code=beside),
            "scores": tables.cite_rows("pillars", "score", "code", rows),
        }
        lower, upper = min(extreme, next_score), max(extreme, next_score)
        firmness = order_firmness(lower, upper, pillars["score"])
        found.append(Finding(template, kind, facts, topic="pillars", firmness=firmness))
    check = tables["pillar_check"].iloc[0]
    if abs(check["mean_of_pillars"] - check["impact"]) < SAME_SCORE:
        facts = tables.cite_all("pillar_check", ("mean_of_pillars", "impact", "year"), year=int(check["year"]))
        found.append(Finding("pillars_are_impact", "limit", facts, topic="pillars"))
    return found


def programme_findings(tables: Tables) -> list[Finding]:
    """Say which sub-dimensions have no programme, what is known of owners and delivery, and what depends on ICT."""
    portfolio = tables["portfolio"]
    found = []
    empty = portfolio[portfolio["programmes"] == 0]
    if len(empty):
        facts: Facts = {
            "sub_dimensions": tables.cite_rows("portfolio", "code", "code", empty),
            "programmes": _total(tables, "programmes"),
        }
        found.append(Finding("sub_dimensions_empty", "gap", facts, topic="programmes"))
    names = ("programmes", "owner_found", "owner_inferred", "owner_unknown")
    facts = {name: _total(tables, name) for name in names}
    found.append(Finding("owners_known", "limit", facts, topic="programmes"))
    return found + _delivery_findings(tables) + _ict_findings(tables) + _pillar_owner_findings(tables)


def _delivery_findings(tables: Tables) -> list[Finding]:
    """Say what is known of no programme at all: progress, budget, evidence, targets, people."""
    known = tables["delivery_known"]
    silent = known[(known["known"] == 0) & known["what"].isin(_DELIVERY)]
    if silent.empty or not silent["programmes"].iloc[0]:
        return []
    facts: Facts = {
        "programmes": tables.cite("delivery_known", "programmes", what=silent["what"].iloc[0]),
        "what": tables.cite_rows("delivery_known", "what", "what", silent),
        "known": tables.cite_rows("delivery_known", "known", "what", silent),
    }
    return [Finding("delivery_unknown", "gap", facts, topic="programmes")]


def _ict_findings(tables: Tables) -> list[Finding]:
    """Say how many programmes depend on ICT, and which pillar depends on it most."""
    facts: Facts = {name: _total(tables, name) for name in ("programmes", "ict")}
    found = [Finding("ict_share", "fact", facts, topic="programmes")]
    shares = tables["ict_dependence"]
    shares = shares[shares["code"].isin(tables["pillars"]["code"])].sort_values("lower", ascending=False)
    if len(shares) < 2:
        return found
    most, others = shares.iloc[0], shares.iloc[1:]
    facts = tables.cite_all("ict_dependence", ("code", "ict", "programmes"), code=most["code"])
    firmness = "firm" if most["lower"] > others["upper"].max() else "weak"
    return [*found, Finding("ict_most", "fact", facts, pillar=most["code"], topic="programmes", firmness=firmness)]


def _pillar_owner_findings(tables: Tables) -> list[Finding]:
    """Say of each pillar how many of its programmes have an owner that a source states."""
    table = tables["portfolio_pillars"]
    columns = ("code", "programmes", "owner_found", "owner_inferred", "owner_unknown")
    found = []
    for row in table[table["code"].isin(tables["pillars"]["code"])].itertuples():
        if row.owner_found < row.programmes:
            facts = tables.cite_all("portfolio_pillars", columns, code=row.code)
            found.append(Finding("pillar_owners", "limit", facts, row.code, row.code, topic="owners"))
    return found


def _total(tables: Tables, measure: str) -> Cited:
    return tables.cite("portfolio_totals", "value", measure=measure)


def statement_findings(tables: Tables) -> list[Finding]:
    """Cite the opportunities and challenges that the city named, and count what became of recommendations."""
    found = []
    for row in tables["city_statements"].itertuples():
        facts: Facts = {
            "statement": tables.cite("city_statements", "code", code=row.code),
            "source": tables.cite("city_statements", "source", code=row.code),
        }
        pillar = row.pillar if isinstance(row.pillar, str) else None
        found.append(Finding(f"city_{row.kind}", row.kind, facts, row.code, pillar, topic="statements"))
    totals = tables["follow_up_totals"]
    if len(totals):
        columns = ("recommendations", "first_year", "last_year", "done", "in_progress", "unknown")
        last = int(totals["last_year"].iloc[0])
        facts = tables.cite_all("follow_up_totals", columns, last_year=last)
        found.append(Finding("follow_up", "fact", facts, str(last), topic="recommendations"))
    return found


def survey_findings(tables: Tables) -> list[Finding]:
    """Say how many OPDs answered the survey of the year, or that no answer is known."""
    found = []
    for row in tables["survey_known"].itertuples():
        facts = tables.cite_all("survey_known", ("year", "opds", "answered"), year=row.year)
        template, kind = ("survey_answered", "fact") if row.answered else ("unknown_survey", "unknown")
        found.append(Finding(template, kind, facts, str(row.year), topic="survey"))
    return found

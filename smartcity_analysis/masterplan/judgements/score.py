"""Findings about the ministry's score: how it moved, which targets were missed, and what is not known of it."""

from __future__ import annotations

from ..findings import Facts, Finding, Tables
from ..firmness import order_firmness

__all__ = ["score_findings", "target_findings", "unknown_findings"]

EVEN = 0.5  # as likely as not
_LEAST = "points"  # the idea of effort whose gains are cited


def score_findings(tables: Tables) -> list[Finding]:
    """Say how the score moved last, what it did before, and which evaluation dimension stood lowest."""
    trend = tables["score_trend"]
    scored = trend.dropna(subset=["score", "step"])
    if scored.empty:
        return []
    last = scored.iloc[-1]
    year, before = int(last["year"]), int(last["year"]) - 1
    facts: Facts = {
        "year": tables.cite("score_trend", "year", year=year),
        "year_before": tables.cite("score_trend", "year", year=before),
        "score": tables.cite("score_trend", "score", year=year),
        "score_before": tables.cite("score_trend", "score", year=before),
        "step": tables.cite("score_trend", "step", year=year),
    }
    fell = last["step"] < 0
    template, kind = ("score_fell", "weakness") if fell else ("score_rose", "strength")
    found = [Finding(template, kind, facts, str(year), topic="score")]
    earlier = trend[(trend["year"] < year) & trend["step"].notna()]
    if fell and len(earlier) and (earlier["step"] > 0).all():
        first = int(earlier["year"].min()) - 1
        facts = {
            "first": tables.cite("score_trend", "year", year=first),
            "first_score": tables.cite("score_trend", "score", year=first),
            "until": tables.cite("score_trend", "year", year=before),
            "until_score": tables.cite("score_trend", "score", year=before),
        }
        found.append(Finding("score_rose_before", "fact", facts, str(year), topic="score"))
    for broken in trend.loc[trend["method_break"].astype(bool), "year"].astype(int):
        facts = {"year": tables.cite("score_trend", "year", year=broken)}
        found.append(Finding("method_break", "limit", facts, str(broken), topic="score"))
    return found + _dimension_findings(tables)


def _dimension_findings(tables: Tables) -> list[Finding]:
    """Say which evaluation dimensions stood lowest and highest in the last year that has them."""
    dimensions = tables["dimensions"].dropna(subset=["score"]).sort_values("score")
    year = int(tables["score_check"]["year"].iloc[0])
    if len(dimensions) < 2 or year not in set(tables["score_trend"]["year"]):
        return []
    facts: Facts = {"year": tables.cite("score_trend", "year", year=year)}
    for name, row in (("lowest", dimensions.iloc[0]), ("highest", dimensions.iloc[-1])):
        facts[name] = tables.cite("dimensions", "code", code=row["code"])
        facts[f"{name}_score"] = tables.cite("dimensions", "score", code=row["code"])
    lowest, next_score = dimensions["score"].iloc[:2].tolist()
    firmness = order_firmness(lowest, next_score, dimensions["score"])
    return [Finding("dimension_lowest", "weakness", facts, str(year), topic="score", firmness=firmness)]


def target_findings(tables: Tables) -> list[Finding]:
    """Say which targets were missed, and what the next one asks for."""
    trend = tables["score_trend"]
    found = []
    known = trend.dropna(subset=["score", "target"])
    for row in known.itertuples():
        year = int(row.year)
        facts = tables.cite_all("score_trend", ("year", "score", "target", "target_gap"), year=year)
        missed = row.target_gap < 0
        derived = row.target_status == "estimated"
        template = ("target_missed" if missed else "target_met") + ("_derived" if derived else "")
        found.append(Finding(template, "weakness" if missed else "strength", facts, str(year), topic="target"))
    gap = tables["target_gap"].iloc[0]
    year = int(gap["target_year"])
    if len(known) > 1 and not gap["targets_met"]:
        facts = {
            "targets_known": tables.cite("target_gap", "targets_known", target_year=year),
            "targets": tables.cite_rows("score_trend", "target", "year", known),
            "scores": tables.cite_rows("score_trend", "score", "year", known),
            "years": tables.cite_rows("score_trend", "year", "year", known),
        }
        found.append(Finding("targets_all_missed", "weakness", facts, str(year), topic="target"))
    if gap["years_left"] > 0:
        columns = ("target", "target_year", "last_score", "last_year", "gap", "required_step", "largest_step",
                   "largest_step_year")  # fmt: skip
        facts = tables.cite_all("target_gap", columns, target_year=year)
        template = "target_asks_more" if gap["required_step"] > gap["largest_step"] else "target_asks"
        found.append(Finding(template, "gap", facts, str(year), topic="target"))
        found += _outlook_findings(tables, year) + _effort_findings(tables, year)
    return found


def _outlook_findings(tables: Tables, year: int) -> list[Finding]:
    """Say how probable the target is under every assumption, when none of them says otherwise than the others."""
    known = tables["outlook"].dropna(subset=["probability"]).sort_values("probability")
    if known.empty:
        return []
    facts: Facts = {
        "target_year": tables.cite("target_gap", "target_year", target_year=year),
        "lowest": tables.cite("outlook", "probability", assumption=known["assumption"].iloc[0]),
        "highest": tables.cite("outlook", "probability", assumption=known["assumption"].iloc[-1]),
        "steps": tables.cite("outlook", "steps", assumption=known["assumption"].iloc[0]),
    }
    below, above = known["probability"].max() < EVEN, known["probability"].min() >= EVEN
    template = "outlook_below" if below else "outlook_above" if above else "outlook_open"
    kind = "gap" if below else "strength" if above else "limit"
    return [Finding(template, kind, facts, str(year), topic="target", firmness="firm" if below or above else "likely")]


def _effort_findings(tables: Tables, year: int) -> list[Finding]:
    """Say which evaluation dimensions must rise under every idea of least effort, from the last known components."""
    plan = tables["effort_plan"]
    rising = plan[plan["gain"] > 0]
    always = rising.groupby("code")["objective"].nunique() == plan["objective"].nunique()
    rows = plan[(plan["objective"] == _LEAST) & plan["code"].isin(always.index[always])]
    if rows.empty:
        return []
    codes = list(rows["code"])
    facts: Facts = {
        "target": tables.cite("target_gap", "target", target_year=year),
        "year": tables.cite("score_check", "year", year=int(tables["score_check"]["year"].iloc[0])),
        "dimensions": [tables.cite("effort_plan", "code", objective=_LEAST, code=code) for code in codes],
        "gains": [tables.cite("effort_plan", "gain", objective=_LEAST, code=code) for code in codes],
    }
    return [Finding("effort_dimensions", "gap", facts, str(year), topic="target", firmness="likely")]


def unknown_findings(tables: Tables) -> list[Finding]:
    """Name what is not known, from the table of what is."""
    known = tables["known_by_year"]
    found = []
    for row in known[~known["known"].astype(bool)].itertuples():
        facts: Facts = {"year": tables.cite("known_by_year", "year", key=row.key)}
        found.append(Finding(f"unknown_{row.what}", "unknown", facts, str(row.year), topic="unknown"))
    areas = tables["area_data"]
    bare = areas[(areas["level"] == "kelurahan") & (areas["social_indicators"] == 0)]
    if len(bare):
        columns = ("regions", "indicators", "social_indicators")
        facts = tables.cite_all("area_data", columns, level="kelurahan")
        found.append(Finding("unknown_area_indicators", "unknown", facts, topic="unknown"))
    return found

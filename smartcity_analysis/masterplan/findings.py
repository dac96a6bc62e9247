"""Findings are data: a template, the numbers it needs, and the table rows they were read from.

No number is typed here. Every one is *cited*: read from a processed table by its key, so that a sentence in the report
can be followed back to its row. The words are filled in by ``present/language``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import Breach, DataError
from ..study import weakest_status

__all__ = ["KINDS", "Cited", "Finding", "Tables", "findings_table", "review_findings"]

SAME_SCORE = 0.005  # two published scores that agree in their second decimal
KINDS = ("fact", "strength", "weakness", "gap", "limit", "unknown")


@dataclass(frozen=True, slots=True)
class Cited:
    """One value with the place it was read from (table, row key, column) and the status of that row."""

    value: Any
    table: str
    row: tuple[tuple[str, Any], ...]
    column: str
    status: str = "official"

    @property
    def place(self) -> str:
        """The place as text: ``score_trend[year=2023].score``."""
        key = ", ".join(f"{k}={v}" for k, v in self.row)
        return f"{self.table}[{key}].{self.column}"


@dataclass(frozen=True, eq=False)
class Finding:
    """One finding: `template` names the sentence and `facts` fill it.

    `subject` tells apart findings of the same template (a year, a pillar, a region), so that `id` stays the same from
    run to run while the finding is the same.
    """

    template: str
    kind: str
    facts: Mapping[str, Cited | Sequence[Cited]]
    subject: str = ""
    pillar: str | None = None
    topic: str = ""

    @property
    def cited(self) -> list[Cited]:
        """Every value the sentence needs, in the order of the facts."""
        return [c for fact in self.facts.values() for c in (fact if isinstance(fact, Sequence) else (fact,))]

    @property
    def status(self) -> str:
        """The weakest status that went into the finding."""
        return weakest_status(c.status for c in self.cited)

    @property
    def id(self) -> str:
        """A short id made of the template and its subject, the same in every run."""
        digest = hashlib.sha256(f"{self.template}|{self.subject}".encode()).hexdigest()
        return f"F-{digest[:6]}"

    @property
    def evidence(self) -> list[str]:
        """The places of every number, in the order of the facts."""
        return list(dict.fromkeys(c.place for c in self.cited))

    def values(self) -> dict[str, Any]:
        """Return the facts as plain values, for the sentence."""
        return {
            name: [c.value for c in fact] if isinstance(fact, Sequence) else fact.value
            for name, fact in self.facts.items()
        }


class Tables:
    """The processed tables of one review, cited by key.

    Parameters
    ----------
    load : callable
        ``load(name) -> DataFrame``, such as :meth:`smartcity_analysis.study.Store.load_table`.
    """

    def __init__(self, load: Callable[[str], pd.DataFrame]):
        self._load = load
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def cite(self, name: str, column: str, **key: Any) -> Cited:
        """Return the value of `column` in the one row of table `name` that `key` points to.

        Its status is the row's column ``<column>_status`` or ``status``; a row without either is official.

        Raises
        ------
        DataError
            When the key points to no row, or to several.
        """
        table = self[name]
        chosen = pd.Series(True, index=table.index)
        for field_name, value in key.items():
            chosen &= table[field_name] == value
        if int(chosen.sum()) != 1:
            found = f"{int(chosen.sum())} x {key}"
            raise DataError([Breach("evidence_unclear", file=f"{name}.csv", column=column, found=found)])
        row = table.loc[chosen].iloc[0]
        value = table.loc[chosen, column].iloc[0]
        plain = value.item() if hasattr(value, "item") else value
        status = row.get(f"{column}_status", row.get("status", "official"))
        return Cited(plain, name, tuple(key.items()), column, status if isinstance(status, str) else "reported")

    def cite_rows(self, name: str, column: str, key: str, rows: pd.DataFrame) -> list[Cited]:
        """Return one citation for each of `rows`, found again by its `key` column."""
        return [self.cite(name, column, **{key: value}) for value in rows[key]]


def review_findings(tables: Tables) -> list[Finding]:
    """Return what the processed tables say, in the order of the report.

    Only what a table holds becomes a finding; a finding that would rest on an illustrative value is left out.
    """
    found = [
        *_score_findings(tables),
        *_target_findings(tables),
        *_pillar_findings(tables),
        *_programme_findings(tables),
        *_region_findings(tables),
        *_robustness_findings(tables),
        *_disparity_findings(tables),
        *_unknown_findings(tables),
    ]
    return [finding for finding in found if finding.status != "illustrative"]


def findings_table(findings: Iterable[Finding], sentences: Mapping[str, Callable[[Finding], str]]) -> pd.DataFrame:
    """Return findings as a table: id, topic, kind, pillar, status, one column a language, evidence."""
    rows = [
        {
            "id": finding.id,
            "topic": finding.topic,
            "kind": finding.kind,
            "pillar": finding.pillar,
            "status": finding.status,
            **{f"text_{code}": say(finding) for code, say in sentences.items()},
            "evidence": "; ".join(finding.evidence),
        }
        for finding in findings
    ]
    return pd.DataFrame(rows)


def _score_findings(tables: Tables) -> list[Finding]:
    """Say how the score moved last, and what it did before."""
    trend = tables["score_trend"]
    scored = trend.dropna(subset=["score", "step"])
    if scored.empty:
        return []
    last = scored.iloc[-1]
    year, before = int(last["year"]), int(last["year"]) - 1
    facts = {
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
    return found


def _target_findings(tables: Tables) -> list[Finding]:
    """Say which targets were missed, and what the next one asks for."""
    trend = tables["score_trend"]
    found = []
    for row in trend.dropna(subset=["score", "target"]).itertuples():
        year = int(row.year)
        facts = {c: tables.cite("score_trend", c, year=year) for c in ("year", "score", "target", "target_gap")}
        missed = row.target_gap < 0
        derived = row.target_status == "estimated"
        template = ("target_missed" if missed else "target_met") + ("_derived" if derived else "")
        found.append(Finding(template, "weakness" if missed else "strength", facts, str(year), topic="target"))
    gap = tables["target_gap"].iloc[0]
    if gap["years_left"] > 0:
        columns = ("target", "target_year", "last_score", "last_year", "gap", "required_step", "largest_step",
                   "largest_step_year")  # fmt: skip
        year = int(gap["target_year"])
        facts = {c: tables.cite("target_gap", c, target_year=year) for c in columns}
        template = "target_asks_more" if gap["required_step"] > gap["largest_step"] else "target_asks"
        found.append(Finding(template, "gap", facts, str(year), topic="target"))
    return found


def _pillar_findings(tables: Tables) -> list[Finding]:
    """Say which pillars stand lowest and highest, and what the pillar scores probably are."""
    pillars = tables["pillars"].dropna(subset=["score"])
    if pillars.empty:
        return []
    found = []
    for template, kind, extreme in (
        ("pillars_lowest", "weakness", pillars["score"].min()),
        ("pillars_highest", "strength", pillars["score"].max()),
    ):
        rows = pillars[pillars["score"] == extreme]
        facts: dict[str, Cited | Sequence[Cited]] = {
            "pillars": tables.cite_rows("pillars", "code", "code", rows),
            "score": tables.cite("pillars", "score", code=rows["code"].iloc[0]),
            "year": tables.cite("pillars", "year", code=rows["code"].iloc[0]),
        }
        found.append(Finding(template, kind, facts, topic="pillars"))
    check = tables["pillar_check"].iloc[0]
    if abs(check["mean_of_pillars"] - check["impact"]) < SAME_SCORE:
        year = int(check["year"])
        facts = {c: tables.cite("pillar_check", c, year=year) for c in ("mean_of_pillars", "impact", "year")}
        found.append(Finding("pillars_are_impact", "limit", facts, topic="pillars"))
    return found


def _programme_findings(tables: Tables) -> list[Finding]:
    """Say which sub-dimensions have no programme, and how many owners are stated by a source."""
    portfolio = tables["portfolio"]
    found = []
    empty = portfolio[portfolio["programmes"] == 0]
    if len(empty):
        facts: dict[str, Cited | Sequence[Cited]] = {
            "sub_dimensions": tables.cite_rows("portfolio", "code", "code", empty),
            "programmes": tables.cite("portfolio_totals", "value", measure="programmes"),
        }
        found.append(Finding("sub_dimensions_empty", "gap", facts, topic="programmes"))
    names = ("programmes", "owner_found", "ict")
    facts = {name: tables.cite("portfolio_totals", "value", measure=name) for name in names}
    found.append(Finding("owners_known", "limit", facts, topic="programmes"))
    return found


def _region_findings(tables: Tables) -> list[Finding]:
    """Say where the city stands among its peers."""
    standing = tables["standing"]
    if standing.empty:
        return []
    code = str(standing["region"].iloc[0])
    columns = ("region", "year", "index", "rank", "regions", "best_region", "best_index")
    facts = {c: tables.cite("standing", c, region=code) for c in columns}
    upper = standing["rank"].iloc[0] <= standing["regions"].iloc[0] / 2
    return [Finding("standing", "strength" if upper else "weakness", facts, code, topic="regions")]


def _robustness_findings(tables: Tables) -> list[Finding]:
    """Say how firm the city's rank is, which regions it cannot be told apart from, and what decides most."""
    summary = tables["robustness"]
    if summary.empty:
        return []
    code = str(summary["region"].iloc[0])

    def cited(*columns: str) -> dict[str, Cited | Sequence[Cited]]:
        return {c: tables.cite("robustness", c, region=code) for c in columns}

    facts = cited("region", "rank", "lower", "upper", "level", "draws")
    found = [Finding("rank_band", "fact", facts, code, topic="robustness")]
    compared = tables["compared"]
    unclear = compared[compared["verdict"] == "unclear"]
    facts = cited("region", "above", "below", "unclear")
    if len(unclear):
        names = tables.cite_rows("compared", "region", "region", unclear)
        found.append(Finding("told_apart_some", "limit", {**facts, "names": names}, code, topic="robustness"))
    else:
        found.append(Finding("told_apart_all", "fact", facts, code, topic="robustness"))
    top = tables["drivers"].iloc[0]["input"]
    facts = {c: tables.cite("drivers", c, input=top) for c in ("input", "total")}
    found.append(Finding("rank_driver", "fact", facts, topic="robustness"))
    if summary["failed"].iloc[0]:
        found.append(Finding("draws_failed", "limit", cited("failed", "draws"), code, topic="robustness"))
    return found


def _disparity_findings(tables: Tables) -> list[Finding]:
    """Say how unequal the regions are, with and without the region that drives the measure, and between groups."""
    found = []
    if (tables["influence"]["measure"] == "williamson").any():
        columns = ("all_regions", "without", "region", "year")
        facts = {c: tables.cite("influence", c, measure="williamson") for c in columns}
        found.append(Finding("williamson_driven", "limit", facts, topic="disparity"))
    split = tables["decomposition"]
    if len(split):
        year = int(split["year"].max())
        columns = ("total", "between_share", "within_share", "year")
        facts = {c: tables.cite("decomposition", c, year=year) for c in columns}
        found.append(Finding("theil_split", "fact", facts, topic="disparity"))
    years = tables["disparity_years"]
    if len(years) > 1:
        first, last = int(years["year"].min()), int(years["year"].max())
        facts = {
            "first": tables.cite("disparity_years", "year", year=first),
            "last": tables.cite("disparity_years", "year", year=last),
            "gini_first": tables.cite("disparity_years", "gini", year=first),
            "gini_last": tables.cite("disparity_years", "gini", year=last),
        }
        wider = facts["gini_last"].value > facts["gini_first"].value
        template, kind = ("gini_wider", "weakness") if wider else ("gini_narrower", "strength")
        found.append(Finding(template, kind, facts, topic="disparity"))
    return found


def _unknown_findings(tables: Tables) -> list[Finding]:
    """Name what is not known, from the table of what is."""
    known = tables["known_by_year"]
    found = []
    for row in known[~known["known"].astype(bool)].itertuples():
        facts = {"year": tables.cite("known_by_year", "year", key=row.key)}
        found.append(Finding(f"unknown_{row.what}", "unknown", facts, str(row.year), topic="unknown"))
    areas = tables["area_data"]
    bare = areas[(areas["level"] == "kelurahan") & (areas["social_indicators"] == 0)]
    if len(bare):
        columns = ("regions", "indicators", "social_indicators")
        facts = {c: tables.cite("area_data", c, level="kelurahan") for c in columns}
        found.append(Finding("unknown_area_indicators", "unknown", facts, topic="unknown"))
    return found

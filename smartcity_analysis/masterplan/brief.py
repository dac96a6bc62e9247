"""What a review says to one agency: what it asks, what it found, and what is to be checked first.

Programmes, findings and the agency's place rest on real rows; items and delivery carry the status of what they show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import UnknownNameError
from ..study import Study, weakest_status
from ..study.privacy.small_cells import hidden_in_total
from .achievement import achievement
from .programmes import NO_OWNER, owners_of
from .progress import progress
from .statements import real_rows
from .survey.verified import maturity_pairs

__all__ = ["CHECKS", "MEASURES", "REASONS", "AgencyBrief", "agency_brief"]

REASONS = ("own_programme", "own_pillar", "whole_city")  # why a finding concerns an agency, the closest first
MEASURES = ("programmes_owned", "owner_stated_share", "gaps_per_programme")
CHECKS: Mapping[str, tuple[str, ...]] = {  # what is to be checked first, and the gaps of programmes that ask for it
    "check_agency": (),
    "check_owner": ("owner_unverified", "owner_inferred"),
    "check_years": ("years_unknown",),
    "check_ict": ("ict_unknown",),
    "check_actions": (),
    "check_unlisted": (),
}
_KINDS = ("weakness", "gap", "limit", "unknown", "fact", "strength", "challenge", "opportunity")  # in this order
_CITY = (("score_fell", "score_rose"), ("target_asks_more", "target_asks", "targets_all_missed"))  # the first of each
_PLACE = re.compile(r"\[([^\]]*)\]\.(\w+)")  # row and column of a piece of evidence
_NAMING = ("code", "pillar")  # evidence from these columns is what the sentence names, not what it compares with


@dataclass(frozen=True, eq=False)
class AgencyBrief:
    """What one agency reads of the review of `year`; every table has a column ``status``.

    Parameters
    ----------
    opd : str
        The agency's code.
    year : int
    agency : DataFrame, one row
        opd, name, abbreviation, pillars, existence (``unverified``: no source names the agency).
    owned, supported : DataFrame
        The review's actions that it carries, and those it helps with: the columns of the table of actions.
    findings : DataFrame
        id, text_id, text_en, kind, reason (of :data:`REASONS`), concerns (what of its own, or ``whole_city``).
    programmes : DataFrame
        programme, name, pillar, sub_dimension, owner_status, ict, quick_win_years, period (as the source has it), gaps
        (words of :data:`smartcity_analysis.masterplan.gaps.GAPS`, ``;`` between them).
    standing : DataFrame, one row an agency and measure, no agency named
        measure (of :data:`MEASURES`), value, own. Empty for an agency without programmes.
    items : DataFrame
        question, pillar, sub_dimension, text_id, text_en, hidden (the own score rests on too few forms to be shown)
        and, where any is known, self_score and verified (0-4).
    delivery, targets : DataFrame
        The rows of :func:`progress` and :func:`achievement` on its programmes.
    checks : DataFrame
        number, check (of :data:`CHECKS`), concerns (codes of programmes, numbers of actions).
    """

    opd: str
    year: int
    agency: pd.DataFrame
    owned: pd.DataFrame
    supported: pd.DataFrame
    findings: pd.DataFrame
    programmes: pd.DataFrame
    standing: pd.DataFrame
    items: pd.DataFrame
    delivery: pd.DataFrame
    targets: pd.DataFrame
    checks: pd.DataFrame

    @property
    def name(self) -> str:
        """The agency's name."""
        return str(self.agency["name"].iloc[0])

    @property
    def abbreviation(self) -> str:
        """The agency's short name."""
        return str(self.agency["abbreviation"].iloc[0])

    @property
    def asked(self) -> str:
        """Whether the review asks for anything: ``asked`` or ``not_asked``."""
        return "asked" if len(self.owned) + len(self.supported) else "not_asked"

    @property
    def recorded(self) -> str:
        """Whether any programme is recorded as the agency's: ``recorded`` or ``not_recorded``."""
        return "recorded" if len(self.programmes) else "not_recorded"

    @property
    def totals(self) -> dict[str, Any]:
        """How many actions are owned and supported, when the first is due, how many programmes and gaps there are."""
        due = pd.concat([self.owned["due_year"], self.supported["due_year"]])
        gaps = int(self.programmes["gaps"].dropna().str.split(";").map(len).sum())
        counts = {"owned": len(self.owned), "supported": len(self.supported), "programmes": len(self.programmes)}
        return counts | {"gaps": gaps, "due_year": int(due.min()) if len(due) else None}


def agency_brief(
    study: Study, year: int, opd: str, *, actions: pd.DataFrame, findings: pd.DataFrame, gaps: pd.DataFrame
) -> AgencyBrief:
    """Return what the agency `opd` reads of the review of `year`.

    Parameters
    ----------
    study : Study
    year : int
    opd : str
        Code of the agency.
    actions, findings, gaps : DataFrame
        The processed tables ``actions``, ``findings`` and ``programme_gaps`` of this review.

    Raises
    ------
    UnknownNameError
        For an agency that the study does not list.
    """
    agencies = study.table("opd")
    if opd not in set(agencies["code"]):
        raise UnknownNameError("OPD", opd, list(agencies["code"]))
    agency = agencies[agencies["code"] == opd].rename(columns={"code": "opd"})
    pillars, gaps = _parts(agency["pillars"].iloc[0]), real_rows(gaps)
    programmes = _programmes(study, opd, gaps)
    own = set(programmes["programme"])
    owned = actions[actions["owner"] == opd].reset_index(drop=True)
    delivery, targets = progress(study, until=year), achievement(study, until=year)
    return AgencyBrief(
        opd,
        year,
        agency[["opd", "name", "abbreviation", "pillars", "existence", "status"]],
        owned,
        actions[_lists(actions["supporting"], opd)].reset_index(drop=True),
        _findings(study, opd, pillars, own, findings),
        programmes,
        _standing(study, opd, gaps),
        _items(study, opd, pillars, year),
        delivery[delivery["programme"].isin(own)].reset_index(drop=True),
        targets[targets["programme"].isin(own)].reset_index(drop=True),
        _checks(agency, programmes, owned),
    )


def _parts(cell: object) -> list[str]:
    return [part.strip() for part in cell.split(";")] if isinstance(cell, str) else []


def _lists(cells: pd.Series, wanted: str) -> pd.Series:
    """Say which list cells hold `wanted`."""
    return cells.map(lambda cell: wanted in _parts(cell)).astype(bool)


def _programmes(study: Study, opd: str, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the agency's programmes, each with its gaps."""
    rows = real_rows(study.table("programmes")).rename(columns={"code": "programme"})
    rows = rows[_lists(rows["owner_opd"], opd)].reset_index(drop=True)
    found = gaps.groupby("code")["gap"].agg(";".join)
    rows = rows.drop(columns=["owner_opd", "source", "note"], errors="ignore")
    return rows.assign(gaps=rows["programme"].map(found).astype(object))


def _findings(study: Study, opd: str, pillars: list[str], own: set[str], findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that concern the agency, those closest to it first, then by kind."""
    tree = {child.code: pillar.code for pillar in study.framework.root.children for child in (pillar, *pillar.children)}
    ids = findings.groupby("template")["id"].first()
    city = [next((ids[template] for template in templates if template in ids.index), None) for templates in _CITY]
    rows = []
    for row in findings.to_dict("records"):
        named = list(_named(row["evidence"]))
        mine = [value for key, value, _ in named if value in own or (key == "opd" and value == opd)]
        about = [tree[value] for _, value, column in named if column in _NAMING and value in tree] + [row["pillar"]]
        shared = [pillar for pillar in pillars if pillar in about]
        whole = ["whole_city"] if row["id"] in city else []
        for reason, concerns in zip(REASONS, (mine, shared, whole), strict=True):
            if concerns:
                rows.append(row | {"reason": reason, "concerns": ";".join(dict.fromkeys(concerns))})
                break
    columns = ["id", "text_id", "text_en", "kind", "reason", "concerns", "status"]
    order = sorted(rows, key=lambda row: (REASONS.index(row["reason"]), _KINDS.index(row["kind"])))
    return pd.DataFrame(order, columns=columns)


def _named(evidence: object) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and column of everything that a finding's evidence points to."""
    for row, column in _PLACE.findall(str(evidence)):
        for part in row.split(", "):
            key, _, value = part.partition("=")
            yield key, value, column


def _standing(study: Study, opd: str, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the measures of every agency that owns programmes, without its name, in order of value."""
    columns = ["measure", "value", "own", "status"]
    programmes = real_rows(study.table("programmes")).set_index("code")
    rows = owners_of(study)
    rows = rows[rows["programme"].isin(programmes.index) & (rows["opd"] != NO_OWNER)]
    if opd not in set(rows["opd"]):
        return pd.DataFrame(columns=columns)
    rows = rows.assign(
        stated=rows["programme"].map(programmes["owner_status"] == "found").astype(float),
        gaps=rows["programme"].map(gaps["code"].value_counts()).fillna(0.0),
        status=rows["programme"].map(programmes["status"]),
    )
    groups = rows.groupby("opd")
    values = (groups.size().astype(float), groups["stated"].mean(), groups["gaps"].mean())
    statuses = groups["status"].agg(weakest_status)
    tables = [
        pd.DataFrame({"measure": measure, "value": value, "own": value.index == opd, "status": statuses})
        for measure, value in zip(MEASURES, values, strict=True)
    ]
    return pd.concat([table.sort_values(["value", "own"]) for table in tables], ignore_index=True)[columns]


def _items(study: Study, opd: str, pillars: list[str], year: int) -> pd.DataFrame:
    """Return the maturity items of the agency's pillars with its scores; without any score, without their columns.

    Its own scores are hidden where they rest on fewer forms than the study's small cell, or would give away those of
    another agency, as the mean over all agencies is published.
    """
    asked = study.table("survey_questions").rename(columns={"code": "question"})
    asked = asked[(asked["section"] == "maturity") & asked["pillar"].isin(pillars)]
    asked = asked[["question", "pillar", "sub_dimension", "text_id", "text_en", "status"]]
    pairs, small = maturity_pairs(study, year), study.spec.privacy.small_cell
    pairs = pairs[pairs["question"].isin(asked["question"])]
    hide = [pd.Series(hidden_in_total(own["forms"], small), own.index) for _, own in pairs.groupby("question")]
    pairs = pairs.assign(hidden=pd.concat(hide) if hide else False).query("opd == @opd").set_index("question")
    pairs["hidden"] &= pairs["self_score"].notna()
    pairs["self_score"] = pairs["self_score"].mask(pairs["hidden"].astype(bool))
    table = asked.join(pairs[["self_score", "verified", "hidden"]], on="question")
    table["hidden"] = table["hidden"].astype(object).fillna(False).astype(bool)
    scored = asked["question"].map(pairs["status"]).astype(object).fillna(asked["status"])
    weakest = [weakest_status(both) for both in zip(asked["status"], scored, strict=True)]
    bare = [column for column in ("self_score", "verified") if table[column].isna().all()]
    bare = ["verified"] * ("verified" in bare) if table["hidden"].any() else bare
    table = table.assign(status=pd.Series(weakest, table.index, dtype=object))
    return table.drop(columns=bare).reset_index(drop=True)


def _checks(agency: pd.DataFrame, programmes: pd.DataFrame, owned: pd.DataFrame) -> pd.DataFrame:
    """Return what the agency checks first, numbered: only what there is to check, and always what is not listed."""
    found: dict[str, list[str]] = {"check_agency": list(agency.loc[agency["existence"] == "unverified", "opd"])}
    found["check_actions"] = [str(number) for number in owned["number"]]
    for check, gaps in CHECKS.items():
        if gaps:
            asks = programmes["gaps"].map(lambda cell, asked=set(gaps): bool(asked & set(_parts(cell)))).astype(bool)
            found[check] = list(programmes.loc[asks, "programme"])
    kept = [check for check in CHECKS if found.get(check) or check == "check_unlisted"]
    concerns = pd.Series([";".join(found.get(check, [])) or None for check in kept], dtype=object)
    status = weakest_status([*agency["status"], *programmes["status"], *owned["status"]])
    return pd.DataFrame({"number": range(1, len(kept) + 1), "check": kept, "concerns": concerns, "status": status})

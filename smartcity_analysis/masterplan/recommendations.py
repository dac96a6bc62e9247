"""Recommendations of this review: each made from a finding by a declared rule, with an owner taken from the data.

An owner that the data do not name is left open. Ids are made of the rule and its subject, so that an action keeps its
id from run to run while its finding is the same; numbers follow the horizon.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..study import Study, weakest_status
from .findings import Cited, Finding

__all__ = ["HORIZONS", "RULES", "Action", "Rule", "actions_table", "review_actions"]

HORIZONS: Mapping[str, int] = {"short": 1, "medium": 5, "long": 10}  # years
MOST_SUPPORTING = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """How a finding becomes an action.

    `finding` and `action` are templates. `owner` says who carries it: ``coordinator`` (whom sources name most often as
    owner), ``pillar`` (who owns most programmes of the subject's pillar), or ``open`` (nobody is named). `supporting`
    says who helps: ``pillar``, ``ict`` (owners of ICT programmes), ``districts``, ``all`` (owners of most programmes)
    or nobody. With `each`, every value of that fact gets an action of its own.
    """

    finding: str
    action: str
    horizon: str
    owner: str = "coordinator"
    supporting: str = ""
    each: str = ""


RULES = (
    Rule("target_asks_more", "agree_target", "short"),
    Rule("target_asks", "agree_target", "short"),
    Rule("delivery_unknown", "report_delivery", "short", supporting="all"),
    Rule("follow_up", "report_follow_up", "short"),
    Rule("unknown_dimensions", "ask_components", "short"),
    Rule("unknown_score", "record_result", "short"),
    Rule("pillar_owners", "confirm_owners", "short", "pillar", "pillar"),
    Rule("effort_dimensions", "raise_dimensions", "medium"),
    Rule("sub_dimensions_empty", "fill_sub_dimension", "medium", "open", "pillar", "sub_dimensions"),
    Rule("pillars_lowest", "lift_pillar", "medium", "pillar", "pillar", "pillars"),
    Rule("unknown_area_indicators", "measure_areas", "medium", supporting="districts"),
    Rule("ict_share", "keep_without_ict", "medium", supporting="ict"),
    Rule("method_break", "keep_items", "long"),
)


@dataclass(frozen=True, eq=False)
class Action:
    """One recommended action: `rule` names its words, the facts of `finding` and `subject` fill them."""

    rule: Rule
    finding: Finding
    owner: str | None
    supporting: Sequence[str]
    owner_status: str
    subject: str = ""
    pillar: str | None = None

    @property
    def id(self) -> str:
        """A short id made of the rule's action and the subject, the same in every run."""
        subject = f"{self.finding.subject}|{self.subject}"
        return f"R-{hashlib.sha256(f'{self.rule.action}|{subject}'.encode()).hexdigest()[:6]}"

    @property
    def status(self) -> str:
        """The weakest status of the finding and of what names the owner."""
        return weakest_status([self.finding.status, *([self.owner_status] if self.owner else [])])

    def values(self) -> dict[str, Any]:
        """Return what fills the words: the facts of the finding, and the subject."""
        return self.finding.values() | {"subject": self.subject}


class _Owners:
    """Who could carry an action, from a study's own rows (stand-ins do not count).

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study):
        rows = study.table("programmes")
        self.programmes = rows[rows["status"] != "illustrative"]
        opd = study.table("opd")
        self.opd = opd[opd["status"] != "illustrative"].set_index("code")

    def ranked(self, programmes: pd.DataFrame) -> list[str]:
        """Return the owners of `programmes`, the most frequent first, equals in the order they are named."""
        named = [code for owners in programmes["owner_opd"].dropna() for code in _codes(owners)]
        return [code for code, _ in Counter(named).most_common()]

    def group(self, name: str, pillar: str | None) -> list[str]:
        """Return the OPDs that the word `name` of a rule stands for, the first one first."""
        rows = self.programmes
        if name == "coordinator":
            return self.ranked(rows[rows["owner_status"] == "found"])
        if name == "pillar":
            return self.ranked(rows[rows["pillar"] == pillar])
        if name == "ict":
            return self.ranked(rows[rows["ict"] == "ict"])
        if name == "all":
            return self.ranked(rows)
        if name == "districts":
            return list(self.opd.index[self.opd["kind"] == "kecamatan"])
        return []

    def status(self, code: str | None, group: str) -> str:
        """Return the weakest status of naming `code`: an owner that no source states is an estimate."""
        if code is None:
            return "official"
        own = str(self.opd.at[code, "status"]) if code in self.opd.index else "estimated"
        return own if group == "coordinator" else weakest_status([own, "estimated"])


def review_actions(findings: Iterable[Finding], study: Study, rules: Sequence[Rule] = RULES) -> list[Action]:
    """Return the actions that follow from the findings by the rules, the nearest horizon first.

    Parameters
    ----------
    findings : iterable of Finding
        As printed; what is withheld gives no action.
    study : Study
        Programmes and OPDs name the owners.
    rules : sequence of Rule
    """
    owners = _Owners(study)
    by_template: dict[str, list[Finding]] = {}
    for finding in findings:
        by_template.setdefault(finding.template, []).append(finding)
    found = [
        _action(rule, finding, subject, owners)
        for rule in rules
        for finding in by_template.get(rule.finding, [])
        for subject in _subjects(rule, finding)
    ]
    order = list(HORIZONS)
    return sorted(found, key=lambda action: order.index(action.rule.horizon))


def _subjects(rule: Rule, finding: Finding) -> list[str]:
    if not rule.each:
        return [""]
    facts = finding.facts[rule.each]
    return [str(fact.value) for fact in ([facts] if isinstance(facts, Cited) else facts)]


def _action(rule: Rule, finding: Finding, subject: str, owners: _Owners) -> Action:
    pillar = subject[:3] if subject else finding.pillar  # a sub-dimension begins with its pillar
    chosen = owners.group(rule.owner, pillar)
    owner = chosen[0] if chosen else None
    helping = [code for code in owners.group(rule.supporting, pillar) if code != owner][:MOST_SUPPORTING]
    return Action(rule, finding, owner, helping, owners.status(owner, rule.owner), subject, pillar)


def actions_table(
    actions: Iterable[Action], phrases: Mapping[str, Callable[[Action, str], str]], *, until: int
) -> pd.DataFrame:
    """Return actions as a table, numbered, with one column a language for each of their words.

    Parameters
    ----------
    actions : iterable of Action
    phrases : mapping of language to callable
        ``phrases[language](action, part)`` says the part ``text``, ``indicator`` or ``target``.
    until : int
        The review year; an action is due `HORIZONS` years later.

    Returns
    -------
    DataFrame, one row an action
        number, id, finding, template, pillar, text_id, text_en, owner, supporting (separated by ``;``), horizon,
        due_year, indicator_id, indicator_en, target_id, target_en, status.
    """
    parts = [f"{part}_{code}" for part in ("text", "indicator", "target") for code in phrases]
    columns = ["number", "id", "finding", "template", "pillar", *parts, "owner", "supporting", "horizon", "due_year"]
    rows = [
        {
            "number": number,
            "id": action.id,
            "finding": action.finding.id,
            "template": action.rule.action,
            "pillar": action.pillar,
            **{
                f"{part}_{c}": say(action, part)
                for part in ("text", "indicator", "target")
                for c, say in phrases.items()
            },
            "owner": action.owner,
            "supporting": ";".join(action.supporting) or None,
            "horizon": action.rule.horizon,
            "due_year": until + HORIZONS[action.rule.horizon],
            "status": action.status,
        }
        for number, action in enumerate(actions, start=1)
    ]
    return pd.DataFrame(rows, columns=[*columns, "status"])


def _codes(owners: Any) -> list[str]:
    """Return the codes of a list cell."""
    return [part.strip() for part in str(owners).split(";") if part.strip()]

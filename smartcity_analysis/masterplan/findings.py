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

__all__ = [
    "FIRMNESS", "KINDS", "REASONS", "Cited", "Facts", "Finding", "Tables", "findings_table", "reason_withheld",
    "select", "withheld_table",
]  # fmt: skip

KINDS = ("fact", "strength", "weakness", "opportunity", "challenge", "gap", "limit", "unknown")
FIRMNESS = ("firm", "likely", "weak", "stated")  # how a finding stands other choices; "stated" was not put to them
REASONS = ("illustrative", "missing", "not_robust")  # why a finding is not printed


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
        key = ", ".join(f"{k}={'' if v is None else v}" for k, v in self.row)
        return f"{self.table}[{key}].{self.column}"


Facts = dict[str, Cited | Sequence[Cited]]


@dataclass(frozen=True, eq=False)
class Finding:
    """One finding: `template` names the sentence and `facts` fill it.

    `subject` tells apart findings of the same template (a year, a pillar, a region), so that `id` stays the same from
    run to run while the finding is the same. `firmness` says whether it survives other choices.
    """

    template: str
    kind: str
    facts: Mapping[str, Cited | Sequence[Cited]]
    subject: str = ""
    pillar: str | None = None
    topic: str = ""
    firmness: str = "stated"

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
            chosen &= table[field_name].isna() if value is None else table[field_name] == value
        if int(chosen.sum()) != 1:
            found = f"{int(chosen.sum())} x {key}"
            raise DataError([Breach("evidence_unclear", file=f"{name}.csv", column=column, found=found)])
        row = table.loc[chosen].iloc[0]
        value = table.loc[chosen, column].iloc[0]
        plain = value.item() if hasattr(value, "item") else value
        status = row.get(f"{column}_status", row.get("status", "official"))
        return Cited(plain, name, tuple(key.items()), column, status if isinstance(status, str) else "reported")

    def cite_all(self, name: str, columns: Iterable[str], **key: Any) -> Facts:
        """Return several values of one row, by the names of their columns."""
        return {column: self.cite(name, column, **key) for column in columns}

    def cite_rows(self, name: str, column: str, key: str, rows: pd.DataFrame) -> list[Cited]:
        """Return one citation for each of `rows`, found again by its `key` column."""
        return [self.cite(name, column, **{key: value}) for value in rows[key]]


def reason_withheld(finding: Finding) -> str | None:
    """Return why `finding` is not printed, one of :data:`REASONS`; nothing when it is.

    It rests on an illustrative value, on one that is missing, or it does not survive other choices.

    Parameters
    ----------
    finding : Finding
        The finding.
    """
    if finding.status == "illustrative":
        return "illustrative"
    if any(pd.isna(cited.value) for cited in finding.cited):
        return "missing"
    return "not_robust" if finding.firmness == "weak" else None


def select(findings: Iterable[Finding], **wanted: str | Sequence[str]) -> list[Finding]:
    """Return the findings whose topic, kind, template or pillar is among those wanted.

    With templates, they come in the order of the templates.

    Parameters
    ----------
    findings : iterable of Finding
        In the order wanted.
    **wanted : str | Sequence[str]
        By topic, kind, template or pillar: the values to keep.

    Examples
    --------
    >>> [f.template for f in select([Finding("b", "fact", {}), Finding("a", "gap", {})], kind="gap")]
    ['a']
    """
    lists = {name: [value] if isinstance(value, str) else list(value) for name, value in wanted.items()}
    chosen = [f for f in findings if all(getattr(f, name) in values for name, values in lists.items())]
    order = lists.get("template")
    return sorted(chosen, key=lambda f: order.index(f.template)) if order else chosen


def findings_table(findings: Iterable[Finding], sentences: Mapping[str, Callable[[Finding], str]]) -> pd.DataFrame:
    """Return findings as a table: id, template, topic, kind, pillar, status, firmness, text by language, evidence.

    Parameters
    ----------
    findings : iterable of Finding
        In the order wanted.
    sentences : mapping
        By language, how a finding is said.
    """
    said = [f"text_{code}" for code in sentences]
    columns = ["id", "template", "topic", "kind", "pillar", "status", "firmness", *said, "evidence"]
    rows = [
        {
            "id": finding.id,
            "template": finding.template,
            "topic": finding.topic,
            "kind": finding.kind,
            "pillar": finding.pillar,
            "status": finding.status,
            "firmness": finding.firmness,
            **{f"text_{code}": say(finding) for code, say in sentences.items()},
            "evidence": "; ".join(finding.evidence),
        }
        for finding in findings
    ]
    return pd.DataFrame(rows, columns=columns)


def withheld_table(findings: Iterable[Finding], sentences: Mapping[str, Callable[[Finding], str]]) -> pd.DataFrame:
    """Return findings that are not printed as :func:`findings_table` does, each with its reason.

    Parameters
    ----------
    findings : iterable of Finding
        In the order wanted.
    sentences : mapping
        By language, how a finding is said.
    """
    kept = list(findings)
    return findings_table(kept, sentences).assign(reason=[reason_withheld(finding) for finding in kept])

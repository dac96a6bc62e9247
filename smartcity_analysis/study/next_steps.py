"""What a study still lacks, the most urgent first: from an empty folder to a review that can be run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Breach
from .contracts import TABLES
from .loaded import Study

__all__ = ["REQUIRED", "Step", "first_steps", "next_steps", "without_echoes"]

_ABSENT = {"file_missing": "missing", "empty_table": "empty"}
_SOURCES = ("source_missing", "hash_differs", "source_gone")  # breaches that `check --accept` settles
REQUIRED = tuple(name for name, table in TABLES.items() if table.required)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: `key` says what, `facts` say where."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def without_echoes(breaches: Iterable[Breach]) -> list[Breach]:
    """Return `breaches` but for tables that are not listed as a source, as long as there is something else to mend.

    A file is listed once it can be read, by ``check --accept``.
    """
    known = list(breaches)
    return [breach for breach in known if breach.key != "source_missing"] or known


def first_steps(breaches: Iterable[Breach]) -> list[Step]:
    """Return what to do about a study that cannot be read, the first step first.

    Required tables that are missing or empty come first (``missing``, ``empty``), then files with anything else wrong
    (``broken``). Where only ``SOURCES.csv`` is behind the files, that is the step (``accept``).

    Parameters
    ----------
    breaches : iterable of Breach
        Everything that was found wrong.
    """
    known = list(breaches)
    absent = {}
    broken: Counter[str] = Counter()
    for breach in known:
        file = breach.file.rpartition("/")[2]
        table = file.rpartition(".")[0].lower()
        if breach.key in _ABSENT and table in REQUIRED:
            absent[table] = Step(_ABSENT[breach.key], {"file": file, "table": table})
        elif breach.key not in _SOURCES:
            broken[file] += 1
    steps = [absent[table] for table in REQUIRED if table in absent]
    steps += [Step("broken", {"file": file, "count": count}) for file, count in broken.items()]
    return steps or [Step("accept")] * bool(known)


def next_steps(study: Study) -> list[Step]:
    """Return what to do with a study that can be read: name the city (``city_code``), else run a review (``run``).

    Parameters
    ----------
    study : Study
    """
    code = study.spec.city.code
    if code not in set(study.table("regions")["code"]):
        return [Step("city_code", {"found": code})]
    scores = study.table("scores")
    year = max(
        int(rows["year"].max()) for rows in (study.table("indicators"), scores[scores["score"].notna()]) if len(rows)
    )
    plan = study.spec.masterplan
    return [Step("run", {"year": min(max(year, plan.first_year), plan.last_year) if plan else year})]

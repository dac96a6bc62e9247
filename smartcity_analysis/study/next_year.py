"""A study carried to its next review year: what stays, what is missing, and the rows that are to be filled in.

The tables of a study hold all its years, so that nothing is copied: codes, bounds, corrections and questions stay
where they are. What a year lacks is listed by table and owner, and rows to fill in are written beside the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..disk import write_whole
from ..errors import SmartCityError
from .contracts import TABLES
from .loaded import Study
from .periods import parse_period
from .plain_csv import as_csv

__all__ = ["Missing", "YearError", "YearPlan", "file_year", "plan_year"]

_YEARLY = ("score_components", "score_items", "programme_targets", "programme_coverage")
FOLDER, LIST = "to_fill", "missing.csv"  # a folder of a study that is never read


class YearError(SmartCityError):
    """The year is not after the last one that the study has data of, `last`."""

    def __init__(self, year: int, last: int):
        self.year, self.last = year, last
        super().__init__(f"{year}, {last}")


@dataclass(frozen=True, slots=True)
class Missing:
    """One row that a table lacks: its key, what a reader calls it, and the code of the agency that owes it."""

    table: str
    key: Mapping[str, object]
    item: str
    owner: str = ""


@dataclass(frozen=True, eq=False)
class YearPlan:
    """What is carried to `year` (how many, by kind), and what is missing."""

    year: int
    kept: Mapping[str, int]
    missing: Sequence[Missing]

    @property
    def rows(self) -> dict[str, pd.DataFrame]:
        """The rows to fill in, by table: all its columns, with nothing in them but the key."""
        keys: dict[str, list[dict[str, object]]] = {}
        for missing in self.missing:
            keys.setdefault(missing.table, []).append(dict(missing.key))
        return {n: pd.DataFrame(k).reindex(columns=[c.name for c in TABLES[n].columns]) for n, k in keys.items()}

    def table(self) -> pd.DataFrame:
        """Return what is missing: table, owner, item, key, as text."""
        rows = [
            {"table": m.table, "owner": m.owner, "item": m.item, "key": "; ".join(f"{k}={v}" for k, v in m.key.items())}
            for m in self.missing
        ]
        return pd.DataFrame(rows, columns=["table", "owner", "item", "key"])


def plan_year(study: Study, year: int) -> YearPlan:
    """Return what `study` carries to `year` and what it lacks there; stand-ins are no data and do not count.

    Parameters
    ----------
    study : Study
    year : int
        The review year to open.

    Raises
    ------
    YearError
        When the study has a score of `year` or later: that year is open already.
    """
    scores = _real(study, "scores")
    last = int(scores.loc[scores["score"].notna(), "year"].max()) if scores["score"].notna().any() else 0
    if year <= last:
        raise YearError(year, last)
    catalogue = study.table("catalogue")
    kept = {
        "bounds": int(catalogue[["lower", "upper"]].notna().all(axis=1).sum()),
        "recommendations": len(study.table("recommendations")),
        "corrections": len(study.table("corrections")),
        "questions": len(study.table("survey_questions")),
        "sources": len(study.table("sources")),
    }
    wanted = (_indicators, _scores, _yearly, _progress, _statuses)
    return YearPlan(year, kept, [missing for each in wanted for missing in each(study, year)])


def file_year(study: Study, plan: YearPlan, forms: Mapping[str, bytes]) -> tuple[Path, list[str], list[str]]:
    """Write the list of what is missing, and `forms` (by name), into a folder of the study that is never read.

    Nothing that is there is written over but the list.

    Parameters
    ----------
    study : Study
    plan : YearPlan
        From `plan_year`.
    forms : mapping of str to bytes
        Workbooks to fill in, by file name.

    Returns
    -------
    (Path, list of str, list of str)
        The list; the names of the files that were written, and of those that were there already.
    """
    folder = study.folder / FOLDER / str(plan.year)
    listed = write_whole(folder / LIST, as_csv(plan.table()))
    written: list[str] = []
    left: list[str] = []
    for name, data in forms.items():
        if (folder / name).exists():
            left.append(name)
        else:
            write_whole(folder / name, data)
            written.append(name)
    return listed, written, left


def _real(study: Study, name: str) -> pd.DataFrame:
    rows = study.table(name)
    return rows[rows["status"] != "illustrative"]


def _indicators(study: Study, year: int) -> Iterator[Missing]:
    """Yield every value of the last year that an indicator has which it lacks in `year`; one never measured, once."""
    rows = _real(study, "indicators")
    city = study.spec.city.code
    for indicator in study.table("catalogue").itertuples():
        own = rows[(rows["indicator"] == indicator.code) & (rows["year"] <= year)]
        last = own[own["year"] == own["year"].max()]
        there = set(own.loc[own["year"] == year, "region"])
        owner = indicator.owner_opd if isinstance(indicator.owner_opd, str) else ""
        for region in last["region"] if len(last) else [city]:
            if region not in there:
                key = {"region": region, "year": year, "indicator": indicator.code}
                yield Missing("indicators", key, indicator.code, owner)


def _scores(study: Study, year: int) -> Iterator[Missing]:
    """Yield the ministry's score of `year`, where the study has scores."""
    if study.spec.evaluation:
        yield Missing("scores", {"year": year}, str(year))


def _yearly(study: Study, year: int) -> Iterator[Missing]:
    """Yield every row of the last year in the tables that repeat by year: parts of scores, targets, coverage."""
    owners = study.table("programmes").set_index("code")["owner_opd"].dropna()
    for name in _YEARLY:
        rows = _real(study, name)
        rows = rows[rows["year"] <= year]
        key = [part for part in TABLES[name].key if part != "year"]
        there = set(rows.loc[rows["year"] == year, key].itertuples(index=False, name=None))
        for values in rows.loc[rows["year"] == rows["year"].max(), key].itertuples(index=False, name=None):
            if values not in there:
                found = dict(zip(key, values, strict=True))
                owner = str(owners.get(found.get("programme"), ""))
                yield Missing(name, found | {"year": year}, " / ".join(map(str, values)), owner)


def _progress(study: Study, year: int) -> Iterator[Missing]:
    """Yield the progress in `year` of every programme that may run then."""
    rows = _real(study, "programme_progress")
    there = set(rows.loc[rows["year"] == year, "programme"])
    for programme in study.table("programmes").itertuples():
        if programme.code not in there and parse_period(programme.period).state(year) != "not_running":
            owner = programme.owner_opd if isinstance(programme.owner_opd, str) else ""
            yield Missing("programme_progress", {"programme": programme.code, "year": year}, programme.code, owner)


def _statuses(study: Study, year: int) -> Iterator[Missing]:
    """Yield the state in `year` of every recommendation made before that is not known to be done."""
    rows = _real(study, "recommendation_status")
    settled = set(rows.loc[(rows["state"] == "done") | (rows["year"] == year), "recommendation"])
    made = study.table("recommendations")
    for code in made.loc[made["year"] <= year, "code"]:
        if code not in settled:
            yield Missing("recommendation_status", {"recommendation": code, "year": year}, code)

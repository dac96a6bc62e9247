"""Cautions: data that is well-formed but probably wrong, pointed out with its rows and neither changed nor refused.

A caution is data (a key with its facts); its words stand in the message catalogue. Illustrative rows are looked at
apart from real ones, because they say nothing about the city.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from ...errors import MANY, UnknownNameError
from ..illustrative import FOLDER as ILLUSTRATIVE
from ..loaded import Study, weakest_status

__all__ = ["FEWEST", "KEYS", "Caution", "caution", "collect", "judged_rows", "observations", "resolution"]

FEWEST = 8  # regions from which a cross-section shows what is usual
# what is said -> (the guard that says it, how serious it is)
KEYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "unit": ("off_unit", "likely_wrong"),
        "share_range": ("impossible_share", "likely_wrong"),
        "share_fraction": ("impossible_share", "likely_wrong"),
        "share_whole": ("impossible_share", "likely_wrong"),
        "total_regions": ("wrong_total", "likely_wrong"),
        "total_columns": ("wrong_total", "likely_wrong"),
        "total_score": ("wrong_total", "likely_wrong"),
        "total_items": ("wrong_total", "likely_wrong"),
        "total_forms": ("wrong_total", "likely_wrong"),
        "jump": ("sudden_jump", "worth_a_look"),
        "stale": ("not_updated", "worth_a_look"),
        "weaker": ("weaker_status", "worth_a_look"),
        "direction": ("reversed_direction", "worth_a_look"),
        "driver_ranks": ("single_driver", "worth_a_look"),
        "driver_leader": ("single_driver", "worth_a_look"),
        "squeezed": ("single_driver", "worth_a_look"),
    }
)
Guard = Callable[[Study], Iterable["Caution"]]


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to check again: `key` of :data:`KEYS`, the `file` and its `rows` (the header is row 1), and facts.

    `status` is the weakest of the rows; `code` is an indicator, or whatever else of the file is meant.
    """

    key: str
    file: str
    rows: tuple[int, ...]
    code: str
    region: str | None = None
    year: int | None = None
    status: str = "official"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def guard(self) -> str:
        """The guard that speaks."""
        return KEYS[self.key][0]

    @property
    def seriousness(self) -> str:
        """How serious it is: ``likely_wrong`` or ``worth_a_look``."""
        return KEYS[self.key][1]


def caution(key: str, study: Study, table: str, rows: pd.DataFrame, code: str, **more: Any) -> Caution:
    """Return the caution `key` about `rows` of a table of `study`, with their file, places and weakest status."""
    status = weakest_status(rows["status"])
    invented = status == ILLUSTRATIVE
    named = [f for f in study.hashes if f.startswith(f"{ILLUSTRATIVE}/") == invented]
    file = next((f for f in named if f.rpartition("/")[2].rpartition(".")[0] == table), f"{table}.csv")
    places = study.rows.get(table)
    numbers = sorted({places[label] if places else int(label) + 2 for label in rows.index})
    return Caution(key, file, tuple(numbers), code, status=status, **more)


def observations(study: Study) -> pd.DataFrame:
    """Return the indicator values that are measured, no yes or no and no level, with what the catalogue says of them.

    Returns
    -------
    DataFrame, indexed as the table ``indicators``
        Its columns, sorted by indicator, region and year, with `depth` (of the region: regions of one depth are peers),
        `unit`, `direction`, `pillar`, `lower` and `upper`.
    """
    rows, catalogue = study.table("indicators"), study.table("catalogue").set_index("code")
    rows = rows[~rows["indicator"].map(catalogue["type"]).isin(["binary", "level"])]
    said = {name: rows["indicator"].map(catalogue[name]) for name in ("direction", "pillar", "lower", "upper")}
    rows = rows.assign(unit=rows["indicator"].map(catalogue["unit_id"]), depth=rows["region"].str.count(r"\."), **said)
    return rows.astype({"year": int, "value": float}).sort_values(["indicator", "region", "year"])


def resolution(values: pd.Series) -> float:
    """Return the unit of the last digit that `values` are written with, 1 for whole numbers.

    Examples
    --------
    >>> resolution(pd.Series([1.5, 2.25])), resolution(pd.Series([10.0, 3.0]))
    (0.01, 1.0)
    """
    kept = values.dropna()
    for digits in range(9):
        if ((kept - kept.round(digits)).abs() <= 1e-12 * kept.abs()).all():
            break
    return float(10.0**-digits)


def judged_rows(study: Study, *, illustrative: bool) -> Study:
    """Return `study` with its real rows only, or as it is where `illustrative` values are to be judged."""
    if illustrative:
        return study
    tables = {n: t[t["status"] != ILLUSTRATIVE] if "status" in t else t for n, t in study.tables.items()}
    return replace(study, tables=MappingProxyType(tables))


def collect(study: Study, guards: Sequence[Guard], *, illustrative: bool) -> list[Caution]:
    """Return what `guards` say of `study`, the serious first; many alike of one indicator and year are one.

    A jump at a value whose unit is off is not said twice.

    Raises
    ------
    UnknownNameError
        For an indicator that ``guards`` of ``study.yaml`` names and the catalogue does not list.
    """
    spec, known = study.spec.guards, list(study.table("catalogue")["code"])
    for code in [*spec.jumps, *spec.additive, *spec.parts, *spec.parts.values()]:
        if code not in known:
            raise UnknownNameError("indicator", code, known)
    rows = judged_rows(study, illustrative=illustrative)
    found = [said for guard in guards for said in guard(rows) if (said.status == ILLUSTRATIVE) == illustrative]
    slips = {(said.file, row) for said in found if said.key == "unit" for row in said.rows}
    found = [said for said in found if said.key != "jump" or not any((said.file, row) in slips for row in said.rows)]
    order = list(KEYS)
    alike: dict[tuple[Any, ...], list[Caution]] = {}
    for said in sorted(found, key=lambda said: order.index(said.key)):
        alike.setdefault((said.key, said.file, said.code, said.year), []).append(said)
    return [said for group in alike.values() for said in _merged(group)]


def _merged(group: Sequence[Caution]) -> Sequence[Caution]:
    """Return cautions alike one by one, or from `MANY` on the first with the rows of all and how many `more`."""
    if len(group) < MANY:
        return group
    rows = tuple(sorted({row for said in group for row in said.rows}))
    facts = {**group[0].facts, "more": len(group) - 1}
    return [replace(group[0], rows=rows, status=weakest_status(said.status for said in group), facts=facts)]

"""From a processed row back to the raw rows it was made of, and from a raw row to what rests on it.

:data:`ORIGINS` says for every processed table that a finding cites which raw rows go into a row of it. What a row is
compared with (all regions of its year, all years before it) went into it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..study import Study

__all__ = ["ORIGINS", "Origin", "raw_rows"]

CITY, PEERS = "city", "peers"
GRDP, INDEX = "grdp_per_capita", "index"  # INDEX stands for the leaves of the peers' index


@dataclass(frozen=True, slots=True)
class Origin:
    """Rows of a raw table that go into a row of a processed one.

    Parameters
    ----------
    table : str
        Raw table.
    study : {"city", "peers"}
    same : mapping of raw column to processed column
        Equal in both; a number is compared as one.
    until, since : (str, str), optional
        Raw column and processed column: rows not after, not before it.
    where : mapping of raw column to value
        What the rows are limited to; the indicator ``"index"`` stands for the leaves of the peers' index.
    year_of : (str, str), optional
        Processed table and column that say the year, where the row itself does not: rows of that year.
    """

    table: str
    study: str = CITY
    same: Mapping[str, str] = field(default_factory=dict)
    until: tuple[str, str] | None = None
    since: tuple[str, str] | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    year_of: tuple[str, str] | None = None


_YEAR: Mapping[str, str] = {"year": "year"}
_OF_PILLAR = tuple(Origin(name, same={"pillar": "code"}) for name in ("programmes", "programme_pillars"))
_DIMENSION = Origin(
    "score_components", same={"code": "code"}, where={"kind": "dimension"}, year_of=("score_check", "year")
)
_UNTIL_TARGET = Origin("scores", until=("year", "target_year"))
_INDEX_YEAR = Origin("indicators", PEERS, where={"indicator": INDEX}, year_of=("standing", "year"))
_GRDP_YEAR = Origin("indicators", PEERS, same=_YEAR, where={"indicator": GRDP})
_SPAN: Mapping[str, Any] = {"until": ("year", "year"), "since": ("year", "first_year")}

ORIGINS: Mapping[str, tuple[Origin, ...]] = MappingProxyType(
    {
        "score_trend": (Origin("scores", same=_YEAR),),
        "target_gap": (_UNTIL_TARGET,),
        "outlook": (_UNTIL_TARGET,),
        "score_check": (Origin("scores", same=_YEAR), Origin("score_components", same=_YEAR)),
        "dimensions": (_DIMENSION,),
        "effort_plan": (
            _DIMENSION,
            Origin("scores", year_of=("target_gap", "target_year")),
        ),
        "pillars": (Origin("score_components", same={**_YEAR, "code": "code"}, where={"kind": "pillar"}),),
        "pillar_check": (Origin("score_components", same=_YEAR),),
        "portfolio": (Origin("programmes", same={"sub_dimension": "code"}),),
        "portfolio_pillars": _OF_PILLAR,
        "portfolio_totals": (Origin("programmes"),),
        "ict_dependence": _OF_PILLAR,
        "delivery_known": (
            Origin("programmes"),
            *(Origin(f"programme_{part}") for part in ("progress", "details", "targets", "coverage")),
        ),
        "city_statements": (Origin("opportunities_challenges", same={"code": "code"}),),
        "follow_up_totals": (Origin("recommendations"), Origin("recommendation_status")),
        "survey_known": (Origin("opd"), Origin("survey_forms", same=_YEAR)),
        "importance_performance": (Origin("survey_answers"),),
        "standing": (Origin("indicators", PEERS, same=_YEAR, where={"indicator": INDEX}),),
        "robustness": (_INDEX_YEAR,),
        "compared": (_INDEX_YEAR,),
        "drivers": (_INDEX_YEAR,),
        "klassen": (Origin("indicators", PEERS, where={"indicator": GRDP}, **_SPAN),),
        "convergence": (Origin("indicators", PEERS, same={"indicator": "indicator"}, **_SPAN),),
        "disparity_years": (_GRDP_YEAR,),
        "decomposition": (_GRDP_YEAR,),
        "influence": (_GRDP_YEAR,),
        "priority_tests": (Origin("indicators", where={"indicator": "stunting_priority"}), Origin("neighbours")),
        "known_by_year": (Origin("scores", same=_YEAR), Origin("score_components", same=_YEAR)),
        "area_data": (Origin("indicators"),),
    }
)


def raw_rows(row: pd.Series, origin: Origin, study: Study, leaves: Sequence[str], year: int | None) -> pd.DataFrame:
    """Return the raw rows that go into a processed `row` by one of its origins, with their ``row`` in the file.

    Parameters
    ----------
    row : Series
        Processed row.
    origin : Origin
    study : Study
        The one the origin names.
    leaves : sequence of str
        Leaves of the peers' index.
    year : int, optional
        What `year_of` says.

    Returns
    -------
    DataFrame
        The raw table's own columns, and ``row``; a table that the study does not have gives none.
    """
    table = study.table(origin.table)
    table.insert(0, "row", list(study.rows.get(origin.table, ())) or pd.Series(dtype=int))
    chosen = np.ones(len(table), dtype=bool)
    for raw, processed in origin.same.items():
        chosen &= (table[raw] == row[processed]).to_numpy()
    for raw, value in origin.where.items():
        chosen &= table[raw].isin(leaves if value == INDEX else [value]).to_numpy()
    if origin.until:
        chosen &= (table[origin.until[0]] <= row[origin.until[1]]).to_numpy()
    if origin.since:
        chosen &= (table[origin.since[0]] >= row[origin.since[1]]).to_numpy()
    if origin.year_of and year is not None:
        chosen &= (table["year"] == year).to_numpy()
    return table[chosen]

"""Which regions of a study are ahead and grow, and whose type depends on how the lines are drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..study import Study
from .panel import disparity_panel
from .position import KLASSEN, klassen

__all__ = ["klassen_table", "klassen_types"]

_LATER = (1, 2)  # by how many years the start of growth is moved to see whether a type is firm


def klassen_table(study: Study, *, until: int) -> pd.DataFrame:
    """Return the Klassen typology of the study's disparity indicator, and which regions keep their type.

    The lines are the level and the growth of all regions together, by their populations in each of the two years. A
    type is firm when it stays the same with growth from one and two years later, and with lines drawn without the
    region that moves the level of all most.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a region, by type and then by level
        region, year, first_year, level, growth (a year; 0.05 is 5 %), type, firm, people (of the last year),
        reference_level, reference_growth, status.
    """
    values, people = disparity_panel(study, until=until)
    spec = study.spec.disparity
    assert spec is not None  # the panel has refused otherwise
    first, last = values.columns[0], values.columns[-1]
    found = _typed(values, people, first, values.index)
    weight = people[last] / people[last].sum()
    without = (weight @ values[last] - weight * values[last]) / (1 - weight)
    heavy = (without - weight @ values[last]).abs().idxmax()
    others = [_typed(values, people, year, values.index) for year in values.columns[list(_LATER)] if year < last]
    others.append(_typed(values, people, first, values.index.drop(heavy)))
    firm = pd.concat([other["type"] == found["type"] for other in others], axis=1).all(axis=1)
    table = found[["level", "growth", "type"]].assign(
        firm=firm, people=people[last], **found.attrs, status=study.status_of([spec.indicator, spec.population], values)
    )
    table.insert(0, "first_year", first)
    table.insert(0, "year", last)
    order = table["type"].map(KLASSEN.index)
    return table.iloc[np.lexsort((-table["level"], order))].rename_axis("region").reset_index()


def klassen_types(table: pd.DataFrame) -> pd.DataFrame:
    """Count a table of :func:`klassen_table`: type, year, regions, firm (of them), people_share, status.

    Parameters
    ----------
    table : DataFrame
        As :func:`klassen_table` gives it.

    Returns
    -------
    DataFrame
    """
    groups = table.groupby("type")
    counts = groups.agg(year=("year", "first"), regions=("region", "size"), firm=("firm", "sum"))
    counts["people_share"] = groups["people"].sum() / table["people"].sum()
    counts["status"] = groups["status"].first()
    return counts.reindex([name for name in KLASSEN if name in counts.index]).rename_axis("type").reset_index()


def _typed(values: pd.DataFrame, people: pd.DataFrame, first: int, lines: pd.Index) -> pd.DataFrame:
    """Return the typology of all regions from `first` on, by the level and growth of those in `lines` together."""
    last = values.columns[-1]
    level = {year: np.average(values.loc[lines, year], weights=people.loc[lines, year]) for year in (first, last)}
    pace = (level[last] / level[first]) ** (1 / (last - first)) - 1
    return klassen(values[first], values[last], last - first, reference_level=level[last], reference_growth=pace)

"""Tables of one year or of many, as arrays: ``(region, indicator)`` or ``(year, region, indicator)``.

Rows are found by their labels, so that neither their order nor a missing row can put a value on another region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .labels import checked_array, listed
from .methods import Array, ScoringError

__all__ = ["Table", "Values", "read_table"]

YEAR = "year"
Values: TypeAlias = pd.DataFrame | Mapping[int, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Values with and without their labels.

    Parameters
    ----------
    frame : DataFrame
        The values as they were given, as float64; years given one by one are one frame by (year, region).
    array : array, (region, indicator) or (year, region, indicator)
        Years ascending; a row that was not given is NaN.
    regions, years : Index, Index or None
        What the axes are.
    rows : tuple of array
        Where each row of `frame` stands in `array`.
    """

    frame: pd.DataFrame
    array: Array
    regions: pd.Index
    years: pd.Index | None
    rows: tuple[np.ndarray, ...]

    def given_rows(self, array: Array) -> Array:
        """Return the rows of an array ``(..., [year,] region, indicator)`` as they stand in the frame."""
        where: tuple[Any, ...] = (..., *self.rows, slice(None))
        return array[where]

    def framed(self, array: Array) -> pd.DataFrame:
        """Return an array with the labels of the frame."""
        return pd.DataFrame(self.given_rows(array), index=self.frame.index, columns=self.frame.columns)


def read_table(values: Values, what: str = "values") -> Table:
    """Return a region by indicator table, of one year or several, as a checked array.

    Parameters
    ----------
    values : DataFrame or mapping of year to DataFrame
        Region by indicator. Several years: rows by region and year, in any order (the level
        named ``year``, else the second); or a table a year.
    what : str
        What the numbers are, for messages.

    Raises
    ------
    ScoringError
        For what :func:`checked_array` refuses, years that are no numbers, an index of other levels, and tables of
        different indicators.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("b", 2021), ("a", 2021), ("a", 2020)], names=["region", "year"])
    >>> table = read_table(pd.DataFrame({"water": [1.0, 2.0, 3.0]}, index=index))
    >>> table.array[..., 0].tolist(), list(table.regions), list(table.years)
    ([[nan, 3.0], [1.0, 2.0]], ['b', 'a'], [2020, 2021])
    """
    frame = _stacked(values, what) if isinstance(values, Mapping) else values
    array = checked_array(frame, what)
    frame = pd.DataFrame(array, index=frame.index, columns=frame.columns)
    if not isinstance(frame.index, pd.MultiIndex):
        return Table(frame, array, frame.index, None, (np.arange(len(frame)),))
    if frame.index.nlevels != 2:
        raise ScoringError([f"The {what}: found rows by {listed(frame.index.names)}, expected by region and year."])
    level = list(frame.index.names).index(YEAR) if YEAR in frame.index.names else 1
    given, labels = frame.index.get_level_values(level), frame.index.droplevel(level)
    if not pd.api.types.is_numeric_dtype(given.dtype) or given.hasnans:
        remedy = "Rows are (region, year), unless a level is named 'year'."
        found = f"found years {listed(given.unique())}, expected numbers such as 2024"
        raise ScoringError([f"The {what}: {found}. {remedy}"])
    regions = labels.unique()
    years = given.unique().sort_values()
    rows = (years.get_indexer(given), regions.get_indexer(labels))
    panel = np.full((len(years), len(regions), array.shape[-1]), np.nan)
    panel[rows] = array
    return Table(frame, panel, regions, years, rows)


def _stacked(values: Mapping[int, pd.DataFrame], what: str) -> pd.DataFrame:
    """Return tables by year as one frame by (year, region), refusing tables of different indicators."""
    if not values:
        raise ScoringError([f"The {what}: found no year, expected a table a year."])
    for frame in values.values():
        checked_array(frame, what)
    first, *others = values
    columns = values[first].columns
    problems = [
        f"The {what}: found {listed(columns.symmetric_difference(values[year].columns))} in only one of {first} and "
        f"{year}, expected the same indicators every year. Add an empty column where one is missing."
        for year in others
        if set(values[year].columns) != set(columns)
    ]
    if problems:
        raise ScoringError(problems)
    return pd.concat({year: frame[columns].rename_axis("region") for year, frame in values.items()}, names=[YEAR])

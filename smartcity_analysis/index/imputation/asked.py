"""What is asked of an imputation, checked and made ready: one record, one table, and what is known of its axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..labels import cells, listed
from ..methods import Array, Mask, Method, ScoringError
from ..own import MethodOrFunction, called, find_or_wrap, options_in_order
from ..years import Table, Values, read_table
from .fillers import IMPUTERS, Imputer, Layout

__all__ = ["Names", "Task", "fill", "prepare"]

Names: TypeAlias = Mapping[Any, Any] | pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """An imputation that can be run; `options` by indicator are arrays, `given` is what the caller wrote."""

    record: Method
    table: Table
    layout: Layout
    options: Mapping[str, Any]
    given: Mapping[str, Any]

    def run(self) -> tuple[pd.DataFrame, Mapping[str, Any]]:
        """Return the filled frame and the method's notes.

        Raises
        ------
        ScoringError
            When gaps are left by a method that has to fill all.
        """
        array, notes = fill(self.record, self.table.array, self.layout, self.options)
        frame = self.table.framed(array)
        left = frame.isna().to_numpy()
        if left.any() and not (isinstance(self.record, Imputer) and self.record.partial):
            raise ScoringError(_left(self, left))
        return frame, notes


def fill(record: Method, values: Array, layout: Layout, options: Mapping[str, Any]) -> tuple[Array, Mapping[str, Any]]:
    """Return arrays ``(..., [year,] region, indicator)`` with gaps filled, and the notes of the method.

    Observed values come back as they are, whatever the kernel does to them; NaN where it fills nothing. Options
    given by indicator are arrays already.

    Raises
    ------
    ScoringError
        When the kernel's result has another shape or is infinite.
    """
    filled, notes = called(record, values, layout, options)
    if filled.shape != values.shape:
        raise ScoringError([f"{record.name}: found an array {filled.shape}, expected {values.shape} as it was given."])
    return np.where(np.isnan(values), filled, values), notes


def prepare(
    values: Values, method: MethodOrFunction, groups: Names | None, pillars: Names | None, options: Mapping[str, Any]
) -> Task:
    """Return the task, refusing at once all that would keep it from being done."""
    record = find_or_wrap(IMPUTERS, method, "imputation method")
    record.check_options(options)
    table = read_table(values)
    given = {"groups": groups, "pillars": pillars, "years": table.years}
    problems = _unfit(record, given) + _empty(record, table)
    numbers: dict[str, np.ndarray | None] = {}
    for what, names, kind in (("groups", table.regions, "region"), ("pillars", table.frame.columns, "indicator")):
        try:
            numbers[what] = _numbered(given[what], names, what, kind)
        except ScoringError as error:
            problems += error.problems
    if problems:
        raise ScoringError(problems)
    years = None if table.years is None else table.years.to_numpy(dtype=float)
    layout = Layout(numbers["groups"], numbers["pillars"], years)
    written = dict(options) | {name: given[name] for name in ("groups", "pillars") if given[name] is not None}
    return Task(record, table, layout, options_in_order(options, list(table.frame.columns)), written)


def _unfit(record: Method, given: Mapping[str, Any]) -> list[str]:
    """Return what the method needs and is not given, or is given and does not read."""
    if not isinstance(record, Imputer):
        return []
    problems = []
    if "pillars" in record.reads and given["pillars"] is None:
        problems.append(f"{record.name}: found no pillars, expected a pillar by indicator. Give pillars=.")
    if "years" in record.reads and given["years"] is None:
        expected = "expected rows by region and year, or a table a year"
        problems.append(f"{record.name}: found values of one year, {expected}. Choose a method within a year.")
    for name in ("groups", "pillars"):
        if given[name] is not None and name not in record.reads:
            can = [known.name for known in IMPUTERS.values() if isinstance(known, Imputer) and name in known.reads]
            problems.append(f"{record.name}: found {name}, which only {listed(can)} read. Leave {name} out.")
    return problems


def _empty(record: Method, table: Table) -> list[str]:
    """Return a message for indicators without any observed value: in all years, or in one that is filled alone."""
    codes = table.frame.columns
    nothing: Mask = np.all(np.isnan(table.array), axis=-2, keepdims=True)[..., 0, :]
    if table.years is None:
        names, remedy = listed(codes[nothing]), "Leave the indicator out."
    elif isinstance(record, Imputer) and "years" in record.reads:
        names, remedy = listed(codes[nothing.all(axis=0)]), "Leave the indicator out."
    else:
        names = cells(nothing, table.years, codes).replace("(regions", "(years")
        remedy = "Fill from other years by linear or last, or leave the indicator out."
    found = f"found no observed value of {names}, expected one at least"
    return [f"The values: {found}. {remedy}"] if names else []


def _numbered(given: Names | None, names: pd.Index, what: str, kind: str) -> np.ndarray | None:
    """Return the number of each name's group, from 0, matched by name."""
    if given is None:
        return None
    if not isinstance(given, Mapping | pd.Series):
        raise ScoringError([f"The {what}: found {type(given).__name__}, expected a Series or mapping by {kind}."])
    series = given if isinstance(given, pd.Series) else pd.Series(dict(given), dtype=object)
    twice = series.index[series.index.duplicated()].unique()
    if len(twice):
        raise ScoringError([f"The {what}: found {listed(twice)} twice, expected each once."])
    found = series.reindex(names)
    absent = names[found.isna()]
    if len(absent):
        raise ScoringError([f"The {what}: found none for {listed(absent)}, expected one for every {kind}. Add them."])
    return pd.factorize(found)[0]


def _left(task: Task, left: Mask) -> list[str]:
    """Return a message for gaps that the method could not fill."""
    record, frame = task.record, task.table.frame
    reads = record.reads if isinstance(record, Imputer) else ()
    fallback = "Give fallback='all', or" if "fallback" in record.options else "Or"
    if "groups" in reads and task.layout.groups is not None:
        groups = _groups_of_rows(task)
        places = "; ".join(
            f"{code!r} (groups {listed(dict.fromkeys(groups[row] for row in np.flatnonzero(gaps)))})"
            for code, gaps in zip(frame.columns, left.T, strict=True)
            if gaps.any()
        )
        return [f"{record.name}: found no observed value of {places}, expected one at least. {fallback} merge groups."]
    places = cells(left, frame.index, frame.columns)
    if "pillars" in reads:
        expected = "expected another score of the region in its pillar"
        return [f"{record.name}: found nothing to fill {places} from, {expected}. {fallback} leave the region out."]
    remedy = "Its kernel must fill them, or be that of an Imputer with partial=True."
    return [f"{record.name}: left {places} missing, expected every gap filled. {remedy}"]


def _groups_of_rows(task: Task) -> list[Any]:
    """Return the group of every row, with the year where there are years."""
    table = task.table
    of_region = [task.given["groups"][name] for name in table.regions]
    groups = [of_region[region] for region in table.rows[-1]]
    return groups if table.years is None else list(zip(groups, table.years[table.rows[0]].tolist(), strict=True))

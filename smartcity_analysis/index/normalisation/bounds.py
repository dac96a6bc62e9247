"""Bounds are data: what a normaliser fitted, or was given, as a table that can be kept and used again.

`lower`, `upper`, `reference` and `target` are in the unit of the value; any other bound (`mean`, `sd`) is in the unit
after the transform. `reference` and `target` are not fitted: they are options of their methods, and kept as bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...errors import UnknownNameError
from ...study.framework import Framework
from ..labels import by_name, cells, listed
from ..methods import Array, Mask, Method, ScoringError

__all__ = [
    "IN_UNIT",
    "POINTS",
    "BoundsLike",
    "bound_arrays",
    "bound_problems",
    "bounds_table",
    "domain_problems",
    "given_bounds",
    "transformed",
]

POINTS = ("lower", "upper")
GOALS = ("reference", "target")  # bounds that a score is measured towards
IN_UNIT = (*POINTS, *GOALS)
TRANSFORMS: Mapping[str, Any] = MappingProxyType({"log": np.log})
BoundsLike: TypeAlias = pd.DataFrame | Mapping[str, tuple[float, float]]


def given_bounds(
    record: Method, options: Mapping[str, Any], values: pd.DataFrame
) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the options that are goals of the method, as arrays in the order of the columns, and the others.

    A goal is given by indicator (mapping or Series), as one number for all, or by a framework whose leaves have it;
    `reference` is a region.

    Raises
    ------
    ScoringError
        When an indicator has no number.
    UnknownNameError
        For a reference region that has no row.
    """
    goals = [name for name in GOALS if name in record.bounds]
    known = {name: options[name] for name in goals if options.get(name) is not None}
    given = {name: _by_indicator(name, value, values) for name, value in known.items()}
    return given, {name: value for name, value in options.items() if name not in goals}


def _by_indicator(name: str, value: Any, values: pd.DataFrame) -> Array:
    codes = list(values.columns)
    if isinstance(value, Framework):
        leaves = [value.node(code).leaf for code in codes]
        found = [getattr(leaf, name, None) for leaf in leaves]
        return np.array([np.nan if number is None else number for number in found], dtype=float)
    if isinstance(value, Mapping | pd.Series):
        return by_name(value, codes, f"option {name}", exact=False)
    if name == "reference":
        if value not in values.index:
            raise UnknownNameError("reference region", value, [str(region) for region in values.index])
        return values.loc[value].to_numpy(dtype=float, na_value=np.nan)
    return np.full(len(codes), float(value))


def bounds_table(
    bounds: BoundsLike,
    record: Method,
    codes: Sequence[str],
    transform: Mapping[str, str | None] | None = None,
    given: Mapping[str, Array] | None = None,
) -> pd.DataFrame:
    """Return bounds in the order of `codes`: columns `method`, `transform` and the method's bounds.

    A column `transform` of a table goes before the argument, and a number in the table before the one in `given`.

    Raises
    ------
    ScoringError
        When an indicator has no row, or the method needs a column that is not there.
    """
    given = given or {}
    if isinstance(bounds, pd.DataFrame):
        table = bounds
    else:
        table = pd.DataFrame(list(bounds.values()), index=list(bounds), columns=list(POINTS), dtype=float)
    _check_table(table, record, codes, given)
    names = (transform or {}) if "transform" not in table.columns else table["transform"].to_dict()
    known = {code: names.get(code) for code in codes}
    index = pd.Index(list(codes), name="indicator")
    result = pd.DataFrame({"method": record.name}, index=index)
    result["transform"] = pd.Series([v if isinstance(v, str) else None for v in known.values()], index, dtype=object)
    for name in record.bounds:
        column = table[name].reindex(list(codes)) if name in table.columns else pd.Series(np.nan, list(codes))
        found = column.astype(float).to_numpy()
        result[name] = np.where(np.isnan(found), given.get(name, np.nan), found)
    return result


def _check_table(table: pd.DataFrame, record: Method, codes: Sequence[str], given: Mapping[str, Array]) -> None:
    absent = [code for code in codes if code not in table.index]
    lacking = [name for name in record.bounds if name not in table.columns and name not in given]
    problems = []
    if table.index.has_duplicates:
        twice = listed(table.index[table.index.duplicated()].unique())
        problems.append(f"The bounds: found {twice} twice, expected one row for every indicator.")
    if absent:
        problems.append(f"The bounds: found none for {listed(absent)}, expected a row for every indicator.")
    if lacking:
        goals = [name for name in lacking if name in GOALS]
        remedy = f"Give {goals[0]}=." if goals else "Fit them with the method they are used with."
        problems.append(f"The bounds: found no column {listed(lacking)}, which {record.name} needs. {remedy}")
    if problems:
        raise ScoringError(problems)


def bound_problems(record: Method, table: pd.DataFrame, array: Array, signs: Array) -> list[str]:
    """Return what keeps the values from being scored within these bounds, if anything."""
    some = ~np.isnan(array).all(axis=0)
    problems = []
    for names in (tuple(name for name in record.bounds if name not in GOALS), *((g,) for g in GOALS)):
        absent = table[[name for name in names if name in record.bounds]].isna().any(axis=1).to_numpy() & some
        if absent.any():
            remedy = f"Give {names[0]}=." if names[0] in GOALS else "Give them with bounds=."
            found = f"found no bounds for {listed(table.index[absent])}, expected {' and '.join(names)}"
            problems.append(f"{record.name}: {found}. {remedy}")
    goal = next((name for name in GOALS if name in record.bounds), None)
    problems += _width_problems(record, table) if goal is None else _goal_problems(record, goal, table, signs)
    logged = _logged(table["transform"])
    for name in (point for point in IN_UNIT if point in record.bounds):
        low = logged & (table[name] <= 0).to_numpy()
        if low.any():
            faulty = listed(table.index[low])
            problems.append(f"log: found a {name} bound of 0 or less for {faulty}, expected one above 0.")
    return problems


def _width_problems(record: Method, table: pd.DataFrame) -> list[str]:
    width = table["upper"] - table["lower"] if set(POINTS) <= set(record.bounds) else table.get("sd")
    if width is None or not (width <= 0).any():
        return []
    names = listed(table.index[width <= 0])
    expected = "expected at least two different values, or an upper bound above the lower"
    remedy = "Drop the indicator, or give fixed bounds with bounds=."
    return [f"{record.name}: found a constant indicator in {names}, {expected}. {remedy}"]


def _goal_problems(record: Method, goal: str, table: pd.DataFrame, signs: Array) -> list[str]:
    worst = np.where(signs > 0, table["lower"], table["upper"])
    behind = signs * (table[goal].to_numpy() - worst) <= 0
    if not behind.any():
        return []
    found = f"found a {goal} that is no better than the worst value of {listed(table.index[behind])}"
    return [f"{record.name}: {found}, expected one that is better. Choose another {goal}, or another method."]


def domain_problems(
    record: Method, x: Array, bounds: Mapping[str, Array], signs: Array, regions: pd.Index, codes: Sequence[str]
) -> list[str]:
    """Return the values after the transform that a method for positive values cannot take, if any."""
    if not record.positive:
        return []
    faulty = (x < 0) | ((x == 0) & (signs < 0))
    if faulty.any():
        expected = "expected 0 or more, and above 0 where less is better"
        remedy = "Correct the values, or choose a method that needs no natural zero, such as minmax."
        return [f"{record.name}: found values it cannot take in {cells(faulty, regions, codes)}, {expected}. {remedy}"]
    best = (
        np.where(signs > 0, bounds["upper"], bounds["lower"])[0] if set(POINTS) <= set(bounds) else np.ones(len(codes))
    )
    low = listed(codes[int(i)] for i in np.flatnonzero(best <= 0))
    return [f"{record.name}: found a best value of 0 or less for {low}, expected one above 0."] if low else []


def bound_arrays(record: Method, table: pd.DataFrame) -> dict[str, Array]:
    """Return the bounds as arrays ``(1, indicator)`` in the unit after the transform."""
    logged = _logged(table["transform"])
    arrays = {}
    for name in record.bounds:
        bound = table[name].to_numpy(dtype=float)
        if name in IN_UNIT:
            bound = np.log(bound, out=bound.copy(), where=logged)
        arrays[name] = bound[np.newaxis, :]
    return arrays


def transformed(array: Array, transform: pd.Series, regions: pd.Index) -> Array:
    """Return values after each indicator's transform.

    Raises
    ------
    ScoringError
        For a logarithm of 0 or less; regions and indicators are named.
    UnknownNameError
        For an unknown transform.
    """
    logged = _logged(transform)
    if not logged.any():
        return array
    faulty = logged & (array <= 0)
    if faulty.any():
        remedy = "Correct the values, or drop the transform."
        places = cells(faulty, regions, transform.index)
        raise ScoringError([f"log: found values of 0 or less in {places}, expected values above 0. {remedy}"])
    return np.log(array, out=array.copy(), where=np.broadcast_to(logged, array.shape))


def _logged(transform: pd.Series) -> Mask:
    for name in transform:
        if isinstance(name, str) and name not in TRANSFORMS:
            raise UnknownNameError("transform", name, list(TRANSFORMS))
    return np.array([name == "log" for name in transform], dtype=bool)

"""What may be measured: the checks that every public function of this room shares, and the way to arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .kernels import Array
from .measures import MEASURES, DisparityError, Measure

__all__ = [
    "as_arrays",
    "check_rng",
    "compute",
    "find_faults",
    "group_faults",
    "label_list",
    "match_faults",
    "refuse",
    "series_faults",
    "split_faults",
    "table_arrays",
    "table_faults",
    "twice_faults",
]


def refuse(faults: Sequence[str]) -> None:
    """Raise all faults at once, if there are any."""
    if faults:
        raise DisparityError("\n".join(faults))


def label_list(labels: pd.Index, most: int = 10) -> str:
    """Return the first `most` labels in quotes, and how many more there are."""
    shown = ", ".join(repr(label) for label in labels[:most])
    return shown + (f" and {len(labels) - most} more" if len(labels) > most else "")


def find_faults(
    values: pd.Series, population: pd.Series | None, measures: Sequence[Measure], fewest: int = 2
) -> list[str]:
    """Return all that keeps the measures from being computed, each as found; expected; remedy."""
    faults = series_faults(values, "values") or _domain_faults(values, measures, fewest)
    if population is None:
        remedy = "pass population=, or use 'coefficient_of_variation', which counts each region once."
        needing = [m.name for m in measures if m.needs_population]
        return faults + [f"Found no population; expected one for {name}; {remedy}" for name in needing]
    unfit = series_faults(population, "population")
    if unfit or not isinstance(values, pd.Series):
        return faults + unfit
    if (empty := population.index[population.to_numpy(dtype=np.float64) <= 0]).size:
        remedy = "expected more than 0; correct it, or drop these regions from values and population."
        faults.append(f"Found a population of 0 or less in {label_list(empty)}; {remedy}")
    return faults + match_faults(values.index, population.index, "population")


def table_faults(
    values: object, population: pd.Series | None, measures: Sequence[Measure], fewest: int = 2
) -> list[str]:
    """Return the faults of every column of a table, regions in rows."""
    if not isinstance(values, pd.DataFrame) or not values.shape[1]:
        kind = type(values).__name__ if not isinstance(values, pd.DataFrame) else "DataFrame without columns"
        return [f"Found values of type {kind}; expected a DataFrame, regions in rows; pass one."]
    suspects = [values.columns[0], *values.columns[1:][_suspect(values, measures, fewest)[1:]]]
    columns = ((code, find_faults(values[code], population, measures, fewest)) for code in suspects)
    return [f"{code}: {fault}" for code, faults in columns for fault in faults]


def _suspect(values: pd.DataFrame, measures: Sequence[Measure], fewest: int) -> NDArray[np.bool_]:
    """Return which columns to look at closely: one look at all of them as an array finds the sound ones."""
    if not all(pd.api.types.is_numeric_dtype(d) and not pd.api.types.is_bool_dtype(d) for d in values.dtypes):
        return np.ones(values.shape[1], dtype=bool)
    x = values.to_numpy(dtype=np.float64, na_value=np.nan)
    floor = 0.0 if any(not m.allows_negative for m in measures) else -np.inf
    fine = (x > floor if any(m.needs_positive for m in measures) else x >= floor) & (x < np.inf)
    return ~fine.all(axis=0) | ((x != 0).sum(axis=0) < fewest)


def table_arrays(values: pd.DataFrame, population: pd.Series | None) -> tuple[Array, Array]:
    """Return the columns `(indicator, region)`, and the weights `(region,)`."""
    weights = as_arrays(values.iloc[:, 0], population)[1]
    return np.ascontiguousarray(values.to_numpy(dtype=np.float64).T), weights


def twice_faults(labels: pd.Index, what: str) -> list[str]:
    """Return the labels that stand there more than once."""
    if labels.is_unique:
        return []
    twice = label_list(labels[labels.duplicated()].unique())
    return [f"Found {twice} more than once in {what}; expected once; drop the others."]


def match_faults(values: pd.Index, other: pd.Index, what: str) -> list[str]:
    """Return the regions that stand in one of the two only."""
    if values.equals(other):
        return []
    remedy = "expected the same regions in both, matched by name; correct the names, or drop these regions."
    without, surplus = values.difference(other, sort=False), other.difference(values, sort=False)
    gaps = ((f"no {what}", without), (f"{what} but no values", surplus))
    return [f"Found {gap} for {label_list(lost)}; {remedy}" for gap, lost in gaps if len(lost)]


def series_faults(series: object, what: str) -> list[str]:
    """Return all that keeps `series` from being finite numbers by region."""
    if not isinstance(series, pd.Series):
        return [f"Found {what} of type {type(series).__name__}; expected a Series; index it by region."]
    faults = twice_faults(series.index, what)
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return [*faults, f"Found {what} of dtype {series.dtype}; expected numbers; convert them first."]
    known = np.isfinite(series.to_numpy(float, na_value=np.nan))
    if not known.all():
        absent = series.index[~known]
        remedy = "expected a number for every region; complete them, or drop these regions yourself."
        faults.append(f"Found missing or infinite {what} for {label_list(absent)}; {remedy}")
    return faults


def _domain_faults(values: pd.Series, measures: Sequence[Measure], fewest: int) -> list[str]:
    if len(values) < fewest:
        return [f"Found {len(values)} region(s); expected {fewest} or more; add the other regions."]
    x = values.to_numpy(dtype=np.float64)
    rules = (
        (x < 0, "values below 0", "0 or more", [m.name for m in measures if not m.allows_negative]),
        (x == 0, "values of 0", "more than 0", [m.name for m in measures if m.needs_positive]),
    )
    remedy = "correct or drop these regions, or use a measure that takes such values."
    faults = [
        f"Found {found} in {label_list(labels)}; expected {expected} for {', '.join(names)}; {remedy}"
        for broken, found, expected, names in rules
        if names and broken.any() and len(labels := values.index[broken])
    ]
    relative = ", ".join(m.name for m in measures if m.scale_invariant)
    least = fewest - 1  # when regions are left out in turn, a second one must not be 0
    if relative and not faults and np.count_nonzero(x) < least:
        some = values.index[x != 0]
        found = f"Found values other than 0 in {len(some)} region(s): {label_list(some) or 'none'}"
        faults.append(f"{found}; expected {least} or more for {relative}; use 'range', which takes all.")
    return faults


def as_arrays(values: pd.Series, population: pd.Series | None) -> tuple[Array, Array]:
    """Return values and weights in the order of `values`; the weights are 1 without population."""
    x = values.to_numpy(dtype=np.float64)
    if population is None:
        return x, np.ones_like(x)
    return x, population.reindex(values.index).to_numpy(dtype=np.float64)


def compute(measure: Measure, values: Array, weights: Array) -> Array:
    """Run the kernel, and refuse a result of another shape or without a number."""
    result = np.asarray(measure.kernel(values, weights), dtype=np.float64)
    expected = np.broadcast_shapes(values.shape, weights.shape)[:-1]
    source = f"from the kernel of {measure.name!r}; expected"
    if result.shape != expected:
        remedy = "a kernel reduces the last axis (regions) and keeps the others."
        raise DisparityError(f"Found a result of shape {result.shape} {source} {expected}; {remedy}")
    if not np.isfinite(result).all():
        remedy = "say in its record what it cannot take (needs_positive, ...), or mend the kernel."
        raise DisparityError(f"Found a result that is not finite {source} finite numbers; {remedy}")
    return result


def check_rng(rng: object) -> list[str]:
    """Return what is wrong with a source of random numbers."""
    if isinstance(rng, np.random.Generator):
        return []
    remedy = "expected a numpy.random.Generator; pass numpy.random.default_rng(seed)."
    return [f"Found rng of type {type(rng).__name__}; {remedy}"]


def split_faults(measure: Measure) -> list[str]:
    """Return that a measure does not split into between and within, if so."""
    if measure.entropy_order is not None:
        return []
    able = ", ".join(repr(name) for name, m in MEASURES.items() if m.entropy_order is not None)
    found = f"Found measure {measure.name!r}, which does not split into between and within"
    return [f"{found}; expected one of {able}, or a measure of your own with an entropy_order; use one of these."]


def group_faults(regions: pd.Index | None, groups: object, what: str = "group") -> list[str]:
    """Return all that keeps `groups` from naming one group for each of the regions."""
    if not isinstance(groups, pd.Series):
        return [f"Found {what}s of type {type(groups).__name__}; expected a Series; index it by region."]
    faults = twice_faults(groups.index, f"{what}s")
    if (lost := groups.index[groups.isna()]).size:
        faults.append(f"Found a missing {what} for {label_list(lost)}; expected a name; complete the {what}s.")
    return faults + ([] if regions is None else match_faults(regions, groups.index, what))

"""Disparity between groups against groups made at random: one batch of permutations for all indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..study.readable import readable
from .checks import (
    as_arrays,
    compute,
    find_faults,
    group_faults,
    refuse,
    split_faults,
    table_arrays,
    table_faults,
)
from .kernels import Array, Places
from .measures import Measure, get_measure
from .shuffle import permutation_faults, shuffled
from .significance import Verdict, adjust, too_few

__all__ = ["PermutationTest", "permutation_table", "permutation_test"]

_CELLS = 4_000_000  # cells in one block of permutations: 32 MB
_SAME = 1 + 1e-9  # statistics this close are equal
_LEAST = 1e-12  # totals below this are equality
_EQUAL = "Found equal values everywhere; expected some disparity to divide; leave it out."


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class PermutationTest:
    """The share of disparity between groups, against groups made at random.

    Attributes
    ----------
    measure : str
    between_share : float
        0 to 1.
    expected_share : float
        Its mean over the permutations: what grouping at random gives.
    p_value : float
        One-sided: how often random groups differ as much or more, (1 + how many) / (1 + permutations).
    permutations, groups : int
    """

    measure: str
    between_share: float
    expected_share: float
    p_value: float
    permutations: int
    groups: int

    @property
    def verdict(self) -> Verdict:
        """Whether the groups are enough to conclude from them to groups in general."""
        return too_few(self.groups)


def permutation_test(
    values: pd.Series,
    groups: pd.Series,
    measure: str | Measure = "theil_t",
    *,
    population: pd.Series | None = None,
    rng: np.random.Generator,
    permutations: int = 999,
) -> PermutationTest:
    """Test whether more disparity lies between groups than between groups of the same sizes made at random.

    Regions change groups and take their population along.

    Parameters
    ----------
    values, groups, measure, population
        As in :func:`decompose`.
    rng : numpy.random.Generator
    permutations : int

    Returns
    -------
    PermutationTest
        Its `verdict` is ``too_few`` with three kecamatan.

    Raises
    ------
    DisparityError
        As in :func:`decompose`; when all values are equal.

    References
    ----------
    Rey and Sastre Gutierrez (2010), Interregional inequality dynamics in Mexico, Spatial Economic Analysis 5,
    277-298; Phipson and Smyth (2010), Permutation p-values should never be zero, eq. 2.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> values = pd.Series([1.0, 1, 2, 2, 8, 8, 9, 9])
    >>> kecamatan = pd.Series(["low"] * 4 + ["high"] * 4)
    >>> found = permutation_test(values, kecamatan, rng=np.random.default_rng(0))
    >>> round(found.between_share, 2), found.p_value < 0.06, found.verdict.key
    (0.96, True, 'too_few')
    """
    record = get_measure(measure)
    faults = permutation_faults(rng, permutations) + split_faults(record) + find_faults(values, population, [record])
    refuse(faults + group_faults(values.index if isinstance(values, pd.Series) else None, groups))
    x, w = as_arrays(values, population)
    codes, names = pd.factorize(groups.reindex(values.index))
    share, expected, p = _tested(record, x[np.newaxis], w, codes, rng, permutations)
    refuse([_EQUAL] if np.isnan(share[0]) else [])
    return PermutationTest(record.name, float(share[0]), float(expected[0]), float(p[0]), permutations, len(names))


def permutation_table(
    values: pd.DataFrame,
    groups: pd.Series,
    measure: str | Measure = "theil_t",
    *,
    population: pd.Series | None = None,
    adjustment: str = "benjamini_hochberg",
    rng: np.random.Generator,
    permutations: int = 999,
) -> pd.DataFrame:
    """Return :func:`permutation_test` of every indicator, all on the same permutations.

    Parameters
    ----------
    values : DataFrame
        Regions in rows, indicators in columns.
    groups, measure, population, rng, permutations
        As in :func:`permutation_test`.
    adjustment : str
        As in :func:`adjust`.

    Returns
    -------
    DataFrame, one row an indicator
        indicator, measure, between_share, expected_share, p_value, p_adjusted.

    Raises
    ------
    DisparityError
        As in :func:`permutation_test`; the faults of all indicators at once.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> values = pd.DataFrame({"water": [1.0, 1, 2, 2, 8, 8, 9, 9], "roads": [1.0, 9, 2, 8, 1, 9, 2, 8]})
    >>> kecamatan = pd.Series(["low"] * 4 + ["high"] * 4)
    >>> table = permutation_table(values, kecamatan, rng=np.random.default_rng(0))
    >>> table["between_share"].round(2).to_list()
    [0.96, 0.0]
    """
    record = get_measure(measure)
    faults = permutation_faults(rng, permutations) + split_faults(record) + table_faults(values, population, [record])
    refuse(faults + group_faults(values.index if isinstance(values, pd.DataFrame) else None, groups))
    x, w = table_arrays(values, population)
    codes = pd.factorize(groups.reindex(values.index))[0]
    share, expected, p = _tested(record, x, w, codes, rng, permutations)
    refuse([f"{code}: {_EQUAL}" for code in values.columns[np.isnan(share)]])
    found = {"indicator": values.columns, "measure": record.name, "between_share": share, "expected_share": expected}
    table = pd.DataFrame(found | {"p_value": p})
    return table.assign(p_adjusted=adjust(table["p_value"], adjustment))


def _tested(
    measure: Measure, x: Array, w: Array, codes: Places, rng: np.random.Generator, permutations: int
) -> tuple[Array, Array, Array]:
    """Return between share, its mean over permutations, and p-value, `(indicator,)` each; NaN without disparity."""
    total, sizes = compute(measure, x, w), np.bincount(codes)
    between = _between(measure, x, w, sizes, np.argsort(codes, kind="stable")[np.newaxis])
    drawn = _permuted(measure, x, w, sizes, rng, permutations)
    as_much = (drawn * _SAME >= between).sum(axis=-1)
    whole = np.where(total > _LEAST, total, np.nan)
    return between[:, 0] / whole, drawn.mean(axis=-1) / whole, (1 + as_much) / (1 + permutations)


def _between(measure: Measure, x: Array, w: Array, sizes: Places, order: Places) -> Array:
    """Return the between part `(indicator, permutation)` when regions in `order` fill the groups one by one."""
    starts = np.cumsum(sizes) - sizes
    alike = w.min() == w.max()  # then every group keeps its people, whoever is in it
    people = w[0] * sizes if alike else np.add.reduceat(w.take(order), starts, axis=-1)
    amount = np.add.reduceat((w * x).take(order, axis=1), starts, axis=-1)
    return compute(measure, amount / people, people)


def _permuted(measure: Measure, x: Array, w: Array, sizes: Places, rng: np.random.Generator, many: int) -> Array:
    orders = shuffled(rng, x.shape[-1], many, max(1, _CELLS // x.size))
    return np.concatenate([_between(measure, x, w, sizes, order) for order in orders], axis=-1)

"""Whether a difference is more than chance: exact tests of counts, many tests at once, too few groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import factorial
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import gammaln

from ..errors import UnknownNameError
from ..study.readable import readable
from .checks import group_faults, refuse, series_faults
from .kernels import Array

__all__ = ["ADJUSTMENTS", "ExactTest", "Verdict", "adjust", "exact_test", "too_few"]

_TABLES = 5_000_000  # tables an exact test looks through at most
_SAME = 1e-7  # logarithms of probabilities this close are equal


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether there is enough to say anything, as data: a key and its facts.

    Parameters
    ----------
    key : {"enough", "too_few"}
    facts : mapping
        The numbers behind it.
    """

    key: str
    facts: Mapping[str, float] = field(default_factory=dict)


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class ExactTest:
    """Counts of several groups against one common rate.

    Attributes
    ----------
    p_value : float
    rates : Series
        Successes over totals, by group.
    rate : float
        Of all groups together.
    tables : int
        How many tables with these totals there are.
    """

    p_value: float
    rates: pd.Series
    rate: float
    tables: int

    @property
    def verdict(self) -> Verdict:
        """Whether the groups are enough to conclude from them to groups in general."""
        return too_few(len(self.rates))


def too_few(n_groups: int, *, level: float = 0.95) -> Verdict:
    """Return whether so few groups can say anything of groups in general, whatever their figures are.

    k groups stand in one of k! orders. Two-sided, the most telling order has a chance of 2 / k!; where that is not
    below 1 - `level`, no figures could be told from chance, and the verdict is ``too_few``. At 95 % this is so
    below 5 groups: three kecamatan say too little, though their kelurahan may be compared one by one.

    Parameters
    ----------
    n_groups : int
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    Verdict
        Facts: groups, smallest_p, level, needed.

    Examples
    --------
    >>> too_few(3).key, round(too_few(3).facts["smallest_p"], 3), too_few(5).key
    ('too_few', 0.333, 'enough')
    """
    if n_groups < 1 or not 0 < level < 1:
        refuse([f"Found {n_groups} group(s) at level {level}; expected 1 or more, and a level between 0 and 1."])
    needed = 2
    while 2 / factorial(needed) >= 1 - level:
        needed += 1
    smallest = min(1.0, 2 / factorial(min(n_groups, 170)))
    facts = {"groups": n_groups, "smallest_p": smallest, "level": level, "needed": needed}
    return Verdict("enough" if n_groups >= needed else "too_few", facts)


# --- exact ---


def exact_test(successes: pd.Series, totals: pd.Series) -> ExactTest:
    """Test exactly whether small counts of several groups share one rate (Freeman and Halton).

    With the number of successes and all totals given, every table has its hypergeometric probability. The p-value
    adds up the tables that are no more probable than the one found. For two groups this is Fisher's test.

    Parameters
    ----------
    successes, totals : Series
        Whole numbers by group, matched by name: 0 <= successes <= totals.

    Returns
    -------
    ExactTest
        Its `verdict` is ``too_few`` with three kecamatan.

    Raises
    ------
    DisparityError
        When counts break a rule, or there are too many tables to look through.

    References
    ----------
    Freeman and Halton (1951), Note on an exact treatment of contingency, Biometrika 38(1/2), 141-149.

    Examples
    --------
    Kelurahan with priority against stunting in the three kecamatan of Kota Kediri.

    >>> import pandas as pd
    >>> kecamatan = ["Mojoroto", "Kota", "Pesantren"]
    >>> found = exact_test(pd.Series([3, 2, 5], kecamatan), pd.Series([14, 17, 15], kecamatan))
    >>> round(found.p_value, 4), found.verdict.key
    (0.3985, 'too_few')
    """
    refuse(_count_faults(successes, totals))
    got = successes.to_numpy(dtype=np.int64)
    size = totals.reindex(successes.index).to_numpy(dtype=np.int64)
    weight = _tables(size, int(got.sum()))
    own = _log_choose(size, got).sum()
    refuse([] if weight.size else [f"Found more than {_TABLES:,} tables; expected fewer; merge groups."])
    chance = np.exp(weight - _log_choose(size.sum(), got.sum()))
    p = min(1.0, float(chance[weight <= own + _SAME].sum()))
    return ExactTest(
        p, (successes / totals.reindex(successes.index)).rename("rate"), got.sum() / size.sum(), weight.size
    )


def _tables(size: Array, successes: int) -> Array:
    """Return the log number of ways of every table with these totals; none at all if there are too many."""
    weight, left = np.zeros(1), np.array([successes])
    for i, n in enumerate(size[:-1]):
        rest = size[i + 1 :].sum()
        low, high = np.maximum(left - rest, 0), np.minimum(left, n)
        many = high - low + 1
        if many.sum() > _TABLES:
            return np.empty(0)
        parent = np.repeat(np.arange(left.size), many)
        taken = low[parent] + np.arange(parent.size) - np.repeat(np.cumsum(many) - many, many)
        weight, left = weight[parent] + _log_choose(n, taken), left[parent] - taken
    return weight + _log_choose(size[-1], left)


def _log_choose(n: Array | int, k: Array | int) -> Array:
    n, k = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _count_faults(successes: pd.Series, totals: pd.Series) -> list[str]:
    faults = series_faults(successes, "successes") + series_faults(totals, "totals")
    if faults:
        return faults
    faults = group_faults(successes.index, totals, "total")
    if faults:
        return faults
    size = totals.reindex(successes.index)
    broken = (successes < 0) | (successes > size) | (successes % 1 != 0) | (size % 1 != 0)
    if broken.any():
        names = ", ".join(repr(name) for name in successes.index[broken])
        remedy = "expected whole numbers, 0 <= successes <= totals; correct them."
        faults.append(f"Found counts that cannot be for {names}; {remedy}")
    if len(successes) < 2 or size.sum() == 0:
        faults.append("Found fewer than two groups with anyone in them; expected two or more; add the others.")
    return faults


# --- many tests ---


def _benjamini_hochberg(p: Array) -> Array:
    order, m = np.argsort(p, axis=-1), p.shape[-1]
    scaled = np.take_along_axis(p, order, axis=-1) * m / np.arange(1, m + 1)
    stepped = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    return np.take_along_axis(np.minimum(stepped, 1.0), np.argsort(order, axis=-1), axis=-1)


def _holm(p: Array) -> Array:
    order, m = np.argsort(p, axis=-1), p.shape[-1]
    scaled = np.take_along_axis(p, order, axis=-1) * np.arange(m, 0, -1)
    stepped = np.maximum.accumulate(scaled, axis=-1)
    return np.take_along_axis(np.minimum(stepped, 1.0), np.argsort(order, axis=-1), axis=-1)


# Kernels: p-values (..., test) to p-values.
ADJUSTMENTS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"benjamini_hochberg": _benjamini_hochberg, "holm": _holm}
)


def adjust(p_values: pd.Series, method: str = "benjamini_hochberg") -> pd.Series:
    """Return p-values adjusted for how many there are.

    Parameters
    ----------
    p_values : Series
        0 to 1; one that is missing stays missing and does not count.
    method : {"benjamini_hochberg", "holm"}
        The first bounds the share of false discoveries, the second the chance of any.

    Returns
    -------
    Series
        In the order given.

    Raises
    ------
    DisparityError
        For a p-value outside 0 to 1.
    UnknownNameError
        For an unknown method.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289-300; Holm (1979),
    Scandinavian Journal of Statistics 6(2), 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> adjust(pd.Series([0.01, 0.04, 0.03])).to_list()
    [0.03, 0.04, 0.04]
    """
    if method not in ADJUSTMENTS:
        raise UnknownNameError("adjustment", method, list(ADJUSTMENTS))
    p = p_values.to_numpy(dtype=np.float64, na_value=np.nan)
    outside = p_values.index[(p < 0) | (p > 1)]
    refuse([f"Found a p-value outside 0 to 1 for {name!r}; expected a probability; correct it." for name in outside])
    known, result = ~np.isnan(p), p.copy()
    result[known] = ADJUSTMENTS[method](p[known])
    return pd.Series(result, index=p_values.index, name=p_values.name)

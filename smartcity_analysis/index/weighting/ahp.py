"""Weights from people's judgements: comparisons in pairs, best and worst, budgets to share out.

All three return weights that sum to 1 with a measure of how far the judgements agree; use the weights by
``IndexSpec(weights=result.weights.to_dict())`` or as `base`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from ...errors import UnknownNameError
from ...study.readable import readable
from ..labels import by_name, checked_array, listed
from ..methods import Array, ScoringError

__all__ = [
    "RANDOM_INDICES",
    "AhpResult",
    "BestWorstResult",
    "BudgetResult",
    "RandomIndex",
    "ahp",
    "best_worst",
    "budget_allocation",
]

ROUNDED = 0.05  # 0.33 and 3 are each other's reciprocal for one who writes two digits
CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class RandomIndex:
    """Mean consistency index of random judgements for 1, 2, 3, ... items, and where it was published."""

    values: tuple[float, ...]
    reference: str


_SAATY_1980 = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_SAATY_2004 = (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49)
_ALONSO = (0, 0, 0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854)
_ALONSO_ABOVE_10 = (1.5141, 1.5365, 1.5551, 1.5713, 1.5838)
RANDOM_INDICES: Mapping[str, RandomIndex] = MappingProxyType(
    {
        "saaty_1980": RandomIndex(_SAATY_1980, "Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill"),
        "saaty_2004": RandomIndex(
            _SAATY_2004,
            "Saaty (2004), Decision making - the analytic hierarchy and network processes, Journal of Systems Science "
            "and Systems Engineering 13",
        ),
        "alonso_lamata_2006": RandomIndex(
            _ALONSO + _ALONSO_ABOVE_10,
            "Alonso and Lamata (2006), Consistency in the analytic hierarchy process, International Journal of "
            "Uncertainty, Fuzziness and Knowledge-Based Systems 14",
        ),
    }
)


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class AhpResult:
    """Weights from comparisons in pairs.

    Parameters
    ----------
    weights : Series
    consistency_ratio : float
        Consistency index over the random index; 0 for two items, and up to 0.1 by custom tolerable.
    random_index : float
        The value used, from `random_index_table`.
    principal_eigenvalue : float
        As large as the number of items where the judgements are consistent, else larger.
    random_index_table : str
    judgements : DataFrame
        The judgements used: those given, or the group's.
    """

    weights: pd.Series
    consistency_ratio: float
    random_index: float
    principal_eigenvalue: float
    random_index_table: str
    judgements: pd.DataFrame


def ahp(
    judgements: pd.DataFrame | Mapping[Hashable, pd.DataFrame],
    *,
    random_index: str = "saaty_1980",
    max_ratio: float | None = None,
) -> AhpResult:
    """Return the weights that fit judgements in pairs best: the principal eigenvector.

    Parameters
    ----------
    judgements : DataFrame, or mapping of judge to DataFrame
        Square: how many times as important the item of the row is as that of the column. Rows and columns are matched
        by name. One of the two triangles may be left empty. The judgements of a group are put together by their
        geometric mean.
    random_index : str
        A name in `RANDOM_INDICES`. Published tables differ: for 5 items 1.12 or 1.11, for 7 items 1.32 or 1.35.
    max_ratio : float, optional
        Refuse judgements whose consistency ratio is above this, such as 0.1. None: refuse none.

    Raises
    ------
    ScoringError
        For a table that is not square, a missing, negative or contradictory pair, judges with other items, more items
        than the random index has, or a consistency ratio above `max_ratio`.
    UnknownNameError
        For an unknown random index.

    References
    ----------
    Saaty (2008), Decision making with the analytic hierarchy process, International Journal of Services Sciences 1(1),
    83-98. Aczel and Saaty (1983), Procedures for synthesizing ratio judgements, Journal of Mathematical Psychology 27,
    93-102, for groups.

    Examples
    --------
    >>> pairs = pd.DataFrame([[1, 3], [None, 1]], index=["health", "wealth"], columns=["health", "wealth"])
    >>> ahp(pairs).weights.round(6).to_dict()
    {'health': 0.75, 'wealth': 0.25}
    """
    if random_index not in RANDOM_INDICES:
        raise UnknownNameError("random index", random_index, list(RANDOM_INDICES))
    group = judgements if isinstance(judgements, Mapping) else {"": judgements}
    if not group:
        raise ScoringError(["The judgements: found no judge, expected at least one."])
    items = list(next(iter(group.values())).columns)
    arrays = [
        _pairs(table, f"judgements of {judge!r}" if judge else "judgements", items) for judge, table in group.items()
    ]
    matrix = np.exp(np.mean(np.log(arrays), axis=0))
    table = RANDOM_INDICES[random_index].values
    count = len(items)
    if count > len(table):
        raise ScoringError([f"ahp: found {count} items, but {random_index} ends at {len(table)}. Group the items."])
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    largest = float(values[first].real)
    ratio = max(largest - count, 0.0) / (count - 1) / table[count - 1] if count > 2 else 0.0
    if max_ratio is not None and ratio > max_ratio:
        remedy = "Ask again for the judgements that contradict others, or raise max_ratio."
        raise ScoringError([f"ahp: found a consistency ratio of {ratio:.3f}, expected at most {max_ratio}. {remedy}"])
    return AhpResult(
        weights=pd.Series(vector / vector.sum(), index=items, name="weight"),
        consistency_ratio=ratio,
        random_index=table[count - 1],
        principal_eigenvalue=largest,
        random_index_table=random_index,
        judgements=pd.DataFrame(matrix, index=items, columns=items),
    )


def _pairs(table: pd.DataFrame, what: str, items: Sequence[Hashable]) -> Array:
    """Return a square array of judgements in the order of `items`, an empty triangle filled with reciprocals."""
    checked_array(table, what)
    if set(table.index) != set(table.columns) or set(table.columns) != set(items):
        expected = f"expected rows and columns {listed(items)}"
        raise ScoringError(
            [f"The {what}: found rows {listed(table.index)} and columns {listed(table.columns)}, {expected}."]
        )
    array = table.loc[list(items), list(items)].to_numpy(dtype=float, na_value=np.nan)
    other = array.T
    faulty = (array <= 0) | (np.isnan(array) & np.isnan(other))
    faulty[np.diag_indices(len(items))] = ~(np.isnan(array.diagonal()) | (array.diagonal() == 1))
    against = np.abs(array * other - 1) > ROUNDED
    problems = []
    for wrong, text in ((faulty, "no judgement above 0"), (against & ~faulty & ~faulty.T, "contradictory judgements")):
        if wrong.any():
            pairs = [f"{items[int(i)]} / {items[int(j)]}" for i, j in np.argwhere(wrong)]
            remedy = "A pair and its opposite are each other's reciprocal, and 1 on the diagonal."
            problems.append(f"The {what}: found {text} for {listed(pairs)}. {remedy}")
    if problems:
        raise ScoringError(problems)
    filled = np.where(np.isnan(array), np.divide(1.0, other, out=np.ones_like(other), where=~np.isnan(other)), array)
    np.fill_diagonal(filled, 1.0)
    return filled


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class BestWorstResult:
    """Weights from comparisons with the best and the worst item.

    Parameters
    ----------
    weights : Series
    deviation : float
        Largest difference between a weight and what a judgement says it should be; 0 where all agree.
    consistency_ratio : float
        From the judgements alone, 0 to 1: the largest contradiction over the largest there could be.
    """

    weights: pd.Series
    deviation: float
    consistency_ratio: float


def best_worst(
    best_to_others: Mapping[str, float] | pd.Series,
    others_to_worst: Mapping[str, float] | pd.Series,
    *,
    best: str,
    worst: str,
) -> BestWorstResult:
    """Return the weights that come nearest to comparisons with the best and with the worst item.

    Parameters
    ----------
    best_to_others : mapping or Series
        By item: how many times as important the best is as this one; 1 for the best itself.
    others_to_worst : mapping or Series
        By item: how many times as important this one is as the worst; 1 for the worst itself.
    best, worst : str
        Their names.

    Raises
    ------
    ScoringError
        For a missing item, a judgement below 1, one that is not 1 for the item itself, or two vectors that differ about
        best against worst.
    UnknownNameError
        When `best` or `worst` is no item.

    References
    ----------
    Rezaei (2016), Best-worst multi-criteria decision-making method: some properties and a linear model, Omega 64,
    126-130. Liang, Brunelli and Rezaei (2020), Consistency issues in the best worst method, Omega 96, 102175: the
    consistency ratio.

    Examples
    --------
    >>> result = best_worst({"a": 1, "b": 2, "c": 4}, {"a": 4, "b": 2, "c": 1}, best="a", worst="c")
    >>> result.weights.round(4).to_dict(), result.consistency_ratio
    ({'a': 0.5714, 'b': 0.2857, 'c': 0.1429}, 0.0)
    """
    items = list(best_to_others.keys())
    over = by_name(best_to_others, items, "judgements of the best", exact=True)
    under = by_name(others_to_worst, items, "judgements of the worst", exact=True)
    for name in (best, worst):
        if name not in items:
            raise UnknownNameError("item", name, [str(item) for item in items])
    b, w = items.index(best), items.index(worst)
    _check_best_worst(items, over, under, b, w)
    count = len(items)
    identity = np.eye(count)
    apart = np.concatenate([identity[b] - over[:, np.newaxis] * identity, identity - np.outer(under, identity[w])])
    rows = np.concatenate([np.concatenate([side, -np.ones((2 * count, 1))], axis=1) for side in (apart, -apart)])
    sums = np.append(np.ones(count), 0.0)[np.newaxis]
    result = linprog(np.append(np.zeros(count), 1.0), rows, np.zeros(len(rows)), sums, [1.0], method="highs")
    most = over[w] ** 2 - over[w]
    contradiction = np.max(np.abs(over * under - over[w]))
    return BestWorstResult(
        weights=pd.Series(result.x[:-1], index=items, name="weight"),
        deviation=float(result.x[-1]),
        consistency_ratio=float(contradiction / most) if most > 0 else 0.0,
    )


def _check_best_worst(items: Sequence[Hashable], over: Array, under: Array, b: int, w: int) -> None:
    problems = []
    for given, own, what in ((over, b, "best"), (under, w, "worst")):
        low = [items[int(i)] for i in np.flatnonzero(~(given >= 1))]
        if low:
            problems.append(f"The judgements of the {what}: found less than 1 for {listed(low)}, expected 1 or more.")
        if given[own] != 1:
            problems.append(f"The judgements of the {what}: found {given[own]} for itself, expected 1.")
    if over[w] != under[b]:
        found = f"found best over worst {over[w]} and {under[b]}"
        problems.append(f"The judgements: {found}, expected the same number in both.")
    if problems:
        raise ScoringError(problems)


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class BudgetResult:
    """Weights from budgets that judges have shared out.

    Parameters
    ----------
    weights : Series
        Mean of the judges' shares.
    disagreement : DataFrame
        By indicator: `sd` (n - 1 form; NaN for one judge), `lowest` and `highest` share of a judge.
    shares : DataFrame
        Judge by indicator; rows sum to 1.
    """

    weights: pd.Series
    disagreement: pd.DataFrame
    shares: pd.DataFrame


def budget_allocation(panel: pd.DataFrame) -> BudgetResult:
    """Return the mean of the shares that the judges of a panel have given, and how far they disagree.

    Parameters
    ----------
    panel : DataFrame
        Judge by indicator: points of a budget that is the same for all judges, such as 100; 0 where none are given.

    Raises
    ------
    ScoringError
        For a missing or negative number, and for judges who have shared out another budget than the rest.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6: budget allocation process.

    Examples
    --------
    >>> panel = pd.DataFrame({"health": [60, 40], "wealth": [40, 60]}, index=["first", "second"])
    >>> budget_allocation(panel).weights.to_dict()
    {'health': 0.5, 'wealth': 0.5}
    """
    array = checked_array(panel, "panel")
    problems = []
    faulty = panel.index[~(array >= 0).all(axis=1)]
    if len(faulty):
        problems.append(f"The panel: found missing or negative points of {listed(faulty)}, expected 0 or more.")
    totals = np.nansum(array, axis=1)
    budget = float(np.median(totals))
    others = panel.index[~np.isclose(totals, budget, rtol=CLOSE, atol=0)] if budget > 0 else panel.index
    if len(others) and not len(faulty):
        remedy = "Ask them again, or divide every row by its sum."
        problems.append(
            f"The panel: found budgets other than {budget:g} of {listed(others)}, expected one for all. {remedy}"
        )
    if problems:
        raise ScoringError(problems)
    parts = pd.DataFrame(array / totals[:, np.newaxis], index=panel.index, columns=panel.columns)
    spread = pd.DataFrame({"sd": parts.std(ddof=1), "lowest": parts.min(), "highest": parts.max()})
    return BudgetResult(parts.mean().rename("weight"), spread, parts)

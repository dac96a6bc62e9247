"""Which pillar and which indicator make the disparity of an index: Shapley values, exact for any rule.

An indicator's part in the disparity is what goes when the indicator is made equal everywhere, at its mean; since that
depends on what else is equal already, it is averaged over all orders. Where indicators stand in pillars, the members
of a pillar come one after the other, so that the parts of the indicators sum to the part of their pillar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..index import AGGREGATORS, IndexResult, Method, aggregate
from ..index.aggregation.aggregate import combine
from ..index.callables import find_own
from ..index.plan import plan_nodes
from ..study.readable import readable
from .checks import as_arrays, compute, find_faults, label_list, refuse
from .kernels import Array, Places
from .measures import Measure, get_measure

__all__ = ["Attribution", "attribute_index", "attribute_scores"]

_CELLS = 4_000_000  # cells in one block of combinations: 32 MB
_MOST = 2**16  # combinations of equal and unequal parts that one part is tried with at most
_ROUNDING = 1e-12  # a measure below this is equality

Rule = Callable[[Array], Array]  # (..., region, child) -> (..., region)
Lift = Callable[[Array], Array]  # scores of a node (..., region) -> disparity (...)


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """The disparity of an index, and what its parts contribute to it.

    Attributes
    ----------
    measure : str
    total : float
        The disparity of the index.
    at_equality : float
        What the measure is without any disparity: 0 for most.
    contributions : Series
        By part; they sum to `total` less `at_equality`. For an index with pillars, all nodes below the index stand
        here, and those of one pillar sum to the pillar's.
    method : {"shapley", "source"}
    parents : Series or None
        The node above each part, where there are several levels.
    """

    measure: str
    total: float
    at_equality: float
    contributions: pd.Series
    method: str
    parents: pd.Series | None = None

    @property
    def shares(self) -> pd.Series:
        """The contributions over their sum; NaN when there is no disparity."""
        disparity = self.total - self.at_equality
        return (self.contributions / (disparity if disparity > _ROUNDING else np.nan)).rename("share")

    def below(self, parent: str) -> pd.Series:
        """Return the contributions of the direct children of `parent`, the largest first.

        Raises
        ------
        UnknownNameError
            For a node without parts; the nearest known one is named.
        """
        if self.parents is None or not (self.parents == parent).any():
            known = [] if self.parents is None else list(self.parents.unique())
            raise UnknownNameError("node with parts", parent, known)
        return self.contributions[self.parents == parent].sort_values(ascending=False)


def attribute_index(
    result: IndexResult,
    measure: str | Measure = "gini",
    *,
    node: str | None = None,
    population: pd.Series | None = None,
) -> Attribution:
    """Say how much of an index's disparity each pillar and each indicator makes, whatever rules combine them.

    Parameters
    ----------
    result : IndexResult
        No score at or below the node may be missing.
    measure, population
        As in :func:`disparity`.
    node : str, optional
        The code of another node, whose disparity is taken apart instead of that of the whole index.

    Returns
    -------
    Attribution
        Contributions of all nodes below; :meth:`Attribution.below` gives one level.

    Raises
    ------
    DisparityError
        As in :func:`disparity` for the node's scores; when scores are missing, equal everywhere, or too many
        children stand side by side.
    UnknownNameError
        For an unknown code.

    References
    ----------
    Shorrocks (2013), Decomposition procedures for distributional analysis, Journal of Economic Inequality 11(1),
    99-126, sect. 3; Owen (1977), Values of games with a priori unions, for indicators in pillars.

    Examples
    --------
    >>> import pandas as pd
    >>> from smartcity_analysis.index import build_index
    >>> from smartcity_analysis.study import load_framework
    >>> codes = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]
    >>> values = pd.DataFrame([[74.0, 15.0, 10.0, 12000], [69.0, 13.0, 5.0, 9000]], ["A", "B"], codes)
    >>> found = attribute_index(build_index(values, load_framework("human_development")))
    >>> found.below("ipm").round(3).to_dict()
    {'education': 0.029, 'living_standard': 0.01, 'health': 0.008}
    """
    root = node if node is not None else result.framework.root.code
    if root not in result.framework.nodes:
        raise UnknownNameError("node", root, list(result.framework.nodes))
    plans = {plan.code: plan for plan in plan_nodes(result.framework, result.spec)}
    codes = [each.code for each in result.framework.nodes[root].walk()]
    scores, nominal = result.scores[codes], result.weights["nominal"]
    children = {code: plans[code].children for code in codes if code in plans}
    if root not in children:
        raise UnknownNameError("node with parts", root, list(plans))
    rules = {}
    for code, plan in plans.items():
        if code in children and plan.rule is not None:
            weights = nominal[list(plan.children)].to_numpy(dtype=np.float64)
            rules[code] = partial(_combined, plan.rule, weights, plan.min_available, plan.options)
    refuse(_gap_faults(scores))
    record = get_measure(measure)
    total, contributions = _attributed(scores, root, children, rules, record, population)
    parents = pd.Series({child: code for code in children for child in children[code]}, dtype=object)
    return Attribution(record.name, total, record.at_equality, contributions, "shapley", parents)


def attribute_scores(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    method: str | Method = "arithmetic",
    measure: str | Measure = "gini",
    *,
    population: pd.Series | None = None,
    **options: Any,
) -> Attribution:
    """Say how much of the disparity of a combined score each column makes: :func:`attribute_index` without a tree.

    Parameters
    ----------
    scores : DataFrame
        Regions in rows, at most 17 indicators or pillars in columns.
    weights, method, **options
        As in :func:`smartcity_analysis.index.aggregate`.
    measure, population
        As in :func:`disparity`.

    Returns
    -------
    Attribution

    Raises
    ------
    DisparityError
        As in :func:`attribute_index`.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"health": [2.0, 2.0, 2.0], "roads": [1.0, 2.0, 6.0]})
    >>> found = attribute_scores(scores, {"health": 1, "roads": 1}, "geometric", "theil_t")
    >>> found.shares.round(12).to_dict()
    {'health': 0.0, 'roads': 1.0}
    """
    record = get_measure(measure)
    root = _name_apart(scores.columns)
    chosen = find_own(AGGREGATORS, method, "aggregation method")
    chosen.check_options(options)
    whole = aggregate(scores, weights, chosen, **options)  # refuses what cannot be combined
    known = pd.Series(weights)[list(scores.columns)].to_numpy(dtype=np.float64)
    rules = {root: partial(_combined, chosen, known / known.sum(), 1.0, options)}
    refuse(_gap_faults(scores))
    table = scores.assign(**{root: whole})
    total, contributions = _attributed(table, root, {root: tuple(scores.columns)}, rules, record, population)
    return Attribution(record.name, total, record.at_equality, contributions, "shapley")


def _combined(rule: Method, weights: Array, least: float, options: Mapping[str, Any], children: Array) -> Array:
    return combine(rule, children, weights, least, options)


def _name_apart(names: pd.Index) -> str:
    """Return a name that none of the columns has."""
    return "index" + "_" * (1 + max(len(str(name)) for name in names))


def _gap_faults(scores: pd.DataFrame) -> list[str]:
    gaps = scores.isna()
    remedy = "expected one for every region; impute them, or leave these regions out."
    return [
        f"Found no score in {code!r} for {label_list(scores.index[gaps[code]])}; {remedy}"
        for code in scores.columns[gaps.any()]
    ]


def _attributed(
    scores: pd.DataFrame,
    root: str,
    children: Mapping[str, tuple[str, ...]],
    rules: Mapping[str, Rule],
    measure: Measure,
    population: pd.Series | None,
) -> tuple[float, pd.Series]:
    """Return the disparity of `root`, and the contributions of all nodes below it."""
    refuse(find_faults(scores[root], population, [measure]))
    total, w = as_arrays(scores[root], population)
    pairs = {code: _pair(scores[code], w) for code in scores.columns if code not in children}
    for code in reversed(list(children)):  # children before parents
        pairs[code] = rules[code](np.stack([pairs[child] for child in children[code]], axis=-1))

    def measured(index: Array) -> Array:
        if not measure.allows_negative and index.min() < 0:
            remedy = "normalise onto a scale above 0, or use 'range'."
            refuse([f"Found an index below 0 while parts were equal; expected 0 or more for {measure.name}; {remedy}"])
        return compute(measure, index, w)

    found: dict[str, float] = {}
    waiting: list[tuple[str, Lift, int]] = [(root, measured, 1)]
    while waiting:
        code, lift, combinations = waiting.pop()
        kids = children[code]
        refuse(_size_faults(code, combinations * 2 ** (len(kids) - 1)))
        both = np.stack([pairs[kid] for kid in kids], axis=-1)  # (2, region, child)
        found |= dict(zip(kids, _side_by_side(lift, rules[code], both).tolist(), strict=True))
        for place, kid in enumerate(kids):
            if kid in children:
                above = partial(_lifted, lift, rules[code], place, np.delete(both, place, axis=-1))
                waiting.append((kid, above, combinations * 2 ** (len(kids) - 1)))
    return float(compute(measure, total, w)), pd.Series(found, name=measure.name)


def _pair(scores: pd.Series, weights: Array) -> Array:
    """Return the scores as they are, and equal everywhere, `(2, region)`."""
    x = scores.to_numpy(dtype=np.float64)
    return np.stack([x, np.full_like(x, (weights * x).sum() / weights.sum())])


def _combinations(parts: int) -> Places:
    """Return every choice of which parts are equal (1) or as they are (0), `(combination, part)`."""
    return (np.arange(2**parts)[:, np.newaxis] >> np.arange(parts)) & 1


def _chances(others: int) -> Array:
    """Return by how many come before a part, the chance in a random order of just these coming before it."""
    sizes = range(others + 1)
    return np.array([factorial(b) * factorial(others - b) / factorial(others + 1) for b in sizes])


def _side_by_side(lift: Lift, rule: Rule, both: Array) -> Array:
    """Return the contributions of the children of one node from ``(2, region, child)``: as they are, and equal."""
    parts = both.shape[-1]
    equal = _combinations(parts)
    unequal = parts - equal.sum(axis=-1, keepdims=True)
    chance = _chances(parts - 1)
    # Worth as the last of those that are unequal, less worth as the next one to become so.
    sign = np.where(equal == 0, chance[np.maximum(unequal - 1, 0)], -chance[np.minimum(unequal, parts - 1)])
    rows, result = max(1, _CELLS // both[0].size), np.zeros(parts)
    for first in range(0, len(equal), rows):
        block = slice(first, first + rows)
        result += lift(rule(np.where(equal[block, np.newaxis, :], both[1], both[0]))) @ sign[block]
    return result


def _lifted(lift: Lift, rule: Rule, place: int, others: Array, scores: Array) -> Array:
    """Return the disparity of the index for scores ``(..., region)`` of one child, averaged over all orders.

    `others` is ``(2, region, sibling)``: as they are, and equal.
    """
    siblings = others.shape[-1]
    equal = _combinations(siblings)
    chance = _chances(siblings)[siblings - equal.sum(axis=-1)]
    rows, result = max(1, _CELLS // (scores.size * (siblings + 1))), np.zeros(scores.shape[:-1])
    for first in range(0, len(equal), rows):
        block = slice(first, first + rows)
        beside = np.where(equal[block, np.newaxis, :], others[1], others[0])  # (combination, region, sibling)
        shape = (len(beside), *scores.shape, siblings)
        beside = np.broadcast_to(beside.reshape(len(beside), *[1] * (scores.ndim - 1), *beside.shape[1:]), shape)
        own = np.broadcast_to(scores, shape[:-1])[..., np.newaxis]
        index = rule(np.concatenate([beside[..., :place], own, beside[..., place:]], axis=-1))
        result += np.tensordot(chance[block], lift(index), axes=1)
    return result


def _size_faults(code: str, combinations: int) -> list[str]:
    if combinations <= _MOST:
        return []
    remedy = "expected at most 17 parts side by side, fewer below others; group them, or use attribute_sources."
    return [f"Found {combinations:,} combinations of the parts of {code!r} and their neighbours; {remedy}"]

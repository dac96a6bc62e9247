"""The index: leaves are normalised, and every node of the tree takes its score from its children.

There is one code path. :func:`score_nodes` scores arrays with draws in front, and :func:`build_index` is the
same with a single draw and the labels put back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..study.framework import Framework
from ..study.readable import readable
from .aggregation.aggregate import combine, positive_problem, unsuitable
from .labels import checked_array, did_you_mean, listed
from .leaves import score_leaves
from .methods import Array, Mask, ScoringError
from .normalisation.bounds import BoundsLike
from .plan import NodePlan, plan_leaves, plan_nodes
from .spec import IndexSpec
from .weighting.weights import weight_array

__all__ = ["IndexResult", "NodeScores", "build_index", "score_nodes"]

DIGITS = 12  # scores that agree this far are tied: the last bits depend on the order of summation


@readable("total")
@dataclass(frozen=True, eq=False)
class IndexResult:
    """An index and everything that went into it.

    Parameters
    ----------
    scores : DataFrame
        Region by code: the index, every node below it, and the normalised leaves; a node without a rule is
        NaN.
    weights : DataFrame
        By code: `parent`, `nominal` (share within the parent) and `effective` (share in the whole).
    bounds : DataFrame
        What every leaf was normalised with; :func:`build_index` takes it to score another year on the same
        footing.
    coverage : DataFrame
        Region by code: share of the leaves at or below the node that have a value.
    values, framework, spec
        The arguments.
    """

    scores: pd.DataFrame
    weights: pd.DataFrame
    bounds: pd.DataFrame
    coverage: pd.DataFrame
    values: pd.DataFrame
    framework: Framework
    spec: IndexSpec

    @property
    def total(self) -> pd.Series:
        """The index, one score a region, named by the code of the root."""
        return self.scores[self.framework.root.code]

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Rank of every region by code: 1 is best, ties share the lowest number, a missing score has none."""
        largest = self.scores.abs().max()
        size = np.log10(largest.where(largest > 0, 1.0))
        decimals = (DIGITS - 1 - np.floor(size)).astype(int)
        return self.scores.round(decimals).rank(ascending=False, method="min").astype("Int64")


@dataclass(frozen=True, slots=True, eq=False)
class NodeScores:
    """Scores by code ``(..., region)``, weights by parent ``(..., child)``, and what a rule cannot take."""

    scores: dict[str, Array]
    weights: dict[str, Array]
    faults: dict[str, Mask]


def build_index(
    values: pd.DataFrame,
    framework: Framework,
    spec: IndexSpec | None = None,
    *,
    bounds: BoundsLike | None = None,
) -> IndexResult:
    """Return the index of every region, with all that lies between the values and the total.

    Parameters
    ----------
    values : DataFrame
        Region by leaf code, in the unit of each leaf; NaN is missing. Columns may stand in any order. A
        column may be left out only below a node whose `min_available` is below 1, and is then missing
        everywhere.
    framework : Framework
        The tree: rules, weights, directions, goalposts.
    spec : IndexSpec, optional
        Choices that differ from the framework's.
    bounds : DataFrame or mapping, optional
        `IndexResult.bounds` of another year, with a row for every leaf; or fixed ``(lower, upper)`` for some
        leaves. Values outside are not clipped unless the spec says ``normalise_options={"clip": True}``.

    Returns
    -------
    IndexResult

    Raises
    ------
    ScoringError
        For unknown or missing columns, a constant indicator, a score of 0 or less under a geometric or
        harmonic rule; regions and indicators are named.
    UnknownNameError
        For an unknown method, option or code in `spec`.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, steps 5 and 6.

    Examples
    --------
    Kota Kediri 2021 (BPS); the published index is 78.60.

    >>> from smartcity_analysis.study import load_framework
    >>> hdi = load_framework("human_development")
    >>> codes = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]
    >>> kediri = pd.DataFrame([[74.04, 15.27, 10.15, 12359]], index=["35.71"], columns=codes)
    >>> build_index(kediri, hdi).total.round(2).to_dict()
    {'35.71': 78.6}
    """
    spec = spec if spec is not None else IndexSpec()
    plans = plan_nodes(framework, spec)
    complete = _complete(values, framework, plans)
    leaves, table = score_leaves(complete, framework, plan_leaves(framework, spec), bounds)
    found = score_nodes(plans, {code: leaves[code].to_numpy() for code in leaves.columns})
    if found.faults:
        rules = {plan.code: plan for plan in plans}
        raise ScoringError(_fault(rules[code], mask, values.index) for code, mask in found.faults.items())
    scores = pd.DataFrame({code: found.scores[code] for code in framework.nodes}, index=values.index)
    return IndexResult(
        scores=scores,
        weights=_weights_table(framework, plans, found.weights),
        bounds=table,
        coverage=_coverage(complete, framework),
        values=values.copy(),
        framework=framework,
        spec=spec,
    )


def score_nodes(
    plans: Sequence[NodePlan], leaves: Mapping[str, Array], weights: Mapping[str, Array] | None = None
) -> NodeScores:
    """Score every node from arrays, draws in front, without labels.

    Parameters
    ----------
    plans : sequence of NodePlan
        Children before parents.
    leaves : mapping of code to array
        Scores ``(..., region)``.
    weights : mapping of parent's code to array, optional
        Weights ``(..., child)`` that sum to 1, in the order of the plan's children. A parent that is left out
        is weighted as its plan says.

    Returns
    -------
    NodeScores
        A region has NaN where too little is available, or where the rule is not defined for a child's score;
        the latter are in `faults`, ``(..., region, child)`` by parent, for the caller to refuse or to count.
    """
    scores, used, faults = dict(leaves), dict(weights or {}), {}
    for plan in plans:
        columns = np.broadcast_arrays(*(scores[code] for code in plan.children))
        children = np.moveaxis(np.stack(columns), 0, -1)
        if plan.rule is None:
            scores[plan.code] = np.full(children.shape[:-1], np.nan)
            continue
        if plan.code not in used:
            codes = list(plan.children)
            used[plan.code] = weight_array(plan.weighting, children, plan.base, codes, plan.weights_options)
        mask = unsuitable(plan.rule, children, used[plan.code])
        if mask.any():
            faults[plan.code] = mask
            children = np.where(mask.any(axis=-1, keepdims=True), np.nan, children)
        scores[plan.code] = combine(plan.rule, children, used[plan.code], plan.min_available, plan.options)
    return NodeScores(scores, used, faults)


def _complete(values: pd.DataFrame, framework: Framework, plans: Sequence[NodePlan]) -> pd.DataFrame:
    """Return a float column for every leaf in the framework's order; one that may be left out is all NaN."""
    array = checked_array(values, "values")
    leaves = [leaf.code for leaf in framework.leaves]
    problems = []
    for column in values.columns:
        if column not in leaves:
            hint = did_you_mean(column, leaves) or " Remove the column."
            problems.append(f"The values: found {column!r}, which is no leaf of {framework.name!r}.{hint}")
    tolerant = {code for plan in plans if plan.min_available < 1 for code in plan.children}
    absent = [code for code in leaves if code not in values.columns and code not in tolerant]
    if absent:
        remedy = "Add the columns, or let their parent do without with min_available below 1."
        problems.append(f"The values: found no column {listed(absent)}, expected one for every leaf. {remedy}")
    if problems:
        raise ScoringError(problems)
    return pd.DataFrame(array, index=values.index, columns=values.columns).reindex(columns=leaves)


def _fault(plan: NodePlan, mask: Mask, regions: pd.Index) -> str:
    assert plan.rule is not None  # a node without a rule has no faults
    return f"{plan.code!r}, {positive_problem(plan.rule, mask, regions, list(plan.children))}"


def _weights_table(framework: Framework, plans: Sequence[NodePlan], used: Mapping[str, Array]) -> pd.DataFrame:
    """Return the parent of every node, its share there and in the whole; NaN below a node without rule."""
    nominal: dict[str, float] = {}
    for plan in plans:
        if plan.code in used:
            nominal |= dict(zip(plan.children, used[plan.code].tolist(), strict=True))
    root = framework.root.code
    effective = {root: 1.0 if root in used or not framework.root.children else np.nan}
    for code, parent in framework.parents.items():
        effective[code] = nominal.get(code, np.nan) * effective[parent]
    table = pd.DataFrame(index=pd.Index(list(framework.nodes), name="code"))
    table["parent"] = [framework.parents.get(code) for code in table.index]
    table["nominal"] = [nominal.get(code, np.nan) for code in table.index]
    table["effective"] = [effective[code] for code in table.index]
    return table


def _coverage(complete: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return the share of leaves with a value, for every region and node."""
    below = {code: [n.code for n in node.walk() if not n.children] for code, node in framework.nodes.items()}
    member = np.array([[leaf in below[code] for code in below] for leaf in complete.columns], dtype=float)
    present = complete.notna().to_numpy()
    if present.all():  # the usual case, and at 83,000 regions a quarter of the whole index otherwise
        share = np.ones((len(complete), len(below)))
    else:
        share = present.astype(float) @ member / member.sum(axis=0)
    return pd.DataFrame(share, index=complete.index, columns=list(below))

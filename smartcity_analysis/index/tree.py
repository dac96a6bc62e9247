"""The tree of an index over many draws of weights: nodes of one rule become one matrix product.

Weights stand by *edge*, a parent's hold on one child, as arrays ``(edge, draw)``; the edges of one parent stand
together. Letters: `d` draw, `r` region, `i` leaf, `e` edge, `k` child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .aggregation.aggregate import AGGREGATORS, TOLERANCE
from .labels import listed
from .methods import Array, Mask
from .plan import NodePlan

__all__ = ["Step", "Structure", "Tree", "score_tree"]

NESTING = ("arithmetic", "geometric", "harmonic", "power")  # a mean of such means is one mean of all below


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The part of a framework below one node, as numbers.

    Parameters
    ----------
    codes : tuple of str
        All nodes, parents first and from left to right.
    leaves : tuple of str
        Codes in the order of their edges; position is the last axis of leaf scores.
    groups : tuple of str
        Codes of the nodes with children, the deepest first.
    edges : tuple of (parent, child)
    group : array
        Number of the group of every edge.
    rows : tuple of slice
        Edges of every group.
    """

    codes: tuple[str, ...]
    leaves: tuple[str, ...]
    groups: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    group: np.ndarray
    rows: tuple[slice, ...]

    @classmethod
    def of(cls, plans: Sequence[NodePlan], root: str) -> Tree:
        """Return the tree below `root`."""
        by_code = {plan.code: plan for plan in plans}
        depth = {root: 0}
        codes, waiting = [], [root]
        while waiting:
            code = waiting.pop()
            children = by_code[code].children if code in by_code else ()
            codes.append(code)
            depth |= dict.fromkeys(children, depth[code] + 1)
            waiting += reversed(children)
        groups = sorted((plan.code for plan in plans if plan.code in depth), key=lambda code: -depth[code])
        edges = tuple((code, child) for code in groups for child in by_code[code].children)
        group = np.array([groups.index(parent) for parent, _ in edges], dtype=np.intp)
        ends = np.cumsum([len(by_code[code].children) for code in groups]).tolist()
        rows = tuple(slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True))
        leaves = tuple(child for _, child in edges if child not in by_code)
        return cls(tuple(codes), leaves, tuple(groups), edges, group, rows)

    def edge(self, child: str) -> int:
        """Return the number of the edge that ends in `child`; -1 for the root."""
        return next((e for e, (_, end) in enumerate(self.edges) if end == child), -1)

    def below(self, code: str) -> list[int]:
        """Return the positions of the leaves at or below a node."""
        if code in self.leaves:
            return [self.leaves.index(code)]
        return [place for parent, child in self.edges if parent == code for place in self.below(child)]

    def shares(self, raw: Array, nominal: Array) -> tuple[Array, Mask]:
        """Return weights that sum to 1 in every group, and in which draws nothing at all is left.

        A group whose weights are all 0 is left out by its own parent, and keeps its nominal weights in itself.
        `raw` is used up.
        """
        empty = np.zeros(raw.shape[1], dtype=bool)
        for code, rows in zip(self.groups, self.rows, strict=True):
            part = raw[rows]
            total = part.sum(axis=0)
            empty = total == 0
            if empty.any():
                part[:, empty] = nominal[rows] if nominal.shape[1] == 1 else nominal[rows, empty]
                total[empty] = 1.0
                if code != self.groups[-1]:
                    raw[self.edge(code), empty] = 0.0
            part /= total
        return raw, empty  # of the last group, which is the root's


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A node scored by one call of its rule: from `children`, whose weights stand in `rows`.

    `columns` are the leaves they are, or None if some are nodes; `path` are the edges from the root; `product` says
    that the rule is a matrix product, whatever is done to its factors and its result.
    """

    plan: NodePlan
    children: tuple[str, ...]
    rows: np.ndarray | slice
    columns: np.ndarray | slice | None
    path: tuple[int, ...]
    product: bool


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """The steps of a tree under given rules, nodes folded into their parents where one product gives the same.

    `folds` are the edges of folded nodes, from the top, each with the edge above that their weights are multiplied by.
    """

    steps: tuple[Step, ...]
    folds: tuple[tuple[slice, int], ...]

    @classmethod
    def of(cls, tree: Tree, plans: Sequence[NodePlan], complete: Mask) -> Structure:
        """Return the structure; `complete` says which leaves have no missing score."""
        by_code = {plan.code: plan for plan in plans if plan.code in tree.groups}
        above = {child: parent for parent, child in tree.edges}
        folded = {c for c in tree.groups if c in above and _folds(by_code[c], by_code[above[c]], tree, complete)}
        ends = {end: e for e, (_, end) in enumerate(tree.edges)}
        pairs = [(rows, ends[code]) for code, rows in zip(tree.groups, tree.rows, strict=True) if code in folded]
        steps = []
        for code in tree.groups:
            if code not in folded:
                children = tuple(sorted(_children(code, by_code, folded), key=ends.__getitem__))
                at = _range(np.array([ends[child] for child in children]))
                leaves = [tree.leaves.index(child) for child in children if child in tree.leaves]
                columns = _range(np.array(leaves)) if len(leaves) == len(children) else None
                product = _is_product(by_code[code])
                steps.append(Step(by_code[code], children, at, columns, _path(code, above, ends), product))
        return cls(tuple(steps), tuple(reversed(pairs)))


def score_tree(tree: Tree, structure: Structure, leaves: Array, weights: Array) -> tuple[Array, dict[str, Mask]]:
    """Return the scores of the root, and which draws a rule cannot score, by cause.

    Parameters
    ----------
    tree : Tree
    structure : Structure
    leaves : array, (region, leaf) or (draw, region, leaf)
    weights : array, (edge, draw)
        Sum to 1 in every group.

    Returns
    -------
    scores : array, (draw, region)
        NaN where too little is available; a draw that has failed may hold anything.
    causes : dict of text to array, (draw,)
    """
    held = weights.copy() if structure.folds else weights
    for rows, above in structure.folds:
        held[rows] *= held[above]
    causes: dict[str, Mask] = {}
    found: dict[str, Array] = {}
    for step in structure.steps:
        x = _children_scores(step, tree, leaves, found)
        w = held[step.rows]
        if step.plan.rule is not None and step.plan.rule.positive:
            low = x <= 0
            if low.any():
                failed = _reached(step, weights) & np.any(low.any(axis=-2) & (w.T > 0), axis=-1)
                if failed.any():
                    _note(causes, f"{_name(step)}: found scores of 0 or less{_where(tree, step, low)}", failed)
                x = np.where(low, np.nan, x)
        found[step.plan.code], lost = _combined(step, x, w)
        if lost is not None:
            failed = lost & _reached(step, weights)
            if failed.any():
                _note(causes, f"{_name(step)}: found no finite score", failed)
    return found[structure.steps[-1].plan.code], causes


def _combined(step: Step, x: Array, w: Array) -> tuple[Array, Mask | None]:
    """Return scores ``(draw, region)``, and the draws in which the kernel gave no number though enough was there."""
    plan = step.plan
    assert plan.rule is not None  # a node without a rule is never below one with a rule
    taking_part = (w > 0).any(axis=1)
    if not taking_part.all():
        x, w = x[..., taking_part], w[taking_part]
    result = plan.rule.kernel(x, w.T[:, np.newaxis, :], **plan.options)
    missing = np.isnan(x)
    some = bool(missing.any())
    if step.product and not some:
        return result, None  # a mean of finite numbers is one
    finite = np.isfinite(result)
    if not some:
        return result, None if finite.all() else np.asarray(~finite.all(axis=-1))
    there = (~missing).astype(float)
    share = w.T @ there.T if there.ndim == 2 else np.einsum("drk,kd->dr", there, w)
    enough = (share > 0) & (share >= plan.min_available - TOLERANCE)
    lost = (enough & ~finite).any(axis=-1)
    return np.where(enough, result, np.nan), lost if lost.any() else None


def _children_scores(step: Step, tree: Tree, leaves: Array, found: Mapping[str, Array]) -> Array:
    if step.columns is not None:
        return leaves[..., step.columns]
    parts = [found[c] if c in found else leaves[..., tree.leaves.index(c)] for c in step.children]
    return np.moveaxis(np.stack(np.broadcast_arrays(*parts)), 0, -1)


def _reached(step: Step, weights: Array) -> Mask:
    """Return the draws in which nothing on the way from the root to a step has weight 0."""
    return np.all(weights[list(step.path)] > 0, axis=0)


def _name(step: Step) -> str:
    return f"{step.plan.code!r}, {step.plan.rule.name if step.plan.rule else 'none'}"


def _where(tree: Tree, step: Step, low: Mask) -> str:
    """Return the children that are too low, where these are the same in every draw."""
    if low.ndim > 2:
        return ""
    found = [step.children[at] for at in np.flatnonzero(low.any(axis=0))]
    return f" in {listed(sorted(found, key=tree.codes.index))}"


def _note(causes: dict[str, Mask], cause: str, failed: Mask) -> None:
    causes[cause] = causes[cause] | failed if cause in causes else failed


def _folds(child: NodePlan, parent: NodePlan, tree: Tree, complete: Mask) -> bool:
    """Return whether a node may be folded into its parent: one rule, one set of options, nothing missing below."""
    if not _is_product(child) or child.rule != parent.rule or dict(child.options) != dict(parent.options):
        return False
    return bool(complete[tree.below(child.code)].all())


def _is_product(plan: NodePlan) -> bool:
    rule = plan.rule
    return rule is not None and rule.name in NESTING and AGGREGATORS.get(rule.name) == rule


def _children(code: str, plans: Mapping[str, NodePlan], folded: set[str]) -> tuple[str, ...]:
    """Return the children of a node, those of folded nodes in their place."""
    return tuple(
        c for child in plans[code].children for c in (_children(child, plans, folded) if child in folded else (child,))
    )


def _path(code: str, above: Mapping[str, str], ends: Mapping[str, int]) -> tuple[int, ...]:
    return () if code not in above else (ends[code], *_path(above[code], above, ends))


def _range(numbers: np.ndarray) -> np.ndarray | slice:
    """Return consecutive numbers as a slice, which costs no copy."""
    first, last = int(numbers[0]), int(numbers[-1])
    whole = np.array_equal(numbers, np.arange(first, last + 1))
    return slice(first, last + 1) if whole else numbers

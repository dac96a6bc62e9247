"""What a spec comes to for every node of a framework; nothing here looks at a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import UnknownNameError
from ..study.framework import Framework, Node
from .aggregation.aggregate import AGGREGATORS
from .callables import MethodOrFunction, find_own
from .labels import by_name, check_share, listed
from .methods import Array, Method, ScoringError
from .normalisation.normalise import NORMALISERS
from .spec import IndexSpec, NodeSpec
from .weighting.weights import WEIGHTINGS

__all__ = ["LeafPlan", "NodePlan", "plan_leaves", "plan_nodes"]

NO_RULE = "none"  # a node with this rule has no score


@dataclass(frozen=True, slots=True)
class LeafPlan:
    """How one leaf is normalised; leaves that agree are normalised together."""

    method: Method
    options: Mapping[str, Any]
    scale: tuple[float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class NodePlan:
    """How one node takes its score from its children; `rule` is None for a node without a score."""

    code: str
    children: tuple[str, ...]
    rule: Method | None
    options: Mapping[str, Any]
    weighting: Method
    weights_options: Mapping[str, Any]
    base: Array
    min_available: float


def plan_nodes(framework: Framework, spec: IndexSpec) -> tuple[NodePlan, ...]:
    """Return how every node with children is scored, children before parents.

    Raises
    ------
    ScoringError
        For a node without a rule below one that needs its score, or an override that does not fit its node.
    UnknownNameError
        For an unknown code, rule, weighting or option.
    """
    _check_overrides(framework, spec)
    inner = [node for node in framework.nodes.values() if node.children]
    plans = {node.code: _node_plan(node, framework, spec) for node in inner}
    orphans = [
        code
        for code, plan in plans.items()
        if plan.rule is None and code in framework.parents and plans[framework.parents[code]].rule is not None
    ]
    if orphans:
        remedy = "Give them a rule, or their parent the rule 'none'."
        raise ScoringError([f"The rule: found 'none' for {listed(orphans)}, whose parent needs scores. {remedy}"])
    return tuple(reversed(plans.values()))


def plan_leaves(framework: Framework, spec: IndexSpec) -> dict[str, LeafPlan]:
    """Return how every leaf is normalised.

    Raises
    ------
    ScoringError
        When a leaf that is already on the framework's scale shall be scored on another.
    UnknownNameError
        For an unknown method, or an option that no leaf's method has.
    """
    plans = {leaf.code: _leaf_plan(leaf, framework, spec) for leaf in framework.leaves}
    known = {name for plan in plans.values() for name in plan.method.options}
    for name in spec.normalise_options:
        if name not in known:
            raise UnknownNameError("option of normalise", name, sorted(known))
    moved = [code for code, plan in plans.items() if plan.method.on_scale]
    if moved and None not in (spec.scale, framework.scale) and spec.scale != framework.scale:
        remedy = "Leave scale out, or normalise them by minmax with bounds={code: (lower, upper)}."
        found = f"found scale={spec.scale}, but {listed(moved)} are scores on {framework.scale} already"
        raise ScoringError([f"none: {found}. {remedy}"])
    return plans


def _leaf_plan(leaf: Node, framework: Framework, spec: IndexSpec) -> LeafPlan:
    own = spec.nodes.get(leaf.code, NodeSpec())
    chosen = own.normalise or spec.normalise or _default_method(leaf, framework)
    method = find_own(NORMALISERS, chosen, "normalisation method")
    method.check_options(own.normalise_options)
    shared = {name: value for name, value in spec.normalise_options.items() if name in method.options}
    scale = spec.scale
    if method.on_scale:
        scale = framework.scale or spec.scale
    elif scale is None and method.scale is not None:
        scale = framework.scale
    return LeafPlan(method, {**shared, **own.normalise_options}, scale)


def _default_method(leaf: Node, framework: Framework) -> str:
    if leaf.leaf is not None and leaf.leaf.goalposts is not None:
        return "goalposts"
    only_levels = all(other.leaf is not None and other.leaf.type == "level" for other in framework.leaves)
    return "none" if only_levels and framework.scale is not None else "minmax"


def _node_plan(node: Node, framework: Framework, spec: IndexSpec) -> NodePlan:
    own = spec.nodes.get(node.code, NodeSpec())
    if own.aggregate is not None:
        chosen, options = own.aggregate, own.aggregate_options
    elif spec.aggregate is not None:
        chosen, options = spec.aggregate, {**spec.aggregate_options, **own.aggregate_options}
    else:
        chosen, options = node.rule, {**node.options, **own.aggregate_options}
    rule = _rule(chosen, node.code)
    if rule is not None:
        rule.check_options(options)
    weighting, weights_options, base = _weighting(node, framework, spec)
    known = [share for share in (own.min_available, node.min_available) if share is not None]
    check_share(known[0] if known else None)
    return NodePlan(
        code=node.code,
        children=tuple(child.code for child in node.children),
        rule=rule,
        options=options,
        weighting=weighting,
        weights_options=weights_options,
        base=base,
        min_available=known[0] if known else spec.min_available,
    )


def _rule(chosen: MethodOrFunction, code: str) -> Method | None:
    if isinstance(chosen, str) and chosen not in (*AGGREGATORS, NO_RULE):
        raise UnknownNameError(f"rule of {code!r}", chosen, [*AGGREGATORS, NO_RULE])
    return None if chosen == NO_RULE else find_own(AGGREGATORS, chosen, "rule")


def _weighting(node: Node, framework: Framework, spec: IndexSpec) -> tuple[Method, Mapping[str, Any], Array]:
    """Return the weighting of a node's children, its options, and the weights it may start from."""
    codes = [child.code for child in node.children]
    declared = framework.child_weights(node.code)
    chosen = spec.nodes.get(node.code, NodeSpec()).weights
    options: Mapping[str, Any] = {} if chosen is not None else spec.weights_options
    if chosen is None:
        chosen = spec.weights
        if isinstance(chosen, Mapping):
            touched = {code: chosen[code] for code in codes if code in chosen}
            chosen = touched or "declared"
    if isinstance(chosen, Mapping):
        return WEIGHTINGS["declared"], {}, by_name(chosen, codes, f"weights below {node.code!r}", exact=True)
    method = find_own(WEIGHTINGS, chosen, "weighting method")
    method.check_options(options)
    return method, options, np.array([declared[code] for code in codes])


def _check_overrides(framework: Framework, spec: IndexSpec) -> None:
    """Refuse overrides of nodes that are not there, or that set what the node does not have."""
    named = list(spec.nodes) + (list(spec.weights) if isinstance(spec.weights, Mapping) else [])
    for code in named:
        framework.node(code)
    problems = []
    for code, own in spec.nodes.items():
        if framework.node(code).children:
            stray: dict[str, Any] = {"normalise": own.normalise, "normalise_options": own.normalise_options}
            kind = "has children, which are normalised one by one"
        else:
            stray = {
                "aggregate": own.aggregate,
                "aggregate_options": own.aggregate_options,
                "weights": own.weights,
            }
            stray["min_available"] = own.min_available
            kind = "is a leaf, which has no children to put together"
        wrong = [name for name, value in stray.items() if value not in (None, {})]
        if wrong:
            problems.append(f"nodes[{code!r}]: found {listed(wrong)}, but {code!r} {kind}. Remove them.")
    if problems:
        raise ScoringError(problems)

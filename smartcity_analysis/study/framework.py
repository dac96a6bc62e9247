"""Frameworks: a tree of nodes with a rule each.

One mechanism expresses the ministry's evaluation, the six pillars, the human development index and SPBE: a tree of any
depth, weights that may be absent (then siblings count alike), a rule per node, leaves that say what is measured, and
weight sets that are valid for a year and a cohort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import Breach, DataError, UnknownNameError

__all__ = ["Band", "Framework", "Leaf", "MethodBreak", "Node", "WeightSet"]


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open class ``[lower, upper)`` of a scale; the band that ends the scale includes its end."""

    lower: float
    upper: float
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a leaf measures. `direction` is +1 (more is better) or -1; `goalposts` are in the unit of the raw value."""

    type: str = "number"
    unit: Mapping[str, str] = field(default_factory=dict)
    direction: int = 1
    goalposts: tuple[float, float] | None = None
    transform: str | None = None
    target: float | None = None
    owners: tuple[str, ...] = ()
    lowest_region: str | None = None
    years: tuple[int | None, int | None] = (None, None)
    status: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree: a leaf when it has no children."""

    code: str
    label: Mapping[str, str]
    rule: str = "arithmetic"
    weight: float | None = None
    children: tuple[Node, ...] = ()
    min_available: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    leaf: Leaf | None = None

    def walk(self) -> Iterator[Node]:
        """Yield this node, then everything below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Weights published for some years and one cohort."""

    id: str
    years: tuple[int, ...]
    cohort: str | None
    weights: Mapping[str, float]
    source: str | Mapping[str, str] = ""


@dataclass(frozen=True, slots=True)
class MethodBreak:
    """From `year` on, scores are not made as they were before; `label` says why."""

    year: int
    label: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True)
class Framework:
    """A checked tree with its scale, bands and weights in force.

    `weight_basis` is ``"parent"`` (siblings sum to 100), ``"total"`` (siblings sum to their parent's weight, as in
    SPBE, whose indicator weights are percentages of the whole) or ``"relative"`` (siblings count by their share of
    whatever they sum to, as in tables of other tools).
    """

    name: str
    label: Mapping[str, str]
    root: Node
    scale: tuple[float, float] | None = None
    bands: tuple[Band, ...] = ()
    weight_basis: str = "parent"
    weight_sets: tuple[WeightSet, ...] = ()
    weight_set: WeightSet | None = None
    breaks: tuple[MethodBreak, ...] = ()
    source: str = ""

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by code, parents before children."""
        return {node.code: node for node in self.root.walk()}

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The leaves from left to right."""
        return tuple(node for node in self.root.walk() if not node.children)

    @cached_property
    def parents(self) -> dict[str, str]:
        """Code of the parent by code; the root is absent."""
        return {child.code: node.code for node in self.root.walk() for child in node.children}

    def node(self, code: str) -> Node:
        """Return the node called `code`; an unknown code names the nearest.

        Raises
        ------
        UnknownNameError
            For a code that the tree does not have; the nearest known one is named.
        """
        if code not in self.nodes:
            raise UnknownNameError("framework code", code, list(self.nodes))
        return self.nodes[code]

    def depth(self, code: str) -> int:
        """Return how many steps `code` lies below the root (the root itself: 0)."""
        return 0 if code == self.root.code else 1 + self.depth(self.parents[code])

    def child_weights(self, code: str) -> dict[str, float]:
        """Return the weights of the children of `code`, summing to 1; equal where none are declared."""
        children = self.node(code).children
        declared = [child.weight for child in children]
        if all(w is None for w in declared):
            return {child.code: 1 / len(children) for child in children}
        total = sum(w or 0.0 for w in declared)
        return {child.code: (child.weight or 0.0) / total for child in children}

    def band(self, value: float) -> Band | None:
        """Return the band `value` falls in (half-open, the top of the scale included), or None."""
        for band in self.bands:
            if band.lower <= value < band.upper or (value == band.upper and self.scale and value == self.scale[1]):
                return band
        return None

    def table(self) -> pd.DataFrame:
        """Return the tree as a table, one row a node: code, parent, level, rule, weight, labels and leaf fields."""
        rows = []
        for code, node in self.nodes.items():
            leaf = node.leaf
            rows.append(
                {
                    "code": code,
                    "parent": self.parents.get(code),
                    "level": self.depth(code),
                    "rule": node.rule if node.children else None,
                    "weight_pct": self._percent(node),
                    "label_id": node.label.get("id", code),
                    "label_en": node.label.get("en", code),
                    "type": leaf.type if leaf else None,
                    "unit_id": leaf.unit.get("id") if leaf else None,
                    "unit_en": leaf.unit.get("en") if leaf else None,
                    "direction": leaf.direction if leaf else None,
                    "status": leaf.status if leaf else None,
                }
            )
        return pd.DataFrame(rows).set_index("code")

    def _percent(self, node: Node) -> float | None:
        """Return the weight of a node as a percentage."""
        parent = self.parents.get(node.code)
        if self.weight_basis != "relative" or node.weight is None or parent is None:
            return node.weight
        return 100 * self.child_weights(parent)[node.code]

    def restricted(self, codes: Iterable[str]) -> Framework:
        """Return the framework with the leaves `codes` only; a node that is left without leaves goes too.

        Raises
        ------
        UnknownNameError
            For a code that is no leaf of the framework.
        """
        wanted, known = set(codes), [leaf.code for leaf in self.leaves]
        for code in sorted(wanted.difference(known)):
            raise UnknownNameError("framework leaf", code, known)
        root = _restricted(self.root, wanted)
        if root is None:
            raise UnknownNameError("framework leaf", "", known)
        return replace(self, root=root)

    def under(self, *, year: int | None = None, cohort: str | None = None) -> Framework:
        """Return the framework with the weight set of `year` and `cohort` in force.

        Raises
        ------
        DataError
            When no published set fits, or several do; the known sets are listed.
        """
        fitting = [
            s for s in self.weight_sets if (year is None or year in s.years) and (cohort is None or s.cohort == cohort)
        ]
        if len(fitting) != 1:
            known = "; ".join(f"{s.id} ({', '.join(map(str, s.years)) or '-'}, {s.cohort})" for s in self.weight_sets)
            key = "weight_set_unknown" if not fitting else "weight_set_ambiguous"
            raise DataError([Breach(key, file=self.name, found=f"{year}, {cohort}", facts={"known": known})])
        chosen = fitting[0]
        return replace(self, root=_weighted(self.root, chosen.weights), weight_set=chosen)


def _restricted(node: Node, wanted: set[str]) -> Node | None:
    if not node.children:
        return node if node.code in wanted else None
    kept = tuple(child for child in (_restricted(c, wanted) for c in node.children) if child)
    return replace(node, children=kept) if kept else None


def _weighted(node: Node, weights: Mapping[str, float]) -> Node:
    """Give each named node its weight; a node whose weight is 0 is not part of this year's evaluation."""
    kept = tuple(_weighted(child, weights) for child in node.children if weights.get(child.code, 1) != 0)
    return replace(node, weight=weights.get(node.code, node.weight), children=kept)

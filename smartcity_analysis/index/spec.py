"""The declaration of an index: what its author chose, node by node where that matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .callables import MethodOrFunction
from .labels import check_scale, check_share
from .methods import ScoringError

__all__ = ["IndexSpec", "NodeSpec", "WeightsLike"]

WeightsLike: TypeAlias = MethodOrFunction | Mapping[str, float]


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """What one node does differently from the rest; None leaves it as it is.

    Parameters
    ----------
    aggregate : str, Method or callable, optional
        Rule of the node; ``"none"`` gives it no score. Only for a node with children.
    aggregate_options : mapping
        Options of that rule.
    weights : str, Method, callable or mapping, optional
        Weights of the node's children. Only for a node with children.
    min_available : float, optional
        Share of the children's weight that must be available, 0 to 1. Only for a node with children.
    normalise : str, Method or callable, optional
        Method of the leaf. Only for a leaf.
    normalise_options : mapping
        Options of that method.
    """

    aggregate: MethodOrFunction | None = None
    aggregate_options: Mapping[str, Any] = field(default_factory=dict)
    weights: WeightsLike | None = None
    min_available: float | None = None
    normalise: MethodOrFunction | None = None
    normalise_options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_share(self.min_available)


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What is chosen for an index; the defaults are what the framework says.

    Parameters
    ----------
    normalise : str, Method or callable, optional
        Method of every leaf. None: ``goalposts`` where the framework gives them; ``none`` in a framework that has
        a scale and nothing but leaves of type ``level``, which are scores on it already; else ``minmax``.
    normalise_options : mapping
        Options, given to every leaf whose method has them.
    scale : (float, float), optional
        Where scores lie, such as ``(1, 100)``. None: the framework's scale, else the method's own, 0 to 1.
    weights : str, Method, callable or mapping
        ``"declared"`` (the framework's), ``"equal"``, or weights by code, each group of siblings whole or not
        at all; groups that are not there keep their declared weights.
    weights_options : mapping
        Options of the weighting method.
    aggregate : str, Method or callable, optional
        Rule of every node with children, those without a score included. None: each node's own.
    aggregate_options : mapping
        Options of that rule.
    nodes : mapping of code to NodeSpec
        What single nodes do differently; this comes before everything else.
    min_available : float
        Share of the children's weight that must be available for a node to have a score, 0 to 1, where the
        node itself says nothing. The default lets nothing be missing.

    Examples
    --------
    >>> IndexSpec(scale=(1, 100), nodes={"ipm": NodeSpec(aggregate="harmonic")}).min_available
    1.0
    """

    normalise: MethodOrFunction | None = None
    normalise_options: Mapping[str, Any] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    weights: WeightsLike = "declared"
    weights_options: Mapping[str, Any] = field(default_factory=dict)
    aggregate: MethodOrFunction | None = None
    aggregate_options: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, NodeSpec] = field(default_factory=dict)
    min_available: float = 1.0

    def __post_init__(self) -> None:
        check_share(self.min_available)
        check_scale(self.scale)
        if self.scale is not None:
            object.__setattr__(self, "scale", (float(self.scale[0]), float(self.scale[1])))
        if self.aggregate_options and self.aggregate is None:
            raise ScoringError(["aggregate_options: found without aggregate=. Name the rule they belong to."])

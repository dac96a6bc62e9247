"""From indicators to scores to an index: families of methods over arrays, with labels on the outside."""

from .aggregate import AGGREGATORS, aggregate
from .build import IndexResult, build_index
from .methods import Method, ScoringError
from .normalise import NORMALISERS, fit_bounds, normalise
from .spec import IndexSpec, NodeSpec
from .weights import WEIGHTINGS, weights

__all__ = [
    "AGGREGATORS",
    "NORMALISERS",
    "WEIGHTINGS",
    "IndexResult",
    "IndexSpec",
    "Method",
    "NodeSpec",
    "ScoringError",
    "aggregate",
    "build_index",
    "fit_bounds",
    "normalise",
    "weights",
]

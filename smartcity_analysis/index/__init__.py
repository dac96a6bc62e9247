"""From indicators to scores to an index: families of methods over arrays, with labels on the outside."""

from .aggregate import AGGREGATORS, aggregate
from .ahp import RANDOM_INDICES, AhpResult, BestWorstResult, BudgetResult, ahp, best_worst, budget_allocation
from .build import IndexResult, build_index
from .callables import as_method
from .frontier import BenefitOfDoubt, benefit_of_doubt
from .methods import Method, ScoringError
from .normalise import NORMALISERS, fit_bounds, normalise
from .spec import IndexSpec, NodeSpec
from .weights import WEIGHTINGS, OptimisedWeights, effective_weights, optimise_weights, weight_set, weights

__all__ = [
    "AGGREGATORS",
    "NORMALISERS",
    "RANDOM_INDICES",
    "WEIGHTINGS",
    "AhpResult",
    "BenefitOfDoubt",
    "BestWorstResult",
    "BudgetResult",
    "IndexResult",
    "IndexSpec",
    "Method",
    "NodeSpec",
    "OptimisedWeights",
    "ScoringError",
    "aggregate",
    "ahp",
    "as_method",
    "benefit_of_doubt",
    "best_worst",
    "budget_allocation",
    "build_index",
    "effective_weights",
    "fit_bounds",
    "normalise",
    "optimise_weights",
    "weight_set",
    "weights",
]

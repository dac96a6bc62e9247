"""From indicators to scores to an index: families of methods over arrays, with labels on the outside."""

from .aggregation.aggregate import AGGREGATORS, aggregate
from .build import IndexResult, build_index
from .callables import as_method
from .change import IndexChange, explain_index_change
from .coherence import Audit, audit, correlations
from .compare import Comparison, compare
from .guards import find_cautions
from .imputation.impute import IMPUTERS, Imputed, cross_validate, impute, impute_spread
from .influence import drop_one, principal_components
from .methods import Method, ScoringError
from .normalisation.normalise import NORMALISERS, fit_bounds, normalise
from .outliers.treat import OutlierTest, Treated, outlier_test, treat
from .outliers.treatments import TREATMENTS
from .panel import GROWTHS, PanelResult, build_panel, growth, replay, vary
from .reliability import bartlett_sphericity, cronbach_alpha, item_rest, kmo, mcdonald_omega
from .spec import IndexSpec, NodeSpec
from .uncertainty.inputs import Choice, DataError, DirichletWeights, LeaveOut, NoisyWeights, Replicates, UncertaintyPlan
from .uncertainty.propagation import UncertaintyResult, propagate
from .uncertainty.sensitivity import SensitivityResult, sensitivity
from .weighting.ahp import RANDOM_INDICES, AhpResult, BestWorstResult, BudgetResult, ahp, best_worst, budget_allocation
from .weighting.frontier import BenefitOfDoubt, benefit_of_doubt
from .weighting.weights import WEIGHTINGS, OptimisedWeights, effective_weights, optimise_weights, weight_set, weights

__all__ = [
    "AGGREGATORS",
    "GROWTHS",
    "IMPUTERS",
    "NORMALISERS",
    "RANDOM_INDICES",
    "TREATMENTS",
    "WEIGHTINGS",
    "AhpResult",
    "Audit",
    "BenefitOfDoubt",
    "BestWorstResult",
    "BudgetResult",
    "Choice",
    "Comparison",
    "DataError",
    "DirichletWeights",
    "Imputed",
    "IndexChange",
    "IndexResult",
    "IndexSpec",
    "LeaveOut",
    "Method",
    "NodeSpec",
    "NoisyWeights",
    "OptimisedWeights",
    "OutlierTest",
    "PanelResult",
    "Replicates",
    "ScoringError",
    "SensitivityResult",
    "Treated",
    "UncertaintyPlan",
    "UncertaintyResult",
    "aggregate",
    "ahp",
    "as_method",
    "audit",
    "bartlett_sphericity",
    "benefit_of_doubt",
    "best_worst",
    "budget_allocation",
    "build_index",
    "build_panel",
    "compare",
    "correlations",
    "cronbach_alpha",
    "cross_validate",
    "drop_one",
    "effective_weights",
    "explain_index_change",
    "find_cautions",
    "fit_bounds",
    "growth",
    "impute",
    "impute_spread",
    "item_rest",
    "kmo",
    "mcdonald_omega",
    "normalise",
    "optimise_weights",
    "outlier_test",
    "principal_components",
    "propagate",
    "replay",
    "sensitivity",
    "treat",
    "vary",
    "weight_set",
    "weights",
]

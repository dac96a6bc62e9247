"""How unequal the areas are: measures of disparity, their decomposition, and the regions that drive them."""

from .decompose import Decomposition, InfluenceResult, decompose, with_and_without
from .inequality import disparity, disparity_table, lorenz
from .inference import Interval, disparity_of_draws, interval, interval_table
from .measures import (
    MEASURES,
    DisparityError,
    Measure,
    atkinson,
    generalised_entropy,
    quantile_ratio,
    share_ratio,
)
from .panel import (
    REPORTED,
    decomposition_years,
    disparity_panel,
    disparity_years,
    influence_table,
    lorenz_years,
    regional_index,
    regional_index_table,
    standing,
)
from .permutation import PermutationTest, permutation_table, permutation_test
from .rates import PRIORS, Prior, ShrunkRates, shrink
from .resample import INTERVALS, IntervalMethod
from .significance import ADJUSTMENTS, ExactTest, Verdict, adjust, exact_test, too_few

__all__ = [
    "ADJUSTMENTS",
    "INTERVALS",
    "MEASURES",
    "PRIORS",
    "REPORTED",
    "Decomposition",
    "DisparityError",
    "ExactTest",
    "InfluenceResult",
    "Interval",
    "IntervalMethod",
    "Measure",
    "PermutationTest",
    "Prior",
    "ShrunkRates",
    "Verdict",
    "adjust",
    "atkinson",
    "decompose",
    "decomposition_years",
    "disparity",
    "disparity_of_draws",
    "disparity_panel",
    "disparity_table",
    "disparity_years",
    "exact_test",
    "generalised_entropy",
    "influence_table",
    "interval",
    "interval_table",
    "lorenz",
    "lorenz_years",
    "permutation_table",
    "permutation_test",
    "quantile_ratio",
    "regional_index",
    "regional_index_table",
    "share_ratio",
    "shrink",
    "standing",
    "too_few",
    "with_and_without",
]

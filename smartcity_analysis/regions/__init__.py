"""How unequal the areas are: measures of disparity, their decomposition, and the regions that drive them."""

from .attribution import Attribution, attribute_index, attribute_scores
from .convergence import BetaConvergence, SigmaConvergence, beta_convergence, sigma_convergence
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
from .neighbours import SpatialWeights, distance_km, distance_weights, neighbour_weights, polygon_weights
from .nested import NestedDecomposition, decompose_nested
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
from .position import KLASSEN, RankMobility, klassen, location_quotient, rank_mobility
from .rates import PRIORS, Prior, ShrunkRates, shrink
from .resample import INTERVALS, IntervalMethod
from .robustness import Robustness, robustness, uncertainty_plan
from .significance import ADJUSTMENTS, ExactTest, Verdict, adjust, exact_test, too_few
from .sources import SOURCE_RULES, attribute_sources, region_contributions
from .spatial import QUADRANTS, Moran, local_moran, local_moran_table, moran, moran_table

__all__ = [
    "ADJUSTMENTS",
    "INTERVALS",
    "KLASSEN",
    "MEASURES",
    "PRIORS",
    "QUADRANTS",
    "REPORTED",
    "SOURCE_RULES",
    "Attribution",
    "BetaConvergence",
    "Decomposition",
    "DisparityError",
    "ExactTest",
    "InfluenceResult",
    "Interval",
    "IntervalMethod",
    "Measure",
    "Moran",
    "NestedDecomposition",
    "PermutationTest",
    "Prior",
    "RankMobility",
    "Robustness",
    "ShrunkRates",
    "SigmaConvergence",
    "SpatialWeights",
    "Verdict",
    "adjust",
    "atkinson",
    "attribute_index",
    "attribute_scores",
    "attribute_sources",
    "beta_convergence",
    "decompose",
    "decompose_nested",
    "decomposition_years",
    "disparity",
    "disparity_of_draws",
    "disparity_panel",
    "disparity_table",
    "disparity_years",
    "distance_km",
    "distance_weights",
    "exact_test",
    "generalised_entropy",
    "influence_table",
    "interval",
    "interval_table",
    "klassen",
    "local_moran",
    "local_moran_table",
    "location_quotient",
    "lorenz",
    "lorenz_years",
    "moran",
    "moran_table",
    "neighbour_weights",
    "permutation_table",
    "permutation_test",
    "polygon_weights",
    "quantile_ratio",
    "rank_mobility",
    "region_contributions",
    "regional_index",
    "regional_index_table",
    "robustness",
    "share_ratio",
    "shrink",
    "sigma_convergence",
    "standing",
    "too_few",
    "uncertainty_plan",
    "with_and_without",
]

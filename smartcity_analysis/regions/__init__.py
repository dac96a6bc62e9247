"""How unequal the areas are: measures of disparity, their decomposition, and the regions that drive them."""

from .area_index import area_drivers, area_index_table, area_panel, area_sources, area_split, area_years
from .area_services import area_references, service_areas, service_pillars
from .areas import area_neighbours, area_table, area_weights, areas_of, priority_table, priority_tests
from .attribution import Attribution, attribute_index, attribute_scores
from .convergence import BetaConvergence, SigmaConvergence, beta_convergence, sigma_convergence
from .coverage import coverage_table, disparity_of_coverage
from .decompose import Decomposition, InfluenceResult, decompose, with_and_without
from .first_index import first_disparity, first_index
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
from .overview import indicator_overview, region_overview, region_values
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
from .profile import RegionProfile, region_profile
from .province import (
    HEADLINE,
    convergence_table,
    disparity_intervals,
    latest,
    mobility_table,
    place_table,
)
from .rates import PRIORS, Prior, ShrunkRates, shrink
from .regional_disparity import NEAREST, clustering_table, index_contributions, index_disparity
from .resample import INTERVALS, IntervalMethod
from .robustness import Robustness, robustness, uncertainty_plan
from .service_gap import SERVED, ServiceGap, compare_references, service_gap
from .significance import ADJUSTMENTS, ExactTest, Verdict, adjust, exact_test, too_few
from .sources import SOURCE_RULES, attribute_sources, region_contributions
from .spatial import QUADRANTS, Moran, local_moran, local_moran_table, moran, moran_table
from .typology import klassen_table, klassen_types

__all__ = [
    "ADJUSTMENTS",
    "HEADLINE",
    "INTERVALS",
    "KLASSEN",
    "MEASURES",
    "NEAREST",
    "PRIORS",
    "QUADRANTS",
    "REPORTED",
    "SERVED",
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
    "RegionProfile",
    "Robustness",
    "ServiceGap",
    "ShrunkRates",
    "SigmaConvergence",
    "SpatialWeights",
    "Verdict",
    "adjust",
    "area_drivers",
    "area_index_table",
    "area_neighbours",
    "area_panel",
    "area_references",
    "area_sources",
    "area_split",
    "area_table",
    "area_weights",
    "area_years",
    "areas_of",
    "atkinson",
    "attribute_index",
    "attribute_scores",
    "attribute_sources",
    "beta_convergence",
    "clustering_table",
    "compare_references",
    "convergence_table",
    "coverage_table",
    "decompose",
    "decompose_nested",
    "decomposition_years",
    "disparity",
    "disparity_intervals",
    "disparity_of_coverage",
    "disparity_of_draws",
    "disparity_panel",
    "disparity_table",
    "disparity_years",
    "distance_km",
    "distance_weights",
    "exact_test",
    "first_disparity",
    "first_index",
    "generalised_entropy",
    "index_contributions",
    "index_disparity",
    "indicator_overview",
    "influence_table",
    "interval",
    "interval_table",
    "klassen",
    "klassen_table",
    "klassen_types",
    "latest",
    "local_moran",
    "local_moran_table",
    "location_quotient",
    "lorenz",
    "lorenz_years",
    "mobility_table",
    "moran",
    "moran_table",
    "neighbour_weights",
    "permutation_table",
    "permutation_test",
    "place_table",
    "polygon_weights",
    "priority_table",
    "priority_tests",
    "quantile_ratio",
    "rank_mobility",
    "region_contributions",
    "region_overview",
    "region_profile",
    "region_values",
    "regional_index",
    "regional_index_table",
    "robustness",
    "service_areas",
    "service_gap",
    "service_pillars",
    "share_ratio",
    "shrink",
    "sigma_convergence",
    "standing",
    "too_few",
    "uncertainty_plan",
    "with_and_without",
]

"""Every figure of the review: a plot on given axes, and the drawn picture with its title and its words.

A plot computes nothing but positions; every word comes from the language's messages below ``figures.<name>``. With
``present/maps`` these are the only modules that know matplotlib; importing :mod:`smartcity_analysis.present` does not
import them.
"""

from ..maps import plot_bubble_map, plot_choropleth, plot_tile_map
from .areas import plot_area_spread, plot_priority_rates, plot_service_gap
from .base import DrawnFigure, Figure
from .brief import plot_agency_standing
from .disparity import plot_contributions, plot_disparity_interval
from .drawing import FIGURES, draw
from .klassen import plot_klassen
from .pillars import plot_pillar_radar, plot_portfolio
from .profile import plot_profile_scores, plot_profile_years
from .programmes import (
    plot_ict_dependence,
    plot_opd_portfolio,
    plot_physical_progress,
    plot_platform_failure,
)
from .regions import plot_decomposition, plot_disparity_trend, plot_lorenz, plot_ranking
from .roadmap import plot_roadmap
from .robustness import plot_acceptability, plot_rank_bands, plot_sensitivity
from .survey import plot_importance_performance, plot_obstacles, plot_self_verified, plot_survey_response
from .targets import plot_effort_plan, plot_outlook
from .trend import plot_score_trend

__all__ = [
    "FIGURES",
    "DrawnFigure",
    "Figure",
    "draw",
    "plot_acceptability",
    "plot_agency_standing",
    "plot_area_spread",
    "plot_bubble_map",
    "plot_choropleth",
    "plot_contributions",
    "plot_decomposition",
    "plot_disparity_interval",
    "plot_disparity_trend",
    "plot_effort_plan",
    "plot_ict_dependence",
    "plot_importance_performance",
    "plot_klassen",
    "plot_lorenz",
    "plot_obstacles",
    "plot_opd_portfolio",
    "plot_outlook",
    "plot_physical_progress",
    "plot_pillar_radar",
    "plot_platform_failure",
    "plot_portfolio",
    "plot_priority_rates",
    "plot_profile_scores",
    "plot_profile_years",
    "plot_rank_bands",
    "plot_ranking",
    "plot_roadmap",
    "plot_score_trend",
    "plot_self_verified",
    "plot_sensitivity",
    "plot_service_gap",
    "plot_survey_response",
    "plot_tile_map",
]

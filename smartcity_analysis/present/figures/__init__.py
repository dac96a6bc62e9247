"""Every figure of the review: a plot on given axes, and the drawn picture with its title and its words.

A plot computes nothing but positions; every word comes from the language's messages below ``figures.<name>``. With
``present/maps`` these are the only modules that know matplotlib; importing :mod:`smartcity_analysis.present` does not
import them.
"""

from ..maps import plot_bubble_map, plot_choropleth, plot_tile_map
from .areas import plot_area_spread, plot_priority_rates, plot_service_gap
from .base import DrawnFigure, Figure
from .disparity import plot_contributions, plot_disparity_interval
from .drawing import FIGURES, draw
from .klassen import plot_klassen
from .pillars import plot_pillar_radar, plot_portfolio
from .regions import plot_decomposition, plot_disparity_trend, plot_lorenz, plot_ranking
from .robustness import plot_acceptability, plot_rank_bands, plot_sensitivity
from .trend import plot_score_trend

__all__ = [
    "FIGURES",
    "DrawnFigure",
    "Figure",
    "draw",
    "plot_acceptability",
    "plot_area_spread",
    "plot_bubble_map",
    "plot_choropleth",
    "plot_contributions",
    "plot_decomposition",
    "plot_disparity_interval",
    "plot_disparity_trend",
    "plot_klassen",
    "plot_lorenz",
    "plot_pillar_radar",
    "plot_portfolio",
    "plot_priority_rates",
    "plot_rank_bands",
    "plot_ranking",
    "plot_score_trend",
    "plot_sensitivity",
    "plot_service_gap",
    "plot_tile_map",
]

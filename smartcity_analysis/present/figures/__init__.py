"""Every figure of the review: a plot on given axes, and the drawn picture with its title and its words.

A plot computes nothing but positions; every word comes from the language's messages below ``figures.<name>``. With
``present/maps`` these are the only modules that know matplotlib; importing :mod:`smartcity_analysis.present` does not
import them.
"""

from ..maps import plot_bubble_map, plot_choropleth, plot_tile_map
from .base import DrawnFigure, Figure
from .drawing import FIGURES, draw
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
    "plot_bubble_map",
    "plot_choropleth",
    "plot_decomposition",
    "plot_disparity_trend",
    "plot_lorenz",
    "plot_pillar_radar",
    "plot_portfolio",
    "plot_rank_bands",
    "plot_ranking",
    "plot_score_trend",
    "plot_sensitivity",
    "plot_tile_map",
]

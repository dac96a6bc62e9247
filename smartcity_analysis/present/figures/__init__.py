"""Every figure of the review: a plot on given axes, and the drawn picture with its title and its words.

A plot computes nothing but positions; every word comes from the language's messages below ``figures.<name>``. With
``present/maps`` these are the only modules that know matplotlib; importing :mod:`smartcity_analysis.present` does not
import them.
"""

from .base import DrawnFigure, Figure
from .drawing import FIGURES, draw
from .pillars import plot_pillar_radar, plot_portfolio
from .regions import plot_decomposition, plot_disparity_trend, plot_lorenz, plot_ranking
from .trend import plot_score_trend

__all__ = [
    "FIGURES",
    "DrawnFigure",
    "Figure",
    "draw",
    "plot_decomposition",
    "plot_disparity_trend",
    "plot_lorenz",
    "plot_pillar_radar",
    "plot_portfolio",
    "plot_ranking",
    "plot_score_trend",
]

"""Maps: a tile for every region, circles at their places, and regions in their borders.

Only the last needs borders; :mod:`smartcity_analysis.present.tiles` gives the tiles their places.
"""

from .bubble import bubble_map_facts, plot_bubble_map
from .choropleth import choropleth_facts, plot_choropleth
from .tile import plot_tile_map, tile_map_facts

__all__ = [
    "bubble_map_facts",
    "choropleth_facts",
    "plot_bubble_map",
    "plot_choropleth",
    "plot_tile_map",
    "tile_map_facts",
]

"""An index with three levels, mixed rules, both directions and plain data, for the tests of uncertainty."""

import numpy as np
import pandas as pd

from smartcity_analysis.index import IndexSpec
from smartcity_analysis.index.uncertainty.inputs import UncertaintyPlan
from smartcity_analysis.study import Framework, Leaf, Node


def leaf(code, weight=None, **settings):
    return Node(code, {}, weight=weight, leaf=Leaf(**settings))


def node(code, *children, **settings):
    return Node(code, {}, children=children, **settings)


def framework(root, scale=(1.0, 100.0)):
    return Framework("test", {}, root, scale=scale)


TREE = framework(
    node(
        "city",
        node("green", leaf("water", 60), leaf("air", 40, direction=-1), leaf("trees", 20), weight=25),
        node("life", node("home", leaf("rent"), leaf("heat")), leaf("clinic"), weight=75, rule="geometric"),
    )
)
CODES = [each.code for each in TREE.leaves]
REGIONS = ["Kota", "Mojoroto", "Pesantren", "Ngasem", "Gurah"]


def table(regions=5, missing=0, seed=0):
    """Values above 0 that all differ; the first `missing` regions lack one value each."""
    rng = np.random.default_rng(seed)
    numbers = rng.gamma(3.0, 1.0, (regions, len(CODES)))
    for row in range(missing):
        numbers[row, row % len(CODES)] = np.nan
    names = REGIONS if regions == len(REGIONS) else [f"R{number:03}" for number in range(regions)]
    return pd.DataFrame(numbers, index=names, columns=CODES)


VALUES = table()


def plan(base=None, **inputs):
    return UncertaintyPlan(base or IndexSpec(), inputs)

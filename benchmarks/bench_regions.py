"""Speed of the measures of disparity beside PySAL, as ratios in one run: ``python benchmarks/bench_regions.py``.

Our figures are those of the public, labelled functions, with all their checks; PySAL's are those of its classes on
arrays.
"""

import sys
import warnings

import numpy as np
import pandas as pd
from _timing import best, head, line
from esda.moran import Moran, Moran_Local
from inequality.theil import TheilD, TheilDSim
from libpysal.weights import WSP

from smartcity_analysis.regions import (
    attribute_scores,
    decompose,
    distance_weights,
    interval_table,
    local_moran_table,
    moran_table,
    permutation_test,
)

TIMES = 10  # calls of ours in one measurement, which a clock could not tell apart otherwise


def regions(n, columns=None, seed=0):
    """Skewed values of n regions."""
    numbers = np.random.default_rng(seed).lognormal(size=n if columns is None else (n, columns))
    names = [f"35.{i:06d}" for i in range(n)]
    return pd.Series(numbers, names) if columns is None else pd.DataFrame(numbers, names)


def theil_test():
    """46 regions in 3 groups, 999 permutations."""
    values = regions(46)
    groups = pd.Series(np.arange(46) % 3, values.index)
    array, codes = values.to_numpy()[:, np.newaxis], groups.to_numpy()
    tasks = {
        "ours": lambda: [permutation_test(values, groups, rng=np.random.default_rng(0)) for _ in range(TIMES)],
        "pysal": lambda: TheilDSim(array, codes, 999),
    }
    times = best(tasks)
    times["ours"] /= TIMES
    head("Theil T between groups: 46 regions, 3 groups, 999 permutations")
    line("ours", times["ours"] * 1e3, unit="ms")
    line("inequality.theil.TheilDSim", times["pysal"] * 1e3, unit="ms")
    line("ratio", times["pysal"] / times["ours"], ">= 40")


def morans():
    """60 indicators on 46 regions, 999 permutations."""
    values = regions(46, 60)
    rng = np.random.default_rng(1)
    positions = pd.DataFrame(
        {"lat": rng.uniform(-7.9, -7.75, 46), "lon": rng.uniform(111.95, 112.07, 46)}, values.index
    )
    weights = distance_weights(positions, nearest=5)
    other = WSP(weights.matrix).to_W()
    other.transform = "r"
    columns = values.to_numpy().T
    tasks = {
        "ours": lambda: moran_table(values, weights, rng=np.random.default_rng(0)),
        "esda": lambda: [Moran(x, other, permutations=999) for x in columns],
        "ours, local": lambda: local_moran_table(values, weights, rng=np.random.default_rng(0), permutations=999),
        "esda, local": lambda: [Moran_Local(x, other, permutations=999) for x in columns],
    }
    times = best(tasks, 3)
    head("Moran's I: 60 indicators, 46 regions, 999 permutations")
    line("ours", times["ours"] * 1e3, unit="ms")
    line("esda.Moran", times["esda"] * 1e3, unit="ms")
    line("ratio", times["esda"] / times["ours"], ">= 40")
    line("ours, local", times["ours, local"] * 1e3, unit="ms")
    line("esda.Moran_Local", times["esda, local"] * 1e3, unit="ms")
    line("ratio", times["esda, local"] / times["ours, local"])


def large():
    """83,000 regions in 514 groups."""
    values = regions(83_000)
    codes = np.random.default_rng(1).integers(0, 514, 83_000)
    groups = pd.Series([f"35.{code}" for code in codes], values.index)
    array = values.to_numpy()[:, np.newaxis]
    times = best({"ours": lambda: decompose(values, groups), "pysal": lambda: TheilD(array, codes)}, 3)
    head("Theil T split into between and within: 83,000 regions, 514 groups")
    line("ours", times["ours"] * 1e3, unit="ms")
    line("inequality.theil.TheilD", times["pysal"] * 1e3, unit="ms")
    line("ratio", times["pysal"] / times["ours"], ">= 30")


def no_rival():
    """What nothing in the field offers."""
    values, one = regions(46, 60), regions(46, 12)
    equal = dict.fromkeys(one.columns, 1)
    tasks = {
        "intervals of Theil T, 60 indicators, 1,999 resamples": lambda: interval_table(
            values, "theil_t", rng=np.random.default_rng(0)
        ),
        "intervals of the Gini index, 60 indicators, 1,999 resamples": lambda: interval_table(
            values, "gini", rng=np.random.default_rng(0)
        ),
        "Shapley values of 12 pillars, 46 regions, geometric mean": lambda: attribute_scores(one, equal, "geometric"),
    }
    head("Without a rival")
    for name, seconds in best(tasks, 3).items():
        line(name, seconds * 1e3, unit="ms")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    parts = {"theil": theil_test, "moran": morans, "large": large, "others": no_rival}
    for name in sys.argv[1:] or parts:
        parts[name]()

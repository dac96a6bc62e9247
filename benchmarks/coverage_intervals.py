"""How often the 95 % intervals hold the truth, by simulation: ``python benchmarks/coverage_intervals.py``.

Prints the tables of docs/coverage.md. Regions are drawn from populations whose disparity is known in closed form; every
simulated set of regions is one column, so that a block of them shares its resamples.
"""

import sys

import numpy as np
import pandas as pd
from scipy.stats import norm

from smartcity_analysis.regions import INTERVALS, shrink
from smartcity_analysis.regions.measures import get_measure
from smartcity_analysis.regions.resample import resample

SETS, RESAMPLES, BLOCK = 1_000, 999, 50
MEASURES = (
    "gini", "theil_t", "mean_log_deviation", "coefficient_of_variation", "atkinson_0.5", "hoover", "palma", "p80_p20",
)  # fmt: skip


def lognormal(s):
    """The disparity of lognormal values with standard deviation s of the logarithm."""
    below = {p: norm.cdf(norm.ppf(p) - s) for p in (0.4, 0.9)}
    return {
        "gini": 2 * norm.cdf(s / np.sqrt(2)) - 1,
        "theil_t": s**2 / 2,
        "mean_log_deviation": s**2 / 2,
        "coefficient_of_variation": np.sqrt(np.expm1(s**2)),
        "atkinson_0.5": -np.expm1(-(s**2) / 4),
        "hoover": 2 * norm.cdf(s / 2) - 1,
        "palma": (1 - below[0.9]) / below[0.4],
        "p80_p20": np.exp(s * (norm.ppf(0.8) - norm.ppf(0.2))),
    }


def pareto(a):
    """The disparity of Pareto values with index a."""
    below = {p: 1 - (1 - p) ** (1 - 1 / a) for p in (0.4, 0.9)}
    return {
        "gini": 1 / (2 * a - 1),
        "theil_t": np.log((a - 1) / a) + 1 / (a - 1),
        "mean_log_deviation": np.log(a / (a - 1)) - 1 / a,
        "coefficient_of_variation": 1 / np.sqrt(a * (a - 2)),
        "atkinson_0.5": 1 - (a / (a - 0.5)) ** 2 * (a - 1) / a,
        "hoover": (a - 1) ** (a - 1) / a**a,
        "palma": (1 - below[0.9]) / below[0.4],
        "p80_p20": 4 ** (1 / a),
    }


POPULATIONS = {
    "lognormal 0.5": (lambda rng, size: rng.lognormal(0, 0.5, size), lognormal(0.5)),
    "lognormal 1": (lambda rng, size: rng.lognormal(0, 1, size), lognormal(1)),
    "Pareto 5": (lambda rng, size: 1 + rng.pareto(5, size), pareto(5)),
    "Pareto 3": (lambda rng, size: 1 + rng.pareto(3, size), pareto(3)),
}


def covered(draw, truth, regions, weighted=False, seed=0):
    """Return the share of intervals that hold the truth, by measure and method, and their median width over it."""
    rng = np.random.default_rng(seed)
    records = [get_measure(name) for name in MEASURES]
    hits, widths = {}, {}
    for _ in range(SETS // BLOCK):
        values = draw(rng, (BLOCK, regions))
        weights = rng.lognormal(0, 0.5, regions) if weighted else np.ones(regions)
        for record, found in zip(records, resample(records, values, weights, rng, RESAMPLES), strict=True):
            for name, method in INTERVALS.items():
                if method.needs_error and not (record.moments or record.slopes):
                    continue
                lower, upper = method.kernel(found, 0.95)
                upper = np.minimum(upper, 1.0) if record.bounded else upper
                key = (record.name, name)
                hits.setdefault(key, []).append((lower <= truth[record.name]) & (truth[record.name] <= upper))
                widths.setdefault(key, []).append((upper - lower) / truth[record.name])
    share = {key: np.concatenate(parts).mean() for key, parts in hits.items()}
    return share, {key: np.nanmedian(np.concatenate(parts)) for key, parts in widths.items()}


def markdown(rows, columns):
    """Print a table."""
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def by_method(regions, weighted=False):
    """Every measure and method on every population."""
    found = {name: covered(*population, regions, weighted) for name, population in POPULATIONS.items()}
    rows = []
    for measure in MEASURES:
        for method in INTERVALS:
            if (measure, method) in found["Pareto 3"][0]:
                cells = [f"{100 * s[measure, method]:.0f} ({w[measure, method]:.1f})" for s, w in found.values()]
                rows.append([measure, method, *cells])
    print(f"\n### {regions} regions{', weighted by population' if weighted else ''}\n")
    markdown(rows, ["measure", "method", *POPULATIONS])


def by_size(sizes=(3, 5, 8, 10, 15, 20, 30, 46, 100), measures=MEASURES, width=False):
    """The default method from 3 to 100 regions: coverage, or the median width over the truth."""
    found = {n: {name: covered(*population, n)[width] for name, population in POPULATIONS.items()} for n in sizes}
    rows = []
    for measure in measures:
        method = "studentised" if (measure, "studentised") in found[sizes[0]]["Pareto 3"] else "bca"
        for name in POPULATIONS:
            cells = (found[n][name][measure, method] for n in sizes)
            rows.append([measure, name, *(f"{cell:.1f}" if width else f"{100 * cell:.0f}" for cell in cells)])
    print(f"\n### By number of regions (default method){': width' if width else ''}\n")
    markdown(rows, ["measure", "population", *(str(n) for n in sizes)])


def rates():
    """Raw and shrunk rates of small counts; the truth is the rate of each region."""
    rows = []
    for regions in (46, 3):
        for prior, people in (("gamma_poisson", 200), ("gamma_poisson", 2_000), ("beta_binomial", 60)):
            rng = np.random.default_rng(0)
            raw, shrunk, error = [], [], []
            for _ in range(SETS // 2):
                exposed = rng.integers(people // 2, 2 * people, regions)
                if prior == "gamma_poisson":
                    truth = rng.gamma(4, 0.02 / 4, regions)
                    events = rng.poisson(truth * exposed)
                else:
                    truth = rng.beta(4, 16, regions)
                    events = rng.binomial(exposed, truth)
                table = shrink(pd.Series(events), pd.Series(exposed), prior).table
                raw.append(table["rate_lower"].le(truth) & table["rate_upper"].ge(truth))
                shrunk.append(table["shrunk_lower"].le(truth) & table["shrunk_upper"].ge(truth))
                error.append([((table[name] - truth) ** 2).sum() for name in ("rate", "shrunk")])
            squares = np.sum(error, axis=0)
            figures = [f"{100 * np.mean(raw):.0f}", f"{100 * np.mean(shrunk):.0f}", f"{squares[1] / squares[0]:.2f}"]
            rows.append([str(regions), prior, f"{people // 2} to {2 * people}", *figures])
    print("\n### Rates from small counts\n")
    markdown(rows, ["regions", "prior", "persons in a region", "raw", "shrunk", "squared error, shrunk over raw"])


if __name__ == "__main__":
    parts = {
        "46": lambda: by_method(46),
        "3": lambda: by_method(3),
        "weighted": lambda: by_method(46, weighted=True),
        "size": by_size,
        "width": lambda: by_size((3, 5, 8, 10, 15, 20), ("gini", "theil_t"), width=True),
        "rates": rates,
    }
    for part in sys.argv[1:] or parts:
        parts[part]()

"""Speed and memory of uncertainty and sensitivity, as ratios in one run: ``python benchmarks/bench_uncertainty.py``.

The floor of a draw is what cannot be done without: its random numbers, one matrix product and one indirect sort. Run
with ``OPENBLAS_NUM_THREADS=1`` where other work runs beside: threads of small products then wait for each other.
"""

import resource
import sys
import warnings

import numpy as np
import pandas as pd
from _timing import best, head, line

from smartcity_analysis.index import AGGREGATORS, IndexSpec
from smartcity_analysis.index.uncertainty.inputs import (
    Choice,
    DataError,
    DirichletWeights,
    NoisyWeights,
    UncertaintyPlan,
)
from smartcity_analysis.index.uncertainty.propagation import propagate
from smartcity_analysis.index.uncertainty.sobol import sobol_design, sobol_indices
from smartcity_analysis.index.uncertainty.streams import BLOCK
from smartcity_analysis.study import Framework, Leaf, Node

MEANS = {"arithmetic": {}, "geometric": {}, "harmonic": {}, "power": {"p": 2.0}}
NORMALISATIONS = ["minmax", "percentile_rank", ("zscore", {"mean": 50, "sd": 5, "scale": None}), "distance_to_max"]


def tree(*sizes):
    """A framework of so many children at every level."""
    count = iter(range(10**6))

    def node(level):
        code = f"n{next(count)}"
        if level == len(sizes):
            return Node(code, {}, leaf=Leaf())
        return Node(code, {}, children=tuple(node(level + 1) for _ in range(sizes[level])))

    return Framework("bench", {}, node(0))


def data(framework, regions, seed=0):
    codes = [leaf.code for leaf in framework.leaves]
    numbers = np.random.default_rng(seed).gamma(2.0, 1.0, (regions, len(codes)))
    return pd.DataFrame(numbers, index=[f"r{number}" for number in range(regions)], columns=codes)


def ours(values, framework, inputs, draws, base=None, **settings):
    plan = UncertaintyPlan(base or IndexSpec(scale=(1, 100)), inputs)
    return lambda: propagate(values, framework, plan, draws=draws, rng=np.random.default_rng(0), **settings)


def floor(regions, indicators, draws, numbers="random"):
    """Random numbers, product and sort, block by block into arrays made once."""
    rng = np.random.default_rng(0)
    scores = rng.random((regions, indicators))
    blocks = draws // BLOCK

    def run():
        for _ in range(blocks):
            weights = (
                rng.random((BLOCK, indicators)) if numbers == "random" else rng.standard_gamma(1.0, (BLOCK, indicators))
            )
            np.argsort(weights @ scores.T, axis=1)

    return run


def weights_only():
    head("46 regions x 60 indicators, weights only, score and rank")
    draws, flat = 64 * BLOCK, tree(60)
    values = data(flat, 46)
    tasks = {"floor": floor(46, 60, draws), "gamma": floor(46, 60, draws, "gamma")}
    tasks |= {"noisy": ours(values, flat, {"w": NoisyWeights(0.25)}, draws)}
    tasks |= {"dirichlet": ours(values, flat, {"w": DirichletWeights()}, draws)}
    deep = tree(6, 2, 5)
    tasks |= {"deep": ours(data(deep, 46), deep, {"w": NoisyWeights(0.25)}, draws)}
    tasks |= {"setup": ours(values, flat, {"w": NoisyWeights(0.25)}, 1)}
    slow = slow_loops(values)
    times = best(tasks) | {name: time * draws for name, time in slow.items()}
    line("floor (uniform numbers, product, argsort)", times["floor"] / draws * 1e6, unit="us a draw")
    line("noisy weights, as called", times["noisy"] / draws * 1e6, unit="us a draw")
    line("of which once a call, whatever the draws", times["setup"] * 1e3, unit="ms")
    line("noisy weights over the floor", times["noisy"] / times["floor"], "<= 3")
    line("the same without what is done once", (times["noisy"] - times["setup"]) / times["floor"])
    line("Dirichlet weights over the floor with gamma numbers", times["dirichlet"] / times["gamma"], "<= 3")
    line("noisy weights in three levels (6 x 2 x 5) over the floor", times["deep"] / times["floor"], "<= 3")
    line("a loop over scikit-criteria pipelines over noisy weights", times["criteria"] / times["noisy"], ">= 500")
    line("a loop over pandas over noisy weights", times["pandas"] / times["noisy"], ">= 150")


def slow_loops(values):
    """Seconds a draw of what is done elsewhere: normalise, weigh, add and rank in a loop."""
    scores = (values - values.min()) / (values.max() - values.min())
    weights = pd.DataFrame(np.random.default_rng(0).dirichlet(np.ones(60), 200), columns=values.columns)

    def pandas():
        for _, row in weights.iterrows():
            scores.mul(row, axis=1).sum(axis=1).rank(ascending=False, method="min")

    times = {"pandas": best({"": pandas}, 5)[""] / len(weights), "criteria": float("nan")}
    try:
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.pipeline import mkpipe
        from skcriteria.preprocessing.scalers import MinMaxScaler
    except ImportError:
        return times
    pipe = mkpipe(MinMaxScaler(target="matrix"), WeightedSumModel())

    def criteria():
        for row in weights.to_numpy()[:40]:
            pipe.evaluate(skcriteria.mkdm(values.to_numpy(), [max] * 60, weights=row))

    return times | {"criteria": best({"": criteria}, 3)[""] / 40}


def combinations():
    head("46 x 60, every normalisation with every mean, weights only, score and rank: over the floor (target <= 5)")
    draws, flat = 64 * BLOCK, tree(60)
    values = data(flat, 46)
    inputs = {
        f"{method if isinstance(method, str) else method[0]} {rule}": {
            "normalise": Choice("normalise", [method]),
            "rule": Choice("aggregate", [(rule, options)]),
            "w": NoisyWeights(0.25),
        }
        for method in NORMALISATIONS
        for rule, options in MEANS.items()
    }
    tasks = {name: ours(values, flat, each, draws) for name, each in inputs.items()}
    times = best({"floor": floor(46, 60, draws), **tasks}, 5)
    for name in tasks:
        line(name, times[name] / times["floor"], "<= 5")
    head("the other rules, min-max (no target: no single matrix product)")
    rest = {"minimum": {}, "median": {}, "owa": {"power": 2.0}, "mazziotta_pareto": {}, "topsis": {}, "copeland": {}}
    for rule, options in rest.items():
        if rule in AGGREGATORS:
            each = {"rule": Choice("aggregate", [(rule, options)]), "w": NoisyWeights(0.25)}
            found = best({"": ours(values, flat, each, 4 * BLOCK)}, 3)[""]
            line(rule, found / (4 * BLOCK) * 1e6, unit="us a draw")


def four_choices():
    head("51 x 49 in four levels; winsorising limit, normalisation, weights, aggregation; a record of every draw")
    framework = tree(1, 7, 7)
    values = data(framework, 51)
    inputs = {
        "limit": Choice("treat", [("winsorise", {"limit": limit}) for limit in range(1, 6)]),
        "normalise": Choice("normalise", NORMALISATIONS[:3]),
        "rule": Choice("aggregate", ["arithmetic", "geometric"]),
        "weights": NoisyWeights(0.25),
    }
    draws = 64 * BLOCK
    task = ours(values, framework, inputs, draws)
    times = best({"all": task, "setup": ours(values, framework, inputs, BLOCK)}, 5)
    line("draws a second, as called", draws / times["all"], ">= 20000", "")
    line("30 combinations made ready, with one block of draws", times["setup"] * 1e3, unit="ms")
    result = task()
    found = best({"record": lambda: result.record(draws - 1), "choices": lambda: result.choices}, 5)
    line("one full record (inputs, values, spec, scores) drawn again", found["record"] * 1e3, unit="ms")
    line("table of the choices of all draws", found["choices"] * 1e3, unit="ms")
    errors = DataError(0.1 * values)
    noisy = best({"": ours(values, framework, {**inputs, "errors": errors}, 2 * BLOCK)}, 3)[""]
    line("with errors in all values besides", noisy / (2 * BLOCK) * 1e6, unit="us a draw")


def sobol():
    head("Sobol' indices: 46 outputs, n = 1,024, d = 6, 100 resamples")
    rng = np.random.default_rng(0)
    a, b = sobol_design(1024, 6, rng)
    mixing = rng.random((6, 46))

    def model(u):
        return np.sin(3 * u.T @ mixing) + u.T @ mixing**2

    y_a, y_b = model(a), model(b)
    y_ab = [model(np.where(np.arange(6)[:, np.newaxis] == j, b, a)) for j in range(6)]
    tasks = {"ours": lambda: sobol_indices(y_a, y_b, y_ab, resamples=100, rng=np.random.default_rng(0))}
    try:
        from SALib.analyze.sobol import analyze
    except ImportError:
        return
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    theirs = np.stack([y_a, *y_ab, y_b], axis=1).reshape(-1, 46)

    def salib():
        for column in theirs.T:
            analyze(problem, column, calc_second_order=False, num_resamples=100, seed=0)

    times = best({**tasks, "salib": salib}, 5)
    line("ours", times["ours"] * 1e3, unit="ms")
    line("SALib over ours", times["salib"] / times["ours"], ">= 20")


def large():
    head("83,000 x 60, 1,000 draws, scores only")
    regions, draws, flat = 83_000, 1_000, tree(60)
    values = data(flat, regions)
    rng = np.random.default_rng(0)
    matrix, weights = np.ascontiguousarray(values.to_numpy().T), rng.random((draws, 60))
    tasks = {
        "ours": ours(values, flat, {"w": NoisyWeights(0.25)}, draws, rank=False),
        "setup": ours(values, flat, {"w": NoisyWeights(0.25)}, 1, rank=False),
        "product": lambda: weights @ matrix,
    }
    times = best(tasks, 3)
    line("one wide matrix product", times["product"] / draws * 1e3, unit="ms a draw")
    line("ours, as called", times["ours"] / draws * 1e3, unit="ms a draw")
    line("of which once a call (checks, normalisation, nominal index)", times["setup"] * 1e3, unit="ms")
    line("rate of the product, as called", 100 * times["product"] / times["ours"], ">= 40", "%")
    line(
        "rate of the product, without what is done once",
        100 * times["product"] / (times["ours"] - times["setup"]),
        unit="%",
    )


def peak():
    """Memory of 83,000 x 60 by itself: run with the argument ``peak``."""
    flat = tree(60)
    result = ours(data(flat, 83_000), flat, {"w": NoisyWeights(0.25)}, 1_000, rank=False)()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    line("83,000 x 60, 1,000 draws: most memory of the process", used, "< 2", "GiB")
    assert result.kept.scores is not None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    parts = {
        "weights": weights_only,
        "combinations": combinations,
        "choices": four_choices,
        "sobol": sobol,
        "large": large,
    }
    parts["peak"] = peak
    for name in sys.argv[1:] or [each for each in parts if each != "peak"]:
        parts[name]()

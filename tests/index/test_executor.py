"""Draws made by threads, processes and a cluster are those made here, to the byte; what cannot be sent is refused."""

import functools
import multiprocessing
import sys
import threading
import types
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import distributed
import numpy as np
import pandas as pd
import pytest
import threadpoolctl

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, WEIGHTINGS, IndexSpec
from smartcity_analysis.index.methods import ScoringError
from smartcity_analysis.index.uncertainty import workers
from smartcity_analysis.index.uncertainty.inputs import (
    Choice,
    DataError,
    DirichletWeights,
    LeaveOut,
    NoisyWeights,
    Replicates,
)
from smartcity_analysis.index.uncertainty.propagation import propagate
from smartcity_analysis.index.uncertainty.sensitivity import sensitivity

from . import sendable
from .uncertain import CODES, TREE, framework, leaf, node, plan, table

pytestmark = pytest.mark.xdist_group("executor")

MANY = 150
VALUES = table(MANY)
GAPS = table(MANY, missing=20)
ERRORS = DataError(pd.DataFrame(0.1, index=VALUES.index, columns=CODES))
LOW = IndexSpec(aggregate="arithmetic", scale=(0, 100))  # a score of 0 is one that the geometric mean refuses
FLAT = framework(node("flat", *(leaf(f"i{number}") for number in range(60))))
WIDE = pd.DataFrame(  # its last block of 476 draws adds up in another order where several threads share it
    np.random.default_rng(1).uniform(1, 100, (46, 60)), columns=[each.code for each in FLAT.leaves]
)
PLANS = {
    "weights": (VALUES, TREE, plan(weights=NoisyWeights(0.25))),
    "many weights": (WIDE, FLAT, plan(IndexSpec(normalise="none"), weights=NoisyWeights(0.25))),
    "choices": (
        GAPS,
        TREE,
        plan(
            impute=Choice("impute", ["mean", "median", sendable.by_column]),
            treat=Choice("treat", [None, ("winsorise", {"limit": 2})]),
            normalise=Choice("normalise", ["minmax", "percentile_rank"]),
            rule=Choice("aggregate", ["arithmetic", "median", sendable.upper_half]),
            weights=DirichletWeights(10),
            out=LeaveOut(0.05),
        ),
    ),
    "errors": (VALUES, TREE, plan(errors=ERRORS, weights=Choice("weights", ["equal", "pca", {"green": 1, "life": 2}]))),
    "replicates": (VALUES, TREE, plan(water=Replicates(functools.partial(sendable.water, MANY), columns=["water"]))),
    "records": (
        VALUES,
        TREE,
        plan(
            IndexSpec(aggregate=AGGREGATORS["arithmetic"], weights=WEIGHTINGS["equal"]),
            normalise=Choice("normalise", ["minmax", "distance_to_max"]),
            weights=NoisyWeights(0.5),
        ),
    ),
    "failures": (VALUES, TREE, plan(LOW, errors=ERRORS, rule=Choice("aggregate", ["arithmetic", "geometric"]))),
}
each_plan = pytest.mark.parametrize("name", PLANS)
GROUP = {"rule": Choice("aggregate", ["arithmetic", sendable.upper_half]), "weights": DirichletWeights(10)}
PLANS["group"] = (VALUES, TREE, plan(**GROUP))
each_executor = pytest.mark.parametrize("executor", ["threads", "processes", "cluster"], indirect=True)


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def cluster():
    """Two workers with one thread each, on this machine only; a page that shows them would take a fixed port."""
    quiet = {"dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()


@pytest.fixture
def executor(request):
    return request.getfixturevalue(request.param)


def drawn(name, draws=2524, **settings):
    values, tree, given = PLANS[name]
    return propagate(values, tree, given, draws=draws, rng=np.random.default_rng(7), **settings)


@functools.cache
def drawn_here(name, draws=2524):
    return drawn(name, draws)


def explained(name, **settings):
    values, tree, given = PLANS[name]
    return sensitivity(values, tree, given, draws=2048, rng=np.random.default_rng(7), resamples=5, **settings)


def assert_same(other, usual):
    assert other.scores.to_numpy().tobytes() == usual.scores.to_numpy().tobytes()
    assert other.ranks.to_numpy().tobytes() == usual.ranks.to_numpy().tobytes()
    assert_same_summaries(other, usual)


def assert_same_summaries(other, usual):
    for made in ("summary", "acceptability"):
        pd.testing.assert_frame_equal(getattr(other, made)(), getattr(usual, made)(), check_exact=True)
    pd.testing.assert_frame_equal(other.failures, usual.failures)
    pd.testing.assert_frame_equal(other.choices, usual.choices)


# --- the same bytes ---


@each_executor
@each_plan
def test_draws_are_the_same_whoever_makes_them(name, executor):
    assert_same(drawn(name, executor=executor), drawn_here(name))


@each_executor
def test_summaries_are_the_same_where_scores_do_not_fit_into_memory(executor):
    tight = drawn("failures", 1100, executor=executor, memory_mb=1)
    assert tight.kept.scores is None and 0 < tight.failed.sum() < tight.draws
    assert_same_summaries(tight, drawn_here("failures", 1100))


OUTPUTS = {"scores": "scores", "regions": ["R003", "R100"], "function": sendable.spread}


@each_executor
@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_sensitivity_is_the_same_whoever_scores(output, executor):
    usual, other = (explained("group", output=output, executor=each) for each in (None, executor))
    pd.testing.assert_frame_equal(other.table(), usual.table(), check_exact=True)
    pd.testing.assert_frame_equal(other.convergence(), usual.convergence(), check_exact=True)
    pd.testing.assert_frame_equal(other.failures, usual.failures)


@each_executor
def test_sensitivity_with_failures_and_errors_in_the_values(executor):
    usual, other = (explained("failures", output="rank_shift", executor=each) for each in (None, executor))
    assert len(usual.failures)
    pd.testing.assert_frame_equal(other.table(), usual.table(), check_exact=True)
    pd.testing.assert_frame_equal(other.failures, usual.failures)


def test_a_generator_goes_on_alike(threads):
    after = []
    for executor in (None, threads):
        rng = np.random.default_rng(7)
        sensitivity(VALUES, TREE, PLANS["weights"][2], draws=64, rng=rng, executor=executor)
        after.append(rng.random())
    assert after[0] == after[1]


def test_linear_algebra_has_its_threads_again_afterwards(threads):
    before = threadpoolctl.threadpool_info()
    for executor in (None, threads):
        drawn("weights", executor=executor)
    assert threadpoolctl.threadpool_info() == before


# --- workers that die ---


def fatal(flag):
    return plan(water=Replicates(sendable.fatal(MANY, flag), columns=["water"]))


def test_a_worker_of_a_cluster_that_is_killed_costs_nothing_but_time(cluster, tmp_path):
    flag = tmp_path / "killed"
    other = propagate(VALUES, TREE, fatal(flag), draws=9000, rng=np.random.default_rng(7), executor=cluster)
    assert flag.exists()
    assert_same(other, drawn_here("replicates", draws=9000))


def test_a_process_that_dies_is_said_to_have_died(tmp_path):
    message = (
        r"executor: found workers that died or were shut down \(BrokenProcessPool\), expected them to stay. "
        r".*Call again with a new executor.*the same seed gives the same draws"
    )
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(ScoringError, match=message),
    ):
        propagate(VALUES, TREE, fatal(tmp_path / "killed"), draws=5000, rng=np.random.default_rng(7), executor=pool)


# --- what cannot be sent ---


def once(executor, **inputs):
    return propagate(VALUES, TREE, plan(**inputs), draws=10, rng=np.random.default_rng(7), executor=executor)


def test_every_function_that_cannot_be_pickled_is_named(processes):
    def inner(scores, weights):
        return scores.max(axis=-1)

    rules = {"one": lambda scores, weights: scores.min(axis=-1), "two": inner}
    with pytest.raises(ScoringError) as caught:
        once(processes, rule=Choice("aggregate", rules))
    test = test_every_function_that_cannot_be_pickled_is_named.__name__
    for problem, name in zip(caught.value.problems, ("<lambda>", "inner"), strict=True):
        assert problem == (
            f"executor: found '{test}.<locals>.{name}' of {__name__}, expected a function that can be pickled: "
            "defined with def in a module, not inside another function. "
            "Move it there, or use a ThreadPoolExecutor or no executor."
        )


def test_a_function_as_output_must_be_one_that_can_be_pickled(processes):
    with pytest.raises(
        ScoringError, match=r"executor: found '.*<lambda>' of .*, expected a function that can be pickl"
    ):
        explained("weights", output=lambda scores: scores[:, 0], executor=processes)


def test_any_function_will_do_for_threads(threads):
    inputs = {"rule": Choice("aggregate", [lambda scores, weights: scores.min(axis=-1)]), "out": LeaveOut(0.2)}
    assert_same(once(threads, **inputs), once(None, **inputs))


def test_what_else_cannot_be_pickled_is_told(processes):
    held = functools.partial(sendable.water, MANY)
    held.lock = threading.Lock()
    with pytest.raises(ScoringError, match=r"executor: found what cannot be pickled \(cannot pickle '_thread.lock'"):
        once(processes, water=Replicates(held, columns=["water"]))


@pytest.mark.parametrize("executor", ["processes", "cluster"], indirect=True)
def test_a_function_that_only_the_caller_has_is_named(executor, monkeypatch):
    module = types.ModuleType("written_here")
    exec("def lowest(scores, weights):\n    return scores.min(axis=-1)", module.__dict__)
    monkeypatch.setitem(sys.modules, "written_here", module)
    message = r"a worker found no such function \(No module named 'written_here'\).*move them to a .py file"
    with pytest.raises(ScoringError, match=message):
        once(executor, rule=Choice("aggregate", [module.lowest]))


@pytest.mark.parametrize("executor", ["processes", "cluster"], indirect=True)
def test_workers_of_another_version_are_refused_by_both_versions(executor, monkeypatch):
    monkeypatch.setitem(workers.VERSIONS, "numpy", "1.0.0")
    message = f"executor: found numpy {np.__version__} on a worker, expected 1.0.0 as on the machine that asks. Install"
    with pytest.raises(ScoringError, match=message):
        once(executor, weights=NoisyWeights(0.1))


@pytest.mark.parametrize("executor", ["processes", "cluster"], indirect=True)
def test_an_error_on_a_worker_is_the_error_here(executor):
    inputs = {"impute": Choice("impute", [("mean", {"fallback": "al"})])}
    told = []
    for each in (None, executor):
        with pytest.raises(UnknownNameError, match="Unknown fallback: found 'al', expected one of 'all'") as caught:
            propagate(GAPS, TREE, plan(**inputs), draws=10, rng=np.random.default_rng(7), executor=each)
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_what_is_no_executor_is_refused(cluster):
    with pytest.raises(ScoringError, match=r"executor: found int, expected a concurrent.futures.Executor such as"):
        once(2, weights=NoisyWeights(0.1))


# --- how much is sent ---


class Counting(Executor):
    """Does the work at once, and counts the tasks, the bytes sent and the bytes of results nobody has taken yet."""

    def __init__(self):
        self.tasks, self.waiting, self.most = 0, 0, 0

    def submit(self, function, *arguments):
        made = function(*arguments)
        size = sum(each.scores.nbytes + each.ranks.nbytes for each in made)
        self.tasks, self.waiting = self.tasks + 1, self.waiting + size
        self.most = max(self.most, self.waiting)

        class Taken(Future):
            def result(future, timeout=None):
                self.waiting -= size
                return super().result(timeout)

        future = Taken()
        future.set_result(made)
        return future


def test_tasks_are_few_and_results_under_way_take_half_the_memory():
    counting, values = Counting(), table(20)
    draws = 130 * 1024
    settings = {"draws": draws, "memory_mb": draws * 20 * 10 / 2**20 + 1}
    one, other = (
        propagate(values, TREE, plan(w=NoisyWeights(0.3)), rng=np.random.default_rng(7), executor=each, **settings)
        for each in (counting, None)
    )
    assert one.kept.scores.tobytes() == other.kept.scores.tobytes()
    assert 64 <= counting.tasks <= 128
    assert counting.waiting == 0 < counting.most <= settings["memory_mb"] * 2**20 / 2

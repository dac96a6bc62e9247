"""What every member of a family keeps to; a new member is picked up from the mapping.

Where a member cannot keep to a rule it stands in a table of exceptions with the reason, and a test shows that it does
break the rule.
"""

import doctest
import inspect
import pickle
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import (
    AGGREGATORS,
    NORMALISERS,
    WEIGHTINGS,
    IndexSpec,
    Method,
    NodeSpec,
    ScoringError,
    aggregate,
    as_method,
    build_index,
    fit_bounds,
    normalise,
    weights,
)
from smartcity_analysis.index.aggregation.aggregate import combine
from smartcity_analysis.index.normalisation.bounds import GOALS
from smartcity_analysis.index.weighting.weights import weight_array
from smartcity_analysis.study import Framework, Leaf, Node

from .needed import AGGREGATE, normalise_options, tables_for
from .strategies import tables, weights_for

FAMILIES = {"normalise": NORMALISERS, "weights": WEIGHTINGS, "aggregate": AGGREGATORS}
MEMBERS = [(public, name) for public, known in FAMILIES.items() for name in sorted(known)]
PUBLIC = {"normalise": normalise, "weights": weights, "aggregate": aggregate}
each_member = pytest.mark.parametrize(("public", "name"), MEMBERS, ids="-".join)
each_normaliser = pytest.mark.parametrize("name", sorted(NORMALISERS))
each_weighting = pytest.mark.parametrize("name", sorted(WEIGHTINGS))
each_aggregator = pytest.mark.parametrize("name", sorted(AGGREGATORS))


# --- records ---


@pytest.mark.parametrize("module", ["weighting.ahp", "callables", "weighting.frontier", "weighting.weightings"])
def test_every_example_does_what_it_says(module):
    result = doctest.testmod(import_module(f"smartcity_analysis.index.{module}"))
    assert result.attempted > 0 and result.failed == 0


@each_member
def test_a_record_says_what_a_chooser_must_know(public, name):
    record = FAMILIES[public][name]
    assert record.name == name and record.label_id and record.label_en
    assert record.reference or record.on_scale
    assert record.compensation in (("full", "partial", "none") if public == "aggregate" else ("",))
    assert pickle.loads(pickle.dumps(record)) == record


@each_member
def test_every_option_is_described_where_it_is_given(public, name):
    for option in FAMILIES[public][name].options:
        assert f"`{option}`" in inspect.getdoc(PUBLIC[public]), option


@each_member
def test_an_unknown_option_is_refused(public, name):
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    given = {"normalise": (), "weights": (), "aggregate": ({"a": 1, "b": 1},)}[public]
    with pytest.raises(UnknownNameError, match=f"Unknown option of {name}: found 'colour'"):
        PUBLIC[public](table, *given, method=name, colour=1)


# --- normalisation ---

COARSE = {"categorical": "classes hold many values", "above_below_mean": "two sides hold all values"}


@each_normaliser
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_order_is_kept_and_direction_reverses_it(name, data):
    table = data.draw(tables_for(NORMALISERS[name], varied=True, missing=True))
    turn = dict.fromkeys(table.columns, -1)
    up = normalise(table, name, **normalise_options(name, table))
    down = normalise(table, name, direction=turn, **normalise_options(name, table, turn))
    for code in table.columns:
        values = table[code].dropna().sort_values()
        rises = np.diff(values) > 0
        for scores, sign in ((up, 1), (down, -1)):
            steps = sign * np.diff(scores.loc[values.index, code])
            assert (steps[~rises] == 0).all() and (steps >= 0).all()
            assert name in COARSE or (steps[rises] > 0).all()


@pytest.mark.parametrize("name", COARSE)
def test_a_coarse_scale_does_put_different_values_together(name):
    table = pd.DataFrame({"a": [1.0, 2.0, 8.0, 9.0]})
    options = {"classes": 2} if name == "categorical" else {}
    assert normalise(table, name, **options)["a"].duplicated().any()


@each_normaliser
@settings(max_examples=8, deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_labels_decide_not_positions(name, data, seed):
    table = data.draw(tables_for(NORMALISERS[name], varied=True, missing=True))
    rng = np.random.default_rng(seed)
    direction = {code: -1 if code == "air" else 1 for code in table.columns}
    options = normalise_options(name, table, direction)
    shuffled = table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]
    before = shuffled.copy(deep=True)
    scores = normalise(table, name, direction=direction, **options)
    other = normalise(shuffled, name, direction=direction, **options)
    pd.testing.assert_frame_equal(shuffled, before)
    assert list(other.index) == list(shuffled.index) and list(other.columns) == list(shuffled.columns)
    if name != "above_below_mean":  # the mean is summed in another order, and a value may equal it
        pd.testing.assert_frame_equal(other.loc[table.index, table.columns], scores)


@each_normaliser
def test_missing_stays_missing_and_nothing_else_is(name):
    table = pd.DataFrame({"a": [1.0, None, 4.0, 2.0], "b": [None, 7.0, 3.0, None], "gone": np.nan})
    scores = normalise(table, name, **normalise_options(name, table))
    pd.testing.assert_frame_equal(scores.isna(), table.isna())


@each_normaliser
def test_kept_bounds_give_the_same_scores(name):
    table = pd.DataFrame({"a": [1.0, None, 4.0, 2.0], "b": [5.0, 7.0, 3.0, 3.0]})
    options = normalise_options(name, table)
    kept = options.pop("bounds", None)
    bounds = fit_bounds(table, name, **{k: v for k, v in options.items() if k in GOALS}) if kept is None else kept
    settings_ = {k: v for k, v in options.items() if k not in GOALS}
    scores = normalise(table, name, bounds=bounds, **settings_)
    pd.testing.assert_frame_equal(scores, normalise(table, name, **normalise_options(name, table)))


@each_normaliser
def test_scores_lie_where_the_scale_says(name):
    record = NORMALISERS[name]
    table = pd.DataFrame({"a": [1.0, 4.0, 9.0]})
    options = normalise_options(name, table)
    if record.scale is None:
        if not record.on_scale:
            with pytest.raises(ScoringError, match=rf"{name}: found scale=\(10, 20\), but its scores lie on no scale"):
                normalise(table, name, scale=(10, 20), **options)
        return
    lower, upper = record.scale
    scores = normalise(table, name, **options)
    assert scores.min(axis=None) >= lower and scores.max(axis=None) <= upper
    expected = 10 + (scores - lower) / (upper - lower) * 10
    pd.testing.assert_frame_equal(normalise(table, name, scale=(10, 20), **options), expected)


@each_normaliser
def test_a_batch_of_values_equals_draw_by_draw(name):
    record = NORMALISERS[name]
    values = np.random.default_rng(0).uniform(1, 9, size=(4, 6, 3))
    values[:, 2, 1] = np.nan
    extra = {"direction": np.array([1.0, -1.0, 1.0])} if record.takes_direction else {}
    extra |= {"classes": 3} if name == "categorical" else {}

    def scored(x):
        bounds = dict(record.fit(x)) if record.fit else {"lower": np.zeros((1, 3)), "upper": np.full((1, 3), 10.0)}
        bounds |= {goal: np.array([[20.0, -20.0, 20.0]]) for goal in GOALS}
        return record.kernel(x, bounds, **extra)

    before = values.copy()
    np.testing.assert_allclose(scored(values), np.stack([scored(x) for x in values]), rtol=1e-12)
    np.testing.assert_array_equal(values, before)


# --- weighting ---


@each_weighting
@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 999))
def test_weights_sum_to_1_and_follow_names(name, data, seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.uniform(1, 100, size=(9, 4)), columns=["water", "air", "school", "clinic"])
    base = data.draw(weights_for(table))
    found = weights(table, name, base=base)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    order = rng.permutation(4)
    turned = weights(table.iloc[rng.permutation(9), order], name, base=dict(reversed(base.items())))
    assert list(turned.index) == [table.columns[i] for i in order]
    pd.testing.assert_series_equal(turned[table.columns], found, rtol=1e-6)
    scaled = weights(table * 7, name, base={code: 3 * w for code, w in base.items()})
    pd.testing.assert_series_equal(scaled, found, rtol=1e-6)


@each_weighting
def test_a_batch_of_scores_is_weighted_draw_by_draw(name):
    scores = np.random.default_rng(3).uniform(1, 100, size=(5, 9, 4))
    scores[:, 2, 1] = np.nan
    scores[1, 5, 3] = np.nan
    before = scores.copy()
    base, codes = np.array([1.0, 2.0, 3.0, 4.0]), list("abcd")
    found = weight_array(WEIGHTINGS[name], scores, base, codes, {})
    single = [weight_array(WEIGHTINGS[name], draw, base, codes, {}) for draw in scores]
    np.testing.assert_allclose(np.broadcast_to(found, (5, 4)), single, rtol=1e-9)
    np.testing.assert_array_equal(scores, before)


@each_weighting
def test_a_single_indicator_has_all_the_weight(name):
    assert weights(pd.DataFrame({"a": [1.0, 2.0, 4.0]}), name, base={"a": 3}).to_dict() == {"a": 1.0}


# --- aggregation ---

OWN_SCALE = {
    "copeland": "counts regions",
    "topsis": "lies between 0 and 1",
    "benefit_of_doubt": "lies between 0 and 1",
}
PENALISED = {
    "mazziotta_pareto": "takes a penalty off the mean",
    "adjusted_mazziotta_pareto": "moves the scores and takes a penalty off",
}
UNEQUAL = OWN_SCALE | {"adjusted_mazziotta_pareto": "moves the scores"}


def put_together(name, table, base, **options):
    return aggregate(table, base, name, **AGGREGATE.get(name, {}), **options)


@each_aggregator
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_score_lies_between_the_worst_and_the_best_child(name, data):
    table = data.draw(tables(lower=0.5, upper=100))
    found = put_together(name, table, data.draw(weights_for(table)))
    if name not in OWN_SCALE | PENALISED:
        assert (found >= table.min(axis=1) - 1e-9).all() and (found <= table.max(axis=1) + 1e-9).all()


@pytest.mark.parametrize("name", OWN_SCALE | PENALISED)
def test_an_exception_does_leave_the_range_of_its_children(name):
    table = pd.DataFrame({"a": [1.0, 50.0], "b": [1.0, 50.0], "c": [100.0, 60.0]})
    found = put_together(name, table, {"a": 1, "b": 1, "c": 1})
    assert ((found < table.min(axis=1) - 1e-9) | (found > table.max(axis=1) + 1e-9)).any()


@each_aggregator
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_region_never_falls_when_a_child_of_it_rises(name, data):
    table = data.draw(tables(lower=0.5, upper=100))
    base = data.draw(weights_for(table))
    region, child = data.draw(st.sampled_from(list(table.index))), data.draw(st.sampled_from(list(table.columns)))
    raised = table.copy()
    raised.loc[region, child] += 7
    if name not in PENALISED:
        assert put_together(name, raised, base)[region] >= put_together(name, table, base)[region] - 1e-7


@pytest.mark.parametrize("name", PENALISED)
def test_an_exception_does_fall_when_its_best_child_rises(name):
    table = pd.DataFrame({"a": [1.0], "b": [1.0], "c": [100.0]})
    options = {"scale": (70.0, 130.0)} if name.startswith("adjusted") else {}
    base = {"a": 1, "b": 1, "c": 1}
    assert aggregate(table.assign(c=120.0), base, name, **options)[0] < aggregate(table, base, name, **options)[0]


@each_aggregator
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_size_of_weights_and_the_order_of_names_do_not_matter(name, data):
    table = data.draw(tables(lower=0.5, upper=100, missing=True))
    base = data.draw(weights_for(table))
    found = put_together(name, table, base, min_available=0.5)
    scaled = put_together(name, table, {code: 12.5 * w for code, w in base.items()}, min_available=0.5)
    pd.testing.assert_series_equal(scaled, found, rtol=1e-7)
    turned = put_together(name, table.iloc[::-1, ::-1], pd.Series(base), min_available=0.5)
    pd.testing.assert_series_equal(turned[table.index], found, rtol=1e-7)


@each_aggregator
def test_equal_children_give_their_own_score(name):
    table = pd.DataFrame({"a": [4.0, 9.0], "b": [4.0, 9.0]})
    found = put_together(name, table, {"a": 1, "b": 3}).to_list()
    assert (found == pytest.approx([4, 9])) == (name not in UNEQUAL)


@each_aggregator
@settings(max_examples=15, deadline=None)
@given(data=st.data(), enough=st.sampled_from([0.0, 0.4, 0.75, 1.0]))
def test_a_region_has_a_score_where_enough_weight_is_available(name, data, enough):
    table = data.draw(tables(lower=0.5, upper=100, missing=True))
    base = pd.Series(data.draw(weights_for(table)))
    available = (table.notna() * base).sum(axis=1) / base.sum()
    expected = (available > 0) & (available >= enough - 1e-9)
    assert put_together(name, table, base, min_available=enough).notna().to_list() == expected.to_list()


@each_aggregator
def test_a_child_of_weight_0_takes_no_part(name):
    table = pd.DataFrame({"a": [0.0, np.nan, 3.0], "b": [4.0, 5.0, 9.0], "c": [2.0, 8.0, 7.0]})
    found = put_together(name, table, {"a": 0, "b": 2, "c": 1})
    pd.testing.assert_series_equal(found, put_together(name, table[["b", "c"]], {"b": 2, "c": 1}))


@each_aggregator
@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("drawn", ["weights", "scores", "both"])
def test_a_batch_of_draws_equals_draw_by_draw(name, missing, drawn):
    rng = np.random.default_rng(1)
    scores = rng.uniform(1, 100, size=(6, 5, 3) if drawn != "weights" else (5, 3))
    if missing:
        scores[..., 1, 0] = np.nan
        scores[..., 2, :] = np.nan
    base = rng.dirichlet(np.ones(3), size=6) if drawn != "scores" else np.array([0.2, 0.3, 0.5])
    if drawn != "scores":
        base[0] = [0.0, 0.4, 0.6]
    before = scores.copy(), base.copy()
    found = combine(AGGREGATORS[name], scores, base, 0.2, AGGREGATE.get(name, {}))
    pairs = zip(np.broadcast_to(scores, (6, 5, 3)), np.broadcast_to(base, (6, 3)), strict=True)
    single = [combine(AGGREGATORS[name], s, w, 0.2, AGGREGATE.get(name, {})) for s, w in pairs]
    np.testing.assert_allclose(found, single, rtol=1e-9)
    np.testing.assert_array_equal(scores, before[0])
    np.testing.assert_array_equal(base, before[1])


@each_aggregator
@pytest.mark.parametrize("worst", [0.0, -1.0])
def test_what_is_defined_above_0_only_is_refused_elsewhere_with_region_and_child(name, worst):
    table = pd.DataFrame([[worst, 4.0], [1.0, 1.0]], index=["Kota", "Pesantren"], columns=["a", "b"])
    if not AGGREGATORS[name].positive:
        assert put_together(name, table, {"a": 1, "b": 1}).notna().all()
        return
    message = rf"{name}: found scores of 0 or less in 'a' \(regions 'Kota'\), expected above 0.*scale=\(1, 100\)"
    with pytest.raises(ScoringError, match=message):
        put_together(name, table, {"a": 1, "b": 1})


NEEDS = {
    "power": "found p=None, expected a number",
    "owa": "found neither power= nor order=",
    "adjusted_mazziotta_pareto": r"found scale=None, expected \(lower, upper\)",
    "benefit_of_doubt": "found spread=None, expected a share",
}


@pytest.mark.parametrize("name", NEEDS)
def test_an_option_that_is_needed_is_asked_for(name):
    with pytest.raises(ScoringError, match=f"{name}: {NEEDS[name]}"):
        aggregate(pd.DataFrame({"a": [1.0], "b": [2.0]}), {"a": 1, "b": 1}, name)


# --- a researcher's own ---


def halved(values, by=2.0):
    return values / by


def signed(values, bounds, direction):
    return values * direction


def turned(values, direction):
    return values * direction


def spread(scores, power=1.0):
    return np.std(scores, axis=-2) ** power


def tilted(scores, base, power=1.0):
    return np.asarray(base) ** power


def highest(scores, lift=0.0):
    return np.nanmax(scores, axis=-1) + lift


def weighed(scores, weights, lift=0.0):
    return (scores * weights).sum(axis=-1) + lift


TREE = Framework(
    "test",
    {},
    Node(
        "city",
        {},
        children=(
            Node("life", {}, children=(Node("a", {}, leaf=Leaf()), Node("b", {}, leaf=Leaf(direction=-1)))),
            Node("c", {}, leaf=Leaf()),
        ),
    ),
)


class TestOwnFunction:
    """A plain function works at each step as a record or a name does, and is recorded by its name."""

    table = pd.DataFrame({"a": [2.0, 4.0], "b": [6.0, 4.0]}, index=["x", "y"])

    def test_normalises(self):
        assert normalise(self.table, halved)["a"].to_list() == [1, 2]
        assert normalise(self.table, halved, direction={"a": 1, "b": -1}, by=4)["b"].to_list() == [-1.5, -1]
        for own in (signed, turned):
            assert normalise(self.table, own, direction={"a": 1, "b": -1})["b"].to_list() == [-6, -4]
        assert fit_bounds(self.table, halved)["method"].to_list() == ["halved", "halved"]

    def test_weighs(self):
        assert weights(self.table, spread).to_dict() == {"a": 0.5, "b": 0.5}
        assert weights(self.table, tilted, base={"a": 1, "b": 3}, power=2).to_dict() == {"a": 0.1, "b": 0.9}

    def test_puts_together(self):
        found = aggregate(self.table, {"a": 1, "b": 3}, highest, lift=1.0)
        assert found.to_list() == [7, 5] and found.name == "highest"
        assert aggregate(self.table, {"a": 1, "b": 3}, weighed).to_list() == [5, 4]

    def test_options_are_checked_like_those_of_a_record(self):
        with pytest.raises(UnknownNameError, match=r"Unknown option of halved: found 'bye'.*mean 'by'"):
            normalise(self.table, halved, bye=1)
        assert as_method(weighed).options == ("lift",) and as_method(signed).takes_direction

    def test_is_the_same_record_each_time_and_across_processes(self):
        assert as_method(halved) == as_method(halved) != as_method(spread)
        assert pickle.loads(pickle.dumps(as_method(halved))) == as_method(halved)

    def test_works_through_an_index_and_is_recorded_there(self):
        values = self.table.assign(c=[1.0, 3.0])
        spec = IndexSpec(
            normalise=as_method(halved),
            weights=as_method(tilted),
            aggregate=as_method(weighed),
            nodes={"life": NodeSpec(aggregate=as_method(highest))},
        )
        result = build_index(values, TREE, spec)
        assert result.scores.loc["x", ["a", "b", "life", "c", "city"]].to_list() == [1, -3, 1, 0.5, 0.75]
        assert set(result.bounds["method"]) == {"halved"} and result.spec.aggregate.name == "weighed"
        record = Method("halved", lambda values, bounds: values / 2, "halved", "halved")
        again = build_index(values, TREE, IndexSpec(normalise=record, aggregate=as_method(weighed), nodes=spec.nodes))
        pd.testing.assert_frame_equal(again.scores, result.scores)

    def test_works_in_a_spec_as_it_is(self):
        values = self.table.assign(c=[1.0, 3.0])
        plain = IndexSpec(normalise=halved, weights=tilted, aggregate=weighed, nodes={"life": NodeSpec(highest)})
        wrapped = IndexSpec(
            normalise=as_method(halved),
            weights=as_method(tilted),
            aggregate=as_method(weighed),
            nodes={"life": NodeSpec(as_method(highest))},
        )
        pd.testing.assert_frame_equal(
            build_index(values, TREE, plain).scores, build_index(values, TREE, wrapped).scores
        )

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda t: normalise(t, lambda values: values[:1]), r"found scores \(1, 2\), expected \(2, 2\)"),
            (lambda t: weights(t, lambda scores: np.ones(3)), r"found weights \(3,\), expected one for each of 2"),
            (lambda t: aggregate(t, {"a": 1, "b": 1}, lambda s, weights: s.sum()), r"found an array \(\), expected 2"),
            (lambda t: weights(t, lambda scores: -np.ones(2)), "negative or missing weight for 'a', 'b'"),
        ],
    )
    def test_a_result_of_another_shape_is_refused(self, call, message):
        with pytest.raises(ScoringError, match=message):
            call(self.table)


def test_targets_of_the_leaves_are_used_and_kept_for_another_year():
    leaves = (Node("a", {}, leaf=Leaf(target=40.0)), Node("b", {}, leaf=Leaf(target=2.0, direction=-1)))
    tree = Framework("test", {}, Node("city", {}, children=leaves))
    values = pd.DataFrame({"a": [10.0, 20.0, 30.0], "b": [10.0, 8.0, 4.0]}, index=["x", "y", "z"])
    result = build_index(values, tree, IndexSpec(normalise="distance_to_target"))
    assert result.bounds["target"].to_list() == [40, 2]
    assert result.scores["b"].to_list() == pytest.approx([0, 0.25, 0.75])
    later = build_index(values + 1, tree, IndexSpec(normalise="distance_to_target"), bounds=result.bounds)
    assert later.scores["a"].to_list() == pytest.approx([1 / 30, 11 / 30, 21 / 30])
    other = IndexSpec(normalise="distance_to_target", normalise_options={"target": {"a": 30, "b": 4}})
    assert build_index(values, tree, other).bounds["target"].to_list() == [30, 4]


def test_the_reference_region_is_kept_for_another_year():
    leaves = (Node("a", {}, leaf=Leaf()), Node("b", {}, leaf=Leaf(direction=-1)))
    tree = Framework("test", {}, Node("city", {}, children=leaves))
    values = pd.DataFrame({"a": [10.0, 20.0, 30.0], "b": [10.0, 8.0, 4.0]}, index=["x", "y", "z"])
    spec = IndexSpec(normalise="distance_to_reference", normalise_options={"reference": "y"})
    result = build_index(values, tree, spec)
    assert result.scores.loc["y"].to_list() == [1, 1, 1] and result.bounds["reference"].to_list() == [20, 8]
    later = build_index(values.assign(a=[10.0, 40.0, 30.0]), tree, spec, bounds=result.bounds)
    assert later.scores.loc["y", "a"] == 3

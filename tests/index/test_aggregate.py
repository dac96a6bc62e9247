import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, Method, ScoringError, aggregate
from smartcity_analysis.index.aggregate import combine

from .strategies import tables, weights_for

EVERY = sorted(AGGREGATORS)


# Slow, readable twins: one region at a time, plain Python, over the scores that are available.


def slow_arithmetic(pairs):
    return sum(w * s for w, s in pairs) / sum(w for w, _ in pairs)


def slow_geometric(pairs):
    return math.prod(s ** (w / sum(v for v, _ in pairs)) for w, s in pairs)


def slow_harmonic(pairs):
    return sum(w for w, _ in pairs) / sum(w / s for w, s in pairs)


def slow_minimum(pairs):
    return min(s for w, s in pairs if w > 0)


TWINS = {
    "arithmetic": slow_arithmetic,
    "geometric": slow_geometric,
    "harmonic": slow_harmonic,
    "minimum": slow_minimum,
}


def slow(name, row, weights, min_available):
    pairs = [(w, s) for w, s in zip(weights, row, strict=True) if not math.isnan(s)]
    share = sum(w for w, _ in pairs) / sum(weights)
    return TWINS[name](pairs) if pairs and share >= min_available - 1e-9 else math.nan


def test_every_aggregator_has_a_twin():
    assert set(TWINS) == set(AGGREGATORS)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), min_available=st.sampled_from([0.0, 0.4, 0.75, 1.0]))
def test_an_aggregator_equals_its_slow_twin(name, data, min_available):
    table = data.draw(tables(lower=0.5, upper=100, missing=True))
    weights = data.draw(weights_for(table))
    found = aggregate(table, weights, name, min_available=min_available)
    ordered = [weights[code] for code in table.columns]
    expected = [slow(name, row, ordered, min_available) for row in table.to_numpy()]
    assert found.to_list() == pytest.approx(expected, rel=1e-9, nan_ok=True)
    assert list(found.index) == list(table.index)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("drawn_scores", [False, True])
def test_a_batch_of_draws_equals_its_slow_twin(name, missing, drawn_scores):
    rng = np.random.default_rng(1)
    scores = rng.uniform(1, 100, size=(5, 4, 3) if drawn_scores else (4, 3))
    if missing:
        scores[..., 1, 0] = np.nan
        scores[..., 2, :] = np.nan
    weights = rng.dirichlet(np.ones(3), size=5)
    before = scores.copy()
    found = combine(AGGREGATORS[name], scores, weights, 0.2, {})
    every = np.broadcast_to(scores, (5, 4, 3))
    expected = [[slow(name, row, w, 0.2) for row in draw] for draw, w in zip(every, weights, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_array_equal(scores, before)


def test_draws_in_which_a_child_has_no_weight():
    scores, weights = np.array([[1.0, 5.0]]), np.array([[0.0, 1.0], [0.5, 0.5]])
    assert combine(AGGREGATORS["minimum"], scores, weights, 1.0, {}).tolist() == [[5.0], [1.0]]
    assert combine(AGGREGATORS["arithmetic"], scores, weights, 1.0, {}).tolist() == [[5.0], [3.0]]


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_score_lies_between_worst_and_best_and_never_falls_when_a_child_rises(name, data):
    table = data.draw(tables(lower=0.5, upper=100))
    weights = data.draw(weights_for(table))
    found = aggregate(table, weights, name)
    assert (found >= table.min(axis=1) - 1e-9).all() and (found <= table.max(axis=1) + 1e-9).all()
    raised = table.copy()
    raised[data.draw(st.sampled_from(list(table.columns)))] += 7
    assert (aggregate(raised, weights, name) >= found - 1e-9).all()


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_size_of_weights_and_the_order_of_names_do_not_matter(name, data):
    table = data.draw(tables(lower=0.5, upper=100, missing=True))
    weights = data.draw(weights_for(table))
    found = aggregate(table, weights, name, min_available=0.5)
    scaled = {code: 12.5 * w for code, w in weights.items()}
    pd.testing.assert_series_equal(aggregate(table, scaled, name, min_available=0.5), found)
    turned = aggregate(table[table.columns[::-1]], pd.Series(weights), name, min_available=0.5)
    pd.testing.assert_series_equal(turned, found)


@pytest.mark.parametrize("name", EVERY)
def test_equal_children_give_their_own_score(name):
    table = pd.DataFrame({"a": [4.0, 9.0], "b": [4.0, 9.0]})
    assert aggregate(table, {"a": 1, "b": 3}, name).to_list() == pytest.approx([4, 9])


def test_compensation_orders_the_means():
    table = pd.DataFrame({"a": [1.0], "b": [9.0]})
    by_name = {name: aggregate(table, {"a": 1, "b": 1}, name).iloc[0] for name in EVERY}
    assert by_name == pytest.approx({"minimum": 1, "harmonic": 1.8, "geometric": 3, "arithmetic": 5})


def test_weights_are_not_put_on_alphabetically_sorted_columns():
    table = pd.DataFrame({"b": [10.0], "a": [0.0]}, index=["Mojoroto"])
    found = aggregate(table, pd.Series({"a": 0.1, "b": 0.9}))
    assert found.to_dict() == {"Mojoroto": 9.0}


def test_a_missing_score_is_neither_0_nor_quietly_left_out():
    table = pd.DataFrame({"a": [4.0, np.nan], "b": [8.0, 8.0]}, index=["x", "y"])
    weights = {"a": 0.4, "b": 0.6}
    assert aggregate(table, weights).isna().to_list() == [False, True]
    assert aggregate(table, weights, min_available=0.6).to_list() == pytest.approx([6.4, 8.0])
    assert aggregate(table, weights, min_available=0.61).isna().to_list() == [False, True]


def test_the_share_available_is_counted_in_weight_and_bears_rounding():
    table = pd.DataFrame({code: [1.0] for code in "abcdefghij"})
    table[["h", "i", "j"]] = np.nan
    assert aggregate(table, dict.fromkeys("abcdefghij", 0.1), min_available=0.7).to_list() == pytest.approx([1])


def test_nothing_available_is_missing_whatever_is_allowed():
    table = pd.DataFrame({"a": [np.nan, 1.0]})
    assert aggregate(table, {"a": 1}, min_available=0).isna().to_list() == [True, False]


@pytest.mark.parametrize(
    ("name", "row"), [("geometric", [0.0, 4.0]), ("geometric", [-1.0, 4.0]), ("harmonic", [0.0, 4.0])]
)
def test_scores_of_0_or_less_are_refused_with_region_and_indicator(name, row):
    table = pd.DataFrame([row, [1.0, 1.0]], index=["Kota", "Pesantren"], columns=["a", "b"])
    message = rf"{name}: found scores of 0 or less in 'a' \(regions 'Kota'\), expected above 0.*scale=\(1, 100\)"
    with pytest.raises(ScoringError, match=message):
        aggregate(table, {"a": 1, "b": 1}, name)


def test_the_harmonic_mean_of_minus_1_2_3_is_not_minus_18():
    table = pd.DataFrame({"a": [-1.0], "b": [2.0], "c": [3.0]})
    with pytest.raises(ScoringError, match="harmonic: found scores of 0 or less in 'a'"):
        aggregate(table, {"a": 1, "b": 1, "c": 1}, "harmonic")


def test_a_child_of_weight_0_takes_no_part():
    table = pd.DataFrame({"a": [0.0, np.nan], "b": [4.0, 4.0]})
    for name in EVERY:
        assert aggregate(table, {"a": 0, "b": 2}, name).to_list() == pytest.approx([4, 4])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: aggregate(t, {"a": 1}), ScoringError, "The weights: found none for 'b'"),
        (lambda t: aggregate(t, {"a": 1, "b": 1, "ab": 1}), ScoringError, "found 'ab', which is no indicator"),
        (lambda t: aggregate(t, {"a": 5, "b": -9}), ScoringError, "negative or missing weight for 'b'"),
        (lambda t: aggregate(t, {"a": 1, "b": 1}, min_available=65), ScoringError, "found 65, expected a share"),
        (lambda t: aggregate(t, {"a": 1, "b": 1}, "avarage"), UnknownNameError, "Unknown aggregation method"),
        (lambda t: aggregate(t, {"a": 1, "b": 1}, p=2), UnknownNameError, "Unknown option of arithmetic: found 'p'"),
    ],
)
def test_faulty_calls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(pd.DataFrame({"a": [1.0], "b": [2.0]}))


class TestStranger:
    """A researcher's own record works as a built-in one does."""

    power = Method(
        "power", lambda scores, weights, p=2: (scores**p * weights).sum(axis=-1) ** (1 / p), "Pangkat", "Power"
    )

    def test_takes_options_and_weights_by_name(self):
        table = pd.DataFrame({"a": [1.0, 3.0], "b": [7.0, 3.0]})
        assert aggregate(table, {"b": 1, "a": 1}, self.power).to_list() == pytest.approx([5, 3])
        assert aggregate(table, {"b": 1, "a": 1}, self.power, p=1).to_list() == pytest.approx([4, 3])

    def test_is_held_to_its_domain(self):
        strict = Method("strict", self.power.kernel, "Ketat", "Strict", positive=True)
        with pytest.raises(ScoringError, match="strict: found scores of 0 or less in 'a'"):
            aggregate(pd.DataFrame({"a": [0.0]}), {"a": 1}, strict)

    def test_one_that_cannot_leave_missing_scores_out_is_refused_only_where_it_must(self):
        table = pd.DataFrame({"a": [1.0, np.nan], "b": [7.0, 3.0]})
        assert aggregate(table, {"b": 1, "a": 1}, self.power).isna().to_list() == [False, True]
        with pytest.raises(ScoringError, match="power: found 1 scores that are no finite number"):
            aggregate(table, {"b": 1, "a": 1}, self.power, min_available=0.5)

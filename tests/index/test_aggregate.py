"""Aggregating tables: names, missing scores, and what is refused. Members of the family: test_aggregators."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, Method, ScoringError, aggregate
from smartcity_analysis.index.aggregation.aggregate import combine


def test_draws_in_which_a_child_has_no_weight():
    scores, weights = np.array([[1.0, 5.0]]), np.array([[0.0, 1.0], [0.5, 0.5]])
    assert combine(AGGREGATORS["minimum"], scores, weights, 1.0, {}).tolist() == [[5.0], [1.0]]
    assert combine(AGGREGATORS["arithmetic"], scores, weights, 1.0, {}).tolist() == [[5.0], [3.0]]


def test_compensation_orders_the_means():
    table = pd.DataFrame({"a": [1.0], "b": [9.0]})
    means = ("minimum", "harmonic", "geometric", "arithmetic")
    by_name = {name: aggregate(table, {"a": 1, "b": 1}, name).iloc[0] for name in means}
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


def test_the_harmonic_mean_of_minus_1_2_3_is_not_minus_18():
    table = pd.DataFrame({"a": [-1.0], "b": [2.0], "c": [3.0]})
    with pytest.raises(ScoringError, match="harmonic: found scores of 0 or less in 'a'"):
        aggregate(table, {"a": 1, "b": 1, "c": 1}, "harmonic")


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

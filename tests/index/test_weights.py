"""Weighing tables and trees: names, groups, and what is refused. Members of the family: test_weightings."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import (
    IndexSpec,
    Method,
    ScoringError,
    build_index,
    effective_weights,
    weight_set,
    weights,
)
from smartcity_analysis.study import load_framework


def test_equal_and_declared_by_hand():
    scores = pd.DataFrame({"b": [1.0], "a": [2.0]})
    assert weights(scores).to_dict() == {"b": 0.5, "a": 0.5}
    assert weights(scores, "declared", base=pd.Series({"a": 30, "b": 10})).to_dict() == {"b": 0.25, "a": 0.75}


def test_a_framework_gives_every_group_its_own(hdi):
    scores = pd.DataFrame(1.0, index=["r"], columns=list(hdi.nodes))
    found = weights(scores, "declared", base=hdi)
    assert found["health"] == pytest.approx(1 / 3) and found["mean_schooling"] == 0.5
    assert set(found.index) == set(hdi.parents)
    leaves = [leaf.code for leaf in hdi.leaves]
    assert set(weights(scores[leaves], base=hdi).index) == set(leaves)


def test_a_group_with_a_sibling_left_out_is_refused(hdi):
    scores = pd.DataFrame({"mean_schooling": [1.0]})
    with pytest.raises(ScoringError, match="found no column 'expected_schooling', which 'education' has as well"):
        weights(scores, base=hdi)
    with pytest.raises(ScoringError, match="found no node of 'human_development' among the columns"):
        weights(pd.DataFrame({"other": [1.0]}), base=hdi)


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (None, "declared: found no weights. Give base="),
        ({"a": 1}, "The weights: found none for 'b'"),
        ({"a": 1, "b": 1, "d": 1}, "found 'd', which is no indicator"),
        ({"a": 5, "b": -9}, "found a negative or missing weight for 'b', expected 0 or more"),
        ({"a": 5, "b": np.nan}, "found a negative or missing weight for 'b'"),
        ({"a": 0, "b": 0}, "found only 0 for 'a', 'b', expected one weight above 0"),
    ],
)
def test_faulty_weights_are_refused(base, message):
    with pytest.raises(ScoringError, match=message):
        weights(pd.DataFrame({"a": [1.0], "b": [2.0]}), "declared", base=base)


def test_a_strangers_weighting_is_made_to_sum_to_1():
    spread = Method("spread", lambda scores, base, power=1: np.std(scores, axis=-2) ** power, "Sebaran", "Spread")
    scores = pd.DataFrame({"a": [0.0, 2.0], "b": [0.0, 6.0]})
    assert weights(scores, spread).to_dict() == {"a": 0.25, "b": 0.75}
    assert weights(scores, spread, power=2).to_dict() == {"a": 0.1, "b": 0.9}
    with pytest.raises(UnknownNameError, match=r"Unknown option of spread: found 'pow'.*mean 'power'"):
        weights(scores, spread, pow=2)


def test_options_are_matched_by_name_in_every_group(hdi):
    codes = list(hdi.nodes)
    scores = pd.DataFrame(np.random.default_rng(0).normal(50, 9, size=(30, len(codes))), columns=codes)
    wanted = dict.fromkeys(codes, 1.0) | {"mean_schooling": 3.0}
    found = weights(scores, "optimised", base=hdi, importance=wanted)
    below = ["expected_schooling", "mean_schooling"]
    correlation = scores[below].corrwith(scores[below] @ found[below])
    assert (correlation / correlation.sum()).to_dict() == pytest.approx(dict(zip(below, (0.25, 0.75), strict=True)))


def test_a_weighting_from_scores_works_in_an_index(components, hdi):
    result = build_index(components, hdi, IndexSpec(weights="critic"))
    below = result.weights.loc[["expected_schooling", "mean_schooling"], "nominal"]
    expected = weights(result.scores[below.index], "critic")
    pd.testing.assert_series_equal(below, expected, check_names=False)


class TestEffectiveWeights:
    def test_are_those_of_an_index(self, components, hdi):
        expected = build_index(components, hdi).weights["effective"]
        pd.testing.assert_series_equal(effective_weights(hdi), expected, check_names=False)

    def test_take_other_weights_for_whole_groups(self, hdi):
        found = effective_weights(hdi, {"mean_schooling": 3, "expected_schooling": 1})
        assert found["mean_schooling"] == pytest.approx(0.25) and found["education"] == pytest.approx(1 / 3)
        with pytest.raises(ScoringError, match="The weights below 'education': found none for 'expected_schooling'"):
            effective_weights(hdi, {"mean_schooling": 3})
        with pytest.raises(UnknownNameError, match="Unknown framework code: found 'school'"):
            effective_weights(hdi, {"school": 3})


class TestWeightSet:
    def test_is_found_by_its_name(self):
        rules = load_framework("kominfo_evaluation")
        first = rules.weight_sets[0]
        assert weight_set(rules, first.id) == dict(first.weights)
        with pytest.raises(
            UnknownNameError, match="Unknown weight set of 'kominfo_evaluation': found '1999', expected"
        ):
            weight_set(rules, "1999")

    def test_gives_an_index_its_weights(self, hdi):
        from dataclasses import replace

        from smartcity_analysis.study import WeightSet

        own = {"health": 2.0, "education": 1.0, "living_standard": 1.0}
        rules = replace(hdi, weight_sets=(WeightSet("experts", (2024,), None, own),))
        codes = [leaf.code for leaf in rules.leaves]
        values = pd.DataFrame([[74.0, 15.0, 10.0, 12000.0]], columns=codes)
        result = build_index(values, rules, IndexSpec(weights=weight_set(rules, "experts")))
        assert result.weights.loc["health", "nominal"] == 0.5

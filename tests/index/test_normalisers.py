"""Every normalisation against a slow, readable twin, and what is particular to each."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import NORMALISERS, ScoringError, fit_bounds, normalise

from .needed import HIGHEST, LOWEST, normalise_options, tables_for

EVERY = sorted(NORMALISERS)


# Slow, readable twins: one indicator at a time, plain Python.


def slow_between(column, up, low, high):
    return [((x - low) if up else (high - x)) / (high - low) for x in column]


def slow_minmax(column, up):
    return slow_between(column, up, min(column), max(column))


def slow_given(column, up):
    return slow_between(column, up, LOWEST, HIGHEST)


def slow_zscore(column, up):
    mean, sd = statistics.mean(column), statistics.stdev(column)
    return [((x - mean) if up else (mean - x)) / sd for x in column]


def behind(x, column, up):
    return sum(y < x if up else y > x for y in column)


def slow_rank(column, up):
    return [behind(x, column, up) + (column.count(x) + 1) / 2 for x in column]


def slow_borda(column, up):
    return [behind(x, column, up) + (column.count(x) - 1) / 2 for x in column]


def slow_percentile_rank(column, up):
    return [(behind(x, column, up) + column.count(x) / 2) / len(column) for x in column]


def slow_goal(column, up):
    worst, goal = (min(column), HIGHEST) if up else (max(column), LOWEST)
    return [abs(x - worst) / abs(goal - worst) for x in column]


def slow_fraction(column, up):
    return [x / max(column) if up else min(column) / x for x in column]


def slow_categories(column, up):
    cuts = statistics.quantiles(column, n=3, method="inclusive")
    reached = [sum(x >= cut for cut in cuts) / 2 for x in column]
    return reached if up else [1 - share for share in reached]


def slow_sides(column, up):
    mean = sum(column) / len(column)
    return [(1 if up else -1) * ((x > mean) - (x < mean)) for x in column]


def slow_none(column, up):
    return [x if up else LOWEST + HIGHEST - x for x in column]


TWINS = {
    "minmax": slow_minmax,
    "zscore": slow_zscore,
    "goalposts": slow_given,
    "scaled": slow_given,
    "rank": slow_rank,
    "borda": slow_borda,
    "percentile_rank": slow_percentile_rank,
    "distance_to_max": slow_minmax,
    "distance_to_reference": slow_goal,
    "distance_to_target": slow_goal,
    "fraction_of_max": slow_fraction,
    "categorical": slow_categories,
    "above_below_mean": slow_sides,
    "none": slow_none,
}


def test_every_normaliser_has_a_twin():
    assert set(TWINS) == set(NORMALISERS)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=15, deadline=None)
@given(data=st.data(), down=st.sets(st.sampled_from(["water", "air", "school"])))
def test_a_normaliser_equals_its_slow_twin(name, data, down):
    table = data.draw(tables_for(NORMALISERS[name], varied=True, missing=True))
    direction = {code: -1 if code in down else 1 for code in table.columns}
    scores = normalise(table, name, direction=direction, **normalise_options(name, table, direction))
    for code in table.columns:
        available = table[code].dropna()
        expected = TWINS[name](available.tolist(), direction[code] == 1)
        if name in ("above_below_mean", "categorical"):
            expected = [
                math.nan if near_a_step(name, x, available) else y for x, y in zip(available, expected, strict=True)
            ]
            scores.loc[available.index[[math.isnan(y) for y in expected]], code] = math.nan
            assert scores.loc[available.index, code].to_list() == pytest.approx(expected, nan_ok=True)
            continue
        assert scores[code].dropna().to_list() == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert scores[code].isna().equals(table[code].isna())


def near_a_step(name, x, column):
    """Whether rounding decides on which side of a step a value lies; its score is then not compared."""
    if name == "above_below_mean":
        return math.isclose(x, column.mean(), rel_tol=1e-9, abs_tol=1e-9)
    cuts = statistics.quantiles(column.tolist(), n=3, method="inclusive")
    return any(x != cut and math.isclose(x, cut, rel_tol=1e-9, abs_tol=1e-9) for cut in cuts)


class TestFractionOfMax:
    def test_lower_is_better_keeps_its_direction(self):
        table = pd.DataFrame({"poverty": [2.0, 4.0, 8.0]}, index=["a", "b", "c"])
        scores = normalise(table, "fraction_of_max", direction={"poverty": -1})["poverty"]
        assert scores.to_list() == [1.0, 0.5, 0.25]
        turned = -table["poverty"]
        faulty = turned / turned.max()  # the values multiplied by -1, then divided by their maximum
        assert faulty.to_list() == [1.0, 2.0, 4.0]  # the poorest region comes out best

    def test_a_value_without_meaning_as_a_fraction_is_refused(self):
        table = pd.DataFrame({"a": [-1.0, 2.0], "b": [0.0, 3.0]}, index=["x", "y"])
        message = (
            r"fraction_of_max: found values it cannot take in 'a' \(regions 'x'\); 'b' \(regions 'x'\), expected 0"
        )
        with pytest.raises(ScoringError, match=message):
            normalise(table, "fraction_of_max", direction={"a": 1, "b": -1})
        assert normalise(table[["b"]], "fraction_of_max")["b"].to_list() == [0, 1]

    def test_a_best_value_of_0_is_refused(self):
        table = pd.DataFrame({"a": [1.0, 2.0]})
        with pytest.raises(ScoringError, match="fraction_of_max: found a best value of 0 or less for 'a'"):
            normalise(table, "fraction_of_max", bounds={"a": (0, 2)}, direction={"a": -1})


class TestGoals:
    values = pd.DataFrame({"jobs": [10.0, 20.0, 30.0], "waste": [8.0, 6.0, 2.0]}, index=["a", "b", "c"])
    direction = {"jobs": 1, "waste": -1}  # noqa: RUF012

    def test_the_reference_region_scores_1_whatever_the_direction(self):
        scores = normalise(self.values, "distance_to_reference", direction=self.direction, reference="b")
        assert scores.loc["b"].to_list() == [1.0, 1.0]
        assert scores.loc["a"].to_list() == [0.0, 0.0]
        assert scores.loc["c"].to_list() == [2.0, 3.0]
        capped = normalise(self.values, "distance_to_reference", direction=self.direction, reference="b", clip=True)
        assert capped.loc["c"].to_list() == [1.0, 1.0]

    def test_a_target_is_matched_by_name(self):
        target = pd.Series({"waste": 4.0, "jobs": 40.0, "other": 1.0})
        scores = normalise(self.values, "distance_to_target", direction=self.direction, target=target, scale=(0, 100))
        assert scores["jobs"].to_list() == pytest.approx([0, 100 / 3, 200 / 3])
        assert scores["waste"].to_list() == pytest.approx([0, 50, 150])

    def test_a_target_comes_from_the_framework(self):
        from smartcity_analysis.study import Framework, Leaf, Node

        leaves = (
            Node("jobs", {}, leaf=Leaf(target=40.0)),
            Node("waste", {}, leaf=Leaf(target=4.0, direction=-1)),
        )
        tree = Framework("test", {}, Node("city", {}, children=leaves))
        by_name = normalise(
            self.values, "distance_to_target", direction=self.direction, target={"jobs": 40, "waste": 4}
        )
        found = normalise(self.values, "distance_to_target", direction=self.direction, target=tree)
        pd.testing.assert_frame_equal(found, by_name)

    def test_goals_are_kept_for_another_year(self):
        bounds = fit_bounds(self.values, "distance_to_reference", reference="b")
        assert bounds["reference"].to_list() == [20.0, 6.0]
        later = self.values.assign(jobs=[40.0, 50.0, 60.0])
        scores = normalise(later, "distance_to_reference", direction=self.direction, bounds=bounds, reference="c")
        assert scores["jobs"].to_list() == [3.0, 4.0, 5.0]  # towards the reference of the year before

    def test_a_constant_indicator_can_still_have_a_target(self):
        table = pd.DataFrame({"jobs": [10.0, 10.0]})
        assert normalise(table, "distance_to_target", target=20)["jobs"].to_list() == [0, 0]

    def test_a_target_in_logarithms(self):
        table = pd.DataFrame({"spending": [1.0, 10.0]})
        scores = normalise(table, "distance_to_target", target=100, transform={"spending": "log"})
        assert scores["spending"].to_list() == pytest.approx([0, 0.5])

    @pytest.mark.parametrize(
        ("method", "options", "error", "message"),
        [
            ("distance_to_target", {}, ScoringError, r"no bounds for 'jobs', 'waste', expected target. Give target="),
            ("distance_to_target", {"target": {"jobs": 9}}, ScoringError, "The option target: found none for 'waste'"),
            (
                "distance_to_target",
                {"target": 10},
                ScoringError,
                "target that is no better than the worst value of 'jobs'",
            ),
            ("distance_to_reference", {"reference": "a"}, ScoringError, "a reference that is no better than the worst"),
            ("distance_to_reference", {"reference": "d"}, UnknownNameError, "Unknown reference region: found 'd'"),
            ("distance_to_reference", {"target": 3}, UnknownNameError, "Unknown option of distance_to_reference"),
        ],
    )
    def test_goals_that_do_not_fit_are_refused(self, method, options, error, message):
        with pytest.raises(error, match=message):
            normalise(self.values, method, direction=self.direction, **options)

    def test_bounds_without_a_goal_ask_for_it(self):
        with pytest.raises(ScoringError, match=r"no column 'target', which distance_to_target needs. Give target="):
            normalise(self.values, "distance_to_target", bounds={"jobs": (0, 50), "waste": (0, 10)})


class TestCategorical:
    values = pd.DataFrame({"jobs": [1.0, 2.0, 3.0, 4.0, None], "waste": [1.0, 5.0, 5.0, 9.0, 0.0]})

    def test_a_cut_point_belongs_to_the_class_above(self):
        scores = normalise(self.values, "categorical", cuts=[2, 4], scale=(1, 3))
        assert scores["jobs"].to_list() == pytest.approx([1, 2, 2, 3, math.nan], nan_ok=True)
        turned = normalise(self.values[["jobs"]], "categorical", cuts=[2, 4], scale=(1, 3), direction={"jobs": -1})
        assert turned["jobs"].to_list() == pytest.approx([3, 2, 2, 1, math.nan], nan_ok=True)

    def test_cut_points_by_indicator_may_differ_in_number(self):
        scores = normalise(self.values, "categorical", cuts={"waste": [1, 5, 9], "jobs": [3]})
        assert scores["jobs"].to_list() == pytest.approx([0, 0, 1, 1, math.nan], nan_ok=True)
        assert scores["waste"].to_list() == pytest.approx([1 / 3, 2 / 3, 2 / 3, 1, 0])

    def test_quantile_classes_are_about_as_large(self):
        table = pd.DataFrame({"a": np.arange(20.0)})
        assert normalise(table, "categorical", classes=4)["a"].value_counts().to_dict() == dict.fromkeys(
            (0, 1 / 3, 2 / 3, 1), 5
        )

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "categorical: found neither cuts= nor classes=, expected one of them"),
            ({"cuts": [1], "classes": 2}, "categorical: found cuts= and classes="),
            ({"classes": 1}, "classes: found 1, expected a whole number of 2 or more"),
            ({"cuts": [3, 2]}, "cuts: found cut points that do not rise"),
            ({"cuts": {"jobs": [1, 2]}}, "The option cuts: found none for 'waste'"),
        ],
    )
    def test_classes_that_cannot_be_are_refused(self, options, message):
        with pytest.raises(ScoringError, match=message):
            normalise(self.values, "categorical", **options)

    def test_quantile_classes_of_a_constant_indicator_are_refused_by_name(self):
        table = pd.DataFrame({"same": [2.0, 2.0], "fine": [1.0, 2.0]})
        with pytest.raises(ScoringError, match=r"categorical: found no finite score for 'same' \(regions 0, 1\)"):
            normalise(table, "categorical", classes=2)


def test_the_margin_around_the_mean_is_a_share_of_it():
    table = pd.DataFrame({"a": [50.0, 90.0, 110.0, 150.0]})
    assert normalise(table, "above_below_mean")["a"].to_list() == [-1, -1, 1, 1]
    assert normalise(table, "above_below_mean", margin=0.2)["a"].to_list() == [-1, 0, 0, 1]
    assert normalise(table, "above_below_mean", scale=(0, 10))["a"].to_list() == [0, 0, 10, 10]
    assert normalise(table * 0 + 0.1, "above_below_mean")["a"].to_list() == [0, 0, 0, 0]
    with pytest.raises(ScoringError, match=r"margin: found -1, expected a share of the mean of 0 or more"):
        normalise(table, "above_below_mean", margin=-1)


def test_ties_are_counted_as_asked():
    table = pd.DataFrame({"a": [1.0, 5.0, 5.0, 9.0]})
    assert normalise(table, "borda")["a"].to_list() == [0, 1.5, 1.5, 3]
    assert normalise(table, "borda", ties="min")["a"].to_list() == [0, 1, 1, 3]
    assert normalise(table, "rank", ties="dense", direction={"a": -1})["a"].to_list() == [3, 2, 2, 1]
    with pytest.raises(UnknownNameError, match="Unknown way with ties: found 'first'"):
        normalise(table, "rank", ties="first")


def test_a_linear_scale_is_not_cut_off():
    table = pd.DataFrame({"a": [-5.0, 5.0, 15.0]})
    assert normalise(table, "scaled", bounds={"a": (0, 10)}, scale=(0, 100))["a"].to_list() == [-50, 50, 150]
    with pytest.raises(UnknownNameError, match="Unknown option of scaled: found 'clip'"):
        normalise(table, "scaled", bounds={"a": (0, 10)}, clip=True)

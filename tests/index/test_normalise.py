"""Normalising tables: bounds, scales, transforms, and what is refused. Members of the family: test_normalisers."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import Method, ScoringError, fit_bounds, normalise

from .strategies import tables


@pytest.mark.parametrize("name", ["minmax", "zscore", "rank", "percentile_rank"])
@settings(max_examples=15, deadline=None)
@given(table=tables(varied=True))
def test_the_unit_of_a_value_does_not_matter(name, table):
    pd.testing.assert_frame_equal(normalise(table * 8 + 3, name), normalise(table, name), rtol=1e-6, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(table=tables(varied=True, missing=True), down=st.booleans())
def test_minmax_fills_the_scale_and_never_leaves_it(table, down):
    direction = dict.fromkeys(table.columns, -1 if down else 1)
    scores = normalise(table, direction=direction)
    assert (scores.min() == 0).all() and (scores.max() == 1).all()
    stretched = normalise(table, direction=direction, scale=(1, 100))
    assert (stretched.min() == 1).all() and (stretched.max() == 100).all()


def test_zscores_use_the_n_minus_1_form():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]})
    assert fit_bounds(table, "zscore").loc["a", "sd"] == pytest.approx(1.2909944487)  # not 1.1180339887
    assert normalise(table, "zscore")["a"].iloc[3] == pytest.approx(1.1618950039)
    assert normalise(table, "zscore", mean=100, sd=10)["a"].iloc[3] == pytest.approx(111.618950039)


def test_goalposts_do_not_score_every_lower_is_better_region_0():
    table = pd.DataFrame({"poverty": [5.0, 10.0, 40.0]}, index=["a", "b", "c"])
    scores = normalise(table, "goalposts", bounds={"poverty": (0, 50)}, direction={"poverty": -1})
    assert scores["poverty"].to_list() == pytest.approx([0.9, 0.8, 0.2])


def test_goalposts_in_logarithms_by_hand():
    table = pd.DataFrame({"spending": [12359.0]}, index=["35.71"])
    score = normalise(table, "goalposts", bounds={"spending": (1007.436, 26572.352)}, transform={"spending": "log"})
    expected = (math.log(12359) - math.log(1007.436)) / (math.log(26572.352) - math.log(1007.436))
    assert score.loc["35.71", "spending"] == pytest.approx(expected)
    assert expected == pytest.approx(0.7661, abs=5e-5)


def test_minmax_of_a_logarithm_keeps_bounds_in_the_unit_of_the_value():
    table = pd.DataFrame({"density": [1.0, 10.0, 100.0]})
    bounds = fit_bounds(table, transform={"density": "log"})
    assert bounds.loc["density", ["transform", "lower", "upper"]].to_list() == ["log", 1.0, 100.0]
    assert normalise(table, bounds=bounds)["density"].to_list() == pytest.approx([0, 0.5, 1])


def test_zscore_of_a_logarithm():
    table = pd.DataFrame({"density": [1.0, math.e, math.e**2]})
    assert normalise(table, "zscore", transform={"density": "log"})["density"].to_list() == pytest.approx([-1, 0, 1])


@pytest.mark.parametrize("name", ["minmax", "zscore"])
def test_a_constant_indicator_is_refused_by_name(name):
    table = pd.DataFrame({"same": [0.1, 0.1, 0.1], "flat": [2.0, None, 2.0], "fine": [1.0, 2.0, 3.0]})
    with pytest.raises(ScoringError, match=r"constant indicator in 'same', 'flat'.*Drop the indicator, or give fixed"):
        normalise(table, name)


def test_a_constant_indicator_scores_within_fixed_bounds():
    table = pd.DataFrame({"same": [3.0, 3.0]})
    assert normalise(table, bounds={"same": (0, 4)})["same"].to_list() == [0.75, 0.75]


@pytest.mark.parametrize("name", ["minmax", "zscore", "rank", "percentile_rank"])
def test_an_indicator_without_any_value_stays_missing(name):
    table = pd.DataFrame({"gone": [np.nan, np.nan], "here": [1.0, 2.0]})
    scores = normalise(table, name)
    assert scores["gone"].isna().all() and scores["here"].notna().all()


def test_bounds_of_one_year_are_used_for_another():
    last, this = pd.DataFrame({"a": [10.0, 20.0]}), pd.DataFrame({"a": [15.0, 25.0, 5.0]})
    bounds = fit_bounds(last)
    assert normalise(this, bounds=bounds)["a"].to_list() == [0.5, 1.5, -0.5]
    assert normalise(this, bounds=bounds, clip=True)["a"].to_list() == [0.5, 1.0, 0.0]
    assert normalise(this, bounds=bounds, direction={"a": -1}, scale=(0, 100))["a"].to_list() == [50, -50, 150]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "found none for 'a', expected a row"),
        (pd.DataFrame({"mean": [1.0], "sd": [1.0]}, index=["a"]), "no column 'lower', 'upper', which minmax needs"),
        (pd.DataFrame({"lower": [1.0, 1], "upper": [2.0, 2]}, index=["a", "a"]), "'a' twice, expected one row"),
        ({"a": (np.nan, 1)}, "found no bounds for 'a', expected lower and upper"),
        ({"a": (4, 1)}, "constant indicator in 'a', expected .* an upper bound above the lower"),
    ],
)
def test_bounds_that_do_not_fit_are_refused(given, found):
    with pytest.raises(ScoringError, match=found):
        normalise(pd.DataFrame({"a": [1.0, 2.0]}), bounds=given)


def test_goalposts_are_never_fitted():
    with pytest.raises(ScoringError, match="goalposts: bounds are given, not fitted"):
        normalise(pd.DataFrame({"a": [1.0, 2.0]}), "goalposts")


@pytest.mark.parametrize("name", ["rank", "zscore"])
def test_a_method_without_a_scale_is_not_stretched(name):
    with pytest.raises(ScoringError, match=rf"{name}: found scale=\(0, 1\), but its scores lie on no scale"):
        normalise(pd.DataFrame({"a": [1.0, 2.0]}), name, scale=(0, 1))


def test_values_as_given_must_lie_on_the_scale_and_need_it_to_be_turned():
    levels = pd.DataFrame({"a": [1.0, 5.0]}, index=["x", "y"])
    with pytest.raises(ScoringError, match=r"outside the scale \(0, 4\) in 'a' \(regions 'y'\)"):
        normalise(levels, "none", scale=(0, 4))
    with pytest.raises(ScoringError, match=r"to turn 'a' \(lower is better\), scale=\(lower, upper\) is needed"):
        normalise(levels, "none", direction={"a": -1})
    assert normalise(levels, "none")["a"].to_list() == [1, 5]


def test_a_logarithm_of_0_or_less_is_refused_with_its_place():
    table = pd.DataFrame({"a": [1.0, 0.0]}, index=["x", "y"])
    with pytest.raises(ScoringError, match=r"values of 0 or less in 'a' \(regions 'y'\), expected values above 0"):
        normalise(table, transform={"a": "log"})
    with pytest.raises(ScoringError, match="a lower bound of 0 or less for 'a', expected one above 0"):
        normalise(table.loc[["x"]], bounds={"a": (0, 2)}, transform={"a": "log"})


def test_directions_are_complete_and_plus_or_minus_1():
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0]})
    with pytest.raises(ScoringError, match="The directions: found none for 'b'"):
        normalise(table, direction={"a": 1})
    with pytest.raises(ScoringError, match="found other numbers for 'b', expected"):
        normalise(table, direction={"a": 1, "b": 0})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: normalise(t, "minmx"), "Unknown normalisation method: found 'minmx'.*mean 'minmax'"),
        (lambda t: normalise(t, clipp=True), "Unknown option of minmax: found 'clipp'.*mean 'clip'"),
        (lambda t: normalise(t, transform={"a": "lg"}), "Unknown transform: found 'lg'.*'log'"),
        (lambda t: normalise(t, "rank", direction={"a": 1}, direct=1), "Unknown option of rank: found 'direct'"),
    ],
)
def test_unknown_names_are_refused(call, message):
    with pytest.raises(UnknownNameError, match=message):
        call(pd.DataFrame({"a": [1.0, 2.0]}))


class TestStranger:
    """A researcher's own record works as a built-in one does."""

    halfway = Method(
        "halfway",
        lambda values, bounds, power=1: np.minimum(1, values / bounds["top"]) ** power,
        "Separuh",
        "Share of the top",
        fit=lambda values: {"top": np.nanmax(values, axis=-2, keepdims=True)},
        bounds=("top",),
        scale=(0.0, 1.0),
    )
    table = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [4.0, 1.0, 2.0]})

    def test_fits_scales_turns_and_takes_options(self):
        scores = normalise(self.table, self.halfway, direction={"a": 1, "b": -1}, scale=(0, 100), power=2)
        assert scores["a"].to_list() == [6.25, 25, 100]
        assert scores["b"].to_list() == [0, 93.75, 75]

    def test_a_scale_of_its_own_is_stretched_and_mirrored(self):
        stars = Method("stars", lambda values, bounds: values, "Bintang", "Stars", scale=(1.0, 5.0))
        assert normalise(self.table, stars, scale=(0, 100))["a"].to_list() == [0, 25, 75]
        assert normalise(self.table, stars, direction={"a": -1, "b": 1})["a"].to_list() == [5, 4, 2]

    def test_its_bounds_are_kept_and_reused(self):
        bounds = fit_bounds(self.table, self.halfway)
        assert bounds["top"].to_list() == [4.0, 4.0]
        assert normalise(self.table / 2, self.halfway, bounds=bounds)["a"].to_list() == [0.125, 0.25, 0.5]

    def test_no_finite_score_is_refused(self):
        hollow = Method("hollow", lambda values, bounds: values * np.nan, "Hampa", "Hollow")
        with pytest.raises(ScoringError, match=r"hollow: found no finite score for 'a' \(regions 0, 1, 2\)"):
            normalise(self.table[["a"]], hollow)

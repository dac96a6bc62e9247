import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import NORMALISERS, Method, ScoringError, fit_bounds, normalise

from .strategies import tables

GIVEN = (-1000.0, 1200.0)  # bounds for goalposts, and the scale that values of `none` lie on
EVERY = sorted(NORMALISERS)


def settings_of(name, table):
    if name == "goalposts":
        return {"bounds": dict.fromkeys(table.columns, GIVEN)}
    return {"scale": GIVEN} if name == "none" else {}


# Slow, readable twins: one indicator at a time, plain Python.


def slow_minmax(column, up):
    low, high = min(column), max(column)
    return [((x - low) if up else (high - x)) / (high - low) for x in column]


def slow_zscore(column, up):
    mean, sd = statistics.mean(column), statistics.stdev(column)
    return [((x - mean) if up else (mean - x)) / sd for x in column]


def slow_goalposts(column, up):
    low, high = GIVEN
    return [((x - low) if up else (high - x)) / (high - low) for x in column]


def worse(x, column, up):
    return sum(y < x if up else y > x for y in column)


def slow_rank(column, up):
    return [worse(x, column, up) + (column.count(x) + 1) / 2 for x in column]


def slow_percentile_rank(column, up):
    return [(worse(x, column, up) + column.count(x) / 2) / len(column) for x in column]


def slow_none(column, up):
    return [x if up else sum(GIVEN) - x for x in column]


TWINS = {
    "minmax": slow_minmax,
    "zscore": slow_zscore,
    "goalposts": slow_goalposts,
    "rank": slow_rank,
    "percentile_rank": slow_percentile_rank,
    "none": slow_none,
}


def test_every_normaliser_has_a_twin():
    assert set(TWINS) == set(NORMALISERS)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=25, deadline=None)
@given(table=tables(varied=True, missing=True), down=st.sets(st.sampled_from(["water", "air", "school"])))
def test_a_normaliser_equals_its_slow_twin(name, table, down):
    direction = {code: -1 if code in down else 1 for code in table.columns}
    scores = normalise(table, name, direction=direction, **settings_of(name, table))
    for code in table.columns:
        available = table[code].dropna()
        expected = TWINS[name](available.tolist(), direction[code] == 1)
        assert scores[code].dropna().to_list() == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert scores[code].isna().equals(table[code].isna())


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=25, deadline=None)
@given(table=tables(varied=True, missing=True))
def test_order_is_kept_and_direction_reverses_it(name, table):
    up = normalise(table, name, **settings_of(name, table))
    down = normalise(table, name, direction=dict.fromkeys(table.columns, -1), **settings_of(name, table))
    for code in table.columns:
        values = table[code].dropna()
        ranks = values.rank().to_numpy()
        assert (up.loc[values.index, code].round(9).rank() == ranks).all()
        assert (down.loc[values.index, code].round(9).rank(ascending=False) == ranks).all()


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=15, deadline=None)
@given(table=tables(varied=True, missing=True), seed=st.integers(0, 99))
def test_labels_decide_not_positions(name, table, seed):
    rng = np.random.default_rng(seed)
    direction = {code: -1 if code == "air" else 1 for code in table.columns}
    shuffled = table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]
    before = shuffled.copy(deep=True)
    scores = normalise(table, name, direction=direction, **settings_of(name, table))
    other = normalise(shuffled, name, direction=direction, **settings_of(name, table))
    pd.testing.assert_frame_equal(other.loc[table.index, table.columns], scores)
    assert list(other.index) == list(shuffled.index) and list(other.columns) == list(shuffled.columns)
    pd.testing.assert_frame_equal(shuffled, before)


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


@pytest.mark.parametrize("name", EVERY)
def test_a_batch_of_draws_equals_draw_by_draw(name):
    rng = np.random.default_rng(0)
    values = rng.uniform(1, 9, size=(4, 6, 3))
    values[:, 2, 1] = np.nan
    method, signs = NORMALISERS[name], np.array([1.0, -1.0, 1.0])
    extra = {"direction": signs} if method.takes_direction else {}

    def scored(x):
        if method.bounds_given:
            bounds = {"lower": np.zeros((1, 3)), "upper": np.full((1, 3), 10.0)}
        else:
            bounds = method.fit(x) if method.fit else {}
        return method.kernel(x, bounds, **extra)

    before = values.copy()
    np.testing.assert_allclose(scored(values), np.stack([scored(x) for x in values]), rtol=1e-12)
    np.testing.assert_array_equal(values, before)


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

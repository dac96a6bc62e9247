import doctest
import math
import pickle
import statistics
import sys
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import Method, ScoringError
from smartcity_analysis.index.imputation import holdout
from smartcity_analysis.index.imputation.em import conditional_draws, default_ridge, fit_em
from smartcity_analysis.index.imputation.impute import (
    IMPUTERS,
    Imputer,
    Layout,
    MissingExtraError,
    cross_validate,
    fill,
    impute,
    impute_spread,
)

from .strategies import REGIONS, tables

EVERY = sorted(IMPUTERS)
OVER_YEARS = ["last", "linear", "linear_last"]
EXTRA = ["iterative", "knn"]
YEARS = [2019, 2020, 2023, 2024]
GROUPS = pd.Series(["west", "east", "west", "west", "east", "north", "east"], index=REGIONS)


def needed(name):
    """Return a module of scikit-learn where the method is made of it, or skip."""
    return pytest.importorskip("sklearn.impute") if name in EXTRA else None


def settings_of(name, codes):
    if name == "pillar":
        return {"pillars": dict.fromkeys(codes, "only")}
    if name == "iterative":
        return {"tolerance": 1e9}  # on a few odd numbers it need not converge
    return {"value": -7.5} if name == "constant" else {}


@st.composite
def gappy(draw, name):
    """A table with gaps that the method can fill; several years for a method over years."""
    table = draw(tables(varied=True, missing=True, indicators=(2, 4)))
    if name == "pillar":
        table["water"] = table["water"].fillna(3.0)
    if name not in OVER_YEARS:
        return table
    years = {year: table + 10 * n for n, year in enumerate(YEARS)}
    panel = pd.concat(years, names=["year", "region"]).swaplevel()
    gone = np.array(draw(st.lists(st.booleans(), min_size=panel.size, max_size=panel.size)))
    return panel.mask(gone.reshape(panel.shape) & (panel.notna().cumsum() > 1))


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_observed_values_never_change_and_the_mask_says_what_did(name, data):
    needed(name)
    table = data.draw(gappy(name))
    before = table.copy(deep=True)
    result = impute(table, name, **settings_of(name, table.columns))
    pd.testing.assert_frame_equal(table, before)
    assert result.values.where(table.notna()).equals(table)
    assert result.filled.equals(table.isna() & result.values.notna())
    assert (result.left.to_numpy().sum() == 0) or IMPUTERS[name].partial
    assert result.method is IMPUTERS[name] and dict(result.options) == settings_of(name, table.columns)


# Which of two equally near neighbours is taken, and which indicator comes first, is for scikit-learn to say.
@pytest.mark.parametrize("name", sorted(set(EVERY) - set(EXTRA)))
@settings(max_examples=8, deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_rows_and_columns_does_not_matter(name, data, seed):
    needed(name)
    table = data.draw(gappy(name))
    rng = np.random.default_rng(seed)
    turned = table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]
    found = impute(turned, name, **settings_of(name, table.columns)).values
    assert found.index.equals(turned.index) and list(found.columns) == list(turned.columns)
    expected = impute(table, name, **settings_of(name, table.columns)).values
    pd.testing.assert_frame_equal(found.loc[table.index, table.columns], expected, rtol=1e-4, atol=1e-4)


# Slow, readable twins: one year, region and indicator at a time, over lists [year][region][indicator].


def slow_group(statistic, groups):
    def filled(years):
        def cell(year, r, i):
            if not math.isnan(year[r][i]):
                return year[r][i]
            known = [row[i] for s, row in enumerate(year) if groups[s] == groups[r] and not math.isnan(row[i])]
            return statistic(known) if known else math.nan

        return [[[cell(year, r, i) for i in range(len(year[0]))] for r in range(len(year))] for year in years]

    return filled


def slow_pillar(years):
    pillars = PILLARS

    def cell(row, i):
        known = [x for j, x in enumerate(row) if pillars[j] == pillars[i] and not math.isnan(x)]
        return row[i] if not math.isnan(row[i]) else statistics.mean(known) if known else math.nan

    return [[[cell(row, i) for i in range(len(row))] for row in year] for year in years]


def over_years(rule):
    """Return a twin from a rule on one series: ``rule(series, t)`` for a missing value at position t."""

    def filled(years):
        array = np.array(years)
        result = array.copy()
        for t, r, i in np.argwhere(np.isnan(array)):
            result[t, r, i] = rule(array[:, r, i].tolist(), t)
        return result.tolist()

    return filled


def known_before(series, t):
    return [s for s in range(t) if not math.isnan(series[s])]


def known_after(series, t):
    return [s for s in range(t + 1, len(series)) if not math.isnan(series[s])]


def slow_last(series, t):
    known = known_before(series, t)
    return series[known[-1]] if known else math.nan


def slow_limited(series, t):
    """At most two years old, else the next if that is at most two years ahead."""
    known, coming = known_before(series, t), known_after(series, t)
    if known and YEARS[t] - YEARS[known[-1]] <= 2:
        return series[known[-1]]
    return series[coming[0]] if coming and YEARS[coming[0]] - YEARS[t] <= 2 else math.nan


def on_line(series, s, u, t):
    return series[s] + (series[u] - series[s]) * (YEARS[t] - YEARS[s]) / (YEARS[u] - YEARS[s])


def slow_linear(series, t):
    known, coming = known_before(series, t), known_after(series, t)
    return on_line(series, known[-1], coming[0], t) if known and coming else math.nan


def slow_nearest(series, t):
    known, coming = known_before(series, t), known_after(series, t)
    if known and coming:
        return slow_linear(series, t)
    return series[known[-1]] if known else series[coming[0]] if coming else math.nan


def slow_trend(series, t):
    known, coming = known_before(series, t), known_after(series, t)
    if known and coming:
        return slow_linear(series, t)
    two = known[-2:] if known else coming[:2]
    return on_line(series, *two, t) if len(two) == 2 else math.nan


def slow_linear_last(series, t):
    known, coming = known_before(series, t), known_after(series, t)
    return slow_linear(series, t) if known and coming else series[known[-1]] if known else math.nan


def slow_em_fit(x, ridge, rounds=3000):
    """One table: for each region the regression of what is missing on what is there, from a covariance in full."""
    mean, sd = np.nanmean(x, axis=0), np.nanstd(x, axis=0, ddof=1)
    z = (x - mean) / sd
    rows = [row for row in z if not np.isnan(row).all()]
    m, eye = np.zeros(z.shape[1]), np.eye(z.shape[1])
    start = np.nan_to_num(np.array(rows))
    c = (start.T @ start / len(rows) - np.outer(start.mean(axis=0), start.mean(axis=0)) + ridge * eye) / (1 + ridge)
    for _ in range(rounds):
        parts = [conditional(row, m, c) for row in rows]
        filled = np.array([part[0] for part in parts])
        m = filled.mean(axis=0)
        new = sum(np.outer(f - m, f - m) + spread for f, spread in parts) / len(rows)
        old, c = c, (new + ridge * eye) / (1 + ridge)
        if np.abs(c - old).max() < 1e-9:
            break
    return m, c, mean, sd


def conditional(row, m, c):
    """Return a region's values and their covariance, given those it has."""
    o, g = ~np.isnan(row), np.isnan(row)
    slope = c[np.ix_(g, o)] @ np.linalg.inv(c[np.ix_(o, o)])
    filled, spread = row.copy(), np.zeros_like(c)
    filled[g] = m[g] + slope @ (row[o] - m[o])
    spread[np.ix_(g, g)] = c[np.ix_(g, g)] - slope @ c[np.ix_(o, g)]
    return filled, spread


def slow_em(years):
    filled = []
    for year in np.array(years):
        m, c, mean, sd = slow_em_fit(year, default_ridge(year))
        filled.append([mean + sd * conditional(row, m, c)[0] for row in (year - mean) / sd])
    return filled


def slow_knn(years, neighbours=5):
    """The mean of the nearest regions that have the indicator; distance over what both have, scaled up."""
    filled = []
    for year in np.array(years):
        z = (year - np.nanmean(year, axis=0)) / np.nanstd(year, axis=0)
        table = year.copy()
        for r, i in np.argwhere(np.isnan(year)):
            near = {}
            for s in range(len(z)):
                both = ~np.isnan(z[r]) & ~np.isnan(z[s])
                if not np.isnan(z[s, i]) and both.any():
                    near[s] = np.sum((z[r, both] - z[s, both]) ** 2) / both.mean()
            chosen = sorted(near, key=near.get)[:neighbours]
            table[r, i] = year[chosen, i].mean()
        filled.append(table)
    return filled


def slow_iterative(years):
    import sklearn.experimental.enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    filled = []
    for year in np.array(years):
        mean, sd = np.nanmean(year, axis=0), np.nanstd(year, axis=0)
        z = IterativeImputer(tol=1.0, random_state=0).fit_transform((year - mean) / sd)
        filled.append(mean + sd * z)
    return filled


PILLARS = ["a", "b", "b", "a"]
NUMBERS = np.array([0, 1, 0, 0, 1, 2, 1])
ONE = [0] * 7
LAYOUT = Layout(years=np.array(YEARS, dtype=float))
# label: (method, options, layout, twin)
TWINS = {
    "mean": ("mean", {}, Layout(), slow_group(statistics.mean, ONE)),
    "median": ("median", {}, Layout(), slow_group(statistics.median, ONE)),
    "mean by group": ("mean", {}, Layout(groups=NUMBERS), slow_group(statistics.mean, NUMBERS)),
    "median by group": ("median", {}, Layout(groups=NUMBERS), slow_group(statistics.median, NUMBERS)),
    "pillar": ("pillar", {}, Layout(pillars=np.array([0, 1, 1, 0])), slow_pillar),
    "constant": ("constant", {"value": 4.0}, Layout(), over_years(lambda series, t: 4.0)),
    "last": ("last", {}, LAYOUT, over_years(slow_last)),
    "last, limited": ("last", {"limit": 2, "backwards": True}, LAYOUT, over_years(slow_limited)),
    "linear": ("linear", {}, LAYOUT, over_years(slow_linear)),
    "linear, nearest": ("linear", {"extrapolate": "nearest"}, LAYOUT, over_years(slow_nearest)),
    "linear, trend": ("linear", {"extrapolate": "trend"}, LAYOUT, over_years(slow_trend)),
    "linear_last": ("linear_last", {}, LAYOUT, over_years(slow_linear_last)),
    "em": ("em", {"tolerance": 1e-9}, Layout(), slow_em),
    "knn": ("knn", {}, Layout(), slow_knn),
    "iterative": ("iterative", {"tolerance": 1.0}, Layout(), slow_iterative),
}


def test_every_imputer_has_a_twin():
    assert {method for method, *_ in TWINS.values()} == set(IMPUTERS)


@pytest.mark.parametrize("label", TWINS)
def test_a_batch_of_draws_equals_its_slow_twin(label):
    name, options, layout, twin = TWINS[label]
    needed(name)
    rng = np.random.default_rng(3)
    common = rng.normal(size=(3, 4, 7, 1))
    values = 50 + 10 * common + 4 * rng.normal(size=(3, 4, 7, 4))
    gone = rng.random(values.shape) < 0.25
    gone[:, :, :2, :] = False  # two regions have everything, so that no indicator is empty
    gone[:, :, 2, 0] = False
    values[gone] = np.nan
    before = values.copy()
    found, _ = fill(IMPUTERS[name], values, layout, options)
    np.testing.assert_allclose(found, [twin(draw.tolist()) for draw in values], rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("module", ["imputation.impute", "years", "own"])
def test_every_example_does_what_it_says(module):
    result = doctest.testmod(import_module(f"smartcity_analysis.index.{module}"))
    assert result.failed == 0 and result.attempted > 0


def test_the_family_is_read_only_and_its_records_are_complete():
    with pytest.raises(TypeError):
        IMPUTERS["mine"] = IMPUTERS["mean"]
    for name, record in IMPUTERS.items():
        assert isinstance(record, Imputer) and record.name == name and record.label_id and record.label_en
        assert pickle.loads(pickle.dumps(record)) == record


# Within a year


@pytest.fixture
def water():
    values = {"water": [1.0, None, 9.0, 4.0, None, 6.0, 8.0], "air": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, None]}
    return pd.DataFrame(values, index=REGIONS)


def test_groups_are_matched_by_region_and_never_by_position(water):
    found = impute(water, "mean", groups=GROUPS[::-1]).values["water"]
    assert found[REGIONS[1]] == 8.0 and found[REGIONS[4]] == 8.0  # the east's only value
    assert impute(water, "median").values["water"][REGIONS[1]] == 6.0


def test_a_group_without_any_value_is_refused_by_name_unless_there_is_a_fallback(water):
    groups = dict(zip(REGIONS, ["west", "east", "west", "west", "east", "west", "south"], strict=True))
    message = r"median: found no observed value of 'water' \(groups 'east'\); 'air' \(groups 'south'\), expected one"
    with pytest.raises(ScoringError, match=message + r" at least\. Give fallback='all', or merge groups"):
        impute(water, groups=groups)
    filled = impute(water, groups=groups, fallback="all").values
    assert filled.loc[REGIONS[1], "water"] == 6.0 and filled.loc[REGIONS[6], "air"] == 3.5
    with pytest.raises(UnknownNameError, match="Unknown fallback: found 'al', expected one of 'all'"):
        impute(water, groups=groups, fallback="al")


def test_a_region_takes_the_mean_of_its_other_scores_in_the_pillar():
    scores = pd.DataFrame({"a": [0.2, None], "b": [0.4, 0.6], "c": [0.0, 1.0], "d": [None, 0.5]}, index=["x", "y"])
    pillars = pd.Series({"d": "green", "c": "green", "b": "smart", "a": "smart"})
    found = impute(scores, "pillar", pillars=pillars).values
    assert found.loc["y", "a"] == 0.6 and found.loc["x", "d"] == 0.0


def test_a_region_without_any_score_in_a_pillar_is_refused_unless_there_is_a_fallback():
    scores = pd.DataFrame({"a": [0.2, None], "b": [0.4, 0.6]}, index=["x", "y"])
    pillars = {"a": "green", "b": "smart"}
    message = r"pillar: found nothing to fill 'a' \(regions 'y'\) from, expected another score.*Give fallback='all'"
    with pytest.raises(ScoringError, match=message):
        impute(scores, "pillar", pillars=pillars)
    assert impute(scores, "pillar", pillars=pillars, fallback="all").values.loc["y", "a"] == 0.6


def test_a_constant_by_indicator_is_matched_by_name(water):
    found = impute(water, "constant", value={"air": -1, "water": -2}).values
    assert found.loc[REGIONS[1], "water"] == -2 and found.loc[REGIONS[6], "air"] == -1
    with pytest.raises(ScoringError, match="option value: found none for 'air', expected one for every indicator"):
        impute(water, "constant", value={"water": 0})
    with pytest.raises(ScoringError, match="constant: found no value, expected a number, or one by indicator"):
        impute(water, "constant")


def test_an_indicator_without_any_value_is_refused_by_name(water):
    water["school"] = np.nan
    for name in ["mean", "constant", "em"]:
        with pytest.raises(
            ScoringError, match=r"found no observed value of 'school', expected one.*Leave the indicator"
        ):
            impute(water, name)


def test_the_record_of_what_was_filled(water):
    record = impute(water, "mean").record
    assert list(record.columns) == ["region", "indicator", "value", "method"]
    assert record["region"].to_list() == [REGIONS[1], REGIONS[4], REGIONS[6]]
    assert record["value"].to_list() == pytest.approx([5.6, 5.6, 3.5]) and set(record["method"]) == {"mean"}


def test_whole_numbers_and_nothing_missing():
    table = pd.DataFrame({"a": pd.array([1, None, 4], dtype="Int64"), "b": [True, False, True]})
    assert impute(table, "mean").values.to_numpy().tolist() == [[1, 1], [2.5, 0], [4, 1]]
    for name in ["mean", "em"]:
        whole = impute(table[["b"]], name)
        assert not whole.filled.to_numpy().any() and whole.record.empty


# A stranger's own


def test_a_strangers_record_and_a_plain_function_work_like_ours(water):
    def lowest(values, layout, floor=-np.inf):
        low = np.fmin.reduce(values, axis=-2, keepdims=True)
        return np.where(np.isnan(values), np.maximum(low, floor), values)

    def plain(values, floor=-np.inf):
        return lowest(values, None, floor)

    for method in (Method("lowest", lowest, "Terendah", "Lowest"), Imputer("lowest", lowest, "a", "b"), plain):
        result = impute(water, method, floor=0.5)
        assert result.values.loc[REGIONS[1], "water"] == 1.0 and result.options == {"floor": 0.5}
        with pytest.raises(UnknownNameError, match=r"Unknown option of (lowest|plain): found 'flor', expected one of"):
            impute(water, method, flor=1)
    table = cross_validate(water, [plain, "mean"], rng=np.random.default_rng(0))
    assert list(table.index) == ["plain", "mean"]
    assert impute_spread(water, plain, draws=3, rng=np.random.default_rng(0)).shape == (3, 7, 2)


def test_what_a_strangers_method_makes_of_observed_values_is_not_used(water):
    assert impute(water, lambda values: np.zeros_like(values)).values.where(water.notna()).equals(water)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda values: values,
            r"left 'water' \(regions '35.02', '35.05'\); 'air' \(regions '35.07'\) missing, expected",
        ),
        (lambda values: values[:-1], r"found an array \(6, 2\), expected \(\.\.\., region, indicator\) with \(7, 2\)"),
        (lambda values: np.stack([values, values]), r"found an array \(2, 7, 2\), expected \(7, 2\) as it was given"),
        (lambda values: np.full(values.shape, np.inf), "found infinite numbers in its result"),
    ],
)
def test_what_a_strangers_method_gets_wrong(water, function, message):
    with pytest.raises(ScoringError, match=message):
        impute(water, function)


def test_notes_of_a_kernel_are_kept(water):
    kernel = lambda values, layout: (np.nan_to_num(values), {"why": "because"})  # noqa: E731
    assert impute(water, Method("zero", kernel, "Nol", "Zero")).notes == {"why": "because"}


# Over years


@pytest.fixture
def panel():
    """Rows as they come: not by year, not by region, and one region without a row for 2021."""
    rows = [
        ("b", 2022, 30.0),
        ("a", 2020, 1.0),
        ("b", 2020, 10.0),
        ("a", 2022, None),
        ("c", 2020, None),
        ("a", 2021, None),
        ("b", 2021, None),
        ("c", 2022, 7.0),
        ("a", 2023, 4.0),
    ]
    return pd.DataFrame(rows, columns=["region", "year", "water"]).set_index(["region", "year"])


def test_values_never_land_on_other_regions_when_rows_are_not_sorted(panel):
    expected = {("a", 2021): 2.0, ("a", 2022): 3.0, ("b", 2021): 20.0}
    result = impute(panel, "linear")
    assert result.values.index.equals(panel.index)
    assert result.values["water"][result.filled["water"]].to_dict() == pytest.approx(expected)
    assert result.left.index[result.left["water"]].to_list() == [("c", 2020)]
    last = impute(panel, "last")
    assert last.values["water"][last.filled["water"]].to_dict() == {("a", 2022): 1, ("a", 2021): 1, ("b", 2021): 10}
    assert list(result.record.columns) == ["region", "year", "indicator", "value", "method"]


@pytest.mark.parametrize("names", [["region", "year"], [None, None], ["wilayah", "tahun"]])
def test_years_stand_in_the_level_of_that_name_or_in_the_second(panel, names):
    expected = impute(panel, "linear").values["water"].to_list()
    assert impute(panel.rename_axis(index=names), "linear").values["water"].to_list() == pytest.approx(
        expected, nan_ok=True
    )
    turned = impute(panel.swaplevel(), "linear").values
    assert turned.index.names == ["year", "region"] and turned["water"].to_list() == pytest.approx(
        expected, nan_ok=True
    )


def test_a_table_a_year_gives_one_frame_by_year_and_region():
    tables = {
        2021: pd.DataFrame({"water": [None, 4.0], "air": [1.0, 2.0]}, index=["a", "b"]),
        2020: pd.DataFrame({"air": [3.0, 4.0], "water": [8.0, 1.0]}, index=["b", "a"]),
    }
    result = impute(tables, "last").values
    assert result.index.names == ["year", "region"]
    assert result.loc[2021].to_dict() == {"water": {"a": 1.0, "b": 4.0}, "air": {"a": 1.0, "b": 2.0}}


def test_a_method_within_a_year_takes_nothing_from_other_years():
    tables = {
        year: pd.DataFrame({"water": [x, None, x + 2]}, index=list("abc")) for year, x in [(2020, 1.0), (2021, 50.0)]
    }
    assert impute(tables, "mean").values["water"].to_list() == [1, 2, 3, 50, 51, 52]
    assert impute(tables, "mean", groups={"a": 1, "b": 1, "c": 2}).values["water"].to_list() == [1, 1, 3, 50, 50, 52]
    tables[2021]["water"] = np.nan
    message = (
        r"found no observed value of 'water' \(years 2021\), expected one.*Fill from other years by linear or last"
    )
    with pytest.raises(ScoringError, match=message):
        impute(tables, "mean")
    tables[2021].loc["c", "water"] = 4.0
    with pytest.raises(
        ScoringError, match=r"no observed value of 'water' \(groups \(1, 2021\)\), expected one at least"
    ):
        impute(tables, "mean", groups={"a": 1, "b": 1, "c": 2})


def test_the_trend_is_that_of_the_two_values_at_the_end():
    series = pd.DataFrame(
        {y: {"a": v} for y, v in zip(range(2018, 2025), [np.nan, 5, 7, np.nan, 8, 9, np.nan], strict=True)}
    )
    table = series.stack(future_stack=True).rename("water").to_frame()
    found = {
        how: impute(table, "linear", extrapolate=how).values["water"].to_list() for how in (None, "nearest", "trend")
    }
    assert found["trend"] == [3, 5, 7, 7.5, 8, 9, 10] and found["nearest"] == [5, 5, 7, 7.5, 8, 9, 9]
    assert found[None] == pytest.approx([math.nan, 5, 7, 7.5, 8, 9, math.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("values", "method", "options", "error", "message"),
    [
        ({2020: [1.0, 2.0]}, "last", {"limit": 0}, ScoringError, "limit: found 0, expected a number of years above 0"),
        ({2020: [1.0, 2.0]}, "linear", {"extrapolate": "far"}, UnknownNameError, "Unknown extrapolation: found 'far'"),
        ({"new": [1.0, 2.0]}, "last", {}, ScoringError, "found years 'new', expected numbers such as 2024"),
        ({2020: [1.0], 2021: [None]}, "em", {}, ScoringError, r"'water' \(years 2021\)"),
        ({}, "last", {}, ScoringError, "The values: found no year, expected a table a year"),
    ],
)
def test_faults_over_years(values, method, options, error, message):
    frames = {year: pd.DataFrame({"water": column}, dtype=float) for year, column in values.items()}
    with pytest.raises(error, match=message):
        impute(frames, method, **options)


def test_years_of_different_indicators_are_refused():
    frames = {2020: pd.DataFrame({"water": [1.0]}), 2021: pd.DataFrame({"air": [1.0]})}
    with pytest.raises(ScoringError, match="found 'air', 'water' in only one of 2020 and 2021, expected the same"):
        impute(frames, "last")


def test_a_region_that_stands_twice_in_a_year_is_refused(panel):
    with pytest.raises(ScoringError, match=r"found regions \('b', 2022\) twice"):
        impute(pd.concat([panel, panel.iloc[:1]]), "last")
    deep = pd.concat({"x": panel})
    with pytest.raises(ScoringError, match="found rows by None, 'region', 'year', expected by region and year"):
        impute(deep, "last")


# What is asked for and what is given


def test_everything_that_does_not_fit_is_said_at_once(water):
    with pytest.raises(ScoringError) as error:
        impute(water.assign(school=np.nan), "last", groups={"35.01": 1}, pillars=[1, 2])
    assert error.value.problems == (
        "last: found values of one year, expected rows by region and year, or a table a year. "
        "Choose a method within a year.",
        "last: found groups, which only 'mean', 'median' read. Leave groups out.",
        "last: found pillars, which only 'pillar' read. Leave pillars out.",
        "The values: found no observed value of 'school', expected one at least. Leave the indicator out.",
        "The groups: found none for '35.02', '35.03', '35.04', '35.05', '35.06', '35.07', expected one for every "
        "region. Add them.",
        "The pillars: found list, expected a Series or mapping by indicator.",
    )


def test_groups_and_pillars_are_complete_and_unique(water):
    with pytest.raises(ScoringError, match=r"The groups: found '35\.01' twice, expected each once"):
        impute(water, groups=pd.concat([GROUPS, GROUPS[:1]]))
    with pytest.raises(ScoringError, match="The pillars: found none for 'air', expected one for every indicator"):
        impute(water, "pillar", pillars={"water": "x", "air": None})
    with pytest.raises(ScoringError, match=r"pillar: found no pillars, expected a pillar by indicator\. Give pillars="):
        impute(water, "pillar")
    with pytest.raises(UnknownNameError, match=r"Unknown imputation method: found 'medan', .*Did you mean 'median'"):
        impute(water, "medan")


# EM


def factors(regions, indicators, seed, share=0.15):
    """Values with two common factors, and the same with gaps."""
    rng = np.random.default_rng(seed)
    whole = rng.normal(size=(regions, 2)) @ rng.normal(size=(2, indicators)) + 0.5 * rng.normal(
        size=(regions, indicators)
    )
    whole = 100 + 10 * whole
    return whole, np.where(rng.random(whole.shape) < share, np.nan, whole)


def likelihood(values, m, c, ridge):
    """The penalised likelihood that :mod:`smartcity_analysis.index.imputation.em` states, region by region."""
    z = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0, ddof=1)
    total = 0.0
    for row in z:
        o = ~np.isnan(row)
        total += multivariate_normal(m[o], c[np.ix_(o, o)]).logpdf(row[o])
    return total - len(z) * ridge / 2 * (np.linalg.slogdet(c)[1] + np.trace(np.linalg.inv(c)))


def test_em_fills_more_indicators_than_regions_and_says_how_long_it_took():
    whole, gaps = factors(20, 30, seed=0)
    table = pd.DataFrame(gaps)
    result = impute(table, "em")
    assert 1 < result.notes["iterations"] < 2000 and result.notes["ridge"] == pytest.approx(math.sqrt(30 / 20))
    error = (result.values - whole)[result.filled].stack()
    naive = (impute(table, "mean").values - whole)[result.filled].stack()
    assert (error**2).mean() < 0.5 * (naive**2).mean()
    pd.testing.assert_frame_equal(impute(table, "em").values, result.values)


def test_em_never_lowers_the_penalised_likelihood_and_ends_at_its_top():
    _, gaps = factors(15, 6, seed=1)
    reached = []
    for tolerance in (10.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-9):
        fit = fit_em(gaps[np.newaxis], 0.2, tolerance)
        reached.append(likelihood(gaps, fit.mean[0], fit.covariance[0], 0.2))
    assert (np.diff(reached) >= -1e-10).all() and reached[-1] > reached[0]
    rng = np.random.default_rng(2)
    for _ in range(20):
        bend = 1e-3 * rng.normal(size=(6, 6))
        other = fit.covariance[0] + bend + bend.T
        assert likelihood(gaps, fit.mean[0] + 1e-3 * rng.normal(size=6), other, 0.2) < reached[-1]


def test_em_without_a_ridge_to_speak_of_is_the_regression_on_complete_regions():
    """Anderson (1957): one indicator complete, the other missing in some regions, has a closed form."""
    rng = np.random.default_rng(5)
    x = rng.normal(50, 9, 12)
    y = 3 + 2 * x + rng.normal(0, 4, 12)
    slope, start = np.polyfit(x[:8], y[:8], 1)
    table = pd.DataFrame({"x": x, "y": np.where(np.arange(12) < 8, y, np.nan)})
    found = impute(table, "em", ridge=1e-10, tolerance=1e-12).values["y"][8:]
    np.testing.assert_allclose(found, start + slope * x[8:], rtol=1e-7)


def test_a_draw_does_not_depend_on_the_draws_beside_it():
    stack = np.stack([factors(12, 5, seed)[1] for seed in range(6)])
    together = fit_em(stack)
    for draw, gaps in enumerate(stack):
        alone = fit_em(gaps[np.newaxis])
        np.testing.assert_allclose(together.filled[draw], alone.filled[0], rtol=1e-12)
        assert together.iterations[draw] == alone.iterations[0]
    assert len(set(together.iterations.tolist())) > 1


def test_em_leaves_a_region_without_any_value_out_of_the_fit_and_gives_it_the_means():
    _, gaps = factors(15, 4, seed=3)
    empty = np.vstack([gaps, np.full(4, np.nan)])
    fit, other = fit_em(gaps[np.newaxis], 0.3), fit_em(empty[np.newaxis], 0.3)
    np.testing.assert_allclose(other.filled[0, :-1], fit.filled[0], rtol=1e-9)
    np.testing.assert_allclose(other.filled[0, -1], (other.centre + other.scale * other.mean[:, np.newaxis])[0, 0])


def test_em_keeps_a_constant_indicator_constant():
    table = pd.DataFrame({"same": [4.0, 4.0, None, 4.0], "x": [1.0, 2.0, 3.0, 5.0]})
    assert impute(table, "em").values["same"].to_list() == pytest.approx([4, 4, 4, 4])


def test_em_says_when_it_does_not_converge_and_what_it_cannot_take():
    table = pd.DataFrame(factors(10, 12, seed=4)[1])
    with pytest.raises(ScoringError, match=r"em: found no convergence within 3 iterations\. Give a larger ridge"):
        impute(table, "em", iterations=3)
    with pytest.raises(ScoringError, match=r"em: found ridge=0, expected a number above 0"):
        impute(table, "em", ridge=0)


# scikit-learn


@pytest.mark.parametrize("name", EXTRA)
def test_without_scikit_learn_the_remedy_is_the_extra(water, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.impute", None)
    monkeypatch.setitem(sys.modules, "sklearn.experimental.enable_iterative_imputer", None)
    with pytest.raises(MissingExtraError, match=rf"{name}: found no scikit-learn.*smartcity-analysis\[impute\]"):
        impute(water, name)


def test_chained_regressions_say_when_they_do_not_converge():
    needed("iterative")
    table = pd.DataFrame(factors(20, 5, seed=0)[1])
    with pytest.raises(
        ScoringError, match=r"iterative: found no convergence within 1 rounds\. Give a larger tolerance"
    ):
        impute(table, "iterative", rounds=1, tolerance=1e-9)


def test_the_unit_of_an_indicator_does_not_choose_its_neighbours(water):
    needed("knn")
    water["school"] = [3.0, 1.0, 2.0, 7.0, 7.5, 6.0, 9.0]
    found = impute(water, "knn", neighbours=1).values["water"]
    scaled = impute(water.assign(school=1e6 * water["school"]), "knn", neighbours=1).values["water"]
    assert scaled.to_list() == found.to_list()
    with pytest.raises(ScoringError, match="knn: found neighbours=0, expected 1 or more"):
        impute(water, "knn", neighbours=0)


# Error of an imputation


def test_cross_validation_asks_every_method_for_the_same_cells_and_repeats_itself():
    table = pd.DataFrame(factors(30, 6, seed=6)[1])
    methods = {"em": "em", "again": "em", "mean": ("mean", {}), "flat": ("constant", {"value": 0.0})}
    found = cross_validate(table, methods, rng=np.random.default_rng(0), repeats=5)
    assert found.loc["em"].equals(found.loc["again"]) and found["hidden"].nunique() == 1
    assert found.loc["em", "rmse"] < found.loc["mean", "rmse"] < 1.3 and (found["left"] == 0).all()
    pd.testing.assert_frame_equal(cross_validate(table, methods, rng=np.random.default_rng(0), repeats=5), found)
    parts = cross_validate(table, methods, rng=np.random.default_rng(0), repeats=5, by_indicator=True)
    assert parts.index.names == ["method", "indicator"]
    pooled = np.sqrt(
        (parts["rmse"] ** 2 * parts["hidden"]).groupby("method").sum() / parts["hidden"].groupby("method").sum()
    )
    assert pooled.to_dict() == pytest.approx(found["rmse"].to_dict())


def test_the_error_is_in_standard_deviations_and_has_a_sign():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [100.0, 200.0, 300.0, 400.0]})
    zero = cross_validate(
        table, {"zero": ("constant", {"value": 0.0})}, rng=np.random.default_rng(0), share=0.5, repeats=400
    )
    assert zero.loc["zero", "hidden"] == 400 * 2 * 2
    assert zero.loc["zero", "bias"] == pytest.approx(-2.5 / table["a"].std(), rel=0.05)
    assert zero.loc["zero", "mae"] == pytest.approx(-zero.loc["zero", "bias"])


def test_an_indicator_with_fewer_than_three_values_is_not_asked_for():
    table = pd.DataFrame({"few": [1.0, 2.0, None, None], "many": [1.0, 2.0, 3.0, 5.0]})
    found = cross_validate(table, "mean", rng=np.random.default_rng(0), repeats=3, by_indicator=True)
    assert found["hidden"].to_dict() == {("mean", "few"): 0, ("mean", "many"): 3}
    with pytest.raises(ScoringError, match="found no indicator with 3 observed values, which leaves none to hide"):
        cross_validate(table[["few"]], ["mean"], rng=np.random.default_rng(0))


def test_cells_that_a_method_leaves_are_counted_and_not_in_the_error():
    years = {year: pd.DataFrame({"water": [float(year), 3.0 * year]}, index=["a", "b"]) for year in range(2018, 2024)}
    found = cross_validate(years, ["last", "linear"], rng=np.random.default_rng(0), repeats=50)
    assert found.loc["linear", "rmse"] == pytest.approx(0, abs=1e-9) and found.loc["last", "bias"] < 0
    assert 0 < found.loc["last", "left"] < found.loc["linear", "left"] < found.loc["linear", "hidden"]


def test_how_many_repeats_go_at_a_time_does_not_matter(monkeypatch):
    table = pd.DataFrame(factors(12, 4, seed=7)[1], columns=list("abcd"))
    both = lambda: (  # noqa: E731
        cross_validate(table, ["mean"], rng=np.random.default_rng(1), repeats=7),
        impute_spread(table, "mean", draws=5, rng=np.random.default_rng(1), repeats=7),
    )
    (errors, drawn), _ = both(), monkeypatch.setattr(holdout, "CELLS", 100)
    fewer, again = both()
    pd.testing.assert_frame_equal(fewer, errors)
    np.testing.assert_array_equal(again, drawn)


@pytest.mark.parametrize(
    ("methods", "options", "message"),
    [
        (["mean"], {"share": 1.0}, "share: found 1.0, expected a share above 0 and below 1"),
        (["mean"], {"repeats": 0}, "repeats: found 0, expected 1 or more"),
        ([], {}, "cross_validate: found no method, expected one at least"),
        (["mean", "mean"], {}, "found 'mean' twice, expected each method once. Label them"),
        (["em"], {}, "found a constant indicator in 'same', which has no error"),
    ],
)
def test_faults_of_cross_validation(methods, options, message):
    table = pd.DataFrame({"same": [1.0, 1.0, 1.0], "b": [1.0, 2.0, 3.0]})
    with pytest.raises(ScoringError, match=message):
        cross_validate(table, methods, rng=np.random.default_rng(0), **options)


# Multiple imputation


@pytest.mark.parametrize("name", [name for name in EVERY if name not in OVER_YEARS])
def test_draws_keep_what_is_observed_repeat_and_lie_around_the_imputation(name):
    needed(name)
    table = pd.DataFrame(factors(25, 4, seed=8)[1], columns=list("abcd"))
    options = settings_of(name, table.columns) | ({"value": 100.0} if name == "constant" else {})
    drawn, again = (
        impute_spread(table, name, draws=400, rng=np.random.default_rng(3), repeats=2, **options) for _ in range(2)
    )
    np.testing.assert_array_equal(drawn, again)
    observed = table.notna().to_numpy()
    assert drawn.shape == (400, 25, 4) and not np.isnan(drawn).any()
    assert (drawn[:, observed] == table.to_numpy()[observed]).all()
    spread = drawn.std(axis=0)
    assert (spread[~observed] > 0).all()
    filled = impute(table, name, **options).values.to_numpy()
    if name in ("em", "mean"):  # unbiased by construction
        assert (np.abs(drawn.mean(axis=0) - filled)[~observed] < 5 * spread[~observed] / 20).all()


def test_em_draws_have_the_covariance_of_what_is_missing_given_what_is_there():
    _, gaps = factors(20, 5, seed=9, share=0.3)
    gaps[4] = np.nan
    table = pd.DataFrame(gaps)
    drawn = impute_spread(table, "em", draws=15_000, rng=np.random.default_rng(0), ridge=0.2, calibrated=False)
    m, c, mean, sd = slow_em_fit(gaps, 0.2)
    for r in (4, int(np.isnan(gaps).sum(axis=1).argsort()[-2])):
        row, spread = conditional((gaps[r] - mean) / sd, m, c)
        np.testing.assert_allclose(np.cov((drawn[:, r] - mean) / sd, rowvar=False), spread, atol=0.06)
        np.testing.assert_allclose(drawn[:, r].mean(axis=0), mean + sd * row, atol=0.05 * sd.max())


def test_draws_of_em_depend_on_the_noise_alone():
    _, gaps = factors(10, 3, seed=10)
    fit = fit_em(gaps[np.newaxis])
    noise = np.random.default_rng(0).standard_normal((4, 1, 10, 3))
    drawn = conditional_draws(gaps[np.newaxis], fit, noise)
    np.testing.assert_array_equal(conditional_draws(gaps[np.newaxis], fit, noise[2]), drawn[2])
    np.testing.assert_allclose(conditional_draws(gaps[np.newaxis], fit, 0 * noise)[3], fit.filled, rtol=1e-6)


def test_half_of_the_truths_lie_in_the_middle_half_of_the_draws():
    inside = []
    for seed in range(5):
        whole, gaps = factors(40, 8, seed=seed, share=0.15)
        for name in ("em", "mean"):
            drawn = impute_spread(pd.DataFrame(gaps), name, draws=200, rng=np.random.default_rng(seed))
            low, high = np.quantile(drawn, [0.25, 0.75], axis=0)
            inside.append(((whole >= low) & (whole <= high))[np.isnan(gaps)].mean())
    assert np.mean(inside[::2]) == pytest.approx(0.5, abs=0.06)
    assert np.mean(inside[1::2]) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("name", ["em", "linear", "mean"])
def test_draws_over_years_stand_in_the_rows_of_the_table(name):
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([list("abcdef"), range(2018, 2024)], names=["region", "year"])
    table = pd.DataFrame(rng.normal(10, 1, (36, 3)), index=rows, columns=list("xyz"))
    table = table.mask(rng.random(table.shape) < 0.1).iloc[rng.permutation(36)[:34]]
    filled = impute(table, name)
    drawn = impute_spread(table, name, draws=60, rng=rng)
    assert drawn.shape == (60, 34, 3)
    observed = table.notna().to_numpy()
    assert (drawn[:, observed] == table.to_numpy()[observed]).all()
    assert (np.isnan(drawn).all(axis=0) == filled.left.to_numpy()).all()
    assert filled.filled.to_numpy().any() and (drawn.std(axis=0)[filled.filled.to_numpy()] > 0).all()


def test_draws_are_cut_off_at_the_limits(water):
    free = impute_spread(water, "mean", draws=300, rng=np.random.default_rng(0))
    cut = impute_spread(water, "mean", draws=300, rng=np.random.default_rng(0), limits={"water": (4, 6)})
    np.testing.assert_array_equal(cut[:, [1, 4], 0], np.clip(free[:, [1, 4], 0], 4, 6))
    np.testing.assert_array_equal(cut[..., 1], free[..., 1])
    assert (cut[:, 0, 0] == 1.0).all()  # observed, below the limit


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limits": {"watr": (0, 1)}}, "limits: found 'watr', which is no indicator. Did you mean 'water'"),
        ({"limits": {"water": (1, 0)}}, r"limits: found \(1, 0\) for 'water', expected \(lower, upper\)"),
        ({"draws": 0}, "draws: found 0, expected 1 or more"),
        ({"method": "mean"}, "found no error of mean to draw from for 'few', expected three observed values"),
    ],
)
def test_faults_of_multiple_imputation(water, options, message):
    water["few"] = [1.0, 2.0, None, None, None, None, None]
    with pytest.raises(ScoringError, match=message):
        impute_spread(water, **{"draws": 3, "rng": np.random.default_rng(0)} | options)

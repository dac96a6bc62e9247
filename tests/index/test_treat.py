import doctest
import math
import pickle
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import Method, ScoringError
from smartcity_analysis.index.outliers.moments import moments
from smartcity_analysis.index.outliers.treat import TREATMENTS, OutlierTest, outlier_test, plan_treatment, treat

from .strategies import tables

EVERY = sorted(TREATMENTS)
THREE = [*range(27), 500.0, 600.0, 700.0]  # passes when all three of them are moved


def tailed(seed, shape=(30, 8), missing=0.1):
    """Indicators with long tails to either side, some not above 0, one of them in steps."""
    rng = np.random.default_rng(seed)
    values = np.exp(1.6 * rng.normal(size=shape))
    values[..., 1::3] *= -1
    values[..., 2::3] -= 1
    values[..., 5] = np.round(values[..., 5])
    values[..., 7] = rng.normal(size=shape[:-1])
    values[rng.random(shape) < missing] = np.nan
    return values


def frame(values):
    return pd.DataFrame(values, index=[f"r{n}" for n in range(values.shape[0])], columns=list("abcdefgh"))


# Slow, readable twins: one indicator at a time, plain Python over the observed values.


def slow_moments(column):
    n, mean = len(column), sum(column) / len(column)
    if n < 3 or min(column) == max(column):
        return math.nan, math.nan
    k2, k3, k4 = (sum((x - mean) ** power for x in column) / n for power in (2, 3, 4))
    skew = math.sqrt(n * (n - 1)) / (n - 2) * k3 / k2**1.5
    if n < 4:
        return skew, math.nan
    return skew, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (k4 / k2**2 - 3) + 6)


def slow_fails(column):
    skew, kurtosis = slow_moments(column)
    return abs(skew) >= 2 and kurtosis >= 3.5


def slow_winsorise(column, limit):
    """Move the highest or lowest tie to the next value, while the test fails and the points moved are within limit."""
    original, column = list(column), list(column)
    while slow_fails(column):
        if slow_moments(column)[0] >= 0:
            edge, nearer = max(column), [x for x in column if x < max(column)]
            moved = [max(nearer) if x == edge else x for x in column]
        else:
            edge, nearer = min(column), [x for x in column if x > min(column)]
            moved = [min(nearer) if x == edge else x for x in column]
        points = sum(x != y for x, y in zip(original, moved, strict=True))
        if points > limit or min(moved) == max(moved):
            break
        column = moved
    return column


def slow_log(column):
    mirrored = slow_moments(column)[0] < 0
    turned = [min(column) + max(column) - x for x in column] if mirrored else column
    shift = 0 if min(turned) > 0 else 0.01 * (max(turned) - min(turned)) - min(turned)
    return [-math.log(x + shift) if mirrored else math.log(x + shift) for x in turned]


def slow_boxcox(column):
    mirrored = slow_moments(column)[0] < 0
    turned = [min(column) + max(column) - x for x in column] if mirrored else column
    shift = 0 if min(turned) > 0 else 0.01 * (max(turned) - min(turned)) - min(turned)
    changed, _ = stats.boxcox(np.array(turned) + shift)
    return [-x if mirrored else x for x in changed]


def slow_two_stage(column, limit):
    moved = slow_winsorise(column, limit)
    return slow_log(column) if slow_fails(moved) else moved


TWINS = {
    "none": lambda column, limit: column,
    "winsorise": slow_winsorise,
    "log": lambda column, limit: slow_log(column),
    "boxcox": lambda column, limit: slow_boxcox(column),
    "two_stage": slow_two_stage,
}


def slow(name, values, limit=5):
    """Treat one table, leaving indicators that pass and missing values alone."""
    result = values.copy()
    for i in range(values.shape[1]):
        there = ~np.isnan(values[:, i])
        column = values[there, i].tolist()
        if slow_fails(column):
            result[there, i] = TWINS[name](column, limit)
    return result


def test_every_treatment_has_a_twin():
    assert set(TWINS) == set(TREATMENTS)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("seed", range(6))
def test_a_treatment_equals_its_slow_twin(name, seed):
    table = frame(tailed(seed))
    found = treat(table, name).values
    np.testing.assert_allclose(found, slow(name, table.to_numpy()), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("drawn", ["values", "limit", "both"])
def test_a_batch_of_draws_equals_its_slow_twin(name, drawn):
    values = tailed(7, shape=(6, 30, 8)) if drawn != "limit" else tailed(7)
    limits = np.array([0, 1, 2, 3, 5, 30]) if drawn != "values" else np.full(6, 5)
    before = values.copy()
    options = {"limit": limits} if drawn != "values" else {}
    found, _ = plan_treatment(list("abcdefgh"), name).apply(values, **options)
    draws = np.broadcast_to(values, (6, 30, 8))
    expected = [slow(name, draw, limit) for draw, limit in zip(draws, limits, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(values, before)


def test_two_axes_of_draws():
    values = tailed(1, shape=(2, 3, 20, 8))
    limit = np.arange(6).reshape(2, 3)
    plan = plan_treatment(list("abcdefgh"), "two_stage", transform="boxcox")
    found, facts = plan.apply(values, limit=limit)
    for place in np.ndindex(2, 3):
        alone, said = plan.apply(values[place], limit=limit[place])
        np.testing.assert_allclose(found[place], alone, rtol=1e-6)
        for name, fact in said.items():
            np.testing.assert_allclose(facts[name][place], fact, rtol=1e-6, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_order_missing_values_and_what_passes_are_kept(name, data, seed):
    table = data.draw(tables(missing=True))
    for n, code in enumerate(table.columns):  # far values, so that something fails
        table.loc[table.index[n % len(table)], code] *= data.draw(st.sampled_from([1.0, -40.0, 1000.0]))
    before = table.copy(deep=True)
    result = treat(table, name)
    pd.testing.assert_frame_equal(table, before)
    assert result.values.isna().equals(table.isna())
    for code in table.columns:
        column, after = table[code].dropna(), result.values[code].dropna()
        if result.report.loc[code, "done"] == "none":
            assert after.equals(column)
        rose = after.loc[column.sort_values().index].diff().dropna()
        assert (rose >= -1e-9 * after.abs().max()).all()
    rng = np.random.default_rng(seed)
    turned = table.iloc[rng.permutation(len(table)), rng.permutation(table.shape[1])]
    other = treat(turned, name).values.loc[table.index, table.columns]
    pd.testing.assert_frame_equal(other, result.values, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("module", ["outliers.treat", "outliers.moments", "own"])
def test_every_example_does_what_it_says(module):
    result = doctest.testmod(import_module(f"smartcity_analysis.index.{module}"))
    assert result.failed == 0 and result.attempted > 0


def test_the_family_is_read_only_and_its_records_are_complete():
    with pytest.raises(TypeError):
        TREATMENTS["mine"] = TREATMENTS["log"]
    for name, record in TREATMENTS.items():
        assert record.name == name and record.label_id and record.label_en
        assert pickle.loads(pickle.dumps(record)) == record


# Moments and the test


@pytest.mark.parametrize("shape", [(3, 5), (4, 5), (30, 8), (4, 25, 8)])
def test_moments_are_those_of_scipy_with_its_bias_corrected(shape):
    values = np.random.default_rng(0).lognormal(size=shape)
    if shape[-2] > 4:
        values[..., ::5, 2] = np.nan
    found = moments(values)
    corrected = {"axis": -2, "bias": False, "nan_policy": "omit"}
    np.testing.assert_allclose(found.skew, stats.skew(values, **corrected), rtol=1e-9)
    if shape[-2] > 3:
        np.testing.assert_allclose(found.kurtosis, stats.kurtosis(values, **corrected), rtol=1e-9)


def test_moments_by_hand():
    """1, 2, 3, 10: mean 4, central moments 12.5, 45, 348.5 over n; G1 = 1.7636, G2 = 3.2280."""
    found = moments(np.array([[1.0], [2.0], [3.0], [10.0]]))
    assert found.skew[0] == pytest.approx(math.sqrt(12) / 2 * 45 / 12.5**1.5)
    assert found.kurtosis[0] == pytest.approx(3 / 2 * (5 * (348.5 / 12.5**2 - 3) + 6))


def test_moments_do_not_overflow_and_know_a_constant():
    values = np.array([[1e120, 0.1, np.nan], [2e120, 0.1, np.nan], [3e120, 0.1, 1.0], [1e121, 0.1, 2.0]])
    found = moments(values)
    assert found.skew[0] == pytest.approx(1.763632614803888) and np.isnan([*found.skew[1:], *found.kurtosis[1:]]).all()


def test_the_test_needs_both_a_large_skew_and_a_large_kurtosis():
    table = pd.DataFrame(
        {"far": [1.0, 2, 3, 4, 5, 90], "low": [-1.0, -2, -3, -4, -5, -90], "even": [1.0, 2, 3, 4, 5, 6]}
    )
    found = outlier_test(table)
    assert found["passed"].to_dict() == {"far": False, "low": False, "even": True}
    assert found.loc["far", "skew"] == pytest.approx(-found.loc["low", "skew"]) and found.index.name == "indicator"
    skew, kurtosis = found.loc["far", ["skew", "kurtosis"]]
    assert outlier_test(table, OutlierTest(skew=skew + 0.01))["passed"].all()
    assert outlier_test(table, OutlierTest(kurtosis=kurtosis + 0.01))["passed"].all()
    assert not outlier_test(table, OutlierTest(skew=skew, kurtosis=kurtosis)).loc["far", "passed"]


def test_what_cannot_be_tested_is_neither_passed_nor_failed():
    table = pd.DataFrame({"same": [1.0] * 5, "few": [1.0, 2.0, 99.0, None, None], "gone": [np.nan] * 5})
    found = outlier_test(table)
    assert found["passed"].isna().all() and found["observed"].to_list() == [5, 3, 0]


def test_thresholds_are_above_0():
    with pytest.raises(ScoringError, match="found skew 0 and kurtosis 3.5, expected both above 0".replace(".", r"\.")):
        OutlierTest(skew=0)


# Winsorising


def test_winsorising_stops_as_soon_as_the_test_passes():
    table = pd.DataFrame({"x": [*range(1, 11), 30.0, 100.0]})
    first = pd.DataFrame({"x": [*range(1, 11), 30.0, 30.0]})
    assert not outlier_test(table)["passed"].all() and outlier_test(first)["passed"].all()
    result = treat(table)
    assert result.values["x"].to_list() == first["x"].to_list()
    said = result.report.loc["x"]
    assert said[["done", "points", "upper", "note"]].to_list() == ["winsorise", 1, 30.0, ""]
    assert math.isnan(said["lower"]) and bool(said["passed_after"]) and not bool(said["passed_before"])
    assert said["skew_before"] == pytest.approx(stats.skew(table["x"], bias=False))
    assert said["kurtosis_after"] == pytest.approx(stats.kurtosis(first["x"], bias=False))


def test_equal_values_move_together_and_count_one_by_one():
    numbers = [float(n) for n in range(1, 31)]
    table = pd.DataFrame({"x": [*numbers, 900.0, 900.0]})
    both = treat(table, limit=2)
    assert both.values["x"].to_list()[-2:] == [30.0, 30.0] and both.report.loc["x", "points"] == 2
    none = treat(table, limit=1)
    assert none.values.equals(table) and none.report.loc["x", ["done", "points"]].to_list() == ["none", 0]
    assert none.report.loc["x", "note"] == "still fails the test: the next tie has more points than are left"


def test_the_limit_is_never_exceeded_and_its_reaching_is_reported():
    table = pd.DataFrame({"x": [*range(40), 500.0, 600.0, 700.0, 800.0]})
    result = treat(table, limit=2)
    assert result.values["x"].to_list()[-4:] == [500, 600, 600, 600]
    assert result.report.loc["x", ["points", "upper", "note"]].to_list() == [2, 600.0, "still fails the test"]


def test_winsorising_never_makes_an_indicator_constant():
    table = pd.DataFrame({"x": [0.0] * 20 + [5.0]})
    result = treat(table)
    assert result.values.equals(table)
    assert result.report.loc["x", "note"] == "still fails the test: one more point would make it constant"


def test_a_low_tail_is_cut_at_the_low_end():
    result = treat(pd.DataFrame({"x": [-500.0, *range(20)]}))
    assert result.values["x"].iloc[0] == 0 and result.report.loc["x", "lower"] == 0
    assert math.isnan(result.report.loc["x", "upper"])


@pytest.mark.parametrize("limit", [-1, 2.5, np.array([1, -2])])
def test_a_limit_is_a_whole_number(limit):
    with pytest.raises(ScoringError, match=r"winsorise: found limit=.*, expected whole numbers of 0 or more"):
        treat(pd.DataFrame({"x": [*range(20), 500.0]}), limit=limit)


# Transforms


def test_the_power_is_that_of_scipy():
    for seed in range(5):
        x = np.random.default_rng(seed).gamma(0.3, size=40) + 0.01
        result = treat(pd.DataFrame({"x": x}), "boxcox", always=True)
        expected, power = stats.boxcox(x)
        assert result.report.loc["x", "power"] == pytest.approx(power, abs=1e-5)
        np.testing.assert_allclose(result.values["x"], expected, rtol=1e-4, atol=1e-4)


def test_a_given_power_and_shift():
    table = pd.DataFrame({"x": [-1.0, 0.0, 3.0, 8.0], "y": [1.0, 4.0, 9.0, 100.0]})
    shift, power = {"y": 0.0, "x": 2.0}, {"y": 0.5, "x": 0.0}
    found = treat(table, "boxcox", always=True, shift=shift, power=power)
    np.testing.assert_allclose(found.values["x"], np.log(table["x"] + 2))
    np.testing.assert_allclose(found.values["y"], 2 * (np.sqrt(table["y"]) - 1))
    assert found.report.loc["x", ["shift", "power", "mirrored"]].to_list() == [2.0, 0.0, False]


def test_a_negative_skew_is_mirrored_within_the_range_and_a_shift_is_made_only_where_needed():
    high = pd.DataFrame(
        {"x": [2.0, 90, 95, 97, 98, 99, 100], "y": [0.0, 1, 2, 3, 4, 5, 200], "z": [1.0, 2, 3, 4, 5, 6, 200]}
    )
    result = treat(high, "log")
    np.testing.assert_allclose(result.values["x"], [-math.log(102 - x) for x in high["x"]])
    np.testing.assert_allclose(result.values["y"], np.log(high["y"] + 2))  # 1 per cent of the range of 200
    np.testing.assert_allclose(result.values["z"], np.log(high["z"]))
    assert result.report["mirrored"].to_list() == [True, False, False]
    assert result.report["shift"].to_list() == pytest.approx([0, 2, 0])
    assert (result.report["done"] == "log").all() and (result.report["points"] == 0).all()


def test_only_what_fails_is_transformed_unless_always():
    table = pd.DataFrame({"even": [1.0, 2, 3, 4, 5, 6], "far": [1.0, 2, 3, 4, 5, 90], "same": [3.0] * 6})
    some, every = treat(table, "log"), treat(table, "log", always=True)
    assert some.report["done"].to_list() == ["none", "log", "none"] and some.values["even"].equals(table["even"])
    assert every.report["done"].to_list() == ["log", "log", "none"] and every.values["same"].equals(table["same"])
    assert treat(table, always=True).values["even"].equals(table["even"])  # winsorising needs a failing test


def test_a_shift_that_is_too_small_is_refused_by_name():
    table = pd.DataFrame({"x": [-3.0, 0, 1, 2, 3, 900]}, index=list("abcdef"))
    for name in ("log", "boxcox"):
        with pytest.raises(ScoringError, match=r"no number for 'x' \(regions 'a', 'b'\), expected one.*above 0 after"):
            treat(table, name, shift=0.0)


# Two stages


def test_two_stages_transform_the_original_values_with_the_test_in_between():
    table = pd.DataFrame({"x": [*range(1, 41), 500.0, 600.0, 700.0, 800.0], "y": [*range(1, 44), 500.0]})
    result = treat(table, "two_stage", limit=2)
    np.testing.assert_allclose(result.values["x"], np.log(table["x"]))  # not of the winsorised ones
    assert result.values["y"].iloc[-1] == 43
    report = result.report
    assert report["done"].to_dict() == {"x": "log", "y": "winsorise"}
    assert report["passed_between"].to_dict() == {"x": False, "y": True}
    moved = treat(table, limit=2).report
    assert report["skew_between"].to_list() == pytest.approx(moved["skew_after"].to_list())
    assert report["points"].to_list() == [0, 1] and math.isnan(report.loc["x", "upper"])
    assert math.isnan(report.loc["y", "shift"]) and report["mirrored"].isna().to_list() == [False, True]
    assert treat(table, "two_stage", limit=2, transform="boxcox").report.loc["x", "done"] == "boxcox"
    with pytest.raises(UnknownNameError, match="Unknown transform: found 'logs', expected one of 'log', 'boxcox'"):
        treat(table, "two_stage", transform="logs")


# Rules


def test_rules_say_what_differs_and_keep_missing_values_and_everything_else():
    table = frame(tailed(3)).assign(a=THREE, b=THREE, c=THREE)
    table.loc["r0", list("abc")] = np.nan
    plain = treat(table, limit=1)
    rules = {"a": {"limit": 3}, "b": "none", "c": {"method": "log", "always": True}, "h": {"method": "two_stage"}}
    ruled = treat(table, limit=1, rules=rules)
    assert ruled.report["method"].to_list() == [
        *["winsorise", "none", "log"],
        *["winsorise"] * 4,
        "two_stage",
    ]
    pd.testing.assert_frame_equal(ruled.values[list("defg")], plain.values[list("defg")])
    pd.testing.assert_series_equal(ruled.values["a"], treat(table[["a"]], limit=3).values["a"])
    assert ruled.values["b"].equals(table["b"]) and ruled.report.loc["b", "note"] == "still fails the test"
    pd.testing.assert_series_equal(ruled.values["c"], treat(table[["c"]], "log", always=True).values["c"])
    assert ruled.values.isna().equals(table.isna()) and ruled.report.loc["a", "points"] == 3
    assert list(ruled.report.index) == list(table.columns)


def test_a_limit_fixed_by_a_rule_is_not_drawn():
    values = np.array([THREE] * 4).T
    plan = plan_treatment(list("abcd"), rules={"a": {"limit": 1}, "b": "log"})
    found, facts = plan.apply(values, limit=np.array([0, 4]))
    assert facts["points"][:, 0].tolist() == [1, 1] and facts["points"][:, 3].tolist() == [0, 3]
    np.testing.assert_array_equal(found[0, :, 1], found[1, :, 1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rules": {"bb": "log"}}, r"Unknown indicator in rules: found 'bb', expected one of 'a', .*"),
        ({"rules": {"b": {"limt": 3}}}, r"Unknown option of winsorise: found 'limt'.*Did you mean 'limit'"),
        ({"rules": {"b": {"method": "logg"}}}, r"Unknown treatment: found 'logg'.*Did you mean 'log'"),
        ({"method": "winsorize"}, r"Unknown treatment: found 'winsorize'.*Did you mean 'winsorise'"),
        ({"shift": 1.0}, r"Unknown option of winsorise: found 'shift', expected one of 'limit'"),
    ],
)
def test_names_that_are_not_there(options, message):
    with pytest.raises(UnknownNameError, match=message):
        treat(frame(tailed(0)), **options)


# The report, and a stranger's own


def test_nothing_is_silent_about_indicators_that_are_left_alone():
    table = pd.DataFrame(
        {
            "same": [2.0] * 6,
            "few": [1.0, 2.0, 99.0, None, None, None],
            "gone": [np.nan] * 6,
            "even": [1.0, 2, 3, 4, 5, None],
        }
    )
    for name in EVERY:
        result = treat(table, name, always=name in ("winsorise", "none", "two_stage"))
        assert result.values.equals(table) and (result.report["done"] == "none").all()
        assert result.report["note"].to_list() == ["constant", "fewer than 4 values, not tested", "no value", ""]
        assert result.report["observed"].to_list() == [6, 3, 0, 5] and (result.report["method"] == name).all()


def test_a_strangers_record_and_a_plain_function_work_like_ours():
    table = pd.DataFrame({"even": [1.0, 2, 3, 4, 5, 6], "far": [1.0, None, 3, 4, 5, 90]})

    def root(values, test, base=0.0):
        return np.sqrt(np.nan_to_num(values) + base), {"base": np.full(values.shape[-1], base)}

    def plain(values, base=0.0):
        return root(values, None, base)[0]

    for method in (Method("root", root, "Akar", "Root"), plain):
        result = treat(table, method, base=1.0)
        assert result.values["even"].equals(table["even"]) and result.values["far"].isna().sum() == 1
        np.testing.assert_allclose(result.values["far"], np.sqrt(table["far"] + 1))
        assert result.report.loc["far", "done"] in ("root", "plain")
        with pytest.raises(
            UnknownNameError, match=r"Unknown option of (root|plain): found 'bas', expected one of 'base'"
        ):
            treat(table, method, bas=1.0)
        mixed = treat(table, "winsorise", rules={"far": {"method": method, "base": 1.0}})
        pd.testing.assert_series_equal(mixed.values["far"], result.values["far"])
    assert treat(table, Method("root", root, "Akar", "Root"), base=2.0).report["base"].tolist()[1] == 2.0


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda values: values[:-1], r"found an array \(5, 1\), expected \(\.\.\., region, indicator\) with \(6, 1\)"),
        (lambda values: values * np.inf, "found infinite numbers in its result"),
        (
            lambda values: np.full(values.shape, np.nan),
            r"treat: found no number for 'far' \(regions 0, 1, 2, 3, 4, 5\)",
        ),
    ],
)
def test_what_a_strangers_method_gets_wrong(function, message):
    with pytest.raises(ScoringError, match=message):
        treat(pd.DataFrame({"far": [1.0, 2, 3, 4, 5, 90]}), function)

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, build_index
from smartcity_analysis.index.uncertainty.inputs import NoisyWeights, UncertaintyPlan
from smartcity_analysis.index.uncertainty.propagation import propagate
from smartcity_analysis.regions import (
    INTERVALS,
    DisparityError,
    IntervalMethod,
    disparity,
    disparity_of_draws,
    interval,
    interval_table,
    quantile_ratio,
)
from smartcity_analysis.regions import resample as module
from smartcity_analysis.study import load_framework

from .family import FAMILY, STRANGER, close, skewed

JUDGED = [m for m in FAMILY if not m.extremes_only]
VALUES, PEOPLE = skewed(12)


def rng(seed=0):
    return np.random.default_rng(seed)


def resampled(measure, values=VALUES, people=PEOPLE, resamples=120):
    x = np.atleast_2d(values.to_numpy().T)
    return module.resample([measure], x, people.to_numpy(), rng(), resamples)[0]


def drawn_rows(n, resamples):
    """The places of every resample, as the same generator draws them."""
    return rng().integers(0, n, (resamples, n))


# --- resamples ---


@pytest.mark.parametrize("measure", JUDGED, ids=lambda m: m.name)
def test_a_resample_is_the_measure_of_the_regions_drawn(measure):
    found = resampled(measure)
    for draw, places in zip(found.draws[0, :20], drawn_rows(12, 120), strict=False):
        again = VALUES.iloc[places].reset_index(drop=True), PEOPLE.iloc[places].reset_index(drop=True)
        assert draw == pytest.approx(disparity(again[0], measure, population=again[1]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("measure", [m for m in JUDGED if m.moments or m.slopes], ids=lambda m: m.name)
def test_the_standard_error_is_the_spread_of_the_slopes(measure):
    """Numeric slopes in the number of copies of every region, for the regions themselves and for a resample."""
    found = resampled(measure)
    for error, places in ((found.error[0], np.arange(12)), (found.errors[0, 3], drawn_rows(12, 4)[3])):
        counts = np.bincount(places, minlength=12).astype(float)
        up, down = (
            measure.kernel(VALUES.to_numpy(), PEOPLE.to_numpy() * (counts + step * np.eye(12)))
            for step in (1e-5, -1e-5)
        )
        slopes = (up - down) / 2e-5
        assert counts @ slopes == pytest.approx(0, abs=1e-6)
        assert error == pytest.approx(np.sqrt(counts @ slopes**2 * 12 / 11), rel=1e-4)


@pytest.mark.parametrize("measure", ["gini", "theil_t", "p90_p10"])
def test_neither_blocks_nor_the_number_of_indicators_change_a_draw(measure, monkeypatch):
    record = next(m for m in FAMILY if m.name == measure)
    alone = resampled(record)
    monkeypatch.setattr(module, "_CELLS", 50)
    blocks = resampled(record, pd.DataFrame({"other": VALUES**2, "own": VALUES}))
    assert blocks.draws[1] == close(alone.draws[0])
    np.testing.assert_allclose(blocks.errors[1], alone.errors[0], rtol=1e-9)


def test_resamples_of_zeros_only_are_left_out():
    values = pd.Series([0.0, 0.0, 0.0, 0.0, 1.0, 3.0])
    for measure in ("gini", "theil_t", "hoover"):
        record = next(m for m in FAMILY if m.name == measure)
        found = resampled(record, values, pd.Series(1.0, index=values.index), 300)
        empty = (drawn_rows(6, 300) < 4).all(axis=1)
        assert 0 < empty.sum() < 60
        assert (np.isnan(found.draws[0]) == empty).all()
        limits = [method.kernel(found, 0.9) for method in INTERVALS.values()]
        assert np.isfinite(limits).all()


# --- limits: slow twins ---


def twin_bca(draws, value, without, level):
    equal = np.isclose(draws, value, rtol=1e-12, atol=0)
    z0 = stats.norm.ppf(np.mean((draws < value) & ~equal) + np.mean(equal) / 2)
    away = np.mean(without) - without
    a = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    z = stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    return np.quantile(draws, stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))))


@pytest.mark.parametrize("measure", ["gini", "theil_t", "p80_p20"])
def test_limits_are_those_of_their_definitions(measure):
    record = next(m for m in FAMILY if m.name == measure)
    found = resampled(record, resamples=800)
    value, draws = found.value[0], found.draws[0]
    assert value == disparity(VALUES, record, population=PEOPLE)
    without = np.array([disparity(VALUES.drop(r), record, population=PEOPLE.drop(r)) for r in VALUES.index])
    expected = {
        "percentile": np.quantile(draws, [0.05, 0.95]),
        "bca": twin_bca(draws, value, without, 0.9),
    }
    if record.moments or record.slopes:
        pivot = np.log(draws / value) / (found.errors[0] / draws)
        far = np.quantile(pivot, [0.95, 0.05]) * found.error[0] / value
        expected["studentised"] = value * np.exp(-far)
    for name, limits in expected.items():
        result = interval(VALUES, record, population=PEOPLE, level=0.9, method=name, resamples=800, rng=rng())
        assert (result.lower, result.upper) == close(tuple(limits))
        assert (result.method, result.level, result.regions, result.resamples) == (name, 0.9, 12, 800)


def test_bca_agrees_with_scipy_up_to_its_own_random_numbers():
    values, _ = skewed(46)
    other = stats.bootstrap(
        (values.to_numpy(),), lambda x, axis: x.std(axis=axis) / x.mean(axis=axis), method="BCa",
        n_resamples=4000, vectorized=True, rng=rng(1),
    ).confidence_interval  # fmt: skip
    own = interval(values, "coefficient_of_variation", method="bca", resamples=4000, rng=rng(2))
    assert (own.lower, own.upper) == pytest.approx((other.low, other.high), rel=0.04)


def test_the_default_is_studentised_where_there_is_a_standard_error():
    assert interval(VALUES, "theil_t", rng=rng()).method == "studentised"
    assert interval(VALUES, quantile_ratio(), rng=rng()).method == "bca"
    assert interval(VALUES, STRANGER, rng=rng()).method == "bca"


@pytest.mark.parametrize("method", INTERVALS)
def test_no_disparity_has_no_interval_around_it(method):
    found = interval(pd.Series(5.0, index=range(11)), "gini", method=method, rng=rng())
    assert (found.value, found.lower, found.upper) == (0, 0, 0)


def test_limits_hold_the_value_stay_in_bounds_and_widen_with_the_level():
    narrow, wide = (interval(VALUES**2, "gini", level=level, rng=rng()) for level in (0.5, 0.99))
    assert 0 < wide.lower < narrow.lower < narrow.value < narrow.upper < wide.upper <= 1


def test_seed_zero_repeats():
    one, two, other = (interval(VALUES, rng=rng(seed)) for seed in (0, 0, 1))
    assert (one.lower, one.upper) == (two.lower, two.upper) != (other.lower, other.upper)


def test_few_regions_are_too_few_to_say():
    few, enough = (interval(skewed(n)[0], rng=rng()).verdict for n in (3, 46))
    assert (few.key, enough.key) == ("too_few", "enough")
    assert few.facts == {"regions": 3, "needed": 10}


def test_three_regions_may_have_limits_far_out_but_finite_ones():
    found = interval(pd.Series([0.19, 7.03, 2.5]), "theil_t", resamples=199, rng=rng())
    assert 0 <= found.lower < found.value < 1e100 < found.upper < np.inf
    assert found.verdict.key == "too_few"


def test_a_strangers_method_works_like_a_built_in_one():
    own = IntervalMethod("extremes", lambda found, level: (found.draws.min(-1), found.draws.max(-1)), "", "")
    found = interval(VALUES, "theil_t", method=own, rng=rng())
    assert found.method == "extremes"
    assert found.lower < found.value < found.upper


# --- tables ---


def test_the_table_is_the_interval_of_every_indicator_on_one_resample():
    values = pd.DataFrame({"water": VALUES, "roads": VALUES[::-1].to_numpy()}, index=VALUES.index)
    table = interval_table(values, ["theil_t", "gini"], population=PEOPLE, rng=rng(4))
    assert table["indicator"].to_list() == ["water", "water", "roads", "roads"]
    for row in table.itertuples():
        alone = interval(values[row.indicator], row.measure, population=PEOPLE, rng=rng(4))
        assert (row.value, row.lower, row.upper) == close((alone.value, alone.lower, alone.upper))
        assert (row.method, row.level, row.regions, row.verdict) == ("studentised", 0.95, 12, "enough")


def test_disparity_of_draws_is_the_measure_draw_by_draw():
    scores = pd.DataFrame(rng().uniform(1, 4, (7, 12)), index=list("abcdefg"), columns=VALUES.index)
    found = disparity_of_draws(scores, "theil_t", population=PEOPLE)
    assert list(found.index) == list("abcdefg")
    assert found.name == "theil_t"
    assert list(found) == close([disparity(row, "theil_t", population=PEOPLE) for _, row in scores.iterrows()])


def test_the_uncertainty_of_an_index_is_carried_to_its_disparity():
    framework = load_framework("human_development")
    codes = [leaf.code for leaf in framework.leaves]
    values = pd.DataFrame(rng().uniform([60, 10, 4, 7_000], [75, 16, 11, 20_000], (12, 4)), VALUES.index, codes)
    plan = UncertaintyPlan(IndexSpec(), {"weights": NoisyWeights(0.25)})
    drawn = propagate(values, framework, plan, draws=200, rng=rng())
    found = disparity_of_draws(drawn.scores, population=PEOPLE)
    nominal = disparity(build_index(values, framework).total, population=PEOPLE)
    assert len(found) == 200
    assert found.quantile(0.025) < nominal < found.quantile(0.975)


# --- what is refused ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "max_min"}, "Found measure 'max_min', which sees two regions only; expected one that resampl"),
        ({"level": 95}, "Found level 95; expected a number between 0 and 1, such as 0.95"),
        ({"resamples": 10}, "Found 10 resamples; expected 99 or more"),
        ({"rng": 7}, "Found rng of type int; expected a numpy.random.Generator; pass numpy.random.default_rng"),
        ({"values": VALUES.iloc[:2]}, r"Found 2 region\(s\); expected 3 or more"),
        ({"values": -VALUES}, "Found values below 0 in"),
        ({"measure": "p90_p10", "method": "studentised"}, "'studentised' for 'p90_p10', which has no standard error"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused(arguments, message):
    with pytest.raises(DisparityError, match=message):
        interval(**{"values": VALUES, "rng": rng()} | arguments)


def test_unknown_methods_list_the_known():
    with pytest.raises(UnknownNameError, match=r"interval method: found 'bcaa', expected one of .*Did you mean 'bca'"):
        interval(VALUES, method="bcaa", rng=rng())


def test_a_table_says_which_indicator_is_at_fault():
    values = pd.DataFrame({"water": VALUES, "roads": -VALUES})
    with pytest.raises(DisparityError, match=r"^roads: Found values below 0 in '35.71.0000', "):
        interval_table(values, rng=rng())
    with pytest.raises(DisparityError, match="Found values of type Series; expected a DataFrame, regions in rows"):
        interval_table(VALUES, rng=rng())


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"A": [1.0, np.nan, np.nan], "B": [2.0, 2.0, 2.0]}, r"^Draw 1: Found missing .* 'A'.*\(2 draws are like it"),
        ({"A": [1.0, -1.0], "B": [2.0, 2.0]}, "^Draw 1: Found values below 0 in 'A'"),
        ({"A": [0.0, 1.0], "B": [0.0, 2.0]}, "^Draw 0: Found values other than 0 in 0 region"),
        ({}, "^Found no table of draws; expected a DataFrame, draws in rows"),
    ],
)  # fmt: skip
def test_broken_draws_are_named(scores, message):
    with pytest.raises(DisparityError, match=message):
        disparity_of_draws(pd.DataFrame(scores))

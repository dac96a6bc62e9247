import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import PRIORS, DisparityError, shrink

from .family import close

EVENTS = pd.Series([0, 3, 40, 12, 7, 90], list("ABCDEF"))
PERSONS = pd.Series([40, 100, 800, 600, 70, 900], list("ABCDEF"))
every = pytest.mark.parametrize("prior", PRIORS)


def test_parity_with_esda():
    smoothing = pytest.importorskip("esda.smoothing")
    other = smoothing.Empirical_Bayes(EVENTS.to_numpy(float), PERSONS.to_numpy(float))
    assert list(shrink(EVENTS, PERSONS).table["shrunk"]) == close(list(np.ravel(other.r)))


@every
def test_the_shrunk_rate_is_the_mean_of_the_posterior_and_its_limits_are_quantiles(prior):
    found = shrink(EVENTS, PERSONS, prior, level=0.9)
    m, w = found.mean, found.weight
    assert m == close(EVENTS.sum() / PERSONS.sum())
    for region, row in found.table.iterrows():
        o, n = EVENTS[region], PERSONS[region]
        own = {
            "gamma_poisson": stats.gamma(m * w + o, scale=1 / (w + n)),
            "beta_binomial": stats.beta(m * w + o, (1 - m) * w + n - o),
        }[prior]
        assert row["shrunk"] == close(own.mean())
        assert (row["shrunk_lower"], row["shrunk_upper"]) == close(tuple(own.ppf([0.05, 0.95])))


def test_raw_rates_have_exact_limits():
    binomial = shrink(EVENTS, PERSONS, "beta_binomial").table
    for region, row in binomial.iterrows():
        other = stats.binomtest(int(EVENTS[region]), int(PERSONS[region])).proportion_ci(method="exact")
        assert (row["rate_lower"], row["rate_upper"]) == close((other.low, other.high))
    poisson = shrink(EVENTS, PERSONS).table
    for region, row in poisson.iterrows():  # Garwood: the chance of as few, and of as many, is 2.5 %
        n = PERSONS[region]
        assert stats.poisson.cdf(EVENTS[region], row["rate_upper"] * n) == close(0.025)
        if EVENTS[region]:
            assert stats.poisson.sf(EVENTS[region] - 1, row["rate_lower"] * n) == close(0.025)
    assert poisson.loc["A", "rate_lower"] == binomial.loc["A", "rate_lower"] == 0


@every
def test_small_regions_are_drawn_further_and_none_beyond_the_common_rate(prior):
    found = shrink(EVENTS, PERSONS, prior)
    table = found.table
    assert table["own_share"].between(0, 1).all()
    assert list(table["own_share"].rank()) == list(PERSONS.rank())
    between = (table["shrunk"] - table["rate"]) * (table["shrunk"] - found.mean)
    assert (between <= 1e-15).all()
    assert (table["shrunk_upper"] - table["shrunk_lower"] < table["rate_upper"] - table["rate_lower"]).all()


@every
def test_rates_that_differ_by_chance_only_are_one_rate(prior):
    events, persons = pd.Series([5, 6, 4]), pd.Series([100, 100, 100])
    found = shrink(events, persons, prior)
    assert found.weight == np.inf
    assert list(found.table["shrunk"]) == close([0.05] * 3)
    assert found.table["own_share"].eq(0).all()
    together = shrink(pd.Series([15, 15]), pd.Series([300, 300]), prior).table
    assert list(found.table["shrunk_upper"]) == close([together["rate_upper"][0]] * 3)


def test_the_prior_is_found_again():
    rng = np.random.default_rng(0)
    persons = pd.Series(rng.integers(200, 2_000, 4_000))
    gamma = shrink(pd.Series(rng.poisson(rng.gamma(4, 0.05 / 4, 4_000) * persons)), persons)
    assert (gamma.mean, gamma.weight) == pytest.approx((0.05, 80), rel=0.06)
    beta = shrink(pd.Series(rng.binomial(persons, rng.beta(6, 14, 4_000))), persons, "beta_binomial")
    assert (beta.mean, beta.weight) == pytest.approx((0.3, 20), rel=0.06)


def test_nothing_happened_anywhere():
    table = shrink(EVENTS * 0, PERSONS).table
    assert (table[["rate", "shrunk", "shrunk_lower"]] == 0).all(axis=None)
    assert (table["shrunk_upper"] > 0).all()


def test_exposed_is_matched_by_name():
    pd.testing.assert_frame_equal(shrink(EVENTS, PERSONS[::-1]).table, shrink(EVENTS, PERSONS).table)


@pytest.mark.parametrize(
    ("events", "exposed", "message"),
    [
        (EVENTS / 2, PERSONS, "Found events that cannot be for 'B', 'E'; expected whole numbers, 0 or more"),
        (-EVENTS, PERSONS, "Found events that cannot be for 'B', 'C'"),
        (EVENTS, PERSONS.replace(40, 0), "Found exposed that cannot be for 'A'; expected more than 0"),
        (EVENTS, PERSONS.replace(70, 5), "Found more events than exposed that cannot be for 'E'; expected events"),
        (EVENTS, PERSONS / 3, "parts of persons exposed that cannot be for 'A'"),
        (EVENTS, PERSONS.drop("A"), "Found no exposed for 'A'; expected the same regions"),
        (EVENTS[["A"]], PERSONS[["A"]], r"Found 1 region\(s\); expected 2 or more"),
        (EVENTS * np.nan, PERSONS, "Found missing or infinite events"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(events, exposed, message):
    with pytest.raises(DisparityError, match=message):
        shrink(events, exposed, "beta_binomial")


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(DisparityError, match="Found level 95; expected a number between 0 and 1"):
        shrink(EVENTS, PERSONS, level=95)
    with pytest.raises(UnknownNameError, match="prior: found 'marshal', expected one of 'gamma_poisson'"):
        shrink(EVENTS, PERSONS, "marshal")

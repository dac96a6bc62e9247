import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.regions import DisparityError, beta_convergence, disparity, sigma_convergence

from .family import close, skewed

FIRST, PEOPLE = skewed(24)
LAST = (FIRST**0.8 * 1.5) * np.random.default_rng(3).lognormal(sigma=0.05, size=24)
PANEL = pd.DataFrame({2019: FIRST, 2021: (FIRST + LAST) / 2, 2024: LAST})


# --- sigma ---


@pytest.mark.parametrize("people", [None, PEOPLE], ids=["equal", "weighted"])
def test_the_spread_is_the_standard_deviation_of_logarithms(people):
    found = sigma_convergence(PANEL, "gini", population=people)
    for year in PANEL:
        logs, w = np.log(PANEL[year]), np.ones(24) if people is None else people.to_numpy()
        mean = (w * logs).sum() / w.sum()
        assert found.years.loc[year, "spread"] == close(np.sqrt((w * (logs - mean) ** 2).sum() / w.sum()))
        assert found.years.loc[year, "gini"] == close(disparity(PANEL[year], "gini", population=people))
    assert found.change == close(found.years["spread"].iloc[-1] / found.years["spread"].iloc[0] - 1)
    assert (found.first, found.last, found.measure) == (2019, 2024, "gini")
    assert found.change < 0 and found.p_value < 1e-6


def test_the_test_is_that_of_pitman_and_morgan():
    # The correlation of sum and difference of the logarithms, as any regression program gives it.
    statsmodels = pytest.importorskip("statsmodels.api")
    one, two = np.log(FIRST), np.log(LAST)
    fit = statsmodels.OLS(two - one, statsmodels.add_constant((one + two).to_numpy())).fit()
    assert sigma_convergence(PANEL).p_value == close(fit.pvalues.iloc[1])


def test_a_spread_that_did_not_change_is_no_finding():
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.lognormal(size=(300, 24))).T
    p = [sigma_convergence(noise[[i, i + 1]]).p_value for i in range(0, 300, 2)]
    assert 0.01 <= np.mean(np.array(p) <= 0.05) <= 0.10
    same = sigma_convergence(pd.DataFrame({2019: FIRST, 2024: FIRST * 3}))
    assert (same.p_value, same.change) == (pytest.approx(1), pytest.approx(0, abs=1e-12))


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (PANEL[[2019]], "Found fewer than two years; expected a DataFrame, regions in rows and years in columns"),
        (PANEL * [1, 0, 1], "^2021: Found values of 0 in .*; expected more than 0 for mean_log_deviation"),
        (PANEL.iloc[:2], r"^2019: Found 2 region\(s\); expected 3 or more"),
    ],
)  # fmt: skip
def test_panels_without_a_spread_are_refused(panel, message):
    with pytest.raises(DisparityError, match=message):
        sigma_convergence(panel)


# --- beta ---


@pytest.mark.parametrize("errors", ["classical", "hc3"])
@pytest.mark.parametrize("with_controls", [False, True], ids=["absolute", "conditional"])
def test_parity_with_statsmodels(errors, with_controls):
    statsmodels = pytest.importorskip("statsmodels.api")
    controls = pd.DataFrame({"area": PEOPLE, "coast": np.arange(24) % 2}) if with_controls else None
    found = beta_convergence(FIRST, LAST, 5, controls=controls, errors=errors, level=0.9)
    terms = pd.DataFrame({"constant": 1.0, "level": np.log(FIRST)})
    terms = terms if controls is None else terms.join(controls)
    kind = "HC3" if errors == "hc3" else "nonrobust"
    fit = statsmodels.OLS(np.log(LAST / FIRST) / 5, terms).fit(cov_type=kind, use_t=True)
    expected = {"coefficient": fit.params, "standard_error": fit.bse, "t": fit.tvalues, "p_value": fit.pvalues}
    for column, values in expected.items():
        np.testing.assert_allclose(found.table[column], values, rtol=1e-8)
    np.testing.assert_allclose(found.table[["lower", "upper"]], fit.conf_int(alpha=0.1), rtol=1e-8)
    assert found.r_squared == close(fit.rsquared)
    assert (found.regions, found.degrees) == (24, int(fit.df_resid))


def test_the_speed_is_the_one_the_regions_move_with():
    # Every gap to the common level closes at 2 % a year: half of it is gone in ln 2 / 0.02 years.
    last = np.exp(np.log(10.0) + (np.log(FIRST) - np.log(10.0)) * np.exp(-0.02 * 12))
    found = beta_convergence(FIRST, last, 12)
    assert found.speed == pytest.approx(0.02)
    assert found.half_life == pytest.approx(np.log(2) / 0.02)
    assert found.beta == pytest.approx((np.exp(-0.24) - 1) / 12)
    assert found.r_squared == pytest.approx(1)


def test_regions_that_drift_apart_have_no_half_life():
    found = beta_convergence(FIRST, FIRST**1.3, 5)
    assert found.beta > 0 > found.speed
    assert found.half_life == np.inf
    leapfrog = beta_convergence(FIRST, FIRST**-0.5, 5)
    assert np.isnan(leapfrog.speed) and np.isnan(leapfrog.half_life)


def test_regions_are_matched_by_name():
    one, two = beta_convergence(FIRST, LAST, 5), beta_convergence(FIRST, LAST[::-1], 5)
    pd.testing.assert_frame_equal(one.table, two.table)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"last": -LAST}, "^last: Found values below 0 in"),
        ({"last": LAST.iloc[1:]}, "Found no value in the last year for '35.71.0000'"),
        ({"years": 0}, "Found 0 years; expected more than 0"),
        ({"errors": "robust"}, "Found errors='robust'; expected 'hc3' or 'classical'"),
        ({"level": 95}, "Found level 95; expected a number between 0 and 1"),
        ({"first": FIRST.iloc[:4], "last": LAST.iloc[:4]}, r"Found 4 region\(s\) for 2 terms; expected 5 or more"),
        ({"first": FIRST * 0 + 2}, "Found terms that cannot be told apart: constant, level; expected"),
        ({"controls": (FIRST.iloc[3] == FIRST).astype(float).to_frame("own")}, "Found a term that '35.71.0003' alone"),
        ({"controls": pd.DataFrame({"level": FIRST})}, "Found a control called 'level'; expected another name"),
        ({"controls": pd.DataFrame({"own": FIRST.iloc[2:]})}, "Found no controls for '35.71.0000', '35.71.0001'"),
    ],
)  # fmt: skip
def test_what_cannot_be_regressed_is_refused(arguments, message):
    with pytest.raises(DisparityError, match=message):
        beta_convergence(**{"first": FIRST, "last": LAST, "years": 5} | arguments)

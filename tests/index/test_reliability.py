import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.index import ScoringError, reliability
from smartcity_analysis.index.reliability import (
    Limits,
    alpha_kernel,
    bartlett_sphericity,
    cronbach_alpha,
    item_rest,
    kmo,
    mcdonald_omega,
)

EVERY = [cronbach_alpha, item_rest, mcdonald_omega, kmo, bartlett_sphericity]

# Five socio-economic variables of twelve census tracts. Harman (1976), Modern Factor Analysis, 3rd edition, page 14.
HARMAN = pd.DataFrame(
    {
        "population": [5700, 1000, 3400, 3800, 4000, 8200, 1200, 9100, 9900, 9600, 9600, 9400],
        "school": [12.8, 10.9, 8.8, 13.6, 12.8, 8.3, 11.4, 11.5, 12.5, 13.7, 9.6, 11.4],
        "employment": [2500, 600, 1000, 1700, 1600, 2600, 400, 3300, 3400, 3600, 3300, 4000],
        "services": [270, 10, 10, 140, 140, 60, 10, 60, 180, 390, 80, 100],
        "house": [25000, 10000, 9000, 25000, 25000, 12000, 16000, 14000, 18000, 25000, 12000, 13000],
    }
)


def one_factor(loadings, regions=40, seed=0):
    """Scores with one thing in common, a column a loading."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=regions)
    columns = {f"i{k}": a * common + rng.normal(size=regions) for k, a in enumerate(loadings)}
    return pd.DataFrame(columns, index=[f"r{k}" for k in range(regions)])


def with_correlations(matrix, regions=30, seed=0):
    """Scores whose correlations are exactly these."""
    size = len(matrix)
    x = np.random.default_rng(seed).normal(size=(regions, size))
    q = np.linalg.qr(x - x.mean(axis=0))[0]
    return pd.DataFrame(q @ np.linalg.cholesky(np.asarray(matrix)).T, columns=list("abcdefgh")[:size])


def gaps(table, seed=1, share=0.15):
    return table.mask(np.random.default_rng(seed).uniform(size=table.shape) < share)


SCORES = one_factor([1.0, 0.8, 0.6, 1.2])
GAPPY = gaps(SCORES)


def test_every_example_does_what_it_says():
    found = doctest.testmod(reliability)
    assert found.failed == 0 and found.attempted >= 10


class TestPublished:
    """SAS/STAT 14.1 User's Guide (2015), The FACTOR Procedure, examples 1 to 3, on Harman's census tracts."""

    def test_sampling_adequacy(self):
        found = kmo(HARMAN)
        assert found.value == pytest.approx(0.57536759, abs=5e-9)
        expected = [0.47207897, 0.55158839, 0.48851137, 0.80664365, 0.61281377]
        assert found.table["kmo"].to_list() == pytest.approx(expected, abs=5e-9)
        assert found.flag == "" and kmo(HARMAN, limits=Limits(kmo=0.6)).flag == "low"

    def test_no_common_factors(self):
        found = bartlett_sphericity(HARMAN)
        assert (found.value, found.df, found.n, found.flag) == (pytest.approx(54.2517, abs=5e-5), 10, 12, "")
        assert found.p < 0.0001


class TestAlpha:
    @pytest.mark.parametrize("table", [SCORES, GAPPY], ids=["complete", "gaps"])
    def test_is_pingouins(self, table):
        pingouin = pytest.importorskip("pingouin")
        found = cronbach_alpha(table, level=0.9)
        value, interval = pingouin.cronbach_alpha(data=table, ci=0.9)
        assert found.value == pytest.approx(value, abs=1e-12)
        if table is SCORES:  # elsewhere ours rests on the thinnest pair, theirs on every region
            assert found.interval == pytest.approx(tuple(interval), abs=5e-4)
            assert found.n == len(table)

    def test_standardised_is_alpha_of_z_scores(self):
        z = (SCORES - SCORES.mean()) / SCORES.std()
        found = cronbach_alpha(SCORES, standardised=True)
        assert found.value == pytest.approx(cronbach_alpha(z).value, abs=1e-12)

    def test_one_indicator_twice_is_wholly_reliable(self):
        table = pd.DataFrame({"a": [1.0, 2, 5], "b": [2.0, 3, 6]})
        assert cronbach_alpha(table).value == pytest.approx(1)

    def test_a_reversed_indicator_makes_it_negative(self):
        turned = SCORES[["i0", "i1"]].assign(i1=-SCORES["i1"])
        found = cronbach_alpha(turned)
        assert found.value < 0 and (found.flag, found.expected) == ("negative", 0)
        assert set(item_rest(turned)["flag"]) == {"negative"}

    def test_indicators_that_cancel_out_are_minus_infinity(self):
        table = pd.DataFrame({"a": [1.0, 2, 5], "b": [-1.0, -2, -5]})
        found = cronbach_alpha(table)
        assert found.value == -np.inf and found.flag == "negative"

    def test_low_is_below_the_limit(self):
        assert cronbach_alpha(SCORES, limits=Limits(alpha=0.99)).flag == "low"
        assert cronbach_alpha(SCORES, limits=Limits(alpha=0.5)).flag == ""

    def test_batch_equals_its_slow_twin(self):
        cov = SCORES.cov().to_numpy()
        keep = np.random.default_rng(0).integers(0, 2, size=(3, 8, 4)).astype(float)
        found = alpha_kernel(cov, keep)
        for place in np.ndindex(3, 8):
            chosen = SCORES.loc[:, keep[place] == 1]
            k = chosen.shape[1]
            variance = chosen.sum(axis=1).var()
            slow = k / (k - 1) * (1 - chosen.var().sum() / variance) if k > 1 else np.nan
            assert found[place] == pytest.approx(slow, abs=1e-12, nan_ok=True)


class TestItemRest:
    def test_is_the_correlation_with_the_sum_of_the_others(self):
        found = item_rest(SCORES)
        for code in SCORES:
            others = SCORES.drop(columns=code)
            assert found.loc[code, "r"] == pytest.approx(SCORES[code].corr(others.sum(axis=1)), abs=1e-12)
            assert found.loc[code, "alpha_if_dropped"] == pytest.approx(cronbach_alpha(others).value, abs=1e-12)
        assert (found["alpha"] == cronbach_alpha(SCORES).value).all() and (found["n"] == len(SCORES)).all()

    def test_gaps_leave_pairs_and_are_counted(self):
        found = item_rest(GAPPY)
        for code in GAPPY:
            others = [other for other in GAPPY if other != code]
            covariance = sum(GAPPY[code].cov(GAPPY[other]) for other in others)
            variance = sum(GAPPY[a].cov(GAPPY[b]) for a in others for b in others)
            assert found.loc[code, "r"] == pytest.approx(covariance / (GAPPY[code].var() * variance) ** 0.5, abs=1e-12)
            both = [int((GAPPY[code].notna() & GAPPY[other].notna()).sum()) for other in others]
            assert found.loc[code, "n"] == min(both)

    def test_a_stranger_is_weak_and_one_that_does_harm_is_told(self):
        noise = np.random.default_rng(5).normal(size=len(SCORES))  # correlates with the rest by 0.06
        strict, lenient = (
            item_rest(SCORES.assign(noise=noise), limits=Limits(item_rest=x)).loc["noise"] for x in (0.3, 0)
        )
        assert (strict["flag"], strict["expected"]) == ("weak", 0.3)
        assert (lenient["flag"], lenient["expected"]) == ("raises_alpha", lenient["alpha"])
        assert lenient["alpha_if_dropped"] > lenient["alpha"]

    def test_two_indicators_leave_no_alpha(self):
        assert item_rest(SCORES[["i0", "i1"]])["alpha_if_dropped"].isna().all()

    def test_others_that_cancel_out_are_told(self):
        table = SCORES[["i0", "i1"]].assign(i2=-SCORES["i1"])
        found = item_rest(table).loc["i0"]
        assert np.isnan(found["r"]) and found["flag"] == "constant_rest"


class TestOmega:
    loadings = np.array([0.9, 0.8, 0.7, 0.6, 0.5])

    def test_one_factor_is_found_again(self):
        matrix = np.outer(self.loadings, self.loadings)
        np.fill_diagonal(matrix, 1)
        found = mcdonald_omega(with_correlations(matrix), standardised=True)
        assert found.table["loading"].to_list() == pytest.approx(self.loadings.tolist(), abs=1e-9)
        assert found.table["uniqueness"].to_list() == pytest.approx((1 - self.loadings**2).tolist(), abs=1e-9)
        unique = (1 - self.loadings**2).sum()
        assert found.value == pytest.approx(3.5**2 / (3.5**2 + unique), abs=1e-9)
        assert found.flag == ""

    def test_three_indicators_have_spearmans_loadings(self):
        """Each loading squared is r_ij r_ik / r_jk: Spearman (1927), The Abilities of Man, appendix."""
        ab, ac, bc = 0.56, 0.48, 0.42
        table = with_correlations([[1, ab, ac], [ab, 1, bc], [ac, bc, 1]])
        expected = [(ab * ac / bc) ** 0.5, (ab * bc / ac) ** 0.5, (ac * bc / ab) ** 0.5]
        assert mcdonald_omega(table).table["loading"].to_list() == pytest.approx(expected, abs=1e-9)

    @pytest.mark.parametrize("table", [SCORES, GAPPY], ids=["complete", "gaps"])
    def test_loadings_are_those_of_statsmodels(self, table):
        factor = pytest.importorskip("statsmodels.multivariate.factor")
        model = factor.Factor(corr=table.corr().to_numpy(), n_factor=1, method="pa")
        expected = np.abs(model.fit(maxiter=100_000, tol=1e-14).loadings[:, 0])
        assert mcdonald_omega(table).table["loading"].to_list() == pytest.approx(expected.tolist(), abs=1e-9)

    def test_no_loadings_leave_smaller_residuals(self):
        def residuals(loading):
            matrix = SCORES.corr().to_numpy() - np.outer(loading, loading)
            return (matrix[np.triu_indices(4, 1)] ** 2).sum()

        found = mcdonald_omega(SCORES).table["loading"].to_numpy()
        rng = np.random.default_rng(0)
        assert all(residuals(found) < residuals(found + rng.normal(scale=1e-3, size=4)) for _ in range(50))

    def test_equal_loadings_and_spreads_give_alpha(self):
        matrix = np.full((4, 4), 0.4) + 0.6 * np.eye(4)
        table = with_correlations(matrix)
        assert mcdonald_omega(table).value == pytest.approx(cronbach_alpha(table).value, abs=1e-9)

    def test_spreads_count_unless_it_is_standardised(self):
        wide = SCORES.assign(i2=50 * SCORES["i2"])
        assert mcdonald_omega(wide).value != pytest.approx(mcdonald_omega(SCORES).value, abs=0.01)
        plain = mcdonald_omega(SCORES, standardised=True).value
        assert mcdonald_omega(wide, standardised=True).value == pytest.approx(plain, abs=1e-9)

    def test_a_factor_that_explains_an_indicator_whole_is_told(self):
        table = with_correlations([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
        found = mcdonald_omega(table)
        assert found.flag == "heywood" and found.table.loc["a", "uniqueness"] == 0
        assert 0 < found.value < 1

    def test_a_reversed_indicator_has_a_negative_loading(self):
        found = mcdonald_omega(SCORES.assign(i0=-SCORES["i0"]))
        assert (found.flag, found.expected) == ("negative", 0) and found.table.loc["i0", "loading"] < 0

    def test_low_is_below_the_limit(self):
        assert mcdonald_omega(SCORES, limits=Limits(omega=0.99)).flag == "low"


class TestAdequacy:
    @pytest.mark.parametrize("table", [SCORES, HARMAN], ids=["one factor", "harman"])
    def test_kmo_is_made_of_pingouins_partial_correlations(self, table):
        pingouin = pytest.importorskip("pingouin")
        off = ~np.eye(table.shape[1], dtype=bool)
        plain = table.corr().to_numpy()[off] ** 2
        partial = pingouin.pcorr(table).to_numpy()[off] ** 2
        assert kmo(table).value == pytest.approx(plain.sum() / (plain.sum() + partial.sum()), abs=1e-9)

    def test_kmo_equals_its_slow_twin(self):
        """A partial correlation is that of what regressions on all the others leave."""
        plain = partial = 0.0
        for a in SCORES:
            for b in SCORES.columns.drop(a):
                rest = np.column_stack([np.ones(len(SCORES)), SCORES.drop(columns=[a, b])])
                left = [SCORES[c] - rest @ np.linalg.lstsq(rest, SCORES[c], rcond=None)[0] for c in (a, b)]
                plain += SCORES[a].corr(SCORES[b]) ** 2
                partial += np.corrcoef(*left)[0, 1] ** 2
        assert kmo(SCORES).value == pytest.approx(plain / (plain + partial), abs=1e-12)

    def test_sphericity_by_hand_and_of_noise(self):
        table = with_correlations([[1, 0.5], [0.5, 1]], regions=20)
        found = bartlett_sphericity(table)
        assert found.value == pytest.approx(-(19 - 9 / 6) * np.log(0.75), abs=1e-12) and found.df == 1
        noise = with_correlations(np.eye(3) + 0.05 * (1 - np.eye(3)))
        assert bartlett_sphericity(noise).flag == "uncorrelated"


@pytest.mark.parametrize("measure", [cronbach_alpha, mcdonald_omega, kmo, bartlett_sphericity])
def test_n_is_that_of_the_thinnest_pair(measure):
    table = SCORES.copy()
    table.iloc[:5, 0], table.iloc[5:12, 1] = np.nan, np.nan
    assert measure(table).n == 28


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-50, 50), scale=st.floats(0.1, 20))
def test_shift_scale_and_order_do_not_matter(seed, shift, scale):
    table = one_factor([1, 0.7, 0.9, 0.5], regions=12, seed=seed)
    other = (shift + scale * table).iloc[::-1, ::-1]
    for measure in (cronbach_alpha, mcdonald_omega, kmo, bartlett_sphericity):
        assert measure(other).value == pytest.approx(measure(table).value, rel=1e-6, abs=1e-6)
    pd.testing.assert_series_equal(item_rest(other)["r"][table.columns], item_rest(table)["r"], atol=1e-9)
    assert 0 < kmo(table).value < 1 and 0 <= mcdonald_omega(table).value < 1


@pytest.mark.parametrize("measure", EVERY)
class TestRefusals:
    def test_a_constant_indicator_is_named(self, measure):
        with pytest.raises(ScoringError, match=r"found a constant indicator in 'i1'. Drop it"):
            measure(SCORES.assign(i1=4.0))

    def test_rounding_does_not_make_an_indicator_vary(self, measure):
        nearly = np.where(np.arange(len(SCORES)) % 2 == 0, 0.1 + 0.2, 0.3)
        assert nearly.min() < nearly.max()
        with pytest.raises(ScoringError, match="found a constant indicator in 'i1'"):
            measure(SCORES.assign(i1=nearly))

    def test_fewer_than_three_regions(self, measure):
        with pytest.raises(ScoringError, match=r"fewer than 3 regions for 'i0', 'i1', 'i2', 'i3'. Fill the gaps"):
            measure(SCORES.iloc[:2])

    def test_every_problem_is_told_at_once(self, measure):
        table = SCORES.assign(i0=1.0)
        table.iloc[2:, 1] = np.nan
        with pytest.raises(ScoringError) as error:
            measure(table)
        assert len(error.value.problems) == 2

    def test_two_indicators_that_hardly_meet(self, measure):
        table = SCORES.copy()
        table.iloc[:20, 0], table.iloc[22:, 1] = np.nan, np.nan
        with pytest.raises(ScoringError, match=r"fewer than 3 regions with both of \('i0', 'i1'\)"):
            measure(table)

    def test_one_indicator_is_no_group(self, measure):
        with pytest.raises(ScoringError, match="found 1 indicators, expected at least"):
            measure(SCORES[["i0"]])

    def test_the_callers_table_is_left_alone(self, measure):
        before = GAPPY.copy(deep=True)
        measure(GAPPY)
        pd.testing.assert_frame_equal(GAPPY, before)


@pytest.mark.parametrize("measure", [mcdonald_omega, kmo, bartlett_sphericity])
class TestCorrelationsThatCannotBe:
    def test_contradictions_between_pairs(self, measure):
        rows = [[1, 1, None], [2, 2, None], [3, 3, None], [None, 1, 1], [None, 2, 2], [None, 3, 3]]
        rows += [[1, None, 3], [2, None, 2], [3, None, 1]]
        with pytest.raises(ScoringError, match=r"contradict each other \(an eigenvalue of -1\)"):
            measure(pd.DataFrame(rows, columns=list("abc"), dtype=float))

    def test_constant_where_two_meet(self, measure):
        table = SCORES.copy()
        table.iloc[:10, 0] = 5.0
        table.iloc[10:, 1] = np.nan
        with pytest.raises(ScoringError, match=r"constant indicator among the regions with both of \('i0', 'i1'\)"):
            measure(table)


@pytest.mark.parametrize("measure", [kmo, bartlett_sphericity])
def test_an_indicator_determined_by_the_others_is_refused(measure):
    with pytest.raises(ScoringError, match=r"determined by the others. Use more regions .*found 40 and 5"):
        measure(SCORES.assign(total=SCORES.sum(axis=1)))
    with pytest.raises(ScoringError, match=r"found 4 and 4"):
        measure(SCORES.iloc[:4])

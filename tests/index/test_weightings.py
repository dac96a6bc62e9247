"""Every weighting against a slow, readable twin, and what is particular to each."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from scipy.optimize import minimize

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import WEIGHTINGS, ScoringError, normalise, optimise_weights, weights
from smartcity_analysis.index.weighting.weightings import importance_shares, varimax

CODES = ["water", "air", "school", "clinic", "waste"]


def example(seed=0, regions=12, missing=False):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(regions, 2)) @ rng.normal(size=(2, 5))
    table = pd.DataFrame(50 + 10 * common + rng.normal(0, 6, size=(regions, 5)), columns=CODES)
    table = (table - table.min() + 1).round(3)
    if missing:
        table.iloc[2, 0] = table.iloc[5, 3] = np.nan
    return table


# Slow, readable twins.


def slow_entropy(table):
    found = {}
    for code in table.columns:
        column = table[code].dropna()
        found[code] = 1 - scipy.stats.entropy(column) / np.log(len(column))
    return pd.Series(found)


def slow_critic(table):
    unit = (table - table.min()) / (table.max() - table.min())
    return unit.std() * (1 - unit.corr()).sum()


def slow_varimax(loadings):
    """Rotation by singular values (gradient projection), rows of length 1: another way to the same criterion."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    unit, turn = loadings / length, np.eye(loadings.shape[1])
    for _ in range(5000):
        now = unit @ turn
        left, _, right = np.linalg.svd(unit.T @ (now**3 - now * (now**2).mean(axis=0)))
        turn = left @ right
    return unit @ turn * length


def slow_pca(table):
    complete = table.dropna()
    values, vectors = np.linalg.eigh(complete.corr())
    kept = values > 1
    squares = slow_varimax(vectors[:, kept] * np.sqrt(values[kept])) ** 2
    found = {}
    for i, code in enumerate(table.columns):
        own = max(range(squares.shape[1]), key=lambda k: squares[i, k] / squares[:, k].sum())
        share = squares[i, own] / squares[:, own].sum()
        found[code] = share * squares[:, own].sum() / squares.sum()
    return pd.Series(found)


def slow_optimised(table, wanted):
    complete = table.dropna()

    def off(w):
        correlations = complete.corrwith(complete @ w)
        return ((correlations / correlations.sum() - wanted) ** 2).sum()

    sums = {"type": "eq", "fun": lambda w: w.sum() - 1}
    start = np.full(table.shape[1], 1 / table.shape[1])
    options = {"ftol": 1e-14, "maxiter": 500}
    found = minimize(off, start, bounds=[(0, 1)] * len(start), constraints=sums, method="SLSQP", options=options)
    return pd.Series(found.x, table.columns)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(("name", "slow"), [("entropy", slow_entropy), ("critic", slow_critic), ("pca", slow_pca)])
def test_a_weighting_equals_its_slow_twin(name, slow, missing):
    for seed in range(3):
        table = example(seed, missing=missing)
        expected = slow(table)
        pd.testing.assert_series_equal(
            weights(table, name), expected / expected.sum(), check_names=False, rtol=1e-7, obj=f"{name} {seed}"
        )


def test_every_weighting_that_looks_at_scores_has_a_twin_here():
    assert set(WEIGHTINGS) == {"equal", "declared", "entropy", "critic", "pca", "optimised"}


class TestEntropy:
    def test_a_zero_is_taken(self):
        table = pd.DataFrame({"a": [0.0, 1.0, 1.0], "b": [1.0, 2.0, 3.0]})
        spread = 1 - np.log(2) / np.log(3)  # 0 log 0 is 0
        other = 1 - scipy.stats.entropy([1, 2, 3]) / np.log(3)
        assert weights(table, "entropy")["a"] == pytest.approx(spread / (spread + other))

    def test_a_score_that_is_the_same_everywhere_weighs_nothing(self):
        table = pd.DataFrame({"same": [0.3, 0.3, 0.3], "b": [1.0, 2.0, 3.0]})
        assert weights(table, "entropy").to_dict() == pytest.approx({"same": 0, "b": 1})

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            ([-1.0, 2.0, 3.0], "entropy: found a negative score in 'bad'. Normalise onto a scale from 0"),
            ([0.0, 0.0, 0.0], "entropy: found only scores of 0 in 'bad'"),
            ([np.nan, 2.0, np.nan], "entropy: found fewer than two scores in 'bad'"),
        ],
    )
    def test_what_has_no_shares_is_refused_by_name(self, column, message):
        with pytest.raises(ScoringError, match=message):
            weights(pd.DataFrame({"fine": [1.0, 2.0, 3.0], "bad": column}), "entropy")


class TestCritic:
    def test_polarity_is_that_of_the_scores(self):
        values = pd.DataFrame(
            {"jobs": [1.0, 2.0, 3.0, 5.0], "poverty": [9.0, 7.0, 6.0, 1.0], "air": [3.0, 1.0, 4.0, 2.0]}
        )
        scores = normalise(values, direction={"jobs": 1, "poverty": -1, "air": 1})
        found = weights(scores, "critic")
        faulty = slow_critic(values) / slow_critic(values).sum()  # raw values, as if more poverty were better
        assert found["poverty"] < 0.3 and faulty["poverty"] > 0.35
        assert not np.allclose(found, faulty, rtol=0.1)

    def test_one_missing_score_changes_one_pair_of_things_only(self):
        table = example(missing=True)
        found = weights(table, "critic")
        assert found.notna().all() and found.sum() == pytest.approx(1)

    def test_a_constant_column_is_refused_by_name(self):
        table = example().assign(air=3.0)
        with pytest.raises(
            ScoringError, match=r"critic: found no two different scores in 'air'. Leave the indicator out"
        ):
            weights(table, "critic")

    def test_indicators_of_different_regions_are_refused_by_name(self):
        table = pd.DataFrame({"a": [1.0, 2, None, None], "b": [None, None, 3, 4.0], "c": [1.0, 3, 2, 5]})
        with pytest.raises(ScoringError, match="critic: found no correlation with every other indicator in 'a', 'b'"):
            weights(table, "critic")


class TestPca:
    def test_varimax_of_a_turned_simple_structure_finds_it_again(self):
        simple = np.array([[0.9, 0], [0.8, 0], [0.7, 0], [0, 0.9], [0, 0.6]])
        turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
        np.testing.assert_allclose(np.abs(varimax(simple @ turn)), simple, atol=1e-9)

    def test_varimax_keeps_communalities_and_factors_of_zeros(self):
        loadings = np.random.default_rng(0).normal(size=(3, 6, 3))
        loadings[1, :, 2] = 0
        turned = varimax(loadings)
        np.testing.assert_allclose((turned**2).sum(axis=-1), (loadings**2).sum(axis=-1))
        assert (turned[1, :, 2] == 0).all()
        np.testing.assert_allclose(np.abs(turned[1, :, :2]), np.abs(varimax(loadings[1, :, :2])), atol=1e-8)

    def test_the_number_of_factors_can_be_fixed(self):
        table = example()
        one = weights(table, "pca", factors=1)
        _, vectors = np.linalg.eigh(table.corr())
        np.testing.assert_allclose(one, vectors[:, -1] ** 2, rtol=1e-9)
        assert not np.allclose(weights(table, "pca", factors=3), one)
        with pytest.raises(ScoringError, match="pca: found factors=6, expected a whole number from 1 to 5"):
            weights(table, "pca", factors=6)

    def test_what_has_no_correlation_is_refused(self):
        with pytest.raises(ScoringError, match="pca: found the same score in every region with all of them in 'air'"):
            weights(example().assign(air=3.0), "pca")
        table = example()
        table.iloc[2:, 0] = np.nan
        with pytest.raises(ScoringError, match="pca: found 2 regions with every score, expected at least 3"):
            weights(table, "pca")


class TestOptimised:
    wanted = {"clinic": 0.1, "waste": 0.3, "water": 0.15, "air": 0.25, "school": 0.2}  # noqa: RUF012

    def reachable(self):
        """Indicators with little in common, so that any importance can be had."""
        rng = np.random.default_rng(4)
        return pd.DataFrame(rng.normal(50, 10, size=(60, 5)), columns=CODES)

    def test_targets_are_matched_by_name(self):
        result = optimise_weights(self.reachable(), self.wanted)
        assert result.importance["achieved"].to_dict() == pytest.approx(self.wanted)
        by_position = optimise_weights(self.reachable(), dict(zip(CODES, self.wanted.values(), strict=True)))
        assert not np.allclose(result.weights, by_position.weights, atol=0.02)

    @pytest.mark.parametrize("measure", ["correlation", "r2"])
    def test_the_importance_is_that_of_the_weighted_mean(self, measure):
        table = self.reachable()
        result = optimise_weights(table, self.wanted, measure=measure)
        correlation = table.corrwith(table @ result.weights) ** (2 if measure == "r2" else 1)
        expected = correlation / correlation.sum()
        pd.testing.assert_series_equal(result.importance["achieved"], expected, check_names=False)
        assert result.importance["achieved"].to_dict() == pytest.approx(self.wanted)

    def test_weights_are_never_negative(self):
        table = example(1)
        correlation, sd = table.corr().to_numpy(), table.std().to_numpy()
        free = np.linalg.solve(correlation, [self.wanted[code] for code in CODES]) / sd
        assert free.min() < 0  # what solves the equations without the bound
        result = optimise_weights(table, self.wanted)
        assert (result.weights >= 0).all() and (result.weights == 0).any()
        assert not np.allclose(result.importance["achieved"], result.importance["wanted"], atol=1e-3)

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_equals_a_slow_search(self, seed):
        table = example(seed, regions=20)
        wanted = pd.Series(self.wanted)[CODES]
        found = weights(table, "optimised", importance=self.wanted)
        correlation, sd = table.corr().to_numpy(), table.std().to_numpy()

        def off(w):
            return ((importance_shares(correlation, sd, np.asarray(w)) - wanted) ** 2).sum()

        assert off(found) <= off(slow_optimised(table, wanted)) + 1e-7

    def test_declared_weights_are_the_target_where_none_is_given(self):
        table = self.reachable()
        by_base = weights(table, "optimised", base=self.wanted)
        pd.testing.assert_series_equal(by_base, weights(table, "optimised", importance=self.wanted))
        alike = weights(table, "optimised")
        correlation = table.corrwith(table @ alike)
        assert np.ptp(correlation) == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize(
        ("importance", "error", "message"),
        [
            ({"water": 1}, ScoringError, "The importance: found none for 'air', 'school'"),
            (dict.fromkeys(CODES, 0), ScoringError, "found only 0 for"),
            ({**dict.fromkeys(CODES, 1), "air": -1}, ScoringError, "negative or missing weight for 'air'"),
            ({**dict.fromkeys(CODES, 1), "sky": 1}, ScoringError, "found 'sky', which is no indicator"),
        ],
    )
    def test_a_faulty_importance_is_refused(self, importance, error, message):
        with pytest.raises(error, match=message):
            optimise_weights(example(), importance)

    def test_other_faulty_calls_are_refused(self):
        with pytest.raises(UnknownNameError, match="Unknown measure of importance: found 'r', expected one of"):
            optimise_weights(example(), dict.fromkeys(CODES, 1), measure="r")
        with pytest.raises(ScoringError, match="optimised: found a negative or no importance"):
            weights(example(), "optimised", importance=dict.fromkeys(CODES, 0))
        with pytest.raises(ScoringError, match="The option importance: found none for 'air'"):
            weights(example(), "optimised", importance={"water": 1})

    def test_one_indicator_is_all_there_is(self):
        result = optimise_weights(pd.DataFrame({"a": [1.0, 2.0]}), {"a": 5})
        assert result.importance.loc["a"].to_list() == [1, 1]

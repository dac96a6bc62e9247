"""The same numbers as other libraries where the definitions agree, and the known difference where they do not."""

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from smartcity_analysis.index import aggregate, ahp, normalise, weights

CODES = list("abcd")
DIRECTION = {"a": 1, "b": -1, "c": 1, "d": -1}
TYPES = np.array(list(DIRECTION.values()))
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@pytest.fixture(scope="module")
def values():
    return pd.DataFrame(np.random.default_rng(7).uniform(1, 50, size=(15, 4)), columns=CODES)


@pytest.fixture(scope="module")
def scores(values):
    return normalise(values, direction=DIRECTION)


BASE = pd.Series([0.4, 0.3, 0.2, 0.1], CODES)


def quietly(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


@pytest.mark.parametrize("p", [-2, -1, 0, 0.5, 1, 3])
def test_power_means_as_scipy(values, p):
    expected = scipy.stats.pmean(values, p, axis=1, weights=BASE.to_numpy())
    np.testing.assert_allclose(aggregate(values, BASE, "power", p=p), expected, **CLOSE)


def test_geometric_and_harmonic_means_as_scipy(values):
    for name, oracle in (("geometric", scipy.stats.gmean), ("harmonic", scipy.stats.hmean)):
        np.testing.assert_allclose(aggregate(values, BASE, name), oracle(values, axis=1, weights=BASE), **CLOSE)


class TestPymcdm:
    def test_normalisations(self, values):
        theirs = quietly("pymcdm.normalizations")
        normalised = {"minmax": theirs.minmax_normalization, "fraction_of_max": theirs.linear_normalization}
        for name, function in normalised.items():
            expected = np.column_stack([function(values[c].to_numpy(), cost=DIRECTION[c] < 0) for c in CODES])
            np.testing.assert_allclose(normalise(values, name, direction=DIRECTION), expected, **CLOSE)

    def test_entropy_weights_but_for_zeros(self, values):
        theirs = quietly("pymcdm.weights")
        np.testing.assert_allclose(weights(values, "entropy"), theirs.entropy_weights(values.to_numpy()), **CLOSE)
        with_zero = values.copy()
        with_zero.iloc[0, 0] = 0.0
        with pytest.raises(ValueError, match="requires all positive values"):
            theirs.entropy_weights(with_zero.to_numpy())
        assert weights(with_zero, "entropy").notna().all()

    def test_critic_weights_of_scores_but_not_of_raw_values(self, values, scores):
        theirs = quietly("pymcdm.weights")
        found = weights(scores, "critic")
        np.testing.assert_allclose(found, theirs.critic_weights(scores.to_numpy()), **CLOSE)
        assert np.abs(found - theirs.critic_weights(values.to_numpy())).max() > 0.01

    def test_topsis_of_scores_on_0_to_1(self, values, scores):
        method = quietly("pymcdm.methods").TOPSIS()
        expected = method(values.to_numpy(), BASE.to_numpy(), TYPES)
        np.testing.assert_allclose(aggregate(scores, BASE, "topsis"), expected, **CLOSE)

    def test_ahp_weights(self):
        theirs = quietly("pymcdm.weights.subjective")
        matrix = np.array([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])
        found = ahp(pd.DataFrame(matrix, index=list("abc"), columns=list("abc")))
        np.testing.assert_allclose(found.weights, theirs.AHP(matrix=matrix)(), rtol=1e-3)


class TestScikitCriteria:
    def test_critic_weights_with_directions(self, values, scores):
        theirs = quietly("skcriteria.preprocessing.weighters")
        expected = theirs.critic_weights(values.to_numpy(), TYPES)
        np.testing.assert_allclose(weights(scores, "critic"), expected, **CLOSE)

    def test_entropy_weights_with_zeros(self, scores):
        theirs = quietly("skcriteria.preprocessing.weighters")
        assert (scores == 0).any().all()
        np.testing.assert_allclose(weights(scores, "entropy"), theirs.entropy_weights(scores.to_numpy()), **CLOSE)

    def test_topsis_of_the_scores_as_they_are(self, scores):
        theirs = quietly("skcriteria.agg.topsis")
        _, _, _, expected = theirs.topsis(scores.to_numpy(), np.ones(4), BASE.to_numpy())
        np.testing.assert_allclose(aggregate(scores, BASE, "topsis"), expected, **CLOSE)


def test_varimax_as_statsmodels():
    rotation = quietly("statsmodels.multivariate.factor_rotation")
    from smartcity_analysis.index.weighting.weightings import varimax

    loadings = np.random.default_rng(2).normal(size=(8, 3))
    expected, _ = rotation.rotate_factors(loadings, "varimax", tol=1e-12, max_tries=5000)
    found = varimax(loadings, kaiser=False)
    order = [int(np.argmin([min(np.abs(c - s * e).max() for s in (1, -1)) for c in found.T])) for e in expected.T]
    np.testing.assert_allclose(np.abs(found[:, order]), np.abs(expected), atol=1e-5)  # theirs stops at 1e-6
    assert (found**2).var(axis=0).sum() >= (expected**2).var(axis=0).sum() - 1e-15

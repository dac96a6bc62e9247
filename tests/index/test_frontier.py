"""Benefit of the doubt: against one small programme a region, and what the bounds are for."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from smartcity_analysis.index import ScoringError, aggregate, benefit_of_doubt
from smartcity_analysis.index.weighting.frontier import available_limits, best_shares


def slow_index(scores, region, lower, upper):
    """The textbook programme of one region: the best weighted sum, no region above 1, shares of the sum bounded."""
    own = scores[region]
    lows = [np.where(np.arange(len(own)) == i, own, 0.0) * -1 + lower[i] * own for i in range(len(own))]
    highs = [np.where(np.arange(len(own)) == i, own, 0.0) - upper[i] * own for i in range(len(own))]
    rows = np.vstack([scores, lows, highs])
    limits = np.concatenate([np.ones(len(scores)), np.zeros(2 * len(own))])
    return -linprog(-own, rows, limits, method="highs").fun


@pytest.mark.parametrize("seed", range(4))
def test_one_block_programme_equals_a_programme_a_region(seed):
    scores = np.random.default_rng(seed).uniform(1, 100, size=(9, 4))
    table = pd.DataFrame(scores, columns=list("abcd"))
    lower, upper = {"a": 0.1, "b": 0.2, "c": 0.05, "d": 0.0}, {"a": 0.4, "b": 0.5, "c": 0.6, "d": 0.3}
    result = benefit_of_doubt(table, lower=lower, upper=pd.Series(upper))
    expected = [slow_index(scores, r, list(lower.values()), list(upper.values())) for r in range(9)]
    assert result.scores.to_list() == pytest.approx(expected, rel=1e-7)
    assert (result.shares >= result.lower - 1e-9).all(axis=None) and (result.shares <= result.upper + 1e-9).all(
        axis=None
    )
    assert result.shares.sum(axis=1).to_list() == pytest.approx([1] * 9)
    reached = [max((scores / scores[r] * result.shares.loc[r].to_numpy()).sum(axis=1)) for r in range(9)]
    assert (1 / result.scores).to_list() == pytest.approx(reached, rel=1e-7)


def test_sixty_free_indicators_would_give_every_region_a_score_of_1():
    scores = pd.DataFrame(np.random.default_rng(0).uniform(1, 100, size=(46, 60)))
    every = np.zeros((46, 60))
    free, _ = best_shares(scores.to_numpy(), every, every + 1)
    assert (free > 1 - 1e-9).mean() > 0.95
    bound = benefit_of_doubt(scores, lower=0.5 / 60, upper=2 / 60).scores
    assert (bound > 1 - 1e-9).mean() < 0.2


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({}, r"found no lower=, expected the least and the largest share.*every region a score of 1"),
        ({"lower": 0.1}, r"found no upper="),
        ({"lower": 0, "upper": 1}, r"found bounds of 0 and 1, expected some that bind"),
        ({"lower": 0.6, "upper": 0.9}, r"lower shares that sum to 1.2 .* Loosen them"),
        ({"lower": 0.1, "upper": 0.4}, r"upper shares that sum to 0.8, expected at most 1 and at least 1"),
        (
            {"lower": {"a": 0.4, "b": 0.1}, "upper": 0.3},
            r"found faulty bounds for 'a', expected 0 <= lower <= upper <= 1",
        ),
        ({"lower": {"a": 0.1}, "upper": 0.9}, r"The lower shares: found none for 'b'"),
    ],
)
def test_bounds_are_obligatory_and_possible(bounds, message):
    with pytest.raises(ScoringError, match=message):
        benefit_of_doubt(pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]}), **bounds)


def test_scores_are_above_0_and_regions_have_some():
    table = pd.DataFrame({"a": [0.0, 2.0, None], "b": [2.0, 1.0, None]}, index=["x", "y", "z"])
    message = r"scores of 0 or less in 'a' \(regions 'x'\)[\s\S]*no score for regions 'z', expected at least one"
    with pytest.raises(ScoringError, match=message):
        benefit_of_doubt(table, lower=0.1, upper=0.9)


def test_a_missing_score_has_no_share_and_the_rest_is_re_scaled():
    table = pd.DataFrame({"a": [4.0, np.nan], "b": [2.0, 3.0], "c": [1.0, 1.0]}, index=["x", "y"])
    result = benefit_of_doubt(table, lower=0.2, upper=0.6)
    assert result.shares.loc["y", "a"] == 0 and result.shares.loc["y"].sum() == pytest.approx(1)
    lower, upper = available_limits(table.to_numpy(), np.full(3, 0.2), np.full(3, 0.6))
    assert lower[1].tolist() == pytest.approx([0, 0.3, 0.3]) and upper[1].tolist() == pytest.approx([0, 0.9, 0.9])
    assert result.scores["y"] == 1.0


def test_without_leeway_the_index_uses_the_weights_given():
    table = pd.DataFrame({"a": [4.0, 2.0], "b": [1.0, 2.0]}, index=["x", "y"])
    found = aggregate(table, {"a": 1, "b": 1}, "benefit_of_doubt", spread=0)
    best = max((4 / 2 + 1 / 2) / 2, 1)
    assert found.to_dict() == pytest.approx({"x": 1 / max((2 / 4 + 2 / 1) / 2, 1), "y": 1 / best})
    wider = [aggregate(table, {"a": 1, "b": 1}, "benefit_of_doubt", spread=s) for s in (0.2, 0.6, 1.0)]
    assert all((after >= before - 1e-9).all() for before, after in zip([found, *wider], wider, strict=False))
    with pytest.raises(
        ScoringError, match=r"found spread=1.5, expected a share from 0 to 1.*every region a score of 1"
    ):
        aggregate(table, {"a": 1, "b": 1}, "benefit_of_doubt", spread=1.5)


def test_draws_are_solved_together_in_parts_of_bounded_size(monkeypatch):
    from smartcity_analysis.index.weighting import frontier

    scores = np.random.default_rng(1).uniform(1, 9, size=(5, 6, 3))
    lower, upper = np.full(3, 0.1), np.full(3, 0.6)
    together = best_shares(scores, *available_limits(scores, lower, upper))
    monkeypatch.setattr(frontier, "BLOCK", 2 * 6 * 6 * 4)
    parted = best_shares(scores, *available_limits(scores, lower, upper))
    np.testing.assert_allclose(parted[0], together[0], rtol=1e-9)


def test_a_region_without_any_score_has_none():
    scores = np.array([[1.0, 2.0], [np.nan, np.nan], [2.0, 1.0]])
    index, shares = best_shares(scores, *available_limits(scores, np.full(2, 0.2), np.full(2, 0.8)))
    assert np.isnan(index).tolist() == [False, True, False] and np.isnan(shares[1]).all()

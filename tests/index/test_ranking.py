import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from smartcity_analysis.index.build import IndexResult
from smartcity_analysis.index.ranking import rank_array, rank_type


def slow_ranks(scores):
    """Ranks of an index result, draw by draw."""
    rows = []
    for draw in scores:
        result = IndexResult(pd.DataFrame({"city": draw}), *[None] * 6)
        rows.append(result.ranks["city"].fillna(0).to_list())
    return rows


numbers = st.one_of(
    st.just(np.nan), st.integers(-4, 4).map(float), st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-9)
)


@given(st.lists(st.lists(numbers, min_size=5, max_size=5), min_size=1, max_size=4))
def test_ranks_are_those_of_an_index_result(rows):
    assert rank_array(np.array(rows)).tolist() == slow_ranks(np.array(rows))


@pytest.mark.parametrize("regions", [1, 2, 46, 1000])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_many_draws_at_once(regions, scale):
    scores = np.random.default_rng(0).normal(size=(50, regions)) * scale
    np.testing.assert_array_equal(rank_array(scores), rankdata(-scores, axis=1, method="min"))


def test_the_last_bits_make_no_difference_and_the_twelfth_digit_does():
    assert rank_array(np.array([[0.3 + 0.4 + 0.2, 0.2 + 0.4 + 0.3, 0.9 + 1e-11]])).tolist() == [[2, 2, 1]]


def test_equal_scores_of_neighbouring_draws_are_no_tie():
    assert rank_array(np.array([[2.0, 1.0], [4.0, 1.0], [1.0, 1.0]])).tolist() == [[1, 2], [1, 2], [1, 1]]


def test_the_smallest_numbers_there_are_do_no_harm():
    assert rank_array(np.array([[5e-324, 1e-300, 0.0]])).tolist() == [[2, 1, 2]]


def test_scores_are_left_alone_and_nothing_at_all_has_no_rank():
    scores = np.array([[np.nan, 1.0], [np.nan, np.nan]])
    before = scores.copy()
    assert rank_array(scores).tolist() == [[0, 1], [0, 0]]
    np.testing.assert_array_equal(scores, before)


def test_ranks_of_many_regions_fit_their_type():
    assert rank_type(46) is np.int16 and rank_type(83_000) is np.int32
    scores = np.arange(70_000.0)[None]
    assert rank_array(scores)[0, 0] == 70_000

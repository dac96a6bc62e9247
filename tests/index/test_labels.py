import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.index import ScoringError
from smartcity_analysis.index.labels import by_name, checked_array


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1.0]], "The scores: found list, expected a DataFrame"),
        (pd.DataFrame(columns=["a"]), "found 0 regions and 1 indicators"),
        (pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]), "found indicators 'a' twice, expected each once"),
        (pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "x"]), "found regions 'x' twice, expected each once"),
        (pd.DataFrame({"a": ["1,5"], "b": [1.0]}), "found text in 'a', expected numbers.*to_numeric"),
        (pd.DataFrame({"a": [1.0, np.inf]}, index=["x", "y"]), r"infinite numbers in 'a' \(regions 'y'\)"),
    ],
)
def test_a_faulty_table_is_refused(table, message):
    with pytest.raises(ScoringError, match=message):
        checked_array(table, "scores")


def test_nullable_whole_and_logical_columns_are_numbers():
    table = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [True, False]})
    np.testing.assert_array_equal(checked_array(table, "values"), [[1.0, 1.0], [np.nan, 0.0]])


def test_every_problem_is_listed_at_once():
    with pytest.raises(ScoringError) as error:
        by_name({"a": 1, "cc": 2}, ["a", "b", "ccc"], "weights", exact=True)
    assert error.value.problems == (
        "The weights: found none for 'b', 'ccc', expected one for every indicator. Add them.",
        "The weights: found 'cc', which is no indicator. Did you mean 'ccc'?",
    )


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(ScoringError, match="found 'a' twice, expected each once"):
        by_name(pd.Series([1, 2], index=["a", "a"]), ["a"], "weights", exact=True)


def test_a_list_has_no_names():
    with pytest.raises(ScoringError, match="found list, expected a Series or mapping by indicator"):
        by_name([1, 2], ["a", "b"], "weights", exact=True)

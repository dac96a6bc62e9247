import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import WEIGHTINGS, Method, ScoringError, weights

from .strategies import tables, weights_for


@pytest.mark.parametrize("name", sorted(WEIGHTINGS))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_weights_sum_to_1_and_follow_names(name, data):
    table = data.draw(tables())
    base = data.draw(weights_for(table))
    found = weights(table, name, base=base)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    turned = weights(table[table.columns[::-1]], name, base=dict(reversed(base.items())))
    pd.testing.assert_series_equal(turned[table.columns], found)
    scaled = weights(table, name, base={code: 3 * w for code, w in base.items()})
    pd.testing.assert_series_equal(scaled, found)


def test_equal_and_declared_by_hand():
    scores = pd.DataFrame({"b": [1.0], "a": [2.0]})
    assert weights(scores).to_dict() == {"b": 0.5, "a": 0.5}
    assert weights(scores, "declared", base=pd.Series({"a": 30, "b": 10})).to_dict() == {"b": 0.25, "a": 0.75}


def test_a_framework_gives_every_group_its_own(hdi):
    scores = pd.DataFrame(1.0, index=["r"], columns=list(hdi.nodes))
    found = weights(scores, "declared", base=hdi)
    assert found["health"] == pytest.approx(1 / 3) and found["mean_schooling"] == 0.5
    assert set(found.index) == set(hdi.parents)
    leaves = [leaf.code for leaf in hdi.leaves]
    assert set(weights(scores[leaves], base=hdi).index) == set(leaves)


def test_a_group_with_a_sibling_left_out_is_refused(hdi):
    scores = pd.DataFrame({"mean_schooling": [1.0]})
    with pytest.raises(ScoringError, match="found no column 'expected_schooling', which 'education' has as well"):
        weights(scores, base=hdi)
    with pytest.raises(ScoringError, match="found no node of 'human_development' among the columns"):
        weights(pd.DataFrame({"other": [1.0]}), base=hdi)


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (None, "declared: found no weights. Give base="),
        ({"a": 1}, "The weights: found none for 'b'"),
        ({"a": 1, "b": 1, "d": 1}, "found 'd', which is no indicator"),
        ({"a": 5, "b": -9}, "found a negative or missing weight for 'b', expected 0 or more"),
        ({"a": 5, "b": np.nan}, "found a negative or missing weight for 'b'"),
        ({"a": 0, "b": 0}, "found only 0 for 'a', 'b', expected one weight above 0"),
    ],
)
def test_faulty_weights_are_refused(base, message):
    with pytest.raises(ScoringError, match=message):
        weights(pd.DataFrame({"a": [1.0], "b": [2.0]}), "declared", base=base)


def test_a_strangers_weighting_is_made_to_sum_to_1():
    spread = Method("spread", lambda scores, base, power=1: np.std(scores, axis=-2) ** power, "Sebaran", "Spread")
    scores = pd.DataFrame({"a": [0.0, 2.0], "b": [0.0, 6.0]})
    assert weights(scores, spread).to_dict() == {"a": 0.25, "b": 0.75}
    assert weights(scores, spread, power=2).to_dict() == {"a": 0.1, "b": 0.9}
    with pytest.raises(UnknownNameError, match=r"Unknown option of spread: found 'pow'.*mean 'power'"):
        weights(scores, spread, pow=2)

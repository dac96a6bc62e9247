import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import (
    SOURCE_RULES,
    DisparityError,
    attribute_sources,
    disparity,
    region_contributions,
)

from .family import FAMILY, cases, close, modest, skewed

VALUES, PEOPLE = skewed(9)
PARTS = pd.DataFrame(np.random.default_rng(0).uniform(0, 4, (9, 3)), PEOPLE.index, ["health", "roads", "water"])
every = pytest.mark.parametrize("measure", SOURCE_RULES)


@every
@given(data=st.data())
@modest
def test_sources_sum_to_the_total(measure, data):
    n, k = data.draw(st.integers(2, 7)), data.draw(st.integers(1, 30))
    numbers = data.draw(st.lists(st.floats(0, 100), min_size=n * k, max_size=n * k))
    parts = pd.DataFrame(np.reshape(numbers, (n, k)) + 0.01)
    people = pd.Series(data.draw(st.lists(st.integers(1, 400), min_size=n, max_size=n)))
    found = attribute_sources(parts, measure, population=people)
    assert found.total == disparity(parts.sum(axis=1), measure, population=people)
    assert found.contributions.sum() == pytest.approx(found.total, abs=1e-10)
    assert list(found.contributions.index) == list(parts.columns)


def test_a_variance_is_made_of_covariances():
    # Shorrocks (1982), eq. 13: the share of a source is its covariance with the whole over the whole's variance.
    whole = PARTS.sum(axis=1)
    expected = {name: np.cov(PARTS[name], whole)[0, 1] / whole.var() for name in PARTS}
    for measure in ("generalised_entropy_2", "coefficient_of_variation"):
        assert attribute_sources(PARTS, measure).shares.to_dict() == close(expected)


def test_a_gini_index_is_made_of_covariances_with_the_rank():
    # Lerman and Yitzhaki (1985), eq. 6: 2 cov(y_k, F) / mean; one row a person, people of equal value share a rank.
    people = pd.Series([2, 1, 3, 1, 1, 2, 4, 1, 1], PARTS.index)
    parts = PARTS.round().add(1)
    rows = parts.loc[parts.index.repeat(people)]
    rank = rows.sum(axis=1).rank() / len(rows)
    mean = rows.sum(axis=1).mean()
    expected = {name: 2 * np.cov(rows[name], rank, ddof=0)[0, 1] / mean for name in rows}
    found = attribute_sources(parts, "gini", population=people)
    assert found.contributions.to_dict() == close(expected)


@every
def test_one_unequal_source_is_named(measure):
    parts = PARTS.assign(health=2.0, roads=0.0)
    found = attribute_sources(parts, measure, population=PEOPLE)
    assert found.shares.to_dict() == close({"health": 0, "roads": 0, "water": 1})


@every
def test_sources_that_are_split_or_opposed(measure):
    found = attribute_sources(PARTS, measure, population=PEOPLE).contributions
    split = attribute_sources(
        PARTS.assign(water=PARTS["water"] / 2, more=PARTS["water"] / 2), measure, population=PEOPLE
    )
    assert split.contributions[["water", "more"]].tolist() == close([found["water"] / 2] * 2)
    opposed = pd.DataFrame({"rich": [1.0, 5.0, 9.0], "aid": [3.0, 2.0, 1.0]})
    assert attribute_sources(opposed, measure, population=pd.Series(1, opposed.index)).contributions["aid"] < 0


@every
def test_no_disparity_is_made_by_nobody(measure):
    found = attribute_sources(PARTS * 0 + 1, measure, population=PEOPLE)
    assert list(found.contributions) == close([0, 0, 0])
    assert found.shares.isna().all()


def test_what_cannot_be_taken_apart_is_refused():
    with pytest.raises(UnknownNameError, match="measure that sources make up: found 'theil_t', expected one of 'gini'"):
        attribute_sources(PARTS, "theil_t")
    with pytest.raises(DisparityError, match=r"^roads: Found missing or infinite values for '35.71.0001'"):
        attribute_sources(PARTS.replace(PARTS.loc["35.71.0001", "roads"], np.nan))
    with pytest.raises(DisparityError, match="Found values below 0 in"):
        attribute_sources(-PARTS)
    with pytest.raises(DisparityError, match="Found parts of type Series; expected a DataFrame, one column a part"):
        attribute_sources(PARTS["roads"])


# --- regions ---


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.terms], ids=lambda m: m.name)
@given(case=cases())
@modest
def test_regions_sum_to_the_total(measure, case):
    values, people = case
    found = region_contributions(values, measure, population=people)
    assert found["contribution"].sum() == close(disparity(values, measure, population=people))
    assert found["contribution"].min() >= -1e-15
    assert found["population_share"].sum() == close(1)
    assert (found["population_share"] * found["relative"]).sum() == close(1)


def test_the_region_that_stands_out_contributes_most():
    found = region_contributions(pd.Series({"A": 10.0, "B": 11.0, "Kota": 90.0, "D": 12.0}), "gini")
    assert found["share"].idxmax() == "Kota"
    # Half the mean distance to the four regions, over the mean, at a weight of a quarter.
    assert found.loc["Kota", "contribution"] == close((80 + 79 + 78) / 4 / (2 * 30.75) / 4)
    assert region_contributions(pd.Series([3.0, 3.0])).share.isna().all()


def test_measures_that_do_not_add_up_are_refused():
    with pytest.raises(DisparityError, match="'palma', which does not add up over regions; expected one of 'gini'"):
        region_contributions(VALUES, "palma")

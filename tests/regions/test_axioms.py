"""Contracts of the whole family of disparity measures, a stranger's measure among them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.regions import MEASURES, disparity

from .family import FAMILY, cases, close, every, modest


@every
@given(case=cases(), level=st.floats(0.01, 1e6))
@modest
def test_equal_values_have_no_disparity(measure, case, level):
    _, people = case
    values = pd.Series(level, index=people.index)
    assert disparity(values, measure, population=people) == pytest.approx(measure.at_equality, abs=1e-12)


@every
@given(case=cases(), unit=st.floats(1e-3, 1e3))
@modest
def test_unit_of_values_matters_only_where_the_record_says(measure, case, unit):
    values, people = case
    before = disparity(values, measure, population=people)
    after = disparity(values * unit, measure, population=people)
    assert after == close(before if measure.scale_invariant else before * unit)


@every
@given(case=cases(), unit=st.floats(1e-3, 1e3))
@modest
def test_unit_of_population_does_not_matter(measure, case, unit):
    values, people = case
    assert disparity(values, measure, population=people * unit) == close(disparity(values, measure, population=people))


@every
@given(case=cases(), data=st.data())
@modest
def test_order_and_names_do_not_matter(measure, case, data):
    values, people = case
    moved = data.draw(st.permutations(list(values.index)))
    before = disparity(values, measure, population=people)
    assert disparity(values[moved], measure, population=people) == close(before)
    renamed = {name: f"new {name}" for name in moved}
    assert disparity(values.rename(renamed), measure, population=people.rename(renamed)) == close(before)


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.replication_invariant], ids=lambda m: m.name)
@given(case=cases(), data=st.data())
@modest
def test_population_of_k_is_k_regions_of_one(measure, case, data):
    values, _ = case
    k = data.draw(st.lists(st.integers(1, 5), min_size=len(values), max_size=len(values)))
    rows = pd.Series(np.repeat(values.to_numpy(), k))
    assert disparity(values, measure, population=pd.Series(k, index=values.index)) == close(
        disparity(rows, measure, population=pd.Series(1, index=rows.index))
    )


@every
@given(case=cases(), copies=st.integers(2, 4))
@modest
def test_copies_of_all_regions_change_nothing_where_the_record_says(measure, case, copies):
    values, people = case
    many = pd.concat([values] * copies, ignore_index=True), pd.concat([people] * copies, ignore_index=True)
    before, after = (disparity(x, measure, population=w) for x, w in ((values, people), many))
    if measure.replication_invariant:
        assert after == close(before)
    else:
        assert after < before or before == 0


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.transfer != "none"], ids=lambda m: m.name)
@given(case=cases(), part=st.floats(0.1, 1.0))
@modest
def test_transfer_from_rich_to_poor_lowers_disparity(measure, case, part):
    values, people = case
    rich, poor = values.idxmax(), values.idxmin()
    gap = values[rich] - values[poor]
    # The amount that would make the two equal, per head of each.
    amount = part * gap / (1 / people[rich] + 1 / people[poor]) if rich != poor else 0.0
    after = values.copy()
    after[rich] -= amount / people[rich]
    after[poor] += amount / people[poor]
    one, two = (disparity(x, measure, population=people) for x in (values, after))
    assert two <= one * (1 + 1e-9) + 1e-12
    if measure.transfer == "strict" and gap > 0.05 * values.max():
        assert two < one


def test_transfers_that_a_measure_does_not_see_are_those_its_record_admits():
    # Both stay between the extremes, on one side of the mean (14.5), and inside the same shares of the people.
    values = pd.Series([1.0, 4.0, 5.0, 8.0, 9.0, 20.0, 21.0, 23.0, 24.0, 30.0])
    after = values + pd.Series([0, 0, 0, 0, 0, 0.5, -0.5, 0, 0, 0])
    blind = {m.name for m in FAMILY if not m.needs_population and disparity(values, m) == close(disparity(after, m))}
    seeing = {m.name for m in FAMILY if m.transfer == "strict"}
    assert blind == {m.name for m in FAMILY} - seeing - {"p50_p25"}


def test_a_quantile_ratio_may_rise_with_a_transfer():
    values = pd.Series({"A": 1.0, "B": 2.0, "C": 3.0, "D": 50.0})
    after = pd.Series({"A": 1.0, "B": 2.0, "C": 26.5, "D": 26.5})
    rising = {m.name for m in FAMILY if not m.needs_population and disparity(after, m) > disparity(values, m)}
    assert rising <= {m.name for m in FAMILY if m.transfer == "none"}
    assert "p50_p25" in rising


@every
@given(case=cases())
@modest
def test_never_below_equality_and_never_above_one_where_bounded(measure, case):
    values, people = case
    result = disparity(values, measure, population=people)
    assert result >= measure.at_equality - 1e-12
    assert not measure.bounded or result <= 1 + 1e-12


def test_measures_without_a_bound_do_pass_one():
    values = pd.Series([1.0] * 14 + [1e7] * 6)
    people = pd.Series(1, index=values.index)
    unbounded = [m for m in FAMILY if not m.bounded]
    above = {m.name for m in unbounded if disparity(values, m, population=people) > 1}
    assert above == {m.name for m in unbounded} - {"gini_unbiased", "p50_p25"}
    assert "gini_unbiased" not in above


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.terms], ids=lambda m: m.name)
@given(case=cases())
@modest
def test_terms_of_the_regions_make_the_measure_and_none_is_negative(measure, case):
    values, people = (series.to_numpy(float) for series in case)
    terms = measure.terms(values, people)
    assert terms.shape == values.shape
    assert terms.sum() == close(measure.kernel(values, people))
    assert terms.min() >= -1e-15


def test_measures_that_add_up_say_so():
    assert {m.name for m in MEASURES.values() if m.terms} == {
        "gini", "theil_t", "mean_log_deviation", "generalised_entropy_2", "williamson",
        "coefficient_of_variation", "hoover",
    }  # fmt: skip


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.moments], ids=lambda m: m.name)
@given(case=cases(), unit=st.floats(0.3, 3.0))
@modest
def test_a_measure_is_a_function_of_its_two_means(measure, case, unit):
    values, people = (series.to_numpy(float) for series in case)
    share = people / people.sum()
    ratio = values / (share * values).sum() * unit  # over any mean
    means = [(share * x).sum() for x in (ratio, measure.moments.feature(ratio))]
    value, *slopes = measure.moments.finish(*(np.array(m) for m in means))
    assert value == pytest.approx(measure.kernel(values, people), rel=1e-6, abs=1e-7)
    if value > 0.05:
        for i, slope in enumerate(slopes):
            step = 1e-6 * max(1.0, abs(means[i]))
            moved = [[m + sign * step * (i == j) for j, m in enumerate(means)] for sign in (1, -1)]
            up, down = (measure.moments.finish(*(np.array(m) for m in two))[0] for two in moved)
            assert slope == pytest.approx((up - down) / (2 * step), rel=2e-4, abs=1e-6)

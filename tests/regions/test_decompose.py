from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import MEASURES, DisparityError, decompose, disparity, with_and_without

from .family import FAMILY, close, modest

REFERENCE = Path(__file__).parents[1] / "reference"
ABLE = [m for m in FAMILY if m.entropy_order is not None]
every = pytest.mark.parametrize("measure", ABLE, ids=lambda m: m.name)


@st.composite
def cases(draw):
    n = draw(st.integers(2, 9))
    names = [f"R{i}" for i in range(n)]
    columns = (st.floats(0.01, 1e4), st.integers(1, 400), st.sampled_from(["north", "south", "east"]))
    return [pd.Series(draw(st.lists(c, min_size=n, max_size=n)), index=names) for c in columns]


# --- decompose ---


@every
@given(case=cases(), weighted=st.booleans())
@modest
def test_between_and_within_make_the_total(measure, case, weighted):
    values, people, groups = case
    people = people if weighted else None
    split = decompose(values, groups, population=people, measure=measure)
    assert split.total == disparity(values, measure, population=people)
    assert split.between + split.within == pytest.approx(split.total, rel=1e-12, abs=1e-12)
    assert split.groups["contribution"].sum() == close(split.within)
    assert min(split.between, split.within) >= -1e-12


@every
@given(case=cases())
@modest
def test_agrees_with_its_slow_twin(measure, case):
    """Each group on its own, and the groups as if they were regions; weights after Shorrocks (1980)."""
    values, people, groups = case
    split = decompose(values, groups, population=people, measure=measure)
    means, sizes, within = [], [], 0.0
    for group in groups.unique():
        inside = groups.index[groups == group]
        x, w = values[inside], people[inside]
        own = disparity(x, measure, population=w) if len(inside) > 1 else 0.0
        people_share, value_share = w.sum() / people.sum(), (w * x).sum() / (people * values).sum()
        weight = value_share**measure.entropy_order * people_share ** (1 - measure.entropy_order)
        within += weight * own
        means.append((w * x).sum() / w.sum())
        sizes.append(w.sum())
        row = split.groups.loc[group]
        found = [row["regions"], row["population_share"], row["value_share"], row["mean"], row["inequality"]]
        assert found == close([len(inside), people_share, value_share, means[-1], own])
    between = disparity(pd.Series(means), measure, population=pd.Series(sizes)) if len(means) > 1 else 0.0
    assert (split.between, split.within) == close((between, within))


VALUES = pd.Series({"A": 1.0, "B": 3.0, "C": 2.0, "D": 2.0, "E": 9.0})
GROUPS = pd.Series({"E": "third", "D": "second", "C": "second", "B": "first", "A": "first"}, name="kecamatan")


def test_all_between_when_groups_are_equal_inside_and_all_within_when_means_are_equal():
    blocks = pd.Series({"A": "x", "B": "x", "C": "y", "D": "y"})
    between = decompose(pd.Series({"A": 1, "B": 1, "C": 5, "D": 5}), blocks)
    within = decompose(pd.Series({"A": 1, "B": 5, "C": 5, "D": 1}), blocks)
    assert (between.between_share, within.between_share) == close((1, 0))
    assert between.total > 0.1
    assert within.total > 0.1


def test_groups_are_matched_by_name_and_keep_their_first_appearance():
    table = decompose(VALUES, GROUPS).groups
    assert list(table.index) == ["first", "second", "third"]
    assert table.index.name == "kecamatan"
    assert list(table["regions"]) == [2, 2, 1]
    assert list(table["mean"]) == close([2, 2, 9])
    assert list(table["value_share"]) == close([4 / 17, 4 / 17, 9 / 17])


def test_one_group_has_nothing_between():
    split = decompose(VALUES, pd.Series("city", index=VALUES.index))
    assert (split.between, split.within) == close((0, disparity(VALUES, "theil_t")))


def test_a_group_of_zeros_is_equal_inside():
    split = decompose(VALUES.replace({1.0: 0.0, 3.0: 0.0}), GROUPS)
    assert split.groups.loc["first", ["inequality", "contribution"]].tolist() == [0, 0]
    assert split.between + split.within == close(split.total)


def test_share_between_is_not_known_without_disparity():
    split = decompose(pd.Series(0.1, index=VALUES.index), GROUPS, measure="mean_log_deviation")
    assert split.total == pytest.approx(0, abs=1e-15)  # rounding leaves 1.1e-16
    assert np.isnan(split.between_share)


def test_mexico_as_published():
    examples = pytest.importorskip("libpysal", reason="libpysal holds the values of the Mexican states").examples
    states = pd.read_csv(examples.get_path("mexico.csv"), index_col="State")
    published = pd.read_csv(REFERENCE / "mexico_inequality.csv", comment="#", index_col="year")
    for year, row in published.iterrows():
        split = decompose(states[f"pcgdp{year}"], states["hanson98"])
        expected = row[["theil", "between_hanson98", "within_hanson98"]].tolist()
        assert [split.total, split.between, split.within] == pytest.approx(expected, abs=6e-9)


def test_parity_with_pysal_inequality():
    theil = pytest.importorskip("inequality.theil")
    values, codes = np.random.default_rng(2).lognormal(size=46), np.arange(46) % 3
    split = decompose(pd.Series(values), pd.Series(codes))
    other = theil.TheilD(values[:, np.newaxis], codes)
    assert (split.between, split.within) == close((other.bg[0], other.wg[0]))


@pytest.mark.parametrize("name", [name for name, m in MEASURES.items() if m.entropy_order is None])
def test_measures_that_do_not_split_are_refused_with_those_that_do(name):
    known = "'theil_t', 'mean_log_deviation', 'generalised_entropy_2', or"
    message = f"'{name}', which does not split .*; expected one of {known}"
    with pytest.raises(DisparityError, match=message):
        decompose(VALUES, GROUPS, measure=name)


def test_unknown_measure_is_refused():
    with pytest.raises(UnknownNameError, match="found 'theil', expected one of"):
        decompose(VALUES, GROUPS, measure="theil")


@pytest.mark.parametrize(
    ("values", "groups", "message"),
    [
        (VALUES, GROUPS.drop("B"), "^Found no group for 'B'; expected the same regions in both"),
        (VALUES.drop("B"), GROUPS, "^Found group but no values for 'B'; expected the same regions"),
        (VALUES, GROUPS.replace("third", None), "^Found a missing group for 'E'; expected a name"),
        (VALUES, GROUPS.rename({"E": "A"}), r"^Found 'A' more than once in groups; expected once(.|\n)* 'E'"),
        (VALUES, ["x"] * 5, "^Found groups of type list; expected a Series; index it by region"),
        (-VALUES, GROUPS.drop("B"), "^Found values below 0 in 'A', (.|\n)*no group for 'B'"),
        ([1, 2], GROUPS, "^Found values of type list; expected a Series"),
    ],
)  # fmt: skip
def test_input_that_breaks_a_rule_is_refused_with_the_regions(values, groups, message):
    with pytest.raises(DisparityError, match=message):
        decompose(values, groups)


# --- with_and_without ---


@pytest.mark.parametrize("measure", MEASURES)
@given(case=cases())
@modest
def test_leaving_out_is_dropping_the_region(measure, case):
    values, people, _ = case
    values, people = (pd.concat([s, pd.Series({"X": 7, "Y": 5})]) for s in (values, people))
    result = with_and_without(values, measure, population=people)
    dropped = [disparity(values.drop(r), measure, population=people.drop(r)) for r in values.index]
    assert list(result.without.index) == list(values.index)
    assert list(result.without) == close(dropped)
    assert result.value == disparity(values, measure, population=people)


def test_the_region_that_moves_the_measure_most_is_named():
    values = pd.Series({"A": 11, "B": 10, "Kota": 90, "D": 12})
    result = with_and_without(values, "gini")
    assert result.measure == "gini"
    assert result.most_influential == "Kota"
    assert result.value_without == result.without["Kota"] == close(disparity(values.drop("Kota")))
    assert result.change["Kota"] == result.value_without - result.value == result.change.min()
    assert result.population is None


def test_a_region_that_hides_disparity_is_influential_too():
    values, people = pd.Series({"A": 1, "B": 9, "C": 5}), pd.Series({"A": 1, "B": 1, "C": 98})
    result = with_and_without(values, "williamson", population=people)
    assert result.most_influential == "C"
    assert result.change["C"] > 0


def test_more_regions_than_fit_one_block_of_memory():
    values = pd.Series(np.random.default_rng(3).lognormal(size=2_100))
    without = with_and_without(values, "theil_t").without
    some = [0, 1, 1_903, 1_904, 1_905, 2_099]
    assert list(without[some]) == close([disparity(values.drop(r), "theil_t") for r in some])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"A": 1, "B": 2}, r"^Found 2 region\(s\); expected 3 or more"),
        ({"A": 0, "B": 0, "C": 5}, r"^Found values other than 0 in 1 region\(s\): 'C'; expected 2 or more"),
    ],
)  # fmt: skip
def test_too_little_to_leave_one_out_is_refused(values, message):
    with pytest.raises(DisparityError, match=message):
        with_and_without(pd.Series(values))

import itertools
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import ADJUSTMENTS, DisparityError, adjust, exact_test, too_few
from smartcity_analysis.regions import significance as module

from .family import close, modest

KECAMATAN = ["Mojoroto", "Kota", "Pesantren"]
PRIORITY, KELURAHAN = pd.Series([3, 2, 5], KECAMATAN), pd.Series([14, 17, 15], KECAMATAN)


def test_priority_against_stunting_in_the_three_kecamatan():
    # Kota Kediri 2024: 5 of 15, 3 of 14 and 2 of 17 kelurahan; the published exact p-value is 0.3985. It is that of
    # Freeman and Halton: all tables with these margins that are no more probable than this one.
    found = exact_test(PRIORITY, KELURAHAN)
    assert round(found.p_value, 4) == 0.3985
    assert found.rate == close(10 / 46)
    assert list(found.rates) == close([3 / 14, 2 / 17, 5 / 15])
    assert found.verdict.key == "too_few"


@st.composite
def counts(draw):
    totals = draw(st.lists(st.integers(0, 7), min_size=2, max_size=4).filter(any))
    names = [f"K{i}" for i in range(len(totals))]
    return pd.Series([draw(st.integers(0, n)) for n in totals], names), pd.Series(totals, names)


@given(case=counts())
@modest
def test_agrees_with_its_slow_twin(case):
    got, totals = case
    whole, successes = int(totals.sum()), int(got.sum())

    def ways(table):
        return np.prod([comb(n, k) for n, k in zip(totals, table, strict=True)])

    tables = [t for t in itertools.product(*(range(n + 1) for n in totals)) if sum(t) == successes]
    own = ways(got)
    p = sum(ways(t) for t in tables if ways(t) <= own) / comb(whole, successes)
    found = exact_test(got, totals)
    assert found.p_value == close(p)
    assert found.tables == len(tables)


def test_two_groups_are_fishers_test():
    for got, totals in (((3, 9), (10, 12)), ((0, 4), (8, 9)), ((2, 2), (5, 5))):
        table = [list(got), [n - k for k, n in zip(got, totals, strict=True)]]
        assert exact_test(pd.Series(got), pd.Series(totals)).p_value == close(stats.fisher_exact(table).pvalue)


def test_totals_are_matched_by_name():
    assert exact_test(PRIORITY, KELURAHAN[::-1]).p_value == close(exact_test(PRIORITY, KELURAHAN).p_value)


@pytest.mark.parametrize(
    ("successes", "totals", "message"),
    [
        (PRIORITY, KELURAHAN - 4 * (KELURAHAN == 15) - 7, "cannot be for 'Pesantren'; expected whole numbers, 0 <="),
        (PRIORITY / 2, KELURAHAN, "cannot be for 'Mojoroto', 'Pesantren'; expected whole numbers"),
        (-PRIORITY, KELURAHAN, "cannot be for 'Mojoroto', 'Kota', 'Pesantren'"),
        (PRIORITY, KELURAHAN.drop("Kota"), "Found no total for 'Kota'"),
        (PRIORITY, [1, 2, 3], "Found totals of type list; expected a Series"),
        (PRIORITY * np.nan, KELURAHAN, "Found missing or infinite successes for 'Mojoroto'"),
        (PRIORITY[["Kota"]], KELURAHAN[["Kota"]], "Found fewer than two groups with anyone in them"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(successes, totals, message):
    with pytest.raises(DisparityError, match=message):
        exact_test(successes, totals)


def test_too_many_tables_are_refused(monkeypatch):
    monkeypatch.setattr(module, "_TABLES", 30)
    with pytest.raises(DisparityError, match="Found more than 30 tables; expected fewer; merge groups"):
        exact_test(PRIORITY, KELURAHAN)


# --- too few ---


@pytest.mark.parametrize(
    ("groups", "level", "key"),
    [(1, 0.95, "too_few"), (3, 0.95, "too_few"), (4, 0.95, "too_few"), (5, 0.95, "enough"), (4, 0.9, "enough"),
     (5, 0.99, "too_few"), (514, 0.95, "enough")],
)  # fmt: skip
def test_few_groups_cannot_be_told_from_chance(groups, level, key):
    verdict = too_few(groups, level=level)
    assert verdict.key == key
    assert (verdict.facts["smallest_p"] < 1 - level) == (key == "enough")
    assert (groups >= verdict.facts["needed"]) == (key == "enough")


def test_no_groups_are_refused():
    with pytest.raises(DisparityError, match=r"Found 0 group\(s\) at level 0.95; expected 1 or more"):
        too_few(0)


# --- many tests ---

P = pd.Series([0.01, 0.2, 0.04, np.nan, 0.03, 0.04], list("abcdef"), name="p")


def test_adjusted_as_scipy_and_statsmodels_adjust():
    known = P.dropna()
    assert list(adjust(P).dropna()) == close(list(stats.false_discovery_control(known)))
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    for own, theirs in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh")):
        assert list(adjust(P, own).dropna()) == close(list(multitest.multipletests(known, method=theirs)[1]))


@pytest.mark.parametrize("method", ADJUSTMENTS)
def test_adjusting_keeps_order_and_names_and_never_lowers(method):
    found = adjust(P, method)
    assert list(found.index) == list(P.index)
    assert np.isnan(found["d"])
    assert (found.dropna() >= P.dropna()).all()
    assert found.max() <= 1
    order = P.dropna().sort_values().index
    assert found[order].is_monotonic_increasing
    assert list(adjust(P[["b"]], method)) == [0.2]


@pytest.mark.parametrize("method", ADJUSTMENTS)
def test_adjusting_in_a_batch_is_adjusting_one_by_one(method):
    p = np.random.default_rng(0).uniform(size=(3, 4, 9))
    found = ADJUSTMENTS[method](p)
    assert found[1, 2] == close(adjust(pd.Series(p[1, 2]), method).to_numpy())


def test_what_cannot_be_adjusted_is_refused():
    with pytest.raises(DisparityError, match="Found a p-value outside 0 to 1 for 'b'; expected a probability"):
        adjust(P.replace(0.2, 1.2))
    with pytest.raises(UnknownNameError, match=r"adjustment: found 'holmes', expected one of .*Did you mean 'holm'"):
        adjust(P, "holmes")

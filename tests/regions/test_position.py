import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smartcity_analysis.regions import KLASSEN, DisparityError, klassen, location_quotient, rank_mobility

from .family import close, skewed

FIRST, PEOPLE = skewed(24)
LAST = FIRST**0.7 * np.random.default_rng(3).lognormal(0.3, 0.3, size=24)


# --- Klassen ---


@pytest.mark.parametrize("people", [None, PEOPLE], ids=["equal", "weighted"])
def test_the_typology_is_level_against_growth(people):
    found = klassen(FIRST, LAST, 4, population=people)
    w = np.ones(24) if people is None else people
    means = [np.average(x, weights=w) for x in (FIRST, LAST)]
    assert found.attrs["reference_level"] == close(means[1])
    assert found.attrs["reference_growth"] == close((means[1] / means[0]) ** 0.25 - 1)
    for region, row in found.iterrows():
        growth = (LAST[region] / FIRST[region]) ** 0.25 - 1
        assert row["growth"] == close(growth)
        high, fast = LAST[region] >= means[1], growth >= found.attrs["reference_growth"]
        assert (
            row["type"] == {(1, 1): KLASSEN[0], (1, 0): KLASSEN[1], (0, 1): KLASSEN[2], (0, 0): KLASSEN[3]}[high, fast]
        )
    assert set(found["type"]) == set(KLASSEN)


def test_references_of_the_province_take_the_place_of_the_mean():
    found = klassen(FIRST, LAST, 4, reference_level=1e9, reference_growth=-0.99)
    assert set(found["type"]) == {"catching_up"}
    assert found["growth_difference"].iloc[0] == close(found["growth"].iloc[0] + 0.99)
    assert found["relative_level"].iloc[0] == close(LAST.iloc[0] / 1e9)


def test_years_that_cannot_be_compared_are_refused():
    with pytest.raises(DisparityError, match=r"^last: Found values of 0 in '35.71.0000'(.|\n)*Found 0 years"):
        klassen(FIRST, LAST.where(LAST.index != "35.71.0000", 0.0), 0)
    with pytest.raises(DisparityError, match=r"Found no value in the last year for '35.71.0000'"):
        klassen(FIRST, LAST.iloc[1:], 4)


# --- ranks ---


def test_ranks_and_their_correlations():
    found = rank_mobility(FIRST, LAST[::-1])
    assert found.spearman == close(stats.spearmanr(FIRST, LAST).statistic)
    assert found.kendall == close(stats.kendalltau(FIRST, LAST).statistic)
    assert found.table.loc[LAST.idxmax(), "rank_last"] == 1
    assert found.table["climbed"].sum() == 0
    assert (found.table["climbed"] == found.table["rank_first"] - found.table["rank_last"]).all()


def test_transitions_are_shares_of_each_class():
    found = rank_mobility(FIRST, LAST, classes=3).transitions
    assert list(found.index) == list(found.columns) == [1, 2, 3]
    assert list(found.sum(axis=1)) == close([1, 1, 1])
    top = FIRST.nlargest(8).index
    assert found.loc[1, 1] == close(len(top.intersection(LAST.nlargest(8).index)) / 8)
    still = rank_mobility(FIRST, FIRST * 2, classes=4)
    assert np.array_equal(still.transitions, np.eye(4))
    assert (still.spearman, still.kendall) == (close(1), close(1))


def test_ties_share_a_rank_and_a_class():
    found = rank_mobility(pd.Series([5.0, 5.0, 1.0, 0.0]), pd.Series([1.0, 2.0, 3.0, 4.0]), classes=2)
    assert found.table["rank_first"].to_list() == [1, 1, 3, 4]
    flat = rank_mobility(pd.Series([5.0, 5.0, 5.0]), pd.Series([1.0, 2.0, 3.0]), classes=3)
    assert np.isnan(flat.spearman) and np.isnan(flat.kendall)
    assert flat.transitions.loc[2].sum() == close(1)
    assert flat.transitions.loc[[1, 3]].isna().all(axis=None)


def test_too_many_classes_are_refused():
    with pytest.raises(DisparityError, match="Found 25 classes for 24 regions; expected 2 to 24"):
        rank_mobility(FIRST, LAST, classes=25)


# --- location quotient ---

JOBS = pd.DataFrame(
    {"tobacco": [300.0, 10, 0], "trade": [100.0, 90, 40], "farms": [0.0, 0, 0]}, ["Kota", "Mojo", "Pes"]
)


def test_the_quotient_is_share_over_share():
    found = location_quotient(JOBS)
    assert found.loc["Mojo", "tobacco"] == close((10 / 100) / (310 / 540))
    assert found["farms"].isna().all()
    size = JOBS.sum(axis=1) / JOBS.to_numpy().sum()
    assert list(found[["tobacco", "trade"]].mul(size, axis=0).sum()) == close([1, 1])
    province = pd.Series({"trade": 500.0, "farms": 400.0, "tobacco": 100.0})
    assert location_quotient(JOBS, total=province).loc["Kota", "tobacco"] == close((300 / 400) / (100 / 1000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"amounts": -JOBS}, "Found amounts below 0 in 'Kota', 'Mojo', 'Pes'; expected 0 or more"),
        ({"amounts": JOBS.mul([1, 0, 1], axis=0)}, "Found no amounts in 'Mojo'; expected some; leave them out"),
        ({"amounts": JOBS.replace(90, np.nan)}, "^trade: Found missing or infinite amounts for 'Mojo'"),
        ({"amounts": JOBS["trade"]}, "Found amounts of type Series; expected a DataFrame, sectors in columns"),
        ({"amounts": JOBS, "total": pd.Series({"trade": 1.0})}, "Found no total for 'tobacco', 'farms'"),
        ({"amounts": JOBS, "total": -JOBS.sum()}, "Found totals below 0, or none above 0"),
    ],
)  # fmt: skip
def test_amounts_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(DisparityError, match=message):
        location_quotient(**arguments)

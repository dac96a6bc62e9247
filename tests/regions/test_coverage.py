import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import (
    DisparityError,
    Measure,
    coverage_table,
    disparity,
    disparity_of_coverage,
)

from .family import close, modest

NAMES = ["programme", "region", "year", "planned_people", "realised_people", "status"]
ROWS = pd.DataFrame(
    [
        ("P1", "35.71.01", 2023, 100, 80, "reported"),
        ("P1", "35.71.02", 2023, 100, 110, "official"),
        ("P2", "35.71.02", 2023, 40, 10, "official"),
        ("P3", "35.71.01", 2023, 0, 30, "estimated"),
        ("P1", "35.71.01", 2024, 60, 60, "official"),
    ],
    columns=NAMES,
)
PILLARS = pd.Series({"P1": "SOC", "P2": "SOC", "P3": "GOV", "P4": "ENV"})
REGIONS = ["35.71.01", "35.71.02", "35.71.03"]
RESIDENTS = pd.Series([900, 600, 500], REGIONS)


@st.composite
def coverages(draw):
    """Coverage of programmes by region and year, with gaps, and all regions."""
    regions = [f"R{i}" for i in range(draw(st.integers(2, 5)))]
    keys = st.tuples(st.sampled_from(list(PILLARS.index)), st.sampled_from(regions), st.sampled_from([2023, 2024]))
    chosen = draw(st.lists(keys, min_size=1, max_size=20, unique=True))
    people = st.integers(0, 500)
    rows = [(*key, draw(people), draw(people), draw(st.sampled_from(["official", "imputed"]))) for key in chosen]
    return pd.DataFrame(rows, columns=NAMES), regions


def cell(table, year, pillar, region):
    own = table[(table["year"] == year) & (table["pillar"] == pillar) & (table["region"] == region)]
    return own.iloc[0]


# --- the table ---


def test_people_are_summed_by_pillar_and_of_all_pillars():
    table = coverage_table(ROWS, PILLARS)
    soc = cell(table, 2023, "SOC", "35.71.02")
    assert (soc["planned"], soc["realised"], soc["realisation"]) == (140, 120, close(120 / 140))
    whole = cell(table, 2023, "all", "35.71.01")
    assert (whole["planned"], whole["realised"], whole["realisation"]) == (100, 110, close(1.1))


def test_where_nothing_was_planned_the_realisation_is_not_known():
    unplanned = cell(coverage_table(ROWS, PILLARS), 2023, "GOV", "35.71.01")
    assert unplanned["realised"] == 30
    assert np.isnan(unplanned["realisation"])


def test_a_region_without_a_row_is_served_by_nobody_only_if_the_caller_says_so():
    without = coverage_table(ROWS, PILLARS)
    assert "35.71.03" not in set(without["region"])
    assert not ((without["pillar"] == "GOV") & (without["region"] == "35.71.02")).any()
    named = coverage_table(ROWS, PILLARS, regions=REGIONS)
    assert cell(named, 2023, "GOV", "35.71.02")[["planned", "realised"]].to_list() == [0, 0]
    assert list(named.groupby(["year", "pillar"]).size().unique()) == [3]
    assert list(named.loc[named["year"] == 2024, "pillar"].unique()) == ["SOC", "all"]  # no rows, no pillar


def test_years_and_pillars_are_in_order_and_one_year_can_be_chosen():
    table = coverage_table(ROWS.iloc[::-1], PILLARS, regions=REGIONS)
    assert list(table["year"].unique()) == [2023, 2024]
    assert list(table["pillar"].unique()) == ["SOC", "GOV", "all"]
    assert list(table["region"][:3]) == REGIONS
    one = coverage_table(ROWS, PILLARS, regions=REGIONS, year=2024)
    pd.testing.assert_frame_equal(one, table[table["year"] == 2024].reset_index(drop=True))


def test_each_year_and_pillar_takes_its_weakest_status():
    table = coverage_table(ROWS, PILLARS, regions=REGIONS).drop_duplicates(["year", "pillar"])
    assert list(table["status"]) == ["reported", "estimated", "estimated", "official", "official"]


def test_programmes_may_be_a_table_and_summed_by_another_column_or_not_at_all():
    programmes = pd.DataFrame({"code": PILLARS.index, "pillar": PILLARS.to_numpy(), "sub": list("abcd")})
    pd.testing.assert_frame_equal(coverage_table(ROWS, programmes), coverage_table(ROWS, PILLARS))
    assert list(coverage_table(ROWS, programmes, by="sub")["sub"].unique()) == ["a", "b", "c", "all"]
    each = coverage_table(ROWS, programmes, by="programme", year=2024)
    assert list(each["programme"]) == ["P1", "all"]


@given(case=coverages())
@modest
def test_agrees_with_its_slow_twin_in_any_order_of_rows(case):
    rows, regions = case
    table = coverage_table(rows, PILLARS, regions=regions)
    for row in table.itertuples():
        own = rows[(rows["year"] == row.year) & (rows["region"] == row.region)]
        if row.pillar != "all":
            own = own[own["programme"].map(PILLARS) == row.pillar]
        assert (row.planned, row.realised) == (own["planned_people"].sum(), own["realised_people"].sum())
    pd.testing.assert_frame_equal(coverage_table(rows.sample(frac=1, random_state=0), PILLARS, regions=regions), table)


def test_what_is_given_stays_as_it_is():
    rows, groups = ROWS.copy(), PILLARS.copy()
    disparity_of_coverage(ROWS, PILLARS, RESIDENTS, regions=REGIONS)
    pd.testing.assert_frame_equal(ROWS, rows)
    pd.testing.assert_series_equal(PILLARS, groups)


# --- the disparity of it ---


def test_delivery_is_measured_against_the_plan_in_each_year_and_pillar():
    table = disparity_of_coverage(ROWS, PILLARS, RESIDENTS, regions=REGIONS).set_index(["year", "pillar"])
    planned, realised = pd.Series([100, 140, 0], REGIONS), pd.Series([80, 120, 0], REGIONS)
    own = table.loc[(2023, "SOC")]
    for measure in ("hoover", "gini", "theil_t"):
        before, after = (disparity(people / RESIDENTS, measure, population=RESIDENTS) for people in (planned, realised))
        assert own[f"{measure}_planned"] == close(before)
        assert own[f"{measure}_realised"] == close(after)
        assert own[f"{measure}_change"] == close(after - before)
    assert (own["planned"], own["realised"], own["status"]) == (240, 200, "reported")
    assert own["planned_share_lost"] == close(40 / 240)


def test_more_in_one_region_does_not_make_good_for_less_in_another():
    rows = ROWS.iloc[:2].assign(realised_people=[50, 150])
    found = disparity_of_coverage(rows, PILLARS, RESIDENTS[:2]).iloc[0]
    assert found["planned_share_lost"] == 0.25
    assert found["hoover_change"] > 0


def test_where_nobody_was_planned_there_is_no_disparity_of_the_plan():
    gov = (
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS, regions=REGIONS).set_index(["year", "pillar"]).loc[2023, "GOV"]
    )
    assert np.isnan([gov["hoover_planned"], gov["hoover_change"], gov["planned_share_lost"]]).all()
    assert gov["hoover_realised"] == close(1 - 900 / 2000)  # one region has it all
    nobody = disparity_of_coverage(
        ROWS.assign(planned_people=0, realised_people=0), PILLARS, RESIDENTS, regions=REGIONS
    )
    assert nobody.filter(like="gini").isna().all(axis=None)


@given(case=coverages(), factor=st.sampled_from([2, 4, 0.5]))
@modest
def test_neither_the_unit_of_the_reference_nor_the_order_of_regions_matters(case, factor):
    rows, regions = case
    reference = pd.Series(np.arange(1.0, len(regions) + 1), regions)
    table = disparity_of_coverage(rows, PILLARS, reference, regions=regions)
    other = disparity_of_coverage(rows, PILLARS, (reference * factor)[::-1], regions=regions[::-1])
    pd.testing.assert_frame_equal(table, other)
    assert table["planned_share_lost"].dropna().between(0, 1).all()


def test_a_measure_that_refuses_zeros_refuses_unserved_regions():
    with pytest.raises(
        DisparityError, match=r"planned 2023 SOC: Found values of 0 in '35.71.03'; expected more than 0"
    ):
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS, measures=["mean_log_deviation"], regions=REGIONS)
    own = Measure("served_share", lambda x, w: ((x > 0) * w).sum(axis=-1) / w.sum(axis=-1), "own", "own")
    table = disparity_of_coverage(ROWS, PILLARS, RESIDENTS, measures=[own], regions=REGIONS)
    assert table["served_share_planned"][0] == 0.75
    with pytest.raises(UnknownNameError, match="measure: found 'ginni'"):
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS, measures=["ginni"])


# --- what is refused ---


def test_gaps_and_references_that_do_not_fit_are_refused():
    with pytest.raises(
        DisparityError, match=r"planned: Found no rows in some year or pillar for '35.71.01', '35.71.02'"
    ):
        disparity_of_coverage(
            pd.concat([ROWS, ROWS.iloc[[1]].assign(year=2025)]), PILLARS, RESIDENTS[:2], measures=["gini"]
        )
    with pytest.raises(DisparityError, match=r"Found reference but no values for '35.71.03'"):
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS)
    with pytest.raises(DisparityError, match=r"Found a population of 0 or less in '35.71.03'"):
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS.replace(500, 0), regions=REGIONS)
    with pytest.raises(DisparityError, match="Found missing or infinite reference"):
        disparity_of_coverage(ROWS, PILLARS, RESIDENTS * np.nan, regions=REGIONS)


def test_every_fault_of_the_rows_is_found_at_once():
    rows = pd.concat([ROWS, ROWS.iloc[[0]]], ignore_index=True).astype({"planned_people": float})
    rows.loc[1, "planned_people"] = np.nan
    rows.loc[2, "realised_people"] = -1
    rows.loc[3, ["programme", "status"]] = ["P9", "guessed"]
    rows.loc[4, "region"] = "35.72.01"
    with pytest.raises(DisparityError) as caught:
        coverage_table(rows, PILLARS, regions=[*REGIONS, REGIONS[0]], year=2030)
    assert str(caught.value).splitlines() == [
        "Found 'P1 / 35.71.01 / 2023' more than once in coverage; expected once; drop the others.",
        "Found planned_people missing or infinite in 'P1 / 35.71.02 / 2023'; expected 0 or more; correct them.",
        "Found realised_people below 0 in 'P2 / 35.71.02 / 2023'; expected 0 or more; correct them.",
        "Found the unknown status 'guessed'; expected one of 'official', 'reported', 'survey', 'estimated', 'imputed', "
        "'illustrative'.",
        "Found the unknown programme 'P9'; expected one of 'P1', 'P2', 'P3', 'P4'.",
        "Found the unknown region '35.72.01'; expected one of '35.71.01', '35.71.02', '35.71.03', '35.71.01'.",
        "Found '35.71.01' more than once in regions; expected once; drop the others.",
        "Found no rows of 2030 in coverage; expected one or more; add them.",
    ]


TABLE = pd.DataFrame({"code": ["P1"], "pillar": ["SOC"]})


@pytest.mark.parametrize(
    ("rows", "programmes", "by", "message"),
    [
        ([1], PILLARS, "pillar", "Found coverage of type list; expected a DataFrame"),
        (ROWS.drop(columns=["year", "status"]), PILLARS, "pillar", "Found coverage without 'year', 'status'; expected"),
        (ROWS[:0], PILLARS, "pillar", "Found no rows in coverage; expected one or more"),
        (ROWS.assign(region=None), PILLARS, "pillar", "Found a missing region in 'P1 / None / 2023'"),
        (
            ROWS.astype({"planned_people": str}),
            PILLARS,
            "pillar",
            "Found planned_people of dtype str; expected numbers",
        ),
        (ROWS, TABLE, "sub", "Found programmes without 'sub'; expected these columns"),
        (ROWS, TABLE, "status", "Found by='status', a column of the result; expected pillar, say"),
        (ROWS, {"P1": "SOC"}, "pillar", "Found pillars of type dict; expected a Series"),
        (ROWS, pd.concat([PILLARS, PILLARS[:1]]), "pillar", "Found 'P1' more than once in pillars"),
        (ROWS, PILLARS.replace("ENV", "all"), "pillar", "Found a pillar of the name 'all'; expected another"),
        (ROWS[:0], PILLARS.replace("ENV", None), "pillar", "(?s)Found a missing pillar for 'P4'.*Found no rows in"),
    ],
)
def test_inputs_that_cannot_be_are_refused(rows, programmes, by, message):
    with pytest.raises(DisparityError, match=message):
        coverage_table(rows, programmes, by=by)

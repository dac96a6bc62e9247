"""Guards on meaning: each finds its planted fault exactly there, and is silent where nothing is wrong."""

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.study import load_study
from smartcity_analysis.study.guards.cautions import KEYS, collect, judged_rows
from smartcity_analysis.study.guards.totals import (
    column_totals,
    form_totals,
    item_totals,
    peer_totals,
    region_totals,
    score_totals,
)
from smartcity_analysis.study.guards.values import (
    fractions_for_percent,
    jumps,
    shares,
    stale_values,
    unit_slips,
    weaker_statuses,
)

from .guarded import places, planted, smooth, tiny, with_guards, with_tables

VALUE = ("indicators", "value")
SERIOUS = (
    unit_slips, shares, fractions_for_percent, region_totals, column_totals, score_totals, peer_totals, item_totals,
    form_totals,
)  # fmt: skip
BOJONEGORO = {("jump", code, "35.22", year) for code in ("grdp", "grdp_per_capita") for year in (2011, 2016)}


@pytest.fixture(scope="module")
def malang(root):
    return load_study("malang", root=root)


@pytest.fixture(scope="module")
def real(kediri):
    return judged_rows(kediri, illustrative=False)


@pytest.mark.parametrize("guard", SERIOUS, ids=lambda guard: guard.__name__)
@pytest.mark.parametrize("name", ["kediri", "jatim", "malang"])
def test_nothing_in_the_shipped_studies_is_probably_wrong(guard, name, root):
    assert list(guard(judged_rows(load_study(name, root=root), illustrative=False))) == []


# --- jumps ---


def test_the_jumps_of_east_java_are_those_of_the_oil_of_bojonegoro(jatim):
    assert places(jumps(jatim)) == BOJONEGORO


def test_a_jump_is_found_where_it_is_and_not_again_on_the_way_back(jatim):
    study = planted(jatim, *VALUE, lambda v: v * 1.6, region="35.10", year=2014, indicator="population")
    assert places(jumps(study)) - BOJONEGORO == {("jump", "population", "35.10", 2014)}
    stays = planted(jatim, *VALUE, lambda v: v * 1.6, region="35.10", year=[2015, 2016, 2017], indicator="population")
    assert places(jumps(stays)) - BOJONEGORO == {("jump", "population", "35.10", 2015)}


def test_what_all_regions_do_is_no_jump_of_one(jatim):
    study = planted(jatim, *VALUE, lambda v: v * 1.6, year=[2015, 2016, 2017], indicator="population")
    assert places(jumps(study)) == BOJONEGORO


def test_a_declared_size_takes_the_place_of_the_general_one(jatim):
    study = planted(jatim, *VALUE, lambda v: v * 1.6, region="35.10", year=2014, indicator="population")
    assert places(jumps(with_guards(study, jumps={"population": 0.7}))) == BOJONEGORO
    assert places(jumps(with_guards(jatim, jumps={"grdp": 0.25}))) == {
        place for place in BOJONEGORO if place[1] != "grdp" or place[3] == 2011
    }


@pytest.mark.parametrize(("factor", "found"), [(1.4, set()), (1.7, {("jump", "x", "35.01", 2016)})])
def test_a_lone_region_is_held_against_the_size_for_lone_regions(factor, found):
    study = tiny(pd.DataFrame({2015: [100.7], 2016: [100.7 * factor]}, index=["35.01"]))
    assert places(jumps(study)) == found


def test_a_gap_of_years_may_change_by_more():
    two = tiny(pd.DataFrame({2015: [100.7], 2017: [100.7 * 2]}, index=["35.01"]))
    assert places(jumps(two)) == set()


def test_small_counts_do_not_jump():
    values = smooth() * 0 + 2
    values.loc["35.03", 2017:] = 4
    assert places(jumps(tiny(values))) == set()


def test_a_rate_that_can_be_negative_is_held_against_its_range():
    values = pd.DataFrame({2015: np.linspace(4.1, 6.2, 12), 2016: np.linspace(-2.3, -0.4, 12)}, index=smooth().index)
    study = planted(tiny(values), "catalogue", "lower", lambda _: -30.0, code="x")
    study = planted(study, "catalogue", "upper", lambda _: 30.0, code="x")
    assert places(jumps(study)) == set()
    study = planted(study, *VALUE, lambda _: 25.3, region="35.04", year=2016)
    assert places(jumps(study)) == {("jump", "x", "35.04", 2016)}


@settings(deadline=None, max_examples=25)
@given(factor=st.floats(0.01, 1000), seed=st.integers(0, 50), region=st.integers(0, 11), year=st.integers(2016, 2019))
def test_jumps_and_slips_do_not_depend_on_the_unit(factor, seed, region, year):
    values = smooth(seed=seed)
    values.iat[region, year - 2015] *= 1.5
    found = places(jumps(tiny(values)))
    assert ("jump", "x", values.index[region], year) in found
    assert places(jumps(tiny(values * factor))) == found
    values.iat[region, year - 2015] *= 100 / 1.5
    assert places(unit_slips(tiny(values * factor))) == {("unit", "x", values.index[region], year)}


@settings(deadline=None, max_examples=10)
@given(order=st.permutations(range(12)), shuffle=st.integers(0, 100))
def test_guards_do_not_depend_on_the_order_of_regions_and_rows(order, shuffle):
    values = smooth()
    values.iat[3, 2] *= 1.5
    values.iat[5, 1] *= 1000
    values[2019] = values[2018]
    study = tiny(values)
    rows = tiny(values.iloc[list(order)]).table("indicators").sample(frac=1, random_state=shuffle)
    for guard in (jumps, unit_slips, stale_values):
        assert places(guard(with_tables(study, indicators=rows))) == places(guard(study)) != set()


# --- units ---


@pytest.mark.parametrize(("factor", "way"), [(1000, "too_large"), (0.1, "too_small"), (100, "too_large")])
def test_a_slip_of_the_unit_is_found_by_the_other_years(jatim, factor, way):
    study = planted(jatim, *VALUE, lambda v: v * factor, region="35.71", year=2017, indicator="grdp_per_capita")
    (said,) = unit_slips(study)
    assert (said.code, said.region, said.year) == ("grdp_per_capita", "35.71", 2017)
    assert said.facts["way"] == way and said.facts["times"] == pytest.approx(max(factor, 1 / factor))


def test_a_slip_without_other_years_is_found_by_the_peers(real):
    study = planted(real, *VALUE, lambda v: v * 1000, region="35.71.03.1005", indicator="area_km2")
    assert places(unit_slips(study)) == {("unit", "area_km2", "35.71.03.1005", 2017)}


def test_a_value_that_was_always_far_from_its_peers_is_no_slip():
    values = smooth()
    values.iloc[2] *= 10
    assert places(unit_slips(tiny(values))) == set()


def test_a_whole_year_in_another_unit_is_one_caution_with_all_its_rows(jatim):
    study = planted(jatim, *VALUE, lambda v: v / 1000, year=2016, indicator="population")
    (said,) = collect(study, [unit_slips, jumps], illustrative=False)[:1]
    assert (said.key, said.code, said.year, len(said.rows), said.facts["more"]) == ("unit", "population", 2016, 38, 37)


def test_a_slip_is_not_said_again_as_a_jump(jatim):
    study = planted(jatim, *VALUE, lambda v: v * 10, region="35.10", year=2014, indicator="population")
    found = places(collect(study, [unit_slips, jumps], illustrative=False))
    assert found - BOJONEGORO == {("unit", "population", "35.10", 2014)}


# --- shares ---


def test_a_percentage_outside_0_to_100_is_found():
    values = smooth() / 10
    assert places(shares(tiny(values, unit="persen"))) == set()
    values.iat[0, 0], values.iat[1, 1] = 104.5, -1.0
    found = {("share_range", "x", "35.01", 2015), ("share_range", "x", "35.02", 2016)}
    assert places(shares(tiny(values, unit="persen rumah tangga"))) == found
    assert places(shares(tiny(values, unit="persen per tahun"))) == set()
    assert places(shares(tiny(values, unit="jiwa"))) == set()
    above = planted(tiny(values.abs(), unit="persen"), "catalogue", "upper", lambda _: 150.0, code="x")
    assert places(shares(above)) == set()


def test_a_year_of_fractions_in_a_percentage_is_found():
    values = smooth()
    values[2018] /= 100
    (said,) = fractions_for_percent(tiny(values, unit="persen"))
    assert (said.year, said.region, len(said.rows)) == (2018, None, 12)
    assert list(fractions_for_percent(tiny(values.iloc[:3], unit="persen"))) == []
    assert list(fractions_for_percent(tiny(values, unit="jiwa"))) == []


def test_a_part_above_its_declared_whole_is_found_in_whatever_units_both_are(jatim):
    assert jatim.spec.guards.parts == {"poor_population": "population_bps"}
    study = planted(jatim, *VALUE, lambda _: 250.0, region="35.78", year=2020, indicator="population_bps")
    assert places(shares(study)) == {("share_whole", "poor_population", "35.78", 2020)}
    (said,) = shares(study)
    assert len(said.rows) == 2 and said.facts["value"] > said.facts["of"] == 250.0


# --- totals ---


def test_regions_that_do_not_sum_to_their_parent_are_found(real):
    one = planted(real, *VALUE, lambda v: v + 1, region="35.71.02", indicator="population")
    assert places(region_totals(one)) == {("total_regions", "population", "35.71", 2020)}
    assert places(column_totals(one)) == {("total_columns", "population", "35.71.02", 2020)}
    stations = planted(real, *VALUE, lambda v: v - 1, region="35.71.02.1003", indicator="polling_stations")
    (said,) = region_totals(stations)
    assert (said.region, said.facts["value"], said.facts["total"], said.facts["parts"]) == ("35.71", 800, 799, 46)


def test_rounding_is_no_fault_and_more_than_rounding_is(real):
    half = planted(real, *VALUE, lambda v: v + 0.05, region="35.71.03", indicator="area_km2")
    found = {("total_regions", "area_km2", region, 2017) for region in ("35.71", "35.71.03")}
    assert places(region_totals(half)) == found


def test_a_level_with_gaps_is_judged_only_when_it_is_too_much(real):
    rows = real.table("indicators")
    gone = (rows["indicator"] == "population") & (rows["region"] == "35.71.02")
    assert list(region_totals(with_tables(real, indicators=rows[~gone]))) == []
    study = planted(real, *VALUE, lambda v: v * 3, region="35.71.01", indicator="population")
    assert places(region_totals(with_tables(study, indicators=study.table("indicators")[~gone]))) == {
        ("total_regions", "population", "35.71", 2020)
    }


def test_regions_csv_is_summed_as_well(real):
    study = planted(real, "regions", "population", lambda v: v + 10, code="35.71.03")
    assert [(said.file, said.region) for said in region_totals(study)] == [("regions.csv", "35.71")]


def test_an_area_is_held_against_the_last_one_known(real):
    study = planted(real, "regions", "area_km2", lambda v: v * 2, code="35.71.02.1007")
    assert places(column_totals(study)) == {("total_columns", "area_km2", "35.71.02.1007", None)}


def test_dimensions_that_do_not_give_the_score_are_found(real, malang):
    study = planted(real, "score_components", "score", lambda v: v - 0.2, code="output", year=2022)
    (said,) = score_totals(study)
    assert said.year == 2022 and len(said.rows) == 5 and said.facts["computed"] == pytest.approx(3.275)
    peers = planted(malang, "peer_scores", "score", lambda v: v + 0.05, city="Kota Surabaya")
    (said,) = peer_totals(peers)
    assert (said.region, said.file) == ("Kota Surabaya", "peer_scores.csv")


def test_a_score_whose_weights_are_not_known_is_not_judged(real):
    rows = real.table("score_components").assign(year=2023)
    assert list(score_totals(with_tables(real, score_components=rows))) == []


def test_items_that_do_not_average_to_their_dimension_are_found(malang):
    study = planted(malang, "score_items", "score", lambda v: v - 1, code="B1.1")
    (said,) = item_totals(study)
    assert (said.code, said.facts["items"]) == ("baseline", 5) and said.facts["computed"] == pytest.approx(1.2)


def test_a_form_without_an_answer_is_found_among_the_stand_ins_only(kediri):
    answers = kediri.table("survey_answers")
    study = with_tables(kediri, survey_answers=answers[answers["form"] != "diskominfo-2024-R002"])
    (said,) = collect(study, [form_totals], illustrative=True)
    assert (said.code, said.region, said.file) == (
        "diskominfo-2024-R002",
        "diskominfo",
        "illustrative/survey_forms.csv",
    )
    assert said.rows == (3,) and said.status == "illustrative"
    assert collect(study, [form_totals], illustrative=False) == []


# --- values that do not move, statuses that get weaker ---


def test_last_years_values_again_are_found():
    values = smooth().round(2)
    assert list(stale_values(tiny(values))) == []
    values.iloc[:7, 3] = values.iloc[:7, 2]
    (said,) = stale_values(tiny(values))
    assert (said.year, said.facts["same"], said.facts["regions"], len(said.rows)) == (2018, 7, 12, 7)
    values.iloc[5:7, 3] += 0.01
    assert list(stale_values(tiny(values))) == []


def test_small_counts_that_stay_are_not_stale():
    assert list(stale_values(tiny((smooth() * 0 + 12).round()))) == []


def test_a_weaker_status_is_found_and_a_stronger_one_is_not(jatim, real):
    assert places(weaker_statuses(jatim)) == set()
    assert places(weaker_statuses(real)) == {("weaker", "target", None, 2023)}
    weak = planted(jatim, "indicators", "status", lambda _: "estimated", year=[2020, 2021], indicator="spending")
    (said,) = weaker_statuses(weak)
    assert (said.code, said.year, len(said.rows), said.status) == ("spending", 2020, 38, "estimated")
    strong = planted(jatim, "indicators", "status", lambda _: "estimated", year=2010, indicator="spending")
    assert places(weaker_statuses(strong)) == set()


# --- all together ---


def test_rows_are_those_of_the_raw_file(project, rehash):
    path = project / "data" / "raw" / "jatim" / "indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:100], "\n\n", *lines[100:]]), encoding="utf-8")
    rehash(path.parent)
    with path.open(encoding="utf-8", newline="") as stream:
        raw = dict(enumerate(csv.reader(stream), start=1))
    for said in jumps(load_study("jatim", root=project)):
        assert [raw[row][:3] for row in said.rows] == [[said.region, str(said.year), said.code]]


def test_an_indicator_that_nobody_knows_is_refused(jatim):
    for guards in ({"additive": ("popluation",)}, {"jumps": {"popluation": 1.0}}, {"parts": {"grdp": "popluation"}}):
        with pytest.raises(UnknownNameError, match=r"Unknown indicator: found 'popluation'.*Did you mean 'population'"):
            collect(with_guards(jatim, **guards), [jumps], illustrative=False)


def test_the_serious_come_first_and_nothing_is_changed(jatim):
    study = planted(jatim, *VALUE, lambda v: v * 100, region="35.10", year=2014, indicator="spending")
    before = {name: table.copy() for name, table in study.tables.items()}
    found = collect(study, [jumps, unit_slips], illustrative=False)
    assert [said.seriousness for said in found] == ["likely_wrong", *["worth_a_look"] * 4]
    assert {said.guard for said in found} == {"off_unit", "sudden_jump"} <= {guard for guard, _ in KEYS.values()}
    for name, table in study.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_real_rows_and_stand_ins_are_judged_apart(kediri):
    where = {"region": "35.71.01.1001", "year": 2022, "indicator": "GOV1.i1"}
    study = planted(kediri, *VALUE, lambda v: v * 1000, **where)
    (said,) = collect(study, [unit_slips], illustrative=True)
    assert said.status == "illustrative" and said.file == "illustrative/indicators.csv"
    assert collect(study, [unit_slips], illustrative=False) == []

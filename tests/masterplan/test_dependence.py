"""Dependence on technology: bounds where it is unknown, and what fails with a platform."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.masterplan import (
    ict_dependence,
    platform_failure,
    platform_pillars,
    shared_platforms,
    single_points,
)
from smartcity_analysis.study import load_study

KINDS = st.sampled_from(["ict", "non_ict", None])


def with_tables(study, **tables):
    return replace(study, tables={**study.tables, **tables})


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


def links(*pairs):
    rows = [{"programme": p, "platform": x, "status": "reported", "source": "x", "note": None} for p, x in pairs]
    return pd.DataFrame(rows)


def served(**people):
    rows = [
        {"programme": code, "region": "35.71.01.1001", "year": 2024.0, "planned_people": n, "realised_people": n,
         "status": "survey", "source": "x", "note": None}
        for code, n in people.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


# --- shares and bounds ---


def test_an_unknown_programme_opens_the_bounds(kediri):
    """Si Jamal (P41) is not known to use ICT or not."""
    table = ict_dependence(kediri, kediri.framework, until=2024).set_index("code")
    assert table.loc["GOV", ["programmes", "ict"]].tolist() == [14, 13]
    assert (table.loc["SOC", "lower"], table.loc["SOC", "upper"]) == (2 / 6, 3 / 6)
    assert (table.loc["smart_city", "lower"], table.loc["smart_city", "upper"]) == (21 / 48, 22 / 48)
    closed = table.drop(["SOC", "smart_city"])
    assert (closed["lower"] == closed["upper"]).all() and "illustrative" not in set(table["status"])


@settings(deadline=None, max_examples=25)
@given(st.lists(KINDS, min_size=48, max_size=48))
def test_the_bounds_hold_whatever_the_unknown_turn_out_to_be(kediri, kinds):
    programmes = kediri.table("programmes").assign(ict=pd.Series(kinds, dtype=object))

    def shares(ict):
        study = with_tables(kediri, programmes=programmes.assign(ict=ict))
        return ict_dependence(study, kediri.framework, until=2024).set_index("code")

    table = shares(programmes["ict"])
    none, every = (shares(programmes["ict"].fillna(kind)) for kind in ("non_ict", "ict"))
    assert (table["lower"] <= table["upper"]).all()
    pd.testing.assert_series_equal(table["lower"], none["upper"], check_names=False)
    pd.testing.assert_series_equal(table["upper"], every["lower"], check_names=False)


def test_people_and_budget_count_only_where_they_are_known(real):
    study = with_tables(real, programme_coverage=served(P02=300, P21=50, P41=50))
    table = ict_dependence(study, real.framework, by="people", until=2024).set_index("code")
    whole = table.loc["smart_city"]
    assert whole[["counted", "amount", "ict", "non_ict", "ict_unknown"]].tolist() == [3, 400, 300, 50, 50]
    assert (table.loc["smart_city", "lower"], table.loc["smart_city", "upper"]) == (0.75, 0.875)
    assert table.loc["GOV", "programmes"] == 14 and table.loc["GOV", "counted"] == 1
    assert table.loc["BRA", ["lower", "upper"]].isna().all()
    assert table.loc["smart_city", "status"] == "estimated"
    assert ict_dependence(real, real.framework, by="people", until=2024).empty
    assert ict_dependence(real, real.framework, by="budget", until=2024).empty


def test_an_unknown_weight_is_named(kediri):
    with pytest.raises(UnknownNameError) as error:
        ict_dependence(kediri, kediri.framework, by="peopel", until=2024)
    assert str(error.value) == (
        "Unknown weight: found 'peopel', expected one of 'programmes', 'people', 'budget'. Did you mean 'people'?"
    )


# --- platforms ---


def test_what_fails_with_a_platform(real):
    study = with_tables(
        real,
        programme_platforms=links(("P02", "net"), ("P04", "net"), ("P41", "net"), ("P04", "P04"), ("P11", "net")),
        programme_coverage=served(P02=300),
    )
    table = platform_failure(study, until=2024).set_index("platform")
    net = table.loc["net"]
    assert (net["codes"], net["pillars"], net["opds"]) == ("P02;P04;P41", "GOV;BRA;SOC", "disdukcapil;dpmptsp")
    assert (net["people"], net["people_known"], net["status"]) == (300, 1, "survey")
    assert net[["GOV", "BRA", "SOC", "ENV"]].tolist() == [2, 1, 1, 0]
    assert net["share"] == 3 / 43  # five programmes are known not to run in 2024, among them 112 (P11)
    assert pd.isna(table.loc["P04", "people"]) and table.loc["P04", "status"] == "reported"
    assert shared_platforms(table.reset_index())["platform"].tolist() == ["net"]
    long = platform_pillars(table.reset_index())
    assert long["programmes"].sum() == 4 + 2 and (long["programmes"] > 0).all()


def test_the_largest_single_point_and_its_concentration(real):
    study = with_tables(
        real,
        programme_platforms=links(("P02", "net"), ("P03", "net"), ("P03", "P03"), ("P43", "app"), ("P46", "old")),
        programme_coverage=served(P46=10),
    )
    table = single_points(study, real.framework, until=2024).set_index("code")
    gov = table.loc["GOV"]
    assert (gov["platform"], gov["failing"], gov["dependent"], gov["platforms"]) == ("net", 2, 2, 2)
    assert gov["concentration"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2) and pd.isna(gov["people"])
    env = table.loc["ENV"]  # a tie: the platform whose programmes serve more people
    assert (env["platform"], env["failing"], env["people"], env["concentration"]) == ("old", 1, 10, 0.5)
    nobody = with_tables(study, programme_coverage=real.table("programme_coverage"))
    tie = single_points(nobody, real.framework, until=2024).set_index("code").loc["ENV"]  # so none is named
    assert pd.isna(tie["platform"]) and (tie["failing"], tie["platforms"]) == (1, 2)
    assert pd.isna(table.loc["ECO", "platform"]) and table.loc["ECO", "failing"] == 0


def test_one_platform_for_all_is_full_concentration(real):
    codes = real.table("programmes")["code"]
    study = with_tables(real, programme_platforms=links(*((code, "net") for code in codes)))
    table = single_points(study, real.framework, until=2024)
    assert (table["concentration"] == 1).all() and (table["failing_share"] == 1).all()


def test_the_real_links_are_own_systems_and_what_sources_name(real, kediri):
    table = platform_failure(real, until=2024).set_index("platform")
    assert table["programmes"].eq(1).all() and set(table["status"]) <= {"reported", "estimated"}
    assert table.loc["pdn", "codes"] == "P13" and table.loc["dtks", "codes"] == "P01"
    shared = shared_platforms(platform_failure(kediri, until=2024))
    assert set(shared["platform"]) == {"city_network", "pdn", "P10"} and set(shared["status"]) == {"illustrative"}


def test_without_platforms_there_is_no_failure(jatim, real):
    assert platform_failure(jatim, until=2024).empty
    bare = with_tables(real, programme_platforms=real.table("programme_platforms").iloc[:0])
    assert single_points(bare, real.framework, until=2024).empty and platform_failure(bare, until=2024).empty

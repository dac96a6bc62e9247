"""Programmes by sub-dimension, and the pillar scores that were published."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import (
    delivery_gaps,
    delivery_known,
    gaps_by_opd,
    pillar_check,
    pillar_table,
    portfolio,
    portfolio_pillars,
    portfolio_totals,
    programme_gaps,
    programmes_by_opd,
    programmes_by_year,
    quick_wins,
    unowned_gaps,
)
from smartcity_analysis.masterplan.programmes import NO_OWNER, pillars_of, programme_states
from smartcity_analysis.study import PILLARS, load_study


def test_every_programme_is_counted_once_and_every_sub_dimension_is_listed(kediri):
    table = portfolio(kediri, kediri.framework)
    programmes = kediri.table("programmes")
    assert len(table) == 18 and table["programmes"].sum() == len(programmes) == 48
    assert (table["ict"] + table["non_ict"] + table["ict_unknown"] == table["programmes"]).all()
    owners = table["owner_found"] + table["owner_inferred"] + table["owner_unknown"]
    assert (owners == table["programmes"]).all()
    for row in table.itertuples():
        own = programmes[programmes["sub_dimension"] == row.code]
        assert (row.programmes, row.pillar) == (len(own), row.code[:3])
        assert row.ict == sum(own["ict"] == "ict") and row.quick_wins == own["quick_win_years"].count()


def test_three_sub_dimensions_have_no_programme(kediri):
    table = portfolio(kediri, kediri.framework).set_index("code")
    assert table.index[table["programmes"] == 0].tolist() == ["BRA2", "SOC3", "ENV3"]


def test_totals_are_the_sums(kediri):
    totals = portfolio_totals(portfolio(kediri, kediri.framework)).set_index("measure")["value"]
    assert totals.to_dict() == {
        "programmes": 48,
        "ict": 21,
        "non_ict": 26,
        "ict_unknown": 1,
        "owner_found": 5,
        "owner_inferred": 38,
        "owner_unknown": 5,
        "quick_wins": 6,
    }


def test_a_study_without_programmes_counts_none(kediri, jatim):
    assert portfolio(jatim, kediri.framework)["programmes"].sum() == 0


# --- by pillar, OPD and year ---


def test_a_programme_counts_in_each_pillar_it_serves_and_once_in_the_whole(kediri):
    """LKPJ 2022 places KSWI (P04) in branding; the portfolio has it in governance."""
    links = pillars_of(kediri)
    assert links[links["programme"] == "P04"]["pillar"].tolist() == ["GOV", "BRA"]
    table = portfolio_pillars(kediri, kediri.framework).set_index("code")
    assert table["own"].tolist() == [14, 6, 8, 9, 5, 6, 48]
    assert table["further"].tolist()[:-1] == [0, 1, 1, 0, 1, 0] and pd.isna(table["further"].iloc[-1])
    assert table["programmes"].sum() - 48 == 48 + 3 and table.loc["smart_city", "programmes"] == 48
    assert (table["ict"] + table["non_ict"] + table["ict_unknown"] == table["programmes"]).all()


def test_a_programme_counts_for_each_of_its_owners(kediri):
    table = programmes_by_opd(kediri).set_index("opd")
    owners = kediri.table("programmes")["owner_opd"].str.split(";").explode().dropna()
    assert table["programmes"].drop(NO_OWNER).sum() == len(owners)
    assert table.loc[NO_OWNER, "programmes"] == 1 and table.index[-1] == NO_OWNER
    assert table["programmes"].drop(NO_OWNER).is_monotonic_decreasing
    assert (table[list(PILLARS)].sum(axis=1) == table["programmes"]).all()
    assert table.loc["diskominfo", "abbreviation"] == "Diskominfo" and table.loc["diskominfo", "programmes"] == 9


def test_every_programme_has_one_state_a_year(kediri):
    table = programmes_by_year(kediri)
    assert table["year"].tolist() == list(range(2020, 2030))
    assert (table[["running", "open", "unknown", "not_running"]].sum(axis=1) == 48).all()
    assert table.set_index("year").loc[2023, "quick_wins"] == 6


def test_what_no_source_says_of_a_year_stays_unknown(kediri):
    states = programme_states(kediri, 2024)
    assert states[["P02", "P15", "P29"]].tolist() == ["unknown"] * 3  # seen in 2021; "tahunan"; nothing
    assert states[["P01", "P27", "P42"]].tolist() == ["open", "running", "running"]
    assert states[["P09", "P11"]].tolist() == ["not_running"] * 2  # 2020-2021; 2025-
    assert programme_states(kediri, 2023)["P43"] == "running"  # no period, but a quick win of that year


def test_quick_wins_are_those_declared_up_to_the_year(kediri):
    table = quick_wins(kediri, until=2023).set_index("programme")
    assert table["years"].to_dict() == {
        "P05": "2022; 2023",
        "P17": "2022; 2023",
        "P21": "2022; 2023",
        "P30": "2022; 2023",
        "P38": "2021; 2022; 2023",
        "P43": "2021; 2023",
    }
    assert quick_wins(kediri, until=2021)["programme"].tolist() == ["P38", "P43"]
    assert quick_wins(kediri, until=2020).empty


def test_a_study_without_programmes_has_no_rows(jatim, kediri):
    assert programmes_by_opd(jatim).empty and quick_wins(jatim, until=2024).empty and programmes_by_year(jatim).empty
    assert portfolio_pillars(jatim, kediri.framework)["programmes"].sum() == 0


# --- gaps ---


def test_gaps_name_what_the_portfolio_does_not_say(kediri):
    gaps = programme_gaps(kediri, kediri.framework)
    found = gaps.groupby("gap")["code"].agg(list)
    assert found["no_programme"] == ["BRA2", "SOC3", "ENV3"]
    assert found["owner_unknown"] == found["ict_unknown"] == ["P41"]
    assert found["owner_unverified"] == ["P12", "P34", "P36", "P48"] and len(found["owner_inferred"]) == 38
    assert "P15" in found["years_unknown"] and "P43" not in found["years_unknown"]
    assert not gaps.duplicated(["gap", "code"]).any() and "illustrative" not in set(gaps["status"])


def test_gaps_go_to_the_opd_that_can_close_them(kediri):
    gaps = programme_gaps(kediri, kediri.framework)
    table = gaps_by_opd(gaps).set_index("opd")
    assert table.loc["dlhkp", "owner_unverified"] == "P48" and table.loc["dishub", "owner_inferred"] == "P32;P33"
    assert table["gaps"].is_monotonic_decreasing and NO_OWNER not in table.index
    assert unowned_gaps(gaps)["code"].tolist() == ["BRA2", "SOC3", "ENV3", "P41", "P41"]


def test_a_stand_in_is_not_knowledge_of_delivery(kediri):
    table = delivery_known(kediri).set_index("what")["known"]
    assert table[["progress", "budget", "evidence", "targets", "people", "horizon", "partners"]].eq(0).all()
    assert table["platforms"] == 17 and table["further_pillars"] == 3
    real = delivery_known(load_study("kediri", only_real=True)).set_index("what")["known"]
    pd.testing.assert_series_equal(table, real)


def test_delivery_gaps_list_only_what_ran(kediri):
    table = delivery_gaps(kediri, until=2024)
    assert set(table["year"]) == {2024} and set(table["status"]) == {"illustrative"}
    columns = ["no_report", "no_evidence", "no_target", "no_realisation", "late", "critical"]
    codes = table[columns].stack().str.split(";").explode()
    assert not codes.isin(["P09", "P11", "P20"]).any()
    counted = table[columns].apply(lambda column: column.str.count(";") + 1).sum(axis=1)
    assert (counted == table["gaps"]).all()
    assert delivery_gaps(load_study("kediri", only_real=True), until=2024).empty


# --- pillar scores ---


def test_the_pillars_of_2022_average_the_impact_dimension(kediri):
    """Letter B-1003: pillars 2.75, 2.75, 3.50, 3.33, 3.33, 2.75 average 3.068; impact 3.07, score 3.31."""
    pillars = pillar_table(kediri, kediri.framework, until=2024)
    assert pillars["code"].tolist() == ["GOV", "BRA", "ECO", "LIV", "SOC", "ENV"]
    assert pillars["score"].tolist() == [2.75, 2.75, 3.5, 3.33, 3.33, 2.75] and set(pillars["year"]) == {2022}
    check = pillar_check(kediri, pillars).iloc[0]
    assert check["mean_of_pillars"] == pytest.approx(3.068, abs=5e-4)
    assert (check["impact"], check["score"], check["year"]) == (3.07, 3.31, 2022)


def test_before_they_were_published_there_are_no_pillar_scores(kediri):
    pillars = pillar_table(kediri, kediri.framework, until=2021)
    assert len(pillars) == 6 and pillars["score"].isna().all() and pillars["year"].isna().all()
    assert pillar_check(kediri, pillars).empty


def test_a_pillar_without_a_score_is_missing_and_not_zero(kediri):
    components = kediri.table("score_components").query("code != 'ECO'")
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, {**kediri.tables, "score_components": components})
    pillars = pillar_table(study, kediri.framework, until=2024).set_index("code")
    assert pd.isna(pillars.loc["ECO", "score"]) and pillars["score"].count() == 5

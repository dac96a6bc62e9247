"""Programmes by sub-dimension, and the pillar scores that were published."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import pillar_check, pillar_table, portfolio, portfolio_totals


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

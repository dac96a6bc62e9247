"""Stand-ins of delivery: every programme, plausible, marked, and nothing against what is known."""

from dataclasses import replace

import pandas as pd
import pytest

from smartcity_analysis.study import load_study
from smartcity_analysis.study.periods import parse_period
from smartcity_analysis.study.stand_ins.programmes import programme_stand_ins


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


@pytest.fixture(scope="module")
def made(real):
    return programme_stand_ins(real)


def test_every_programme_is_there_and_every_row_is_marked(real, made):
    codes = set(real.table("programmes")["code"])
    assert list(made) == ["programme_details", "programme_platforms", "programme_progress", "programme_targets"]
    assert set(made["programme_details"]["programme"]) == codes
    assert codes > set(made["programme_progress"]["programme"])  # one of them never reports
    for table in made.values():
        assert (table["status"] == "illustrative").all() and (table["source"] == "ilustrasi").all()
    assert set(made["programme_progress"]["year"]) == set(made["programme_targets"]["year"]) == {2022, 2023, 2024}


def test_progress_is_possible_and_not_all_is_well(made):
    table = made["programme_progress"]
    assert table[["physical_plan_pct", "physical_pct"]].stack().between(0, 100).all()
    paid = table.dropna(subset=["budget_idr_million"])
    assert (paid["spent_idr_million"] <= paid["budget_idr_million"]).all() and (paid["budget_idr_million"] > 0).all()
    behind = table["physical_plan_pct"] - table["physical_pct"]
    last = table["year"] == 2024
    assert (behind[last] > 5).sum() > 3 and (behind[last] <= 0).sum() > 3
    assert 0 < table.loc[last, "evidence"].isna().sum() < last.sum() < 48


def test_nothing_contradicts_the_years_that_a_source_states(real, made):
    periods = real.table("programmes").set_index("code")["period"].map(parse_period)
    for row in made["programme_progress"].itertuples():
        period = periods[row.programme]
        if period.first is not None and row.year < period.first:
            assert (row.state, row.physical_pct) == ("planned", 0) and pd.isna(row.budget_idr_million)
        if period.last is not None and row.year > period.last:
            assert (row.state, row.physical_pct) == ("finished", 100) and pd.isna(row.budget_idr_million)
    for row in made["programme_targets"].itertuples():
        assert periods[row.programme].state(row.year) != "not_running"


def test_both_directions_every_formula_and_a_target_of_zero_occur(made):
    table = made["programme_targets"]
    assert set(zip(table["direction"], table["formula"], strict=True)) == {
        ("up", "ratio"),
        ("down", "inverse"),
        ("down", "mirrored"),
    }
    assert (table["target"] == 0).any() and table["realised"].isna().any()
    assert (table["realised"].dropna() >= 0).all()


def test_no_programme_stands_in_for_its_own_system(made):
    table = made["programme_platforms"]
    assert (table["programme"] != table["platform"]).all() and not table.duplicated(["programme", "platform"]).any()


def test_the_seed_decides_and_nothing_else(real, made):
    again = programme_stand_ins(real)
    other = programme_stand_ins(replace(real, spec=real.spec.model_copy(update={"seed": 7})))
    for name, table in made.items():
        pd.testing.assert_frame_equal(table, again[name])
        assert not table.equals(other[name])


def test_what_is_drawn_for_one_programme_does_not_depend_on_the_others(real, made):
    programmes = real.table("programmes").iloc[10:]
    fewer = programme_stand_ins(replace(real, tables={**real.tables, "programmes": programmes}))
    for name, table in made.items():
        rest = table[table["programme"].isin(programmes["code"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, fewer[name])


def test_a_study_without_programmes_gets_none(jatim):
    assert programme_stand_ins(jatim) == {}

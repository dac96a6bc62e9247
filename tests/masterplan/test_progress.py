"""Progress against the plan, achievement of targets, and the people served."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import (
    ACHIEVEMENT_CLASSES,
    achieved,
    achievement,
    achievement_class,
    achievement_classes,
    horizons_and_partners,
    not_achieved,
    people_served,
    progress,
    progress_by_opd,
    progress_by_pillar,
    quick_win_progress,
    served_by_kecamatan,
)
from smartcity_analysis.study import load_study

NAN = float("nan")


def with_tables(study, **tables):
    return replace(study, tables={**study.tables, **tables})


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


def report(programme, plan, done, budget=NAN, spent=NAN, year=2024, evidence=None, status="survey"):
    return {
        "programme": programme, "year": float(year), "state": "running", "physical_plan_pct": plan,
        "physical_pct": done, "budget_idr_million": budget, "spent_idr_million": spent, "evidence": evidence,
        "status": status, "source": "x", "note": None,
    }  # fmt: skip


def reported(study, *rows):
    return with_tables(study, programme_progress=pd.DataFrame(rows))


# --- progress ---


@pytest.mark.parametrize(
    ("plan", "done", "expected"),
    [
        (80, 80, "as_planned"),
        (80, 91, "as_planned"),
        (80, 79.9, "late"),
        (80, 75, "late"),  # just 5 points behind
        (80, 74.9, "critical"),
        (70, 60, "late"),  # up to 70 per cent planned: 10 points
        (70, 59.9, "critical"),
        (70.1, 65, "critical"),
        (0.3, 0.1 + 0.2, "as_planned"),  # not a rounding error late
        (NAN, 50, "no_plan"),
        (50, NAN, "no_plan"),
    ],
)
def test_the_limits_are_those_of_a_critical_contract(real, plan, done, expected):
    """PUPR regulation 14/2020: behind by more than 10 points up to 70 per cent, by more than 5 after that."""
    row = progress(reported(real, report("P01", plan, done)), until=2024).set_index("programme").loc["P01"]
    assert row["progress_class"] == expected
    assert row["deviation"] == pytest.approx(done - plan, nan_ok=True)


def test_who_did_not_report_is_named_unless_it_did_not_run(real):
    table = progress(reported(real, report("P01", 50, 50)), until=2024).set_index("programme")
    assert len(table) == 48 and table.loc["P02", "progress_class"] == "no_report"
    assert table.loc[["P09", "P11", "P20"], "progress_class"].tolist() == ["not_due"] * 3
    assert set(table["status"]) == {"survey"}


def test_absorption_is_spent_over_budget_and_missing_without_one(real):
    rows = [report("P01", 50, 50, 200, 150), report("P02", 50, 50, 0, 0), report("P03", 50, 50, 100)]
    table = progress(reported(real, *rows), until=2024).set_index("programme")["absorption"]
    assert table["P01"] == 0.75 and table[["P02", "P03"]].isna().all()


def test_the_last_year_with_reports_counts(real):
    study = reported(real, report("P01", 50, 50, year=2023), report("P01", 60, 10, year=2024))
    assert progress(study, until=2024)["year"].unique().tolist() == [2024]
    assert progress(study, until=2023).set_index("programme").loc["P01", "progress_class"] == "as_planned"
    assert progress(study, until=2022).empty


def test_sums_are_of_sums_and_means_of_what_has_both(real, kediri):
    rows = [
        report("P01", 100, 100, 100, 100, evidence="x"),
        report("P02", 80, 40, 300, 100),
        report("P03", NAN, 90, 500),  # no plan, nothing spent told: in no mean and no sum
        report("P21", 60, 60, 50, 50),
    ]
    study = reported(real, *rows)
    table = progress_by_pillar(progress(study, until=2024), kediri.framework).set_index("code")
    gov = table.loc["GOV"]
    assert (gov["reported"], gov["with_evidence"], gov["as_planned"], gov["critical"]) == (3, 1, 1, 1)
    assert (gov["physical_plan_pct"], gov["physical_pct"]) == (90, 70)
    assert (gov["budget_idr_million"], gov["spent_idr_million"], gov["absorption"]) == (400, 200, 0.5)
    assert np.isnan(table.loc["ENV", "absorption"]) and table.loc["ENV", "reported"] == 0
    assert table.loc["smart_city", "budget_idr_million"] == 450
    by_opd = progress_by_opd(progress(study, until=2024), study).set_index("opd")
    assert by_opd.loc["dinkop_umtk", "budget_idr_million"] == 50
    assert by_opd.loc["diskominfo", "programmes"] == 7  # of nine, 112 begins in 2025 and a regulation is of 2023


def test_quick_wins_are_shown_in_the_years_they_were_declared_for(real):
    study = reported(real, report("P05", 50, 40, 100, 80, year=2022), report("P01", 10, 10, year=2022))
    table = quick_win_progress(study, until=2024)
    row = table.set_index(["programme", "year"]).loc[("P05", 2022)]
    assert (row["state"], row["physical_pct"], row["absorption"]) == ("running", 40, 0.8)
    assert table["year"].min() == 2022  # no report of the study is older
    assert pd.isna(table.set_index(["programme", "year"]).loc[("P05", 2023), "state"])  # declared, not reported
    assert "P01" not in set(table["programme"])


def test_without_reports_there_is_nothing(real, kediri):
    empty = progress(real, until=2024)
    assert empty.empty and "progress_class" in empty
    assert progress_by_pillar(empty, kediri.framework).empty and progress_by_opd(empty, real).empty
    assert quick_win_progress(real, until=2024).empty and horizons_and_partners(real).empty
    assert achievement(real, until=2024).empty and achievement_classes(achievement(real, until=2024)).empty


# --- achievement ---


def measure(target, realised, formula, direction=None):
    direction = direction or ("up" if formula == "ratio" else "down")
    return pd.DataFrame({"direction": [direction], "formula": [formula], "target": [target], "realised": [realised]})


@pytest.mark.parametrize(
    ("formula", "target", "realised", "expected"),
    [
        ("ratio", 80, 72.4, 90.5),
        ("ratio", 50, 60, 120.0),
        ("ratio", 50, 0, 0.0),
        ("inverse", 20, 25, 80.0),
        ("inverse", 20, 16, 125.0),
        ("mirrored", 20, 25, 75.0),
        ("mirrored", 20, 16, 120.0),
        ("mirrored", 20, 0, 200.0),
        ("mirrored", 20, 50, -50.0),
    ],
)
def test_each_formula_in_both_directions(formula, target, realised, expected):
    row = achieved(measure(target, realised, formula)).iloc[0]
    assert row["achievement_pct"] == pytest.approx(expected) and pd.isna(row["reason"])


@pytest.mark.parametrize(
    ("formula", "target", "realised", "reason"),
    [
        ("ratio", 0, 5, "zero_target"),
        ("mirrored", 0, 0, "zero_target"),
        ("inverse", 0, 0, "zero_target"),
        ("inverse", 5, 0, "zero_realised"),
        ("ratio", -5, 5, "negative"),
        ("ratio", 5, -5, "negative"),
        ("ratio", 5, NAN, "no_realisation"),
        ("ratio", 0, NAN, "no_realisation"),
    ],
)
def test_what_is_not_defined_has_a_reason_and_no_figure(formula, target, realised, reason):
    row = achieved(measure(target, realised, formula)).iloc[0]
    assert np.isnan(row["achievement_pct"])
    assert (row["achievement_class"], row["reason"]) == ("undefined", reason)


def test_a_formula_that_does_not_fit_its_direction_is_refused():
    rows = pd.concat([measure(5, 5, "inverse", "up"), measure(5, 5, "ratio"), measure(5, 5, "ratio", "down")])
    with pytest.raises(DataError) as error:
        achieved(rows)
    assert error.value.text("en") == (
        "programme_targets.csv, row 2, column formula\n"
        "  Found: inverse\n"
        "  Expected: one of: ratio (up)\n"
        "  Remedy: use one of these\n"
        "programme_targets.csv, row 4, column formula\n"
        "  Found: ratio\n"
        "  Expected: one of: inverse, mirrored (down)\n"
        "  Remedy: use one of these"
    )


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (130, "very_high"),
        (91, "very_high"),
        (100 * 0.91, "very_high"),
        (90.5, "high"),
        (76, "high"),
        (75.99, "moderate"),
        (66, "moderate"),
        (65.5, "low"),
        (51, "low"),
        (50.5, "very_low"),
        (-20, "very_low"),
        (NAN, "undefined"),
    ],
)
def test_the_classes_begin_at_their_bounds(percent, expected):
    """Home Affairs regulation 86/2017: 91-100, 76-90, 66-75, 51-65, 50 and less."""
    assert achievement_class(pd.Series([percent])).tolist() == [expected]


positive = st.floats(0.01, 1e6)


@given(positive, positive, st.sampled_from(["ratio", "inverse", "mirrored"]))
def test_a_target_that_is_met_exactly_is_100_and_better_is_more(target, step, formula):
    up = formula == "ratio"
    better, worse = (target + step, target / (1 + step)) if up else (target / (1 + step), target + step)
    rows = pd.concat([measure(target, value, formula) for value in (better, target, worse)], ignore_index=True)
    percent = achieved(rows)["achievement_pct"]
    assert percent[1] == pytest.approx(100) and percent[0] >= percent[1] >= percent[2]


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=30))
def test_a_higher_achievement_is_never_of_a_lower_class(values):
    order = list(ACHIEVEMENT_CLASSES)
    places = [order.index(name) for name in achievement_class(pd.Series(sorted(values)))]
    assert places == sorted(places, reverse=True)


def test_the_last_year_is_achieved_and_counted(kediri):
    table = achievement(kediri, until=2024)
    assert set(table["year"]) == {2024} and set(table["status"]) == {"illustrative"}
    classes = achievement_classes(table)
    assert classes["measures"].sum() == len(table) and classes["share"].sum() == pytest.approx(1)
    assert classes["achievement_class"].tolist() == [*ACHIEVEMENT_CLASSES, "undefined"]
    rest = not_achieved(table)
    assert len(rest) == len(table) - classes["measures"].iloc[0] and "very_high" not in set(rest["achievement_class"])
    assert rest["achievement_pct"].dropna().is_monotonic_increasing
    assert set(achievement(kediri, until=2023)["year"]) == {2023}


# --- people served, horizon and partners ---


def test_the_people_of_the_kelurahan_are_those_of_their_kecamatan(kediri):
    coverage = kediri.table("programme_coverage").query("year == 2024")
    table = served_by_kecamatan(kediri, until=2024).set_index("region")
    assert table.index.tolist() == ["35.71.01", "35.71.02", "35.71.03"]
    people = people_served(kediri, until=2024)["realised"]
    assert table["realised"].sum() == coverage["realised_people"].sum() == people.sum()
    own = coverage[coverage["region"].str.startswith("35.71.02")]
    assert table.loc["35.71.02", "realisation"] == own["realised_people"].sum() / own["planned_people"].sum()
    assert set(table["status"]) == {"illustrative"}


def test_without_coverage_nobody_is_counted(real):
    assert people_served(real, until=2024).empty and served_by_kecamatan(real, until=2024).empty
    assert "status" in people_served(real, until=2024)


def test_every_horizon_and_partner_has_its_row(kediri):
    table = horizons_and_partners(kediri).set_index("group")
    assert table.loc[["short", "medium", "long"], "programmes"].sum() == 48
    assert table.loc["government", "programmes"] == 48 and table.loc["government", "share"] == 1
    assert set(table["status"]) == {"illustrative"}

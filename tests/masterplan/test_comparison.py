"""The score under other weights, its plan there, and who cannot be compared."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.masterplan import (
    explain_change,
    latest_evaluation,
    other_cohorts,
    plan_table,
    score_plan,
    score_trend,
    target_gap,
    under_weights,
    weight_scenarios,
)
from smartcity_analysis.study import load_framework

DIMENSIONS = ["baseline", "output", "outcome", "impact", "quick_wins"]


def plan_of(study, year):
    return score_plan(study, target_gap(score_trend(study, until=year)), until=year)


def test_kediri_2022_under_every_published_weight_set(kediri):
    """10/20/30/20/20 gives 3.315; 10/20/30/30/10 (page of Sleman) 3.257; 10/20/30/10/30 (letter B-1004) 3.373."""
    table = weight_scenarios(kediri, 2022).set_index("weight_set")
    assert table["score"].round(9).dropna().to_dict() == {
        "2022_100sc": 3.315,
        "2022_kppn_ikn": 3.373,
        "undated_100sc_sleman": 3.257,
    }
    assert table["shift"].round(9).dropna().tolist() == [0, 0.058, -0.058]
    assert table.index[table["in_force"]].tolist() == ["2022_100sc"]
    assert table["weights"].tolist() == ["10/20/30/20/20", "10/20/30/10/30", "10/20/20/20/20/10", "10/20/30/30/10"]
    assert set(table["status"]) == {"reported"} and (table["text_id"] != "").all()


def test_a_dimension_that_is_not_known_keeps_a_weight_set_from_a_score(kediri):
    row = weight_scenarios(kediri, 2022).set_index("weight_set").loc["2023_kppn_ikn_stage_2"]
    assert np.isnan(row["score"]) and np.isnan(row["shift"]) and row["missing"] == "collaboration"


def test_other_weights_alone_are_a_weight_effect_only(kediri):
    _, now = latest_evaluation(kediri, until=2024)
    for published in now.framework.weight_sets:
        other = under_weights(now, now.framework if published.id == "2022_100sc" else _under(published))
        if other.missing:
            continue
        parts = explain_change(now, other)
        assert parts.score_effect == 0 and parts.weight_effect == pytest.approx(other.score - now.score, abs=1e-12)


def _under(published):
    year = published.years[0] if published.years else None
    return load_framework("kominfo_evaluation", year=year, cohort=published.cohort)


@pytest.mark.parametrize("year", [2020, 2021, 2023])
def test_without_dimensions_there_are_no_scenarios(kediri, year):
    table = weight_scenarios(kediri, year)
    assert table.empty and {"weights", "score", "in_force", "text_id", "text_en"} <= set(table)


# --- the plan ---


def test_the_plan_of_kediri_starts_from_2022_and_says_so(kediri):
    plan = plan_of(kediri, 2024)
    assert plan.start == "earlier" and plan.verdict == "reachable"
    assert (plan.facts["year"], plan.facts["last_year"], plan.facts["last_score"]) == (2022, 2023, 3.197)
    assert plan.facts["score"] == pytest.approx(3.315)
    assert plan.table["objective"].unique().tolist() == ["points", "items", "squares"]
    reached = plan.table.assign(part=plan.table["weight"] * plan.table["needed"]).groupby("objective")["part"].sum()
    assert reached.tolist() == pytest.approx([3.6] * 3) and (plan.table["needed"] <= 4).all()
    assert set(plan.table["status"]) == {"reported"}


def test_the_plan_under_other_weights_takes_more_or_less(kediri):
    """From 3.373 the outcome alone does (0.227 / 0.3); from 3.257 0.343 are needed: 0.77 of outcome and of impact."""
    table = plan_of(kediri, 2024).scenarios.set_index("weight_set")
    assert table["points"].dropna().tolist() == pytest.approx([1.04, 0.227 / 0.3, 0.343 / 0.3])
    assert table["changed"].dropna().tolist() == [2, 1, 2]
    assert table["verdict"].tolist() == ["reachable", "reachable", "not_known", "reachable"]
    assert table["most"].dropna().tolist() == pytest.approx([4.0] * 3)


def test_a_ceiling_below_the_target_is_said_under_every_weight_set(kediri):
    _, evaluation = latest_evaluation(kediri, until=2024)
    table = plan_table(evaluation, 3.9, ceiling=3.8)
    assert (table["needed"] <= 3.8).all() and table["contribution"].sum() < 3 * (3.9 - evaluation.score)


@pytest.mark.parametrize(("year", "start"), [(2020, "no_components"), (2021, "no_components"), (2022, "same")])
def test_what_a_plan_starts_from_depends_on_what_is_known(kediri, year, start):
    plan = plan_of(kediri, year)
    assert plan.start == start and plan.table.empty == (start != "same")
    assert {"objective", "code", "gain", "needed", "status"} <= set(plan.table)
    assert {"weights", "target", "verdict", "points", "text_id"} <= set(plan.scenarios)


def test_a_missing_dimension_makes_the_plan_incomplete(kediri):
    part = kediri.table("score_components").query("code != 'impact'")
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, {**kediri.tables, "score_components": part})
    plan = plan_of(study, 2024)
    assert plan.start == "incomplete" and plan.facts["missing"] == ["impact"] and plan.table.empty


# --- who cannot be compared ---


def test_other_cohorts_and_years_are_named_with_the_reason(kediri):
    table = other_cohorts(kediri, year=2022, cohort="kppn_ikn_2021")
    why = table.set_index(["city", "year"])["why"].to_dict()
    assert why[("Kota Bandung", 2022)] == "own_cohort" and why[("Kota Bogor", 2022)] == "other_cohort"
    assert why[("Kota Bogor", 2024)] == "other_year" and why[("Kota Ambon", 2024)] == "unknown_cohort"
    assert len(table) + 38 == len(kediri.table("peer_scores"))
    early = other_cohorts(kediri, year=2021, cohort="kppn_ikn_2021", until=2021)
    assert early["year"].max() == 2021
    only = pd.Series(kediri.table("peer_scores")["cohort"] == "kppn_ikn_2021")
    tables = {**kediri.tables, "peer_scores": kediri.table("peer_scores")[only]}
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, tables)
    assert other_cohorts(study, year=2022, cohort="kppn_ikn_2021").empty

"""Recommendations: made from findings by declared rules, owned by whom the data name, the same in every run."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import (
    Finding,
    actions_table,
    background,
    city_statements,
    follow_up,
    follow_up_totals,
    review_actions,
    survey_known,
)
from smartcity_analysis.masterplan.findings import Cited
from smartcity_analysis.masterplan.recommendations import HORIZONS, MOST_SUPPORTING, RULES, Rule
from smartcity_analysis.present import phrases, speak
from smartcity_analysis.present.display import labels_of

PLAIN = {code: lambda action, part, code=code: f"{part} {code} {action.subject}".strip() for code in ("id", "en")}


def cited(value, status="reported"):
    return Cited(value, "t", (("code", value),), "value", status)


def finding(template, subject="", pillar=None, status="reported", **facts):
    given = {k: [cited(v, status) for v in value] if isinstance(value, list) else cited(value, status)
             for k, value in facts.items()}  # fmt: skip
    return Finding(template, "gap", given or {"year": cited(2023, status)}, subject, pillar)


EMPTY = finding("sub_dimensions_empty", sub_dimensions=["BRA2", "SOC3"], programmes=48)
LOWEST = finding("pillars_lowest", pillars=["GOV", "ENV"], score=2.75, year=2022, next_score=3.33)
UNKNOWN = finding("unknown_score", "2024", year=2024)


def altered(study, name, **columns):
    tables = {**study.tables, name: study.table(name).assign(**columns)}
    return type(study)(study.name, study.folder, study.spec, tables)


# --- rules ---


def test_a_finding_becomes_the_action_of_its_rule(kediri):
    (action,) = review_actions([UNKNOWN], kediri)
    assert action.rule.action == "record_result" and action.finding is UNKNOWN
    assert action.owner == "diskominfo"  # the OPD that sources name most often as owner
    assert review_actions([finding("no_such_template")], kediri) == []


def test_each_value_of_a_finding_gets_an_action_of_its_own(kediri):
    actions = review_actions([EMPTY], kediri)
    assert [(a.subject, a.pillar, a.owner) for a in actions] == [("BRA2", "BRA", None), ("SOC3", "SOC", None)]
    assert len({a.id for a in actions}) == 2


def test_the_nearest_horizon_comes_first(kediri):
    actions = review_actions([LOWEST, EMPTY, UNKNOWN, finding("method_break", "2023")], kediri)
    horizons = [a.rule.horizon for a in actions]
    assert horizons == sorted(horizons, key=list(HORIZONS).index) and set(horizons) == set(HORIZONS)


def test_rules_are_declared_once():
    assert len({(rule.finding, rule.action) for rule in RULES}) == len(RULES)
    assert {rule.horizon for rule in RULES} == set(HORIZONS)


def test_a_researcher_may_bring_rules(kediri):
    (action,) = review_actions([UNKNOWN], kediri, [Rule("unknown_score", "own", "long", "open")])
    assert (action.rule.action, action.owner, action.owner_status) == ("own", None, "official")


# --- owners come from the data ---


def test_a_pillar_is_led_by_who_owns_most_of_its_programmes(kediri):
    owners = {a.subject: a.owner for a in review_actions([LOWEST], kediri)}
    assert owners == {"GOV": "diskominfo", "ENV": "dlhkp"}


@pytest.mark.parametrize("group", ["pillar", "ict", "all", "districts"])
def test_every_opd_named_is_one_of_the_study(kediri, group):
    rules = [Rule("pillars_lowest", "lift_pillar", "short", "pillar", group, "pillars")]
    known = set(kediri.table("opd")["code"])
    for action in review_actions([LOWEST], kediri, rules):
        assert {action.owner, *action.supporting} <= known
        assert action.owner not in action.supporting and len(action.supporting) <= MOST_SUPPORTING


def test_without_any_named_owner_it_is_to_be_decided(kediri):
    nobody = altered(kediri, "programmes", owner_opd=None, owner_status="unknown")
    (action,) = review_actions([UNKNOWN], nobody)
    table = actions_table([action], PLAIN, until=2024)
    assert action.owner is None and pd.isna(table["owner"].iloc[0])


def test_stand_ins_name_no_owner(kediri):
    invented = altered(kediri, "programmes", status="illustrative")
    assert {a.owner for a in review_actions([LOWEST, UNKNOWN], invented)} == {None}


def test_an_owner_nobody_states_is_an_estimate(kediri):
    (stated,) = review_actions([UNKNOWN], kediri)
    guessed = review_actions([LOWEST], kediri)[0]
    assert stated.status == "reported" and guessed.status == "estimated"


# --- the same in every run ---


def test_ids_stay_while_the_finding_is_the_same(kediri):
    first, again = (review_actions([EMPTY, LOWEST, UNKNOWN], kediri) for _ in range(2))
    assert [a.id for a in first] == [a.id for a in again]
    assert len({a.id for a in first}) == len(first)
    other = finding("unknown_score", "2024", year=2024, status="estimated")
    assert review_actions([other], kediri)[0].id == review_actions([UNKNOWN], kediri)[0].id
    assert review_actions([finding("unknown_score", "2025", year=2025)], kediri)[0].id != first[0].id


def test_an_id_does_not_depend_on_what_else_was_found(kediri):
    alone = {a.id for a in review_actions([LOWEST], kediri)}
    assert alone < {a.id for a in review_actions([UNKNOWN, EMPTY, LOWEST], kediri)}


# --- the table ---


def test_actions_become_a_numbered_table(kediri):
    table = actions_table(review_actions([LOWEST, UNKNOWN], kediri), PLAIN, until=2024)
    assert table["number"].tolist() == [1, 2, 3]
    row = table.iloc[1]
    assert (row["finding"], row["text_id"], row["target_en"]) == (LOWEST.id, "text id GOV", "target en GOV")
    assert (row["horizon"], row["due_year"]) == ("medium", 2029)
    assert table.columns.tolist() == actions_table([], PLAIN, until=2024).columns.tolist()


@pytest.mark.parametrize("language", ["id", "en"])
def test_actions_are_said_in_words(kediri, language):
    labels = labels_of([kediri], [kediri.framework])
    say = phrases(labels)[language]
    for action in review_actions([EMPTY, LOWEST], kediri):
        words = say(action, "text")
        assert speak(language).label(labels[action.subject]) in words and "{" not in words
        assert say(action, "indicator") and say(action, "target")


# --- what others said ---


def test_what_became_of_earlier_recommendations(kediri):
    table = follow_up(kediri, until=2024).set_index("code")
    assert table.loc["2022-1", "state"] == "done" and "Nomor 4 Tahun 2023" in table.loc["2022-1", "shown_by_id"]
    assert table.loc["2022-2", "state"] == "in_progress"
    assert table.loc["2023-4", "state"] == "unknown" and pd.isna(table.loc["2023-4", "shown_by_id"])
    totals = follow_up_totals(table.reset_index()).iloc[0]
    assert totals[["recommendations", "done", "in_progress", "not_started", "unknown"]].tolist() == [10, 1, 5, 0, 4]


def test_only_what_was_known_by_the_review_year_counts(kediri):
    table = follow_up(kediri, until=2023).set_index("code")
    assert table.loc["2022-4", "state"] == "unknown" and table.loc["2022-1", "state"] == "done"
    assert follow_up_totals(follow_up(kediri, until=2021)).empty


def test_stand_ins_do_nothing_to_earlier_recommendations(kediri):
    invented = altered(kediri, "recommendation_status", status="illustrative")
    assert set(follow_up(invented, until=2024)["state"]) == {"unknown"}


def test_every_state_has_its_evidence_and_source(kediri):
    rows = kediri.table("recommendation_status")
    assert (rows[["evidence_id", "evidence_en", "source"]].notna().all(axis=None)) and (
        rows["state"] != "unknown"
    ).all()


def test_the_background_is_what_the_study_says(kediri):
    rows = background(kediri, until=2024).set_index("item")["content"]
    assert rows["masterplan"] == kediri.spec.masterplan.title
    assert rows["period"] == "2020–2029" and rows["evaluations"] == "2020–2023"
    assert rows["regulation"] == "Perwali Kota Kediri No 4/2023 tentang Smart City"


def test_stand_ins_are_no_statements_and_no_answers(kediri):
    invented = altered(kediri, "opportunities_challenges", status="illustrative")
    assert city_statements(invented).empty and len(city_statements(kediri)) == 13
    assert survey_known(kediri, 2024)["answered"].tolist() == [0]

"""Who answered, and how completely: by OPD, section and question; a stand-in gives way to a real form."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import (
    often_skipped,
    question_response,
    questions_for,
    response_shown,
    section_response,
    survey_answers,
    survey_forms,
    survey_questionnaire,
    survey_response,
    unanswered,
)
from smartcity_analysis.study import load_framework, load_study

from .survey_samples import QUESTIONS, Survey


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


def test_the_questionnaire_holds_the_ministrys_54_items(real):
    table = survey_questionnaire(real).set_index("section")
    assert table.loc["maturity", ["questions", "official", "lower", "upper"]].tolist() == [54, 54, 0, 4]
    assert (table.drop("maturity")["official"] == 0).all()
    framework = load_framework("gm100sc")
    items = real.table("survey_questions").query("section == 'maturity'").set_index("code")
    leaves = {c: n.label for c, n in framework.nodes.items() if n.leaf is not None and n.leaf.type == "survey"}
    assert {code: {"id": r.text_id, "en": r.text_en} for code, r in items.iterrows()} == leaves
    assert (items["sub_dimension"] == [framework.parents[code] for code in items.index]).all()


def test_every_question_has_what_its_kind_needs(real):
    questions = real.table("survey_questions")
    for row in questions.itertuples():
        if row.kind in ("scale", "number"):
            assert row.lower < row.upper
        if row.kind in ("choice", "choices"):
            counts = {len(cell.split(";")) for cell in (row.options, row.options_id, row.options_en)}
            assert len(counts) == 1 and counts.pop() > 1
    assert not questions["code"].duplicated().any()


def test_an_opd_is_asked_the_items_of_its_own_pillars_and_everything_else():
    asked = questions_for(QUESTIONS, ["ENV"])
    assert set(QUESTIONS["code"]) - set(asked["code"]) == {"GOV1.1"}


def test_a_full_survey_is_complete():
    table = survey_response(Survey().study(), 2024)
    assert table["share"].tolist() == [1.0] * 4 and (table["forms"] == 1).all() and (table["status"] == "survey").all()


def test_a_silent_opd_is_named_and_counts_nothing():
    survey = Survey()
    del survey.forms["c-2024-R003"], survey.answers["c-2024-R003"]
    table = survey_response(survey.study(), 2024)
    assert unanswered(table)["opd"].tolist() == ["c"]
    sections = section_response(table).set_index("section")
    assert sections.loc["commitment", ["opds_asked", "opds_answered", "share", "share_of_answering"]].tolist() == [
        4, 3, 0.75, 1.0,
    ]  # fmt: skip


def test_an_opd_with_two_forms_counts_once():
    survey = Survey()
    form = survey.add("a", "R005", 4, {})
    survey.answers[form] = {"COM1": ("1", None)}
    table = survey_response(survey.study(), 2024).set_index("opd")
    assert table.loc["a", ["forms", "answered", "share"]].tolist() == [2, table.loc["b", "answered"], 1.0]
    questions = question_response(survey.study(), 2024).set_index("question")
    assert questions.loc["COM1", ["opds_answered", "respondents"]].tolist() == [4, 5]


def test_the_response_of_few_forms_is_not_shown():
    survey = Survey()
    for number in range(5, 9):
        survey.answers[survey.add("a", f"R00{number}", number, {})].pop("COM1")
    survey.add("c", "R009", 9, {})
    table = response_shown(survey_response(survey.study(), 2024)).set_index("opd")
    assert table["hidden"].tolist() == [False, True, True, True] and table.loc["a", "share"] == 1
    assert table.loc[["b", "c", "d"], ["share", "answered", "commitment"]].isna().all(axis=None)


def test_a_single_small_response_takes_another_with_it():
    survey = Survey()
    for number, opd in enumerate("aaabbbbccccc", start=10):
        survey.add(opd, f"R0{number}", number, {})
    assert survey_response(survey.study(), 2024).set_index("opd")["hidden"].to_dict() == {
        "a": True, "b": False, "c": False, "d": True,
    }  # fmt: skip


def test_questions_left_empty_come_first():
    survey = Survey()
    for form in ("a-2024-R001", "b-2024-R002"):
        del survey.answers[form]["COM3"]
    table = often_skipped(question_response(survey.study(small_cell=1), 2024))
    assert table["question"].tolist() == ["COM3"] and table["share_of_answering"].tolist() == [0.5]
    few = often_skipped(question_response(survey.study(), 2024))
    assert few["hidden"].all() and few[["share_of_answering", "opds_answered", "respondents"]].isna().all(axis=None)


def test_another_year_and_no_survey_give_empty_tables(real):
    for study, year in ((Survey().study(), 2023), (real, 2024)):
        assert survey_response(study, year).empty and question_response(study, year).empty
        assert survey_answers(study, year).empty and section_response(survey_response(study, year)).empty


def test_a_real_form_takes_the_place_of_the_stand_ins_of_its_opd():
    survey = Survey()
    survey.add("a", "R009", 9, {}, status="illustrative")
    survey.add("d", "R010", 5, {}, status="illustrative")
    del survey.forms["d-2024-R004"], survey.answers["d-2024-R004"]
    study = survey.study()
    assert survey_forms(study, 2024)["form"].tolist() == ["a-2024-R001", "b-2024-R002", "c-2024-R003", "d-2024-R010"]
    statuses = survey_response(study, 2024).set_index("opd")["status"]
    assert statuses.to_dict() == {"a": "survey", "b": "survey", "c": "survey", "d": "illustrative"}


def test_the_shipped_survey_is_an_illustration_throughout(kediri):
    table = survey_answers(kediri, 2024)
    assert len(table) and (table["status"] == "illustrative").all()
    assert len(unanswered(survey_response(kediri, 2024))) > 0
    assert table["respondent"].str.fullmatch("R[0-9]{3}").all()
    assert pd.to_numeric(table.loc[table["kind"] == "scale", "answer"]).between(0, 5).all()

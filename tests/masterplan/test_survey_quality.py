"""Each fault once is flagged exactly there, and a clean survey not at all."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import QualityLimits, flag_counts, flags_by_section, free_texts, survey_flags
from smartcity_analysis.masterplan.survey.quality import FLAGS
from smartcity_analysis.study.privacy.texts import holds_personal_data

from .survey_samples import LIKERT, Survey

A, B = "a-2024-R001", "b-2024-R002"


def one_line(survey):
    for code in LIKERT:
        survey.answers[A][code] = ("4", None)


def two_pillars(survey):
    survey.forms[A]["pillars"] = "GOV;LIV"


def zero(survey):
    survey.answers[A]["COL2"] = ("0", None)


def zero_without_evidence(survey):
    survey.answers[A]["GOV1.1"] = ("0", None)


def few(survey):
    for form in (A, B):
        del survey.answers[form]["COM2"]


def no_evidence(survey):
    survey.answers[A]["GOV1.1"] = ("3", None)


def fast(survey):
    survey.forms[A]["minutes"] = 0.4


def copied(survey):
    survey.answers[B] = survey.answers[A] | {"PRO1": ("lain", None)}


def personal(survey):
    survey.answers[A]["PRO1"] = ("hubungi 0812 3456 7890", None)


CASES = {
    "one value for a section": (one_line, [("straight_lining", A, "commitment", None, 5)]),
    "one respondent for two pillars": (two_pillars, [("several_pillars", A, None, None, 2)]),
    "0 below the scale": (zero, [("zero_for_unknown", A, "collaboration", "COL2", 0)]),
    "0 without evidence": (zero_without_evidence, [("zero_for_unknown", A, "maturity", "GOV1.1", 0)]),
    "too few respondents": (few, [("too_few_respondents", None, "commitment", "COM2", 2)]),
    "evidence missing": (no_evidence, [("evidence_missing", A, "maturity", "GOV1.1", 0)]),
    "faster than reading": (fast, [("too_fast", A, None, None, 0.4 / 15)]),
    "two forms alike": (copied, [("identical", A, None, None, 14), ("identical", B, None, None, 14)]),
    "a telephone number": (personal, [("personal_data", A, "proposal", "PRO1", 1)]),
}


def found(survey, **options):
    flags = survey_flags(survey.study(), 2024, **options)
    columns = ["flag", "form", "section", "question", "found"]
    cells = flags[columns].astype(object).where(flags[columns].notna(), None)
    return [tuple(row) for row in cells.to_numpy().tolist()]


def test_a_clean_survey_has_no_flag():
    assert found(Survey()) == []


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_flagged_exactly_where_it_is(name):
    fault, expected = CASES[name]
    survey = Survey()
    fault(survey)
    assert [
        (*row[:4], pytest.approx(row[4])) for row in expected
    ] == found(survey)  # fmt: skip


def test_all_faults_at_once_hide_none():
    survey = Survey()
    for fault in (two_pillars, zero, fast, no_evidence, personal):
        fault(survey)
    assert {row[0] for row in found(survey)} == {
        "several_pillars", "zero_for_unknown", "too_fast", "evidence_missing", "personal_data",
    }  # fmt: skip


def test_one_respondent_in_two_forms_is_one_person():
    survey = Survey()
    survey.forms["a2"] = {**survey.forms[A], "form": "a2", "pillars": "LIV"}
    survey.answers["a2"] = {"COM1": ("2", None)}
    assert [row[:2] for row in found(survey)] == [("several_pillars", A), ("several_pillars", "a2")]


def test_four_equal_answers_are_no_line_and_the_limit_may_be_moved():
    survey = Survey()
    for code in LIKERT[:4]:
        survey.answers[A][code] = ("4", None)
    survey.answers[A].pop(LIKERT[4])
    assert found(survey) == []
    assert [r[0] for r in found(survey, limits=QualityLimits(items=4))] == ["straight_lining"]


def test_flags_are_counted_by_kind_and_section_without_form_or_answer():
    survey = Survey()
    for fault in (zero, few, no_evidence):
        fault(survey)
    flags = survey_flags(survey.study(small_cell=1), 2024)
    counts = flag_counts(flags).set_index("flag")
    assert list(counts.index) == list(FLAGS) and counts["findings"].sum() == 3
    assert counts.loc["too_few_respondents", ["forms", "questions"]].tolist() == [0, 1]
    table = flags_by_section(flags)
    assert table["places"].tolist() == ["COL2", "GOV1.1"] and not {"found", "form", "opd"} & set(table)
    assert flag_counts(flags.iloc[:0]).empty and flags_by_section(flags.iloc[:0]).empty


def test_flags_of_few_forms_are_not_counted_for_others_to_read():
    survey = Survey()
    for fault in (zero, few):
        fault(survey)
    flags = survey_flags(survey.study(), 2024)
    counts = flag_counts(flags).set_index("flag")
    assert counts["hidden"].sum() == 1 and counts.loc["zero_for_unknown", ["findings", "forms", "opds"]].isna().all()
    assert counts.loc["too_few_respondents", "questions"] == 1
    assert flags_by_section(flags)[["forms", "findings", "places"]].isna().all(axis=None)


def test_many_places_are_counted():
    rows = {"flag": "evidence_missing", "opd": "a", "form": A, "section": "maturity", "found": 0.0, "status": "survey"}
    flags = pd.DataFrame([{**rows, "question": f"GOV1.{n}", "small_cell": 1} for n in range(7)])
    assert flags_by_section(flags)["places"].tolist() == ["GOV1.0, GOV1.1, GOV1.2, GOV1.3 (+3)"]


def test_free_text_is_kept_word_for_word_without_the_opd():
    survey = Survey()
    survey.answers[A]["PRO1"] = ("<b>tebal</b> & =1+1", None)
    table = free_texts(survey.study(), 2024)
    assert set(table.columns) == {"question", "text", "status"} and "<b>tebal</b> & =1+1" in set(table["text"])
    assert list(table["text"]) == sorted(table["text"])


def test_free_text_of_few_forms_or_with_personal_data_is_not_given():
    survey = Survey()
    personal(survey)
    assert len(free_texts(survey.study(), 2024)) == 3
    assert free_texts(survey.study(small_cell=5), 2024).empty


@pytest.mark.parametrize(
    "text, expected",
    [
        ("NIK 3571012345678901", True),
        ("surat 123/4567/2023", False),
        ("a.b+c@kota.go.id", True),
        ("+62 812-3456-7890", True),
        ("Rp1.234.567.890.123", False),
        ("tahun 2020-2029", False),
    ],
)
def test_what_looks_like_personal_data(text, expected):
    assert holds_personal_data(pd.Series([text])).tolist() == [expected]


def test_the_stand_ins_show_every_flag_a_raw_table_can_hold(kediri):
    counts = survey_flags(kediri, 2024)["flag"].value_counts().reindex(FLAGS).fillna(0)
    assert (counts.drop("personal_data") > 0).all() and counts["personal_data"] == 0

"""Means, quadrants, obstacles and reliability: every OPD once, small cells not given, raw and verified kept apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smartcity_analysis.masterplan import (
    importance_performance,
    maturity_pairs,
    obstacles,
    perception_scores,
    self_verified,
    survey_reliability,
    survey_scores,
)
from smartcity_analysis.masterplan.survey.scores import _drawn_means, _quadrants, _share_interval
from smartcity_analysis.study import load_study

from .survey_samples import Survey, question

VERIFIED = [
    ("a", "GOV1.1", 2024.0, 2.0, None, "survey", "x"),
    ("b", "GOV1.1", 2024.0, 3.0, None, "survey", "x"),
    ("c", "GOV1.1", 2023.0, 1.0, None, "survey", "x"),
]


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


def test_an_opd_counts_once_however_many_forms_it_returns():
    survey = Survey()
    before = survey_scores(survey.study(), 2024).set_index("question").loc["COM1"]
    first = float(survey.answers["a-2024-R001"]["COM1"][0])
    for number in range(5, 9):
        form = survey.add("a", f"R00{number}", 0, {})
        survey.answers[form] = {"COM1": (str(int(first)), None)}
    after = survey_scores(survey.study(), 2024).set_index("question").loc["COM1"]
    assert after["mean"] == before["mean"] == np.mean([1, 2, 3, 4])
    assert (after["opds"], after["forms"]) == (4, 8)


def test_a_mean_has_students_interval_within_the_scale():
    row = survey_scores(Survey().study(), 2024).set_index("question").loc["COM1"]
    values = np.array([1.0, 2, 3, 4])
    low, high = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert (row["lower_limit"], row["upper_limit"]) == pytest.approx((max(low, 1), min(high, 5)))


def test_a_small_cell_is_not_given():
    table = survey_scores(Survey().study(), 2024).set_index("question")
    assert table.loc["ENV1.1", ["mean", "lower_limit", "upper_limit"]].isna().all() and table.loc["ENV1.1", "hidden"]
    assert not table.loc["GOV1.1", "hidden"] and table.loc["GOV1.1", "mean"] == 3
    assert table.loc["ENV1.1", ["opds", "forms"]].isna().all()


def test_perception_is_commitment_collaboration_and_technology():
    table = perception_scores(survey_scores(Survey().study(), 2024))
    assert (
        set(table["section"]) == {"commitment", "collaboration"} and (table["question"] == table["question_text"]).all()
    )


def test_obstacles_come_in_order_with_the_share_that_names_them():
    table = obstacles(Survey().study(), 2024)
    assert table["severity"].is_monotonic_decreasing and table["rank"].tolist() == [1, 2]
    shares = table.set_index("obstacle")["share"]
    assert shares.to_dict() == {"money": 1.0, "people": 0.0}
    assert table.set_index("obstacle").loc["money", ["text_id", "text_en"]].tolist() == ["anggaran", "budget"]


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_shares_have_wilsons_interval(case):
    size, hits = case
    share, low, high = _share_interval(np.array([1.0] * hits + [0.0] * (size - hits)))
    known = stats.binomtest(hits, size).proportion_ci(0.95, method="wilson")
    assert (share, low, high) == pytest.approx((hits / size, known.low, known.high), abs=1e-12)


# --- importance and performance ---


def quadrant_survey():
    survey = Survey()
    places = {"GOV1": (5, 1), "GOV2": (5, 5), "GOV3": (1, 1), "ENV1": (1, 5)}
    for given_answers in survey.answers.values():
        for code, (importance, performance) in places.items():
            given_answers[f"IMP.{code}"] = (str(importance), None)
            given_answers[f"PER.{code}"] = (str(performance), None)
    study = survey.study()
    more = [
        question(f"{prefix}.{code}", section, pillar=code[:3], sub_dimension=code)
        for prefix, section in (("IMP", "importance"), ("PER", "performance")) for code in places
    ]  # fmt: skip
    questions = pd.concat([study.table("survey_questions"), pd.DataFrame(more)], ignore_index=True)
    return type(study)(study.name, None, study.spec, {**study.tables, "survey_questions": questions})


def test_the_four_quadrants_are_cut_at_the_means():
    table = importance_performance(quadrant_survey(), 2024).set_index("sub_dimension")
    assert table["quadrant"].to_dict() == {
        "GOV1": "concentrate", "GOV2": "keep_up", "GOV3": "low_priority", "ENV1": "overkill",
    }  # fmt: skip
    assert (table["cut_importance"] == 3).all() and (table["cut_performance"] == 3).all()
    assert table["stays"].tolist() == [1.0] * 4 and table["gap"].to_dict() == {
        "GOV1": -4,
        "ENV1": 4,
        "GOV2": 0,
        "GOV3": 0,
    }


def test_the_bootstrap_repeats_by_its_seed(kediri):
    one, other = (importance_performance(kediri, 2024) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert one["stays"].between(0, 1).all() and (one["status"] == "illustrative").all() and len(one) == 18


def test_drawn_means_are_those_of_a_slow_twin():
    rng = np.random.default_rng(5)
    values = rng.integers(1, 6, size=(2, 7, 4)).astype(float)
    values[rng.random(values.shape) < 0.2] = np.nan
    drawn = rng.integers(7, size=(20, 7))
    slow = np.stack([np.nanmean(values[:, own, :], axis=1) for own in drawn])
    np.testing.assert_allclose(_drawn_means(values, drawn), slow)


def test_a_value_at_the_cut_counts_as_above_it():
    assert _quadrants(np.array([[2.0, 2.0], [1.0, 3.0]])).tolist() == [2, 3]


# --- maturity ---


def test_own_and_verified_scores_are_kept_apart():
    pairs = maturity_pairs(Survey().study(verified=VERIFIED), 2024).set_index(["opd", "question"])
    assert pairs.loc[("a", "GOV1.1"), ["self_score", "verified", "difference"]].tolist() == [3, 2, -1]
    assert np.isnan(pairs.loc[("c", "GOV1.1"), "verified"])


def test_only_items_with_both_scores_are_compared():
    table = self_verified(Survey().study(verified=VERIFIED), 2024).set_index("pillar")
    row = table.loc["GOV"]
    assert row[["self_all", "self_score", "verified", "difference", "items", "opds", "forms"]].tolist() == [
        3, 3, 2.5, -0.5, 2, 2, 3,
    ]  # fmt: skip
    assert row["same_value"] == 0.5
    assert table.loc["ENV", "hidden"] and np.isnan(table.loc["ENV", "self_all"])


def test_by_opd_few_forms_are_hidden():
    survey = Survey()
    table = self_verified(survey.study(verified=VERIFIED), 2024, by="opd")
    assert table["hidden"].all() and table["self_score"].isna().all()
    shown = self_verified(survey.study(small_cell=1, verified=VERIFIED), 2024, by="opd").set_index("opd")
    assert shown.loc["a", "difference"] == -1


def test_an_assessment_that_tells_nothing_apart_is_seen():
    scores = [(opd, "GOV1.1", 2024.0, 2.2, None, "survey", "x") for opd in "abc"]
    assert self_verified(Survey().study(verified=scores), 2024)["same_value"].iloc[0] == 1


# --- reliability ---


def test_reliability_is_that_of_the_index_room(kediri):
    from smartcity_analysis.index import cronbach_alpha
    from smartcity_analysis.masterplan import survey_answers

    table = survey_reliability(kediri, 2024)
    own = survey_answers(kediri, 2024).query("section == 'commitment' and kind == 'scale'")
    expected = cronbach_alpha(own.pivot(index="form", columns="question", values="value"))
    row = table[table["section"] == "commitment"].iloc[0]
    assert (row["alpha"], row["alpha_lower"], row["forms"]) == (expected.value, expected.interval[0], expected.n)
    assert table.loc[table["section"] == "maturity", "pillar"].nunique() == 6
    assert row["alpha_lower"] < row["alpha"] < row["alpha_upper"]


def test_a_section_is_reliable_only_when_its_whole_interval_is(kediri):
    for row in survey_reliability(kediri, 2024).itertuples():
        expected = "reliable" if row.alpha_lower >= 0.7 else "low_reliability" if row.alpha_upper < 0.7 else "too_close"
        assert row.verdict == expected


def test_tables_keep_the_order_of_the_questionnaire(kediri):
    codes = list(kediri.table("survey_questions")["code"])
    for answered in (
        survey_scores(kediri, 2024)["question"],
        "IMP." + importance_performance(kediri, 2024)["sub_dimension"],
    ):
        places = [codes.index(code) for code in answered]
        assert places == sorted(places)


def test_too_few_forms_are_said_to_be_too_few():
    survey = Survey()
    for form in list(survey.forms)[2:]:
        del survey.forms[form], survey.answers[form]
    table = survey_reliability(survey.study(), 2024)
    assert (table["verdict"] == "not_computed").all() and table["alpha"].isna().all()


def test_without_a_survey_every_table_is_empty_with_its_columns(real):
    for table in (
        survey_scores(real, 2024), importance_performance(real, 2024), obstacles(real, 2024),
        survey_reliability(real, 2024), self_verified(real, 2024), maturity_pairs(real, 2024),
    ):  # fmt: skip
        assert table.empty and "status" in table.columns

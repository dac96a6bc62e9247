"""Kabupaten Malang 2022, the one evaluation that can be followed item by item."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.masterplan import (
    OBJECTIVES,
    effort_plan,
    evaluation_from_items,
    evaluation_of,
    item_check,
    item_framework,
    latest_evaluation,
    peer_table,
    score_plan,
    score_trend,
    target_gap,
    target_outlook,
)
from smartcity_analysis.study import load_framework, load_study

REFERENCE = Path(__file__).parents[1] / "reference" / "kab_malang_2022_items.csv"
LETTER = {"baseline": 1.40, "output": 1.54, "outcome": 2.92, "impact": 2.56, "quick_wins": 3.08}


@pytest.fixture(scope="module")
def malang(root):
    return load_study("malang", root=root)


# --- the study itself ---


def test_the_items_are_those_of_the_report(malang):
    expected = pd.read_csv(REFERENCE, comment="#").rename(columns={"item_id": "item"})
    items = malang.table("score_items")
    pd.testing.assert_frame_equal(items[expected.columns], expected, check_dtype=False)
    assert set(items["status"]) == {"official"} and set(items["year"]) == {2022}


def test_what_it_takes_from_other_studies_is_the_same_there(malang, kediri, jatim):
    own = jatim.table("indicators").query("region == '35.07'").reset_index(drop=True)
    pd.testing.assert_frame_equal(malang.table("indicators"), own)
    peers = kediri.table("peer_scores").query("cohort == 'kppn_ikn_2021'").reset_index(drop=True)
    pd.testing.assert_frame_equal(malang.table("peer_scores"), peers)
    letter = peers.set_index("city").loc["Kabupaten Malang"]
    published = malang.table("score_components").set_index("code")["score"]
    assert published.to_dict() == LETTER == letter[list(LETTER)].to_dict()
    assert malang.table("scores").set_index("year")["score"].to_dict() == {2022: 2.51} == {2022: letter["score"]}


# --- from items to dimensions ---


def test_dimensions_from_items_are_those_of_the_letter(malang):
    table = item_check(malang, 2022).set_index("code")
    assert table["items"].to_dict() == {"baseline": 5, "output": 7, "outcome": 31, "impact": 0, "quick_wins": 12}
    assert table["from_items"].round(4).to_dict() == pytest.approx(
        {"baseline": 1.4, "output": 1.5357, "outcome": 2.9194, "impact": float("nan"), "quick_wins": 3.0833},
        nan_ok=True,
    )
    assert (table["difference"].dropna().abs() <= 0.005).all()
    assert table["origin"].to_dict() == {**dict.fromkeys(LETTER, "from_items"), "impact": "as_published"}
    assert set(table["status"]) == {"official"}


def test_without_the_items_of_impact_there_is_no_score_from_items(malang):
    found, reason = evaluation_from_items(malang, 2022)
    assert reason == "" and found.evaluation.missing == ("impact",) and np.isnan(found.evaluation.score)
    assert found.origin["impact"] == "not_known" and "impact" not in found.scores


def test_with_the_published_impact_the_score_is_within_the_rounding_of_the_letter(malang):
    found, _ = evaluation_from_items(malang, 2022, fill=True)
    assert found.evaluation.score == pytest.approx(2.5039, abs=5e-5)
    assert abs(found.evaluation.score - 2.51) <= 0.013
    assert found.scores.index.tolist()[-1] == "impact" and len(found.scores) == 56
    assert evaluation_of(malang, 2022)[0].score == pytest.approx(2.504)


def test_a_year_or_study_without_items_has_no_evaluation_from_them(malang, kediri, jatim):
    assert evaluation_from_items(malang, 2023) == (None, "no_items")
    assert evaluation_from_items(jatim, 2022) == (None, "no_items")
    assert item_check(kediri, 2022).empty and "origin" in item_check(kediri, 2022)
    later = malang.table("score_items").assign(year=2024.0)
    study = type(malang)(malang.name, malang.folder, malang.spec, {**malang.tables, "score_items": later})
    assert evaluation_from_items(study, 2024) == (None, "no_weights")


def test_an_invented_item_makes_the_whole_an_illustration(malang):
    items = malang.table("score_items")
    items.loc[3, "status"] = "illustrative"
    study = type(malang)(malang.name, malang.folder, malang.spec, {**malang.tables, "score_items": items})
    assert set(item_check(study, 2022)["status"]) == {"illustrative"}


def test_items_must_belong_to_a_dimension():
    items = pd.DataFrame({"dimension": ["impct"], "code": ["I1"]})
    with pytest.raises(UnknownNameError, match=r"found 'impct'.*Did you mean 'impact'"):
        item_framework(load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021"), items)


# --- the smallest improvements, in quarters of a point ---


def oracle(weights, room, need, objective):
    """The same problem for a general solver of integer programmes; squares by their rising cost a step."""
    steps = np.round(room / 0.25).astype(int)
    n = len(weights)
    if objective == "items":
        cover = LinearConstraint(0.25 * np.concatenate([weights, 0 * weights])[None], need - 1e-9, np.inf)
        linked = LinearConstraint(np.hstack([np.eye(n), -np.diag(steps)]), -np.inf, 0)
        cost, upper = np.concatenate([np.zeros(n), np.ones(n)]), np.concatenate([steps, np.ones(n)])
        constraints = [cover, linked]
    else:
        rows = [(w, s) for w, top in zip(weights, steps, strict=True) for s in range(top)]  # one binary a step
        power = 2 if objective == "squares" else 1
        cost = np.array([((s + 1) * 0.25) ** power - (s * 0.25) ** power for _, s in rows])
        upper, constraints = np.ones(len(rows)), [
            LinearConstraint(0.25 * np.array([w for w, _ in rows])[None], need - 1e-9, np.inf)
        ]  # fmt: skip
    options = {"mip_rel_gap": 0}
    return milp(cost, constraints=constraints, bounds=Bounds(0, upper), integrality=np.ones(len(cost)), options=options)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("target", [2.6, 3.0, 3.5, 3.85])
def test_the_smallest_improvements_of_malang_are_those_of_a_general_solver(malang, objective, target):
    """Impact is held where it is: its items are not published, so nothing can be planned there."""
    found, _ = evaluation_from_items(malang, 2022, fill=True)
    ceiling = {code: found.scores[code] if code == "impact" else 4.0 for code in found.scores.index}
    plan = effort_plan(found.scores, found.framework, target, objective=objective, ceiling=ceiling, step=0.25)
    table = plan.table
    room = np.maximum(table["ceiling"] - table["present"], 0).to_numpy()
    expected = oracle(table["weight"].to_numpy(), room, target - plan.present, objective)
    assert plan.verdict == "reachable" and plan.planned >= target - 1e-9
    assert plan.effort == pytest.approx(expected.fun, abs=1e-6)
    assert table.set_index("code").loc["impact", "gain"] == 0
    assert (table["gain"] * 4 % 1 == 0).all() and (table["needed"] <= 4).all()
    weights = table.set_index("code")["weight"]
    assert weights["B1.1"] == pytest.approx(0.1 / 5) and weights["C-RA4"] == pytest.approx(0.3 / 31)


def test_malang_goes_no_further_than_its_impact_lets_it(malang):
    found, _ = evaluation_from_items(malang, 2022, fill=True)
    ceiling = {code: found.scores[code] if code == "impact" else 4.0 for code in found.scores.index}
    plan = effort_plan(found.scores, found.framework, 3.9, ceiling=ceiling, step=0.25)
    assert plan.verdict == "out_of_reach" and plan.most == pytest.approx(0.9 * 4 + 0.1 * 2.56)


# --- the tables of the review run on it ---


def test_malang_is_compared_in_its_own_cohort(malang):
    table = peer_table(malang, year=2022, cohort=malang.spec.evaluation.peer_cohort)
    assert len(table) == 38 and table.loc["Kabupaten Malang", "score"] == 2.51


def test_without_a_target_there_is_neither_plan_nor_outlook(malang):
    trend = score_trend(malang, until=2022)
    assert target_outlook(trend).verdict == "no_target"
    plan = score_plan(malang, target_gap(trend), until=2022)
    assert plan.start == "no_target" and plan.table.empty and plan.verdict == ""
    assert len(plan.scenarios) == 4 and latest_evaluation(malang, until=2022)[0] == 2022

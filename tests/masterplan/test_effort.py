"""The smallest improvements against a general solver, and on the ministry's evaluation."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp, minimize

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import ScoringError
from smartcity_analysis.masterplan import OBJECTIVES, effort_plan
from smartcity_analysis.study import load_framework
from smartcity_analysis.study.framework_files import framework_from_dict

KEDIRI = pd.Series({"baseline": 3.6, "output": 3.21, "outcome": 3.23, "impact": 3.07, "quick_wins": 3.65})
CLOSE = 1e-7


def tree_of(weights, rule="arithmetic", scale=(0, 4)):
    total = sum(weights)
    children = [{"code": f"i{n}", "weight": 100 * w / total} for n, w in enumerate(weights)]
    tree = {"code": "score", "rule": rule, "children": children}
    return framework_from_dict({"tree": tree, "scale": list(scale)}, file="any")


def solved(plan, framework):
    """Weights, gains and rooms of a plan, and what every plan must be."""
    table = plan.table
    w, gains = table["weight"].to_numpy(), table["gain"].to_numpy()
    room = np.maximum(table["ceiling"] - table["present"], 0).to_numpy()
    assert (gains >= 0).all() and (gains <= room + CLOSE).all()
    assert w.sum() == pytest.approx(1)
    assert plan.planned == pytest.approx(plan.present + w @ gains)
    assert table["contribution"].sum() == pytest.approx(plan.planned - plan.present)
    return w, gains, room


@st.composite
def problems(draw, most=12):
    n = draw(st.integers(1, most))
    weights = draw(st.lists(st.sampled_from([1, 2, 3, 5, 7, 11]) | st.floats(0.05, 10), min_size=n, max_size=n))
    quarters = draw(st.lists(st.integers(0, 16), min_size=n, max_size=n))
    prices = draw(st.lists(st.sampled_from([1.0, 2.0]) | st.floats(0.2, 5), min_size=n, max_size=n))
    framework = tree_of(weights)
    scores = pd.Series([q / 4 for q in quarters], index=[leaf.code for leaf in framework.leaves])
    target = draw(st.floats(0, 4))
    return framework, scores, target, dict(zip(scores.index, prices, strict=True))


# --- against general solvers ---


@given(problem=problems())
@settings(max_examples=80, deadline=None)
def test_fewest_points_are_those_of_linear_programming(problem):
    framework, scores, target, price = problem
    plan = effort_plan(scores, framework, target, price=price)
    w, gains, room = solved(plan, framework)
    need = target - plan.present
    c = np.array(list(price.values()))
    oracle = linprog(c, A_ub=-w[None], b_ub=[-need], bounds=list(zip(0 * room, room, strict=True)), method="highs")
    if plan.verdict == "out_of_reach":
        assert plan.most < target and plan.planned == pytest.approx(plan.most) and np.isnan(plan.effort)
        assert oracle.status == 2 or need - w @ room < 1e-6
    else:
        assert plan.planned >= target - CLOSE
        assert plan.effort == pytest.approx(oracle.fun, abs=1e-6)
        assert plan.effort == pytest.approx(c @ gains)


@given(problem=problems(), objective=st.sampled_from(["points", "items"]))
@settings(max_examples=60, deadline=None)
def test_whole_steps_are_those_of_integer_programming(problem, objective):
    framework, scores, target, price = problem
    plan = effort_plan(scores, framework, target, price=price, step=0.25, objective=objective)
    w, gains, room = solved(plan, framework)
    need, c, n = target - plan.present, np.array(list(price.values())), len(room)
    assert np.allclose(gains / 0.25, np.round(gains / 0.25))
    if plan.verdict == "out_of_reach":
        assert plan.most < target
        return
    assert plan.planned >= target - CLOSE
    most = np.round(room / 0.25)
    cover = LinearConstraint(0.25 * np.concatenate([w, 0 * w])[None], need - 1e-9, np.inf)
    linked = LinearConstraint(np.hstack([np.eye(n), -np.diag(most)]), -np.inf, 0)  # an item that rises counts
    cost = np.concatenate([0.25 * c, 0 * c]) if objective == "points" else np.concatenate([0 * c, np.ones(n)])
    oracle = milp(cost, constraints=[cover, linked], bounds=Bounds(0, np.concatenate([most, np.ones(n)])),
                  integrality=np.ones(2 * n), options={"mip_rel_gap": 0})  # fmt: skip
    assert plan.effort == pytest.approx(oracle.fun, abs=1e-5)


@given(problem=problems())
@settings(max_examples=60, deadline=None)
def test_fewest_items_are_those_of_trying_all(problem):
    framework, scores, target, price = problem
    plan = effort_plan(scores, framework, target, price=price, objective="items")
    w, gains, room = solved(plan, framework)
    need = target - plan.present
    sizes = [sum(chosen) for chosen in product((0, 1), repeat=len(w)) if (w * room) @ np.array(chosen) >= need - 1e-9]
    if plan.verdict == "out_of_reach":
        assert not sizes
    else:
        assert plan.effort == plan.changed == min(sizes) == np.count_nonzero(gains)
        assert plan.planned == pytest.approx(max(target, plan.present))  # and no more than is needed


@given(problem=problems(most=7))
@settings(max_examples=30, deadline=None)
def test_least_squares_are_those_of_a_general_solver(problem):
    framework, scores, target, price = problem
    plan = effort_plan(scores, framework, target, price=price, objective="squares")
    w, gains, room = solved(plan, framework)
    if plan.verdict != "reachable":
        return
    need, c = target - plan.present, np.array(list(price.values()))
    assert w @ gains == pytest.approx(need)
    free = gains < room - CLOSE  # where the room does not end it, all share one price of a point (Karush-Kuhn-Tucker)
    ratio = c * gains / w
    if free.any():
        assert np.ptp(ratio[free]) < 1e-6
        assert (ratio[~free & (room > 0)] <= ratio[free].max() + 1e-6).all()
    start = gains + 0.5 * (room - gains)
    oracle = minimize(
        lambda x: c @ x**2, start, jac=lambda x: 2 * c * x, bounds=list(zip(0 * room, room, strict=True)),
        constraints={"type": "ineq", "fun": lambda x: w @ x - need, "jac": lambda x: w}, method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    if oracle.success and w @ oracle.x >= need - 1e-9:
        assert plan.effort <= oracle.fun + 1e-6


@given(problem=problems(most=4))
@settings(max_examples=40, deadline=None)
def test_least_squares_in_steps_are_those_of_trying_all(problem):
    framework, scores, target, price = problem
    plan = effort_plan(scores, framework, target, price=price, objective="squares", step=0.5)
    w, _, room = solved(plan, framework)
    if plan.verdict != "reachable":
        return
    need, c = target - plan.present, np.array(list(price.values()))
    every = np.array(list(product(*(np.arange(np.floor(r / 0.5 + 1e-9) + 1) * 0.5 for r in room))))
    reaching = every[every @ w >= need - 1e-9]
    assert plan.effort == pytest.approx((reaching**2 @ c).min())


@given(problem=problems(), objective=st.sampled_from(OBJECTIVES), step=st.sampled_from([None, 0.25]))
@settings(max_examples=60, deadline=None)
def test_a_higher_target_never_takes_less(problem, objective, step):
    framework, scores, target, price = problem
    low, high = (
        effort_plan(scores, framework, t, price=price, objective=objective, step=step) for t in (target / 2, target)
    )
    if high.verdict != "out_of_reach":
        assert low.effort <= high.effort + CLOSE
        assert low.verdict != "out_of_reach"


# --- the ministry's evaluation ---


def test_kediri_reaches_its_target_from_2022_by_outcome_and_impact():
    """Components of letter B-1003/DJAI/AI.01.04/12/2022, weights 10/20/30/20/20: 0.285 needed, outcome gives 0.231."""
    plan = effort_plan(KEDIRI, load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019"), 3.6)
    assert plan.present == pytest.approx(3.315) and plan.verdict == "reachable" and plan.changed == 2
    assert plan.table["gain"].tolist() == pytest.approx([0, 0, 0.77, 0.27, 0])
    assert plan.effort == pytest.approx(1.04) and plan.most == pytest.approx(4.0)
    assert plan.table["owners"].isna().all()


def test_kediri_with_spread_effort_rises_in_proportion_to_the_weights():
    framework = load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019")
    plan = effort_plan(KEDIRI, framework, 3.6, objective="squares")
    assert plan.table["gain"].tolist() == pytest.approx([0.285 * w / 0.22 for w in (0.1, 0.2, 0.3, 0.2, 0.2)])


def test_of_items_that_count_alike_the_lowest_rises_first_then_the_first():
    plan = effort_plan(pd.Series({"i0": 2.0, "i1": 1.0, "i2": 1.0}), tree_of([1, 1, 1]), 2.0)
    assert plan.table["gain"].tolist() == pytest.approx([0, 2, 0])
    stepped = effort_plan(pd.Series({"i0": 2.0, "i1": 1.0, "i2": 1.0}), tree_of([1, 1, 1]), 1.5, step=0.25)
    assert stepped.table["gain"].tolist() == pytest.approx([0, 0.5, 0])


def test_what_cannot_be_reached_says_how_far_it_goes():
    framework = tree_of([1, 3])
    plan = effort_plan(pd.Series({"i0": 1.0, "i1": 2.0}), framework, 3.9, ceiling={"i0": 4.0, "i1": 3.0})
    assert (plan.verdict, plan.most, plan.changed) == ("out_of_reach", 3.25, 2)
    assert plan.table["needed"].tolist() == [4.0, 3.0] and np.isnan(plan.effort)


def test_what_is_reached_already_takes_nothing():
    plan = effort_plan(KEDIRI, load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019"), 3.3)
    assert (plan.verdict, plan.effort, plan.changed) == ("met", 0.0, 0)


def test_an_item_at_its_ceiling_takes_no_part():
    plan = effort_plan(pd.Series({"i0": 3.0, "i1": 2.0}), tree_of([9, 1]), 2.95, ceiling={"i0": 3.0, "i1": 4.0})
    assert plan.table["gain"].tolist() == pytest.approx([0, 0.5])


def test_a_tree_may_be_planned_at_any_height():
    framework = load_framework("gm100sc")
    pillars = pd.Series(2.0, index=[child.code for child in framework.root.children])
    plan = effort_plan(pillars, framework, 2.5, ceiling=4.0)
    assert plan.table["weight"].tolist() == pytest.approx([1 / 6] * 6) and plan.planned == pytest.approx(2.5)
    leaves = pd.Series(2.0, index=[leaf.code for leaf in framework.leaves])
    whole = effort_plan(leaves, framework, 2.5, ceiling=4.0)
    assert whole.table["weight"].sum() == pytest.approx(1) and whole.planned == pytest.approx(2.5)


def test_owners_are_those_of_the_catalogue_else_of_the_framework_else_nobody():
    framework = load_framework("gm100sc")
    leaves = pd.Series(2.0, index=[leaf.code for leaf in framework.leaves])
    plan = effort_plan(leaves, framework, 2.5, ceiling=4.0, owners={"GOV1.2": "Disdukcapil", "GOV1.3": ""})
    owners = plan.table.set_index("code")["owners"]
    assert owners["GOV1.1"] == "Diskominfo; OPD layanan" and owners["GOV1.2"] == "Disdukcapil"
    assert owners["GOV1.3"] == "OPD layanan"
    nobody = effort_plan(pd.Series({"i0": 1.0}), tree_of([1]), 2.0).table["owners"].iloc[0]
    assert nobody is None


def test_the_status_of_the_scores_is_that_of_the_plan():
    plan = effort_plan(pd.Series({"i0": 1.0}), tree_of([1]), 2.0, status="illustrative")
    assert plan.status == "illustrative" and set(plan.table["status"]) == {"illustrative"}


# --- what is refused ---


def test_only_weighted_sums_are_planned():
    framework = tree_of([1, 1], rule="geometric")
    with pytest.raises(ScoringError, match=r"the rule 'geometric' at 'score', expected 'arithmetic'\. Plan below"):
        effort_plan(pd.Series({"i0": 1.0, "i1": 2.0}), framework, 3.0)
    hdi = load_framework("human_development")
    with pytest.raises(ScoringError, match=r"the rule 'geometric' at"):
        effort_plan(pd.Series(50.0, index=[leaf.code for leaf in hdi.leaves]), hdi, 60.0)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"i0": 1.0}, "found nothing for i1, expected all that makes up the score"),
        ({"i0": 1.0, "i1": float("nan")}, "found no score for i1. What is not known cannot be planned"),
        ({"score": 1.0, "i0": 1.0, "i1": 1.0}, "found 'score' and a part of it, expected one of both"),
    ],
)
def test_scores_must_make_up_the_whole_once(scores, message):
    with pytest.raises(ScoringError, match=message):
        effort_plan(pd.Series(scores), tree_of([1, 1]), 3.0)


def test_a_code_must_come_once():
    with pytest.raises(ScoringError, match="found 'i0' twice, expected it once"):
        effort_plan(pd.Series([1.0, 2.0], index=["i0", "i0"]), tree_of([1]), 3.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"price": {"i0": 1.0}}, "The price: found none for i1"),
        ({"price": {"i0": 1.0, "i1": 0.0}}, "The price: found one of 0 or less, expected prices above 0"),
        ({"step": 0.0}, r"The step: found 0\.0, expected a size above 0, or None"),
        ({"ceiling": {"i0": 4.0}}, "The ceiling: found none for i1"),
        ({"ceiling": float("nan")}, "The ceiling: found no number for i0, i1"),
    ],
)
def test_settings_must_be_fit(options, message):
    with pytest.raises(ScoringError, match=message):
        effort_plan(pd.Series({"i0": 1.0, "i1": 2.0}), tree_of([1, 1]), 3.0, **options)


def test_a_target_must_be_known():
    with pytest.raises(ScoringError, match="The target: found nan, expected a number"):
        effort_plan(pd.Series({"i0": 1.0}), tree_of([1]), float("nan"))


def test_weights_must_be_in_force():
    with pytest.raises(ScoringError, match=r"'kominfo_evaluation': found no weights in force.*Use under\(\)"):
        effort_plan(KEDIRI, load_framework("kominfo_evaluation"), 3.6)


def test_a_framework_without_a_scale_needs_a_ceiling():
    framework = replace(tree_of([1]), scale=None)
    with pytest.raises(ScoringError, match="The ceiling: found no number for i0"):
        effort_plan(pd.Series({"i0": 1.0}), framework, 2.0)


def test_unknown_names_show_the_known_ones():
    with pytest.raises(UnknownNameError, match="Unknown objective: found 'point', expected one of 'points'"):
        effort_plan(pd.Series({"i0": 1.0}), tree_of([1]), 2.0, objective="point")
    with pytest.raises(UnknownNameError, match="Unknown framework code: found 'i9'"):
        effort_plan(pd.Series({"i9": 1.0}), tree_of([1]), 2.0)

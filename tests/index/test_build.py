import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, Method, NodeSpec, ScoringError, build_index
from smartcity_analysis.index.build import score_nodes
from smartcity_analysis.index.plan import plan_nodes
from smartcity_analysis.study import Framework, Leaf, Node, load_framework

from .strategies import tables

MINISTRY = Path(__file__).parents[1] / "reference" / "ministry_scores_2022.csv"


def leaf(code, weight=None, **settings):
    return Node(code, {}, weight=weight, leaf=Leaf(**settings))


def node(code, *children, **settings):
    return Node(code, {}, children=children, **settings)


def framework(root, scale=(0.0, 100.0)):
    return Framework("test", {}, root, scale=scale)


TREE = framework(
    node(
        "city",
        node("green", leaf("water", 60), leaf("air", 40, direction=-1), weight=25, min_available=0.5),
        node("life", leaf("school"), leaf("clinic"), weight=75, rule="geometric"),
    )
)
VALUES = pd.DataFrame(
    {
        "water": [10.0, 20.0, 15.0],
        "air": [1.0, 5.0, 2.0],
        "school": [3.0, 4.0, 5.0],
        "clinic": [7.0, 9.0, 8.0],
    },
    index=["Kota", "Mojoroto", "Pesantren"],
)
ABOVE_0 = IndexSpec(scale=(1, 100))


class TestHumanDevelopment:
    def test_kota_kediri_by_hand(self, components, hdi):
        """Goalposts, education as a plain mean, the index as a geometric mean: every step worked out by hand."""
        result = build_index(components, hdi)
        health = (74.04 - 20) / 65
        education = (15.27 / 18 + 10.15 / 15) / 2
        living = math.log(12359 / 1007.436) / math.log(26572.352 / 1007.436)
        assert (health, education, living) == pytest.approx((0.8314, 0.7625, 0.7661), abs=5e-5)
        kediri = result.scores.loc["35.71"]
        assert kediri[["health", "education", "living_standard"]].to_list() == pytest.approx(
            [100 * health, 100 * education, 100 * living]
        )
        assert result.total["35.71"] == pytest.approx(100 * (health * education * living) ** (1 / 3))
        assert round(result.total["35.71"], 2) == 78.60

    def test_published_indices_are_met(self, published, hdi):
        for year in (2010, 2021):
            table = published.loc[year]
            total = build_index(table[[n.code for n in hdi.leaves]].astype(float), hdi).total
            assert (total - table["published"]).abs().max() < 0.016
            assert total.name == "ipm"

    def test_scores_ranks_weights_and_coverage_are_labelled(self, components, hdi):
        result = build_index(components, hdi)
        assert list(result.scores.columns) == list(result.coverage.columns) == list(hdi.nodes)
        assert result.ranks["ipm"].idxmin() == "35.78" and result.ranks["ipm"].max() == len(components)
        assert result.weights.loc["mean_schooling", "nominal"] == 0.5
        assert result.weights.loc["mean_schooling", "effective"] == pytest.approx(1 / 6)
        assert (result.coverage == 1).all(axis=None)
        assert result.bounds.loc["spending", ["method", "transform", "lower"]].to_list() == [
            "goalposts",
            "log",
            1007.436,
        ]

    def test_other_rules_and_methods_in_one_word(self, components, hdi):
        plain = build_index(components, hdi, IndexSpec(aggregate="arithmetic"))
        assert (plain.total >= build_index(components, hdi).total).all()
        ranks = build_index(components, hdi, IndexSpec(normalise="rank", aggregate="arithmetic"))
        assert ranks.scores["spending"].max() == len(components)


def test_the_ministrys_levels_are_scores_already():
    table = pd.read_csv(MINISTRY, comment="#").set_index("city")
    rules = load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021")
    result = build_index(table.drop(columns="score"), rules)
    assert (result.total - table["score"]).abs().max() < 0.013
    pd.testing.assert_frame_equal(
        result.scores[["baseline", "impact"]], table[["baseline", "impact"]], check_exact=True
    )


def slow_index(scores, node, weights, shares):
    """One region, plain Python: leaf scores given, shares checked, rules applied from below."""
    if not node.children:
        return scores[node.code]
    below = [(weights[child.code], slow_index(scores, child, weights, shares)) for child in node.children]
    pairs = [(w, s) for w, s in below if not math.isnan(s)]
    share = sum(w for w, _ in pairs) / sum(w for w, _ in below)
    if not pairs or share < shares[node.code]:
        return math.nan
    total = sum(w for w, _ in pairs)
    if node.rule == "geometric":
        return math.exp(sum(w * math.log(s) for w, s in pairs) / total)
    return sum(w * s for w, s in pairs) / total


WEIGHTS = {"green": 25, "life": 75, "water": 60, "air": 40, "school": 50, "clinic": 50}


@settings(max_examples=40, deadline=None)
@given(values=tables(missing=True, varied=True, indicators=(4, 4)))
def test_the_index_equals_its_slow_twin(values):
    half = NodeSpec(min_available=0.5)
    result = build_index(values, TREE, IndexSpec(scale=(1, 100), nodes={"life": half, "city": half}))
    shares = {"city": 0.5, "green": 0.5, "life": 0.5}
    for region in values.index:
        expected = slow_index(result.scores.loc[region], TREE.root, WEIGHTS, shares)
        assert result.total[region] == pytest.approx(expected, nan_ok=True)


def test_a_batch_of_draws_equals_one_index_a_draw():
    rng = np.random.default_rng(0)
    values = VALUES.copy()
    values.loc["Kota", "air"] = np.nan
    single = build_index(values, TREE, ABOVE_0)
    leaves = {code: single.scores[code].to_numpy() for code in values}
    draws = {"city": rng.dirichlet([1, 1], 6), "green": rng.dirichlet([5, 5], 6), "life": rng.dirichlet([1, 1], 6)}
    relaxed = IndexSpec(scale=(1, 100), nodes={"green": NodeSpec(min_available=0.1)})
    batch = score_nodes(plan_nodes(TREE, relaxed), leaves, draws).scores["city"]
    assert batch.shape == (6, 3)
    for d in range(6):
        chosen = {
            child.code: w for code in draws for child, w in zip(TREE.node(code).children, draws[code][d], strict=True)
        }
        spec = IndexSpec(scale=(1, 100), weights=chosen, nodes={"green": NodeSpec(min_available=0.1)})
        np.testing.assert_allclose(batch[d], build_index(values, TREE, spec).total, rtol=1e-12)


def test_leaf_scores_may_carry_draws_too():
    plans = plan_nodes(TREE, ABOVE_0)
    leaves = {code: np.full((4, 2), 5.0) if code == "air" else np.full(2, 5.0) for code in VALUES}
    found = score_nodes(plans, leaves)
    assert found.scores["city"].shape == (4, 2) and np.allclose(found.scores["city"], 5)
    assert not found.faults


def test_a_draw_that_a_rule_cannot_take_is_missing_and_marked():
    leaves = {code: np.full((4, 2), 5.0) for code in VALUES}
    leaves["school"][1, 0] = 0.0
    found = score_nodes(plan_nodes(TREE, IndexSpec(min_available=0.1)), leaves)
    assert np.argwhere(found.faults["life"]).tolist() == [[1, 0, 0]]
    assert np.argwhere(np.isnan(found.scores["life"])).tolist() == [[1, 0]]


def test_scores_of_two_years_can_be_compared():
    before = build_index(VALUES, TREE, ABOVE_0)
    grown = VALUES.assign(water=VALUES["water"] + 10)
    after = build_index(grown, TREE, ABOVE_0, bounds=before.bounds)
    assert after.scores["water"].to_list() == pytest.approx([100, 199, 149.5])
    pd.testing.assert_frame_equal(after.bounds, before.bounds)
    clipped = IndexSpec(scale=(1, 100), normalise_options={"clip": True})
    assert build_index(grown, TREE, clipped, bounds=before.bounds).scores["water"].to_list() == [100, 100, 100]
    again = build_index(VALUES, TREE, ABOVE_0, bounds=before.bounds)
    pd.testing.assert_frame_equal(again.scores, before.scores)


def test_bounds_of_another_method_are_refused():
    ranged = build_index(VALUES, TREE, ABOVE_0).bounds
    with pytest.raises(ScoringError, match="found no column 'mean', 'sd', which zscore needs"):
        build_index(VALUES, TREE, IndexSpec(normalise="zscore", aggregate="arithmetic"), bounds=ranged)


def test_bounds_without_a_leaf_are_refused():
    with pytest.raises(ScoringError, match="found none for 'air', expected a row for every indicator"):
        build_index(VALUES, TREE, ABOVE_0, bounds=build_index(VALUES, TREE, ABOVE_0).bounds.drop("air"))


def test_single_leaves_may_have_fixed_bounds():
    flat = VALUES.assign(water=5.0)
    with pytest.raises(ScoringError, match="minmax: found a constant indicator in 'water'"):
        build_index(flat, TREE, ABOVE_0)
    result = build_index(flat, TREE, ABOVE_0, bounds={"water": (0, 10)})
    assert result.scores["water"].to_list() == [50.5] * 3
    assert result.bounds.loc["water", ["lower", "upper"]].to_list() == [0, 10]
    with pytest.raises(UnknownNameError, match=r"Unknown leaf with fixed bounds: found 'watr'.*mean 'water'"):
        build_index(flat, TREE, ABOVE_0, bounds={"watr": (0, 10)})
    ranked = IndexSpec(normalise="rank")
    with pytest.raises(ScoringError, match="The bounds: found some for 'water', whose method has none"):
        build_index(flat, TREE, ranked, bounds={"water": (0, 10)})


def test_fixed_bounds_go_before_goalposts(components, hdi):
    result = build_index(components, hdi, bounds={"life_expectancy": (25, 85)})
    assert result.scores.loc["35.71", "life_expectancy"] == pytest.approx(100 * (74.04 - 25) / 60)
    assert result.bounds.loc["mean_schooling", "upper"] == 15


def test_problems_of_all_leaves_are_told_at_once():
    flat = VALUES.assign(water=5.0, school=[1.0, 0.0, 2.0])
    spec = IndexSpec(nodes={"school": NodeSpec(normalise="goalposts")})
    with pytest.raises(ScoringError) as error:
        build_index(flat, TREE, spec)
    assert len(error.value.problems) == 2
    assert "constant indicator in 'water'" in str(error.value)
    assert "goalposts: found none for 'school'. Give the leaves goalposts, or bounds=" in str(error.value)


def test_a_score_of_0_under_a_geometric_rule_names_node_region_and_child():
    message = (
        r"'life', geometric: found scores of 0 or less in 'school' \(regions 'Kota'\); 'clinic' \(regions 'Kota'\)"
    )
    with pytest.raises(ScoringError, match=message):
        build_index(VALUES, TREE)


def test_columns_that_are_no_leaves_or_are_not_there_are_refused():
    faulty = VALUES.rename(columns={"water": "watr"}).assign(zzz=1.0).drop(columns="clinic")
    with pytest.raises(ScoringError) as error:
        build_index(faulty, TREE)
    assert error.value.problems == (
        "The values: found 'watr', which is no leaf of 'test'. Did you mean 'water'?",
        "The values: found 'zzz', which is no leaf of 'test'. Remove the column.",
        "The values: found no column 'clinic', expected one for every leaf. Add the columns, or let their parent do "
        "without with min_available below 1.",
    )


def test_a_leaf_may_be_left_out_where_its_parent_does_without():
    result = build_index(VALUES.drop(columns="air"), TREE, ABOVE_0)
    assert result.scores["green"].to_list() == pytest.approx(result.scores["water"].to_list())
    assert result.scores["air"].isna().all()
    assert result.coverage.loc["Kota", ["air", "green", "city"]].to_list() == [0, 0.5, 0.75]


def test_missing_values_are_never_left_out_quietly():
    values = VALUES.copy()
    values.loc["Kota", "air"] = np.nan  # 60 % of its parent's weight is left, and 50 % suffice
    values.loc["Mojoroto", "clinic"] = np.nan  # its parent wants everything
    result = build_index(values, TREE, ABOVE_0)
    assert result.scores["green"].notna().all()
    assert result.scores["life"].isna().to_list() == result.total.isna().to_list() == [False, True, False]
    assert result.ranks["city"].to_list() == [2, pd.NA, 1]
    assert result.coverage.loc["Mojoroto", "city"] == 0.75


def test_min_available_of_the_spec_holds_where_the_node_says_nothing():
    values = VALUES.copy()
    values.loc["Mojoroto", "water"] = np.nan  # 40 % left, the node wants 50 %
    values.loc["Kota", "clinic"] = np.nan  # 50 % left, the node says nothing
    result = build_index(values, TREE, IndexSpec(scale=(1, 100), min_available=0.3))
    assert result.scores["green"].isna().to_list() == [False, True, False]
    assert result.scores["life"].notna().all() and result.total.notna().all()


def test_the_order_of_columns_and_regions_does_not_matter():
    result = build_index(VALUES, TREE, ABOVE_0)
    turned = build_index(VALUES.iloc[::-1, ::-1], TREE, ABOVE_0)
    pd.testing.assert_frame_equal(turned.scores.loc[VALUES.index], result.scores)
    assert list(turned.total.index) == ["Pesantren", "Mojoroto", "Kota"]


def test_the_callers_table_is_left_alone():
    before = VALUES.copy(deep=True)
    result = build_index(VALUES, TREE, ABOVE_0)
    pd.testing.assert_frame_equal(VALUES, before)
    mine = VALUES.copy()
    kept = build_index(mine, TREE, ABOVE_0)
    mine.iloc[0, 0] = 999.0
    pd.testing.assert_frame_equal(kept.values, result.values)


def test_weights_in_the_whole_sum_to_1_over_the_leaves():
    table = build_index(VALUES, TREE, ABOVE_0).weights
    assert table.loc[list(VALUES), "effective"].to_list() == pytest.approx([0.15, 0.10, 0.375, 0.375])
    assert table.loc["air", ["parent", "nominal"]].to_list() == ["green", 0.4]
    assert table.loc["city", "effective"] == 1


def test_ties_share_the_lowest_rank_in_spite_of_the_last_bits():
    tree = framework(node("city", *(leaf(code, goalposts=(0, 1)) for code in "abcd")), scale=None)
    rows = [[0.3, 0.4, 0.2, 0.1], [0.2, 0.4, 0.3, 0.1], [0.9] * 4, [0.0] * 4]
    result = build_index(pd.DataFrame(rows, columns=list("abcd")), tree)
    assert result.ranks["city"].to_list() == [2, 2, 1, 4]


def test_tables_stand_in_the_order_of_the_tree_whatever_the_methods():
    spec = IndexSpec(aggregate="arithmetic", nodes={"air": NodeSpec(normalise="rank")})
    result = build_index(VALUES, TREE, spec)
    assert list(result.bounds.index) == ["water", "air", "school", "clinic"]
    assert result.bounds["method"].to_list() == ["minmax", "rank", "minmax", "minmax"]
    assert list(result.scores.columns) == ["city", "green", "water", "air", "life", "school", "clinic"]


class TestNoRule:
    tree = framework(node("iso", node("air", leaf("pm"), leaf("co")), leaf("trees"), rule="none"))
    values = pd.DataFrame({"pm": [1.0, 2.0], "co": [2.0, 4.0], "trees": [5.0, 6.0]})

    def test_a_node_without_a_rule_has_no_score_and_its_children_do(self):
        result = build_index(self.values, self.tree)
        assert result.total.isna().all() and result.ranks["iso"].isna().all()
        assert result.scores["air"].to_list() == [0, 100]
        assert result.weights.loc["air"].isna().drop("parent").all()
        assert result.weights.loc["pm", "nominal"] == 0.5

    def test_it_cannot_stand_below_a_node_that_needs_its_score(self):
        spec = IndexSpec(nodes={"iso": NodeSpec(aggregate="arithmetic"), "air": NodeSpec(aggregate="none")})
        with pytest.raises(ScoringError, match="found 'none' for 'air', whose parent needs scores"):
            build_index(self.values, self.tree, spec)


class TestStranger:
    """A researcher's own records work at every step of the tree."""

    def test_everywhere_a_name_is_accepted(self):
        share = Method(
            "share",
            lambda values, bounds: values / bounds["top"],
            "Bagian",
            "Share of the top",
            fit=lambda values: {"top": np.fmax.reduce(values, axis=-2, keepdims=True)},
            bounds=("top",),
        )
        last = Method("last", lambda scores, base: np.eye(scores.shape[-1])[-1], "Terakhir", "Last counts")
        highest = Method("highest", lambda scores, weights: scores.max(axis=-1), "Tertinggi", "Highest")
        spec = IndexSpec(
            normalise=share,
            aggregate=highest,
            nodes={"life": NodeSpec(weights=last), "water": NodeSpec(normalise="minmax")},
        )
        result = build_index(VALUES, TREE, spec)
        assert result.scores["life"].to_list() == pytest.approx([7 / 9, 1, 8 / 9])
        assert result.scores["air"].to_list() == pytest.approx([-0.2, -1, -0.4])
        assert result.scores["green"].to_list() == result.scores["water"].to_list() == [0, 100, 50]
        assert result.bounds.loc["clinic", "top"] == 9
        again = build_index(VALUES / 2, TREE, spec, bounds=result.bounds)
        assert again.scores["clinic"].to_list() == pytest.approx([7 / 18, 0.5, 8 / 18])

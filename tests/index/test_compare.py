import doctest
import math
from functools import cache
from importlib import import_module
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, Method, NodeSpec, ScoringError, build_index
from smartcity_analysis.index.change import EFFECTS, explain_index_change
from smartcity_analysis.index.compare import compare
from smartcity_analysis.study import Framework, Leaf, Node, load_framework, load_study

MEANS = ["arithmetic", "geometric", "harmonic"]
room = import_module("smartcity_analysis.index.change")
MINISTRY = Path(__file__).parents[1] / "reference" / "ministry_scores_2022.csv"
REGIONS = ["35.71", "35.72", "35.73"]
LEAVES = ["water", "air", "school", "clinic", "jobs"]


def leaf(code, **settings):
    return Node(code, {}, leaf=Leaf(goalposts=(0.0, 100.0), **settings))


def flat(*codes, rule="arithmetic", **settings):
    """A tree whose scores are its values."""
    root = Node("city", {}, rule=rule, children=tuple(leaf(code) for code in codes), **settings)
    return Framework("flat", {}, root, scale=(0.0, 100.0))


def deep(root="arithmetic", green="arithmetic", life="arithmetic"):
    """Two pillars and a leaf beside them."""
    pillars = [
        Node("green", {}, rule=green, children=(leaf("water"), leaf("air"))),
        Node("life", {}, rule=life, children=(leaf("school"), leaf("clinic", direction=-1))),
    ]
    return Framework("deep", {}, Node("city", {}, rule=root, children=(*pillars, leaf("jobs"))), scale=(0.0, 100.0))


def one(framework, spec=None, **values):
    return build_index(pd.DataFrame({code: [float(v)] for code, v in values.items()}, index=["a"]), framework, spec)


@st.composite
def versions(draw, rules=tuple(MEANS), method=True):
    """Two results that may differ in values, weights, rules and bounds."""
    results = []
    for side in range(2):
        if side == 0 or method:
            tree = deep(*(draw(st.sampled_from(rules)) for _ in range(3)))
            bounds = {"water": (draw(st.sampled_from([0.0, -30.0])), 120.0), "jobs": (-5.0, 100.0 + 10 * side)}
        numbers = [draw(st.lists(st.integers(1, 99), min_size=5, max_size=5)) for _ in REGIONS]
        values = pd.DataFrame(numbers, index=REGIONS, columns=LEAVES, dtype=float)
        codes = [code for code in tree.nodes if code != "city"]
        spec = IndexSpec(weights={code: float(draw(st.integers(1, 9))) for code in codes})
        results.append(build_index(values, tree, spec, bounds=bounds))
    return results


def slow_effects(before, after):
    """The mean over the six orders of values, weights and method; every state built anew, by the public function."""

    @cache
    def state(values, weights, method):
        spec = IndexSpec(weights=weights.weights["nominal"].drop("city").to_dict())
        return build_index(values.values, method.framework, spec, bounds=method.bounds).total

    blocks = ["values", "weights", "method"]
    effects = dict.fromkeys(blocks, 0.0)
    for order in permutations(blocks):
        now = dict.fromkeys(blocks, before)
        for block in order:
            changed = {**now, block: after}
            effects[block] = effects[block] + (state(**changed) - state(**now)) / 6
            now = changed
    return pd.DataFrame(effects)


def slow_parts(result, other, region, node, slope=1.0):
    """Hand the change of a node down a tree of means, child by child."""
    if not node.children:
        return {node.code: slope * (other.scores.loc[region, node.code] - result.scores.loc[region, node.code])}
    parts = {}
    scale = {"arithmetic": lambda x: x, "geometric": math.log, "harmonic": lambda x: 1 / x}[node.rule]

    def steepness(code):
        old, new = result.scores.loc[region, code], other.scores.loc[region, code]
        if math.isclose(old, new, rel_tol=1e-9):
            return {"arithmetic": 1, "geometric": 1 / old, "harmonic": -1 / old**2}[node.rule]
        return (scale(new) - scale(old)) / (new - old)

    for child in node.children:
        own = result.weights.loc[child.code, "nominal"] * steepness(child.code) / steepness(node.code)
        parts |= slow_parts(result, other, region, child, slope * own)
    return parts


def slow_shapley(before, after, framework, codes):
    """The Shapley value of every leaf by its definition: the mean over all orders of the leaves."""

    @cache
    def state(moved):
        return build_index(before.assign(**{code: after[code] for code in moved}), framework).total

    parts = pd.DataFrame(0.0, index=before.index, columns=codes)
    orders = list(permutations(codes))
    for order in orders:
        for n, code in enumerate(order):
            parts[code] += (state(frozenset(order[: n + 1])) - state(frozenset(order[:n]))) / len(orders)
    return parts


@pytest.fixture(scope="module")
def kediri_change(hdi):
    codes = [node.code for node in hdi.leaves]
    study = load_study("jatim")
    before, after = (build_index(study.values(codes, year), hdi) for year in (2010, 2021))
    return explain_index_change(before, after)


class TestHumanDevelopment:
    def test_the_indicators_of_kota_kediri_sum_to_its_change(self, kediri_change, published):
        """BPS: 72.20 in 2010, 78.60 in 2021; the goalposts are fixed, so that only the values changed."""
        kediri = kediri_change.indicators.loc["35.71"]
        assert abs(kediri.sum() - kediri_change.change["35.71"]) < 1e-10
        index = published["published"].xs("35.71", level="region")
        assert kediri_change.change["35.71"] == pytest.approx(index[2021] - index[2010], abs=0.03)
        assert kediri_change.effects.loc["35.71", ["coverage", "weights", "method"]].to_list() == [0, 0, 0]

    def test_the_logarithmic_mean_by_hand(self, kediri_change):
        """The index is a geometric mean of three: what health gives is L(index) times a third of log of its ratio."""
        old, new = (73.44 - 20) / 65, (74.04 - 20) / 65
        total = (72.192502, 78.602996)
        expected = (total[1] - total[0]) / math.log(total[1] / total[0]) * math.log(new / old) / 3
        assert kediri_change.indicators.loc["35.71", "life_expectancy"] == pytest.approx(expected, abs=1e-6)

    def test_all_38_regions_are_split_without_a_rest(self, kediri_change):
        assert len(kediri_change.effects) == 38 and kediri_change.unsplit.empty
        assert kediri_change.residual.abs().max() < 1e-10
        assert (kediri_change.indicators.sum(axis=1) - kediri_change.change).abs().max() < 1e-10


def test_the_ministrys_cohorts_differ_in_weights_alone():
    """Six cities of 2022 under the weights of both cohorts: 10 % go from quick wins to impact."""
    table = pd.read_csv(MINISTRY, comment="#").set_index("city").drop(columns="score")
    trees = [load_framework("kominfo_evaluation", year=2022, cohort=c) for c in ("kppn_ikn_2021", "100sc_2017_2019")]
    change = explain_index_change(*(build_index(table, tree) for tree in trees))
    np.testing.assert_allclose(change.effects["weights"], 0.1 * (table["impact"] - table["quick_wins"]), atol=1e-12)
    assert (change.effects.drop(columns="weights") == 0).all(axis=None)


@settings(max_examples=8, deadline=None)
@given(sides=versions())
def test_effects_are_the_mean_over_the_six_orders(sides):
    change = explain_index_change(*sides)
    expected = slow_effects(*sides)
    np.testing.assert_allclose(change.effects[expected.columns], expected, rtol=0, atol=1e-10)
    assert (change.effects["coverage"] == 0).all()


@settings(max_examples=8, deadline=None)
@given(sides=versions(rules=(*MEANS, "minimum")))
def test_nothing_is_left_over_and_the_way_back_is_the_opposite(sides):
    change, back = explain_index_change(*sides), explain_index_change(*reversed(sides))
    assert change.residual.abs().max() < 1e-10
    inside = change.contributions.T.groupby(level="effect").sum().T[list(EFFECTS)]
    np.testing.assert_allclose(inside, change.effects, rtol=0, atol=1e-10)
    np.testing.assert_allclose(back.effects, -change.effects, rtol=0, atol=1e-10)
    np.testing.assert_allclose(back.contributions, -change.contributions, rtol=0, atol=1e-10)


@settings(max_examples=8, deadline=None)
@given(sides=versions(method=False))
def test_values_in_a_tree_of_means_equal_the_slow_twin(sides):
    """With weights changed as well, the mean of the twin under the weights before and the weights after."""
    before, after = sides
    change = explain_index_change(before, after)
    expected = pd.DataFrame(0.0, index=REGIONS, columns=LEAVES)
    for weights in sides:
        spec = IndexSpec(weights=weights.weights["nominal"].drop("city").to_dict())
        old, new = (build_index(s.values, s.framework, spec, bounds=s.bounds) for s in sides)
        rows = {region: slow_parts(old, new, region, before.framework.root) for region in REGIONS}
        expected += pd.DataFrame(rows).T / 2
    np.testing.assert_allclose(change.indicators[LEAVES], expected, rtol=0, atol=1e-8)


class TestByHand:
    def test_arithmetic_is_the_split_of_bennet(self):
        tree = flat("x", "y")
        before = one(tree, IndexSpec(weights={"x": 1, "y": 3}), x=10, y=40)
        after = one(tree, IndexSpec(weights={"x": 1, "y": 1}), x=30, y=20)
        change = explain_index_change(before, after)
        assert change.indicators.loc["a"].to_list() == pytest.approx([0.375 * 20, 0.625 * -20])
        assert change.effects.loc["a", "weights"] == pytest.approx(0.25 * 20 - 0.25 * 30)

    def test_geometric(self):
        tree = flat("x", "y", rule="geometric")
        change = explain_index_change(one(tree, x=1, y=1), one(tree, x=2, y=8))
        assert change.indicators.loc["a"].to_list() == pytest.approx([3 * 1 / 4, 3 * 3 / 4])  # log 2, log 8 of log 16

    def test_harmonic(self):
        tree = flat("x", "y", rule="harmonic")
        change = explain_index_change(one(tree, x=1, y=1), one(tree, x=2, y=4))
        assert change.indicators.loc["a"].to_list() == pytest.approx([2 / 3, 1])

    def test_minimum_is_shared_among_those_who_lift_it(self):
        tree = flat("x", "y", rule="minimum")
        change = explain_index_change(one(tree, x=1, y=1), one(tree, x=5, y=5))
        assert change.indicators.loc["a"].to_list() == pytest.approx([2, 2])

    @pytest.mark.parametrize("rule", [*MEANS, "minimum"])
    def test_what_does_not_change_contributes_nothing(self, rule):
        tree = flat("x", "y", rule=rule)
        change = explain_index_change(one(tree, x=7, y=20), one(tree, x=7, y=3))
        assert change.indicators.loc["a", "x"] == 0
        assert change.indicators.loc["a", "y"] == pytest.approx(change.change["a"])
        assert not explain_index_change(one(tree, x=7, y=20), one(tree, x=7, y=20)).contributions.any(axis=None)

    @pytest.mark.parametrize("rule", MEANS)
    def test_a_hair_and_a_huge_step_are_split_alike_well(self, rule):
        tree = flat("x", "y", rule=rule)
        before = one(tree, x=1e-9, y=50)
        for x, y in ((1e-9 * (1 + 1e-9), 50 * (1 + 1e-9)), (99, 50 + 1e-9), (1e-9, 1e-9)):
            change = explain_index_change(before, one(tree, x=x, y=y))
            assert change.indicators.sum(axis=1)["a"] == pytest.approx(change.change["a"], rel=1e-6, abs=1e-14)
            assert change.indicators.notna().all(axis=None)


def base(rows=((40.0, 60, 20, 30, 50), (70, 18, 30, 10, 90), (15, 35, 55, 75, 25))):
    return pd.DataFrame(rows, index=REGIONS, columns=LEAVES, dtype=float)


class TestOneCauseAtATime:
    tree = deep(root="geometric", life="harmonic")

    def test_weights_alone(self):
        before = build_index(base(), self.tree)
        after = build_index(base(), self.tree, IndexSpec(nodes={"green": NodeSpec(weights={"water": 9, "air": 1})}))
        change = explain_index_change(before, after)
        assert (change.effects.drop(columns="weights") == 0).all(axis=None)
        np.testing.assert_allclose(change.effects["weights"], change.change, atol=1e-12)
        np.testing.assert_allclose(change.contributions["weights"]["green"], change.change, atol=1e-12)

    def test_bounds_alone_are_method(self):
        before = build_index(base(), self.tree)
        after = build_index(base(), self.tree, bounds={"jobs": (0, 200)})
        change = explain_index_change(before, after)
        assert (change.effects.drop(columns="method") == 0).all(axis=None)
        np.testing.assert_allclose(change.contributions["method"]["jobs"], change.change, atol=1e-12)

    def test_a_rule_alone_is_method_at_its_node(self):
        spec = IndexSpec(nodes={"life": NodeSpec(aggregate="minimum")})
        change = explain_index_change(build_index(base(), self.tree), build_index(base(), self.tree, spec))
        assert (change.effects.drop(columns="method") == 0).all(axis=None)
        np.testing.assert_allclose(change.contributions["method"]["life"], change.change, atol=1e-12)

    def test_a_constant_added_to_a_leaf_gives_its_weight_times_the_constant(self):
        tree = deep()
        spec = IndexSpec(weights={"green": 2, "life": 1, "jobs": 1})
        change = explain_index_change(
            build_index(base(), tree, spec), build_index(base().assign(air=base()["air"] + 8), tree, spec)
        )
        np.testing.assert_allclose(change.indicators["air"], 0.5 * 0.5 * 8)
        assert (change.indicators.drop(columns="air") == 0).all(axis=None)

    def test_the_weights_are_those_of_the_results_whatever_made_them(self):
        spread = Method("spread", lambda scores, base: np.ptp(scores, axis=-2), "Sebaran", "Spread")
        spec = IndexSpec(nodes={"green": NodeSpec(weights=spread)})
        moved = base().assign(water=[1.0, 2.0, 3.0])
        change = explain_index_change(build_index(base(), self.tree, spec), build_index(moved, self.tree, spec))
        assert (change.effects["weights"] != 0).all() and change.residual.abs().max() < 1e-10

    def test_another_node_is_explained_by_what_lies_below_it(self):
        before, after = build_index(base(), self.tree), build_index(base() + 5, self.tree)
        change = explain_index_change(before, after, "green")
        np.testing.assert_allclose(change.change, 5)
        assert list(change.indicators.columns) == ["water", "air"]
        np.testing.assert_allclose(change.indicators, 2.5)
        only_leaf = explain_index_change(before, after, "jobs")
        assert only_leaf.indicators["jobs"].to_list() == pytest.approx([5, 5, 5])


class TestOtherRules:
    @pytest.mark.parametrize(
        ("rule", "options"),
        [
            ("copeland", {}),
            ("topsis", {}),
            ("median", {}),
            ("mazziotta_pareto", {}),
            ("power", {"p": 2}),
            ("owa", {"power": 2}),
            ("benefit_of_doubt", {"spread": 0.5}),
        ],
    )
    def test_every_kind_of_rule_is_split_without_a_rest(self, rule, options):
        tree = flat("water", "air", "jobs")
        spec = IndexSpec(aggregate=rule, aggregate_options=options)
        values = base()[["water", "air", "jobs"]]
        change = explain_index_change(build_index(values, tree, spec), build_index(100 - values, tree, spec))
        assert change.unsplit.empty and change.change.abs().max() > 0
        np.testing.assert_allclose(change.indicators.sum(axis=1), change.change, rtol=0, atol=1e-10)

    def test_few_leaves_have_their_shapley_value(self):
        tree = flat(*LEAVES, rule="minimum")
        after = base()[LEAVES[::-1]].set_axis(LEAVES, axis=1)
        change = explain_index_change(build_index(base(), tree), build_index(after, tree))
        expected = slow_shapley(base(), after, tree, LEAVES)
        np.testing.assert_allclose(change.indicators, expected, rtol=0, atol=1e-12)
        assert change.contributions["values"].ne(0).any(axis=None)

    def test_many_leaves_are_split_without_a_rest(self):
        rng = np.random.default_rng(0)
        codes = [f"i{n}" for n in range(30)]
        tree = flat(*codes, rule="minimum")
        old, new = (build_index(pd.DataFrame(rng.uniform(1, 99, (4, 30)), columns=codes), tree) for _ in range(2))
        change, back = explain_index_change(old, new), explain_index_change(new, old)
        assert (change.indicators.sum(axis=1) - change.change).abs().max() < 1e-10
        np.testing.assert_allclose(back.indicators, -change.indicators, atol=1e-10)

    def test_leaves_that_do_the_same_share_alike_however_many(self):
        codes = [f"i{n}" for n in range(9)]
        product = Method("all", lambda s, w: (s / 100).prod(axis=-1), "Semua", "All together")
        tree = flat(*codes)
        spec = IndexSpec(aggregate=product)
        before, after = (one(tree, spec, **dict.fromkeys(codes, v)) for v in (50, 100))
        indicators = explain_index_change(before, after).indicators.loc["a"]
        assert indicators.to_list() == pytest.approx([(1 - 0.5**9) / 9] * 9)

    def test_small_pieces_give_the_same(self, monkeypatch):
        tree = flat(*LEAVES, rule="minimum")
        before, after = build_index(base(), tree), build_index(100 - base(), tree)
        whole = explain_index_change(before, after).indicators
        monkeypatch.setattr(room, "CELLS", 2_000)
        pd.testing.assert_frame_equal(explain_index_change(before, after).indicators, whole)

    def test_ranks_move_with_the_others_too(self):
        spec = IndexSpec(normalise="rank")
        moved = base().assign(jobs=[50.0, 10.0, 20.0])
        change = explain_index_change(build_index(base(), deep(), spec), build_index(moved, deep(), spec))
        assert change.indicators.loc["35.71", "jobs"] == pytest.approx(1 / 3)  # its own value is the same
        assert change.residual.abs().max() < 1e-10

    def test_a_rule_that_sets_regions_against_each_other_needs_the_same_regions(self):
        beaten = Method("beaten", lambda s, w: (s[..., :, None, :] > s[..., None, :, :]).mean((-1, -2)), "", "")
        spec = IndexSpec(aggregate=beaten)
        before, after = build_index(base(), deep(), spec), build_index(base()[::-1] * 0.9, deep(), spec)
        assert explain_index_change(before, after).residual.abs().max() < 1e-10
        fewer = build_index(base().iloc[:2], deep(), spec)
        with pytest.raises(ScoringError, match="found other scores before when the regions of both are scored"):
            explain_index_change(before, fewer)


class TestGaps:
    tolerant = flat("x", "y", min_available=0.5)

    def test_a_value_that_appears_is_coverage(self):
        before, after = one(self.tolerant, x=10, y=np.nan), one(self.tolerant, x=10, y=30)
        assert explain_index_change(before, after).effects.loc["a"].to_list() == pytest.approx([0, 10, 0, 0])
        assert explain_index_change(after, before).effects.loc["a"].to_list() == pytest.approx([0, -10, 0, 0])

    def test_coverage_and_values_together(self):
        """Whatever comes first: x gives 4 alone or 2 of both; y gives 20 / 2 or 16 / 2."""
        before, after = one(self.tolerant, x=10, y=np.nan), one(self.tolerant, x=14, y=30)
        change = explain_index_change(before, after)
        assert change.effects.loc["a"].to_list() == pytest.approx([3, 9, 0, 0])
        assert change.contributions.loc["a", ("coverage", "y")] == pytest.approx(9)

    def test_a_pillar_missing_on_both_sides_contributes_nothing(self):
        tree = deep(root="geometric")
        spec = IndexSpec(nodes={"city": NodeSpec(min_available=0.5)})
        holes = base().assign(water=[np.nan, 1.0, 2.0])
        later = (holes + 3).assign(air=90.0)
        change = explain_index_change(build_index(holes, tree, spec), build_index(later, tree, spec))
        assert change.indicators.loc["35.71", ["water", "air"]].to_list() == [0, 0]
        assert change.residual.abs().max() < 1e-10
        assert (change.indicators.sum(axis=1) - change.change).abs().max() < 1e-10

    def test_a_leaf_that_the_other_year_never_had(self):
        tree = Framework("t", {}, Node("city", {}, children=(Node("x", {}, leaf=Leaf()), Node("y", {}, leaf=Leaf()))))
        spec = IndexSpec(min_available=0.5)
        new = pd.DataFrame({"x": [1.0, 3.0], "y": [5.0, 9.0]}, index=["a", "b"])
        change = explain_index_change(build_index(new[["x"]], tree, spec), build_index(new, tree, spec))
        assert change.effects["coverage"].to_list() == change.change.to_list() == [0, 0]
        change = explain_index_change(build_index(new[["x"]], tree, spec), build_index(new.iloc[::-1], tree, spec))
        assert change.residual.abs().max() < 1e-10

    def test_regions_of_one_side_are_listed(self):
        before, after = build_index(base().iloc[:2], deep()), build_index(base().iloc[1:] + 1, deep())
        change = explain_index_change(before, after)
        assert list(change.effects.index) == ["35.72"]
        assert list(change.only_before) == ["35.71"] and list(change.only_after) == ["35.73"]
        holes = base().assign(jobs=[np.nan, 1.0, 2.0])
        assert list(explain_index_change(build_index(holes, deep()), after).only_after) == []

    def test_what_a_rule_cannot_take_is_left_unsplit_and_named(self):
        tree = deep(root="geometric")
        low = base().assign(jobs=[50.0, 0.0, 25.0])
        before, after = build_index(base(), tree), build_index(low, tree, bounds={"jobs": (-100, 100)})
        change = explain_index_change(before, after)
        assert list(change.unsplit) == ["35.72"]
        assert change.change.notna().all() and change.residual.isna().to_list() == [False, True, False]
        assert change.contributions.loc["35.72"].isna().any()

    def test_orders_through_what_a_rule_cannot_take_do_not_count(self):
        """From scores with a 0 and plain means to scores above 0 and geometric means: the leaves have to go first."""
        nought = base().assign(jobs=[50.0, 0.0, 25.0])
        before = build_index(nought, deep())
        spec = IndexSpec(nodes={"city": NodeSpec(aggregate="geometric")})
        change = explain_index_change(before, build_index(nought, deep(), spec, bounds={"jobs": (-100, 100)}))
        assert change.unsplit.empty
        method = change.contributions["method"].loc["35.72"]
        assert method["jobs"] == pytest.approx(50 / 3) and method["jobs"] + method["city"] == pytest.approx(
            change.change["35.72"]
        )

    def test_a_child_of_weight_0_may_have_any_score(self):
        tree = flat("x", "y", rule="geometric")
        before = one(tree, IndexSpec(weights={"x": 1, "y": 0}), x=10, y=0)
        after = one(tree, IndexSpec(weights={"x": 1, "y": 0}), x=20, y=-3)
        assert explain_index_change(before, after).indicators.loc["a"].to_list() == pytest.approx([10, 0])


class TestRefusals:
    def test_other_trees(self):
        with pytest.raises(ScoringError, match=r"The trees: found 'y', 'z' in one only.*weight 0"):
            explain_index_change(one(flat("x", "y"), x=1, y=1), one(flat("x", "z"), x=1, z=1))

    def test_a_year_with_another_evaluation_dimension(self):
        trees = [
            load_framework("kominfo_evaluation", year=year, cohort=cohort)
            for year, cohort in ((2022, "kppn_ikn_2021"), (2023, "kppn_ikn_stage_2"))
        ]
        made = [one(tree, **{node.code: 3 for node in tree.leaves}) for tree in trees]
        with pytest.raises(ScoringError, match="The trees: found 'collaboration' in one only"):
            explain_index_change(*made)

    def test_no_region_in_common(self):
        before, after = build_index(base().iloc[:1], deep()), build_index(base().iloc[1:], deep())
        with pytest.raises(ScoringError, match="The change of 'city': found no region that has a score before and"):
            explain_index_change(before, after)

    def test_values_the_other_side_cannot_score(self):
        logged = Leaf(goalposts=(1.0, 100.0), transform="log")
        tree = Framework("t", {}, Node("city", {}, children=(Node("x", {}, leaf=logged),)))
        plain = Framework("t", {}, Node("city", {}, children=(leaf("x"),)))
        message = "Values after, scored as before: log: found values of 0 or less in 'x'"
        with pytest.raises(ScoringError, match=message):
            explain_index_change(one(tree, x=5), one(plain, x=0))

    def test_an_unknown_node(self):
        with pytest.raises(UnknownNameError, match=r"Unknown framework code: found 'gren'.*Did you mean 'green'"):
            explain_index_change(build_index(base(), deep()), build_index(base(), deep()), "gren")


@pytest.fixture(scope="module")
def both():
    spec = IndexSpec(weights={"green": 0, "life": 0, "jobs": 1})
    made = {"now": IndexSpec(), "jobs": spec, "low": IndexSpec(aggregate="minimum")}
    return compare({name: build_index(base(), deep(), spec) for name, spec in made.items()})


class TestCompare:
    def test_scores_and_ranks_stand_side_by_side(self, both):
        assert list(both.scores.columns) == list(both.ranks.columns) == ["now", "jobs", "low"]
        assert both.scores["jobs"].to_list() == [50, 90, 25]
        assert both.ranks["now"].to_list() == [2, 1, 3] and both.ranks["low"].to_list() == [1, 2, 3]

    def test_shifts_are_places_won(self, both):
        assert both.shifts["jobs"].to_list() == [0, 0, 0]
        assert both.shifts["low"].to_list() == [1, -1, 0]

    def test_movers_are_those_that_move(self, both):
        assert list(both.movers().index) == ["35.71", "35.72"]
        assert list(both.movers(1).index) == ["35.71"]

    def test_rank_correlation(self, both):
        """Three regions, one of three pairs turned: tau = 1/3, rho = 1 - 6 * 2 / 24."""
        assert both.correlation().loc["now", "low"] == pytest.approx(0.5)
        assert both.correlation("kendall").loc["now", ["jobs", "low"]].to_list() == pytest.approx([1, 1 / 3])

    def test_summary(self, both):
        summary = both.summary()
        assert summary.loc["jobs"].to_list() == [0, 0, 0]
        assert summary.loc["low"].to_list() == pytest.approx([2 / 3, 1, 2 / 3])

    def test_why_names_the_nodes_most_first_and_sums_to_the_change(self, both):
        why = both.why("35.72", "now", "jobs")
        assert list(why.index) == ["city"] and why.loc["city", "weights"] == why.loc["city", "total"]
        why = both.why("35.71", "now", "low")
        assert set(why.index) == {"city", "green", "life"}
        assert why["total"].abs().is_monotonic_decreasing
        assert why["total"].sum() == pytest.approx(both.scores.loc["35.71", "low"] - both.scores.loc["35.71", "now"])
        assert list(why.columns) == [*EFFECTS, "total"]

    def test_any_number_of_versions_and_regions_of_one_version(self):
        whole = build_index(base(), deep())
        made = compare({"all": whole, "two": build_index(base().iloc[:2], deep()), "again": whole})
        assert made.shifts["two"].isna().to_list() == [False, False, True]
        assert made.summary().loc["two", "share_moved"] == 0
        with pytest.raises(UnknownNameError, match=r"Unknown region with a score in 'all' and 'two': found '35.73'"):
            made.why("35.73", "all", "two")

    def test_refusals(self, both):
        with pytest.raises(UnknownNameError, match=r"Unknown version: found 'lo'.*Did you mean 'low'"):
            both.why("35.71", "now", "lo")
        with pytest.raises(UnknownNameError, match="Unknown rank correlation: found 'pearson'"):
            both.correlation("pearson")
        with pytest.raises(ScoringError, match="compare: found 1 versions, expected at least two"):
            compare({"now": both.versions["now"]})


def test_every_example_does_what_it_says():
    result = doctest.testmod(room)
    assert result.failed == 0 and result.attempted > 0

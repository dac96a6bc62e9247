import pytest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, Method, NodeSpec, ScoringError
from smartcity_analysis.index.plan import plan_leaves, plan_nodes
from smartcity_analysis.study import Framework, Leaf, Node, load_framework


def plans(framework, spec):
    return {plan.code: plan for plan in plan_nodes(framework, spec)}


def test_a_spec_is_frozen_and_keeps_its_scale_in_numbers():
    spec = IndexSpec(scale=[1, 100])
    assert spec.scale == (1.0, 100.0)
    with pytest.raises(AttributeError):
        spec.scale = (0, 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_available": 65}, "min_available: found 65, expected a share from 0 to 1"),
        ({"scale": (100, 0)}, r"scale: found \(100, 0\), expected \(lower, upper\) with lower below upper"),
        ({"aggregate_options": {"p": 2}}, "aggregate_options: found without aggregate="),
    ],
)
def test_a_faulty_spec_is_refused_where_it_is_written(settings, message):
    with pytest.raises(ScoringError, match=message):
        IndexSpec(**settings)


def test_the_frameworks_own_choices_are_the_default(hdi):
    found = plans(hdi, IndexSpec())
    assert found["ipm"].rule.name == "geometric" and found["education"].rule.name == "arithmetic"
    assert {plan.method.name for plan in plan_leaves(hdi, IndexSpec()).values()} == {"goalposts"}
    assert {plan.scale for plan in plan_leaves(hdi, IndexSpec()).values()} == {(0.0, 100.0)}


def test_the_spec_overrides_the_framework_and_a_node_overrides_the_spec(hdi):
    spec = IndexSpec(
        aggregate="minimum",
        normalise="percentile_rank",
        min_available=0.9,
        nodes={
            "ipm": NodeSpec(aggregate="harmonic", min_available=0.2),
            "spending": NodeSpec(normalise="minmax", normalise_options={"clip": True}),
        },
    )
    nodes, leaves = plans(hdi, spec), plan_leaves(hdi, spec)
    assert nodes["ipm"].rule.name == "harmonic" and nodes["education"].rule.name == "minimum"
    assert nodes["ipm"].min_available == 0.2 and nodes["education"].min_available == 0.9
    assert leaves["spending"].method.name == "minmax" and leaves["spending"].options == {"clip": True}
    assert leaves["life_expectancy"].method.name == "percentile_rank"


def test_min_available_comes_from_the_override_then_the_node_then_the_spec():
    children = tuple(Node(code, {}, leaf=Leaf()) for code in "ab")
    tree = Framework("tree", {}, Node("all", {}, children=children, min_available=0.5))
    assert plans(tree, IndexSpec(min_available=0.9))["all"].min_available == 0.5
    override = IndexSpec(min_available=0.9, nodes={"all": NodeSpec(min_available=0.0)})
    assert plans(tree, override)["all"].min_available == 0.0


def test_options_reach_the_rule_they_belong_to(hdi):
    power = Method("power", lambda scores, weights, p=1: scores.mean(axis=-1), "Pangkat", "Power")
    found = plans(hdi, IndexSpec(aggregate=power, aggregate_options={"p": 3}, nodes={"health": NodeSpec("minimum")}))
    assert found["ipm"].options == {"p": 3} and found["health"].options == {}
    with pytest.raises(UnknownNameError, match="Unknown option of power: found 'q'"):
        plan_nodes(hdi, IndexSpec(aggregate=power, aggregate_options={"q": 3}))


def test_a_shared_option_goes_to_the_leaves_whose_method_has_it(hdi):
    spec = IndexSpec(normalise_options={"clip": True}, nodes={"spending": NodeSpec(normalise="rank")})
    leaves = plan_leaves(hdi, spec)
    assert leaves["life_expectancy"].options == {"clip": True} and leaves["spending"].options == {}


def test_weights_by_code_replace_whole_groups_by_name(hdi):
    found = plans(hdi, IndexSpec(weights={"mean_schooling": 3, "expected_schooling": 1}))
    assert found["education"].base.tolist() == [1, 3]
    assert found["ipm"].base.tolist() == pytest.approx([1 / 3] * 3)
    with pytest.raises(ScoringError, match="weights below 'education': found none for 'expected_schooling'"):
        plan_nodes(hdi, IndexSpec(weights={"mean_schooling": 3}))
    with pytest.raises(UnknownNameError, match=r"found 'mean_scholing'.*mean 'mean_schooling'"):
        plan_nodes(hdi, IndexSpec(weights={"mean_scholing": 3}))


def test_declared_weights_can_be_set_aside():
    rules = load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021")
    assert plans(rules, IndexSpec())["score"].base.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.1, 0.3])
    assert plans(rules, IndexSpec(weights="equal"))["score"].weighting.name == "equal"


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        (IndexSpec(nodes={"ipn": NodeSpec("minimum")}), UnknownNameError, "found 'ipn'.*mean 'ipm'"),
        (IndexSpec(aggregate="geomtric"), UnknownNameError, "Unknown rule of 'ipm': found 'geomtric'.*'none'"),
        (IndexSpec(weights="equl"), UnknownNameError, "Unknown weighting method: found 'equl'.*mean 'equal'"),
        (
            IndexSpec(nodes={"ipm": NodeSpec(normalise="rank")}),
            ScoringError,
            "found 'normalise', but 'ipm' has children",
        ),
        (
            IndexSpec(nodes={"spending": NodeSpec(weights="equal")}),
            ScoringError,
            "found 'weights', but 'spending' is a leaf",
        ),
    ],
)
def test_faulty_choices_for_nodes_are_refused(hdi, spec, error, message):
    with pytest.raises(error, match=message):
        plan_nodes(hdi, spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (IndexSpec(normalise="minmix"), "Unknown normalisation method: found 'minmix'.*mean 'minmax'"),
        (IndexSpec(normalise_options={"clp": True}), "Unknown option of normalise: found 'clp'.*mean 'clip'"),
        (
            IndexSpec(nodes={"spending": NodeSpec(normalise_options={"cl": 1})}),
            "Unknown option of goalposts: found 'cl'",
        ),
    ],
)
def test_faulty_choices_for_leaves_are_refused(hdi, spec, message):
    with pytest.raises(UnknownNameError, match=message):
        plan_leaves(hdi, spec)


class TestLevels:
    """Leaves of type level are scores already, but only where nothing else stands beside them."""

    levels = Framework("levels", {}, Node("all", {}, children=(Node("a", {}, leaf=Leaf("level")),)), scale=(1.0, 5.0))

    def test_a_framework_of_levels_is_taken_as_given(self):
        assert plan_leaves(self.levels, IndexSpec())["a"].method.name == "none"

    def test_a_level_beside_numbers_is_normalised_like_them(self):
        children = (*self.levels.root.children, Node("b", {}, leaf=Leaf("number")))
        mixed = Framework("mixed", {}, Node("all", {}, children=children), scale=(0.0, 4.0))
        assert {plan.method.name for plan in plan_leaves(mixed, IndexSpec()).values()} == {"minmax"}

    def test_levels_stay_on_their_scale(self):
        with pytest.raises(ScoringError, match=r"'a' are scores on \(1.0, 5.0\) already. Leave scale out"):
            plan_leaves(self.levels, IndexSpec(scale=(0, 100)))
        assert plan_leaves(self.levels, IndexSpec(scale=(1, 5)))["a"].scale == (1.0, 5.0)


def test_a_method_without_a_scale_leaves_the_frameworks_aside(hdi):
    assert plan_leaves(hdi, IndexSpec(normalise="zscore"))["spending"].scale is None

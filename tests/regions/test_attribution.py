import functools
import itertools

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import Method, ScoringError, aggregate, build_index
from smartcity_analysis.regions import DisparityError, attribute_index, attribute_scores, attribute_sources, disparity
from smartcity_analysis.regions import attribution as module
from smartcity_analysis.study import load_framework

from .family import FAMILY, close, skewed

WEIGHTS = {"health": 3.0, "roads": 1.0, "water": 2.0, "waste": 2.0}
PEOPLE = skewed(9)[1]


def table(seed=0, columns=tuple(WEIGHTS)):
    numbers = np.random.default_rng(seed).uniform(1, 9, (9, len(columns)))
    return pd.DataFrame(numbers, PEOPLE.index, list(columns))


def average_over_orders(players, worth):
    """Shapley values from all orders, one at a time."""
    worth = functools.cache(worth)
    found = dict.fromkeys(players, 0.0)
    orders = list(itertools.permutations(players))
    for order in orders:
        for i, player in enumerate(order):
            found[player] += (worth(frozenset(order[: i + 1])) - worth(frozenset(order[:i]))) / len(orders)
    return found


def equalised(scores, unequal, people):
    means = (scores.mul(people, axis=0)).sum() / people.sum()
    return pd.DataFrame({c: scores[c] if c in unequal else means[c] for c in scores}, scores.index)


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "minimum"])
@pytest.mark.parametrize("measure", FAMILY, ids=lambda m: m.name)
def test_agrees_with_all_orders_and_sums_to_the_total(method, measure):
    scores = table()

    def worth(unequal):
        index = aggregate(equalised(scores, unequal, PEOPLE), WEIGHTS, method)
        return disparity(index, measure, population=PEOPLE)

    found = attribute_scores(scores, WEIGHTS, method, measure, population=PEOPLE)
    expected = average_over_orders(list(WEIGHTS), worth)
    assert found.contributions.to_dict() == pytest.approx(expected, rel=1e-9, abs=1e-10)
    assert found.contributions.sum() == pytest.approx(found.total - found.at_equality, abs=1e-10)
    assert found.total == worth(set(WEIGHTS))
    assert found.shares.sum() == close(1)


def test_blocks_of_combinations_change_nothing(monkeypatch):
    whole = attribute_scores(table(), WEIGHTS, "geometric").contributions
    monkeypatch.setattr(module, "_CELLS", 80)
    pd.testing.assert_series_equal(attribute_scores(table(), WEIGHTS, "geometric").contributions, whole)


def test_one_unequal_pillar_is_named():
    scores = table() * 0 + 4.0
    scores["water"] = table()["water"]
    for method in ("arithmetic", "geometric"):
        shares = attribute_scores(scores, WEIGHTS, method, "theil_t").shares
        assert shares.idxmax() == "water"
        assert shares.to_dict() == close({"health": 0, "roads": 0, "water": 1, "waste": 0})


def test_twins_contribute_the_same_and_a_weight_of_zero_nothing():
    scores = table().assign(roads=table()["waste"])
    found = attribute_scores(scores, WEIGHTS | {"roads": 2.0, "health": 0.0}, "geometric").contributions
    assert found["roads"] == close(found["waste"])
    assert found["health"] == pytest.approx(0, abs=1e-12)


def test_for_a_variance_shapley_is_the_source_decomposition():
    scores = table(3)
    parts = scores * pd.Series(WEIGHTS) / sum(WEIGHTS.values())
    for people in (None, PEOPLE):
        one = attribute_scores(scores, WEIGHTS, "arithmetic", "generalised_entropy_2", population=people)
        other = attribute_sources(parts, "generalised_entropy_2", population=people)
        assert one.contributions.to_dict() == pytest.approx(other.contributions.to_dict(), abs=1e-10)


def test_a_strangers_rule_and_many_parts():
    scores = table(1, tuple("abcdefghijkl"))
    own = Method("sum of squares", lambda s, w: (w * s**2).sum(axis=-1), "", "")
    found = attribute_scores(scores, dict.fromkeys(scores, 1), own, "theil_t", population=PEOPLE)
    assert len(found.contributions) == 12
    assert found.contributions.sum() == pytest.approx(found.total, abs=1e-10)


def test_shares_are_not_known_without_disparity():
    assert attribute_scores(table() * 0 + 1, WEIGHTS).shares.isna().all()


# --- trees ---


@pytest.fixture(scope="module")
def hdi():
    rng = np.random.default_rng(0)
    columns = {"life_expectancy": (60, 75), "expected_schooling": (10, 16), "mean_schooling": (4, 11)}
    values = pd.DataFrame({code: rng.uniform(*ends, 9) for code, ends in columns.items()}, PEOPLE.index)
    return build_index(values.assign(spending=rng.uniform(7_000, 20_000, 9)), load_framework("human_development"))


@pytest.mark.parametrize("measure", ["gini", "theil_t"])
def test_indicators_agree_with_all_orders_that_keep_pillars_together(hdi, measure):
    framework = hdi.framework
    leaves = [leaf.code for leaf in framework.leaves]
    pillar = {
        leaf: next(p.code for p in framework.root.children if leaf in [n.code for n in p.walk()]) for leaf in leaves
    }

    def worth(unequal):
        scores = equalised(hdi.scores[leaves], unequal, PEOPLE)
        education = scores[["expected_schooling", "mean_schooling"]].mean(axis=1)
        index = (scores["life_expectancy"] * education * scores["spending"]) ** (1 / 3)
        return disparity(index, measure, population=PEOPLE)

    orders = [o for o in itertools.permutations(leaves) if len(list(itertools.groupby(o, pillar.get))) == 3]
    expected = dict.fromkeys(leaves, 0.0)
    for order in orders:
        for i, leaf in enumerate(order):
            expected[leaf] += (worth(set(order[: i + 1])) - worth(set(order[:i]))) / len(orders)
    found = attribute_index(hdi, measure, population=PEOPLE)
    assert found.contributions[leaves].to_dict() == pytest.approx(expected, abs=1e-10)
    assert found.total == disparity(hdi.total, measure, population=PEOPLE)
    root = framework.root.code
    assert found.below(root).sum() == pytest.approx(found.total, abs=1e-10)
    assert found.below("education").sum() == pytest.approx(found.contributions["education"], abs=1e-10)
    assert found.below(root).is_monotonic_decreasing


def test_a_pillar_can_be_taken_apart_on_its_own(hdi):
    found = attribute_index(hdi, "hoover", node="education")
    assert set(found.contributions.index) == {"expected_schooling", "mean_schooling"}
    assert found.contributions.sum() == pytest.approx(disparity(hdi.scores["education"], "hoover"), abs=1e-10)


def test_the_disparity_of_east_java_is_taken_apart(jatim):
    codes = [leaf.code for leaf in load_framework("human_development").leaves]
    result = build_index(jatim.values(codes, 2021), load_framework("human_development"))
    found = attribute_index(result, "theil_t")
    assert found.below(result.framework.root.code).sum() == pytest.approx(found.total, abs=1e-10)
    assert found.below(result.framework.root.code).index[0] == "education"


# --- what is refused ---


def test_missing_scores_are_refused():
    scores = table()
    scores.loc["35.71.0002", "roads"] = np.nan
    with pytest.raises(DisparityError, match=r"Found no score in 'roads' for '35.71.0002'; expected one for every"):
        attribute_scores(scores, WEIGHTS)
    with pytest.raises(UnknownNameError, match="option of arithmetic: found 'min_available'"):
        attribute_scores(scores, WEIGHTS, min_available=0.5)


@pytest.mark.parametrize("node", ["educaton", "spending"])
def test_unknown_nodes_and_leaves_are_refused(hdi, node):
    with pytest.raises(UnknownNameError, match=f"Unknown node.*: found '{node}', expected one of"):
        attribute_index(hdi, node=node)
    with pytest.raises(UnknownNameError, match="Unknown node with parts: found 'spending'"):
        attribute_index(hdi).below("spending")


def test_scores_below_zero_are_refused_with_the_remedy():
    scores = table() - 5
    with pytest.raises(DisparityError, match="Found values below 0 in"):
        attribute_scores(scores, WEIGHTS)
    opposed = pd.DataFrame({"a": [-4.0, 5.0, 1.0], "b": [5.0, -4.0, 1.0]})
    with pytest.raises(DisparityError, match="Found an index below 0 while parts were equal; expected 0"):
        attribute_scores(opposed, {"a": 1, "b": 1})
    with pytest.raises(ScoringError, match="found no"):
        attribute_scores(table(), {"health": 1})


def test_too_many_parts_side_by_side_are_refused():
    scores = table(1, tuple("abcdefghijklmnopqrs"))
    with pytest.raises(DisparityError, match=r"Found 262,144 combinations of the parts of .*at most 17 parts"):
        attribute_scores(scores, dict.fromkeys(scores, 1))

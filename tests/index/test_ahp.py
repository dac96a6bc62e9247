"""Judgements of people: published cases, contradictions, groups."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import RANDOM_INDICES, ScoringError, ahp, best_worst, budget_allocation

REFERENCE = Path(__file__).parents[1] / "reference"


def published(name):
    table = pd.read_csv(REFERENCE / f"ahp_saaty_{name}.csv", comment="#", index_col="item").astype(float)
    return table.drop(columns="published"), table["published"]


class TestPublished:
    def test_drinks(self):
        judgements, expected = published("drinks")
        result = ahp(judgements)
        assert (result.weights - expected).abs().max() < 0.00051
        assert result.consistency_ratio == pytest.approx(0.022, abs=0.0005)
        assert result.random_index == 1.32 and result.random_index_table == "saaty_1980"
        assert result.principal_eigenvalue == pytest.approx(7 + 6 * 1.32 * result.consistency_ratio)

    @pytest.mark.parametrize(("table", "value", "ratio"), [("saaty_2004", 1.11, 0.0507), ("saaty_1980", 1.12, 0.0503)])
    def test_city_criteria_depend_on_the_table(self, table, value, ratio):
        judgements, expected = published("city_criteria")
        result = ahp(judgements, random_index=table)
        assert (result.weights - expected).abs().max() < 0.000051
        assert result.random_index == value
        assert result.consistency_ratio == pytest.approx(ratio, abs=0.00005)

    def test_the_tables_differ_where_the_literature_does(self):
        assert [RANDOM_INDICES[name].values[6] for name in ("saaty_1980", "saaty_2004")] == [1.32, 1.35]
        assert all(index.reference and index.values[:2] == (0, 0) for index in RANDOM_INDICES.values())
        with pytest.raises(TypeError):
            RANDOM_INDICES["mine"] = RANDOM_INDICES["saaty_1980"]

    def test_random_judgements_have_a_mean_index_near_the_tables(self):
        """The tables are simulations: ours of 4 items lies within five standard errors of one of 100,000 draws."""
        rng = np.random.default_rng(0)
        scale = np.concatenate([1 / np.arange(9, 1, -1), np.arange(1, 10)])
        matrix = np.ones((4000, 4, 4))
        upper = np.triu_indices(4, 1)
        matrix[:, upper[0], upper[1]] = rng.choice(scale, size=(4000, 6))
        matrix[:, upper[1], upper[0]] = 1 / matrix[:, upper[0], upper[1]]
        index = (np.linalg.eigvals(matrix).real.max(axis=-1) - 4) / 3
        error = index.std() / np.sqrt(len(index))
        assert abs(index.mean() - RANDOM_INDICES["alonso_lamata_2006"].values[3]) < 5 * error


def consistent(weights):
    table = pd.DataFrame({b: {a: weights[a] / weights[b] for a in weights} for b in weights})
    return table.loc[list(weights), list(weights)]


@settings(max_examples=25, deadline=None)
@given(numbers=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_consistent_judgements_give_their_weights_back(numbers):
    weights = {f"item_{n}": float(number) for n, number in enumerate(numbers)}
    result = ahp(consistent(weights))
    assert result.weights.to_dict() == pytest.approx({k: v / sum(numbers) for k, v in weights.items()})
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert result.principal_eigenvalue == pytest.approx(len(numbers))


def test_rows_and_columns_are_matched_by_name():
    judgements, _ = published("drinks")
    turned = judgements.iloc[::-1]
    pd.testing.assert_series_equal(ahp(turned).weights, ahp(judgements).weights)


def test_judgements_with_two_digits_are_each_others_reciprocal():
    table = pd.DataFrame([[1, 3], [0.33, 1]], index=["a", "b"], columns=["a", "b"])
    assert ahp(table).weights["a"] == pytest.approx(0.75, abs=0.002)


def test_a_group_is_put_together_by_the_geometric_mean():
    one, other = consistent({"a": 4.0, "b": 1.0}), consistent({"a": 1.0, "b": 1.0})
    result = ahp({"one": one, "other": other.loc[["b", "a"], ["b", "a"]]})
    assert result.judgements.loc["a", "b"] == pytest.approx(2)  # the arithmetic mean is 2.5, and 0.625 the other way
    assert result.weights.to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert ahp({"one": one}).weights.to_dict() == pytest.approx({"a": 0.8, "b": 0.2})


def test_inconsistency_is_refused_only_on_request():
    circle = pd.DataFrame([[1, 9, 1 / 9], [None, 1, 9], [None, None, 1]], index=list("abc"), columns=list("abc"))
    assert ahp(circle).consistency_ratio > 1
    with pytest.raises(ScoringError, match=r"ahp: found a consistency ratio of \d\.\d{3}, expected at most 0\.1"):
        ahp(circle, max_ratio=0.1)
    judgements, _ = published("drinks")
    assert ahp(judgements, max_ratio=0.1).weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 3], [3, 1]], r"contradictory judgements for 'a / b', 'b / a'. A pair and its opposite"),
        ([[1, None], [None, 1]], "no judgement above 0 for 'a / b', 'b / a'"),
        ([[1, -3], [None, 1]], "no judgement above 0 for 'a / b'"),
        ([[2, 3], [None, 1]], "no judgement above 0 for 'a / a'.*1 on the diagonal"),
    ],
)
def test_faulty_judgements_are_refused_with_their_pair(rows, message):
    with pytest.raises(ScoringError, match=message):
        ahp(pd.DataFrame(rows, index=["a", "b"], columns=["a", "b"], dtype=float))


def test_other_faulty_calls_are_refused():
    pair = consistent({"a": 2.0, "b": 1.0})
    with pytest.raises(ScoringError, match="found rows 'a', 'c' and columns 'a', 'b', expected rows and columns"):
        ahp(pair.rename(index={"b": "c"}))
    with pytest.raises(ScoringError, match="The judgements of 'other': found rows"):
        ahp({"one": pair, "other": consistent({"a": 1.0, "c": 1.0})})
    with pytest.raises(ScoringError, match="found no judge, expected at least one"):
        ahp({})
    with pytest.raises(UnknownNameError, match="Unknown random index: found 'saaty', expected one of 'saaty_1980'"):
        ahp(pair, random_index="saaty")
    many = consistent({f"item_{n}": 1.0 for n in range(11)})
    with pytest.raises(ScoringError, match="found 11 items, but saaty_2004 ends at 10"):
        ahp(many, random_index="saaty_2004")


class TestBestWorst:
    over = {"quality": 2, "price": 1, "comfort": 4, "safety": 3, "style": 8}  # noqa: RUF012
    under = {"quality": 4, "price": 8, "comfort": 4, "safety": 2, "style": 1}  # noqa: RUF012

    @settings(max_examples=20, deadline=None)
    @given(numbers=st.lists(st.integers(1, 9), min_size=2, max_size=6))
    def test_consistent_judgements_give_their_weights_back(self, numbers):
        names = [f"item_{n}" for n in range(len(numbers))]
        best, worst = names[int(np.argmax(numbers))], names[int(np.argmin(numbers))]
        over = {name: max(numbers) / n for name, n in zip(names, numbers, strict=True)}
        under = {name: n / min(numbers) for name, n in zip(names, numbers, strict=True)}
        result = best_worst(over, under, best=best, worst=worst)
        assert result.weights.to_list() == pytest.approx([n / sum(numbers) for n in numbers])
        assert result.deviation == pytest.approx(0, abs=1e-9)
        assert result.consistency_ratio == pytest.approx(0, abs=1e-9)

    def test_equals_a_slow_search_for_the_smallest_deviation(self):
        names = list(self.over)

        def largest(weights):
            w = dict(zip(names, weights, strict=True))
            return max(
                max(abs(w["price"] - self.over[n] * w[n]) for n in names),
                max(abs(w[n] - self.under[n] * w["style"]) for n in names),
            )

        result = best_worst(self.over, self.under, best="price", worst="style")
        assert largest(result.weights) == pytest.approx(result.deviation)
        rng = np.random.default_rng(0)
        nearby = result.weights.to_numpy() + rng.normal(0, 0.02, size=(2000, 5))
        for weights in nearby / nearby.sum(axis=1, keepdims=True):
            assert largest(weights) >= result.deviation - 1e-12
        sums = {"type": "eq", "fun": lambda x: x[:-1].sum() - 1}
        side = {"type": "ineq", "fun": lambda x: x[-1] - largest(x[:-1])}
        start = np.append(np.full(5, 0.2), 1.0)
        slow = minimize(lambda x: x[-1], start, bounds=[(0, 1)] * 6, constraints=[sums, side], method="SLSQP")
        assert slow.x[-1] >= result.deviation - 1e-7

    def test_the_consistency_ratio_is_that_of_the_judgements(self):
        result = best_worst(self.over, self.under, best="price", worst="style")
        assert result.consistency_ratio == pytest.approx((4 * 4 - 8) / (8 * 8 - 8))  # comfort
        all_alike = best_worst({"a": 1, "b": 1}, {"a": 1, "b": 1}, best="a", worst="b")
        assert all_alike.consistency_ratio == 0 and all_alike.weights.to_list() == [0.5, 0.5]

    def test_names_decide(self):
        turned = dict(reversed(self.under.items()))
        found = best_worst(self.over, pd.Series(turned), best="price", worst="style")
        assert found.weights.to_dict() == pytest.approx(
            best_worst(self.over, self.under, best="price", worst="style").weights.to_dict()
        )

    @pytest.mark.parametrize(
        ("over", "under", "message"),
        [
            ({"a": 1, "b": 0.5}, {"a": 2, "b": 1}, "judgements of the best: found less than 1 for 'b', expected 1"),
            ({"a": 2, "b": 3}, {"a": 3, "b": 1}, "judgements of the best: found 2.0 for itself, expected 1"),
            ({"a": 1, "b": 3}, {"a": 2, "b": 1}, "found best over worst 3.0 and 2.0, expected the same number"),
            ({"a": 1, "b": 3}, {"a": 3}, "The judgements of the worst: found none for 'b'"),
        ],
    )
    def test_faulty_judgements_are_refused(self, over, under, message):
        with pytest.raises(ScoringError, match=message):
            best_worst(over, under, best="a", worst="b")

    def test_an_unknown_item_is_refused(self):
        with pytest.raises(UnknownNameError, match="Unknown item: found 'c', expected one of 'a', 'b'"):
            best_worst({"a": 1, "b": 3}, {"a": 3, "b": 1}, best="a", worst="c")


class TestBudget:
    panel = pd.DataFrame({"health": [60, 20, 40], "wealth": [40, 80, 60]}, index=["first", "second", "third"])

    def test_the_mean_of_the_judges_and_how_far_they_disagree(self):
        result = budget_allocation(self.panel)
        assert result.weights.to_dict() == pytest.approx({"health": 0.4, "wealth": 0.6})
        assert result.disagreement.loc["health"].to_dict() == pytest.approx({"sd": 0.2, "lowest": 0.2, "highest": 0.6})
        assert result.shares.loc["second"].to_list() == [0.2, 0.8]

    def test_one_judge_does_not_disagree(self):
        result = budget_allocation(self.panel.iloc[:1])
        assert result.disagreement["sd"].isna().all() and result.weights["health"] == 0.6

    def test_another_budget_is_refused_by_the_judges_name(self):
        with pytest.raises(ScoringError, match=r"budgets other than 100 of 'second', expected one for all. Ask them"):
            budget_allocation(self.panel.assign(wealth=[40, 70, 60]))

    @pytest.mark.parametrize("points", [None, -10])
    def test_missing_and_negative_points_are_refused(self, points):
        with pytest.raises(ScoringError, match="missing or negative points of 'third', expected 0 or more"):
            budget_allocation(self.panel.assign(health=[60, 20, points]))

    def test_a_budget_of_nothing_is_refused(self):
        with pytest.raises(ScoringError, match="found budgets other than 0 of 'first', 'second', 'third'"):
            budget_allocation(self.panel * 0)

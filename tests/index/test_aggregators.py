"""Every aggregation against a slow, readable twin, and what is particular to each."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, ScoringError, aggregate
from smartcity_analysis.index.aggregation.aggregate import combine
from smartcity_analysis.index.weighting.frontier import available_limits

from .needed import AGGREGATE
from .strategies import tables, weights_for
from .test_frontier import slow_index

# Slow, readable twins: plain Python over rows of scores and one list of weights; NaN is missing.


def pairs(row, weights):
    there = [(w, s) for w, s in zip(weights, row, strict=True) if not math.isnan(s)]
    total = sum(w for w, _ in there)
    return [(w / total, s) for w, s in there]


def by_region(slow):
    """A twin that needs one region only; NaN where nothing is available."""

    def twin(rows, weights):
        return [slow(pairs(row, weights)) if any(not math.isnan(s) for s in row) else math.nan for row in rows]

    return twin


def slow_arithmetic(there):
    return sum(w * s for w, s in there)


def slow_geometric(there):
    return math.prod(s**w for w, s in there)


def slow_harmonic(there):
    return 1 / sum(w / s for w, s in there)


def slow_power(there):
    p = AGGREGATE["power"]["p"]
    return sum(w * s**p for w, s in there) ** (1 / p)


def slow_minimum(there):
    return min(s for w, s in there if w > 0)


def slow_median(there):
    ordered = sorted((s, w) for w, s in there)
    for n, (score, _) in enumerate(ordered):
        reached = sum(w for _, w in ordered[: n + 1])
        if abs(reached - 0.5) < 1e-9:
            return (score + next(s for s, w in ordered[n + 1 :] if w > 0)) / 2
        if reached > 0.5:
            return score
    raise AssertionError


def slow_owa(there):
    total, reached = 0.0, 0.0
    for w, s in sorted(there, key=lambda pair: -pair[1]):
        total += s * ((reached + w) ** 2 - reached**2)
        reached += w
    return total


def slow_mpi(there, sign=-1):
    mean = sum(w * s for w, s in there)
    sd = math.sqrt(sum(w * (s - mean) ** 2 for w, s in there))
    return mean + sign * sd * (sd / mean)


def slow_ampi(there):
    lower, upper = AGGREGATE["adjusted_mazziotta_pareto"]["scale"]
    return slow_mpi([(w, 70 + 60 * (s - lower) / (upper - lower)) for w, s in there])


def slow_copeland(rows, weights):
    def beats(one, other):
        won = sum(w for w, a, b in zip(weights, one, other, strict=True) if a > b)
        lost = sum(w for w, a, b in zip(weights, one, other, strict=True) if a < b)
        return 0 if abs(won - lost) < 1e-9 else math.copysign(1, won - lost)

    return [sum(beats(one, other) for other in rows) for one in rows]


def slow_topsis(rows, weights):
    columns = [[s for s in column if not math.isnan(s)] for column in zip(*rows, strict=True)]
    found = []
    for row in rows:
        away = [
            math.sqrt(sum((w * (s - pick(c))) ** 2 for w, s, c in zip(weights, row, columns, strict=True) if s == s))
            for pick in (lambda c: min(c, default=0), lambda c: max(c, default=0))
        ]
        found.append(away[0] / sum(away) if sum(away) else 0.5)
    return found


def slow_benefit(rows, weights):
    scores, shares = np.array(rows), np.array(weights) / sum(weights)
    lower, upper = available_limits(scores, shares * 0.5, shares * 1.5)
    filled = np.nan_to_num(scores)
    found = []
    for r, row in enumerate(scores):
        there = ~np.isnan(row)
        found.append(slow_index(filled[:, there], r, lower[r, there], upper[r, there]) if there.any() else math.nan)
    return found


TWINS = {
    "arithmetic": by_region(slow_arithmetic),
    "geometric": by_region(slow_geometric),
    "harmonic": by_region(slow_harmonic),
    "power": by_region(slow_power),
    "median": by_region(slow_median),
    "minimum": by_region(slow_minimum),
    "owa": by_region(slow_owa),
    "copeland": slow_copeland,
    "topsis": slow_topsis,
    "mazziotta_pareto": by_region(slow_mpi),
    "adjusted_mazziotta_pareto": by_region(slow_ampi),
    "benefit_of_doubt": slow_benefit,
}


def test_every_aggregator_has_a_twin():
    assert set(TWINS) == set(AGGREGATORS)


@pytest.mark.parametrize("name", sorted(AGGREGATORS))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_an_aggregator_equals_its_slow_twin(name, data):
    table = data.draw(tables(lower=0.5, upper=100, missing=True))
    base = data.draw(weights_for(table))
    found = aggregate(table, base, name, min_available=0, **AGGREGATE.get(name, {}))
    some = table.notna().any(axis=1)
    expected = pd.Series(TWINS[name](table.to_numpy().tolist(), [base[c] for c in table.columns]), table.index)
    assert found[some].to_list() == pytest.approx(expected[some].to_list(), rel=1e-7, abs=1e-9)
    assert found[~some].isna().all()


@pytest.mark.parametrize("name", sorted(AGGREGATORS))
def test_draws_of_weights_equal_the_slow_twin(name):
    rng = np.random.default_rng(1)
    scores = rng.uniform(1, 100, size=(6, 4))
    scores[1, 0] = np.nan
    base = rng.dirichlet(np.ones(4), size=5)
    found = combine(AGGREGATORS[name], scores, base, 0.0, AGGREGATE.get(name, {}))
    expected = [TWINS[name](scores.tolist(), weights.tolist()) for weights in base]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def only(value):
    assert len(value) == 1
    return value.iloc[0]


class TestPower:
    table = pd.DataFrame({"a": [1.0], "b": [9.0]})
    base = {"a": 1, "b": 1}  # noqa: RUF012

    @pytest.mark.parametrize(("p", "name"), [(1, "arithmetic"), (0, "geometric"), (-1, "harmonic")])
    def test_the_means_are_its_cases(self, p, name):
        assert only(aggregate(self.table, self.base, "power", p=p)) == pytest.approx(
            only(aggregate(self.table, self.base, name))
        )

    def test_the_root_is_taken_of_the_sum(self):
        found = only(aggregate(self.table, self.base, "power", p=2))
        assert found == pytest.approx(math.sqrt((1 + 81) / 2))
        faulty = (1 ** (1 / 2) + 9 ** (1 / 2)) / 2  # the root of every score in place of the root of the sum
        assert faulty == 2.0 and found != pytest.approx(faulty)

    def test_large_orders_go_to_the_extremes_without_overflow(self):
        assert only(aggregate(self.table, self.base, "power", p=300)) == pytest.approx(9, rel=0.01)
        assert only(aggregate(self.table, self.base, "power", p=-300)) == pytest.approx(1, rel=0.01)
        with pytest.raises(ScoringError, match="power: found p=inf, expected a number"):
            aggregate(self.table, self.base, "power", p=math.inf)

    def test_a_higher_order_never_gives_less(self):
        found = [only(aggregate(self.table, self.base, "power", p=p)) for p in (-5, -1, 0, 0.5, 1, 3)]
        assert found == sorted(found)


def test_a_median_between_two_halves_is_halfway():
    table = pd.DataFrame({"a": [1.0], "b": [5.0], "c": [9.0]})
    assert only(aggregate(table, {"a": 1, "b": 1, "c": 1}, "median")) == 5
    assert only(aggregate(table, {"a": 0.3, "b": 0.2, "c": 0.5}, "median")) == 7
    assert only(aggregate(table, {"a": 5, "b": 1, "c": 1}, "median")) == 1


class TestOwa:
    table = pd.DataFrame({"a": [2.0], "b": [8.0], "c": [5.0]})
    equal = {"a": 1, "b": 1, "c": 1}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("order", "expected"), [([1, 0, 0], 8), ([0, 0, 1], 2), ([0, 1, 0], 5), ([1, 1, 1], 5), ([0.5, 0.3, 0.2], 5.9)]
    )
    def test_places_count_from_the_best(self, order, expected):
        assert only(aggregate(self.table, self.equal, "owa", order=order)) == pytest.approx(expected)

    def test_a_power_of_1_is_the_weighted_mean(self):
        base = {"a": 1, "b": 2, "c": 5}
        plain = only(aggregate(self.table, base))
        assert only(aggregate(self.table, base, "owa", power=1)) == pytest.approx(plain)
        assert (
            only(aggregate(self.table, base, "owa", power=3))
            < plain
            < only(aggregate(self.table, base, "owa", power=0.3))
        )

    def test_places_are_found_with_a_score_missing(self):
        found = aggregate(self.table.assign(c=np.nan), self.equal, "owa", order=[0.5, 0.3, 0.2], min_available=0.5)
        assert only(found) == pytest.approx(8 * (0.5 + 0.3 / 2) + 2 * (0.3 / 2 + 0.2))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"power": 2, "order": [1, 1, 1]}, r"owa: found power= and order=, expected one of them"),
            ({"power": 0}, r"owa: found power=0, expected a number above 0"),
            ({"order": [1, -1, 1]}, r"owa: found order=\[1, -1, 1\], expected a weight of 0 or more for every place"),
        ],
    )
    def test_faulty_options_are_refused(self, options, message):
        with pytest.raises(ScoringError, match=message):
            aggregate(self.table, self.equal, "owa", **options)


class TestCopeland:
    def test_by_hand(self):
        table = pd.DataFrame({"a": [3.0, 2.0, 1.0], "b": [1.0, 3.0, 2.0], "c": [2.0, 1.0, 3.0]}, index=["x", "y", "z"])
        assert aggregate(table, {"a": 5, "b": 1, "c": 1}, "copeland").to_dict() == {"x": 2, "y": 0, "z": -2}
        assert aggregate(table, {"a": 1, "b": 1, "c": 1}, "copeland").to_dict() == {"x": 0, "y": 0, "z": 0}

    def test_half_of_the_weight_summed_from_tenths_is_a_tie(self):
        table = pd.DataFrame({"a": [1.0, 0.0], "b": [1.0, 0.0], "c": [0.0, 1.0]})
        assert aggregate(table, {"a": 0.1, "b": 0.2, "c": 0.3}, "copeland").to_list() == [0, 0]

    def test_how_far_ahead_does_not_count(self):
        table = pd.DataFrame({"a": [3.0, 2.0, 1.0], "b": [1.0, 4.0, 3.0]})
        base = {"a": 2, "b": 1}
        pd.testing.assert_series_equal(aggregate(table**5, base, "copeland"), aggregate(table, base, "copeland"))

    def test_drawn_scores_are_compared_in_parts_of_bounded_size(self, monkeypatch):
        from smartcity_analysis.index.aggregation import aggregators

        scores = np.random.default_rng(2).uniform(size=(3, 4, 5, 2))
        base = np.random.default_rng(3).dirichlet(np.ones(2), size=4)
        whole = combine(AGGREGATORS["copeland"], scores, base, 1.0, {})
        monkeypatch.setattr(aggregators, "BLOCK", 5 * 5 * 2 * 2)
        np.testing.assert_array_equal(combine(AGGREGATORS["copeland"], scores, base, 1.0, {}), whole)
        assert whole.shape == (3, 4, 5)


class TestTopsis:
    table = pd.DataFrame({"a": [0.0, 0.5, 1.0], "b": [1.0, 0.5, 0.0]}, index=["x", "y", "z"])
    base = {"a": 1, "b": 1}  # noqa: RUF012

    def test_the_best_has_1_and_the_worst_0(self):
        table = pd.DataFrame({"a": [3.0, 1.0, 2.0], "b": [6.0, 2.0, 2.0]}, index=["best", "worst", "other"])
        found = aggregate(table, self.base, "topsis")
        assert found["best"] == 1 and found["worst"] == 0 and 0 < found["other"] < 1

    def test_a_fixed_ideal_takes_the_other_regions_away(self):
        fixed = aggregate(self.table, self.base, "topsis", ideal=(0, 2))
        alone = aggregate(self.table.loc[["y"]], self.base, "topsis", ideal=(0, 2))
        assert fixed["y"] == alone["y"] == pytest.approx(0.25)
        assert aggregate(self.table.loc[["y"]], self.base, "topsis")["y"] == 0.5  # the best and the worst at once

    def test_a_faulty_ideal_is_refused(self):
        with pytest.raises(ScoringError, match=r"topsis: found ideal=\(1, 0\), expected \(worst, best\)"):
            aggregate(self.table, self.base, "topsis", ideal=(1, 0))


class TestMazziottaPareto:
    table = pd.DataFrame({"a": [90.0, 100.0], "b": [110.0, 100.0]})
    base = {"a": 1, "b": 1}  # noqa: RUF012

    @pytest.mark.parametrize("name", ["mazziotta_pareto", "adjusted_mazziotta_pareto"])
    def test_the_penalty_works_both_ways(self, name):
        options = {"scale": (70, 130)} if name.startswith("adjusted") else {}
        below = aggregate(self.table, self.base, name, penalty="-", **options)
        above = aggregate(self.table, self.base, name, penalty="+", **options)
        assert below.to_list() == pytest.approx([99, 100])  # mean 100, standard deviation 10, so 10 * 10 / 100
        assert above.to_list() == pytest.approx([101, 100])
        pd.testing.assert_series_equal(aggregate(self.table, self.base, name, **options), below)
        with pytest.raises(UnknownNameError, match="Unknown penalty: found 'NEG', expected one of '-', '\\+'"):
            aggregate(self.table, self.base, name, penalty="NEG", **options)

    def test_the_adjusted_index_moves_scores_to_70_to_130(self):
        unit = (self.table - 70) / 60
        found = aggregate(unit, self.base, "adjusted_mazziotta_pareto", scale=(0, 1))
        assert found.to_list() == pytest.approx([99, 100])

    def test_scores_far_below_the_goalposts_are_refused(self):
        with pytest.raises(ScoringError, match="adjusted_mazziotta_pareto: found 1 scores that are no finite number"):
            aggregate(pd.DataFrame({"a": [-3.0], "b": [-2.0]}), self.base, "adjusted_mazziotta_pareto", scale=(0, 1))
        with pytest.raises(ScoringError, match=r"found scale=\(1, 0\), expected \(lower, upper\)"):
            aggregate(self.table, self.base, "adjusted_mazziotta_pareto", scale=(1, 0))

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, IndexSpec, Method, NodeSpec, ScoringError, build_index
from smartcity_analysis.index.imputation.impute import impute
from smartcity_analysis.index.outliers.treat import treat
from smartcity_analysis.index.uncertainty.inputs import (
    Choice,
    DataError,
    DirichletWeights,
    LeaveOut,
    NoisyWeights,
    Replicates,
)
from smartcity_analysis.index.uncertainty.propagation import propagate
from smartcity_analysis.index.uncertainty.streams import BLOCK

from .uncertain import CODES, REGIONS, TREE, VALUES, framework, leaf, node, plan, table

OPTIONS = {"power": {"p": -2.0}, "owa": {"power": 2.0}, "adjusted_mazziotta_pareto": {"scale": (1, 100)}}
RULES = [(name, OPTIONS.get(name, {})) for name in AGGREGATORS if name != "benefit_of_doubt"]
GROUPS = {
    "city": ["green", "life"],
    "green": ["water", "air", "trees"],
    "life": ["home", "clinic"],
    "home": ["rent", "heat"],
}
PARTS = {"green": ["water", "air", "trees"], "life": ["rent", "heat", "clinic"], "home": ["rent", "heat"]}
FLAT = framework(node("city", *(leaf(code) for code in CODES)))


def seeded(values, inputs, *, draws=12, seed=0, base=None, tree=TREE, **settings):
    return propagate(values, tree, plan(base, **inputs), draws=draws, rng=np.random.default_rng(seed), **settings)


def scores_of(result):
    return result.scores.to_numpy()


def assert_one_by_one(result, values, spec, rtol=1e-12, draws=None):
    """Every draw is what build_index makes of the inputs the result says it had; `spec` makes values and spec of them.

    Draws that failed are those that it refuses.
    """
    chosen_draws = np.arange(result.draws) if draws is None else np.asarray(draws)
    twin = np.full((len(chosen_draws), len(values)), np.nan)
    refused = np.zeros(len(chosen_draws), dtype=bool)
    for row, draw in enumerate(chosen_draws):
        ready, chosen = spec(values, result.inputs(draw))
        try:
            twin[row] = build_index(ready, result.framework, chosen).total
        except ScoringError:
            refused[row] = True
    np.testing.assert_array_equal(result.failed[chosen_draws], refused)
    np.testing.assert_allclose(scores_of(result)[chosen_draws], twin, rtol=rtol, atol=1e-12)


def weighted(inputs, name="weights"):
    """Nodes with the weights of a draw, by parent."""
    drawn = inputs[name]
    return {parent: NodeSpec(weights={c: drawn[c] for c in children}) for parent, children in GROUPS.items()}


class TestTwin:
    """The batched scores are those of one index a draw, built from the inputs of that draw."""

    @pytest.mark.parametrize("weights", [DirichletWeights(12), NoisyWeights(0.5)], ids=["dirichlet", "noisy"])
    def test_every_normalisation_with_every_rule_and_weights(self, weights):
        methods = ["minmax", "percentile_rank", ("zscore", {"mean": 50, "sd": 10}), "distance_to_max"]
        labels = dict(zip(Choice("normalise", methods).labels, methods, strict=True))
        rules = dict(zip(Choice("aggregate", RULES).labels, RULES, strict=True))

        def spec(values, inputs):
            method = labels[inputs["normalise"]]
            method, options = method if isinstance(method, tuple) else (method, {})
            rule, settings = rules[inputs["rule"]]
            return values, IndexSpec(
                method, options, aggregate=rule, aggregate_options=settings, nodes=weighted(inputs)
            )

        inputs = {"normalise": Choice("normalise", methods), "rule": Choice("aggregate", RULES), "weights": weights}
        result = seeded(VALUES, inputs, draws=400)
        assert len(result.choices.drop_duplicates()) == len(methods) * len(RULES)
        assert set(result.choices["rule"][result.failed]) <= {"mazziotta_pareto"}
        assert_one_by_one(result, VALUES, spec, draws=result.choices.drop_duplicates().index)

    def test_mixed_rules_of_the_framework(self):
        result = seeded(VALUES, {"weights": DirichletWeights(5)})
        assert_one_by_one(result, VALUES, lambda values, inputs: (values, IndexSpec(nodes=weighted(inputs))))

    def test_weights_below_some_parents_leave_the_others_alone(self):
        result = seeded(
            VALUES, {"top": NoisyWeights(0.9, below=("city",)), "rest": DirichletWeights(3, below=("green",))}
        )

        def spec(values, inputs):
            nodes = {
                "city": NodeSpec(weights=inputs["top"].to_dict()),
                "green": NodeSpec(weights=inputs["rest"].to_dict()),
            }
            return values, IndexSpec(nodes=nodes)

        assert list(result.inputs(0)["top"].index) == ["green", "life"]
        assert_one_by_one(result, VALUES, spec)

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule[0])
    def test_what_is_left_out_has_weight_0_everywhere_below(self, rule):
        base = IndexSpec(aggregate=rule[0], aggregate_options=rule[1], scale=(70, 130))
        result = seeded(VALUES, {"out": LeaveOut(0.4), "weights": DirichletWeights(9)}, base=base, draws=14)

        def spec(values, inputs):
            nodes = dict(weighted(inputs))
            for parent, children in GROUPS.items():
                gone = [c for c in children if c in inputs["out"] or set(PARTS.get(c, [c])) <= set(inputs["out"])]
                if (
                    len(gone) == len(children) and parent != "city"
                ):  # a node that is left out; what it is does not matter
                    gone = []
                held = {c: 0.0 if c in gone else inputs["weights"][c] for c in children}
                nodes[parent] = NodeSpec(weights=held)
            return values, replace(base, nodes=nodes)

        assert {len(result.inputs(draw)["out"]) for draw in range(14)} >= {1, 2, 3, 4}
        assert_one_by_one(result, VALUES, spec, rtol=1e-11)

    def test_whole_nodes_may_be_left_out_one_at_a_time(self):
        result = seeded(VALUES, {"out": LeaveOut(codes=("green", "life"))}, draws=30)
        nominal = build_index(VALUES, TREE).scores
        for draw in range(result.draws):
            other = "life" if result.inputs(draw)["out"] == ("green",) else "green"
            np.testing.assert_allclose(scores_of(result)[draw], nominal[other], rtol=1e-12)

    def test_imputation_and_treatment_are_done_anew_for_every_combination(self):
        values = table(12, missing=5)
        values.iloc[7, 2] = 500.0
        fills, treatments = ["mean", "median", "em"], [None, *(("winsorise", {"limit": k}) for k in (1, 2, 3)), "log"]
        fill = dict(zip(fills, fills, strict=True))
        treatment = dict(zip(Choice("treat", treatments).labels, treatments, strict=True))

        def spec(values, inputs):
            ready = impute(values, fill[inputs["fill"]]).values
            chosen = treatment[inputs["treat"]]
            if chosen is not None:
                method, options = chosen if isinstance(chosen, tuple) else (chosen, {})
                ready = treat(ready, method, **options).values
            return ready, IndexSpec(nodes=weighted(inputs))

        inputs = {"fill": Choice("impute", fills), "treat": Choice("treat", treatments), "weights": NoisyWeights(0.2)}
        result = seeded(values, inputs, draws=80)
        assert_one_by_one(result, values, spec, draws=result.choices.drop_duplicates().index)

    def test_missing_values_keep_their_rules(self):
        values = table(8, missing=6)
        base = IndexSpec(min_available=0.5)
        result = seeded(values, {"weights": DirichletWeights(4)}, base=base, draws=25)

        def spec(values, inputs):
            return values, IndexSpec(min_available=0.5, nodes=weighted(inputs))

        assert_one_by_one(result, values, spec)
        assert 0 < np.isnan(scores_of(result)).mean() < 0.9 and not result.failed.any()

    def test_weights_taken_from_the_scores(self):
        inputs = {"from": Choice("weights", ["critic", "equal", "declared"]), "noise": NoisyWeights(0.3)}
        result = seeded(VALUES, inputs)

        def spec(values, inputs):
            return values, IndexSpec(nodes=weighted(inputs, "noise"))

        assert_one_by_one(result, VALUES, spec)
        plain = seeded(VALUES, {"from": Choice("weights", ["critic", "equal"])})
        for draw in range(6):
            whole = build_index(VALUES, TREE, IndexSpec(weights=plain.inputs(draw)["from"]))
            np.testing.assert_allclose(scores_of(plain)[draw], whole.total, rtol=1e-12)

    def test_choices_may_hold_for_some_nodes_only(self):
        inputs = {
            "water": Choice("normalise", ["minmax", "percentile_rank"], nodes=("water",)),
            "home": Choice("aggregate", ["arithmetic", "minimum"], nodes=("home",)),
            "green": Choice("weights", ["equal", {"water": 1, "air": 2, "trees": 3}], nodes=("green",)),
        }
        result = seeded(VALUES, inputs)
        own = {"equal": "equal", "set 2": {"water": 1, "air": 2, "trees": 3}}

        def spec(values, inputs):
            nodes = {"water": NodeSpec(normalise=inputs["water"]), "home": NodeSpec(aggregate=inputs["home"])}
            return values, IndexSpec(nodes={**nodes, "green": NodeSpec(weights=own[inputs["green"]])})

        assert_one_by_one(result, VALUES, spec)

    def test_a_strangers_method_works_like_a_built_in_one(self):
        span = Method("span", lambda scores, weights: scores.max(axis=-1) + 0 * weights[..., 0, :1], "R", "Span")
        inputs = {"rule": Choice("aggregate", [span, "arithmetic"]), "weights": NoisyWeights(0.3)}
        result = seeded(VALUES, inputs)

        def spec(values, inputs):
            rule = span if inputs["rule"] == "span" else "arithmetic"
            return values, IndexSpec(aggregate=rule, nodes=weighted(inputs))

        assert_one_by_one(result, VALUES, spec)


class TestValuesThatDiffer:
    errors = pd.DataFrame({"water": [0.1] * 5, "air": [0.0, 0.2, np.nan, 0.1, 0.1]}, index=REGIONS)

    def moved(self, values, inputs):
        return values + inputs["errors"]

    @pytest.mark.parametrize(
        "method", ["minmax", "zscore", "rank", "percentile_rank", "fraction_of_max", "distance_to_reference"]
    )
    def test_errors_are_added_and_scores_made_anew(self, method):
        options = {"reference": "Pesantren"} if method == "distance_to_reference" else {}
        chosen = IndexSpec(method, options, aggregate="arithmetic")
        inputs = {"errors": DataError(self.errors), "weights": DirichletWeights(8)}
        result = seeded(VALUES, inputs, base=chosen)

        def spec(values, inputs):
            return self.moved(values, inputs), IndexSpec(
                method, options, aggregate="arithmetic", nodes=weighted(inputs)
            )

        good = ~result.failed
        for draw in np.flatnonzero(good):
            ready, own = spec(VALUES, result.inputs(draw))
            np.testing.assert_allclose(scores_of(result)[draw], build_index(ready, TREE, own).total, rtol=1e-11)
        assert good.mean() > (0.3 if method == "distance_to_reference" else 0.99)

    def test_errors_have_their_size_and_only_where_they_are_declared(self):
        result = seeded(VALUES, {"errors": DataError(self.errors)}, draws=300)
        drawn = np.stack([result.inputs(draw)["errors"] for draw in range(300)])
        size = drawn.std(axis=0)
        assert size[:, CODES.index("water")] == pytest.approx([0.1] * 5, rel=0.15)
        assert size[:, CODES.index("air")] == pytest.approx([0, 0.2, 0, 0.1, 0.1], rel=0.15)
        assert (drawn[..., CODES.index("trees")] == 0).all()

    def test_bounds_that_are_fixed_stay(self):
        tree = framework(node("city", leaf("water", goalposts=(0, 10)), leaf("air", goalposts=(0, 20), transform=None)))
        values = VALUES[["water", "air"]]
        result = seeded(values, {"errors": DataError(self.errors)}, tree=tree)
        for draw in range(8):
            expected = build_index(values + result.inputs(draw)["errors"], tree).total
            np.testing.assert_allclose(scores_of(result)[draw], expected, rtol=1e-12)
        one = seeded(VALUES, {"errors": DataError(self.errors)}, bounds={"water": (0, 50)})
        for draw in range(8):
            expected = build_index(VALUES + one.inputs(draw)["errors"], TREE, bounds={"water": (0, 50)}).total
            np.testing.assert_allclose(scores_of(one)[draw], expected, rtol=1e-12)

    def test_limits_cut_values_off(self):
        errors = DataError(pd.DataFrame({"water": [50.0] * 5}, index=REGIONS), limits={"water": (0, 4)})
        result = seeded(VALUES, {"errors": errors})
        water = np.stack([result.record(draw).values["water"] for draw in range(12)])
        assert water.min() == 0 and water.max() == 4

    def test_imputation_and_treatment_follow_the_errors(self):
        values = table(12, missing=4)
        values.iloc[9, 0] = 90.0
        errors = pd.DataFrame({"water": np.full(12, 0.3)}, index=values.index)
        inputs = {
            "fill": Choice("impute", ["median", "mean"]),
            "treat": Choice("treat", [None, ("winsorise", {"limit": 2})]),
            "errors": DataError(errors),
        }
        result = seeded(values, inputs)
        for draw in range(12):
            drawn = result.inputs(draw)
            ready = impute(values + drawn["errors"], drawn["fill"]).values
            ready = treat(ready, limit=2).values if drawn["treat"] != "none" else ready
            np.testing.assert_allclose(result.record(draw).values, ready, rtol=1e-12)
            np.testing.assert_allclose(scores_of(result)[draw], build_index(ready, TREE).total, rtol=1e-11)

    def test_a_draw_takes_one_of_the_replicates(self):
        tables = [VALUES[["air", "water"]] * factor for factor in (0.5, 1.0, 3.0)]
        result = seeded(VALUES, {"survey": Replicates(tables)})
        numbers = [result.inputs(draw)["survey"] for draw in range(result.draws)]
        assert set(numbers) == {0, 1, 2}
        for draw, number in enumerate(numbers):
            expected = build_index(VALUES.assign(**tables[number]), TREE).total
            np.testing.assert_allclose(scores_of(result)[draw], expected, rtol=1e-12)

    def test_imputations_fill_missing_values_and_nothing_else(self):
        values = table(6, missing=3)
        spread = np.random.default_rng(1).gamma(3.0, 1.0, (10, *values.shape))
        result = seeded(values, {"spread": Replicates(spread, missing_only=True)})
        for draw in range(result.draws):
            filled = values.fillna(pd.DataFrame(spread[result.inputs(draw)["spread"]], values.index, values.columns))
            np.testing.assert_allclose(scores_of(result)[draw], build_index(filled, TREE).total, rtol=1e-12)
        assert result.nominal.total.isna().sum() == 3

    def test_replicates_may_be_a_function_of_uniform_numbers(self):
        def drawn(uniform):
            return VALUES[["water"]].to_numpy() * (1 + uniform[:, :1, None] + 10 * uniform[:, 1:, None] * np.eye(5, 1))

        result = seeded(VALUES, {"water": Replicates(drawn, columns=["water"], dimensions=2)}, draws=1500)
        for draw in (0, 1, 1023, 1024, 1499):
            first, second = result.inputs(draw)["water"]
            water = VALUES["water"] * (1 + first + 10 * second * np.eye(5, 1)[:, 0])
            expected = build_index(VALUES.assign(water=water), TREE).total
            np.testing.assert_allclose(scores_of(result)[draw], expected, rtol=1e-12)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                DataError(pd.DataFrame({"watr": [1.0] * 5}, index=REGIONS)),
                "'errors': found 'watr', .* Did you mean 'water'",
            ),
            (
                DataError(pd.DataFrame({"water": [1.0]}, index=["Blitar"])),
                "found regions 'Blitar', which the values do not",
            ),
            (DataError(pd.DataFrame({"water": [-1.0]}, index=["Kota"])), "found a negative or infinite standard error"),
            (DataError(pd.DataFrame({"water": [0.0]}, index=["Kota"])), "found no standard error above 0"),
            (
                Replicates(np.ones((3, 5, 2))),
                r"found an array \(3, 5, 2\), expected \(replicate, 5 regions, 6 indicators\)",
            ),
            (Replicates([VALUES.drop(index="Kota")]), "found none for 'Kota', expected tables of the same indicators"),
            (
                Replicates(lambda u: np.ones((3, 3)), columns=["water"]),
                r"expected \(draw, region, indicator\) \(12, 5, 1\)",
            ),
        ],
    )
    def test_what_does_not_fit_the_values_is_refused(self, given, message):
        with pytest.raises(ScoringError, match=message):
            seeded(VALUES, {"errors": given})


MANY = {
    "treat": Choice("treat", [None, ("winsorise", {"limit": 2})]),
    "normalise": Choice("normalise", ["minmax", "percentile_rank"]),
    "rule": Choice("aggregate", ["arithmetic", "geometric"]),
    "weights": DirichletWeights(10),
    "out": LeaveOut(0.05),
}
NOISE = {"errors": DataError(pd.DataFrame(0.1, index=REGIONS, columns=CODES)), "weights": NoisyWeights(0.2)}


class TestRepeats:
    """A result depends on the seed and the plan, and on nothing else."""

    @pytest.mark.parametrize("inputs", [MANY, NOISE], ids=["choices", "errors"])
    @pytest.mark.parametrize(
        "settings", [{"threads": 3}, {"memory_mb": 0.3}, {"rank": False}, {"memory_mb": 0.3, "threads": 2}]
    )
    def test_to_the_byte_whatever_the_memory_and_the_threads(self, inputs, settings):
        usual = seeded(VALUES, inputs, draws=2500)
        other = seeded(VALUES, inputs, draws=2500, **{"memory_mb": 500, **settings})
        assert other.scores.to_numpy().tobytes() == usual.scores.to_numpy().tobytes()
        assert other.ranks.to_numpy().tobytes() == usual.ranks.to_numpy().tobytes()
        pd.testing.assert_frame_equal(other.failures, usual.failures)

    def test_summaries_are_the_same_when_nothing_is_kept(self):
        usual = seeded(VALUES, MANY, draws=2500)
        tight = seeded(VALUES, MANY, draws=2500, memory_mb=0.06)
        assert tight.kept.scores is None and usual.kept.scores is not None
        for summary in ("summary", "rank_intervals", "score_intervals", "acceptability", "probability_above"):
            pd.testing.assert_frame_equal(getattr(tight, summary)(), getattr(usual, summary)(), check_exact=True)
        pd.testing.assert_series_equal(tight.probability_top(2), usual.probability_top(2), check_exact=True)
        pd.testing.assert_frame_equal(tight.distinguishable("Kota", 0.6), usual.distinguishable("Kota", 0.6))
        with pytest.raises(ScoringError, match=r"the scores of every draw take 0 MB, and memory_mb=0.06 allows less"):
            _ = tight.scores

    def test_pieces_of_a_large_problem_are_those_of_a_small_one(self):
        """1,100 regions are scored in tiles; each region has the score it has among few, with bounds fixed."""
        values, bounds = table(1100), dict.fromkeys(CODES, (0.0, 40.0))
        for inputs in (
            {"weights": DirichletWeights(9)},
            {"rule": Choice("aggregate", ["median", "geometric"]), **{"w": NoisyWeights(0.5)}},
        ):
            large = seeded(values, inputs, draws=20, bounds=bounds)
            small = seeded(values.iloc[1000:1010], inputs, draws=20, bounds=bounds)
            np.testing.assert_allclose(scores_of(large)[:, 1000:1010], scores_of(small), rtol=1e-13)

    def test_seed_0_repeats_and_another_seed_does_not(self):
        one, other, third = (seeded(VALUES, MANY, seed=seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(scores_of(one), scores_of(other))
        assert (scores_of(one) != scores_of(third)).any()

    def test_the_same_generator_goes_on(self):
        rng = np.random.default_rng(0)
        one, other = (propagate(VALUES, TREE, plan(w=NoisyWeights(0.1)), draws=5, rng=rng) for _ in range(2))
        assert (scores_of(one) != scores_of(other)).any()

    def test_an_input_keeps_its_numbers_when_others_come(self):
        alone = seeded(VALUES, {"weights": NoisyWeights(0.3)})
        among = seeded(VALUES, {"rule": Choice("aggregate", ["median", "minimum"]), "weights": NoisyWeights(0.3)})
        for draw in range(5):
            pd.testing.assert_series_equal(alone.inputs(draw)["weights"], among.inputs(draw)["weights"])

    def test_ranks_do_not_follow_the_order_of_rows_and_columns(self):
        turned = VALUES.iloc[::-1, ::-1]
        one, other = (seeded(values, {"weights": DirichletWeights(9)}) for values in (VALUES, turned))
        pd.testing.assert_frame_equal(other.ranks[REGIONS], one.ranks)


class TestRecord:
    @pytest.mark.parametrize("inputs", [MANY, NOISE], ids=["choices", "errors"])
    def test_build_index_makes_the_draw_again_from_its_record(self, inputs):
        result = seeded(VALUES, inputs, draws=1100)
        for draw in [*range(6), 1023, 1024, 1099]:
            record = result.record(draw)
            assert record.number == draw and record.failure is None
            total = build_index(record.values, TREE, record.spec)
            np.testing.assert_allclose(record.scores, total.total, rtol=1e-11)
            np.testing.assert_array_equal(record.scores, scores_of(result)[draw])
            assert record.ranks.to_list() == total.ranks["city"].to_list() == result.ranks.loc[draw].to_list()

    def test_choices_stand_in_a_table(self):
        result = seeded(VALUES, MANY, draws=1100)
        assert list(result.choices) == ["treat", "normalise", "rule"]
        for draw in (0, 500, 1099):
            assert result.choices.loc[draw].to_dict() == {k: result.inputs(draw)[k] for k in result.choices}

    def test_there_is_no_draw_beyond_the_last(self):
        with pytest.raises(ScoringError, match="draw: found 12, expected 0 to 11"):
            seeded(VALUES, MANY).record(12)


class TestFailures:
    low = IndexSpec(scale=(0, 100))

    def test_draws_a_rule_cannot_take_are_counted_with_their_cause(self):
        inputs = {"rule": Choice("aggregate", ["arithmetic", "harmonic"], [0.75, 0.25]), "weights": NoisyWeights(0.2)}
        base = IndexSpec(scale=(0, 100), aggregate="arithmetic")
        result = seeded(VALUES, inputs, draws=2000, base=base)
        harmonic = (result.choices["rule"] == "harmonic").to_numpy()
        np.testing.assert_array_equal(result.failed, harmonic)
        [failure] = result.failures.to_dict("records")
        assert failure["cause"].startswith("'city', harmonic: found scores of 0 or less in 'water', 'air', 'trees'")
        assert failure["draws"] == harmonic.sum() and failure["share"] == harmonic.mean()
        assert failure["first"] == np.argmax(harmonic)
        assert result.record(failure["first"]).failure == failure["cause"]
        assert np.isnan(scores_of(result)[harmonic]).all() and (result.ranks.to_numpy()[harmonic] == 0).all()

    def test_the_rest_is_not_poisoned(self):
        inputs = {"weights": NoisyWeights(0.2)}
        clean = seeded(VALUES, inputs, draws=1000, base=IndexSpec(scale=(0, 100), aggregate="arithmetic"))
        choice = {"rule": Choice("aggregate", ["arithmetic", "geometric"], [0.995, 0.005]), **inputs}
        result = seeded(VALUES, choice, draws=1000, base=IndexSpec(scale=(0, 100), aggregate="arithmetic"), seed=0)
        assert 0 < result.failed.sum() < 20
        good = ~result.failed
        np.testing.assert_allclose(scores_of(result)[good], scores_of(clean)[good], rtol=1e-12)
        for share in (result.acceptability().sum(axis=1), result.probability_top(5)):
            assert share.to_list() == pytest.approx([1.0] * 5)
        assert result.summary().notna().all(axis=None)

    def test_an_alternative_that_cannot_be_prepared_fails_with_its_message(self):
        flat = table(8).assign(water=[1.0] * 7 + [90.0])
        choice = Choice("treat", [None, lambda values: np.minimum(values, 1.0)])
        result = seeded(flat, {"treat": choice})
        assert result.failures["cause"].str.contains("minmax: found a constant indicator in 'water'").all()
        assert result.failures["draws"].sum() == (result.choices["treat"] != "none").sum() > 0

    def test_a_zero_left_out_does_no_harm(self):
        """The region lowest in water has a score of 0 there; draws without water can take a geometric mean."""
        base = IndexSpec(scale=(0, 1), aggregate="geometric")
        values = VALUES.assign(**{code: 1.0 for code in CODES if code != "water"})
        bounds = {code: (0.0, 2.0) for code in CODES if code != "water"} | {"water": (VALUES["water"].min(), 9.0)}
        with pytest.raises(ScoringError, match="'green', geometric: found scores of 0 or less in 'water'"):
            build_index(values, TREE, base, bounds=bounds)
        nominal = IndexSpec(scale=(0, 1), aggregate="arithmetic")
        inputs = {"out": LeaveOut(), "rule": Choice("aggregate", ["geometric"])}
        result = seeded(values, inputs, base=nominal, bounds=bounds, draws=200)
        without = np.array([result.inputs(draw)["out"] == ("water",) for draw in range(200)])
        np.testing.assert_array_equal(result.failed, ~without)
        assert scores_of(result)[without] == pytest.approx(0.5, nan_ok=False)

    def test_a_draw_without_any_indicator_fails(self):
        result = seeded(VALUES, {"out": LeaveOut(0.8)}, draws=2000)
        assert result.failures["cause"].to_list() == ["every indicator is left out"]
        assert result.failures["share"][0] == pytest.approx(0.8**6, abs=0.03)

    def test_errors_that_make_a_logarithm_impossible(self):
        tree = framework(node("city", leaf("water", transform="log"), leaf("air")))
        errors = DataError(pd.DataFrame({"water": [1.5] * 5}, index=REGIONS))
        result = seeded(VALUES[["water", "air"]], {"errors": errors}, tree=tree, draws=500)
        negative = [(result.record(draw).values["water"] <= 0).any() for draw in range(60)]
        np.testing.assert_array_equal(result.failed[:60], negative)
        assert result.failures["cause"].to_list() == ["log: found values of 0 or less"]

    def test_a_kernel_without_a_number_is_explained(self):
        def broken(scores, weights):
            mean = np.einsum("...ri,...i->...r", scores, weights[..., 0, :])
            return np.where(weights[..., 0, :1] > 0.34, np.nan, mean)

        own = Method("own", broken, "Sendiri", "Own")
        inputs = {"rule": Choice("aggregate", [own]), "w": NoisyWeights(0.5)}
        result = seeded(VALUES, inputs, tree=FLAT, base=IndexSpec(aggregate="arithmetic"), draws=500)
        first = np.array([result.inputs(draw)["w"]["water"] > 0.34 for draw in range(60)])
        np.testing.assert_array_equal(result.failed[:60], first)
        if result.failed.any():
            assert result.failures["cause"].to_list() == ["'city', own: found no finite score"]

    def test_nothing_but_failures_is_an_error_that_says_why(self):
        inputs = {"rule": Choice("aggregate", ["geometric", "harmonic"])}
        base = IndexSpec(scale=(0, 1), aggregate="arithmetic")
        with pytest.raises(
            ScoringError, match=r"found 12 draws, and every one failed: .*harmonic: found scores of 0 or less"
        ):
            seeded(VALUES, inputs, base=base)

    def test_a_base_that_cannot_be_built_is_an_error_at_once(self):
        with pytest.raises(ScoringError, match="'life', geometric: found scores of 0 or less"):
            seeded(VALUES, {"w": NoisyWeights(0.1)}, base=self.low)


class TestSummaries:
    @pytest.fixture(scope="class")
    @classmethod
    def result(cls):
        return seeded(table(9, seed=3), {**MANY, "weights": DirichletWeights(3)}, draws=1500)

    def good(self, result):
        return result.ranks.to_numpy()[~result.failed]

    def test_ranks_are_those_of_the_scores(self, result):
        expected = result.scores[~result.failed].rank(axis=1, ascending=False, method="min").to_numpy()
        np.testing.assert_array_equal(self.good(result), expected)

    def test_acceptability_sums_to_1(self, result):
        shares = result.acceptability()
        assert shares.shape == (9, 9) and list(shares.columns) == list(range(1, 10))
        assert shares.sum(axis=1).to_list() == pytest.approx([1.0] * 9)
        assert shares.sum(axis=0).to_list() == pytest.approx([1.0] * 9)  # no ties
        assert shares.iloc[2, 4] == (self.good(result)[:, 2] == 5).mean()

    def test_one_is_above_the_other_or_below(self, result):
        above = result.probability_above()
        np.testing.assert_allclose(above + above.T, 1.0, rtol=1e-14)
        assert (np.diag(above) == 0.5).all()
        ranks = self.good(result)
        assert above.iloc[1, 6] == pytest.approx((ranks[:, 1] < ranks[:, 6]).mean())
        assert above.loc["R003", "R001"] == pytest.approx((ranks[:, 3] < ranks[:, 1]).mean())

    def test_the_first_k_are_those_with_a_rank_up_to_k(self, result):
        shares = result.acceptability()
        for k in (1, 3, 9):
            np.testing.assert_allclose(result.probability_top(k), shares.loc[:, :k].sum(axis=1), rtol=1e-12)

    def test_intervals_hold_the_share_they_say(self, result):
        ranks, scores = result.rank_intervals(0.8), result.score_intervals(0.8)
        drawn = self.good(result)
        for place, region in enumerate(result.regions):
            row = ranks.loc[region]
            assert ((drawn[:, place] >= row["lower"]) & (drawn[:, place] <= row["upper"])).mean() >= 0.8
            assert row["median"] == np.quantile(drawn[:, place], 0.5, method="inverted_cdf")
        values = result.scores[~result.failed].to_numpy()
        np.testing.assert_allclose(scores[["lower", "median", "upper"]].T, np.quantile(values, [0.1, 0.5, 0.9], axis=0))
        np.testing.assert_array_equal(scores["nominal"], result.nominal.total)
        assert ranks["nominal"].to_list() == result.nominal.ranks["city"].to_list()

    def test_the_summary_is_a_row_a_region(self, result):
        summary = result.summary(0.8)
        drawn, ranks = result.scores[~result.failed], self.good(result)
        np.testing.assert_allclose(summary["mean"], drawn.mean())
        np.testing.assert_allclose(summary["sd"], drawn.std(ddof=0))
        nominal = result.nominal.ranks["city"].to_numpy(dtype=float)
        np.testing.assert_allclose(summary["shift"], np.abs(ranks - nominal).mean(axis=0))
        assert (summary["available"] == 1).all()
        assert summary["rank_upper"].to_list() == result.rank_intervals(0.8)["upper"].to_list()

    def test_distinguishable_regions_keep_their_order(self, result):
        found = result.distinguishable("R004", 0.9)
        above = result.probability_above()["R004"]
        clear = above[(above >= 0.9) | (above <= 0.1)].drop("R004", errors="ignore")
        assert set(found.index) == set(clear.index) and 0 < len(found) < 8
        for region, row in found.iterrows():
            assert row["order"] == ("above" if above[region] > 0.5 else "below")
            assert row["share"] == pytest.approx(max(above[region], 1 - above[region]))
        with pytest.raises(
            ScoringError, match="distinguishable: found 'R999', expected a region of the values such as"
        ):
            result.distinguishable("R999")

    def test_levels_are_shares(self, result):
        with pytest.raises(ScoringError, match="level: found 90, expected above 0 and below 1"):
            result.rank_intervals(90)

    def test_ties_count_half(self):
        twins = VALUES.copy()
        twins.loc["Gurah"] = twins.loc["Kota"]
        result = seeded(twins, {"weights": DirichletWeights(9)})
        above = result.probability_above()
        assert above.loc["Gurah", "Kota"] == above.loc["Kota", "Gurah"] == 0.5
        assert (result.ranks["Gurah"] == result.ranks["Kota"]).all()
        assert "Kota" not in result.distinguishable("Gurah", 0.5).index

    def test_a_region_without_a_score_has_no_rank_and_harms_no_other(self):
        gaps = VALUES.copy()
        gaps.loc["Kota", "water"] = np.nan
        result = seeded(gaps, {"weights": DirichletWeights(9)})
        assert (result.ranks["Kota"] == 0).all() and set(result.ranks["Gurah"]) <= {1, 2, 3, 4}
        assert result.acceptability().loc["Kota"].isna().all()
        assert result.rank_intervals().loc["Kota"].isna().all() and result.score_intervals().loc["Kota"].isna().all()
        assert result.probability_above()["Kota"].isna().all()
        assert result.summary().loc["Kota", "available"] == 0
        assert "Kota" not in result.distinguishable("Gurah", 0.5).index

    def test_a_region_with_a_score_in_some_draws(self):
        gaps = VALUES.copy()
        gaps.loc["Kota", "water"] = np.nan
        result = seeded(gaps, {"out": LeaveOut()}, draws=600)
        without = np.array([result.inputs(draw)["out"] == ("water",) for draw in range(600)])
        np.testing.assert_array_equal(result.ranks["Kota"] > 0, without)
        assert result.summary().loc["Kota", "available"] == pytest.approx(without.mean())
        above = result.probability_above()
        ranks = result.ranks[without]
        assert above.loc["Kota", "Gurah"] == pytest.approx((ranks["Kota"] < ranks["Gurah"]).mean())


class TestNode:
    def test_the_scores_of_a_pillar(self):
        result = seeded(VALUES, {"weights": DirichletWeights(9)}, node="green")
        drawn = result.inputs(7)["weights"]
        assert list(drawn.index) == ["water", "air", "trees"]
        expected = build_index(VALUES, TREE, IndexSpec(nodes={"green": NodeSpec(weights=drawn.to_dict())}))
        np.testing.assert_allclose(scores_of(result)[7], expected.scores["green"], rtol=1e-12)
        assert result.node == "green" and result.score_intervals()["nominal"].name == "nominal"

    def test_it_has_to_be_there_and_to_have_a_score(self):
        with pytest.raises(UnknownNameError, match=r"found 'gren'.*mean 'green'"):
            seeded(VALUES, MANY, node="gren")
        tree = framework(node("city", leaf("water"), leaf("air"), rule="none"))
        with pytest.raises(ScoringError, match="'city' has the rule 'none', and so no score to be uncertain about"):
            seeded(VALUES[["water", "air"]], {"w": NoisyWeights(0.1)}, tree=tree)
        with pytest.raises(ScoringError, match="'water' is a leaf"):
            seeded(VALUES, {"w": NoisyWeights(0.1)}, node="water")


class TestRefused:
    def test_unknown_names_before_anything_is_drawn(self):
        rare = [1 - 1e-9, 1e-9]
        for choice, message in (
            (Choice("normalise", ["minmax", "minmx"], rare), "found 'minmx'.*mean 'minmax'"),
            (Choice("aggregate", ["median", "medan"], rare), "found 'medan'.*mean 'median'"),
            (Choice("weights", ["equal", "equl"], rare), "found 'equl'.*mean 'equal'"),
            (Choice("impute", ["mean", "meen"], rare), "found 'meen'.*mean 'mean'"),
            (Choice("treat", ["log", ("winsorise", {"limt": 2})], rare), "found 'limt'.*mean 'limit'"),
            (Choice("aggregate", ["median"], nodes=("gren",)), "found 'gren'.*mean 'green'"),
        ):
            with pytest.raises(UnknownNameError, match=message):
                seeded(VALUES, {"choice": choice})

    def test_parents_and_leaves_of_inputs_are_there(self):
        with pytest.raises(ScoringError, match="The plan: found 'gren', expected codes among 'home'"):
            seeded(VALUES, {"w": NoisyWeights(0.1, below=("gren",))})
        with pytest.raises(ScoringError, match="The plan: found 'city', expected codes among"):
            seeded(VALUES, {"out": LeaveOut(codes=("city",))})

    def test_two_inputs_do_not_move_the_same_weights(self):
        with pytest.raises(
            ScoringError, match=r"found 'a' and 'b' moving weights below 'green'. Name different parents"
        ):
            seeded(VALUES, {"a": NoisyWeights(0.1, below=("green",)), "b": DirichletWeights(5)})

    def test_an_only_child_has_no_weight_to_move(self):
        tree = framework(node("city", node("green", leaf("water")), node("life", leaf("air"), leaf("rent"))))
        values = VALUES[["water", "air", "rent"]]
        result = seeded(values, {"w": NoisyWeights(0.1)}, tree=tree)
        assert list(result.inputs(0)["w"].index) == ["air", "rent", "green", "life"]
        with pytest.raises(ScoringError, match=r"found no siblings whose weights 'w' could move. Remove it"):
            seeded(values, {"w": NoisyWeights(0.1, below=("green",))}, tree=tree)

    def test_there_is_at_least_one_draw(self):
        with pytest.raises(ScoringError, match="draws: found 0, expected 1 or more"):
            seeded(VALUES, MANY, draws=0)

    def test_tables_that_do_not_fit_the_memory(self):
        result = seeded(table(1100), {"w": NoisyWeights(0.1)}, draws=10, memory_mb=5)
        with pytest.raises(
            ScoringError, match="a share for every region and rank take 9 MB, and memory_mb=5 allows less"
        ):
            result.acceptability()


def test_the_callers_tables_are_left_alone():
    values, errors = VALUES.copy(), pd.DataFrame({"water": [0.1] * 5}, index=REGIONS)
    before, known = values.copy(), errors.copy()
    result = seeded(values, {**MANY, "errors": DataError(errors)})
    pd.testing.assert_frame_equal(values, before)
    pd.testing.assert_frame_equal(errors, known)
    values.iloc[0, 0] = 99.0
    pd.testing.assert_frame_equal(result.values, before)


def test_draws_of_choices_alone_are_whole_indices():
    inputs = {"normalise": Choice("normalise", ["minmax", "percentile_rank"]), "rule": Choice("aggregate", RULES)}
    result = seeded(VALUES, inputs, draws=300)
    rules = dict(zip(Choice("aggregate", RULES).labels, RULES, strict=True))

    def spec(values, inputs):
        rule, options = rules[inputs["rule"]]
        return values, IndexSpec(inputs["normalise"], aggregate=rule, aggregate_options=options)

    assert_one_by_one(result, VALUES, spec, draws=result.choices.drop_duplicates().index)
    assert len(np.unique(scores_of(result)[~result.failed], axis=0)) < 2 * len(RULES)


def test_a_result_can_be_sent_to_another_process():
    import pickle

    spread = Replicates(np.stack([VALUES, 2 * VALUES]))
    rule = Choice("aggregate", ["arithmetic", "geometric"])
    result = seeded(VALUES, {"rule": rule, "w": NoisyWeights(0.1), "spread": spread})
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_series_equal(again.record(3).scores, result.record(3).scores)


def test_blocks_are_what_seeds_mean():
    """Numbers of old results have to be found again: this pins the streams, and changes only on purpose."""
    assert BLOCK == 1024
    result = seeded(VALUES, {"weights": NoisyWeights(0.25)}, draws=1025, tree=FLAT)
    assert result.entropy == (3653403231, 2735729615, 2195314465, 1158725112)

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.index import IndexSpec, NodeSpec, ScoringError, build_index
from smartcity_analysis.index.uncertainty.inputs import (
    Choice,
    DataError,
    DirichletWeights,
    LeaveOut,
    NoisyWeights,
    Replicates,
)
from smartcity_analysis.index.uncertainty.sensitivity import sensitivity

from .uncertain import CODES, REGIONS, TREE, VALUES, framework, leaf, node, plan, table


def seeded(values, inputs, *, draws=256, seed=0, base=None, tree=TREE, **settings):
    rng = np.random.default_rng(seed)
    return sensitivity(values, tree, plan(base, **inputs), draws=draws, rng=rng, **settings)


# With these goalposts and weights the index is a + 2 b + 3 c over 6, on whatever scale.
SUM = framework(
    node("city", *(leaf(code, weight, goalposts=(0, 1)) for code, weight in zip("abc", (1, 2, 3), strict=True)))
)
ONE = pd.DataFrame(0.5, index=["Kota", "Gurah"], columns=list("abc"))


def uniform(code):
    """A replicate whose value is a uniform number itself, so that scores are linear in the numbers of the design."""
    return Replicates(lambda u: np.repeat(u[:, :1, None], 2, axis=1), columns=[code])


class TestKnownAnswers:
    def test_a_sum_of_three_uniform_inputs(self):
        """y = x1 + 2 x2 + 3 x3, on a scale that adds a constant: 1/14, 4/14 and 9/14 whatever the scale."""
        inputs = {code: uniform(code) for code in "abc"}
        for scale in ((0, 100), (1e6, 1e6 + 1)):
            found = seeded(ONE, inputs, tree=SUM, base=IndexSpec(scale=scale), draws=1024)
            expected = np.array([1, 4, 9]) / 14
            np.testing.assert_allclose(found.first.loc["Kota"], expected, atol=0.004)
            np.testing.assert_allclose(found.total.loc["Kota"], expected, atol=0.004)
            assert found.interactions["Kota"] == pytest.approx(0, abs=0.01)

    def test_two_identical_alternatives_have_0(self):
        inputs = {"same": Choice("aggregate", ["arithmetic", "arithmetic"]), "weights": DirichletWeights(9)}
        found = seeded(VALUES, inputs)
        assert found.first["same"].abs().max() < 1e-12 and found.total["same"].max() < 1e-12
        assert (found.first["weights"] > 0.9).all()

    def test_and_so_they_have_alone(self):
        found = seeded(VALUES, {"same": Choice("normalise", ["minmax", "minmax"])})
        assert (found.first["same"] == 0).all() and (found.total["same"] == 0).all() and (found.interactions == 0).all()

    def test_an_input_without_effect_has_0_exactly(self):
        """Weights below a node that takes the minimum have no effect."""
        base = IndexSpec(nodes={"green": NodeSpec(aggregate="minimum")})
        inputs = {"unused": DirichletWeights(9, below=("green",)), "used": NoisyWeights(0.5, below=("city",))}
        found = seeded(VALUES, inputs, base=base)
        assert (found.first["unused"] == 0).all() and (found.total["unused"] == 0).all()

    def test_a_product_has_an_interaction(self):
        """y = u1 u2 with u in [0, 1]: variances 1/48, 1/48 and together 7/144, so 3/7, 3/7 and 1/7 (by integration)."""
        tree = framework(
            node("city", leaf("a", goalposts=(0, 1)), leaf("b", goalposts=(0, 1)), rule="geometric"), (0, 1)
        )
        shifted = {code: uniform(code) for code in "ab"}
        squared = seeded(ONE[["a", "b"]], shifted, tree=tree, output=lambda scores: scores[:, 0] ** 2, draws=4096)
        assert squared.first.iloc[0].to_list() == pytest.approx([3 / 7, 3 / 7], abs=0.01)
        assert squared.total.iloc[0].to_list() == pytest.approx([4 / 7, 4 / 7], abs=0.01)
        assert squared.interactions.iloc[0] == pytest.approx(1 / 7, abs=0.02)

    def test_indices_of_one_choice_are_its_variance_between_alternatives(self):
        """With one discrete input and weights, S of the choice is the variance of the two conditional means."""
        methods = ["minmax", "percentile_rank"]
        inputs = {"normalise": Choice("normalise", methods), "weights": NoisyWeights(0.4)}
        found = seeded(VALUES, inputs, draws=4096)
        rng = np.random.default_rng(1)
        alone = []
        for method in methods:
            whole = sensitivity(VALUES, TREE, plan(IndexSpec(method), w=NoisyWeights(0.4)), draws=4096, rng=rng)
            alone.append((whole.indices.mean, whole.indices.variance))
        between = (alone[0][0] - alone[1][0]) ** 2 / 4
        variance = between + (alone[0][1] + alone[1][1]) / 2
        np.testing.assert_allclose(found.first["normalise"], between / variance, atol=0.02)
        np.testing.assert_allclose(found.variance, variance, rtol=0.02)


TWO = {"normalise": Choice("normalise", ["minmax", "percentile_rank"]), "weights": DirichletWeights(6)}


class TestOutputs:
    def test_every_region_at_once_is_one_by_one(self):
        whole = seeded(VALUES, TWO)
        assert list(whole.first.index) == REGIONS and list(whole.first) == ["normalise", "weights"]
        alone = seeded(VALUES, TWO, output=["Gurah", "Kota"])
        pd.testing.assert_frame_equal(alone.first, whole.first.loc[["Gurah", "Kota"]])
        pd.testing.assert_frame_equal(seeded(VALUES, TWO, output="Kota").total, whole.total.loc[["Kota"]])

    def test_a_measure_of_the_scores(self):
        def gap(scores):
            return scores.max(axis=1) - scores.min(axis=1)

        def spread(scores):
            return scores.std(axis=1)

        found = seeded(VALUES, TWO, output={"gap": gap, "spread": spread})
        assert list(found.first.index) == ["gap", "spread"]
        alone = seeded(VALUES, TWO, output=gap)
        assert list(alone.first.index) == ["gap"]
        np.testing.assert_allclose(alone.first.loc["gap"], found.first.loc["gap"], rtol=1e-12)
        assert found.total.loc["gap"].sum() > 0.99

    def test_the_shift_of_ranks_from_the_nominal_ones(self):
        shift = seeded(VALUES, TWO, output="rank_shift")
        nominal = build_index(VALUES, TREE).ranks["city"].to_numpy(dtype=float)

        def by_hand(scores):
            ranks = (scores[:, None, :] > scores[:, :, None]).sum(axis=2) + 1
            return np.abs(ranks - nominal).mean(axis=1)

        np.testing.assert_allclose(shift.first, seeded(VALUES, TWO, output=by_hand).first, rtol=1e-9)
        assert shift.variance["rank_shift"] > 0

    def test_ranks_of_every_region(self):
        found = seeded(VALUES, TWO, output="ranks")
        assert list(found.first.index) == REGIONS
        assert (found.variance < 4).all() and found.variance.max() > 0.1

    @pytest.mark.parametrize(
        ("output", "message"),
        [
            ("score", "output: found 'score', expected one of 'scores', 'ranks', 'rank_shift', regions, or a function"),
            ([], "output: found nothing, expected one of"),
            (
                lambda scores: scores,
                r"output: found an array \(256, 5\) from scores \(256, 5\), expected one number a draw",
            ),
        ],
    )
    def test_what_is_no_output_is_refused(self, output, message):
        with pytest.raises(ScoringError, match=message):
            seeded(VALUES, TWO, output=output)

    def test_the_scores_of_a_pillar(self):
        found = seeded(VALUES, {"w": DirichletWeights(9, below=("green",))}, node="green")
        assert found.first["w"].to_list() == pytest.approx([1.0] * 5, abs=0.1)


FIVE = {
    "treat": Choice("treat", [None, ("winsorise", {"limit": 2})]),
    "rule": Choice("aggregate", ["arithmetic", "geometric"]),
    "weights": NoisyWeights(0.3),
    "out": LeaveOut(0.1),
    "errors": DataError(pd.DataFrame(0.1, index=REGIONS, columns=CODES)),
}


class TestResult:
    def test_a_seed_repeats_and_0_is_a_seed(self):
        one, other = (seeded(VALUES, FIVE, draws=64) for _ in range(2))
        pd.testing.assert_frame_equal(one.table(), other.table(), check_exact=True)
        assert (seeded(VALUES, FIVE, draws=64, seed=1).first != one.first).any(axis=None)

    def test_the_table_has_a_row_an_output_and_input(self):
        found = seeded(VALUES, FIVE, draws=128)
        long = found.table()
        assert long.index.names == ["output", "input"] and len(long) == 25
        row = long.loc[("Gurah", "errors")]
        assert row["first"] == found.first.loc["Gurah", "errors"] and row["total"] == found.total.loc["Gurah", "errors"]
        assert (long["total_lower"] <= long["total"]).all() and (long["total"] <= long["total_upper"]).all()
        assert (long["used"] == 128).all()
        assert found.points == 128 and found.runs == 128 * 7 and found.failures.empty

    def test_without_resamples_there_are_no_intervals(self):
        assert seeded(VALUES, FIVE, draws=64, resamples=0).table()["first_lower"].isna().all()

    def test_convergence_leads_to_the_indices(self):
        found = seeded(VALUES, FIVE, draws=128)
        path = found.convergence()
        assert path.index.get_level_values("points").unique().to_list() == [16, 32, 64, 128]
        last = path.xs(128, level="points")["total"].unstack("input")
        np.testing.assert_array_equal(last.loc[REGIONS, list(FIVE)], found.total)

    def test_blocks_do_not_show(self):
        """2,048 points are two blocks: the first half is the design of 1,024 points."""
        inputs = {"rule": Choice("aggregate", ["arithmetic", "geometric"]), "weights": DirichletWeights(8)}
        large, small = (seeded(VALUES, inputs, draws=draws) for draws in (2048, 1024))
        half = large.convergence().xs(1024, level="points")["first"]
        np.testing.assert_allclose(half, small.table()["first"], atol=1e-11)


class TestFailures:
    base = IndexSpec(scale=(0, 100), aggregate="arithmetic")

    def test_they_are_counted_and_the_rest_is_not_poisoned(self):
        rule = Choice("aggregate", ["arithmetic", "median", "geometric"], [0.4, 0.4, 0.2])
        inputs = {"rule": rule, "weights": DirichletWeights(9)}
        found = seeded(VALUES, inputs, base=self.base, draws=512)
        assert found.failures["cause"].str.startswith("'city', geometric: found scores of 0 or less").all()
        assert found.failures["share"][0] == pytest.approx(0.2, abs=0.02)
        assert np.isfinite(found.table().drop(columns="used")).all(axis=None)
        assert found.table()["used"].between(250, 450).all()
        two = {"rule": Choice("aggregate", ["arithmetic", "median"]), "weights": DirichletWeights(9)}
        clean = seeded(VALUES, two, base=self.base, draws=512)
        np.testing.assert_allclose(found.total, clean.total, atol=0.12)

    def test_a_measure_sees_only_draws_that_did_not_fail(self):
        def mean(scores):
            assert not np.isnan(scores).any()
            return scores.mean(axis=1)

        inputs = {"rule": Choice("aggregate", ["arithmetic", "harmonic"], [0.9, 0.1]), "weights": DirichletWeights(9)}
        found = seeded(VALUES, inputs, base=self.base, output=mean)
        assert found.failures["draws"].sum() > 0 and np.isfinite(found.total).all(axis=None)

    def test_nothing_but_failures_is_an_error_that_says_why(self):
        with pytest.raises(
            ScoringError, match=r"found no draw that can be scored: .*geometric: found scores of 0 or less"
        ):
            seeded(VALUES, {"rule": Choice("aggregate", ["geometric"])}, base=self.base)

    def test_a_region_without_a_score_has_no_index_and_harms_no_other(self):
        gaps = VALUES.copy()
        gaps.loc["Kota", "water"] = np.nan
        found = seeded(gaps, {"weights": DirichletWeights(9)})
        assert found.first.loc["Kota"].isna().all() and found.variance.isna()["Kota"]
        assert found.first.loc["Gurah", "weights"] == pytest.approx(1, abs=0.1)


def test_draws_are_a_power_of_2():
    with pytest.raises(ScoringError, match="draws: found 1000, expected a power of 2 and 8 or more, such as 1024"):
        seeded(VALUES, {"w": NoisyWeights(0.1)}, draws=1000)


def test_the_memory_is_bounded():
    inputs = {"w": NoisyWeights(0.1)}
    values = table(2000)
    with pytest.raises(
        ScoringError, match=r"the design and the outputs take 125 MB, and memory_mb=50 allows less. Raise"
    ):
        seeded(values, inputs, draws=1024, memory_mb=50)
    found = seeded(values, inputs, draws=64, memory_mb=50, output="rank_shift")
    assert found.first.shape == (1, 1)

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammainc, ndtr
from scipy.stats import kstest

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import AGGREGATORS, IndexSpec, ScoringError
from smartcity_analysis.index.uncertainty.inputs import (
    Choice,
    DataError,
    DirichletWeights,
    LeaveOut,
    NoisyWeights,
    UncertaintyPlan,
    split,
)
from smartcity_analysis.index.uncertainty.streams import BLOCK, Points, Stream


def points(*rows):
    return Points(np.array(rows, dtype=float))


class TestChoice:
    def test_alternatives_are_labelled_by_name_and_options(self):
        def doubled(values):
            return 2 * values

        chosen = Choice("treat", [None, "log", ("winsorise", {"limit": 3}), doubled, AGGREGATORS["median"]])
        assert chosen.labels == ("none", "log", "winsorise(limit=3)", "doubled", "median")
        assert Choice("weights", [{"a": 1}, {"a": 2}]).labels == ("set 1", "set 2")
        assert Choice("normalise", {"short": "minmax"}).labels == ("short",)

    def test_two_of_the_same_are_two_alternatives(self):
        assert Choice("normalise", ["minmax", "minmax"]).labels == ("minmax", "minmax (2)")

    def test_uniform_numbers_are_turned_by_the_probabilities(self):
        chosen = Choice("normalise", ["minmax", "rank", "zscore"], [0.5, 0.0, 0.5])
        assert chosen.pick(np.array([0.0, 0.49, 0.5, 0.999])).tolist() == [0, 0, 2, 2]
        even = Choice("normalise", ["minmax", "rank"])
        assert even.pick(np.array([0.0, 0.4999, 0.5, 1 - 2**-53])).tolist() == [0, 0, 1, 1]

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"alternatives": []}, "Choice of normalise: found no alternative, expected some"),
            (
                {"alternatives": ["rank"], "probabilities": [0.5]},
                r"found the probabilities \[0.5\], expected 1 of 0 or",
            ),
            ({"alternatives": ["rank", "minmax"], "probabilities": [2, -1]}, "expected 2 of 0 or more that sum to 1"),
        ],
    )
    def test_what_is_no_choice_is_refused(self, settings, message):
        with pytest.raises(ScoringError, match=message):
            Choice("normalise", **settings)

    def test_steps_are_known(self):
        with pytest.raises(UnknownNameError, match=r"Unknown step of a choice: found 'normalize'.*mean 'normalise'"):
            Choice("normalize", ["minmax"])
        with pytest.raises(ScoringError, match=r"Choice of treat: found nodes. Leave nodes out"):
            Choice("treat", ["log"], nodes=("water",))


def test_a_method_and_its_options_are_told_apart():
    assert split(("power", {"p": 2})) == ("power", {"p": 2})
    assert split(None) == (None, {})


class TestWeights:
    nominal = np.array([[0.2], [0.3], [0.5]])
    siblings = np.full((3, 1), 3.0)

    def test_noisy_weights_lie_within_their_spread_and_are_centred(self):
        drawn = NoisyWeights(0.25).raw(Stream([1], 0, "w", BLOCK), self.nominal, self.siblings)
        assert drawn.shape == (3, BLOCK)
        assert (np.abs(drawn / self.nominal - 1) <= 0.25 + 1e-15).all()
        assert drawn.mean(axis=1) == pytest.approx(self.nominal[:, 0], rel=0.02)
        middle = NoisyWeights(0.25).raw(points([0.5], [0.5], [0.5]), self.nominal, self.siblings)
        np.testing.assert_allclose(middle, self.nominal, rtol=1e-15)

    def test_dirichlet_weights_have_the_moments_they_are_said_to_have(self):
        drawn = [DirichletWeights(20).raw(Stream([7], b, "w", BLOCK), self.nominal, self.siblings) for b in range(20)]
        shares = np.concatenate([raw / raw.sum(axis=0) for raw in drawn], axis=1)
        assert shares.mean(axis=1) == pytest.approx(self.nominal[:, 0], rel=0.01)
        assert shares.std(axis=1) == pytest.approx(np.sqrt(self.nominal * (1 - self.nominal) / 21)[:, 0], rel=0.03)

    def test_without_a_concentration_all_weights_are_alike_probable(self):
        equal = np.full((3, 1), 1 / 3)
        raw = DirichletWeights().raw(Stream([7], 0, "w", BLOCK), equal, self.siblings)
        first = (raw / raw.sum(axis=0))[0]
        assert kstest(first, lambda x: 1 - (1 - x) ** 2).pvalue > 0.01

    def test_a_design_gives_the_quantiles_of_what_a_stream_draws(self):
        uniform = np.array([[0.1, 0.5, 0.9]] * 3)
        raw = DirichletWeights(6).raw(Points(uniform), self.nominal, self.siblings)
        np.testing.assert_allclose(gammainc(6 * self.nominal, raw), uniform, rtol=1e-10)
        again = Points(uniform)
        DirichletWeights(6).raw(again, self.nominal, self.siblings)[:] = 0
        np.testing.assert_array_equal(DirichletWeights(6).raw(again, self.nominal, self.siblings), raw)

    def test_a_weight_of_0_stays_0(self):
        nominal = np.array([[0.0], [1.0]])
        for source in (Stream([1], 0, "w", 5), points([0.3] * 5, [0.3] * 5)):
            raw = DirichletWeights(4).raw(source, nominal, np.full((2, 1), 2.0))
            assert (raw[0] == 0).all() and (raw[1] > 0).all()

    def test_spread_and_concentration_have_limits(self):
        with pytest.raises(ScoringError, match="NoisyWeights: found a spread of 25, expected above 0 and at most 1"):
            NoisyWeights(25)
        with pytest.raises(ScoringError, match="DirichletWeights: found a concentration of 0, expected above 0"):
            DirichletWeights(0)


class TestLeaveOut:
    def test_each_is_left_out_with_the_probability(self):
        kept = LeaveOut(0.25).kept(Stream([3], 0, "out", BLOCK), 40)
        assert set(np.unique(kept)) == {0.0, 1.0} and kept.mean() == pytest.approx(0.75, abs=0.01)
        assert LeaveOut(0.25).kept(points([0.2, 0.25], [0.9, 0.0]), 2).tolist() == [[0, 1], [1, 0]]

    def test_or_exactly_one_is(self):
        kept = LeaveOut().kept(Stream([3], 0, "out", BLOCK), 4)
        assert (kept.sum(axis=0) == 3).all()
        assert kept.mean(axis=1) == pytest.approx([0.75] * 4, abs=0.05)

    def test_a_probability_of_1_leaves_nothing(self):
        with pytest.raises(ScoringError, match="LeaveOut: found a probability of 1, expected 0 to below 1"):
            LeaveOut(1)


class TestStream:
    def test_a_seed_repeats_and_0_is_a_seed(self):
        one, other = (Stream([0], 0, "w", 10).uniform(3) for _ in range(2))
        np.testing.assert_array_equal(one, other)
        assert (Stream([1], 0, "w", 10).uniform(3) != one).all()

    def test_blocks_and_inputs_have_their_own_numbers(self):
        drawn = [Stream([5], *which, 8).uniform(1) for which in ((0, "a"), (1, "a"), (0, "b"), (0, "ab"))]
        assert len({array.tobytes() for array in drawn}) == 4

    @pytest.mark.parametrize("shape", [np.full((3, 1), 1.5), np.array([[0.5], [2.0], [0.0]])])
    def test_a_short_block_has_the_first_draws_of_a_whole_one(self, shape):
        for numbers in (lambda s: s.uniform(3), lambda s: s.gamma(shape)):
            whole, short = (numbers(Stream([5], 2, "w", size)) for size in (BLOCK, 10))
            np.testing.assert_array_equal(short, whole[:, :10])

    def test_shapes_may_differ_from_draw_to_draw(self):
        shape = np.array([[0.5], [2.0]])
        by_draw = np.broadcast_to(shape, (2, BLOCK))
        one, other = (Stream([5], 0, "w", BLOCK).gamma(each) for each in (shape, by_draw))
        np.testing.assert_array_equal(one, other)

    def test_normal_numbers_go_on_from_batch_to_batch(self):
        whole = Stream([5], 0, "e", BLOCK).normal(7, 10)
        parts = Stream([5], 0, "e", BLOCK)
        np.testing.assert_array_equal(np.concatenate([parts.normal(7, 4), parts.normal(7, 6)]), whole)


class TestPoints:
    def test_normal_quantiles_go_on_from_batch_to_batch_and_start_again(self):
        uniform = np.random.default_rng(0).random((2, 6))
        design = Points(uniform)
        found = np.concatenate([design.normal(2, 4), design.normal(2, 2)])
        np.testing.assert_allclose(ndtr(found), uniform.T, rtol=1e-12)
        np.testing.assert_array_equal(design.again().normal(2, 6), found)

    def test_the_ends_are_finite(self):
        assert np.isfinite(points([0.0, 1 - 2**-53]).normal(1, 2)).all()

    def test_what_is_given_out_may_be_written_to(self):
        design = points([0.25, 0.75])
        design.uniform(1)[:] = 0
        assert design.uniform(1).tolist() == [[0.25, 0.75]] and design.size == 2


class TestPlan:
    def test_inputs_are_there_and_are_inputs(self):
        with pytest.raises(ScoringError, match="The plan: found no input, expected some"):
            UncertaintyPlan(IndexSpec(), {})
        with pytest.raises(
            ScoringError, match="The plan: found float for 'weights', expected a Choice, DirichletWeights"
        ):
            UncertaintyPlan(IndexSpec(), {"weights": 0.25})

    def test_two_choices_do_not_choose_the_same(self):
        one, other = Choice("normalise", ["minmax", "rank"]), Choice("normalise", ["zscore"])
        with pytest.raises(
            ScoringError, match=r"found 'a' and 'b' choosing the same normalise. Put them into one choice"
        ):
            UncertaintyPlan(IndexSpec(), {"a": one, "b": other})
        apart = Choice("normalise", ["zscore"], nodes=("water",))
        assert set(UncertaintyPlan(IndexSpec(), {"a": one, "b": apart}).inputs) == {"a", "b"}

    def test_it_does_not_follow_the_callers_mapping(self):
        inputs = {"w": NoisyWeights(0.1), "e": DataError(pd.DataFrame({"a": [1.0]}))}
        plan = UncertaintyPlan(IndexSpec(), inputs)
        inputs.clear()
        assert list(plan.inputs) == ["w", "e"]

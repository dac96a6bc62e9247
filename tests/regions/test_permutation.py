import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.regions import DisparityError, adjust, decompose, permutation_table, permutation_test
from smartcity_analysis.regions import permutation as module

from .family import FAMILY, close, skewed

ABLE = [m for m in FAMILY if m.entropy_order is not None]
VALUES, PEOPLE = skewed(14, seed=5)
GROUPS = pd.Series(["a", "b", "b", "c"] * 3 + ["a", "c"], index=VALUES.index)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("measure", ABLE, ids=lambda m: m.name)
@pytest.mark.parametrize("people", [None, PEOPLE], ids=["equal", "weighted"])
def test_agrees_with_its_slow_twin(measure, people):
    """Decompose again and again, with regions and their population moved to other groups."""
    found = permutation_test(VALUES, GROUPS, measure, population=people, rng=rng(), permutations=19)
    own = decompose(VALUES, GROUPS, population=people, measure=measure).between_share
    codes = pd.factorize(GROUPS)[0]
    slots = pd.factorize(GROUPS)[1][np.sort(codes)]
    shares = []
    for order in rng().permuted(np.tile(np.arange(14), (19, 1)), axis=1):
        moved = pd.Series(slots, index=VALUES.index[order])
        shares.append(decompose(VALUES, moved, population=people, measure=measure).between_share)
    assert found.between_share == close(own)
    assert found.expected_share == close(np.mean(shares))
    assert found.p_value == (1 + sum(share >= own * (1 - 1e-9) for share in shares)) / 20
    assert (found.measure, found.permutations, found.groups) == (measure.name, 19, 3)


def test_blocks_do_not_change_the_result(monkeypatch):
    whole = permutation_test(VALUES, GROUPS, rng=rng())
    monkeypatch.setattr(module, "_CELLS", 100)
    assert permutation_test(VALUES, GROUPS, rng=rng()).p_value == whole.p_value


def test_mexico_agrees_with_the_published_p_values():
    # PySAL's `inequality`, example of the class TheilDSim (numpy seed 10, 999 permutations, regions hanson98).
    examples = pytest.importorskip("libpysal", reason="libpysal holds the values of the Mexican states").examples
    states = pd.read_csv(examples.get_path("mexico.csv"), index_col="State")
    table = permutation_table(states.filter(like="pcgdp"), states["hanson98"], rng=rng())
    published = [0.4, 0.344, 0.001, 0.001, 0.034, 0.072, 0.032]
    for ours, theirs in zip(table["p_value"], published, strict=True):
        assert abs(ours - theirs) < 4 * np.sqrt(2 * theirs * (1 - theirs) / 999) + 2e-3
    assert list(table["p_adjusted"]) == list(adjust(table["p_value"]))
    alone = permutation_test(states["pcgdp1940"], states["hanson98"], rng=rng())
    assert (alone.p_value, alone.between_share) == (table["p_value"][0], close(table["between_share"][0]))


def test_all_arrangements_of_four_regions():
    # Two pairs: of the 6 ways to seat 4 regions in 2 groups of 2, only the 2 sorted ones are as unequal.
    values, groups = pd.Series([1.0, 1.1, 8.0, 9.0]), pd.Series(["a", "a", "b", "b"])
    assert permutation_test(values, groups, rng=rng(), permutations=9_999).p_value == pytest.approx(1 / 3, abs=0.02)


def test_random_groups_have_no_small_p_values_too_often():
    values = pd.DataFrame(rng().lognormal(size=(14, 300)), index=VALUES.index)
    p = permutation_table(values, GROUPS, rng=rng(1), permutations=199)["p_value"]
    assert 0.01 < (p <= 0.05).mean() < 0.10
    assert 0.40 < p.mean() < 0.60


def test_three_groups_are_too_few_to_say():
    verdict = permutation_test(VALUES, GROUPS, rng=rng()).verdict
    assert (verdict.key, verdict.facts["groups"], verdict.facts["needed"]) == ("too_few", 3, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "gini"}, "Found measure 'gini', which does not split"),
        ({"groups": GROUPS.iloc[1:]}, "Found no group for '35.71.0000'"),
        ({"groups": list(GROUPS)}, "Found groups of type list; expected a Series"),
        ({"rng": None}, "Found rng of type NoneType; expected a numpy.random.Generator"),
        ({"permutations": 5}, "Found 5 permutations; expected 19 or more"),
        ({"values": VALUES * 0 + 1}, "Found equal values everywhere; expected some disparity to divide"),
        ({"values": [1, 2]}, "Found values of type list; expected a Series"),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_is_refused(arguments, message):
    with pytest.raises(DisparityError, match=message):
        permutation_test(**{"values": VALUES, "groups": GROUPS, "rng": rng()} | arguments)


def test_a_table_says_which_indicator_is_at_fault():
    with pytest.raises(DisparityError, match=r"^roads: Found equal values everywhere"):
        permutation_table(pd.DataFrame({"water": VALUES, "roads": VALUES * 0 + 3}), GROUPS, rng=rng())
    with pytest.raises(DisparityError, match=r"^roads: Found values below 0"):
        permutation_table(pd.DataFrame({"water": VALUES, "roads": -VALUES}), GROUPS, rng=rng())

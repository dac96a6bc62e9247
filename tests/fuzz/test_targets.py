"""What fuzzing feeds reads its own seeds: without the fuzzer, so that a target is never broken unnoticed."""

import pytest

from .targets import SHARES, TARGETS, seeds


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds_and_what_is_cut_out_of_them(name):
    for seed in seeds(name):
        for data in (seed, seed[: len(seed) // 2], seed[::-1], b""):
            TARGETS[name](data)


def test_the_inputs_are_shared_out_whole():
    assert SHARES.keys() == TARGETS.keys() and sum(SHARES.values()) == pytest.approx(1)

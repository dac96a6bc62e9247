"""What is said of few groups and of few regions."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.present import speak
from smartcity_analysis.present.verdicts import verdict_sentence
from smartcity_analysis.regions import exact_test, interval, permutation_test, too_few

KECAMATAN = ["Mojoroto", "Kota", "Pesantren"]


def test_three_kecamatan_are_too_few_to_say():
    found = exact_test(pd.Series([3, 2, 5], KECAMATAN), pd.Series([14, 17, 15], KECAMATAN))
    assert verdict_sentence(found.verdict, speak("id")) == (
        "Terlalu sedikit untuk disimpulkan: ada 3 kelompok, dan dengan kurang dari 5 kelompok tidak ada perbedaan yang "
        "dapat dibedakan dari kebetulan."
    )
    values = pd.Series(np.arange(1.0, 47.0))
    tested = permutation_test(values, pd.Series(np.arange(46) % 3), rng=np.random.default_rng(0), permutations=19)
    assert verdict_sentence(tested.verdict, speak("en")).startswith("Too few to say: 3 groups")


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (3, "Terlalu sedikit untuk disimpulkan: ada 3 wilayah, dan dengan kurang dari 10 wilayah rentangnya tidak"),
        (46, "Cukup untuk diberi rentang: ada 46 wilayah, sedikitnya diperlukan 10."),
    ],
)
def test_an_interval_says_whether_it_can_be_read(regions, said):
    found = interval(pd.Series(np.arange(1.0, regions + 1)), rng=np.random.default_rng(0), resamples=99)
    assert verdict_sentence(found.verdict, speak("id")).startswith(said)


def test_enough_groups_are_enough():
    assert verdict_sentence(too_few(5), speak("en")) == "Enough to test: 5 groups, 5 or more are needed."

import pickle

import pytest

from smartcity_analysis.errors import SmartCityError, UnknownNameError
from smartcity_analysis.index import AGGREGATORS, NORMALISERS, WEIGHTINGS, Method, ScoringError
from smartcity_analysis.index.methods import find_method

FAMILIES = {"normalisers": NORMALISERS, "weightings": WEIGHTINGS, "aggregators": AGGREGATORS}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_read_only_and_its_records_are_complete(name):
    known = FAMILIES[name]
    with pytest.raises(TypeError):
        known["mine"] = next(iter(known.values()))
    for key, record in known.items():
        assert key == record.name and record.label_id and record.label_en
        assert pickle.loads(pickle.dumps(record)) == record


def test_a_record_comes_back_as_it_is():
    mine = Method("mine", lambda scores, weights, p=2, *, q=3: scores, "Punyaku", "Mine")
    assert find_method(AGGREGATORS, mine, "aggregation method") is mine
    assert mine.options == ("p", "q") and not mine.takes_direction


def test_an_unknown_name_lists_the_known_and_the_nearest():
    message = "Unknown aggregation method: found 'aritmetic', expected one of 'arithmetic', .*mean 'arithmetic'"
    with pytest.raises(UnknownNameError, match=message):
        find_method(AGGREGATORS, "aritmetic", "aggregation method")


def test_a_scoring_error_keeps_its_problems_across_processes():
    error = pickle.loads(pickle.dumps(ScoringError(["one", "two"])))
    assert error.problems == ("one", "two") and str(error) == "one\ntwo"
    assert isinstance(error, SmartCityError) and isinstance(error, ValueError)

import doctest
from importlib import import_module

import pytest

MODULES = ["methods", "labels", "bounds", "normalise", "weights", "aggregate", "spec", "plan", "leaves", "build"]
MODULES += ["ahp", "aggregators", "callables", "frontier", "normalisers", "weightings"]
WITH_EXAMPLES = {"methods", "labels", "normalise", "weights", "aggregate", "spec", "build"}
WITH_EXAMPLES |= {"ahp", "callables", "frontier", "weightings"}


@pytest.mark.parametrize("name", MODULES)
def test_every_example_does_what_it_says(name):
    result = doctest.testmod(import_module(f"smartcity_analysis.index.{name}"))
    assert result.failed == 0
    assert (result.attempted > 0) == (name in WITH_EXAMPLES)

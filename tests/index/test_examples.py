import doctest
from importlib import import_module

import pytest

MODULES = ["methods", "labels", "spec", "plan", "leaves", "build", "callables"]
MODULES += ["normalisation.bounds", "normalisation.normalise", "normalisation.normalisers"]
MODULES += ["weighting.weights", "weighting.weightings", "weighting.ahp", "weighting.frontier"]
MODULES += ["aggregation.aggregate", "aggregation.aggregators"]
WITH_EXAMPLES = {"methods", "labels", "spec", "build", "callables", "normalisation.normalise", "aggregation.aggregate"}
WITH_EXAMPLES |= {"weighting.weights", "weighting.weightings", "weighting.ahp", "weighting.frontier"}


@pytest.mark.parametrize("name", MODULES)
def test_every_example_does_what_it_says(name):
    result = doctest.testmod(import_module(f"smartcity_analysis.index.{name}"))
    assert result.failed == 0
    assert (result.attempted > 0) == (name in WITH_EXAMPLES)

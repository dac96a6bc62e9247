"""Every example in a docstring of the room, and of what draws its maps, does what it says."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

from smartcity_analysis import present, regions

MODULES = [found.name for room in (regions, present) for found in walk_packages(room.__path__, f"{room.__name__}.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_does_what_it_says(name):
    assert doctest.testmod(import_module(name)).failed == 0

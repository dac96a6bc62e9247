"""What the tests of this room share: the family of measures with strangers among them, and cases to try them on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from smartcity_analysis.regions import (
    MEASURES,
    Measure,
    atkinson,
    generalised_entropy,
    quantile_ratio,
    share_ratio,
)


def _half_squared_variation(values, weights):
    share = weights / weights.sum(axis=-1, keepdims=True)
    ratio = values / (share * values).sum(axis=-1, keepdims=True)
    return (share * (ratio - 1) ** 2).sum(axis=-1) / 2


STRANGER = Measure("half_squared_variation", _half_squared_variation, "own", "own", entropy_order=2.0)
MADE = [
    generalised_entropy(-1),
    generalised_entropy(0.3),
    generalised_entropy(0.7),
    generalised_entropy(3),
    atkinson(0.25),
    atkinson(2),
    share_ratio(0.2, 0.2),
    quantile_ratio(0.5, 0.25),
]
FAMILY = [*MEASURES.values(), *MADE, STRANGER]
every = pytest.mark.parametrize("measure", FAMILY, ids=lambda m: m.name)
modest = settings(max_examples=8, deadline=None)


@st.composite
def cases(draw, fewest=2, most=7):
    """Values and population by region."""
    n = draw(st.integers(fewest, most))
    values = draw(st.lists(st.floats(0.01, 1e4), min_size=n, max_size=n))
    people = draw(st.lists(st.integers(1, 400), min_size=n, max_size=n))
    names = [f"R{i}" for i in range(n)]
    return pd.Series(values, index=names), pd.Series(people, index=names)


def close(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-12)


def skewed(n, seed=0):
    """Values and population of n regions, both skewed."""
    rng = np.random.default_rng(seed)
    names = [f"35.71.{i:04d}" for i in range(n)]
    return pd.Series(rng.lognormal(sigma=0.8, size=n), names), pd.Series(rng.lognormal(8, 0.7, size=n), names)

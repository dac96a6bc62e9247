from pathlib import Path

import pandas as pd
import pytest

from smartcity_analysis.study import load_framework

REFERENCE = Path(__file__).parents[1] / "reference" / "human_development.csv"


@pytest.fixture(scope="session")
def hdi():
    return load_framework("human_development")


@pytest.fixture(scope="session")
def published():
    """BPS's human development index and its components, by region and year."""
    return pd.read_csv(REFERENCE, comment="#", dtype={"region": str}).set_index(["year", "region"])


@pytest.fixture(scope="session")
def components(published, hdi):
    """The components of 2021, a row a region."""
    return published.loc[2021, [leaf.code for leaf in hdi.leaves]].astype(float)

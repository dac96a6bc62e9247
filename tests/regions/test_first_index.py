"""An index of the regions before anybody has set weights: equal weights, and the band that this leaves."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.regions import first_disparity, first_index
from smartcity_analysis.study import plain_framework

CATALOGUE = pd.DataFrame(
    [
        ("water", "ENV", "up", 0.0, 100.0),
        ("waste", "ENV", "up", 0.0, 50.0),
        ("poverty", "ECO", "down", 0.0, 40.0),
        ("visits", "BRA", None, 0.0, 10.0),
    ],
    columns=["code", "pillar", "direction", "lower", "upper"],
).assign(unit_id="persen", unit_en="per cent", label_id="a", label_en="b", type="number", status="official", source="s")
REGIONS = pd.DataFrame(
    [("1", "kota"), ("1.1", "kecamatan"), ("1.2", "kecamatan"), ("1.3", "kecamatan")], columns=["code", "level"]
)
VALUES = {  # water, waste, poverty, visits
    "1.1": (80.0, 10.0, 10.0, 1.0),
    "1.2": (60.0, 40.0, 20.0, 2.0),
    "1.3": (20.0, 5.0, 30.0, 3.0),
}


def rows(values):
    found = [
        (region, 2024, code, value, "official")
        for region, own in values.items()
        for code, value in zip(CATALOGUE["code"], own, strict=True)
        if not np.isnan(value)
    ]
    return pd.DataFrame(found, columns=["region", "year", "indicator", "value", "status"])


@pytest.fixture
def study(kediri):
    tables = {"catalogue": CATALOGUE, "regions": REGIONS, "indicators": rows(VALUES)}
    return dataclasses.replace(kediri, tables=tables)


def changed(study, **values):
    new = VALUES | {name.replace("r", "1."): own for name, own in values.items()}
    return dataclasses.replace(study, tables=study.tables | {"indicators": rows(new)})


def test_pillars_weigh_alike_and_indicators_within_them(study):
    table = first_index(study, until=2024).set_index("region")
    # environment: the mean of water and twice the waste; economy: 100 less two and a half times the poverty
    assert table["ENV"].to_dict() == pytest.approx({"1.1": 50.0, "1.2": 70.0, "1.3": 15.0})
    assert table["ECO"].to_dict() == pytest.approx({"1.1": 75.0, "1.2": 50.0, "1.3": 25.0})
    assert table["region_index"].to_dict() == pytest.approx({"1.1": 62.5, "1.2": 60.0, "1.3": 20.0})
    assert table["rank"].to_dict() == {"1.1": 1, "1.2": 2, "1.3": 3}
    assert table["BRA"].isna().all() and set(table["indicators"]) == {3}  # visits have no direction


def test_ranks_that_hang_on_weights_have_bands_that_overlap_and_others_have_none(study):
    table = first_index(study, until=2024).set_index("region")
    assert table.loc["1.3", ["lower", "upper"]].to_list() == [3, 3]  # it is last on everything
    assert table.loc["1.1", ["lower", "upper"]].to_list() == [1, 2]
    assert table.loc["1.2", ["lower", "upper"]].to_list() == [1, 2]


def test_an_indicator_that_a_region_lacks_does_not_count(study):
    table = first_index(changed(study, r3=(20.0, np.nan, 30.0, 3.0)), until=2024)
    assert set(table["indicators"]) == {2}


@pytest.mark.parametrize(
    "values", [{"r3": (np.nan, np.nan, 30.0, 3.0)}, {"r3": (np.nan,) * 4}], ids=["one indicator", "a region without"]
)
def test_without_enough_there_is_no_index(study, values):
    poor = changed(study, **values)
    assert first_index(poor, until=2024).empty and list(first_index(poor, until=2024)) == list(
        first_index(study, until=2024)
    )
    assert first_disparity(poor, until=2024).empty


def test_a_stand_in_makes_the_index_one(study):
    table = study.tables["indicators"].copy()
    table.loc[table["indicator"] == "water", "status"] = "illustrative"
    invented = dataclasses.replace(study, tables=study.tables | {"indicators": table})
    assert set(first_index(invented, until=2024)["status"]) == {"illustrative"}


def test_disparity_is_the_gini_index_of_what_counts_in_the_index(study):
    table = first_disparity(study, until=2024).set_index("indicator")
    values = np.array([10.0, 40.0, 5.0])
    gini = np.abs(values[:, None] - values).sum() / (2 * len(values) ** 2 * values.mean())
    assert table.index[0] == "waste" and table.loc["waste", "value"] == pytest.approx(gini)
    assert set(table.index) == {"water", "waste", "poverty"} and set(table["verdict"]) == {"too_few"}


def test_a_tree_cannot_be_made_of_what_has_no_direction(study):
    with pytest.raises(ValueError, match="visits: found no direction"):
        plain_framework(study, ["water", "visits"])

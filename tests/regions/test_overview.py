"""Regions held against each other indicator by indicator, within their level."""

import dataclasses

import pandas as pd
import pytest

from smartcity_analysis.regions import indicator_overview, region_overview, region_values

CATALOGUE = pd.DataFrame(
    [("good", "up"), ("bad", "down"), ("plain", None)], columns=["code", "direction"]
).assign(unit_id="orang", unit_en="people")  # fmt: skip
REGIONS = pd.DataFrame(
    [("1", "kota"), ("1.1", "kecamatan"), ("1.2", "kecamatan"), ("1.3", "kecamatan")], columns=["code", "level"]
)
VALUES = [
    ("1", 2024, "good", 99.0), ("1.1", 2023, "good", 1.0), ("1.1", 2024, "good", 5.0), ("1.2", 2024, "good", 7.0),
    ("1.1", 2024, "bad", 2.0), ("1.2", 2024, "bad", 2.0), ("1.3", 2024, "bad", 4.0),
    ("1.1", 2024, "plain", 3.0), ("1.2", 2024, "plain", 1.0), ("1.3", 2025, "plain", 8.0),
]  # fmt: skip


@pytest.fixture
def study(kediri):
    values = pd.DataFrame(VALUES, columns=["region", "year", "indicator", "value"]).assign(status="official")
    return dataclasses.replace(kediri, tables={"catalogue": CATALOGUE, "regions": REGIONS, "indicators": values})


def test_values_are_of_the_last_year_ranked_by_direction_within_a_level(study):
    table = region_values(study, until=2024)
    assert "1" not in set(table["region"])  # the city is alone at its level
    ranks = table.set_index(["indicator", "region"])[["value", "rank", "regions"]]
    assert ranks.loc["good"].to_dict("index") == {
        "1.2": {"value": 7.0, "rank": 1, "regions": 2}, "1.1": {"value": 5.0, "rank": 2, "regions": 2}
    }  # fmt: skip
    assert ranks.loc["bad", "rank"].to_dict() == {"1.1": 1, "1.2": 1, "1.3": 3}
    assert ranks.loc["plain", "rank"].to_dict() == {"1.1": 1, "1.2": 2}
    assert list(dict.fromkeys(table["indicator"])) == ["good", "bad", "plain"]


def test_a_later_year_does_not_count_before_it(study):
    later = region_values(study, until=2025)
    assert set(later.loc[later["indicator"] == "plain", "region"]) == {"1.3"}


def test_an_indicator_says_where_it_is_lowest_and_highest(study):
    row = indicator_overview(study, until=2024).set_index("indicator").loc["good"]
    assert (row["lowest_region"], row["lowest"], row["median"]) == ("1.1", 5.0, 6.0)
    assert (row["highest_region"], row["highest"]) == ("1.2", 7.0)
    assert (row["regions"], row["missing"], row["year"]) == (2, 1, 2024)


def test_a_region_leads_and_trails_only_where_better_is_known(study):
    table = region_overview(study, until=2024).set_index("region")
    counts = table[["indicators", "missing", "leads", "trails"]].to_dict("split")
    assert dict(zip(counts["index"], counts["data"], strict=True)) == {
        "1.1": [3, 0, 1, 1], "1.2": [3, 0, 2, 0], "1.3": [1, 2, 0, 1]
    }  # fmt: skip


def test_where_all_are_alike_nobody_leads_or_trails(study):
    rows = study.tables["indicators"]
    alike = rows[rows["indicator"] == "bad"].assign(value=1.0)
    table = region_overview(dataclasses.replace(study, tables={**study.tables, "indicators": alike}), until=2024)
    assert table[["leads", "trails"]].to_numpy().sum() == 0 and len(table) == 3


def test_a_study_without_values_gives_empty_tables(study):
    for make in (region_values, indicator_overview, region_overview):
        assert make(study, until=2000).empty

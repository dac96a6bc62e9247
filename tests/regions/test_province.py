"""East Java's regencies and cities over time: who is ahead, how sure the disparity is, whether it narrows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.regions import (
    HEADLINE,
    KLASSEN,
    NEAREST,
    REPORTED,
    clustering_table,
    convergence_table,
    disparity_intervals,
    disparity_years,
    index_contributions,
    index_disparity,
    influence_table,
    klassen_table,
    klassen_types,
    latest,
    mobility_table,
    place_table,
    regional_index,
)

KEDIRI = "35.71"
TABLES = {
    "disparity_intervals": disparity_intervals,
    "convergence": convergence_table,
    "mobility": mobility_table,
    "place": lambda study, until: place_table(study, KEDIRI, until=until),
    "klassen": klassen_table,
    "klassen_types": lambda study, until: klassen_types(klassen_table(study, until=until)),
    "contributions": index_contributions,
    "index_disparity": index_disparity,
    "clustering": clustering_table,
}


@pytest.fixture(scope="module")
def tables(jatim):
    return {name: make(jatim, until=2024) for name, make in TABLES.items()}


@pytest.fixture
def altered(jatim):
    """The study with its values of GRDP per head changed by a function of the table."""

    def change(alter):
        rows = jatim.table("indicators")
        chosen = rows["indicator"] == "grdp_per_capita"
        rows.loc[chosen, "value"] = alter(rows[chosen])
        return replace(jatim, tables={**jatim.tables, "indicators": rows})

    return change


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_its_year_and_status_and_repeats(jatim, tables, name):
    table = tables[name]
    assert {"year", "status"} <= set(table) and set(table["status"]) <= {"official", "estimated"}
    pd.testing.assert_frame_equal(table, TABLES[name](jatim, until=2024))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_takes_the_weakest_status(jatim, name):
    rows = jatim.table("indicators")
    rows.loc[rows["year"].between(2010, 2021), "status"] = "illustrative"
    weak = replace(jatim, tables={**jatim.tables, "indicators": rows})
    assert set(TABLES[name](weak, until=2024)["status"]) == {"illustrative"}


@pytest.mark.parametrize("name", TABLES)
def test_no_table_looks_beyond_its_year(jatim, name):
    assert TABLES[name](jatim, until=2015)["year"].max() == 2015


# --- who is ahead ---


def test_kota_kediri_is_first_on_production_and_sixth_on_human_development(tables):
    grdp, hdi = tables["place"].to_dict("records")
    assert (grdp["year"], grdp["rank"], grdp["rank_first"], grdp["regions"]) == (2017, 1, 1, 38)
    assert round(grdp["times_median"], 1) == 13.5
    assert (hdi["year"], hdi["rank"], hdi["rank_first"], hdi["value"]) == (2021, 6, 7, 78.6)  # BPS, October 2022


def test_an_unknown_region_has_no_place(jatim):
    with pytest.raises(UnknownNameError, match=r"region.*'35\.99'"):
        place_table(jatim, "35.99", until=2024)


def test_the_order_of_the_regions_hardly_moves(tables):
    assert (tables["mobility"]["order_kept"] > 0.98).all()
    grdp = tables["mobility"].iloc[0]
    assert (grdp["climber"], grdp["climbed"], grdp["faller"], grdp["fell"]) == ("35.24", 5, "35.26", 8)


# --- how unequal ---


def test_intervals_stand_around_the_values_of_the_other_tables(jatim, tables):
    table = tables["disparity_intervals"]
    assert ((table["lower_limit"] < table["value"]) & (table["value"] < table["upper_limit"])).all()
    years = disparity_years(jatim, HEADLINE, until=2024).set_index("year")
    whole = table[table["left_out"].isna()].pivot(index="year", columns="measure", values="value")
    np.testing.assert_allclose(whole[list(HEADLINE)], years[list(HEADLINE)])


def test_the_region_left_out_is_the_one_that_drives_the_last_year(jatim, tables):
    influence = influence_table(jatim, HEADLINE, until=2024).set_index("measure")
    without = latest(tables["disparity_intervals"]).dropna(subset=["left_out"]).set_index("measure")
    assert without["left_out"].to_dict() == influence["region"].to_dict()
    np.testing.assert_allclose(without["value"], influence["without"].loc[without.index])
    assert set(without["regions"]) == {37}


def test_one_region_is_left_out_in_all_years(tables):
    table = tables["disparity_intervals"].dropna(subset=["left_out"])
    assert (table.groupby("measure")["left_out"].nunique() == 1).all()
    assert (table.groupby("measure")["year"].nunique() == 7).all()


def test_a_measure_that_sees_extremes_only_has_no_interval(jatim):
    with pytest.raises(ValueError, match="Found measure 'max_min', which sees two regions only"):
        disparity_intervals(jatim, [m for m in REPORTED if m == "max_min"], until=2024)


# --- does it narrow ---


def test_production_is_too_close_to_say_and_human_development_narrows(tables):
    table = tables["convergence"]
    verdicts = table[["spread_verdict", "growth_verdict"]].to_numpy().tolist()
    assert verdicts == [["too_close"] * 2, ["widening"] * 2, ["narrowing"] * 2, ["narrowing"] * 2]
    assert table["left_out"].to_list()[1] == KEDIRI
    clear = (table["lower_limit"] > 0) | (table["upper_limit"] < 0)
    assert (clear == (table["growth_verdict"] != "too_close")).all()


@pytest.mark.parametrize("power, verdict", [(-0.03, "narrowing"), (0.03, "widening")])
def test_a_panel_made_to_draw_together_or_apart_is_found_to(altered, power, verdict):
    rng = np.random.default_rng(0)

    def alter(rows):
        start = rows["region"].map(rows[rows["year"] == 2011].set_index("region")["value"])
        return start ** (1 + power * (rows["year"] - 2011)) * np.exp(rng.normal(0, 0.01, len(rows)))

    found = convergence_table(altered(alter), until=2017).iloc[:2]
    assert set(found["spread_verdict"]) == set(found["growth_verdict"]) == {verdict}


def test_growth_by_one_rate_says_nothing(altered):
    rng = np.random.default_rng(1)

    def alter(rows):
        start = rows["region"].map(rows[rows["year"] == 2011].set_index("region")["value"])
        return start * np.exp(0.05 * (rows["year"] - 2011) + rng.normal(0, 0.02, len(rows)))

    found = convergence_table(altered(alter), until=2017).iloc[0]
    assert (found["spread_verdict"], found["growth_verdict"]) == ("too_close", "too_close")


# --- who stands where ---


def test_types_follow_from_the_lines(tables):
    table = tables["klassen"]
    high, fast = table["level"] >= table["reference_level"], table["growth"] >= table["reference_growth"]
    expected = np.select([high & fast, high, fast], KLASSEN[:3], KLASSEN[3])
    assert (table["type"] == expected).all() and len(table) == 38
    assert list(dict.fromkeys(table["type"])) == list(KLASSEN)


def test_the_lines_are_the_level_and_growth_of_all_regions_together(jatim, tables):
    grdp, people = jatim.panel("grdp"), jatim.panel("population")
    level = grdp[[2011, 2017]].sum() / people[[2011, 2017]].sum() * 1e6  # thousand rupiah a head
    row = tables["klassen"].iloc[0]
    assert row["reference_level"] == pytest.approx(level[2017], rel=1e-5)
    assert row["reference_growth"] == pytest.approx((level[2017] / level[2011]) ** (1 / 6) - 1, rel=1e-5)


def test_kota_kediri_is_ahead_and_grows_more_slowly_however_the_lines_are_drawn(tables):
    own = tables["klassen"].set_index("region").loc[KEDIRI]
    assert (own["type"], own["firm"]) == ("advanced_slow", True)


def test_who_stands_near_a_line_is_not_firm(tables):
    table = tables["klassen"]
    near = (table["growth"] - table["reference_growth"]).abs()
    assert near[~table["firm"]].median() < near[table["firm"]].median()


def test_types_count_everybody_once(tables):
    counts = tables["klassen_types"]
    assert counts["regions"].sum() == 38 and counts["people_share"].sum() == pytest.approx(1)
    assert (counts["firm"] <= counts["regions"]).all()
    one = klassen_types(tables["klassen"].query("type == 'lagging'"))
    assert one["type"].to_list() == ["lagging"]


# --- what makes the disparity of the index ---


def test_parts_sum_to_the_disparity_and_indicators_to_their_part(tables):
    table = tables["contributions"]
    parts = table[table["parent"].isna()].set_index("code")
    assert parts["contribution"].sum() == pytest.approx(table["total"].iloc[0])
    assert parts["share"].sum() == pytest.approx(1)
    inner = table.dropna(subset=["parent"]).groupby("parent")["contribution"].sum()
    assert inner.to_dict() == pytest.approx({"education": parts.at["education", "contribution"]})
    assert table["code"].to_list()[:3] == ["education", "mean_schooling", "expected_schooling"]


def test_the_disparity_of_the_index_lies_between_its_limits(jatim, tables):
    row, total = tables["index_disparity"].iloc[0], tables["contributions"]["total"].iloc[0]
    assert row["value"] == pytest.approx(total)
    assert row["lower_limit"] < row["value"] < row["upper_limit"]
    assert row["draws"] == jatim.spec.index.uncertainty.draws
    assert row["year"] == regional_index(jatim, until=2024)[1]


def test_without_declared_uncertainty_there_are_no_limits(jatim):
    bare = replace(
        jatim,
        spec=jatim.spec.model_copy(update={"index": jatim.spec.index.model_copy(update={"uncertainty": None})}),
    )
    with pytest.raises(DataError, match=r"index\.uncertainty"):
        index_disparity(bare, until=2024)


# --- are neighbours alike ---


def test_human_development_clusters_and_production_is_too_close_to_say(tables):
    table = tables["clustering"]
    assert table["nearest"].to_list() == list(NEAREST) * 2
    assert table["verdict"].to_list() == ["too_close"] * 3 + ["alike"] * 3
    assert (table["p_adjusted"] >= table["p_value"]).all()
    assert ((table["clusters"] > 0) == (table["strongest_p"] <= 0.05)).all()


def test_a_map_that_rises_eastwards_is_found(jatim, altered):
    east = jatim.table("regions").set_index("code")["lon"]
    found = clustering_table(altered(lambda rows: np.exp(rows["region"].map(east))), until=2017).iloc[: len(NEAREST)]
    assert set(found["verdict"]) == {"alike"} and (found["clusters"] > 0).all()
    assert set(found["strongest_kind"]) <= {"high_high", "low_low"}

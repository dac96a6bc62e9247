"""The kelurahan of Kota Kediri: real figures against what is known of them, and stand-ins that never pass for real."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.regions import (
    area_drivers,
    area_index_table,
    area_neighbours,
    area_panel,
    area_references,
    area_sources,
    area_split,
    area_table,
    area_weights,
    area_years,
    disparity,
    priority_table,
    priority_tests,
    service_areas,
    service_pillars,
)
from smartcity_analysis.study import PILLARS, load_study

REAL = (area_table, priority_table, priority_tests)
STAND_INS = (
    area_index_table, area_split, area_years, area_sources, area_drivers, service_pillars, service_areas,
)  # fmt: skip


@pytest.fixture(scope="module")
def only_real(root):
    return load_study("kediri", root=root, only_real=True)


@pytest.fixture(scope="module")
def tables(kediri):
    return {make.__name__: make(kediri, until=2024) for make in (*REAL, *STAND_INS)}


def changed(study, name, table):
    return replace(study, tables=MappingProxyType({**study.tables, name: table}))


class TestReal:
    @pytest.mark.parametrize("make", REAL)
    def test_needs_no_stand_in(self, make, only_real, tables):
        pd.testing.assert_frame_equal(make(only_real, until=2024), tables[make.__name__])
        assert set(tables[make.__name__]["status"]) == {"reported"}

    def test_the_kelurahan_and_what_is_known_of_them(self, tables):
        table = tables["area_table"].set_index("region")
        assert len(table) == 46 and set(table["year"]) == {2024}
        assert table["kecamatan"].value_counts().to_dict() == {"35.71.02": 17, "35.71.03": 15, "35.71.01": 14}
        assert table["area_km2"].sum() == pytest.approx(63.397)  # Kota Kediri Dalam Angka 2017
        assert table["thematic_villages"].sum() == 10
        pojok = table.loc["35.71.01.1004"]
        assert pojok["stations_per_km2"] == pytest.approx(31 / 5.153)  # KPU 2024 over BPS 2017

    def test_priority_differs_no_more_than_chance_and_three_groups_are_too_few(self, tables):
        row = tables["priority_tests"].set_index("test").loc["between_kecamatan"]
        assert (round(row["p_value"], 4), row["verdict"], row["regions"]) == (0.3985, "too_few", 3)

    def test_raw_rates_beside_shrunk_ones(self, tables):
        table = tables["priority_table"].set_index("region")
        assert table[["priority", "regions"]].to_numpy().tolist() == [[3, 14], [2, 17], [5, 15], [10, 46]]
        kecamatan, city = table.iloc[:3], table.loc["35.71"]
        assert ((kecamatan["rate_lower"] < kecamatan["rate"]) & (kecamatan["rate"] < kecamatan["rate_upper"])).all()
        nearer = (kecamatan["shrunk"] - city["rate"]).abs() < (kecamatan["rate"] - city["rate"]).abs()
        assert nearer.all()
        assert np.isnan(city["shrunk"]) and city["rate_lower"] == pytest.approx(0.1095, abs=5e-4)  # Clopper-Pearson

    def test_neighbours_with_priority_are_counted_from_the_pairs(self, kediri, tables):
        flags = tables["area_table"].set_index("region")["stunting_priority"]
        pairs = kediri.table("neighbours")
        both = (flags[pairs["region_a"]].to_numpy() * flags[pairs["region_b"]].to_numpy()).sum()
        row = tables["priority_tests"].set_index("test").loc["joins"]
        assert row["found"] == both
        assert row["expected"] == pytest.approx(121 * 10 * 9 / (46 * 45))  # of 121 pairs, 10 of 46 marked at random
        assert row["verdict"] == "like_chance" and row["p_value"] > 0.5

    def test_priority_put_side_by_side_is_found(self, kediri):
        weights = area_neighbours(kediri)
        near = weights.matrix.toarray()
        start = 20
        chosen = np.argsort(-(near + near @ near)[start], kind="stable")[:10]
        rows = kediri.table("indicators")
        own = rows["indicator"] == "stunting_priority"
        rows.loc[own, "value"] = rows.loc[own, "region"].isin(weights.regions[chosen]).astype(float)
        table = priority_tests(changed(kediri, "indicators", rows), until=2024).set_index("test")
        assert table.loc[["joins", "moran"], "verdict"].to_list() == ["side_by_side", "side_by_side"]

    def test_nothing_is_known_before_its_year(self, kediri):
        assert priority_table(kediri, until=2023).empty and priority_tests(kediri, until=2023).empty
        early = area_table(kediri, until=2023)
        assert early["area_km2"].notna().all() and early["polling_stations"].isna().all()
        assert area_table(kediri, until=2016).empty

    def test_the_stand_in_for_people(self, kediri, jatim):
        people = area_weights(kediri)
        assert (people > 0).all() and people.sum() == kediri.panel("polling_stations").loc["35.71", 2024]
        assert (area_weights(kediri, "human_development_index") == 1).all()  # not known: each counts once
        assert area_weights(jatim).empty and area_neighbours(jatim) is None


class TestStandIns:
    @pytest.mark.parametrize("make", STAND_INS)
    def test_say_what_they_are(self, make, tables):
        table = tables[make.__name__]
        assert len(table) and set(table["status"]) == {"illustrative"} and "year" in table

    @pytest.mark.parametrize("make", (*REAL, *STAND_INS))
    def test_without_data_there_are_columns_and_no_rows(self, make, only_real, jatim, tables):
        for study in (jatim, *([only_real] if make in STAND_INS else [])):
            table = make(study, until=2024)
            assert table.empty and list(table.columns) == list(tables[make.__name__].columns)

    @pytest.mark.parametrize("make", (*REAL, *STAND_INS))
    def test_repeat(self, make, kediri, tables):
        pd.testing.assert_frame_equal(make(kediri, until=2024), tables[make.__name__])


class TestIndex:
    def test_bounds_are_the_same_in_all_years(self, kediri):
        panel = area_panel(kediri, until=2024)
        assert panel.years == (2020, 2021, 2022, 2023, 2024) and len(panel.framework.leaves) == 23
        leaves = [leaf.code for leaf in panel.framework.leaves]
        scores = pd.concat([panel.results[year].scores[leaves] for year in panel.years])
        np.testing.assert_allclose((scores.min(), scores.max()), ([0] * 23, [100] * 23), atol=1e-9)

    def test_direction_comes_from_the_catalogue(self, kediri):
        panel, catalogue = area_panel(kediri, until=2024), kediri.table("catalogue").set_index("code")
        result = panel.results[2024]
        for leaf in panel.framework.leaves:
            sign = 1 if catalogue.loc[leaf.code, "direction"] == "up" else -1
            assert np.corrcoef(result.values[leaf.code], result.scores[leaf.code])[0, 1] == pytest.approx(sign)

    def test_a_pillar_is_the_mean_of_its_sub_dimensions(self, kediri, tables):
        scores = area_panel(kediri, until=2024).results[2024].scores
        table = tables["area_index_table"].set_index("region")
        economy = scores[["ECO1", "ECO2", "ECO3"]].mean(axis=1)
        assert (table["ECO"] - economy).abs().max() < 1e-9
        assert (table["area_index"] - table[list(PILLARS)].mean(axis=1)).abs().max() < 1e-9
        assert table["rank"].is_monotonic_increasing and table["area_index"].is_monotonic_decreasing

    def test_a_leaf_that_is_not_known_everywhere_is_left_out(self, kediri):
        rows = kediri.table("indicators")
        lost = (rows["indicator"] == "GOV1.i1") & (rows["region"] == "35.71.01.1001")
        panel = area_panel(changed(kediri, "indicators", rows[~lost]), until=2024)
        assert len(panel.framework.leaves) == 22 and "GOV1.i1" not in panel.framework.nodes

    def test_between_and_within_are_the_whole(self, kediri, tables):
        table, people = tables["area_split"].set_index("year"), area_weights(kediri)
        np.testing.assert_allclose(table["between_share"] + table["within_share"], 1)
        total = area_panel(kediri, until=2024).total[2024]
        assert table.loc[2024, "gini"] == pytest.approx(disparity(total, population=people))
        assert table.loc[2024, "theil_t"] == pytest.approx(disparity(total, "theil_t", population=people))
        assert ((table["gini_lower"] < table["gini"]) & (table["gini"] < table["gini_upper"])).all()
        assert set(table["verdict"]) == {"too_few"}

    def test_what_rises_everywhere_alike_does_not_close_the_gap(self, tables):
        """The Gini index falls because the mean rises; the distance in points does not."""
        table = tables["area_split"].set_index("year")
        assert table.loc[2024, "gini"] < table.loc[2020, "gini"]
        assert set(table["trend"]) == {"not_told"} and table["trend_p"].iloc[0] > 0.05
        assert table["relative_change"].iloc[0] < 0

    def test_a_single_year_has_no_trend(self, kediri):
        table = area_split(kediri, until=2020)
        assert len(table) == 1 and np.isnan(table["trend_p"].iloc[0])

    def test_pillars_make_the_whole(self, tables):
        table = tables["area_sources"]
        assert table["share"].sum() == pytest.approx(1) and table["first_share"].sum() == pytest.approx(1)
        gini = tables["area_split"].set_index("year").loc[2024, "gini"]
        assert table["contribution"].sum() == pytest.approx(gini)
        assert set(table["pillar"]) == set(PILLARS)

    def test_who_drives_it_is_who_moves_it_most(self, kediri, tables):
        table, people = tables["area_drivers"], area_weights(kediri)
        first = table.iloc[0]
        total = area_panel(kediri, until=2024).total[2024].drop(first["region"])
        assert first["without"] == pytest.approx(disparity(total, population=people.drop(first["region"])))
        assert table["change"].abs().is_monotonic_decreasing
        assert set(table["cluster"]) <= {"high_high", "low_low", "high_low", "low_high", "not_significant"}


class TestServices:
    def test_people_are_those_of_the_rows(self, kediri, tables):
        rows = kediri.table("programme_coverage").query("year == 2024")
        table = tables["service_pillars"].set_index("pillar")
        assert list(table.index) == [*PILLARS, "smart_city"]
        assert table.loc["smart_city", "realised"] == rows["realised_people"].sum()
        assert table["planned"].iloc[:-1].sum() == table.loc["smart_city", "planned"] == rows["planned_people"].sum()
        areas = tables["service_areas"]
        assert areas["realised"].sum() == rows["realised_people"].sum()

    def test_what_has_to_move_is_what_others_lack(self, tables):
        areas, whole = tables["service_areas"], tables["service_pillars"].iloc[-1]
        assert areas["gap_people"].sum() == pytest.approx(0, abs=1e-6)
        assert whole["move_people"] == pytest.approx(areas["gap_people"].clip(lower=0).sum())
        assert whole["move_people"] / whole["realised"] == pytest.approx(whole["hoover_realised"])

    def test_underserved_is_below_its_share_whichever_way(self, tables):
        table = tables["service_areas"]
        below = (table[["ratio_people", "ratio_land", "ratio_need"]] < 1).all(axis=1)
        assert (table["underserved"] == below).all() and 0 < below.sum() < 46
        fair = table["fair_each"].unique()
        assert len(fair) == 1
        np.testing.assert_allclose(table["realised_each"] / fair[0], table["ratio_people"])

    def test_need_is_families_in_aid_times_stations(self, kediri, only_real):
        references = area_references(kediri, until=2024)
        aid = kediri.panel("ECO2.i1")[2024]
        np.testing.assert_allclose(references["need"], aid[references.index] / 100 * references["people"])
        assert list(area_references(only_real, until=2024)) == ["people", "land"]

    def test_without_need_its_columns_stay_unknown(self, kediri):
        rows = kediri.table("indicators")
        study = changed(kediri, "indicators", rows[rows["indicator"] != "ECO2.i1"])
        assert service_pillars(study, until=2024)["move_need"].isna().all()
        table = service_areas(study, until=2024)
        assert table["ratio_need"].isna().all() and table["ratio_land"].notna().all()

    def test_the_last_year_known(self, kediri):
        assert set(service_areas(kediri, until=2022)["year"]) == {2022}
        assert service_areas(kediri, until=2019).empty

    def test_a_real_figure_takes_its_own_status(self, kediri):
        rows = kediri.table("programme_coverage").assign(status="reported")
        aid = kediri.table("indicators")
        aid.loc[aid["indicator"] == "ECO2.i1", "status"] = "official"
        study = changed(changed(kediri, "programme_coverage", rows), "indicators", aid)
        assert set(service_areas(study, until=2024)["status"]) == {"reported"}

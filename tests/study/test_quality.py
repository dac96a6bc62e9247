"""What the shipped studies know and do not know."""

import pytest

from smartcity_analysis.study import area_data, availability, file_table, known_by_year, weakest_status


def test_every_recorded_file_is_listed_with_its_rows(kediri, jatim):
    table = file_table([kediri, jatim]).set_index(["study", "file"])
    files = [(study.name, file) for study in (kediri, jatim) for file in study.table("sources")["path"]]
    assert set(table.index) == set(files) and len(table) == len(files) > 15
    assert table.loc[("kediri", "neighbours.csv"), "rows"] == 121
    assert table.loc[("jatim", "indicators.csv"), "rows"] == len(jatim.table("indicators")) == 4636
    assert table.loc[("kediri", "scores.csv"), "sha256"] == kediri.hashes["scores.csv"][:12]
    assert table["producer"].notna().all()
    assert table.loc[("kediri", "indicators.csv"), "rows"] == 163
    assert table.loc[("kediri", "illustrative/indicators.csv"), "rows"] == 46 * 23 * 5
    assert (table["status"] == "illustrative").sum() == sum("illustrative/" in file for _, file in files)


def test_stand_ins_do_not_count_as_knowledge(kediri):
    assert kediri.table("indicators")["status"].eq("illustrative").any()
    areas = area_data(kediri).set_index("level")
    assert areas.loc["kelurahan", "social_indicators"] == 0


def test_availability_says_how_far_each_indicator_reaches(kediri, jatim):
    table = availability([kediri, jatim]).set_index(["study", "code"])
    row = table.loc[("jatim", "life_expectancy")]
    assert (row["first_year"], row["last_year"], row["years"], row["values"]) == (2010, 2021, 12, 12 * 38)
    assert (row["regions"], row["missing"], row["status"]) == (38, 0, "official")
    stunting = table.loc[("kediri", "stunting_priority")]
    assert (stunting["regions"], stunting["missing"], stunting["status"]) == (46, 0, "reported")
    for (name, code), row in table.iterrows():
        values = (kediri if name == "kediri" else jatim).table("indicators")
        own = values[values["indicator"] == code]
        last = own[own["year"] == own["year"].max()]
        assert row["values"] == len(own) and row["regions"] == last["region"].nunique() and row["missing"] >= 0
        assert row["status"] == weakest_status(own["status"])


def test_kelurahan_have_figures_but_none_that_measures_a_pillar(kediri):
    table = area_data(kediri).set_index("level")
    assert table["regions"].to_dict() == {"kota": 1, "kecamatan": 3, "kelurahan": 46}
    assert table.loc["kelurahan", "indicators"] == 3  # area, polling stations, stunting priority
    assert table.loc["kelurahan", "social_indicators"] == 0 == table.loc["kecamatan", "social_indicators"]
    assert table.loc["kota", "social_indicators"] == 5


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (
            2024,
            {
                ("dimensions", 2023): False,
                ("pillars", 2023): False,
                ("weights", 2023): False,
                ("score", 2024): False,
                ("bands", 2024): False,
            },
        ),
        (
            2022,
            {
                ("dimensions", 2022): True,
                ("pillars", 2022): True,
                ("weights", 2022): True,
                ("score", 2022): True,
                ("bands", 2022): False,
            },
        ),
    ],
)
def test_what_is_known_of_the_evaluation(kediri, year, expected):
    table = known_by_year(kediri, review_year=year)
    assert {(r.what, r.year): r.known for r in table.itertuples()} == expected
    assert table["key"].is_unique


def test_a_study_without_an_evaluation_knows_nothing_of_it(jatim):
    table = known_by_year(jatim, review_year=2024)
    assert table["what"].tolist() == ["score", "bands"] and not table["known"].any()


def test_an_indicator_without_values_is_not_available(jatim):
    values = jatim.table("indicators").query("indicator != 'spending'")
    study = type(jatim)(jatim.name, jatim.folder, jatim.spec, {**jatim.tables, "indicators": values})
    table = availability([study])
    assert "spending" not in set(table["code"]) and len(table) == len(availability([jatim])) - 1


def test_regions_without_a_value_in_the_last_year_are_counted_as_missing(jatim):
    values = jatim.table("indicators")
    gone = (values["indicator"] == "spending") & (values["year"] == 2021) & values["region"].isin(["35.01", "35.71"])
    study = type(jatim)(jatim.name, jatim.folder, jatim.spec, {**jatim.tables, "indicators": values[~gone]})
    row = availability([study]).set_index("code").loc["spending"]
    assert (row["regions"], row["missing"], row["last_year"]) == (36, 2, 2021)

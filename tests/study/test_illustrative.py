"""Stand-ins: marked in every row, left out on request, and made again by their seed."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import load_study, make_stand_ins, write_stand_ins

FILES = (
    "catalogue",
    "indicators",
    "programme_coverage",
    "programme_details",
    "programme_platforms",
    "programme_progress",
    "programme_targets",
    "survey_forms",
    "survey_answers",
    "survey_verified",
)


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def real():
    return load_study("kediri", only_real=True)


# --- what is read ---


def test_stand_ins_stand_behind_the_real_rows(kediri, real):
    own, merged = real.table("indicators"), kediri.table("indicators")
    pd.testing.assert_frame_equal(merged.iloc[: len(own)], own, check_dtype=False)
    assert (merged["status"].iloc[len(own) :] == "illustrative").all() and len(merged) > len(own)


def test_only_real_knows_nothing_of_them(real):
    for name in real.tables:
        table = real.table(name)
        assert "status" not in table or not table["status"].eq("illustrative").any(), name
    assert not [file for file in real.hashes if "illustrative" in file]
    assert real.table("programme_coverage").empty and real.only_real


def test_only_real_reads_past_a_broken_stand_in(folder):
    (folder / "illustrative" / "indicators.csv").write_text("region\n", encoding="utf-8")
    assert load_study(folder, only_real=True).only_real
    with pytest.raises(DataError):
        load_study(folder)


def test_a_real_row_takes_the_place_of_its_stand_in(folder, rehash):
    catalogue = (folder / "illustrative" / "catalogue.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in catalogue if line.startswith("LIV2.i1")).replace("illustrative", "official")
    header = (folder / "catalogue.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    cells = dict(zip(catalogue[0].split(","), row.split(","), strict=True))
    with (folder / "catalogue.csv").open("a", encoding="utf-8") as stream:
        stream.write(",".join(cells.get(name, "") for name in header) + "\n")
    with (folder / "indicators.csv").open("a", encoding="utf-8") as stream:
        stream.write("35.71.01.1001,2024,LIV2.i1,7.7,official,dinkes,\n")
    rehash(folder)
    study = load_study(folder)
    rows = study.table("indicators").query("region == '35.71.01.1001' and indicator == 'LIV2.i1' and year == 2024")
    assert rows["value"].tolist() == [7.7] and rows["status"].tolist() == ["official"]
    assert study.status_of(["LIV2.i1"], [2024]) == "illustrative"  # 45 kelurahan are stand-ins still


# --- what is refused ---


def test_a_row_that_could_pass_for_real_is_refused(folder, rehash):
    change(folder, "illustrative/indicators.csv", ",illustrative,", ",official,")
    rehash(folder)
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert error.value.text("en") == (
        "kediri/illustrative/indicators.csv, row 2, column status\n"
        "  Found: official\n"
        '  Expected: the status "illustrative" on every row of the folder illustrative\n'
        "  Remedy: write illustrative, or move a row of real data to the study's own table"
    )


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("35.71.01.1001,2020", "35.71.01.1999,2020", "unknown_reference"),
        (",GOV1.i1,", ",GOV1.x1,", "unknown_reference"),
        ("35.71.01.1001,2020", "35.71.01.1001,20x0", "not_a_year"),
    ],
)
def test_stand_ins_are_held_to_the_same_contract(folder, rehash, old, new, key):
    change(folder, "illustrative/indicators.csv", old, new)
    rehash(folder)
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert {(b.key, b.file) for b in error.value.breaches} == {(key, "kediri/illustrative/indicators.csv")}


def test_a_broken_catalogue_does_not_drown_its_own_fault(folder, rehash):
    change(folder, "illustrative/catalogue.csv", ",down,", ",sideways,")
    rehash(folder)
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert {b.key for b in error.value.breaches} == {"not_allowed"}


def test_a_file_that_is_no_table_is_named(folder):
    (folder / "illustrative" / "sources.csv").write_text("x\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert {b.key for b in error.value.breaches} == {"file_unknown", "source_missing"}


def test_a_stand_in_that_changed_unnoticed_is_noticed(folder):
    change(folder, "illustrative/indicators.csv", "GOV1.i1,3.1,", "GOV1.i1,3.2,")
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert [(b.key, b.file) for b in error.value.breaches] == [("hash_differs", "kediri/illustrative/indicators.csv")]


# --- the generator ---


def test_the_shipped_stand_ins_are_those_of_the_seed(kediri, real):
    made = make_stand_ins(real)
    assert tuple(made) == FILES
    for name, key in (("indicators", "value"), ("programme_coverage", "realised_people")):
        shipped = kediri.table(name).query("status == 'illustrative'").reset_index(drop=True)
        np.testing.assert_allclose(shipped[key], made[name][key], rtol=0, atol=1e-9)
        assert shipped["region"].tolist() == made[name]["region"].tolist()


def test_every_row_says_what_it_is(real):
    for table in make_stand_ins(real).values():
        assert table["status"].eq("illustrative").all() and table["source"].str.contains("ilustrasi|illustration").all()


def test_another_seed_gives_other_values_of_the_same_shape(real):
    from dataclasses import replace

    other = replace(real, spec=real.spec.model_copy(update={"seed": 1}))
    one, two = make_stand_ins(real)["indicators"], make_stand_ins(other)["indicators"]
    assert one.drop(columns="value").equals(two.drop(columns="value"))
    assert (one["value"] != two["value"]).mean() > 0.8


def test_the_panel_covers_every_kelurahan_and_year_without_a_gap(real):
    made = make_stand_ins(real)
    values = made["indicators"].pivot(index="region", columns=["indicator", "year"], values="value")
    assert values.shape == (46, 23 * 5) and values.notna().all(axis=None)
    people = made["programme_coverage"]
    assert (people["realised_people"] <= people["planned_people"]).all() and (people["realised_people"] >= 0).all()
    assert set(people["programme"]) <= set(real.table("programmes")["code"])


def test_writing_them_again_changes_no_byte(folder):
    before = {p.name: p.read_bytes() for p in (folder / "illustrative").iterdir()}
    sources = (folder / "SOURCES.csv").read_bytes()
    for path in (folder / "illustrative").iterdir():
        path.write_text("damaged", encoding="utf-8")
    files = write_stand_ins(load_study(folder, only_real=True, check_sources=False))
    assert files == [f"illustrative/{name}.csv" for name in FILES]
    assert {p.name: p.read_bytes() for p in (folder / "illustrative").iterdir()} == before
    assert (folder / "SOURCES.csv").read_bytes() == sources
    assert load_study(folder)


def test_a_study_without_kelurahan_has_nothing_to_shape_them_by(jatim):
    with pytest.raises(DataError, match="polling_stations"):
        make_stand_ins(jatim)

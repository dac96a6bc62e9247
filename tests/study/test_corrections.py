"""Declared corrections: applied while reading, guarded by what they were declared against, the raw file left alone."""

import csv
import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import STATUSES, TABLES, load_study
from smartcity_analysis.study.columns import Column
from smartcity_analysis.study.corrections import apply_corrections, cell_text, correctable, find_rows, row_key
from smartcity_analysis.study.filing import Filed, file_in_study
from smartcity_analysis.study.readers.tables import ReadTable
from smartcity_analysis.study.spec import NumberFormat

STATIONS = {
    "code": "K-1", "table": "indicators", "row": "region=35.71.01.1006; year=2024; indicator=polling_stations",
    "column": "value", "from": "21", "to": "25", "reason": "salah hitung", "evidence": "berita acara",
    "opd": "kec_mojoroto", "remark": "R-1", "status": "survey", "source": "feedback/kec_mojoroto-1.xlsx",
}  # fmt: skip
QUICK_WIN = {**STATIONS, "code": "K-2", "table": "programmes", "row": "code=P39", "column": "quick_win_years",
             "from": "", "to": "2023;2024"}  # fmt: skip


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


@pytest.fixture
def declare(folder):
    """Declare corrections, their file recorded as it must be."""

    def write(*rows):
        with (folder / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, STATIONS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        digest = hashlib.sha256((folder / "corrections.csv").read_bytes()).hexdigest()
        with (folder / "SOURCES.csv").open("a", encoding="utf-8", newline="") as stream:
            stream.write(f"corrections.csv,{digest},Koreksi,reviu,,,,\n")

    return write


def value(study):
    rows = study.table("indicators").set_index(["region", "year", "indicator"])
    return rows.loc[("35.71.01.1006", 2024, "polling_stations")]


# --- what is applied ---


def test_a_correction_changes_one_cell_of_what_is_read_and_no_file(folder, declare, kediri):
    before = (folder / "indicators.csv").read_bytes()
    declare(STATIONS, QUICK_WIN)
    study = load_study(folder)
    assert value(study)["value"] == 25 and value(kediri)["value"] == 21
    assert (folder / "indicators.csv").read_bytes() == before
    changed = {}
    for name in kediri.tables:
        old, new = kediri.table(name), study.table(name)
        if name != "sources" and not old.equals(new):
            changed[name] = (old != new) & ~(old.isna() & new.isna())
    cells = {(name, column): int(marks[column].sum()) for name, marks in changed.items() for column in marks}
    assert {place: count for place, count in cells.items() if count} == {
        ("indicators", "value"): 1,
        ("indicators", "status"): 1,
        ("indicators", "source"): 1,
        ("programmes", "quick_win_years"): 1,
        ("programmes", "status"): 1,
        ("programmes", "source"): 1,
    }


def test_the_row_takes_the_weaker_status_and_names_the_correction(folder, declare):
    declare(STATIONS)
    row = value(load_study(folder))
    assert row["status"] == "survey" and row["source"].endswith("; corrections.csv K-1")


def test_a_stronger_status_does_not_lift_the_row(folder, declare):
    declare({**QUICK_WIN, "status": "official"})
    assert load_study(folder).table("programmes").set_index("code").at["P39", "status"] == "reported"


def test_a_target_has_a_status_of_its_own(folder, declare):
    declare({**STATIONS, "table": "scores", "row": "year=2022", "column": "target", "from": "3.4", "to": "3.5"})
    row = load_study(folder).table("scores").set_index("year").loc[2022]
    assert (row["target"], row["target_status"], row["status"]) == (3.5, "survey", "reported")


def test_corrections_of_one_cell_follow_each_other(folder, declare):
    declare(STATIONS, {**STATIONS, "code": "K-3", "from": "25", "to": "24"})
    assert value(load_study(folder))["value"] == 24


def test_an_empty_new_value_empties_a_cell_that_may_be_empty(folder, declare):
    declare({**QUICK_WIN, "row": "code=P38", "from": "2021;2022;2023", "to": ""})
    programmes = load_study(folder).table("programmes").set_index("code")
    assert pd.isna(programmes.at["P38", "quick_win_years"])


def test_corrections_are_read_with_real_rows_only_too(folder, declare):
    declare(STATIONS)
    assert value(load_study(folder, only_real=True))["value"] == 25


# --- what is refused, each with its place in corrections.csv ---

REFUSED = {
    "stale": ({"from": "20"}, "from", "Ditemukan: 21\n  Seharusnya: nilai 20 di tabel indicators"),
    "stale against an empty cell": ({"from": ""}, "from", "nilai (kosong) di tabel indicators"),
    "unknown table": ({"table": "indikator"}, "table", 'betulkan nama tabelnya (mungkin maksudnya "indicators")'),
    "a table that is not corrected": ({"table": "sources"}, "table", "Ditemukan: sources"),
    "a stand-in": ({"table": "programme_coverage", "row": "programme=P02; region=35.71.01.1001; year=2020"}, "table",
                   "Ditemukan: programme_coverage"),
    "unknown column": ({"column": "valu"}, "column", 'betulkan nama kolomnya (mungkin maksudnya "value")'),
    "a key column": ({"column": "region"}, "column", "kolom tabel indicators yang boleh dikoreksi: value, note"),
    "a status": ({"column": "status"}, "column", "Ditemukan: status"),
    "a row that is not there": ({"row": "region=35.71.01.1099; year=2024; indicator=polling_stations"}, "row",
                                "tepat satu baris tabel indicators"),
    "a row of another form": ({"row": "35.71.01.1006"}, "row", "ditulis sebagai region=...; year=...; indicator=..."),
    "not a number": ({"to": "dua puluh"}, "to", "Ditemukan: dua puluh\n  Seharusnya: angka"),
    "an empty number": ({"to": ""}, "to", "sel ini tidak boleh kosong"),
    "outside the plausible range": ({"to": "2500"}, "to", "nilai antara 1 dan 2000 (TPS)"),
    "the other decimal sign": ({"to": "2,5"}, "to", '"2,5" dapat berarti 25 atau 2.5'),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_correction_that_does_not_hold_is_refused(folder, declare, case):
    change, column, told = REFUSED[case]
    declare(QUICK_WIN, {**STATIONS, **change})
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert len(error.value.breaches) == 1
    text = error.value.text("id")
    assert text.startswith(f"kediri/corrections.csv, baris 3, kolom {column}\n") and told in text
    assert error.value.text("en").startswith(f"kediri/corrections.csv, row 3, column {column}\n")


@pytest.mark.parametrize(
    ("column", "to", "told"),
    [
        ("ict", "digital", "salah satu dari: ict, non_ict"),
        ("quick_win_years", "2023;dua", r"isian berbentuk \d{4}"),
        ("owner_opd", "disdik;dinas", "kode yang ada di tabel opd"),
        ("sub_dimension", "SOC9", "isian berbentuk"),
    ],
)
def test_a_new_value_must_satisfy_the_contract_of_its_column(folder, declare, kediri, column, to, told):
    present = kediri.table("programmes").set_index("code").at["P39", column]
    declare({**QUICK_WIN, "column": column, "from": present if isinstance(present, str) else "", "to": to})
    with pytest.raises(DataError) as error:
        load_study(folder)
    text = error.value.text("id")
    assert "corrections.csv, baris 2, kolom to" in text and told in text


def test_corrections_of_a_broken_table_are_not_reported_on_top(folder, declare):
    declare(STATIONS)
    path = folder / "indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("polling_stations,21", "polling_stations,x", 1), "utf-8")
    with pytest.raises(DataError) as error:
        load_study(folder, check_sources=False)
    assert {breach.file for breach in error.value.breaches} == {"kediri/indicators.csv"}


# --- the parts ---


def test_status_source_and_key_cannot_be_corrected():
    for table in TABLES.values():
        assert not {"status", "source", *table.key} & set(correctable(table))


@pytest.mark.parametrize("name", ["indicators", "programmes", "score_components", "opd", "thematic_villages"])
def test_every_row_is_found_again_by_its_key(kediri, name):
    rows = kediri.table(name)
    for position in range(0, len(rows), max(1, len(rows) // 20)):
        assert list(find_rows(rows, TABLES[name], row_key(TABLES[name], rows.iloc[position]))) == [position]


@given(st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from([".", ","]))
def test_a_number_is_written_as_it_is_read(number, decimal):
    numbers = NumberFormat(decimal=decimal)
    column = Column("value", "number")
    text = cell_text(number, column, numbers)
    assert float(text.replace(decimal, ".")) == pytest.approx(number, rel=1e-14)


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_a_status_is_never_strengthened(present, given_status):
    rows = pd.DataFrame({"code": ["a"], "number": [1.0], "year": [2024.0], "text_id": ["x"], "text_en": ["x"],
                         "status": [present], "source": ["s"]})  # fmt: skip
    told = {**STATIONS, "table": "recommendations", "row": "code=a", "column": "number", "from": "1", "to": "2",
            "status": given_status}  # fmt: skip
    tables = {
        "recommendations": ReadTable(rows, np.array([2]), (), "recommendations.csv"),
        "corrections": ReadTable(pd.DataFrame([told], dtype=object), np.array([2]), (), "corrections.csv"),
    }
    corrected, breaches = apply_corrections(tables, NumberFormat())
    assert not breaches and rows["number"].iloc[0] == 1
    row = corrected["recommendations"].values.iloc[0]
    assert row["number"] == 2 and STATUSES.index(row["status"]) == max(map(STATUSES.index, (present, given_status)))


def test_a_filed_file_is_recorded_with_its_hash(folder):
    study = load_study(folder)
    data = b"satu"
    assert file_in_study(study, {"feedback/disdik-1.xlsx": Filed(data, "Formulir", "disdik")}) == [
        "feedback/disdik-1.xlsx"
    ]
    again = load_study(folder)
    assert again.hashes["feedback/disdik-1.xlsx"] == hashlib.sha256(data).hexdigest()
    file_in_study(again, {"feedback/disdik-1.xlsx": Filed(b"dua", "lain", "lain")})
    row = load_study(folder).table("sources").set_index("path").loc["feedback/disdik-1.xlsx"]
    assert row["title"] == "Formulir" and row["sha256"] == hashlib.sha256(b"dua").hexdigest()


def test_a_file_in_feedback_that_nobody_recorded_is_a_breach(folder):
    (folder / "feedback").mkdir()
    (folder / "feedback" / "lain.xlsx").write_bytes(b"x")
    with pytest.raises(DataError, match=r"feedback/lain\.xlsx"):
        load_study(folder)

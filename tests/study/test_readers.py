"""Bytes to typed tables: what is read, and how every broken cell is named."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import TABLES
from smartcity_analysis.study.contracts import STATUSES
from smartcity_analysis.study.readers.tables import read_table
from smartcity_analysis.study.spec import NumberFormat

COMMA = NumberFormat(decimal=",", thousands=".")
HEADER = "year,score,target,target_status,status,source"
REGIONS = "code,name,level,parent,status,source"


def read(text, table="scores", *, file=None, numbers=None):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, TABLES[table], file=file or f"{table}.csv", numbers=numbers)


def workbook(rows, title="Data"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def excel(rows, table="scores"):
    return read(workbook(rows), table, file=f"{table}.xlsx")


def keys(result):
    return [breach.key for breach in result.breaches]


def only(result):
    assert len(result.breaches) == 1, keys(result)
    return result.breaches[0]


def said(result, language="id"):
    return DataError(result.breaches).text(language)


# --- one table, many ways to write it ---

ROWS = [["2022", "3.31", "3.4", "reported", "reported", "press"], ["2023", "3.197", "", "", "reported", "press, a"]]


def written(separator, header=HEADER):
    cells = [[f'"{c}"' if separator in c else c for c in row] for row in ROWS]
    return "\n".join(separator.join(row) for row in [header.split(","), *cells]) + "\n"


WAYS = {
    "comma": (written(","), "scores.csv"),
    "semicolon": (written(";"), "scores.csv"),
    "tab": (written("\t"), "scores.csv"),
    "byte order mark": (b"\xef\xbb\xbf" + written(",").encode(), "scores.csv"),
    "windows lines": (written(",").replace("\n", "\r\n"), "scores.csv"),
    "old mac lines": (written(",").replace("\n", "\r"), "scores.csv"),
    "no last line end": (written(",").rstrip("\n"), "scores.csv"),
    "indonesian headers": (written(",", "tahun,skor,target,status_target,status,sumber"), "scores.csv"),
    "loose headers": (written(",", " Year ,SCORE,Target,target status,Status,source"), "scores.csv"),
    "workbook": (workbook([HEADER.split(","), *ROWS]), "scores.xlsx"),
    "workbook with numbers": (
        workbook([HEADER.split(","), [2022, 3.31, 3.4, *ROWS[0][3:]], [2023.0, 3.197, None, None, *ROWS[1][4:]]]),
        "Scores.XLSX",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_table_is_read_from_every_form(way):
    data, file = WAYS[way]
    result = read(data, file=file)
    assert not result.breaches, said(result)
    values = result.values
    assert values["year"].tolist() == [2022.0, 2023.0] and values["score"].tolist() == [3.31, 3.197]
    assert values["target"].isna().tolist() == [False, True]
    assert values["target_status"].tolist() == ["reported", None]
    assert values["source"].tolist() == ["press", "press, a"]
    assert values["rank_national"].isna().all() and values["note"].isna().all()
    assert result.rows.tolist() == [2, 3]
    assert list(values.columns) == [c.name for c in TABLES["scores"].columns]


def test_columns_may_come_in_any_order():
    result = read("source,status,score,year,target,target_status\npress,reported,3.31,2022,,\n")
    assert not result.breaches and result.values.loc[0, "score"] == 3.31


def test_empty_rows_and_columns_are_skipped_and_rows_still_count_as_in_a_spreadsheet():
    text = f"\n{HEADER},,\n,,,,,,,\n2022,3.31,,,reported,press,,\n\n2023,9,,,reported,press,,\n"
    breach = only(read(text))
    assert (breach.row, breach.column, breach.found) == (6, "score", 9.0)
    breach = only(excel([[], HEADER.split(","), [None, " "], [2022, 9, None, None, "reported", "press"]]))
    assert (breach.sheet, breach.row) == ("Data", 4)


def test_rows_are_counted_as_in_a_spreadsheet_when_a_cell_has_many_lines():
    text = f'{HEADER}\n2022,3.31,,,reported,"one\ntwo\nthree"\n2023,x,,,reported,press\n'
    result = read(text)
    assert only(result).row == 3
    assert result.values.loc[0, "source"] == "one\ntwo\nthree"


@pytest.mark.parametrize("word", ["", "-", "–", "n/a", "NA", "null", "...", "  "])
def test_words_for_missing_are_missing(word):
    result = read(f"{HEADER}\n2022,{word},,,reported,press\n")
    assert not result.breaches and np.isnan(result.values.loc[0, "score"])


# --- numbers in the declared format ---


@pytest.mark.parametrize(
    ("cell", "numbers", "value"),
    [
        ("3.197", NumberFormat(), 3.197),
        ("3,197", NumberFormat(decimal=","), 3.197),
        ("3,197", COMMA, 3.197),
        ("3.197", COMMA, 3197.0),
        ("3.197,5", COMMA, 3197.5),
        ("1.007.436", COMMA, 1007436.0),
        ("301 424,5", NumberFormat(decimal=",", thousands=" "), 301424.5),
        ("301\u00a0424", NumberFormat(decimal=",", thousands=" "), 301424.0),
        ("−0.113", NumberFormat(), -0.113),
        ("+4", NumberFormat(), 4.0),
        ("1e-3", NumberFormat(), 0.001),
        (" 7 ", NumberFormat(), 7.0),
    ],
)
def test_a_number_is_read_in_the_declared_format(cell, numbers, value):
    result = read(indicators(cell), "indicators", numbers=numbers)
    assert not result.breaches, said(result)
    assert result.values.loc[0, "value"] == value


def indicators(cell):
    return f'region,year,indicator,value,status,source\n35.71,2022,x,"{cell}",official,BPS\n'


@pytest.mark.parametrize(
    ("cell", "numbers", "one", "other"),
    [
        ("3,197", NumberFormat(), "3197", "3.197"),
        ("3.197", NumberFormat(decimal=","), "3197", "3.197"),
        ("0.197", COMMA, "0197", "0.197"),
        ("3.19", COMMA, "319", "3.19"),
        ("3,19", NumberFormat(thousands=","), "319", "3.19"),
    ],
)
def test_an_ambiguous_number_names_both_readings(cell, numbers, one, other):
    breach = only(read(indicators(cell), "indicators", numbers=numbers))
    assert breach.key == "number_format" and breach.found == cell
    assert f'"{cell}" dapat berarti {one} atau {other};' in breach.text("id")
    assert f'"{cell}" may mean {one} or {other};' in breach.text("en")
    assert f'tanda desimal "{numbers.decimal}" seperti dinyatakan di study.yaml' in breach.text("id")


@pytest.mark.parametrize(
    "cell", ["tiga", "Rp587", "12 %", "12 34", "1_000", "1e999", "1.2.3,4", "--3", "3,", "inf", "0x10", "1/2"]
)
@pytest.mark.parametrize("numbers", [NumberFormat(), NumberFormat(decimal=",")])
def test_what_is_not_a_number_is_refused(cell, numbers):
    breach = only(read(indicators(cell), "indicators", numbers=numbers))
    assert breach.key in ("not_a_number", "number_format") and breach.found == cell
    assert (breach.row, breach.column) == (2, "value")


def test_the_message_shows_the_declared_format():
    text = said(read(indicators("x"), "indicators", numbers=COMMA), "en")
    assert text == (
        "indicators.csv, row 2, column value\n"
        "  Found: x\n"
        '  Expected: a number with decimal sign "," (1.000 = 1000)\n'
        "  Remedy: write the number alone, without a unit; if there is no value, remove the row"
    )


def test_a_point_read_as_thousands_is_caught_by_the_range():
    """In a file with decimal comma and thousands point 3.197 is 3197: refused by the range, with the remedy."""
    result = read(f"{HEADER.replace(',', ';')}\n2023;3.197;;;reported;press\n", numbers=COMMA)
    assert said(result) == (
        "scores.csv, baris 2, kolom score\n"
        "  Ditemukan: 3197\n"
        "  Seharusnya: nilai antara 0 dan 4\n"
        "  Perbaikan: periksa nilai, satuan, dan tanda desimalnya"
    )


@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    numbers=st.sampled_from([NumberFormat(), NumberFormat(decimal=","), COMMA, NumberFormat(thousands=" ")]),
    grouped=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_float_written_in_the_declared_format_is_read_back_exactly(value, numbers, grouped):
    text = f"{value:,.17f}" if grouped and numbers.thousands and abs(value) < 1e15 else repr(value)
    swap = str.maketrans({",": numbers.thousands, ".": numbers.decimal})
    result = read(indicators(text.translate(swap)), "indicators", numbers=numbers)
    assert not result.breaches, said(result)
    assert result.values.loc[0, "value"] == float(text.replace(",", ""))


# --- codes stay text ---


def test_a_code_stays_the_text_it_was():
    text = f"{REGIONS}\n35,A,provinsi,,official,x\n35.70,B,kota,35,official,x\n35.70.01,C,kecamatan,35.70,official,x\n"
    assert read(text, "regions").values["code"].tolist() == ["35", "35.70", "35.70.01"]
    rows = [REGIONS.split(","), ["35.70", "Kota", "kota", None, "official", "x"]]
    assert excel(rows, "regions").values["code"].tolist() == ["35.70"]


def test_a_code_that_a_spreadsheet_made_a_number_is_refused_with_the_likely_code():
    result = excel([REGIONS.split(","), [35.7, "Kota", "kota", None, "official", "x"]], "regions")
    assert said(result, "en") == (
        "regions.xlsx, sheet Data, row 2, column code\n"
        "  Found: 35.7\n"
        "  Expected: a region code as text, such as 35.71 or 35.71.01.1001\n"
        "  Remedy: a spreadsheet seems to have turned the code into a number (35.70 into 35.7); "
        'format the column as Text and write the code again (perhaps "35.70")'
    )
    assert keys(excel([REGIONS.split(","), [35.71, "Kota", "kota", None, "official", "x"]], "regions")) == [
        "code_as_number"
    ]
    assert not excel([REGIONS.split(","), [35, "Jawa Timur", "provinsi", None, "official", "x"]], "regions").breaches


@pytest.mark.parametrize(
    ("code", "key", "hint"),
    [
        ("35.7", "code_as_number", "35.70"),
        ("3571", "code_as_number", ""),
        ("35.71.1", "bad_pattern", None),
        ("35.71.01.101", "bad_pattern", None),
        ("Kediri", "bad_pattern", None),
    ],
)
def test_a_code_of_another_form_is_refused(code, key, hint):
    breach = only(read(f"{REGIONS}\n{code},Kota,kota,,official,x\n", "regions"))
    assert (breach.key, breach.facts.get("hint")) == (key, hint)
    assert "mungkin" in breach.text("id") if hint else "mungkin" not in breach.text("id")


def test_text_typed_as_a_number_in_a_workbook_stays_as_typed():
    rows = [
        ["path", "sha256", "title", "producer", "published", "accessed", "licence"],
        ["a", "0" * 64, 7, "BPS", 2022.0, None, None],
    ]
    values = excel(rows, "sources").values
    assert values.loc[0, ["title", "published"]].tolist() == ["7", "2022"]


# --- every rule of a contract, with its words ---


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2022,-0.01,,,reported,x", "score", "Ditemukan: -0.01\n  Seharusnya: nilai antara 0 dan 4\n"),
        ("2022,4.01,,,reported,x", "score", "Ditemukan: 4.01\n  Seharusnya: nilai antara 0 dan 4\n"),
        ("22,3,,,reported,x", "year", "Ditemukan: 22\n  Seharusnya: tahun empat angka antara 1990 dan 2100\n"),
        ("1989,3,,,reported,x", "year", "Ditemukan: 1989\n"),
        ("2022.5,3,,,reported,x", "year", "Ditemukan: 2022.5\n"),
        (",3,,,reported,x", "year", "Ditemukan: (kosong)\n  Seharusnya: isian; sel ini tidak boleh kosong\n"),
        ("2022,3,,,,x", "status", "Ditemukan: (kosong)\n"),
        ("2022,3,,,reportd,x", "status", f"Ditemukan: reportd\n  Seharusnya: salah satu dari: {', '.join(STATUSES)}\n"),
        ("2022,3,,,reportd,x", "status", 'Perbaikan: pilih salah satu isian itu (mungkin maksudnya "reported")'),
        ("2022,3,3,press,reported,x", "target_status", "Ditemukan: press\n"),
    ],
)
def test_a_cell_against_its_rule(row, column, words):
    breach = only(read(f"{HEADER}\n{row}\n"))
    assert (breach.row, breach.column) == (2, column)
    assert words in breach.text("id")


@pytest.mark.parametrize("row", ["2022,0,,,reported,x", "2022,4,4,official,reported,x"])
def test_both_ends_of_a_range_belong_to_it(row):
    assert not read(f"{HEADER}\n{row}\n").breaches


def test_a_text_of_the_wrong_form_shows_the_form():
    header = "path,sha256,title,producer,published,accessed,licence"
    breach = only(read(f"{header}\na.csv,abc,t,p,,,\n", "sources"))
    assert breach.key == "bad_pattern" and "Seharusnya: isian berbentuk [0-9a-f]{64}\n" in breach.text("id")


def test_lists_are_checked_part_by_part():
    header = "code,name,pillar,sub_dimension,owner_opd,owner_status,ict,quick_win_years,period,status,source"
    result = read(f"{header}\nP1,A,GOV,GOV1,dinkes;disdik,found,ict,2022;23,,reported,x\n", "programmes")
    assert (only(result).key, only(result).found, only(result).column) == ("bad_pattern", "23", "quick_win_years")
    header = "code,abbreviation,name,kind,existence,pillars,status,source"
    breach = only(read(f"{header}\ndinkes,D,Dinas,dinas,found,LIV; SOK,reported,x\n", "opd"))
    assert (breach.key, breach.found, breach.facts["hint"]) == ("not_allowed", "SOK", "SOC")


def test_a_key_stands_once_and_the_first_row_is_named():
    text = f"{HEADER}\n2022,3,,,reported,x\n2023,3,,,reported,x\n2022,3.1,,,reported,y\n"
    assert said(read(text)) == (
        "scores.csv, baris 4, kolom year\n"
        "  Ditemukan: 2022\n"
        "  Seharusnya: setiap year satu kali saja\n"
        "  Perbaikan: hapus salah satu; yang pertama ada di baris 2"
    )


# --- headers and the shape of the file ---


def test_a_header_nobody_knows_is_named_beside_the_one_it_may_be():
    result = read("year,skore,target,target_status,status,source\n2022,3,,,reported,x\n")
    assert keys(result) == ["column_unknown", "column_missing"]
    unknown, missing = result.breaches
    assert (unknown.row, unknown.column, unknown.facts["hint"]) == (1, "skore", "skor")
    assert missing.text("en") == (
        "scores.csv, row 1, column score\n"
        "  Found: year, skore, target, target_status, status, source\n"
        "  Expected: a column score (also accepted: skor)\n"
        '  Remedy: add the column or mend its header (perhaps "skore")'
    )


def test_a_column_that_comes_twice_in_two_languages_is_refused():
    result = read(f"{HEADER},tahun\n2022,3,,,reported,x,2022\n")
    assert [(b.key, b.found) for b in result.breaches] == [("column_twice", "tahun")]


@pytest.mark.parametrize(("row", "cells"), [("2022,3,,,reported", 5), ("2022,3,,,reported,x,y", 7)])
def test_a_row_of_another_length_is_refused(row, cells):
    breach = only(read(f"{HEADER}\n2020,2.87,,,reported,x\n{row}\n"))
    assert (breach.key, breach.row, breach.found) == ("row_length", 3, cells)
    assert "6 sel di setiap baris" in breach.text("id")


def test_a_quotation_mark_that_is_never_closed_is_named():
    text = f'{HEADER}\n2020,2.87,,,reported,x\n2021,"3,,,reported,x\n' + "2022,3,,,reported,x\n" * 9000
    breach = only(read(text))
    assert (breach.key, breach.row) == ("not_csv", 3)
    assert "cari tanda kutip yang tidak ditutup" in breach.text("id")


@pytest.mark.parametrize("text", ["", "\n\n", HEADER, f"{HEADER}\n\n", f"{HEADER}\n,,,,,\n"])
def test_a_table_without_rows_is_refused(text):
    assert keys(read(text)) == ["empty_table"]


def test_a_workbook_without_rows_is_refused():
    assert keys(excel([HEADER.split(",")])) == ["empty_table"] == keys(excel([]))


def test_text_that_is_not_utf8_names_its_row():
    breach = only(read(f"{HEADER}\n2022,3,,,reported,K".encode() + b"\xe9diri\n"))
    assert (breach.key, breach.row, breach.found) == ("not_utf8", 2, "byte 0xe9")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", HEADER.encode()])
def test_a_workbook_that_is_none_is_refused(data):
    assert keys(read(data, file="scores.xlsx")) == ["not_workbook"]


def test_a_workbook_cell_of_another_kind_is_refused():
    rows = [
        HEADER.split(","),
        [2022, True, None, None, "reported", "x"],
        [2023, pd.Timestamp("2023-01-02"), None, None, "reported", "x"],
    ]
    assert keys(excel(rows)) == ["not_a_number", "not_a_number"]


def test_every_breach_of_a_file_is_said_at_once():
    rows = [
        "x,3,,,reported,a,",
        "2022,five,,,reported,a,",
        "2023,5,,,reported,a,",
        "2024,,,,seen,,",
        "2023,3,,,reported,b,",
    ]
    result = read("\n".join([f"{HEADER},extra", *rows]))
    assert {(b.key, b.row, b.column) for b in result.breaches} == {
        ("column_unknown", 1, "extra"),
        ("not_a_year", 2, "year"),
        ("not_a_number", 3, "score"),
        ("out_of_range", 4, "score"),
        ("not_allowed", 5, "status"),
        ("cell_empty", 5, "source"),
        ("duplicate_key", 6, "year"),
    }
    assert said(result).count("Perbaikan:") == 7

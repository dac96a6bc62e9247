"""The workbook of a review: what is in it, that it reads alike in every program, and that nothing in it runs."""

import io
import re
import shutil
import subprocess
import time
import zipfile
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.disk import read_packaged
from smartcity_analysis.masterplan import dimension_table, latest_evaluation, score_check, score_trend
from smartcity_analysis.present import LANGUAGES, labels_of, speak
from smartcity_analysis.present.language import KINDS
from smartcity_analysis.present.workbook.book import review_workbook
from smartcity_analysis.present.workbook.cells import FORMATS, LONGEST, cell_value, clean, sheet_name

HEAD = 5  # row of the headings, from 1
LAYOUTS = yaml.safe_load(read_packaged("present/layouts.yaml"))
PLAN = yaml.safe_load(read_packaged("present/workbook/plan.yaml"))
PLANNED = {name: plan for entries in PLAN.values() for name, plan in entries.items()}
HOSTILE = [
    '=HYPERLINK("https://example.org","x")', "+1", "-1", "@x", "\t=1+1", " =1+1", "{=1+1}", "http://example.org/",
    "internal:'x'!A1", "<r><t>x</t></r>", "_x0041_", "a\x00b\x0b", "\ud800!", "10/20/30", "007", "x" * 40_000, "'",
    "a\r\nb",
]  # fmt: skip


def made(tables, language="id", **options):
    facts = {"title": "Reviu Smart City", "year": 2024, "place": "Kota Kediri", **options}
    return review_workbook(tables, language=language, **facts)


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def only(tables, **options):
    """The one sheet of tables beside the contents."""
    return opened(made(tables, **options)).worksheets[1]


def sample_rows(sheet):
    """How many rows of the table the sheet holds."""
    return sum(cell.border.left.style is not None for cell in sheet["A"][HEAD:])


def rows_of(sheet):
    return [list(row) for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True)]


def recommended(*texts, status="reported"):
    return pd.DataFrame({"year": 2022, "number": range(len(texts)), "text": texts, "source": "s", "status": status})


@pytest.fixture(scope="module")
def review(kediri):
    year, evaluation = latest_evaluation(kediri, until=2024)
    return {
        "score_trend": score_trend(kediri, until=2024),
        "dimensions": dimension_table(evaluation),
        "score_check": score_check(kediri, evaluation, year),
        "acceptability": pd.DataFrame({"region": ["35.71"], "1": [1.0]}),
    }


def sample(kind, language="id"):
    """A value a column of that kind may hold."""
    if kind in KINDS:
        return 2.0
    return {"status": "official", "yesno": True, "word": "gini", "text": "teks"}.get(kind, "X1")


def everything():
    """A table for every layout, as the plan wants it."""
    tables = {}
    for name, columns in LAYOUTS.items():
        plan = PLANNED.get(name, {})
        if "made" not in plan:
            taken = {plan.get("take", {}).get(column, column): kind for column, kind in columns.items()}
            own = {column: [sample(kind)] * 2 for column, kind in taken.items()}
            frame = plan.get("frame", name)
            tables[frame] = pd.DataFrame({**own, **tables.get(frame, {}), "status": ["official", "illustrative"]})
    return tables


# --- what is in it ---


def test_published_scores_stand_in_their_cells_as_numbers(review):
    book = opened(made(review))
    sheet = book.worksheets[1]
    heads = [cell.value for cell in sheet[HEAD]]
    assert sheet["A1"].value == "Skor dan target Smart City Kota Kediri"
    assert sheet["A2"].value.startswith("Sumber: Kementerian Kominfo") and "Catatan: " in sheet["A2"].value
    assert heads[:3] == ["Tahun", "Skor", "Langkah"]
    scores = {row[0]: row[1] for row in rows_of(sheet)[:4]}
    assert scores == {2020: 2.87, 2021: 3.06, 2022: 3.31, 2023: 3.197}
    assert sheet.cell(HEAD + 4, 2).number_format == "0.00#" and sheet.cell(HEAD + 4, 3).number_format.startswith("+")
    assert sheet.cell(HEAD + 1, 3).value is None  # no step before the first year
    assert {row[heads.index("Status")] for row in rows_of(sheet)[:4]} == {"berita"}


def test_a_title_takes_its_facts_from_the_tables_and_does_without_where_they_are_missing(review):
    titles = [sheet["A1"].value for sheet in opened(made(review)).worksheets]
    assert "Dimensi evaluasi 2022 dan sumbangannya pada skor" in titles
    alone = only({"dimensions": review["dimensions"]})
    assert alone["A1"].value == "Dimensi evaluasi"


@pytest.mark.parametrize(
    ("language", "name", "back"), [("id", "Daftar isi", "← Daftar isi"), ("en", "Contents", "← Contents")]
)
def test_the_contents_lead_to_every_sheet_and_back(review, language, name, back):
    book = opened(made(review, language))
    contents = book.worksheets[0]
    assert contents.title == name and book.active is contents
    links = {link.location for row in contents.iter_rows() for cell in row if (link := cell.hyperlink)}
    assert links == {f"'{sheet.title}'!A1" for sheet in book.worksheets[1:]}
    for sheet in book.worksheets[1:]:
        assert sheet["A3"].value == back and sheet["A3"].hyperlink.location == f"'{name}'!A1"
    assert any("acceptability" in str(cell.value) for row in contents.iter_rows() for cell in row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_and_no_word_is_left_untranslated(language):
    book = opened(made(everything(), language))
    words = speak(language)
    known = {clean(text, words) for key, text in words.messages.items() if key.startswith("tables.columns.")}
    assert len(book.worksheets) > 60
    for sheet in book.worksheets[1:]:
        heads = [cell.value for cell in sheet[HEAD] if cell.value is not None]
        assert heads and set(heads) <= known, sheet.title
        assert "{" not in sheet["A1"].value + sheet.title and len(sheet.title) <= 31
        cells = [str(cell) for row in rows_of(sheet) for cell in row]
        keys = {"gini", "True"} if language == "en" else {"gini", "True", "official", "illustrative"}
        assert not keys & set(cells), sheet.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_planned_table_has_its_words(language):
    words = speak(language)
    for chapter, entries in PLAN.items():
        assert words.has(f"workbook.chapters.{chapter}")
        for name, plan in entries.items():
            assert words.has(f"workbook.tabs.{name}"), name
            assert len(words.text(f"workbook.tabs.{name}")) <= 27, name
            assert "source" not in plan or words.has(f"tables.sources.{plan['source']}"), name
            assert set(plan.get("chart", {}).get("series", [])) <= set(
                plan.get("columns") or LAYOUTS.get(name, {})
            ) or (name not in LAYOUTS), name


def test_headings_stay_in_sight_and_every_column_can_be_filtered():
    for sheet in opened(made(everything())).worksheets[1:]:
        assert re.fullmatch(rf"[AB]{HEAD + 1}", sheet.freeze_panes), sheet.title
        assert re.fullmatch(rf"A{HEAD}:[A-Z]+{HEAD + sample_rows(sheet)}", sheet.auto_filter.ref), sheet.title
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and "&P" in sheet.oddFooter.right.text


# --- what is illustrative ---


@pytest.mark.parametrize(
    ("status", "mark", "listed"),
    [
        (["official", "official"], None, "resmi"),
        (["official", "illustrative"], "Sebagian baris di bawah ini adalah ILUSTRASI", "sebagian ilustrasi"),
        (["illustrative", "illustrative"], "ILUSTRASI, bukan data", "ilustrasi"),
    ],
)
def test_an_illustration_is_marked_on_its_sheet_its_rows_and_in_the_contents(status, mark, listed):
    book = opened(made({"recommendations": recommended("a", "b", status=status)}))
    sheet, invented = book.worksheets[1], [s == "illustrative" for s in status]
    assert (sheet["A4"].value or "").startswith(mark or "") and (sheet["A4"].value is None) == (mark is None)
    assert [sheet.cell(HEAD + 1 + row, 3).font.italic for row in range(2)] == invented
    assert [sheet.cell(HEAD + 1 + row, 3).fill.fgColor.rgb == "FFFFF4D6" for row in range(2)] == invented
    assert (sheet.sheet_properties.tabColor is not None) == any(invented)
    assert listed in [cell.value for cell in book.worksheets[0]["E"]]


def test_a_chart_of_illustrations_says_so_in_its_title():
    years = pd.DataFrame({"year": [2022, 2023], "gini": [0.1, 0.2], "status": "illustrative"})
    with zipfile.ZipFile(io.BytesIO(made({"area_split": years}))) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "ILUSTRASI, bukan data" in chart


def test_charts_draw_from_the_cells_and_leave_the_total_out():
    pillars = pd.DataFrame({"code": ["GOV", "total"], "own": [1, 9], "further": [2, 9], "status": "official"})
    with zipfile.ZipFile(io.BytesIO(made({"portfolio_pillars": pillars}))) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "'1 Program per pilar'!$B$6" in chart and "$B$7" not in chart


# --- what a cell holds ---


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_stays_text(text):
    data = made({"recommendations": recommended(text)}, labels={text: {"id": text}})
    sheet = opened(data).worksheets[1]
    cell = sheet.cell(HEAD + 1, 3)
    assert cell.data_type == "s" and cell.hyperlink is None and len(cell.value) <= LONGEST
    assert cell.value.strip() == clean(text, speak("id")).strip()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"<f>" not in content or "charts" in name, name
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(content)


def test_what_a_cell_cannot_hold_is_cut_with_a_mark():
    cell = only({"recommendations": recommended("x" * 40_000)}, language="en").cell(HEAD + 1, 3)
    assert cell.value.endswith("[cut: the text exceeds what an Excel cell can hold]") and len(cell.value) == LONGEST
    wide = clean("\U0001f600" * 20_000, speak("id"))
    assert len(wide.encode("utf-16-le")) <= 2 * LONGEST and wide.endswith("[dipotong: teks melebihi batas sel Excel]")


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (3.197, "score", 3.197), (7, "int", 7.0), (True, "yesno", "ya"), (0.0, "yesno", "tidak"),
        ("1.0", "yesno", "ya"), ("35.70", "label", "35.70"), ("A;B", "labels", "Satu; B"),
        (None, "score", None), (float("nan"), "text", None), (pd.NA, "int", None), (None, "owner", "belum ditetapkan"),
        (float("inf"), "num1", "∞"), (float("-inf"), "num1", "−∞"), ("3.197", "score", "3.197"),
        (2022.0, "text", "2022"), ("official", "status", "resmi"), ("x", "status", "x"),
    ],
)  # fmt: skip
def test_a_value_becomes_a_number_a_word_or_nothing(value, kind, shown):
    assert cell_value(value, kind, speak("id"), {"A": {"id": "Satu", "en": "One"}}) == shown


def test_every_kind_of_number_has_a_format_of_excel():
    assert set(FORMATS) == set(KINDS)
    assert FORMATS["share"] == "0.0%" and FORMATS["pct1"] == '#,##0.0"%"' and FORMATS["year"] == "0"


@given(st.lists(st.text(max_size=60), max_size=12))
@settings(max_examples=60, deadline=None)
def test_names_of_sheets_are_ones_excel_accepts(wanted):
    taken = []
    for name in wanted:
        taken.append(sheet_name(name, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert 0 < len(name.encode("utf-16-le")) <= 62 and not re.search(r"[\[\]:*?/\\']", name)
        assert name.casefold() != "history"


# --- the whole file ---


def test_equal_input_gives_equal_bytes(review):
    again = {name: table.copy() for name, table in reversed(review.items())}
    assert made(review) == made(again)
    assert made(review) != made(review, "en")


def test_a_table_without_rows_says_that_there_is_no_data():
    sheet = only({"recommendations": recommended("x").iloc[:0]})
    assert sheet.cell(HEAD + 1, 1).value == "Belum ada data untuk bagian ini." and sheet["C5"].value == "Isi"
    assert opened(made({})).sheetnames == ["Daftar isi"]


def test_a_table_of_six_thousand_rows_is_quick():
    before = time.perf_counter()
    sheet = only({"recommendations": recommended(*(f"Rekomendasi {n}: {'kata ' * 20}" for n in range(6000)))})
    assert sheet.max_row == HEAD + 6000 and time.perf_counter() - before < 20


def test_the_citys_own_row_is_set_off():
    cities = pd.DataFrame({"city": ["Kota Batu", "Kota Kediri"], "rank": [1, 2], "score": [3.4, 3.3]})
    sheet = only({"peers": cities, "standing": pd.DataFrame()})
    assert [sheet.cell(HEAD + row, 1).font.bold for row in (1, 2)] == [False, True]


def test_labels_of_the_study_stand_in_place_of_codes(kediri):
    portfolio = pd.DataFrame({"code": ["GOV1"], "pillar": ["GOV"], "programmes": [2], "status": "estimated"})
    sheet = only({"portfolio": portfolio}, language="en", labels=labels_of([kediri], [kediri.framework]))
    assert sheet.cell(HEAD + 1, 2).value == kediri.framework.nodes["GOV"].label["en"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_values(review, tmp_path):
    texts = [text for text in HOSTILE if text.isprintable() and len(text) < 100]
    data = made({**review, "recommendations": recommended(*texts)})
    (tmp_path / "book.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", f"{tmp_path}/out", "book.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    ours, theirs = opened(data), openpyxl.load_workbook(tmp_path / "out" / "book.xlsx")
    assert ours.sheetnames == theirs.sheetnames
    for one, other in zip(ours.worksheets, theirs.worksheets, strict=True):
        for row in one.iter_rows():
            for cell in row:
                found = other[cell.coordinate]
                same = pytest.approx(cell.value) if cell.data_type == "n" and cell.value is not None else cell.value
                assert found.value == same and found.data_type == cell.data_type, (one.title, cell.coordinate)
        assert one.auto_filter.ref == other.auto_filter.ref

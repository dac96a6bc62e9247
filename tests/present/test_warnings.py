"""What looks wrong, in words: in both languages, on the page, in the workbook and on the console."""

import re

import pytest
import yaml
from bs4 import BeautifulSoup
from study.guarded import planted

from smartcity_analysis.cli import main
from smartcity_analysis.disk import read_packaged
from smartcity_analysis.present import Presenter, pillar_labels, speak, warning_lines, warning_table
from smartcity_analysis.present.workbook.content import About, sheets_of
from smartcity_analysis.study import Store, load_study
from smartcity_analysis.study.guards.cautions import KEYS

LANGUAGES = ("id", "en")
PARTS = ("found", "should_be", "remedy")


@pytest.fixture(scope="module")
def table(kediri, jatim):
    return warning_table([kediri, jatim])


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_a_guard_says_has_its_words(code):
    said = yaml.safe_load(read_packaged(f"present/messages/{code}/guards.yaml"))
    assert set(said) == {*KEYS, "more"}
    words = speak(code)
    for guard, seriousness in KEYS.values():
        assert words.has(f"tables.words.{guard}") and words.has(f"tables.words.{seriousness}")


def test_every_warning_has_its_place_and_its_words(table):
    assert len(table) == 9 and (table["study"] == "jatim").sum() == 8
    for row in table.to_dict("records"):
        assert row["file"].startswith(f"{row['study']}/") and re.fullmatch(r"\d+(-\d+)?(; \d+(-\d+)?)*", row["rows"])
        for code in LANGUAGES:
            for part in PARTS:
                assert row[f"{part}_{code}"].strip() and not re.search(r"[{}]|nan", row[f"{part}_{code}"])
        assert row["found_id"] != row["found_en"]
    assert not (table["status"] == "illustrative").any()


def test_numbers_are_written_as_the_language_does(table):
    row = table[(table["indicator"] == "grdp") & (table["year"] == 2011)].iloc[0]
    assert (row["found_id"], row["found_en"]) == (
        "35.513, sedangkan tahun 2010 45.765",
        "35,513, where 2010 had 45,765",
    )
    assert row["rows"] == "2755" and "20,0 persen" in row["should_be_id"] and "20.0%" in row["should_be_en"]


def test_many_alike_are_one_row_that_says_so(jatim):
    study = planted(jatim, "indicators", "value", lambda v: v / 1000, year=2016, indicator="population")
    row = warning_table([study]).iloc[0]
    assert row["seriousness"] == "likely_wrong" and "37 wilayah lain" in row["found_id"]
    assert "37 other regions" in row["found_en"] and "1.000 kali terlalu kecil" in row["remedy_id"]


@pytest.mark.parametrize(("code", "title"), [("id", "Yang perlu diperiksa ulang"), ("en", "What looks wrong")])
def test_the_page_shows_the_table_or_says_that_nothing_was_found(code, title, table, kediri, jatim, tmp_path, root):
    store = Store.open("kediri", 2024, output=tmp_path, root=root)
    show = Presenter(store, code, pillar_labels([kediri, jatim]))
    page = BeautifulSoup(show.table(show.in_language(table, *PARTS), "warnings").html, "html.parser")
    assert title in page.caption.text and len(page.tbody.find_all("tr")) == 9
    assert "Kabupaten Bojonegoro" in page.tbody.text and not re.search(r"\bnan\b|None", page.tbody.text)
    assert not page.find_all("tr", class_="illustrative")
    nothing = show.table(show.in_language(table.iloc[:0], *PARTS), "warnings")
    assert nothing.plain == speak(code).text("tables.empty.warnings")


def test_stand_ins_are_shown_as_such(kediri, tmp_path, root):
    where = {"region": "35.71.01.1001", "year": 2022, "indicator": "GOV1.i1"}
    table = warning_table([planted(kediri, "indicators", "value", lambda v: v * 1000, **where)], illustrative=True)
    assert (table["status"] == "illustrative").all()
    show = Presenter(Store.open("kediri", 2024, output=tmp_path, root=root), "en", pillar_labels([kediri]))
    assert 'data-status="illustrative"' in show.table(show.in_language(table, *PARTS), "warnings").html


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_workbook_has_a_sheet_of_them(code, table, kediri, jatim, tmp_path, root):
    store = Store.open("kediri", 2024, output=tmp_path, root=root)
    store.save_table("warnings", table)
    about = About(speak(code), "Kediri", 2024, "Kota Kediri", pillar_labels([kediri, jatim]))
    (sheet,) = sheets_of({"warnings": store.load_table("warnings")}, about)
    cells = {column.name: column.cells for column in sheet.columns}
    assert sheet.rows == 9 and set(cells) >= {"file", "rows", "found", "should_be", "remedy"}
    assert cells["found"] == tuple(table[f"found_{code}"])


def test_check_prints_them_after_the_study_is_fit_and_still_succeeds(monkeypatch, root, capsys):
    monkeypatch.setenv("SMARTCITY_ROOT", str(root))
    assert main(["check", "jatim", "--language", "en"]) == 0
    first, count, *lines = capsys.readouterr().out.partition("\n\nNext step:")[0].splitlines()
    assert first.startswith("Study jatim is fit to use") and len(lines) == 8
    assert count == "Things to check again: 8. The data are fit to use all the same."
    assert lines[0].startswith("- [worth a look] jatim/indicators.csv, row 2755, Kabupaten Bojonegoro,")
    assert main(["check", "malang", "--language", "id"]) == 0
    said = capsys.readouterr().out.partition("\n\nLangkah berikutnya:")[0]
    assert said.splitlines()[1:] == ["Pemeriksaan tidak menemukan nilai yang tampak keliru."]


def test_lines_name_city_wide_and_pillar_values_in_words(kediri, jatim):
    (_, line) = warning_lines(kediri, speak("en"))
    assert "kediri/scores.csv, row 5" in line and "2023" in line and "status estimated" in line
    assert any("pillar Smart Economy" in line for line in warning_lines(jatim, speak("en")))


def test_the_shipped_evaluation_of_malang_needs_no_warning(root):
    assert warning_table([load_study("malang", root=root)]).empty

"""From no folder to a first report, through the Excel templates, with every message on the way."""

import io
import re
import shutil

import openpyxl
import pytest
from bs4 import BeautifulSoup
from new_studies import INDICATORS, REGIONS, catalogue_typed, indicators_typed, named, regions_typed, type_rows

from smartcity_analysis.batch import REVIEW, chapters_of, review, review_tasks
from smartcity_analysis.batch.tasks import absent_chapters
from smartcity_analysis.cli import main
from smartcity_analysis.errors import DataError
from smartcity_analysis.present.forms.table_template import table_template
from smartcity_analysis.present.new_study import COLLECTED, new_study_files
from smartcity_analysis.study import TABLES, find_root, load_study
from smartcity_analysis.study.readers.tables import read_table

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("review")
WHAT = {
    "regions": {
        "id": "Satu baris setiap wilayah yang dibandingkan: kecamatan, kelurahan, atau kabupaten/kota.",
        "en": "One row for every region compared: kecamatan, kelurahan, or regencies and cities.",
    },
    "catalogue": {
        "id": "Satu baris setiap indikator: nama, satuan, arah, batas, dan pengampunya.",
        "en": "One row for every indicator: name, unit, direction, bounds and owner.",
    },
    "indicators": {
        "id": "Satu baris setiap nilai: wilayah, tahun, indikator, dan angkanya.",
        "en": "One row for every value: region, year, indicator and figure.",
    },
}
NEXT = {"id": "Langkah berikutnya:", "en": "Next step:"}
FILL = {
    "id": 'Isi {file}, lembar "data": {what} (Lembar contoh tidak dibaca.)',
    "en": 'Fill in {file}, sheet "data": {what} (The example sheet is not read.)',
}
THEN = {
    "id": "Sesudah itu masih ada tabel wajib: {files}.",
    "en": "After that these required tables are left: {files}.",
}


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A project with the shipped notebooks and no study."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("SMARTCITY_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def say(capsys):
    """Run a command on the study ``kota_contoh``; its status, and the lines it printed."""

    def run(language, *words):
        status = main([words[0], "kota_contoh", *words[1:], "--language", language])
        said = capsys.readouterr()
        return status, [line.strip() for line in said.out.splitlines() if line.strip()], said.err

    return run


def filled(base, say, language):
    """The study as far as it can be read and is recorded."""
    say(language, "new", "--name", "Kota Contoh")
    folder = base / "data/raw/kota_contoh"
    for typed in (regions_typed, catalogue_typed, indicators_typed):
        typed(folder, language=language)
    return folder


def next_told(lines, language):
    return lines[lines.index(NEXT[language]) + 1 :]


def fill(table, language):
    return FILL[language].format(file=f"{table}.xlsx", what=WHAT[table][language])


# --- what is made ---


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_new_study_holds_declaration_templates_and_what_to_collect(base, say, language):
    status, lines, _ = say(language, "new", "--name", "Kota Contoh")
    folder = base / "data/raw/kota_contoh"
    collect = {"id": "YANG_PERLU_DIKUMPULKAN.md", "en": "TO_COLLECT.md"}[language]
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    templates = {f"{name}.xlsx" if TABLES[name].required else f"templates/{name}.xlsx" for name in COLLECTED}
    assert status == 0 and made == templates | {"study.yaml", "SOURCES.csv", collect}
    assert lines == [
        {
            "id": f"Studi kota_contoh dibuat di {folder}: study.yaml, SOURCES.csv, 3 templat wajib, 17 templat pilihan "
            f"di templates/, dan {collect}.",
            "en": f"Study kota_contoh made in {folder}: study.yaml, SOURCES.csv, 3 required templates, 17 optional "
            f"templates in templates/, and {collect}.",
        }[language],
        NEXT[language],
        fill("regions", language),
        THEN[language].format(files="catalogue.xlsx, indicators.xlsx"),
    ]
    rows = [line for line in (folder / collect).read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [f"{name}.xlsx" for name in COLLECTED]
    required = {"id": "Wajib", "en": "Required"}[language]
    assert [row.split(" | ")[1] == required for row in rows] == [TABLES[name].required for name in COLLECTED]


def test_every_required_table_has_a_template():
    assert {name for name, table in TABLES.items() if table.required} <= {*COLLECTED, "sources"}


@pytest.mark.parametrize(("name", "found"), [("Kota Contoh", "Kota Contoh"), ("../lain", "../lain"), ("", "")])
def test_a_name_that_is_no_folder_name_is_refused(base, capsys, name, found):
    assert main(["new", name]) == 2
    told = capsys.readouterr().err.strip()
    assert told == f'Nama folder "{found}" tidak dapat dipakai. Pakai huruf kecil, angka, dan garis bawah saja, ' \
        "misalnya kota_contoh."  # fmt: skip
    assert list((base / "data").iterdir()) == [base / "data/raw"] and not list((base / "data/raw").iterdir())


def test_nothing_is_written_over_a_study(base, say, tree):
    say("id", "new")
    before = tree(base / "data")
    status, lines, err = say("en", "new", "--name", "Other")
    assert status == 2 and lines == [] and tree(base / "data") == before
    place = base / "data/raw/kota_contoh"
    assert err.strip() == (
        f"The folder {place} is there already; nothing was written. Choose another name, or go on with: "
        "smartcity check kota_contoh"
    )


# --- the templates ---


def book_of(table, language):
    return openpyxl.load_workbook(io.BytesIO(table_template(TABLES[table], language)))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("table", COLLECTED)
def test_a_template_has_headers_that_the_reader_takes_and_no_data(table, language):
    book = book_of(table, language)
    read = read_table(table_template(TABLES[table], language), TABLES[table], file=f"{table}.xlsx")
    assert [breach.key for breach in read.breaches] == ["empty_table"]
    assert book["data"].max_row == 1 and book.sheetnames[0] == "data"
    names = {header: c.name for c in TABLES[table].columns for header in (c.name, *c.headers)}
    headers = [cell.value for cell in book["data"][1]]
    assert [names[header] for header in headers] == [column.name for column in TABLES[table].columns]
    if language == "en":
        assert headers == [column.name for column in TABLES[table].columns]


@pytest.mark.parametrize("table", COLLECTED)
def test_every_coded_column_has_a_list_to_pick_from(table):
    rules = book_of(table, "id")["data"].data_validations.dataValidation
    listed = {str(rule.sqref).partition("2")[0]: rule.formula1.strip('"').split(",") for rule in rules
              if rule.type == "list"}  # fmt: skip
    letters = [openpyxl.utils.get_column_letter(place) for place in range(1, len(TABLES[table].columns) + 1)]
    coded = {letter: list(column.allowed) for letter, column in zip(letters, TABLES[table].columns, strict=True)
             if column.allowed and column.kind != "list"}  # fmt: skip
    assert listed == coded and coded


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("table", COLLECTED)
def test_the_guide_explains_every_column(table, language):
    guide = book_of(table, language)[{"id": "petunjuk", "en": "guide"}[language]]
    rows = [[cell.value for cell in row[:5]] for row in guide.iter_rows(min_row=5)]
    assert len(rows) == len(TABLES[table].columns) and all(all(row) for row in rows)
    for row, column in zip(rows, TABLES[table].columns, strict=True):
        assert all(word in row[3] for word in column.allowed)


def test_the_example_says_that_it_is_one_and_its_region_does_not_exist():
    sheet = book_of("indicators", "id")["contoh"]
    assert sheet["A1"].value == 'CONTOH, bukan data: lembar ini tidak pernah dibaca. Isilah lembar "data".'
    assert sheet["A3"].value == "99.01.01"


def test_what_is_typed_into_the_example_is_not_read(base, say):
    folder = filled(base, say, "id")
    before = load_study("kota_contoh", check_sources=False).table("indicators")
    book = openpyxl.load_workbook(folder / "indicators.xlsx")
    book["contoh"].append(["90.01.01", 2023, "kemiskinan", 1.0, "official", "x"])
    book.save(folder / "indicators.xlsx")
    assert load_study("kota_contoh", check_sources=False).table("indicators").equals(before)


def test_a_second_sheet_of_another_name_is_still_refused(base, say):
    folder = filled(base, say, "id")
    book = openpyxl.load_workbook(folder / "regions.xlsx")
    book.create_sheet("catatan").append(["x"])
    book.save(folder / "regions.xlsx")
    with pytest.raises(DataError, match="satu lembar"):
        load_study("kota_contoh", check_sources=False)


# --- the way to the report ---


@pytest.mark.parametrize("language", ["id", "en"])
def test_check_leads_from_templates_to_a_report(base, say, language):
    say(language, "new", "--name", "Kota Contoh")
    folder = base / "data/raw/kota_contoh"
    later = {"regions": ["catalogue", "indicators"], "catalogue": ["indicators"], "indicators": []}
    for table, typed in (("regions", regions_typed), ("catalogue", catalogue_typed), ("indicators", indicators_typed)):
        status, lines, err = say(language, "check")
        wanted = [fill(table, language)]
        if later[table]:
            wanted.append(THEN[language].format(files=", ".join(f"{name}.xlsx" for name in later[table])))
        assert status == 2 and next_told(lines, language) == wanted
        assert f"kota_contoh/{table}.xlsx" in err and "SOURCES.csv" not in err
        typed(folder, language=language)
    status, lines, err = say(language, "check")
    assert status == 2 and "SOURCES.csv" in err
    assert next_told(lines, language) == [
        {
            "id": "Data sudah dapat dibaca. Catat berkasnya di SOURCES.csv: smartcity check kota_contoh --accept",
            "en": "The data can be read. Record the files in SOURCES.csv: smartcity check kota_contoh --accept",
        }[language]
    ]
    status, lines, _ = say(language, "check", "--accept")
    assert status == 0
    assert next_told(lines, language)[0] == {
        "id": "Betulkan city.code di study.yaml: 00.00 tidak ada di tabel regions.",
        "en": "Correct city.code in study.yaml: 00.00 is not in the table regions.",
    }[language]  # fmt: skip
    named(folder)
    status, lines, _ = say(language, "check")
    told = next_told(lines, language)
    assert status == 0 and told[0] == {
        "id": "Data siap. Jalankan: smartcity review kota_contoh --year 2024",
        "en": "The data are ready. Run: smartcity review kota_contoh --year 2024 --language en",
    }[language]  # fmt: skip
    assert (
        told[1]
        == {"id": "Yang belum ada dan dapat ditambahkan:", "en": "What is not there yet and can be added:"}[language]
    )
    assert told[2] == {
        "id": "- Skor: bagian evaluation di study.yaml dan tabel scores",
        "en": "- Score: the part evaluation of study.yaml and the table scores",
    }[language]  # fmt: skip
    status, lines, _ = say(language, "review", "--year", "2024")
    assert status == 0 and str(base / f"reports/kota_contoh/2024/{language}/index.html") in lines[-1]
    assert_report(base / "reports/kota_contoh/2024" / language, language)


def assert_report(report, language):
    """Two chapters, the index that says what is not there yet, and no link that leads nowhere."""
    pages = {path.name for path in report.glob("*.html")}
    assert pages == {"index.html", "01_data.html", "04_regions.html"}
    index = (report / "index.html").read_text(encoding="utf-8")
    absent = {
        "id": "Skor: belum ada; perlu bagian evaluation di study.yaml dan tabel scores.",
        "en": "Score: not there yet; it needs the part evaluation of study.yaml and the table scores.",
    }
    assert absent[language] in index
    for page in pages:
        soup = BeautifulSoup((report / page).read_text(encoding="utf-8"), "html.parser")
        linked = [a["href"].partition("#")[0] for a in soup.find_all("a", href=True)]
        assert all((report / href).is_file() for href in linked if href and "://" not in href), page
    text = BeautifulSoup((report / "04_regions.html").read_text(encoding="utf-8"), "html.parser").text
    for label in [row[2 if language == "id" else 3] for row in INDICATORS] + [name for _, name in REGIONS]:
        assert label in text


def test_a_wrong_cell_is_the_next_step(base, say):
    folder = filled(base, say, "id")
    type_rows(folder / "indicators.xlsx", [{"wilayah": "90.01.01", "tahun": 2023, "indikator": "kemiskinan",
              "nilai": 140, "status": "official", "sumber": "x"}], "data")  # fmt: skip
    status, lines, err = say("id", "check")
    assert status == 2 and next_told(lines, "id") == ["Betulkan indicators.xlsx: 1 masalah tertulis di atas."]
    assert "baris 42" in err and "nilai antara 0 dan 100 (persen)" in err


def test_a_required_file_that_is_gone_is_named(base, say):
    folder = filled(base, say, "id")
    (folder / "catalogue.xlsx").unlink()
    _, lines, _ = say("id", "check")
    assert next_told(lines, "id")[0] == (
        "Tabel wajib belum ada: taruh catalogue.csv di folder data/raw/kota_contoh."
    )  # fmt: skip


def test_accepting_lists_a_table_with_the_producers_its_rows_name(base, say):
    folder = filled(base, say, "id")
    say("id", "check", "--accept")
    sources = load_study("kota_contoh").table("sources").set_index("path")
    assert set(sources.index) == {"study.yaml", "regions.xlsx", "catalogue.xlsx", "indicators.xlsx"}
    assert sources.loc["regions.xlsx", "producer"] == "Kota Contoh Dalam Angka 2024 (buatan untuk uji)"
    before = (folder / "SOURCES.csv").read_bytes()
    _, lines, _ = say("id", "check", "--accept")
    assert "Sidik semua berkas sudah sesuai dengan SOURCES.csv." in lines
    assert (folder / "SOURCES.csv").read_bytes() == before


def test_an_optional_template_counts_once_it_is_filled_in_and_moved(base, say):
    folder = filled(base, say, "id")
    named(folder)
    say("id", "check", "--accept")
    assert "06_programmes" in absent_chapters(load_study("kota_contoh"))
    type_rows(folder / "templates/opd.xlsx", [{"kode": "diskominfo", "singkatan": "Diskominfo",
              "nama": "Dinas Komunikasi dan Informatika", "jenis": "dinas", "keberadaan": "found",
              "status": "official", "sumber": "x"}], "data")  # fmt: skip
    (folder / "templates/opd.xlsx").rename(folder / "opd.xlsx")
    _, lines, _ = say("id", "check", "--accept")
    assert "SOURCES.csv diperbarui untuk: opd.xlsx." in lines
    assert "- Program: tabel programmes" in lines


# --- which chapters a study has ---


def test_a_whole_study_has_every_chapter(kediri):
    assert chapters_of(kediri) == REVIEW and absent_chapters(kediri) == {}


def test_a_study_has_the_chapters_that_it_has_data_for(root):
    malang = load_study("malang", root=root)
    assert chapters_of(malang) == REVIEW[:5]
    assert absent_chapters(malang) == {
        "06_programmes": ("opd", "programmes"),
        "07_survey": ("opd", "survey_questions"),
        "08_review": ("masterplan", "opd", "programmes"),
    }
    assert [task.name for task in review_tasks(malang)] == list(REVIEW[:5])


def test_a_study_without_peers_holds_its_own_regions_against_each_other(jatim):
    assert chapters_of(jatim) == ("01_data", "04_regions")


@pytest.mark.parametrize("study", ["malang", "jatim"])
def test_a_shipped_study_without_a_masterplan_gets_a_report(base, study):
    for name in ("malang", "jatim"):
        shutil.copytree(ROOT / "data/raw" / name, base / "data/raw" / name)
    run = review(study, 2024, root=base)
    assert run.ok and run.published
    assert_links(run.report)


def test_a_review_without_a_survey_names_no_page_that_is_not_there(base):
    """Only the last chapter has links to others in its text."""
    from smartcity_analysis.batch.views import _linked

    html = '<a href="07_survey.html">Survei</a> <a href="02_score.html">Skor</a>'
    assert _linked(html, {"02_score.html"}) == 'Survei <a href="02_score.html">Skor</a>'
    source = (ROOT / "notebooks/08_review.ipynb").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+\.html)\)", source)) == {f"{name}.html" for name in REVIEW[:7]}


def assert_links(report):
    for path in report.glob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        linked = [a["href"].partition("#")[0] for a in soup.find_all("a", href=True)]
        assert all((report / href).is_file() for href in linked if href and "://" not in href), path.name


def test_the_files_are_the_same_every_time():
    assert new_study_files("a", "A", "id") == new_study_files("a", "A", "id")

"""The feedback form: what it asks, what may be written in it, and what is said of a form that came back broken."""

import io
import shutil
import subprocess

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.masterplan import feedback_form, read_returned
from smartcity_analysis.masterplan.feedback.lines import cell_item, parse_item
from smartcity_analysis.present.forms.feedback import feedback_workbook

from .feedback_forms import FINDINGS, blank, cell, fill, finding

QUICK = cell("P39", "Tahun quick win")
STATIONS = cell("Bujel, 2024, Tempat pemungutan suara", "Nilai")


@pytest.fixture(scope="module")
def school(kediri):
    return blank(kediri, "disdik")


@pytest.fixture(scope="module")
def district(kediri):
    return blank(kediri, "kec_mojoroto")


def read(data, study, year=2024):
    return read_returned(data, file="formulir.xlsx", study=study, year=year)


def told(data, study, language="id"):
    with pytest.raises(DataError) as error:
        read(data, study)
    return error.value.text(language)


# --- what is asked ---


def test_an_opd_gets_the_findings_of_its_pillars_and_of_the_whole_city(kediri):
    form = feedback_form(kediri, 2024, "disdik", FINDINGS)
    assert list(form.findings["id"]) == ["F-aaaaaa", "F-bbbbbb"]


def test_an_opd_gets_the_findings_that_name_it_as_owner(kediri):
    named = FINDINGS.assign(opd=[None, None, "dlhkp; disdik"])
    assert "F-cccccc" in set(feedback_form(kediri, 2024, "disdik", named).findings["id"])


def test_an_opd_is_asked_about_its_programmes_and_indicators_and_no_stand_in(kediri):
    form = feedback_form(kediri, 2024, "disdik", FINDINGS)
    assert set(form.data.loc[form.data["table"] == "programmes", "row"]) == {"code=P38", "code=P39", "code=P40"}
    assert form.data["code"].is_unique and "illustrative" not in set(form.data["status"])
    labour = feedback_form(kediri, 2024, "dinkop_umtk", FINDINGS).data
    assert "indicator=unemployment_pct" in " ".join(labour["row"])


def test_a_kecamatan_is_asked_about_the_latest_figures_of_its_kelurahan(kediri):
    rows = feedback_form(kediri, 2024, "kec_mojoroto", FINDINGS).data
    rows = rows[rows["table"] == "indicators"]
    assert rows["row"].str.contains(r"region=35\.71\.01").all() and not rows["row"].duplicated().any()


def test_an_unknown_opd_is_named(kediri):
    with pytest.raises(UnknownNameError, match="Did you mean 'disdik'"):
        feedback_form(kediri, 2024, "disdk", FINDINGS)


@given(st.sampled_from(["programmes", "indicators"]), st.text("abc=;[]. _-0123"), st.sampled_from(["value", "name"]))
def test_a_place_is_taken_apart_as_it_was_made(table, row, column):
    assert parse_item(cell_item(table, row, column)) == (table, row, column)


# --- the workbook ---


@pytest.mark.parametrize("opd", ["disdik", "inspektorat", "kec_mojoroto"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_an_empty_form_says_nothing_and_is_whole(kediri, opd, language):
    returned = read(blank(kediri, opd, language), kediri)
    assert returned.opd == opd and returned.remarks.empty and returned.asked >= 1


def test_only_answer_cells_are_open_and_nothing_is_a_formula(school):
    book = openpyxl.load_workbook(io.BytesIO(school))
    assert [sheet.title for sheet in book] == ["Petunjuk", "Temuan", "Data", "Tambahan", "Kode", "_meta"]
    assert book["_meta"].sheet_state == "hidden"
    for sheet in book:
        assert sheet.protection.sheet and sheet.protection.password is None
        for row in sheet.iter_rows():
            for one in row:
                assert one.data_type != "f"
                if not one.protection.locked:
                    assert one.value is None and sheet.title in ("Temuan", "Data", "Tambahan")
                    assert one.row >= 5 and one.column_letter in ("BCDE" if sheet.title == "Tambahan" else "GHIJ")


def test_text_of_the_data_that_looks_like_a_formula_stays_text(kediri):
    form = feedback_form(kediri, 2024, "disdik", FINDINGS.assign(text_id="=1+1"))
    book = openpyxl.load_workbook(io.BytesIO(feedback_workbook(form, kediri, "id")))
    assert book["Temuan"]["D5"].value == "=1+1" and book["Temuan"]["D5"].data_type == "s"


def test_the_same_form_is_the_same_file(kediri, school):
    assert blank(kediri, "disdik") == school


# --- what comes back ---


def test_answers_are_read_with_the_codes_of_the_raw_table(school, kediri):
    data = fill(
        school,
        ("Temuan", finding("F-aaaaaa"), {"G": " Setuju "}),
        ("Temuan", finding("F-bbbbbb"), {"G": "keberatan", "J": "Ada dua."}),
        ("Data", QUICK, {"G": "koreksi", "H": "2023; 2024", "I": "SK 12/2023"}),
        ("Data", cell("P38", "Bergantung pada TIK"), {"G": "koreksi", "H": "TIK", "I": "SK 1"}),
        ("Data", cell("P40", "OPD pengampu"), {"G": "koreksi", "H": "Disbudparpora; Disdik; Bag. Hukum", "I": "SK 2"}),
        ("Data", cell("P38", "Tahun quick win"), {"G": "koreksi", "H": "-", "I": "SK 3"}),
        additions=[{"B": "Program baru", "C": "Sekolah Digital", "D": "Renja 2024"}],
    )
    remarks = read(data, kediri).remarks
    assert list(remarks["kind"]) == ["agree", "object", "correct", "correct", "correct", "correct", "add"]
    corrected = remarks[remarks["kind"] == "correct"].set_index("item")["new"].to_dict()
    assert corrected == {
        "programmes[code=P39].quick_win_years": "2023;2024",
        "programmes[code=P38].ict": "ict",
        "programmes[code=P40].owner_opd": "disbudparpora;disdik;bag_hukum",
        "programmes[code=P38].quick_win_years": "-",
    }
    last = remarks.iloc[-1]
    assert (last["item"], last["new"], last["evidence"]) == ("Program baru", "Sekolah Digital", "Renja 2024")


def test_a_number_may_be_written_as_a_number_or_as_text(district, kediri):
    for value in (25, "25"):
        data = fill(district, ("Data", STATIONS, {"G": "koreksi", "H": value, "I": "berita acara"}))
        assert read(data, kediri).remarks["new"].tolist() == ["25"]


WRITTEN = ["setuju", "koreksi", "keberatan", "2024", "x", "-"]


def test_every_cell_that_was_written_is_a_remark_or_a_message(school, kediri):
    """Whatever an officer writes into the answer cells of one line, it is in the log or named."""

    @settings(max_examples=25, deadline=None)
    @given(st.dictionaries(st.sampled_from("GHIJ"), st.sampled_from(WRITTEN), min_size=1))
    def holds(cells):
        data = fill(school, ("Data", QUICK, cells))
        words = {c: v for c, v in cells.items() if v != "-"}
        try:
            remarks = read(data, kediri).remarks
        except DataError as error:
            assert any(b.sheet == "Data" and b.row and b.column in "GHIJ" for b in error.breaches)
            return
        kept = set(remarks.iloc[0].astype(str)) if len(remarks) else set()
        assert all(value in kept for column, value in words.items() if column != "G")
        assert not words or len(remarks) == 1

    holds()


BROKEN = {
    "an answer nobody offered": (QUICK, {"G": "mungkin"}, "G", "salah satu dari: setuju, koreksi, keberatan"),
    "no answer": (QUICK, {"H": "2024"}, "H", "pilihan di kolom jawaban: setuju, koreksi, keberatan"),
    "a correction without value": (QUICK, {"G": "koreksi", "I": "SK"}, "H", "Seharusnya: isi yang benar"),
    "a correction without evidence": (QUICK, {"G": "koreksi", "H": "2024"}, "I", "Seharusnya: bukti"),
    "an objection without reason": (QUICK, {"G": "keberatan"}, "J", "Seharusnya: keterangan (alasan)"),
    "agreement with a value": (QUICK, {"G": "setuju", "H": "2024"}, "H", "sel kosong, karena jawabannya bukan koreksi"),
    "the value it has": (cell("P38", "Tahun quick win"), {"G": "koreksi", "H": "2021;2022;2023", "I": "SK"}, "H",
                         "nilai yang berbeda dari yang tertulis sekarang"),
    "a word for a year": (QUICK, {"G": "koreksi", "H": "tahun lalu", "I": "SK"}, "H", "tahun empat angka"),
    "a formula": (QUICK, {"G": "koreksi", "H": "=2023+1", "I": "SK"}, "H", "isian biasa, bukan rumus"),
    "an unknown agency": (cell("P40", "OPD pengampu"), {"G": "koreksi", "H": "Dinas X", "I": "SK"}, "H",
                          "kode yang ada di tabel opd"),
    "a telephone number": (QUICK, {"G": "keberatan", "J": "hubungi 0812-3456-7890"}, "J", "isian tanpa NIK"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_line_is_named_by_file_sheet_and_cell(school, kediri, case):
    line, cells, column, words = BROKEN[case]
    data = fill(school, ("Data", line, cells))
    text = told(data, kediri)
    assert text.startswith("formulir.xlsx, lembar Data, baris ") and f", kolom {column}\n" in text and words in text
    english = told(data, kediri, "en")
    assert english.startswith("formulir.xlsx, sheet Data, row ") and f", column {column}\n" in english


def test_a_number_outside_its_range_or_of_the_other_decimal_sign_is_refused(district, kediri):
    for value, words in ((5000, "nilai antara 1 dan 2000 (TPS)"), ("2,5", '"2,5" dapat berarti 25 atau 2.5')):
        data = fill(district, ("Data", STATIONS, {"G": "koreksi", "H": value, "I": "BA"}))
        assert words in told(data, kediri)


def test_a_per_cent_is_not_taken_for_a_hundredth(district, kediri):
    def as_percent(book):
        sheet = book["Data"]
        row = next(r for r in range(5, sheet.max_row) if STATIONS(sheet, r))
        sheet[f"H{row}"].value, sheet[f"H{row}"].number_format = 0.25, "0%"

    data = fill(district, ("Data", STATIONS, {"G": "koreksi", "I": "BA"}), change=as_percent)
    assert "tulis 75, bukan 75%" in told(data, kediri)


def test_every_problem_is_told_at_once(school, kediri):
    data = fill(school, ("Data", QUICK, {"G": "mungkin"}), ("Temuan", finding("F-aaaaaa"), {"H": "x"}),
                additions=[{"B": "hal tanpa isi"}])  # fmt: skip
    with pytest.raises(DataError) as error:
        read(data, kediri)
    assert [(b.sheet, b.column) for b in error.value.breaches] == [("Temuan", "H"), ("Data", "G"), ("Tambahan", "C")]


def change(sheet, place, value):
    def made(book):
        book[sheet][place].value = value

    return made


TAMPERED = {
    "a question overwritten": (change("Data", "E5", "yang benar 2024"), "yang benar 2024"),
    "something below the lines": (change("Data", "H400", "catatan"), "Ditemukan: catatan"),
    "something beside the lines": (change("Temuan", "L5", "catatan"), "catatan"),
    "a note in the guide": (change("Petunjuk", "B30", "catatan"), "catatan"),
    "a code changed": (change("Temuan", "B5", "F-zzzzzz"), "F-zzzzzz"),
    "a row deleted": (lambda book: book["Data"].delete_rows(7), "di luar sel kuning"),
    "a new sheet with text": (lambda book: book.create_sheet("Lampiran").append(["isi"]), "pindahkan isinya"),
    "a sheet removed": (lambda book: book.remove(book["Tambahan"]), "Seharusnya: lembar Tambahan"),
    "the hidden sheet changed": (change("_meta", "B4", "dinkes"), "lembar tersembunyi yang tidak diubah"),
    "the hidden sheet removed": (lambda book: book.remove(book["_meta"]), "formulir umpan balik yang dibuat dengan"),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_a_form_that_was_taken_apart_is_refused_and_what_was_written_is_named(school, kediri, case):
    made, words = TAMPERED[case]
    assert words in told(fill(school, change=made), kediri)


def test_a_form_of_another_year_or_no_form_at_all_is_refused(school, kediri):
    with pytest.raises(DataError, match="formulir untuk kediri 2025"):
        read(school, kediri, 2025)
    assert "buku kerja Excel (.xlsx) yang utuh" in told(b"bukan buku kerja", kediri)
    book = openpyxl.Workbook()
    buffer = io.BytesIO()
    book.save(buffer)
    assert "formulir umpan balik yang dibuat dengan" in told(buffer.getvalue(), kediri)


@pytest.mark.slow
def test_a_form_saved_by_libreoffice_is_read_alike(school, district, kediri, tmp_path):
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    filled = fill(
        district,
        ("Data", STATIONS, {"G": "koreksi", "H": 25, "I": "berita acara"}),
        ("Temuan", finding("F-aaaaaa"), {"G": "keberatan", "J": "Dua baris\nalasan"}),
        additions=[{"B": "Hal", "C": "Isi"}],
    )
    source = tmp_path / "formulir.xlsx"
    source.write_bytes(filled)
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "saved"), str(source)], check=True, capture_output=True, timeout=120
    )
    saved = read((tmp_path / "saved" / "formulir.xlsx").read_bytes(), kediri)
    assert saved.remarks.equals(read(filled, kediri).remarks) and len(saved.remarks) == 3

"""A returned form: read to the last answer, or refused with every problem by sheet and cell, in both languages."""

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import read_survey_form, receive_survey, survey_form
from smartcity_analysis.masterplan.survey.form import instrument_hash
from smartcity_analysis.present.forms.survey import survey_workbook
from smartcity_analysis.study import load_study

FILE = "diskominfo.xlsx"


@pytest.fixture(scope="module")
def sent(kediri):
    return survey_workbook(kediri, 2024, "diskominfo")


def cells_of(book):
    rows = [[cell.value for cell in row] for row in book["_meta"].iter_rows()]
    return {(r[3], r[4]): (r[1], r[2]) for r in rows if r[0] == "cell"}


def filled(data, answers, edit=None):
    """The workbook with `answers`, by question (and part), and whatever `edit` does to it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    places = cells_of(book)
    for key, value in ({"respondent": "R012", "pillar.GOV": "Ya", "COM1": 4} | answers).items():
        sheet, place = places[key if isinstance(key, tuple) else (key, "answer")]
        book[sheet][place] = value
    if edit:
        edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def refused(data, study, year=2024):
    with pytest.raises(DataError) as error:
        read_survey_form(data, study, year, file=FILE)
    return error.value


def problems(data, study, year=2024):
    return refused(data, study, year).text("en")


def test_answers_become_rows_of_the_raw_tables(kediri, sent):
    answers = {"role": "Perencana", "minutes": 25, "COM7": "belum", "TEC7": 12, "GOV1.1": 3, "PRO1": "Peta bersama."}
    answers |= {("GOV1.1", "evidence"): "SK 12/2023", ("OBS.main", "1"): "data", ("OBS.main", "2"): "anggaran"}
    form = read_survey_form(filled(sent, answers), kediri, 2024, file=FILE)
    assert (form.opd, form.respondent, form.role, form.pillars, form.minutes) == (
        "diskominfo", "R012", "planner", ("GOV",), 25.0,
    )  # fmt: skip
    rows = form.answer_rows().set_index("question")
    assert rows["answer"].to_dict() == {
        "COM1": "4", "COM7": "no", "TEC7": "12", "GOV1.1": "3", "OBS.main": "data;money", "PRO1": "Peta bersama.",
    }  # fmt: skip
    assert rows.loc["GOV1.1", "evidence"] == "SK 12/2023" and (rows["form"] == "diskominfo-2024-R012").all()
    assert form.form_row()[["status", "source", "year"]].iloc[0].tolist() == ["survey", FILE, 2024]


def test_the_english_form_says_the_same(kediri):
    data = survey_workbook(kediri, 2024, "diskominfo", "en")
    answers = {"pillar.GOV": "Yes", "COM7": "not yet", ("OBS.main", "1"): "staff"}
    rows = read_survey_form(filled(data, answers), kediri, 2024).answers.set_index("question")["answer"]
    assert rows.to_dict() == {"COM1": "4", "COM7": "no", "OBS.main": "people"}


MESSAGES = {
    "an answer outside the scale": (
        {"COM2": 7},
        "sheet Komitmen, column D6\n  Found: 7\n  Expected: an answer on the scale from 1 to 5, without fractions\n"
        "  Remedy: choose from the list; leave the cell empty if it is not known",
        "lembar Komitmen, kolom D6\n  Ditemukan: 7\n  Seharusnya: jawaban pada skala 1 sampai 5, tanpa pecahan\n"
        "  Perbaikan: pilih dari daftar; kosongkan bila tidak tahu",
    ),
    "0 for don't know": (
        {"COM2": 0},
        "sheet Komitmen, column D6\n  Found: 0\n  Expected: an answer on the scale from 1 to 5, without fractions\n"
        "  Remedy: choose from the list; leave the cell empty if it is not known",
        "lembar Komitmen, kolom D6\n  Ditemukan: 0\n  Seharusnya: jawaban pada skala 1 sampai 5, tanpa pecahan\n"
        "  Perbaikan: pilih dari daftar; kosongkan bila tidak tahu",
    ),
    "text in a number cell": (
        {"TEC7": "dua belas"},
        "sheet Teknologi, column D11\n  Found: dua belas\n  Expected: a whole number from 0 to 200\n"
        "  Remedy: write the number alone, or leave the cell empty if it is not known",
        "lembar Teknologi, kolom D11\n  Ditemukan: dua belas\n  Seharusnya: bilangan bulat dari 0 sampai 200\n"
        "  Perbaikan: tulis angkanya saja, atau kosongkan bila tidak tahu",
    ),
    "an unknown option": (
        {("OBS.main", "1"): "angaran"},
        "sheet Hambatan, column D11\n  Found: angaran\n"
        "  Expected: one of: anggaran, pegawai, peraturan, teknologi, data, koordinasi\n"
        '  Remedy: choose from the list of that cell (perhaps "anggaran")',
        "lembar Hambatan, kolom D11\n  Ditemukan: angaran\n"
        "  Seharusnya: salah satu dari: anggaran, pegawai, peraturan, teknologi, data, koordinasi\n"
        '  Perbaikan: pilih dari daftar di sel itu (mungkin maksudnya "anggaran")',
    ),
    "a choice made twice": (
        {("OBS.main", "1"): "data", ("OBS.main", "2"): "data"},
        "sheet Hambatan, column D12\n  Found: data\n  Expected: every choice once only\n"
        "  Remedy: remove one of them, or choose another",
        "lembar Hambatan, kolom D12\n  Ditemukan: data\n  Seharusnya: setiap pilihan satu kali saja\n"
        "  Perbaikan: hapus salah satu, atau pilih yang lain",
    ),
    "a formula": (
        {"COM3": "=2+2"},
        "sheet Komitmen, column D7\n  Found: =2+2\n  Expected: a value, not a formula\n"
        "  Remedy: replace the formula by its value",
        "lembar Komitmen, kolom D7\n  Ditemukan: =2+2\n  Seharusnya: isian, bukan rumus\n"
        "  Perbaikan: ganti rumus dengan nilainya",
    ),
    "a name for a code": (
        {"respondent": "Siti Aminah"},
        "sheet Identitas, column B6\n  Found: ***********\n"
        "  Expected: a respondent's code: the letter R and 2 to 4 digits, such as R001\n"
        "  Remedy: use the code given by the coordinator of the survey; write no name",
        "lembar Identitas, kolom B6\n  Ditemukan: ***********\n"
        "  Seharusnya: kode responden: huruf R diikuti 2 sampai 4 angka, misalnya R001\n"
        "  Perbaikan: pakai kode dari koordinator survei; jangan menulis nama",
    ),
    "no respondent": (
        {"respondent": None},
        "sheet Identitas, column B6\n  Found: (empty)\n  Expected: an entry for \"Kode responden\"\n"
        "  Remedy: complete the sheet Identity",
        "lembar Identitas, kolom B6\n  Ditemukan: (kosong)\n  Seharusnya: isian \"Kode responden\"\n"
        "  Perbaikan: lengkapi lembar Identitas",
    ),
    "a pillar of somebody else": (
        {"pillar.LIV": "Tidak", "LIV1.1": 3},
        "sheet Kematangan, column D18\n  Found: 3\n"
        "  Expected: answers only for the pillars answered for on the sheet Identity\n"
        "  Remedy: change the answer for pillar LIV on the sheet Identity to \"Yes\", or remove this answer",
        "lembar Kematangan, kolom D18\n  Ditemukan: 3\n"
        "  Seharusnya: jawaban hanya untuk pilar yang dijawab menurut lembar Identitas\n"
        "  Perbaikan: ubah jawaban untuk pilar LIV di lembar Identitas menjadi \"Ya\", atau hapus jawaban ini",
    ),
    "personal data": (
        {"PRO1": "telepon saya 0812-3456-7890"},
        "sheet Usulan, column D5\n  Found: 1 × TEL\n"
        "  Expected: text without citizen number (NIK), telephone number or e-mail address\n"
        "  Remedy: remove the personal data",
        "lembar Usulan, kolom D5\n  Ditemukan: 1 × TEL\n"
        "  Seharusnya: tulisan tanpa NIK, nomor telepon, atau alamat surel\n"
        "  Perbaikan: hapus data pribadi itu",
    ),
    "a long text": (
        {"PRO1": "a" * 2001},
        "sheet Usulan, column D5\n  Found: 2001\n  Expected: a text of 2000 characters at most\n"
        "  Remedy: shorten this text",
        "lembar Usulan, kolom D5\n  Ditemukan: 2001\n  Seharusnya: tulisan paling banyak 2000 huruf\n"
        "  Perbaikan: persingkat tulisan ini",
    ),
    "nothing answered": (
        {"COM1": None},
        "\n  Found: (empty)\n  Expected: at least one answer\n  Remedy: fill in the form and return it",
        "\n  Ditemukan: (kosong)\n  Seharusnya: sedikitnya satu jawaban\n  Perbaikan: isi formulir, lalu kirim kembali",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES)
def test_a_wrong_cell_is_named(name, kediri, sent):
    answers, english, indonesian = MESSAGES[name]
    error = refused(filled(sent, answers), kediri)
    joint = "" if english.startswith("\n") else ", "
    assert error.text("en") == f"{FILE}{joint}{english}"
    assert error.text("id") == f"{FILE}{joint}{indonesian}"


def test_every_problem_is_reported_at_once(kediri, sent):
    text = problems(filled(sent, {"COM2": 7, "TEC7": "dua", "COM3": "=1", "respondent": "Budi"}), kediri)
    assert [place in text for place in ("column D6", "column D11", "column D7", "column B6")] == [True] * 4


def test_no_pillar_chosen_is_a_gap_and_a_single_pillar_is_filled_in(kediri, sent):
    assert 'an entry for "Menjawab untuk Smart Governance?"' in problems(filled(sent, {"pillar.GOV": None}), kediri)
    data = survey_workbook(kediri, 2024, "disdik")
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, place = cells_of(book)["pillar.SOC", "answer"]
    assert book[sheet][place].value == "Ya"


# --- the form as a whole ---


def delete_row(book):
    book["Komitmen"].delete_rows(6)


def swap_rows(book):
    sheet = book["Komitmen"]
    sheet["A6"], sheet["A7"] = sheet["A7"].value, sheet["A6"].value


def rename_sheet(book):
    book["Komitmen"].title = "Komitmen (2)"


def no_meta(book):
    del book["_meta"]


def meta_changed(book):
    book["_meta"]["B4"] = "bappeda"


WHOLE = {
    "a row deleted": (
        delete_row,
        f"{FILE}, sheet Komitmen, column A6\n  Found: COM3\n  Expected: the row \"COM2\" in this place\n"
        "  Remedy: the row was deleted; copy the answers into a new form",
    ),
    "rows exchanged": (
        swap_rows,
        f"{FILE}, sheet Komitmen, column A6\n  Found: COM3\n  Expected: the row \"COM2\" in this place\n"
        "  Remedy: rows were moved or inserted; put them back in order, or copy the answers into a new form",
    ),
    "a sheet renamed": (
        rename_sheet,
        f"{FILE}\n  Found: Petunjuk, Identitas, Komitmen (2), Kolaborasi, Teknologi, Kepentingan, Kinerja, Kematangan, "
        "Hambatan, Usulan\n  Expected: the sheet \"Komitmen\"\n"
        "  Remedy: give the sheet its name back, or copy the answers into a new form",
    ),
    "no hidden sheet": (
        no_meta,
        f"{FILE}\n  Found: Petunjuk, Identitas, Komitmen, Kolaborasi, Teknologi, Kepentingan, Kinerja, Kematangan, "
        "Hambatan, Usulan\n  Expected: an OPD survey form made with: smartcity forms survey\n"
        "  Remedy: return the workbook that was sent to your OPD, with all of its sheets",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_form_taken_apart_is_refused(name, kediri, sent):
    edit, text = WHOLE[name]
    assert problems(filled(sent, {}, edit), kediri) == text


def test_a_changed_hidden_sheet_is_refused(kediri, sent):
    text = problems(filled(sent, {}, meta_changed), kediri)
    assert text.startswith(f"{FILE}, sheet _meta\n") and "Expected: the hidden sheet as it was sent" in text


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused(data, kediri):
    assert "Expected: a whole Excel workbook (.xlsx)" in problems(data, kediri)


def test_a_workbook_of_another_kind_is_not_ours(kediri):
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    assert problems(buffer.getvalue(), kediri).startswith(f"{FILE}\n  Found: Sheet\n  Expected: an OPD survey form")


def test_a_cell_far_outside_is_refused_and_not_walked_to(kediri, sent):
    def far(book):
        book["Usulan"]["XFD1048576"] = "x"

    assert "Expected: a workbook of 40 MB at most when unpacked" in problems(filled(sent, {}, far), kediri)


def test_another_year_is_refused(kediri, sent):
    assert problems(filled(sent, {}), kediri, year=2025) == (
        f"{FILE}\n  Found: kediri 2024 diskominfo\n  Expected: a form for kediri 2025 and one of its OPDs\n"
        "  Remedy: return the form of the right study, year and OPD"
    )


def test_an_older_questionnaire_is_refused(project, rehash, sent):
    folder = project / "data" / "raw" / "kediri"
    path = folder / "survey_questions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("memimpin sendiri", "memimpin"), encoding="utf-8")
    rehash(folder)
    study = load_study(folder)
    text = problems(filled(sent, {}), study)
    assert "Expected: the form in force: smartcity survey 1" in text
    assert instrument_hash(survey_form(study, 2024, "diskominfo")) in text
    assert "make a new one with smartcity forms survey kediri" in text


def test_an_opd_that_is_no_longer_listed_is_refused(kediri, sent):
    tables = dict(kediri.tables)
    tables["opd"] = tables["opd"][tables["opd"]["code"] != "diskominfo"]
    study = type(kediri)("kediri", kediri.folder, kediri.spec, tables)
    assert "Found: kediri 2024 diskominfo" in problems(filled(sent, {}), study)


# --- filing ---


def test_forms_are_entered_once_and_a_later_one_takes_the_place_of_an_earlier(project, sent):
    folder = project / "data" / "raw" / "kediri"
    good, bad = filled(sent, {"COM2": 2}), filled(sent, {"COM2": 9})
    received = receive_survey(load_study(folder), 2024, {"a.xlsx": good, "b.xlsx": bad})
    assert [(one.answers, len(one.breaches)) for one in received] == [(2, 0), (0, 1)]
    again = receive_survey(load_study(folder), 2024, {"c.xlsx": filled(sent, {"COM2": 5})})
    assert again[0].replaced
    study = load_study(folder, only_real=True)
    answers = study.table("survey_answers").set_index("question")
    assert answers["answer"].to_dict() == {"COM1": "4", "COM2": "5"} and (answers["source"] == "c.xlsx").all()
    forms = load_study(folder).table("survey_forms")
    assert (forms["status"] == "survey").sum() == 1 and (forms["status"] == "illustrative").any()


def test_a_form_that_is_refused_writes_nothing(project, sent, tree):
    folder = project / "data" / "raw" / "kediri"
    before = tree(folder)
    receive_survey(load_study(folder), 2024, {"b.xlsx": filled(sent, {"COM2": 9})})
    assert tree(folder) == before


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["COM1", "COM2", "COL3", "TEC4", "IMP.GOV1", "PER.ENV3"]), st.integers(1, 5)))
def test_whatever_is_answered_comes_back(kediri, sent, answers):
    form = read_survey_form(filled(sent, answers), kediri, 2024)
    assert form.answers.set_index("question")["answer"].to_dict() == {
        code: str(value) for code, value in ({"COM1": 4} | answers).items()
    }  # fmt: skip

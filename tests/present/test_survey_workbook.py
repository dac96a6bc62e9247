"""The questionnaire workbook: what an officer sees and may change, and that it survives LibreOffice."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from smartcity_analysis.cli import main
from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.masterplan import read_survey_form
from smartcity_analysis.present.forms.survey import survey_workbook

SHEETS = {
    "id": ["Petunjuk", "Identitas", "Komitmen", "Kolaborasi", "Teknologi", "Kepentingan", "Kinerja", "Kematangan",
           "Hambatan", "Usulan", "_meta"],
    "en": ["Guide", "Identity", "Commitment", "Collaboration", "Technology", "Importance", "Performance", "Maturity",
           "Obstacles", "Proposals", "_meta"],
}  # fmt: skip


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def cells_of(book):
    rows = [[cell.value for cell in row] for row in book["_meta"].iter_rows()]
    return [row[1:5] for row in rows if row[0] == "cell"]


def options_of(book):
    found = {}
    for row in book["_meta"].iter_rows(values_only=True):
        if row[0] == "option":
            found.setdefault(row[1], []).append(row[3])
    return found


@pytest.fixture(scope="module")
def book(kediri):
    return opened(survey_workbook(kediri, 2024, "diskominfo"))


@pytest.mark.parametrize("language", SHEETS)
def test_one_sheet_a_section_in_the_readers_language(language, kediri):
    found = opened(survey_workbook(kediri, 2024, "disdik", language))
    assert found.sheetnames == SHEETS[language]
    assert found["_meta"].sheet_state == "hidden"
    assert [s.sheet_state for s in found.worksheets[:-1]] == ["visible"] * 10


def test_only_answer_cells_can_be_changed(book):
    open_cells = {(sheet, place) for sheet, place, _, _ in cells_of(book)}
    for sheet in book.worksheets:
        assert sheet.protection.sheet and sheet.protection.password is None
        unlocked = {(sheet.title, c.coordinate) for row in sheet.iter_rows() for c in row if not c.protection.locked}
        assert unlocked == {cell for cell in open_cells if cell[0] == sheet.title}


def test_every_answer_cell_but_a_name_has_a_rule_and_says_how_to_fill_it_in(book):
    for sheet in book.worksheets[1:-1]:
        ruled = {str(part): rule for rule in sheet.data_validations.dataValidation for part in rule.cells}
        assert set(ruled) == {place for name, place, _, _ in cells_of(book) if name == sheet.title}
        for rule in ruled.values():
            assert rule.prompt and len(rule.prompt) <= 255 and rule.error and rule.errorTitle


def test_a_scale_is_chosen_and_a_count_is_a_whole_number(book):
    rules = {str(c): r for r in book["Teknologi"].data_validations.dataValidation for c in r.cells}
    assert rules["D5"].type == "list" and rules["D5"].formula1 == '"1,2,3,4,5"'
    assert (rules["D11"].type, rules["D11"].formula1, rules["D11"].formula2) == ("whole", "0", "200")


def test_only_the_items_of_its_pillars_are_asked(book, kediri):
    asked = {question for _, _, question, _ in cells_of(book)}
    items = kediri.table("survey_questions").query("section == 'maturity'").set_index("code")["pillar"]
    assert {code for code in items.index if code in asked} == set(items.index[items.isin(["GOV", "LIV"])])
    evidence = [q for _, _, q, part in cells_of(book) if part == "evidence"]
    assert len(evidence) == 18 and all(items[q] in ("GOV", "LIV") for q in evidence)


def test_the_agency_is_filled_in_and_no_name_is_asked(book):
    sheet = book["Identitas"]
    assert sheet["B4"].value == "Dinas Komunikasi dan Informatika" and sheet["B4"].protection.locked
    labels = [sheet.cell(row, 1).value for row in range(4, 12)]
    assert not [label for label in labels if label and ("nama" in label.lower() or "telepon" in label.lower())]


def test_it_is_ready_to_print(book):
    for sheet in book.worksheets[:-1]:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    for sheet in book.worksheets[2:-1]:
        assert sheet.freeze_panes == "C5" and sheet.print_title_rows == "$1:$4"


def test_the_same_form_has_the_same_bytes(kediri):
    one, other = (survey_workbook(kediri, 2024, "bpbd") for _ in range(2))
    assert one == other


def test_an_unknown_agency_is_refused(kediri):
    with pytest.raises(UnknownNameError, match=r"Unknown OPD: found 'diskominf', .* Did you mean 'diskominfo'\?"):
        survey_workbook(kediri, 2024, "diskominf")


def test_the_command_writes_one_workbook_an_agency(tmp_path, capsys):
    asked = ["forms", "survey", "kediri", "--year", "2024", "--out", str(tmp_path), "--opd", "bpbd", "--language", "en"]
    assert main([*asked, "--opd", "disdik"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "opd-survey-2024-bpbd.xlsx",
        "opd-survey-2024-disdik.xlsx",
    ]
    assert "bpbd: " in capsys.readouterr().out


def test_the_command_reads_forms_back(project, tmp_path, monkeypatch, capsys, kediri):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    path = tmp_path / "kembali.xlsx"
    path.write_bytes(fully(survey_workbook(kediri, 2024, "bpbd")))
    bad = tmp_path / "lain.xlsx"
    bad.write_bytes(b"bukan buku kerja")
    assert main(["survey", "read", "kediri", str(path), str(bad), "--year", "2024"]) == 2
    said = capsys.readouterr()
    assert "kembali.xlsx: 84 jawaban dari bpbd dicatat." in said.out
    assert "lain.xlsx: tidak dicatat, 1 masalah ditemukan." in said.out and "Excel" in said.err
    assert main(["check", "kediri"]) == 0


# --- LibreOffice ---


def fully(data):
    """The workbook with every cell filled in."""
    book, options = opened(data), options_of(opened(data))
    for sheet, place, question, part in cells_of(book):
        if question in options:
            value = options[question][int(part) - 1 if part.isdigit() else 0]
        elif question in ("respondent", "minutes"):
            value = {"respondent": "R012", "minutes": 31}[question]
        elif part == "evidence" or question.startswith("PRO"):
            value = 'SK 12/2023 "uji" & <b> ü\nbaris kedua'
        else:
            value = 3
        book[sheet][place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def converted(kediri, tmp_path_factory):
    """A filled form, and the same after LibreOffice opened and saved it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: the round trip through it is not tested")
    folder = tmp_path_factory.mktemp("office")
    path = folder / "form.xlsx"
    path.write_bytes(fully(survey_workbook(kediri, 2024, "diskominfo")))
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx",
               "--outdir", str(folder / "out"), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return path.read_bytes(), (folder / "out" / "form.xlsx").read_bytes()


def test_a_form_saved_by_libreoffice_says_the_same(converted, kediri):
    before, after = (read_survey_form(data, kediri, 2024, file="form.xlsx") for data in converted)
    assert after.answers.to_dict("records") == before.answers.to_dict("records") and len(after.answers) == 84
    for part in ("form", "role", "pillars", "minutes"):
        assert getattr(after, part) == getattr(before, part)


def lists_of(sheet):
    rules = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    return {str(cell): rule.formula1.replace("'", "").lstrip("=") for rule in rules for cell in rule.cells}


def test_libreoffice_keeps_lists_and_locks(converted):
    one, other = (opened(data) for data in converted)
    for sheet in one.sheetnames:
        assert lists_of(one[sheet]) == lists_of(other[sheet])
        assert other[sheet].protection.sheet and other[sheet].sheet_state == one[sheet].sheet_state
    assert not other["Komitmen"]["D5"].protection.locked and other["Komitmen"]["B5"].protection.locked

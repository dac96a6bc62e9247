"""Personal data are found wherever a file holds them, told by place without being repeated, or replaced by tokens."""

import io
import re
import shutil
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from smartcity_analysis.errors import Breach, DataError
from smartcity_analysis.study import find_root, load_study
from smartcity_analysis.study.privacy.folder import file_breaches, written_beside
from smartcity_analysis.study.privacy.texts import Tokens, find_personal_data, holds_personal_data, masked, masked_text
from smartcity_analysis.study.privacy.workbooks import is_person, without_people

ROOT = find_root(__file__.rpartition("/tests/")[0])
NIK = "357101" + "410790" + "0001"  # of nobody: born on the first of July, serial 1
PHONE, NAME = "0812" + "-0000-" + "1234", "Contoh Rekaan"

FOUND = {
    NIK: ["NIK"],
    f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}": ["NIK"],
    f"{NIK[:2]}.{NIK[2:4]}.{NIK[4:6]}.{NIK[6:12]}.{NIK[12:]}": ["NIK"],
    "-".join(NIK[at : at + 4] for at in (0, 4, 8, 12)): ["NIK"],
    "NIK: 9999 9999 9999 9999": ["NIK"],
    "NIP 19850101 201001 1 001": ["NIP"],
    PHONE: ["TEL"],
    "081200001234": ["TEL"],
    "0812.0000.1234": ["TEL"],
    "+62 812 0000 1234": ["TEL"],
    "+62 (0)812-0000-1234": ["TEL"],
    "6281200001234": ["TEL"],
    "https://wa.me/6281200001234": ["TEL"],
    "(0354) 600000": ["TEL"],
    "0354-600000": ["TEL"],
    "0354 600 000": ["TEL"],
    "telp. 600000": ["TEL"],
    "a.b+c@contoh.go.id": ["EMAIL"],
    "nama [at] contoh.id": ["EMAIL"],
    f"hubungi {NAME} ({PHONE})": ["NAMA", "TEL"],
    f"{PHONE} a.n. {NAME}": ["TEL", "NAMA"],
    f"{NAME}, NIK {NIK}": ["NAMA", "NIK"],
    f"Nama: {NAME}": ["NAMA"],
    f"atas nama {NAME}": ["NAMA"],
    f"Bapak {NAME} dan Sdr. Fiktif": ["NAMA", "NAMA"],
    f"ibu {NAME} mengusulkan": ["NAMA"],
    f"Drs. {NAME}": ["NAMA"],
    f"{NAME}, S.Sos": ["NAMA"],
    f"{NAME}, M.Si.": ["NAMA"],
    f"{NAME}, SE": ["NAMA"],
}
NOT_FOUND = [
    "35.71.01.1004", "Rp1.234.567.890.123", "12-08-2024", "2020-2029", "2.16.03.2.01.0001", "SK 12/2023",
    "050/1234/419.033/2023", "2021 2022 2023 2024", "112.0123456789012345", "0.3571010101900001",
    NIK[:6] + "320190" + "0001",
    "4858fe7546db697c5689549e83cbe5bd17ca2da26969958c96e5887295753fa0", "917.0062499999998",
    "Kesehatan Ibu dan Anak",
    "Ibu Kota Kabupaten", "Jl. Dr. Saharjo", "RSUD dr. Iskak", "Kepala Dinas Kominfo", "Nama: Dinas Kesehatan",
    "Bapak Wali Kota", "Kelurahan Mojoroto, Kecamatan Mojoroto", "Yth. Kepala Bappeda", "tahun 2024", "", "S. Parman",
]  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_what_is_personal_is_found_by_kind(text):
    assert [one.kind for one in find_personal_data(text)] == FOUND[text]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_codes_money_dates_hashes_places_and_offices_are_not_personal(text):
    assert find_personal_data(text) == ()


@given(st.dates(), st.booleans(), st.integers(1, 9999), st.sampled_from(["", " ", "-", "."]))
def test_every_well_formed_nik_is_found(born, woman, serial, sign):
    parts = ["357102", f"{born.day + 40 * woman:02d}{born:%m%y}", f"{serial:04d}"]
    assert [one.kind for one in find_personal_data(f"kode {sign.join(parts)} saja")] == ["NIK"]


def test_unseen_characters_hide_nothing():
    assert holds_personal_data(pd.Series(["0812\u00a00000\u20111234", "０８１２00001234", None, 5])).tolist() == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["kediri", "jatim", "malang"])
def test_the_shipped_studies_hold_no_personal_data(name):
    folder = ROOT / "data" / "raw" / name
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert (
        len(files) > 4 and [b for path in files for b in file_breaches(path.read_bytes(), path.name, shared=True)] == []
    )


# --- whole files ---


def workbook(**given):
    """A workbook with somebody in every place a workbook has."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["code", "answer"])
    sheet.append(["PRO1", given.get("cell", "usul")])
    sheet["B2"].number_format = "0"
    secret = book.create_sheet("arsip")
    secret.sheet_state, secret["C7"] = "hidden", given.get("hidden")
    if "comment" in given:
        sheet["A1"].comment = Comment(given["comment"], given.get("commenter", ""))
    book.properties.creator = given.get("creator", "openpyxl")
    book.properties.lastModifiedBy, book.properties.title = given.get("saved_by"), given.get("title")
    if "custom" in given:
        book.custom_doc_props.append(StringProperty(name="Penulis", value=given["custom"]))
    if "defined" in given:
        book.defined_names["kontak"] = DefinedName("kontak", attr_text=f'"{given["defined"]}"')
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


PLACES = {
    "cell": ({"cell": PHONE}, "Sheet", 2, "B", "1 × TEL"),
    "number": ({"cell": int(NIK)}, "Sheet", 2, "B", "1 × NIK"),
    "hidden sheet": ({"hidden": NIK}, "arsip", 7, "C", "1 × NIK"),
    "comment": ({"comment": f"tanya {PHONE}"}, None, None, "xl/comments/comment1.xml", "1 × TEL"),
    "comment's author": (
        {"comment": "ya", "commenter": NAME},
        None,
        None,
        "xl/comments/comment1.xml author",
        "1 × NAMA",
    ),
    "creator": ({"creator": NAME}, None, None, "docProps/core.xml creator", "1 × NAMA"),
    "saved by": ({"saved_by": NAME}, None, None, "docProps/core.xml lastModifiedBy", "1 × NAMA"),
    "title": ({"title": f"kontak {PHONE}"}, None, None, "docProps/core.xml title", "1 × TEL"),
    "custom property": ({"custom": NAME}, None, None, "docProps/custom.xml property", "1 × NAMA"),
    "defined name": ({"defined": PHONE}, None, None, "xl/workbook.xml definedName", "1 × TEL"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_workbook_is_looked_through_whole(name):
    given_parts, sheet, row, column, found = PLACES[name]
    breaches = file_breaches(workbook(**given_parts), "jawaban.xlsx")
    assert (sheet, row, column, found) in [(b.sheet, b.row, b.column, b.found) for b in breaches]
    assert not any(value in b.text("id") for b in breaches for value in (NIK, PHONE, NAME))


def test_a_workbook_of_nobody_has_no_breach():
    assert file_breaches(workbook(), "jawaban.xlsx") == ()
    assert [is_person(text) for text in (NAME, "Windows User", "Dinas Kesehatan", "", "LAPTOP 12")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_a_file_name_is_looked_at_and_not_repeated():
    (breach,) = file_breaches(b"a,b\n1,2\n", f"usul_{PHONE}.csv")
    assert breach.found == "1 × TEL" and PHONE not in breach.text("en") and "[TEL]" in breach.text("en")


def test_other_breaches_do_not_repeat_it_either():
    breach = masked(Breach("not_a_number", file="x.csv", column="value", found=float(NIK), facts={"decimal": "."}))
    assert breach.found == "[NIK]" and masked(Breach("not_a_number", found=12.5)).found == 12.5


def test_a_form_is_kept_without_its_writers():
    data = workbook(creator=NAME, saved_by=NAME, custom=NAME, comment="ya", commenter=NAME, cell="isi")
    kept = without_people(data)
    with zipfile.ZipFile(io.BytesIO(kept)) as parts:
        assert not any(NAME.encode() in parts.read(part) for part in parts.namelist())
    assert kept == without_people(data) and file_breaches(kept, "x.xlsx") == ()
    assert openpyxl.load_workbook(io.BytesIO(kept)).active["B2"].value == "isi"


def test_what_is_written_beside_the_answers_of_a_form_is_named():
    data = workbook(cell=PHONE, hidden=NIK, creator=NAME)
    found = [(b.sheet, b.column, b.row) for b in written_beside(data, {("Sheet", "B2")})]
    assert found == [("arsip", "C", 7)]


# --- a study ---


@pytest.fixture
def polluted(tmp_path, rehash):
    """The shipped study with a person in an agency's name, in a note and in the properties of a workbook."""
    folder = tmp_path / "kediri"
    shutil.copytree(ROOT / "data" / "raw" / "kediri", folder)
    agencies = pd.read_csv(folder / "opd.csv", dtype=str)
    agencies.loc[0, "name"] += f" ({NAME}, {PHONE})"
    agencies.loc[1, "name"] += f" hubungi 0812 00001234, NIK {NIK}"
    agencies.to_csv(folder / "opd.csv", index=False)
    rehash(folder)
    return folder


def declare(folder, way):
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{small_cell: 3}", f"{{small_cell: 3, personal_data: {way}}}"), encoding="utf-8")


def test_a_study_with_personal_data_is_refused_with_every_place_and_no_value(polluted):
    with pytest.raises(
        DataError, match=r"kediri/opd\.csv, baris 2, kolom name\n  Ditemukan: 1 × TEL, 1 × NAMA"
    ) as error:
        load_study(polluted)
    for language in ("id", "en"):
        text = error.value.text(language)
        assert not re.search(rf"{NAME}|{NIK}|0812", text) and "1 × NIK, 1 × TEL" in text


def test_a_study_may_ask_for_tokens(polluted):
    declare(polluted, "pseudonymise")
    names = load_study(polluted).table("opd")["name"]
    assert names[0].endswith("([NAMA-1], [TEL-1])") and names[1].endswith("hubungi [TEL-1], NIK [NIK-1]")
    assert names.equals(load_study(polluted).table("opd")["name"])


def test_what_rows_are_found_by_is_not_replaced(polluted):
    declare(polluted, "pseudonymise")
    path = polluted / "opd.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\ndiskominfo,", f"\n{NIK},", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"opd\.csv, baris \d+, kolom code\n  Ditemukan: 1 × NIK"):
        load_study(polluted, check_sources=False)


def test_tokens_are_numbered_as_they_are_met_and_go_on_after_those_that_are_there():
    tokens = Tokens(["sudah [TEL-4]"])
    assert tokens.put(f"{PHONE}; (0354) 600000") == "[TEL-5]; [TEL-6]"
    assert tokens.put("+62 812 0000 1234") == "[TEL-5]" and masked_text(f"x {PHONE}") == "x [TEL]"

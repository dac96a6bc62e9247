"""Broken workbooks: what a spreadsheet does to a table, and what does not belong into one."""

import datetime
import io
import zipfile

from openpyxl.formatting.rule import CellIsRule
from openpyxl.worksheet.datavalidation import DataValidation

from .breaking import change, faults, in_sheet, put, repacked, sheet, workbook

SCORE, YEAR = "B", "A"


def at(place, value, form=None):
    """Put `value` into one cell of the only sheet."""

    def edit(page):
        page[place] = value
        if form:
            page[place].number_format = form

    return sheet(edit)


def scores(edit=None, packed=None):
    return workbook("scores", edit, packed)


def hide_rows(page):
    page.row_dimensions[3].hidden = True
    page.auto_filter.ref = "A1:I6"


def second_sheet(title, state="visible", filled=True):
    def edit(book):
        page = book.create_sheet(title)
        page.sheet_state = state
        if filled:
            page.append(["kode", "arti"])

    return edit


def first_hidden(book):
    page = book.create_sheet("daftar", 0)
    page.append(["kode", "arti"])
    page.sheet_state = "hidden"


def furniture(page):
    page.freeze_panes = "A2"
    page.protection.sheet = True
    page.conditional_formatting.add("B2:B6", CellIsRule(operator="lessThan", formula=["3"]))
    page.add_data_validation(DataValidation(type="decimal", operator="between", formula1="0", formula2="4"))
    page.column_dimensions["C"].hidden = True


TABLES = faults(
    "workbooks",
    a_plain_one=scores(),
    per_cent_format=at("B3", 0.765, "0.0%"),
    a_date_in_a_number=at("B3", datetime.datetime(2021, 3, 6)),
    a_date_for_a_year=at("A3", datetime.datetime(2021, 1, 1)),
    a_time_in_a_number=at("B3", datetime.time(3, 6)),
    true_for_a_number=at("B3", True),
    a_number_as_text=scores(at("B3", "3.06")),
    a_number_as_text_with_comma=at("B3", "3,06"),
    a_choice_that_became_a_number=at("G3", 1.5),
    a_formula_without_its_result=at("B3", "=3+0.06"),
    a_formula_without_its_result_where_a_cell_may_be_empty=at("I3", '="a"&"b"'),
    a_formula_with_its_result=scores(None, in_sheet(b"<v>3.06</v>", b"<f>3+0.06</f><v>3.06</v>")),
    an_error=scores(None, in_sheet(b'<c r="B3" t="n"><v>3.06</v></c>', b'<c r="B3" t="e"><v>#REF!</v></c>')),
    an_error_in_a_remark=at("I2", "#N/A"),
    an_infinite_number=scores(None, in_sheet(b"<v>3.06</v>", b"<v>1e999</v>")),
    a_number_of_400_digits=scores(None, in_sheet(b"<v>3.06</v>", b"<v>" + b"9" * 400 + b"</v>")),
    merged_cells=sheet(lambda page: page.merge_cells("G2:G4")),
    a_merged_title=sheet(lambda page: (page.insert_rows(1), page.__setitem__("A1", "Skor"), page.merge_cells("A1:I1"))),
    hidden_rows_and_a_filter=scores(sheet(hide_rows)),
    colours_protection_and_rules=scores(sheet(furniture)),
    a_second_sheet=second_sheet("kamus"),
    an_empty_second_sheet=scores(second_sheet("Sheet2", filled=False)),
    a_hidden_second_sheet=scores(second_sheet("kamus", "hidden")),
    a_hidden_first_sheet=scores(first_hidden),
    the_only_sheet_hidden=second_sheet("kosong", filled=False),
    the_table_moved_to_the_right=scores(sheet(lambda page: page.insert_cols(1, 2))),
    empty_rows_above=scores(sheet(lambda page: page.insert_rows(1, 3))),
    a_remark_below=sheet(lambda page: page.append(["Sumber: Kominfo"])),
    a_remark_beside=at("L4", "lihat catatan"),
    a_cell_far_outside=at("XFD1048576", "x"),
    no_rows=sheet(lambda page: page.delete_rows(2, 9)),
    nothing_at_all=sheet(lambda page: page.delete_rows(1, 9)),
)  # fmt: skip
TABLES = {
    name: fault.__class__(
        fault.kind, fault.fault if "folder" in fault.fault.__code__.co_varnames else scores(fault.fault)
    )
    for name, fault in TABLES.items()
}


def hidden_only(book):
    book.active.sheet_state = "hidden"
    book.create_sheet("kosong")


TABLES["workbooks: the only sheet hidden"] = TABLES["workbooks: a plain one"].__class__(
    "workbooks", scores(hidden_only)
)

CODES = faults(
    "codes in workbooks",
    a_region_as_a_number=workbook("indicators", at("A2", 35.71)),
    a_region_with_its_zero_lost=workbook("indicators", at("A2", 35.7)),
    a_region_as_a_whole_number=workbook("indicators", at("A2", 3571)),
    a_region_as_a_date=workbook("indicators", at("A2", datetime.datetime(2035, 7, 1))),
    a_recommendation_as_a_date=workbook("recommendations", at("A2", datetime.datetime(2022, 1, 1))),
    a_programme_as_a_number=workbook("programmes", at("A2", 1.1)),
    a_BPS_code_as_a_number=workbook("regions", at("B2", 3571)),
    a_year_of_quick_wins_as_a_date=workbook("programmes", at("H2", datetime.datetime(2021, 1, 1))),
)

BOMB = b"<a>" + b"0" * 30_000_000 + b"</a>"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><sst><si><t>&c;</t></si></sst>'
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><sst><si><t>&a;</t></si></sst>'
)


def with_part(name, content):
    return scores(None, repacked(None, {name: content}))


def strings(content):
    return with_part("xl/sharedStrings.xml", content)


def nested(data):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("scores.xlsx", data)
    return stream.getvalue()


def open_document(data):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", "<office:document-content/>")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MERGE = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
LINK = b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
FILES = faults(
    "workbook files",
    cut_short=scores(None, lambda data: data[: len(data) // 2]),
    a_byte_changed=scores(None, lambda data: data[:400] + bytes([data[400] ^ 255]) + data[401:]),
    empty=scores(None, lambda data: b""),
    a_CSV_under_its_name=scores(None, lambda data: b"year,score\n2020,2.87\n"),
    a_web_page_under_its_name=scores(None, lambda data: b"<html><table><tr><td>2020</td></tr></table></html>"),
    an_old_workbook=scores(None, lambda data: OLE),
    locked_with_a_password=scores(None, lambda data: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64)),
    an_OpenDocument_sheet_under_its_name=scores(None, open_document),
    a_zip_in_a_zip=scores(None, nested),
    a_part_missing=scores(None, lambda data: without_part(data, "xl/workbook.xml")),
    broken_XML=scores(None, in_sheet(b"</sheetData>", b"")),
    a_zip_bomb=with_part("xl/media/a.xml", BOMB),
    very_many_parts=scores(None, repacked(None, {f"xl/media/{n}.txt": b"x" for n in range(2100)})),
    entities_that_multiply=strings(ENTITIES),
    an_entity_that_reads_a_file=strings(EXTERNAL),
    entities_in_UTF_16=strings(ENTITIES.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")),
    a_merge_over_the_whole_sheet=scores(None, in_sheet(b"</sheetData>", MERGE)),
    a_link_over_the_whole_sheet=scores(None, in_sheet(b"</sheetData>", LINK)),
    XML_nested_very_deep=with_part("xl/deep.xml", b"<a>" * 5000 + b"</a>" * 5000),
    macros=with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    links_to_other_files=with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    an_embedded_object=with_part("xl/embeddings/oleObject1.bin", b"MZ"),
    a_picture=with_part("xl/media/image1.png", b"\x89PNG"),
)


def without_part(data, name):
    source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
    return stream.getvalue()


def beside(folder):
    data = (folder / "scores.csv").read_bytes()
    scores()(folder)
    put(folder / "scores.csv", data)
    change("SOURCES.csv", "\nscores.xlsx", f"\nscores.csv,{'0' * 64},Skor,x,2024,,,\nscores.xlsx")(folder)


FAULTS = TABLES | CODES | FILES | faults("workbook files", beside_a_CSV_of_the_same_table=beside)

"""Broken returned forms: feedback and survey workbooks as offices may send them back."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
import pandas as pd

from smartcity_analysis.masterplan import feedback_form, read_survey_form
from smartcity_analysis.masterplan.feedback.returned import read_returned
from smartcity_analysis.present.forms.feedback import feedback_workbook
from smartcity_analysis.present.forms.survey import survey_workbook

from .breaking import repacked
from .corpus_books import BOMB, ENTITIES, OLE, nested, open_document, without_part

YEAR, OPD, FILE = 2024, "diskominfo", "kembali.xlsx"
FINDING = {
    "id": "F-aaaaaa", "topic": "score", "kind": "fact", "pillar": None, "status": "reported",
    "text_id": "Skor turun dari 3,31 menjadi 3,197.", "text_en": "The score fell from 3.31 to 3.197.",
    "evidence": "score_trend[year=2023].score",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One way to break a returned form: its book is edited, then its bytes; or it is read as another study or year."""

    kind: str
    edit: Callable | None = None
    data: Callable | None = None
    year: int = YEAR
    study: str = "kediri"


def feedback(study):
    """A feedback form with one answer, and how it is read: what the reader makes of it."""
    form = feedback_form(study, YEAR, OPD, pd.DataFrame([FINDING]))
    book = openpyxl.load_workbook(io.BytesIO(feedback_workbook(form, study, "id")))
    book["Temuan"]["G5"] = "Setuju"
    return saved(book), lambda data, study, year: read_returned(data, file=FILE, study=study, year=year).remarks


def survey(study):
    """A survey form with one answer, and how it is read."""
    book = openpyxl.load_workbook(io.BytesIO(survey_workbook(study, YEAR, OPD)))
    rows = [[cell.value for cell in row] for row in book["_meta"].iter_rows()]
    places = {row[3]: (row[1], row[2]) for row in rows if row[0] == "cell" and row[4] == "answer"}
    for question, answer in {"respondent": "R012", "pillar.GOV": "Ya", "COM1": 4}.items():
        book[places[question][0]][places[question][1]] = answer
    return saved(book), lambda data, study, year: read_survey_form(data, study, year, file=FILE).answers


KINDS = {"feedback forms": feedback, "survey forms": survey}


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def broken(form, sent):
    """The bytes of `sent` with the fault of `form`."""
    if form.edit:
        book = openpyxl.load_workbook(io.BytesIO(sent))
        form.edit(book)
        sent = saved(book)
    return form.data(sent) if form.data else sent


def sheet(name, edit):
    return lambda book: edit(book[name])


def put(name, place, value):
    return sheet(name, lambda page: page.__setitem__(place, value))


def meta(key, value):
    """Change a fact of the hidden sheet."""

    def edit(book):
        row = next(row for row in book["_meta"].iter_rows() if row[0].value == key)
        row[1].value = value

    return edit


def gone(name):
    return lambda book: book.remove(book[name])


def renamed(name, new):
    return lambda book: setattr(book[name], "title", new)


def extra(part, content):
    return repacked(None, {part: content})


def protected(book):
    for page in book.worksheets:
        page.protection.sheet = True


def shown(book):
    book["_meta"].sheet_state = "visible"


def both(first, other):
    """Faults that either form may have; `first` is its first sheet of questions, `other` another one of its sheets."""
    return {
        "untouched": (None, None),
        "sheets in another order": (lambda book: book.move_sheet(first, 3), None),
        "a sheet gone": (gone(other), None),
        "a sheet renamed": (renamed(other, "Lembar1"), None),
        "a sheet added": (lambda book: book.create_sheet("Catatan").append(["tolong dibaca"]), None),
        "an empty sheet added": (lambda book: book.create_sheet("Sheet2"), None),
        "the hidden sheet gone": (gone("_meta"), None),
        "the hidden sheet shown": (shown, None),
        "protected": (protected, None),
        "a row inserted above the table": (sheet(first, lambda page: page.insert_rows(3)), None),
        "a row deleted": (sheet(first, lambda page: page.delete_rows(5)), None),
        "a column inserted": (sheet(first, lambda page: page.insert_cols(1)), None),
        "a column deleted": (sheet(first, lambda page: page.delete_cols(1)), None),
        "two rows exchanged": (sheet(first, lambda page: page.move_range("A6:J6", rows=40)), None),
        "of another version": (meta("format", "smartcity form 0"), None),
        "of another study": (meta("study", "malang"), None),
        "of another year": (meta("year", "2023"), None),
        "of another OPD": (meta("opd", "dinas_lain"), None),
        "the only sheet left": (lambda book: [book.remove(page) for page in book.worksheets[1:]], None),
        "a cell far outside": (put(first, "XFD1048576", "x"), None),
        "an old workbook": (None, lambda data: OLE),
        "locked with a password": (None, lambda data: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64)),
        "an OpenDocument sheet under its name": (None, open_document),
        "a CSV under its name": (None, lambda data: b"No;Jawaban\n1;Setuju\n"),
        "a PDF under its name": (None, lambda data: b"%PDF-1.7\n"),
        "empty": (None, lambda data: b""),
        "cut short": (None, lambda data: data[: len(data) // 2]),
        "a part missing": (None, lambda data: without_part(data, "xl/workbook.xml")),
        "a zip in a zip": (None, nested),
        "a zip bomb": (None, extra("xl/media/a.xml", BOMB)),
        "entities that multiply": (None, extra("xl/a.xml", ENTITIES)),
        "macros": (None, extra("xl/vbaProject.bin", OLE)),
        "links to other files": (None, extra("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
        "an embedded object": (None, extra("xl/embeddings/oleObject1.bin", b"MZ")),
    }


def corrected(value):
    def edit(book):
        for place, content in {"G5": "Koreksi", "H5": value, "I5": "SK"}.items():
            book["Data"][place] = content

    return edit


FEEDBACK = {
    "an answer in other words": (put("Temuan", "G5", "boleh"), None),
    "a remark without an answer": (put("Data", "J6", "kurang tepat"), None),
    "a correction without a value": (put("Data", "G5", "Koreksi"), None),
    "a formula for a value": (corrected("=1+1"), None),
    "the text of a question changed": (put("Temuan", "D5", "Skor naik."), None),
    "the hidden sheet edited": (meta("opd", "bappeda"), None),
}  # fmt: skip
SURVEY = {
    "an answer out of its scale": (put("Komitmen", "D6", 7), None),
    "an answer in words": (put("Komitmen", "D6", "baik"), None),
    "half a point": (put("Komitmen", "D6", 3.5), None),
    "a formula for an answer": (put("Komitmen", "D6", "=2+2"), None),
    "the respondent missing": (put("Identitas", "B6", None), None),
    "a remark beside the table": (put("Komitmen", "F6", "lihat catatan"), None),
    "the text of a question changed": (put("Komitmen", "B5", "Pertanyaan lain"), None),
    "nothing answered": (put("Komitmen", "D5", None), None),
    "a text of three thousand letters": (put("Usulan", "D5", "x" * 3000), None),
}
OWN = {"feedback forms": both("Data", "Tambahan") | FEEDBACK, "survey forms": both("Komitmen", "Usulan") | SURVEY}
FAULTS = {f"{kind}: {name}": Form(kind, *how) for kind, own in OWN.items() for name, how in own.items()}
FAULTS |= {
    f"{kind}: {name}": Form(kind, **how)
    for kind in KINDS
    for name, how in {"read in another year": {"year": 2023}, "read in another study": {"study": "malang"}}.items()
}

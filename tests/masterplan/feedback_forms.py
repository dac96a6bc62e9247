"""Feedback forms to be filled in: what an officer does with one in a spreadsheet, done with openpyxl."""

import io

import openpyxl
import pandas as pd

from smartcity_analysis.masterplan import feedback_form
from smartcity_analysis.present.forms.feedback import feedback_workbook

FIRST = 5
SENTENCES = {
    "F-aaaaaa": (None, "Skor turun dari 3,31 menjadi 3,197.", "The score fell from 3.31 to 3.197."),
    "F-bbbbbb": ("SOC", "Dari 48 program, 1 quick win.", "Of 48 programmes, 1 is a quick win."),
    "F-cccccc": ("ENV", "Sampah belum terkelola.", "Waste is not managed yet."),
}
FINDINGS = pd.DataFrame(
    [
        {"id": code, "topic": "score", "kind": "fact", "pillar": pillar, "status": "reported", "text_id": text_id,
         "text_en": text_en, "evidence": "score_trend[year=2023].score; portfolio_totals[measure=ict].value"}
        for code, (pillar, text_id, text_en) in SENTENCES.items()
    ]
)  # fmt: skip


def blank(study, opd, language="id"):
    """The form of `opd` as it goes out."""
    return feedback_workbook(feedback_form(study, 2024, opd, FINDINGS), study, language)


def cell(subject, label):
    """Find the line of a data cell by its subject and label."""
    return lambda sheet, row: subject in str(sheet.cell(row, 3).value) and sheet.cell(row, 4).value == label


def finding(code):
    return lambda sheet, row: sheet.cell(row, 2).value == code


def fill(data, *answers, additions=(), change=None):
    """Return the form `data` with `answers` (sheet, line, cells by column) and `additions` written in."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for name, line, cells in answers:
        sheet = book[name]
        row = next(r for r in range(FIRST, sheet.max_row + 1) if line(sheet, r))
        for column, value in cells.items():
            sheet[f"{column}{row}"].value = value
    for row, cells in enumerate(additions, start=FIRST):
        for column, value in cells.items():
            book.worksheets[3][f"{column}{row}"].value = value
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

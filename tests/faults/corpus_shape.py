"""Broken headers, separators, quotation marks and encodings."""

import csv
import io

from .breaking import add, change, faults, header, put, remade, rows_of, table, workbook, written

S = "scores.csv"


def column(edit):
    """Edit every row of the scores in the same way."""
    return table(S, lambda rows: [edit(number, row) for number, row in enumerate(rows)])


def shifted(rows):
    rows[2] = [*rows[2][:-1]]


HEADERS = faults(
    "headers",
    missing=column(lambda n, row: [row[0], *row[2:]]),
    misspelt=header(S, "score", "scoer"),
    translated_into_Indonesian=table(
        S, lambda rows: [["tahun", "skor", "target", "status_target", *rows[0][4:7], "sumber", "catatan"], *rows[1:]]
    ),
    another_language=header(S, "score", "punktzahl"),
    an_optional_one_misspelt=header(S, "note", "notes"),
    blank=header(S, "score", ""),
    doubled=column(lambda n, row: [*row, row[1]]),
    doubled_in_two_languages=column(lambda n, row: [*row, "skor" if n == 0 else row[1]]),
    extra=column(lambda n, row: [*row, "petugas" if n == 0 else "x"]),
    an_empty_column_without_header=column(lambda n, row: [*row[:2], "", *row[2:]]),
    data_under_no_header=column(lambda n, row: [*row, "" if n == 0 else "7"]),
    spaces_around=column(lambda n, row: [f" {c} " for c in row] if n == 0 else row),
    no_break_space=header(S, "score", "score\u00a0"),
    zero_width_space=header(S, "score", "\u200bscore"),
    capitals=column(lambda n, row: [c.upper() for c in row] if n == 0 else row),
    hyphens_for_underscores=column(lambda n, row: [c.replace("_", "-") for c in row] if n == 0 else row),
    spaces_for_underscores=column(lambda n, row: [c.replace("_", " ") for c in row] if n == 0 else row),
    byte_order_mark=remade(S, lambda text: "\ufeff" + text),
    gone=table(S, lambda rows: rows[1:]),
    twice=table(S, lambda rows: [rows[0], *rows]),
    a_title_above=table(S, lambda rows: [["Skor Kota Kediri"], *rows]),
    two_rows_of_headers=table(S, lambda rows: [rows[0], ["(1)", "(2)", *[""] * (len(rows[0]) - 2)], *rows[1:]]),
    empty_rows_above=table(S, lambda rows: [[], [], *rows]),
    columns_in_another_order=column(lambda n, row: row[::-1]),
    two_columns_swapped_under_their_headers=column(lambda n, row: row if n == 0 else [row[1], row[0], *row[2:]]),
    line_break_inside=header(S, "score", "score\n"),
)


def to_bars(folder):
    put(folder / S, written(rows_of(folder / S), "|"))


def mixed(text):
    head, *body = text.split("\n")
    return "\n".join([head, *(line.replace(",", ";") for line in body)])


SEPARATORS = faults(
    "separators",
    semicolon=table(S, lambda rows: None, ";"),
    tab=table(S, lambda rows: None, "\t"),
    bar=to_bars,
    a_line_that_names_it=remade(S, lambda text: "sep=,\n" + text),
    caret=remade(S, lambda text: text.replace(",", "^")),
    another_one_in_the_body=remade(S, mixed),
    decimal_comma_unquoted=change(S, "2023,3.197", "2023,3,197"),
    a_cell_too_many=change(S, "2021,3.06,", "2021,3.06,x,"),
    a_cell_too_few=table(S, shifted),
    empty_cells_too_many=table(S, lambda rows: [[*row, "", ""] for row in rows]),
    lines_of_another_system=remade(S, lambda text: text.replace("\n", "\r\n")),
    lines_of_an_old_system=remade(S, lambda text: text.replace("\n", "\r")),
    fixed_width=remade(S, lambda text: text.replace(",", "   ")),
    a_total_below=add(S, "Jumlah,12.4,,,,,,,\n"),
    a_remark_below=add(S, "Sumber: Kominfo\n"),
    an_empty_row_in_between=table(S, lambda rows: rows.insert(3, [""] * len(rows[0]))),
)  # fmt: skip


def requoted(text):
    """The same rows with quotation marks round every cell, as some programs write them."""
    rows = csv.reader(io.StringIO(text, newline=""))
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


QUOTES = faults(
    "quotation marks",
    not_closed_in_the_last_cell=change(S, "memo.co.id 2024,", 'memo.co.id 2024,"catatan'),
    not_closed=change(S, ",reported,jatim", ',reported,"jatim'),
    not_closed_at_the_end_of_a_row=change("thematic_villages.csv", "reported,kedirikota", 'reported,"kedirikota'),
    closed_too_early=change(S, "2021,3.06", '2021,"3".06'),
    doubled=change(S, "2020,2.87", '2020,""2.87""'),
    round_every_cell=remade(S, lambda text: requoted(text)),
    typographic=change(S, "2020,2.87", "2020,“2.87”"),
)

OPD = "opd.csv"
ENCODINGS = faults(
    "encodings",
    cp1252=remade(OPD, lambda text: text.replace("Dinas", "Dinas é", 1).encode("cp1252")),
    Latin_1_dash=remade(OPD, lambda text: text.replace("Dinas", "Dinas –", 1).encode("cp1252")),
    UTF_16_with_mark=remade(OPD, lambda text: text.encode("utf-16")),
    UTF_16_without_mark=remade(OPD, lambda text: text.encode("utf-16-le")),
    UTF_16_big_endian=remade(OPD, lambda text: text.encode("utf-16-be")),
    UTF_32=remade(OPD, lambda text: text.encode("utf-32")),
    letters_lost=change(OPD, "Dinas", "Dina\ufffd"),
    null_bytes=change(OPD, "Dinas", "Din\0as"),
    cut_in_the_middle_of_a_letter=remade(OPD, lambda text: text.encode() + "é".encode()[:1]),
    UTF_8_with_mark=remade(OPD, lambda text: "\ufeff" + text),
    a_workbook_under_the_name_of_a_CSV=lambda folder: (
        workbook("opd")(folder),
        (folder / "opd.xlsx").rename(folder / OPD),
        change("SOURCES.csv", "\nopd.xlsx", "\nopd.csv")(folder),
    ),
    a_web_page_under_the_name_of_a_CSV=remade(OPD, lambda text: "<html><body><table><tr><td>x</td></tr></table>"),
    a_PDF_under_the_name_of_a_CSV=remade(OPD, lambda text: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
)

FAULTS = HEADERS | SEPARATORS | QUOTES | ENCODINGS

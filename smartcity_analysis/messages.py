"""The words of breaches, in both languages: what was expected and what to do.

Kept beside :mod:`smartcity_analysis.errors`, below every room, because a broken input is reported long before anything
is presented.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .messages_exchange import EXCHANGE_BREACHES
from .messages_files import FILE_BREACHES
from .messages_forms import FORM_BREACHES

if TYPE_CHECKING:
    from .errors import Breach

__all__ = ["BREACHES", "LANGUAGES", "breach_text", "breach_words", "default_language", "more_text"]

LANGUAGES = ("id", "en")

_FRAME = {
    "id": {"sheet": "lembar", "row": "baris", "column": "kolom", "found": "Ditemukan", "expected": "Seharusnya",
           "remedy": "Perbaikan", "nothing": "(kosong)"},
    "en": {"sheet": "sheet", "row": "row", "column": "column", "found": "Found", "expected": "Expected",
           "remedy": "Remedy", "nothing": "(empty)"},
}  # fmt: skip

# key: {language: (expected, remedy)}; the facts of the breach fill the braces
BREACHES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "manifest_unreadable": {
        "id": ("manifest.json yang ditulis bersama laporan", "periksa nama foldernya, atau jalankan lagi reviunya"),
        "en": ("the manifest.json that is written with a report", "check the folder's name, or run the review again"),
    },
    "file_twice": {
        "id": ("satu berkas saja untuk tabel ini", "hapus salah satu: {files}"),
        "en": ("one file only for this table", "remove one of them: {files}"),
    },
    "file_unknown": {
        "id": ("nama berkas yang dikenal: {known}", "ganti nama berkas{hint}, atau keluarkan dari folder studi"),
        "en": ("a known file name: {known}", "rename the file{hint}, or take it out of the study folder"),
    },
    "not_illustrative": {
        "id": ("status \"illustrative\" pada setiap baris folder illustrative", "isi illustrative, atau pindahkan baris data nyata ke tabel studi itu sendiri"),
        "en": ("the status \"illustrative\" on every row of the folder illustrative", "write illustrative, or move a row of real data to the study's own table"),
    },
    "read_undeclared": {
        "id": ("tabel yang dinyatakan notebook ini: {declared}", "tambahkan \"{found}\" pada smartcity.reads di metadata notebook"),
        "en": ("a table that this notebook declares: {declared}", "add \"{found}\" to smartcity.reads in the notebook's metadata"),
    },
    "study_undeclared": {
        "id": ("studi yang dinyatakan notebook ini: {declared}", "nyatakan tabel yang dibaca darinya pada smartcity.reads di metadata notebook, di bawah \"city\" (studi yang direviu) atau \"peers\" (pembandingnya)"),
        "en": ("a study that this notebook declares: {declared}", "declare the tables it reads of it in smartcity.reads in the notebook's metadata, under \"city\" (the study under review) or \"peers\" (its peers)"),
    },
    "read_restriction": {
        "id": ("kolom tabel {table} yang juga parameter notebook: {known}", "ganti isi kurung siku, atau nyatakan tabelnya tanpa kurung siku"),
        "en": ("a column of the table {table} that is also a parameter of the notebook: {known}", "change what is in the brackets, or declare the table without brackets"),
    },
    "not_utf8": {
        "id": ("teks UTF-8", "simpan ulang sebagai \"CSV UTF-8\" dari Excel atau LibreOffice"),
        "en": ("UTF-8 text", "save it again as \"CSV UTF-8\" from Excel or LibreOffice"),
    },
    "not_workbook": {
        "id": ("buku kerja Excel (.xlsx) yang utuh", "buka dan simpan ulang di Excel atau LibreOffice"),
        "en": ("a whole Excel workbook (.xlsx)", "open it in Excel or LibreOffice and save it again"),
    },
    "not_csv": {
        "id": ("tabel CSV yang utuh", "cari tanda kutip yang tidak ditutup di sekitar baris ini"),
        "en": ("a whole CSV table", "look for a quotation mark that is not closed near this row"),
    },
    "empty_table": {
        "id": ("baris judul kolom dan sedikitnya satu baris data", "isi tabel, atau kembalikan berkas yang benar"),
        "en": ("a header row and at least one row of data", "fill the table, or put the right file back"),
    },
    "row_length": {
        "id": ("{expected} sel di setiap baris", "periksa pemisah kolom dan tanda kutip di baris ini"),
        "en": ("{expected} cells in every row", "check the separators and quotation marks of this row"),
    },
    "column_missing": {
        "id": ("kolom {column} (judul lain yang diterima: {headers})",
               "tambahkan kolom itu atau betulkan judulnya{hint}"),
        "en": ("a column {column} (also accepted: {headers})", "add the column or mend its header{hint}"),
    },
    "column_unknown": {
        "id": ("salah satu dari: {known}", "ganti judul kolom{hint}, atau hapus kolom ini"),
        "en": ("one of: {known}", "rename the header{hint}, or remove the column"),
    },
    "column_twice": {
        "id": ("setiap kolom satu kali saja", "hapus salah satu kolom yang sama"),
        "en": ("every column once only", "remove one of the two columns"),
    },
    "cell_empty": {
        "id": ("isian; sel ini tidak boleh kosong", "isi selnya; bila nilainya tidak diketahui, hapus barisnya"),
        "en": ("a value; this cell must not be empty", "fill the cell; if the value is not known, remove the row"),
    },
    "not_a_number": {
        "id": ("angka dengan tanda desimal \"{decimal}\"{thousands}",
               "tulis angkanya saja, tanpa satuan; bila datanya tidak ada, hapus barisnya"),
        "en": ("a number with decimal sign \"{decimal}\"{thousands}",
               "write the number alone, without a unit; if there is no value, remove the row"),
    },
    "number_format": {
        "id": ("angka dengan tanda desimal \"{decimal}\" seperti dinyatakan di study.yaml",
               "\"{found}\" dapat berarti {one} atau {other}; tulis ulang dengan tanda desimal \"{decimal}\", atau betulkan "
               "number_format di study.yaml"),
        "en": ("a number with decimal sign \"{decimal}\", as study.yaml declares",
               "\"{found}\" may mean {one} or {other}; write it with decimal sign \"{decimal}\", or mend number_format in "
               "study.yaml"),
    },
    "not_a_year": {
        "id": ("tahun empat angka antara {lower} dan {upper}", "tulis tahunnya saja, misalnya 2024"),
        "en": ("a four-digit year between {lower} and {upper}", "write the year alone, such as 2024"),
    },
    "out_of_range": {
        "id": ("nilai antara {lower} dan {upper}{unit}", "periksa nilai, satuan, dan tanda desimalnya{hint}"),
        "en": ("a value between {lower} and {upper}{unit}", "check the value, its unit and its decimal sign{hint}"),
    },
    "not_allowed": {
        "id": ("salah satu dari: {allowed}", "pilih salah satu isian itu{hint}"),
        "en": ("one of: {allowed}", "use one of these{hint}"),
    },
    "bad_pattern": {
        "id": ("isian berbentuk {pattern}", "tulis ulang sesuai bentuk itu"),
        "en": ("text of the form {pattern}", "write it in that form"),
    },
    "code_as_number": {
        "id": ("kode wilayah sebagai teks, misalnya 35.71 atau 35.71.01.1001",
               "lembar kerja tampaknya mengubah kode menjadi angka (35.70 menjadi 35.7); format kolom sebagai Teks lalu tulis "
               "ulang kodenya{hint}"),
        "en": ("a region code as text, such as 35.71 or 35.71.01.1001",
               "a spreadsheet seems to have turned the code into a number (35.70 into 35.7); format the column as Text and "
               "write the code again{hint}"),
    },
    "duplicate_key": {
        "id": ("setiap {key} satu kali saja", "hapus salah satu; yang pertama ada di baris {first}"),
        "en": ("every {key} once only", "remove one of them; the first stands in row {first}"),
    },
    "unknown_reference": {
        "id": ("kode yang ada di tabel {table}", "betulkan kodenya{hint}, atau tambahkan dahulu ke tabel {table}"),
        "en": ("a code that is in the table {table}", "mend the code{hint}, or add it to the table {table} first"),
    },
    "outside_parent": {
        "id": ("induk {expected} yang sesuai dengan kodenya", "betulkan kolom induk atau kode wilayahnya"),
        "en": ("the parent {expected} that the code implies", "mend the parent or the code of the region"),
    },
    "parent_level": {
        "id": ("induk setingkat {expected}", "betulkan kolom induk atau kolom tingkat"),
        "en": ("a parent of level {expected}", "mend the parent or the level"),
    },
    "neighbour_self": {
        "id": ("dua wilayah yang berbeda", "hapus baris ini"),
        "en": ("two different regions", "remove this row"),
    },
    "hash_differs": {
        "id": ("sha256 {expected} seperti tercatat di SOURCES.csv",
               "bila perubahan berkas memang disengaja, jalankan: smartcity check {study} --accept"),
        "en": ("sha256 {expected}, as SOURCES.csv records",
               "if the file was changed on purpose, run: smartcity check {study} --accept"),
    },
    "source_missing": {
        "id": ("satu baris di SOURCES.csv untuk berkas ini", "catat judul, produsen, dan sha256-nya di SOURCES.csv"),
        "en": ("a row in SOURCES.csv for this file", "record its title, producer and sha256 in SOURCES.csv"),
    },
    "source_gone": {
        "id": ("berkas {found} di folder studi", "taruh kembali berkas itu, atau hapus barisnya dari SOURCES.csv"),
        "en": ("the file {found} in the study folder", "put the file back, or remove its row from SOURCES.csv"),
    },
    "yaml_unreadable": {
        "id": ("berkas YAML yang sah", "periksa tanda titik dua, tanda kutip, dan indentasi di baris itu"),
        "en": ("a valid YAML file", "check colons, quotation marks and indentation in that row"),
    },
    "json_unreadable": {
        "id": ("berkas JSON yang utuh", "periksa koma, kurung, dan tanda kutip di baris itu, atau ekspor ulang dari aplikasi peta"),
        "en": ("a whole JSON file", "check commas, brackets and quotation marks in that row, or export it again"),
    },
    "border_collection": {
        "id": ("GeoJSON berjenis FeatureCollection dengan sedikitnya satu feature", "ekspor ulang layer wilayah sebagai GeoJSON"),
        "en": ("GeoJSON of type FeatureCollection with at least one feature", "export the layer of regions as GeoJSON again"),
    },
    "border_no_code": {
        "id": ("properti \"code\" atau \"kode\" pada setiap feature", "ganti nama kolom kode wilayah menjadi code, lalu ekspor ulang"),
        "en": ("a property \"code\" or \"kode\" on every feature", "rename the column of region codes to code and export again"),
    },
    "border_polygon": {
        "id": ("Polygon atau MultiPolygon yang setiap cincinnya tertutup dan memuat sedikitnya empat titik",
               "perbaiki geometri feature itu di aplikasi peta, lalu ekspor ulang"),
        "en": ("a Polygon or MultiPolygon whose every ring is closed and has at least four places",
               "mend the geometry of that feature in a map application and export it again"),
    },
    "border_degrees": {
        "id": ("{column} dalam derajat antara {lower} dan {upper}, bujur ditulis lebih dahulu",
               "ekspor ulang dalam sistem koordinat WGS 84 (EPSG:4326)"),
        "en": ("{column} in degrees between {lower} and {upper}, longitude first",
               "export it again in the coordinate system WGS 84 (EPSG:4326)"),
    },
    "border_missing": {
        "id": ("sebuah poligon untuk setiap {level} di tabel regions", "tambahkan poligon wilayah itu, atau hapus berkas ini agar peta petak yang dipakai"),
        "en": ("a polygon for every {level} of the table regions", "add the polygon of that region, or remove the file so that the tile map is used"),
    },
    "spec_missing": {
        "id": ("isian {column}", "tambahkan {column} ke study.yaml"),
        "en": ("a value for {column}", "add {column} to study.yaml"),
    },
    "spec_unknown": {
        "id": ("salah satu dari: {known}", "hapus isian itu atau betulkan ejaannya"),
        "en": ("one of: {known}", "remove the entry or mend its spelling"),
    },
    "spec_value": {
        "id": ("isian yang sah ({why})", "betulkan isian itu di study.yaml"),
        "en": ("a valid value ({why})", "mend the entry in study.yaml"),
    },
    "year_outside": {
        "id": ("tahun di dalam masa masterplan {first}-{last}", "pilih tahun reviu lain, atau betulkan study.yaml"),
        "en": ("a year within the masterplan's {first}-{last}", "choose another review year, or mend study.yaml"),
    },
    "framework_shape": {
        "id": ("kerangka dengan isian \"tree\"", "lihat contoh di smartcity_analysis/frameworks"),
        "en": ("a framework with an entry \"tree\"", "see the examples in smartcity_analysis/frameworks"),
    },
    "framework_no_code": {
        "id": ("simpul dengan \"code\"", "beri setiap simpul kode yang unik"),
        "en": ("a node with a \"code\"", "give every node a code of its own"),
    },
    "goalposts_order": {
        "id": ("dua batas, yang kecil lebih dahulu", "tulis misalnya goalposts: [20, 85]"),
        "en": ("two goalposts, the smaller first", "write, for example, goalposts: [20, 85]"),
    },
    "goalposts_log": {
        "id": ("batas di atas nol karena nilainya dilogaritmakan", "naikkan batas bawah, atau hapus transform: log"),
        "en": ("goalposts above zero, because the value is taken in logarithms",
               "raise the lower goalpost, or remove transform: log"),
    },
    "weight_not_number": {
        "id": ("bobot dalam persen, nol atau lebih", "tulis angka saja"),
        "en": ("a weight in per cent, zero or more", "write a number alone"),
    },
    "weight_partly": {
        "id": ("bobot pada semua anak simpul, atau tidak satu pun", "lengkapi bobotnya, atau hapus semuanya"),
        "en": ("a weight on every child of the node, or on none", "complete the weights, or remove them all"),
    },
    "weight_sum": {
        "id": ("{parts} bobot yang jumlahnya {expected}", "betulkan bobotnya; jumlah yang ditemukan adalah {found}"),
        "en": ("{parts} weights that sum to {expected}", "mend the weights; the sum found is {found}"),
    },
    "weight_set_unknown": {
        "id": ("tahun dan kohort yang bobotnya diketahui: {known}",
               "pilih salah satu, atau tambahkan bobot resmi tahun itu ke kerangka; bobot tidak ditebak"),
        "en": ("a year and cohort whose weights are known: {known}",
               "choose one of them, or add that year's official weights to the framework; weights are not guessed"),
    },
    "weight_set_ambiguous": {
        "id": ("tahun dan kohort yang menunjuk satu set bobot: {known}", "sebutkan tahun dan kohortnya"),
        "en": ("a year and cohort that point to one weight set: {known}", "name the year and the cohort"),
    },
    "no_common_year": {
        "id": ("satu tahun yang memuat semua indikator itu", "lengkapi indicators.csv, atau pilih tahun reviu yang lebih baru"),
        "en": ("a year in which all these indicators have values",
               "complete indicators.csv, or choose a later review year"),
    },
    "parameters_cell_missing": {
        "id": ("tepat satu sel bertanda \"parameters\"", "beri tanda (tag) parameters pada sel parameter notebook ini"),
        "en": ("exactly one cell tagged \"parameters\"", "tag the notebook's parameter cell with parameters"),
    },
    "parameters_cell_twice": {
        "id": ("tepat satu sel bertanda \"parameters\"", "gabungkan sel-sel itu menjadi satu"),
        "en": ("exactly one cell tagged \"parameters\"", "merge these cells into one"),
    },
    "parameter_form": {
        "id": ("baris berbentuk  nama: tipe = nilai  # keterangan  (tipe int, float, str, atau bool)",
               "tulis ulang baris itu; nilai turunan dihitung di sel lain"),
        "en": ("a line of the form  name: type = literal  # comment  (type int, float, str or bool)",
               "rewrite the line; derived values belong in another cell"),
    },
    "parameter_unknown": {
        "id": ("salah satu parameter notebook ini: {known}", "betulkan nama parameternya{hint}"),
        "en": ("a parameter of this notebook: {known}", "mend the parameter's name{hint}"),
    },
    "parameter_type": {
        "id": ("nilai bertipe {kind}", "tulis nilainya sebagai {kind}"),
        "en": ("a value of type {kind}", "write the value as {kind}"),
    },
    "need_missing": {
        "id": ("notebook yang dibutuhkan ikut dijalankan lebih dahulu", "jalankan juga notebook itu"),
        "en": ("the needed notebook among those that run first", "run that notebook too"),
    },
    "evidence_unclear": {
        "id": ("tepat satu baris sebagai bukti", "jalankan ulang notebook yang membuat tabel itu; bila tetap begini, laporkan"),
        "en": ("exactly one row as evidence", "run the notebook that makes the table again; if it stays, report it"),
    },
    "table_missing": {
        "id": ("tabel olahan {file}", "jalankan dahulu notebook yang membuatnya (urutan 01 sampai 08), atau: make review"),
        "en": ("the processed table {file}", "run the notebook that makes it first (in order 01 to 08), or: make review"),
    },
    **EXCHANGE_BREACHES,
    **FILE_BREACHES,
    **FORM_BREACHES,
}  # fmt: skip


def default_language() -> str:
    """Return the reader's language: ``SMARTCITY_LANGUAGE``, else ``LANGUAGE``, else Indonesian."""
    for name in ("SMARTCITY_LANGUAGE", "LANGUAGE"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "id"


def breach_words(breach: Breach, language: str) -> dict[str, str]:
    """Return the parts of a breach in `language`: where, found, expected, remedy.

    Parameters
    ----------
    breach : Breach
        What is wrong.
    language : {"id", "en"}
    """
    frame = _FRAME[language]
    expected, remedy = BREACHES[breach.key][language]
    facts = {
        "file": breach.file,
        "column": breach.column or "",
        "hint": "",
        "unit": "",
        "thousands": "",
        "first": "?",
    }
    given = {k: v[language] if isinstance(v, Mapping) else v for k, v in breach.facts.items()}
    facts |= {k: "" if v in ("", None) else _plain(v, frame) for k, v in given.items()}
    found = _plain(breach.found, frame)
    facts["found"] = found if len(found) <= 120 else f"{found[:117]}..."
    if facts["hint"]:
        facts["hint"] = {"id": ' (mungkin maksudnya "{}")', "en": ' (perhaps "{}")'}[language].format(facts["hint"])
    where = [breach.file] if breach.file else []
    where += [f"{frame[part]} {value}" for part in ("sheet", "row", "column") if (value := getattr(breach, part))]
    words = {"where": ", ".join(where), "found": facts["found"]}
    words |= {"expected": expected.format(**facts), "remedy": remedy.format(**facts)}
    return {part: _visible(text) for part, text in words.items()}


def breach_text(breach: Breach, language: str) -> str:
    """Return the breach as text: the place, then found, expected and remedy.

    Parameters
    ----------
    breach : Breach
        What is wrong.
    language : {"id", "en"}
    """
    frame, words = _FRAME[language], breach_words(breach, language)
    return (
        f"{words['where'] or '-'}\n"
        f"  {frame['found']}: {words['found']}\n"
        f"  {frame['expected']}: {words['expected']}\n"
        f"  {frame['remedy']}: {words['remedy']}"
    )


def more_text(count: int, rows: Sequence[int], language: str) -> str:
    """Return the line that stands for `count` further breaches alike, with all their rows as ranges.

    Parameters
    ----------
    count : int
        How many more there are.
    rows : sequence of int
        Rows in the file, as a spreadsheet counts them.
    language : {"id", "en"}
    """
    ranges: list[list[int]] = []
    for row in sorted(rows):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    words = {"id": "dan {} lagi yang sama, baris {}", "en": "and {} more alike, rows {}"}
    return f"  {words[language].format(count, shown)}"


def _visible(text: str) -> str:
    """Return `text` with every sign that a terminal would obey, or nobody would see, written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _plain(value: Any, frame: Mapping[str, str]) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return frame["nothing"] if value is None else str(value) or frame["nothing"]
    if isinstance(value, float):
        return frame["nothing"] if math.isnan(value) else f"{value:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    return str(value)

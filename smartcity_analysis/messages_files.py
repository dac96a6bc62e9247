"""The words of breaches in files as they come in: bounds, foreign parts of workbooks, cells a spreadsheet changed."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FILE_BREACHES"]

# key: {language: (expected, remedy)}, as in messages.BREACHES
FILE_BREACHES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "no_project": {
        "id": ("sebuah folder proyek yang berisi data/raw", "jalankan dari folder proyek, atau isi SMARTCITY_ROOT; proyek baru: smartcity new"),
        "en": ("a project folder that holds data/raw", "run from the project folder, or set SMARTCITY_ROOT; a new one: smartcity new"),
    },
    "file_missing": {
        "id": ("berkas {file} di folder studi (CSV atau XLSX)", "taruh berkas itu di folder studi, lalu ulangi"),
        "en": ("the file {file} in the study folder (CSV or XLSX)", "put the file into the study folder and run again"),
    },
    "file_unreadable": {
        "id": ("berkas yang dapat dibuka", "periksa nama berkas dan hak aksesnya"),
        "en": ("a file that can be opened", "check the file's name and permissions"),
    },
    "unsafe_name": {
        "id": ("nama berkas tanpa folder: huruf, angka, _, - dan .", "ganti nama itu; ia tidak boleh menunjuk ke folder lain"),
        "en": ("a file name without a folder: letters, digits, _, - and .", "change the name; it must not point into another folder"),
    },
    "file_large": {
        "id": ("berkas paling besar {most}", "pastikan berkasnya benar; hapus gambar, lampiran, dan lembar yang tidak perlu"),
        "en": ("a file of {most} at most", "make sure it is the right file; remove pictures, attachments and spare sheets"),
    },
    "file_is_folder": {
        "id": ("berkas biasa, bukan folder", "keluarkan folder itu dari folder studi, lalu taruh berkasnya sendiri di situ"),
        "en": ("an ordinary file, not a folder", "take that folder out of the study folder and put the file itself there"),
    },
    "outside_folder": {
        "id": ("berkas yang berada di dalam folder studi", "salin berkas itu sendiri ke folder studi; tautan ke luar tidak diikuti"),
        "en": ("a file inside the study folder", "copy the file itself into the study folder; links that lead outside are not followed"),
    },
    "text_with_nul": {
        "id": ("teks UTF-8 tanpa byte nol", "berkas ini tampaknya UTF-16 (\"Unicode Text\"); simpan ulang sebagai \"CSV UTF-8\""),
        "en": ("UTF-8 text without null bytes", "the file seems to be UTF-16 (\"Unicode Text\"); save it again as \"CSV UTF-8\""),
    },
    "text_lost": {
        "id": ("huruf yang masih utuh", "huruf di baris ini hilang saat berkas disimpan; ambil lagi dari berkas asal, lalu simpan sebagai \"CSV UTF-8\""),
        "en": ("letters that are whole", "letters of this row were lost when the file was saved; take it from the original and save it as \"CSV UTF-8\""),
    },
    "csv_is_workbook": {
        "id": ("teks CSV", "berkas ini buku kerja yang namanya diganti; kembalikan akhiran .xlsx, atau simpan sebagai \"CSV UTF-8\""),
        "en": ("CSV text", "this is a workbook under another name; give it the ending .xlsx again, or save it as \"CSV UTF-8\""),
    },
    "table_large": {
        "id": ("paling banyak {rows} baris dan {columns} kolom", "hapus baris dan kolom kosong di luar tabel, atau pastikan berkasnya benar"),
        "en": ("{rows} rows and {columns} columns at most", "remove empty rows and columns outside the table, or make sure it is the right file"),
    },
    "cell_long": {
        "id": ("sel dengan paling banyak {most} huruf", "persingkat sel ini; mungkin ada tanda kutip yang tidak ditutup"),
        "en": ("a cell of {most} characters at most", "shorten the cell; a quotation mark may not have been closed"),
    },
    "workbook_old": {
        "id": ("buku kerja Excel (.xlsx) tanpa kata sandi", "buka di Excel atau LibreOffice, hapus kata sandinya bila ada, lalu simpan sebagai .xlsx"),
        "en": ("an Excel workbook (.xlsx) without a password", "open it in Excel or LibreOffice, remove any password and save it as .xlsx"),
    },
    "workbook_packed": {
        "id": ("buku kerja yang isinya wajar", "berkas ini mengembang tidak wajar saat dibuka dan tidak dibaca; minta ulang dari pengirimnya"),
        "en": ("a workbook with ordinary content", "the file swells beyond measure when unpacked and was not read; ask its sender for it again"),
    },
    "workbook_entity": {
        "id": ("buku kerja tanpa deklarasi DTD di dalamnya", "Excel tidak pernah menulisnya; jangan dibuka, dan minta ulang dari pengirimnya"),
        "en": ("a workbook without a DTD inside", "Excel never writes one; do not open the file, and ask its sender for it again"),
    },
    "workbook_foreign": {
        "id": ("tabel saja; makro, tautan luar, dan objek tertanam diabaikan", "tidak perlu tindakan bila tabelnya benar; agar bersih, simpan ulang sebagai .xlsx biasa"),
        "en": ("a table alone; macros, links to other files and embedded objects are ignored", "nothing to do if the table is right; to be clean, save it again as a plain .xlsx"),
    },
    "sheets_many": {
        "id": ("satu lembar yang berisi tabel", "sisakan satu lembar; pindahkan atau sembunyikan lembar lain"),
        "en": ("one sheet that holds the table", "leave one sheet; move or hide the others"),
    },
    "cells_merged": {
        "id": ("sel yang tidak digabung", "batalkan penggabungan sel (Unmerge), lalu isi setiap selnya"),
        "en": ("cells that are not merged", "unmerge the cells and fill each of them"),
    },
    "cell_percent": {
        "id": ("angka tanpa format persen", "tulis 45, bukan 45%, dan jadikan format selnya Umum (General)"),
        "en": ("a number without per cent format", "write 45, not 45%, and give the cell the format General"),
    },
    "cell_error": {
        "id": ("nilai, bukan galat rumus", "betulkan rumusnya di berkas asal, lalu tempelkan nilainya saja"),
        "en": ("a value, not the error of a formula", "mend the formula in the original and paste its value alone"),
    },
    "formula_unsaved": {
        "id": ("nilai; rumus ini tersimpan tanpa hasil", "buka di Excel atau LibreOffice lalu simpan ulang, atau tempelkan nilainya saja"),
        "en": ("a value; this formula was saved without its result", "open it in Excel or LibreOffice and save it again, or paste its value alone"),
    },
    "cell_converted": {
        "id": ("kode atau pilihan sebagai teks", "lembar kerja mengubah isinya menjadi angka atau tanggal; format kolom sebagai Teks lalu tulis ulang"),
        "en": ("a code or choice as text", "a spreadsheet turned it into a number or a date; format the column as Text and write it again"),
    },
    "count_fraction": {
        "id": ("bilangan bulat", "mungkin titik atau koma ribuan terbaca sebagai tanda desimal; tulis angkanya tanpa pemisah ribuan"),
        "en": ("a whole number", "a thousands sign may have been read as a decimal sign; write the number without thousands signs"),
    },
    "yaml_large": {
        "id": ("berkas YAML paling besar {most} dan bertingkat paling banyak {depth}", "pastikan berkasnya benar"),
        "en": ("a YAML file of {most} at most, nested {depth} deep at most", "make sure it is the right file"),
    },
    "yaml_alias": {
        "id": ("isian yang ditulis langsung, tanpa jangkar (&) dan alias (*)", "tulis ulang isian itu di tempatnya"),
        "en": ("entries written out, without anchors (&) and aliases (*)", "write the entry out in its place"),
    },
    "yaml_twice": {
        "id": ("setiap isian satu kali saja", "hapus salah satu; yang pertama ada di baris {first}"),
        "en": ("every entry once only", "remove one of them; the first stands in row {first}"),
    },
    "yaml_number": {
        "id": ("angka desimal biasa", "tulis tanpa nol di depan, titik dua, garis bawah, atau awalan 0x; kode ditulis di antara tanda kutip"),
        "en": ("a plain decimal number", "write it without leading zeros, colons, underscores or 0x; put a code between quotation marks"),
    },
    "framework_unknown": {
        "id": ("salah satu dari: {known}", "hapus isian itu atau betulkan ejaannya{hint}"),
        "en": ("one of: {known}", "remove the entry or mend its spelling{hint}"),
    },
    "framework_value": {
        "id": ("{expected}", "betulkan isian itu; lihat contoh di smartcity_analysis/frameworks"),
        "en": ("{expected}", "mend the entry; see the examples in smartcity_analysis/frameworks"),
    },
    "json_deep": {
        "id": ("GeoJSON yang bertingkat wajar", "ekspor ulang layer wilayah dari aplikasi peta"),
        "en": ("GeoJSON nested no deeper than usual", "export the layer of regions from a map application again"),
    },
}  # fmt: skip

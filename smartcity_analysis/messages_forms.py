"""The words of breaches in forms that were sent out and came back, and in declared corrections, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FORM_BREACHES"]

# key: {language: (expected, remedy)}, as in messages.BREACHES
FORM_BREACHES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "correction_table": {
        "id": ("tabel data mentah studi ini: {known}", "betulkan nama tabelnya{hint}, atau hapus koreksi ini"),
        "en": ("a raw table of this study: {known}", "mend the name of the table{hint}, or remove the correction"),
    },
    "correction_column": {
        "id": ("kolom tabel {table} yang boleh dikoreksi: {known}", "betulkan nama kolomnya{hint}"),
        "en": ("a column of {table} that may be corrected: {known}", "mend the name of the column{hint}"),
    },
    "correction_row": {
        "id": ("tepat satu baris tabel {table}, ditulis sebagai {key}",
               "betulkan kunci barisnya, atau hapus koreksi ini"),
        "en": ("exactly one row of {table}, written as {key}", "mend the key of the row, or remove the correction"),
    },
    "correction_stale": {
        "id": ("nilai {expected} di tabel {table}, seperti saat koreksi ini dinyatakan",
               "datanya sudah berubah sejak itu; periksa mana yang benar, lalu betulkan atau hapus koreksi ini"),
        "en": ("the value {expected} in the table {table}, as when the correction was declared",
               "the data has changed since; see which is right, then mend or remove the correction"),
    },
    "form_foreign": {
        "id": ("formulir umpan balik yang dibuat dengan smartcity forms feedback, lembar tersembunyi ikut",
               "minta OPD mengisi formulir yang dikirim, bukan salinan isinya di berkas lain"),
        "en": ("a feedback form made with smartcity forms feedback, its hidden sheet included",
               "ask the OPD to fill in the form that was sent, not a copy of it in another file"),
    },
    "form_meta": {
        "id": ("lembar tersembunyi yang tidak diubah", "minta OPD menyalin jawabannya ke formulir yang baru"),
        "en": ("a hidden sheet that was not changed", "ask the OPD to copy its answers into a new form"),
    },
    "form_other": {
        "id": ("formulir untuk {expected} dari OPD yang terdaftar",
               "periksa studi dan tahunnya, atau baca formulir ini pada studi dan tahunnya sendiri"),
        "en": ("a form for {expected} of an OPD on the list",
               "check study and year, or read the form under its own study and year"),
    },
    "form_sheet_new": {
        "id": ("hanya lembar formulir: {known}", "pindahkan isinya ke lembar Tambahan, lalu hapus lembar ini"),
        "en": ("the sheets of the form only: {known}", "move what it says to the sheet Additions and remove it"),
    },
    "form_sheet_gone": {
        "id": ("lembar {name}", "salin jawaban ke formulir yang utuh"),
        "en": ("the sheet {name}", "copy the answers into a whole form"),
    },
    "form_text_changed": {
        "id": ("isi yang sama seperti saat formulir dikirim, di luar sel kuning",
               "kembalikan sel ini, dan tulis tanggapan di sel kuning baris itu atau di lembar Tambahan"),
        "en": ("what stood here when the form was sent, outside the yellow cells",
               "put the cell back and write the remark in a yellow cell of that line or on the sheet Additions"),
    },
    "form_no_answer": {
        "id": ("pilihan di kolom jawaban: {allowed}", "pilih jawabannya pada baris ini, atau kosongkan sel lainnya"),
        "en": ("a choice in the answer column: {allowed}", "choose an answer in this line, or empty its other cells"),
    },
    "form_needs": {
        "id": ("{what}", "isi sel ini, atau ganti jawabannya"),
        "en": ("{what}", "fill this cell, or change the answer"),
    },
    "form_value_unasked": {
        "id": ("sel kosong, karena jawabannya bukan koreksi", "pilih koreksi, atau kosongkan sel ini"),
        "en": ("an empty cell, because the answer is not correct", "choose correct, or empty this cell"),
    },
    "form_same": {
        "id": ("nilai yang berbeda dari yang tertulis sekarang", "pilih setuju, atau tulis nilai yang benar"),
        "en": ("a value that differs from what is written now", "choose agree, or write the right value"),
    },
    "form_formula": {
        "id": ("isian biasa, bukan rumus", "tulis nilainya sendiri, tanpa tanda sama dengan di depan"),
        "en": ("a plain entry, not a formula", "write the value itself, without an equals sign in front"),
    },
    "form_percent": {
        "id": ("angka tanpa tanda persen", "tulis 75, bukan 75%, dan jadikan format selnya Umum (General)"),
        "en": ("a number without a per cent sign", "write 75, not 75%, and give the cell the format General"),
    },
    "form_personal": {
        "id": ("isian tanpa NIK, nomor telepon, atau alamat surel", "hapus data pribadi itu"),
        "en": ("an entry without citizen number (NIK), telephone number or e-mail address", "remove the personal data"),
    },
    "personal_data": {
        "id": ("tanpa data pribadi (NIK, NIP, nomor telepon, alamat surel, nama orang)",
               "hapus atau samarkan isian itu; nama pembuat di properti berkas: File > Info > Periksa Dokumen; agar isian "
               "tabel diganti tanda, tulis personal_data: pseudonymise di bagian privacy study.yaml"),
        "en": ("no personal data (NIK, NIP, telephone number, e-mail address, a person's name)",
               "remove or disguise it; writers in the file's properties: File > Info > Inspect Document; to have cells of "
               "tables replaced by tokens, write personal_data: pseudonymise under privacy in study.yaml"),
    },
    "personal_unread": {
        "id": ("berkas yang dapat diperiksa isinya sebelum dibagikan", "jalankan ulang smartcity review, lalu smartcity share"),
        "en": ("a file whose content can be looked through before it is handed out",
               "run smartcity review again, then smartcity share"),
    },
    "personal_shared": {
        "id": ("himpunan tanpa data pribadi; tidak ada yang dibagikan",
               "perbaiki datanya di folder studi, jalankan ulang smartcity review, lalu smartcity share"),
        "en": ("a set without personal data; nothing was handed out",
               "mend the data in the study folder, run smartcity review again, then smartcity share"),
    },
    "report_missing": {
        "id": ("laporan yang sudah terbit di {place}", "jalankan dahulu: smartcity review {study} --year {year} --language {code}"),
        "en": ("a published report in {place}", "run first: smartcity review {study} --year {year} --language {code}"),
    },
    "feedback_unknown": {
        "id": ("kode tanggapan yang ada di feedback.csv", "betulkan kodenya{hint}; daftar: smartcity feedback list"),
        "en": ("the code of a remark in feedback.csv", "mend the code{hint}; for a list: smartcity feedback list"),
    },
    "feedback_closed": {
        "id": ("tanggapan yang perlu diputuskan: koreksi, keberatan, atau tambahan yang belum diganti",
               "persetujuan tidak diputuskan; tanggapan yang diganti: putuskan penggantinya ({newer})"),
        "en": ("a remark to be decided: a correction, objection or addition that was not replaced",
               "agreement is not decided on; of a replaced remark, decide on what replaced it ({newer})"),
    },
    "feedback_contradicts": {
        "id": ("satu nilai saja untuk satu sel; {other} sudah diterima dengan nilai {value}",
               "tolak dahulu {other}, lalu terima yang ini"),
        "en": ("one value for one cell; {other} was accepted with the value {value}",
               "decline {other} first, then accept this one"),
    },
    "survey_foreign": {
        "id": ("formulir survei OPD yang dibuat dengan: smartcity forms survey",
               "kembalikan buku kerja yang dikirim kepada OPD Anda, dengan semua lembarnya"),
        "en": ("an OPD survey form made with: smartcity forms survey",
               "return the workbook that was sent to your OPD, with all of its sheets"),
    },
    "survey_meta": {
        "id": ("lembar tersembunyi yang utuh",
               "minta formulir baru, lalu salin jawabannya ke sana; lembar tersembunyi tidak boleh diubah"),
        "en": ("the hidden sheet as it was sent",
               "ask for a new form and copy the answers there; the hidden sheet must not be changed"),
    },
    "survey_version": {
        "id": ("versi formulir yang berlaku: {expected}",
               "formulir ini lebih lama atau kuesionernya telah berubah; buat formulir baru dengan smartcity "
               "forms survey {study}, lalu salin jawabannya"),
        "en": ("the form in force: {expected}",
               "this form is older, or the questionnaire has changed; make a new one with smartcity forms "
               "survey {study} and copy the answers"),
    },
    "survey_other": {
        "id": ("formulir untuk {expected} dan salah satu OPD-nya", "kembalikan formulir studi, tahun, dan OPD "
               "yang benar"),
        "en": ("a form for {expected} and one of its OPDs", "return the form of the right study, year and OPD"),
    },
    "survey_sheet_gone": {
        "id": ("lembar \"{name}\"", "kembalikan nama lembar itu seperti semula, atau salin jawaban ke formulir baru"),
        "en": ("the sheet \"{name}\"", "give the sheet its name back, or copy the answers into a new form"),
    },
    "survey_row_gone": {
        "id": ("baris \"{anchor}\" di tempat ini", "baris itu terhapus; salin jawaban ke formulir baru"),
        "en": ("the row \"{anchor}\" in this place", "the row was deleted; copy the answers into a new form"),
    },
    "survey_row_moved": {
        "id": ("baris \"{anchor}\" di tempat ini",
               "ada baris yang dipindahkan atau disisipkan; kembalikan urutannya, atau salin jawaban ke "
               "formulir baru"),
        "en": ("the row \"{anchor}\" in this place",
               "rows were moved or inserted; put them back in order, or copy the answers into a new form"),
    },
    "survey_formula": {
        "id": ("isian, bukan rumus", "ganti rumus dengan nilainya"),
        "en": ("a value, not a formula", "replace the formula by its value"),
    },
    "survey_respondent": {
        "id": ("kode responden: huruf R diikuti 2 sampai 4 angka, misalnya R001",
               "pakai kode dari koordinator survei; jangan menulis nama"),
        "en": ("a respondent's code: the letter R and 2 to 4 digits, such as R001",
               "use the code given by the coordinator of the survey; write no name"),
    },
    "survey_number": {
        "id": ("bilangan bulat dari {lower} sampai {upper}", "tulis angkanya saja, atau kosongkan bila tidak tahu"),
        "en": ("a whole number from {lower} to {upper}",
               "write the number alone, or leave the cell empty if it is not known"),
    },
    "survey_scale": {
        "id": ("jawaban pada skala {lower} sampai {upper}, tanpa pecahan", "pilih dari daftar; kosongkan bila "
               "tidak tahu"),
        "en": ("an answer on the scale from {lower} to {upper}, without fractions",
               "choose from the list; leave the cell empty if it is not known"),
    },
    "survey_option": {
        "id": ("salah satu dari: {allowed}", "pilih dari daftar di sel itu{hint}"),
        "en": ("one of: {allowed}", "choose from the list of that cell{hint}"),
    },
    "survey_option_twice": {
        "id": ("setiap pilihan satu kali saja", "hapus salah satu, atau pilih yang lain"),
        "en": ("every choice once only", "remove one of them, or choose another"),
    },
    "survey_pillar": {
        "id": ("jawaban hanya untuk pilar yang dijawab menurut lembar Identitas",
               "ubah jawaban untuk pilar {pillar} di lembar Identitas menjadi \"Ya\", atau hapus jawaban ini"),
        "en": ("answers only for the pillars answered for on the sheet Identity",
               "change the answer for pillar {pillar} on the sheet Identity to \"Yes\", or remove this answer"),
    },
    "survey_needed": {
        "id": ("isian \"{what}\"", "lengkapi lembar Identitas"),
        "en": ("an entry for \"{what}\"", "complete the sheet Identity"),
    },
    "survey_empty": {
        "id": ("sedikitnya satu jawaban", "isi formulir, lalu kirim kembali"),
        "en": ("at least one answer", "fill in the form and return it"),
    },
    "survey_personal": {
        "id": ("tulisan tanpa NIK, nomor telepon, atau alamat surel", "hapus data pribadi itu"),
        "en": ("text without citizen number (NIK), telephone number or e-mail address", "remove the personal data"),
    },
    "survey_long": {
        "id": ("tulisan paling banyak {most} huruf", "persingkat tulisan ini"),
        "en": ("a text of {most} characters at most", "shorten this text"),
    },
    "workbook_large": {
        "id": ("buku kerja paling besar {size} setelah dibuka, dan paling banyak {cells} sel dalam satu lembar",
               "kembalikan formulir aslinya, tanpa gambar dan tanpa isian jauh di luar tabel"),
        "en": ("a workbook of {size} at most when unpacked, and {cells} cells at most in a sheet",
               "return the form itself, without pictures and without anything far outside its tables"),
    },
}  # fmt: skip

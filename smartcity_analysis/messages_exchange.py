"""The words of breaches in tables exchanged with other tools of the field."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXCHANGE_BREACHES"]

# key: {language: (expected, remedy)}, as in messages.BREACHES
EXCHANGE_BREACHES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "coin_level": {
        "id": (
            "tingkat {expected}: indikator di tingkat 1, induk satu tingkat di atas anaknya yang tertinggi",
            "betulkan Level atau Parent",
        ),
        "en": (
            "level {expected}: indicators on level 1, a parent one level above its highest child",
            "mend Level or Parent",
        ),
    },
    "coin_roots": {
        "id": ("tepat satu simpul puncak, yaitu baris Aggregate tanpa Parent", "isi Parent pada simpul selain puncak"),
        "en": ("exactly one top, an Aggregate without Parent", "give a Parent to every node but the top"),
    },
    "coin_childless": {
        "id": ("Aggregate yang memiliki anak", "isi kode ini sebagai Parent pada anaknya, atau hapus barisnya"),
        "en": ("an Aggregate with children", "name this code as Parent of its children, or remove the row"),
    },
    "coin_parent": {
        "id": ("kode yang Type-nya Aggregate", "pilih induk lain; {kind} tidak dapat menjadi induk"),
        "en": ("a code whose Type is Aggregate", "name another parent; a row of Type {kind} cannot be one"),
    },
    "coin_direction": {
        "id": ("1 (lebih besar lebih baik) atau -1{only}", "tulis 1 atau -1; arah ditetapkan pada indikator"),
        "en": ("1 (more is better) or -1{only}", "write 1 or -1; direction is set on indicators"),
    },
    "coin_weight": {
        "id": ("bobot nol atau lebih", "tulis angkanya saja; bobot bersifat relatif di dalam satu induk"),
        "en": ("a weight of zero or more", "write a number alone; weights are relative within a parent"),
    },
    "coin_weights_zero": {
        "id": ("paling sedikit satu anak berbobot lebih dari nol", "isi bobotnya, atau kosongkan semuanya"),
        "en": ("at least one child with a weight above zero", "give a weight, or leave all of them empty"),
    },
    "coin_scale": {
        "id": (
            "goalpost_scale yang sama pada semua indikator, lebih dari nol",
            "samakan isinya, atau kosongkan semuanya",
        ),
        "en": ("one goalpost_scale above zero for all indicators", "make them equal, or leave all of them empty"),
    },
    "coin_no_column": {
        "id": ("kolom bernama {column} di tabel data", "tambahkan kolomnya, atau hapus barisnya dari iMeta"),
        "en": ("a column {column} in the table of data", "add the column, or remove its row from iMeta"),
    },
    "coin_not_listed": {
        "id": ("kolom yang terdaftar di iMeta", "tambahkan barisnya di iMeta{hint}, atau hapus kolom ini"),
        "en": ("a column that iMeta lists", "add its row to iMeta{hint}, or remove the column"),
    },
    "coin_denominator": {
        "id": ("penyebut lebih dari nol", "betulkan nilainya; angka tidak dapat dibagi dengan nol atau kurang"),
        "en": ("a denominator above zero", "mend the value; nothing is divided by zero or less"),
    },
    "coin_not_carried": {
        "id": ("kerangka yang seluruhnya dapat ditulis sebagai iMeta", "hapus isian itu; tanpa itu skornya akan lain"),
        "en": ("a framework that iMeta can hold", "take the entry out; without it the scores would differ"),
    },
    "extra_missing": {
        "id": ("paket {package}", 'pasang dengan: pip install "smartcity-analysis[{extra}]"'),
        "en": ("the package {package}", 'install it: pip install "smartcity-analysis[{extra}]"'),
    },
    "format_unknown": {
        "id": ("berkas berakhiran {known}", "ganti akhiran nama berkasnya"),
        "en": ("a file that ends in {known}", "change the ending of the file's name"),
    },
    "finding_unknown": {
        "id": ("nomor temuan pada reviu ini, misalnya {known}", "salin nomornya dari lampiran reviu"),
        "en": ("the id of a finding of this review, such as {known}", "copy the id from the annex of the review"),
    },
}

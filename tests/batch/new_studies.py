"""A new study filled in as a user would: the Excel templates opened, rows typed into the sheet of data, saved."""

import openpyxl

REGIONS = [(f"90.01.0{n}", name) for n, name in enumerate(("Utara", "Selatan", "Timur", "Barat", "Tengah"), start=1)]
INDICATORS = [
    ("umur_harapan_hidup", "LIV", "Umur harapan hidup", "Life expectancy", "tahun", "years", "up", 20, 85),
    ("lama_sekolah", "SOC", "Rata-rata lama sekolah", "Mean years of schooling", "tahun", "years", "up", 0, 15),
    ("kemiskinan", "ECO", "Penduduk miskin", "People in poverty", "persen", "per cent", "down", 0, 100),
    ("pengangguran", "ECO", "Pengangguran terbuka", "Open unemployment", "persen", "per cent", "down", 0, 100),
    ("air_layak", "ENV", "Rumah tangga dengan air layak", "Homes with safe water", "persen", "per cent", "up", 0, 100),
    ("sampah", "ENV", "Sampah terkelola", "Waste managed", "persen", "per cent", "up", 0, 100),
    ("internet", "GOV", "Layanan daring", "Services online", "layanan", "services", "up", 0, 500),
    ("kunjungan", "BRA", "Kunjungan wisata", "Visits of tourists", "ribu", "thousand", None, 0, 10000),
]
SOURCE = "Kota Contoh Dalam Angka 2024 (buatan untuk uji)"


def type_rows(path, rows, sheet):
    """Type `rows` (mappings by either header) below the header of the sheet `sheet`."""
    book = openpyxl.load_workbook(path)
    data = book[sheet]
    headers = [cell.value for cell in data[1]]
    for number, row in enumerate(rows, start=data.max_row + 1):
        for header, value in row.items():
            data.cell(number, headers.index(header) + 1).value = value
    book.save(path)


def regions_typed(folder, *, language):
    """Five kecamatan and their city."""
    head = ("kode", "nama", "tingkat", "induk", "status", "sumber") if language == "id" else (
        "code", "name", "level", "parent", "status", "source")  # fmt: skip
    rows = [("90.01", "Kota Contoh", "kota", None)] + [(code, name, "kecamatan", "90.01") for code, name in REGIONS]
    type_rows(folder / "regions.xlsx", [dict(zip(head, (*row, "official", SOURCE), strict=True)) for row in rows],
              "data")  # fmt: skip


def catalogue_typed(folder, *, language):
    """Eight indicators."""
    head = (("kode", "pilar", "nama_id", "nama_en", "satuan_id", "satuan_en", "arah", "batas_bawah", "batas_atas",
             "jenis", "status", "sumber") if language == "id" else
            ("code", "pillar", "label_id", "label_en", "unit_id", "unit_en", "direction", "lower", "upper", "type",
             "status", "source"))  # fmt: skip
    rows = [dict(zip(head, (*row, "number", "official", SOURCE), strict=True)) for row in INDICATORS]
    type_rows(folder / "catalogue.xlsx", rows, "data")


def _value(indicator, place):
    """A value within the bounds of `indicator`, another one in every place."""
    return round(indicator[7] + (indicator[8] - indicator[7]) * (0.3 + 0.05 * place), 2)


def indicators_typed(folder, *, language):
    """A value of every indicator in every kecamatan."""
    head = ("wilayah", "tahun", "indikator", "nilai", "status", "sumber") if language == "id" else (
        "region", "year", "indicator", "value", "status", "source")  # fmt: skip
    rows = [
        dict(zip(head, (code, 2024, indicator[0], _value(indicator, place), "official", SOURCE), strict=True))
        for number, indicator in enumerate(INDICATORS)
        for place, (code, _) in enumerate(REGIONS)
    ]
    type_rows(folder / "indicators.xlsx", rows, "data")


def named(folder):
    """Give the city its code."""
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"00.00"', '"90.01"'), encoding="utf-8")

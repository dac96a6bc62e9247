"""What is fed with broken bytes: each target may read them or raise a DataError, and nothing else."""

import io
import json
import random
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd

from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.masterplan import feedback_form, read_survey_form
from smartcity_analysis.masterplan.feedback import returned as feedback_returned
from smartcity_analysis.masterplan.survey import returned as survey_returned
from smartcity_analysis.present.forms.feedback import feedback_workbook
from smartcity_analysis.present.forms.survey import survey_workbook
from smartcity_analysis.study import TABLES, geometry, load_study
from smartcity_analysis.study.framework_files import framework_from_dict
from smartcity_analysis.study.readers.tables import read_table
from smartcity_analysis.study.sheets import Cell, read_sheets
from smartcity_analysis.study.spec import NumberFormat, StudySpec, load_spec
from smartcity_analysis.study.yaml_files import parse_yaml

ROOT = Path(__file__).parents[2]
KEDIRI = ROOT / "data" / "raw" / "kediri"
SHEET = "xl/worksheets/sheet1.xml"
OWN = (DataError, UnknownNameError)
YEAR, OPD = 2024, "diskominfo"
FINDING = {
    "id": "F-aaaaaa", "topic": "score", "kind": "fact", "pillar": None, "status": "reported", "text_id": "Skor turun.",
    "text_en": "The score fell.", "evidence": "score_trend[year=2023].score",
}  # fmt: skip


@cache
def study():
    return load_study("kediri", root=ROOT, only_real=True)


def told(breaches):
    """Every breach can be said in both languages."""
    if breaches:
        error = DataError(breaches)
        assert error.text("id") and error.text("en")


def csv(data):
    """One byte for the number format, the rest a table of scores."""
    formats = (NumberFormat(), NumberFormat(decimal=","), NumberFormat(decimal=",", thousands="."))
    numbers = formats[data[0] % 3] if data else formats[0]
    told(read_table(data[1:], TABLES["scores"], file="scores.csv", numbers=numbers).breaches)


@cache
def parts():
    """The parts of a workbook of the scores, without its sheet."""
    book = openpyxl.load_workbook(io.BytesIO(scores_workbook()))
    stream = io.BytesIO()
    book.save(stream)
    source = zipfile.ZipFile(stream)
    return {name: source.read(name) for name in source.namelist()}


def scores_workbook():
    book = openpyxl.Workbook()
    for line in (KEDIRI / "scores.csv").read_text(encoding="utf-8").splitlines()[:3]:
        book.active.append([float(c) if c.replace(".", "", 1).isdigit() else c or None for c in line.split(",")])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(sheet):
    """A workbook with the XML `sheet` in it: changed bytes of a zip would seldom come past its checksums."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in parts().items():
            target.writestr(name, sheet if name == SHEET else content)
    return stream.getvalue()


def xlsx(data):
    """The XML of a sheet (or, after a first byte of 255, the bytes of a whole workbook)."""
    book = data[1:] if data[:1] == b"\xff" else zipped(data)
    told(read_table(book, TABLES["scores"], file="scores.xlsx").breaches)
    try:
        read_sheets(book, file="scores.xlsx")
    except OWN as error:
        told(error.breaches)


def yaml(data):
    """A framework, and the declaration of a study."""
    try:
        raw = parse_yaml(data.decode("utf-8", "replace"), file="framework.yaml")
        framework_from_dict(raw, file="framework.yaml")
    except OWN as error:
        told(error.breaches)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_bytes(data)
        try:
            assert isinstance(load_spec(path), StudySpec)
        except OWN as error:
            told(error.breaches)


def geojson(data):
    """Borders of the shipped regions."""
    breaches = []
    levels = study().table("regions")
    text = data.decode("utf-8", "replace")
    known = dict(zip(levels["code"], levels["level"], strict=True))
    for number, feature in geometry._features("regions.geojson", text, breaches):
        code, faults = geometry._code(feature, "regions.geojson", number, known)
        _, lost = geometry._polygons(feature, "regions.geojson", str(code))
        breaches += [*faults, *lost]
    told(breaches)


@cache
def forms():
    """Both forms as they were sent, their sheets, and how they are read."""
    sent = feedback_workbook(feedback_form(study(), YEAR, OPD, pd.DataFrame([FINDING])), study(), "id")
    asked = survey_workbook(study(), YEAR, OPD)
    return (
        (sent, read_sheets(sent, file="a.xlsx"), feedback_returned, feedback_returned.read_returned),
        (asked, read_sheets(asked, file="a.xlsx"), survey_returned, read_survey_form),
    )


WORDS = (
    "Setuju",
    "Koreksi",
    "Keberatan",
    "Ya",
    "Tidak",
    "R012",
    "4",
    "3.5",
    "75%",
    "-",
    "",
    "GOV1",
    "2022; 2023",
    "x" * 3000,
)


def form(data):
    """Cells of a returned form changed, added, moved or gone; the first byte says which form."""
    if len(data) < 5:
        return
    sent, sheets, module, read = forms()[data[0] % 2]
    changed = {name: dict(cells) for name, cells in sheets.items()}
    names = list(changed)
    for at in range(1, len(data) - 4, 5):
        which, row, column, what, kind = data[at : at + 5]
        cells = changed[names[which % len(names)]]
        text = WORDS[what % len(WORDS)] if what < 200 else data[at:].decode("latin-1")[:20]
        if kind % 8 == 7:
            cells.pop((row % 60 + 1, column % 12 + 1), None)
        elif text:
            number = bool(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)) and kind % 2 == 1
            cells[row % 60 + 1, column % 12 + 1] = Cell(text, number, kind % 16 == 2, number and kind % 16 == 9)
    original, module.read_sheets = module.read_sheets, lambda data, *, file: changed
    try:
        read(sent, file="a.xlsx", study=study(), year=YEAR)
    except OWN as error:
        told(error.breaches)
    finally:
        module.read_sheets = original


# --- seeds: the shipped study, whole and in small pieces ---


def square(lon, lat):
    places = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat]]
    return {"type": "Polygon", "coordinates": [places]}


def seeds(target):
    """The bytes that fuzzing of `target` starts from."""
    if target == "csv":
        tables = [(KEDIRI / "scores.csv").read_bytes()]
        tables += [tables[0].replace(b",", b";"), b"\n".join(tables[0].splitlines()[:2])]
        return [bytes([n]) + table for n in range(3) for table in tables]
    if target == "xlsx":
        return [parts()[SHEET], b"\xff" + scores_workbook()]
    if target == "yaml":
        shipped = sorted((ROOT / "smartcity_analysis" / "frameworks").glob("*.yaml"))
        small = b"name: a\nscale: [0, 4]\ntree: {code: a, children: [{code: b, weight: 40}, {code: c, weight: 60}]}\n"
        return [*(path.read_bytes()[:3000] for path in shipped), (KEDIRI / "study.yaml").read_bytes(), small]
    if target == "geojson":
        codes = study().table("regions")["code"].tolist()[4:6]
        features = [{"type": "Feature", "properties": {"code": c}, "geometry": square(112.0, -7.8)} for c in codes]
        return [json.dumps({"type": "FeatureCollection", "features": features}).encode()]
    draw = random.Random(1)
    return [bytes([n % 2, *draw.randbytes(5 * (1 + n % 4))]) for n in range(20)]


TARGETS = {"csv": csv, "xlsx": xlsx, "yaml": yaml, "geojson": geojson, "form": form}
SHARES = {"csv": 0.30, "xlsx": 0.05, "yaml": 0.35, "geojson": 0.25, "form": 0.05}  # by how long one input takes
DICTIONARY = {
    "csv": ["year", "score", "target_status", "reported", "#REF!", '\\"', "sep=;", "\\xef\\xbb\\xbf", "1e999", "tahun"],
    "xlsx": ['<c r=\\"A1\\"', 't=\\"e\\"', "<f>", "<v>", "</row>", "mergeCell", "<!DOCTYPE", "inlineStr", 's=\\"1\\"'],
    "yaml": ["tree:", "children:", "weight:", "code:", "goalposts:", "weight_sets:", "&a", "*a", "<<:", "!!", "---"],
    "geojson": ["coordinates", "properties", "geometry", "MultiPolygon", "null", "NaN", "1e999", "[[[["],
}

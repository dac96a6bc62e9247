"""What is handed out holds nobody: looked for here in every byte, by other means than the package's own."""

import base64
import io
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest

from smartcity_analysis.batch import review
from smartcity_analysis.batch.share import share, shared_bytes
from smartcity_analysis.cli import main
from smartcity_analysis.errors import DataError
from smartcity_analysis.present import speak
from smartcity_analysis.present.pdf import page_pdf
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("share")
NIK, PHONE, WORKER, WRITER = "357101" + "410790" + "0001", "0812" + "00001234", "Contoh Rekaan", "Penulis Fiktif"
SECRETS = (NIK, PHONE, WORKER, WRITER, "0812-0000-1234", "6281200001234", "orang@contoh.id")
TEXTS = (
    f"Bapak {WORKER} (NIK {NIK}) minta jaringan.",
    "Hubungi 0812-0000-1234.",
    "wa.me/6281200001234 atau orang@contoh.id",
)


def inside(data, name=""):
    """Every file within a file, unpacked, decoded and printed as text, with the file itself."""
    yield name, data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for part in parts.namelist():
                yield f"{name}/{part}", part.encode()
                yield from inside(parts.read(part), f"{name}/{part}")
    for run in re.findall(rb"base64,([A-Za-z0-9+/=]{40,})", data):
        yield from inside(base64.b64decode(run), f"{name} base64")
    if data[:4] == b"%PDF" and shutil.which("pdftotext"):
        yield (
            f"{name} text",
            subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout,
        )


def leaks(data):
    return [(name, secret) for name, each in inside(data) for secret in SECRETS if secret.encode() in each]


def pollute(folder):
    """Somebody in the answers of three forms, in the properties of their workbook and in the name of an agency."""
    agencies = pd.read_csv(folder / "opd.csv", dtype=str)
    own = agencies["code"] == "disdik"
    agencies.loc[own, "name"] += f" (Sdr. {WORKER}, {PHONE})"
    agencies.to_csv(folder / "opd.csv", index=False)
    forms = [f"disdik-2024-R90{number}" for number in range(3)]
    head = ["form", "opd", "respondent", "role", "year", "pillars", "minutes", "status", "source"]
    rows = [[form, "disdik", form[-4:], "planner", 2024, "SOC", 20, "survey", "formulir"] for form in forms]
    pd.DataFrame(rows, columns=head).to_csv(folder / "survey_forms.csv", index=False)
    book = openpyxl.Workbook()
    book.active.append(["form", "question", "answer", "evidence", "status", "source"])
    asked = pd.read_csv(folder / "survey_questions.csv", dtype=str)
    open_question = asked.loc[asked["kind"] == "text", "code"].iloc[0]
    for form, text in zip(forms, TEXTS, strict=True):
        book.active.append([form, open_question, text, None, "survey", "formulir"])
    book.properties.creator = book.properties.lastModifiedBy = WRITER
    book.save(folder / "survey_answers.xlsx")
    sources = pd.read_csv(folder / "SOURCES.csv", dtype=str)
    more = pd.DataFrame({"path": ["survey_forms.csv", "survey_answers.xlsx"], "sha256": "0" * 64, "title": "Survei",
                         "producer": "perangkat daerah"})  # fmt: skip
    pd.concat([sources, more]).to_csv(folder / "SOURCES.csv", index=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory, rehash):
    """A project whose survey names people."""
    base = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data" / "raw", base / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", base / "notebooks")
    folder = base / "data" / "raw" / "kediri"
    pollute(folder)
    rehash(folder)
    return base


@pytest.fixture(scope="module")
def reviewed(project):
    """The project with its review, personal data replaced by tokens."""
    path = project / "data" / "raw" / "kediri" / "study.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("{small_cell: 3}", "{small_cell: 3, personal_data: pseudonymise}"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(project))
        run = review("kediri", 2024, root=project, sheets=("disdik",))
    assert run.ok and run.published
    yield run
    path.write_text(before, encoding="utf-8")


def test_a_study_that_names_people_is_refused_with_places_and_without_values(project):
    with pytest.raises(DataError, match=r"kediri/survey_answers\.xlsx, lembar Sheet, baris 2, kolom C") as error:
        review("kediri", 2024, root=project)
    text = error.value.text("id") + error.value.text("en")
    assert "1 × NIK" in text and "docProps/core.xml creator" in text and "kediri/opd.csv" in text
    assert not any(secret in text for secret in SECRETS)


def test_the_search_sees_what_went_in(project):
    raw = (project / "data" / "raw" / "kediri" / "survey_answers.xlsx").read_bytes()
    assert {secret for _, secret in leaks(raw)} == {*SECRETS} - {PHONE}


def test_what_is_handed_out_holds_nobody(project, reviewed, tmp_path):
    found = share("kediri", 2024, to=tmp_path, root=project)
    data = found.archive.read_bytes()
    assert leaks(data) == []
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
        assert b"[NAMA-1]" in parts.read("id/07_survey.html") and b"[TEL-1]" in parts.read("id/opd/disdik.html")
        kept = {p.relative_to(found.folder).as_posix(): p.read_bytes() for p in found.folder.rglob("*") if p.is_file()}
        assert kept == {name: parts.read(name) for name in names} and sorted(found.files) == sorted(names)
    assert {"id/index.html", "id/review.pdf", "id/review.xlsx", "id/explorer.html", "id/forms/disdik.xlsx"} <= set(
        names
    )
    assert {name.rpartition(".")[2] for name in names} <= {"html", "pdf", "xlsx", "json"}
    assert shared_bytes({name: kept[name] for name in reversed(names)}) == data


def test_a_report_that_is_not_there_is_said_to_be_missing(project, reviewed, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    assert main(["share", "kediri", "--year", "2031", "--language", "en", "--to", str(tmp_path)]) == 2
    assert "run first: smartcity review kediri --year 2031 --language en" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- what the last look finds ---


def with_author():
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.properties.creator = WRITER
    book.save(buffer)
    return buffer.getvalue()


def page(text):
    return f"<html><body><h1>Judul</h1><p>{text}</p></body></html>".encode()


def encoded(data):
    return base64.b64encode(data).decode()


CASES = {
    "words of a page": ("a.html", page(f"Telepon {PHONE}"), "1 × TEL"),
    "an attribute": ("a.html", page(f'<img alt="NIK {NIK}">'), "1 × NIK"),
    "a file in a page": ("a.html", page(f'<a href="data:text/html;base64,{encoded(page(NIK))}">x</a>'),
                         "1 × NIK"),
    "data of a script": ("a.html", page(f'<script type="application/json">{{"name": "{PHONE}"}}</script>'), "1 × TEL"),
    "a number in two elements": ("a.html", page("<b>0812</b> <i>0000 1234</i>"), "1 × TEL"),
    "a workbook's writer": ("a.xlsx", with_author(), "1 × NAMA"),
    "a manifest": ("a.json", f'{{"by": "Bapak {WORKER}"}}'.encode(), "1 × NAMA"),
    "a document": ("a.pdf", page_pdf(f"<main><p>Bapak {WORKER}, {NIK}</p></main>", language=speak("id"), title="x",
                                     footer="y"), "1 × NIK, 1 × NAMA"),
    "a file's name": (f"opd/{PHONE}.html", page("isi"), "1 × TEL"),
    "what cannot be read": ("a.pdf", b"%PDF-1.7 broken", None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_handed_out_when_anything_personal_is_found(name):
    file, data, found = CASES[name]
    with pytest.raises(DataError, match=re.escape(file.rpartition("/")[0] or file)) as error:
        shared_bytes({"index.html": page("bersih"), file: data})
    assert found is None or found in [breach.found for breach in error.value.breaches]
    assert not any(secret in error.value.text(code) for secret in SECRETS for code in ("id", "en"))

"""A review of a study whose every text would act if it could: nothing runs, nothing is fetched, no cell computes."""

import csv
import io
import re
import shutil
import zipfile

import openpyxl
import pytest
from hostile_texts import HIT, UNSEEN, spoil_study

from smartcity_analysis.batch import review
from smartcity_analysis.present.forms.survey import survey_workbook
from smartcity_analysis.study import find_root, load_study
from smartcity_analysis.study.plain_csv import unguarded
from smartcity_analysis.study.store import read_processed

from .test_pages import CHROMIUM, FLAGS

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("hostile")]
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
FEW = ("diskominfo", "35.71.01.1004")
COUNT = """({scripts: document.scripts.length, hit: window.__hit,
    foreign: document.querySelectorAll('iframe,object,embed,base,link,form').length})"""
HANDLERS = """[...document.querySelectorAll('*')].flatMap(e => [...e.attributes].map(a => a.name))
    .filter(n => n.startsWith('on'))"""
POLICY = re.compile(
    r"default-src 'none'; style-src 'unsafe-inline'; style-src-elem 'sha256-[\w+/=]+'; style-src-attr 'unsafe-inline'; "
    r"img-src data:(; script-src 'sha256-[\w+/=]+')?; base-uri 'none'; form-action 'none'"
)
ACTS = re.compile(
    r"(?:\A|[;\t\r\n])[ \u00a0]*(?:[=@＝＠]|[+＋－-](?!(?:\d[\d.,]*(?:[eE][+-]?\d+)?%?)?(?:\Z|;)))|\A[\t\r\n]"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A project of its own, its studies spoiled, reviewed once."""
    base = tmp_path_factory.mktemp("outer") / "project"
    shutil.copytree(ROOT / "data" / "raw", base / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", base / "notebooks")
    for start, study in enumerate(("kediri", "jatim")):
        spoil_study(base / "data" / "raw" / study, 7 * start)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(base))
        assert review("kediri", 2024, root=base, sheets=FEW).ok
    return base


@pytest.fixture(scope="module")
def report(place):
    return place / "reports/kediri/2024/id"


@in_chromium
def test_no_page_runs_or_fetches_anything(report):
    from playwright.sync_api import sync_playwright

    asked, problems = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        pages = sorted(report.rglob("*.html"))
        for path in pages:
            page.goto(path.as_uri())
            own = 2 if path.name == "explorer.html" else 0
            assert page.evaluate(COUNT) == {"scripts": own, "hit": None, "foreign": 0}, path.name
            assert POLICY.fullmatch(page.locator("meta[http-equiv]").get_attribute("content")), path.name
            assert page.evaluate(HANDLERS) == [], path.name
            for link in page.eval_on_selector_all("[href]", "links => links.map(a => a.getAttribute('href'))"):
                target = link.partition("#")[0]
                assert not target or (path.parent / target).resolve().is_relative_to(report), (path.name, link)
                assert not target or (path.parent / target).is_file(), (path.name, link)
            scroll = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert scroll <= 0, (path.name, scroll)
            if own:
                taken = page.evaluate("smartcity.csv()")
        visited = {path.as_uri() for path in pages}
        chromium.close()
    assert problems == [] and {url for url in asked if not url.startswith("data:")} == visited
    assert len(pages) >= 11
    rows = list(csv.DictReader(io.StringIO(taken, newline="")))
    assert len(rows) == 38 and not [cell for row in rows for cell in row.values() if ACTS.search(cell)]
    assert sum(bool(ACTS.search(unguarded(row["region"]))) for row in rows) > 5


def test_pages_show_the_texts_and_nothing_unseen(report):
    text = "".join(path.read_text(encoding="utf-8") for path in report.rglob("*.html"))
    assert HIT in text and "{{ 7*7 }}" in text and "&lt;img src=x onerror=" in text and r"\frac{1}{0}" in text
    assert [hex(ord(sign)) for sign in UNSEEN if sign in text] == []


def workbooks(place, report):
    yield "review.xlsx", (report / "review.xlsx").read_bytes()
    for path in sorted(report.glob("forms/*.xlsx"))[:4]:
        yield path.name, path.read_bytes()
    study = load_study("kediri", root=place)
    for opd in ("diskominfo", "bappeda"):
        yield f"survey {opd}", survey_workbook(study, 2024, opd)


def test_no_cell_of_a_workbook_acts(place, report):
    acted = 0
    for name, data in workbooks(place, report):
        book = openpyxl.load_workbook(io.BytesIO(data))
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None):
            own = str(cell.value).startswith('="Terisi: "&COUNTA(')  # the questionnaire's own count of answers
            assert cell.data_type in ("s", "n") or own, (name, cell.coordinate, cell.value)
            assert cell.hyperlink is None or cell.hyperlink.target is None, (name, cell.coordinate)
            assert cell.comment is None
            if isinstance(cell.value, str):
                acted += bool(ACTS.search(cell.value))
                assert not set(cell.value) & set(UNSEEN), (name, cell.coordinate)
        assert all("[" not in value.attr_text for value in book.defined_names.values())
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            assert not [part for part in parts.namelist() if "external" in part or "vba" in part], name
    assert acted > 20  # they are there, as texts


def test_no_cell_of_a_table_acts_and_all_come_back(place):
    found = 0
    for path in sorted((place / "data/processed").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert [cell for cell in cells if ACTS.search(cell)] == [], path.name
        table = read_processed(path)
        words = table.select_dtypes(exclude="number")
        found += sum(bool(ACTS.search(cell)) for column in words for cell in words[column] if isinstance(cell, str))
    assert found > 20  # the guard is taken away again


def test_nothing_was_written_elsewhere(place):
    assert {path.name for path in place.parent.iterdir()} == {"project"}
    assert {path.name for path in place.iterdir()} == {".smartcity", "data", "figures", "notebooks", "reports"}
    names = [path.relative_to(place).as_posix() for path in place.rglob("*") if "data/raw" not in path.as_posix()]
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9_./-]+", name)] == []

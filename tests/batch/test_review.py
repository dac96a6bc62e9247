"""The main job: raw folder to report, once, and nothing lost when it fails."""

import json
import shutil

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smartcity_analysis.batch import review
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("review")
FEW = ("diskominfo", "35.71.01.1004")  # one agency and one region; the others are made in the same way


def tree(folder):
    """Every file below `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of its own with the shipped studies and notebooks, reviewed once in Indonesian."""
    base = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data" / "raw", base / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", base / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(base))
        first = review("kediri", 2024, root=base, sheets=FEW)
        yield base, first


def test_every_notebook_runs_and_the_report_is_complete(project):
    base, run = project
    assert run.ok and run.published and not run.unchanged
    assert [o.state for o in run.outcomes] == ["done"] * len(run.outcomes)
    pages = {p.relative_to(run.report).as_posix() for p in run.report.rglob("*") if p.is_file()}
    made = {outcome.job.page for outcome in run.outcomes}
    assert {"opd/diskominfo.html", "regions/35.71.01.1004.html", "08_review.html"} <= made
    forms = {page for page in pages if page.startswith("forms/")}
    assert len(forms) == 40
    printed = {f"{page.removesuffix('.html')}.pdf" for page in made}
    assert pages - forms == made | printed | {"index.html", "explorer.html", "review.pdf", "review.xlsx"}
    assert (base / "figures/kediri/2024/id/score_trend_id.png").stat().st_size > 10_000


def test_a_second_run_does_nothing_and_says_so(project):
    base, run = project
    before = tree(run.report)
    again = review("kediri", 2024, root=base, sheets=FEW)
    assert again.unchanged and {o.state for o in again.outcomes} == {"kept"}
    assert tree(run.report) == before


def test_a_report_that_was_damaged_is_made_again(project):
    base, run = project
    before = tree(run.report)
    (run.report / "index.html").write_text("damaged")
    again = review("kediri", 2024, root=base, sheets=FEW)
    assert not again.unchanged and {o.state for o in again.outcomes} == {"kept"}
    assert tree(run.report) == before


def test_the_review_says_what_is_true_of_2024(project):
    _, run = project
    text = (run.report / "index.html").read_text(encoding="utf-8")
    for words in (
        "turun dari 3,31 pada 2022 menjadi 3,197 pada 2023",
        "Target 2022 (3,40) tidak tercapai",
        "(3,45) tidak tercapai",
        "3,600 menuntut kenaikan +0,403",
        "kenaikan tahunan terbesar selama ini +0,25",
        "Bobot penilaian 2023 untuk kohort Kota Kediri belum diketahui",
        "Hasil evaluasi 2024 belum ditemukan",
    ):
        assert words in text, words


def rows_of(tables, place):
    """The row that a place such as ``score_trend[year=2023].score`` points to, and its column."""
    name, _, rest = place.partition("[")
    key, _, column = rest.partition("].")
    rows = pd.read_csv(tables / f"{name}.csv", dtype=str).fillna("")
    for part in key.split(", "):
        field, _, value = part.partition("=")
        rows = rows[rows[field].str.removesuffix(".0") == value]
    return rows, column


def test_every_number_of_a_finding_stands_in_its_processed_table(project):
    base, _ = project
    tables = base / "data/processed/kediri/2024"
    findings = pd.read_csv(tables / "findings.csv")
    assert len(findings) > 15 and findings["id"].is_unique
    for place in findings["evidence"].str.split("; ").explode():
        rows, column = rows_of(tables, place)
        assert len(rows) == 1 and column in rows.columns, place


def test_every_sentence_of_the_report_leads_to_its_evidence(project):
    """Each finding on the page is a row of the findings, word for word, and its link leads to its row of evidence."""
    base, run = project
    findings = pd.read_csv(base / "data/processed/kediri/2024/findings.csv").set_index("id")
    soup = BeautifulSoup((run.report / "08_review.html").read_text(encoding="utf-8"), "html.parser")
    said = soup.select("ul.findings li")
    assert len(said) > 40
    for item in said:
        link = item.find("a")
        assert link["href"] == f"#{link.text}" and soup.find(id=link.text).parent.name == "tr"
        mark = item.find("small").text
        assert item.text.removesuffix(mark).strip() == findings.loc[link.text, "text_id"]


def test_every_recommendation_leads_to_a_finding_and_its_raw_row(project):
    base, run = project
    tables = base / "data/processed/kediri/2024"
    findings, actions = (pd.read_csv(tables / f"{name}.csv") for name in ("findings", "actions"))
    assert len(actions) > 10 and actions["id"].is_unique and set(actions["finding"]) <= set(findings["id"])
    soup = BeautifulSoup((run.report / "08_review.html").read_text(encoding="utf-8"), "html.parser")
    text = " ".join(soup.text.split())
    assert all(words in text for words in actions["text_id"])
    index = (run.report / "index.html").read_text(encoding="utf-8")
    assert all(words in index for words in actions["text_id"].head(5))
    owner = actions.set_index("template").loc["agree_target", "owner"]
    programmes = pd.read_csv(base / "data/raw/kediri/programmes.csv")
    stated = programmes.loc[programmes["owner_status"] == "found", "owner_opd"].str.split(";").explode()
    assert owner == stated.value_counts().index[0]


def test_the_index_says_nothing_that_is_not_a_finding_or_an_action(project):
    base, run = project
    tables = base / "data/processed/kediri/2024"
    known = {*pd.read_csv(tables / "findings.csv")["text_id"], *pd.read_csv(tables / "actions.csv")["text_id"]}
    soup = BeautifulSoup((run.report / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert {item.text for item in soup.select(".points li")} <= known
    assert len(soup.select(".points section")) == 3 and len(soup.select(".pillars li")) == 6


def test_unchanged_input_gives_the_same_findings_and_ids(project, tmp_path):
    """The last notebook again, from nothing kept, word for word."""
    base, run = project
    again = tmp_path / "project"
    shutil.copytree(base, again)
    for folder in (again / ".smartcity/jobs").glob("*-08_review-*"):
        shutil.rmtree(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(again))
        second = review("kediri", 2024, root=again, sheets=FEW)
    assert {o.job.name: o.state for o in second.outcomes}["08_review"] == "done"
    for name in ("findings", "findings_withheld", "actions", "roadmap", "quick_wins_left"):
        place = f"data/processed/kediri/2024/{name}.csv"
        assert (again / place).read_bytes() == (base / place).read_bytes(), name
    for name in ("08_review.html", "index.html"):
        assert (second.report / name).read_bytes() == (run.report / name).read_bytes(), name


def test_a_failing_notebook_costs_what_depends_on_it_and_nothing_else(project, tmp_path):
    base, _ = project
    broken = tmp_path / "project"
    shutil.copytree(base, broken)
    path = broken / "notebooks/04_disparity.ipynb"
    book = nbformat.read(path, as_version=4)
    code = [c for c in book.cells if c.cell_type == "code"]
    code[2].source = "1 / 0"
    nbformat.write(book, path)
    report = broken / "reports/kediri/2024/id"
    before = tree(report)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(broken))
        failed = review("kediri", 2024, root=broken, sheets=FEW)
    states = {o.job.name: o.state for o in failed.outcomes}
    assert states == {
        "01_data": "kept",
        "02_score": "kept",
        "03_pillars": "kept",
        "04_disparity": "failed",
        "05_robustness": "kept",
        "06_programmes": "kept",
        "07_survey": "kept",
        "08_review": "skipped",
        "opd_brief-diskominfo": "skipped",
        "region_profile-35.71.01.1004": "kept",
    }
    outcome = next(o for o in failed.outcomes if o.state == "failed")
    assert outcome.cell == 3 and outcome.cause == "ZeroDivisionError: division by zero"
    assert not failed.ok and not failed.published and tree(report) == before


def test_bad_input_stops_before_anything_runs(project, tmp_path):
    base, _ = project
    broken = tmp_path / "project"
    shutil.copytree(base, broken)
    path = broken / "data/raw/kediri/scores.csv"
    path.write_text(path.read_text().replace("3.197", "3,197"), encoding="utf-8")
    before = tree(broken / "reports")
    with pytest.raises(DataError, match=r"scores\.csv, baris 5"):
        review("kediri", 2024, root=broken, sheets=FEW)
    assert tree(broken / "reports") == before


def test_a_year_outside_the_masterplan_is_refused(project):
    base, _ = project
    with pytest.raises(DataError, match="2020-2029"):
        review("kediri", 2031, root=base, sheets=FEW)


def test_a_job_is_kept_whole_or_not_at_all(project):
    base, _ = project
    for folder in (base / ".smartcity/jobs").iterdir():
        assert json.loads((folder / "done.json").read_text())["key"]
    assert not list((base / ".smartcity/tmp").iterdir())

"""The main job: raw folder to report, once, and nothing lost when it fails."""

import json
import shutil

import nbformat
import pandas as pd
import pytest

from smartcity_analysis.batch import review
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("review")


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
        first = review("kediri", 2024, root=base)
        yield base, first


def test_every_notebook_runs_and_the_report_is_complete(project):
    base, run = project
    assert run.ok and run.published and not run.unchanged
    assert [o.state for o in run.outcomes] == ["done"] * len(run.outcomes)
    pages = {p.name for p in run.report.iterdir()}
    assert pages == {f"{o.job.name}.html" for o in run.outcomes} | {"index.html"}
    assert (base / "figures/kediri/2024/id/score_trend_id.png").stat().st_size > 10_000


def test_a_second_run_does_nothing_and_says_so(project):
    base, run = project
    before = tree(run.report)
    again = review("kediri", 2024, root=base)
    assert again.unchanged and {o.state for o in again.outcomes} == {"kept"}
    assert tree(run.report) == before


def test_a_report_that_was_damaged_is_made_again(project):
    base, run = project
    before = tree(run.report)
    (run.report / "index.html").write_text("damaged")
    again = review("kediri", 2024, root=base)
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


def test_every_number_of_a_finding_stands_in_its_processed_table(project):
    base, _ = project
    tables = base / "data/processed/kediri/2024"
    findings = pd.read_csv(tables / "findings.csv")
    assert len(findings) > 15 and findings["id"].is_unique
    for place in findings["evidence"].str.split("; ").explode():
        name, _, rest = place.partition("[")
        key, _, column = rest.partition("].")
        table = pd.read_csv(tables / f"{name}.csv", dtype=str)
        rows = table
        for part in key.split(", "):
            field, _, value = part.partition("=")
            rows = rows[rows[field].str.removesuffix(".0") == value]
        assert len(rows) == 1 and column in rows.columns, place


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
        failed = review("kediri", 2024, root=broken)
    states = {o.job.name: o.state for o in failed.outcomes}
    assert states == {
        "01_data": "kept",
        "02_score": "kept",
        "03_pillars": "kept",
        "04_disparity": "failed",
        "05_robustness": "kept",
        "08_review": "skipped",
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
        review("kediri", 2024, root=broken)
    assert tree(broken / "reports") == before


def test_a_year_outside_the_masterplan_is_refused(project):
    base, _ = project
    with pytest.raises(DataError, match="2020-2029"):
        review("kediri", 2031, root=base)


def test_a_job_is_kept_whole_or_not_at_all(project):
    base, _ = project
    for folder in (base / ".smartcity/jobs").iterdir():
        assert json.loads((folder / "done.json").read_text())["key"]
    assert not list((base / ".smartcity/tmp").iterdir())

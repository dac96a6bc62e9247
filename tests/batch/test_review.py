"""The main job: raw folder to report, once, and nothing lost when it fails."""

import errno
import hashlib
import json
import shutil
import socket
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smartcity_analysis.batch import BusyError, Choice, Wish, preview, review, review_studies
from smartcity_analysis.batch.locks import locked
from smartcity_analysis.cli import main
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("review")
FEW = ("diskominfo", "35.71.01.1004")  # one agency and one region; the others are made in the same way


def tree(folder):
    """Every file below `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def without_manifest(folder):
    """The same, without what holds the time of the run."""
    return {name: data for name, data in tree(folder).items() if name != "manifest.json"}


@pytest.fixture(scope="module")
def project(tmp_path_factory, begun):
    """A project of its own with the shipped studies and notebooks, reviewed once in Indonesian."""
    base = begun(tmp_path_factory.mktemp("project"))
    yield base, review("kediri", 2024, root=base, sheets=FEW)


def test_every_notebook_runs_and_the_report_is_complete(project):
    base, run = project
    assert run.ok and run.published and not run.unchanged
    assert {o.job.name: o.state for o in run.outcomes if o.state != "kept"} == {
        "opd_brief-diskominfo": "done", "region_profile-35.71.01.1004": "done"
    }  # fmt: skip
    pages = {p.relative_to(run.report).as_posix() for p in run.report.rglob("*") if p.is_file()}
    made = {outcome.job.view.place for outcome in run.outcomes}
    assert {"opd/diskominfo.html", "regions/35.71.01.1004.html", "08_review.html"} <= made
    forms = {page for page in pages if page.startswith("forms/")}
    assert len(forms) == 40
    printed = {f"{page.removesuffix('.html')}.pdf" for page in made}
    whole = {"index.html", "explorer.html", "review.pdf", "review.xlsx", "manifest.json"}
    assert pages - forms == made | printed | whole
    assert (base / "figures/kediri/2024/id/score_trend_id.png").stat().st_size > 10_000


def test_a_second_run_does_nothing_and_says_so(project):
    base, run = project
    before = tree(run.report)
    again = review("kediri", 2024, root=base, sheets=FEW)
    assert again.unchanged and again.outcomes == () and again.notebooks == len(run.outcomes)
    assert tree(run.report) == before


def test_a_report_that_was_damaged_is_made_again(project):
    base, run = project
    before = tree(run.report)
    (run.report / "index.html").write_text("damaged")
    again = review("kediri", 2024, root=base, sheets=FEW)
    assert not again.unchanged and {o.state for o in again.outcomes} == {"kept"}
    assert without_manifest(run.report) == {k: v for k, v in before.items() if k != "manifest.json"}


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
    """The last chapter run again, word for word."""
    base, run = project
    again = shutil.copytree(base, tmp_path / "project")
    second = review("kediri", 2024, root=again, sheets=FEW, choice=Choice(("08_review",), force=True))
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
        assert json.loads((folder / "done.json").read_text())["key"].startswith(folder.name.rpartition("-")[2])
    assert not list((base / ".smartcity/tmp").iterdir())


# --- what a report was made from ---


def test_the_manifest_says_what_the_report_was_made_from(project):
    base, run = project
    said = json.loads((run.report / "manifest.json").read_text(encoding="utf-8"))
    assert said["asked"] == {"study": "kediri", "year": 2024, "language": "id", "only_real": False, "sheets": list(FEW)}
    raw = base / "data/raw/kediri/scores.csv"
    assert said["inputs"]["data/raw/kediri/scores.csv"] == hashlib.sha256(raw.read_bytes()).hexdigest()
    assert {"notebooks/08_review.ipynb", "data/raw/jatim/indicators.csv"} <= said["inputs"].keys()
    assert said["outputs"].keys() == tree(run.report).keys() - {"manifest.json"}
    assert said["about"]["seed"] == said["about"]["spec"]["seed"] and said["versions"]["pandas"] == pd.__version__
    assert [line["name"] for line in said["notebooks"]] == [outcome.job.name for outcome in run.outcomes]
    for line in said["notebooks"]:
        assert line["seconds"] > 0 and 30 < line["peak_mib"] < 2048
        assert line["timings"].keys() == {"kernel", "imports", "cells", "saving", "rendering"}


def verified(base, report, capsys, monkeypatch):
    monkeypatch.setenv("SMARTCITY_ROOT", str(base))
    status = main(["verify", str(report)])
    return status, capsys.readouterr().out


def test_a_report_that_came_from_here_is_verified_wherever_it_lies(project, tmp_path, capsys, monkeypatch):
    base, run = project
    moved = shutil.copytree(run.report, tmp_path / "sent")
    status, said = verified(base, moved, capsys, monkeypatch)
    assert status == 0 and "Cocok: laporan ini berasal dari data dan kode ini" in said


def test_every_difference_is_told(project, tmp_path, capsys, monkeypatch):
    base, run = project
    other = shutil.copytree(base, tmp_path / "project")
    report = other / run.report.relative_to(base)
    (report / "02_score.html").write_text("3,600")
    (report / "new.html").write_text("new")
    (report / "review.pdf").unlink()
    (other / "data/raw/kediri/scores.csv").write_text("changed")
    status, said = verified(other, report, capsys, monkeypatch)
    lines = {line.strip() for line in said.splitlines()[1:-1]}
    assert status == 1 and lines == {
        "masukan: data/raw/kediri/scores.csv: berubah",
        "isi laporan: 02_score.html: berubah",
        "isi laporan: review.pdf: tidak ada",
        "isi laporan: new.html: tidak tercatat dalam manifest",
    }
    assert said.splitlines()[-1].startswith("4 perbedaan")


def test_a_folder_without_a_manifest_is_refused(tmp_path, capsys, monkeypatch, project):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project[0]))
    assert main(["verify", str(tmp_path)]) == 2
    assert "manifest.json" in capsys.readouterr().err


# --- what would run, and what may ---


def test_a_dry_run_says_what_would_run_and_why(project, tmp_path):
    base, _ = project
    other = shutil.copytree(base, tmp_path / "project")
    wish = Wish(2024, sheets=FEW)
    assert {one.state for one in preview("kediri", wish, root=other)} == {"kept"}
    path = other / "notebooks/06_programmes.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_markdown_cell("More."))
    nbformat.write(book, path)
    told = {one.job.name: (one.state, tuple(one.reasons)) for one in preview("kediri", wish, root=other)}
    assert told["06_programmes"] == ("run", ("notebook",))
    assert told["08_review"] == ("perhaps", ("06_programmes",)) and told["02_score"] == ("kept", ())
    assert told["opd_brief-diskominfo"] == ("perhaps", ("06_programmes", "08_review"))
    run = review("kediri", 2024, root=other, sheets=FEW)
    states = {outcome.job.name: outcome.state for outcome in run.outcomes}
    assert [name for name, state in states.items() if state == "done"] == ["06_programmes"]  # its tables are the same


def test_one_notebook_can_be_run_alone_and_again(project, tmp_path):
    base, run = project
    other = shutil.copytree(base, tmp_path / "project")
    choice = Choice(("02_score",), force=True)
    again = review("kediri", 2024, root=other, sheets=FEW, choice=choice)
    states = {outcome.job.name: outcome.state for outcome in again.outcomes}
    assert states.pop("02_score") == "done" and set(states.values()) == {"kept"}
    assert without_manifest(again.report) == without_manifest(run.report)


def test_what_was_not_asked_for_is_left_and_nothing_is_published(tmp_path):
    for name in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    told = []
    choice = Choice(("02_score",))
    run = review("kediri", 2024, root=tmp_path, sheets=(), choice=choice, on_outcome=lambda o, n: told.append((o, n)))
    states = {outcome.job.name: outcome.state for outcome in run.outcomes}
    assert states.pop("02_score") == "done" and set(states.values()) == {"left"}
    assert run.ok and not run.published and not run.report.exists()
    assert len(told) == len(run.outcomes) and {count for _, count in told} == {len(run.outcomes)}


# --- several studies, and several runs ---


def test_a_study_that_is_not_fit_costs_the_others_nothing(project, tmp_path):
    base, _ = project
    other = shutil.copytree(base, tmp_path / "project")
    shutil.copytree(other / "data/raw/kediri", other / "data/raw/broken")
    (other / "data/raw/broken/scores.csv").write_text("year\n")
    runs = {
        run.study: run for run in review_studies(["broken", "kediri", "nowhere"], Wish(2024, sheets=FEW), root=other)
    }
    assert runs["kediri"].ok and runs["kediri"].unchanged
    assert "scores.csv" in str(runs["broken"].error) and "nowhere" in str(runs["nowhere"].error)
    assert not runs["broken"].ok and not runs["broken"].report.exists()


def test_a_report_that_cannot_be_written_costs_the_others_nothing(project, tmp_path, capsys, monkeypatch):
    base, _ = project
    other = shutil.copytree(base, tmp_path / "project")
    index = other / "reports/kediri/2024/id/index.html"
    index.write_text("damaged")

    def full(about, *_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("smartcity_analysis.batch.run.publish", full)
    runs = {run.study: run for run in review_studies(["kediri", "nowhere"], Wish(2024, sheets=FEW), root=other)}
    assert not runs["kediri"].ok and not runs["kediri"].published and "No space" in str(runs["kediri"].error)
    assert "nowhere" in str(runs["nowhere"].error) and index.read_text() == "damaged"
    with pytest.raises(OSError, match="No space"):
        review("kediri", 2024, root=other, sheets=FEW)
    monkeypatch.setenv("SMARTCITY_ROOT", str(other))
    assert main(["review", "--studies", "kediri", "nowhere", "--year", "2024", "--chapters-only"]) == 1
    assert "kediri: laporan tidak tertulis" in capsys.readouterr().err


def test_a_second_run_at_the_same_time_is_told_and_changes_nothing(project, tmp_path):
    base, _ = project
    other = shutil.copytree(base, tmp_path / "project")
    (other / "reports/kediri/2024/id/index.html").write_text("damaged")
    before = tree(other / "reports")
    with locked(other, "kediri", "id"), pytest.raises(BusyError, match="sedang dikerjakan oleh proses lain"):
        review("kediri", 2024, root=other, sheets=FEW)
    assert tree(other / "reports") == before
    assert review("kediri", 2024, root=other, sheets=FEW).published


def test_what_a_killed_run_left_behind_is_mended(project, tmp_path):
    """A report moved aside when the run was killed comes back, and its scratch folder goes."""
    base, run = project
    other = shutil.copytree(base, tmp_path / "project")
    report = other / run.report.relative_to(base)
    report.rename(report.with_name(".old-id"))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = other / ".smartcity/tmp" / f"run-{socket.gethostname()}-{gone.pid}-abc"
    left.mkdir(parents=True)
    again = review("kediri", 2024, root=other, sheets=FEW)
    assert again.published and not left.exists() and not report.with_name(".old-id").exists()
    assert without_manifest(report) == without_manifest(run.report)

"""A disk that is full or may not be written: a message, the notebook it struck, and the last good report as it was."""

import errno
import os
import resource
import shutil
import subprocess
import sys

import pytest

from smartcity_analysis.batch import publish as publishing
from smartcity_analysis.batch import review
from smartcity_analysis.cli import main

pytestmark = pytest.mark.xdist_group("disk")


@pytest.fixture(scope="module")
def done(tmp_path_factory, begun):
    """A project with a report of its chapters."""
    base = begun(tmp_path_factory.mktemp("project"))
    assert review("kediri", 2024, root=base, sheets=()).published
    return base


@pytest.fixture
def base(done, tmp_path):
    return shutil.copytree(done, tmp_path / "project")


@pytest.mark.long
def test_a_disk_that_fills_while_notebooks_run_costs_those_it_struck(base, root, tree):
    """No file may grow beyond 350 kB: chapters with large files fail, small ones do not, and the report stays."""
    before = tree(base / "reports")
    shutil.rmtree(base / ".smartcity/jobs")
    env = {**os.environ, "SMARTCITY_ROOT": str(base), "PYTHONPATH": str(root), "SMARTCITY_LANGUAGE": "en"}
    command = [sys.executable, "-m", "smartcity_analysis", "review", "kediri", "--year", "2024", "--chapters-only",
               "--language", "id", "--force"]  # fmt: skip
    run = subprocess.run(
        command, cwd=base, env=env, capture_output=True, text=True, timeout=600,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (350_000, 350_000)),
    )  # fmt: skip
    assert run.returncode == 1 and "Traceback" not in run.stdout + run.stderr
    assert "GAGAL" in run.stdout and "File too large" in run.stdout and "selesai dalam" in run.stdout
    assert "Laporan terakhir yang baik tetap di tempatnya" in run.stdout
    assert tree(base / "reports") == before and not list((base / ".smartcity/tmp").iterdir())


def test_a_disk_that_fills_while_the_report_is_written_leaves_the_last_one(base, tree, monkeypatch, capsys):
    before = {part: tree(base / part) for part in ("reports", "data/processed", "figures")}

    def full(folder, files):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(publishing, "fill_folder", full)
    monkeypatch.setenv("SMARTCITY_ROOT", str(base))
    (base / "reports/kediri/2024/id/index.html").write_text("damaged")
    before["reports"]["kediri/2024/id/index.html"] = b"damaged"
    assert main(["review", "kediri", "--year", "2024", "--chapters-only", "--language", "id"]) == 3
    said = capsys.readouterr().err
    assert "No space left on device" in said and "laporan terakhir yang baik tetap" in said
    assert {part: tree(base / part) for part in before} == before
    assert not list((base / ".smartcity/tmp").iterdir())


def test_a_folder_that_may_not_be_written_is_told(base, monkeypatch, capsys, tree):
    """Whoever runs the tests may write everywhere, so the folder is a file here: the same error from the system."""
    shutil.rmtree(base / ".smartcity")
    (base / ".smartcity").write_text("")
    before = tree(base)
    monkeypatch.setenv("SMARTCITY_ROOT", str(base))
    assert main(["review", "kediri", "--year", "2024", "--chapters-only", "--force", "--language", "en"]) == 3
    assert "A file cannot be read or written" in capsys.readouterr().err
    assert tree(base) == before

"""What is handed to others as a package runs where nothing else of the project is."""

import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

from smartcity_analysis.cli import main
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("packages")


def run(*command, cwd, **env):
    kept = {k: v for k, v in os.environ.items() if k not in ("SMARTCITY_ROOT", "PYTHONPATH", "SMARTCITY_LANGUAGE")}
    return subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=kept | env, capture_output=True, text=True)


def built(target, source, folder):
    done = run("hatchling", "build", "-t", target, "-d", str(folder), cwd=source)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """A folder with the package as the wheel holds it, and nothing of the project's source."""
    folder = tmp_path_factory.mktemp("elsewhere")
    done = run("uv", "pip", "install", "--no-deps", "--offline", "--quiet", "--target", str(folder / "lib"), str(wheel),
               cwd=folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_made_from_the_source_archive_is_the_same(wheel, tmp_path):
    archive = built("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path / "again")
    assert again.read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_frameworks_words_templates_notebooks_and_studies(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "frameworks/",
        "present/messages/id/",
        "present/templates/",
        "project/notebooks/",
        "project/data/raw/",
    ):
        source = (
            ROOT / part.removeprefix("project/") if part.startswith("project/") else ROOT / "smartcity_analysis" / part
        )
        files = [
            p for p in source.rglob("*") if p.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(p.parts)
        ]
        held = [name for name in names if name.startswith(f"smartcity_analysis/{part}")]
        assert files and len(held) == len(files)


def test_the_installed_package_reviews_the_example_it_brings(elsewhere):
    lib = {"PYTHONPATH": str(elsewhere / "lib")}
    done = run("smartcity_analysis", "example", "project", "--language", "en", cwd=elsewhere, **lib)
    assert done.returncode == 0, done.stderr
    assert "cd project" in done.stdout
    review = ("review", "malang", "--year", "2022", "--language", "en")
    done = run("smartcity_analysis", *review, cwd=elsewhere / "project", **lib)
    assert done.returncode == 0, done.stdout + done.stderr
    report = elsewhere / "project/reports/malang/2022/en"
    assert "Kabupaten Malang" in (report / "index.html").read_text(encoding="utf-8")
    assert (report / "review.xlsx").is_file()


def test_an_example_is_not_written_over_anything(tmp_path, capsys, tree):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/own.ipynb").write_text("{}", encoding="utf-8")
    before = tree(tmp_path)
    assert main(["example", str(tmp_path), "--language", "en"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert tree(tmp_path) == before


def test_a_study_begun_in_an_empty_folder_makes_it_a_project(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("SMARTCITY_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["new", "kota_contoh", "--language", "en"]) == 0
    assert "is a project now" in capsys.readouterr().out
    assert {p.name for p in tmp_path.iterdir()} == {"notebooks", "data"}
    assert {p.name for p in (tmp_path / "data/raw").iterdir()} == {"kota_contoh"}
    assert {p.name for p in (tmp_path / "notebooks").iterdir()} == {
        p.name for p in (ROOT / "notebooks").glob("*.ipynb")
    }


def test_notebooks_of_somebody_else_are_no_project(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("SMARTCITY_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notebooks").mkdir()
    assert main(["new", "kota_contoh", "--language", "en"]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["notebooks"]

"""What every test may ask for: the project, its studies, and a copy of them to break."""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from smartcity_analysis.study import load_study

ROOT = Path(__file__).parents[1]
_READER = ("SMARTCITY_LANGUAGE", "SMARTCITY_ROOT", "LANGUAGE")


@pytest.fixture(autouse=True)
def reader():
    """An Indonesian reader, and none of what a test does to the reader's settings is left behind."""
    before = {name: os.environ.get(name) for name in _READER}
    for name in ("SMARTCITY_LANGUAGE", "LANGUAGE"):
        os.environ.pop(name, None)
    yield
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def kediri():
    return load_study("kediri", root=ROOT)


@pytest.fixture(scope="session")
def jatim():
    return load_study("jatim", root=ROOT)


@pytest.fixture
def project(tmp_path):
    """A project of its own with the shipped studies, to be broken."""
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    return tmp_path


SETTINGS = {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}  # of the review that others begin from


@pytest.fixture(scope="session")
def done_once(tmp_path_factory):
    """A function: the project in which the chapters of Kota Kediri were reviewed, once for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "done_once"

    def made(language="id"):
        shared.mkdir(exist_ok=True)
        base = shared / language
        with FileLock(shared / f"{language}.lock"):
            if not (base / "reports").is_dir():
                copy_project(base)
                command = [sys.executable, "-m", "smartcity_analysis", "review", "kediri", "--year", "2024"]
                words = ["--language", language, "--chapters-only", "--jobs", "1" if language == "id" else "2"]
                env = {**os.environ, **SETTINGS, "SMARTCITY_ROOT": str(base), "PYTHONPATH": str(ROOT)}
                run = subprocess.run([*command, *words], cwd=base, env=env, capture_output=True, text=True, timeout=900)
                assert run.returncode == 0, run.stdout + run.stderr
        return base

    return made


@pytest.fixture(scope="session")
def begun(done_once):
    """A function: makes a folder a project of its own in which the chapters need not be run again to be published."""

    def begin(base, *languages):
        copy_project(base)
        for language in languages or ("id",):
            shutil.copytree(done_once(language) / ".smartcity/jobs", base / ".smartcity/jobs", dirs_exist_ok=True)
        return base

    return begin


def copy_project(base):
    for part in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / part, base / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))


@pytest.fixture(scope="session")
def rehash():
    """Record the present sha256 of every file of a folder, as someone does who changes files on purpose."""

    def record(folder):
        path = folder / "SOURCES.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            file = folder / row["path"]
            if file.is_file():
                row["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return record


@pytest.fixture(scope="session")
def tree():
    """Every file below a folder with its bytes."""

    def files(folder):
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    return files

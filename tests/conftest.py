"""What every test may ask for: the project, its studies, and a copy of them to break."""

import csv
import hashlib
import os
import shutil
from pathlib import Path

import pytest

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

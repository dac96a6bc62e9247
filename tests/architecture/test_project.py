"""The project as it is handed over: locks, data, and nothing of the machine it was made on."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from smartcity_analysis.study import load_study

from .source import PACKAGE, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {"requirements.lock": [], "requirements-test.lock": ["test"]}


def name(requirement):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement).group()).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and "--index-url" not in text
    pinned = {name(line) for line in re.findall(r"^[A-Za-z0-9][^\s;]*==\S+", text, flags=re.MULTILINE)}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    wanted += [r for group in LOCKS[lock] for r in PROJECT["dependency-groups"][group]]
    assert {name(requirement) for requirement in wanted} <= pinned
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_test_lock_pins_the_same_versions_as_the_run_lock():
    run, test = (set(re.findall(r"^\S+==\S+.*?(?= \\)", (ROOT / f).read_text(encoding="utf-8"), re.M)) for f in LOCKS)
    assert run and run <= test


def test_the_installers_lock_is_a_part_of_the_test_lock():
    own, test = ((ROOT / f).read_text(encoding="utf-8") for f in ("requirements-uv.lock", "requirements-test.lock"))
    block = re.search(r"^uv==.*?(?=\n\S)", own + "\n.", re.M | re.S).group().partition("\n    #")[0].rstrip()
    assert "--hash=sha256:" in block and block in test and "://" not in own


def test_the_version_is_said_once():
    import smartcity_analysis

    assert smartcity_analysis.__version__ == PROJECT["project"]["version"]


@pytest.mark.parametrize("study", sorted(p.name for p in (ROOT / "data" / "raw").iterdir() if p.is_dir()))
def test_the_shipped_data_is_what_its_sources_record(study):
    assert load_study(study, root=ROOT).name == study


# --- nothing of the machine ---


def handed_over():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / each for each in listed.split("\0") if each and (ROOT / each).is_file()]


def places(pattern):
    found = []
    for path in handed_over():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in re.finditer(pattern, text)]
    return found


def test_no_file_names_a_package_registry():
    models = pytest.importorskip("pip._internal.models.index")
    hosts = {models.PyPI.netloc, models.PyPI.file_storage_domain}
    assert all(hosts)
    assert places("|".join(re.escape(host) for host in sorted(hosts))) == []


def test_no_file_names_a_folder_of_this_machine():
    own = [str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 1]
    patterns = [rf"(?<![\w./-]){re.escape(folder)}(?![\w-])" for folder in own]
    assert places("|".join(patterns)) == []


def test_only_what_belongs_is_handed_over():
    top = {path.relative_to(ROOT).parts[0] for path in handed_over()}
    assert not top & {"reports", "figures", ".smartcity", ".venv"}
    assert not [p for p in handed_over() if "processed" in p.parts or p.suffix == ".pyc"]
    assert (ROOT / PACKAGE / "frameworks").is_dir()


@pytest.mark.xdist_group("together")
def test_tests_of_a_group_run_together(request):
    """Modules with a project of their own are slow when two workers each make it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@together")

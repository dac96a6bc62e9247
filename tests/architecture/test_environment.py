"""The conda environment, the project and the lock name the same packages."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "pandera": "pandera-pandas",
    "typst": "typst-py",
}  # where conda's name differs


def test_conda_has_the_same_set_and_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {}
    for line in project["project"]["dependencies"] + project["dependency-groups"]["build"]:
        name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?(.*)", line).groups()
        wanted[CONDA_NAMES.get(name, name)] = bound
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    given = dict(line.partition(" ")[::2] for line in conda["dependencies"])
    assert given.pop("python") == project["project"]["requires-python"]
    assert given.pop("pip") == ""
    assert given == wanted


def test_the_lock_keeps_to_the_bounds():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for line in project["project"]["dependencies"]:
        name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=([0-9.]+)", line).groups()
        locked = re.findall(rf"^{re.escape(name)}==([0-9.]+)", lock, flags=re.M)
        assert locked, name
        least = [int(part) for part in bound.split(".")]
        assert all([int(p) for p in version.split(".")][: len(least)] >= least for version in locked), (name, locked)

"""The same inputs give the same bytes: on another day, in another locale and time zone, with one core or two."""

import locale
import os
import shutil
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.xdist_group("reproducible"), pytest.mark.long]
COMMAND = [sys.executable, "-m", "smartcity_analysis", "review", "kediri", "--year", "2024", "--language", "id"]
OTHER_DAY = ["faketime", "-f", "-400d"] if shutil.which("faketime") else []  # the clock set back by more than a year
SETTINGS = {"LC_ALL": "id_ID.UTF-8", "TZ": "Asia/Jakarta", "PYTHONHASHSEED": "2"}


def published(base, tree):
    """What a review published, but for the manifest, which holds times."""
    files = {part: tree(base / part) for part in ("reports", "data/processed", "figures")}
    return {f"{p}/{n}": data for p, part in files.items() for n, data in part.items() if "manifest.json" not in n}


def test_locale_time_zone_day_hash_seed_and_cores_do_not_count(done_once, tmp_path, root, tree):
    """All chapters in Indonesian with two cores, against the run with one core in the locale C, in UTC, today."""
    for part in ("data/raw", "notebooks"):
        shutil.copytree(root / part, tmp_path / part)
    env = {**os.environ, **SETTINGS, "SMARTCITY_ROOT": str(tmp_path), "PYTHONPATH": str(root)}
    command = [*OTHER_DAY, *COMMAND, "--chapters-only", "--jobs", "2"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = (published(base, tree) for base in (done_once(), tmp_path))
    assert len(first) > 60 and first.keys() == second.keys()
    assert [name for name, data in first.items() if second[name] != data] == []


def test_the_other_locale_is_there():
    try:
        before = locale.setlocale(locale.LC_ALL)
        locale.setlocale(locale.LC_ALL, "id_ID.UTF-8")
    except locale.Error:
        pytest.skip("the locale id_ID.UTF-8 is not installed: its run had the locale C")
    assert locale.localeconv()["decimal_point"] == ","
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.skipif(bool(OTHER_DAY), reason="faketime is there: the other test sets the clock back")
def test_the_clock_was_not_set_back():
    pytest.skip("faketime is not installed: the day was the same in both runs")

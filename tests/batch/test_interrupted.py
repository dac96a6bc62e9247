"""A run that is interrupted or killed: nothing half-written, no process left, and the next run goes on."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX does"),
    pytest.mark.xdist_group("interrupted"),
]
COMMAND = [sys.executable, "-m", "smartcity_analysis", "review", "kediri", "--year", "2024", "--chapters-only"]


@pytest.fixture(scope="module")
def base(tmp_path_factory, root):
    base = tmp_path_factory.mktemp("project")
    for name in ("data/raw", "notebooks"):
        shutil.copytree(root / name, base / name)
    return base


def start(base, root, *words):
    env = {**os.environ, "SMARTCITY_ROOT": str(base), "PYTHONPATH": str(root), "SMARTCITY_LANGUAGE": "id"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    def listening():  # tests that were begun in the background by a shell ignore the signal, and so would the run
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        [*COMMAND, *words], cwd=base, env=env, start_new_session=True, preexec_fn=listening, **pipes
    )


def children(pid):
    """Every process below `pid`."""
    below = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        waiting += (more := below.get(waiting.pop(), []))
        found.update(more)
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def all_gone(pids, seconds=20):
    end = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(alive, pids))


def first_done(run):
    """Read what a run says until its first notebook is done."""
    for line in run.stdout:
        if "selesai dalam" in line:
            return
    raise AssertionError(run.stderr.read())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_ctrl_c_ends_the_run_and_its_kernels_and_says_how_to_go_on(base, root):
    with start(base, root) as run:
        first_done(run)
        below = children(run.pid)
        assert below
        run.send_signal(signal.SIGINT)
        out, said = run.communicate(timeout=60)
    assert run.returncode == 130 and "Dihentikan" in said and "Traceback" not in said + out
    assert all_gone(below)
    assert not (base / "reports").exists() and list((base / ".smartcity/jobs").iterdir())
    assert not list((base / ".smartcity/tmp").iterdir())


@pytest.mark.long
def test_a_killed_run_goes_on_to_the_same_bytes(begun, done_once, root, tree, tmp_path):
    """Half of a review killed three times at random, then left in peace; against a run that never was."""
    moments, base = random.Random(3), begun(tmp_path / "killed")
    for folder in moments.sample(sorted((base / ".smartcity/jobs").iterdir()), 4):
        shutil.rmtree(folder)
    for _ in range(3):
        with start(base, root) as run:
            try:
                run.communicate(timeout=moments.uniform(1, 12))
            except subprocess.TimeoutExpired:
                run.kill()
    with start(base, root) as run:
        out, said = run.communicate(timeout=600)
    assert run.returncode == 0, out + said
    for part in ("reports", "data/processed", "figures"):
        killed, whole = (tree(each / part) for each in (base, done_once()))
        names = [name for name in whole if not name.endswith("manifest.json")]
        assert names and killed.keys() == whole.keys() and [n for n in names if killed[n] != whole[n]] == []

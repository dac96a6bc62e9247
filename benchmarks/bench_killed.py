"""Twenty runs killed at random moments: what is made in the end, byte for byte, against a run left in peace."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _timing import head, line
from bench_batch import REVIEW, ROOT, project


def hashes(base):
    """Every published file and its hash, but for the manifest, which holds times."""
    found = {}
    for part in ("reports", "data/processed", "figures"):
        for path in sorted((base / part).rglob("*")):
            if path.is_file() and path.name != "manifest.json":
                found[path.relative_to(base).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def start(base):
    return subprocess.Popen([*REVIEW, "--chapters-only"], cwd=base, start_new_session=True,
                            env={**os.environ, "SMARTCITY_ROOT": str(base)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def main(kills=20, seed=20261126):
    head(f"{kills} runs of all chapters killed with SIGKILL at random moments")
    random.seed(seed)
    with tempfile.TemporaryDirectory() as name:
        peace = project(Path(name) / "peace")
        began = time.perf_counter()
        assert start(peace).wait() == 0
        whole, wanted = time.perf_counter() - began, hashes(peace)
        killed = project(Path(name) / "killed")
        strange = equal = struck = 0
        while struck < kills:
            run, moment = start(killed), random.uniform(0, whole)
            try:
                assert run.wait(timeout=moment) == 0  # it was faster than the first
                shutil.rmtree(killed)
                project(killed)
                continue
            except subprocess.TimeoutExpired:
                os.kill(run.pid, signal.SIGKILL)
                run.wait()
            now = hashes(killed)  # whatever is published already is whole
            strange += sum(wanted.get(path) != digest for path, digest in now.items())
            shutil.copytree(killed, Path(name) / "again", symlinks=True)
            assert start(Path(name) / "again").wait() == 0
            equal += hashes(Path(name) / "again") == wanted
            shutil.rmtree(Path(name) / "again")
            struck += 1
            print(f"    {struck}: killed after {moment:.1f} s, {len(now)} files were published", flush=True)
            if now == wanted:
                shutil.rmtree(killed)
                project(killed)
        line("seconds of a run left in peace", whole, unit="s")
        line("files published half or wrong after a kill", strange, "0", "files")
        line("runs afterwards with the same bytes", equal, str(kills), f"of {kills}")
        if strange or equal != kills:
            sys.exit(f"{ROOT.name}: bytes differ")


if __name__ == "__main__":
    main()

"""Sixty synthetic cities of 40 regions through the cluster engine: time by city, and the memory of the driver.

The cities are copies of the shipped study with 40 of its regions and moved illustrative values: they say nothing about
any place. A scheduler and two workers on this machine, each a process of its own as in a laboratory; one worker is
killed on the way. The driver is this process.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from _timing import head, line
from bench_batch import project

from smartcity_analysis.batch import Wish, review_studies
from smartcity_analysis.batch.cluster import cluster_engine
from smartcity_analysis.study import accept_sources, load_study

CITIES, REGIONS = 60, 40


def drop(folder, gone):
    """Take the rows of some regions out of every table of a study."""
    for path in [*folder.glob("*.csv"), *(folder / "illustrative").glob("*.csv")]:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in ("region", "code", "parent", "neighbour", "region_a", "region_b", "region_1", "region_2"):
            if column in table:
                table = table[~table[column].isin(gone)]
        table.to_csv(path, index=False, lineterminator="\n")


def cities(base, count):
    """Write the synthetic cities and return their names."""
    regions = load_study("kediri", root=base).table("regions")
    small = list(regions.loc[regions["level"] == "kelurahan", "code"])
    gone = set(small[REGIONS:])
    names = [f"synthetic_{number:02d}" for number in range(count)]
    for number, name in enumerate(names):
        folder = base / "data/raw" / name
        shutil.copytree(base / "data/raw/kediri", folder)
        drop(folder, gone)
        path = folder / "illustrative/indicators.csv"
        table = pd.read_csv(path, dtype={"region": str})
        rng = np.random.default_rng(number)
        table["value"] = (table["value"] * rng.uniform(0.95, 1.0, len(table))).round(4)
        table.to_csv(path, index=False, lineterminator="\n")
        accept_sources(name, root=base)
    return names


def driver_mib():
    """Memory that this process holds now, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(text.split()[1]) / 1024 for text in lines if text.startswith("VmRSS"))


@contextmanager
def cluster():
    """Start a scheduler and two workers; give its address and the processes of the workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    started = []

    def start(part, *words):
        words = [*words, "--host", "127.0.0.1", "--no-dashboard"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *words]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    try:
        start("scheduler", "--port", str(port))
        for _ in range(2):
            start("worker", address, "--nthreads", "1")
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def main(count=CITIES):
    from distributed import Client

    head(f"{count} synthetic cities of {REGIONS} regions, chapters only, two workers, one killed on the way")
    with tempfile.TemporaryDirectory() as name:
        base = project(Path(name) / "project")
        with ProcessPoolExecutor(1) as apart:  # so that the driver has seen none of them
            names = apart.submit(cities, base, count).result()
        ends, memory, start = [], [], time.perf_counter()
        with cluster() as (address, workers):
            with Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(len(workers))
            with cluster_engine(address) as engine:
                for run in review_studies(names, Wish(2024, sheets=()), root=base, engine=engine):
                    if not (run.ok and run.published):
                        sys.exit(f"{run.study}: {run.error or [o.cause for o in run.outcomes if o.cause]}")
                    ends.append(time.perf_counter() - start)
                    memory.append(driver_mib())
                    if len(ends) == count // 3:
                        for process in psutil.Process(workers[0].pid).children(recursive=True):
                            process.kill()  # the worker; what watches it starts another
        half = count // 2
        line("whole run", ends[-1], unit="s")
        line("a city, over the first half", ends[half - 1] / half, unit="s")
        line("a city, over the second half", (ends[-1] - ends[half - 1]) / (count - half), unit="s")
        line("growth of time with the number of cities (1 is linear)", ends[-1] / ends[half - 1] / 2, unit="x")
        for number in (10, half, count):
            line(f"memory of the driver after {number} cities", memory[number - 1], unit="MiB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Sixty synthetic cities of 40 regions through the cluster engine: time by city, and the memory of the driver.

The cities are copies of the shipped study with 40 of its regions and moved illustrative values: they say nothing about
any place. Two workers on this machine; one of them is killed on the way.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
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


def cities(base):
    """Write the synthetic cities and return their names."""
    regions = load_study("kediri", root=base).table("regions")
    small = list(regions.loc[regions["level"] == "kelurahan", "code"])
    gone = set(small[REGIONS:])
    names = [f"synthetic_{number:02d}" for number in range(CITIES)]
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


def main():
    from distributed import LocalCluster

    head(f"{CITIES} synthetic cities of {REGIONS} regions, chapters only, two workers, one killed on the way")
    with tempfile.TemporaryDirectory() as name:
        base = project(Path(name) / "project")
        names = cities(base)
        ends, memory, start = [], [], time.perf_counter()
        options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
        with LocalCluster(**options) as cluster, cluster_engine(cluster.scheduler_address) as engine:
            for run in review_studies(names, Wish(2024, sheets=()), root=base, engine=engine):
                if not (run.ok and run.published):
                    sys.exit(f"{run.study}: {run.error or [o.cause for o in run.outcomes if o.cause]}")
                ends.append(time.perf_counter() - start)
                memory.append(driver_mib())
                if len(ends) == CITIES // 3:
                    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        half = CITIES // 2
        line("whole run", ends[-1], unit="s")
        line("a city, over the first half", ends[half - 1] / half, unit="s")
        line("a city, over the second half", (ends[-1] - ends[half - 1]) / (CITIES - half), unit="s")
        line("growth of time with the number of cities (1 is linear)", ends[-1] / ends[half - 1] / 2, unit="x")
        line("memory of the driver after 10 cities", memory[9], unit="MiB")
        line(f"memory of the driver after {CITIES} cities", memory[-1], unit="MiB")


if __name__ == "__main__":
    main()

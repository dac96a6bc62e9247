"""The batch: forty briefs and whole reviews, against the usual commands, in one run on one machine.

Run it on a quiet machine: it takes some twenty minutes. Everything happens in a copy of the project.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
from _timing import head, line

from smartcity_analysis.batch import check_parameters
from smartcity_analysis.disk import find_root
from smartcity_analysis.study import load_study

ROOT = find_root(Path(__file__).parent)
BIN = Path(sys.executable).parent
REVIEW = [str(BIN / "smartcity"), "review", "kediri", "--year", "2024"]
GIVEN = {"study": "kediri", "review_year": 2024, "language": "id"}


def project(folder):
    """A copy of what a review reads."""
    for name in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def measured(command, cwd, **env):
    """Run a command; return wall and CPU seconds of it and its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    told = {**os.environ, "SMARTCITY_ROOT": str(cwd), **env}
    done = subprocess.run(command, cwd=cwd, env=told, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def papermill(base, name, out, **parameters):
    given = {**GIVEN, **parameters}
    words = [w for key, value in given.items() for w in ("-r" if isinstance(value, str) else "-p", key, str(value))]
    command = [str(BIN / "papermill"), f"notebooks/{name}.ipynb", str(out), "-k", "python3", *words]
    return measured([*command, "-p", "output", str(base)], base)[:2]


def added(pairs):
    return tuple(map(sum, zip(*pairs, strict=True)))


FLOOR = """
import sys, json, time, nbformat
start = time.perf_counter()
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in json.load(open(sys.argv[1])):
    shell.reset(new_session=False)
    for cell in source:
        result = shell.run_cell(cell, silent=False)
        result.raise_error()
print("seconds", time.perf_counter() - start)
"""


ALONE = """
import sys, json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from smartcity_analysis.batch import run_notebook
from smartcity_analysis.batch.engine import usable_slots
from smartcity_analysis.batch.kernels import open_kernels
base, opds, out = Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
with open_kernels(len(opds)) as kernels, ThreadPoolExecutor(usable_slots()) as pool:
    kernels.load(base, [("kediri", False)])
    def run(opd):
        watch = kernels.watch({"SMARTCITY_ROOT": str(base)}, base)
        given = {"study": "kediri", "review_year": 2024, "language": "id", "opd": opd, "output": str(base)}
        return run_notebook(base / "notebooks/opd_brief.ipynb", given, out / f"{opd}.ipynb", kernels=watch.manager).ok
    assert all(pool.map(run, opds))
"""


def alone_in_kernels(base, opds, folder):
    """The notebooks in forked kernels, saved, with no page made of them: what the papermill commands do."""
    (folder / "alone.py").write_text(ALONE)
    command = [sys.executable, str(folder / "alone.py"), str(base), json.dumps(opds), str(folder)]
    return measured(command, base)[:2]


def floor(base, opds, folder):
    """The cells of all briefs in one process, one after the other, with no kernel at all."""
    path = base / "notebooks/opd_brief.ipynb"
    book = nbformat.read(path, as_version=4)
    notebooks = []
    for opd in opds:
        given = check_parameters(path, {**GIVEN, "opd": opd, "output": str(base)})
        cells = []
        for cell in book.cells:
            if cell.cell_type == "code":
                cells.append(cell.source)
                if "parameters" in cell.metadata.get("tags", []):
                    cells.append("\n".join(f"{name} = {value!r}" for name, value in given.items()))
        notebooks.append(cells)
    (folder / "cells.json").write_text(json.dumps(notebooks))
    (folder / "floor.py").write_text(FLOOR)
    command = [sys.executable, str(folder / "floor.py"), str(folder / "cells.json")]
    return measured(command, base, MPLBACKEND="agg")[:2]


class Memory(threading.Thread):
    """Memory of this process's children, shared pages counted once, as the largest sum that was seen."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.going = 0.0, True

    def run(self):
        import psutil

        while self.going:
            total = 0.0
            for child in psutil.Process().children(recursive=True):
                try:
                    total += child.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total / 2**20)
            time.sleep(0.2)

    def stop(self):
        self.going = False
        self.join()
        return self.peak


def briefs(base, folder):
    head("40 briefs of agencies, two cores (wall and CPU of whole commands)")
    opds = list(load_study("kediri", root=base).table("opd")["code"])
    loop = added(papermill(base, "opd_brief", folder / "out.ipynb", opd=opd) for opd in opds)
    one = floor(base, opds, folder)
    alone = alone_in_kernels(base, opds, folder)
    own = measured([*REVIEW, "--only", "opd_brief", "--force"], base)[:2]
    rows = {
        "a loop of papermill commands": loop,
        "the cells in one process, no kernel": one,
        "ours, the notebooks alone": alone,
        "ours, smartcity review --only opd_brief: pages and PDF too": own,
    }
    for name, (wall, cpu) in rows.items():
        line(f"{name}: wall", wall, unit="s")
        line(f"{name}: CPU", cpu, unit="s")
    line("the loop over ours (notebooks alone), wall", loop[0] / alone[0], ">= 8")
    line("the loop over ours (notebooks alone), CPU", loop[1] / alone[1], ">= 8")
    line("the loop over ours (pages and PDF too), wall", loop[0] / own[0])
    line("the loop over ours (pages and PDF too), CPU", loop[1] / own[1])
    line("ours (notebooks alone) over the cells in one process, wall", alone[0] / one[0], "<= 1")
    return loop[0] / len(opds)


def whole(base, folder, one):
    head("The whole set of Kediri, both languages, pages, PDF, workbook, explorer and forms included")
    shutil.rmtree(base / ".smartcity", ignore_errors=True)
    memory = Memory()
    memory.start()
    own = added(measured([*REVIEW, "--language", language], base)[:2] for language in ("id", "en"))
    peak = memory.stop()
    line("ours, from nothing: wall", own[0], unit="s")
    line("ours, from nothing: CPU", own[1], unit="s")
    line("largest memory of all processes together", peak, "< 2048", "MiB")
    loop = usual(base, folder)
    line("papermill and nbconvert commands: wall, from a sample of each kind", loop[0], unit="s")
    line("papermill and nbconvert commands: CPU, from the same sample", loop[1], unit="s")
    line("the commands over ours, wall", loop[0] / own[0])
    line("the commands over ours, CPU", loop[1] / own[1])
    wall, _, said = measured(REVIEW, base)
    line("a second run: wall", wall, unit="s")
    line("a second run over one papermill command", wall / one, "< 0.1")
    print("  it says: " + said.splitlines()[0])


def usual(base, folder):
    """The usual commands: every chapter, and three sheets of each kind, scaled to their number, in two languages."""
    study = load_study("kediri", root=base)
    opds, regions = list(study.table("opd")["code"]), list(study.table("regions")["code"])
    chapters = sorted(path.stem for path in (base / "notebooks").glob("0*.ipynb"))
    kinds = [(1, [(name, {}) for name in chapters])]
    kinds += [(40 / 3, [("opd_brief", {"opd": opd}) for opd in opds[:3]])]
    kinds += [(50 / 3, [("region_profile", {"region": region}) for region in regions[:3]])]
    sums = [0.0, 0.0]
    for times, jobs in kinds:
        for name, parameters in jobs:
            out = folder / "out.ipynb"
            run = papermill(base, name, out, **parameters)
            page = measured([str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", str(out)], base)[:2]
            sums = [total + 2 * times * (a + b) for total, a, b in zip(sums, run, page, strict=True)]
    return sums


def one_answer(base):
    head("One answer of one agency changed")
    path = base / "data/raw/kediri/illustrative/survey_answers.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",COM1,4,", ",COM1,3,", 1), encoding="utf-8")
    subprocess.run([str(BIN / "smartcity"), "check", "kediri", "--accept"], cwd=base, check=True, capture_output=True,
                   env={**os.environ, "SMARTCITY_ROOT": str(base)})  # fmt: skip
    wall, cpu, said = measured(REVIEW, base)
    ran = re.findall(r"^  (\S+) +selesai", said, flags=re.MULTILINE)
    line("notebooks run again", len(ran), unit="of 98")
    line("wall", wall, unit="s")
    line("CPU", cpu, unit="s")
    print("  " + ", ".join(ran))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = project(folder / "project")
        measured([*REVIEW, "--chapters-only"], base)
        one = briefs(base, folder)
        whole(base, folder, one)
        one_answer(base)

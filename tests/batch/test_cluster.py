"""Notebooks sent to a cluster give the same bytes as here, whatever becomes of its workers."""

import os
import shutil
import signal
import time
from concurrent.futures import wait
from pathlib import Path

import nbformat
import pytest

from smartcity_analysis.batch import cluster as clusters
from smartcity_analysis.batch import local_engine
from smartcity_analysis.batch.cluster import ClusterError, cluster_engine, pack
from smartcity_analysis.batch.engine import Raw
from smartcity_analysis.batch.execute import Order
from smartcity_analysis.batch.views import View
from smartcity_analysis.cli import main

pytestmark = pytest.mark.xdist_group("cluster")
PARAMETERS = 'study: str = "jatim"  # study\nnumber: int = 0  # number\noutput: str = ""  # folder'
CELL = """
import time, pandas as pd
from smartcity_analysis.study import Store, load_study
store = Store.open(study, 2024, output=output)
people = load_study(study).table("regions")["code"]
time.sleep({seconds})
store.save_table("counted", pd.DataFrame({{"number": [number], "regions": [len(people)], "before": [{before}]}}))
"""


def order(number, seconds=0.0, tables=None):
    """A notebook that counts the regions of a study and reads a table if one is given."""
    before = "store.load_table('given')['x'].sum()" if tables else "0"
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(CELL.format(seconds=seconds, before=before))]
    source = nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()
    view = View(f"{number}.html", "Judul", "Kota", (("index.html", "Muka"),), ("Kaki",), "id")
    reads = {"jatim": {"regions": None, "opd": None}}
    return Order(f"n{number}", source, {"study": "jatim", "number": number}, reads, tables or {}, view)


TABLE = {"data/processed/jatim/2024/given.csv": b"x\n2\n3\n"}
ORDERS = [order(0), order(1, tables=TABLE), order(2)]


@pytest.fixture(scope="module")
def raw(tmp_path_factory, root):
    base = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "data/raw/jatim", base / "data/raw/jatim")
    return Raw(base, ("jatim",), False)


def published(result):
    """What a report takes of a result: everything but the executed notebook, which holds times."""
    assert result.ok, result.cause
    return {name: data for name, data in result.files.items() if name != "notebook.ipynb"}


@pytest.fixture(scope="module")
def here(raw):
    """The results of this machine."""
    with local_engine(3, workers=2) as engine:
        engine.prepare(raw)
        return [published(future.result()) for future in [engine.submit(one, raw) for one in ORDERS]]


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        silence_logs=50,
    ) as cluster:
        yield cluster


def test_the_result_holds_table_and_page(here):
    assert here[1]["data/processed/jatim/2024/counted.csv"] == b"number,regions,before\n1,39,5\n"
    assert set(here[1]) == {"data/processed/jatim/2024/counted.csv", "page.html", "page.pdf"}


def test_a_cluster_gives_the_same_bytes(cluster, raw, here):
    with cluster_engine(cluster.scheduler_address) as engine:
        assert engine.slots == 2
        engine.prepare(raw)
        found = [published(future.result(120)) for future in [engine.submit(one, raw) for one in ORDERS]]
        engine.release(raw)
    assert found == here


@pytest.mark.long
def test_a_worker_lost_in_mid_run_costs_nothing_but_time(cluster, raw, here):
    with cluster_engine(cluster.scheduler_address) as engine:
        engine.prepare(raw)
        slow = [order(number, seconds=3, tables=one.tables) for number, one in enumerate(ORDERS)]
        futures = [engine.submit(one, raw) for one in slow]
        wait(futures, timeout=2)
        victim = next(iter(cluster.workers.values()))
        os.kill(victim.pid, signal.SIGKILL)
        assert [published(future.result(120)) for future in futures] == here


def test_what_fails_on_a_worker_fails_here(cluster, raw):
    broken = order(7)
    source = broken.source.replace(b"import time, pandas", b"1 / 0; import time, pandas")
    with cluster_engine(cluster.scheduler_address) as engine:
        engine.prepare(raw)
        one = Order(broken.name, source, broken.parameters, broken.reads, {}, broken.view)
        result = engine.submit(one, raw).result(120)
    assert (result.cause, result.cell) == ("ZeroDivisionError: division by zero", 2)


def test_workers_with_another_version_are_refused(cluster, monkeypatch):
    monkeypatch.setattr(clusters, "library_hash", lambda: "0" * 64)
    unlike = r"tcp://127\.0\.0\.1:\d+ has smartcity_analysis \w{12} \(expected 0{12}\)"
    with pytest.raises(ClusterError, match=unlike), cluster_engine(cluster.scheduler_address):
        pass


def test_raw_files_are_packed_to_the_same_bytes(raw, tmp_path):
    other = Raw(Path(shutil.copytree(raw.root, tmp_path / "copy")), raw.studies, raw.only_real)
    for path in (other.root / "data/raw/jatim").iterdir():
        os.utime(path, (0, time.time()))
    assert pack(other) == pack(raw)
    (other.root / "data/raw/jatim/regions.csv").write_text("changed")
    assert pack(other) != pack(raw)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--scheduler tcp://HOST:8786"),
        (["--scheduler", "tcp://127.0.0.1:1"], "tcp://127.0.0.1:1: no scheduler answers"),
        (["--scheduler", "nonsense://x"], "nonsense://x: no scheduler answers"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_told(words, said, capsys, monkeypatch, root):
    monkeypatch.setenv("SMARTCITY_ROOT", str(root))
    monkeypatch.setattr(clusters, "WAIT_S", 2)
    status = main(["review", "kediri", "--year", "2024", "--force", "--engine", "dask", *words])
    assert status == 2 and said in capsys.readouterr().err

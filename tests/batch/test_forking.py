"""Forked kernels: the same outputs as ordinary ones, nothing leaks from run to run, and none outlives the batch."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from smartcity_analysis.batch.forking import ForkServer, can_fork
from smartcity_analysis.batch.kernels import Kernels, open_kernels
from smartcity_analysis.batch.notebook import run_notebook

pytestmark = [
    pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only"),
    pytest.mark.xdist_group("forking"),
]
PARAMETERS = 'study: str = "kediri"  # study\noutput: str = ""  # folder'


def notebook(path, *cells):
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    )
    book.cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    book.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(book, path)
    return path


def outputs(run):
    """What every cell of the notebook itself put out, without counts and times."""
    assert run.ok, run.cause
    return [
        [{k: v for k, v in o.items() if k in ("output_type", "data", "text", "name")} for o in c.outputs]
        for c in run.notebook.cells
        if c.cell_type == "code" and "injected-parameters" not in c.metadata.get("tags", [])
    ]


@pytest.fixture(scope="module")
def server():
    with ForkServer() as server:
        yield server


peaks = []


@pytest.fixture
def run(tmp_path, server):
    def go(*cells, forked=True, **options):
        path = notebook(tmp_path / "n.ipynb", *cells)
        watch = Kernels(server if forked else None).watch({"SMARTCITY_TEST": "given"}, tmp_path)
        done = run_notebook(path, {"output": str(tmp_path)}, tmp_path / "out.ipynb", kernels=watch.manager, **options)
        peaks.append(watch.peak_mib)
        return done

    return go


CELLS = (
    "import sys, os\nprint('to the page'); print('to the log', file=sys.stderr)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "fig, ax = plt.subplots(); ax.bar([0], [3]); fig",
    "from IPython.display import HTML, Markdown, display\ndisplay(Markdown('**x**')); HTML('<b>y</b>')",
    "%matplotlib --list",
    "import smartcity_analysis.study as s\ns.load_framework('spbe').name",
    "import matplotlib\nos.path.basename(os.getcwd()), matplotlib.get_backend(), os.environ['SMARTCITY_TEST']",
)


def test_a_forked_kernel_puts_out_what_an_ordinary_one_does(run):
    forked, ordinary = outputs(run(*CELLS)), outputs(run(*CELLS, forked=False))
    assert forked == ordinary
    assert any("image/png" in o.get("data", {}) for o in forked[3])  # plt.show() is not lost
    assert all(30 < peak < 2000 for peak in peaks[-2:])  # MiB


LEAVE = """
import builtins, os, random, sys
import matplotlib.pyplot as plt, numpy as np, pandas as pd
left = builtins.left_behind = 7
plt.plot([1, 2]); np.random.seed(3); random.seed(3); os.chdir('/'); os.environ['LEFT'] = '1'
pd.set_option('display.max_rows', 3); sys.modules['left_module'] = sys
import smartcity_analysis.study as study
study.PILLARS = ()
"""
LOOK = """
import builtins, os, sys
import matplotlib.pyplot as plt, pandas as pd, smartcity_analysis.study as study
found = [n for n in ('left', 'left_behind') if n in globals() or hasattr(builtins, n)]
print(found, plt.get_fignums(), os.getcwd() == '/', os.environ.get('LEFT'), pd.get_option('display.max_rows'),
      'left_module' in sys.modules, len(study.PILLARS))
"""
DRAW = "import random, numpy as np\nprint(np.random.random(), random.random())"


def test_nothing_leaks_from_one_run_into_the_next(run):
    outputs(run(LEAVE))
    assert outputs(run(LOOK))[1][0]["text"].split() == ["[]", "[]", "False", "None", "60", "False", "6"]


def test_every_run_draws_its_own_random_numbers(run):
    drawn = {outputs(run(DRAW))[1][0]["text"] for _ in range(3)}
    assert len(drawn) == 3


def test_parameters_reach_the_kernel_and_a_failure_is_told_with_its_cell(run):
    failed = run("1", "1 / 0")
    assert (failed.cell, failed.cause) == (3, "ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    "cell",
    ["import sys; sys.exit()", "import os; os._exit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
)
def test_a_kernel_that_ends_early_is_a_failure_of_its_notebook_alone(run, cell):
    assert not run(cell).ok
    assert run("2 + 2").ok


def test_a_cell_that_hangs_is_stopped(run, server):
    started = time.monotonic()
    failed = run("import time; time.sleep(60)", cell_timeout=2)
    assert "CellTimeoutError" in failed.cause and time.monotonic() - started < 20


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


BATCH = """
import os, time
from smartcity_analysis.batch.forking import ForkServer
server = ForkServer()
child = server.fork(["-f", "/nowhere/kernel.json"], "/", dict(os.environ, SMARTCITY_TEST="1"))
print(server.pid, flush=True)
time.sleep(60)
"""


def test_no_process_outlives_a_batch_that_was_killed():
    batch = subprocess.Popen([sys.executable, "-c", BATCH], stdout=subprocess.PIPE, text=True)
    server = int(batch.stdout.readline())
    assert alive(server)
    os.kill(batch.pid, signal.SIGKILL)
    batch.wait()
    batch.stdout.close()
    assert gone(server)


def test_kernels_end_with_the_preloaded_process():
    with ForkServer() as server:
        code = "import time; time.sleep(60)"
        pid = server.fork(["-f", "missing.json", f"--InteractiveShellApp.exec_lines={code}"], "/", dict(os.environ))
        os.kill(server.pid, signal.SIGKILL)
        assert gone(pid)
        assert server.poll(pid) == -signal.SIGKILL


def test_a_stopped_run_leaves_no_kernel(tmp_path, server):
    """Forked or ordinary, a kernel in the middle of a cell is ended."""
    path = notebook(tmp_path / "n.ipynb", "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)")
    for held in (server, None):
        kernels, out, told = Kernels(held), tmp_path / "out.ipynb", tmp_path / "pid"
        told.unlink(missing_ok=True)
        with ThreadPoolExecutor(1) as pool:
            watch = kernels.watch({}, tmp_path)
            future = pool.submit(run_notebook, path, {"output": ""}, out, kernels=watch.manager)
            end = time.monotonic() + 60
            while not (told.is_file() and told.read_text()) and time.monotonic() < end:
                time.sleep(0.05)
            kernels.stop()
            assert not future.result(timeout=30).ok
        assert gone(int(told.read_text()))


def test_a_study_that_was_loaded_is_there_in_every_kernel(run, server, root):
    """And a change of its files after that is seen."""
    server.load(root, [("kediri", False)])
    count = "from smartcity_analysis.study import folder\nprint(folder._read_study.cache_info().currsize)"
    assert int(outputs(run(count))[1][0]["text"]) >= 1


def test_a_single_notebook_is_not_worth_a_preloaded_process():
    with open_kernels(1) as kernels:
        assert not kernels.forked


def test_where_nothing_can_be_forked_ordinary_kernels_run(monkeypatch):
    monkeypatch.setattr("smartcity_analysis.batch.kernels.can_fork", lambda: False)
    with open_kernels(5) as kernels:
        assert not kernels.forked


def test_a_preloaded_process_that_does_not_start_is_done_without(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with open_kernels(5) as kernels:
        assert not kernels.forked

"""One notebook from order to result: a kernel that did not start is started once more, and no more than that."""

import nbformat
import pytest

from smartcity_analysis.batch import execute as executing
from smartcity_analysis.batch.kernels import Kernels
from smartcity_analysis.batch.notebook import NotebookRun
from smartcity_analysis.batch.views import View

VIEW = View("p.html", "p", "h", (("index.html", "i"),), ("f",), "id")
ORDER = executing.Order("n", nbformat.writes(nbformat.v4.new_notebook()).encode(), {}, {}, {}, VIEW)
DIED = NotebookRun("n", 1.0, None, None, "RuntimeError: Kernel died before replying to kernel_info")
FAILED = NotebookRun("n", 1.0, None, 3, "ZeroDivisionError: division by zero")
DONE = NotebookRun("n", 1.0, nbformat.v4.new_notebook())


@pytest.mark.parametrize(
    ("runs", "cause"),
    [
        ([DONE], ""),
        ([DIED, DONE], ""),
        ([DIED, DIED], DIED.cause),
        ([FAILED], FAILED.cause),
        ([DIED, FAILED], FAILED.cause),
    ],
)
def test_a_kernel_that_did_not_start_is_started_once_more(tmp_path, monkeypatch, runs, cause):
    waiting = list(runs)
    monkeypatch.setattr(executing, "run_notebook", lambda *_, **__: waiting.pop(0))
    result = executing.execute(ORDER, tmp_path, tmp_path / "scratch", Kernels())
    assert (result.cause, waiting, list((tmp_path / "scratch").iterdir())) == (cause, [], [])

"""One notebook from order to result: bytes in, bytes out, on this machine or another."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from ..disk import files_below, fill_folder, read_bytes, scratch_folder
from ..study.reading import READS
from .kernels import Kernels
from .notebook import NotebookRun, run_notebook
from .views import View, render

__all__ = ["NOTEBOOK", "Order", "Result", "execute"]

NOTEBOOK = "notebook.ipynb"  # the executed copy
SOURCE = "source.ipynb"
STARTS = 2  # a kernel that died before it took anything says nothing of the notebook: it is started once more
NOT_STARTED = "Kernel died before replying"


@dataclass(frozen=True, slots=True)
class Order:
    """Everything one notebook needs but for the raw files; small enough to be sent.

    Parameters
    ----------
    name : str
    source : bytes
        The notebook.
    parameters, reads : mapping
        As in :class:`smartcity_analysis.batch.plan.Job`.
    tables : mapping of str to bytes
        Processed tables it takes, by path.
    view : View
        The page to make of it.
    """

    name: str
    source: bytes
    parameters: Mapping[str, Any]
    reads: Mapping[str, Any]
    tables: Mapping[str, bytes]
    view: View


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an order: its files by path, or the cause of its failure and the cell.

    Parameters
    ----------
    files : mapping of str to bytes
        Tables, figures, executed notebook and page.
    seconds : float
    peak_mib : float, optional
        Largest memory of the kernel; None where the system does not say.
    timings : mapping of str to float
        Seconds by step: kernel, imports, cells, saving, rendering.
    cause : str
        Empty when all went well.
    cell : int, optional
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mib: float | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    cause: str = ""
    cell: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the notebook ran and its page was made."""
        return not self.cause


def execute(order: Order, root: Path, scratch: Path, kernels: Kernels) -> Result:
    """Run the notebook of `order` against the raw files below `root`, and make its page.

    Parameters
    ----------
    order : Order
    root : path
        The folder that holds ``data/raw``.
    scratch : path
        A folder for unfinished work.
    kernels : Kernels

    Returns
    -------
    Result
        Whatever goes wrong with this notebook, a full disk included, is a result and not an exception.
    """
    started = time.monotonic()
    try:
        with scratch_folder(scratch) as folder:
            fill_folder(folder, {SOURCE: order.source, **order.tables})
            environment = {"SMARTCITY_ROOT": str(root), READS: json.dumps(order.reads)}
            parameters = {**order.parameters, "output": str(folder)}
            for _ in range(STARTS):
                watch = kernels.watch(environment, folder)
                run = run_notebook(folder / SOURCE, parameters, folder / NOTEBOOK, kernels=watch.manager)
                if NOT_STARTED not in run.cause:
                    break
            if not run.ok:
                return Result(seconds=run.seconds, peak_mib=watch.peak_mib, cause=run.cause, cell=run.cell)
            return _finished(order, run, folder, watch.peak_mib, started)
    except (OSError, MemoryError) as error:
        return Result(seconds=time.monotonic() - started, cause=f"{type(error).__name__}: {error}")


def _finished(order: Order, run: NotebookRun, folder: Path, peak_mib: float | None, started: float) -> Result:
    rendering = time.monotonic()
    assert run.notebook is not None  # it ran to its end
    pages = render(order.view, run.notebook)
    timings = {**_steps(run), "rendering": time.monotonic() - rendering}
    written = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
    made = {name: read_bytes(path) for name, path in written.items() if name not in order.tables and name != SOURCE}
    return Result({**made, **pages}, time.monotonic() - started, peak_mib, timings)


def _steps(run: NotebookRun) -> dict[str, float]:
    """Return the seconds of a run by step; cells that only import are told apart from the others."""
    imports = cells = 0.0
    for cell in (run.notebook or nbformat.v4.new_notebook()).cells:
        seconds = float(cell.metadata.get("papermill", {}).get("duration") or 0)
        if cell.cell_type == "code" and cell.source.startswith(("from ", "import ")):
            imports += seconds
        else:
            cells += seconds
    rest = max(run.seconds - imports - cells - run.saving, 0.0)
    return {"kernel": rest, "imports": imports, "cells": cells, "saving": run.saving}

"""One notebook, run strictly by papermill.

Papermill warns about a misspelt parameter and runs with the default; here that is an error, before any kernel starts.
A kernel that died, or a ``sys.exit()`` in a cell, counts as a failure too.
"""

from __future__ import annotations

import ast
import asyncio
import io
import time
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import ensure_event_loop

from ..errors import Breach, DataError, nearest

__all__ = [
    "NotebookRun",
    "Parameter",
    "check_parameters",
    "notebook_parameters",
    "run_notebook",
]

TYPES: Mapping[str, type] = {"int": int, "float": float, "str": str, "bool": bool}
KERNEL = "python3"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter: name, type, default and the comment that explains it."""

    name: str
    type: type
    default: Any
    comment: str = ""


@dataclass(frozen=True, eq=False)
class NotebookRun:
    """What became of one run: `cell` (counted from 1, code cells only) and `cause` say where and why it failed.

    `saving` is the part of the seconds after the last cell.
    """

    name: str
    seconds: float
    notebook: nbformat.NotebookNode | None
    cell: int | None = None
    cause: str = ""
    saving: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every cell ran."""
        return not self.cause


def notebook_parameters(path: Path) -> dict[str, Parameter]:
    """Return the parameters a notebook declares, read from its tagged cell without running it.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    DataError
        Without exactly one cell tagged ``parameters``, or with one that holds anything but
        ``name: type = literal  # comment``.
    """
    cells = [c for c in _read(path).cells if c.cell_type == "code" and "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        key = "parameters_cell_twice" if cells else "parameters_cell_missing"
        raise DataError([Breach(key, file=path.name, found=str(len(cells)))])
    source = cells[0].source
    lines = source.splitlines()
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        row = error.lineno or 1
        found = lines[row - 1] if row <= len(lines) else ""
        raise DataError([Breach("parameter_form", file=path.name, row=row, found=found)]) from None
    comments = _comments(source)
    declared, breaches = {}, []
    for statement in statements:
        parameter = _parameter(statement, comments.get(statement.end_lineno or statement.lineno, ""))
        if parameter is None:
            found = lines[statement.lineno - 1]
            breaches.append(Breach("parameter_form", file=path.name, row=statement.lineno, found=found))
        else:
            declared[parameter.name] = parameter
    if breaches:
        raise DataError(breaches)
    return declared


def _comments(source: str) -> dict[int, str]:
    """Return the comment of each line; a number sign inside a text is none."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comment: str) -> Parameter | None:
    """Return the parameter that a statement declares; None when it is not ``name: type = literal`` of that type."""
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return None
    kind = TYPES.get(ast.unparse(statement.annotation))
    if kind is None or statement.value is None:
        return None
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        return None
    return Parameter(statement.target.id, kind, default, comment) if _fits(default, kind) else None


def _fits(value: Any, kind: type) -> bool:
    """Say whether `value` is of type `kind`; a whole number may stand for a float, a truth value for nothing else."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def check_parameters(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters of the notebook with `given` filled in.

    Parameters
    ----------
    path : path
        The file.
    given : mapping
        Values by name of the parameter.

    Raises
    ------
    DataError
        With every unknown name (and the nearest known one) and every value of the wrong type.
    """
    declared = notebook_parameters(path)
    breaches = []
    for name, value in given.items():
        if name not in declared:
            facts = {"known": ", ".join(declared), "hint": nearest(name, declared) or ""}
            breaches.append(Breach("parameter_unknown", file=path.name, column=name, found=name, facts=facts))
            continue
        kind = declared[name].type
        if not _fits(value, kind):
            found = f"{value!r} ({type(value).__name__})"
            facts = {"kind": kind.__name__}
            breaches.append(Breach("parameter_type", file=path.name, column=name, found=found, facts=facts))
    if breaches:
        raise DataError(breaches)
    return {name: given.get(name, p.default) for name, p in declared.items()}


def run_notebook(
    path: Path, parameters: Mapping[str, Any], out: Path, *, cell_timeout: int = 600, kernels: type | None = None
) -> NotebookRun:
    """Run one notebook and write the executed copy to `out`.

    Parameters
    ----------
    path, out : path
    parameters : mapping
        Checked with :func:`check_parameters` first.
    cell_timeout : int
        Seconds one cell may take.
    kernels : type, optional
        The class of kernel managers, such as one whose kernels are forked; ordinary kernels by default.

    Returns
    -------
    NotebookRun
        A failure of the notebook is a result, not an exception.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    checked = check_parameters(path, parameters)
    started = time.monotonic()
    cell, cause = None, ""
    chosen = {"kernel_manager_class": kernels} if kernels else {}
    try:
        papermill.execute_notebook(
            str(path), str(out), parameters=checked, kernel_name=KERNEL, language="python", progress_bar=False,
            log_output=False, request_save_on_cell_execute=False, autosave_cell_every=0,
            execution_timeout=cell_timeout, shutdown_kernel="immediate",
            extra_arguments=["--log-level=CRITICAL", "--HistoryManager.enabled=False"],
            **chosen,
        )  # fmt: skip
    except PapermillExecutionError as error:
        cell, cause = int(error.exec_count or 0), f"{error.ename}: {error.evalue}"
    except (DeadKernelError, CellTimeoutError, RuntimeError) as error:  # RuntimeError: the kernel did not start
        cause = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    finally:
        _close_loop()
    now = datetime.now(UTC)
    seconds = time.monotonic() - started
    notebook = nbformat.read(out, as_version=4) if out.is_file() else None
    if not cause:
        cell, cause = _unfinished(notebook)
    return NotebookRun(path.stem, seconds, notebook, _own_cell(cell), cause, _seconds_since_last_cell(notebook, now))


def _seconds_since_last_cell(notebook: nbformat.NotebookNode | None, now: datetime) -> float:
    """Return how long ago the last cell ended: what came after is shutting down and saving."""
    cells = notebook.cells if notebook else []
    ends = [cell.metadata["papermill"]["end_time"] for cell in cells if "papermill" in cell.metadata]
    last = max((end for end in ends if end), default=None)
    return max((now - datetime.fromisoformat(last).replace(tzinfo=UTC)).total_seconds(), 0.0) if last else 0.0


def _close_loop() -> None:
    """Close the event loop that running a notebook leaves behind in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        ensure_event_loop().close()


def _own_cell(cell: int | None) -> int | None:
    """Count without the cell that papermill injects, so that the reader finds the cell in the notebook."""
    return None if cell is None else max(cell - 1, 1)


def _unfinished(notebook: nbformat.NotebookNode | None) -> tuple[int | None, str]:
    """Find a code cell that never ran: the kernel died, or a cell called ``sys.exit()``."""
    if notebook is None:
        return None, "no output"
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    for number, cell in enumerate(code, start=1):
        if cell.execution_count is None:
            return number, "the cell never ran: the kernel stopped"
        for output in cell.outputs:
            if output.output_type == "error":
                return number, f"{output.ename}: {output.evalue}"
    return None, ""


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)

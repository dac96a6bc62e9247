"""The preloaded process: it has imported the library once, and forks one kernel a notebook.

Started by :mod:`.forking` as ``python -m smartcity_analysis.batch.preloaded``. It reads one JSON request a line on its
standard input and answers each with one line. It has one thread and no event loop, so that a fork is safe. When its
input ends, because whoever started it is gone, it and every kernel end with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["serve"]

# not matplotlib_inline's backend: it sets itself up at import, for the shell that is there then
_IMPORTED = (
    "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger", "tornado.platform.asyncio",
    "IPython.core.completer", "IPython.core.debugger",
    "..study", "..index", "..regions", "..masterplan", "..present.figures",
)  # fmt: skip
_PR_SET_PDEATHSIG = 1  # Linux: the signal a process gets when its parent ends


def serve() -> None:
    """Import what notebooks import, say so, and answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what an import prints must not reach the answers
    _preload()
    gc.collect()
    gc.freeze()  # pages that are shared with the children stay shared
    print(json.dumps({"ready": True}), file=answers)
    children: dict[int, int | None] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "fork":
            pid = os.fork()
            if pid == 0:
                answers.close()
                _become_kernel(request)
            children[pid] = None
            answer: dict[str, Any] = {"pid": pid}
        elif request["do"] == "load":
            answer = {"loaded": _load(Path(request["root"]), request["studies"])}
        else:
            answer = {"code": _poll(children, request["pid"])}
        print(json.dumps(answer), file=answers)
    for pid, code in children.items():
        if code is None and _poll(children, pid) is None:
            os.killpg(pid, signal.SIGKILL)


def _preload() -> None:
    import importlib

    for module in _IMPORTED:
        importlib.import_module(module, __package__)
    _practise()


def _practise() -> None:
    """Draw and write what notebooks draw and write, once: fonts, words and layouts are then read for all of them."""
    import pandas as pd

    from ..present import LANGUAGES, html_table, speak
    from ..present.figures import draw

    ranked = pd.DataFrame({"name": ["a", "b"], "score": [1.0, 2.0]}, index=["a", "b"])
    for code in LANGUAGES:
        draw("ranking", ranked, language=speak(code), source="-", xlabel="-")
        html_table(ranked, "peers", language=speak(code), labels={}, title="-")


def _load(root: Path, studies: Sequence[Sequence[Any]]) -> int:
    """Read studies, so that the children find them read; return how many could be."""
    from ..errors import SmartCityError
    from ..study import load_study

    loaded = 0
    for name, only_real in studies:
        with suppress(SmartCityError):  # the notebooks will say what is wrong
            load_study(name, root=root, only_real=only_real).framework  # noqa: B018  reads the tree too
            loaded += 1
    gc.collect()
    gc.freeze()
    return loaded


def _poll(children: dict[int, int | None], pid: int) -> int | None:
    """Return the exit status of a child, or None while it runs; the status stays known."""
    if children.get(pid) is None and pid in children:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            children[pid] = os.waitstatus_to_exitcode(status)
    return children.get(pid, -1)


def _become_kernel(request: dict[str, Any]) -> None:
    """Turn this forked child into a kernel as if it had just been started; never returns."""
    code = 1
    try:
        os.setsid()
        _end_with_parent()
        for descriptor, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
            nothing = os.open(os.devnull, flags)
            os.dup2(nothing, descriptor)
            os.close(nothing)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        _reseed()
        _launch(request["arguments"])
        code = 0
    finally:
        os._exit(code)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _reseed() -> None:
    """Give the child a random state of its own: a fork copies the parent's."""
    import random

    import numpy as np

    random.seed()
    np.random.seed(int.from_bytes(os.urandom(4), "little"))


def _launch(arguments: list[str]) -> None:
    import matplotlib
    from ipykernel.kernelapp import IPKernelApp

    # ipykernel names its backend in the environment, which matplotlib reads at import; here it was imported before
    matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    sys.argv = ["ipykernel_launcher", *arguments]
    IPKernelApp.launch_instance(argv=arguments)


if __name__ == "__main__":
    serve()

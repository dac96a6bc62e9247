"""Kernels forked from a process that has already imported the library: isolated, at a tenth of the cost.

Only where the system can fork safely (Linux). Elsewhere, or when the preloaded process does not start, ordinary kernels
run the notebooks, and the result is the same.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

__all__ = ["ForkProvisioner", "ForkServer", "can_fork"]

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # of a kernel's linear algebra
_READY_S = 120  # seconds the imports may take


def can_fork() -> bool:
    """Say whether kernels can be forked here."""
    return sys.platform == "linux"


class ForkServer:
    """A preloaded process that forks kernels on request; use it as a context manager.

    It imports while its caller does other things: the first request waits for it.

    Raises
    ------
    OSError
        When the process cannot be started; so does the first request when it ended before it was ready.
    """

    def __init__(self) -> None:
        environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
        command = [sys.executable, "-m", "smartcity_analysis.batch.preloaded"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        self._lock, self._is_ready = threading.Lock(), False
        self._timer = threading.Timer(_READY_S, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and every kernel that it still has."""
        self._timer.cancel()
        if self._process.stdin:
            with suppress(OSError):  # it may be gone
                self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def pid(self) -> int:
        """Process id of the preloaded process."""
        return self._process.pid

    def wait(self) -> None:
        """Wait until the process is ready."""
        with self._lock:
            if not self._is_ready:
                self._answer()  # says that it is
                self._is_ready = True
                self._timer.cancel()

    def fork(self, arguments: list[str], cwd: str, env: dict[str, str]) -> int:
        """Fork one kernel and return its process id."""
        return int(self._ask({"do": "fork", "arguments": arguments, "cwd": cwd, "env": env})["pid"])

    def poll(self, pid: int) -> int | None:
        """Return the exit status of a kernel, or None while it runs."""
        try:
            code: int | None = self._ask({"do": "poll", "pid": pid})["code"]
        except OSError:  # the preloaded process is gone, and its kernels with it
            return -signal.SIGKILL
        return code

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.wait()
        with self._lock:
            stream = self._process.stdin
            if stream is None or stream.closed:
                raise OSError("the preloaded process has ended")
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise OSError("the preloaded process has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def load(self, root: Path, studies: Iterable[tuple[str, bool]]) -> None:
        """Read studies (name and whether without illustrative values), so that every kernel forked later has them."""
        self._ask({"do": "load", "root": str(root), "studies": list(studies)})


class _Forked:
    """A forked kernel, with the part of ``subprocess.Popen`` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: ForkServer, pid: int):
        self.server, self.pid = server, pid

    def poll(self) -> int | None:
        return self.server.poll(self.pid)

    def wait(self) -> int | None:
        return self.poll()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Forks the kernel where a local provisioner would start it."""

    server: ForkServer

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork a kernel in place of running `cmd`, and return how to reach it."""
        arguments = cmd[cmd.index("-f") :]  # what follows the launcher: the connection file and further arguments
        cwd = str(options.get("cwd") or Path.cwd())
        pid = self.server.fork(arguments, cwd, dict(options.get("env") or os.environ))
        self.process = _Forked(self.server, pid)  # type: ignore[assignment]
        self.pid, self.pgid, self.cwd = pid, pid, cwd
        return self.connection_info

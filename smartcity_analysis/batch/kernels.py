"""How the kernels of a run are started: forked where that can be done, ordinary ones elsewhere; watched either way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from ..disk import read_text
from ..errors import DataError
from .forking import ONE_THREAD, ForkProvisioner, ForkServer, can_fork

__all__ = ["Kernels", "Watch", "open_kernels"]


class Kernels:
    """Starts kernels for a run and knows those that are alive.

    Parameters
    ----------
    server : ForkServer, optional
        The preloaded process; without one the kernels are ordinary.
    """

    def __init__(self, server: ForkServer | None = None):
        self._server = server
        self._alive: set[int] = set()

    @property
    def server(self) -> ForkServer | None:
        """The preloaded process, when it is ready; None when there is none or it did not start."""
        if self._server:
            try:
                self._server.wait()
            except OSError:
                self._server = None
        return self._server

    @property
    def forked(self) -> bool:
        """Whether kernels are forked."""
        return self.server is not None

    def load(self, root: Path, studies: Iterable[tuple[str, bool]]) -> None:
        """Let the preloaded process read studies (name and whether without illustrative values) once for all."""
        server = self.server
        if server:
            with suppress(OSError):  # it has ended; its kernels will say so
                server.load(root, studies)

    def watch(self, environment: Mapping[str, str], folder: Path) -> Watch:
        """Return what starts and watches one kernel, which works in `folder` with `environment` added to its own."""
        return Watch(self, environment, folder)

    def note(self, pid: int, alive: bool) -> None:
        """Note that a kernel was started, or has ended."""
        (self._alive.add if alive else self._alive.discard)(pid)

    def stop(self) -> None:
        """End every kernel at once."""
        for pid in list(self._alive):
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


class Watch:
    """One kernel to be: the class of its manager, and the memory it took.

    Parameters
    ----------
    peak_mib : float, optional
        Known when the kernel has ended, on Linux; a forked kernel counts what it shares with the others.
    """

    def __init__(self, kernels: Kernels, environment: Mapping[str, str], folder: Path):
        self.peak_mib: float | None = None
        self.manager = _manager(kernels, environment, folder, self)


def _manager(kernels: Kernels, environment: Mapping[str, str], folder: Path, watch: Watch) -> type[AsyncKernelManager]:
    class WatchedManager(AsyncKernelManager):
        """Starts a kernel with an environment and a working directory of its own."""

        async def _async_pre_start_kernel(self, **options: Any) -> Any:
            server = kernels.server
            if self.provisioner is None and server:
                self.kernel_id = self.kernel_id or options.pop("kernel_id", os.urandom(8).hex())
                provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
                provisioner.server = server
                self.provisioner = provisioner
            own = {**(options.pop("env", None) or os.environ), **dict.fromkeys(ONE_THREAD, "1"), **environment}
            return await super()._async_pre_start_kernel(**{**options, "env": own, "cwd": str(folder)})

        async def _async_post_start_kernel(self, **options: Any) -> None:
            await super()._async_post_start_kernel(**options)
            kernels.note(self._pid(), alive=True)

        async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
            pid = self._pid()
            watch.peak_mib = _peak_mib(pid)
            await super()._async_shutdown_kernel(now=now, restart=restart)
            kernels.note(pid, alive=False)

        def _pid(self) -> int:
            return int(getattr(self.provisioner, "pid", None) or 0)

    return WatchedManager


def _peak_mib(pid: int) -> float | None:
    """Return the largest memory of a living process in MiB; None where the system does not say."""
    try:
        lines = read_text(Path(f"/proc/{pid}/status")).splitlines()
    except DataError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)


@contextmanager
def open_kernels(notebooks: int) -> Iterator[Kernels]:
    """Give the kernels for a run of so many notebooks.

    Ordinary kernels are used where kernels cannot be forked, where the preloaded process does not start, and for a
    single notebook, for which it would not pay.
    """
    server = None
    if notebooks > 1 and can_fork():
        with suppress(OSError):
            server = ForkServer()
    kernels = Kernels(server)
    try:
        yield kernels
    finally:
        kernels.stop()
        if server:
            server.close()

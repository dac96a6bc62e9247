"""Notebooks sent to a dask.distributed cluster: bytes out, bytes back, no shared disk, the same result as here.

The raw files of a study travel once, under their content hash; a worker unpacks them into a folder of its own. A worker
that is lost costs the time of what it was doing: dask gives its orders to another.
"""

from __future__ import annotations

import atexit
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..disk import fill_folder, read_bytes, remove_folder, sha256
from ..errors import SmartCityError
from ..manifest import library_hash, library_versions, raw_files
from .engine import Raw
from .execute import Order, Result, execute
from .kernels import Kernels, open_kernels

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ClusterEngine", "ClusterError", "cluster_engine"]

RETRIES = 3  # of an order whose worker was lost
WAIT_S = 30  # for the scheduler to answer
_NAMED = "smartcity-raw-"


class ClusterError(SmartCityError):
    """The cluster cannot be used as it is."""


class ClusterEngine:
    """Runs orders on the workers of `client`.

    Parameters
    ----------
    client : distributed.Client

    Raises
    ------
    ClusterError
        Without a worker, or when one has another version of the package, of Python or of a library that counts.
    """

    name = "dask"

    def __init__(self, client: Client):
        self._client = client
        self._executor = client.get_executor(pure=False, retries=RETRIES)
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            address = client.scheduler_info()["address"]
            raise ClusterError(f"{address}: found no worker, expected one or more. Start them: dask worker {address}")
        self.slots = sum(worker["nthreads"] for worker in workers.values())
        self._check()
        self._sent: dict[Raw, Any] = {}

    def prepare(self, raw: Raw) -> None:
        """Send the raw files, once for all orders on them."""
        data = pack(raw)
        self._sent[raw] = self._client.submit(_arrived, data, key=f"{_NAMED}{sha256(data)}")

    def submit(self, order: Order, raw: Raw) -> Future[Result]:
        """Send an order."""
        future: Future[Result] = self._executor.submit(execute_here, order, self._sent[raw])
        return future

    def release(self, raw: Raw) -> None:
        """Let the cluster forget the raw files."""
        self._sent.pop(raw, None)

    def stop(self) -> None:
        """Take back everything that is not done."""
        self._executor.shutdown(wait=False)

    def _check(self) -> None:
        """Refuse workers that would compute something else."""
        own = signature()
        found = self._client.run(signature)
        wrong = [f"{address} has {_unlike(own, theirs)}" for address, theirs in found.items() if theirs != own]
        if wrong:
            remedy = "Install the same version of smartcity_analysis, with the same lock file, on every machine."
            raise ClusterError(f"Workers differ from this machine: {'; '.join(wrong)}. {remedy}")


def signature() -> dict[str, str]:
    """Return what must be the same everywhere for a result to be the same."""
    return {"smartcity_analysis": library_hash()[:12], **library_versions()}


def _unlike(own: dict[str, str], theirs: dict[str, str]) -> str:
    names = [name for name in own if own[name] != theirs.get(name)]
    return ", ".join(f"{name} {theirs.get(name)} (expected {own[name]})" for name in names)


@contextmanager
def cluster_engine(scheduler: str) -> Iterator[ClusterEngine]:
    """Give an engine on the cluster whose scheduler is at `scheduler`.

    Raises
    ------
    ClusterError
        When distributed is not installed, the scheduler does not answer, or the workers cannot be used.
    """
    if not scheduler:
        raise ClusterError("--engine dask: found no address, expected --scheduler tcp://HOST:8786.")
    try:
        from distributed import Client
    except ImportError:
        remedy = "pip install 'smartcity-analysis[cluster]'"
        raise ClusterError(f"--engine dask: distributed is not installed. Install it: {remedy}") from None
    try:
        client = Client(scheduler, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        cause = str(error).split("\n")[0]
        raise ClusterError(f"{scheduler}: no scheduler answers ({cause}). Start it: dask scheduler") from None
    with client:
        engine = ClusterEngine(client)
        try:
            yield engine
        finally:
            engine.stop()


# --- raw files on their way ------------------------------------------------------------------------------------------


def pack(raw: Raw) -> bytes:
    """Return the raw files of a review as one archive: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in raw_files(raw.root, raw.studies):
            archive.writestr(zipfile.ZipInfo(path.relative_to(raw.root).as_posix()), read_bytes(path))
        studies = json.dumps([raw.studies, raw.only_real])
        archive.writestr(zipfile.ZipInfo("studies.json"), studies)
    return buffer.getvalue()


def _arrived(data: bytes) -> bytes:
    """Return `data`: a task that dask can repeat elsewhere when the worker that holds its result is lost."""
    return data


# --- on the worker ---------------------------------------------------------------------------------------------------


def execute_here(order: Order, data: bytes) -> Result:
    """Run an order on this worker, in kernels that are forked here where that can be done."""
    kernels, parent = _own_kernels()
    digest = sha256(data)
    return execute(order, _unpacked(digest, data, kernels, parent), parent / "tmp", kernels)


@cache
def _own_kernels() -> tuple[Kernels, Path]:
    """Open the kernels of this worker process and a folder for its files, for as long as it lives."""
    stack = ExitStack()
    folder = Path(tempfile.mkdtemp(prefix="smartcity-worker-"))
    stack.callback(remove_folder, folder)
    kernels = stack.enter_context(open_kernels(2))
    atexit.register(stack.close)
    return kernels, folder


_ROOTS: dict[str, Path] = {}
_UNPACKING = Lock()
KEPT = 16  # raw folders that a worker keeps


def _unpacked(digest: str, data: bytes, kernels: Kernels, parent: Path) -> Path:
    """Return the folder that holds these raw files, unpacked on first use."""
    with _UNPACKING:
        if digest not in _ROOTS:
            root = Path(tempfile.mkdtemp(prefix="raw-", dir=parent))
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                files = {info.filename: archive.read(info) for info in archive.infolist()}
            studies, only_real = json.loads(files.pop("studies.json"))
            fill_folder(root, files)
            kernels.load(root, [(name, kind) for kind in {only_real, True} for name in studies])
            _ROOTS[digest] = root
            for old in list(_ROOTS)[:-KEPT]:
                remove_folder(_ROOTS.pop(old))
        return _ROOTS[digest]

"""The processes of one demo: started in a sandbox, waited for, and none of them left behind."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psutil

from multicloud_lab.errors import DeadlineError, MulticloudLabError

MARK = "MULTICLOUD_LAB_DEMO"
"""Environment variable that every process of one demo carries, with the demo's random mark."""

_TICK = 0.05  # seconds between two looks at something that is waited for


class Stopped(MulticloudLabError):  # noqa: N818 - it is a request, not a fault
    """The demo was asked to stop while it was waiting."""

    code = "stopped"


class ProcessFailedError(MulticloudLabError):
    """A process of the demo ended when it should not have."""

    code = "process-failed"


class Processes:
    """Processes that share a sandbox and a mark, and end together.

    Everything that waits does so in short steps, so that :meth:`interrupt`, which a signal
    handler may call, ends any of it with :class:`Stopped`.

    Parameters
    ----------
    state_dir : Path
        Where all of their files go: logs, caches, settings, temporary files.
    """

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.mark = secrets.token_hex(8)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = False
        for name in ("logs", "tmp"):
            (state_dir / name).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def sandbox(self) -> dict[str, str]:
        """The environment that keeps a process, and what it starts, inside the state directory."""
        files = {
            "TMPDIR": "tmp",
            "DASK_CONFIG": "config/dask",
            "INTAKE_CONF_DIR": "config/intake",
            "MPLCONFIGDIR": "config/matplotlib",
            "XDG_CACHE_HOME": "cache",
        }
        return {
            MARK: self.mark,
            "AWS_EC2_METADATA_DISABLED": "true",
            "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
            "OMP_NUM_THREADS": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            **{name: str(self.state_dir / path) for name, path in files.items()},
        }

    @property
    def pids(self) -> list[int]:
        """The processes that were started here and still run."""
        return [process.pid for process in self._running.values() if process.poll() is None]

    def log(self, name: str) -> Path:
        """Give the file that holds what a process wrote."""
        return self.state_dir / "logs" / f"{name}.log"

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own, so that Ctrl-C reaches only the demo.

        Parameters
        ----------
        name : str
            For the log and for messages.
        command : sequence of str
        environment : mapping, optional
            What it needs beyond this process' environment and the sandbox.
        """
        self.check()
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                list(command),
                env={**os.environ, **self.sandbox, **(environment or {})},
                cwd=self.state_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def start_module(
        self, name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a module with this interpreter."""
        return self.start(name, [sys.executable, "-m", module, *arguments], environment)

    def interrupt(self) -> None:
        """End whatever waits here, now or later, with :class:`Stopped`."""
        self._stopped = True

    def check(self) -> None:
        """Raise :class:`Stopped` when the demo was asked to stop."""
        if self._stopped:
            raise Stopped("The demo was asked to stop.")

    def pause(self) -> None:
        """Wait a moment, unless the demo was asked to stop."""
        self.check()
        time.sleep(_TICK)
        self.check()

    def wait_until(self, name: str, ready: Callable[[], bool], timeout: float = 60) -> None:
        """Wait until a process that goes on running is ready.

        Parameters
        ----------
        name : str
            The process; its end is the end of the wait.
        ready : callable
        timeout : float
            In seconds.

        Raises
        ------
        ProcessFailedError, DeadlineError, Stopped
        """
        deadline = time.monotonic() + timeout
        while not ready():
            if self._running[name].poll() is not None:
                raise self._failed(name)
            if time.monotonic() > deadline:
                raise DeadlineError(
                    f"{name} was not ready within {timeout:.0f} s; see {self.log(name)}."
                )
            self.pause()

    def wait_for_end(self, name: str, timeout: float = 600) -> int:
        """Wait until a process has done its work, and give its exit status."""
        deadline = time.monotonic() + timeout
        while (status := self._running[name].poll()) is None:
            if time.monotonic() > deadline:
                raise DeadlineError(f"{name} took more than {timeout:.0f} s; see {self.log(name)}.")
            self.pause()
        return status

    def wait_for_success(self, name: str, timeout: float = 600) -> None:
        """Wait until a process has done its work well."""
        if self.wait_for_end(name, timeout) != 0:
            raise self._failed(name)

    def _failed(self, name: str) -> ProcessFailedError:
        lines = self.log(name).read_text(errors="replace").strip().splitlines() or ["no output"]
        status = self._running[name].returncode
        return ProcessFailedError(
            f"{name} ended with status {status}: {lines[-1].strip()} (all of it: {self.log(name)})"
        )

    def stop(self, timeout: float = 15) -> None:
        """End every process: the last started is asked first, the deaf are killed, then a sweep.

        Parameters
        ----------
        timeout : float
            Seconds for all of them to end by themselves.
        """
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + timeout
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        sweep(self.mark)


def marked(mark: str) -> list[psutil.Process]:
    """Find every process of a demo, also those whose parents are gone.

    Workers of a gateway run in sessions of their own and outlive it when it is killed; the
    environment they were started with is what still tells whose they are.
    """
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.pid != os.getpid() and process.environ().get(MARK) == mark
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or somebody else's
        if mine:
            found.append(process)
    return found


def sweep(mark: str, rounds: int = 10) -> None:
    """Kill what carries a mark until a look round finds nothing."""
    for _ in range(rounds):
        left = marked(mark)
        if not left:
            return
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(left, timeout=2)


def free_ports(count: int) -> list[int]:
    """Find ports of this machine that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def answers(url: str, status: int = 200) -> bool:
    """Say whether an HTTP server answers a GET with a status, within a second."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

"""The processes of one demo: started in a sandbox, waited for, and none of them left behind."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from multicloud_lab.demo.marks import MARK, sweep
from multicloud_lab.errors import DeadlineError, MulticloudLabError

_TICK = 0.05  # seconds between two looks at something that is waited for
_FIRST_PORT, _LAST_PORT = 20_000, 32_767
_turn = count(secrets.randbelow(_LAST_PORT - _FIRST_PORT))
_reserved: list[socket.socket] = []


class Stopped(MulticloudLabError):  # noqa: N818 - it is a request, not a fault
    """The demo was asked to stop while it was waiting."""

    code = "stopped"


class ProcessFailedError(MulticloudLabError):
    """A process of the demo ended when it should not have."""

    code = "process-failed"


class Processes:
    """Processes that share a sandbox and a mark, and end together.

    Everything that waits does so in short steps, and ends with :class:`Stopped` once that is
    asked for: a signal handler need do no more than set an event.

    Parameters
    ----------
    state_dir : Path, optional
        Where all of their files go: logs, caches, settings, temporary files. Without one, a
        directory that goes away at the end.
    stop_asked : threading.Event, optional
        Set when all that waits here is to end.

    Attributes
    ----------
    state_dir : Path
    mark : str
        Random; see :mod:`multicloud_lab.demo.marks`.
    hosts : list of str
        Addresses that are reached without any proxy.
    """

    def __init__(
        self, state_dir: Path | None = None, stop_asked: threading.Event | None = None
    ) -> None:
        self.mark = secrets.token_hex(8)
        self._temporary = state_dir is None
        self.state_dir = state_dir or Path(tempfile.mkdtemp(prefix="multicloud-lab-"))
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stop_asked = stop_asked or threading.Event()
        self.hosts = ["127.0.0.1", "localhost"]
        for name in ("logs", "tmp"):
            (self.state_dir / name).mkdir(parents=True, exist_ok=True)
        self._keeper = self._start_keeper()

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        temporary = [str(self.state_dir)] if self._temporary else []
        return subprocess.Popen(
            [sys.executable, "-m", "multicloud_lab.demo.keeper", self.mark, *temporary],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

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
            "npm_config_cache": "cache/npm",  # JupyterLab's extensions may ask npm where it is
        }
        return {
            MARK: self.mark,
            "AWS_EC2_METADATA_DISABLED": "true",
            "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
            "OMP_NUM_THREADS": "1",
            "NO_PROXY": ",".join(self.hosts),
            "no_proxy": ",".join(self.hosts),
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
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        inside: Sequence[str] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own, so that Ctrl-C reaches only the demo.

        Parameters
        ----------
        name : str
            For the log and for messages.
        command : sequence of str
        environment : mapping, optional
            What it needs beyond this process' environment and the sandbox.
        inside : sequence of str
            The command that runs it, as of a :class:`~multicloud_lab.demo.ground.Ground`.
        """
        self.check()
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                [*inside, *command],
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
        self,
        name: str,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        inside: Sequence[str] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a module with this interpreter."""
        command = [sys.executable, "-m", module, *arguments]
        return self.start(name, command, environment, inside=inside)

    def check(self) -> None:
        """Raise :class:`Stopped` when the demo was asked to stop."""
        if self._stop_asked.is_set():
            raise Stopped("The demo was asked to stop.")

    def pause(self) -> None:
        """Wait a moment, unless the demo was asked to stop."""
        self.check()
        time.sleep(_TICK)
        self.check()

    def wait_until(self, name: str, ready: Callable[[], bool], timeout: float = 120) -> None:
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
        self._keeper.communicate()
        if self._temporary:
            shutil.rmtree(self.state_dir, ignore_errors=True)


def free_ports(number: int) -> list[int]:
    """Find ports of this machine that nobody listens on.

    They are none of those that a system gives to whoever asks for any port, or opens a connection:
    nobody gets them by chance before they are listened on, or while what listens there is started
    again. Nor are they given twice by one process or, on Linux, by two at once.

    Parameters
    ----------
    number : int

    Returns
    -------
    list of int

    Raises
    ------
    OSError
        There are none.
    """
    found: list[int] = []
    for _ in range(_LAST_PORT - _FIRST_PORT):
        if len(found) == number:
            return found
        port = _FIRST_PORT + next(_turn) % (_LAST_PORT - _FIRST_PORT)
        with suppress(OSError):
            reserve_port(port)
            found.append(port)
    raise OSError(f"No port from {_FIRST_PORT} to {_LAST_PORT} is free on this machine.")


def reserve_port(port: int, *, closing: bool = False) -> None:
    """Reserve a port that nobody has: no process is given it as a free one while this one lives.

    It can be listened on: servers say that they share a port with what does not listen.

    Parameters
    ----------
    port : int
    closing : bool
        Whether connections of who had it before may still be closing, which is no hindrance to a
        server; nor is then a reservation of somebody else.

    Raises
    ------
    OSError
        Somebody has it.
    """
    reservation = socket.socket()
    try:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, closing)
        reservation.bind(("127.0.0.1", port))
    except OSError:
        reservation.close()
        raise
    if sys.platform == "linux":
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _reserved.append(reservation)
    else:  # where nobody listens on a port that is bound
        reservation.close()


def answers(url: str, status: int = 200) -> bool:
    """Say whether an HTTP server answers a GET with a status, within some seconds."""
    parts = urlsplit(url)
    # On a busy machine even what is well may take longer than a second.
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

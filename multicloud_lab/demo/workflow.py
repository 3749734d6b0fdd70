"""Running the workflow's notebook as a person would: signed in, in a kernel of the demo's server.

Run as ``python -m multicloud_lab.demo.workflow DEMO_JSON RUNTIME_DIR OUTPUT``.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from multicloud_lab.demo.notebook import workflow
from multicloud_lab.endpoints import PREFIX
from multicloud_lab.errors import MulticloudLabError

_REQUEST_TIMEOUT = 60.0  # seconds
_CELL_TIMEOUT = 900  # seconds
_SILENCE = 15.0  # seconds without a heartbeat after which a kernel counts as dead


class WorkflowFailedError(MulticloudLabError):
    """The workflow did not get to its end."""

    code = "workflow-failed"


@dataclass(frozen=True, slots=True)
class Server:
    """The demo's Jupyter server, as an HTTP client sees it."""

    url: str
    token: str = field(repr=False)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request, and give the JSON that comes back.

        Raises
        ------
        WorkflowFailedError
            The server says no, or nothing.
        """
        request = urllib.request.Request(  # noqa: S310 - the demo's own server
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_REQUEST_TIMEOUT) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise WorkflowFailedError(f"{method} {path}: {_reason(error)}") from error
        except (OSError, http.client.HTTPException) as error:
            raise WorkflowFailedError(f"{method} {path}: {error}") from error


def _reason(error: urllib.error.HTTPError) -> str:
    """Give the server's own words for what went wrong, if it has some."""
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"


class ServerKernel:
    """A kernel that the demo's server starts, so that it has what that server's kernels have.

    Stands where nbclient expects a kernel manager.

    Parameters
    ----------
    server : Server
    runtime_dir : Path
        Where that server writes its kernels' connection files.
    """

    def __init__(self, server: Server, runtime_dir: Path) -> None:
        self._server = server
        self._runtime_dir = runtime_dir
        self._id: str | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether it was started."""
        return self._id is not None

    async def start_kernel(self, **_: Any) -> None:
        """Have the server start it."""
        model = await asyncio.to_thread(
            self._server.ask, "POST", "api/kernels", {"name": "python3"}
        )
        self._id = model["id"]

    def client(self) -> AsyncKernelClient:
        """Connect to it as the server does."""
        client = AsyncKernelClient()
        client.load_connection_file(str(self._runtime_dir / f"kernel-{self._id}.json"))
        client.hb_channel.time_to_dead = _SILENCE
        return client

    async def is_alive(self) -> bool:
        """Say whether the server has it still."""
        return self.has_kernel

    async def interrupt_kernel(self) -> None:
        """Interrupt what runs in it."""
        await asyncio.to_thread(self._server.ask, "POST", f"api/kernels/{self._id}/interrupt", {})

    async def shutdown_kernel(self, **_: Any) -> None:
        """Have the server end it; a server that is gone took it along."""
        kernel, self._id = self._id, None
        with suppress(WorkflowFailedError):
            await asyncio.to_thread(self._server.ask, "DELETE", f"api/kernels/{kernel}")

    async def cleanup_resources(self) -> None:
        """Keep nothing: the connection file is the server's."""


def sign_in(server: Server, gateways: list[dict[str, str]]) -> None:
    """Sign in to every gateway of the demo, as the panel does."""
    for gateway in gateways:
        server.ask(
            "POST",
            f"{PREFIX}/gateways/{gateway['name']}/session",
            {"username": gateway["username"], "password": gateway["password"]},
        )


def execute(server: Server, runtime_dir: Path, output: Path) -> None:
    """Run the notebook and write it with what it put out, also when a cell fails.

    Raises
    ------
    WorkflowFailedError
        Names the cell and its error.
    """
    notebook = nbformat.from_dict(workflow())  # type: ignore[no-untyped-call]
    kernel: Any = ServerKernel(server, runtime_dir)
    client = NotebookClient(notebook, km=kernel, timeout=_CELL_TIMEOUT)
    client.owns_km = True  # it ends the kernel
    try:
        client.execute()
    except CellExecutionError as error:
        raise WorkflowFailedError(
            f"Code cell {client.code_cells_executed} of the workflow failed: "
            f"{error.ename}: {error.evalue}"
        ) from error
    except (CellTimeoutError, RuntimeError) as error:  # the kernel died, or did not start
        raise WorkflowFailedError(f"The workflow failed: {error}") from error
    finally:
        nbformat.write(notebook, output)  # type: ignore[no-untyped-call]


def main(arguments: list[str]) -> int:
    """Sign in, run, and give the exit status."""
    demo, runtime_dir, output = map(Path, arguments)
    where = json.loads(demo.read_text())
    server = Server(where["jupyter"]["url"], where["jupyter"]["token"])
    try:
        sign_in(server, where["gateways"])
        execute(server, runtime_dir, output)
    except MulticloudLabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

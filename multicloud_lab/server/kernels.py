"""How a kernel proves that it belongs to this server: a secret and a socket that it inherits."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_unix_socket
from tornado.web import Application

SECRET_VARIABLE = "MULTICLOUD_LAB_SECRET"  # noqa: S105 - the name of a variable
URL_VARIABLE = "MULTICLOUD_LAB_URL"

# macOS has room for 103 bytes in the address of a socket, Linux for 107.
_LONGEST_SOCKET = 100


class KernelDoor:
    """The way in for kernels of this server, and for nobody else.

    A token does not tell a kernel from a browser, and some servers have none (a password, a unix
    socket). The environment of the server's process does: only its kernels inherit it.

    Parameters
    ----------
    runtime_dir : str
        Jupyter's, where the socket goes if its path is short enough for one.
    """

    def __init__(self, runtime_dir: str) -> None:
        self._secret = secrets.token_urlsafe(32)
        self._runtime_dir = runtime_dir
        self._server: HTTPServer | None = None
        self._socket: Path | None = None
        self._own_directory: Path | None = None
        self._environment: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"KernelDoor({str(self._socket)!r})"

    def admits(self, request: HTTPServerRequest) -> bool:
        """Say whether a request is from a kernel of this server."""
        # Late: the table of the API brings pydantic along, which no server's start need wait for.
        from multicloud_lab.endpoints import SECRET_HEADER

        given = request.headers.get(SECRET_HEADER, "")
        return secrets.compare_digest(given.encode(), self._secret.encode())

    def open(self, application: Application, base_url: str, server_url: str) -> None:
        """Listen on an own socket, and tell the kernels that start from now on.

        Parameters
        ----------
        application : Application
            Of the Jupyter server, on whose event loop this is called.
        base_url : str
            Of the Jupyter server, as in URLs.
        server_url : str
            Where the Jupyter server itself listens: what kernels are told when every place for a
            socket has too long a path. The secret opens that door too.
        """
        url = server_url
        self._socket = self._place()
        # JupyterHub may interrupt a server, which then ends without closing its extensions.
        atexit.register(self._remove)
        if self._socket is not None:
            # Server and directory are the user's only; so is the socket in it.
            self._server = HTTPServer(application)
            self._server.add_socket(bind_unix_socket(str(self._socket), mode=0o600))
            url = f"http+unix://{quote(str(self._socket), safe='')}{base_url}"
        self._environment = {SECRET_VARIABLE: self._secret, URL_VARIABLE: url}
        os.environ.update(self._environment)

    async def close(self) -> None:
        """Stop listening and leave nothing behind."""
        for name, value in self._environment.items():
            if os.environ.get(name) == value:
                del os.environ[name]
        if self._server is not None:
            self._server.stop()
            await self._server.close_all_connections()
        self._remove()
        atexit.unregister(self._remove)

    def _remove(self) -> None:
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)
        if self._own_directory is not None:
            shutil.rmtree(self._own_directory, ignore_errors=True)

    def _place(self) -> Path | None:
        """Choose a path for the socket; two servers of one process do not share it."""
        name = f"multicloud-lab-{os.getpid()}-{secrets.token_hex(3)}.sock"
        path = Path(self._runtime_dir) / name
        if _fits(path) and path.parent.is_dir():
            return path
        if not _fits(Path(tempfile.gettempdir()) / "multicloud-lab-12345678" / "kernels.sock"):
            return None
        self._own_directory = Path(tempfile.mkdtemp(prefix="multicloud-lab-"))
        return self._own_directory / "kernels.sock"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= _LONGEST_SOCKET

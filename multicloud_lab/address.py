"""Where the Jupyter server of this kernel is, and what opens its door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from multicloud_lab.endpoints import SECRET_HEADER
from multicloud_lab.errors import ServerNotFoundError

WAY_OUT = "Start this kernel in JupyterLab, or use Lab.from_config()."


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a Jupyter server is, and what opens its door.

    Parameters
    ----------
    url : str
        With the base URL of the server; its host is of no matter if there is a socket.
    headers : mapping of str
        That authenticate a request.
    socket : str, optional
        Path of a unix socket to connect to.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    socket: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Find the server that started this kernel.

        Its own socket and secret are tried first, then what JupyterHub says, then the file that
        the server leaves for its children.

        Raises
        ------
        ServerNotFoundError
            None is to be found, with the way out.
        """
        found = (
            cls._from_extension(environment)
            or cls._from_hub(environment)
            or cls._from_parent(environment)
        )
        if found is None:
            raise ServerNotFoundError(f"No Jupyter server can be found from here. {WAY_OUT}")
        return found

    @classmethod
    def _from_extension(cls, environment: Mapping[str, str]) -> Self | None:
        url = environment.get("MULTICLOUD_LAB_URL")
        secret = environment.get("MULTICLOUD_LAB_SECRET")
        if not url or not secret:
            return None
        headers = {SECRET_HEADER: secret}
        if urlsplit(url).scheme != "http+unix":
            return cls(url, headers)
        socket = unquote(urlsplit(url).netloc)
        # The server that told it may be gone, and this process may belong to another.
        return cls(_local(urlsplit(url).path), headers, socket) if Path(socket).exists() else None

    @classmethod
    def _from_hub(cls, environment: Mapping[str, str]) -> Self | None:
        url = environment.get("JUPYTERHUB_SERVICE_URL")
        token = environment.get("JUPYTERHUB_API_TOKEN")
        return cls(url, _bearer(token)) if url and token else None

    @classmethod
    def _from_parent(cls, environment: Mapping[str, str]) -> Self | None:
        pid = environment.get("JPY_PARENT_PID", "")
        if not pid.isdigit():
            return None
        from jupyter_core.paths import jupyter_runtime_dir

        try:
            text = (Path(jupyter_runtime_dir()) / f"jpserver-{pid}.json").read_text()
            server = json.loads(text)
            if not server.get("token"):
                return None  # it has a password, which is nobody's to know
            headers = _bearer(server["token"])
            if server.get("sock"):
                return cls(_local(server["base_url"]), headers, server["sock"])
            return cls(server["url"], headers)
        except (OSError, ValueError, KeyError, AttributeError):
            return None


def _local(path: str) -> str:
    """Give the URL of a path behind a unix socket; Jupyter takes only hosts that are local."""
    return f"http://127.0.0.1{path}"


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"token {token}"}

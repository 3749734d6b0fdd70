"""The demo's JupyterLab: set up for the clouds, and kept inside the state directory."""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multicloud_lab.demo.processes import Processes, answers, free_ports, reserve_port
from multicloud_lab.errors import PortBusyError

_NAME = "jupyterlab"
_USUAL_PORTS = range(8888, 8938)


@dataclass(frozen=True, slots=True)
class DemoJupyter:
    """A JupyterLab that runs.

    Parameters
    ----------
    url : str
        Of the server, with a slash at its end.
    token : str
        What it asks for.
    runtime_dir : Path
        Where its kernels' connection files are.
    """

    url: str
    token: str = field(repr=False)
    runtime_dir: Path

    @property
    def address(self) -> str:
        """What a person opens: JupyterLab, the token included."""
        return f"{self.url}lab?token={self.token}"


def choose_port(asked: int | None) -> int:
    """Choose the port of JupyterLab, and reserve it: what else starts first must not take it.

    Parameters
    ----------
    asked : int, optional
        The only one that will do; 0 stands for any. Without it, Jupyter's usual ones come first.

    Raises
    ------
    PortBusyError
        Somebody listens on the port that was asked for, or it cannot be had.
    """
    if asked:
        try:
            reserve_port(asked, closing=True)
        except OSError as error:
            raise PortBusyError(
                f"Port {asked} is in use; choose another with --port, or leave --port out."
            ) from error
        return asked
    for port in () if asked == 0 else _USUAL_PORTS:
        with suppress(OSError):
            reserve_port(port)
            return port
    return free_ports(1)[0]


def start_jupyter(
    processes: Processes, port: int, lab: dict[str, Any], *, restart_kernels: bool = True
) -> DemoJupyter:
    """Start JupyterLab and wait until it answers.

    Parameters
    ----------
    processes : Processes
    port : int
    lab : dict
        The values of the ``MulticloudLab`` configuration.
    restart_kernels : bool
        Whether a kernel that dies is started again, as people expect; a notebook that runs by
        itself would never hear of it.
    """
    state = processes.state_dir
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(16)
    directories = {
        "JUPYTER_CONFIG_DIR": state / "config" / "jupyter",
        "JUPYTER_DATA_DIR": state / "data" / "jupyter",
        "JUPYTER_RUNTIME_DIR": state / "runtime",
        "IPYTHONDIR": state / "config" / "ipython",
        "XDG_CONFIG_HOME": state / "config",
        "XDG_DATA_HOME": state / "data",
        "XDG_STATE_HOME": state / "data",
    }
    notebooks = state / "notebooks"
    for directory in (*directories.values(), notebooks):
        directory.mkdir(parents=True, exist_ok=True)
    directories["JUPYTER_RUNTIME_DIR"].chmod(0o700)
    server = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "open_browser": False,
        "root_dir": str(notebooks),
        "allow_root": os.geteuid() == 0,
        "jpserver_extensions": {"multicloud_lab": True},
    }
    kernels = {"autorestart": restart_kernels}
    _write_config(
        directories["JUPYTER_CONFIG_DIR"], {"ServerApp": server, "KernelManager": kernels}, lab
    )
    processes.start(
        _NAME,
        [sys.executable, "-m", "jupyterlab"],
        {**{name: str(path) for name, path in directories.items()}, "JUPYTER_TOKEN": token},
    )
    url = f"http://127.0.0.1:{port}/"
    processes.wait_until(_NAME, lambda: answers(f"{url}api"))
    return DemoJupyter(url, token, directories["JUPYTER_RUNTIME_DIR"])


def wait_for_jupyter(processes: Processes) -> None:
    """Wait until somebody shuts JupyterLab down."""
    processes.wait_for_end(_NAME, timeout=float("inf"))


def _write_config(directory: Path, jupyter: dict[str, Any], lab: dict[str, Any]) -> None:
    # A demo on one machine has no use for news from the internet.
    quiet = {"check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate"}
    files: dict[str, dict[str, Any]] = {
        "jupyter_server_config.json": {**jupyter, "LabApp": quiet},
        "jupyter_server_config.d/multicloud_lab_demo.json": {"MulticloudLab": lab},
        "labconfig/default_setting_overrides.json": {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}
        },
    }
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n")

"""Milliseconds that the extension adds to the start of a Jupyter server, until its first answer.

Three servers in turns: without extensions, with this one, with dask-labextension. Each is a process
of its own, with an empty configuration, and is asked for ``api/status`` until it answers. What is
added is the best of all turns minus the best bare one, since other work can only add; CPU time is
that of the process at its first answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager

from benchmarks.table import Row
from multicloud_lab.demo.processes import free_ports

LIMIT = 60.0  # ms that may be added
OURS, PEER = "multicloud_lab", "dask_labextension"
DEADLINE = 60.0  # seconds for a server to answer
_TICK = 0.005


def start(extension: str | None) -> tuple[float, float]:
    """Start a server with one extension or none, and give its wall and CPU time in ms."""
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    installed = manager.get_jpserver_extensions()  # type: ignore[no-untyped-call]
    enabled = {name: name == extension for name in {*installed, OURS, PEER}}
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "config"
        config.mkdir()
        (config / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": enabled}})
        )
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
            "HOME": directory,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_DATA_DIR": f"{directory}/data",
            "JUPYTER_RUNTIME_DIR": f"{directory}/runtime",
            "JUPYTER_TOKEN": "t",
        }
        began = time.perf_counter()
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
                f"--ServerApp.root_dir={directory}",
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _answer(f"http://127.0.0.1:{port}/api/status?token=t", server)
            wall = time.perf_counter() - began
            cpu = psutil.Process(server.pid).cpu_times()
            return wall * 1000, (cpu.user + cpu.system) * 1000
        finally:
            server.terminate()
            server.wait(30)


def _answer(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=DEADLINE):
                return
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                raise RuntimeError("The server ended before it answered.") from None
            time.sleep(_TICK)
    raise TimeoutError(f"No answer within {DEADLINE:g} s.")


def run(repeats: int = 9) -> list[Row]:
    """Measure in turns; what each extension adds is compared."""
    kinds = (None, OURS, PEER)
    for extension in kinds:
        start(extension)  # so that all files are in the caches of the machine
    turns = [[start(extension) for extension in kinds] for _ in range(repeats)]

    def added(kind: int, figure: int) -> list[float]:
        bare, best = (min(turn[each][figure] for turn in turns) for each in (0, kind))
        return [best - bare]

    return [
        Row("added to a server's start", added(1, 0), [LIMIT], "ms", "the limit"),
        *(
            Row(
                f"added to a server's start, {what}",
                added(1, figure),
                added(2, figure),
                "ms",
                "what dask-labextension adds",
            )
            for figure, what in enumerate(("wall time", "CPU time"))
        ),
    ]

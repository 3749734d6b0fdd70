"""A Jupyter server as people start it: its own process, the files that are installed, a signal."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from multicloud_lab.address import ServerAddress
from multicloud_lab.remote import RemoteService

INSTALLED = Path(__file__).parents[2] / "jupyter-config" / "server-config"


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory with a path that has room for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


@pytest.mark.asyncio
async def test_it_is_on_when_installed_and_leaves_nothing(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = short / "config" / "jupyter_server_config.d"
    dropped.mkdir(parents=True)
    for file in INSTALLED.iterdir():
        shutil.copy(file, dropped)
    (dropped / "hub.json").write_text(json.dumps({"MulticloudLab": {"home": "aws:us-west-2"}}))
    runtime, temporary = short / "runtime", short / "tmp"
    temporary.mkdir()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "MULTICLOUD", "JPY_"))
    }
    environment = {
        **inherited,
        "JUPYTER_CONFIG_DIR": str(short / "config"),
        "JUPYTER_DATA_DIR": str(short / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "TMPDIR": str(temporary),
        # Jupyter's language servers ask Node for its version, and Node caches what it compiled.
        "NODE_DISABLE_COMPILE_CACHE": "1",
        # Of a server in whose terminal this one is started.
        "MULTICLOUD_LAB_URL": "http+unix://%2Fnowhere/",
        "MULTICLOUD_LAB_SECRET": "of-the-other",
    }
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jupyter_server",
        "--allow-root",
        "--no-browser",
        f"--ServerApp.sock={short}/server.sock",
        f"--ServerApp.root_dir={short}",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        file = runtime / f"jpserver-{server.pid}.json"
        for _ in range(900):
            if file.exists() and list(runtime.glob("multicloud-lab-*.sock")):
                break
            await asyncio.sleep(0.1)
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
        remote = RemoteService(ServerAddress.from_environment({"JPY_PARENT_PID": str(server.pid)}))
        status = await remote.status()
        assert str(status.home) == "aws:us-west-2"
        await remote.close()
        server.send_signal(signal.SIGTERM)
        output, _ = await asyncio.wait_for(server.communicate(), 60)
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()
    text = output.decode()
    assert server.returncode == 0, text
    assert "Traceback" not in text
    assert not list(runtime.glob("*.sock"))
    assert list(temporary.iterdir()) == []

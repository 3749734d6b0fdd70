"""``multicloud-lab demo`` from outside: what it does, and that nothing stays, however it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import psutil
import pytest

from multicloud_lab.demo.data import era5, lens
from multicloud_lab.demo.main import DemoOptions, run
from multicloud_lab.demo.sizes import SIZES
from tests.commands import commands

BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])


class Demo:
    """A demo in a process of its own, which may write nowhere but below one directory."""

    def __init__(self, directory: Path) -> None:
        self.home = directory / "home"
        self.tmp = directory / "tmp"
        self.state = directory / "state"
        self.output = directory / "out.ipynb"
        for each in (self.home, self.tmp):
            each.mkdir()
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "HOME": str(self.home), "TMPDIR": str(self.tmp)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "multicloud_lab.cli", "demo", "--no-browser", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.process

    def end(self, timeout: float = 240) -> tuple[int, str]:
        """Wait for its end: the exit status and what it wrote to stderr."""
        assert self.process is not None
        _, errors = self.process.communicate(timeout=timeout)
        return self.process.returncode, errors

    def running(self) -> list[psutil.Process]:
        """All of its processes: those whose temporary files would be below its directory."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("TMPDIR", "").startswith(str(self.home.parent)):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def wait_until_runs(self, words: str) -> None:
        """Wait until one of its processes has these words in its command."""
        process = self.process
        assert process is not None
        wait_until(
            lambda: any(words in each for each in commands(self.running())) or ended(process)
        )
        assert process.poll() is None, self.end()

    def where(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.state / "demo.json").read_text())
        return content

    def left(self) -> list[str]:
        """What there should be none of when it is over."""
        return [
            *commands(self.running()),
            *(str(path) for each in (self.home, self.tmp) for path in each.iterdir()),
        ]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    started = Demo(tmp_path)
    yield started
    for process in started.running():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if started.process is not None:
        started.process.communicate(timeout=60)


def wait_until(condition: Callable[[], bool], timeout: float = 150) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def ended(process: subprocess.Popen[str]) -> bool:
    return process.poll() is not None


def outputs(path: Path) -> list[Any]:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def mean_counts(rain: Any) -> Any:
    """Points of each bin in a mean step, by NumPy alone."""
    flat = rain.reshape(len(rain), -1)
    return np.mean([np.histogram(step, BINS)[0] for step in flat], axis=0)


def test_the_workflow_runs_and_its_histograms_are_those_of_numpy(demo: Demo) -> None:
    demo.start("--execute", str(demo.output))
    status, errors = demo.end()
    assert errors == ""
    assert status == 0
    assert demo.left() == []

    found = outputs(demo.output)
    texts = [output.get("data", {}).get("text/plain", "") for output in found]
    assert "{'ERA5': ['gcp:us-central1'], 'CESM LENS': ['aws:us-west-2']}" in texts
    assert any("image/png" in output.get("data", {}) for output in found)
    (table,) = (text for text in texts if "from (m in 6 h)" in text)
    counts = np.array([line.split() for line in table.splitlines()[2:]], dtype=float)
    hourly = era5(SIZES["small"]).tp.astype("float64").compute(scheduler="threads").values
    six_hourly = hourly.reshape(-1, 6, *hourly.shape[1:]).sum(axis=1)
    rate = lens(SIZES["small"]).PRECT[0].compute(scheduler="threads").values
    np.testing.assert_allclose(counts[:, 1], mean_counts(six_hourly), atol=1e-6)
    np.testing.assert_allclose(counts[:, 2], mean_counts(rate * 6 * 3600), atol=1e-6)


def test_it_says_where_everything_is_and_ends_with_ctrl_c(demo: Demo) -> None:
    process = demo.start("--state-dir", str(demo.state), "--port", "0")
    wait_until(lambda: (demo.state / "demo.json").exists() or ended(process))
    where = demo.where()
    assert stat.S_IMODE((demo.state / "demo.json").stat().st_mode) == 0o600
    assert {key: type(value) for key, value in where.items()} == {
        "jupyter": dict,
        "gateways": list,
        "stores": list,
        "pids": list,
    }
    keys = {"name", "region", "address", "proxy_address", "username", "password"}
    assert [set(gateway) for gateway in where["gateways"]] == [keys, keys]
    assert len({gateway["password"] for gateway in where["gateways"]}) == 2
    assert {store["region"]: store["protocol"] for store in where["stores"]} == {
        "aws:us-west-2": "s3",
        "gcp:us-central1": "gs",
    }
    assert all(psutil.pid_exists(pid) for pid in where["pids"])
    request = urllib.request.Request(
        where["jupyter"]["url"] + "multicloud-lab/api/datasets",
        headers={"Authorization": f"token {where['jupyter']['token']}"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        assert b"pangeo/atmosphere/era5" in answer.read()

    assert "Another demo runs" in refusal("--state-dir", str(demo.state))
    process.send_signal(signal.SIGINT)
    assert demo.end() == (0, "")
    assert demo.left() == []


def test_a_signal_while_it_starts_leaves_nothing(demo: Demo) -> None:
    process = demo.start()
    demo.wait_until_runs("dask-gateway-server")
    process.terminate()
    assert demo.end() == (1, "Stopped before it was done.\n")
    assert demo.left() == []


def test_a_signal_in_the_middle_of_the_workflow_leaves_nothing(demo: Demo) -> None:
    process = demo.start("--execute", str(demo.output))
    demo.wait_until_runs("dask worker")
    process.terminate()
    assert demo.end() == (1, "Stopped before it was done.\n")
    assert demo.left() == []


def test_a_failing_cell_is_named_and_written(demo: Demo) -> None:
    demo.start("--state-dir", str(demo.state), "--execute", str(demo.output))
    demo.wait_until_runs("demo.workflow")
    demo.wait_until_runs("ipykernel_launcher")
    for process in demo.running():
        with suppress(psutil.Error):  # others may end meanwhile
            if "moto.server" in process.cmdline():
                process.kill()
    status, errors = demo.end()
    assert status == 1
    assert errors.startswith("Code cell ")
    (failed,) = (output for output in outputs(demo.output) if output.output_type == "error")
    assert failed.ename in errors
    assert demo.left() == []


def test_a_demo_that_is_killed_outright_leaves_nothing_either(demo: Demo) -> None:
    process = demo.start()
    demo.wait_until_runs("dask-gateway-server")
    process.kill()
    wait_until(lambda: demo.left() == [], timeout=90)


def test_a_busy_port_is_one_line(demo: Demo) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        demo.start("--port", str(port))
        status, errors = demo.end()
    assert status == 1
    assert errors.strip().splitlines() == [
        f"Port {port} is in use; choose another with --port, or leave --port out."
    ]
    assert demo.left() == []


def test_files_of_somebody_else_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").mkdir()
    assert run(DemoOptions(state_dir=tmp_path, browser=False)) == 1
    assert "holds 'logs', which is not a demo's" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_the_notebook_needs_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(DemoOptions(execute=tmp_path / "none" / "out.ipynb")) == 1
    assert "There is no directory" in capsys.readouterr().err


def refusal(*arguments: str) -> str:
    """Run a demo that is to be refused at once, and give what it says."""
    refused = subprocess.run(
        [sys.executable, "-m", "multicloud_lab.cli", "demo", "--no-browser", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert refused.returncode == 1
    return refused.stderr

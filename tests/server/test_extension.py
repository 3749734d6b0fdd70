"""The extension starts with any configuration, says what is wrong with it, and ends cleanly."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

import multicloud_lab
from multicloud_lab.server.extension import QUIET, MulticloudLabExtension
from multicloud_lab.server.settings import server_config
from tests.server.conftest import StartJupyter, stop

ROOT = Path(__file__).parents[2]


def test_the_hooks_of_jupyter() -> None:
    (point,) = multicloud_lab._jupyter_server_extension_points()
    assert point["app"] is MulticloudLabExtension
    (panel,) = multicloud_lab._jupyter_labextension_paths()
    package = json.loads((ROOT / "package.json").read_text())
    assert panel["dest"] == package["name"]
    installed = json.loads((ROOT / "jupyter-config/server-config/multicloud_lab.json").read_text())
    assert installed == {"ServerApp": {"jpserver_extensions": {MulticloudLabExtension.name: True}}}


def test_a_servers_start_imports_nothing_heavy() -> None:
    heavy = ("pydantic", "aiohttp", "dask", "dask_gateway", "distributed", "intake", "pandas")
    code = (
        "import sys, jupyter_server.serverapp\nbefore = set(sys.modules)\n"
        "import multicloud_lab\nmulticloud_lab._jupyter_server_extension_points()\n"
        f"print([name for name in {heavy!r} if name in set(sys.modules) - before])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


@pytest.mark.asyncio
async def test_requests_wait_for_the_routes(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    extension = jupyter.app.extension_manager.extension_points["multicloud_lab"].app
    # At once, before the lab starts by itself: a page, a change with a body, a refusal.
    first, started, unknown, stranger = await asyncio.gather(
        jupyter.api("GET", "gateways"),
        jupyter.api("POST", "clusters", json={"gateway": "nowhere"}),
        jupyter.api("GET", "no/such/path"),
        jupyter.api("GET", "gateways", headers={}),
    )
    assert (first[0], started[0], unknown[0], stranger[0]) == (200, 404, 404, 403)
    assert started[1]["code"] == "gateway-not-found"
    assert extension._routes.find_handler(None) is None  # nothing is held any more


@pytest.mark.asyncio
async def test_it_starts_by_itself(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], jupyter_dirs: Path
) -> None:
    await start_jupyter(small_lab)
    remembered = jupyter_dirs / "data" / "multicloud_lab"
    for _ in range(1200):
        if remembered.exists():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the lab did not start")


@pytest.mark.asyncio
@pytest.mark.parametrize("seconds", [0, QUIET + 0.01])
async def test_a_server_may_stop_before_the_lab_started(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], seconds: float
) -> None:
    before = asyncio.all_tasks()
    jupyter = await start_jupyter(small_lab)
    await asyncio.sleep(seconds)
    await stop(jupyter.app)
    for _ in range(600):  # for what ends with its connection
        left = [task for task in asyncio.all_tasks() - before if _is_ours(task)]
        if not left:
            break
        await asyncio.sleep(0.05)
    assert left == []


def _is_ours(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and "multicloud_lab" in code.co_filename


@pytest.mark.asyncio
async def test_a_lab_that_cannot_be_imported_leaves_the_server_running(
    start_jupyter: StartJupyter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "multicloud_lab.server.running", None)
    jupyter = await start_jupyter()
    status, _, _ = await jupyter.raw("GET", "api/status")
    assert status == 200
    for _ in range(2):
        status, _, _ = await jupyter.raw("GET", "multicloud-lab/api/status")
        assert status == 503
    assert caplog.text.count("Multi-Cloud Lab cannot be imported") == 1


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_said_once_and_stops_nothing(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    small_lab["gateways"].append({"name": "oregon", "region": "nowhere", "address": "https://x"})
    small_lab["colour"] = "red"
    small_lab["egress_budget_usd"] = "much"
    jupyter = await start_jupyter(small_lab)
    status, lab = await jupyter.api("GET", "status")
    assert status == 200
    problems = {problem["key"] for problem in lab["problems"]}
    assert problems >= {"gateways[1].region", "colour", "egress_budget_usd"}
    for key in problems:
        assert caplog.text.count(f"multicloud_lab | {key}: ") == 1
    catalogs = {catalog["name"]: catalog for catalog in lab["catalogs"]}
    assert catalogs["good"]["datasets"] == 3
    assert catalogs["broken"]["problem"]
    status, gateways = await jupyter.api("GET", "gateways")
    assert [gateway["state"] for gateway in gateways] == ["unreachable"]


@pytest.mark.asyncio
async def test_a_lab_that_does_not_start_leaves_the_server_running(
    start_jupyter: StartJupyter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(self: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("multicloud_lab.service.LabService.start", fail)
    jupyter = await start_jupyter()
    status, _, _ = await jupyter.raw("GET", "api/status")
    assert status == 200
    status, answer = await jupyter.api("GET", "datasets")
    assert (status, answer["code"]) == (500, "error")
    assert "not running" in answer["message"]
    assert caplog.text.count("Multi-Cloud Lab did not start: OSError") == 1


@pytest.mark.asyncio
async def test_it_remembers_in_the_data_directory(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], jupyter_dirs: Path
) -> None:
    jupyter = await start_jupyter(small_lab)
    await jupyter.api("GET", "status")
    assert list((jupyter_dirs / "data" / "multicloud_lab").iterdir())
    await stop(jupyter.app)
    await stop(jupyter.app)  # twice does no harm


def drop_in(directory: Path, name: str, values: Any) -> None:
    dropped = directory / "jupyter_server_config.d"
    dropped.mkdir(parents=True, exist_ok=True)
    (dropped / name).write_text(json.dumps({"MulticloudLab": values}))


def test_files_that_are_dropped_in_are_read(tmp_path: Path) -> None:
    drop_in(tmp_path / "admin", "lab.json", {"home": "gcp:us-central1", "egress_budget_usd": 5})
    drop_in(tmp_path / "user", "lab.json", {"home": "aws:us-west-2"})
    paths = [str(tmp_path / "user"), str(tmp_path / "admin")]
    lab = server_config(Config(), paths)
    assert (str(lab.home), lab.egress_budget_usd) == ("aws:us-west-2", 5.0)
    # The server's own configuration is said last.
    lab = server_config(Config({"MulticloudLab": {"home": "local:lab"}}), paths)
    assert (str(lab.home), lab.egress_budget_usd) == ("local:lab", 5.0)
    assert lab.problems == ()


def test_a_file_that_is_dropped_in_may_be_nonsense(tmp_path: Path) -> None:
    drop_in(tmp_path, "lab.json", ["gateways"])
    lab = server_config(Config(), [str(tmp_path)])
    assert [problem.key for problem in lab.problems] == ["MulticloudLab"]


def test_values_of_a_python_configuration_and_of_the_command_line() -> None:
    config = Config()
    config.MulticloudLab.registries.append("https://example.org/registry.json")
    config.MulticloudLab.probe = False
    config.MulticloudLab.catalogs = "not a list"
    lab = server_config(config, [])
    assert lab.registries == ("https://example.org/registry.json",)
    assert lab.probe is False
    assert [problem.key for problem in lab.problems] == ["catalogs"]
    assert "list" in lab.problems[0].message

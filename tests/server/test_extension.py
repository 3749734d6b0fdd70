"""The extension starts with any configuration, says what is wrong with it, and ends cleanly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

import multicloud_lab
from multicloud_lab.server.extension import MulticloudLabExtension
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

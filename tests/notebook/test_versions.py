"""A cluster with other versions is told of, once and in one table; equal ones make no noise."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pytest
from distributed.versions import VersionMismatchWarning

from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes
from multicloud_lab.lab import Lab
from multicloud_lab.versions import PACKAGES, Versions, VersionsDifferWarning

SAME = dict.fromkeys(PACKAGES, "1.0")
OTHER = "1999.1.0"

# What a package says its version is, in the processes of this gateway's clusters.
_DISGUISE = """
def _disguised(options):
    return {{"environment": {{**SETTINGS["environment"], "PYTHONPATH": {path!r}}}}}


c.Backend.cluster_options = Options(handler=_disguised)
"""


@pytest.fixture(scope="module")
def disguised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, DemoGateway]]:
    """Start two gateways whose clusters have another zarr, and another dask."""
    with Processes() as processes, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)  # which clusters would have instead
        started = {}
        for package, region in (("zarr", AWS), ("dask", GCP)):
            path = tmp_path_factory.mktemp(package)
            info = path / f"{package}-{OTHER}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Name: {package}\nVersion: {OTHER}\n")
            more = _DISGUISE.format(path=str(path))
            (started[package],) = start_and_wait(processes, {package: region}, more=more)
        yield started


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for what a scheduler says of itself, however busy this machine is."""
    monkeypatch.setattr("multicloud_lab.versions.LOOK_DEADLINE", 60.0)


@pytest.fixture
def lab(disguised: dict[str, DemoGateway]) -> Iterator[Lab]:
    gateways = [gateway.config() for gateway in disguised.values()]
    with Lab.from_config({"gateways": gateways, "probe": False}) as made:
        for gateway in disguised.values():
            made.sign_in(gateway.name, gateway.password)
        yield made
        made.close(shutdown=True)


class Told:
    """Every warning that a cluster has other versions, ours and distributed's own."""

    def __init__(self, caught: list[warnings.WarningMessage]) -> None:
        self._caught = caught

    def __call__(self) -> list[str]:
        kinds = (VersionsDifferWarning, VersionMismatchWarning)
        return [str(each.message) for each in self._caught if issubclass(each.category, kinds)]


@pytest.fixture
def told() -> Iterator[Told]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield Told(caught)


def eventually(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def row(report: str, package: str) -> list[str]:
    return next(line for line in report.splitlines() if line.startswith(package)).split()


def test_another_scheduler_is_told_of_before_it_is_used(lab: Lab, told: Told) -> None:
    client = lab.client(gateway="dask")
    assert len(told()) == 1
    assert row(told()[0], "dask")[1:3] == [version("dask"), OTHER]
    assert client.cluster_record.name in told()[0]
    assert "install" in told()[0]
    assert not any(
        line.startswith(("numpy", "zarr", "distributed")) for line in told()[0].splitlines()
    )
    assert lab.client(gateway="dask") is client
    assert len(told()) == 1


def test_other_workers_are_told_of_when_the_first_comes(lab: Lab, told: Told) -> None:
    client = lab.client(gateway="zarr")
    client.wait_for_workers(1, timeout=120)
    assert eventually(lambda: len(told()))
    assert row(told()[0], "zarr") == ["zarr", version("zarr"), OTHER, OTHER]
    time.sleep(1.5)
    assert len(told()) == 1


def test_equal_versions_make_no_noise(clouds: Clouds, told: Told) -> None:
    with Lab.from_config(clouds.config()) as made:
        gateway = clouds.gateways[AWS]
        made.sign_in(gateway.name, gateway.password)
        client = made.client(gateway=gateway.name)
        client.wait_for_workers(1, timeout=120)
        (check,) = made._beside._clients._checks.values()
        assert eventually(lambda: check._waiting is None or check._waiting.done())
        made.close(shutdown=True)
    assert len(told()) == 0


def test_the_scheduler_needs_only_what_it_opens() -> None:
    bare = {**SAME, "numpy": None, "xarray": None, "zarr": "0.9"}
    assert Versions(SAME, bare, (SAME,)).report("c") == ""
    assert Versions(SAME, SAME, ()).report("c") == ""
    report = Versions(SAME, {**SAME, "python": "3.10.1.final.0"}, ()).report("c")
    assert row(report, "python") == ["python", "1.0", "3.10.1", "none", "yet"]


def test_every_version_of_the_workers_is_in_the_table() -> None:
    workers = ({**SAME, "xarray": "2.0"}, {**SAME, "xarray": None}, SAME)
    report = Versions(SAME, SAME, workers).report("c")
    line = next(line for line in report.splitlines() if line.startswith("xarray"))
    assert line.endswith("1.0, 2.0, not installed")
    assert issubclass(VersionsDifferWarning, UserWarning)


def test_what_a_cluster_says_of_itself_is_kept_short() -> None:
    report = Versions(SAME, {**SAME, "dask": "9" * 5000}, ()).report("c")
    assert len(report) < 600

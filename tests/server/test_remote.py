"""The client over HTTP: it finds its server, and answers and fails as the lab itself does."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from multicloud_lab import records as r
from multicloud_lab.address import ServerAddress
from multicloud_lab.demo.processes import free_ports
from multicloud_lab.endpoints import ENDPOINTS, SECRET_HEADER
from multicloud_lab.errors import (
    DatasetNotFoundError,
    DeadlineError,
    GatewayNotFoundError,
    InvalidInputError,
    KernelsOnlyError,
    MulticloudLabError,
    ServerNotFoundError,
    SignInNeededError,
    UnknownRegionError,
)
from multicloud_lab.interface import LabInterface
from multicloud_lab.remote import RemoteService
from multicloud_lab.service import LabService
from tests.server.conftest import RAIN, TOKEN, Jupyter, StartJupyter, stop


def test_the_table_is_the_interface() -> None:
    methods = dict(inspect.getmembers(LabInterface, inspect.isfunction))
    assert {endpoint.name for endpoint in ENDPOINTS} == set(methods) - {"close"}
    for endpoint in ENDPOINTS:
        hints = get_type_hints(methods[endpoint.name])
        assert hints.pop("return") == endpoint.answer
        last = endpoint.query or endpoint.body
        kinds = [str] * len(endpoint.arguments) + ([last] if last else [])
        assert list(hints.values()) == kinds, endpoint.name
        remote = get_type_hints(getattr(RemoteService, endpoint.name))
        assert remote["return"] == endpoint.answer


# --- where the server is ------------------------------------------------------------------------


@asynccontextmanager
async def closing(remote: RemoteService) -> AsyncIterator[RemoteService]:
    try:
        yield remote
    finally:
        await remote.close()


def found(**environment: str) -> ServerAddress:
    return ServerAddress.from_environment(environment)


def test_the_extensions_own_door_comes_first(tmp_path: Path) -> None:
    socket = tmp_path / "Upper Case%.sock"
    socket.touch()
    quoted = str(socket).replace("%", "%25").replace("/", "%2F").replace(" ", "%20")
    environment = {
        "MULTICLOUD_LAB_URL": f"http+unix://{quoted}/user/a%40b/",
        "MULTICLOUD_LAB_SECRET": "s3cret",
        "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:81/user/ana/",
        "JUPYTERHUB_API_TOKEN": "t0ken",
    }
    server = found(**environment)
    assert server.socket == str(socket)
    assert server.url == "http://127.0.0.1/user/a%40b/"
    assert server.headers == {SECRET_HEADER: "s3cret"}
    assert "s3cret" not in repr(server) + repr(RemoteService(server))
    # That server is gone: this process outlived it.
    socket.unlink()
    server = found(**environment)
    assert (server.url, server.socket) == ("http://127.0.0.1:81/user/ana/", None)
    assert server.headers == {"Authorization": "token t0ken"}


def test_the_file_of_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    file = tmp_path / "jpserver-42.json"
    server = {"url": "http://localhost:8888/base/", "base_url": "/base/", "token": "t", "sock": ""}
    file.write_text(json.dumps(server))
    assert found(JPY_PARENT_PID="42").url == "http://localhost:8888/base/"
    file.write_text(json.dumps({**server, "sock": "/run/x.sock"}))
    address = found(JPY_PARENT_PID="42")
    assert (address.url, address.socket) == ("http://127.0.0.1/base/", "/run/x.sock")
    for useless in (json.dumps({**server, "token": ""}), "{", "[]", "{}"):
        file.write_text(useless)
        with pytest.raises(ServerNotFoundError):
            found(JPY_PARENT_PID="42")


@pytest.mark.parametrize("pid", ["", "43", "../x"])
def test_without_a_server_the_way_out_is_said(
    pid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(ServerNotFoundError, match=r"Lab\.from_config"):
        found(JPY_PARENT_PID=pid)


# --- a server that is there ---------------------------------------------------------------------


async def service_of(jupyter: Jupyter) -> LabService:
    point = jupyter.app.extension_manager.extension_points["multicloud_lab"]
    lab: LabService = await point.app.lab()
    return lab


@pytest.mark.asyncio
async def test_it_answers_as_the_lab_does(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    service = await service_of(jupyter)
    query = r.DatasetQuery(text="50% & more?", limit=5)
    request = r.CellsRequest(datasets=(RAIN,))
    ask: list[Callable[[LabInterface], Any]] = [
        lambda lab: lab.status(),
        lambda lab: lab.datasets(r.DatasetQuery()),
        lambda lab: lab.datasets(query),
        lambda lab: lab.dataset(RAIN),
        lambda lab: lab.dataset("good/a%2Fb"),
        lambda lab: lab.datasets(r.DatasetQuery(near=True, provider=("gcp", "aws"), tag=("x y",))),
        lambda lab: lab.placements(RAIN),
        lambda lab: lab.placements_near(r.NearQuery(near="aws:us-west-2")),
        lambda lab: lab.price(r.PriceQuery(source=RAIN, bytes=5, requester_pays=True)),
        lambda lab: lab.opening(RAIN),
        lambda lab: lab.locate(r.LocateQuery(url=("gs://a/b?c&d", "s3://é"))),
        lambda lab: lab.regions(),
        lambda lab: lab.gateways(),
        lambda lab: lab.clusters(),
        lambda lab: lab.analyses(r.AnalysesQuery(dataset=(RAIN, "good/wind"))),
        lambda lab: lab.analysis_form("time-mean", r.AnalysesQuery(dataset=(RAIN,))),
        lambda lab: lab.cells(request),
        lambda lab: lab.dataset("s3://é/a b%2F?c#d/x.zarr"),
        lambda lab: lab.opening("../a b/%2F x.nc"),
    ]
    async with closing(RemoteService.from_environment()) as remote:
        for question in ask:
            assert await question(remote) == await question(service)
        refreshed, known = await remote.refresh(), await service.status()
        assert refreshed == known  # also the time at which each catalog was read


@pytest.mark.asyncio
async def test_it_fails_as_the_lab_does(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    await start_jupyter(small_lab)
    async with closing(RemoteService.from_environment()) as remote:
        with pytest.raises(DatasetNotFoundError, match="nothing/50%"):
            await remote.dataset("nothing/50%")
        with pytest.raises(UnknownRegionError):
            await remote.start_cluster(r.StartCluster(near="mars:north"))
        with pytest.raises(InvalidInputError):
            await remote.start_cluster(r.StartCluster())
        with pytest.raises(GatewayNotFoundError, match="a/b"):
            await remote.stop_cluster("a/b", "c")
        with pytest.raises(SignInNeededError):
            await remote.stop_cluster("iowa", "../../api")


@pytest.mark.asyncio
async def test_with_a_token_it_gets_what_a_browser_gets(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    address = found(JUPYTERHUB_SERVICE_URL=jupyter.url, JUPYTERHUB_API_TOKEN=TOKEN)
    async with closing(RemoteService(address)) as remote:
        assert (await remote.dataset(RAIN)).id == RAIN
        assert (await remote.refresh()).catalogs
        with pytest.raises(KernelsOnlyError):
            await remote.opening(RAIN)


@pytest.mark.asyncio
async def test_a_real_kernel_finds_its_server(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    code = f"""
import asyncio
from multicloud_lab.remote import RemoteService
async def ask():
    remote = RemoteService.from_environment()
    try:
        return (await remote.opening({RAIN!r})).dataset.url
    finally:
        await remote.close()
print(await ask())
"""
    kernels: Any = jupyter.app.kernel_manager
    kernel_id = await kernels.start_kernel()
    client = kernels.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            said.append(str(message["content"].get("text") or message["content"].get("evalue")))

        await client.execute_interactive(code, output_hook=hear, timeout=60)
    finally:
        client.stop_channels()
        await kernels.shutdown_kernel(kernel_id, now=True)
    assert "gs://bucket/rain" in "".join(said)


# --- a server that is not -----------------------------------------------------------------------


def told(error: BaseException) -> str:
    """Everything that a traceback of an error would show."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        parts.append(repr(seen))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(parts)


@pytest.mark.asyncio
async def test_a_server_that_is_gone(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    remote = RemoteService.from_environment()
    async with closing(remote):
        await remote.status()
        await stop(jupyter.app)
        with pytest.raises(ServerNotFoundError, match="does not answer") as failure:
            await remote.status()
        assert jupyter.secret not in told(failure.value)


@pytest.mark.asyncio
async def test_nobody_listens() -> None:
    (port,) = free_ports(1)
    address = ServerAddress(f"http://127.0.0.1:{port}/", {"Authorization": "token t0ken"})
    async with closing(RemoteService(address)) as remote:
        with pytest.raises(ServerNotFoundError) as failure:
            await remote.status()
        assert "t0ken" not in told(failure.value)


@pytest.mark.asyncio
async def test_answers_that_are_none_of_ours() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        page = request.path.rpartition("/")[2]
        if page == "regions":
            return web.json_response([{"region": "aws:us-west-2", "height": 3, "key": "s3cret"}])
        if page == "gateways":
            await asyncio.sleep(30)
        if page == "clusters":
            raise web.HTTPFound("/login")
        return web.Response(status=404, text="<html>no such page</html>")

    app = web.Application()
    app.router.add_route("*", "/{page:.*}", answer)
    async with TestServer(app) as server:
        address = ServerAddress(f"http://127.0.0.1:{server.port}/", {})
        async with closing(RemoteService(address)) as remote:
            for question in (remote.status, remote.clusters):
                with pytest.raises(ServerNotFoundError, match="does not have Multi-Cloud Lab"):
                    await question()
            with pytest.raises(MulticloudLabError, match="versions") as failure:
                await remote.regions()
            assert "s3cret" not in told(failure.value)
        async with closing(RemoteService(address, deadline=0.3)) as remote:
            with pytest.raises(DeadlineError, match=r"within 0\.3 s"):
                await remote.gateways()

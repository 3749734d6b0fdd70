"""Jupyter servers with the extension, in the test's own process and on real sockets."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import aiohttp
import pytest
import pytest_asyncio
import yaml
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config
from yarl import URL

from multicloud_lab.demo.processes import free_ports
from multicloud_lab.endpoints import PREFIX, SECRET_HEADER

Websocket = aiohttp.ClientWebSocketResponse

TOKEN = "token-of-this-server"


@dataclass
class Jupyter:
    """A Jupyter server that runs, and a client of it."""

    app: ServerApp
    url: str
    secret: str
    socket: Path
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"token {TOKEN}"})

    @property
    def kernel(self) -> dict[str, str]:
        """The headers that a kernel of this server sends."""
        return {SECRET_HEADER: self.secret}

    async def raw(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Ask for a path below the base URL, which is sent as it is."""
        async with self.session.request(
            method,
            URL(self.url + path, encoded=True),
            headers=self.headers if headers is None else headers,
            allow_redirects=False,
            **kwargs,
        ) as response:
            return response.status, await response.read(), response.headers

    def websocket(self, path: str, **kwargs: Any) -> AbstractAsyncContextManager[Websocket]:
        """Open a websocket below the base URL."""
        kwargs.setdefault("headers", self.headers)
        return self.session.ws_connect(URL(self.url + path, encoded=True), **kwargs)

    async def api(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        """Ask the API, and give the status and what the JSON of the answer says."""
        status, content, headers = await self.raw(method, f"{PREFIX}/{path}", **kwargs)
        if status == 204:
            assert content == b""
            return status, None
        assert headers["Content-Type"].startswith("application/json"), content
        return status, json.loads(content)


async def stop(app: ServerApp) -> None:
    """Stop a server as a signal does, but not the event loop, which is the test's."""
    await app._cleanup()


StartJupyter = Callable[..., Awaitable[Jupyter]]


@pytest.fixture
def jupyter_dirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty directories for everything that Jupyter reads and writes."""
    for name in ("config", "data", "runtime", "root"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    for variable in list(os.environ):
        if variable.startswith(("MULTICLOUD_LAB_", "JUPYTERHUB_")) or variable == "JPY_PARENT_PID":
            monkeypatch.delenv(variable)
    return tmp_path


@pytest_asyncio.fixture
async def start_jupyter(
    jupyter_dirs: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[StartJupyter]:
    """Start servers; whatever they log is in caplog."""
    caplog.set_level("DEBUG")
    async with AsyncExitStack() as stack:

        async def start(
            lab: Mapping[str, Any] | None = None,
            *,
            config: Mapping[str, Any] | None = None,
            base_url: str = "/user/ana%40x/",
            token: str = TOKEN,
        ) -> Jupyter:
            (port,) = free_ports(1)
            settings = Config(
                {
                    "ServerApp": {"jpserver_extensions": {"multicloud_lab": True}},
                    "IdentityProvider": {"token": token},
                    "MulticloudLab": dict(lab or {}),
                }
            )
            settings.merge(Config(config or {}))
            app = ServerApp(
                config=settings,
                ip="127.0.0.1",
                port=port,
                port_retries=0,
                base_url=base_url,
                open_browser=False,
                allow_root=True,
                log_level="DEBUG",
                root_dir=str(jupyter_dirs / "root"),
                config_dir=str(jupyter_dirs / "config"),
                data_dir=str(jupyter_dirs / "data"),
                runtime_dir=str(jupyter_dirs / "runtime"),
            )
            app.log.addHandler(caplog.handler)
            stack.callback(app.log.removeHandler, caplog.handler)
            before = os.environ.get("MULTICLOUD_LAB_URL")
            app.init_signal = lambda: None  # type: ignore[method-assign]
            app.initialize(argv=[], find_extensions=False)
            app.start_app()
            stack.push_async_callback(stop, app)
            for _ in range(6000):  # until the loop came round
                await asyncio.sleep(0.01)
                if os.environ.get("MULTICLOUD_LAB_URL") != before:
                    break
            session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
            await stack.enter_async_context(session)
            socket = unquote(urlsplit(os.environ["MULTICLOUD_LAB_URL"]).netloc)
            return Jupyter(
                app=app,
                url=f"http://127.0.0.1:{port}{base_url}",
                secret=os.environ["MULTICLOUD_LAB_SECRET"],
                socket=Path(socket),
                session=session,
            )

        yield start


@pytest.fixture
def small_lab(jupyter_dirs: Path) -> dict[str, Any]:
    """A lab of one catalog that can be read, one that cannot, and a gateway that is down."""
    (jupyter_dirs / "good.yaml").write_text(
        yaml.safe_dump(
            {
                "sources": {
                    "rain 50%": {
                        "driver": "zarr",
                        "description": "<b>6-hourly</b> precipitation",
                        "args": {"urlpath": "gs://bucket/rain"},
                        "metadata": {"region": "gcp:us-central1"},
                    },
                    "a/b": {"driver": "zarr", "args": {"urlpath": "gs://bucket/ab"}},
                    "wind": {"driver": "zarr", "args": {"urlpath": "gs://bucket/wind"}},
                }
            }
        )
    )
    (jupyter_dirs / "broken.yaml").write_text("sources: [")
    return {
        "gateways": [
            {"name": "iowa", "region": "gcp:us-central1", "address": "http://127.0.0.1:9"}
        ],
        "catalogs": [
            {"name": "good", "url": str(jupyter_dirs / "good.yaml")},
            {"name": "broken", "url": str(jupyter_dirs / "broken.yaml")},
        ],
        "probe": False,
    }


RAIN = "good/rain 50%"
RAIN_ENCODED = quote(RAIN, safe="")

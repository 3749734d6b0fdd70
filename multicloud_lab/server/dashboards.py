"""The dashboards of clusters, passed on behind Jupyter's login: GET and websockets only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler
from yarl import URL

from multicloud_lab.errors import GatewayUnreachableError, MulticloudLabError
from multicloud_lab.names import Resolver
from multicloud_lab.server.base import AUTH_RESOURCE, LabSource, said, where_raised
from multicloud_lab.server.upstream import Place, request_headers, response_headers

PREFIX = "multicloud-lab/dashboards"
PATTERN = PREFIX + r"/(?P<gateway>[^/]+)/(?P<cluster>[^/]+)(?:/.*)?"
_SPLIT = re.compile(rf"(?P<own>.*?/{PREFIX}/[^/]+/[^/]+)(?P<page>/.*)?")

CONNECT_DEADLINE = 10.0
"""Seconds until a gateway must have taken a connection."""
READ_DEADLINE = 60.0
"""Seconds that a page may be silent."""
CLOSE_DEADLINE = 2.0
"""Seconds that a gateway may take to say goodbye on a websocket."""
HEARTBEAT = 30.0
"""Seconds between two pings of a websocket, to find out that its gateway is gone."""


class _LeadsElsewhereError(aiohttp.ClientError):
    """A websocket was answered by a redirect."""


async def _refuse_redirect(*_: Any) -> None:
    """Follow nothing: aiohttp does for a websocket, and cannot be told not to."""
    raise _LeadsElsewhereError


class Dashboards:
    """The connections to gateways that dashboards are read over."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._sockets: set[aiohttp.ClientWebSocketResponse] = set()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, which keeps no cookies."""
        if self._session is None:
            stays = aiohttp.TraceConfig()
            stays.on_request_redirect.append(_refuse_redirect)
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                connector=aiohttp.TCPConnector(limit=0, resolver=Resolver()),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=CONNECT_DEADLINE, sock_read=READ_DEADLINE
                ),
                trust_env=True,
                trace_configs=[stays],
            )
        return self._session

    @asynccontextmanager
    async def websocket(
        self, place: Place, url: str, protocols: list[str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a websocket of the dashboards, and close it at the end."""
        async with _failures(place), asyncio.timeout(CONNECT_DEADLINE):
            socket = await self.session.ws_connect(
                URL(url, encoded=True),
                protocols=protocols,
                origin=place.origin,
                heartbeat=HEARTBEAT,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_DEADLINE),
            )
        self._sockets.add(socket)
        try:
            yield socket
        finally:
            self._sockets.discard(socket)
            await _close(socket)

    async def close(self) -> None:
        """Close all connections, open websockets too."""
        await asyncio.gather(*(_close(socket) for socket in self._sockets))
        if self._session is not None:
            await self._session.close()


async def _close(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Say goodbye on a websocket; one that goes on talking instead is cut off."""
    with suppress(TimeoutError):
        # aiohttp's own deadline begins anew with every message that still comes.
        async with asyncio.timeout(CLOSE_DEADLINE):
            await socket.close()


@asynccontextmanager
async def _failures(place: Place) -> AsyncIterator[None]:
    """Say in words that a gateway does not answer, or has no such page."""
    try:
        yield
    except aiohttp.WSServerHandshakeError as error:
        place.check(error.status)
        raise GatewayUnreachableError(place.down) from None
    except _LeadsElsewhereError:
        raise GatewayUnreachableError(place.elsewhere) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise GatewayUnreachableError(place.down) from None


class DashboardHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Passes a page, or a websocket, of one cluster's dashboards on."""

    auth_resource = AUTH_RESOURCE
    _upstream: aiohttp.ClientWebSocketResponse | None = None
    _pump: asyncio.Task[None] | None = None

    def initialize(self, lab: LabSource, dashboards: Dashboards) -> None:
        """Take what the extension gives."""
        self._lab = lab
        self._dashboards = dashboards

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        """Find out who asks; only a page can lead to the login."""
        to_login = _redirect_to_login and not self._wants_websocket
        await JupyterHandler.prepare(self, _redirect_to_login=to_login)
        if self._wants_websocket and not self.current_user:
            raise web.HTTPError(403)

    @web.authenticated
    @authorized
    async def get(  # type: ignore[override] # `authenticated` hides that it is a coroutine
        self, gateway: str, cluster: str
    ) -> None:
        """Answer with what the dashboards have there."""
        lab = await self._lab()
        # As it was sent: the arguments are decoded already.
        path = _SPLIT.fullmatch(self.request.path)
        assert path is not None  # noqa: S101 - or the request would not be here
        own, page = path["own"], path["page"] or ""
        place = Place(
            upstream=await lab.dashboard_upstream(gateway, cluster),
            path=own,
            page=page,
            name=f"cluster {cluster!r} on {gateway}",
        )
        if page in ("", "/") and not self._wants_websocket:
            self.redirect(f"{own}/status")
        elif self._wants_websocket:
            await self._pass_websocket(place)
        else:
            await self._pass_page(place)

    @property
    def _wants_websocket(self) -> bool:
        return self.request.headers.get("Upgrade", "").lower() == "websocket"

    # --- pages --------------------------------------------------------------------------------

    async def _pass_page(self, place: Place) -> None:
        url = place.target(self.request.query)
        headers = request_headers(self.request.headers)
        try:
            async with (
                _failures(place),
                self._dashboards.session.get(
                    URL(url, encoded=True), headers=headers, allow_redirects=False
                ) as response,
            ):
                place.check(response.status)
                self.set_status(response.status)
                for name, value in response_headers(response.headers, response.status):
                    self.set_header(name, value)
                if "Location" in response.headers:
                    self.set_header("Location", place.rewritten(url, response.headers["Location"]))
                async for chunk in response.content.iter_any():
                    self.write(chunk)
                    await self.flush()
        except StreamClosedError:
            return  # the reader left
        except MulticloudLabError:
            if not self._headers_written:
                raise
            # Cut off, so that the reader does not take a part for the whole.
            self.detach().close()
            return
        await self.finish()

    def compute_etag(self) -> None:
        """Leave entity tags to the dashboards."""

    # --- websockets ---------------------------------------------------------------------------

    async def _pass_websocket(self, place: Place) -> None:
        origin = self.request.headers.get("Origin")
        if origin is not None and not self.check_origin(origin):
            raise web.HTTPError(403, "Cross-origin websockets are not allowed.")
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [part.strip() for part in offered.split(",") if part.strip()]
        target = place.target(self.request.query)
        async with self._dashboards.websocket(place, target, protocols) as self._upstream:
            try:
                await WebSocketHandler.get(self)  # until the reader's side is closed
            finally:
                if self._pump is not None:
                    self._pump.cancel()
                    await asyncio.gather(self._pump, return_exceptions=True)

    def open(self, *args: str, **kwargs: str) -> None:
        """Begin to pass messages on."""
        super().open(*args, **kwargs)
        if self._upstream is not None:
            self._pump = asyncio.create_task(self._pass_messages(self._upstream))

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Take the subprotocol that the dashboards took."""
        return self._upstream.protocol if self._upstream is not None else None

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message of the reader on."""
        if self._upstream is None or self._upstream.closed:
            return
        try:
            if isinstance(message, str):
                await self._upstream.send_str(message)
            else:
                await self._upstream.send_bytes(message)
        except (aiohttp.ClientError, ConnectionError):
            self.close(1001)

    async def _pass_messages(self, upstream: aiohttp.ClientWebSocketResponse) -> None:
        """Pass messages of the dashboards on until either side is closed."""
        try:
            async for message in upstream:
                if message.type is aiohttp.WSMsgType.ERROR:
                    break  # it is silent, or what it sends cannot be read
                binary = message.type is aiohttp.WSMsgType.BINARY
                await self.write_message(message.data, binary=binary)
        except WebSocketClosedError:
            return
        code = upstream.close_code or 1001
        self.close(code if code in (1000, 1001, 1008, 1009, 1011) or code >= 3000 else 1001)

    # --- errors -------------------------------------------------------------------------------

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error as a line of text: it is read in the small frame of a pane."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, MulticloudLabError):
            status_code = error.status
        self.set_status(status_code)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(said(error, status_code)[1] + "\n")

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what nobody expected, without its words."""
        if value is not None and not isinstance(value, MulticloudLabError | web.HTTPError):
            self.log.error("A dashboard failed: %s", where_raised(value))

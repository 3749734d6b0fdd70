"""Routes that are made when they are first asked for, so that no server's start waits for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tornado import web
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.routing import PathMatches, Router, Rule


class LateRoutes(Router):
    """Holds requests for routes of an application until those routes are there.

    Parameters
    ----------
    application : Application
        That gets the routes.
    pattern : str
        Of the paths that are held.
    arrived : callable
        Waits until the routes were added, and says whether that went well; called once for each
        request that comes before.
    """

    def __init__(
        self, application: web.Application, pattern: str, arrived: Callable[[], Awaitable[bool]]
    ) -> None:
        self._application = application
        self._arrived = arrived
        self._passes = False
        # Not by Jupyter's own method: it looks at the verbs of handlers, and this is none. It sees
        # those that come.
        web.Application.add_handlers(application, ".*$", [Rule(PathMatches(pattern), self)])

    def let_pass(self) -> None:
        """Hold nothing any more: the routes are there."""
        self._passes = True

    def find_handler(self, request: HTTPServerRequest, **_: Any) -> HTTPMessageDelegate | None:
        """Give what holds a request; nothing as soon as the routes behind can take it."""
        return None if self._passes else _Held(self, request)

    async def routed(self, request: HTTPServerRequest) -> HTTPMessageDelegate:
        """Wait for the routes, and give what the right one of them does with a request."""
        if await self._arrived():
            return self._application.find_handler(request)
        return self._application.get_handler_delegate(
            request, web.ErrorHandler, {"status_code": 503}
        )


class _Held(HTTPMessageDelegate):
    """A request that waits; its body is read after that."""

    def __init__(self, routes: LateRoutes, request: HTTPServerRequest) -> None:
        self._routes = routes
        self._request = request
        self._delegate: HTTPMessageDelegate | None = None
        self._gone = False

    async def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        delegate = await self._routes.routed(self._request)
        if self._gone:
            return
        self._delegate = delegate
        more = delegate.headers_received(start_line, headers)
        if more is not None:
            await more

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk) if self._delegate else None

    def finish(self) -> None:
        if self._delegate is not None:
            self._delegate.finish()

    def on_connection_close(self) -> None:
        self._gone = True
        if self._delegate is not None:
            self._delegate.on_connection_close()

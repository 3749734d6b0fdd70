"""What all handlers of the API share: who asks, and how an error is answered and logged."""

from __future__ import annotations

import json
import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth import User
from jupyter_server.base.call_context import CallContext
from jupyter_server.base.handlers import APIHandler
from tornado import web

from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.server.kernels import KernelDoor
from multicloud_lab.service import LabService

AUTH_RESOURCE = "multicloud_lab"

LabSource = Callable[[], Awaitable[LabService]]
"""Gives the lab when it is there; raises MulticloudLabError if it did not start."""


class LabHandler(APIHandler):
    """A handler of the API.

    Its callers have signed in to Jupyter, or are kernels that carry the secret of this server.
    """

    auth_resource = AUTH_RESOURCE

    def initialize(self, lab: LabSource, door: KernelDoor) -> None:
        """Take what the extension gives to every handler."""
        self.lab = lab
        self.from_kernel = door.admits(self.request)

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        """Find out who asks."""
        if not self.from_kernel:
            await super().prepare()
            return
        # As JupyterHandler does, but the secret stands for a login, and for the XSRF token: no
        # page of another site can send it.
        CallContext.set(CallContext.JUPYTER_HANDLER, self)
        if not self.check_host():
            raise web.HTTPError(403)
        self.current_user = self._jupyter_current_user = await self._own_user()

    async def _own_user(self) -> User:
        """Give the user that this server runs for, as its identity provider knows them."""
        token = self.identity_provider.token
        user = None
        if token:
            self.request.headers["Authorization"] = f"token {token}"
            user = await ensure_async(self.identity_provider.get_user(self))
        # Who logs in with a password is nobody in particular to Jupyter, too.
        return user or self.identity_provider.generate_anonymous_user(self)

    def update_api_activity(self) -> None:
        """Count what a person asks for; the panel reads by itself, and that keeps nothing alive."""
        if self.request.method != "GET":
            super().update_api_activity()

    def set_default_headers(self) -> None:
        """Keep answers out of caches: they change, and some are for one reader only."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error as ``{"code", "message"}``."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, MulticloudLabError):
            status_code = error.status
        self.set_status(status_code)
        code, message = said(error, status_code)
        self.finish(json.dumps({"code": code, "message": message}))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what nobody expected, without its words: they may hold what is secret."""
        if value is not None and not isinstance(value, MulticloudLabError | web.HTTPError):
            self.log.error(
                "%s %s failed: %s", self.request.method, self.request.path, where_raised(value)
            )


def said(error: BaseException | None, status: int) -> tuple[str, str]:
    """Give the code and the message that an error is answered with."""
    if isinstance(error, MulticloudLabError):
        return error.code, str(error)
    phrase = HTTPStatus(status).phrase
    if isinstance(error, web.HTTPError):
        # Tornado doubles the percent signs of messages that have no arguments.
        message = error.log_message % error.args if error.log_message else error.reason or phrase
        return phrase.lower().replace(" ", "-"), message
    return "internal", "The server failed at this; its log says where."


def where_raised(error: BaseException) -> str:
    """Give the type of an error and the lines it passed through, but none of its words."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{lines}"

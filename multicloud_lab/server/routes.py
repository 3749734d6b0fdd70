"""The routes of the HTTP API, made from its table; every rule of the domain is in the lab."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from itertools import groupby
from types import NoneType
from typing import Any

from jupyter_server.auth.decorator import authorized
from pydantic import TypeAdapter
from tornado import web

from multicloud_lab.endpoints import ENDPOINTS, PREFIX, Endpoint
from multicloud_lab.errors import KernelsOnlyError, NotFoundError
from multicloud_lab.server.base import LabHandler
from multicloud_lab.server.inputs import NoQuery, read_body, read_query
from multicloud_lab.server.openapi import text

Verb = Callable[..., Awaitable[None]]


def routes() -> list[tuple[str, type[LabHandler]]]:
    """Give the pattern and the handler of every path of the API, below the server's base URL."""
    paths = groupby(ENDPOINTS, key=lambda endpoint: endpoint.path)
    return [
        *((_pattern(path), _handler(list(endpoints))) for path, endpoints in paths),
        (f"{PREFIX}/openapi.json", OpenAPIHandler),
        (f"{PREFIX}/.*", UnknownHandler),
    ]


def _pattern(path: str) -> str:
    """Give the pattern of a path; ids of datasets may hold slashes, encoded or not."""
    return f"{PREFIX}/" + re.sub(
        r"{(\w+)}",
        lambda found: f"(?P<{found[1]}>{'.+' if found[1] == 'dataset_id' else '[^/]+'})",
        path,
    )


def _handler(endpoints: list[Endpoint]) -> type[LabHandler]:
    """Make the handler of one path, each verb with its own decorators.

    ``authorized`` remembers the first resource and action that it sees, so it cannot be shared.
    """
    verbs = {
        endpoint.method.lower(): web.authenticated(authorized(_verb(endpoint)))
        for endpoint in endpoints
    }
    name = "".join(part.title() for part in re.findall(r"\w+", endpoints[0].path)) + "Handler"
    return type(name, (LabHandler,), verbs)


def _verb(endpoint: Endpoint) -> Verb:
    answer: TypeAdapter[Any] | None = (
        None if endpoint.answer is NoneType else TypeAdapter(endpoint.answer)
    )

    async def verb(self: LabHandler, **path: str) -> None:
        if endpoint.kernels_only and not self.from_kernel:
            raise KernelsOnlyError(
                "This is for kernels of this server only; ask for it in a notebook."
            )
        arguments: list[Any] = [path[name] for name in endpoint.arguments]
        query = read_query(endpoint.query or NoQuery, self.request)
        if endpoint.query is not None:
            arguments.append(query)
        if endpoint.body is not None:
            arguments.append(read_body(endpoint.body, self.request))
        lab = await self.lab()
        result = await getattr(lab, endpoint.name)(*arguments)
        self.set_status(endpoint.status)
        await self.finish(answer.dump_json(result) if answer is not None else None)

    verb.__name__ = endpoint.name
    return verb


class OpenAPIHandler(LabHandler):
    """Serves the description of the API."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Give the OpenAPI document."""
        await self.finish(text())


class UnknownHandler(LabHandler):
    """Answers paths that the API does not have, in the API's own way."""

    async def prepare(self, *, _redirect_to_login: bool = True) -> None:
        """Say so, to those who may know."""
        await super().prepare()
        if not self.current_user:
            raise web.HTTPError(403)
        if self.request.method != "OPTIONS":
            raise NotFoundError(f"The API has no {self.request.path!r}; see {PREFIX}/openapi.json.")

"""Names of hosts, looked up in threads of their own: one that hangs holds up nothing else."""

from __future__ import annotations

import socket
from typing import Any, cast

import aiohttp

from multicloud_lab.threads import apart


class _Threads:
    """As much of an event loop as aiohttp's resolver asks for."""

    async def getaddrinfo(
        self,
        host: str,
        port: int,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - as asyncio has it
        flags: int = 0,
    ) -> Any:
        return await apart(lambda: socket.getaddrinfo(host, port, family, type, 0, flags))

    async def getnameinfo(self, address: Any, flags: int) -> Any:
        return await apart(lambda: socket.getnameinfo(address, flags))


class Resolver(aiohttp.ThreadedResolver):
    """Asks the system for addresses, in a thread for each question.

    aiohttp's own asks in the threads that everything else of a process shares, six on two cores:
    a few names whose server does not answer, as on a laptop that has left its network, would hold
    up the reading of files, the books and the calls to every other gateway. (With aiodns it uses
    none, and then it does not know all names that the system knows.)
    """

    def __init__(self) -> None:
        super().__init__(loop=cast("Any", _Threads()))

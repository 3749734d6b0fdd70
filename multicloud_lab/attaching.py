"""Tells the Jupyter server which clusters this kernel has clients of, for its panel to show."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import PurePath

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.interface import LabInterface

_FILE = re.compile(r"kernel-([0-9a-zA-Z-]{8,100})\.json")


class Attaching:
    """Says it in the order in which it comes about; a server that cannot be told is no error.

    Parameters
    ----------
    service : LabInterface
    loop : BackgroundLoop
        The loop that the service was made on.
    kernel : str or None
        Id of this kernel; ``None`` outside a kernel, where nobody is told.
    """

    def __init__(self, service: LabInterface, loop: BackgroundLoop, kernel: str | None) -> None:
        self._service = service
        self._loop = loop
        self._kernel = kernel
        self._turn = asyncio.Lock()
        self._last: Future[None] | None = None

    def attached(self, cluster: r.Cluster) -> None:
        """Say that there is a client of a cluster."""
        self._tell(self._service.attach, cluster)

    def detached(self, cluster: r.Cluster) -> None:
        """Say that there is none any more."""
        self._tell(self._service.detach, cluster)

    def close(self, seconds: float) -> None:
        """Wait until everything has been said, at most so many seconds, and say nothing more."""
        self._kernel = None
        if self._last is not None:
            wait([self._last], timeout=seconds)

    def _tell(self, say: Callable[[str, str, str], Awaitable[None]], cluster: r.Cluster) -> None:
        kernel = self._kernel
        if kernel is None:
            return

        async def told() -> None:
            async with self._turn:  # whose queue is in order
                # Where it fails the panel does not show it; the client works all the same.
                with suppress(MulticloudLabError):
                    await say(kernel, cluster.gateway, cluster.name)

        self._last = self._loop.submit(told())


def this_kernel() -> str | None:
    """Give the id of this kernel, which is in the name of its connection file."""
    names = list(sys.argv[1:])
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython

        kernel = getattr(get_ipython(), "kernel", None)
        application = getattr(kernel, "parent", None)
        names.insert(0, str(getattr(application, "connection_file", "")))
    for name in names:
        found = _FILE.fullmatch(PurePath(name).name)
        if found:
            return found[1]
    return None

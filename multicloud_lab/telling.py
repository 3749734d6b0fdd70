"""Tells the Jupyter server what this kernel is attached to and what it plans, for its panel."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import PurePath

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.interface import LabInterface

MOST_OF_A_NAME = 1000
"""Characters of a notebook's path that are told."""

_FILE = re.compile(r"kernel-([0-9a-zA-Z-]{8,100})\.json")


class Telling:
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
        self._tell(lambda kernel: self._service.attach(kernel, cluster.gateway, cluster.name))

    def detached(self, cluster: r.Cluster) -> None:
        """Say that there is none any more."""
        self._tell(lambda kernel: self._service.detach(kernel, cluster.gateway, cluster.name))

    def planned(self, moves: Sequence[r.PlannedMove]) -> None:
        """Say what the newest plan of this kernel would move; nothing, if that is nothing."""
        told = r.TellPlan(notebook=this_notebook(), moves=tuple(moves[: r.MOST_MOVES]))
        self._tell(lambda kernel: self._service.tell_plan(kernel, told))

    def close(self, seconds: float) -> None:
        """Wait until everything has been said, at most so many seconds, and say nothing more."""
        self._kernel = None
        if self._last is not None:
            wait([self._last], timeout=seconds)

    def _tell(self, say: Callable[[str], Awaitable[None]]) -> None:
        kernel = self._kernel
        if kernel is None:
            return

        async def told() -> None:
            async with self._turn:  # whose queue is in order
                # Where it fails the panel does not show it; the notebook works all the same.
                with suppress(MulticloudLabError):
                    await say(kernel)

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


def this_notebook() -> str:
    """Give the path of the notebook that this kernel was started for; empty if it is not known."""
    return os.environ.get("JPY_SESSION_NAME", "")[-MOST_OF_A_NAME:]

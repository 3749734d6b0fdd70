"""The Jupyter Server extension: it opens the lab's doors, and starts it when it is asked for.

Nothing heavy is imported here: every start of a Jupyter server waits for this file.
"""

from __future__ import annotations

import asyncio
import re
from importlib import import_module
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp

from multicloud_lab.config.traits import MulticloudLab
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.server.events import ChangeEvents
from multicloud_lab.server.kernels import KernelDoor
from multicloud_lab.server.late import LateRoutes

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from multicloud_lab.server.running import RunningLab
    from multicloud_lab.service import LabService

QUIET = 0.5
"""Seconds after which the lab starts unasked: the server has answered its first requests then."""

CLOSE_DEADLINE = 10.0
"""Seconds that connections may take to be closed when the server stops."""


class MulticloudLabExtension(ExtensionApp):
    """Multi-Cloud Lab in a Jupyter server."""

    name = "multicloud_lab"
    description = "Datasets, the gateways near them and the clusters there."
    classes = [MulticloudLab]  # noqa: RUF012 - a trait of Jupyter's applications

    _door: KernelDoor
    _events: ChangeEvents
    _routes: LateRoutes
    _soon: asyncio.TimerHandle | None = None
    _routed: asyncio.Task[RunningLab | None] | None = None
    _lab: asyncio.Task[LabService | None] | None = None
    _stopped = False

    def initialize_settings(self) -> None:
        """Prepare what the server needs before it runs; the rest begins when it does."""
        server = self._server
        self._door = KernelDoor(server.runtime_dir)
        assert server.event_logger is not None  # noqa: S101 - made before extensions are
        self._events = ChangeEvents(server.event_logger)
        server.io_loop.add_callback(self._begin)

    def initialize_handlers(self) -> None:
        """Hold requests until the API and the dashboards are there."""
        server = self._server
        pattern = re.escape(server.base_url) + r"multicloud-lab/(?:api|dashboards)/.*"
        self._routes = LateRoutes(server.web_app, pattern, self._have_routes)

    async def lab(self) -> LabService:
        """Give the lab as soon as it is there.

        Raises
        ------
        MulticloudLabError
            It did not start, or the server is stopping.
        """
        self._ask()
        lab = await asyncio.shield(self._lab) if self._lab is not None else None
        if lab is None:
            raise MulticloudLabError("Multi-Cloud Lab is not running; the server's log says why.")
        return lab

    async def stop_extension(self) -> None:
        """Close every connection; clusters go on."""
        self._stopped = True
        if self._soon is not None:
            self._soon.cancel()
        routed, starting = self._routed, self._lab
        self._routed = self._lab = None
        try:
            async with asyncio.timeout(CLOSE_DEADLINE):
                if routed is not None and starting is not None and (running := await routed):
                    await starting
                    await running.close()
        except TimeoutError:
            self._server.log.warning(
                "multicloud_lab | Multi-Cloud Lab did not close in %.0f s.", CLOSE_DEADLINE
            )
        if hasattr(self, "_door"):
            await self._door.close()

    @property
    def _server(self) -> ServerApp:
        assert self.serverapp is not None  # noqa: S101 - it is when an extension is initialized
        return self.serverapp

    def _begin(self) -> None:
        server = self._server
        try:
            self._door.open(server.web_app, server.base_url, server.connection_url)
        except OSError as error:
            server.log.warning(
                "multicloud_lab | Kernels cannot reach Multi-Cloud Lab: no socket (%s).", error
            )
        if not self._stopped:
            self._soon = asyncio.get_running_loop().call_later(QUIET, self._ask)

    def _ask(self) -> None:
        """Begin to start the lab, unless that has begun."""
        if self._routed is None and not self._stopped:
            self._routed = asyncio.create_task(self._route())
            self._lab = asyncio.create_task(self._start(self._routed))

    async def _have_routes(self) -> bool:
        self._ask()
        return self._routed is not None and await asyncio.shield(self._routed) is not None

    async def _route(self) -> RunningLab | None:
        try:
            # In a thread, since it takes a while; the import below finds it done.
            await asyncio.to_thread(import_module, "multicloud_lab.server.running")
            from multicloud_lab.server.running import RunningLab

            running = RunningLab(self._server)
            running.add_routes(self.lab, self._door)
        except Exception:  # the server has other work to do
            self._server.log.exception("multicloud_lab | Multi-Cloud Lab cannot be imported.")
            return None
        self._routes.let_pass()
        return running

    async def _start(self, routed: asyncio.Task[RunningLab | None]) -> LabService | None:
        running = await routed
        return await running.start(self._events) if running is not None else None

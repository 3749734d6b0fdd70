"""The Jupyter Server extension: it makes the lab, opens its doors, and closes them at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp

from multicloud_lab.config import LabConfig, MulticloudLab
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.server.base import where_raised
from multicloud_lab.server.dashboards import PATTERN, DashboardHandler, Dashboards
from multicloud_lab.server.events import ChangeEvents
from multicloud_lab.server.kernels import KernelDoor
from multicloud_lab.server.routes import routes
from multicloud_lab.server.settings import server_config
from multicloud_lab.service import LabService

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

CLOSE_DEADLINE = 10.0
"""Seconds that connections may take to be closed when the server stops."""


class MulticloudLabExtension(ExtensionApp):
    """Multi-Cloud Lab in a Jupyter server."""

    name = "multicloud_lab"
    description = "Datasets, the gateways near them and the clusters there."
    classes = [MulticloudLab]  # noqa: RUF012 - a trait of Jupyter's applications

    _lab: asyncio.Task[LabService | None] | None = None
    _door: KernelDoor
    _dashboards: Dashboards
    _events: ChangeEvents

    def initialize_settings(self) -> None:
        """Prepare everything; what needs the event loop begins when it runs."""
        server = self._server
        self._door = KernelDoor(server.runtime_dir)
        self._dashboards = Dashboards()
        assert server.event_logger is not None  # noqa: S101 - made before extensions are
        self._events = ChangeEvents(server.event_logger)
        config = server_config(server.config, server.config_file_paths)
        for problem in config.problems:
            self._server.log.warning("multicloud_lab | %s: %s", problem.key, problem.message)
        server.io_loop.add_callback(self._begin, config)

    def initialize_handlers(self) -> None:
        """Add the API and the dashboards."""
        self.handlers.extend(
            (pattern, handler, {"lab": self.lab, "door": self._door})
            for pattern, handler in routes()
        )
        self.handlers.append(
            (PATTERN, DashboardHandler, {"lab": self.lab, "dashboards": self._dashboards})
        )

    async def lab(self) -> LabService:
        """Give the lab as soon as it is there.

        Raises
        ------
        MulticloudLabError
            It did not start, or the server is stopping.
        """
        lab = await asyncio.shield(self._lab) if self._lab is not None else None
        if lab is None:
            raise MulticloudLabError("Multi-Cloud Lab is not running; the server's log says why.")
        return lab

    async def stop_extension(self) -> None:
        """Close every connection; clusters go on."""
        starting, self._lab = self._lab, None
        if starting is not None:
            await self._close(starting)
        if hasattr(self, "_door"):
            await self._dashboards.close()
            await self._door.close()

    @property
    def _server(self) -> ServerApp:
        assert self.serverapp is not None  # noqa: S101 - it is when an extension is initialized
        return self.serverapp

    def _begin(self, config: LabConfig) -> None:
        server = self._server
        try:
            self._door.open(server.web_app, server.base_url, server.connection_url)
        except OSError as error:
            server.log.warning(
                "multicloud_lab | Kernels cannot reach Multi-Cloud Lab: no socket (%s).", error
            )
        self._lab = asyncio.create_task(self._start(config))

    async def _start(self, config: LabConfig) -> LabService | None:
        try:
            lab = LabService(
                config,
                state_dir=Path(self._server.data_dir) / "multicloud_lab",
                on_change=self._events.emit,
            )
            await lab.start()
        except Exception as error:  # noqa: BLE001 - the server has other work to do
            self._server.log.warning(
                "multicloud_lab | Multi-Cloud Lab did not start: %s", where_raised(error)
            )
            return None
        return lab

    async def _close(self, starting: asyncio.Task[LabService | None]) -> None:
        try:
            async with asyncio.timeout(CLOSE_DEADLINE):
                lab = await starting
                if lab is not None:
                    await lab.close()
        except TimeoutError:
            self._server.log.warning(
                "multicloud_lab | Multi-Cloud Lab did not close in %.0f s.", CLOSE_DEADLINE
            )

"""The lab of a Jupyter server as it runs: its configuration, its routes, its service.

Imported when somebody asks for the lab, not when the server starts: it takes longer than the rest
of the start together.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from multicloud_lab.server.base import LabSource, where_raised
from multicloud_lab.server.dashboards import PATTERN, DashboardHandler, Dashboards
from multicloud_lab.server.events import ChangeEvents
from multicloud_lab.server.kernel_ends import KernelEnds
from multicloud_lab.server.kernels import KernelDoor
from multicloud_lab.server.routes import routes
from multicloud_lab.server.settings import server_config
from multicloud_lab.service import LabService

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class RunningLab:
    """The lab of one Jupyter server; made and used on the server's event loop.

    Parameters
    ----------
    server : ServerApp
    """

    def __init__(self, server: ServerApp) -> None:
        self._server = server
        self._dashboards = Dashboards()
        self._service: LabService | None = None
        self._ends: KernelEnds | None = None

    def add_routes(self, lab: LabSource, door: KernelDoor) -> None:
        """Add the API and the dashboards to the server."""
        application = self._server.web_app
        handlers = [
            *((pattern, handler, {"lab": lab, "door": door}) for pattern, handler in routes()),
            (PATTERN, DashboardHandler, {"lab": lab, "dashboards": self._dashboards}),
        ]
        application.add_handlers(  # type: ignore[no-untyped-call]
            ".*$",
            [
                (url_path_join(self._server.base_url, pattern), handler, arguments)
                for pattern, handler, arguments in handlers
            ],
        )

    async def start(self, events: ChangeEvents) -> LabService | None:
        """Start the service; if that fails the log says why, and the server goes on."""
        server = self._server
        try:
            config = await asyncio.to_thread(server_config, server.config, server.config_file_paths)
            for problem in config.problems:
                server.log.warning("multicloud_lab | %s: %s", problem.key, problem.message)
            self._service = LabService(
                config,
                state_dir=Path(server.data_dir) / "multicloud_lab",
                on_change=events.emit,
            )
            await self._service.start()
            if server.event_logger is not None:
                self._ends = KernelEnds(server.event_logger, self._service.forget_kernel)
        except Exception as error:  # noqa: BLE001 - the server has other work to do
            server.log.warning(
                "multicloud_lab | Multi-Cloud Lab did not start: %s", where_raised(error)
            )
            return None
        return self._service

    async def close(self) -> None:
        """Close every connection; clusters go on."""
        await self._dashboards.close()
        if self._ends is not None:
            self._ends.close()
        if self._service is not None:
            await self._service.close()

"""Sees kernels of the server end or begin anew, whoever or whatever made them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from jupyter_events import EventLogger
from jupyter_events.schema_registry import SchemaRegistryException
from jupyter_server import DEFAULT_EVENTS_SCHEMA_PATH

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
_ENDS = ("shutdown", "restart")


class KernelEnds:
    """Tells of every end; Jupyter emits an event for each, also for a crash and a culled kernel.

    Parameters
    ----------
    logger : EventLogger
        Of the Jupyter server.
    ended : callable
        Told the kernel's id.
    """

    def __init__(self, logger: EventLogger, ended: Callable[[str], None]) -> None:
        self._logger = logger
        self._ended = ended
        with suppress(SchemaRegistryException):  # where a kernel has been started already
            logger.register_event_schema(DEFAULT_EVENTS_SCHEMA_PATH / "kernel_actions" / "v1.yaml")
        logger.add_listener(schema_id=KERNEL_ACTIONS, listener=self._heard)

    def close(self) -> None:
        """Listen no more."""
        self._logger.remove_listener(listener=self._heard)

    async def _heard(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        if data.get("action") in _ENDS and isinstance(data.get("kernel_id"), str):
            self._ended(data["kernel_id"])

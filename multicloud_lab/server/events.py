"""Changes of the lab as Jupyter events, so that whoever shows something asks again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_events import EventLogger

if TYPE_CHECKING:
    from multicloud_lab.records import Change

SCHEMA_ID = "https://events.multicloud-lab.org/change/v1"
SCHEMA_FILE = Path(__file__).parent / "schemas" / "change-v1.yaml"


class ChangeEvents:
    """Emits every change of a lab as one event.

    Parameters
    ----------
    logger : EventLogger
        Of the Jupyter server.
    """

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        logger.register_event_schema(SCHEMA_FILE)

    def emit(self, change: Change) -> None:
        """Emit a change; to be called on the server's event loop."""
        self._logger.emit(schema_id=SCHEMA_ID, data=change.model_dump(mode="json"))

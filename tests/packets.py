"""What leaves this process: every look-up and connection, whatever library makes it."""

from __future__ import annotations

import sys
import threading
from typing import Any

SENT: list[tuple[str, Any]] = []
"""The event and the host or address of each; for a test to clear."""


def _record(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        what = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        what = arguments[1]
    else:
        return
    # Clusters that other tests in this process keep talk among themselves all the time.
    if threading.current_thread().name != "IO loop":
        SENT.append((event, what))


sys.addaudithook(_record)

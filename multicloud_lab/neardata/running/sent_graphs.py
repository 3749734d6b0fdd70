"""How many bytes the graphs have that are sent to a cluster, counted as they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from distributed import Client

_counted: ContextVar[list[int] | None] = ContextVar("multicloud_lab_sent_graphs", default=None)


@contextmanager
def counted(client: Client) -> Iterator[list[int]]:
    """Count the graphs that a client sends in this block, in this thread.

    The client serialises a graph once, as it sends it: to do so again, only to count, would take
    as long as that.

    Yields
    ------
    list of int
        The bytes of each graph, filled as they are sent.
    """
    _look_on(client)
    sizes: list[int] = []
    token = _counted.set(sizes)
    try:
        yield sizes
    finally:
        _counted.reset(token)


def _look_on(client: Any) -> None:
    """Have a client tell what it sends; once."""
    send = getattr(client, "_send_to_scheduler", None)
    if send is None or "_send_to_scheduler" in vars(client):
        return  # It is distributed's own affair, and may be gone: then nothing is counted.

    def sending(message: dict[str, Any]) -> None:
        sizes = _counted.get()
        if sizes is not None and message.get("op") == "update-graph":
            with suppress(Exception):  # Counting must never cost anybody a computation.
                frames = message["expr_ser"].frames
                sizes.append(sum(memoryview(frame).nbytes for frame in frames))
        send(message)

    client._send_to_scheduler = sending

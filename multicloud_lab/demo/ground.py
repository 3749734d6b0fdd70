"""Where the processes of a region run: on this machine's loopback, or behind a border."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a region's store, gateway and clusters run.

    Parameters
    ----------
    host : str
        The address that they listen on.
    inside : tuple of str
        What a command begins with so that it runs there.
    """

    host: str = "127.0.0.1"
    inside: tuple[str, ...] = ()


LOOPBACK = Ground()

"""CPU seconds of this process and of everything that it has started."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


def cpu_seconds() -> float:
    """Add up what this process, its descendants, and those of them that ended have used."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):
            used = process.cpu_times()
            total += used.user + used.system + used.children_user + used.children_system
    return total


@contextmanager
def timed(seconds: list[float], cpu: list[float]) -> Iterator[None]:
    """Append the seconds that the block takes, and the CPU seconds of all processes in it."""
    used, began = cpu_seconds(), time.perf_counter()
    yield
    seconds.append(time.perf_counter() - began)
    cpu.append(cpu_seconds() - used)

"""What processes run, of those that are still there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def commands(processes: Iterable[psutil.Process]) -> list[str]:
    """Give the command line of each process that has not ended meanwhile."""
    found = []
    for process in processes:
        with suppress(psutil.Error):
            found.append(" ".join(process.cmdline()))
    return found

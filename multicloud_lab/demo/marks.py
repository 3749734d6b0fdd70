"""Finding and ending the processes of one demo by the mark in their environment.

Workers of a gateway run in sessions of their own and outlive it when it is killed; the
environment that they were started with is what still tells whose they are.
"""

from __future__ import annotations

import os

import psutil

MARK = "MULTICLOUD_LAB_DEMO"
"""Environment variable that every process of one demo carries, with the demo's random mark."""


def marked(mark: str) -> list[psutil.Process]:
    """Find every other process of a demo, also those whose parents are gone."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.pid != os.getpid() and process.environ().get(MARK) == mark
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or somebody else's
        if mine:
            found.append(process)
    return found


def sweep(mark: str, rounds: int = 10) -> None:
    """Kill what carries a mark until a look round finds nothing."""
    for _ in range(rounds):
        left = marked(mark)
        if not left:
            return
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(left, timeout=2)

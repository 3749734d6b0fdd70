"""What runs have left on clusters."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any

from multicloud_lab.neardata.running.execution import RunPlace


def tasks_on(client: Any) -> int:
    """Count the tasks that a scheduler knows of."""
    count: int = client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
    return count


def eventually(condition: Callable[[], bool], within: float = 60) -> bool:
    """Say whether something becomes true, sooner or later on a busy machine."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def assert_nothing_is_left(places: Sequence[RunPlace]) -> None:
    """Assert that soon no cluster knows of any task."""
    gc.collect()  # What an earlier test held in a ring of references holds its results as well.
    left: dict[str, int] = {}

    def none() -> bool:
        left.update((place.where, tasks_on(place.client)) for place in places if place.client)
        return not any(left.values())

    assert eventually(none), f"tasks are left: {left}"

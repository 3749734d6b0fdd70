"""What runs have left on clusters."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from multicloud_lab.neardata.execution import RunPlace


def tasks_on(client: Any) -> int:
    """Count the tasks that a scheduler knows of."""
    count: int = client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
    return count


def assert_nothing_is_left(places: Sequence[RunPlace], within: float = 10) -> None:
    """Assert that soon no cluster knows of any task."""
    until = time.monotonic() + within
    left = {}
    while time.monotonic() < until:
        left = {place.where: tasks_on(place.client) for place in places if place.client}
        if not any(left.values()):
            return
        time.sleep(0.02)
    raise AssertionError(f"tasks are left: {left}")

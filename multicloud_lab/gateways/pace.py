"""The pace of a watch: often while somebody looks at the lab, seldom when nobody does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

OFTEN = 2.0
"""Seconds between two looks while somebody looks at the lab."""
SOONEST = 0.2
"""Seconds between two looks, at least."""
SELDOM = 30.0
"""Seconds between two looks while nobody does, at most. Less than what makes a cluster's idle time
begin anew (:data:`multicloud_lab.gateways.idle.LONGEST_GAP`)."""
INTEREST = 75.0
"""Seconds for which somebody who asked is taken to look: a panel that is seen asks once a minute,
since it is told of changes."""


class Pace:
    """Knows when somebody last asked, and from that when to look again.

    Parameters
    ----------
    clock : callable
        Seconds that never go backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = float("-inf")

    def ask(self) -> float:
        """Note that somebody asks, and give the time of that."""
        self._asked = self._clock()
        return self._asked

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks."""
        return self._clock() - self._asked < INTEREST

    def pause(self, settling: Sequence[float], due: float | None) -> float:
        """Say in how many seconds to look again.

        Parameters
        ----------
        settling : sequence of float
            Seconds for which clusters are on their way to what was asked for. Who looks sees them
            come at once; those that take minutes are not asked about often.
        due : float or None
            Seconds until something is to be done whoever looks: an idle cluster is warned of, or
            stopped.
        """
        pause = min([OFTEN, *(age / 10 for age in settling)]) if self.is_watched else SELDOM
        if due is not None:
            pause = min(pause, due)
        return max(pause, SOONEST)

"""What the newest plan of each kernel would move, as kernels say it themselves; in memory only."""

from __future__ import annotations

import time
from collections.abc import Callable

from multicloud_lab import records as r
from multicloud_lab.records.kernels import check_kernel

LASTS = 24 * 3600.0
"""Seconds after which a plan is forgotten: nobody remembers then what it was."""
MOST = 100
"""Kernels whose plans are kept, those with the newest."""


class KernelPlans:
    """What kernels have said; one that ends is to be forgotten by whoever sees its end.

    Parameters
    ----------
    on_change : callable
        Told of every change.
    now : callable
        Gives seconds since 1970.
    """

    def __init__(
        self, on_change: Callable[[r.Change], None], *, now: Callable[[], float] = time.time
    ) -> None:
        self._on_change = on_change
        self._now = now
        self._plans: dict[str, r.KernelPlan] = {}

    def all(self) -> list[r.KernelPlan]:
        """Give the plans, the newest first."""
        since = self._now() - LASTS
        return [plan for plan in reversed(self._plans.values()) if plan.at > since]

    def tell(self, kernel: str, plan: r.TellPlan) -> None:
        """Note the newest plan of a kernel; the one before is forgotten.

        Raises
        ------
        InvalidInputError
            That is the id of no kernel.
        """
        check_kernel(kernel)
        known = self._plans.pop(kernel, None)
        if plan.moves:
            self._plans[kernel] = r.KernelPlan(
                kernel=kernel, at=self._now(), notebook=plan.notebook, moves=plan.moves
            )
            while len(self._plans) > MOST:
                del self._plans[next(iter(self._plans))]
            self._say("planned")
        elif known is not None:
            self._say("forgotten")

    def forget(self, kernel: str) -> None:
        """Note that a kernel has ended, or begun anew."""
        if self._plans.pop(kernel, None) is not None:
            self._say("forgotten")

    def _say(self, action: str) -> None:
        self._on_change(r.Change(topic="plans", action=action))

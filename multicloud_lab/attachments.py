"""Which kernels are attached to which clusters, as they say it themselves; in memory only."""

from __future__ import annotations

import time
from collections.abc import Callable

from multicloud_lab import records as r
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records.kernels import LONGEST_ID, check_kernel


class Attachments:
    """What kernels have said; a kernel that ends is to be forgotten by whoever sees its end.

    Parameters
    ----------
    on_change : callable
        Told of every change.
    """

    def __init__(self, on_change: Callable[[r.Change], None]) -> None:
        self._on_change = on_change
        self._since: dict[tuple[str, str, str], float] = {}

    def all(self) -> list[r.Attachment]:
        """Give every attachment, the first first."""
        return [
            r.Attachment(kernel=kernel, gateway=gateway, cluster=cluster, since=since)
            for (kernel, gateway, cluster), since in self._since.items()
        ]

    def attach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has a client of a cluster.

        Raises
        ------
        InvalidInputError
            That is the id of no kernel, or the name of no cluster.
        """
        check_kernel(kernel)
        if max(len(gateway), len(cluster)) > LONGEST_ID:
            raise InvalidInputError("That is no cluster's name.")
        key = (kernel, gateway, cluster)
        if key not in self._since:
            self._since[key] = time.time()
            self._say("attached", gateway, cluster)

    def detach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has no client of a cluster any more."""
        if self._since.pop((kernel, gateway, cluster), None) is not None:
            self._say("detached", gateway, cluster)

    def forget(self, kernel: str) -> None:
        """Note that a kernel has ended, or begun anew."""
        for key in [key for key in self._since if key[0] == kernel]:
            self.detach(*key)

    def _say(self, action: str, gateway: str, cluster: str) -> None:
        change = r.Change(topic="attachments", action=action, gateway=gateway, cluster=cluster)
        self._on_change(change)

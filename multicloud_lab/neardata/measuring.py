"""What was read, measured: the counts of a cluster's workers and of this process."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import Any

import cloudpickle
from distributed import Client

from multicloud_lab.neardata import meters
from multicloud_lab.neardata.meters import PLUGIN, ReadMeter, count_reads, reads_so_far

# Workers of a real deployment have dask and the storage libraries, and nothing of ours.
cloudpickle.register_pickle_by_value(meters)


ASK_DEADLINE = 10.0
"""Seconds that the workers of a cluster may take to say what they have read."""


class ReadCounts:
    """Bytes that one place reads, by URL of a store, from one question to the next.

    A cluster that several notebooks use counts for all of them: what they read of the same stores
    at the same time cannot be told apart.

    Parameters
    ----------
    client : distributed.Client or None
        Of the cluster; None: this process.
    """

    def __init__(self, client: Client | None) -> None:
        self._client = client
        self._roots: set[str] = set()
        self._told: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def count(self, roots: Iterable[str]) -> None:
        """Begin to count, or count for more stores."""
        with self._lock:
            new = set(roots) - self._roots
            if not new:
                return
            self._roots |= new
            if self._client is None:
                count_reads(self._roots)
            else:
                self._client.register_plugin(ReadMeter(self._roots), name=PLUGIN)
            self._since(new)  # Somebody else may have been counting there.

    def since(self, below: Iterable[str] | None = None) -> dict[str, int]:
        """Give what was read since this was asked before, or since counting began.

        Parameters
        ----------
        below : iterable of str, optional
            URLs: only what is read at or below one of them is given, and forgotten.
        """
        urls = None if below is None else [f"{url.rstrip('/')}/" for url in below]
        with self._lock:
            return self._since(
                self._roots
                if urls is None
                else {
                    root
                    for root in self._roots
                    if any(f"{root.rstrip('/')}/".startswith(url) for url in urls)
                }
            )

    def _since(self, roots: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for told in self._ask() if roots else ():
            known = self._told.setdefault(told["process"], {})
            for root in roots:
                size = told["bytes"].get(root, 0)
                if more := size - known.get(root, 0):
                    found[root] = found.get(root, 0) + more
                known[root] = size
        return found

    def _ask(self) -> list[dict[str, Any]]:
        """Ask every worker, then take what those that are gone have left with the scheduler."""
        if self._client is None:
            return [reads_so_far()]
        told = self._client.sync(  # type: ignore[no-untyped-call]
            self._client._run, reads_so_far, on_error="ignore", callback_timeout=ASK_DEADLINE
        )
        left = (event for _, event in self._client.get_events(PLUGIN))
        latest: dict[str, dict[str, Any]] = {}
        for each in sorted((*told.values(), *left), key=lambda each: sum(each["bytes"].values())):
            latest[each["process"]] = each
        return list(latest.values())

"""What was read, measured: the counts of a cluster's workers and of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
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
        self._told: dict[str, Mapping[str, int]] = {}
        self._lock = threading.Lock()

    def count(self, roots: Iterable[str]) -> None:
        """Begin to count, or count for more stores."""
        with self._lock:
            new = set(roots) - self._roots
            first = not self._roots
            if not new:
                return
            self._roots |= new
            if self._client is None:
                count_reads(self._roots)
            else:
                self._client.register_plugin(ReadMeter(self._roots), name=PLUGIN)
            if first:  # Somebody else may have been counting there.
                self._since()

    def since(self) -> dict[str, int]:
        """Give what was read since this was asked before, or since counting began."""
        with self._lock:
            return {url: size for url, size in self._since().items() if url in self._roots}

    def _since(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for told in self._ask():
            before = self._told.get(told["process"], {})
            for url, size in told["bytes"].items():
                if more := size - before.get(url, 0):
                    found[url] = found.get(url, 0) + more
            self._told[told["process"]] = told["bytes"]
        return found

    def _ask(self) -> list[dict[str, Any]]:
        """Ask every worker, and take what those that are gone have left with the scheduler."""
        if self._client is None:
            return [reads_so_far()]
        left = self._client.get_events(PLUGIN)
        told = self._client.sync(  # type: ignore[no-untyped-call]
            self._client._run, reads_so_far, on_error="ignore", callback_timeout=ASK_DEADLINE
        )
        latest = {event["process"]: event for _, event in left}
        latest |= {each["process"]: each for each in told.values()}
        return list(latest.values())

"""Idle clusters: since when nothing is computed there, what they use, and when they are stopped."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.clusters import Activity, dashboard_upstream
from multicloud_lab.gateways.counts import Counts, count
from multicloud_lab.gateways.entries import Usage
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.records import Change

_log = logging.getLogger(__name__)

LONGEST_GAP = 60.0
"""Seconds between two looks after which nobody can say what a cluster did in between."""
AGAIN = 2.0
"""Seconds until what could not be stopped is tried again."""
WRITTEN_EVERY = 30.0
"""Seconds after which what clusters have used is written down."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A cluster at one look: what it had, and since when nothing was computed there."""

    counts: Counts
    idle_since: float | None


class IdleKeeper:
    """Follows the running clusters of one gateway, and stops those of the lab that stay idle.

    A cluster is idle while no task is in process or waits, and nothing else changes on its
    scheduler either: neither its clients nor what it holds. Whatever cannot be told is not idle:
    the time begins anew when counts cannot be read, when looks are far apart, and when the lab
    is restarted.

    Parameters
    ----------
    session : GatewaySession
    book : Book
        Holds what clusters have used, and which are to be kept though idle.
    on_change : callable
        Told "idle" when a cluster is going to be stopped.
    """

    def __init__(
        self, session: GatewaySession, book: Book, on_change: Callable[[Change], None]
    ) -> None:
        self._session = session
        self._book = book
        self._on_change = on_change
        self._looks: dict[str, _Look] = {}
        self._looked = float("-inf")
        self._used: dict[str, float] = {}  # worker-seconds that are not in the book yet
        self._username = ""  # whose clusters used them
        self._written = time.time()
        self._usages: Mapping[str, Usage] = {}
        self._stops: dict[str, float] = {}
        self._due: float | None = None
        self._limits: dict[str, float] = {}  # seconds; 0: never
        self._stopped: dict[str, float] = {}

    def forget(self) -> None:
        """Begin anew: nobody can say at the moment what the clusters do."""
        self._looks, self._stops, self._due = {}, {}, None

    async def attend(
        self,
        counts: Mapping[str, Counts],
        ours: Mapping[str, float | None],
        usages: Mapping[str, Usage],
        username: str,
    ) -> None:
        """Take in a look, and stop what has been idle for too long.

        Parameters
        ----------
        counts : mapping
            Of the running clusters whose counts could be read at this look.
        ours : mapping
            Those that the lab has started, and for how many minutes each may be idle as who
            started it has set; None: as the gateway is configured.
        usages : mapping
            What the book says.
        username : str
            Whose clusters these are.
        """
        if username != self._username:
            await self.write()
            self._username = username
        now = time.time()
        self._usages = usages
        self._follow(counts, now)
        config = self._session.config
        self._limits = {name: config.idle_limit(asked) * 60 for name, asked in ours.items()}
        before, self._stops = self._stops, self._plan(ours, now)
        for name, when in self._stops.items():
            if name not in before:
                self._tell(name)
            elif now >= when:
                await self._stop(name)
        if now - self._written >= WRITTEN_EVERY:
            await self.write()

    def activity(self, name: str) -> Activity:
        """Say what is known of a cluster."""
        look, usage = self._looks.get(name), self._usages.get(name)
        known = usage.worker_seconds if usage else 0.0 if name in self._used else None
        return Activity(
            idle_since=look.idle_since if look else None,
            stops_at=self._stops.get(name),
            worker_seconds=None if known is None else known + self._used.get(name, 0.0),
        )

    @property
    def due(self) -> float | None:
        """When a cluster that is idle now is to be warned of or stopped, seconds since 1970."""
        return self._due

    def reason(self, name: str) -> str:
        """Say why a cluster was stopped, if it was for being idle."""
        limit = self._stopped.get(name)
        if limit is None:
            return ""
        long = f"{limit:.0f} s" if limit < 120 else f"{limit / 60:.0f} min"
        return f"stopped, since nothing was computed there for {long}"

    async def keep(self, name: str) -> None:
        """Let a cluster be idle for the whole time once more."""
        now, username = time.time(), self._session.username
        self._stops.pop(name, None)
        self._usages = {
            **self._usages,
            name: replace(self._usages.get(name, Usage(username, 0.0, now)), kept=now),
        }
        await asyncio.to_thread(self._book.keep, self._session.config.name, name, username, now)

    async def write(self) -> None:
        """Write down what the clusters have used since this was done last."""
        used, since, until = self._used, self._written, time.time()
        self._used, self._written = {}, until
        gateway = self._session.config.name
        await asyncio.to_thread(self._book.use, gateway, self._username, used, since, until)
        self._usages = await asyncio.to_thread(self._book.usages, gateway)

    def _follow(self, counts: Mapping[str, Counts], now: float) -> None:
        gap = now - self._looked
        before = self._looks if 0 <= gap <= LONGEST_GAP else {}
        self._looks, self._looked = {}, now
        for name, each in counts.items():
            last = before.get(name)
            workers = (each.workers + last.counts.workers) / 2 if last else 0
            self._used[name] = self._used.get(name, 0.0) + workers * (gap if last else 0)
            if each.tasks:
                idle_since = None
            elif last and last.idle_since is not None and last.counts.pulse == each.pulse:
                idle_since = last.idle_since
            else:
                idle_since = now
            self._looks[name] = _Look(each, idle_since)

    def _plan(self, ours: Iterable[str], now: float) -> dict[str, float]:
        """Say when which clusters are stopped, if half of the time has gone already."""
        stops, due = {}, []
        for name in ours:
            look, usage, limit = self._looks.get(name), self._usages.get(name), self._limits[name]
            if not limit or look is None or look.idle_since is None:
                continue
            since = max(look.idle_since, min(usage.kept, now) if usage else 0.0)
            warn, stop = since + limit / 2, since + limit
            if now >= warn:
                stops[name] = stop
            due.append(warn if now < warn else max(stop, now + AGAIN))
        self._due = min(due, default=None)
        return stops

    async def _stop(self, name: str) -> None:
        """Stop a cluster, unless something was begun there since it was looked at."""
        counts = self._looks[name].counts
        try:
            connection = self._session.connection
            now = await count(connection, dashboard_upstream(self._session.config, name), counts)
            if now is None or now.tasks or now.pulse != counts.pulse:
                return
            self._stopped[name] = self._limits[name]
            await connection.stop(name)
        except MulticloudLabError as error:
            self._stopped.pop(name, None)
            _log.info("%s is idle and could not be stopped: %s", name, error)
        else:
            _log.info("%s on %s was %s", name, self._session.config.name, self.reason(name))

    def _tell(self, name: str) -> None:
        gateway = self._session.config.name
        self._on_change(Change(topic="clusters", action="idle", gateway=gateway, cluster=name))

"""A watch: the one background task of a gateway, which looks at its clusters and tells changes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType

from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.bounds import apply_bounds
from multicloud_lab.gateways.clusters import ACTIVE, Seen, dashboard_upstream, see
from multicloud_lab.gateways.connection import DEADLINE, GatewayConnection
from multicloud_lab.gateways.counts import Counting, Counts
from multicloud_lab.gateways.entries import Entry
from multicloud_lab.gateways.following import Following
from multicloud_lab.gateways.idle import IdleKeeper
from multicloud_lab.gateways.pace import OFTEN, Pace
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.gateways.starts import Starts
from multicloud_lab.records import Change, Cluster

_log = logging.getLogger(__name__)

LATE = 5.0
"""Seconds after which a look is too old to be shown before there is another."""
COUNTED = 10
"""Clusters of a gateway that are asked for their counts at one look, while looks are many; the
others have their turn."""
FRESH = OFTEN
"""Seconds for which a look is as good as another: many who ask cause no more looks than one."""
PATIENCE = 2.0
"""Seconds that a gateway may take for its first answer before others are shown without it."""

_STATUS_ACTIONS = {"RUNNING": "running", "FAILED": "failed", "PENDING": "started"}


class GatewayWatch:
    """Looks at one gateway, gives new bounds to clusters that run, and tells what changes.

    Parameters
    ----------
    session : GatewaySession
    book : Book
    on_change : callable
        Told of every change of a cluster.

    Attributes
    ----------
    starts : Starts
        Starts clusters there.
    idle : IdleKeeper
        Knows since when clusters are idle.
    following : Following
        Waits for clusters that start.
    pace : Pace
        Says when to look again.
    bounding : asyncio.Lock
        Held while bounds are read, given and written, so that none are lost.
    """

    def __init__(
        self, session: GatewaySession, book: Book, on_change: Callable[[Change], None]
    ) -> None:
        self.session = session
        self.book = book
        self.starts = Starts(session, book, on_change)
        self.idle = IdleKeeper(session, book, on_change)
        self.following = Following(session, self._on_started)
        self.bounding = asyncio.Lock()
        self._on_change = on_change
        self._seen: Mapping[str, Seen] | None = None
        self._seen_by = ""
        self._counting = Counting()
        self._started = float("-inf")
        self._begun = float("-inf")  # when the last finished look began, on the monotonic clock
        self._looking = float("-inf")  # when the last look began that is finished or under way
        self._stale = float("-inf")  # looks that began before this do not count
        self.pace = Pace()
        self._wake = asyncio.Event()
        self._finished = asyncio.Event()
        session.on_silence = self._finished.set
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._started = time.monotonic()
        self._task = asyncio.create_task(self._run(), name=f"watch {self.session.config.name}")

    async def close(self) -> None:
        """Look no more, and let go of the gateway."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self.idle.write()
        await self._counting.close()
        await self.following.close()
        await self.starts.close()
        await self.session.close()

    @contextmanager
    def changing(self) -> Iterator[GatewayConnection]:
        """Give the connection to change something with; who asks afterwards gets a new look."""
        try:
            yield self.session.connection
        finally:
            self.refresh()

    def refresh(self) -> None:
        """Look again at once: what was seen up to now does not count any more."""
        self._stale = time.monotonic()
        self._wake.set()

    def begin_anew(self) -> None:
        """Look at once as who is signed in now; what another user saw is nobody's business."""
        if self.session.username != self._seen_by or self.session.state != "signed-in":
            self._seen = None
            self.idle.forget()
        self.refresh()

    async def latest(self, patience: float | None = None) -> Mapping[str, Seen]:
        """Give the clusters as the last look saw them.

        Who asks is told of changes, so a look of some seconds ago is good enough, and another one
        begins; the first one, one after a change, and one after a long pause are waited for.

        Parameters
        ----------
        patience : float, optional
            Seconds to wait for that look; by default, none for a gateway that does not answer,
            once it has had its chance, and no more for one that is then shown as such.
        """
        leaves = patience is None and self.session.state != "unreachable"
        if patience is None:
            patience = self._patience()
        asked = self.pace.ask()
        if self._looking < asked - FRESH:
            self._wake.set()
        wanted = max(asked - LATE, self._stale)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._begun < wanted:
                    self._finished.clear()
                    if self._looking < wanted:
                        self._wake.set()
                    await self._finished.wait()
                    if leaves and self.session.state == "unreachable":
                        break
        return self._seen or MappingProxyType({})

    @property
    def has_running(self) -> bool:
        """Whether the last look saw a running cluster."""
        return any(seen.cluster.status == "RUNNING" for seen in (self._seen or {}).values())

    async def may_have_clusters(self) -> bool:
        """Say whether there may be a cluster, as far as can be known of a gateway that is down."""
        if self.session.state == "signed-in" or self._seen or self.starts.waiting():
            return True
        if self.session.state != "unreachable":
            return False
        entries = await asyncio.to_thread(self.book.entries, self.session.config.name)
        username = self.session.username
        return any(entry.ours and entry.username == username for entry in entries.values())

    def has_seen(self, name: str) -> bool:
        """Say whether the last look saw a cluster of that name."""
        return name in (self._seen or {})

    async def describe(self, report: ClusterReport) -> Cluster:
        """Give the record of a cluster as its gateway has just reported it."""
        config, name = self.session.config, report.name
        entries = await asyncio.to_thread(self.book.entries, config.name)
        counts = None
        if report.status is ClusterStatus.RUNNING:
            upstream = dashboard_upstream(config, name)
            counts = await self._counting.ask_one(self.session.connection, name, upstream)
        return self._see(report, entries.get(name), counts).cluster

    def _patience(self) -> float:
        match self.session.state:
            case "signed-in":
                return DEADLINE + PATIENCE
            case "sign-in-needed":
                return PATIENCE
            case "unreachable":
                return max(0.0, self._started + PATIENCE - time.monotonic())

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            begun = self._looking = time.monotonic()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may be good
                # Its text and traceback may hold what the gateway, or a library, had of a request.
                _log.error("A look at %s broke: %s", self.session.config.name, type(error).__name__)
            self._begun = begun
            self._finished.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()

    def _pause(self) -> float:
        now = time.time()
        clusters = [seen.cluster for seen in (self._seen or {}).values()]
        settling = [max(0.0, now - each.started) for each in clusters if _settling(each)]
        due = self.idle.due
        return self.pace.pause(settling, None if due is None else due - now)

    async def _look(self) -> None:
        config = self.session.config
        known = await asyncio.to_thread(self.book.entries, config.name)
        reports = await self.session.look()
        if reports is None:
            self._seen = None
            self.idle.forget()
            return
        connection, username = self.session.connection, self.session.username
        await self.starts.reconcile(reports, username)
        entries = await asyncio.to_thread(self.book.entries, config.name)
        usages = await asyncio.to_thread(self.book.usages, config.name)
        there = {report.name for report in reports}
        # Another user's clusters are not listed, nor perhaps one that was there too late for this
        # look, however early it was asked for.
        gone = {
            name for name, entry in entries.items() if entry.username == username and name in known
        } | {name for name, usage in usages.items() if usage.username == username}
        if gone := gone - there:
            await asyncio.to_thread(self.book.forget, config.name, gone)
        for report in reports:
            entry = entries.get(report.name)
            if entry is not None and not entry.applied and report.status in ACTIVE:
                self.following.begin(report.name)  # not here: its scheduler may let one wait
        running = [report for report in reports if report.status is ClusterStatus.RUNNING]
        await self._counting.ask(
            connection,
            {report.name: dashboard_upstream(config, report.name) for report in running},
            COUNTED if self.pace.is_watched else None,
        )
        if not self.session.is_with(connection):
            return  # somebody has signed in or out meanwhile
        ours = {
            report.name: entries[report.name].idle_minutes
            for report in running
            if report.name in entries and entries[report.name].ours
        }
        counts = {
            report.name: counted
            for report in running
            if (counted := self._counting.get(report.name)) is not None
        }
        await self.idle.attend(counts, ours, usages, username)
        if not self.session.is_with(connection):
            return
        self._seen_by = username
        self._tell(
            {
                report.name: self._see(report, entries.get(report.name), counts.get(report.name))
                for report in reports
                # Of clusters that failed, only those of the lab are of interest.
                if report.status is not ClusterStatus.FAILED or report.name in entries
            }
        )

    def _see(self, report: ClusterReport, entry: Entry | None, counts: Counts | None) -> Seen:
        return see(
            self.session.config,
            report,
            entry,
            counts,
            owner=self.session.username,
            activity=self.idle.activity(report.name),
        )

    async def _on_started(self, report: ClusterReport) -> None:
        """Give a cluster its bounds in the moment that it runs, so that its workers start."""
        if report.status is ClusterStatus.RUNNING:
            async with self.bounding:
                entries = await asyncio.to_thread(self.book.entries, self.session.config.name)
                entry = entries.get(report.name)
                if entry and not entry.applied:
                    try:
                        await apply_bounds(self.session.connection, self.book, entry)
                    except MulticloudLabError as error:
                        _log.info("%s has no bounds yet: %s", entry.name, error)
                        return  # the next look comes in time, and tries it again
        self.refresh()

    def _tell(self, now: Mapping[str, Seen]) -> None:
        before, self._seen = self._seen, now
        for name in {**(before or {}), **now}:
            old = before[name].cluster if before and name in before else None
            new = now[name].cluster if name in now else None
            # After a sign-in everything is new to the lab, but nothing has started.
            action = "updated" if before is None else _action(old, new)
            if action:
                self._on_change(
                    Change(
                        topic="clusters",
                        action=action,
                        gateway=self.session.config.name,
                        cluster=name,
                        message=self.idle.reason(name) if action == "stopped" else "",
                    )
                )


def _settling(cluster: Cluster) -> bool:
    """Say whether a cluster is on its way to what was asked for; those that start are followed."""
    if cluster.status == "RUNNING":
        return (cluster.workers or 0) < (cluster.minimum or 0)
    return cluster.status == "PENDING" and not cluster.ours


def _action(old: Cluster | None, new: Cluster | None) -> str | None:
    """Say what happened to a cluster between two looks, in one word."""
    if old == new:
        return None
    if old and new and old.model_copy(update={"worker_seconds": new.worker_seconds}) == new:
        return None  # it always grows
    if new is None or new.status == "STOPPED":
        return "stopped"
    if old is None or old.status != new.status:
        return _STATUS_ACTIONS.get(new.status, "updated")
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        return "scaled"
    return "updated"

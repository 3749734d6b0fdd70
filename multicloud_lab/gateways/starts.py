"""Starts: one cluster for two clicks, found again if the answer is lost, stopped if cancelled."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dask_gateway.client import ClusterReport

from multicloud_lab.errors import (
    ClusterFailedError,
    DeadlineError,
    GatewayUnreachableError,
    MulticloudLabError,
)
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.clusters import pending, reusable
from multicloud_lab.gateways.connection import DEADLINE, START_DEADLINE, GatewayConnection
from multicloud_lab.gateways.entries import Entry, Submission
from multicloud_lab.gateways.lost import MARK, PROCESS, find, has_ended
from multicloud_lab.gateways.options import check_options, read_form
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.records import Change, Cluster

_log = logging.getLogger(__name__)

SHOWN_AFTER = 1.0
"""Seconds after which a start that the gateway has not answered is shown as a cluster."""
LOST_FOR = 600.0
"""Seconds for which a cluster is looked for whose answer was lost."""
_REMEMBERED = 100  # answered starts whose ids can still be cancelled


@dataclass(slots=True)
class _Flight:
    """A start that is under way in this process; the future is done if it is cancelled."""

    submission: Submission
    cancelled: asyncio.Future[None]
    connection: GatewayConnection
    answer: asyncio.Task[str] | None = None
    began: float = field(default_factory=time.monotonic)


class Starts:
    """Starts clusters on one gateway, one after the other.

    What is asked for is written down first. If then the answer does not come, be it for the
    network, a cancellation, or the end of this process, the cluster is known when it is listed:
    it was not there before, it has the options, and it came up at that time.

    Parameters
    ----------
    session : GatewaySession
    book : Book
    on_change : callable
        Told when a start takes so long that it is shown.
    """

    def __init__(
        self, session: GatewaySession, book: Book, on_change: Callable[[Change], None]
    ) -> None:
        self._session = session
        self._book = book
        self._on_change = on_change
        self._lock = asyncio.Lock()
        self._flights: dict[str, _Flight] = {}
        self._answered: dict[str, str] = {}
        self._undoing: set[asyncio.Task[None]] = set()
        self._closed = False

    def waiting(self) -> list[Cluster]:
        """List the starts that have no name yet; each can be cancelled by its own."""
        return [
            pending(self._session.config, flight.submission.entry(name))
            for name, flight in self._flights.items()
            if not flight.cancelled.done() and time.monotonic() - flight.began >= SHOWN_AFTER
        ]

    def cancel(self, name: str) -> bool:
        """Cancel a start that is under way; say whether there is one of that name."""
        flight = self._flights.get(name)
        if flight is None:
            return False
        if not flight.cancelled.done():
            flight.cancelled.set_result(None)
        return True

    def cancel_all(self) -> list[Cluster]:
        """Cancel whatever is under way, and say what that was."""
        flights = [flight for flight in self._flights.values() if not flight.cancelled.done()]
        for flight in flights:
            flight.cancelled.set_result(None)
        config = self._session.config
        return [pending(config, each.submission.entry(each.submission.id)) for each in flights]

    async def settled(self) -> None:
        """Wait until what was answered is in the book."""
        async with self._lock:
            pass

    def real_name(self, name: str) -> str:
        """Give the name that the gateway gave to what was shown under another before."""
        return self._answered.get(name, name)

    async def start(
        self,
        *,
        minimum: int,
        maximum: int,
        options: Mapping[str, Any],
        dataset: str | None,
        reuse: bool,
        idle_minutes: float | None,
    ) -> Entry | ClusterReport:
        """Start a cluster, or find one that will do; for the arguments see ``GatewayPool``.

        Raises
        ------
        InvalidInputError, GatewayRefusedError, GatewayUnreachableError, SignInNeededError
        ClusterFailedError
            It was cancelled.
        DeadlineError
            Another start is still under way there.
        """
        config, connection = self._session.config, self._session.connection
        submission = Submission(
            id=f"starting-{uuid.uuid4().hex[:8]}",
            gateway=config.name,
            username=self._session.username,
            minimum=minimum,
            maximum=maximum,
            dataset=dataset,
            options="{}",
            before="[]",
            asked=time.time(),
            process=PROCESS,
            idle_minutes=idle_minutes,
        )
        loop = asyncio.get_running_loop()
        flight = _Flight(submission, loop.create_future(), connection)
        self._flights[submission.id] = flight
        shown = loop.call_later(SHOWN_AFTER, self._tell, "started", submission.id)
        try:
            async with asyncio.timeout(START_DEADLINE), self._lock:
                reports, sent = await asyncio.gather(
                    connection.clusters(), self._options(connection, options, submission.id)
                )
                await self.reconcile(reports, submission.username)
                if reuse:
                    entries = await asyncio.to_thread(self._book.entries, config.name)
                    there = reusable(reports, entries, options, dataset)
                    if there is not None:
                        return there
                names = json.dumps([report.name for report in reports])
                flight.submission = replace(
                    submission,
                    before=names,
                    options=json.dumps(sent, default=str),
                    asked=time.time(),
                )
                if not flight.cancelled.done():
                    await asyncio.to_thread(self._book.submit, flight.submission)
                    flight.answer = asyncio.create_task(connection.submit(sent))
                    either: list[asyncio.Future[Any]] = [flight.answer, flight.cancelled]
                    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if flight.cancelled.done() or flight.answer is None:
                    self._abandon(flight)
                    raise ClusterFailedError(f"The start on {config.name} was cancelled.")
                return await self._accepted(flight.submission, flight.answer.result())
        except TimeoutError:
            if flight.answer is None:
                raise DeadlineError(
                    f"{config.name} is still busy with another start after "
                    f"{START_DEADLINE:.0f} s; ask again later."
                ) from None
            flight.answer.cancel()
            reason = f"{config.name} did not answer within {START_DEADLINE:.0f} s."
        except GatewayUnreachableError as error:
            if flight.answer is None:
                raise
            reason = str(error)
        except MulticloudLabError:
            if flight.answer is not None and not flight.cancelled.done():
                await asyncio.to_thread(self._book.settle, flight.submission)  # it was refused
            raise
        except asyncio.CancelledError:
            self._abandon(flight)
            raise
        finally:
            shown.cancel()
            if time.monotonic() - flight.began >= SHOWN_AFTER:
                self._tell("updated", submission.id)
            if flight.answer is None or not flight.cancelled.done():
                self._flights.pop(submission.id, None)
        return await self._lost(flight.submission, reason)

    async def reconcile(self, reports: Sequence[ClusterReport], username: str) -> None:
        """Find, among all clusters of a user, those whose answers were lost.

        One that is still wanted is the lab's from now on; another is stopped.
        """
        gateway, now = self._session.config.name, time.time()
        submissions = [
            each
            for each in await asyncio.to_thread(self._book.submissions, gateway)
            if each.username == username
        ]
        if not submissions or any(self._is_awaited(each, now) for each in submissions):
            return  # a cluster that nobody knows may be the one whose name is about to come
        known = set(await asyncio.to_thread(self._book.entries, gateway))
        for submission in submissions:
            found = find(submission, [each for each in reports if each.name not in known])
            if found is not None:
                known.add(found.name)
                if submission.wanted:
                    await self._accepted(submission, found.name)
                    _log.info("%s on %s was started, as is found now", found.name, gateway)
                    continue
                try:
                    await self._session.connection.stop(found.name)
                except MulticloudLabError as error:
                    _log.info("%s is not wanted and could not be stopped: %s", found.name, error)
                    continue
            if found is not None or now - submission.asked > LOST_FOR:
                await asyncio.to_thread(self._book.settle, submission)

    async def close(self) -> None:
        """Wait for nothing any more; what is not answered is found at the next start of the lab."""
        self._closed = True
        tasks = list(self._undoing)
        for flight in list(self._flights.values()):
            if flight.answer is not None:
                submission = replace(
                    flight.submission, wanted=not flight.cancelled.done(), lost=True
                )
                await asyncio.to_thread(self._book.submit, submission)
                flight.answer.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_awaited(self, submission: Submission, now: float) -> bool:
        if submission.lost or has_ended(submission.process):
            return False
        # One of another process is lost when that process would have given up.
        old = now - submission.asked > START_DEADLINE + DEADLINE
        return submission.id in self._flights or not old

    async def _options(
        self, connection: GatewayConnection, options: Mapping[str, Any], mark: str
    ) -> dict[str, Any]:
        """Check options, and give them with the mark of the start if the gateway takes that."""
        try:
            form = read_form(await connection.options_form())
        except MulticloudLabError:
            if options:
                raise
            return {}  # the gateway's defaults need no form
        check_options([field for field in form if field.field != MARK], options)
        marked = any(field.field == MARK and field.type == "string" for field in form)
        return {**options, MARK: mark} if marked else dict(options)

    async def _accepted(self, submission: Submission, name: str) -> Entry:
        # From here on, who wants to cancel the start stops the cluster.
        self._flights.pop(submission.id, None)
        self._answered[submission.id] = name
        if len(self._answered) > _REMEMBERED:
            del self._answered[next(iter(self._answered))]
        entry = submission.entry(name)
        await asyncio.to_thread(self._book.remember, entry)
        await asyncio.to_thread(self._book.settle, submission)
        return entry

    async def _lost(self, submission: Submission, reason: str) -> Entry:
        """Look once for what may have been accepted though the answer did not come."""
        if self._closed:
            raise GatewayUnreachableError(reason)
        if submission.id not in self._answered:
            await asyncio.to_thread(self._book.submit, replace(submission, lost=True))
            try:
                connection, username = self._session.connection, self._session.username
                await self.reconcile(await connection.clusters(), username)
            except MulticloudLabError as error:
                _log.info("%s cannot be asked what it started: %s", submission.gateway, error)
        name = self._answered.get(submission.id)
        entries = await asyncio.to_thread(self._book.entries, submission.gateway)
        if name is not None and name in entries:
            return entries[name]
        raise GatewayUnreachableError(
            f"{reason} If it accepted the cluster nevertheless, that is shown as soon as it is "
            "found."
        )

    def _abandon(self, flight: _Flight) -> None:
        """Stop, as soon as its name is known, what is not wanted any more."""
        if flight.answer is None or self._closed:
            return
        if not flight.cancelled.done():
            flight.cancelled.set_result(None)
        task = asyncio.create_task(self._undo(flight, flight.answer))
        self._undoing.add(task)
        task.add_done_callback(self._undoing.discard)

    async def _undo(self, flight: _Flight, answer: asyncio.Task[str]) -> None:
        submission, name = replace(flight.submission, wanted=False), None
        try:
            # By who has asked for it, who may be signed out by then.
            with flight.connection.held():
                await asyncio.to_thread(self._book.submit, submission)
                name = await answer
                await flight.connection.stop(name)
        except MulticloudLabError as error:
            if name is not None or isinstance(error, GatewayUnreachableError):
                _log.info("A start on %s could not be undone yet: %s", submission.gateway, error)
                await asyncio.to_thread(self._book.submit, replace(submission, lost=True))
            else:
                await asyncio.to_thread(self._book.settle, submission)  # it was refused
        else:
            await asyncio.to_thread(self._book.settle, submission)
        finally:
            self._flights.pop(submission.id, None)

    def _tell(self, action: str, name: str) -> None:
        gateway = self._session.config.name
        self._on_change(Change(topic="clusters", action=action, gateway=gateway, cluster=name))

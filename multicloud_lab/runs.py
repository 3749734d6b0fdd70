"""What a computation really did, written into the lab's ledger beside what was expected."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.interface import LabInterface
from multicloud_lab.neardata.measuring import ReadCounts
from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.plan import Amount, Plan, Reading
from multicloud_lab.neardata.plans.pricing import Ask, Prices
from multicloud_lab.neardata.running.arriving import when_there
from multicloud_lab.neardata.running.moved import Run
from multicloud_lab.telling import this_notebook

DEADLINE = 60.0
"""Seconds that the end of a lab waits for what its computations did to be written."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ran:
    """A computation that has ended.

    Parameters
    ----------
    plan : callable
        Makes the plan, if it was not made before.
    run : Run
    counts : mapping of int to ReadCounts
        Of each place, by its number.
    began : float
        Seconds since 1970.
    broken : bool
        Whether it failed or was interrupted: then nothing was expected of what it did.
    """

    plan: Callable[[], Plan]
    run: Run
    counts: Mapping[int, ReadCounts]
    began: float
    broken: bool = False


class Recorder:
    """Writes into the ledger in the background: nobody waits for it before they see a result.

    Parameters
    ----------
    service : LabInterface
    loop : BackgroundLoop
    prices : callable
        Gives the prices to account with.
    """

    def __init__(
        self, service: LabInterface, loop: BackgroundLoop, prices: Callable[[], Prices]
    ) -> None:
        self._service = service
        self._loop = loop
        self._prices = prices
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._pending: list[Future[None]] = []
        self._expected: dict[int, Ran] = {}
        self._lock = threading.Lock()

    def record(self, ran: Ran) -> None:
        """Write what a computation did, soon."""
        self._pending = [each for each in self._pending if not each.done()]
        self._pending.append(self._pool.submit(self._write, ran))

    def record_persisted(self, ran: Ran) -> None:
        """Write what a computation did whose results stay where they are, once they are there."""
        kept = ran.run.results
        # Held by nobody but their owner: they are to be free when that lets go of them.
        told = replace(ran, run=replace(ran.run, results=[]))
        with self._lock:
            self._expected[id(told)] = told
        when_there(kept, lambda: self._arrived(id(told)))

    def _arrived(self, number: int) -> None:
        with self._lock:
            ran = self._expected.pop(number, None)
        if ran is not None:
            took = time.time() - ran.began
            run = replace(ran.run, seconds=dict.fromkeys(ran.counts, took))
            self.record(replace(ran, run=run))

    def settle(self) -> None:
        """Wait until everything has been written, or :data:`DEADLINE` is over."""
        wait(self._pending, timeout=DEADLINE)

    def close(self) -> None:
        """Write what is still to be written, and of what is persisted yet so far; and no more."""
        for number in list(self._expected):
            self._arrived(number)
        self.settle()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _write(self, ran: Ran) -> None:
        try:
            rows = rows_of(ran, self._prices())
            if rows:
                self._loop.run(self._service.record(r.RecordRun(rows=tuple(rows))))
        except Exception:  # noqa: BLE001 - the result is there all the same
            _log.warning("A computation could not be written into the ledger.", exc_info=True)


def rows_of(ran: Ran, prices: Prices) -> list[r.LedgerEntry]:
    """Give the rows of a computation: stores that were read, borders that were crossed."""
    accounts = _Accounts(ran.plan(), ran, prices)
    rows = [*accounts.reads(), *accounts.moves()]
    if not ran.broken:
        return rows
    return [
        row.model_copy(update={"estimated_bytes": None}) for row in rows if row.measured_bytes != 0
    ]


class _Accounts:
    """The rows of one computation."""

    def __init__(self, plan: Plan, ran: Ran, prices: Prices) -> None:
        self._plan, self._ran, self._prices = plan, ran, prices
        # A persisted result, or what cannot be told, is no reading of a store.
        readings = [reading for reading in plan.readings if "://" in reading.url]
        # What else was read is of another computation, as one whose results are persisted.
        shared = list(zip(readings, _shared_out(readings), strict=True))
        counted = {
            number: _told(
                counts, [url for each, urls in shared if each.place == number for url in urls]
            )
            for number, counts in ran.counts.items()
        }
        self._read = [
            (reading, _measured(urls, counted.get(reading.place, {}))) for reading, urls in shared
        ]
        # A cluster of somebody else's is no place of the plan, and in no region that is known.
        known = range(len(plan.places))
        self._moved = {
            move: found
            for move, found in ran.run.moved.items()
            if move[0] in known and move[1] in known
        }
        self._graphs = {
            (HOME, place): size for place, size in ran.run.graphs.items() if size and place in known
        }
        self._expected = {(move.source, move.destination): move.amount for move in plan.moves}
        self._common = {
            "run": uuid.uuid4().hex,
            "at": ran.began,
            "notebook": this_notebook(),
        }
        home = plan.places[HOME].region
        self._saved = {
            reading: (reading.region, home, size or 0)
            for reading, size in self._read
            if reading.place != HOME and reading.region not in (None, home)
        }
        prices.learn(
            [
                *self._saved.values(),
                *(self._crossing(reading, size) for reading, size in self._read),
                *(self._crossed(move, found.sent_bytes) for move, found in self._moved.items()),
                *(self._crossed(move, size) for move, size in self._graphs.items()),
            ]
        )

    def reads(self) -> Iterator[r.LedgerEntry]:
        """Give a row for each store that was read."""
        for reading, size in self._read:
            ask = self._saved.get(reading)
            saved = self._prices.amount(ask) if ask is not None and size is not None else None
            paid = self._prices.amount(self._crossing(reading, size))
            if size is None and reading.crosses:
                paid = Amount(0.0, None, None)
            yield r.LedgerEntry.model_validate(
                {
                    **self._common,
                    "kind": "read",
                    "dataset": reading.dataset or None,
                    "url": reading.url,
                    "source": reading.region,
                    "destination": self._plan.places[reading.place].region,
                    "estimated_bytes": _known(reading.amount),
                    "measured_bytes": size,
                    "seconds": self._ran.run.seconds.get(reading.place),
                    "price_low": paid.low,
                    "price_high": paid.high,
                    "avoided_bytes": None if saved is None else size,
                    "avoided_low": None if saved is None else saved.low,
                    "avoided_high": None if saved is None else saved.high,
                }
            )

    def moves(self) -> Iterator[r.LedgerEntry]:
        """Give a row for each border and direction that results have crossed, or graphs have."""
        for move, found in self._moved.items():
            expected = _known(self._expected.get(move))
            yield self._move("move", move, found.sent_bytes, expected)
        for move, size in self._graphs.items():
            yield self._move("graph", move, size, None)

    def _move(
        self, kind: r.LedgerKind, move: tuple[int, int], size: int, expected: int | None
    ) -> r.LedgerEntry:
        ask = self._crossed(move, size)
        paid = self._prices.amount(ask)
        return r.LedgerEntry.model_validate(
            {
                **self._common,
                "kind": kind,
                "source": ask[0],
                "destination": ask[1],
                "estimated_bytes": expected,
                "measured_bytes": size,
                "seconds": self._ran.run.seconds.get(max(move)),
                "price_low": paid.low,
                "price_high": paid.high,
            }
        )

    def _crossing(self, reading: Reading, size: int | None) -> Ask:
        """Give what leaves its region as it is read: nothing, if the reader is beside it."""
        there = self._plan.places[reading.place].region
        return reading.region, there, (size or 0) * reading.crosses

    def _crossed(self, move: tuple[int, int], size: int) -> Ask:
        source, destination = (self._plan.places[end].region for end in move)
        return source, destination, size


def _known(amount: Amount | None) -> int | None:
    return None if amount is None or amount.unknown else int(amount.bytes)


def _told(counts: ReadCounts, urls: Sequence[str]) -> Mapping[str, int] | None:
    """Ask what was read; a cluster that is gone says nothing any more."""
    try:
        return counts.since(urls)
    except (OSError, RuntimeError) as error:  # Its client may be closed, or find nobody.
        _log.info("What a cluster has read is not known: %s", error)
        return None


def _shared_out(readings: Sequence[Reading]) -> list[list[str]]:
    """Give, for each reading, the URLs that are counted for it: each once at a place."""
    seen: set[tuple[int, str]] = set()
    shares: list[list[str]] = []
    for reading in readings:
        mine = [u for u in (reading.url, *reading.others) if (reading.place, u) not in seen]
        seen.update((reading.place, url) for url in mine)
        shares.append(mine)
    return shares


def _measured(urls: Sequence[str], read: Mapping[str, int] | None) -> int | None:
    """Give what was read of some stores: by their own URLs, or below them."""
    if read is None:
        return None
    below = tuple(f"{url.rstrip('/')}/" for url in urls)
    return sum(size for each, size in read.items() if f"{each.rstrip('/')}/".startswith(below))

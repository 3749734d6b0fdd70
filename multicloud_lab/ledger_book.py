"""The ledger's book: what was read and moved, in an SQLite file that outlives the server."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from multicloud_lab import records as r
from multicloud_lab.errors import InvalidInputError

_log = logging.getLogger(__name__)

_COLUMNS = tuple(r.LedgerRow.model_fields)
_SCHEMA = """
create table if not exists ledger (
    sequence integer primary key,
    id text not null unique,
    run text not null,
    at real not null,
    notebook text not null,
    kind text not null,
    dataset text,
    url text,
    source text,
    destination text,
    estimated_bytes integer,
    measured_bytes integer,
    seconds real,
    price_low real,
    price_high real,
    avoided_bytes integer,
    avoided_low real,
    avoided_high real
);
create index if not exists ledger_at on ledger (at, sequence);
"""
_WRITE = (
    f"insert or ignore into ledger ({', '.join(_COLUMNS)}) "  # noqa: S608 - names of ours
    f"values ({', '.join(f':{column}' for column in _COLUMNS)})"
)
_KEYS: Mapping[r.LedgerBy, str] = {
    "day": "day_of(at, :timezone)",
    "notebook": "notebook",
    "dataset": "coalesce(dataset, url, '')",
    "regions": "coalesce(source, '') || '->' || coalesce(destination, '')",
    "total": "''",
}
_BYTES = "coalesce(measured_bytes, estimated_bytes, 0)"
# total() adds floats: a sum of integers fails in SQLite when it is too large for one.
_SUMS = f"""
    min(at) as first, max(at) as last, count(distinct run) as runs, count(*) as rows,
    total(iif(kind = 'read', {_BYTES}, 0)) as read_bytes,
    total(iif(kind = 'read', 0, {_BYTES})) as moved_bytes,
    count(*) - count(coalesce(measured_bytes, estimated_bytes)) as unsized,
    total(price_low) as price_low, total(price_high) as price_high,
    count(*) - count(price_high) as unpriced,
    total(avoided_bytes) as avoided_bytes,
    total(avoided_low) as avoided_low, total(avoided_high) as avoided_high
"""
_WHOLE = ("read_bytes", "moved_bytes", "avoided_bytes")
_WHERE = """
    (:since is null or at >= :since) and (:until is null or at < :until)
    and (:notebook is null or notebook = :notebook)
    and (:dataset is null or coalesce(dataset, url) = :dataset)
"""
MOST_SUMS = 1000
"""Of one summary: the newest days, or what the most bytes are of."""


class LedgerBook:
    """Rows of the ledger. Its methods block: call them in a thread.

    Parameters
    ----------
    path : Path, optional
        The file, made when something is first read or written; without one, nothing outlives
        this object. A file that is not a database is put aside.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def write(self, entries: Iterable[r.LedgerEntry]) -> None:
        """Write rows; those that are there already are left as they are."""
        rows = [{**entry.model_dump(mode="json"), "url": _public(entry.url)} for entry in entries]
        with self._lock:
            database = self._opened()
            try:
                with database:
                    database.executemany(_WRITE, rows)
            except sqlite3.OperationalError as error:
                # A full disk must not fail the computation that has just been done.
                _log.warning("%s; the ledger is kept until this process ends only", error)
                self._database = _connected(None)
                database.backup(self._database)
                database.close()
                with self._database:
                    self._database.executemany(_WRITE, rows)

    def page(self, query: r.LedgerQuery) -> r.LedgerPage:
        """Give rows, the newest first.

        Raises
        ------
        InvalidInputError
            The cursor is not one that a page gave.
        """
        at, sequence = _after(query.cursor)
        values = {**query.model_dump(), "at": at, "sequence": sequence}
        where = f"{_WHERE} and (:run is null or run = :run)"
        found = self._read(
            f"select * from ledger where {where} "  # noqa: S608 - text of ours
            "and (:at is null or (at, sequence) < (:at, :sequence)) "
            "order by at desc, sequence desc limit :limit + 1",
            values,
        )
        (counted,) = self._read(f"select count(*) as total from ledger where {where}", values)  # noqa: S608
        rows = found[: query.limit]
        return r.LedgerPage(
            items=tuple(r.LedgerRow(**{name: row[name] for name in _COLUMNS}) for row in rows),
            total=counted["total"],
            next_cursor=(
                f"{rows[-1]['at']!r}:{rows[-1]['sequence']}" if len(found) > len(rows) else None
            ),
        )

    def summary(self, query: r.LedgerSummaryQuery) -> list[r.LedgerSummary]:
        """Add rows up: days the newest first, else the most bytes first.

        Raises
        ------
        InvalidInputError
            There is no such time zone.
        """
        _zone(query.timezone)
        pair = query.by == "regions"
        found = self._read(
            f"select {_KEYS[query.by]} as key, "  # noqa: S608 - text of ours
            f"{'source, destination' if pair else 'null as source, null as destination'}, "
            f"{_SUMS} from ledger where {_WHERE} group by 1 having rows > 0 order by "
            f"{'1 desc' if query.by == 'day' else 'read_bytes + moved_bytes desc, 1'} "
            f"limit {MOST_SUMS}",
            query.model_dump(),
        )
        return [
            r.LedgerSummary(**{**row, **{name: int(row[name]) for name in _WHOLE}}) for row in found
        ]

    def _read(self, statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with self._lock, closing(self._opened().cursor()) as cursor:
            cursor.row_factory = sqlite3.Row
            return [dict(row) for row in cursor.execute(statement, values)]

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = _open(self._path)
        return self._database


def _open(path: Path | None) -> sqlite3.Connection:
    """Open a file; if that cannot be, a ledger that lasts as long as this process."""
    if path is None:
        return _connected(None)
    try:
        try:
            return _connected(path)
        except sqlite3.OperationalError:
            raise  # locked, or not to be written: that is no reason to move it away
        except sqlite3.DatabaseError as error:
            aside = path.with_name(path.name + ".broken")
            _log.warning("%s cannot be read (%s); it is now %s", path, error, aside.name)
            path.replace(aside)
            return _connected(path)
    except (OSError, sqlite3.Error) as error:
        _log.warning("%s cannot be used (%s); the ledger is not kept", path, error)
        return _connected(None)


def _connected(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    database = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=5)
    database.create_function("day_of", 2, _day, deterministic=True)
    try:
        database.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _day(at: float, timezone: str) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(_zone(timezone)).date().isoformat()


@lru_cache(maxsize=16)
def _zone(name: str) -> tzinfo | None:
    """Give a time zone, ``None`` being that of this machine."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise InvalidInputError(
            f"timezone: There is no time zone {name!r}; write it as Europe/Berlin."
        ) from None


def _after(cursor: str) -> tuple[float | None, int]:
    if not cursor:
        return None, 0
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?):(\d{1,18})", cursor)
    if found is None:
        raise InvalidInputError("The cursor is not one that this list gave; ask without it.")
    return float(found[1]), int(found[2])


def _public(url: str | None) -> str | None:
    """Give a URL without a password, and without a query: that may be a signature."""
    if url is None:
        return None
    return re.sub(r"(?<=//)[^/@]*:[^/@]*@", "", url.partition("?")[0])

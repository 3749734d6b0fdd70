"""The file that the index is kept in: its tables, its connections, and making it anew."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

VERSION = 2
"""Of the tables and of what is in them; a file of another version is made anew."""

_TABLES = """
CREATE TABLE state (generation INTEGER NOT NULL, roots TEXT NOT NULL);
CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL,
    url TEXT NOT NULL, place INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0, hash BLOB, read REAL, problem TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, name)
);
CREATE TABLE dataset (
    source INTEGER, position INTEGER, entry BLOB NOT NULL, PRIMARY KEY (source, position)
) WITHOUT ROWID;
CREATE TABLE name (
    id TEXT, alias INTEGER, source INTEGER, position INTEGER NOT NULL,
    PRIMARY KEY (id, alias, source)
) WITHOUT ROWID;
CREATE TABLE word (
    source INTEGER, field INTEGER, word TEXT, datasets BLOB NOT NULL,
    PRIMARY KEY (source, field, word)
) WITHOUT ROWID;
CREATE TABLE shelf (
    source INTEGER PRIMARY KEY, formats TEXT NOT NULL, groups TEXT NOT NULL,
    arrays BLOB NOT NULL
);
CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE tag_use (tag INTEGER, source INTEGER, PRIMARY KEY (tag, source)) WITHOUT ROWID;
CREATE TABLE site (
    id INTEGER PRIMARY KEY AUTOINCREMENT, root TEXT NOT NULL, endpoint TEXT NOT NULL,
    declared TEXT NOT NULL, detail TEXT NOT NULL, registry INTEGER NOT NULL,
    sample_url TEXT NOT NULL, region TEXT NOT NULL DEFAULT '',
    evidence TEXT NOT NULL DEFAULT 'unknown', found TEXT NOT NULL DEFAULT '',
    contradicted TEXT NOT NULL DEFAULT '',
    UNIQUE (root, endpoint, declared, detail, registry)
);
CREATE TABLE site_use (site INTEGER, source INTEGER, PRIMARY KEY (site, source)) WITHOUT ROWID;
CREATE TABLE registry (source INTEGER PRIMARY KEY, rows TEXT NOT NULL);
"""

_BUSY_SECONDS = 30.0
_IDLE_CONNECTIONS = 4
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Database:
    """A SQLite file that several threads, and other processes too, read and write.

    Parameters
    ----------
    path : Path or None
        None: in memory. A file that is damaged or of another version is made anew; where none
        can be kept, memory is used.

    Notes
    -----
    A reader sees the last whole state, also while another writes (SQLite's write-ahead log).
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._closed = False
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._renewals = 0
        try:
            self._idle.append(self._opened())
        except sqlite3.OperationalError as error:
            _log.warning("The index is kept in memory alone: %s cannot be used (%s).", path, error)
            self._path = None
            self._idle.append(self._opened())

    def close(self) -> None:
        """Close what is not in use; what is, when it is done."""
        with self._lock:
            self._closed = True
            while self._idle:
                self._idle.pop().close()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something that sees one state throughout."""
        return self._do(work, "BEGIN")

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something whole or not at all; one writer waits for the other."""

        def noted(connection: sqlite3.Connection) -> T:
            before = connection.total_changes
            done = work(connection)
            if connection.total_changes != before:
                connection.execute("UPDATE state SET generation = generation + 1")
            return done

        with self._lock:
            return self._do(noted, "BEGIN IMMEDIATE")

    def _do(self, work: Callable[[sqlite3.Connection], T], begin: str) -> T:
        renewals = self._renewals
        try:
            return self._transact(work, begin)
        except sqlite3.DatabaseError as error:
            if self._path is None or not _is_damage(error):
                raise
        self._renew(renewals)
        return self._transact(work, begin)

    def _transact(self, work: Callable[[sqlite3.Connection], T], begin: str) -> T:
        with self._connection() as connection:
            connection.execute(begin)
            try:
                done = work(connection)
            except BaseException:
                # A transaction that an error has ended by itself cannot be rolled back.
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            return done

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._path is None:  # one connection, one at a time
            with self._lock:
                self._check_open()
                yield self._idle[0]
            return
        with self._lock:
            self._check_open()
            connection = self._idle.pop() if self._idle else None
            renewals = self._renewals
        connection = connection or self._opened()
        try:
            yield connection
        finally:
            with self._lock:
                keep = renewals == self._renewals and not self._closed
                if keep and len(self._idle) < _IDLE_CONNECTIONS:
                    self._idle.append(connection)
                else:
                    connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("The index is closed.")

    def _opened(self) -> sqlite3.Connection:
        """Open a connection to a file that has the tables."""
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if self._path is None or not _is_damage(error):
                raise
        self._remove()
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path or ":memory:",
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _renew(self, renewals: int) -> None:
        """Make a file anew in which damage was found, unless somebody else just did."""
        with self._lock:
            if renewals != self._renewals or self._path is None:
                return
            self._renewals += 1
            while self._idle:
                self._idle.pop().close()
            try:
                with closing(self._connect()) as connection:
                    if connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
                        return
            except sqlite3.DatabaseError:
                pass
            _log.warning("The index %s is damaged; it is made anew.", self._path)
            self._remove()

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _is_damage(error: sqlite3.Error) -> bool:
    # What Python itself finds wrong has no code of SQLite's.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _prepare(connection: sqlite3.Connection) -> None:
    """Set a connection up, and the file if it is new or of another version."""
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 1000000")
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) != VERSION:
            _make(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Ask for the write-ahead log; two that ask at once do not wait for each other by themselves.

    On a file system that cannot have it, readers and writers wait for each other instead.
    """
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _make(connection: sqlite3.Connection) -> None:
    named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    for (table,) in connection.execute(named).fetchall():
        connection.execute('DROP TABLE "{}"'.format(table.replace('"', '""')))
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    # A generation never comes twice, also when the file is made anew.
    connection.execute("INSERT INTO state VALUES (?, '')", (time.time_ns(),))
    connection.execute(f"PRAGMA user_version = {VERSION}")

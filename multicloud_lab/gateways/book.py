"""The book: what gateways do not tell about clusters, kept over restarts of the Jupyter server."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

_SCHEMA = """
create table if not exists clusters (
    gateway text not null,
    name text not null,
    username text not null,
    minimum integer not null,
    maximum integer not null,
    applied integer not null,
    message text not null,
    dataset text,
    started real not null,
    primary key (gateway, name)
)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one cluster.

    Parameters
    ----------
    gateway, name : str
    username : str
        Who started it: others do not see it at the gateway.
    minimum, maximum : int
        The adaptive bounds, in workers.
    applied : bool
        Whether the gateway has them already; it takes none before the cluster runs.
    message : str
        What the gateway remarked on them.
    dataset : str or None
        The id of what it was opened for.
    started : float
        Seconds since 1970.
    """

    gateway: str
    name: str
    username: str
    minimum: int
    maximum: int
    applied: bool
    message: str
    dataset: str | None
    started: float


class Book:
    """Entries of clusters in an SQLite file. Its methods block: call them in a thread.

    Parameters
    ----------
    path : Path, optional
        The file, made if it is not there; without one, nothing outlives this object. A file
        that is not a database is put aside.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        try:
            self._database = _open(path)
        except sqlite3.OperationalError:
            raise  # locked, or not to be written: that is no reason to move it away
        except sqlite3.DatabaseError as error:
            if path is None:
                raise
            aside = path.with_name(path.name + ".broken")
            _log.warning("%s cannot be read (%s); it is now %s", path, error, aside.name)
            path.replace(aside)
            self._database = _open(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def entries(self, gateway: str) -> dict[str, Entry]:
        """Give the entries of a gateway's clusters, by name."""
        with self._lock, closing(self._database.cursor()) as cursor:
            cursor.row_factory = sqlite3.Row
            cursor.execute("select * from clusters where gateway = ?", (gateway,))
            rows = [{**dict(row), "applied": bool(row["applied"])} for row in cursor]
        return {row["name"]: Entry(**row) for row in rows}

    def remember(self, entry: Entry) -> None:
        """Write an entry, in the place of an earlier one of the same cluster."""
        values = asdict(entry)
        marks = ", ".join(f":{column}" for column in values)
        self._write(
            f"insert or replace into clusters ({', '.join(values)}) values ({marks})",  # noqa: S608
            [values],
        )

    def forget(self, gateway: str, names: Iterable[str]) -> None:
        """Strike out the entries of clusters that are gone."""
        self._write(
            "delete from clusters where gateway = :gateway and name = :name",
            [{"gateway": gateway, "name": name} for name in names],
        )

    def _write(self, statement: str, rows: list[dict[str, Any]]) -> None:
        with self._lock:
            try:
                with self._database:
                    self._database.executemany(statement, rows)
            except sqlite3.OperationalError as error:
                # A full disk must not lose the bounds of a cluster that has just been started.
                _log.warning("%s; clusters are remembered until this process ends only", error)
                memory = sqlite3.connect(":memory:", check_same_thread=False)
                self._database.backup(memory)
                self._database.close()
                self._database = memory
                with self._database:
                    self._database.executemany(statement, rows)


def open_book(path: Path | None) -> Book:
    """Open a book; if that cannot be, one that lasts as long as this process."""
    try:
        return Book(path)
    except (OSError, sqlite3.Error) as error:
        _log.warning("%s cannot be used (%s); clusters' bounds are not kept", path, error)
        return Book(None)


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    database = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=5)
    try:
        database.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database

"""The book: what gateways do not tell about clusters, kept over restarts of the Jupyter server."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from multicloud_lab.gateways.entries import Entry, Submission, Usage

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
    ours integer not null default 1,
    idle_minutes real,
    primary key (gateway, name)
);
create table if not exists usage (
    gateway text not null,
    name text not null,
    username text not null,
    worker_seconds real not null,
    counted real not null,
    kept real not null,
    primary key (gateway, name)
);
create table if not exists submissions (
    id text primary key,
    gateway text not null,
    username text not null,
    minimum integer not null,
    maximum integer not null,
    dataset text,
    options text not null,
    before text not null,
    asked real not null,
    wanted integer not null,
    lost integer not null,
    process text not null default '',
    idle_minutes real
);
"""

_ADDED = (
    ("clusters", "ours", "integer not null default 1"),
    ("clusters", "idle_minutes", "real"),
    ("submissions", "process", "text not null default ''"),
    ("submissions", "idle_minutes", "real"),
)
# What files of earlier versions do not have.

_USE = """
insert into usage values (:gateway, :name, :username, :seconds, :until, 0)
on conflict (gateway, name) do update set
    worker_seconds = worker_seconds
        + :seconds * max(0, min(1, (:until - max(:since, counted)) / (:until - :since))),
    counted = max(counted, :until)
"""
# Two servers may look at the same clusters: what one has counted, the other leaves out.

_KEEP = """
insert into usage values (:gateway, :name, :username, 0, 0, :kept)
on conflict (gateway, name) do update set kept = :kept
"""


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
        rows = self._read("select * from clusters where gateway = ?", gateway)
        return {
            row["name"]: Entry(
                **{**row, "applied": bool(row["applied"]), "ours": bool(row["ours"])}
            )
            for row in rows
        }

    def remember(self, entry: Entry) -> None:
        """Write an entry, in the place of an earlier one of the same cluster."""
        self._write(_insert("clusters", entry), [asdict(entry)])

    def forget(self, gateway: str, names: Iterable[str]) -> None:
        """Strike out what is written of clusters that are gone."""
        rows = [{"gateway": gateway, "name": name} for name in names]
        for table in ("clusters", "usage"):
            self._write(
                f"delete from {table} where gateway = :gateway and name = :name",  # noqa: S608
                rows,
            )

    def usages(self, gateway: str) -> dict[str, Usage]:
        """Give what a gateway's clusters have used, by name."""
        rows = self._read("select * from usage where gateway = ?", gateway)
        return {
            row["name"]: Usage(row["username"], row["worker_seconds"], row["kept"]) for row in rows
        }

    def use(
        self,
        gateway: str,
        username: str,
        worker_seconds: Mapping[str, float],
        since: float,
        until: float,
    ) -> None:
        """Add what clusters have used between two times, seconds since 1970."""
        shared = {"gateway": gateway, "username": username, "since": since, "until": until}
        if until > since:
            self._write(
                _USE,
                [
                    {**shared, "name": name, "seconds": used}
                    for name, used in worker_seconds.items()
                ],
            )

    def keep(self, gateway: str, name: str, username: str, when: float) -> None:
        """Note that somebody said that a cluster is to be kept though idle."""
        row = {"gateway": gateway, "name": name, "username": username, "kept": when}
        self._write(_KEEP, [row])

    def submissions(self, gateway: str) -> list[Submission]:
        """Give what a gateway was asked for and has not answered, the first first."""
        rows = self._read("select * from submissions where gateway = ? order by asked", gateway)
        return [
            Submission(**{**row, "wanted": bool(row["wanted"]), "lost": bool(row["lost"])})
            for row in rows
        ]

    def submit(self, submission: Submission) -> None:
        """Write what is asked for, in the place of what was written of the same before."""
        self._write(_insert("submissions", submission), [asdict(submission)])

    def settle(self, submission: Submission) -> None:
        """Strike out what was answered."""
        self._write("delete from submissions where id = :id", [{"id": submission.id}])

    def _read(self, statement: str, gateway: str) -> list[dict[str, Any]]:
        with self._lock, closing(self._database.cursor()) as cursor:
            cursor.row_factory = sqlite3.Row
            return [dict(row) for row in cursor.execute(statement, (gateway,))]

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


def _insert(table: str, values: Entry | Submission) -> str:
    columns = list(asdict(values))
    marks = ", ".join(f":{column}" for column in columns)
    return f"insert or replace into {table} ({', '.join(columns)}) values ({marks})"  # noqa: S608


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    database = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=5)
    try:
        database.executescript(_SCHEMA)
        for table, column, kind in _ADDED:
            columns = {row[1] for row in database.execute(f"pragma table_info({table})")}
            if column not in columns:
                database.execute(f"alter table {table} add column {column} {kind}")
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database

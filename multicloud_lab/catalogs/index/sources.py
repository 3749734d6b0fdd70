"""The catalogs and registries in the index: their order, and how each was read last."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Literal

from multicloud_lab.catalogs.index.writing import clear, drop_unused
from multicloud_lab.records import CatalogStatus
from multicloud_lab.regions import Region

Kind = Literal["catalog", "registry"]
RegistryRow = tuple[str, Region | None, str]
"""A URL, its region, and a detail in words."""


def find(connection: sqlite3.Connection, kind: Kind, name: str, url: str) -> int:
    """Give the number of a source; one that is new, or elsewhere now, holds nothing."""
    found = connection.execute(
        "SELECT id, url FROM source WHERE kind = ? AND name = ?", (kind, name)
    ).fetchone()
    if found is not None and found[1] == url:
        return int(found[0])
    if found is not None:
        _drop(connection, found[0])
    added = connection.execute(
        "INSERT INTO source (kind, name, url, place)"
        " VALUES (?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM source)) RETURNING id",
        (kind, name, url),
    ).fetchone()
    return int(added[0])


def unchanged(
    connection: sqlite3.Connection, kind: Kind, name: str, url: str, digest: bytes
) -> bool:
    """Say whether a source holds just what has this hash."""
    return (
        connection.execute(
            "SELECT 1 FROM source WHERE kind = ? AND name = ? AND url = ? AND hash = ?",
            (kind, name, url, digest),
        ).fetchone()
        is not None
    )


def noted(
    connection: sqlite3.Connection, source: int, *, at: float, count: int, digest: bytes
) -> bool:
    """Note that a source was read whole; say whether that ends a problem."""
    had_problem = connection.execute(
        "SELECT problem != '' FROM source WHERE id = ?", (source,)
    ).fetchone()[0]
    connection.execute(
        "UPDATE source SET read = ?, count = ?, hash = ?, problem = '' WHERE id = ?",
        (at, count, digest, source),
    )
    return bool(had_problem)


def failed(connection: sqlite3.Connection, source: int, problem: str) -> None:
    """Note what is wrong with a source; what it held stays."""
    connection.execute("UPDATE source SET problem = ? WHERE id = ?", (problem, source))


def keep_only(connection: sqlite3.Connection, kind: Kind, wanted: Mapping[str, str]) -> None:
    """Put the sources of a kind in this order, and drop all others."""
    for number, name in connection.execute(
        "SELECT id, name FROM source WHERE kind = ?", (kind,)
    ).fetchall():
        if name not in wanted:
            _drop(connection, number)
    for place, (name, url) in enumerate(wanted.items()):
        number = find(connection, kind, name, url)
        connection.execute("UPDATE source SET place = ? WHERE id = ?", (place, number))
    drop_unused(connection)


def _drop(connection: sqlite3.Connection, source: int) -> None:
    clear(connection, source)
    connection.execute("DELETE FROM source WHERE id = ?", (source,))


def statuses(connection: sqlite3.Connection) -> tuple[CatalogStatus, ...]:
    """Say how each source is: catalogs first, in the order configured."""
    found = connection.execute(
        "SELECT name, url, kind, count, read, problem FROM source ORDER BY kind, place, id"
    )
    return tuple(
        CatalogStatus(
            name=name,
            url=url,
            kind=kind,
            datasets=count,
            read=read,
            stale=bool(read is not None and problem),
            problem=problem,
        )
        for name, url, kind, count, read, problem in found
    )


def registry_written(rows: Iterable[RegistryRow]) -> str:
    """Write the rows of a registry down."""
    return json.dumps([[url, str(region or ""), detail] for url, region, detail in rows])


def registry_put(connection: sqlite3.Connection, source: int, written: str) -> None:
    """Put the rows of a registry in place of what was there."""
    connection.execute("INSERT OR REPLACE INTO registry VALUES (?, ?)", (source, written))


def registry_rows(connection: sqlite3.Connection, name: str) -> list[RegistryRow]:
    """Give the rows of a registry; none if it was never read."""
    found = connection.execute(
        "SELECT rows FROM registry JOIN source ON source.id = registry.source"
        " WHERE kind = 'registry' AND name = ?",
        (name,),
    ).fetchone()
    return [
        (url, Region.from_text(region) if region else None, detail)
        for url, region, detail in (json.loads(found[0]) if found else ())
    ]

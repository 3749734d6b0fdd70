"""Writing a catalog into the index: prepared before, then put in place of the old whole."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.catalogs.index import postings, sites
from multicloud_lab.catalogs.index.rows import (
    dataset_id,
    group_path,
    heading_words,
    other_words,
    packed,
    shortened,
    unpacked,
)
from multicloud_lab.catalogs.index.shelf import Kind, load, save, shelve

_OF_A_SOURCE = ("dataset", "word", "shelf", "tag_use", "site_use", "registry")


@dataclass(frozen=True, slots=True)
class Prepared:
    """All of a catalog that can be made ready without the database."""

    catalog: str
    entries: Sequence[Entry]
    rows: Sequence[bytes]
    hash: bytes
    anywhere: postings.Positions = field(default_factory=dict)
    heading: postings.Positions = field(default_factory=dict)
    heading_sizes: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, catalog: str, entries: Sequence[Entry]) -> Prepared:
        """Write the entries down; their words are left for :meth:`find_words`."""
        short = [shortened(entry) for entry in entries]
        rows = [packed(entry) for entry in short]
        digest = hashlib.blake2b(digest_size=16)
        for row in rows:
            digest.update(len(row).to_bytes(8, "little") + row)
        return cls(catalog, short, rows, digest.digest())

    def find_words(self) -> None:
        """Make the lists of words, once."""
        if self.heading_sizes:
            return
        for position, entry in enumerate(self.entries):
            distinct = set(heading_words(entry))
            self.heading_sizes.append(min(max(len(distinct), 1), 255))
            postings.add(self.heading, position, distinct)
            distinct.update(other_words(self.catalog, entry))
            postings.add(self.anywhere, position, distinct)


def clear(connection: sqlite3.Connection, source: int) -> None:
    """Delete all that is kept of a catalog or registry but its status."""
    for table in _OF_A_SOURCE:
        connection.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608
    # Every id begins with the catalog's name and a slash; the character after that is a 0.
    connection.execute(
        "DELETE FROM name WHERE source = ?1 AND id >= (SELECT name || '/' FROM source"
        " WHERE id = ?1) AND id < (SELECT name || '0' FROM source WHERE id = ?1)",
        (source,),
    )


def put(
    connection: sqlite3.Connection, source: int, prepared: Prepared, root_of: sites.RootOf
) -> None:
    """Put a catalog in place of what was there."""
    clear(connection, source)
    connection.executemany(
        "INSERT INTO dataset VALUES (?, ?, ?)",
        ((source, position, row) for position, row in enumerate(prepared.rows)),
    )
    _put_names(connection, source, prepared)
    _put_words(connection, source, prepared)
    save(
        connection,
        source,
        shelve(
            _put_sites(connection, source, prepared.entries, root_of),
            _put_tags(connection, source, prepared.entries),
            (sites.plain(group_path(entry)) for entry in prepared.entries),
            prepared.heading_sizes,
        ),
    )
    set_version(connection, source)
    drop_unused(connection)


def drop_unused(connection: sqlite3.Connection) -> None:
    """Forget the sites and tags that no catalog has any more."""
    sites.drop_unused(connection)
    connection.execute("DELETE FROM tag WHERE id NOT IN (SELECT tag FROM tag_use)")


def _put_names(connection: sqlite3.Connection, source: int, prepared: Prepared) -> None:
    own = (
        (sites.plain(dataset_id(prepared.catalog, entry.path)), 0, source, position)
        for position, entry in enumerate(prepared.entries)
    )
    aliases = (
        (sites.plain(dataset_id(prepared.catalog, (alias,))), 1, source, position)
        for position, entry in enumerate(prepared.entries)
        for alias in entry.aliases
    )
    # Where two entries have one name, the first has it.
    for rows in (own, aliases):
        connection.executemany("INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)", rows)


def _put_words(connection: sqlite3.Connection, source: int, prepared: Prepared) -> None:
    count = len(prepared.entries)
    for number, lists in (
        (postings.ANYWHERE, prepared.anywhere),
        (postings.HEADING, prepared.heading),
    ):
        connection.executemany(
            "INSERT INTO word VALUES (?, ?, ?, ?)",
            ((source, *row) for row in postings.rows(lists, number, count)),
        )


def _put_tags(
    connection: sqlite3.Connection, source: int, entries: Sequence[Entry]
) -> list[tuple[int, ...]]:
    """Give the ids of each entry's tags."""
    names = {tag: sites.plain(tag) for entry in entries for tag in entry.tags}
    connection.executemany(
        "INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING",
        ((name,) for name in sorted(set(names.values()))),
    )
    ids = {
        tag: connection.execute("SELECT id FROM tag WHERE name = ?", (name,)).fetchone()[0]
        for tag, name in names.items()
    }
    connection.executemany(
        "INSERT INTO tag_use VALUES (?, ?)", ((tag, source) for tag in set(ids.values()))
    )
    return [tuple(sorted({ids[tag] for tag in entry.tags})) for entry in entries]


def _put_sites(
    connection: sqlite3.Connection,
    source: int,
    entries: Iterable[Entry],
    root_of: sites.RootOf,
) -> list[Kind]:
    """Give the kind of each entry."""
    assignment = sites.Assignment(connection, root_of)
    kinds = [
        (
            tuple(assignment.site(copy, registry=entry.registry) for copy in entry.copies),
            sites.plain(entry.format),
            any(copy.requester_pays for copy in entry.copies),
        )
        for entry in entries
    ]
    sites.use(connection, source, {site for of, _, _ in kinds for site in of})
    return kinds


def reroot(connection: sqlite3.Connection, root_of: sites.RootOf) -> None:
    """Assign every copy of every catalog to its site again."""
    for (source,) in connection.execute("SELECT source FROM shelf").fetchall():
        found = connection.execute(
            "SELECT entry FROM dataset WHERE source = ? ORDER BY position", (source,)
        )
        entries = (unpacked(row) for (row,) in found)
        again = shelve(_put_sites(connection, source, entries, root_of), (), (), ())
        names = ("formats", "kinds", "kind_format", "kind_pays", "site_kind", "site")
        changed = {name: getattr(again, name) for name in names}
        save(connection, source, replace(load(connection, source), **changed))
        set_version(connection, source)
    sites.drop_unused(connection)


def set_version(connection: sqlite3.Connection, source: int) -> None:
    """Note that what is on a catalog's shelf is another; no version ever comes twice."""
    connection.execute("UPDATE source SET version = ? WHERE id = ?", (time.time_ns(), source))

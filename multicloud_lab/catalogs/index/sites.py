"""The distinct sites of all copies: a bucket or prefix, what is declared of it, and where it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from multicloud_lab import records as r
from multicloud_lab.catalogs.entry import Copy
from multicloud_lab.regions import Evidence, Region

RootOf = Callable[[str, str], str]
"""Gives the root of the site of a URL and its endpoint."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where copies are that have the same root and of which catalogs say the same.

    Parameters
    ----------
    id : int
        Never given to another site.
    root : str
        A bucket, or a prefix that is configured; empty for copies without a URL.
    sample_url : str
        Of one of its copies.
    declared : Region or None
        What catalogs, or a registry, say of it.
    detail : str
        What they add in words.
    endpoint : str
        Of an object store that is not its protocol's own provider.
    registry : bool
        Whether it is a registry that says so.
    """

    id: int
    root: str
    sample_url: str
    declared: Region | None
    detail: str
    endpoint: str
    registry: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a site is, as in :class:`multicloud_lab.records.Replica`."""

    region: Region | None
    evidence: Evidence
    detail: str
    contradicted: tuple[Region, ...]


def plain(text: str) -> str:
    """Give a text that can be written down: half of a surrogate pair cannot."""
    return text.encode("utf-8", "replace").decode()


class Assignment:
    """Gives copies their sites, making those that are new; in one transaction.

    Parameters
    ----------
    connection : sqlite3.Connection
    root_of : callable
    """

    def __init__(self, connection: sqlite3.Connection, root_of: RootOf) -> None:
        self._connection = connection
        self._root_of = root_of
        self._known: dict[tuple[object, ...], int] = {}

    def site(self, copy: Copy, *, registry: bool) -> int:
        """Give the id of a copy's site."""
        root = self._root_of(copy.url, copy.endpoint) if copy.url else ""
        key = (root, copy.endpoint, copy.region, copy.detail, registry)
        if key not in self._known:
            self._known[key] = self._kept(
                plain(root),
                plain(copy.endpoint),
                str(copy.region or ""),
                plain(copy.detail),
                int(registry),
                sample=plain(copy.url),
            )
        return self._known[key]

    def _kept(self, *key: object, sample: str) -> int:
        self._connection.execute(
            "INSERT INTO site (root, endpoint, declared, detail, registry, sample_url)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (*key, sample),
        )
        found: int = self._connection.execute(
            "SELECT id FROM site WHERE root = ? AND endpoint = ? AND declared = ?"
            " AND detail = ? AND registry = ?",
            key,
        ).fetchone()[0]
        return found


def use(connection: sqlite3.Connection, source: int, sites: Iterable[int]) -> None:
    """Note which sites a catalog uses."""
    connection.execute("DELETE FROM site_use WHERE source = ?", (source,))
    connection.executemany(
        "INSERT INTO site_use VALUES (?, ?)", ((int(site), source) for site in sites)
    )


def drop_unused(connection: sqlite3.Connection) -> None:
    """Forget sites that no catalog uses any more."""
    connection.execute("DELETE FROM site WHERE id NOT IN (SELECT site FROM site_use)")


def all_sites(connection: sqlite3.Connection) -> list[Site]:
    """List every site."""
    found = connection.execute(
        "SELECT id, root, sample_url, declared, detail, endpoint, registry FROM site ORDER BY id"
    )
    return [
        Site(number, root, sample, _region(declared), detail, endpoint, bool(registry))
        for number, root, sample, declared, detail, endpoint, registry in found
    ]


def settle(connection: sqlite3.Connection, located: Mapping[int, r.Location]) -> bool:
    """Note where sites are, those that still exist; say whether anything changed."""
    before = connection.total_changes
    connection.executemany(
        "UPDATE site SET region = ?1, evidence = ?2, found = ?3, contradicted = ?4 WHERE id = ?5"
        " AND (region, evidence, found, contradicted) != (?1, ?2, ?3, ?4)",
        (
            (
                str(location.region or ""),
                location.evidence.value,
                plain(location.detail),
                " ".join(map(str, location.contradicted)),
                number,
            )
            for number, location in located.items()
        ),
    )
    return connection.total_changes > before


def whereabouts(connection: sqlite3.Connection, sites: AbstractSet[int]) -> dict[int, Whereabouts]:
    """Give where each of some sites is."""
    found = connection.execute(
        "SELECT id, region, evidence, detail, found, contradicted FROM site"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(sites)),),
    )
    return {
        site: Whereabouts(
            _region(region),
            Evidence(evidence),
            # What the catalog adds may be told again in how it was located.
            " ".join(part for part in ("" if detail in said else detail, said) if part),
            tuple(map(Region.from_text, contradicted.split())),
        )
        for site, region, evidence, detail, said, contradicted in found
    }


def declared_at(
    connection: sqlite3.Connection, roots: Sequence[str]
) -> list[tuple[str, Region, str]]:
    """List what catalogs, not registries, declare of sites at exactly one of some roots."""
    said: dict[tuple[str, Region, str], None] = {}
    for root in roots:
        found = connection.execute(
            "SELECT source.name, site.declared FROM site"
            " JOIN site_use ON site_use.site = site.id"
            " JOIN source ON source.id = site_use.source"
            " WHERE site.root = ? AND site.declared != '' AND NOT site.registry"
            " ORDER BY source.place, site.id",
            (root,),
        )
        said.update(((name, Region.from_text(region), root), None) for name, region in found)
    return list(said)


def _region(text: str) -> Region | None:
    return Region.from_text(text) if text else None

"""All shelves side by side, with where their sites are: what every search goes over."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.catalogs.index.grouping import Groups
from multicloud_lab.catalogs.index.shelf import Ints, Shelf, load
from multicloud_lab.regions import Region

UNKNOWN = "unknown"
"""Stands for the region, and the provider, of datasets of which it is not known."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """A catalog in the index.

    Parameters
    ----------
    source : int
        Its number there.
    name : str
    version : int
        Of what is on its shelf.
    stale : bool
    start : int
        The place of its first dataset among those of all catalogs.
    shelf : Shelf
    """

    source: int
    name: str
    version: int
    stale: bool
    start: int
    shelf: Shelf

    @property
    def end(self) -> int:
        """The place after its last dataset."""
        return self.start + len(self.shelf.kinds)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way in which kinds of datasets differ; a kind may have several values.

    Parameters
    ----------
    values : sequence of str
    kind, value : array
        Pairs: a kind, and the place in ``values`` of one that it has; each once.
    """

    values: Sequence[str]
    kind: Ints
    value: Ints

    def having(self, wanted: NDArray[np.bool_], kinds: int) -> NDArray[np.bool_]:
        """Say which kinds have a wanted value."""
        having = np.zeros(kinds, np.bool_)
        having[self.kind[wanted[self.value]]] = True
        return having

    def counts(self, per_kind: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add up, by value, the datasets of each kind."""
        counted = np.bincount(self.value, per_kind[self.kind], minlength=len(self.values))
        return counted.astype(np.int64)


@dataclass(frozen=True, slots=True)
class State:
    """What the index holds at one time, but for texts.

    Parameters
    ----------
    generation : int
        Of the index.
    catalogs : tuple of Catalog
        In the order configured.
    kinds, tag_sets : array
        Of each dataset of all catalogs in turn.
    groups : Groups
        Those that the datasets are listed in.
    kind_count, tag_set_count : int
    dimensions : mapping
        By the name of the facet: provider, region, catalog, format, requester_pays.
    regions : tuple of Region
        The values of the dimension ``region`` but for the last, which is ``unknown``.
    tag_set, tag : array
        The tags of each set.
    """

    generation: int
    catalogs: tuple[Catalog, ...]
    kinds: Ints
    tag_sets: Ints
    groups: Groups
    kind_count: int
    tag_set_count: int
    dimensions: Mapping[str, Dimension]
    regions: tuple[Region, ...]
    tag_set: Ints
    tag: Ints

    def catalog_number(self, place: int) -> int:
        """Give the number of the catalog that has the dataset at a place."""
        return next(n for n, catalog in enumerate(self.catalogs) if place < catalog.end)


def generation(connection: sqlite3.Connection) -> int:
    """Give the number that every change of the index makes another."""
    number: int = connection.execute("SELECT generation FROM state").fetchone()[0]
    return number


def read_state(connection: sqlite3.Connection, before: State | None) -> State:
    """Read the state; of catalogs that have not changed, the shelves from before are used."""
    known = {(c.source, c.version): c.shelf for c in before.catalogs} if before else {}
    catalogs: list[Catalog] = []
    start = 0
    for source, name, version, stale in connection.execute(
        "SELECT id, name, version, read IS NOT NULL AND problem != '' FROM source"
        " WHERE kind = 'catalog' ORDER BY place, id"
    ).fetchall():
        shelf = known.get((source, version)) or load(connection, source)
        catalogs.append(Catalog(source, name, version, bool(stale), start, shelf))
        start = catalogs[-1].end
    shelves = [catalog.shelf for catalog in catalogs]
    kind_counts = [len(shelf.kind_pays) for shelf in shelves]
    set_counts = [shelf.tag_set_count for shelf in shelves]
    kinds = sum(kind_counts)
    site_kind = _joined([shelf.site_kind for shelf in shelves], kind_counts)
    regions, region = _regions(connection, site_kind, _joined([s.site for s in shelves]), kinds)
    return State(
        generation=generation(connection),
        catalogs=tuple(catalogs),
        kinds=_joined([shelf.kinds for shelf in shelves], kind_counts),
        tag_sets=_joined([shelf.tag_sets for shelf in shelves], set_counts),
        groups=Groups(
            _joined([shelf.groups for shelf in shelves], [len(s.group_names) for s in shelves]),
            tuple((catalog.name, catalog.shelf.group_names) for catalog in catalogs),
        ),
        kind_count=kinds,
        tag_set_count=sum(set_counts),
        dimensions={
            "provider": _providers(region, regions),
            "region": region,
            "catalog": Dimension(
                [catalog.name for catalog in catalogs],
                np.arange(kinds, dtype=np.int32),
                np.repeat(np.arange(len(shelves), dtype=np.int32), kind_counts),
            ),
            "format": _formats(shelves, kinds),
            "requester_pays": Dimension(
                ("false", "true"),
                np.arange(kinds, dtype=np.int32),
                _joined([shelf.kind_pays.astype(np.int32) for shelf in shelves]),
            ),
        },
        regions=regions,
        tag_set=_joined([shelf.tag_set for shelf in shelves], set_counts),
        tag=_joined([shelf.tag for shelf in shelves]),
    )


def _joined(arrays: Sequence[Ints], counts: Sequence[int] = ()) -> Ints:
    """Join the arrays of all shelves, counting on from one to the next."""
    starts = np.cumsum([0, *counts])
    moved = [
        array + np.int32(starts[number]) if counts else array for number, array in enumerate(arrays)
    ]
    return np.concatenate([*moved, np.zeros(0, np.int32)])


def _regions(
    connection: sqlite3.Connection, site_kind: Ints, site: Ints, kinds: int
) -> tuple[tuple[Region, ...], Dimension]:
    """Find the regions that each kind's sites are in; one that has none has ``unknown``."""
    located = connection.execute("SELECT id, region FROM site ORDER BY id").fetchall()
    names = sorted({region for _, region in located if region})
    place = {name: number for number, name in enumerate(names)}
    ids = np.array([number for number, _ in located], np.int32)
    where = np.array([place.get(region, -1) for _, region in located], np.int32)
    found = where[np.searchsorted(ids, site)] if len(site) else np.zeros(0, np.int32)
    is_known = found >= 0
    without = np.ones(kinds, np.bool_)
    without[site_kind[is_known]] = False
    lost = np.flatnonzero(without).astype(np.int32)
    dimension = Dimension(
        [*names, UNKNOWN],
        *_pairs(
            np.concatenate([site_kind[is_known], lost]),
            np.concatenate([found[is_known], np.full(len(lost), len(names), np.int32)]),
            len(names) + 1,
        ),
    )
    return tuple(map(Region.from_text, names)), dimension


def _providers(region: Dimension, regions: Sequence[Region]) -> Dimension:
    of_region = [*(one.provider for one in regions), UNKNOWN]
    names = sorted(set(of_region))
    place = np.array([names.index(name) for name in of_region], np.int32)
    return Dimension(names, *_pairs(region.kind, place[region.value], len(names)))


def _formats(shelves: Sequence[Shelf], kinds: int) -> Dimension:
    names = sorted({name for shelf in shelves for name in shelf.formats})
    place = {name: number for number, name in enumerate(names)}
    moved = [
        np.array([place[name] for name in shelf.formats], np.int32)[shelf.kind_format]
        for shelf in shelves
        if shelf.formats
    ]
    return Dimension(names, np.arange(kinds, dtype=np.int32), _joined(moved))


def _pairs(first: Ints, second: Ints, size: int) -> tuple[Ints, Ints]:
    """Give each pair once."""
    both = np.unique(first.astype(np.int64) * size + second)
    return (both // size).astype(np.int32), (both % size).astype(np.int32)

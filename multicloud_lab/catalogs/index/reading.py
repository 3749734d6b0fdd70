"""Datasets by their places: which one an id means, and the records of those on a page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from multicloud_lab import records as r
from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.catalogs.index import near_misses, rows, sites
from multicloud_lab.catalogs.index.state import Catalog, State
from multicloud_lab.errors import DatasetNotFoundError


def place_of(connection: sqlite3.Connection, state: State, dataset_id: str) -> int:
    """Give the place of the dataset that an id, or an alias, means.

    Raises
    ------
    DatasetNotFoundError
        There is none; the message suggests a close one.
    """
    wanted = sites.plain(dataset_id.strip("/"))
    found = connection.execute(
        "SELECT source, position FROM name WHERE id = ? ORDER BY alias LIMIT 1", (wanted,)
    ).fetchone()
    if found is None:
        close = near_misses.close_id(connection, wanted)
        hint = f"did you mean {close!r}?" if close else "see the list of datasets."
        raise DatasetNotFoundError(f"No catalog lists {dataset_id!r}; {hint}")
    source, position = found
    start = next(catalog.start for catalog in state.catalogs if catalog.source == source)
    return start + int(position)


def read_entries(
    connection: sqlite3.Connection, state: State, places: Sequence[int]
) -> dict[int, tuple[Catalog, Entry]]:
    """Give what is at some places, and in which catalog."""
    found = {}
    for catalog, mine in _by_catalog(state, places):
        written = connection.execute(
            "SELECT position, entry FROM dataset"
            " WHERE source = ? AND position IN (SELECT value FROM json_each(?))",
            (catalog.source, json.dumps([place - catalog.start for place in mine])),
        )
        found.update({catalog.start + at: (catalog, rows.unpacked(row)) for at, row in written})
    return found


def read_datasets(
    connection: sqlite3.Connection, state: State, places: Sequence[int]
) -> list[r.Dataset]:
    """Make the records of the datasets at some places, in that order."""
    found = read_entries(connection, state, places)
    site_lists = dict(_sites(state, places))
    located = sites.whereabouts(connection, {site for of in site_lists.values() for site in of})
    return [
        rows.dataset(
            found[place][0].name,
            found[place][1],
            [located[site] for site in site_lists[place]],
            stale=found[place][0].stale,
        )
        for place in places
    ]


def _sites(state: State, places: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    for catalog, mine in _by_catalog(state, places):
        of = catalog.shelf.sites_of([place - catalog.start for place in mine])
        yield from zip(mine, of, strict=True)


def _by_catalog(state: State, places: Sequence[int]) -> Iterator[tuple[Catalog, list[int]]]:
    for catalog in state.catalogs:
        mine = [place for place in places if catalog.start <= place < catalog.end]
        if mine:
            yield catalog, mine

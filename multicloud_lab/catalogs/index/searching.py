"""One search: words, filters, facets, order and the page."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from multicloud_lab import records as r
from multicloud_lab.catalogs.index.narrowing import Narrowing, Near
from multicloud_lab.catalogs.index.paging import Cursor, Ranks, after, cursor_at, ordered
from multicloud_lab.catalogs.index.postings import match
from multicloud_lab.catalogs.index.reading import read_datasets
from multicloud_lab.catalogs.index.state import State
from multicloud_lab.catalogs.index.words import words
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.regions import Region

MAX_QUERY_WORDS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives.

    Parameters
    ----------
    items : list of Dataset
        One page.
    total : int
        How many match in all.
    cursor : str or None
        Of the page after, if there is one.
    facets : tuple of Facet
    groups : tuple of DatasetGroup
    """

    items: list[r.Dataset]
    total: int
    cursor: str | None
    facets: tuple[r.Facet, ...]
    groups: tuple[r.DatasetGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Parameters
    ----------
    query : DatasetQuery
    words : sequence of str
        Distinct words of its text.
    cursor : Cursor or None
    near : callable
        Whether a gateway is in a region, or inside it.
    in_region : Region or None
    """

    query: r.DatasetQuery
    words: Sequence[str]
    cursor: Cursor | None
    near: Near
    in_region: Region | None

    @classmethod
    def of(cls, query: r.DatasetQuery, near: Near, in_region: Region | None) -> Search:
        """Read a query.

        Raises
        ------
        InvalidInputError
            Its cursor cannot be used, or there are too many words.
        """
        typed = list(dict.fromkeys(words(query.text)))
        if len(typed) > MAX_QUERY_WORDS:
            raise InvalidInputError(f"Only {MAX_QUERY_WORDS} words can be looked for at once.")
        if query.cursor and query.grouped:
            raise InvalidInputError("A cursor does not go on in groups; ask with an offset.")
        cursor = Cursor.read(query.cursor) if query.cursor else None
        return cls(query, typed, cursor, near, in_region)

    def run(self, connection: sqlite3.Connection, state: State) -> Found:
        """Find one page of datasets, and count them all."""
        query = self.query
        narrowing = Narrowing(connection, state, query, self.near, self.in_region)
        ranks = _ranks(connection, state, self.words) if self.words else None
        hits = None if ranks is None else np.flatnonzero(ranks)
        places, facets = narrowing.apply(hits, counted=query.counts)
        order = ordered(places, ranks)
        groups: tuple[r.DatasetGroup, ...] = ()
        if query.grouped:
            order, groups = state.groups.arranged(order)
        start = after(connection, state, order, ranks, self.cursor) if self.cursor else 0
        start += query.offset
        page: list[int] = order[start : start + query.limit].tolist()
        items = read_datasets(connection, state, page)
        following = None
        if page and start + len(page) < len(order) and not query.grouped:
            following = cursor_at(state, page[-1], ranks, items[-1].id)
        return Found(items, len(order), following, facets, groups if query.counts else ())


def _ranks(connection: sqlite3.Connection, state: State, typed: Sequence[str]) -> Ranks:
    ranks = np.zeros(len(state.kinds), np.uint16)
    for catalog in state.catalogs:
        found = match(connection, catalog.source, typed, catalog.shelf.headings)
        if found is not None:
            ranks[catalog.start : catalog.end] = found
    return ranks

"""The order of what was found, and cursors that stay in step when the index changes."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.catalogs.index.sites import plain
from multicloud_lab.catalogs.index.state import State
from multicloud_lab.errors import InvalidInputError

Places = NDArray[np.intp]
Ranks = NDArray[np.uint16]

_FORMS = (int, int, str, int, str)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended.

    Parameters
    ----------
    rank : int
        Of the last dataset on it.
    catalog_number : int
        The place of its catalog among all.
    catalog : str
    position : int
        In its catalog.
    id : str
        Of the dataset.
    """

    rank: int
    catalog_number: int
    catalog: str
    position: int
    id: str

    def written(self) -> str:
        """Give it as one opaque word."""
        return base64.urlsafe_b64encode(json.dumps(astuple(self)).encode()).decode()

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read what was written.

        Raises
        ------
        InvalidInputError
            It was not written here.
        """
        try:
            parts = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            parts = None
        fits = isinstance(parts, list) and [type(part) for part in parts] == list(_FORMS)
        if not fits or any(type(part) is int and not 0 <= part < 2**31 for part in parts):
            raise InvalidInputError("The cursor is not one that this list gave; ask without it.")
        return cls(*parts)


def ordered(places: Places, ranks: Ranks | None) -> Places:
    """Put the places found into order: the best first, equal ones as the catalogs have them."""
    if ranks is None:
        return places
    return places[np.argsort(np.iinfo(np.uint16).max - ranks[places], kind="stable")]


def after(
    connection: sqlite3.Connection,
    state: State,
    order: Places,
    ranks: Ranks | None,
    cursor: Cursor,
) -> int:
    """Give the number of datasets in order that are on the pages up to a cursor.

    The dataset that the cursor names is looked for where it is now; if it is gone, what comes
    after the place that it had goes on.
    """
    there = _now(connection, state, cursor)
    if there is not None:
        at = np.flatnonzero(order == there)
        if len(at):
            return int(at[0]) + 1
    place = _before(state, cursor) if there is None else there
    if ranks is None:
        return int(np.searchsorted(order, place, side="right"))
    rank, of_order = cursor.rank, ranks[order]
    return int(np.count_nonzero((of_order > rank) | ((of_order == rank) & (order <= place))))


def _now(connection: sqlite3.Connection, state: State, cursor: Cursor) -> int | None:
    """Give the place of a cursor's dataset now; None if it is gone."""
    catalog = next((c for c in state.catalogs if c.name == cursor.catalog), None)
    if catalog is None:
        return None
    found = connection.execute(
        "SELECT position FROM name WHERE id = ? AND alias = 0 AND source = ?",
        (plain(cursor.id), catalog.source),
    ).fetchone()
    return None if found is None else catalog.start + int(found[0])


def _before(state: State, cursor: Cursor) -> int:
    """Give the place before that which a cursor's dataset had: what follows was not seen yet."""
    catalog = next((c for c in state.catalogs if c.name == cursor.catalog), None)
    if catalog is not None:
        return min(catalog.start + cursor.position, catalog.end) - 1
    following = state.catalogs[cursor.catalog_number :]
    return (following[0].start if following else len(state.kinds)) - 1


def cursor_at(state: State, place: int, ranks: Ranks | None, dataset_id: str) -> str:
    """Write the cursor of a page that ends with the dataset at a place."""
    number = state.catalog_number(place)
    catalog = state.catalogs[number]
    rank = 0 if ranks is None else int(ranks[place])
    return Cursor(rank, number, catalog.name, place - catalog.start, dataset_id).written()

"""An id that somebody may have meant."""

from __future__ import annotations

import sqlite3
from difflib import get_close_matches

_COMPARED = 2000
"""Ids that are compared at most: it takes about 20 microseconds each."""


def close_id(connection: sqlite3.Connection, wanted: str) -> str | None:
    """Suggest an id: one that ends alike, or one that is spelled alike.

    Of very many, those are compared that begin alike.
    """
    parts = wanted.split("/")
    for length in range(len(parts) - 1, -1, -1):
        near = _below(connection, "/".join(parts[:length]))
        ends = [name for name in near if name.rpartition("/")[2] == parts[-1]]
        alike = get_close_matches(wanted, ends, n=1, cutoff=0.0)
        alike = alike or get_close_matches(wanted, near, n=1)
        if alike:
            return alike[0]
    return None


def _below(connection: sqlite3.Connection, path: str) -> list[str]:
    beginning = f"{path}/" if path else ""
    found = connection.execute(
        "SELECT id FROM name WHERE alias = 0 AND id >= ?1 AND id < ?1 || char(1114111) LIMIT ?2",
        (beginning, _COMPARED),
    )
    return [name for (name,) in found]

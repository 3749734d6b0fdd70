"""Which datasets have which word: lists of positions, and what they say of a few words typed."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""For each dataset of a catalog, by position."""

ANYWHERE, HEADING = 0, 1
"""Fields: every word of a dataset, and those of its heading alone."""
_MERGED = 2  # added to a field: every word that begins so, in one list

_FAN = 48
"""Words of one beginning that are read one by one; of more, a merged list is kept."""

Positions = dict[str, "array[int]"]


def add(lists: Positions, position: int, words: Iterable[str]) -> None:
    """Note that the dataset at a position, higher than those before, has these distinct words."""
    for word in words:
        found = lists.get(word)
        if found is None:
            found = lists[word] = array("I")
        found.append(position)


def rows(lists: Mapping[str, array[int]], field: int, count: int) -> Iterator[tuple[object, ...]]:
    """Give the rows ``(field, word, datasets)`` to keep for one field of a catalog.

    Parameters
    ----------
    lists : mapping
        Words, and the positions of the datasets that have them, ascending.
    field : int
    count : int
        Datasets of the catalog.
    """
    ordered = sorted(lists)
    for word in ordered:
        yield field, word, _encoded(np.frombuffer(lists[word], np.uint32), count)
    for beginning, merged in _merged(ordered, lists):
        yield field + _MERGED, beginning, _encoded(merged, count)


def _merged(
    ordered: list[str], lists: Mapping[str, array[int]]
) -> Iterator[tuple[str, NDArray[np.uint32]]]:
    """Give the union of each beginning's lists, for beginnings that many words share."""
    pending = [(ordered, 1)]
    while pending:
        group, length = pending.pop()
        for beginning, members in groupby(group, key=lambda word: word[:length]):
            same = list(members)
            if len(same) > _FAN:
                joined = b"".join(memoryview(lists[word]) for word in same)
                yield beginning, np.unique(np.frombuffer(joined, np.uint32))
                pending.append((same, length + 1))


def _encoded(positions: NDArray[np.uint32], count: int) -> bytes:
    """Write positions down, or one bit for each dataset where that is shorter.

    A list is always shorter than the bits would be: its length tells which of the two it is.
    """
    if 4 * len(positions) < -(-count // 8):
        return positions.astype("<u4", copy=False).tobytes()
    mask = np.zeros(count, np.uint8)
    mask[positions] = 1
    return np.packbits(mask).tobytes()


def _mark(mask: Mask, encoded: bytes) -> None:
    if len(encoded) < -(-len(mask) // 8):
        mask[np.frombuffer(encoded, "<u4")] = True
    else:
        bits = np.unpackbits(np.frombuffer(encoded, np.uint8), count=len(mask))
        mask |= bits.view(np.bool_)


def _one(connection: sqlite3.Connection, source: int, field: int, word: str) -> list[bytes]:
    found = connection.execute(
        "SELECT datasets FROM word WHERE source = ? AND field = ? AND word = ?",
        (source, field, word),
    )
    return [encoded for (encoded,) in found]


def beginning_with(
    connection: sqlite3.Connection, source: int, field: int, word: str, count: int
) -> tuple[Mask, Mask] | None:
    """Find the datasets of a catalog that have a word, or one that begins with it.

    Returns
    -------
    tuple of mask, or None
        Those with a word that begins so, and those with the very word; None if there are none.
    """
    every = _one(connection, source, field + _MERGED, word)
    if every:
        exact = _one(connection, source, field, word)
    else:
        found = connection.execute(
            "SELECT word = ?3, datasets FROM word"
            " WHERE source = ?1 AND field = ?2 AND word >= ?3 AND word < ?3 || char(1114111)",
            (source, field, word),
        ).fetchall()
        every = [encoded for _, encoded in found]
        exact = [encoded for same, encoded in found if same]
    if not every:
        return None
    begins, has = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for encoded in every:
        _mark(begins, encoded)
    for encoded in exact:
        _mark(has, encoded)
    return begins, has


def match(
    connection: sqlite3.Connection,
    source: int,
    words: Iterable[str],
    headings: NDArray[np.uint8],
) -> NDArray[np.uint16] | None:
    """Rank the datasets of a catalog by the words typed.

    Parameters
    ----------
    connection : sqlite3.Connection
    source : int
        The catalog.
    words : iterable of str
        Distinct; at most 60.
    headings : array of uint8
        How many words the heading of each dataset has.

    Returns
    -------
    array of uint16, or None
        0 where not every word begins one of the dataset's, else the higher the better: a word
        counts 4 if it is in the heading, 3 if it begins one there, 2 if it is elsewhere, and 1 if
        it begins one; of equal ones a short heading that has any is the better. None: all are 0.
    """
    count = len(headings)
    rank = np.zeros(count, np.uint16)
    matching: Mask | None = None
    in_heading = np.zeros(count, np.bool_)
    for word in words:
        anywhere = beginning_with(connection, source, ANYWHERE, word, count)
        if anywhere is None:
            return None
        begins, has = anywhere
        matching = begins if matching is None else matching & begins
        value = begins.view(np.uint8) + has
        heading = beginning_with(connection, source, HEADING, word, count)
        if heading is not None:
            in_heading |= heading[0]
            np.maximum(value, 3 * heading[0].view(np.uint8) + heading[1], out=value)
        rank += value
    if matching is None or not matching.any():
        return None
    rank <<= 8
    rank += np.where(in_heading, 255 - headings, 0).astype(np.uint16)
    rank *= matching
    return rank

"""What a search needs of one catalog's datasets besides words, as small arrays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Kind = tuple[tuple[int, ...], str, bool]
"""Sites of the copies, format, and whether the reader pays: many datasets have the same."""

_DTYPES = ("<i4", "<i4", "<i4", "u1", "<i4", "u1", "<i4", "<i4", "<i4", "<i4")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The datasets of one catalog, by position.

    Parameters
    ----------
    formats : tuple of str
    group_names : tuple of str
        Paths below the catalog of what has datasets in it; the catalog itself is empty.
    kinds, tag_sets, groups, headings : array
        Of each dataset: its kind, its set of tags, its group, how many words its heading has.
    kind_format, kind_pays : array
        Of each kind: the place in ``formats``, and whether the reader pays.
    site_kind, site : array
        The sites of a kind, in the order of the copies.
    tag_set, tag : array
        The tags of a set.
    """

    formats: tuple[str, ...]
    group_names: tuple[str, ...]
    kinds: Ints
    tag_sets: Ints
    groups: Ints
    headings: NDArray[np.uint8]
    kind_format: Ints
    kind_pays: NDArray[np.uint8]
    site_kind: Ints
    site: Ints
    tag_set: Ints
    tag: Ints

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """All arrays, in the order in which they are kept."""
        return (
            self.kinds,
            self.tag_sets,
            self.groups,
            self.headings,
            self.kind_format,
            self.kind_pays,
            self.site_kind,
            self.site,
            self.tag_set,
            self.tag,
        )

    @property
    def tag_set_count(self) -> int:
        """How many sets of tags there are."""
        return int(self.tag_sets.max(initial=-1)) + 1

    def sites_of(self, positions: Sequence[int]) -> list[list[int]]:
        """Give the site of each copy of some datasets."""
        kinds = self.kinds[list(positions)]
        starts = np.searchsorted(self.site_kind, kinds, side="left").tolist()
        ends = np.searchsorted(self.site_kind, kinds, side="right").tolist()
        return [self.site[a:b].tolist() for a, b in zip(starts, ends, strict=True)]


def shelve(
    kinds: Iterable[Kind],
    tag_sets: Iterable[tuple[int, ...]],
    groups: Iterable[str],
    headings: Iterable[int],
) -> Shelf:
    """Make a shelf of what is known of each dataset.

    Parameters
    ----------
    kinds : iterable of Kind
    tag_sets : iterable of tuple of int
        Ids of tags.
    groups : iterable of str
        Paths below the catalog.
    headings : iterable of int
        Numbers of words, 1 to 255.
    """
    formats: dict[str, int] = {}
    known_kinds: dict[Kind, int] = {}
    known_sets: dict[tuple[int, ...], int] = {}
    known_groups: dict[str, int] = {}
    kind_numbers = [known_kinds.setdefault(kind, len(known_kinds)) for kind in kinds]
    set_numbers = [known_sets.setdefault(tags, len(known_sets)) for tags in tag_sets]
    group_numbers = [known_groups.setdefault(group, len(known_groups)) for group in groups]
    kind_format = [formats.setdefault(form, len(formats)) for _, form, _ in known_kinds]
    sites = [(number, site) for (of, _, _), number in known_kinds.items() for site in of]
    tags = [(number, tag) for of, number in known_sets.items() for tag in of]
    return Shelf(
        tuple(formats),
        tuple(known_groups),
        np.array(kind_numbers, np.int32),
        np.array(set_numbers, np.int32),
        np.array(group_numbers, np.int32),
        np.fromiter(headings, np.uint8),
        np.array(kind_format, np.int32),
        np.array([pays for _, _, pays in known_kinds], np.uint8),
        *np.array(sites, np.int32).reshape(-1, 2).T,
        *np.array(tags, np.int32).reshape(-1, 2).T,
    )


def save(connection: sqlite3.Connection, source: int, shelf: Shelf) -> None:
    """Keep the shelf of a catalog in place of any other."""
    parts = [
        array.astype(dtype, copy=False).tobytes()
        for array, dtype in zip(shelf.arrays, _DTYPES, strict=True)
    ]
    lengths = np.array([len(part) for part in parts], "<i8").tobytes()
    connection.execute(
        "INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?)",
        (
            source,
            json.dumps(shelf.formats),
            json.dumps(shelf.group_names),
            b"".join((lengths, *parts)),
        ),
    )


def load(connection: sqlite3.Connection, source: int) -> Shelf:
    """Read the shelf of a catalog; one that was never read has an empty one."""
    found = connection.execute(
        "SELECT formats, groups, arrays FROM shelf WHERE source = ?", (source,)
    ).fetchone()
    if found is None:
        return shelve((), (), (), ())
    formats, groups, data = found
    head = 8 * len(_DTYPES)
    ends = head + np.cumsum(np.frombuffer(data[:head], "<i8"))
    starts = [head, *ends[:-1]]
    arrays = [
        np.frombuffer(data[start:end], dtype)
        for start, end, dtype in zip(starts, ends, _DTYPES, strict=True)
    ]
    return Shelf(tuple(json.loads(formats)), tuple(json.loads(groups)), *arrays)

"""What a query leaves, and what each facet would: arithmetic on kinds, not on datasets."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.catalogs.index.shelf import Ints
from multicloud_lab.catalogs.index.state import UNKNOWN, Dimension, State
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import DatasetQuery, Facet, FacetName, FacetValue
from multicloud_lab.regions import Region, all_regions, covers
from multicloud_lab.regions.provider import PROVIDERS

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Near = Callable[[Region], bool]

MAX_FACET_VALUES = 50
"""Values of a facet that are listed, besides those that the query has."""

_REGION_PATTERN = re.compile(r"[a-z0-9:._*?\[\]!-]+")
_FACETS: tuple[FacetName, ...] = (
    "provider",
    "region",
    "catalog",
    "format",
    "requester_pays",
    "near",
)


class Narrowing:
    """The filters of one query, each as the kinds (or sets of tags) that it lets pass.

    Parameters
    ----------
    connection : sqlite3.Connection
    state : State
    query : DatasetQuery
    near : callable
        Whether a gateway is in a region, or inside it.
    in_region : Region or None
        Only datasets whose bytes are there, or in a multi-region around it.

    Raises
    ------
    InvalidInputError
        A provider or a pattern of regions cannot be used.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        state: State,
        query: DatasetQuery,
        near: Near,
        in_region: Region | None,
    ) -> None:
        self._connection = connection
        self._state = state
        self._dimensions = {**state.dimensions, "near": _near(state, near)}
        wanted = _wanted(query, self._dimensions["region"].values)
        self._passing: dict[FacetName, Mask] = {}
        for name, chosen in wanted.items():
            if chosen is not None:
                dimension = self._dimensions[name]
                values = np.array([value in chosen for value in dimension.values], np.bool_)
                self._passing[name] = dimension.having(values, state.kind_count)
        self._always = np.ones(state.kind_count, np.bool_)
        if in_region is not None:
            around = [covers(region, in_region) for region in state.regions]
            dimension = self._dimensions["region"]
            self._always = dimension.having(np.array([*around, False]), state.kind_count)
        self._tags = self._tag_ids(query.tag) if query.tag else None
        self._chosen = {**wanted, "tag": frozenset(query.tag)}

    def apply(
        self, hits: Places | None, *, counted: bool = True
    ) -> tuple[Places, tuple[Facet, ...]]:
        """Narrow what the words have found.

        Parameters
        ----------
        hits : array of int, or None
            Places among all datasets of the state, ascending; None: every one.
        counted : bool
            Whether the facets are wanted.

        Returns
        -------
        array of int
            The places of those that are left, ascending.
        tuple of Facet
        """
        state = self._state
        tagged = self._with_tags(hits)
        left = self._of_kinds(tagged)
        places = np.arange(len(state.kinds)) if left is None else left
        if not counted:
            return places, ()
        per_kind = _counted(state.kinds, tagged, state.kind_count)
        facets = [self._facet(name, per_kind) for name in _FACETS]
        facets.insert(-2, self._tag_facet(left if tagged is hits else self._of_kinds(hits)))
        return places, tuple(facets)

    def _with_tags(self, places: Places | None) -> Places | None:
        """Give those that have one of the tags."""
        if self._tags is None:
            return places
        state = self._state
        having = np.zeros(state.tag_set_count, np.bool_)
        having[state.tag_set[np.isin(state.tag, self._tags)]] = True
        return _passing(having, state.tag_sets, places)

    def _of_kinds(self, places: Places | None) -> Places | None:
        """Give those whose kind passes."""
        passing = self._kinds_but("tag")
        return places if passing.all() else _passing(passing, self._state.kinds, places)

    def _kinds_but(self, facet: FacetName) -> Mask:
        others = (mask for name, mask in self._passing.items() if name != facet)
        return reduce(np.logical_and, others, self._always)

    def _facet(self, name: FacetName, per_kind: NDArray[np.int64]) -> Facet:
        dimension = self._dimensions[name]
        counts = dimension.counts(per_kind * self._kinds_but(name))
        counted = zip(dimension.values, counts.tolist(), strict=True)
        found = [(value, count) for value, count in counted if count]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        titles = _region_titles() if name == "region" else {}
        return _listed(name, found, self._chosen.get(name) or (), titles)

    def _tag_facet(self, places: Places | None) -> Facet:
        state = self._state
        per_set = _counted(state.tag_sets, places, state.tag_set_count)
        counts = np.bincount(state.tag, per_set[state.tag_set])
        present = np.flatnonzero(counts)
        # Names are fetched of those alone that can be listed, and of those asked for.
        asked = [tag for tag in self._tags or () if counts[tag : tag + 1].any()]
        shown = {*_most_frequent(present, counts).tolist(), *asked}
        named = self._connection.execute(
            "SELECT name, id FROM tag WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(shown)),),
        )
        found = [(name, int(counts[tag])) for name, tag in named]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        facet = _listed("tag", found, self._chosen["tag"] or (), {})
        return facet.model_copy(update={"more": len(present) - len(facet.values)})

    def _tag_ids(self, names: Iterable[str]) -> list[int]:
        return [
            tag
            for name in names
            for (tag,) in self._connection.execute("SELECT id FROM tag WHERE name = ?", (name,))
        ]


def _wanted(query: DatasetQuery, regions: Sequence[str]) -> dict[FacetName, frozenset[str] | None]:
    """Give the values that a query wants of each dimension; None: any."""
    patterns = [_pattern(text) for text in query.region]
    of_regions = {name for name in regions if any(_fits(name, one) for one in patterns)}
    return {
        "provider": frozenset(map(_provider, query.provider)) or None,
        "region": frozenset(of_regions) if patterns else None,
        "catalog": frozenset(query.catalog) or None,
        "format": frozenset(query.format) or None,
        "requester_pays": _either(query.requester_pays),
        "near": _either(query.near),
    }


def _either(wanted: bool | None) -> frozenset[str] | None:
    return None if wanted is None else frozenset({str(wanted).lower()})


def _provider(text: str) -> str:
    said = text.strip().lower()
    names = {alias: p.name for p in PROVIDERS.values() for alias in (p.name, *p.aliases)}
    if said != UNKNOWN and said not in names:
        known = ", ".join([*PROVIDERS, UNKNOWN])
        raise InvalidInputError(f"{text!r} is no provider; there are {known}.")
    return names.get(said, said)


def _pattern(text: str) -> str:
    pattern = text.strip().lower()
    if pattern and not _REGION_PATTERN.fullmatch(pattern):
        raise InvalidInputError(
            f"{text!r} is not a region or a pattern of regions; write it as 'gcp:*'."
        )
    return pattern


def _fits(region: str, pattern: str) -> bool:
    if UNKNOWN in (region, pattern):
        return region == pattern
    # A pattern without a provider, as us-west-2, means that name with any.
    full = pattern if ":" in pattern or pattern.startswith("*") else f"*:{pattern}"
    return fnmatchcase(region, full)


def _near(state: State, near: Near) -> Dimension:
    is_near = np.array([*(bool(near(region)) for region in state.regions), False], np.bool_)
    kinds = state.dimensions["region"].having(is_near, state.kind_count)
    return Dimension(
        ("false", "true"), np.arange(state.kind_count, dtype=np.int32), kinds.astype(np.int32)
    )


def _passing(passing: Mask, numbers: Ints, places: Places | None) -> Places:
    if places is None:
        return np.flatnonzero(passing[numbers])
    return places[passing[numbers[places]]]


def _counted(numbers: Ints, places: Places | None, length: int) -> NDArray[np.int64]:
    chosen = numbers if places is None else numbers[places]
    return np.bincount(chosen, minlength=length).astype(np.int64, copy=False)


def _most_frequent(present: Places, counts: NDArray[np.int64]) -> Places:
    """Give those that may be listed, without sorting very many; of equal ones the first."""
    if len(present) <= MAX_FACET_VALUES:
        return present
    of_present = counts[present]
    least = np.partition(of_present, -MAX_FACET_VALUES)[-MAX_FACET_VALUES]
    more = present[of_present > least]
    equal = present[of_present == least]
    return np.concatenate([more, equal[: MAX_FACET_VALUES - len(more)]])


@cache
def _region_titles() -> Mapping[str, str]:
    return {str(known.region): known.title for known in all_regions()}


def _listed(
    name: FacetName,
    found: Sequence[tuple[str, int]],
    chosen: Iterable[str],
    titles: Mapping[str, str],
) -> Facet:
    wanted = frozenset(chosen)
    shown = [
        FacetValue(value=value, title=titles.get(value, ""), count=count)
        for place, (value, count) in enumerate(found)
        if place < MAX_FACET_VALUES or value in wanted
    ]
    return Facet(name=name, values=tuple(shown), more=len(found) - len(shown))

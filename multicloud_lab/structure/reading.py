"""One dataset's structure: which format reads it, in a bounded time, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.errors import InvalidInputError, UnreadableDatasetError
from multicloud_lab.hosts import shown
from multicloud_lab.structure import formats as _formats  # noqa: F401  (they register themselves)
from multicloud_lab.structure.decoding import describe
from multicloud_lab.structure.form import (
    FORMATS,
    Found,
    OtherFormatError,
    StructureFormat,
)
from multicloud_lab.structure.refusals import explain
from multicloud_lab.structure.source import Source
from multicloud_lab.threads import within

_CACHES = ("simplecache", "filecache", "blockcache", "cached")
_GRACE = 0.5
"""Seconds that cancelled work has to tell so itself."""


def read_structure(
    url: str,
    format: str,  # noqa: A002  (the word of catalogs and records)
    *,
    dataset: str,
    options: Mapping[str, Any],
    deadline: float,
    allowed: Callable[[str], bool],
) -> r.Structure:
    """Tell what a dataset holds without reading its values.

    It blocks for as long as the deadline at most, and leaves a store that hangs behind.

    Parameters
    ----------
    url : str
        Of the dataset, as fsspec takes it.
    format : str
        What its catalog calls it; may be empty, or of no format that is read here. Then the
        address, and in the end its first bytes, tell.
    dataset : str
        Its id.
    options : mapping
        fsspec options, all of which are used: none may come from a catalog unchecked.
    deadline : float
        Seconds, for everything.
    allowed : callable
        Says whether the administrator named a URL; of others only public hosts are contacted.

    Raises
    ------
    AccessDeniedError
        The store wants credentials, other ones, or somebody who pays.
    AddressRefusedError
        The address leads inside this network, and nobody named it.
    DeadlineError
        It took longer than the deadline.
    InvalidInputError
        The address stands for no one dataset.
    NotFoundError
        There is nothing at the address.
    UnreadableDatasetError
        What is there is of no format that is read here, makes no sense, or needs a package that
        is not installed.
    """
    target, chosen, word = _target(url, dict(options), format)

    def work() -> r.Structure:
        try:
            source = Source(target, chosen, deadline=deadline, allowed=allowed)
            found = _read(source, word)
            return _told(source, found, dataset, url)
        # Every store and every library has errors of its own.
        except Exception as error:  # noqa: BLE001
            told = explain(error, target)
            raise told from (None if told is error else error)

    late = f"{shown(target)} did not tell its structure within {deadline:g} s."
    return within(deadline + _GRACE, work, late=late)


def _target(url: str, options: dict[str, Any], word: str) -> tuple[str, dict[str, Any], str]:
    """Give the address that is read itself: no cache before it, and of references their file."""
    scheme = url.partition("://")[0].partition("::")[0]
    if scheme == "reference":
        references = options.get("fo") or url.partition("::")[2]
        if not isinstance(references, str) or not references:
            raise InvalidInputError("An address reference:// needs the address of its references.")
        return references, dict(options.get("target_options") or {}), "kerchunk"
    while "::" in url and url.partition("::")[0].partition("://")[0] in _CACHES:
        url = url.partition("::")[2]
        inner = options.get(url.partition("://")[0])
        options = dict(inner) if isinstance(inner, Mapping) else options
    if not url.strip():
        raise InvalidInputError("The dataset has no address, so nothing can be read of it.")
    if any(sign in url.partition("?")[0] for sign in "*{"):
        raise InvalidInputError(
            f"{shown(url)} is a pattern for several files; ask for the structure of one of them."
        )
    return url, options, word.strip().lower()


def _read(source: Source, word: str) -> Found:
    chosen = _by_word(word) or _by_ending(source.url) or _by_looking(source)
    for _ in range(2):
        try:
            return chosen.read(source)
        except OtherFormatError as other:
            chosen = FORMATS[other.name]
    raise ValueError(f"it is neither of the format {word} nor of another")


def _by_word(word: str) -> StructureFormat | None:
    return next((f for f in FORMATS.values() if word and word in f.words), None)


def _by_ending(url: str) -> StructureFormat | None:
    path = url.partition("?")[0].rstrip("/").lower()
    return next((f for f in FORMATS.values() if path.endswith(f.endings)), None)


def _by_looking(source: Source) -> StructureFormat:
    """Find the format by what is directly below the address, then by a file's first bytes."""
    keys = sorted({key for each in FORMATS.values() for key in each.keys})
    there = source.read(keys).keys()
    for each in FORMATS.values():
        if each.keys & there:
            return each
    if source.refused is not None:
        source.absent("dataset")
    (head,) = source.ranges([("", 0, 8)])
    for each in FORMATS.values():
        if head.startswith(each.magic):
            return each
    known = ", ".join(FORMATS)
    raise UnreadableDatasetError(
        f"{shown(source.url)} is of no format whose structure is read here ({known})."
    )


def _told(source: Source, found: Found, dataset: str, url: str) -> r.Structure:
    described = describe(found.holds)
    known = [one.bytes for one in described.variables if one.bytes is not None]
    notes = dict.fromkeys([*found.notes, *described.notes])
    return r.Structure(
        dataset=dataset,
        url=shown(url),
        format=found.format,
        dims=described.dims,
        variables=described.variables,
        groups=described.groups,
        attributes=described.attributes,
        bytes=sum(known) if known or not described.variables else None,
        stored_bytes=found.stored_bytes,
        bytes_read=source.bytes_read,
        requests=source.requests,
        detail="; ".join(notes),
    )

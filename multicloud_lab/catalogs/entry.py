"""What a reader finds in a catalog: entries, and children that are catalogs themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from multicloud_lab.records import OpeningKind, Parameter
from multicloud_lab.regions import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One place where the bytes of an entry are, as its catalog says.

    Parameters
    ----------
    url : str
    region : Region, optional
        Declared by the catalog.
    detail : str
        What is to be told of that declaration in words, as that it cannot be used.
    requester_pays : bool
    endpoint : str
        Of an object store that is not its protocol's own provider, as the catalog names it:
        told to people, never contacted for it.
    """

    url: str
    region: Region | None = None
    detail: str = ""
    requester_pays: bool = False
    endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataset as its catalog describes it, or a child of it that cannot be read.

    Parameters
    ----------
    path : tuple of str
        Where it is below the catalog; the last part is its own.
    name, title, description, format, tags, variables
        As in :class:`multicloud_lab.records.Dataset`.
    copies : tuple of Copy
        Where its bytes are, the entry's own first; none if the catalog does not say.
    aliases : tuple of str
        Other paths below the catalog that mean it.
    kind, catalog_url, entry, driver, parameters, reading, untrusted
        As in :class:`multicloud_lab.records.Opening`.
    registry : bool
        Whether what it says of regions is a registry's word, which is weaker than a catalog's.
    problem : str
        What is wrong, if this stands for a child that cannot be read.
    """

    path: tuple[str, ...]
    name: str
    catalog_url: str
    kind: OpeningKind = "intake"
    entry: str = ""
    title: str = ""
    description: str = ""
    format: str = ""
    tags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    aliases: tuple[str, ...] = ()
    driver: str = ""
    parameters: tuple[Parameter, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    untrusted: tuple[str, ...] = ()
    registry: bool = False
    problem: str = ""

    @property
    def url(self) -> str:
        """Where the bytes of its first copy are; may be empty."""
        return self.copies[0].url if self.copies else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A catalog that a catalog names, still to be read; ``row`` stands for it if it cannot be."""

    url: str
    row: Entry


def segment(text: object) -> str:
    """Make one part of an id of a name: a slash would look like a level, a newline like an end."""
    plain = str(text)
    if plain.isprintable() and "/" not in plain and plain == plain.strip():
        return plain or "_"
    shown = "".join(ch if ch.isprintable() else " " for ch in plain).strip()
    return shown.replace("/", "%2F") or "_"

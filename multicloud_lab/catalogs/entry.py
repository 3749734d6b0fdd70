"""What a reader finds in a catalog: entries, and children that are catalogs themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from multicloud_lab.records import Parameter
from multicloud_lab.regions import Region

Kind = Literal["intake", "intake-esm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataset as its catalog describes it, or a child of it that cannot be read.

    Parameters
    ----------
    path : tuple of str
        Where it is below the catalog; the last part is its own.
    name, title, description, format, tags, variables
        As in :class:`multicloud_lab.records.Dataset`.
    requester_pays : bool
        Whether the entry says that the reader pays.
    url : str
        Where its bytes are; may be empty.
    region : Region, optional
        Declared by the entry's metadata.
    region_detail : str
        What is to be told of that declaration in words, as that it cannot be used.
    aliases : tuple of str
        Other paths below the catalog that mean it.
    kind, catalog_url, entry, driver, parameters, untrusted
        As in :class:`multicloud_lab.records.Opening`.
    problem : str
        What is wrong, if this stands for a child that cannot be read.
    """

    path: tuple[str, ...]
    name: str
    catalog_url: str
    kind: Kind = "intake"
    entry: str = ""
    title: str = ""
    description: str = ""
    format: str = ""
    tags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    requester_pays: bool = False
    url: str = ""
    region: Region | None = None
    region_detail: str = ""
    aliases: tuple[str, ...] = ()
    driver: str = ""
    parameters: tuple[Parameter, ...] = ()
    untrusted: tuple[str, ...] = ()
    problem: str = ""


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

"""The formats whose structure can be read: what each registers, and what each finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import Field

from multicloud_lab import records as r
from multicloud_lab.structure.source import Source

if TYPE_CHECKING:
    import xarray as xr


@dataclass(slots=True)
class Group:
    """Variables that are opened together, as they are stored.

    Parameters
    ----------
    path : str
        From the root, without a slash at either end; empty for the root.
    variables : dict
        With their attributes, and data that stand in for what is stored; ``chunks`` and
        ``shards``, where there are any, are in their encoding.
    attributes : dict
    stored : dict
        Bytes in the store of a variable, where known.
    """

    path: str
    variables: dict[str, xr.Variable]
    attributes: dict[str, Any]
    stored: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    dtype: str
    stored_dtype: str
    itemsize: int | None = None
    stored_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length.

    Parameters
    ----------
    columns : tuple of Column
    rows : int or None
        None if they were not counted.
    rows_at_once : int or None
        Of the largest part that is read at once.
    """

    columns: tuple[Column, ...]
    rows: int | None
    rows_at_once: int | None


class Description(r.Record):
    """Variables as they are read: what groups and tables come to."""

    dims: tuple[r.Dimension, ...] = ()
    variables: tuple[r.Variable, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """What a format tells of a dataset.

    Parameters
    ----------
    format : str
        As found, with its version.
    holds : tuple of Group, Table, or Description
    stored_bytes : int or None
        In the store, all in all.
    notes : list of str
        What is not known, and why.
    """

    format: str
    holds: tuple[Group, ...] | Table | Description
    stored_bytes: int | None = None
    notes: list[str] = field(default_factory=list)


class OtherFormatError(Exception):
    """What is there is of another format than was thought.

    Parameters
    ----------
    name : str
        Of the format that it is.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"it is of the format {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class StructureFormat:
    """A format whose structure can be read.

    Parameters
    ----------
    name : str
    words : frozenset of str
        What catalogs call it.
    endings : tuple of str
        Of its addresses.
    keys : frozenset of str
        Names of which one is directly below an address of this format.
    magic : tuple of bytes
        How a file of this format begins.
    read : callable
        Reads the metadata from a source.
    """

    name: str
    words: frozenset[str]
    endings: tuple[str, ...]
    read: Callable[[Source], Found]
    keys: frozenset[str] = frozenset()
    magic: tuple[bytes, ...] = ()


FORMATS: dict[str, StructureFormat] = {}


def register(structure_format: StructureFormat) -> None:
    """Make a format known; the last one of a name counts."""
    FORMATS[structure_format.name] = structure_format

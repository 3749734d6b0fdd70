"""The header of a netCDF-3 file: classic, 64-bit offset (CDF-2) and 64-bit data (CDF-5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import prod
from typing import Any

MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")

# The format's own tags and types (NetCDF Users Guide, "File Format Specifications").
_DIMENSION, _VARIABLE, _ATTRIBUTE = 10, 11, 12
_TYPES = {1: "i1", 2: "S1", 3: "i2", 4: "i4", 5: "f4", 6: "f8"}
_TYPES_5 = {**_TYPES, 7: "u1", 8: "u2", 9: "u4", 10: "i8", 11: "u8"}
_MAX_LIST = 100_000


class ShortHeaderError(ValueError):
    """The header has more bytes than were given."""


@dataclass(frozen=True, slots=True)
class HeaderVariable:
    """A variable as the header has it; records count as its first dimension."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str
    attributes: dict[str, Any]
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a netCDF-3 file says of itself before its data."""

    version: str
    attributes: dict[str, Any]
    variables: tuple[HeaderVariable, ...]


def read_header(data: bytes, size: int) -> Header:
    """Parse the header at the beginning of a file.

    Parameters
    ----------
    data : bytes
        The beginning of the file.
    size : int
        Of the whole file, in bytes; it tells the number of records where the header does not.

    Raises
    ------
    ShortHeaderError
        More of the file is needed.
    ValueError
        It is no netCDF-3 header.
    """
    return _Parser(data, size).header()


class _Parser:
    """A position in a header."""

    def __init__(self, data: bytes, size: int) -> None:
        if data[:4] not in MAGIC:
            raise ValueError("it does not begin as a netCDF-3 file")
        self._data = data
        self._size = size
        self._at = 4
        self._is_5 = data[3] == 5
        self._is_wide = data[3] in (2, 5)
        self._types = _TYPES_5 if self._is_5 else _TYPES

    def header(self) -> Header:
        records = self._count()
        is_streamed = records == (1 << (64 if self._is_5 else 32)) - 1
        dims = self._dimensions()
        attributes = self._attributes()
        raw = [self._variable(len(dims)) for _ in range(self._list(_VARIABLE))]
        per_record = [
            _padded(prod(dims[i][1] for i in ids[1:]) * int(dtype[1:]))
            for _, ids, _, dtype, _ in raw
            if ids and dims[ids[0]][1] == 0
        ]
        if len(per_record) == 1:  # a record of one variable alone is not padded
            ids, dtype = next((i, d) for _, i, _, d, _ in raw if i and dims[i[0]][1] == 0)
            per_record = [prod(dims[i][1] for i in ids[1:]) * int(dtype[1:])]
        if is_streamed:
            begins = [b for _, ids, _, _, b in raw if ids and dims[ids[0]][1] == 0]
            step = sum(per_record)
            records = (self._size - min(begins)) // step if begins and step else 0
        variables = []
        for name, ids, own, dtype, _ in raw:
            shape = tuple(
                records if dims[i][1] == 0 and place == 0 else dims[i][1]
                for place, i in enumerate(ids)
            )
            stored = prod(shape) * int(dtype[1:])
            names = tuple(dims[i][0] for i in ids)
            variables.append(HeaderVariable(name, names, shape, f">{dtype}", own, stored))
        version = {1: "classic", 2: "64-bit offset", 5: "64-bit data"}[self._data[3]]
        return Header(version, attributes, tuple(variables))

    def _dimensions(self) -> list[tuple[str, int]]:
        return [(self._name(), self._count()) for _ in range(self._list(_DIMENSION))]

    def _attributes(self) -> dict[str, Any]:
        found = {}
        for _ in range(self._list(_ATTRIBUTE)):
            name = self._name()
            dtype, count = self._type(), self._count()
            found[name] = self._values(dtype, count)
        return found

    def _values(self, dtype: str, count: int) -> Any:
        import numpy as np

        length = count * int(dtype[1:])
        data = self._take(length)
        self._take(_padded(length) - length)
        if dtype == "S1":
            return data.decode("utf-8", "replace").rstrip("\x00")
        values = np.frombuffer(data, f">{dtype}").astype(f"={dtype}")
        return values[0] if count == 1 else values

    def _variable(self, rank: int) -> tuple[str, tuple[int, ...], dict[str, Any], str, int]:
        name = self._name()
        ids = tuple(self._count() for _ in range(self._bounded(self._count())))
        if any(i >= rank for i in ids):
            raise ValueError(f"its variable {name[:80]!r} has a dimension that there is not")
        attributes = self._attributes()
        dtype = self._type()
        self._count()  # the size of the variable, which overflows where it is large
        begin = self._number(8 if self._is_wide else 4)
        return name, ids, attributes, dtype, begin

    def _list(self, tag: int) -> int:
        """Give the length of a list of elements of one kind."""
        found, count = self._number(4), self._bounded(self._count())
        if found != tag and (found, count) != (0, 0):
            raise ValueError(f"its header has tag {found} where {tag} belongs")
        return count

    def _bounded(self, count: int) -> int:
        if count > _MAX_LIST:
            raise ValueError(f"its header has a list of {count} elements")
        return count

    def _name(self) -> str:
        length = self._count()
        if length > _MAX_LIST:
            raise ValueError(f"its header has a name of {length} bytes")
        data = self._take(_padded(length))
        return data[:length].decode("utf-8", "replace")

    def _type(self) -> str:
        number = self._number(4)
        if number not in self._types:
            raise ValueError(f"its header has the type {number}, which there is not")
        return self._types[number]

    def _count(self) -> int:
        return self._number(8 if self._is_5 else 4)

    def _number(self, width: int) -> int:
        value: int = struct.unpack(">Q" if width == 8 else ">I", self._take(width))[0]
        return value

    def _take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            if end > self._size:
                raise ValueError("its header is longer than the file")
            raise ShortHeaderError("more of the header is needed")
        data = self._data[self._at : end]
        self._at = end
        return data


def _padded(length: int) -> int:
    return -(-length // 4) * 4

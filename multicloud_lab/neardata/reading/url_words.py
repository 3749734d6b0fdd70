"""Which words in a task's arguments are addresses, and which functions read what they are told."""

from __future__ import annotations

import os
import re
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]\S*\Z")
_ELSEWHERE = frozenset({"memory", "reference", "data", "zip", "tar", "libarchive", "git"})
"""Of a chain of addresses, these do not say by themselves where the bytes are."""

# A task of these that has no input makes its values itself, ones or random numbers, unless the
# name of its function says that it reads.
_MAKERS = frozenset(
    {"builtins", "cftime", "cytoolz", "dask", "functools", "numpy", "operator", "pandas", "toolz"}
    | {"xarray", "xhistogram", "zarr", "flox", "math", "io"}
)
_READING_NAMES = re.compile(r"(open|load|read)(_|\Z)|(open|load|read)[a-z]*\Z|fromfile\Z|memmap\Z")
_READERS_OF = frozenset({"numpy", "pandas", "xarray", "zarr", "io", "builtins"})
_FILES_OF = frozenset({"h5py", "netCDF4", "h5netcdf", "fsspec", "pyarrow", "intake", "rioxarray"})

Kind = Literal["makes", "opens", "opaque"]


def kind_of(function: Any) -> Kind:
    """Say whether a function makes or works on values, opens an address, or may do anything."""
    module = getattr(function, "__module__", None) or type(function).__module__
    package = module.partition(".")[0].lstrip("_")  # Python's operator is written in _operator.
    name = str(getattr(function, "__name__", type(function).__name__))
    if package in _FILES_OF:
        return "opens"
    if package in _READERS_OF and _READING_NAMES.match(name):
        return "opens"
    return "makes" if package in _MAKERS and ".io." not in module else "opaque"


def urls_in(arguments: Any, *, paths: bool) -> Iterator[str | None]:
    """Give the addresses in a function's arguments, however deep.

    Parameters
    ----------
    arguments : object
    paths : bool
        Whether a plain word is the path of a file of this machine, if it is the first argument
        or in a list there.

    Yields
    ------
    str or None
        ``None`` for one that leads to somewhere else than it says.
    """
    yield from _urls(arguments, 4)
    if paths and isinstance(arguments, list) and arguments:
        first = arguments[0]
        for word in first if isinstance(first, list | tuple) else [first]:
            if isinstance(word, str) and word and "://" not in word:
                yield "file://" + os.path.abspath(word)  # noqa: PTH100


def _urls(value: Any, deep: int) -> Iterator[str | None]:
    if isinstance(value, str):
        if "://" in value and (match := _address(value)) is not False:
            yield match
    elif isinstance(value, os.PathLike):
        yield "file://" + os.path.abspath(os.fspath(value))  # noqa: PTH100
    elif deep and isinstance(value, Mapping):
        for item in value.values():
            yield from _urls(item, deep - 1)
    elif deep and isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _urls(item, deep - 1)
    elif deep and (held := _held(value)):
        yield from _urls(held, deep - 1)


def _held(value: Any) -> dict[str, Any]:
    """Give what an object of a class that nobody here knows holds, as a reader its address."""
    module = type(value).__module__.partition(".")[0]
    if isinstance(value, type | types.ModuleType) or module in _MAKERS | {"distributed"}:
        return {}
    held = getattr(value, "__dict__", None)
    return held if isinstance(held, dict) and not callable(getattr(value, "func", None)) else {}


def _address(word: str) -> str | Literal[False] | None:
    """Read a word as an address: ``False`` if it is none, ``None`` if it leads elsewhere."""
    parts = word.split("::")
    *wrappers, last = parts
    if not _URL.match(last) or last.partition("://")[0] not in _protocols():
        return False
    protocols = {part.partition("://")[0] for part in wrappers}
    if last.startswith("memory://"):
        return None
    return None if protocols & _ELSEWHERE else last


@cache
def _protocols() -> frozenset[str]:
    """List the schemes that fsspec can open, and those that others read."""
    from fsspec import available_protocols

    return frozenset(available_protocols()) | {"s3", "gs", "gcs", "az", "abfs", "abfss", "https"}

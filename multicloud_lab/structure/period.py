"""The first and the last time of a Zarr store: at most two chunks are read, of time alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from multicloud_lab.hosts import shown
from multicloud_lab.structure.source import Source
from multicloud_lab.structure.zarr_metadata import Documents, consolidated, parse
from multicloud_lab.threads import within

MAX_CHUNK = 4_000_000
"""Bytes of a chunk that is read: half a million times."""

_TIME = re.compile(r"(days|hours|minutes|seconds) since \d", re.IGNORECASE)
_UNCONSOLIDATED = ("time/.zarray", "time/.zattrs", "time/zarr.json")
# What only decompresses: a store must not name what else is run on its bytes.
_CODECS = frozenset({"blosc", "zstd", "zlib", "gzip", "lz4", "bz2"})


def read_period(
    url: str, *, options: Mapping[str, Any], deadline: float, allowed: Callable[[str], bool]
) -> tuple[str, str] | None:
    """Say which dates a Zarr store covers, in its own calendar; ``None`` if that cannot be told.

    Parameters
    ----------
    url, options, deadline, allowed
        As for :func:`multicloud_lab.structure.read_structure`.

    Returns
    -------
    tuple of str, or None
        The first and the last day, as ``1979-01-01``.

    Raises
    ------
    Exception
        Whatever its store or its metadata make fail.
    """

    def work() -> tuple[str, str] | None:
        source = Source(url, options, deadline=deadline, allowed=allowed)
        return _period(source, _documents(source))

    return within(deadline, work, late=f"{shown(url)} did not tell its period in {deadline:g} s.")


def _documents(source: Source) -> Documents:
    texts = source.read([".zmetadata", "zarr.json"])
    found = consolidated({key: parse(text, key) for key, text in texts.items()})
    if found is not None:
        return found
    return {key: parse(text, key) for key, text in source.read(_UNCONSOLIDATED).items()}


def _period(source: Source, documents: Documents) -> tuple[str, str] | None:
    for key, document in documents.items():
        name, _, kind = key.rpartition("/")
        if kind == ".zarray":
            attributes = documents.get(f"{name}/.zattrs", {})
        elif kind == "zarr.json" and document.get("node_type") == "array":
            attributes = document.get("attributes") or {}
        else:
            continue
        shape = document.get("shape")
        units = attributes.get("units")
        is_time = isinstance(units, str) and _TIME.match(units) is not None
        if is_time and "/" not in name and isinstance(shape, list) and len(shape) == 1:
            dims = attributes.get("_ARRAY_DIMENSIONS") or document.get("dimension_names") or [name]
            if list(dims) == [name]:
                return _days(_ends(source, name, document), attributes)
    return None


def _ends(source: Source, name: str, document: Mapping[str, Any]) -> list[Any] | None:
    """Read the first and the last value; None if they are not stored plainly."""
    (length,) = document["shape"]
    is_v3 = document.get("zarr_format") == 3
    grid = (document.get("chunk_grid") or {}).get("configuration") or {}
    (size,) = grid["chunk_shape"] if is_v3 else document["chunks"]
    if length < 1 or size < 1 or not _is_plain(document, is_v3=is_v3):
        return None
    last = (length - 1) // size
    prefix = f"{name}/c/" if is_v3 else f"{name}/"
    chunks = source.read(list({f"{prefix}0", f"{prefix}{last}"}), limit=MAX_CHUNK)
    if len(chunks) < len({0, last}):
        return None  # not written yet
    values = [_decoded(chunks[f"{prefix}{number}"], document, is_v3=is_v3) for number in (0, last)]
    ends = [values[0][0], values[1][(length - 1) % size]]
    missing = document.get("fill_value")
    return None if any(end != end or end == missing for end in ends[1:]) else ends


def _is_plain(document: Mapping[str, Any], *, is_v3: bool) -> bool:
    if not is_v3:
        compressor = document.get("compressor")
        return not document.get("filters") and (
            compressor is None or compressor.get("id") in _CODECS
        )
    names = [codec.get("name") for codec in document.get("codecs") or ()]
    encoding = (document.get("chunk_key_encoding") or {}).get("name")
    return names[:1] == ["bytes"] and set(names[1:]) <= _CODECS and encoding == "default"


def _decoded(chunk: bytes, document: Mapping[str, Any], *, is_v3: bool) -> Any:
    import numcodecs

    if is_v3:
        dtype = np.dtype(str(document["data_type"]))
        if document["codecs"][0].get("configuration", {}).get("endian") == "big":
            dtype = dtype.newbyteorder(">")
        for codec in reversed(document["codecs"][1:]):
            chunk = numcodecs.get_codec({"id": codec["name"]}).decode(chunk)
    else:
        dtype = np.dtype(document["dtype"])
        if document.get("compressor") is not None:
            chunk = numcodecs.get_codec({"id": document["compressor"]["id"]}).decode(chunk)
    if dtype.kind not in "iuf":
        raise ValueError(f"its times are stored as {dtype}")
    return np.frombuffer(chunk, dtype)


def _days(ends: list[Any] | None, attributes: Mapping[str, Any]) -> tuple[str, str] | None:
    if ends is None:
        return None
    from xarray.coding.times import decode_cf_datetime

    calendar = str(attributes.get("calendar") or "standard")
    first, last = decode_cf_datetime(np.array(ends), str(attributes["units"]), calendar)
    found = [
        str(np.datetime_as_string(end, "D")) if isinstance(end, np.datetime64) else end.isoformat()
        for end in (first, last)
    ]
    return found[0][:10], found[1][:10]

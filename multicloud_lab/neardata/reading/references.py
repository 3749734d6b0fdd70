"""What kerchunk's references, in JSON or Parquet, lead to: the folders, and the bytes of chunks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from multicloud_lab.threads import within

DEADLINE = 10.0
"""Seconds that a piece of references in Parquet may take to be read; opening has read others."""
_LOOKED_AT = 1_000
"""Chunks of an array whose listed sizes are averaged."""


def is_reference(filesystem: Any) -> bool:
    """Say whether a file system serves references into other stores."""
    from fsspec.implementations.reference import ReferenceFileSystem

    return isinstance(filesystem, ReferenceFileSystem)


def folders(filesystem: Any, path: str = "") -> tuple[str, ...] | None:
    """Give the folders that references point into.

    Parameters
    ----------
    filesystem : ReferenceFileSystem
    path : str
        Of an array or a group in it, to look at the references of that alone.

    Returns
    -------
    tuple of str or None
        URLs, sorted; none of them if all of the data are in the references themselves. ``None``
        if it cannot be told.
    """
    references = filesystem.references
    below = f"{path.strip('/')}/" if path.strip("/") else ""
    targets: Iterable[Any]
    if isinstance(references, dict):
        targets = {
            reference[0]
            for key, reference in references.items()
            if key.startswith(below) and isinstance(reference, list | tuple) and reference
        }
    else:
        try:
            targets = within(DEADLINE, lambda: set(_listed(references, below)))
        except Exception:  # noqa: BLE001 - a store has errors of its own; then it is not known
            return None
    found = {str(target).rpartition("/")[0] for target in targets if target}
    return tuple(sorted(found)) if all("://" in url for url in found) else None


def _listed(references: Any, below: str) -> Iterator[str]:
    """Give the targets that the first and the last piece of each array's references name."""
    for key, array in references.zmetadata.items():
        if not key.endswith("/.zarray") or not key.startswith(below):
            continue
        field = key.removesuffix("/.zarray")
        grid = (-(-s // c) for s, c in zip(array["shape"], array["chunks"], strict=True))
        last = (math.prod(grid) - 1) // references.record_size
        for record in sorted({0, max(0, last)}):
            piece = references.open_refs(field, record)
            paths = (piece or {}).get("path", ())
            yield from {path for path in paths if isinstance(path, str) and path}


def element_bytes(array: Any) -> float | None:
    """Average the stored bytes of an element over chunks whose sizes references list.

    Parameters
    ----------
    array : zarr.Array

    Returns
    -------
    float or None
        ``None`` if the array is not read through references, or no size is in them.
    """
    filesystem = getattr(array.store, "fs", None)
    references = getattr(filesystem, "references", None)
    if not is_reference(filesystem) or not isinstance(references, Mapping):
        return None
    if not isinstance(references, dict):
        return _of_piece(references, array)
    grid = [-(-size // chunk) for size, chunk in zip(array.shape, array.chunks, strict=True)]
    prefix = f"{array.path}/" if array.path else ""
    stored, elements = 0, 0
    for at in itertools.islice(np.ndindex(*grid), _LOOKED_AT):
        reference = references.get(prefix + array.metadata.encode_chunk_key(at))
        if isinstance(reference, list | tuple) and len(reference) == 3:
            stored += int(reference[2])
            elements += math.prod(
                min(chunk, size - chunk * i)
                for i, chunk, size in zip(at, array.chunks, array.shape, strict=True)
            )
    return stored / elements if elements else None


def _of_piece(references: Any, array: Any) -> float | None:
    """Average the sizes in the first piece of an array's references in Parquet."""
    try:
        piece = within(DEADLINE, lambda: references.open_refs(array.path, 0)) or {}
    except Exception:  # noqa: BLE001 - a store has errors of its own; then it is not known
        return None
    sizes = np.asarray(piece.get("size", ()), dtype=float)
    sizes = sizes[sizes > 0]
    return float(sizes.mean()) / math.prod(array.chunks) if len(sizes) else None

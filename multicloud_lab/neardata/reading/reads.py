"""What a task reads of a store: where it is, and how many stored bytes a region of it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.reading.chunk_grids import Axis, ChunkGrid, Positions, composed
from multicloud_lab.neardata.reading.leaves import inner_of, read_urls
from multicloud_lab.neardata.reading.rights import portable
from multicloud_lab.neardata.reading.stored_arrays import StoredArray, stored_array

_DEEPEST = 50
"""Nothing that wraps arrays is nearly as deep."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one object in a task's arguments reads.

    A task that takes a region of the object reads every chunk that the region touches, whole; of
    a shard, the chunks in it and its index. The number of chunks is exact. Their stored size is
    exact where they are not compressed, or where references list it, and elsewhere estimated from
    a few of them that were asked for their size (:func:`multicloud_lab.neardata.sampling.sample`),
    or taken to be the decoded size while nobody has asked. Chunks that were never written count
    as if they were.

    Parameters
    ----------
    source : Source
    certain : bool
        Whether the stored size of a chunk is known or was sampled, not taken from its decoded size.
    """

    source: Source
    certain: bool = False
    _grid: ChunkGrid | None = field(default=None, repr=False)
    _whole: float = field(default=math.nan, repr=False)

    @property
    def is_array(self) -> bool:
        """Whether it is an array, of which a task may read a region."""
        return self._grid is not None

    def stored_bytes(self, region: Sequence[slice | int] | None = None) -> float:
        """Give the stored bytes that are read for a region.

        Parameters
        ----------
        region : sequence of slice or int, optional
            Of the object, which is then an array; all of it by default.

        Returns
        -------
        float
            NaN if it cannot be told.
        """
        if self._grid is None:
            return self._whole
        return self._grid.bytes_of(() if region is None else region)

    def stored_bytes_of_blocks(self, chunks: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Give the stored bytes that are read for each block of an array.

        Parameters
        ----------
        chunks : sequence of sequence of int
            The lengths of the blocks along each axis, as ``dask.array.Array.chunks``.

        Returns
        -------
        array of float
            Of the shape of the grid of blocks; NaN if it cannot be told.
        """
        if self._grid is None:
            return np.full(tuple(len(lengths) for lengths in chunks), math.nan)
        return self._grid.bytes_of_blocks(chunks)

    def of_region(self, region: Sequence[slice | int]) -> Read:
        """Give what is read for a region alone; of a region of another kind, its size is NaN."""
        plain = all(isinstance(each, slice | int | np.integer) for each in region)
        bytes_read = self.stored_bytes(region) if plain else math.nan
        return Read(self.source, self.certain and plain, _whole=bytes_read)


GONE = "a cluster that is gone"
"""In the place of an address: the future's client is closed."""
UNSEEN = Read(Source(here=True), certain=True, _whole=0.0)
"""A write into what another task holds: into a store, if one is among what is read, else memory."""


def combined(reads: Sequence[Read]) -> Read | None:
    """Give what one task reads that reads several things.

    Parameters
    ----------
    reads : sequence of Read
        Also where it writes; see :data:`UNSEEN`.

    Returns
    -------
    Read or None
        ``None`` if there are none.
    """
    if any(read.source.urls for read in reads):
        reads = [read for read in reads if read is not UNSEEN]
    if len(reads) < 2:
        return reads[0] if reads else None
    sources = [read.source for read in reads]
    clusters = sorted({source.cluster for source in sources if source.cluster})
    unknown = sorted({source.unknown for source in sources if source.unknown})
    if len(clusters) > 1:
        unknown.append("results of several clusters")
    source = Source(
        urls=tuple(sorted({url for source in sources for url in source.urls})),
        cluster=clusters[0] if clusters else "",
        unknown=", ".join(unknown),
        here=any(source.here for source in sources),
    )
    certain = all(read.certain for read in reads)
    return Read(source, certain, _whole=sum(read.stored_bytes() for read in reads))


def read_of(leaf: Any, name: str = "") -> Read | None:
    """Say what an object in a task's arguments reads; nothing is read for it.

    Parameters
    ----------
    leaf : object
        A lazy array, a store, a file, a piece of a table, a result that a cluster holds, or data.
    name : str
        What to call it if it cannot be told where it reads; its type by default.

    Returns
    -------
    Read or None
        ``None`` if it is data, in memory.
    """
    cluster = cluster_of(leaf)
    if cluster is not None:
        return Read(Source(cluster=cluster), certain=True, _whole=0.0)
    urls = read_urls(leaf)
    if urls is None:
        return Read(Source(unknown=name or f"an object of type {type(leaf).__name__}"))
    if not urls:
        return None
    array = zarr_array(leaf)
    source = Source(urls=tuple(sorted(urls)), portable=array is not None and portable(array.store))
    seen = _seen_array(leaf)
    if seen is None:
        return Read(source)
    stored, positions = seen
    axes = tuple(
        Axis(*axis, padded=stored.padded)
        for axis in zip(positions, stored.shape, stored.units, stored.shards, strict=True)
    )
    grid = ChunkGrid(axes, stored.element_bytes, stored.index_bytes)
    return Read(source, certain=stored.certain, _grid=grid)


def zarr_array(leaf: Any) -> Any | None:
    """Find the ``zarr.Array`` below a lazy array, for its chunks to be sampled."""
    for _ in range(_DEEPEST):
        if any(
            c.__module__.startswith("zarr.") and c.__name__ == "Array" for c in type(leaf).__mro__
        ):
            return leaf
        leaf = inner_of(leaf)
        if leaf is None:
            return None
    return None


def cluster_of(leaf: Any) -> str | None:
    """Give the address of the scheduler whose cluster holds a future's result, or :data:`GONE`."""
    if type(leaf).__module__.partition(".")[0] != "distributed" or not hasattr(leaf, "client"):
        return None
    scheduler = getattr(leaf.client, "scheduler", None)
    return GONE if scheduler is None else str(scheduler.address)


def _seen_array(leaf: Any) -> tuple[StoredArray, tuple[Positions, ...]] | None:
    """Find the stored array below a lazy one, and what is seen of it."""
    shape = getattr(leaf, "shape", None)
    if shape is None:
        return None
    positions: tuple[Positions, ...] | None = tuple(range(size) for size in shape)
    for _ in range(_DEEPEST):
        stored = stored_array(leaf)
        if stored is not None:
            fits = positions is not None and len(positions) == len(stored.shape)
            return (stored, positions) if fits and positions is not None else None
        inner = inner_of(leaf)
        if inner is None or positions is None:
            return None
        key = getattr(getattr(leaf, "key", None), "tuple", None)
        if key is not None and type(leaf).__name__ == "LazilyIndexedArray":
            positions = composed(positions, key, inner.shape)
        elif getattr(inner, "shape", None) != getattr(leaf, "shape", None):
            positions = _with_characters(positions, leaf, inner)
        leaf = inner
    return None


def _with_characters(
    positions: tuple[Positions, ...], outer: Any, inner: Any
) -> tuple[Positions, ...] | None:
    """See through an array of strings to the characters that they are stored as."""
    shape = tuple(getattr(inner, "shape", None) or (0,))
    if shape[:-1] != outer.shape or any(isinstance(each, int) for each in positions):
        return None
    return (*positions, range(shape[-1]))

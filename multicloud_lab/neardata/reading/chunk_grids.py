"""How the chunks of a store lie under a lazy array, and how much of them a region of it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Positions: TypeAlias = "range | NDArray[np.int64] | int"
"""Of one axis of a stored array: the indices that a lazy array shows, in its order; or the one
index that it is fixed to, so that the lazy array does not have the axis."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an array in a store.

    Parameters
    ----------
    positions : range, array of int, or int
        What the lazy array shows of it.
    size : int
        Of the stored array.
    unit : int
        Extent of what is read whole: of a chunk, also of one inside of a shard.
    shard : int
        Extent of a shard; 0 if there are none.
    padded : bool
        Whether the last chunk is stored as large as the others.
    """

    positions: Positions
    size: int
    unit: int
    shard: int = 0
    padded: bool = False

    def elements(self, blocks: Sequence[int]) -> NDArray[np.float64]:
        """Give the extent of the chunks that each of a row of blocks touches.

        Parameters
        ----------
        blocks : sequence of int
            Their lengths on the lazy array's axis, from its beginning on.
        """
        size = self.size if not self.padded else -(-self.size // self.unit) * self.unit
        return self._touched(blocks, self.unit, size)

    def shards(self, blocks: Sequence[int]) -> NDArray[np.float64]:
        """Count the shards that each of a row of blocks touches."""
        size = -(-self.size // self.shard) * self.shard
        return self._touched(blocks, self.shard, size) / self.shard

    def _touched(self, blocks: Sequence[int], unit: int, size: int) -> NDArray[np.float64]:
        positions = self.positions
        if isinstance(positions, int):
            return np.array([_extent(positions // unit, unit, size)], dtype=float)
        ends = np.cumsum(np.asarray(blocks, dtype=np.int64))
        begins = ends - np.asarray(blocks, dtype=np.int64)
        if isinstance(positions, range) and abs(positions.step) <= unit:
            # Not a chunk between the first and the last is stepped over.
            one = positions.start + positions.step * begins
            other = positions.start + positions.step * (ends - 1)
            first = np.minimum(one, other) // unit
            last = np.maximum(one, other) // unit
            extent = np.minimum((last + 1) * unit, size) - first * unit
            return np.where(ends > begins, extent, 0).astype(float)
        chunks = np.asarray(positions, dtype=np.int64) // unit
        count = -(-size // unit)
        block = np.repeat(np.arange(len(ends), dtype=np.int64), ends - begins)
        touched = np.unique(block * count + chunks[: len(block)])
        extent = _extent(touched % count, unit, size)
        weighed = np.bincount(touched // count, weights=extent, minlength=len(ends))
        return weighed.astype(float)

    def narrowed(self, region: slice) -> Axis:
        """Give the axis of which only a region is looked at."""
        assert not isinstance(self.positions, int)  # noqa: S101 - it has no region
        return Axis(self.positions[region], self.size, self.unit, self.shard, self.padded)


@dataclass(frozen=True, slots=True)
class ChunkGrid:
    """A stored array, seen through a lazy one that slices it.

    Parameters
    ----------
    axes : tuple of Axis
        Of the stored array.
    element_bytes : float
        Stored bytes of one element, on average; NaN if not known.
    index_bytes : float
        Of the index that is read of each shard.
    """

    axes: tuple[Axis, ...]
    element_bytes: float
    index_bytes: float = 0.0

    def bytes_of(self, region: Sequence[slice | int]) -> float:
        """Give the stored bytes that are read for a region of the lazy array."""
        visible = iter(region)
        axes, blocks = [], []
        for axis in self.axes:
            if isinstance(axis.positions, int):
                axes.append(axis)
            else:
                wanted = next(visible, slice(None))
                if not isinstance(wanted, slice):
                    wanted = slice(wanted, wanted + 1 or None)
                axes.append(axis.narrowed(wanted))
                blocks.append((len(axes[-1].positions),))  # type: ignore[arg-type]
        return (
            ChunkGrid(tuple(axes), self.element_bytes, self.index_bytes)
            .bytes_of_blocks(blocks)
            .item()
        )

    def bytes_of_blocks(self, chunks: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Give the stored bytes that are read for each block of a grid of them.

        Parameters
        ----------
        chunks : sequence of sequence of int
            The lengths of the blocks, as ``dask.array.Array.chunks``.
        """
        sharded = bool(self.index_bytes) and all(axis.shard for axis in self.axes)
        shape = tuple(len(lengths) for lengths in chunks)
        total = self._product(chunks, shape, Axis.elements) * self.element_bytes
        if sharded:
            total = total + self._product(chunks, shape, Axis.shards) * self.index_bytes
        return total

    def _product(
        self, chunks: Sequence[Sequence[int]], shape: tuple[int, ...], count: Any
    ) -> NDArray[np.float64]:
        product = np.ones((1,) * len(shape))
        dimension = 0
        for axis in self.axes:
            if isinstance(axis.positions, int):
                product = product * count(axis, (1,))[0]
                continue
            along = [1] * len(shape)
            along[dimension] = shape[dimension]
            product = product * count(axis, chunks[dimension]).reshape(along)
            dimension += 1
        return np.broadcast_to(product, shape).copy()


def composed(
    outer: Sequence[Positions], key: Sequence[Any], shape: Sequence[int]
) -> tuple[Positions, ...] | None:
    """See an array through one more index.

    Parameters
    ----------
    outer : sequence of Positions
        What is shown of the indexed array.
    key : sequence
        An int, a slice or an array of indices for each axis of the array that is indexed.
    shape : sequence of int
        Of that array.

    Returns
    -------
    tuple of Positions, or None
        What is shown of the array that is indexed; ``None`` if the index is of another kind.
    """
    visible = iter(outer)
    positions: list[Positions] = []
    for index, size in zip(key, shape, strict=True):
        if isinstance(index, slice):
            positions.append(_chosen(range(size)[index], next(visible)))
        elif isinstance(index, int | np.integer):
            positions.append(int(index) % size)
        else:
            along = np.asarray(index)
            if along.ndim != 1:
                return None
            if along.dtype == bool:
                along = np.flatnonzero(along)
            along = np.where(along < 0, along + size, along).astype(np.int64)
            positions.append(_chosen(along, next(visible)))
    return tuple(positions)


def _chosen(base: range | NDArray[np.int64], positions: Positions) -> Positions:
    if isinstance(positions, int):
        return int(base[positions])
    if isinstance(base, range):
        if isinstance(positions, range):
            return _sub_range(base, positions)
        return np.asarray(base.start + base.step * positions, dtype=np.int64)
    return base[np.asarray(positions, dtype=np.int64)]


def _sub_range(base: range, positions: range) -> range:
    start = base.start + base.step * positions.start
    step = base.step * positions.step
    return range(start, start + step * len(positions), step)


def _extent(chunk: Any, unit: int, size: int) -> Any:
    return np.minimum((chunk + 1) * unit, size) - chunk * unit

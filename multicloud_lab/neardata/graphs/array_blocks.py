"""What dask says of the blocks of an array: their extents along each axis, and their type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Floats

_SIZED = frozenset("biufcmMSUV")


@dataclass(frozen=True, slots=True)
class ArrayBlocks:
    """The blocks of an array, as its layer states them.

    Parameters
    ----------
    extents : tuple of array of float
        Of the blocks along each axis; NaN where dask does not know them.
    dtype : numpy.dtype
        Of a fixed size.
    """

    extents: tuple[Floats, ...]
    dtype: np.dtype[Any]

    @property
    def numblocks(self) -> tuple[int, ...]:
        """Number of blocks along each axis."""
        return tuple(map(len, self.extents))

    def elements(
        self,
        blocks: NDArray[np.int64] | None,
        ones: Sequence[int] = (),
        *,
        empty_too: bool = False,
    ) -> Floats:
        """Count the elements of blocks.

        Parameters
        ----------
        blocks : array of int64 or None
            Flat indices, in C order; ``None`` is all of them.
        ones : sequence of int
            Axes along which a block is reduced to one element.
        empty_too : bool
            Whether a block is even if it is empty, as it may be where dask does not know.
        """
        extents: list[Floats] = [
            np.where(empty_too | (along > 0), 1.0, np.nan) if axis in ones else along
            for axis, along in enumerate(self.extents)
        ]
        if blocks is None:
            elements = np.ones((1,) * len(extents))
            for axis, along in enumerate(extents):
                elements = elements * along.reshape((-1,) + (1,) * (len(extents) - axis - 1))
            return elements.reshape(-1)
        elements = np.ones(len(blocks))
        if extents:
            index = np.unravel_index(blocks, self.numblocks)
            for along, places in zip(extents, index, strict=True):
                elements *= along[places]
        return elements

    def shapes(self, blocks: NDArray[np.int64]) -> Floats:
        """Give the shape of each of some blocks, as rows."""
        if not self.extents:
            return np.ones((len(blocks), 0))
        index = np.unravel_index(blocks, self.numblocks)
        return np.stack([along[at] for along, at in zip(self.extents, index, strict=True)], axis=1)


def stated_blocks(layer: Any) -> ArrayBlocks | None:
    """Read what a layer says of its array.

    Parameters
    ----------
    layer : dask Layer, or any mapping

    Returns
    -------
    ArrayBlocks or None
        ``None`` if it is no array of numpy's, or has elements of no fixed size.
    """
    said: Mapping[str, Any] | None = getattr(layer, "collection_annotations", None)
    if not said or said.get("chunk_type") != "numpy.ndarray" or said.get("chunks") is None:
        return None
    dtype = np.dtype(said["dtype"])
    if dtype.kind not in _SIZED or dtype.hasobject or not dtype.itemsize:
        return None
    return ArrayBlocks(tuple(np.asarray(along, dtype=float) for along in said["chunks"]), dtype)

"""Which blocks each block of a Blockwise layer takes: arithmetic on their indices, no tasks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np
from dask._task_spec import GraphNode, TaskRef
from dask.blockwise import Blockwise, BlockwiseDepDict, blockwise_token
from numpy.typing import NDArray

Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of one input that blocks of a layer take.

    Parameters
    ----------
    name : hashable
        Of the input's keys, ``(name, *index)``.
    numblocks : tuple of int
        Of the input.
    taken : array of int64
        For each block that was asked about, a row of flat indices in C order.
    """

    name: Hashable
    numblocks: tuple[int, ...]
    taken: Indices


def grid_of(layer: Any) -> tuple[int, ...] | None:
    """Give the number of blocks along each axis, of a layer whose edges follow from them alone."""
    if not isinstance(layer, Blockwise):
        return None
    for blocks in layer.io_deps.values():
        if blocks.produces_keys or (isinstance(blocks, BlockwiseDepDict) and blocks.produces_tasks):
            return None  # Each block names its own inputs.
    dims = layer.dims
    return tuple(int(dims[index]) for index in layer.output_indices)


def inputs_of(layer: Blockwise, blocks: Indices | None) -> Iterator[Blocks]:
    """List the blocks that blocks of a layer take.

    Parameters
    ----------
    layer : Blockwise
    blocks : array of int64 or None
        Flat indices of the layer's blocks, in C order; ``None`` is all of them.
    """
    shape = grid_of(layer) or ()
    coordinates = _coordinates(shape, blocks)
    rows = prod(shape) if blocks is None else len(blocks)
    for (name, index), token in zip(layer.indices, tokens_of(layer), strict=True):
        if (
            index is None
            or isinstance(name, TaskRef)
            or name in layer.io_deps
            or token not in layer.task.dependencies
        ):
            continue
        numblocks = tuple(map(int, layer.numblocks[name]))
        strides = [prod(numblocks[axis + 1 :]) for axis in range(len(numblocks))]
        flat: Any = np.zeros((), dtype=np.int64)
        contracted: dict[Any, tuple[int, int]] = {}
        for each, n, stride in zip(index, numblocks, strides, strict=True):
            if n == 1:
                continue  # One block for all: as numpy broadcasts.
            if each in layer.output_indices:
                flat = flat + coordinates[layer.output_indices.index(each)] * stride
            else:
                contracted[each] = (n, contracted.get(each, (n, 0))[1] + stride)
        flat = np.broadcast_to(flat, shape if blocks is None else (rows,)).reshape(rows, 1)
        for n, stride in contracted.values():
            flat = (flat[:, :, None] + np.arange(n) * stride).reshape(rows, -1)
        yield Blocks(name, numblocks, flat)


def constant_inputs(layer: Blockwise) -> set[Hashable]:
    """Give the keys that every block of a layer takes."""
    tokens = tokens_of(layer)
    keys = set(layer.task.dependencies) - set(tokens)
    for (argument, index), token in zip(layer.indices, tokens, strict=True):
        if index is None and token in layer.task.dependencies:
            if isinstance(argument, TaskRef):
                keys.add(argument.key)
            elif isinstance(argument, GraphNode):
                keys |= argument.dependencies
    return keys


def tokens_of(layer: Blockwise) -> list[str]:
    """List what a layer's task calls its arguments."""
    return [blockwise_token(at) for at in range(len(layer.indices))]  # type: ignore[no-untyped-call]


def _coordinates(shape: tuple[int, ...], blocks: Indices | None) -> list[Any]:
    """Give the index of blocks along each axis: to be broadcast if all blocks are asked for."""
    if blocks is not None:
        return list(np.unravel_index(blocks, shape)) if shape else []
    return [
        np.arange(n, dtype=np.int64).reshape((-1,) + (1,) * (len(shape) - axis - 1))
        for axis, n in enumerate(shape)
    ]

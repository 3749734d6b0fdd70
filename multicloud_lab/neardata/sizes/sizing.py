"""How large the results of tasks are, layer by layer, as far as it can be told beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from dask.blockwise import Blockwise
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.array_blocks import stated_blocks
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints
from multicloud_lab.neardata.graphs.walking import Needed
from multicloud_lab.neardata.sizes import blockwise_sizes
from multicloud_lab.neardata.sizes.sized_layers import Inputs, SizedLayer
from multicloud_lab.neardata.sizes.written_sizes import WrittenSizes, blocks_of


def result_bytes(
    layers: Sequence[Needed],
    first: Sequence[int],
    takes: Mapping[int, set[int]],
    starts: NDArray[np.int64],
    inputs: Ints,
) -> Floats:
    """Give the bytes of each task's result.

    Parameters
    ----------
    layers : sequence of Needed
        Inputs before what takes them.
    first : sequence of int
        The number of each layer's first task.
    takes : mapping of int to set of int
        By the number of a layer in the walk, the numbers of those that it takes results of.
    starts, inputs : array
        Of all tasks, as in :class:`~multicloud_lab.neardata.graphs.task_graph.TaskGraph`.

    Returns
    -------
    array of float
        NaN where it cannot be told.

    Notes
    -----
    An array is as large as its layer states if the function that makes it is known to keep to
    that, and its inputs are known as well. After a function that may return anything, nothing is
    known until a reduction that says of which type it is.
    """
    total = np.full(len(starts) - 1, np.nan)
    sized: list[SizedLayer] = []
    by_number: dict[int, SizedLayer] = {}
    for needed, begin in zip(layers, first, strict=True):
        end = begin + len(needed)
        taken = takes.get(needed.number, set()) - {needed.number}
        given = Inputs(
            tuple(by_number[number] for number in sorted(taken)),
            starts[begin : end + 1],
            inputs,
            sized,
            total,
        )
        layer = _size(needed, begin, given, total[begin:end])
        sized.append(layer)
        by_number[needed.number] = layer
    return total


def _size(needed: Needed, begin: int, inputs: Inputs, mine: Floats) -> SizedLayer:
    array = stated_blocks(needed.source)
    if needed.numblocks is not None:
        layer: object = needed.layer
        assert isinstance(layer, Blockwise)  # noqa: S101 - it has blocks
        if array is not None and array.numblocks != needed.numblocks:
            array = None
        found = blockwise_sizes.result_bytes(layer, array, needed.blocks, inputs)
        if found is not None:
            mine[:] = found
        known = found is not None and not np.isnan(mine).any()
        return SizedLayer(needed.name, begin, array, needed.blocks, known)
    keys = needed.keys()
    blocks = blocks_of(keys, needed.name, array)
    sizes = WrittenSizes(needed.tasks, array, blocks, inputs)
    mine[:] = sizes.bytes
    aliases = sizes.aliases
    numbers = inputs.first_of(aliases)
    aliases, numbers = aliases[numbers >= 0], numbers[numbers >= 0]
    for _ in range(len(aliases)):
        before = mine[aliases].copy()
        mine[aliases] = inputs.result_bytes[numbers]
        if np.array_equal(before, mine[aliases], equal_nan=True):
            break
    looked = mine if array is None else mine[blocks >= 0]
    known = not np.isnan(looked).any()
    return SizedLayer(needed.name, begin, array, blocks, known, sizes.value_bytes)

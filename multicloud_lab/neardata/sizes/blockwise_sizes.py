"""How large the results of a Blockwise layer are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from dask._task_spec import GraphNode, TaskRef
from dask.blockwise import Blockwise
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.array_blocks import ArrayBlocks
from multicloud_lab.neardata.graphs.blockwise_edges import tokens_of
from multicloud_lab.neardata.graphs.task_graph import Floats
from multicloud_lab.neardata.sizes.function_kinds import Function, Kind, function_of
from multicloud_lab.neardata.sizes.partials import COUNT_BYTES, partial_bytes
from multicloud_lab.neardata.sizes.sized_layers import Inputs, SizedLayer

_STAGES = frozenset({Kind.PARTIAL, Kind.MEAN, Kind.MOMENT})


def result_bytes(
    layer: Blockwise, array: ArrayBlocks | None, blocks: NDArray[np.int64] | None, inputs: Inputs
) -> Floats | None:
    """Give the bytes of each block's result.

    Parameters
    ----------
    layer : Blockwise
    array : ArrayBlocks or None
        What it says of its array.
    blocks : array of int64 or None
        Flat indices of those that are needed; ``None`` is all.
    inputs : Inputs

    Returns
    -------
    array of float, or None
        ``None`` if it cannot be told.
    """
    if array is None or len(array.extents) != len(layer.output_indices):
        return None
    function = function_of(layer.task.kwargs.get("enforce_dtype_function", layer.task.func))
    kind = function.kind
    arguments = {**function.arguments, **layer.task.kwargs}
    axes = _axes(arguments.get("axis"))
    whole = array.dtype.itemsize
    if axes is not None and arguments.get("keepdims") is True and kind in _STAGES:
        each = _partial(layer, function, arguments, array, inputs)
        ones = [axis % len(array.extents) for axis in axes]
        empty_too = kind is not Kind.PARTIAL or function.name.startswith("numpy.")
        return None if each is None else array.elements(blocks, ones, empty_too=empty_too) * each
    by_dask = not function.name.startswith("numpy.")  # What a user may map over blocks as well.
    if kind is Kind.READ and by_dask:
        return array.elements(blocks) * whole
    if not inputs.known or kind is Kind.UNKNOWN:
        return None
    if kind is Kind.COUNTED:
        true = whole == COUNT_BYTES
    elif kind is Kind.WINDOWS:
        true = _are_windows(layer, array, arguments, inputs)
    elif kind is Kind.ELEMENTWISE:
        true = _extents_fit(layer, array, inputs) and _probed(layer, array, inputs)
    elif kind is Kind.REDUCED or kind is Kind.PARTIAL:
        true = _is_reduced(layer, array, axes, arguments, inputs)
    else:
        true = kind is Kind.STATED and by_dask
    return array.elements(blocks) * whole if true else None


def _partial(
    layer: Blockwise,
    function: Function,
    arguments: dict[str, Any],
    array: ArrayBlocks,
    inputs: Inputs,
) -> float | None:
    """Give the bytes of one element of the first stage of a reduction.

    One that says of which type it is shall not need to know what it is given: after a function
    that may return anything, what dask says of shapes is believed again from a reduction on.
    """
    if function.kind in {Kind.MEAN, Kind.MOMENT} and "dtype" in arguments:
        if function.kind is Kind.MOMENT and any(map(_is_complex, inputs.layers)):
            return None  # Its sums are complex, and its powers are not.
        return partial_bytes(function, np.dtype(arguments["dtype"]), arguments, first=True)
    if function.kind is Kind.PARTIAL:
        if arguments.get("dtype") is not None and function.name.startswith("numpy."):
            return float(np.dtype(arguments["dtype"]).itemsize)
        if inputs.known and _probed(layer, array, inputs):
            return float(array.dtype.itemsize)
    return None


def _is_complex(given: SizedLayer) -> bool:
    return given.array is not None and given.array.dtype.kind == "c"


def _axes(axis: Any) -> tuple[int, ...] | None:
    if isinstance(axis, int):
        return (axis,)
    if isinstance(axis, tuple | list) and all(isinstance(each, int) for each in axis):
        return tuple(axis)
    return None


def _extents_fit(layer: Blockwise, array: ArrayBlocks, inputs: Inputs) -> bool:
    """Say whether blocks have the extents that their inputs broadcast to."""
    found: list[Floats | None] = [None] * len(array.extents)
    for name, index in layer.indices:
        if index is None:
            continue
        given = _extents(layer, name, inputs)
        if given is None or len(given) != len(index):
            return False
        for each, along in zip(index, given, strict=True):
            if each not in layer.output_indices:
                return False
            axis = layer.output_indices.index(each)
            so_far = found[axis]
            if (
                so_far is not None
                and len(so_far) != len(along)
                and 1
                not in {
                    len(so_far),
                    len(along),
                }
            ):
                return False
            found[axis] = along if so_far is None else np.maximum(so_far, along)
    return _equal([along for along in found if along is not None], array.extents)


def _is_reduced(
    layer: Blockwise,
    array: ArrayBlocks,
    axes: tuple[int, ...] | None,
    arguments: dict[str, Any],
    inputs: Inputs,
) -> bool:
    """Say whether blocks are their input's without the axes that are reduced."""
    (name, index), *others = layer.indices
    if index is None or axes is None or any(each is not None for _, each in others):
        return False
    given = _extents(layer, name, inputs)
    if given is None or len(given) != len(index):
        return False
    reduced = {index[axis] for axis in axes}
    kept = bool(arguments.get("keepdims"))
    if layer.output_indices != tuple(each for each in index if kept or each not in reduced):
        return False
    expected = [
        np.ones(len(along)) if each in reduced else along
        for each, along in zip(index, given, strict=True)
        if kept or each not in reduced
    ]
    return _equal(expected, array.extents) and _probed(layer, array, inputs)


def _extents(layer: Blockwise, name: Any, inputs: Inputs) -> Sequence[Floats] | None:
    blocks = layer.io_deps.get(name)
    if blocks is not None:
        chunks = getattr(blocks, "chunks", None)
        return None if chunks is None else [np.asarray(along, dtype=float) for along in chunks]
    given = inputs.named(name)
    return None if given is None or given.array is None else given.array.extents


def _are_windows(
    layer: Blockwise, array: ArrayBlocks, arguments: dict[str, Any], inputs: Inputs
) -> bool:
    """Say whether blocks are windows that move over their input, the windows' axes last."""
    name, index = layer.indices[0]
    axes, window = _axes(arguments.get("axis")), _axes(arguments.get("window_shape"))
    given = None if index is None else _extents(layer, name, inputs)
    if given is None or index is None or axes is None or window is None:
        return False
    expected = list(given)
    for axis, length in zip(axes, window, strict=True):
        expected[axis] = expected[axis] - (length - 1)
    expected += [np.array([float(length)]) for length in window]
    return layer.output_indices[: len(index)] == index and _equal(expected, array.extents)


def _equal(one: Sequence[Floats], other: Sequence[Floats]) -> bool:
    return len(one) == len(other) and all(map(np.array_equal, one, other))


def _probed(layer: Blockwise, array: ArrayBlocks, inputs: Inputs) -> bool:
    """Say whether a function makes of ones a one, of the type that its layer states.

    What is said of a type may be what a user claimed. Only functions of a known kind get here.
    """
    values: dict[str, Any] = {}
    for (argument, index), token in zip(layer.indices, tokens_of(layer), strict=True):
        if index is None:
            if isinstance(argument, TaskRef | GraphNode):
                return False
            values[token] = argument
            continue
        given = inputs.named(argument)
        if argument in layer.io_deps or given is None or given.array is None:
            return False
        values[token] = np.ones((1,) * len(index), dtype=given.array.dtype)
    try:
        with np.errstate(all="ignore"):
            result = layer.task(values)
    except Exception:  # noqa: BLE001 - whatever it is, nothing is known
        return False
    if not isinstance(result, np.ndarray | np.generic) or isinstance(result, np.ma.MaskedArray):
        return False
    one = result.shape == (1,) * len(layer.output_indices)  # Not so if a constant is larger.
    return one and bool(result.dtype == array.dtype)

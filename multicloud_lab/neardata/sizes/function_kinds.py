"""What is known of the results of the functions that tasks of arrays call.

Only functions that dask and xarray call themselves, of which it was tried how large their results
are, are of a known kind. Anything else, what a user wrote above all, may return anything.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import numpy as np


class Kind(Enum):
    """How the result of a function follows from what is said of its layer."""

    UNKNOWN = auto()
    """It does not."""
    ELEMENTWISE = auto()
    """An array of the shape that its arguments broadcast to."""
    STATED = auto()
    """An array of the chunk's shape, if the arguments are what is said of them."""
    READ = auto()
    """The same, whatever the arguments: what makes an array or reads a region of a store."""
    SELECTED = auto()
    """A part of an array, cut out with slices."""
    PARTIAL = auto()
    """The first stage of a reduction: extents of 1 along its axes."""
    COUNTED = auto()
    """A count a bin, or a sum of weights: elements of 8 bytes."""
    WINDOWS = auto()
    """A moving window along axes, as further axes."""
    REDUCED = auto()
    """A reduction in one go: an array without the axes reduced, or with extents of 1 there."""
    MEAN = auto()
    """Of a mean, any stage but the last: counts and sums."""
    MOMENT = auto()
    """Of a variance or higher moment: counts, sums and powers."""
    FOUND = auto()
    """Of argmin and argmax: values and places."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a task.

    Parameters
    ----------
    kind : Kind
    name : str
        With its module.
    arguments : dict
        Those that a partial binds.
    function : object
        Inside of partials.
    """

    kind: Kind
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    function: Any = None


def function_of(called: Any) -> Function:
    """Say of which kind a function is, through partials and compositions."""
    bound: dict[str, Any] = {}
    while True:
        if isinstance(called, functools.partial):
            bound = {**called.keywords, **bound}
            called = called.func
        elif type(called).__name__ in {"Compose", "compose"} and hasattr(called, "funcs"):
            if _name(called.first) not in _CONCATENATION or len(called.funcs) != 1:
                return Function(Kind.UNKNOWN, _name(called))
            called = called.funcs[0]
        else:
            break
    name = _name(called)
    kind = _KINDS.get(name, Kind.UNKNOWN)
    if isinstance(called, np.ufunc):
        kind = Kind.ELEMENTWISE if called.signature is None else Kind.UNKNOWN
    elif name == "dask.utils.methodcaller":
        kind = Kind.STATED if called.method == "reshape" else Kind.UNKNOWN
    return Function(kind, name, bound, called)


def _name(called: Any) -> str:
    while isinstance(called, functools.partial):
        called = called.func
    module = getattr(called, "__module__", None) or type(called).__module__
    name = getattr(called, "__qualname__", None) or type(called).__qualname__
    return f"{str(module).lstrip('_')}.{name}"


def _named(kind: Kind, module: str, names: str) -> dict[str, Kind]:
    return {f"{module}.{name}": kind for name in names.split()}


_CONCATENATION = frozenset({"dask.array.core._concatenate2"})

_KINDS: dict[str, Kind] = {
    **_named(
        Kind.ELEMENTWISE,
        "operator",
        "abs add and_ eq floordiv ge gt invert le lt mod mul ne neg or_ pos pow rshift lshift sub "
        "truediv xor",
    ),
    **_named(
        Kind.ELEMENTWISE,
        "numpy",
        "where clip real imag angle round around fix nan_to_num isclose isin digitize cumsum "
        "cumprod nancumsum nancumprod iscomplex isreal sinc i0 transpose swapaxes outer",
    ),
    **_named(Kind.ELEMENTWISE, "dask.array.chunk", "astype view"),
    **_named(Kind.ELEMENTWISE, "dask.array.reductions", "_sqrt"),
    **_named(Kind.ELEMENTWISE, "numpy.ma.core", "filled"),
    **_named(Kind.ELEMENTWISE, "numpy.ma", "filled"),
    **_named(Kind.STATED, "numpy", "broadcast_to diag"),
    **_named(Kind.STATED, "numpy.lib._stride_tricks_impl", "broadcast_to"),
    **_named(Kind.WINDOWS, "numpy.lib.stride_tricks", "sliding_window_view"),
    **_named(Kind.WINDOWS, "numpy.lib._stride_tricks_impl", "sliding_window_view"),
    **_named(Kind.STATED, "dask.array.chunk", "coarsen trim"),
    **_named(
        Kind.STATED,
        "dask.array.core",
        "concatenate_shaped concatenate3 _vindex_merge _numpy_vindex",
    ),
    **_named(Kind.STATED, "dask.array._shuffle", "_getitem concatenate_arrays"),
    **_named(Kind.STATED, "dask.array.einsumfuncs", "chunk_einsum"),
    **_named(Kind.STATED, "dask.array.reshape", "_reshape_blockwise"),
    **_named(Kind.STATED, "dask.array.slicing", "setitem"),
    **_named(
        Kind.STATED,
        "dask.array.routines",
        "_tensordot _matmul _block_hist _searchsorted_block _unravel_index_kernel _isin_kernel",
    ),
    **_named(
        Kind.STATED,
        "dask.array.reductions",
        "mean_agg moment_agg arg_agg nanarg_agg _cumsum_merge _cumprod_merge _prefixscan_first "
        "_prefixscan_combine _custom_quantile _custom_nanquantile",
    ),
    **_named(Kind.COUNTED, "xhistogram.core", "_bincount"),
    **_named(Kind.READ, "dask.array.core", "getter getter_nofancy getter_inline"),
    # What flox's stages pass on is its own affair; what comes out at their end is an array.
    **_named(Kind.READ, "flox.dask", "_extract_result"),
    **_named(Kind.READ, "flox.core", "_extract_result"),
    **_named(Kind.READ, "dask.array.wrap", "_broadcast_trick_inner"),
    **_named(Kind.READ, "dask.array.random", "_apply_random _apply_random_func"),
    **_named(Kind.READ, "dask.array.chunk", "arange linspace"),
    **_named(Kind.READ, "numpy", "eye zeros zeros_like ones ones_like full empty"),
    **_named(Kind.SELECTED, "dask.array.chunk", "getitem"),
    **_named(Kind.SELECTED, "operator", "getitem"),
    **_named(
        Kind.PARTIAL,
        "numpy",
        "sum prod min max amin amax any all nansum nanprod nanmin nanmax",
    ),
    **_named(
        Kind.PARTIAL, "dask.array.reductions", "chunk_min chunk_max _nanmin_skip _nanmax_skip"
    ),
    **_named(
        Kind.REDUCED,
        "numpy",
        "median nanmedian mean nanmean std nanstd var nanvar argmin argmax nanargmin nanargmax",
    ),
    **_named(Kind.PARTIAL, "dask.array.routines", "_chunk_sum"),
    **_named(Kind.MEAN, "dask.array.reductions", "mean_chunk mean_combine"),
    **_named(Kind.MOMENT, "dask.array.reductions", "moment_chunk moment_combine"),
    **_named(Kind.FOUND, "dask.array.reductions", "arg_chunk arg_combine"),
}

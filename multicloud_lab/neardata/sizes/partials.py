"""What the stages of a reduction pass on: more than the array that comes out at its end."""

from __future__ import annotations

from typing import Any

import numpy as np

from multicloud_lab.neardata.sizes.function_kinds import Function, Kind

COUNT_BYTES = 8
"""Of a count, an int64."""


def partial_bytes(
    function: Function, dtype: np.dtype[Any], arguments: dict[str, Any], *, first: bool
) -> float | None:
    """Give the bytes of one element of a partial result.

    Parameters
    ----------
    function : Function
        Of kind MEAN or MOMENT.
    dtype : numpy.dtype
        Of the reduction's result.
    arguments : dict
        Of the function.
    first : bool
        Whether it is the first stage, which is given the data themselves.

    Returns
    -------
    float or None
        ``None`` if it cannot be told.
    """
    if function.kind is Kind.MEAN:
        return 2.0 * dtype.itemsize  # counts and sums, both of the type of the result
    order = arguments.get("order", 2)
    if dtype.kind != "f" or not isinstance(order, int):
        return None
    # Powers of distances from the mean: where counts are a factor, they make a float64 of them.
    power = dtype.itemsize if first else max(dtype.itemsize, 8)
    return float(COUNT_BYTES + dtype.itemsize + (order - 1) * power)

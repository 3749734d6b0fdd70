"""Whether two results are the same, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr


def assert_same(result: Any, expected: Any) -> None:
    """Assert that two results have the same type, structure, labels and bits."""
    assert type(result) is type(expected)
    if isinstance(expected, xr.Dataset | xr.DataArray):
        xr.testing.assert_identical(result, expected)
        one, other = (
            each if isinstance(each, xr.Dataset) else each._to_temp_dataset()
            for each in (result, expected)
        )
        for name, variable in other.variables.items():
            _assert_same_bits(one.variables[name].values, variable.values)
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(result, expected, check_exact=True)
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(result, expected, check_exact=True)
    elif isinstance(expected, Mapping):
        assert list(result) == list(expected)
        for key, value in expected.items():
            assert_same(result[key], value)
    elif isinstance(expected, list | tuple):
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, np.ndarray | np.generic):
        _assert_same_bits(np.ma.asanyarray(result), np.ma.asanyarray(expected))
    else:
        assert result == expected


def assert_close(result: Any, expected: Any) -> None:
    """Assert that two arrays are the same but for the last places of their numbers."""
    assert type(result) is type(expected)
    last = 32 * np.finfo(expected.dtype).eps
    xr.testing.assert_allclose(result, expected, rtol=last, atol=last)


def _assert_same_bits(result: Any, expected: Any) -> None:
    assert result.dtype == expected.dtype
    assert result.shape == expected.shape
    if isinstance(expected, np.ma.MaskedArray):
        np.testing.assert_array_equal(np.ma.getmaskarray(result), np.ma.getmaskarray(expected))
        result, expected = result.filled(0), expected.filled(0)
    if expected.dtype.hasobject:
        np.testing.assert_array_equal(result, expected)
    else:
        np.testing.assert_array_equal(result, expected)
        # NaN equals NaN there, and -0.0 equals 0.0; here only the same bits do.
        assert np.ascontiguousarray(result).tobytes() == np.ascontiguousarray(expected).tobytes()

"""The period of a Zarr store: from its first and last chunk of time, however they are stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import xarray as xr
import zarr.codecs

from multicloud_lab.structure.period import read_period


def period(path: Path) -> tuple[str, str] | None:
    return read_period(str(path), options={}, deadline=60, allowed=lambda _: True)


def stored(path: Path, calendar: str = "standard", count: int = 800, **how: Any) -> Path:
    times = xr.date_range("1990-01-01", periods=count, calendar=calendar, use_cftime=True)
    data = xr.Dataset({"v": ("time", np.zeros(count))}, {"time": times})
    encoding = {
        "time": {"units": "hours since 1850-01-01", "chunks": (100,), **how.pop("time", {})}
    }
    data.to_zarr(path, encoding=encoding, **{"zarr_format": 2, "consolidated": True, **how})
    return path


COMPRESSED: list[dict[str, Any]] = [
    {"compressors": None},
    {"compressors": numcodecs.Blosc("lz4", shuffle=2)},
    {"compressors": numcodecs.Zstd()},
    {"compressors": numcodecs.GZip()},
    {"dtype": "float64"},
    {"dtype": "int32"},
    {"dtype": ">i8"},
    {"chunks": (800,)},
]


@pytest.mark.filterwarnings("ignore:Numcodecs codecs are not")
@pytest.mark.parametrize("time", COMPRESSED, ids=str)
def test_a_store_of_version_2(time: dict[str, Any], tmp_path: Path) -> None:
    assert period(stored(tmp_path / "x.zarr", time=time)) == ("1990-01-01", "1992-03-10")


@pytest.mark.parametrize("codec", [None, zarr.codecs.ZstdCodec(), zarr.codecs.BloscCodec()])
@pytest.mark.parametrize("consolidated", [False, True])
@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_a_store_of_version_3(consolidated: bool, codec: Any, tmp_path: Path) -> None:
    how: dict[str, Any] = {"zarr_format": 3, "consolidated": consolidated}
    time = {"compressors": codec and (codec,)}
    path = stored(tmp_path / "x.zarr", time=time, **how)
    assert period(path) == ("1990-01-01", "1992-03-10")


def test_without_consolidated_metadata(tmp_path: Path) -> None:
    path = stored(tmp_path / "x.zarr", consolidated=False)
    assert period(path) == ("1990-01-01", "1992-03-10")


@pytest.mark.parametrize(
    ("calendar", "last"), [("noleap", "1992-03-11"), ("360_day", "1992-03-20")]
)
def test_calendars_of_models(calendar: str, last: str, tmp_path: Path) -> None:
    assert period(stored(tmp_path / "x.zarr", calendar)) == ("1990-01-01", last)


def test_two_small_chunks_are_all_that_is_read_of_it(tmp_path: Path) -> None:
    path = stored(tmp_path / "x.zarr")
    for number in range(1, 7):
        (path / "time" / str(number)).unlink()
    assert period(path) == ("1990-01-01", "1992-03-10")


def test_what_is_not_written_yet_is_not_told(tmp_path: Path) -> None:
    path = stored(tmp_path / "x.zarr")
    (path / "time" / "7").unlink()
    assert period(path) is None
    path = tmp_path / "no time.zarr"
    xr.Dataset({"v": ("x", np.zeros(3))}).to_zarr(path, zarr_format=2)
    assert period(path) is None


def test_a_codec_that_a_store_names_is_not_built(tmp_path: Path) -> None:
    path = stored(tmp_path / "x.zarr", consolidated=False)
    document = json.loads((path / "time" / ".zarray").read_text())
    for change in ({"compressor": {"id": "pickle"}}, {"filters": [{"id": "pickle"}]}):
        (path / "time" / ".zarray").write_text(json.dumps({**document, **change}))
        assert period(path) is None

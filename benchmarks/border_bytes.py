"""Bytes that cross the border in six expressions over two stores of 2 TB in two regions.

The stores are described and never filled: nothing is computed, the bytes are those of the plan.
Two peers: everything computed in the region where home is, which then reads the other store from
afar; and each layer in the region where most of its inputs are, as dask-worker-pools (2022) does.
In the cut and with the first peer, tasks may read either store from either region, as public ones
let them. The limits are those of a trial before this was built. What concat(time) moves depends on
how the border between the stores falls into dask's tree of partial results: from 17 to 75 MB for
chunks of 50 to 1,000 steps, each time the least there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray

from benchmarks.table import Row
from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.graphs.task_graph import TaskGraph
from multicloud_lab.neardata.plans.crossings import crossings
from multicloud_lab.neardata.plans.numbering import task_graph

GB = 1e9
SHAPE, CHUNKS = (480_000, 721, 1440), (125, 721, 1440)
STORED = 0.4  # of a chunk's bytes, after compression
# USD a byte. Home is in the region of the first store, so that what it sends leaves that region.
OUTWARD, INWARD = (0.0, 0.0, 0.12 / GB), (0.0, 0.0, 0.09 / GB)
LIMITS = {
    "mean(A) - mean(B)": 4.16e6,
    "concat(model).mean(time)": 4.16e6,
    "concat(time).mean(time)": 29.1e6,
    "(A - B).mean()": 797.4 * GB,
    "packed int16 A - B": 398.7 * GB,
    "corr(A, B)": 797.4 * GB,
}
"""Expressions, and the bytes that a trial moved over the border."""

Places = NDArray[np.int8]


def store(path: Path, dtype: str) -> xr.DataArray:
    """Describe a store and open it lazily; whole numbers are packed."""
    group = zarr.open_group(str(path), mode="w")
    group.create_array(
        "tp",
        shape=SHAPE,
        chunks=CHUNKS,
        dtype=dtype,
        dimension_names=("time", "latitude", "longitude"),
        attributes={"scale_factor": 0.001, "add_offset": 0.0} if dtype == "i2" else {},
    )
    opened: xr.DataArray = xr.open_zarr(str(path), chunks={}, consolidated=False)["tp"]
    return opened


def expressions(folder: Path) -> Mapping[str, Any]:
    """Write the expressions down."""
    a, b = store(folder / "a.zarr", "f4"), store(folder / "b.zarr", "f4")
    packed = [store(folder / f"packed-{name}.zarr", "i2") for name in "ab"]
    return dict(
        zip(
            LIMITS,
            (
                a.mean("time") - b.mean("time"),
                xr.concat([a, b], "model").mean("time"),
                xr.concat([a, b], "time").mean("time"),
                (a - b).mean(),
                (packed[0] - packed[1]).mean("time"),
                xr.corr(a, b, "time"),
            ),
            strict=True,
        )
    )


def described(expression: Any) -> tuple[TaskGraph, Places]:
    """Give the graph of an expression, and the place of the store that each task reads."""
    graph = task_graph([expression])
    of = [1 if source.urls[0].endswith("a.zarr") else 2 for source in graph.sources]
    # What only holds the store's array reads nothing, and is wherever it is read.
    stores = np.where(graph.read_bytes > 0, np.array([*of, -1], np.int8)[graph.source], np.int8(-1))
    # Nothing is stored, so the graph has the bytes of whole chunks.
    return replace(graph, read_bytes=graph.read_bytes * STORED), stores


def over_border(graph: TaskGraph, place: Places, stores: Places) -> tuple[float, float]:
    """Give the bytes that cross the one border there is, and USD: home and region 1 have none."""
    joined = np.where(place == 0, np.int8(1), place)
    outward, inward = crossings(graph, joined, 3, wanted=np.concatenate(graph.wanted))
    far = (stores > 0) & (stores != joined)
    out = outward[2].bytes + float(graph.read_bytes[far & (stores == 2)].sum())
    into = inward[2].bytes + float(graph.read_bytes[far & (stores == 1)].sum())
    return out + into, out * OUTWARD[2] + into * INWARD[2]


def layer_by_layer(graph: TaskGraph, stores: Places) -> Places:
    """Put each layer where most bytes of its inputs are, the first region if there is a tie."""
    place = stores.copy()
    for layer in graph.layers:
        tasks = slice(layer.first, layer.first + len(layer))
        if (stores[tasks] > 0).any():
            continue  # Readers are where their store is.
        given = graph.inputs[graph.starts[tasks.start] : graph.starts[tasks.stop]]
        given = np.unique(given[place[given] > 0])
        size = np.bincount(place[given], graph.result_bytes[given], minlength=3)
        if len(given):
            place[tasks] = size[1:].argmax() + 1
    return place


def run() -> list[Row]:
    """Plan each expression in three ways."""
    rows = []
    with TemporaryDirectory() as folder:
        for name, expression in expressions(Path(folder)).items():
            graph, stores = described(expression)
            free = np.full(len(graph), -1, np.int8)
            found = cut(graph, free, OUTWARD, INWARD, stores=stores)
            if found.gap:
                raise AssertionError(f"{name} is not proven to be cut best.")
            ours, dollars = over_border(graph, found.place, stores)
            one = np.where(found.place == -1, found.place, np.int8(1))
            all_in_one, price = over_border(graph, one, stores)
            by_layer, _ = over_border(graph, layer_by_layer(graph, stores), stores)
            scale, unit = (GB, "GB") if ours > GB else (1e6, "MB")
            rows += [
                Row(f"over the border: {name}", [ours / scale], [peer / scale], unit, against)
                for against, peer in (
                    ("everything in one region", all_in_one),
                    ("layer by layer", by_layer),
                    ("the limit", LIMITS[name]),
                )
            ]
            against = "everything in one region"
            rows.append(Row(f"price of that: {name}", [dollars], [price], "USD", against))
    return rows


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))

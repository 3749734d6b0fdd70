"""Seconds that ``Lab.compute`` takes over ``Client.compute`` for objects that read in one region.

The peer is placement by hand: the client beside each dataset computes its object, both at once, and
both results are awaited. Limits: 3 % for the workflow, 50 ms for a tiny object.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from xhistogram.xarray import histogram

from benchmarks.open_near_data import DATASETS
from benchmarks.table import Row
from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.lab import Lab

# gcsfs asks each bucket for its type over gRPC, which the emulator does not speak.
os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"

BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])


def workflow(era5: Any, lens: Any) -> list[Any]:
    """Write the workflow's computation."""
    tp = era5.tp.coarsen(time=6).sum().rename("tp_6hr")
    prect = (lens.PRECT.isel(member_id=0) * 6 * 3600).rename("tp_6hr")
    return [
        histogram(tp, bins=[BINS], dim=["longitude"]).mean("time"),
        histogram(prect, bins=[BINS], dim=["lon"]).mean("time"),
    ]


def tiny(era5: Any, lens: Any) -> list[Any]:
    """Write a computation that reads one chunk."""
    return [era5.tp.isel(time=0).mean()]


def in_turns(repeats: int, *ways: Callable[[], Any]) -> list[list[float]]:
    """Measure several ways to do one thing, in turns, once more than is kept."""
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(repeats + 1):
        for way, mine in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            way()
            mine.append(time.perf_counter() - start)
    return [mine[1:] for mine in seconds]


def beside(lab: Lab, objects: Callable[[], list[Any]]) -> tuple[Any, ...]:
    """Compute each object where its data are."""
    return lab.compute(*objects())


def by_hand(clients: Sequence[Any], objects: Callable[[], list[Any]]) -> list[Any]:
    """Compute each object with its client, all at once."""
    futures = [client.compute(each) for each, client in zip(objects(), clients, strict=False)]
    return [future.result() for future in futures]


def run(repeats: int = 7) -> list[Row]:
    """Measure both in turns, on the same two clusters."""
    with Clouds() as clouds:
        lab = Lab.from_config(clouds.config())
        try:
            for gateway in clouds.gateways.values():
                lab.sign_in(gateway.name, gateway.password)
            era5, lens = (lab.open_dataset(dataset) for dataset in DATASETS)
            clients = [lab.client(near=each) for each in (era5, lens)]
            for client in clients:
                client.wait_for_workers(1, timeout=120)
            rows = []
            for name, written in (("the workflow", workflow), ("a tiny object", tiny)):
                ours, peer = in_turns(
                    repeats,
                    partial(beside, lab, partial(written, era5, lens)),
                    partial(by_hand, clients, partial(written, era5, lens)),
                )
                rows.append(
                    Row(
                        name=f"compute {name}, each object in one region",
                        ours=ours,
                        peer=peer,
                        unit="s",
                        against="client.compute by hand, both clients at once",
                    )
                )
        finally:
            lab.close(shutdown=True)
    return rows

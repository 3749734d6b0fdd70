"""Seconds from "open near data" on two datasets in two regions until both clusters have a worker.

The peer is what the workflow's authors wrote by hand in 2020: one gateway after the other,
``new_cluster``, ``adapt``, ``Client``, then waiting for a worker of each.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from dask_gateway import BasicAuth, Gateway

from benchmarks.table import Row
from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.lab import Lab

DATASETS = ("pangeo/atmosphere/era5", "lens/atm/hourly6-1990-2005/PRECT")
DEADLINE = 120  # seconds for a worker to come

# The finaliser of a closed synchronous gateway asks for a loop that is gone, and says so on stderr.
del Gateway.__del__


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Append the seconds that the block takes."""
    start = time.perf_counter()
    yield
    into.append(time.perf_counter() - start)


def near_data(clouds: Clouds, seconds: list[float]) -> None:
    """Open both datasets near their data, as the panel does, and wait for the workers."""
    lab = Lab.from_config(clouds.config())
    try:
        for gateway in clouds.gateways.values():
            lab.sign_in(gateway.name, gateway.password)
        with timed(seconds), ThreadPoolExecutor() as both:
            for client in both.map(lambda dataset: lab.client(near=dataset), DATASETS):
                client.wait_for_workers(1, timeout=DEADLINE)
    finally:
        lab.close(shutdown=True)


def by_hand(clouds: Clouds, seconds: list[float]) -> None:
    """Do steps 2 and 3 of the 2020 notebook, as they stand there."""
    gateways = [
        Gateway(
            gateway.address,
            proxy_address=gateway.proxy_address,
            public_address=gateway.address,
            auth=BasicAuth(gateway.username, gateway.password),
        )
        for gateway in clouds.gateways.values()
    ]
    clusters, clients = [], []
    try:
        with timed(seconds):
            for gateway in gateways:
                cluster = gateway.new_cluster(gateway.cluster_options(use_local_defaults=False))
                clusters.append(cluster)
                clients.append(cluster.get_client(set_as_default=False))
            for cluster in clusters:
                cluster.adapt(minimum=1, maximum=4)
            for client in clients:
                client.wait_for_workers(1, timeout=DEADLINE)
    finally:
        for client in clients:
            client.close()
        for cluster in clusters:
            cluster.shutdown()
        for gateway in gateways:
            gateway.close()


def run(repeats: int = 3) -> Row:
    """Measure both in turns, in the same two clouds."""
    ours: list[float] = []
    peer: list[float] = []
    with Clouds() as clouds:
        for _ in range(repeats):
            near_data(clouds, ours)
            by_hand(clouds, peer)
    return Row(
        name="open near data, two datasets in two regions, until both have a worker",
        ours=ours,
        peer=peer,
        unit="s",
        against="the notebook of 2020, steps 2 and 3, by hand",
    )

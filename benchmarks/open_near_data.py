"""Seconds from "open near data" on two datasets in two regions until both clusters have a worker.

The first peer is what the workflow's authors wrote by hand in 2020: one gateway after the other,
``new_cluster``, ``adapt``, ``Client``, then waiting for a worker of each. The second is the least
that those gateways allow: dask-gateway's own client alone, on both at once. Its ratio to the first
is as far as anybody can get, since a gateway takes no bounds before a scheduler runs: (S + W) /
(2 S + W) where a scheduler takes S seconds to start and a worker W, so 0.67 where these are alike.

Each turn begins when the processes of the turn before are gone. On few cores the schedulers and
workers, which here run on the same machine, take turns at them whoever starts them; so CPU seconds
are told as well.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
from dask_gateway import BasicAuth, Gateway
from dask_gateway.client import GatewaySecurity
from distributed import Client

from benchmarks.cpu import timed
from benchmarks.table import Row
from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.lab import Lab

DATASETS = ("pangeo/atmosphere/era5", "lens/atm/hourly6-1990-2005/PRECT")
DEADLINE = 120  # seconds for a worker to come

# The finaliser of a closed synchronous gateway asks for a loop that is gone, and says so on stderr.
del Gateway.__del__


def near_data(clouds: Clouds, seconds: list[float], cpu: list[float]) -> None:
    """Open both datasets near their data, as the panel does, and wait for the workers."""
    lab = Lab.from_config(clouds.config())
    try:
        for gateway in clouds.gateways.values():
            lab.sign_in(gateway.name, gateway.password)
        with timed(seconds, cpu), ThreadPoolExecutor() as both:
            for client in both.map(lambda dataset: lab.client(near=dataset), DATASETS):
                client.wait_for_workers(1, timeout=DEADLINE)
    finally:
        lab.close(shutdown=True)


def by_hand(clouds: Clouds, seconds: list[float], cpu: list[float]) -> None:
    """Do steps 2 and 3 of the 2020 notebook, as they stand there."""
    gateways = _clients(clouds, asynchronous=False)
    clusters, clients = [], []
    try:
        with timed(seconds, cpu):
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


async def at_once(clouds: Clouds, seconds: list[float], cpu: list[float]) -> None:
    """Do the same on both gateways at once, with nothing between them and their own client."""
    gateways = _clients(clouds, asynchronous=True)
    clients: list[Any] = []

    async def start(gateway: Any) -> None:
        name = await gateway.submit()
        report = await gateway.get_cluster(name, wait=True)
        await gateway.adapt_cluster(name, minimum=1, maximum=4)
        client: Any = await Client(  # type: ignore[no-untyped-call]
            report.scheduler_address,
            security=GatewaySecurity(report.tls_key, report.tls_cert),
            asynchronous=True,
            set_as_default=False,
        )
        clients.append(client)
        await client.wait_for_workers(1, timeout=DEADLINE)

    try:
        for gateway in gateways:
            await gateway.list_clusters()  # which signs in
        with timed(seconds, cpu):
            await asyncio.gather(*map(start, gateways))
    finally:
        for client in clients:
            await client.close()
        for gateway in gateways:
            for report in await gateway.list_clusters():
                await gateway.stop_cluster(report.name)
            await gateway.close()


def _clients(clouds: Clouds, asynchronous: bool) -> list[Any]:
    return [
        Gateway(
            gateway.address,
            proxy_address=gateway.proxy_address,
            public_address=gateway.address,
            auth=BasicAuth(gateway.username, gateway.password),
            asynchronous=asynchronous,
        )
        for gateway in clouds.gateways.values()
    ]


def wait_until_gone() -> None:
    """Wait until no scheduler and no worker runs any more below this process."""
    until = time.monotonic() + DEADLINE
    while any(_is_of_cluster(child) for child in psutil.Process().children(recursive=True)):
        if time.monotonic() > until:
            raise TimeoutError("Clusters of the turn before do not end.")
        time.sleep(0.1)


def _is_of_cluster(process: psutil.Process) -> bool:
    try:
        command = process.cmdline()
        return process.status() != psutil.STATUS_ZOMBIE and "dask" in command
    except psutil.Error:
        return False


def run(repeats: int = 3) -> list[Row]:
    """Measure all three in turns, in the same two clouds."""
    ours: list[float] = []
    peer: list[float] = []
    least: list[float] = []
    ours_cpu: list[float] = []
    peer_cpu: list[float] = []
    least_cpu: list[float] = []
    with Clouds() as clouds:
        for _ in range(repeats):
            near_data(clouds, ours, ours_cpu)
            wait_until_gone()
            by_hand(clouds, peer, peer_cpu)
            wait_until_gone()
            asyncio.run(at_once(clouds, least, least_cpu))
            wait_until_gone()
    name = "open near data, two datasets in two regions, until both have a worker"
    against = "the notebook of 2020, steps 2 and 3, by hand"
    alone = "dask-gateway's client alone, on both at once"
    return [
        Row(name=name, ours=ours, peer=peer, unit="s", against=against),
        Row(name=f"{name}: CPU", ours=ours_cpu, peer=peer_cpu, unit="CPU s", against=against),
        Row(name=name, ours=ours, peer=least, unit="s", against=alone),
        Row(name=f"{name}: CPU", ours=ours_cpu, peer=least_cpu, unit="CPU s", against=alone),
        Row(name=f"the same by {alone}", ours=least, peer=peer, unit="s", against=against),
    ]

"""The object stores of the two clouds: an S3 API and a GCS API, each a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from multicloud_lab.demo.ground import LOOPBACK, Ground
from multicloud_lab.demo.processes import Processes, answers, free_ports


@dataclass(frozen=True, slots=True)
class Store:
    """An object store that runs.

    Parameters
    ----------
    region : str
        The cloud region it stands for.
    protocol : str
        Of the URLs of its objects: ``s3`` or ``gs``.
    endpoint : str
        The address of its API.
    """

    region: str
    protocol: str
    endpoint: str

    @property
    def storage_options(self) -> dict[str, Any]:
        """The fsspec options for reading from it as anybody."""
        anonymous = {"anon": True} if self.protocol == "s3" else {"token": "anon"}
        return {**anonymous, "endpoint_url": self.endpoint}


def start_s3(processes: Processes, region: str, ground: Ground = LOOPBACK) -> Store:
    """Start moto's S3 server, without waiting for it."""
    (port,) = free_ports(1)
    arguments = ("-H", ground.host, "-p", str(port))
    processes.start_module(f"store-{region}", "moto.server", *arguments, inside=ground.inside)
    return Store(region, "s3", f"http://{ground.host}:{port}")


def start_gcs(processes: Processes, region: str, ground: Ground = LOOPBACK) -> Store:
    """Start the GCS emulator, without waiting for it."""
    (port,) = free_ports(1)
    directory = processes.state_dir / "stores" / "gcs"
    directory.mkdir(parents=True, exist_ok=True)
    arguments = (ground.host, str(port), str(directory))
    processes.start_module(
        f"store-{region}", "multicloud_lab.demo.gcs_emulator", *arguments, inside=ground.inside
    )
    return Store(region, "gs", f"http://{ground.host}:{port}")


def wait_for(processes: Processes, store: Store) -> None:
    """Wait until a store answers."""
    health = store.endpoint + ("/moto-api/" if store.protocol == "s3" else "/")
    processes.wait_until(f"store-{store.region}", lambda: answers(health))

"""The object stores of the two clouds: an S3 API and a GCS API, each a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


def start_s3(processes: Processes, region: str) -> Store:
    """Start moto's S3 server, without waiting for it."""
    (port,) = free_ports(1)
    processes.start_module(f"store-{region}", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    return Store(region, "s3", f"http://127.0.0.1:{port}")


def start_gcs(processes: Processes, region: str) -> Store:
    """Start the GCS emulator, without waiting for it."""
    (port,) = free_ports(1)
    directory = processes.state_dir / "stores" / "gcs"
    directory.mkdir(parents=True, exist_ok=True)
    processes.start_module(
        f"store-{region}", "multicloud_lab.demo.gcs_emulator", str(port), str(directory)
    )
    return Store(region, "gs", f"http://127.0.0.1:{port}")


def wait_for(processes: Processes, store: Store) -> None:
    """Wait until a store answers."""
    health = store.endpoint + ("/moto-api/" if store.protocol == "s3" else "/")
    processes.wait_until(f"store-{store.region}", lambda: answers(health))

"""Two clouds on one machine: a store and a gateway in each region, data in them, catalogs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from multicloud_lab.demo import catalogs, gateways, stores
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.demo.ground import LOOPBACK, Ground
from multicloud_lab.demo.processes import Processes
from multicloud_lab.demo.sizes import SizeName
from multicloud_lab.demo.stores import Store

AWS = "aws:us-west-2"
GCP = "gcp:us-central1"


class Clouds:
    """Two regions, each with an object store and a Dask Gateway, as a context manager.

    Parameters
    ----------
    processes : Processes, optional
        To start in; whoever made it, ends it. Without it, the clouds have their own, in a
        directory that goes away with them.
    size : {"small", "medium"}
        Tens of megabytes a region, or about a gigabyte.
    grounds : mapping of str to Ground
        Where each region runs; on the loopback if it is not in it.

    Attributes
    ----------
    state_dir : Path
    processes : Processes
    gateways : dict of DemoGateway
        By region; each has ``name``, ``address``, ``proxy_address``, ``username``, ``password``.
    stores : dict of Store
        By region; each has ``protocol``, ``endpoint``, ``storage_options``.
    intake_catalog, esm_catalog : Path
        ``master.yaml`` and ``aws-cesm1-le.json``.
    """

    state_dir: Path
    processes: Processes
    intake_catalog: Path
    esm_catalog: Path

    def __init__(
        self,
        processes: Processes | None = None,
        size: SizeName = "small",
        grounds: Mapping[str, Ground] = MappingProxyType({}),
    ) -> None:
        self.size = size
        self._grounds = grounds
        self.gateways: dict[str, DemoGateway] = {}
        self.stores: dict[str, Store] = {}
        self._given = processes
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.processes = self._given or stack.enter_context(Processes())
            self.state_dir = self.processes.state_dir
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _start(self) -> None:
        self.processes.hosts += [ground.host for ground in self._grounds.values()]
        self.stores = {
            AWS: stores.start_s3(self.processes, AWS, self._grounds.get(AWS, LOOPBACK)),
            GCP: stores.start_gcs(self.processes, GCP, self._grounds.get(GCP, LOOPBACK)),
        }
        for region, store in self.stores.items():
            stores.wait_for(self.processes, store)
            self.processes.start_module(
                f"data-{region}",
                "multicloud_lab.demo.writing",
                store.protocol,
                store.endpoint,
                self.size,
                inside=self._grounds.get(region, LOOPBACK).inside,
            )
        names = {"aws-oregon": AWS, "gcp-iowa": GCP}
        started = gateways.start_and_wait(self.processes, names, grounds=self._grounds)
        self.gateways = {gateway.region: gateway for gateway in started}
        directory = self.state_dir / "catalogs"
        directory.mkdir(exist_ok=True)
        self.intake_catalog = catalogs.write_intake(directory, self.stores[GCP].storage_options)
        self.esm_catalog = catalogs.write_intake_esm(directory)
        for region in self.stores:
            self.processes.wait_for_success(f"data-{region}")

    def config(self) -> dict[str, Any]:
        """Give the values of the ``MulticloudLab`` configuration for a lab in these clouds."""
        return {
            "gateways": [gateway.config() for gateway in self.gateways.values()],
            "catalogs": [
                {"name": "pangeo", "url": str(self.intake_catalog)},
                {"name": "lens", "url": str(self.esm_catalog)},
            ],
            "regions": {catalogs.LENS_BUCKET: AWS},
            "storage_options": {
                catalogs.LENS_BUCKET: self.stores[AWS].storage_options,
                catalogs.ERA5_BUCKET: self.stores[GCP].storage_options,
            },
            "probe": False,
        }

    def describe(self) -> dict[str, Any]:
        """Say where everything is, the passwords too: for a file that only its owner reads."""
        return {
            "gateways": [asdict(gateway) for gateway in self.gateways.values()],
            "stores": [asdict(store) for store in self.stores.values()],
            "pids": self.processes.pids,
        }

"""The lab as one object: catalogs, locations, gateways and analyses brought together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from multicloud_lab import records as r
from multicloud_lab.addressed import in_full
from multicloud_lab.attachments import Attachments
from multicloud_lab.config import CatalogConfig, GatewayConfig, LabConfig
from multicloud_lab.errors import (
    GatewayNotFoundError,
    InvalidInputError,
)
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.home import Home
from multicloud_lab.interface import LabInterface
from multicloud_lab.kernel_plans import KernelPlans
from multicloud_lab.ledger_book import LedgerBook
from multicloud_lab.library import Library
from multicloud_lab.openings import Openings
from multicloud_lab.places import Places
from multicloud_lab.ready_cells import ReadyCells
from multicloud_lab.regions import all_regions, parse_region


class LabService(LabInterface):
    """Everything that the doors ask for.

    Parameters
    ----------
    config : LabConfig
    state_dir : Path, optional
        Where bounds, and what was read, are remembered across restarts; nowhere by default.
    cache_dir : Path, optional
        Where what was read is remembered, if not there.
    connect : bool
        Whether the gateways are contacted; datasets are placed beside them in any case.
    on_change : callable, optional
        Told of every change, on the event loop that :meth:`start` ran on.
    """

    def __init__(
        self,
        config: LabConfig,
        *,
        state_dir: Path | None = None,
        cache_dir: Path | None = None,
        connect: bool = True,
        on_change: Callable[[r.Change], None] = lambda change: None,
    ) -> None:
        self._config = config
        self._pool = GatewayPool(
            config.gateways if connect else (),
            book=state_dir / "clusters.sqlite" if state_dir else None,
            on_change=on_change,
        )
        self._ledger = LedgerBook(state_dir / "ledger.sqlite" if state_dir else None)
        self._on_change = on_change
        self._attachments = Attachments(on_change)
        self._plans = KernelPlans(on_change)
        self._library = Library(config, cache_dir or state_dir, on_change)
        self._home = Home(config.home, state_dir / "home.json" if state_dir else None)
        self._places = Places(config, self._library, self._pool.standing, lambda: self._home.region)
        self._openings = Openings(config, self._library, self._places)
        self._cells = ReadyCells(self.opening, self.structure, self._beside, self._openings.covered)

    async def start(self) -> None:
        """Connect to the gateways and begin to read the catalogs, waiting for neither."""
        await self._pool.start()
        self._library.start()

    async def close(self) -> None:
        """Let go of every connection; clusters go on."""
        await self._library.close()
        await self._pool.close()
        await asyncio.to_thread(self._ledger.close)

    # --- the lab itself -----------------------------------------------------------------------

    async def status(self) -> r.LabStatus:
        """Say what the lab is set up with and what is wrong with that."""
        from multicloud_lab import __version__

        index = await self._library.index()
        return r.LabStatus(
            version=__version__,
            home=self._home.region,
            chosen_home=self._home.chosen,
            egress_budget_usd=self._config.egress_budget_usd,
            problems=self._config.problems,
            catalogs=await asyncio.to_thread(index.statuses),
        )

    async def refresh(self) -> r.LabStatus:
        """Read every catalog again; one that fails keeps its last good copy."""
        await self._library.read()
        self._library.start()
        await self._library.read()
        return await self.status()

    async def add_catalog(self, body: r.AddCatalog) -> r.LabStatus:
        """Read another catalog, and keep it until the lab is restarted.

        Raises
        ------
        InvalidInputError
            There is another catalog of that name.
        CatalogError
            It cannot be read.
        """
        await self._library.add(CatalogConfig(name=body.name, url=in_full(body.url)))
        return await self.status()

    async def set_home(self, body: r.SetHome) -> r.LabStatus:
        """Say where data are read from here and results go to, instead of the administrator.

        Raises
        ------
        UnknownRegionError
        """
        region = None if body.region is None else parse_region(str(body.region))
        if await asyncio.to_thread(self._home.choose, region):
            self._on_change(r.Change(topic="datasets", action="priced"))
        return await self.status()

    async def settled(self) -> None:
        """Wait until everything has been read, and providers asked where the rest is."""
        await self._library.settled()

    # --- datasets -----------------------------------------------------------------------------

    async def datasets(self, query: r.DatasetQuery) -> r.DatasetPage:
        """List the datasets that match."""
        inside = self._gateway(query.gateway).region if query.gateway else None
        index = await self._library.index()
        rank = self._places.ranking()

        def search() -> r.DatasetPage:
            found = index.search(query, near=self._places.has_gateway, in_region=inside)
            return r.DatasetPage(
                items=tuple(
                    r.DatasetRow(
                        **dict(item),
                        near=next(iter(rank(item.replicas, item.id)), None),
                        here=self._places.from_here(item.replicas),
                    )
                    for item in found.items
                ),
                total=found.total,
                next_cursor=found.cursor,
                facets=found.facets,
                groups=found.groups,
            )

        return await asyncio.to_thread(search)

    async def dataset(self, dataset_id: str) -> r.Dataset:
        """Give one dataset; an address is one that no catalog lists."""
        return await self._openings.dataset(dataset_id)

    async def placements(self, dataset_id: str) -> list[r.Placement]:
        """Rank the gateways for a dataset, the nearest first."""
        return self._places.rank(await self.dataset(dataset_id))

    async def placements_near(self, query: r.NearQuery) -> list[r.Placement]:
        """Rank the gateways for a dataset, a URL or a region, the nearest first."""
        return await self._places.near(query.near)

    async def structure(self, dataset_id: str) -> r.Structure:
        """Say what a dataset holds, from its metadata alone."""
        return await self._openings.structure(dataset_id)

    async def opening(self, dataset_id: str) -> r.Opening:
        """Say how a kernel opens a dataset."""
        opening, _ = await self._openings.opening(dataset_id)
        return opening

    async def locate(self, query: r.LocateQuery) -> list[r.Location]:
        """Say where URLs' bytes are, in the order asked."""
        return await self._library.locate(query.url)

    async def price(self, query: r.PriceQuery) -> r.Quote:
        """Say what moving bytes costs, and who pays."""
        return await self._places.quote(query)

    async def regions(self) -> list[r.RegionInfo]:
        """List the known regions."""
        return [r.RegionInfo.model_validate(k, from_attributes=True) for k in all_regions()]

    # --- gateways and clusters ----------------------------------------------------------------

    async def gateways(self, patience: float | None = None) -> list[r.Gateway]:
        """List the gateways and their states.

        Parameters
        ----------
        patience : float, optional
            Seconds that those which do not answer may take; by default few.
        """
        return await self._pool.gateways(patience)

    async def retry_gateway(self, gateway: str) -> r.Gateway:
        """Ask a gateway now, although it has failed a while ago."""
        return await self._pool.retry(gateway)

    async def sign_in(self, gateway: str, body: r.SignIn) -> r.Gateway:
        """Sign in to a gateway; the password stays in the lab's memory."""
        return await self._pool.sign_in(gateway, body)

    async def sign_out(self, gateway: str) -> r.Gateway:
        """Forget a gateway's credentials; its clusters go on."""
        return await self._pool.sign_out(gateway)

    async def gateway_options(self, gateway: str) -> list[r.OptionField]:
        """List the fields of a gateway's options form."""
        return await self._pool.options(gateway)

    async def clusters(self) -> list[r.Cluster]:
        """List the clusters of all gateways that answer."""
        return await self._pool.clusters()

    async def start_cluster(self, body: r.StartCluster) -> r.StartedCluster:
        """Start an adaptive cluster, or take the one that is there; does not wait for workers.

        Raises
        ------
        InvalidInputError
            Neither a gateway nor something to be near was named.
        RegionUnknownError
            Nobody says where the data are, so nothing is near them.
        NoPlacementError
            No gateway is with the provider that holds the data, or there is no gateway.
        """
        if body.gateway is not None:
            self._gateway(body.gateway)
        near = body.near
        placement = await self._places.nearest(near, body.gateway) if near else None
        name = body.gateway or (placement.gateway if placement else None)
        if name is None:
            raise InvalidInputError("Name a gateway, or what the cluster is to be near.")
        gateway = self._gateway(name)
        minimum, maximum = gateway.bounds(body.minimum, body.maximum)
        cluster, reused = await self._pool.start_cluster(
            gateway.name,
            minimum=minimum,
            maximum=maximum,
            options={**gateway.options, **body.options},
            dataset=placement.dataset if placement else None,
            reuse=body.near is not None if body.reuse is None else body.reuse,
            idle_minutes=body.idle_minutes,
        )
        return r.StartedCluster(**dict(cluster), reused=reused, placement=placement)

    async def change_cluster(self, gateway: str, cluster: str, body: r.ChangeCluster) -> r.Cluster:
        """Give a cluster new adaptive bounds, or another time that it may be idle."""
        return await self._pool.change(gateway, cluster, body)

    async def stop_cluster(self, gateway: str, cluster: str) -> None:
        """Stop a cluster."""
        await self._pool.stop(gateway, cluster)

    async def stop_clusters(self, query: r.StopClusters) -> list[r.Cluster]:
        """Stop all clusters that the lab has started, and give what was stopped."""
        return await self._pool.stop_all(query.gateway)

    async def keep_cluster(self, gateway: str, cluster: str) -> r.Cluster:
        """Keep a cluster that is idle for the whole idle time once more."""
        return await self._pool.keep(gateway, cluster)

    async def connection(self, gateway: str, cluster: str) -> r.Connection:
        """Give what a kernel needs to reach a running cluster."""
        return await self._pool.connection(gateway, cluster)

    async def dashboard_upstream(self, gateway: str, cluster: str) -> str:
        """Give the URL of the dashboards of a cluster of this user at its gateway."""
        return await self._pool.dashboard_upstream(gateway, cluster)

    # --- kernels ------------------------------------------------------------------------------

    async def attachments(self) -> list[r.Attachment]:
        """List which kernels have clients of which clusters."""
        return self._attachments.all()

    async def attach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has a client of a cluster."""
        self._attachments.attach(kernel, self._gateway(gateway).name, cluster)

    async def detach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has no client of a cluster any more."""
        self._attachments.detach(kernel, self._gateway(gateway).name, cluster)

    async def plans(self) -> list[r.KernelPlan]:
        """Give what the newest plan of each kernel would move, the newest first."""
        return self._plans.all()

    async def tell_plan(self, kernel: str, body: r.TellPlan) -> None:
        """Note what the newest plan of a kernel would move."""
        self._plans.tell(kernel, body)

    def forget_kernel(self, kernel: str) -> None:
        """Note that a kernel has ended, or begun anew."""
        self._attachments.forget(kernel)
        self._plans.forget(kernel)

    # --- analyses -----------------------------------------------------------------------------

    async def analyses(self, query: r.AnalysesQuery) -> list[r.Analysis]:
        """List the analyses that fit some datasets, the best first."""
        return self._cells.fitting(await self._datasets(query.dataset))

    async def analysis_form(self, analysis: str, query: r.AnalysesQuery) -> r.AnalysisForm:
        """Say what an analysis asks about some datasets, with sensible answers."""
        return await self._cells.form(analysis, await self._datasets(query.dataset))

    async def cells(self, body: r.CellsRequest) -> r.Cells:
        """Write ready cells."""
        return await self._cells.cells(body)

    # --- the ledger ---------------------------------------------------------------------------

    async def ledger(self, query: r.LedgerQuery) -> r.LedgerPage:
        """List what was read and moved, the newest first."""
        return await asyncio.to_thread(self._ledger.page, query)

    async def record(self, body: r.RecordRun) -> None:
        """Write into the ledger what a computation read and moved."""
        await asyncio.to_thread(self._ledger.write, body.rows)
        self._on_change(r.Change(topic="ledger", action="recorded"))

    async def ledger_summary(self, query: r.LedgerSummaryQuery) -> list[r.LedgerSummary]:
        """Add up what was read and moved, by day, notebook, dataset or pair of regions."""
        return await asyncio.to_thread(self._ledger.summary, query)

    # --- how it is done -----------------------------------------------------------------------

    async def _datasets(self, ids: Sequence[str]) -> list[r.Dataset]:
        return [await self.dataset(dataset_id) for dataset_id in ids]

    def _beside(self, dataset: r.Dataset, wanted: str | None) -> GatewayConfig | None:
        """Give the gateway that a dataset is computed on: the one wanted, else the nearest."""
        if wanted is not None:
            return self._gateway(wanted)
        near = next(iter(self._places.rank(dataset)), None)
        return self._gateway(near.gateway) if near and near.region else None

    def _gateway(self, name: str) -> GatewayConfig:
        for gateway in self._config.gateways:
            if gateway.name == name:
                return gateway
        known = ", ".join(gateway.name for gateway in self._config.gateways) or "none"
        raise GatewayNotFoundError(f"There is no gateway {name!r}; configured: {known}.")

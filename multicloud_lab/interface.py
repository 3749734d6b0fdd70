"""What a lab answers, whether it is in this process or behind a Jupyter server."""

from __future__ import annotations

from abc import ABC, abstractmethod

from multicloud_lab import records as r

_PAGE = 10_000
"""Datasets in a page when all of them are wanted: the most that one may have."""


class LabInterface(ABC):
    """The methods of a lab; each is one endpoint of the HTTP API (see ``endpoints.py``)."""

    @abstractmethod
    async def status(self) -> r.LabStatus:
        """Say what the lab is set up with and what is wrong with that."""

    @abstractmethod
    async def refresh(self) -> r.LabStatus:
        """Read every catalog again; one that fails keeps its last good copy."""

    @abstractmethod
    async def add_catalog(self, body: r.AddCatalog) -> r.LabStatus:
        """Read another catalog, and keep it until the lab is restarted."""

    @abstractmethod
    async def set_home(self, body: r.SetHome) -> r.LabStatus:
        """Say where data are read from here and results go to, instead of the administrator."""

    @abstractmethod
    async def datasets(self, query: r.DatasetQuery) -> r.DatasetPage:
        """List the datasets that match."""

    @abstractmethod
    async def dataset(self, dataset_id: str) -> r.Dataset:
        """Give one dataset."""

    @abstractmethod
    async def placements(self, dataset_id: str) -> list[r.Placement]:
        """Rank the gateways for a dataset, the nearest first."""

    @abstractmethod
    async def placements_near(self, query: r.NearQuery) -> list[r.Placement]:
        """Rank the gateways for a dataset, a URL or a region, the nearest first."""

    @abstractmethod
    async def structure(self, dataset_id: str) -> r.Structure:
        """Say what a dataset holds, from its metadata alone."""

    @abstractmethod
    async def price(self, query: r.PriceQuery) -> r.Quote:
        """Say what moving bytes costs, and who pays."""

    @abstractmethod
    async def opening(self, dataset_id: str) -> r.Opening:
        """Say how a kernel opens a dataset."""

    @abstractmethod
    async def locate(self, query: r.LocateQuery) -> list[r.Location]:
        """Say where URLs' bytes are, in the order asked."""

    @abstractmethod
    async def regions(self) -> list[r.RegionInfo]:
        """List the known regions."""

    @abstractmethod
    async def gateways(self) -> list[r.Gateway]:
        """List the gateways and their states."""

    @abstractmethod
    async def retry_gateway(self, gateway: str) -> r.Gateway:
        """Ask a gateway now, although it has failed a while ago."""

    @abstractmethod
    async def sign_in(self, gateway: str, body: r.SignIn) -> r.Gateway:
        """Sign in to a gateway; the password stays in the lab's memory."""

    @abstractmethod
    async def sign_out(self, gateway: str) -> r.Gateway:
        """Forget a gateway's credentials; its clusters go on."""

    @abstractmethod
    async def gateway_options(self, gateway: str) -> list[r.OptionField]:
        """List the fields of a gateway's options form."""

    @abstractmethod
    async def clusters(self) -> list[r.Cluster]:
        """List the clusters of all gateways that answer."""

    @abstractmethod
    async def start_cluster(self, body: r.StartCluster) -> r.StartedCluster:
        """Start an adaptive cluster, or take the one that is there; does not wait for workers."""

    @abstractmethod
    async def change_cluster(self, gateway: str, cluster: str, body: r.ChangeCluster) -> r.Cluster:
        """Give a cluster new adaptive bounds, or another time that it may be idle."""

    @abstractmethod
    async def stop_cluster(self, gateway: str, cluster: str) -> None:
        """Stop a cluster."""

    @abstractmethod
    async def stop_clusters(self, query: r.StopClusters) -> list[r.Cluster]:
        """Stop all clusters that the lab has started, and give what was stopped."""

    @abstractmethod
    async def keep_cluster(self, gateway: str, cluster: str) -> r.Cluster:
        """Keep a cluster that is idle for the whole idle time once more."""

    @abstractmethod
    async def connection(self, gateway: str, cluster: str) -> r.Connection:
        """Give what a kernel needs to reach a running cluster."""

    @abstractmethod
    async def attachments(self) -> list[r.Attachment]:
        """List which kernels have clients of which clusters."""

    @abstractmethod
    async def attach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has a client of a cluster."""

    @abstractmethod
    async def detach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has no client of a cluster any more."""

    @abstractmethod
    async def plans(self) -> list[r.KernelPlan]:
        """Give what the newest plan of each kernel would move, the newest first."""

    @abstractmethod
    async def tell_plan(self, kernel: str, body: r.TellPlan) -> None:
        """Note what the newest plan of a kernel would move."""

    @abstractmethod
    async def analyses(self, query: r.AnalysesQuery) -> list[r.Analysis]:
        """List the analyses that fit some datasets, the best first."""

    @abstractmethod
    async def analysis_form(self, analysis: str, query: r.AnalysesQuery) -> r.AnalysisForm:
        """Say what an analysis asks about some datasets, with sensible answers."""

    @abstractmethod
    async def cells(self, body: r.CellsRequest) -> r.Cells:
        """Write ready cells."""

    @abstractmethod
    async def ledger(self, query: r.LedgerQuery) -> r.LedgerPage:
        """List what was read and moved, the newest first."""

    @abstractmethod
    async def record(self, body: r.RecordRun) -> None:
        """Write into the ledger what a computation read and moved."""

    @abstractmethod
    async def ledger_summary(self, query: r.LedgerSummaryQuery) -> list[r.LedgerSummary]:
        """Add up what was read and moved, by day, notebook, dataset or pair of regions."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of every connection; clusters go on."""


async def all_datasets(lab: LabInterface, query: r.DatasetQuery) -> list[r.DatasetRow]:
    """List every dataset that matches, page after page."""
    query = query.model_copy(update={"limit": _PAGE})
    rows: list[r.DatasetRow] = []
    while True:
        page = await lab.datasets(query)
        rows += page.items
        if page.next_cursor is None:
            return rows
        query = query.model_copy(update={"cursor": page.next_cursor})

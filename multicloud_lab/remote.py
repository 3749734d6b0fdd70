"""The lab of a Jupyter server, over HTTP: the client of the table of endpoints."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, Self, TypeVar, cast
from urllib.parse import quote, urlencode

import aiohttp
from pydantic import BaseModel, TypeAdapter, ValidationError
from yarl import URL

from multicloud_lab import records as r
from multicloud_lab.address import WAY_OUT, ServerAddress
from multicloud_lab.endpoints import ENDPOINTS, PREFIX, Endpoint
from multicloud_lab.errors import (
    DeadlineError,
    MulticloudLabError,
    ServerNotFoundError,
    from_code,
)
from multicloud_lab.interface import LabInterface

DEADLINE = 90.0
"""Seconds that an answer may take; more than the lab gives a gateway to take a new cluster."""
CONNECT_DEADLINE = 10.0
"""Seconds that the server may take to accept a connection."""

Answer = TypeVar("Answer")

_ENDPOINTS = {endpoint.name: endpoint for endpoint in ENDPOINTS}
_ANSWERS: dict[str, TypeAdapter[Any]] = {
    endpoint.name: TypeAdapter(endpoint.answer) for endpoint in ENDPOINTS
}


class RemoteService(LabInterface):
    """The lab of a Jupyter server.

    Beside the errors of the lab itself, every method raises ``ServerNotFoundError`` if the server
    does not answer as one with this extension, and ``DeadlineError`` if it takes too long. It is
    for one event loop.

    Parameters
    ----------
    server : ServerAddress
    deadline : float
        Seconds that an answer may take.
    """

    def __init__(self, server: ServerAddress, *, deadline: float = DEADLINE) -> None:
        self._server = server
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"RemoteService({self._server.url!r})"

    @classmethod
    def from_environment(cls) -> Self:
        """Find the server that started this kernel.

        Raises
        ------
        ServerNotFoundError
        """
        return cls(ServerAddress.from_environment(os.environ))

    async def close(self) -> None:
        """Let go of the connections to the server; the lab goes on there."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def status(self) -> r.LabStatus:
        """Say what the lab is set up with and what is wrong with that."""
        return await self._call("status")

    async def refresh(self) -> r.LabStatus:
        """Read every catalog again; one that fails keeps its last good copy."""
        return await self._call("refresh")

    async def add_catalog(self, body: r.AddCatalog) -> r.LabStatus:
        """Read another catalog, and keep it until the lab is restarted."""
        return await self._call("add_catalog", body)

    async def set_home(self, body: r.SetHome) -> r.LabStatus:
        """Say where data are read from here and results go to, instead of the administrator."""
        return await self._call("set_home", body)

    async def datasets(self, query: r.DatasetQuery) -> r.DatasetPage:
        """List the datasets that match."""
        return await self._call("datasets", query)

    async def dataset(self, dataset_id: str) -> r.Dataset:
        """Give one dataset."""
        return await self._call("dataset", dataset_id)

    async def placements(self, dataset_id: str) -> list[r.Placement]:
        """Rank the gateways for a dataset, the nearest first."""
        return await self._call("placements", dataset_id)

    async def placements_near(self, query: r.NearQuery) -> list[r.Placement]:
        """Rank the gateways for a dataset, a URL or a region, the nearest first."""
        return await self._call("placements_near", query)

    async def structure(self, dataset_id: str) -> r.Structure:
        """Say what a dataset holds, from its metadata alone."""
        return await self._call("structure", dataset_id)

    async def price(self, query: r.PriceQuery) -> r.Quote:
        """Say what moving bytes costs, and who pays."""
        return await self._call("price", query)

    async def opening(self, dataset_id: str) -> r.Opening:
        """Say how a kernel opens a dataset."""
        return await self._call("opening", dataset_id)

    async def locate(self, query: r.LocateQuery) -> list[r.Location]:
        """Say where URLs' bytes are, in the order asked."""
        return await self._call("locate", query)

    async def regions(self) -> list[r.RegionInfo]:
        """List the known regions."""
        return await self._call("regions")

    async def gateways(self) -> list[r.Gateway]:
        """List the gateways and their states."""
        return await self._call("gateways")

    async def retry_gateway(self, gateway: str) -> r.Gateway:
        """Ask a gateway now, although it has failed a while ago."""
        return await self._call("retry_gateway", gateway)

    async def sign_in(self, gateway: str, body: r.SignIn) -> r.Gateway:
        """Sign in to a gateway; the password stays in the lab's memory."""
        return await self._call("sign_in", gateway, body)

    async def sign_out(self, gateway: str) -> r.Gateway:
        """Forget a gateway's credentials; its clusters go on."""
        return await self._call("sign_out", gateway)

    async def gateway_options(self, gateway: str) -> list[r.OptionField]:
        """List the fields of a gateway's options form."""
        return await self._call("gateway_options", gateway)

    async def clusters(self) -> list[r.Cluster]:
        """List the clusters of all gateways that answer."""
        return await self._call("clusters")

    async def start_cluster(self, body: r.StartCluster) -> r.StartedCluster:
        """Start an adaptive cluster, or take the one that is there; does not wait for workers."""
        return await self._call("start_cluster", body)

    async def change_cluster(self, gateway: str, cluster: str, body: r.ChangeCluster) -> r.Cluster:
        """Give a cluster new adaptive bounds, or another time that it may be idle."""
        return await self._call("change_cluster", gateway, cluster, body)

    async def stop_cluster(self, gateway: str, cluster: str) -> None:
        """Stop a cluster."""
        await self._call("stop_cluster", gateway, cluster)

    async def stop_clusters(self, query: r.StopClusters) -> list[r.Cluster]:
        """Stop all clusters that the lab has started, and give what was stopped."""
        return await self._call("stop_clusters", query)

    async def keep_cluster(self, gateway: str, cluster: str) -> r.Cluster:
        """Keep a cluster that is idle for the whole idle time once more."""
        return await self._call("keep_cluster", gateway, cluster)

    async def connection(self, gateway: str, cluster: str) -> r.Connection:
        """Give what a kernel needs to reach a running cluster."""
        return await self._call("connection", gateway, cluster)

    async def attachments(self) -> list[r.Attachment]:
        """List which kernels have clients of which clusters."""
        return await self._call("attachments")

    async def attach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has a client of a cluster."""
        await self._call("attach", kernel, gateway, cluster)

    async def detach(self, kernel: str, gateway: str, cluster: str) -> None:
        """Note that a kernel has no client of a cluster any more."""
        await self._call("detach", kernel, gateway, cluster)

    async def plans(self) -> list[r.KernelPlan]:
        """Give what the newest plan of each kernel would move, the newest first."""
        return await self._call("plans")

    async def tell_plan(self, kernel: str, body: r.TellPlan) -> None:
        """Note what the newest plan of a kernel would move."""
        await self._call("tell_plan", kernel, body)

    async def analyses(self, query: r.AnalysesQuery) -> list[r.Analysis]:
        """List the analyses that fit some datasets, the best first."""
        return await self._call("analyses", query)

    async def analysis_form(self, analysis: str, query: r.AnalysesQuery) -> r.AnalysisForm:
        """Say what an analysis asks about some datasets, with sensible answers."""
        return await self._call("analysis_form", analysis, query)

    async def cells(self, body: r.CellsRequest) -> r.Cells:
        """Write ready cells."""
        return await self._call("cells", body)

    async def ledger(self, query: r.LedgerQuery) -> r.LedgerPage:
        """List what was read and moved, the newest first."""
        return await self._call("ledger", query)

    async def record(self, body: r.RecordRun) -> None:
        """Write into the ledger what a computation read and moved."""
        await self._call("record", body)

    async def ledger_summary(self, query: r.LedgerSummaryQuery) -> list[r.LedgerSummary]:
        """Add up what was read and moved, by day, notebook, dataset or pair of regions."""
        return await self._call("ledger_summary", query)

    # --- how it is done -----------------------------------------------------------------------

    async def _call(self, name: str, *arguments: str | BaseModel) -> Answer:
        """Call an endpoint; the table says what each answers, so the caller's type is right."""
        endpoint = _ENDPOINTS[name]
        url, body = self._request(endpoint, arguments)
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._connected().request(
                    endpoint.method, URL(url, encoded=True), data=body, allow_redirects=False
                ) as response,
            ):
                status, content = response.status, await response.read()
        except TimeoutError:
            raise DeadlineError(
                f"The Jupyter server did not answer within {self._deadline:g} s ({name})."
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            # Without its cause: that may hold the headers.
            raise ServerNotFoundError(
                f"The Jupyter server does not answer ({type(error).__name__}). {WAY_OUT}"
            ) from None
        if status != endpoint.status:
            raise _error(status, content)
        return cast(Answer, _read(name, content))

    def _request(
        self, endpoint: Endpoint, arguments: tuple[str | BaseModel, ...]
    ) -> tuple[str, bytes | None]:
        """Give the URL and the body of a request."""
        names = endpoint.arguments
        encoded = [quote(str(value), safe="") for value in arguments[: len(names)]]
        path = endpoint.path.format(**dict(zip(names, encoded, strict=True)))
        url = f"{self._server.url.rstrip('/')}/{PREFIX}/{path}"
        last = arguments[-1] if arguments else None
        if endpoint.query is not None and isinstance(last, BaseModel):
            query = urlencode(last.model_dump(mode="json", exclude_defaults=True), doseq=True)
            return (f"{url}?{query}" if query else url), None
        if endpoint.body is not None and isinstance(last, BaseModel):
            return url, last.model_dump_json().encode()
        return url, None

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            socket = self._server.socket
            self._session = aiohttp.ClientSession(
                headers={**self._server.headers, "Content-Type": "application/json"},
                connector=aiohttp.UnixConnector(socket) if socket else aiohttp.TCPConnector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_DEADLINE),
            )
        return self._session


def _read(name: str, content: bytes) -> Any:
    try:
        return _ANSWERS[name].validate_json(content or b"null")
    except ValidationError:
        # Without its cause: that shows the answer, which may hold keys.
        raise MulticloudLabError(
            f"The Jupyter server's answer is not understood ({name}); server and kernel may have "
            "different versions of multicloud-lab."
        ) from None


def _error(status: int, content: bytes) -> MulticloudLabError:
    """Give the error that an answer stands for."""
    try:
        said = json.loads(content)
        return from_code(said["code"], said["message"])
    except (ValueError, KeyError, TypeError):
        return ServerNotFoundError(
            f"The Jupyter server does not have Multi-Cloud Lab (HTTP {status}); install "
            "multicloud-lab there, or say `jupyter server extension enable multicloud_lab`."
        )

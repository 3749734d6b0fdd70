"""The HTTP API as one table: the server's routes, the OpenAPI file and the client come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal

from pydantic import BaseModel

from multicloud_lab import records as r

PREFIX = "multicloud-lab/api"
SECRET_HEADER = "X-Multicloud-Lab-Kernel"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the HTTP API.

    Parameters
    ----------
    name : str
        Of the method of :class:`~multicloud_lab.interface.LabInterface` that answers it.
    method : str
    path : str
        Below :data:`PREFIX`; each ``{name}`` is an argument of the method, in this order.
    answer : type
        What the method returns.
    query, body : type of BaseModel, optional
        The last argument of the method, read from the query string or from the JSON body.
    status : int
        Of a good answer.
    kernels_only : bool
        Whether the answer may go to a kernel of this server only, never to a browser.
    """

    name: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    answer: Any
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    kernels_only: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments that are in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))


# Ids of datasets hold slashes, so the longer paths below them come first.
ENDPOINTS = (
    Endpoint("status", "GET", "status", r.LabStatus),
    Endpoint("refresh", "POST", "refresh", r.LabStatus),
    Endpoint("add_catalog", "POST", "catalogs", r.LabStatus, body=r.AddCatalog),
    Endpoint("set_home", "POST", "home", r.LabStatus, body=r.SetHome),
    Endpoint("datasets", "GET", "datasets", r.DatasetPage, query=r.DatasetQuery),
    Endpoint("placements", "GET", "datasets/{dataset_id}/placements", list[r.Placement]),
    Endpoint("structure", "GET", "datasets/{dataset_id}/structure", r.Structure),
    Endpoint("opening", "GET", "datasets/{dataset_id}/opening", r.Opening, kernels_only=True),
    Endpoint("dataset", "GET", "datasets/{dataset_id}", r.Dataset),
    Endpoint("locate", "GET", "locations", list[r.Location], query=r.LocateQuery),
    Endpoint("placements_near", "GET", "placements", list[r.Placement], query=r.NearQuery),
    Endpoint("price", "GET", "prices", r.Quote, query=r.PriceQuery),
    Endpoint("regions", "GET", "regions", list[r.RegionInfo]),
    Endpoint("gateways", "GET", "gateways", list[r.Gateway]),
    Endpoint("retry_gateway", "POST", "gateways/{gateway}/retry", r.Gateway),
    Endpoint("sign_in", "POST", "gateways/{gateway}/session", r.Gateway, body=r.SignIn),
    Endpoint("sign_out", "DELETE", "gateways/{gateway}/session", r.Gateway),
    Endpoint("gateway_options", "GET", "gateways/{gateway}/options", list[r.OptionField]),
    Endpoint("clusters", "GET", "clusters", list[r.Cluster]),
    Endpoint("start_cluster", "POST", "clusters", r.StartedCluster, body=r.StartCluster),
    Endpoint("stop_clusters", "DELETE", "clusters", list[r.Cluster], query=r.StopClusters),
    Endpoint("keep_cluster", "POST", "clusters/{gateway}/{cluster}/keep", r.Cluster),
    Endpoint(
        "connection",
        "GET",
        "clusters/{gateway}/{cluster}/connection",
        r.Connection,
        kernels_only=True,
    ),
    Endpoint(
        "change_cluster", "PATCH", "clusters/{gateway}/{cluster}", r.Cluster, body=r.ChangeCluster
    ),
    Endpoint("stop_cluster", "DELETE", "clusters/{gateway}/{cluster}", NoneType, status=204),
    Endpoint("attachments", "GET", "attachments", list[r.Attachment]),
    Endpoint(
        "attach",
        "POST",
        "attachments/{kernel}/{gateway}/{cluster}",
        NoneType,
        status=204,
        kernels_only=True,
    ),
    Endpoint(
        "detach",
        "DELETE",
        "attachments/{kernel}/{gateway}/{cluster}",
        NoneType,
        status=204,
        kernels_only=True,
    ),
    Endpoint("plans", "GET", "plans", list[r.KernelPlan]),
    Endpoint(
        "tell_plan",
        "POST",
        "plans/{kernel}",
        NoneType,
        body=r.TellPlan,
        status=204,
        kernels_only=True,
    ),
    Endpoint("analyses", "GET", "analyses", list[r.Analysis], query=r.AnalysesQuery),
    Endpoint("analysis_form", "GET", "analyses/{analysis}", r.AnalysisForm, query=r.AnalysesQuery),
    Endpoint("cells", "POST", "cells", r.Cells, body=r.CellsRequest),
    Endpoint("ledger", "GET", "ledger", r.LedgerPage, query=r.LedgerQuery),
    Endpoint("record", "POST", "ledger", NoneType, body=r.RecordRun, status=204, kernels_only=True),
    Endpoint(
        "ledger_summary",
        "GET",
        "ledger/summary",
        list[r.LedgerSummary],
        query=r.LedgerSummaryQuery,
    ),
)

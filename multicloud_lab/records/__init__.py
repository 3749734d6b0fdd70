"""What the doors say to each other: the records that Python returns and HTTP carries, once."""

from __future__ import annotations

from multicloud_lab.records.analyses import (
    AnalysesQuery,
    Analysis,
    Cell,
    Cells,
    CellsRequest,
    CellStyle,
)
from multicloud_lab.records.base import Record, Several
from multicloud_lab.records.datasets import (
    Dataset,
    DatasetPage,
    DatasetQuery,
    DatasetRow,
    Facet,
    FacetName,
    FacetValue,
    LocateQuery,
    Location,
    Replica,
)
from multicloud_lab.records.gateways import (
    Cluster,
    ClusterStatus,
    Connection,
    Gateway,
    GatewayState,
    OptionField,
    ScaleCluster,
    SignIn,
    StartCluster,
    StartedCluster,
    StopClusters,
)
from multicloud_lab.records.lab import CatalogStatus, Change, LabStatus, Problem
from multicloud_lab.records.opening import Opening, OpeningKind, Parameter
from multicloud_lab.records.places import (
    NearQuery,
    Payer,
    Placement,
    PriceQuery,
    PriceRange,
    Quote,
    RegionInfo,
)
from multicloud_lab.records.structure import Dimension, Structure, Variable

__all__ = [
    "AnalysesQuery",
    "Analysis",
    "CatalogStatus",
    "Cell",
    "CellStyle",
    "Cells",
    "CellsRequest",
    "Change",
    "Cluster",
    "ClusterStatus",
    "Connection",
    "Dataset",
    "DatasetPage",
    "DatasetQuery",
    "DatasetRow",
    "Dimension",
    "Facet",
    "FacetName",
    "FacetValue",
    "Gateway",
    "GatewayState",
    "LabStatus",
    "LocateQuery",
    "Location",
    "NearQuery",
    "Opening",
    "OpeningKind",
    "OptionField",
    "Parameter",
    "Payer",
    "Placement",
    "PriceQuery",
    "PriceRange",
    "Problem",
    "Quote",
    "Record",
    "RegionInfo",
    "Replica",
    "ScaleCluster",
    "Several",
    "SignIn",
    "StartCluster",
    "StartedCluster",
    "StopClusters",
    "Structure",
    "Variable",
]

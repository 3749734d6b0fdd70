"""What the doors say to each other: the records that Python returns and HTTP carries, once."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from multicloud_lab.regions.region import Evidence, Region, Relation


class Record(BaseModel):
    """A value that does not change and has no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- datasets ---------------------------------------------------------------------------------


class Replica(Record):
    """One copy of a dataset."""

    url: str = Field(description="Where the bytes are, as gs://bucket/path; may be empty.")
    region: Region | None = Field(default=None, description="Where that is; null if not known.")
    evidence: Evidence = Field(default=Evidence.UNKNOWN, description="How the region is known.")
    detail: str = Field(default="", description="The evidence in words.")


class Dataset(Record):
    """What a catalog lists."""

    id: str = Field(description="<catalog>/<path>/<name>")
    name: str
    title: str = Field(default="", description="A short human name, where the catalog has one.")
    description: str = ""
    catalog: str
    format: str = Field(default="", description="zarr, netcdf, parquet, csv, rasterio, …")
    tags: tuple[str, ...] = ()
    variables: tuple[str, ...] = Field(
        default=(), description="Names of data variables, where the catalog says them."
    )
    requester_pays: bool = False
    replicas: tuple[Replica, ...] = ()
    url: str = Field(default="", description="URL of the best replica.")
    region: Region | None = Field(default=None, description="Region of the best replica.")
    evidence: Evidence = Field(default=Evidence.UNKNOWN, description="Of the best replica.")
    problem: str = Field(
        default="", description="What is wrong, if this row is a child that cannot be read."
    )


class DatasetQuery(Record):
    """What is looked for; every part may be left out."""

    text: str = Field(default="", description="Words that name, title, description or tags hold.")
    region: str = Field(default="", description="A region, or a pattern like gcp:*.")
    catalog: str = ""
    gateway: str = Field(default="", description="Only datasets in this gateway's region.")
    limit: int = Field(default=1000, ge=1, le=10_000)
    cursor: str = ""


class CatalogStatus(Record):
    """A configured catalog and whether it could be read."""

    name: str
    url: str
    datasets: int
    problem: str = Field(default="", description="Empty if all is well, else what is wrong.")


class Parameter(Record):
    """A parameter that a catalog lets its reader choose."""

    name: str
    description: str = ""
    type: str = "str"
    default: Any = None
    allowed: tuple[Any, ...] | None = None


class Opening(Record):
    """How a kernel opens a dataset. May hold credentials of the administrator: kernels only."""

    dataset: Dataset
    kind: Literal["intake", "intake-esm"]
    catalog_url: str = Field(description="The catalog file that has the entry itself.")
    entry: str = Field(description="The entry's name there; for intake-esm the asset's path.")
    driver: str = Field(default="", description="What intake would run.")
    parameters: tuple[Parameter, ...] = ()
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="Of the administrator, for the data."
    )
    catalog_options: dict[str, Any] = Field(
        default_factory=dict, description="Of the administrator, for the catalog file itself."
    )
    untrusted: tuple[str, ...] = Field(
        default=(), description="What opening it would run that is not known to be safe."
    )


class LocateQuery(Record):
    """URLs whose regions are asked for."""

    url: tuple[str, ...]


class Location(Record):
    """Where a URL's bytes are."""

    url: str
    region: Region | None = None
    evidence: Evidence = Evidence.UNKNOWN
    detail: str = ""


# --- regions, placements ----------------------------------------------------------------------


class RegionInfo(Record):
    """A known region, for people and for maps."""

    region: Region
    title: str = Field(description="Human name, as 'Oregon'.")
    kind: Literal["region", "multi-region", "dual-region", "local"] = "region"
    latitude: float | None = Field(default=None, description="Degrees north.")
    longitude: float | None = Field(default=None, description="Degrees east.")


class PriceRange(Record):
    """A list price, or the range it lies in."""

    low: float = Field(description="USD per GB (10^9 bytes).")
    high: float = Field(description="USD per GB (10^9 bytes).")
    source: str = Field(description="Where the figure is from.")
    date: str = Field(description="When it was read there, ISO 8601.")


class Placement(Record):
    """A dataset's replica beside a gateway."""

    dataset: str | None = Field(default=None, description="Id, unless a URL or region was asked.")
    url: str = ""
    region: Region | None = Field(default=None, description="Where the bytes are.")
    gateway: str
    gateway_region: Region
    relation: Relation
    price: PriceRange | None = Field(default=None, description="Of a GB read; null: not known.")
    why: str = Field(description="One sentence.")


class DatasetRow(Dataset):
    """A dataset in a list, with what near would be."""

    near: Placement | None = Field(
        default=None, description="The best placement; null if no gateway can be ranked."
    )


class DatasetPage(Record):
    """Some of the datasets that match, in order."""

    items: tuple[DatasetRow, ...]
    total: int = Field(description="How many match in all.")
    next_cursor: str | None = Field(default=None, description="Ask with it for those that follow.")


# --- gateways, clusters -----------------------------------------------------------------------

GatewayState = Literal["signed-in", "sign-in-needed", "unreachable"]


class Gateway(Record):
    """A Dask Gateway in one region, and the lab's connection to it."""

    name: str
    region: Region
    address: str
    state: GatewayState
    message: str = Field(default="", description="Why, and what to do, unless signed in.")
    auth: str = Field(description="basic, jupyterhub, …")
    username: str = ""
    minimum: int = Field(description="Workers; what a new cluster gets unless asked otherwise.")
    maximum: int = Field(description="Workers; what a new cluster gets unless asked otherwise.")
    since: float = Field(description="When it came into this state, seconds since 1970.")


class SignIn(Record):
    """What a person types to sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    username: str = ""
    password: str = Field(repr=False)


class OptionField(Record):
    """One field of a gateway's own options form."""

    field: str
    label: str
    type: Literal["int", "float", "string", "bool", "select", "mapping"]
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None


ClusterStatus = Literal["PENDING", "RUNNING", "STOPPING", "STOPPED", "FAILED"]


class Cluster(Record):
    """A Dask cluster on a gateway, adaptive between a minimum and a maximum."""

    gateway: str
    name: str
    region: Region
    status: ClusterStatus
    message: str = Field(default="", description="Why it failed, or that the gateway capped it.")
    workers: int | None = Field(default=None, description="Null while it cannot be told.")
    cores: int | None = Field(default=None, description="Threads of all workers.")
    memory: int | None = Field(default=None, description="Bytes of all workers.")
    minimum: int | None = Field(default=None, description="Workers; null if another set it.")
    maximum: int | None = Field(default=None, description="Workers; null if another set it.")
    dataset: str | None = Field(default=None, description="Id of what it was opened for.")
    started: float = Field(description="Seconds since 1970.")
    dashboard: str | None = Field(
        default=None, description="Path below the Jupyter server's base URL; null: none yet."
    )


class StartCluster(Record):
    """A cluster that is wanted: on a gateway by name, or near something."""

    gateway: str | None = Field(default=None, description="Or null, to have it chosen by `near`.")
    near: str | None = Field(default=None, description="A dataset's id, a URL or a region.")
    minimum: int | None = Field(default=None, ge=0, description="Null: the gateway's default.")
    maximum: int | None = Field(default=None, ge=1, description="Null: the gateway's default.")
    options: dict[str, Any] = Field(default_factory=dict, description="Of the gateway's form.")
    reuse: bool | None = Field(
        default=None,
        description="Take the lab's running cluster there, if any. Null: if `near` is said.",
    )


class StartedCluster(Cluster):
    """The cluster that a wish was answered with."""

    reused: bool = Field(description="Whether it was there already.")
    placement: Placement | None = Field(default=None, description="Why there, if it was chosen.")


class ScaleCluster(Record):
    """New adaptive bounds."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1)


class Connection(Record):
    """What a kernel needs to reach one cluster's scheduler: its own TLS pair, no password."""

    cluster: Cluster
    scheduler_address: str
    dashboard_link: str | None = None
    tls_cert: str = Field(repr=False)
    tls_key: str = Field(repr=False)


# --- analyses ---------------------------------------------------------------------------------

CellStyle = Literal["lab", "plain"]


class Analysis(Record):
    """A template of ready cells that fits the datasets asked about."""

    name: str
    title: str
    description: str


class AnalysesQuery(Record):
    """Datasets, by id."""

    dataset: tuple[str, ...]


class CellsRequest(Record):
    """Cells that are wanted."""

    datasets: tuple[str, ...] = Field(min_length=1, description="Ids.")
    analysis: str | None = Field(default=None, description="Null: the best that fits.")
    style: CellStyle = Field(
        default="lab", description="lab: this package's API; plain: dask-gateway, intake, xarray."
    )


class Cell(Record):
    """One cell of a notebook."""

    cell_type: Literal["code", "markdown"]
    source: str


class Cells(Record):
    """Ready cells."""

    analysis: str
    cells: tuple[Cell, ...]


# --- the lab itself ---------------------------------------------------------------------------


class Problem(Record):
    """Something in the configuration that cannot be used."""

    key: str = Field(description="As gateways[1].region.")
    message: str


class LabStatus(Record):
    """What this lab is set up with."""

    version: str
    home: Region | None
    problems: tuple[Problem, ...]
    catalogs: tuple[CatalogStatus, ...]


class Change(Record):
    """Something changed: a hint to ask again."""

    topic: Literal["datasets", "gateways", "clusters"]
    action: str = Field(description="As refreshed, signed-in, started, stopped, scaled, updated.")
    gateway: str | None = None
    cluster: str | None = None

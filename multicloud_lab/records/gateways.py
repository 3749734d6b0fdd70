"""Records of gateways and clusters."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from multicloud_lab.records.base import Record
from multicloud_lab.records.places import Placement
from multicloud_lab.regions.region import Region

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
    idle_minutes: float = Field(
        description="After which a new cluster is stopped for being idle, unless asked otherwise; "
        "0: never."
    )
    longest_idle_minutes: float = Field(
        description="The most of these that may be asked for; 0: any number."
    )
    since: float = Field(description="When it came into this state, seconds since 1970.")
    retry_at: float | None = Field(
        default=None, description="When it is tried again, while it does not answer."
    )


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


MOST_WORKERS = 1_000_000
"""Of one cluster: a number that no gateway, and no database, stumbles over."""

MOST_IDLE_MINUTES = 525_600.0
"""For which a cluster may be asked to stay idle: a year."""

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
    tasks: int | None = Field(default=None, description="In process or waiting; null: not known.")
    minimum: int | None = Field(default=None, description="Workers; null if another set it.")
    maximum: int | None = Field(default=None, description="Workers; null if another set it.")
    dataset: str | None = Field(default=None, description="Id of what it was opened for.")
    started: float = Field(description="Seconds since 1970.")
    ours: bool = Field(default=False, description="Whether this lab started it.")
    owner: str = Field(default="", description="User at the gateway; empty: not known.")
    idle_since: float | None = Field(
        default=None, description="Since when nothing was computed there, seconds since 1970."
    )
    stops_at: float | None = Field(
        default=None, description="When it is stopped for being idle; null: not planned."
    )
    idle_minutes: float | None = Field(
        default=None,
        description="After which it is stopped for being idle; 0: never; null: not by this lab.",
    )
    worker_seconds: float | None = Field(
        default=None, description="Of all workers together, as far as the lab has seen it run."
    )
    dashboard: str | None = Field(
        default=None, description="Path below the Jupyter server's base URL; null: none yet."
    )


class StartCluster(Record):
    """A cluster that is wanted: on a gateway by name, or near something."""

    gateway: str | None = Field(default=None, description="Or null, to have it chosen by `near`.")
    near: str | None = Field(default=None, description="A dataset's id, a URL or a region.")
    minimum: int | None = Field(
        default=None, ge=0, le=MOST_WORKERS, description="Null: the gateway's default."
    )
    maximum: int | None = Field(
        default=None, ge=1, le=MOST_WORKERS, description="Null: the gateway's default."
    )
    idle_minutes: float | None = Field(
        default=None,
        ge=0,
        le=MOST_IDLE_MINUTES,
        description="After which it is stopped for being idle, 0: never; at most what the "
        "gateway's longest_idle_minutes allows. Null: the gateway's default.",
    )
    options: dict[str, Any] = Field(default_factory=dict, description="Of the gateway's form.")
    reuse: bool | None = Field(
        default=None,
        description="Take the lab's running cluster there, if any. Null: if `near` is said.",
    )


class StartedCluster(Cluster):
    """The cluster that a wish was answered with."""

    reused: bool = Field(description="Whether it was there already.")
    placement: Placement | None = Field(default=None, description="Why there, if it was chosen.")


class ChangeCluster(Record):
    """What a cluster is to have instead; null: what it has."""

    minimum: int | None = Field(default=None, ge=0, le=MOST_WORKERS, description="Workers.")
    maximum: int | None = Field(default=None, ge=1, le=MOST_WORKERS, description="Workers.")
    idle_minutes: float | None = Field(
        default=None,
        ge=0,
        le=MOST_IDLE_MINUTES,
        description="From now on, after which it is stopped for being idle, 0: never; at most "
        "what the gateway's longest_idle_minutes allows.",
    )


class StopClusters(Record):
    """Which of the lab's clusters are to be stopped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gateway: str | None = Field(default=None, description="Null: those of all gateways.")


class Connection(Record):
    """What a kernel needs to reach one cluster's scheduler: its own TLS pair, no password."""

    cluster: Cluster
    scheduler_address: str
    dashboard_link: str | None = None
    tls_cert: str = Field(repr=False)
    tls_key: str = Field(repr=False)

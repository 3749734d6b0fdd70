"""Records of the lab itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from multicloud_lab.records.base import Record
from multicloud_lab.regions.region import Region


class CatalogStatus(Record):
    """A configured catalog or registry, and whether it could be read."""

    name: str
    url: str
    kind: Literal["catalog", "registry"] = "catalog"
    datasets: int = Field(description="Of a registry: buckets.")
    read: float | None = Field(
        default=None, description="When it was last read whole, seconds since 1970; null: never."
    )
    stale: bool = Field(default=False, description="Whether what is shown is the last good copy.")
    problem: str = Field(default="", description="Empty if all is well, else what is wrong.")


class AddCatalog(Record):
    """A catalog that the lab is to have until its server is restarted."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
    url: str = Field(min_length=1, description="Or a path on the server's machine.")


class Problem(Record):
    """Something in the configuration that cannot be used."""

    key: str = Field(description="As gateways[1].region.")
    message: str


class SetHome(Record):
    """Where a person says that data are read and results go to."""

    region: Region | None = Field(description="Null: what the administrator has configured.")


class LabStatus(Record):
    """What this lab is set up with."""

    version: str
    home: Region | None = Field(
        description="Where data are read from here and results go to; null: outside every cloud."
    )
    chosen_home: Region | None = Field(
        default=None, description="What a person has set it to; null: it is as configured."
    )
    egress_budget_usd: float = Field(
        default=1.0, description="What leaving its region may cost a computation, in USD."
    )
    problems: tuple[Problem, ...]
    catalogs: tuple[CatalogStatus, ...]


class Change(Record):
    """Something changed: a hint to ask again."""

    topic: Literal["datasets", "gateways", "clusters", "attachments", "ledger", "plans"]
    action: str = Field(
        description="As refreshed, signed-in, started, stopped, scaled, idle, updated, attached, "
        "planned."
    )
    gateway: str | None = None
    cluster: str | None = None
    message: str = Field(default="", description="Why, if there is something to say.")

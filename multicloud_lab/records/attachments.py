"""Records of which kernel is attached to which cluster."""

from __future__ import annotations

from pydantic import Field

from multicloud_lab.records.base import Record


class Attachment(Record):
    """A kernel of this server that has a client of a cluster."""

    kernel: str = Field(description="Id, as Jupyter's kernels API has it.")
    gateway: str
    cluster: str
    since: float = Field(description="Seconds since 1970.")

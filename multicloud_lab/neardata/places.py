"""The places where tasks run: home, which is this process, and a cluster in each region."""

from __future__ import annotations

from dataclasses import dataclass

from multicloud_lab.regions import Region

HOME = 0
"""The place where the notebook is: results go there, and every value between two regions."""

ANYWHERE = -1
"""The pin of a task that may run anywhere; the place of one that no pinned task comes before."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that tasks run.

    Parameters
    ----------
    region : Region or None
        None: outside every cloud.
    gateway : str
        The gateway whose cluster computes there; empty for home, which is this process.
    cluster : str
        Address of the scheduler of one certain cluster there; empty for any.
    """

    region: Region | None
    gateway: str = ""
    cluster: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.region) if self.gateway and self.region else self.gateway or "here"

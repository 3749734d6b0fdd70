"""What the book of clusters holds: clusters, what they have used, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one cluster.

    Parameters
    ----------
    gateway, name : str
    username : str
        Who started it: others do not see it at the gateway.
    minimum, maximum : int
        The adaptive bounds, in workers.
    applied : bool
        Whether the gateway has them already; it takes none before the cluster runs.
    message : str
        What the gateway remarked on them.
    dataset : str or None
        The id of what it was opened for.
    started : float
        Seconds since 1970.
    ours : bool
        Whether the lab started it; of others', it knows the bounds that it gave them.
    idle_minutes : float or None
        After which it is to be stopped for being idle, 0 for never; None: the gateway's default.
    """

    gateway: str
    name: str
    username: str
    minimum: int
    maximum: int
    applied: bool
    message: str
    dataset: str | None
    started: float
    ours: bool = True
    idle_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a cluster has used, as far as the lab has seen it.

    Parameters
    ----------
    username : str
        Who sees it at the gateway.
    worker_seconds : float
        Of all workers together.
    kept : float
        When somebody last said that it is to be kept though idle, seconds since 1970; or 0.
    """

    username: str
    worker_seconds: float
    kept: float


@dataclass(frozen=True, slots=True)
class Submission:
    """A cluster that a gateway was asked for and whose name has not been answered yet.

    Parameters
    ----------
    id, gateway, username : str
    minimum, maximum : int
        The adaptive bounds that it is to have, in workers.
    dataset : str or None
    options : str
        The options that were sent, as JSON.
    before : str
        The names of the clusters that were there before, as a JSON list.
    asked : float
        Seconds since 1970.
    wanted : bool
        Whether it is still wanted; else it is stopped when it is found.
    lost : bool
        Whether nobody waits for the answer any more.
    process : str
        The process that waits, as :data:`multicloud_lab.gateways.lost.PROCESS`.
    idle_minutes : float or None
        As of :class:`Entry`.
    """

    id: str
    gateway: str
    username: str
    minimum: int
    maximum: int
    dataset: str | None
    options: str
    before: str
    asked: float
    wanted: bool = True
    lost: bool = False
    process: str = ""
    idle_minutes: float | None = None

    def entry(self, name: str) -> Entry:
        """Give what is remembered of the cluster when its name is known."""
        return Entry(
            gateway=self.gateway,
            name=name,
            username=self.username,
            minimum=self.minimum,
            maximum=self.maximum,
            applied=False,
            message="",
            dataset=self.dataset,
            started=self.asked,
            idle_minutes=self.idle_minutes,
        )

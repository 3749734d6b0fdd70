"""What is said of a cluster: the gateway's report, the book, and live counts in one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways.book import Entry
from multicloud_lab.gateways.connection import GatewayConnection, check_name
from multicloud_lab.records import Cluster

ACTIVE = (ClusterStatus.PENDING, ClusterStatus.RUNNING)
"""The states of a cluster that can be used, now or soon."""

COUNTS_DEADLINE = 3.0
"""Seconds that a dashboard may take to tell its counts: without them a list is still a list."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a cluster has at the moment.

    Parameters
    ----------
    workers : int
    cores : int
        Threads of all workers.
    memory : int or None
        Bytes that all workers may use together; None if that cannot be told.
    """

    workers: int
    cores: int
    memory: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A cluster as it was seen at one look: its record, and the options it was started with."""

    cluster: Cluster
    options: Mapping[str, Any]


def dashboard_upstream(config: GatewayConfig, name: str) -> str:
    """Give the URL that a cluster's dashboards are below, as this process reaches them.

    Parameters
    ----------
    config : GatewayConfig
        The public address may be a mere path, for browsers behind a hub; then the address counts.
    name : str
    """
    check_name(config.name, name)
    public = config.public_address or ""
    root = public if public.startswith(("http://", "https://")) else config.address
    return f"{root.rstrip('/')}/clusters/{name}"


def see(
    config: GatewayConfig,
    report: ClusterReport,
    entry: Entry | None = None,
    counts: Counts | None = None,
) -> Seen:
    """Put together what is known. Nothing secret of the report is in the answer.

    Parameters
    ----------
    config : GatewayConfig
        Of the gateway that reported.
    report : ClusterReport
    entry : Entry, optional
        From the book, if the cluster is in it.
    counts : Counts, optional
        If they could be told.
    """
    name, running = report.name, report.status is ClusterStatus.RUNNING
    message = entry.message if entry else ""
    if report.status is ClusterStatus.FAILED:
        message = why_over(config.name, report)
    cluster = Cluster(
        gateway=config.name,
        name=name,
        region=config.region,
        status=report.status.name,
        message=message,
        workers=counts.workers if counts else None,
        cores=counts.cores if counts else None,
        memory=counts.memory if counts else None,
        minimum=entry.minimum if entry else None,
        maximum=entry.maximum if entry else None,
        dataset=entry.dataset if entry else None,
        started=report.start_time.timestamp(),
        dashboard=(
            f"multicloud-lab/dashboards/{config.name}/{name}/status"
            if running and report.dashboard_link
            else None
        ),
    )
    return Seen(cluster, dict(report.options or {}))


def pending(config: GatewayConfig, entry: Entry) -> Cluster:
    """Give the record of a cluster that the gateway has just accepted."""
    return Cluster(
        gateway=config.name,
        name=entry.name,
        region=config.region,
        status="PENDING",
        minimum=entry.minimum,
        maximum=entry.maximum,
        dataset=entry.dataset,
        started=entry.started,
    )


def adopt(config: GatewayConfig, report: ClusterReport, username: str) -> Entry:
    """Begin to remember a cluster that the lab has not started; its bounds are not known."""
    return Entry(
        gateway=config.name,
        name=report.name,
        username=username,
        minimum=0,
        maximum=1,
        applied=False,
        message="",
        dataset=None,
        started=report.start_time.timestamp(),
    )


def why_over(gateway: str, report: ClusterReport) -> str:
    """Say that a cluster is over, why as far as is known, and what to do."""
    if report.status is ClusterStatus.FAILED:
        return (
            f"{report.name} failed on {gateway}; the gateway does not say why, its log does. "
            "Start another, or ask its administrator."
        )
    return f"{report.name} on {gateway} was stopped; start another."


def reusable(
    reports: Iterable[ClusterReport],
    entries: Mapping[str, Entry],
    options: Mapping[str, Any],
    dataset: str | None,
) -> ClusterReport | None:
    """Find a cluster that will do instead of a new one.

    Parameters
    ----------
    reports : iterable of ClusterReport
    entries : mapping
        The book: only clusters in it are the lab's.
    options : mapping
        What it must have been started with.
    dataset : str or None
        What it had best been started for.

    Returns
    -------
    ClusterReport or None
        Among several for the dataset, or several for others, the latest.
    """
    fitting = [
        report
        for report in reports
        if report.name in entries
        and report.status in ACTIVE
        and all((report.options or {}).get(name) == value for name, value in options.items())
    ]
    return max(
        fitting,
        key=lambda report: (
            dataset is not None and entries[report.name].dataset == dataset,
            report.start_time,
        ),
        default=None,
    )


async def count(
    connection: GatewayConnection, upstream: str, before: Counts | None
) -> Counts | None:
    """Ask a cluster's scheduler what it has, through its dashboard.

    Parameters
    ----------
    connection : GatewayConnection
    upstream : str
        As :func:`dashboard_upstream` gives it.
    before : Counts, optional
        The last answer. The page that tells the memory names every worker, so it is read only
        when workers or cores are others than then.

    Returns
    -------
    Counts or None
        None if the dashboard cannot be asked.
    """
    page = await connection.get_json(f"{upstream}/json/counts.json", COUNTS_DEADLINE)
    match page:
        case {"workers": int(workers), "cores": int(cores)}:
            pass
        case _:
            return None
    if before and before.memory is not None and (before.workers, before.cores) == (workers, cores):
        return before
    return Counts(
        workers,
        cores,
        _memory(await connection.get_json(f"{upstream}/json/identity.json", COUNTS_DEADLINE)),
    )


def _memory(page: Any) -> int | None:
    """Add up what the workers may use; a worker without a limit makes the sum unknown."""
    workers = page.get("workers") if isinstance(page, dict) else None
    if not isinstance(workers, dict):
        return None
    limits = [
        worker.get("memory_limit") if isinstance(worker, dict) else None
        for worker in workers.values()
    ]
    whole = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    return sum(whole) if len(whole) == len(limits) else None

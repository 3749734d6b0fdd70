"""What is said of a cluster: the gateway's report, the book, and live counts in one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways.connection import check_name
from multicloud_lab.gateways.counts import Counts
from multicloud_lab.gateways.entries import Entry
from multicloud_lab.records import Cluster, Connection

ACTIVE = (ClusterStatus.PENDING, ClusterStatus.RUNNING)
"""The states of a cluster that can be used, now or soon."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What is known of the use of a cluster.

    Parameters
    ----------
    idle_since, stops_at : float or None
        Seconds since 1970.
    worker_seconds : float or None
    """

    idle_since: float | None = None
    stops_at: float | None = None
    worker_seconds: float | None = None


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
    *,
    owner: str = "",
    activity: Activity | None = None,
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
    owner : str
        Who is signed in: nobody sees the clusters of others.
    activity : Activity, optional
        What is known of its use.
    """
    activity = activity or Activity()
    name, running = report.name, report.status is ClusterStatus.RUNNING
    message = _remarks(config, entry)
    if report.status is ClusterStatus.FAILED:
        ran = activity.worker_seconds is not None or (entry is not None and entry.applied)
        message = why_over(config.name, report, ran=ran)
    cluster = Cluster(
        gateway=config.name,
        name=name,
        region=config.region,
        status=report.status.name,
        message=message,
        workers=counts.workers if counts else None,
        cores=counts.cores if counts else None,
        memory=counts.memory if counts else None,
        tasks=counts.tasks if counts else None,
        minimum=entry.minimum if entry else None,
        maximum=entry.maximum if entry else None,
        dataset=entry.dataset if entry else None,
        started=report.start_time.timestamp(),
        ours=entry.ours if entry else False,
        owner=owner,
        idle_since=activity.idle_since,
        stops_at=activity.stops_at,
        idle_minutes=config.idle_limit(entry.idle_minutes) if entry and entry.ours else None,
        worker_seconds=activity.worker_seconds,
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
        message=_remarks(config, entry),
        minimum=entry.minimum,
        maximum=entry.maximum,
        dataset=entry.dataset,
        started=entry.started,
        ours=True,
        owner=entry.username,
        idle_minutes=config.idle_limit(entry.idle_minutes),
    )


def _remarks(config: GatewayConfig, entry: Entry | None) -> str:
    """Say what of that which was asked for it does not have."""
    if entry is None:
        return ""
    asked, limit = entry.idle_minutes, config.idle_limit(entry.idle_minutes)
    idle = f"stopped after {limit:g} min without work, the most that the administrator allows"
    return "; ".join(
        remark for remark in (entry.message, "" if asked in (None, limit) else idle) if remark
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
        ours=False,
    )


def why_over(gateway: str, report: ClusterReport, *, ran: bool = False) -> str:
    """Say that a cluster is over, why as far as is known, and what to do.

    Parameters
    ----------
    gateway : str
    report : ClusterReport
    ran : bool
        Whether it was seen at work.
    """
    if report.status is ClusterStatus.FAILED:
        when, way_out = "", "Start another, or ask its administrator."
        if report.stop_time is not None:
            lasted = (report.stop_time - report.start_time).total_seconds()
            when = f" after {lasted:.0f} s" if lasted < 120 else f" after {lasted / 60:.0f} min"
        if ran:
            return (
                f"{report.name} failed on {gateway}{when}: it ran, and then its scheduler was "
                f"lost (out of memory, killed, or its machine taken away). {way_out}"
            )
        return (
            f"{report.name} failed on {gateway}{when}; the gateway does not say why, its log "
            f"does. {way_out}"
        )
    return f"{report.name} on {gateway} was stopped; start another."


def has_options(report: ClusterReport, options: Mapping[str, Any]) -> bool:
    """Say whether a cluster was started with these options, whatever else it has."""
    return all((report.options or {}).get(name) == value for name, value in options.items())


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
        The book, which says what is the lab's.
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
        and entries[report.name].ours
        and report.status in ACTIVE
        and has_options(report, options)
    ]
    return max(
        fitting,
        key=lambda report: (
            dataset is not None and entries[report.name].dataset == dataset,
            report.start_time,
        ),
        default=None,
    )


def connection_to(cluster: Cluster, report: ClusterReport) -> Connection:
    """Give what a kernel needs to reach a running cluster; the report has its TLS pair."""
    return Connection(
        cluster=cluster,
        scheduler_address=report.scheduler_address,
        dashboard_link=report.dashboard_link,
        tls_cert=report.tls_cert,
        tls_key=report.tls_key,
    )

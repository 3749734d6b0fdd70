"""What is learnt by asking a provider where a bucket is, and who can be asked."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from multicloud_lab.regions import Region

Outcome = Literal["found", "missing", "refused", "silent"]


@dataclass(frozen=True, slots=True)
class Probed:
    """What a provider said of one bucket.

    Parameters
    ----------
    outcome : {"found", "missing", "refused", "silent"}
        It said where the bucket is; there is none; it will not tell; it gave no usable answer.
    region : Region, optional
        None also for a bucket that was found in a place that is no region known here.
    also : tuple of Region
        Other regions that hold all the bytes as well, of a bucket that is kept twice.
    detail : str
        In words, without the time.
    asked : float
        When, seconds since 1970.
    """

    outcome: Outcome
    region: Region | None = None
    also: tuple[Region, ...] = ()
    detail: str = ""
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer over HTTP; ``body`` is its beginning, in bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What a prober is given.

    Parameters
    ----------
    bucket : str
        Its plain name, valid by the provider's rules.
    endpoint : str
        Of a store that the administrator configured in the provider's place; mostly empty.
    options : mapping
        The administrator's fsspec options for the bucket.
    environ : mapping of str
    ask : callable
        ``await ask(method, url, headers)``: one request, to the provider or the endpoint only.
    """

    bucket: str
    endpoint: str
    options: Mapping[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    ask: Callable[[str, str, Mapping[str, str]], Awaitable[Reply]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderProbe:
    """How one provider is asked where a bucket is.

    Parameters
    ----------
    provider : str
        Its name among the providers of regions.
    scheme : str
        Of its buckets' normal form.
    names : re.Pattern
        What a bucket of it can be called.
    endpoint : callable
        Gives the endpoint that options or, second, an environment name; empty if none.
    signed : callable
        Whether options or an environment hold credentials that may be used.
    probe : callable
        Asks; anonymously first.
    """

    provider: str
    scheme: str
    names: re.Pattern[str]
    endpoint: Callable[[Mapping[str, Any], Mapping[str, str]], str]
    signed: Callable[[Mapping[str, Any], Mapping[str, str]], bool]
    probe: Callable[[Question], Awaitable[Probed]]


PROBES: dict[str, ProviderProbe] = {}


def register(probe: ProviderProbe) -> ProviderProbe:
    """Make a provider's probe known; the last one of a scheme counts."""
    PROBES[probe.scheme] = probe
    return probe


def prober_of(bucket: str) -> tuple[ProviderProbe, str] | None:
    """Give who can be asked about ``s3://bucket``, and its plain name; None if nobody can."""
    scheme, _, name = bucket.partition("://")
    probe = PROBES.get(scheme)
    return (probe, name) if probe is not None and probe.names.fullmatch(name) else None


def ago(seconds: float) -> str:
    """Say how long ago something was."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count > 0:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"

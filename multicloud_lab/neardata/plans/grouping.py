"""Which region an object reads in: the one that something near it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multicloud_lab.errors import MixedRegionsError, RegionUnknownError
from multicloud_lab.neardata.plans.siting import Locate
from multicloud_lab.neardata.reading.sources import Sources, find_sources
from multicloud_lab.records import Location
from multicloud_lab.regions import Region


@dataclass(frozen=True, slots=True)
class ReadIn:
    """Where an object reads.

    Parameters
    ----------
    region : Region or None
        ``None`` is here, in this process: there is nothing to be near.
    urls : frozenset of str
        What the object reads.
    """

    region: Region | None
    urls: frozenset[str] = frozenset()


def places(objects: Mapping[str, Any], locate: Locate) -> list[ReadIn]:
    """Find the region of each of several objects, all URLs located at once.

    Parameters
    ----------
    objects : mapping of str to object
        Lazy objects by the name that an error calls them.
    locate : callable
        Says where URLs' bytes are, in the order asked.

    Raises
    ------
    MixedRegionsError
        An object reads from several regions.
    RegionUnknownError
        An object reads from somewhere that nobody has said the region of.
    """
    sources = {name: find_sources(value) for name, value in objects.items()}
    urls = sorted({url for found in sources.values() for url in found.urls})
    located = dict(zip(urls, locate(urls), strict=True)) if urls else {}
    return [_place(name, found, located) for name, found in sources.items()]


def _place(name: str, sources: Sources, located: Mapping[str, Location]) -> ReadIn:
    if sources.unknown:
        tasks = ", ".join(sorted(sources.unknown)[:3])
        raise RegionUnknownError(
            f"It cannot be told where {name} reads: {tasks}. Say where to compute it with "
            "near=…, which takes a dataset's id, a URL or a region."
        )
    regions: dict[Region | None, list[str]] = {}
    for url in sorted(sources.urls):
        region = located[url].region
        if region is None and not url.startswith("file://"):
            raise RegionUnknownError(
                f"{name} reads {url}, and nobody has said in which region that is. Add it to "
                "`regions` in the configuration of MulticloudLab, or say near=… (a dataset's id, "
                "a URL or a region)."
            )
        regions.setdefault(region, []).append(url)
    if len(regions) > 1:
        listed = " and ".join(
            f"{_name(region)} ({', '.join(found[:2])}{', …' if len(found) > 2 else ''})"
            for region, found in regions.items()
        )
        raise MixedRegionsError(
            f"{name} mixes regions: it reads in {listed}. Reduce each part by itself, compute the "
            "parts together with mcl.compute(part, part), then combine the small results."
        )
    return ReadIn(next(iter(regions), None), sources.urls)


def _name(region: Region | None) -> str:
    return "this machine" if region is None else str(region)

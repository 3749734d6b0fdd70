"""The known regions together: reading a name, what contains what, how far, and at what price."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from math import asin, cos, radians, sin, sqrt

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import providers as _providers  # noqa: F401  (they register themselves)
from multicloud_lab.regions.provider import PROVIDERS, Kind, Place, Price, Provider
from multicloud_lab.regions.region import Region, Relation

_EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class KnownRegion:
    """A region that a provider has, for people and for maps; degrees north and east."""

    region: Region
    title: str
    kind: Kind
    latitude: float | None
    longitude: float | None


def all_regions() -> list[KnownRegion]:
    """List every region of every provider, by provider; ``local`` ones have no list."""
    return [
        KnownRegion(
            Region(provider.name, place.name),
            place.title,
            place.kind,
            place.latitude,
            place.longitude,
        )
        for provider in PROVIDERS.values()
        for place in provider.places
    ]


def parse_region(text: str) -> Region:
    """Read a region as people write it.

    Parameters
    ----------
    text : str
        ``provider:name``; case does not matter, the provider may be left out where only one has
        such a region, and its common other names (``google``, ``s3``, …) and Azure's names with
        spaces are understood.

    Raises
    ------
    UnknownRegionError
        No provider has it; the message suggests a close one.
    """
    said = text.strip().lower()
    prefix, colon, rest = said.partition(":")
    prefix, rest = (prefix.strip(), rest.strip()) if colon else ("", said)
    names = {rest, re.sub(r"\s+", "", rest)}
    if colon:
        candidates = [p for p in PROVIDERS.values() if prefix in (p.name, *p.aliases)]
        if not candidates:
            known = ", ".join(PROVIDERS)
            raise UnknownRegionError(
                f"{text!r} is not a region: {prefix!r} is no provider; there are {known}."
            )
    else:
        candidates = [p for p in PROVIDERS.values() if not p.any_name]
    found = {
        Region(provider.name, name)
        for provider in candidates
        for name in names
        if not provider.any_name and provider.place(name) is not None
    }
    if len(found) == 1:
        return found.pop()
    if found:
        either = " or ".join(repr(str(region)) for region in sorted(found))
        raise UnknownRegionError(f"{text!r} is a region of several providers; write {either}.")
    if colon and candidates[0].any_name:
        return Region.from_text(f"{candidates[0].name}:{rest}")
    raise UnknownRegionError(f"{text!r} is not a known region; {_suggestion(candidates, rest)}")


def _suggestion(candidates: list[Provider], name: str) -> str:
    near = {
        close: f"{provider.name}:{close}"
        for provider in candidates
        for close in get_close_matches(name, provider.by_name, n=1, cutoff=0.7)
    }
    best = get_close_matches(name, near, n=1, cutoff=0.0)
    if best:
        return f"did you mean {near[best[0]]!r}?"
    return "write provider:name, as in 'aws:us-west-2', or 'local:name' for one in no cloud."


def _place(region: Region) -> Place | None:
    provider = PROVIDERS.get(region.provider)
    return None if provider is None else provider.place(region.name)


def contains(outer: Region, inner: Region) -> bool:
    """Say whether a multi- or dual-region may keep its bytes in a region."""
    place = _place(outer)
    return place is not None and outer.provider == inner.provider and inner.name in place.members


def relation(data: Region | None, gateway: Region) -> Relation:
    """Say how the region of data and the region of a gateway stand to each other."""
    if data is None:
        return Relation.UNKNOWN
    if data == gateway:
        return Relation.SAME_REGION
    if contains(data, gateway):
        return Relation.CONTAINED
    # Two local places have nothing in common but that they are in no cloud.
    if data.provider == gateway.provider and data.provider != "local":
        return Relation.SAME_PROVIDER
    return Relation.OTHER_PROVIDER


def price_per_gb(source: Region | None, destination: Region | None) -> Price | None:
    """Give the list price of moving a GB between two regions.

    Parameters
    ----------
    source : Region or None
        Where the bytes are; None: not known.
    destination : Region or None
        Where they are read; None: outside every cloud.

    Returns
    -------
    Price or None
        USD per GB, with the source and the date of the figure; None where it is not known.
        A read in the same region is free; a NAT gateway and crossing zones are not counted.
    """
    if source is None:
        return None
    if source == destination:
        return Price(0.0, 0.0, "same region", "2026-10-01")
    place = _place(source)
    if place is None:
        return None
    provider = PROVIDERS[source.provider]
    if destination is None or destination.provider != source.provider:
        return provider.internet(place)
    other = _place(destination)
    return None if other is None else provider.between(place, other)


def internet_price(source: Region | None) -> Price | None:
    """Give the list price of moving a GB out of a region to a laptop."""
    return price_per_gb(source, None)


def distance_km(one: Region, other: Region) -> float | None:
    """Give the great-circle distance between two regions in km, or None if one has no place.

    A multi- or dual-region is as near as the nearest of its members.
    """
    if one == other:
        return 0.0
    ends = [
        [(p.latitude, p.longitude) for p in _points(region) if p.latitude is not None]
        for region in (one, other)
    ]
    distances = [_haversine(a, b) for a in ends[0] for b in ends[1]]
    return min(distances, default=None)


def _points(region: Region) -> list[Place]:
    place = _place(region)
    if place is None:
        return []
    members = [_place(Region(region.provider, name)) for name in place.members]
    return [member for member in members if member is not None] or [place]


def _haversine(a: tuple[float | None, float | None], b: tuple[float | None, float | None]) -> float:
    lat_a, lon_a, lat_b, lon_b = (radians(value or 0.0) for value in (*a, *b))
    chord = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(chord))

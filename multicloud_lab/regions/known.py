"""The known regions together: which there are, what contains what, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from multicloud_lab.regions import providers as _providers  # noqa: F401  (they register themselves)
from multicloud_lab.regions.provider import PROVIDERS, Kind, Place
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
    members: tuple[Region, ...] = ()


def all_regions() -> list[KnownRegion]:
    """List every region of every provider, by provider; ``local`` ones have no list."""
    return [
        KnownRegion(
            Region(provider.name, place.name),
            place.title,
            place.kind,
            place.latitude,
            place.longitude,
            tuple(sorted(Region(provider.name, name) for name in place.members)),
        )
        for provider in PROVIDERS.values()
        for place in provider.places
    ]


def place_of(region: Region) -> Place | None:
    """Give what its provider says of a region, or None if it knows none such."""
    provider = PROVIDERS.get(region.provider)
    return None if provider is None else provider.place(region.name)


def members(region: Region) -> frozenset[Region]:
    """Give the regions that a multi- or dual-region may keep its bytes in; none for others."""
    place = place_of(region)
    names = frozenset[str]() if place is None else place.members
    return frozenset(Region(region.provider, name) for name in names)


def contains(outer: Region, inner: Region) -> bool:
    """Say whether a multi- or dual-region may keep its bytes in a region."""
    place = place_of(outer)
    return place is not None and outer.provider == inner.provider and inner.name in place.members


_CONTINENTS = {"us-government": "north-america", "eu-sovereign": "europe", "china": "asia"}


def continent(region: Region) -> str | None:
    """Give the part of the world that a region is in, by one word for all providers."""
    place = place_of(region)
    return _CONTINENTS.get(place.area, place.area) or None if place is not None else None


def covers(outer: Region, inner: Region) -> bool:
    """Say whether a region is another one, or a multi- or dual-region around it."""
    return outer == inner or contains(outer, inner)


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


@lru_cache(maxsize=4096)
def distance_km(one: Region, other: Region) -> float | None:
    """Give the great-circle distance between two regions in km, or None if one has no place.

    A multi- or dual-region is as near as the nearest of its members.
    """
    if one == other:
        return 0.0
    distances = [_haversine(a, b) for a in _points(one) for b in _points(other)]
    return min(distances, default=None)


def _points(region: Region) -> list[tuple[float, float]]:
    """Give the latitudes and longitudes that a region is at."""
    places = [place_of(one) for one in members(region) or {region}]
    return [
        (place.latitude, place.longitude)
        for place in places
        if place is not None and place.latitude is not None and place.longitude is not None
    ]


def _haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    lat_a, lon_a, lat_b, lon_b = (radians(degrees) for degrees in (*a, *b))
    chord = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(chord))

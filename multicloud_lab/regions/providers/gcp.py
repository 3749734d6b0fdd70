"""Google Cloud: its regions, the multi- and dual-regions of its buckets, and its list prices."""

from __future__ import annotations

import re

from multicloud_lab.regions.provider import Place, Provider, register
from multicloud_lab.regions.rates import Rate

_REGIONS = (
    Place("us-central1", "Iowa", "north-america", 41.3, -95.9),
    Place("us-central2", "Oklahoma", "north-america", 36.3, -95.3),
    Place("us-east1", "South Carolina", "north-america", 33.2, -80.0),
    Place("us-east4", "N. Virginia", "north-america", 39.0, -77.5, aliases=("Northern Virginia",)),
    Place("us-east5", "Columbus", "north-america", 40.0, -83.0),
    Place("us-east7", "Alabama", "north-america", 34.9, -85.7),
    Place("us-south1", "Dallas", "north-america", 32.8, -96.8),
    Place("us-west1", "Oregon", "north-america", 45.6, -121.2),
    Place("us-west2", "Los Angeles", "north-america", 34.1, -118.2),
    Place("us-west3", "Salt Lake City", "north-america", 40.8, -111.9),
    Place("us-west4", "Las Vegas", "north-america", 36.2, -115.1),
    Place("us-west8", "Phoenix", "north-america", 33.4, -112.1),
    Place("northamerica-northeast1", "Montréal", "north-america", 45.5, -73.6),
    Place("northamerica-northeast2", "Toronto", "north-america", 43.7, -79.4),
    Place("northamerica-south1", "Mexico", "north-america", 20.6, -100.4),
    Place("southamerica-east1", "São Paulo", "south-america", -23.5, -46.6),
    Place("southamerica-west1", "Santiago", "south-america", -33.4, -70.7),
    Place("europe-central2", "Warsaw", "europe", 52.2, 21.0),
    Place("europe-north1", "Finland", "europe", 60.6, 27.2),
    Place("europe-north2", "Stockholm", "europe", 59.3, 18.1),
    Place("europe-southwest1", "Madrid", "europe", 40.4, -3.7),
    Place("europe-west1", "Belgium", "europe", 50.4, 3.8),
    Place("europe-west2", "London", "europe", 51.5, -0.1),
    Place("europe-west3", "Frankfurt", "europe", 50.1, 8.7),
    Place("europe-west4", "Netherlands", "europe", 53.4, 6.8),
    Place("europe-west6", "Zurich", "europe", 47.4, 8.5),
    Place("europe-west8", "Milan", "europe", 45.5, 9.2),
    Place("europe-west9", "Paris", "europe", 48.9, 2.4),
    Place("europe-west10", "Berlin", "europe", 52.5, 13.4),
    Place("europe-west12", "Turin", "europe", 45.1, 7.7),
    Place("africa-south1", "Johannesburg", "africa", -26.2, 28.0),
    Place("me-central1", "Doha", "middle-east", 25.3, 51.5),
    Place("me-central2", "Dammam", "middle-east", 26.4, 50.1),
    Place("me-west1", "Tel Aviv", "middle-east", 32.1, 34.8),
    Place("asia-east1", "Taiwan", "asia", 24.1, 120.5),
    Place("asia-east2", "Hong Kong", "asia", 22.3, 114.2),
    Place("asia-northeast1", "Tokyo", "asia", 35.7, 139.7),
    Place("asia-northeast2", "Osaka", "asia", 34.7, 135.5),
    Place("asia-northeast3", "Seoul", "asia", 37.6, 127.0),
    Place("asia-south1", "Mumbai", "asia", 19.1, 72.9),
    Place("asia-south2", "Delhi", "asia", 28.6, 77.2),
    Place("asia-southeast1", "Singapore", "asia", 1.4, 103.8),
    Place("asia-southeast2", "Jakarta", "asia", -6.2, 106.8),
    Place("asia-southeast3", "Bangkok", "asia", 13.8, 100.5),
    Place("australia-southeast1", "Sydney", "oceania", -33.9, 151.2),
    Place("australia-southeast2", "Melbourne", "oceania", -37.8, 145.0),
)
_BY_NAME = {place.name: place for place in _REGIONS}


def _names(prefix: str, *but: str) -> frozenset[str]:
    return frozenset(p.name for p in _REGIONS if p.name.startswith(prefix) and p.name not in but)


def _pair(name: str, one: str, other: str) -> Place:
    """Make a dual-region of two regions."""
    title = f"{_BY_NAME[one].title} and {_BY_NAME[other].title}"
    area = _BY_NAME[one].area
    return Place(name, title, area, kind="dual-region", members=frozenset((one, other)))


_LARGER = (
    Place("us", "United States", "north-america", kind="multi-region", members=_names("us-")),
    # The EU multi-region keeps to member states of the union.
    Place(
        "eu",
        "European Union",
        "europe",
        kind="multi-region",
        members=_names("europe-", "europe-west2", "europe-west6"),
    ),
    Place("asia", "Asia", "asia", kind="multi-region", members=_names("asia-")),
    # All that are predefined: https://cloud.google.com/storage/docs/locations, 2026-05-16.
    _pair("nam4", "us-central1", "us-east1"),
    _pair("eur4", "europe-north1", "europe-west4"),
    _pair("eur5", "europe-west1", "europe-west2"),
    _pair("eur7", "europe-west2", "europe-west3"),
    _pair("eur8", "europe-west3", "europe-west6"),
    _pair("asia1", "asia-northeast1", "asia-northeast2"),
)
_PREDEFINED = {place.members: place for place in _LARGER if place.kind == "dual-region"}


def _configured(name: str) -> Place | None:
    """Give a bucket's own pair of regions, as ``us-east1_us-west1``; ``+`` or ``,`` will do.

    The API says of such a bucket the multi-region, and the two regions beside it.
    """
    pair = sorted(re.split(r" ?[_+,] ?", name))
    if len(pair) != 2 or pair[0] == pair[1] or not set(pair) <= _BY_NAME.keys():
        return None
    if _BY_NAME[pair[0]].area != _BY_NAME[pair[1]].area:
        return None
    return _PREDEFINED.get(frozenset(pair)) or _pair("_".join(pair), *pair)


# Read on the page as it was on 2026-05-16; the steps of 0.12 to 0.08 and those within and between
# North America and Europe again on 2026-10-01.
_SOURCE = "https://cloud.google.com/storage/pricing"
_READ = "2026-05-16"
_READ_AGAIN = "2026-10-01"

_AREAS = (
    "north-america",
    "europe",
    "asia",
    "indonesia",
    "oceania",
    "middle-east",
    "south-america",
    "africa",
)
# USD per GB from the area of the row to the areas in the order above.
_MATRIX = {
    "north-america": (0.02, 0.05, 0.08, 0.10, 0.10, 0.11, 0.14, 0.11),
    "europe": (0.05, 0.02, 0.08, 0.10, 0.10, 0.11, 0.14, 0.11),
    "asia": (0.08, 0.08, 0.08, 0.10, 0.10, 0.11, 0.14, 0.11),
    "indonesia": (0.10, 0.10, 0.10, None, 0.08, 0.11, 0.14, 0.14),
    "oceania": (0.10, 0.10, 0.10, 0.08, 0.08, 0.11, 0.14, 0.14),
    "middle-east": (0.11, 0.11, 0.11, 0.11, 0.11, 0.08, 0.14, 0.11),
    "south-america": (0.14, 0.14, 0.14, 0.14, 0.14, 0.14, 0.14, 0.14),
    "africa": (0.11, 0.11, 0.11, 0.14, 0.14, 0.11, 0.14, None),
}
_ALLOWANCE = 100.0  # GB a month to each kind of destination, but not to China or Australia
_WITH_ALLOWANCE = ("us-west1", "us-central1", "us-east1")


def _areas(place: Place) -> tuple[str, ...]:
    """Give the areas that the matrix may mean for a place."""
    if place.name == "asia-southeast2":
        return ("indonesia",)
    if place.name == "northamerica-south1":  # the page does not say which
        return ("north-america", "south-america")
    return (place.area,)


def _between(source: Place, destination: Place) -> Rate | None:
    # Reading a dual-region from one of its two regions is free; a multi-region never is
    # (since October 2022), not even from a region inside it.
    if source.kind == "dual-region" and destination.name in source.members:
        return Rate.flat(0.0, source=_SOURCE, date=_READ)
    prices = [
        price
        for origin in _areas(source)
        for area in _areas(destination)
        if (price := _MATRIX[origin][_AREAS.index(area)]) is not None
    ]
    if not prices:
        return None
    again = {*_areas(source), *_areas(destination)} <= {"north-america", "europe"}
    rate = Rate.flat(
        min(prices),
        max(prices),
        source=_SOURCE,
        date=_READ_AGAIN if again else _READ,
        note="" if len(prices) == 1 else "not verified: which area Mexico is in",
    )
    return _with_allowance(rate, source)


_WORLD = Rate.steps(
    (0.0, 0.12),
    (10_240.0, 0.11),
    (153_600.0, 0.08),
    source=_SOURCE,
    date=_READ_AGAIN,
    note="the Premium tier; up to $0.19 to Australia and $0.23 to China",
)
_AUSTRALIA = Rate.steps(
    (0.0, 0.19), (10_240.0, 0.18), (153_600.0, 0.15), source=_SOURCE, date=_READ
)
_CHINA = Rate.steps((0.0, 0.23), (1_024.0, 0.22), (10_240.0, 0.20), source=_SOURCE, date=_READ)


def _internet(source: Place, destination: Place | None) -> Rate | None:
    """Go by the destination: the price is the same from everywhere."""
    area = destination.area if destination else ""
    if area == "oceania":
        return _AUSTRALIA
    return _CHINA if area == "china" else _with_allowance(_WORLD, source)


def _with_allowance(rate: Rate, source: Place) -> Rate:
    free_gb = _ALLOWANCE if source.name in _WITH_ALLOWANCE else 0.0
    return Rate(rate.tiers, rate.source, rate.date, free_gb, rate.note)


register(
    Provider(
        "gcp",
        "Google Cloud",
        (*_REGIONS, *_LARGER),
        between=_between,
        internet=_internet,
        aliases=("google", "gs", "gcs"),
        zone=r"([a-z0-9-]+)-[a-f]",
        unlisted=_configured,
    )
)

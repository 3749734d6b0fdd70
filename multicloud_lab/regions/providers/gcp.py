"""Google Cloud: its regions, the multi- and dual-regions of its buckets, and its list prices."""

from __future__ import annotations

from multicloud_lab.regions.provider import Place, Price, Provider, register

_SOURCE = "https://cloud.google.com/storage/pricing"
_DATE = "2026-10-01"

_REGIONS = (
    Place("us-central1", "Iowa", "north-america", 41.3, -95.9),
    Place("us-east1", "South Carolina", "north-america", 33.2, -80.0),
    Place("us-east4", "N. Virginia", "north-america", 39.0, -77.5),
    Place("us-east5", "Columbus", "north-america", 40.0, -83.0),
    Place("us-south1", "Dallas", "north-america", 32.8, -96.8),
    Place("us-west1", "Oregon", "north-america", 45.6, -121.2),
    Place("us-west2", "Los Angeles", "north-america", 34.1, -118.2),
    Place("us-west3", "Salt Lake City", "north-america", 40.8, -111.9),
    Place("us-west4", "Las Vegas", "north-america", 36.2, -115.1),
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


def _names(prefix: str, *but: str) -> frozenset[str]:
    return frozenset(p.name for p in _REGIONS if p.name.startswith(prefix) and p.name not in but)


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
    *(
        Place(name, title, area, kind="dual-region", members=frozenset(pair))
        for name, title, area, pair in (
            ("nam4", "Iowa and South Carolina", "north-america", ("us-central1", "us-east1")),
            ("eur4", "Netherlands and Finland", "europe", ("europe-west4", "europe-north1")),
            ("eur5", "Belgium and London", "europe", ("europe-west1", "europe-west2")),
            ("eur7", "London and Frankfurt", "europe", ("europe-west2", "europe-west3")),
            ("eur8", "Frankfurt and Zurich", "europe", ("europe-west3", "europe-west6")),
            ("asia1", "Tokyo and Osaka", "asia", ("asia-northeast1", "asia-northeast2")),
        )
    ),
)


def _between(source: Place, destination: Place) -> Price | None:
    # Reading a dual-region from one of its two regions is free; a multi-region never is
    # (since October 2022), not even from a region inside it.
    if source.kind == "dual-region" and destination.name in source.members:
        return Price(0.0, 0.0, _SOURCE, _DATE)
    areas = {source.area, destination.area}
    if areas in ({"north-america"}, {"europe"}):
        return Price(0.02, 0.02, _SOURCE, _DATE)
    if areas == {"north-america", "europe"}:
        return Price(0.05, 0.05, _SOURCE, _DATE)
    # Known to be more than the step before; no more than the dearest way to the internet.
    return Price(0.05, 0.19, _SOURCE, _DATE)


def _internet(source: Place) -> Price | None:
    """Give the range of the Premium tier's volume steps; Standard is .085 at the top."""
    if source.area == "oceania":
        return Price(0.19, 0.19, _SOURCE, _DATE)
    return Price(0.08, 0.12, _SOURCE, _DATE)


register(
    Provider(
        "gcp",
        "Google Cloud",
        (*_REGIONS, *_LARGER),
        between=_between,
        internet=_internet,
        aliases=("google", "gs", "gcs"),
    )
)

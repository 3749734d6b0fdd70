"""Datasets beside gateways: which gateway is near the bytes, at what price, and why."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from multicloud_lab.config import GatewayConfig
from multicloud_lab.records import Location, Placement, PriceRange
from multicloud_lab.regions import (
    Price,
    Region,
    Relation,
    distance_km,
    price_per_gb,
    relation,
)

_ORDER = {kind: place for place, kind in enumerate(Relation)}


def rank(
    locations: Sequence[Location],
    gateways: Sequence[GatewayConfig],
    *,
    home: Region | None,
    dataset: str | None = None,
) -> list[Placement]:
    """Rank the gateways for data, the nearest first.

    Parameters
    ----------
    locations : sequence of Location
        Where the data are, one for each replica; each gateway gets the best of them.
    gateways : sequence of GatewayConfig
    home : Region or None
        Where the results go: of gateways that are equally near, the one at home comes first.
    dataset : str, optional
        Id of the data, if they are a dataset.

    Returns
    -------
    list of Placement
        One for each gateway: by relation, then price, then distance, then in the order configured.
        Data of no known region are ``unknown`` to every gateway.
    """
    replicas = list(locations) or [Location(url="")]
    ranked = []
    for gateway in gateways:
        rated = [(_rating(location, gateway, home), location) for location in replicas]
        rating, location = min(rated, key=lambda pair: pair[0])
        ranked.append((rating, location, gateway))
    ranked.sort(key=lambda triple: triple[0])
    return [_placement(location, gateway, dataset) for _, location, gateway in ranked]


def _rating(location: Location, gateway: GatewayConfig, home: Region | None) -> tuple[float, ...]:
    """Give what gateways are sorted by: the smaller, the nearer."""
    price = price_per_gb(location.region, gateway.region)
    km = None if location.region is None else distance_km(location.region, gateway.region)
    return (
        _ORDER[relation(location.region, gateway.region)],
        inf if price is None else price.low,
        inf if price is None else price.high,
        inf if km is None else km,
        0.0 if gateway.region == home else 1.0,
    )


def _placement(location: Location, gateway: GatewayConfig, dataset: str | None) -> Placement:
    price = price_per_gb(location.region, gateway.region)
    return Placement(
        dataset=dataset,
        url=location.url,
        region=location.region,
        gateway=gateway.name,
        gateway_region=gateway.region,
        relation=relation(location.region, gateway.region),
        price=None
        if price is None
        else PriceRange(low=price.low, high=price.high, source=price.source, date=price.date),
        why=_why(location, gateway, price, dataset),
    )


def _why(
    location: Location, gateway: GatewayConfig, price: Price | None, dataset: str | None
) -> str:
    name = dataset.rpartition("/")[2] if dataset else location.url
    if location.region is None:
        return (
            f"Nobody says in which region {name or 'this'} is: give its catalog entry a region in "
            "its metadata (region: gcp:us-central1), or add its URL to MulticloudLab.regions."
        )
    evidence = f" ({location.detail})" if location.detail else ""
    where = f"{name} is in {location.region}{evidence}" if name else f"{location.region} is wanted"
    match relation(location.region, gateway.region):
        case Relation.SAME_REGION:
            return f"{where}; {gateway.name} is in the same region, so nothing leaves it."
        case Relation.CONTAINED:
            return (
                f"{where}; {gateway.name} is in {gateway.region}, inside it; "
                f"reading costs {_cost(price)}."
            )
        case Relation.SAME_PROVIDER:
            return (
                f"{where}; {gateway.name} is in {gateway.region}, another region of the same "
                f"provider, so all that is read leaves its region, at {_cost(price)}."
            )
        case _:
            return (
                f"{where}; {gateway.name} is in {gateway.region}, with another provider, so all "
                f"that is read crosses the internet, at {_cost(price)}."
            )


def _cost(price: Price | None) -> str:
    if price is None:
        return "a price that is not known"
    low, high = _dollars(price.low), _dollars(price.high)
    amount = low if low == high else f"{low} to {high}"
    return f"{amount} per GB (list price of {price.date})"


def _dollars(amount: float) -> str:
    cents = f"{amount:.2f}"
    return f"${cents}" if float(cents) == amount else f"${amount:.3g}"

"""Datasets beside gateways: which gateway is near the bytes, at what price, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from multicloud_lab.config import GatewayConfig
from multicloud_lab.records import Placement, PriceRange, Replica
from multicloud_lab.regions import (
    LIST_PRICES,
    Evidence,
    Price,
    PriceList,
    Region,
    Relation,
    distance_km,
    relation,
)

_RELATIONS = {kind: place for place, kind in enumerate(Relation)}
_EVIDENCE = {kind: place for place, kind in enumerate(Evidence)}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a gateway stands now, for choosing between two that are equally near.

    Parameters
    ----------
    running : bool
        Whether the lab has a cluster there.
    signed_in : bool
        Whether the lab is signed in there.
    """

    running: bool = False
    signed_in: bool = False


_IDLE = Standing()


def rank(
    replicas: Sequence[Replica],
    gateways: Sequence[GatewayConfig],
    *,
    home: Region | None,
    prices: PriceList = LIST_PRICES,
    standing: Mapping[str, Standing] = MappingProxyType({}),
    dataset: str | None = None,
) -> list[Placement]:
    """Rank the gateways for data, the nearest first.

    Parameters
    ----------
    replicas : sequence of Replica
        Where the data are; each gateway gets the best of them.
    gateways : sequence of GatewayConfig
    home : Region or None
        Where the results go.
    prices : PriceList, optional
        What leaving a region costs this lab; the list prices by default.
    standing : mapping of str to Standing, optional
        By the gateways' names; one that is not there has no cluster and no sign-in.
    dataset : str, optional
        Id of the data, if they are a dataset.

    Returns
    -------
    list of Placement
        One for each gateway: by relation, then by the most that a GB may cost, then the least,
        then by distance. Of gateways that are equally near the one with a running cluster comes
        first, then one that is signed in, then one at home, then the one configured first. Data
        of no known region are ``unknown`` to every gateway. The order of the replicas does not
        matter.
    """
    beside = [
        min(
            (_Beside.of(replica, gateway, prices) for replica in replicas or [Replica(url="")]),
            key=_Beside.preference,
        )
        for gateway in gateways
    ]

    def order(place: int) -> tuple[float, ...]:
        gateway = gateways[place]
        stands = standing.get(gateway.name, _IDLE)
        away = gateway.region != home
        return (*beside[place].nearness, not stands.running, not stands.signed_in, away, place)

    return [beside[place].placement(dataset) for place in sorted(range(len(gateways)), key=order)]


@dataclass(frozen=True, slots=True)
class _Beside:
    """One replica beside one gateway."""

    replica: Replica
    gateway: GatewayConfig
    relation: Relation
    price: Price | None
    km: float | None

    @classmethod
    def of(cls, replica: Replica, gateway: GatewayConfig, prices: PriceList) -> _Beside:
        source, destination = replica.region, gateway.region
        return cls(
            replica,
            gateway,
            relation(source, destination),
            prices.per_gb(source, destination, requester_pays=replica.requester_pays),
            None if source is None else distance_km(source, destination),
        )

    @property
    def nearness(self) -> tuple[float, ...]:
        """How near it is: the smaller, the nearer."""
        return (
            _RELATIONS[self.relation],
            inf if self.price is None else self.price.high,
            inf if self.price is None else self.price.low,
            inf if self.km is None else self.km,
        )

    def preference(self) -> tuple[float | str, ...]:
        """Give what replicas are sorted by for one gateway, to the last difference that shows."""
        replica = self.replica
        return (
            *self.nearness,
            replica.requester_pays,
            len(replica.contradicted),
            _EVIDENCE[replica.evidence],
            replica.url,
            str(replica.region),
            replica.detail,
            " ".join(map(str, replica.contradicted)),
        )

    def placement(self, dataset: str | None) -> Placement:
        price = self.price
        return Placement(
            dataset=dataset,
            url=self.replica.url,
            region=self.replica.region,
            gateway=self.gateway.name,
            gateway_region=self.gateway.region,
            relation=self.relation,
            price=None if price is None else price_range(price),
            why=self._why(dataset),
        )

    def _why(self, dataset: str | None) -> str:
        replica = self.replica
        name = dataset.rpartition("/")[2] if dataset else replica.url
        if replica.region is None:
            said = " or ".join(map(str, replica.contradicted))
            unclear = f"Sources disagree ({said})" if said else "Nobody says"
            return (
                f"{unclear} in which region {name or 'this'} is: give its catalog entry a region "
                "in its metadata (region: gcp:us-central1), or add its URL to "
                "MulticloudLab.regions."
            )
        # That a prefix is in the region need not be said twice in one sentence.
        detail = replica.detail.removesuffix(f" is in {replica.region}")
        evidence = "; ".join(part for part in (detail, *_doubts(replica)) if part)
        where = f"{name} is in {replica.region}" if name else f"{replica.region} is wanted"
        where += f" ({evidence})" if evidence else ""
        beside = f"{self.gateway.name} is in {self.gateway.region}"
        match self.relation:
            case Relation.SAME_REGION:
                requests = ", but you pay for its requests" if replica.requester_pays else ""
                return (
                    f"{where}; {self.gateway.name} is in the same region, "
                    f"so nothing leaves it{requests}."
                )
            case Relation.CONTAINED:
                return f"{where}; {beside}, inside it; reading costs {_amount(self.price)}."
            case Relation.SAME_PROVIDER:
                return (
                    f"{where}; {beside}, another region of the same provider, so all that is read "
                    f"leaves its region, at {_amount(self.price)}."
                )
            case _:
                return (
                    f"{where}; {beside}, with another provider, so all that is read crosses the "
                    f"internet, at {_amount(self.price)}."
                )


def price_range(price: Price) -> PriceRange:
    """Give the record of a price."""
    return PriceRange(
        low=price.low,
        high=price.high,
        source=price.source,
        date=price.date,
        payer=price.payer,
    )


def _doubts(replica: Replica) -> list[str]:
    """Say what others say of the region, unless the evidence does already."""
    return [
        f"another source says {other}"
        for other in replica.contradicted
        if str(other) not in replica.detail
    ]


def _amount(price: Price | None) -> str:
    if price is None:
        return "a price that is not known"
    low, high = _dollars(price.low), _dollars(price.high)
    amount = low if low == high else f"{low} to {high}"
    kind = (
        f"agreed: {price.source}, {price.date}" if price.agreed else f"list price of {price.date}"
    )
    if price.payer == "nobody" and not price.agreed:
        return f"nothing ({kind})"
    payer = {"nobody": "", "you": ", which you pay", "owner": ", which its owner pays"}[price.payer]
    return f"{amount} per GB ({kind}){payer}"


def _dollars(amount: float) -> str:
    cents = f"{amount:.2f}"
    return f"${cents}" if float(cents) == amount else f"${amount:.3g}"

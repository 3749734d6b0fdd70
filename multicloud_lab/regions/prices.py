"""The price list of a lab: the providers' rates, and what the lab agreed with them instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from multicloud_lab.regions.known import place_of
from multicloud_lab.regions.provider import PROVIDERS
from multicloud_lab.regions.rates import Cost, Payer, Price, Rate
from multicloud_lab.regions.region import Region

_GB = 1e9
_INTERNET = "internet"
_FREE = Rate.flat(0.0, source="no bytes leave the region", date="2026-10-01")
_LEFT_OUT = (
    "Not counted: requests, NAT gateways, crossing zones, retrieval from colder storage classes, "
    "discounts and taxes."
)


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """A price that somebody agreed with a provider, in place of the list's.

    Parameters
    ----------
    source, destination : str
        Patterns of regions, as ``aws:*``; for the destination also ``internet``, which is
        whatever the source's provider has to leave for.
    low, high : float
        USD per GB.
    basis : str
        What it rests on, for people.
    date : str
        From when it is, ISO 8601.
    """

    source: str
    destination: str
    low: float
    high: float
    basis: str
    date: str

    def covers(self, source: Region, destination: Region | None) -> bool:
        """Say whether it holds between two regions; a destination of None is a laptop."""
        if not fnmatchcase(str(source), self.source):
            return False
        if self.destination == _INTERNET:
            return _leaves(source, destination)
        return fnmatchcase(str(destination or _INTERNET), self.destination)


@dataclass(frozen=True, slots=True)
class PriceList:
    """What moving bytes between any two regions costs.

    Parameters
    ----------
    agreed : sequence of AgreedPrice
        The first that covers a move replaces the list price.
    waivers : collection of str
        Providers that waive egress to the internet for this lab. An academic waiver covers up to
        15 % of a month's bill, so only the low end of a range becomes 0.
    """

    agreed: Sequence[AgreedPrice] = ()
    waivers: Collection[str] = field(default=())

    def per_gb(
        self, source: Region | None, destination: Region | None, *, requester_pays: bool = False
    ) -> Price | None:
        """Give the price of moving a GB, over all volumes.

        Parameters
        ----------
        source : Region or None
            Where the bytes are; None: not known.
        destination : Region or None
            Where they are read; None: outside every cloud.
        requester_pays : bool
            Whether the bucket charges its readers.

        Returns
        -------
        Price or None
            None where nobody knows it.
        """
        found = self._rate(source, destination)
        if found is None or source is None:
            return None
        rate, agreed = found
        return Price(
            low=0.0 if self._waived(source, destination) else rate.low,
            high=rate.high,
            source=rate.source,
            date=rate.date,
            payer=_payer(rate.high, requester_pays),
            agreed=agreed,
        )

    def cost(
        self,
        source: Region | None,
        destination: Region | None,
        size: int,
        *,
        requester_pays: bool = False,
    ) -> Cost | None:
        """Give what moving some bytes costs.

        Parameters
        ----------
        source, destination, requester_pays
            As for :meth:`per_gb`.
        size : int
            Bytes, 0 or more.

        Returns
        -------
        Cost or None
            USD; None where nobody knows the price.
        """
        found = self._rate(source, destination)
        if found is None or source is None:
            return None
        rate, agreed = found
        low, high = rate.cost(size / _GB)
        waived = self._waived(source, destination)
        if waived:
            low = 0.0
        per_gb = (low * _GB / size, high * _GB / size) if size else (rate.low, rate.high)
        price = Price(
            low=round(per_gb[0], 9),
            high=round(per_gb[1], 9),
            source=rate.source,
            date=rate.date,
            payer=_payer(rate.high, requester_pays),
            agreed=agreed,
        )
        detail = f"{_explain(rate, agreed=agreed, waived=waived)} {_LEFT_OUT}"
        return Cost(low, high, price, detail)

    def _rate(self, source: Region | None, destination: Region | None) -> tuple[Rate, bool] | None:
        """Give the rate of a move, and whether it was agreed."""
        if source is None:
            return None
        if source == destination:
            return _FREE, False
        for agreed in self.agreed:
            if agreed.covers(source, destination):
                flat = Rate.flat(agreed.low, agreed.high, source=agreed.basis, date=agreed.date)
                return flat, True
        place = place_of(source)
        if place is None:
            return None
        provider = PROVIDERS[source.provider]
        other = None if destination is None else place_of(destination)
        if destination is None or _leaves(source, destination):
            rate = provider.internet(place, other)
        else:
            rate = None if other is None else provider.between(place, other)
        return None if rate is None else (rate, False)

    def _waived(self, source: Region, destination: Region | None) -> bool:
        return source.provider in self.waivers and _leaves(source, destination)


LIST_PRICES = PriceList()


def _leaves(source: Region, destination: Region | None) -> bool:
    """Say whether bytes leave the provider; two local places have none in common."""
    return destination is None or destination.provider != source.provider


def _payer(high: float, requester_pays: bool) -> Payer:
    if high == 0:
        return "nobody"
    return "you" if requester_pays else "owner"


def _explain(rate: Rate, *, agreed: bool, waived: bool) -> str:
    """Say how the ends of a range come about."""
    if rate.high == 0 and not agreed:
        return f"Free: {rate.source}."
    kind = "Price agreed" if agreed else "List price"
    said = [f"{kind} ({rate.source}, {rate.date})"]
    first, last = rate.tiers[0], rate.tiers[-1]
    if len(rate.tiers) > 1:
        said.append(
            f"${first.high:g} per GB at first, ${last.low:g} beyond {last.above_gb:,.0f} GB a month"
        )
    elif first.low == first.high:
        said.append(f"${first.high:g} per GB")
    else:
        said.append(f"${first.low:g} to ${first.high:g} per GB")
    if waived:
        said.append("the low end is 0, as an egress waiver covers up to 15 % of a month's bill")
    else:
        accounts = ["already beyond that"] if len(rate.tiers) > 1 else []
        if rate.free_gb:
            accounts.append(f"with the month's {rate.free_gb:g} free GB unused")
        if accounts:
            said.append(f"the low end is of an account {' or '.join(accounts)}")
    if rate.note:
        said.append(rate.note)
    return f"{said[0]}: {'; '.join(said[1:])}."

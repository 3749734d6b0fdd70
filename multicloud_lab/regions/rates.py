"""What leaving a region costs: a rate with its volume steps, and the range that bytes fall in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Literal, Self

Payer = Literal["nobody", "you", "owner"]


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a rate.

    Parameters
    ----------
    above_gb : float
        GB of one month after which it holds.
    low, high : float
        USD per GB; they differ where the figure itself is only known to lie between them.
    """

    above_gb: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """One row of a price list.

    Parameters
    ----------
    tiers : tuple of Tier
        From 0 GB on; each is cheaper than the one before, as the ends of the range rely on it.
    source : str
        Where the figures are from.
    date : str
        When they were read there, ISO 8601.
    free_gb : float
        GB of each month that an account does not pay for.
    note : str
        What else there is to know, as "not verified".
    """

    tiers: tuple[Tier, ...]
    source: str
    date: str
    free_gb: float = 0.0
    note: str = ""

    @classmethod
    def flat(
        cls, low: float, high: float | None = None, *, source: str, date: str, note: str = ""
    ) -> Self:
        """Make a rate of one price, or of one range, for any volume."""
        return cls((Tier(0.0, low, low if high is None else high),), source, date, note=note)

    @classmethod
    def steps(
        cls,
        *steps: tuple[float, float],
        source: str,
        date: str,
        free_gb: float = 0.0,
        note: str = "",
    ) -> Self:
        """Make a rate of (GB of the month, USD per GB beyond it), from 0 on."""
        return cls(tuple(Tier(gb, usd, usd) for gb, usd in steps), source, date, free_gb, note)

    @property
    def low(self) -> float:
        """USD per GB on the cheapest step."""
        return min(tier.low for tier in self.tiers)

    @property
    def high(self) -> float:
        """USD per GB on the dearest step."""
        return max(tier.high for tier in self.tiers)

    def cost(self, gb: float) -> tuple[float, float]:
        """Give the least and the most that some GB can cost, whatever else moved this month.

        Parameters
        ----------
        gb : float
            GB that move at once.

        Returns
        -------
        low : float
            USD, for an account that has its whole free allowance left, or one that has moved so
            much that it is on the cheapest step. As steps only fall, nothing in between is less.
        high : float
            USD, for an account that has used its allowance up and is on the dearest step.
        """
        lows, highs = ([t.low for t in self.tiers], [t.high for t in self.tiers])
        fresh = self._sum(max(0.0, gb - self.free_gb), lows)
        return min(fresh, self.low * gb), self._sum(gb, highs)

    def _sum(self, paid_gb: float, prices: list[float]) -> float:
        """Add up the steps of the GB that come right after the free ones."""
        edges = [*(max(0.0, tier.above_gb - self.free_gb) for tier in self.tiers), inf]
        return sum(
            max(0.0, min(paid_gb, upper) - lower) * price
            for (lower, upper), price in zip(pairwise(edges), prices, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a GB, or the range it lies in.

    Parameters
    ----------
    low, high : float
        USD per GB (10^9 bytes; a provider that bills by 2^30 bytes bills up to 7 % less).
    source : str
        Where the figure is from.
    date : str
        When it was read there, ISO 8601.
    payer : str
        ``you`` if the reader is asked to pay, else the ``owner`` of the bucket; ``nobody`` if it
        is free.
    agreed : bool
        Whether it was agreed with the provider, rather than a list price.
    """

    low: float
    high: float
    source: str
    date: str
    payer: Payer = "owner"
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What moving bytes costs.

    Parameters
    ----------
    low, high : float
        USD in all.
    price : Price
        Per GB of these bytes.
    detail : str
        How the range comes about, and what it leaves out.
    """

    low: float
    high: float
    price: Price
    detail: str

    @property
    def payer(self) -> Payer:
        """Who pays."""
        return self.price.payer

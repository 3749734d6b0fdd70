"""Prices of the moves of a plan: asked for all at once, then shared out by bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from multicloud_lab.neardata.plans.plan import Amount
from multicloud_lab.records import Quote
from multicloud_lab.regions import Region

GB = 10**9
"""Bytes of what prices are per."""

Ask = tuple[Region | None, Region | None, int]
"""A move whose price is asked for: from where, to where (None: outside every cloud), bytes."""
Quotes = Callable[[Sequence[Ask]], Sequence[Quote | None]]
"""Gives the price of each of some moves; None where nobody knows it."""


@dataclass(frozen=True, slots=True)
class PerByte:
    """What a byte of a move costs, in USD; None where nobody knows it."""

    low: float | None
    high: float | None
    date: str = ""


_FREE = PerByte(0.0, 0.0)


@dataclass(slots=True)
class Prices:
    """What moving bytes between regions costs, for volumes that are added up first.

    A price goes down with volume; asked for the sum of what crosses one border, it can be shared
    out by bytes, and the parts add up to the whole.

    Parameters
    ----------
    quotes : callable
    """

    quotes: Quotes
    _known: dict[Ask, PerByte] = field(init=False, default_factory=dict)

    def learn(self, asks: Sequence[Ask]) -> None:
        """Ask for several prices at once."""
        new = list(dict.fromkeys(ask for ask in asks if _charged(ask) and ask not in self._known))
        for ask, quote in zip(new, self.quotes(new) if new else (), strict=True):
            if quote is None or quote.low is None or quote.high is None:
                self._known[ask] = PerByte(None, None)
            else:
                date = quote.price.date if quote.price is not None else ""
                self._known[ask] = PerByte(quote.low / ask[2], quote.high / ask[2], date)

    def per_byte(self, ask: Ask) -> PerByte:
        """Give a price that has been asked for."""
        return self._known[ask] if _charged(ask) else _FREE

    def amount(self, ask: Ask, size: float | None = None, unknown: int = 0) -> Amount:
        """Price some bytes at the rate of a volume, by default that of the ask itself."""
        size = float(ask[2]) if size is None else size
        rate = self.per_byte(ask)
        if size == 0:
            return Amount(0.0, 0.0, 0.0, unknown)
        return Amount(
            size,
            None if rate.low is None else rate.low * size,
            None if rate.high is None else rate.high * size,
            unknown,
        )

    @property
    def dates(self) -> list[str]:
        """Dates of the prices that are not nothing."""
        return sorted({rate.date for rate in self._known.values() if rate.high and rate.date})


def _charged(ask: Ask) -> bool:
    """Say whether a move may be charged: bytes that leave a cloud are, those that enter are not."""
    source, destination, size = ask
    leaves = source is not None and source.provider != "local" and source != destination
    return leaves and size > 0

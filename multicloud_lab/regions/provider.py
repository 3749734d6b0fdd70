"""What a provider says of itself: its regions, which contain which, and its list prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["region", "multi-region", "dual-region", "local"]


@dataclass(frozen=True, slots=True)
class Price:
    """A list price of moving data out of a region, or the range it lies in.

    Parameters
    ----------
    low, high : float
        USD per GB (10^9 bytes), before any free tier, discount or waiver.
    source : str
        Where the figure is from.
    date : str
        When it was read there, ISO 8601.
    """

    low: float
    high: float
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Place:
    """One region of a provider.

    Parameters
    ----------
    name : str
        The provider's own name of it.
    title : str
        Human name.
    area : str
        The part of the world that prices go by.
    latitude, longitude : float, optional
        Degrees north and east of the city or state that the provider names, to about 1 degree.
    kind : str
        ``region``, ``multi-region``, ``dual-region`` or ``local``.
    members : frozenset of str
        Of a multi- or dual-region: names of the regions that it may keep the bytes in.
    """

    name: str
    title: str
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: Kind = "region"
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Provider:
    """A cloud, or what stands for none.

    Parameters
    ----------
    name : str
        The word before the colon of a region.
    title : str
        Human name.
    places : tuple of Place
    between : callable
        The price of a byte from one place to another of this provider; None if not known.
    internet : callable
        The price of a byte from a place to anywhere outside this provider; None if not known.
    aliases : tuple of str
        Other words for the provider that people write.
    any_name : bool
        Whether every name is a region of it.
    """

    name: str
    title: str
    places: tuple[Place, ...]
    between: Callable[[Place, Place], Price | None]
    internet: Callable[[Place], Price | None]
    aliases: tuple[str, ...] = ()
    any_name: bool = False
    by_name: Mapping[str, Place] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {place.name: place for place in self.places})

    def place(self, name: str) -> Place | None:
        """Give the place of a name, or None if the provider has none such."""
        known = self.by_name.get(name)
        if known is None and self.any_name:
            return Place(name, name, kind="local")
        return known


PROVIDERS: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Make a provider known; the last one of a name counts."""
    PROVIDERS[provider.name] = provider
    return provider

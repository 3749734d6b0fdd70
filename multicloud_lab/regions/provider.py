"""What a provider says of itself: its regions, which contain which, and its list prices."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from multicloud_lab.regions.rates import Rate

Kind = Literal["region", "multi-region", "dual-region", "local"]


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
        The part of the world that prices go by; the words are the same for every provider.
    latitude, longitude : float, optional
        Degrees north and east of the city or state that the provider names, to about 1 degree.
    kind : str
        ``region``, ``multi-region``, ``dual-region`` or ``local``.
    members : frozenset of str
        Of a multi- or dual-region: names of the regions that it may keep the bytes in.
    aliases : tuple of str
        Other names that the provider's pages, consoles or APIs have for it.
    """

    name: str
    title: str
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: Kind = "region"
    members: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()


def _no_place(name: str) -> Place | None:
    """Have no place beyond those listed."""
    return None


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
        The rate from one place to another of this provider; None if not known.
    internet : callable
        The rate from a place to one outside this provider, which is None if it is in no cloud;
        None if not known.
    aliases : tuple of str
        Other words for the provider that people write.
    zone : str
        Regular expression of a zone's name whose first group is the region that it is in; empty
        if zones have no names of their own.
    unlisted : callable
        The place of a name that is not in ``places``, for providers where such exist.
    """

    name: str
    title: str
    places: tuple[Place, ...]
    between: Callable[[Place, Place], Rate | None]
    internet: Callable[[Place, Place | None], Rate | None]
    aliases: tuple[str, ...] = ()
    zone: str = ""
    unlisted: Callable[[str], Place | None] = _no_place
    by_name: Mapping[str, Place] = field(init=False, repr=False)
    by_title: Mapping[str, Place] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {place.name: place for place in self.places})
        titles = {folded(t): place for place in self.places for t in (place.title, *place.aliases)}
        object.__setattr__(self, "by_title", titles)

    def place(self, name: str) -> Place | None:
        """Give the place of a name, or None if the provider has none such."""
        return self.by_name.get(name) or self.unlisted(name)


def folded(title: str) -> str:
    """Give what is left of a human name without case, accents, spaces and hyphens."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in " -_.,")


PROVIDERS: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Make a provider known; the last one of a name counts."""
    PROVIDERS[provider.name] = provider
    return provider

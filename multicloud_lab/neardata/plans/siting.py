"""Which place reads each source: the gateway beside it, or home where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.places import HOME, Place
from multicloud_lab.records import Location, Placement
from multicloud_lab.regions import Region, Relation

Locate = Callable[[Sequence[str]], Sequence[Location]]
"""Says where URLs' bytes are, in the order asked."""
Beside = Callable[[Sequence[Region]], Sequence[Placement | None]]
"""Gives the gateway nearest to each of some regions; None where there is none at all."""

_USABLE = (Relation.SAME_REGION, Relation.CONTAINED, Relation.SAME_PROVIDER)


@dataclass(frozen=True, slots=True)
class Site:
    """Where one source is, and what reads or writes it.

    Parameters
    ----------
    place : int
        Number of the place that reads it.
    region : Region or None
        Where its bytes are; None if that is not known, or on this machine.
    crosses : bool
        Whether what is read leaves that region.
    doubt : str
        Why it is read at home, or what is not known of it; empty if all is well.
    """

    place: int
    region: Region | None = None
    crosses: bool = False
    doubt: str = ""


@dataclass(slots=True)
class Sites:
    """Places that fill up as sources are put beside gateways.

    Parameters
    ----------
    home : Region or None
        Where the notebook runs.
    locate, beside : callable
    clusters : mapping of str to Place
        The clusters that this session has clients of, by the address of their scheduler.
    only : Place, optional
        Where everything is to run, whatever it reads.

    Attributes
    ----------
    places : list of Place
        The first is home.
    urls : dict
        What each place reads, by its number: URLs and their regions.
    """

    home: Region | None
    locate: Locate
    beside: Beside
    clusters: Mapping[str, Place] = field(default_factory=dict)
    only: Place | None = None
    places: list[Place] = field(init=False)
    urls: dict[int, dict[str, Region | None]] = field(init=False, default_factory=dict)
    _located: dict[str, Location] = field(init=False, default_factory=dict)
    _near: dict[Region, Placement | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = [Place(self.home)]

    def put(self, sources: Iterable[Source]) -> list[Site]:
        """Put sources beside gateways; what is not known yet of all of them is asked at once."""
        sources = list(sources)
        self._learn(url for source in sources for url in source.urls)
        # In an order of their own, so that places have the same numbers every time; results that
        # a certain cluster holds come first, for what is read beside it to be computed there.
        ordered = sorted(dict.fromkeys(sources), key=lambda s: (not s.cluster, s.urls, s.unknown))
        sited = {source: self._site(source) for source in ordered}
        for source, site in sited.items():
            read = self.urls.setdefault(site.place, {})
            read.update((url, self._located[url].region) for url in source.urls)
        return [sited[source] for source in sources]

    @property
    def default(self) -> int:
        """The number of the place of what reads nothing."""
        return HOME if self.only is None else self.number(self.only)

    def number(self, place: Place) -> int:
        """Give the number of a place, which may be new; a certain cluster of a gateway is one."""
        for number, known in enumerate(self.places):
            if known.gateway != place.gateway:
                continue
            if place.cluster and not known.cluster:
                self.places[number] = place
            if not place.cluster or self.places[number].cluster == place.cluster:
                return number
        self.places.append(place)
        return len(self.places) - 1

    # --- how it is done -----------------------------------------------------------------------

    def _learn(self, urls: Iterable[str]) -> None:
        new = sorted(set(urls) - self._located.keys())
        if new:
            self._located.update(zip(new, self.locate(new), strict=True))
        regions = {self._located[url].region for url in new} - {None} - self._near.keys()
        wanted = sorted((region for region in regions if region is not None), key=str)
        if wanted:
            self._near.update(zip(wanted, self.beside(wanted), strict=True))

    def _site(self, source: Source) -> Site:
        if source.cluster:
            return self._of_cluster(source)
        regions = {self._located[url].region: url for url in source.urls}
        if source.here:
            region = min(regions, key=str, default=None)
            return Site(HOME, region, crosses=region not in (None, self.home))
        if self.only is not None:
            return self._forced(source, regions)
        if source.unknown:
            return Site(HOME, doubt=f"It cannot be told where {source.unknown} reads; it runs here")
        sites = {self._of_region(region, url) for region, url in regions.items()}
        if len({site.place for site in sites}) > 1:
            listed = " and ".join(sorted(str(region) for region in regions))
            return Site(HOME, doubt=f"One task reads in {listed}; it runs here")
        return min(sites, key=lambda site: str(site.region), default=Site(HOME))

    def _of_region(self, region: Region | None, url: str) -> Site:
        if region is None:
            if url.startswith("file://"):
                return Site(HOME)
            return Site(
                HOME,
                crosses=True,
                doubt=f"Nobody has said in which region {url} is; it is read from here",
            )
        near = self._near[region]
        if near is None or near.relation not in _USABLE:
            return Site(
                HOME,
                region,
                crosses=region != self.home,
                doubt=f"No gateway is near {region}; what is there is read from here",
            )
        place = self.number(Place(near.gateway_region, near.gateway))
        crosses = near.relation is Relation.SAME_PROVIDER
        doubt = f"{near.gateway} is in another region than {region}" if crosses else ""
        return Site(place, region, crosses, doubt)

    def _of_cluster(self, source: Source) -> Site:
        place = self.clusters.get(source.cluster)
        if place is None:
            return Site(
                HOME,
                doubt="A result is on a cluster that this lab has no client of; it is fetched here",
            )
        return Site(self.number(place), place.region)

    def _forced(self, source: Source, regions: Mapping[Region | None, str]) -> Site:
        assert self.only is not None  # noqa: S101 - asked by the caller
        place = self.number(self.only)
        region = min(regions, key=str, default=None)
        here = any(url.startswith("file://") for url in source.urls)
        return Site(place, region, crosses=region != self.only.region and not here)

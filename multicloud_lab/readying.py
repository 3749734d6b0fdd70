"""From lazy objects to the clusters that may run them: planned, held to a budget, connected."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.beside import Beside
from multicloud_lab.clients import ClusterClient
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import LabInterface
from multicloud_lab.neardata.graphs.lowering import is_table, lowered
from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.measuring import ReadCounts
from multicloud_lab.neardata.places import HOME, Place
from multicloud_lab.neardata.plans.assignment import Assignment
from multicloud_lab.neardata.plans.budget import Policy, check_budget, check_policy
from multicloud_lab.neardata.plans.figures import task_words
from multicloud_lab.neardata.plans.plan import Plan
from multicloud_lab.neardata.plans.planning import make_plan
from multicloud_lab.neardata.plans.pricing import GB, Ask, Prices
from multicloud_lab.neardata.plans.siting import Sites
from multicloud_lab.neardata.reading.held_results import held_elsewhere
from multicloud_lab.neardata.reading.sources import find_reads
from multicloud_lab.neardata.running.execution import RunPlace
from multicloud_lab.regions import Region


@dataclass(frozen=True, slots=True)
class Limits:
    """What a computation may move.

    Parameters
    ----------
    egress_budget_usd : float or None
        None: the lab's own.
    policy : str
    unknown_bytes : float or None
        What to assume of results whose size cannot be told; None: they never cross a border.

    Raises
    ------
    InvalidInputError
        A value makes no sense; NaN, of which no comparison holds, is none.
    """

    egress_budget_usd: float | None = None
    policy: Policy = "global"
    unknown_bytes: float | None = None

    def __post_init__(self) -> None:
        check_policy(self.policy)
        for name in ("egress_budget_usd", "unknown_bytes"):
            value: Any = getattr(self, name)
            if value is not None and not (isinstance(value, Real) and float(value) >= 0):
                raise InvalidInputError(f"{name}={value!r} is no number, 0 or more.")


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be run, now that it may be.

    Parameters
    ----------
    places : sequence of RunPlace
        The first is home.
    counts : mapping of int to ReadCounts
        Of each place that is used, by its number.
    whole : sequence of int or None
        The one place of each object; None for one that is cut.
    plan : callable
        Makes the plan, if it was not needed before.
    assignment : Assignment or None
        The place of each task, if any object is cut.
    """

    places: Sequence[RunPlace]
    counts: Mapping[int, ReadCounts]
    whole: Sequence[int | None]
    plan: Callable[[], Plan]
    assignment: Assignment | None = None

    @property
    def place_of(self) -> Callable[[Hashable], int] | None:
        """Gives the place of a key."""
        return None if self.assignment is None else self.assignment.place_of

    @property
    def size_of(self) -> Callable[[Hashable], float] | None:
        """Gives the expected bytes of the result of a key."""
        return None if self.assignment is None else self.assignment.size_of


class Readying:
    """Plans, budgets and clusters of a lab's computations.

    Parameters
    ----------
    service : LabInterface
    loop : BackgroundLoop
        The loop that the service was made on.
    beside : Beside
        Its clusters.
    """

    def __init__(self, service: LabInterface, loop: BackgroundLoop, beside: Beside) -> None:
        self._service = service
        self._loop = loop
        self._beside = beside
        self._counts: dict[Any, ReadCounts] = {}
        self._status: r.LabStatus | None = None

    def plan(self, collections: Sequence[Any], near: Any, limits: Limits) -> Plan:
        """Plan what is to be computed; nothing is started."""
        return self._plan(collections, self._sites(near), limits)

    def ready(
        self, collections: Sequence[Any], near: Any, limits: Limits, *, stay: bool = False
    ) -> Ready:
        """Plan as far as is needed, hold it to the budget, and connect to the clusters.

        Parameters
        ----------
        collections : sequence of dask collection
        near : object or None
            What all of it is to be near.
        limits : Limits
        stay : bool
            Whether the results stay where they are computed.

        Raises
        ------
        OverBudgetError, MixedRegionsError
        """
        sites = self._sites(near)

        def planned() -> Plan:
            return self._plan(collections, sites, limits, stay=stay)

        sources = [[read.source for read in find_reads(each)] for each in collections]
        foreign = [held_elsewhere(each, sites.clusters) for each in sources]
        single = None if any(foreign) else self._whole(sources, sites)
        if single is not None and (
            stay or self._surely_allowed(collections, single, sites, limits)
        ):
            clusters = self._clusters(sites, near, set(single))
            if any(map(is_table, collections)):
                # Now: expressions are no good in the background, while somebody writes others.
                plan = planned()
                return Ready(*clusters, single, lambda: plan)
            return Ready(*clusters, single, planned)
        plan = planned()
        check_budget(plan, self._budget(limits), limits.policy)
        used = {place for each in plan.objects for place in each.places}
        used |= {reading.place for reading in plan.readings}
        # What a cluster of somebody else's holds is fetched from there, task by task.
        whole = [
            None if far else _only(each.places)
            for each, far in zip(plan.objects, foreign, strict=True)
        ]
        clusters = self._clusters(sites, near, used)
        return Ready(*clusters, whole, lambda: plan, plan.assignment)

    def _sites(self, near: Any) -> Sites:
        only = None
        if near is not None:
            query = r.NearQuery(near=self._beside.near(near))
            ranked = self._loop.run(self._service.placements_near(query))
            only = Place(ranked[0].gateway_region, ranked[0].gateway) if ranked else None
        return Sites(
            self._lab_status().home,
            self._beside.locate,
            self._nearest,
            self._beside.cluster_places(),
            only,
        )

    def _plan(
        self, collections: Sequence[Any], sites: Sites, limits: Limits, *, stay: bool = False
    ) -> Plan:
        return make_plan(
            {name: lowered(each) for name, each in named(collections).items()},
            sites,
            self.quotes,
            dataset_of=self._beside.dataset_of,
            unknown=limits.unknown_bytes,
            stay=stay,
        )

    def _whole(self, sources: Sequence[Sequence[Source]], sites: Sites) -> list[int] | None:
        """Give the one place of each object; None if one has several, or reads from afar."""
        sited = iter(sites.put([source for each in sources for source in each]))
        whole: list[int] = []
        for each in sources:
            mine = [next(sited) for _ in each]
            numbers = {site.place for site in mine} or {sites.default}
            if len(numbers) > 1 or any(site.crosses for site in mine):
                return None
            whole.append(numbers.pop())
        return whole

    def _surely_allowed(
        self, collections: Sequence[Any], whole: Sequence[int], sites: Sites, limits: Limits
    ) -> bool:
        """Say whether the results alone, which is all that moves, are within the budget."""
        sizes: dict[int, float] = {}
        for each, place in zip(collections, whole, strict=True):
            if place != HOME:
                sizes[place] = sizes.get(place, 0.0) + _known_bytes(each)
        prices = Prices(self.quotes)
        asks: dict[int, Ask] = {
            place: (sites.places[place].region, sites.home, GB) for place in sizes
        }
        prices.learn(list(asks.values()))
        rates = {place: prices.per_byte(ask).high or 0.0 for place, ask in asks.items()}
        return sum(size * rates[place] for place, size in sizes.items()) <= self._budget(limits)

    def _clusters(
        self, sites: Sites, near: Any, used: Collection[int]
    ) -> tuple[list[RunPlace], dict[int, ReadCounts]]:
        """Connect to a cluster in every place that is used, at once, and have reads counted."""
        away = {n: place for n, place in enumerate(sites.places) if n != HOME and n in used}
        known = {n: self._beside.client_at(place.cluster) for n, place in away.items()}
        wanted = {n: place for n, place in away.items() if known[n] is None}
        target = None if near is None else self._beside.near(near)
        wishes = [
            r.StartCluster(near=target or self._near(sites, n), gateway=place.gateway, reuse=True)
            for n, place in wanted.items()
        ]
        made = dict(zip(wanted, self._beside.connect(wishes), strict=True))
        clients: dict[int, ClusterClient | None] = {HOME: None, **known, **made}
        urls = {url for read in sites.urls.values() for url in read}
        counts = {n: self._counted(client, urls) for n, client in clients.items() if n in used}
        names = range(len(sites.places))
        return [RunPlace(_where(clients.get(n)), clients.get(n)) for n in names], counts

    def _near(self, sites: Sites, place: int) -> str:
        """Say what the cluster of a place is opened for: a dataset, if it is just one."""
        read = sites.urls.get(place, {})
        ids = {self._beside.dataset_of(url) for url in read}
        if len(ids) == 1 and (known := ids.pop()):
            return known
        return str(next(filter(None, read.values()), sites.places[place].region))

    def _counted(self, client: ClusterClient | None, urls: Iterable[str]) -> ReadCounts:
        counts = self._counts.setdefault(client, ReadCounts(client))
        counts.count(urls)
        return counts

    def _budget(self, limits: Limits) -> float:
        if limits.egress_budget_usd is not None:
            return limits.egress_budget_usd
        return self._lab_status().egress_budget_usd

    def _lab_status(self) -> r.LabStatus:
        if self._status is None:
            self._status = self._loop.run(self._service.status())
        return self._status

    def _nearest(self, regions: Sequence[Region]) -> list[r.Placement | None]:
        async def ranked() -> list[list[r.Placement]]:
            asked = (self._service.placements_near(r.NearQuery(near=str(x))) for x in regions)
            return await asyncio.gather(*asked)

        return [next(iter(each), None) for each in self._loop.run(ranked())]

    def quotes(self, asks: Sequence[Ask]) -> list[r.Quote | None]:
        """Give the price of each of some moves."""

        async def quoted() -> list[r.Quote]:
            queries = [
                r.PriceQuery(
                    source=str(source),
                    destination="" if destination is None else str(destination),
                    bytes=size,
                )
                for source, destination, size in asks
            ]
            return await asyncio.gather(*map(self._service.price, queries))

        return list(self._loop.run(quoted()))


def named(collections: Sequence[Any]) -> dict[str, Any]:
    """Name objects as a plan and an error call them."""
    found = {}
    for number, item in enumerate(collections, 1):
        name = getattr(item, "name", None)
        known = f" ({task_words(name)!r})" if isinstance(name, str) and name else ""
        found[f"object {number}{known}"] = item
    return found


def _known_bytes(collection: Any) -> float:
    """Give the size of an array or dataset; 0 of what does not tell, as a dataframe."""
    try:
        size = collection.nbytes
    except (AttributeError, NotImplementedError):
        return 0.0
    known = isinstance(size, int | float) and not math.isnan(size)  # It may be lazy itself.
    return float(size) if known else 0.0


def _only(places: Sequence[int]) -> int | None:
    return places[0] if len(places) == 1 else None


def _where(client: ClusterClient | None) -> str:
    if client is None:
        return "this process"
    cluster = client.cluster_record
    return f"{cluster.region}, on the cluster {cluster.name} of {cluster.gateway}"

"""Every catalog of the lab: read whole or kept as it was, its datasets located and indexed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from multicloud_lab import records as r
from multicloud_lab.catalogs import CatalogIndex, Copy, Entry, read_catalog
from multicloud_lab.config import CatalogConfig, LabConfig
from multicloud_lab.errors import CatalogError
from multicloud_lab.locations import Locator

CATALOG_DEADLINE = 30.0
"""Seconds that one catalog and its children may take to be read."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Catalog:
    """The last good reading of one catalog, and what went wrong since."""

    config: CatalogConfig
    entries: tuple[Entry, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shelves:
    """What one reading of all catalogs gave.

    Parameters
    ----------
    index : CatalogIndex
        Of all datasets.
    entries : mapping
        What the reader found, by the dataset's id.
    locator : Locator
        Knows what the catalogs declared, too.
    """

    index: CatalogIndex = field(default_factory=lambda: CatalogIndex({}))
    entries: Mapping[str, Entry] = field(default_factory=dict)
    locator: Locator = field(default_factory=lambda: Locator({}))


class Library:
    """The catalogs of a configuration, and what they hold.

    Parameters
    ----------
    config : LabConfig
    on_change : callable
        Told when everything has been read, on the event loop.
    """

    def __init__(self, config: LabConfig, on_change: Callable[[r.Change], None]) -> None:
        self._config = config
        self._on_change = on_change
        self._catalogs = [_Catalog(catalog) for catalog in config.catalogs]
        self._shelves = Shelves(locator=Locator(config.regions))
        self._reading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read every catalog, unless that is going on; one that fails keeps its copy."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_all())

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def shelves(self) -> Shelves:
        """Give what there is, once the reading that goes on has ended."""
        if self._reading is not None:
            await asyncio.shield(self._reading)
        return self._shelves

    def status(self) -> tuple[r.CatalogStatus, ...]:
        """Say how each catalog is."""
        return tuple(
            r.CatalogStatus(
                name=catalog.config.name,
                url=catalog.config.url,
                datasets=len(catalog.entries),
                problem=catalog.problem,
            )
            for catalog in self._catalogs
        )

    async def _read_all(self) -> None:
        self._catalogs = list(await asyncio.gather(*map(self._read_one, self._catalogs)))
        self._shelves = await asyncio.to_thread(_shelve, self._catalogs, self._config)
        self._on_change(r.Change(topic="datasets", action="refreshed"))

    async def _read_one(self, catalog: _Catalog) -> _Catalog:
        url = catalog.config.url
        try:
            entries = await asyncio.to_thread(
                read_catalog, url, options=self._config.options_for, deadline=CATALOG_DEADLINE
            )
        except CatalogError as error:
            return replace(catalog, problem=str(error))
        except Exception as error:  # noqa: BLE001 - a reader's mistake costs its catalog alone
            _log.exception("Catalog %s could not be read", catalog.config.name)
            return replace(catalog, problem=f"{url} cannot be read ({type(error).__name__}).")
        return replace(catalog, entries=tuple(entries), problem="")


def _shelve(catalogs: Sequence[_Catalog], config: LabConfig) -> Shelves:
    locator = Locator(config.regions)
    listed: dict[str, list[r.Dataset]] = {}
    entries: dict[str, Entry] = {}
    aliases: dict[str, str] = {}
    for catalog in catalogs:
        name = catalog.config.name
        listed[name] = []
        for entry in catalog.entries:
            dataset = _dataset(catalog.config, entry, locator)
            listed[name].append(dataset)
            entries[dataset.id] = entry
            aliases.update((f"{name}/{alias}", dataset.id) for alias in entry.aliases)
    return Shelves(CatalogIndex(listed, aliases=aliases), entries, locator)


def _dataset(catalog: CatalogConfig, entry: Entry, locator: Locator) -> r.Dataset:
    """Make the record of an entry: its own words, and where its bytes are."""
    replicas = tuple(_replica(catalog, copy, locator) for copy in entry.copies)
    best = next(
        (replica for replica in replicas if replica.region),
        replicas[0] if replicas else r.Replica(url=""),
    )
    return r.Dataset(
        id="/".join((catalog.name, *entry.path)),
        name=entry.name,
        title=entry.title,
        description=entry.description,
        catalog=catalog.name,
        format=entry.format,
        tags=entry.tags,
        variables=entry.variables,
        requester_pays=any(copy.requester_pays for copy in entry.copies),
        replicas=replicas,
        problem=entry.problem,
        url=best.url,
        region=best.region,
        evidence=best.evidence,
    )


def _replica(catalog: CatalogConfig, copy: Copy, locator: Locator) -> r.Replica:
    declared = copy.region or catalog.region
    if declared is not None and copy.url:
        locator.declare(copy.url, declared, f"declared by catalog {catalog.name}")
    location = locator.locate(copy.url, declared=declared)
    detail = " ".join(part for part in (copy.detail, location.detail) if part)
    return r.Replica(
        url=copy.url,
        region=location.region,
        evidence=location.evidence,
        detail=detail,
        requester_pays=copy.requester_pays,
    )

"""Every catalog of the lab: read whole or kept as it was, its datasets located and indexed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from multicloud_lab import records as r
from multicloud_lab.catalogs import CatalogIndex, Entry, RegistryRow, read_catalog
from multicloud_lab.config import CatalogConfig, LabConfig
from multicloud_lab.errors import CatalogError, InvalidInputError
from multicloud_lab.hosts import shown
from multicloud_lab.locations import Claim, Locator, Prober, normal_form
from multicloud_lab.regions import Evidence, Region

CATALOG_DEADLINE = 30.0
"""Seconds that one catalog and its children may take to be read."""

_HOSTED = ("http://", "https://", "file://")
_HOST_SLASHES = 2
"""Slashes of a host alone, as in https://host."""

_log = logging.getLogger(__name__)


class Library:
    """The catalogs and registries of a configuration, and what they hold.

    What was read is kept in the state directory: a lab that starts again shows it at once, reads
    everything anew beside that, and writes only what has changed.

    Parameters
    ----------
    config : LabConfig
    state_dir : Path or None
        Where the index and the answers of probes are kept; None: nowhere.
    on_change : callable
        Told when something has been read or located, on the event loop.
    """

    def __init__(
        self, config: LabConfig, state_dir: Path | None, on_change: Callable[[r.Change], None]
    ) -> None:
        self._config = config
        self._state_dir = state_dir
        self._on_change = on_change
        self._catalogs = {catalog.name: catalog for catalog in config.catalogs}
        self._registries = {
            url: CatalogConfig(name="registry", url=url) for url in config.registries
        }
        self._index: CatalogIndex | None = None
        self._complete = False
        self._locator = Locator(config.regions, listed=self._listed, options_for=config.options_for)
        self._prober = Prober(
            options_for=config.options_for,
            cache=state_dir / "probes.sqlite" if state_dir else None,
        )
        self._opening: asyncio.Task[CatalogIndex] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._elsewhere: Mapping[str, Sequence[str]] = {}

    def start(self) -> None:
        """Open the index and begin to read every catalog, unless that is going on."""
        if self._opening is None:
            self._opening = asyncio.create_task(asyncio.to_thread(self._open))
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_all())

    async def close(self) -> None:
        """Stop reading and probing."""
        tasks = [task for task in (self._reading, self._probing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._prober.aclose()
        if self._opening is not None:
            (index,) = await asyncio.gather(self._opening, return_exceptions=True)
            if isinstance(index, CatalogIndex):
                async with self._writing:
                    await asyncio.to_thread(index.close)

    async def index(self) -> CatalogIndex:
        """Give the index, once every catalog has a copy in it or was tried."""
        index = await self._opened()
        if self._reading is not None and self._reading.done():
            return index
        if not self._complete:  # What was just read has no regions before it is settled.
            await self.read()
        return index

    async def read(self) -> None:
        """Wait until the reading that goes on has ended."""
        if self._reading is not None:
            await asyncio.shield(self._reading)

    async def settled(self) -> None:
        """Wait until everything has been read, and the providers asked where the rest is."""
        await self.read()
        if self._probing is not None:
            await asyncio.shield(self._probing)

    async def add(self, catalog: CatalogConfig) -> None:
        """Read another catalog, and keep it until the lab is restarted.

        Raises
        ------
        InvalidInputError
            There is another catalog of that name.
        CatalogError
            It cannot be read.
        """
        known = self._catalogs.get(catalog.name)
        if known is not None and known.url != catalog.url:
            raise InvalidInputError(
                f"There is a catalog {catalog.name!r} already, at {shown(known.url)}; give this "
                "one another name."
            )
        index = await self.index()
        entries = await self._entries(catalog)
        if isinstance(entries, str):
            raise CatalogError(entries)
        self._catalogs[catalog.name] = catalog
        await self._keep(index, catalog, entries)
        self._on_change(r.Change(topic="datasets", action="refreshed"))
        if self._config.probe and (self._probing is None or self._probing.done()):
            self._probing = asyncio.create_task(self._probe_sites(index))

    async def locate(self, urls: Sequence[str]) -> list[r.Location]:
        """Say where URLs are, asking the providers where nobody else knows."""
        await self.index()
        await self._probe(urls)
        return await asyncio.to_thread(lambda: [self._locator.locate(url) for url in urls])

    # --- how it is done -----------------------------------------------------------------------

    async def _opened(self) -> CatalogIndex:
        assert self._opening is not None, "the library has not been started"  # noqa: S101
        return await asyncio.shield(self._opening)

    def _open(self) -> CatalogIndex:
        path = self._state_dir / "catalogs.sqlite" if self._state_dir else None
        index = CatalogIndex(path)
        index.keep_only(
            {catalog.name: catalog.url for catalog in self._catalogs.values()},
            registries={url: url for url in self._registries},
        )
        for url in self._registries:
            self._locator.replace_registry(url, _known(index.registry_rows(url)))
        prefixes = "\n".join(sorted(self._config.regions))
        index.reroot(hashlib.sha256(prefixes.encode()).hexdigest(), self._locator.root)
        self._index = index
        self._place(index)
        self._complete = all(status.read for status in index.statuses())
        return index

    async def _read_all(self) -> None:
        index = await self._opened()
        await asyncio.gather(
            *(self._read_registry(index, url) for url in self._registries),
            *(self._read_catalog(index, catalog) for catalog in self._catalogs.values()),
        )
        await self._settle(index)
        self._on_change(r.Change(topic="datasets", action="refreshed"))
        if self._config.probe and (self._probing is None or self._probing.done()):
            self._probing = asyncio.create_task(self._probe_sites(index))

    async def _read_catalog(self, index: CatalogIndex, catalog: CatalogConfig) -> None:
        entries = await self._entries(catalog)
        async with self._writing:
            if isinstance(entries, str):
                await asyncio.to_thread(index.failed, catalog.name, catalog.url, entries)
                return
        await self._keep(index, catalog, entries)

    async def _keep(
        self, index: CatalogIndex, catalog: CatalogConfig, entries: Sequence[Entry]
    ) -> None:
        async with self._writing:
            changed = await asyncio.to_thread(
                index.replace,
                catalog.name,
                catalog.url,
                _declared(entries, catalog.region),
                root_of=self._locator.root,
                at=time.time(),
            )
        if changed:
            await self._settle(index)

    async def _read_registry(self, index: CatalogIndex, url: str) -> None:
        entries = await self._entries(self._registries[url])
        async with self._writing:
            if isinstance(entries, str):
                await asyncio.to_thread(index.failed, url, url, entries, kind="registry")
                return
            rows = [
                (copy.url, copy.region, entry.title or entry.name)
                for entry in entries
                for copy in entry.copies
            ]
            await asyncio.to_thread(index.replace_registry, url, url, rows, at=time.time())
            self._locator.replace_registry(url, _known(rows))

    async def _entries(self, catalog: CatalogConfig) -> list[Entry] | str:
        """Read one catalog, or say in words why that failed."""
        try:
            return await asyncio.to_thread(
                read_catalog,
                catalog.url,
                options=self._config.options_for,
                deadline=CATALOG_DEADLINE,
            )
        except CatalogError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - a reader's mistake costs its catalog alone
            _log.exception("Catalog %s could not be read", catalog.name)
            return f"{catalog.url} cannot be read ({type(error).__name__})."

    async def _settle(self, index: CatalogIndex) -> bool:
        async with self._writing:
            return await asyncio.to_thread(self._place, index)

    def _place(self, index: CatalogIndex) -> bool:
        """Say where every site is, by all that is known now."""
        sites = index.sites()
        elsewhere: dict[str, list[str]] = {}
        for site in sites:
            if site.endpoint:
                elsewhere.setdefault(site.root.partition(" at ")[0], []).append(site.root)
        self._elsewhere = elsewhere
        located = {
            site.id: self._locator.locate(
                site.root,
                site.declared,
                evidence=Evidence.REGISTRY if site.registry else Evidence.CATALOG,
                endpoint=site.endpoint,
            )
            for site in sites
        }
        return index.settle(located)

    async def _probe_sites(self, index: CatalogIndex) -> None:
        roots = [site.root for site in await asyncio.to_thread(index.sites)]
        if await self._probe(roots) and await self._settle(index):
            self._on_change(r.Change(topic="datasets", action="located"))

    async def _probe(self, urls: Sequence[str]) -> bool:
        """Ask the providers where buckets are that nobody else puts anywhere."""
        if not self._config.probe:
            return False
        buckets = await asyncio.to_thread(self._locator.unsettled, urls)
        probed = await self._prober.probe(buckets) if buckets else {}
        for bucket, answer in probed.items():
            self._locator.learn(bucket, answer)
        return bool(probed)

    def _listed(self, urls: Sequence[str]) -> list[Claim]:
        """Say what the catalogs declare of some URLs; asked by the locator, in a thread."""
        if self._index is None:
            return []
        if urls and urls[0].startswith(_HOSTED):
            return _of_hosts(self._index, urls)
        said = self._index.declared_at(urls)
        if not said:
            # An object tells its URLs only: its bucket may be at an endpoint that a catalog names.
            at = [root for url in urls for root in self._elsewhere.get(url, ())]
            said = self._index.declared_at(at) if at else []
        return [
            Claim(region, Evidence.CATALOG, f"declared by catalog {catalog}")
            for catalog, region, _ in said
        ]


def _of_hosts(index: CatalogIndex, urls: Sequence[str]) -> list[Claim]:
    """Say what catalogs declare of a URL of a host, or above it: a host has no one region."""
    for url in urls:
        if url.count("/") <= _HOST_SLASHES:
            break
        with suppress(InvalidInputError):  # It has more words than can be looked for.
            found = index.search(r.DatasetQuery(text=url, limit=20)).items
            claims = [
                Claim(copy.region, Evidence.CATALOG, f"declared by catalog {dataset.catalog}")
                for dataset in found
                for copy in dataset.replicas
                if copy.region is not None
                and copy.evidence is Evidence.CATALOG
                and normal_form(copy.url).url == url
            ]
            if claims:
                return claims
    return []


def _known(rows: Iterable[RegistryRow]) -> Iterator[tuple[str, Region, str]]:
    """Give the rows of a registry that name a region."""
    return ((url, region, words) for url, region, words in rows if region is not None)


def _declared(entries: Sequence[Entry], region: Region | None) -> Sequence[Entry]:
    """Give the entries that declare no region the one of their whole catalog."""
    if region is None:
        return entries
    return [
        replace(
            entry,
            copies=tuple(
                copy if copy.region or copy.detail else replace(copy, region=region)
                for copy in entry.copies
            ),
        )
        for entry in entries
    ]

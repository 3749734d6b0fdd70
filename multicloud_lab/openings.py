"""One dataset: found by its id or address, and how it is opened and looked into."""

from __future__ import annotations

import asyncio

from multicloud_lab import records as r
from multicloud_lab.addressed import dataset_at, is_address, is_path, opening_at
from multicloud_lab.catalogs import Entry
from multicloud_lab.config import LabConfig
from multicloud_lab.errors import CatalogError
from multicloud_lab.inspection import covered, inspect
from multicloud_lab.library import Library
from multicloud_lab.places import Places


class Openings:
    """The datasets of a lab, one at a time.

    Parameters
    ----------
    config : LabConfig
    library : Library
    places : Places
    """

    def __init__(self, config: LabConfig, library: Library, places: Places) -> None:
        self._config = config
        self._library = library
        self._places = places

    async def dataset(self, dataset_id: str) -> r.Dataset:
        """Give one dataset; an address is one that no catalog lists.

        Raises
        ------
        DatasetNotFoundError
        """
        if not is_address(dataset_id):
            return await self._places.dataset(dataset_id)
        if is_path(dataset_id):
            return dataset_at(dataset_id, None)
        (location,) = await self._library.locate([dataset_id])
        return dataset_at(dataset_id, location)

    async def opening(self, dataset_id: str) -> tuple[r.Opening, Entry]:
        """Give how a dataset is opened, and what its catalog says of it.

        Raises
        ------
        CatalogError
            Its catalog does not say where it is.
        """
        dataset = await self.dataset(dataset_id)
        if dataset.problem:
            raise CatalogError(f"{dataset.id} cannot be opened: {dataset.problem}")
        if is_address(dataset_id):
            return opening_at(dataset, self._config)
        index = await self._library.index()
        entry = await asyncio.to_thread(index.entry, dataset.id)
        near = next(iter(self._places.rank(dataset)), None)
        url = near.url if near is not None and near.url else dataset.url
        opening = r.Opening(
            dataset=dataset,
            kind=entry.kind,
            url=url,
            catalog_url=entry.catalog_url,
            entry=entry.entry,
            driver=entry.driver,
            reading=dict(entry.reading),
            parameters=entry.parameters,
            storage_options=self._config.options_for(url),
            catalog_options=self._config.options_for(entry.catalog_url),
            untrusted=entry.untrusted,
        )
        return opening, entry

    async def structure(self, dataset_id: str) -> r.Structure:
        """Say what a dataset holds, from its metadata alone.

        Raises
        ------
        CatalogError, AccessDeniedError, DeadlineError, UnreadableDatasetError
        """
        opening, entry = await self.opening(dataset_id)
        if is_path(dataset_id):
            raise CatalogError(f"{dataset_id} is a file of the kernel's; only a kernel reads it.")
        return await asyncio.to_thread(inspect, opening, entry, self._config)

    async def covered(self, dataset_id: str) -> tuple[str, str] | None:
        """Say which days a dataset in Zarr covers; None if that cannot be told."""
        opening, entry = await self.opening(dataset_id)
        return await asyncio.to_thread(covered, opening, entry, self._config)

"""The commands ``datasets`` and ``locate``."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from multicloud_lab import records as r
from multicloud_lab.cli.lab import config_of, service_of
from multicloud_lab.cli.output import complain, say, write_json, write_table
from multicloud_lab.config import CatalogConfig, LabConfig
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import all_datasets
from multicloud_lab.regions import Region


def datasets(arguments: argparse.Namespace) -> int:
    """List the datasets of the configured catalogs and of those named."""
    config = config_of(arguments)
    config = replace(config, catalogs=_with(config.catalogs, arguments.catalogs))
    if not config.catalogs and not config.problems:
        raise InvalidInputError("Name a catalog file, or a configuration that has one (--config).")
    query = r.DatasetQuery(
        text=arguments.text,
        provider=tuple(arguments.provider),
        region=tuple(arguments.region),
        catalog=tuple(arguments.catalog),
        format=tuple(arguments.format),
        tag=tuple(arguments.tag),
        requester_pays=arguments.requester_pays,
        near=arguments.near,
    )
    if arguments.facets:
        page, status = asyncio.run(_facets(config, query))
        _write_facets(page, arguments)
    else:
        found, status = asyncio.run(_all_datasets(config, query))
        _write_datasets(found, arguments)
    problems = [f"{problem.key}: {problem.message}" for problem in status.problems]
    problems += [_words(catalog) for catalog in status.catalogs if catalog.problem]
    for problem in problems:
        complain(problem)
    return 1 if problems else 0


def _write_datasets(found: Sequence[r.DatasetRow], arguments: argparse.Namespace) -> None:
    if arguments.json:
        write_json([dataset.model_dump(mode="json") for dataset in found])
        return
    write_table(
        ("dataset", "region", "evidence", "format", ""),
        [
            (
                dataset.id,
                _where(dataset.region, dataset.replicas),
                str(dataset.evidence),
                dataset.format,
                f"! {dataset.problem}" if dataset.problem else _about(dataset),
            )
            for dataset in found
        ],
    )


def _write_facets(page: r.DatasetPage, arguments: argparse.Namespace) -> None:
    if arguments.json:
        write_json([facet.model_dump(mode="json") for facet in page.facets])
        return
    say(f"{page.total} datasets")
    write_table(
        ("facet", "count", "value"),
        [
            (facet.name, str(value.count), f"{value.value}  {value.title}".strip())
            for facet in page.facets
            for value in facet.values
        ],
    )


def locate(arguments: argparse.Namespace) -> int:
    """Say where URLs are."""
    config = config_of(arguments)

    async def ask() -> list[r.Location]:
        async with service_of(config) as service:
            return await service.locate(r.LocateQuery(url=tuple(arguments.urls)))

    found = asyncio.run(ask())
    if arguments.json:
        write_json([location.model_dump(mode="json") for location in found])
    else:
        rows = [(x.url, str(x.region or "?"), str(x.evidence), x.detail) for x in found]
        write_table(("url", "region", "evidence", "detail"), rows)
    return 0


async def _all_datasets(
    config: LabConfig, query: r.DatasetQuery
) -> tuple[list[r.DatasetRow], r.LabStatus]:
    async with service_of(config) as service:
        await service.settled()
        return await all_datasets(service, query), await service.status()


async def _facets(config: LabConfig, query: r.DatasetQuery) -> tuple[r.DatasetPage, r.LabStatus]:
    async with service_of(config) as service:
        await service.settled()
        page = await service.datasets(query.model_copy(update={"limit": 1}))
        return page, await service.status()


def _words(catalog: r.CatalogStatus) -> str:
    """Say what is wrong with a catalog, and what is shown in its stead."""
    if not catalog.stale or catalog.read is None:
        return catalog.problem
    read = datetime.fromtimestamp(catalog.read).astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{catalog.problem} What is shown of {catalog.name} was read at {read}."


def _where(region: Region | None, replicas: Sequence[r.Replica]) -> str:
    """Write a region, with a mark where another source says something else."""
    mark = " (!)" if any(replica.contradicted for replica in replicas) else ""
    more = f" +{len(replicas) - 1}" if len(replicas) > 1 else ""
    return f"{region or '?'}{more}{mark}"


def _with(configured: Sequence[CatalogConfig], files: Sequence[str]) -> tuple[CatalogConfig, ...]:
    """Give catalog files names of their own: their stem, or their folder if that says more."""
    catalogs = list(configured)
    for url in files:
        path = PurePosixPath(url)
        stem = path.parent.name if path.stem in ("catalog", "index") else path.stem
        base = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._") or "catalog"
        taken = {catalog.name for catalog in catalogs}
        numbered = (f"{base}-{i}" if i > 1 else base for i in range(1, len(taken) + 2))
        name = next(name for name in numbered if name not in taken)
        catalogs.append(CatalogConfig(name=name, url=url))
    return tuple(catalogs)


def _about(dataset: r.Dataset) -> str:
    pays = "[requester pays] " if dataset.requester_pays else ""
    return pays + (dataset.title or dataset.description)

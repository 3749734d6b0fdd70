"""The commands ``datasets`` and ``locate``."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from multicloud_lab import records as r
from multicloud_lab.cli.lab import config_of, service_of
from multicloud_lab.cli.output import complain, write_json, write_table
from multicloud_lab.config import CatalogConfig, LabConfig
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import all_datasets


def datasets(arguments: argparse.Namespace) -> int:
    """List the datasets of the configured catalogs and of those named."""
    config = config_of(arguments)
    config = replace(config, gateways=(), catalogs=_with(config.catalogs, arguments.catalogs))
    if not config.catalogs and not config.problems:
        raise InvalidInputError("Name a catalog file, or a configuration that has one (--config).")
    found, status = asyncio.run(_all_datasets(config, arguments.text, arguments.region))
    if arguments.json:
        write_json([dataset.model_dump(mode="json") for dataset in found])
    else:
        write_table(
            ("dataset", "region", "evidence", "format", ""),
            [
                (
                    dataset.id,
                    str(dataset.region or "?"),
                    str(dataset.evidence),
                    dataset.format,
                    f"! {dataset.problem}" if dataset.problem else _about(dataset),
                )
                for dataset in found
            ],
        )
    problems = [f"{problem.key}: {problem.message}" for problem in status.problems]
    problems += [catalog.problem for catalog in status.catalogs if catalog.problem]
    for problem in problems:
        complain(problem)
    return 1 if problems else 0


def locate(arguments: argparse.Namespace) -> int:
    """Say where URLs are."""
    config = replace(config_of(arguments), gateways=())

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
    config: LabConfig, text: str, region: str
) -> tuple[list[r.DatasetRow], r.LabStatus]:
    async with service_of(config) as service:
        found = await all_datasets(service, r.DatasetQuery(text=text, region=region))
        return found, await service.status()


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

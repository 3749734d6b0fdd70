"""What the commands of the command line do; imported only when one of them runs."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.cli_output import complain, line, say, write_json, write_table
from multicloud_lab.config import CatalogConfig, LabConfig, load_config
from multicloud_lab.errors import InvalidInputError, RegionUnknownError
from multicloud_lab.interface import all_datasets
from multicloud_lab.regions import Region, parse_region, price_per_gb
from multicloud_lab.service import LabService

Command = Callable[[argparse.Namespace], int]

_BYTES = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:e\d+)?)\s*(?P<unit>[kmgtpe]?)(?P<binary>i?)b?")
_NOWHERE = ("internet", "here", "home", "laptop")


# --- datasets and locate ------------------------------------------------------------------------


def datasets(arguments: argparse.Namespace) -> int:
    """List the datasets of the configured catalogs and of those named."""
    config = _config(arguments)
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
    config = replace(_config(arguments), gateways=())

    async def ask() -> list[r.Location]:
        async with _service(config) as service:
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
    async with _service(config) as service:
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


# --- price --------------------------------------------------------------------------------------


def price(arguments: argparse.Namespace) -> int:
    """Say what moving bytes costs."""
    size = _bytes(arguments.bytes)
    config = replace(_config(arguments), gateways=())
    source = asyncio.run(_place(config, arguments.source))
    destination = None
    if arguments.destination.lower() not in _NOWHERE:
        destination = asyncio.run(_place(config, arguments.destination))
    rate = price_per_gb(source, destination)
    to = str(destination or "the internet")
    if arguments.json:
        answer: dict[str, Any] = {
            "from": str(source),
            "to": str(destination) if destination else None,
            "bytes": size,
            "low": rate.low * size / 1e9 if rate else None,
            "high": rate.high * size / 1e9 if rate else None,
            "price_per_gb": None,
        }
        if rate:
            answer["price_per_gb"] = {
                "low": rate.low,
                "high": rate.high,
                "source": rate.source,
                "date": rate.date,
            }
        write_json(answer)
    elif rate is None:
        say(f"{size / 1e9:g} GB from {source} to {to}: the price is not known.")
    else:
        low, high = (f"${value * size / 1e9:,.2f}" for value in (rate.low, rate.high))
        amount = low if rate.low == rate.high else f"{low} to {high}"
        say(
            f"{size / 1e9:g} GB from {source} to {to}: {amount} "
            f"(list price of {rate.date}, {rate.source}; "
            "free tiers, discounts, requests and NAT gateways are not counted)"
        )
    return 0


async def _place(config: LabConfig, text: str) -> Region:
    if "://" not in text:
        return parse_region(text)
    async with _service(config) as service:
        (location,) = await service.locate(r.LocateQuery(url=(text,)))
    if location.region is None:
        raise RegionUnknownError(f"The region of {text} is not known: {location.detail}.")
    return location.region


def _bytes(text: str) -> int:
    match = _BYTES.fullmatch(text.strip().lower().replace("_", "").replace(",", ""))
    if match is None or (match["binary"] and not match["unit"]):
        raise InvalidInputError(f"{text!r} is not a number of bytes; write 288000, 1.5TB or 20GiB.")
    power = " kmgtpe".index(match["unit"] or " ")
    number: float = float(match["number"]) * (1024 if match["binary"] else 1000) ** power
    if number > 1e24:
        raise InvalidInputError(f"{text!r} is more bytes than there are.")
    return round(number)


# --- check --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the configuration that was tried."""

    kind: str
    name: str
    ok: bool
    message: str
    mend: str = ""


def check(arguments: argparse.Namespace) -> int:
    """Try every gateway, catalog and region of the configuration."""
    if arguments.config is None:
        raise InvalidInputError("Name the configuration that is to be checked (--config FILE).")
    findings = asyncio.run(_findings(_config(arguments)))
    if arguments.json:
        fields = ("kind", "name", "ok", "message", "mend")
        write_json([{field: getattr(item, field) for field in fields} for item in findings])
    else:
        for item in findings:
            mark = "ok  " if item.ok else "FAIL"
            say(f"{mark}  {line(f'{item.kind} {item.name}: {item.message}')}")
            if item.mend:
                say(f"      -> {line(item.mend)}")
    return 0 if all(item.ok for item in findings) else 1


async def _findings(config: LabConfig) -> list[Finding]:
    findings = [
        Finding("setting", p.key, False, p.message, "Correct it in the configuration.")
        for p in config.problems
    ]
    async with _service(config) as service:
        gateways, status = await asyncio.gather(service.gateways(), service.status())
        findings += [_gateway_finding(gateway) for gateway in gateways]
        for catalog in status.catalogs:
            findings += await _catalog_findings(service, catalog)
    findings += [
        Finding("region", prefix, True, f"is in {region}")
        for prefix, region in config.regions.items()
    ]
    if config.home is not None:
        findings.append(Finding("region", "home", True, f"is {config.home}"))
    return findings


def _gateway_finding(gateway: r.Gateway) -> Finding:
    where = f"{gateway.address} in {gateway.region}"
    if gateway.state == "unreachable":
        mend = "See that the gateway runs and that its address is right and reachable from here."
        return Finding("gateway", gateway.name, False, gateway.message or where, mend)
    state = "answers" if gateway.state == "signed-in" else "answers and wants a sign-in"
    return Finding("gateway", gateway.name, True, f"{where} {state}")


async def _catalog_findings(service: LabService, catalog: r.CatalogStatus) -> list[Finding]:
    if catalog.problem:
        mend = "See that the file is there, or correct its url in MulticloudLab.catalogs."
        return [Finding("catalog", catalog.name, False, catalog.problem, mend)]
    rows = await all_datasets(service, r.DatasetQuery(catalog=catalog.name))
    broken = [dataset for dataset in rows if dataset.problem]
    nowhere = sum(dataset.region is None and not dataset.problem for dataset in rows)
    message = f"{catalog.datasets} datasets"
    mend = ""
    if nowhere:
        message += f", {nowhere} of them in no known region"
        mend = "Give their prefixes a region in MulticloudLab.regions."
    findings = [Finding("catalog", catalog.name, True, message, mend)]
    findings += [
        Finding(
            "catalog",
            dataset.id,
            False,
            dataset.problem,
            "Mend the child catalog, or take it out of the one that names it.",
        )
        for dataset in broken
    ]
    return findings


COMMANDS: dict[str, Command] = {
    "datasets": datasets,
    "locate": locate,
    "price": price,
    "check": check,
}


# --- shared -------------------------------------------------------------------------------------


def _config(arguments: argparse.Namespace) -> LabConfig:
    return load_config(arguments.config) if arguments.config is not None else LabConfig()


@asynccontextmanager
async def _service(config: LabConfig) -> AsyncIterator[LabService]:
    service = LabService(config)
    try:
        await service.start()
        yield service
    finally:
        await service.close()

"""The command ``price``."""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import replace
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.cli.lab import config_of, service_of
from multicloud_lab.cli.output import say, write_json
from multicloud_lab.config import LabConfig
from multicloud_lab.errors import InvalidInputError, RegionUnknownError
from multicloud_lab.regions import Region, parse_region, price_per_gb

_BYTES = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:e\d+)?)\s*(?P<unit>[kmgtpe]?)(?P<binary>i?)b?")
_NOWHERE = ("internet", "here", "home", "laptop")


def price(arguments: argparse.Namespace) -> int:
    """Say what moving bytes costs."""
    size = _bytes(arguments.bytes)
    config = replace(config_of(arguments), gateways=())
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
    async with service_of(config) as service:
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

"""The command ``price``."""

from __future__ import annotations

import argparse
import asyncio
import re

from multicloud_lab import records as r
from multicloud_lab.cli.lab import config_of, service_of
from multicloud_lab.cli.output import say, write_json
from multicloud_lab.errors import InvalidInputError

_BYTES = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:e\d+)?)\s*(?P<unit>[kmgtpe]?)(?P<binary>i?)b?")
_NOWHERE = ("internet", "here", "home", "laptop")


def price(arguments: argparse.Namespace) -> int:
    """Say what moving bytes costs."""
    query = r.PriceQuery(
        source=arguments.source,
        destination="" if arguments.destination.lower() in _NOWHERE else arguments.destination,
        bytes=_bytes(arguments.bytes),
        requester_pays=arguments.requester_pays,
    )
    config = config_of(arguments)

    async def ask() -> r.Quote:
        async with service_of(config) as service:
            return await service.price(query)

    quote = asyncio.run(ask())
    if arguments.json:
        answer = quote.model_dump(mode="json")
        ends = {"from": answer.pop("source"), "to": answer.pop("destination")}
        write_json({**ends, "price_per_gb": answer.pop("price"), **answer})
    else:
        say(_sentence(quote))
    return 0


def _sentence(quote: r.Quote) -> str:
    move = f"{quote.bytes / 1e9:g} GB from {quote.source} to {quote.destination or 'the internet'}"
    if quote.low is None or quote.high is None or quote.price is None:
        return f"{move}: the price is not known. {quote.detail}".rstrip()
    low, high = f"${quote.low:,.2f}", f"${quote.high:,.2f}"
    amount = low if low == high else f"{low} to {high}"
    payer = {"you": ", paid by you", "owner": ", paid by the bucket's owner", "nobody": ""}
    return (
        f"{move}: {amount}{payer[quote.payer]} "
        f"({quote.price.source}, {quote.price.date}). {quote.detail}".rstrip()
    )


def _bytes(text: str) -> int:
    match = _BYTES.fullmatch(text.strip().lower().replace("_", "").replace(",", ""))
    if match is None or (match["binary"] and not match["unit"]):
        raise InvalidInputError(f"{text!r} is not a number of bytes; write 288000, 1.5TB or 20GiB.")
    power = " kmgtpe".index(match["unit"] or " ")
    number: float = float(match["number"]) * (1024 if match["binary"] else 1000) ** power
    if number > 1e24:
        raise InvalidInputError(f"{text!r} is more bytes than there are.")
    return round(number)

"""Adaptive bounds: wished for at once, given to the gateway when the cluster runs."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.connection import GatewayConnection
from multicloud_lab.gateways.entries import Entry

_CAPPED = re.compile(r"Using `maximum=(\d+), minimum=(\d+)`")


def check_bounds(minimum: int, maximum: int) -> None:
    """Refuse bounds that no cluster can have.

    Raises
    ------
    InvalidInputError
    """
    if minimum < 0 or maximum < 1:
        raise InvalidInputError("A cluster has at least 0 workers, and a maximum of at least 1.")
    if minimum > maximum:
        raise InvalidInputError(f"The minimum, {minimum}, is above the maximum, {maximum}.")


async def apply_bounds(connection: GatewayConnection, book: Book, entry: Entry) -> Entry:
    """Give a running cluster the bounds of its entry, and write down what came of it.

    Parameters
    ----------
    connection : GatewayConnection
    book : Book
    entry : Entry

    Returns
    -------
    Entry
        With the bounds that the gateway took, and a message if those are others.
    """
    remark = await connection.adapt(entry.name, entry.minimum, entry.maximum)
    capped = _CAPPED.search(remark)
    if capped:
        maximum, minimum = map(int, capped.groups())
        remark = f"capped at {maximum} by the gateway"
        entry = replace(entry, minimum=minimum, maximum=maximum)
    entry = replace(entry, applied=True, message=remark)
    await asyncio.to_thread(book.remember, entry)
    return entry

"""Bytes, dollars and names as people read them."""

from __future__ import annotations

import re
from collections.abc import Hashable
from math import isnan

from multicloud_lab.neardata.plans.plan import Amount

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_LONGEST = 60  # characters of a name
_TOKEN = re.compile(r"-([0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=-|$)")


def size_words(size: float) -> str:
    """Write bytes in decimal units, as prices are per GB of 10**9 bytes.

    Parameters
    ----------
    size : float
        Bytes, 0 or more.

    Returns
    -------
    str
        With two or three digits that count, as ``1.1 TB`` or ``288 kB``.
    """
    if isnan(size):
        return "unknown"
    unit = 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    digits = 1 if unit and size < 9.95 else 0
    return f"{size:,.{digits}f} {_UNITS[unit]}"


def dollar_words(low: float | None, high: float | None) -> str:
    """Write a price or a range of prices in USD."""
    if low is None or high is None:
        return "price unknown"
    ends = _dollars(low), _dollars(high)
    if ends[0] == ends[1] or ends[1] == "<$0.01":
        return ends[1]
    if ends[0] in ("$0.00", "<$0.01"):
        return f"up to {ends[1]}"
    return f"{ends[0]}\N{EN DASH}{ends[1]}"


def amount_words(amount: Amount) -> str:
    """Write how many bytes an amount is, and how much of it cannot be told."""
    known = size_words(amount.bytes)
    if not amount.unknown:
        return known
    unknown = f"{amount.unknown:,} of unknown size"
    return f"{known} + {unknown}" if amount.bytes else unknown


def price_words(amount: Amount) -> str:
    """Write what an amount costs."""
    if not amount.unknown:
        return dollar_words(amount.low, amount.high)
    if amount.high is None or (not amount.bytes and not amount.high):
        return "price unknown"
    return f"{dollar_words(amount.low, amount.high)} and more"


def plain(text: str) -> str:
    """Make a name of somebody else's safe to print: one line, no control characters, not long.

    What turns the direction of writing, colours a terminal or starts a line of its own is shown
    as ``\N{REPLACEMENT CHARACTER}``.
    """
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[: half - 1]}…{text[-half:]}"


def task_words(name: Hashable) -> str:
    """Write the name of a task or a layer without the tokens that dask puts into it.

    Parameters
    ----------
    name : hashable
        A key, or the name of a layer, which may be a key as well.
    """
    word = name[0] if isinstance(name, tuple) and name else name
    return plain(_TOKEN.sub("", str(word)) or str(word))


def counted(count: int, thing: str) -> str:
    """Write a number of things, as ``1 task`` or ``2,000 tasks``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _dollars(price: float) -> str:
    if price == 0:
        return "$0.00"
    if price < 0.005:
        return "<$0.01"
    return f"${price:,.2f}" if price < 9.995 else f"${price:,.0f}"

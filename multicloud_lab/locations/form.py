"""The forms in which a provider writes URLs: each registers how to read its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult


@dataclass(frozen=True, slots=True)
class Address:
    """A URL in its one normal form.

    Parameters
    ----------
    url : str
        As ``s3://bucket/path``, without a slash at the end.
    region : str
        The region that the address itself names, as ``aws:us-west-2``; empty if it names none.
    """

    url: str
    region: str = ""


Reader = Callable[[SplitResult], Address | None]
"""Reads a URL that was split; None if it is not one of the provider's."""

FORMS: dict[str, Reader] = {}


def register(name: str, reader: Reader) -> None:
    """Make a provider's forms known; the last one of a name counts."""
    FORMS[name] = reader


def address(scheme: str, *parts: str, region: str = "") -> Address:
    """Join a normal form from a scheme, a bucket and a path."""
    joined = "/".join(part.strip("/") for part in parts if part.strip("/"))
    return Address(f"{scheme}://{joined}", region)

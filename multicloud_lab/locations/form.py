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
    bucket : str
        The part of it that is in one region as a whole, as ``s3://bucket``; empty if there is
        none, as of a web server.
    provider : str
        Whose form it is; empty if it is nobody's.
    region : str
        The region that the address itself names, as ``aws:us-west-2``; empty if it names none.
    endpoint : str
        Of a store that speaks the provider's protocol but is not the provider's.
    """

    url: str
    bucket: str = ""
    provider: str = ""
    region: str = ""
    endpoint: str = ""


Reader = Callable[[SplitResult], Address | None]
Mover = Callable[[Address, str], Address | None]


def _no_endpoint(address: Address, host: str) -> Address | None:
    return None


@dataclass(frozen=True, slots=True)
class Form:
    """How one provider writes URLs.

    Parameters
    ----------
    provider : str
        Its name among the providers of regions.
    schemes : tuple of str
        Its own; with one of these an endpoint says where the bucket is.
    read : callable
        Takes a URL that was split; gives None if it is not one of the provider's.
    at : callable
        Takes an address with one of any provider's own schemes, and the host of an endpoint;
        gives the address as it is meant there, or None if the endpoint is not the provider's.
    untold : str
        Why nobody can be asked where a bucket is, where that is so.
    """

    provider: str
    schemes: tuple[str, ...]
    read: Reader
    at: Mover = _no_endpoint
    untold: str = ""


FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    """Make a provider's forms known; the last one of a name counts."""
    FORMS[form.provider] = form
    return form


def address(provider: str, scheme: str, bucket: str, path: str = "", region: str = "") -> Address:
    """Join a normal form from a scheme, a bucket and a path."""
    bucket, path = bucket.strip("/"), path.strip("/")
    joined = f"{bucket}/{path}" if bucket and path else bucket or path
    return Address(
        f"{scheme}://{joined}", f"{scheme}://{bucket}" if bucket else "", provider, region
    )


def path_style(provider: str, scheme: str, path: str, region: str = "") -> Address:
    """Join a normal form from a path that begins with the bucket."""
    bucket, _, key = path.strip("/").partition("/")
    return address(provider, scheme, bucket, key, region)

"""URLs in their one normal form, the site that each is on, and what may be told of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from multicloud_lab.locations import forms as _forms  # noqa: F401  (they register themselves)
from multicloud_lab.locations.form import FORMS, Address

_SITE = re.compile(
    r"(?P<url>.+) (?:in (?P<region>[a-z]+:[a-z0-9._-]+)|at (?P<endpoint>https?://\S+))"
)
_CHAIN = re.compile(r"::(?![^\[]*\])")  # but not the one inside a numeric host
_SHOWN = 200
"""Characters of an address that a message holds at most."""
_DEFAULT_PORTS = {("http", 80), ("https", 443)}


def normal_form(url: str, endpoint: str = "") -> Address:
    """Give a URL in the one form that its provider's buckets are known by.

    Of chained file systems (``simplecache::s3://…``) the last holds the bytes. A URL of no known
    provider stays as it is, without credentials, query and fragment; nothing raises.

    Parameters
    ----------
    url : str
        Or a site, as :func:`site_of` gives it.
    endpoint : str
        Of the store, where a catalog names one. A provider's own tells of the region or the
        account; any other is kept in the address.
    """
    url, region = url.strip(), ""
    site = _SITE.fullmatch(url) if " " in url else None
    if site is not None:
        url, region, endpoint = site["url"], site["region"] or "", site["endpoint"] or endpoint
    last = _CHAIN.split(url)[-1] if "::" in url and "://" in url else url
    try:
        parts = urlsplit(last)
        found = _read(parts) or _plain(parts)
    except ValueError:  # no URL at all
        return Address(shown(last.partition("?")[0].rpartition("@")[2]))
    if endpoint and found.provider and parts.scheme in FORMS[found.provider].schemes:
        found = _meant_at(found, endpoint)
    return replace(found, region=region) if region and not found.region else found


def _read(parts: SplitResult) -> Address | None:
    for form in FORMS.values():
        found = form.read(parts)
        if found is not None:
            return found
    return None


def _plain(parts: SplitResult) -> Address:
    """Give a URL of nobody's form without what is secret in it."""
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and (parts.scheme, parts.port) not in _DEFAULT_PORTS:
        host = f"{host}:{parts.port}"
    mark = "://" if host or parts.scheme in ("http", "https") else ":" if parts.scheme else ""
    return Address(f"{parts.scheme}{mark}{host}{parts.path}".rstrip("/"))


def _meant_at(found: Address, endpoint: str) -> Address:
    base = normal_endpoint(endpoint)
    host = urlsplit(base).hostname or ""
    for form in FORMS.values():
        meant = form.at(found, host)
        if meant is not None:
            return meant
    return replace(found, endpoint=base)


def normal_endpoint(endpoint: str) -> str:
    """Give an endpoint's address in one form: without credentials, query and last slash.

    One that cannot be read gives ``https://invalid``, a host that never is.
    """
    text = "".join(endpoint.split())
    try:
        plain = _plain(urlsplit(text if "://" in text else f"https://{text}")).url
    except ValueError:
        return "https://invalid"
    return plain if re.fullmatch(r"https?://[^/]+.*", plain) else "https://invalid"


def site_of(address: Address, prefix: str = "") -> str:
    """Give what is located as one: the bucket, or the host, or a longer prefix.

    A foreign endpoint makes a site of its own (``s3://bucket at https://osn.example``), as does
    an address that names its region (``s3://bucket in aws:us-west-2``).
    """
    base = address.bucket or "/".join(address.url.split("/")[:3])
    if address.url.startswith("file://"):
        base = "file://"
    site = prefix if len(prefix) > len(base) else base
    if address.endpoint:
        return f"{site} at {address.endpoint}"
    return f"{site} in {address.region}" if address.region else site


def bucket_of(address: Address) -> str:
    """Give what a prober is asked about: the bucket, with its endpoint if that is foreign."""
    if address.endpoint and address.bucket:
        return f"{address.bucket} at {address.endpoint}"
    return address.bucket


def prefixes(url: str) -> Iterator[str]:
    """Give a normal URL and what is above it by whole segments, down to its scheme."""
    while url:
        yield url
        url = url.rpartition("/")[0].rstrip("/")


def shown(text: str) -> str:
    """Give text from a catalog for a message: printable, and not long."""
    plain = text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"

"""Google Cloud Storage: ``gs://``, its hosts over HTTPS, and the paths of its JSON API."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, Form, address, path_style, register

_SCHEMES = ("gs", "gcs")
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?"
    r"(?:(?:storage|commondatastorage)(?:\.mtls)?\.googleapis\.com|storage\.cloud\.google\.com"
    r"|storage\.(?P<region>[a-z]+-[a-z0-9-]+)\.rep\.googleapis\.com)"
)
_API = re.compile(
    r"/(?:(?:download/|upload/)?storage/v1/)?b/(?P<bucket>[^/]+)(?:/o(?:/(?P<object>.*))?)?"
)
_API_HOSTS = ("www.googleapis.com", "content.googleapis.com", "content-storage.googleapis.com")
_CONSOLE = "/storage/browser/"


def read(parts: SplitResult) -> Address | None:
    """Read an address of Google Cloud Storage."""
    if parts.scheme in _SCHEMES:
        return address("gcp", "gs", parts.netloc.rpartition("@")[2], parts.path)
    name = (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    if name == "console.cloud.google.com" and parts.path.startswith(_CONSOLE):
        return path_style("gcp", "gs", unquote(parts.path.removeprefix(_CONSOLE)))
    host = _HOST.fullmatch(name)
    if host is None and name not in _API_HOSTS:
        return None
    region = f"gcp:{host['region']}" if host is not None and host["region"] else ""
    if host is not None and host["bucket"]:
        return address("gcp", "gs", host["bucket"], unquote(parts.path), region)
    # The path of an object is one quoted part there, so it is taken apart before it is unquoted.
    api = _API.fullmatch(parts.path.rstrip("/"))
    if api is not None and ("/storage/v1/" in parts.path or "/o/" in f"{parts.path}/"):
        return address("gcp", "gs", unquote(api["bucket"]), unquote(api["object"] or ""), region)
    return path_style("gcp", "gs", unquote(parts.path), region) if host is not None else None


def at(found: Address, host: str) -> Address | None:
    """Give an address as it is meant at a host of Google's, which speaks S3's protocol as well."""
    match = _HOST.fullmatch(host)
    if match is None or found.provider not in ("gcp", "aws"):
        return None
    _, _, path = found.url.partition("://")
    meant = path_style("gcp", "gs", path, found.region)
    return replace(meant, region=f"gcp:{match['region']}") if match["region"] else meant


register(Form("gcp", _SCHEMES, read, at))

"""Google Cloud Storage: ``gs://``, and its hosts over HTTPS."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, address, register

_HOSTS = ("storage.googleapis.com", "storage.cloud.google.com")


def read(parts: SplitResult) -> Address | None:
    """Read an address of Google Cloud Storage."""
    if parts.scheme in ("gs", "gcs"):
        return address("gs", parts.netloc, parts.path)
    host = (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    if host in _HOSTS:
        return address("gs", unquote(parts.path))
    if host.endswith("." + _HOSTS[0]):
        return address("gs", host.removesuffix("." + _HOSTS[0]), unquote(parts.path))
    return None


register("gcp", read)

"""Azure Blob Storage: ``az://`` and ``abfs://``, with or without the account, and HTTPS."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, address, register

_SUFFIXES = (".blob.core.windows.net", ".dfs.core.windows.net")
_SCHEMES = ("az", "abfs", "abfss", "adl", "wasb", "wasbs")


def read(parts: SplitResult) -> Address | None:
    """Read an address of Azure: ``az://account/container/path`` where the account is known.

    Without the account, ``az://container/path`` stays as it is; the two never mean the same
    place by chance, since an account is marked by its host's name.
    """
    if parts.scheme in _SCHEMES:
        container, _, host = parts.netloc.rpartition("@")
        account = _account(host)
        if account and container:
            return address("az", f"{account}.blob.core.windows.net", container, parts.path)
        return address("az", parts.netloc, parts.path)
    account = _account(parts.hostname or "") if parts.scheme in ("http", "https") else ""
    if account:
        return address("az", f"{account}.blob.core.windows.net", unquote(parts.path))
    return None


def _account(host: str) -> str:
    for suffix in _SUFFIXES:
        if host.endswith(suffix):
            return host.removesuffix(suffix)
    return ""


register("azure", read)

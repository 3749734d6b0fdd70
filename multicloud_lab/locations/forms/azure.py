"""Azure Blob Storage: ``az://`` and ``abfs://``, with or without the account, and HTTPS."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, Form, address, register

_HOST = re.compile(
    r"(?P<account>[a-z0-9-]+)\."
    r"(?:(?:blob|dfs)\.core\.windows\.net|(?P<zone>z\d+)\.(?:blob|dfs)\.storage\.azure\.net)"
)
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
            return _at(account, f"{container}/{parts.path.strip('/')}")
        if account:
            return _at(account, parts.path)
        return Address(address("azure", "az", host, parts.path).url, provider="azure")
    account = _account(parts.hostname or "") if parts.scheme in ("http", "https") else ""
    return _at(account, unquote(parts.path)) if account else None


def at(found: Address, host: str) -> Address | None:
    """Give an address as it is meant in the account whose endpoint is known."""
    account = _account(host)
    if not account or found.provider != "azure":
        return None
    return found if found.bucket else _at(account, found.url.partition("://")[2])


def _at(account: str, path: str) -> Address:
    container, _, rest = path.strip("/").partition("/")
    if not container:
        return Address(f"az://{account}", provider="azure")
    return address("azure", "az", f"{account}/{container}", rest)


def _account(host: str) -> str:
    """Give the host of an account in its one form; empty if it is none."""
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return ""
    return f"{match['account']}.blob.core.windows.net"


register(
    Form("azure", _SCHEMES, read, at, untold="Azure tells nobody without an account where it is")
)

"""Files of a machine: paths, and ``file://``."""

from __future__ import annotations

from urllib.parse import SplitResult

from multicloud_lab.locations.form import Address, Form, register

_SCHEMES = ("file", "local")


def read(parts: SplitResult) -> Address | None:
    """Read a path; one that is relative stays so."""
    if parts.scheme in _SCHEMES or (not parts.scheme and parts.path):
        path = f"{parts.netloc}{parts.path}"
        return Address("file://" + (path.rstrip("/") or "/"), provider="local")
    return None


def at(found: Address, host: str) -> Address | None:
    """Give a file as it is: it has no endpoint."""
    return found if found.provider == "local" else None


register(Form("local", _SCHEMES, read, at))

"""Files of a machine: paths, and ``file://``."""

from __future__ import annotations

from urllib.parse import SplitResult

from multicloud_lab.locations.form import Address, register


def read(parts: SplitResult) -> Address | None:
    """Read a path; one that is relative stays so."""
    if parts.scheme in ("file", "local") or (not parts.scheme and parts.path):
        path = f"{parts.netloc}{parts.path}"
        return Address("file://" + (path.rstrip("/") or "/"))
    return None


register("local", read)

"""Amazon S3: ``s3://``, bucket and path style over HTTPS, and ARNs."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, address, register

_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:-accelerate)?"
    r"(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}-[a-z0-9-]+-\d))?\.amazonaws\.com"
)


def read(parts: SplitResult) -> Address | None:
    """Read an address of S3."""
    if parts.scheme in ("s3", "s3a", "s3n"):
        return address("s3", parts.netloc, parts.path)
    if parts.scheme == "arn" and parts.path.startswith("aws:s3:::"):
        return address("s3", parts.path.removeprefix("aws:s3:::"))
    host = _HOST.fullmatch(parts.hostname or "") if parts.scheme in ("http", "https") else None
    if host is None:
        return None
    region = f"aws:{host['region']}" if host["region"] else ""
    return address("s3", host["bucket"] or "", unquote(parts.path), region=region)


register("aws", read)

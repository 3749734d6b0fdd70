"""Amazon S3: ``s3://``, bucket and path style over HTTPS, ARNs and access points."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import SplitResult, unquote

from multicloud_lab.locations.form import Address, Form, address, path_style, register

_SCHEMES = ("s3", "s3a", "s3n")
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?"
    r"(?P<service>s3|s3-fips|s3-accelerate|s3-website|s3-accesspoint(?:-fips)?|s3express-[a-z0-9-]+)"
    r"(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)|\.dualstack|(?P<first>-external-1))?"
    r"\.amazonaws\.com(?:\.cn)?"
)
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):s3:(?P<region>[a-z0-9-]*):(?P<account>\d*):\s*(?P<rest>.*)"
)
_ACCESS_POINT = re.compile(r"accesspoint[:/](?P<name>[^/]+)(?:/object(?=/|$))?(?P<path>.*)")
_MULTI_REGION = ".mrap"
"""The end of the alias of an access point that is in several regions."""


def read(parts: SplitResult) -> Address | None:
    """Read an address of S3."""
    if parts.scheme in _SCHEMES:
        # Hadoop lets keys stand before the bucket; they are no part of where it is.
        bucket = parts.netloc.rpartition("@")[2]
        if bucket.startswith("arn:"):
            return _arn(bucket + parts.path)
        return address("aws", "s3", bucket, parts.path)
    if parts.scheme == "arn":
        return _arn(f"arn:{parts.path}")
    host = _HOST.fullmatch(parts.hostname or "") if parts.scheme in ("http", "https") else None
    if host is None:
        return _multi_region(parts)
    region, bucket, path = _region(host), host["bucket"] or "", unquote(parts.path)
    if host["service"].startswith("s3-accesspoint") and host["region"]:
        name, _, account = bucket.rpartition("-")
        return _access_point("aws", host["region"], account, name, path)
    if not bucket:
        return path_style("aws", "s3", path, region)
    return address("aws", "s3", bucket, path, region)


def at(found: Address, host: str) -> Address | None:
    """Give an address as it is meant at one of S3's own endpoints."""
    match = _HOST.fullmatch(host)
    if match is None or found.provider != "aws":
        return None
    return replace(found, region=found.region or _region(match))


def _region(host: re.Match[str]) -> str:
    if host["first"]:
        return "aws:us-east-1"
    return f"aws:{host['region']}" if host["region"] else ""


def _arn(text: str) -> Address | None:
    match = _ARN.fullmatch(text)
    if match is None:
        return None
    rest = match["rest"].rstrip("*")
    point = _ACCESS_POINT.fullmatch(rest)
    if point is None:
        # Registries write them with blanks in them.
        return path_style("aws", "s3", rest.strip())
    where = (match["partition"], match["region"], match["account"])
    return _access_point(*where, point["name"], point["path"])


def _access_point(partition: str, region: str, account: str, name: str, path: str) -> Address:
    """Read an access point: a name of its own for a bucket that it does not tell."""
    if not region:  # of several regions
        return replace(address("aws", "s3", name, path), bucket="")
    arn = f"arn:{partition}:s3:{region}:{account}:accesspoint:{name}"
    return address("aws", "s3", arn, path, f"aws:{region}")


def _multi_region(parts: SplitResult) -> Address | None:
    alias = (parts.hostname or "").removesuffix(".accesspoint.s3-global.amazonaws.com")
    if parts.scheme == "https" and alias != parts.hostname and alias.endswith(_MULTI_REGION):
        return _access_point("aws", "", "", alias, unquote(parts.path))
    return None


register(Form("aws", _SCHEMES, read, at))

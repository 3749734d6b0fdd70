"""The AWS Open Data Registry: a file an entry, or its NDJSON index; one dataset an S3 resource."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from multicloud_lab.catalogs.declared import Declared, declared, inherited
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.values import text, texts, yes
from multicloud_lab.errors import CatalogError
from multicloud_lab.hosts import shown

_HEAD = 600
"""Characters of an entry's description that each of its resources repeats; some have 300."""

_ARN = re.compile(r"arn:aws[\w-]*:s3:[^:]*:[^:]*:/*(.+)", re.IGNORECASE | re.DOTALL)
_S3 = re.compile(r"s3a?:/+(.+)", re.IGNORECASE | re.DOTALL)
_HOSTED = re.compile(
    r"https?://(?:([\w.-]+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:/(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/.*)?", re.DOTALL)
_NEXT = re.compile(r"[\s,;]+(?=(?:arn:|s3://|https?://))", re.IGNORECASE)
_FORMATS = {
    "zarr": re.compile(r"\bzarr\b|zarr\d?$|\.zarr\b", re.IGNORECASE),
    "netcdf": re.compile(r"\bnetcdf\d?\b|\.nc4?\b", re.IGNORECASE),
    "parquet": re.compile(r"\b(?:geo)?parquet\b", re.IGNORECASE),
    "csv": re.compile(r"\bcsv\b", re.IGNORECASE),
    "rasterio": re.compile(r"\bcogs?\b|\b(?:geo)?tiffs?\b", re.IGNORECASE),
    "grib": re.compile(r"\bgrib-?2?\b", re.IGNORECASE),
}


class AwsRegistryFormat:
    """The Registry of Open Data on AWS: YAML of one entry, or a list of entries."""

    name = "aws-registry"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an entry of the registry, or a list that has one."""
        listed = content if isinstance(content, list) else [content]
        return any(isinstance(item, Mapping) and "Resources" in item for item in listed)

    def read(self, document: Document) -> list[Entry | Child]:
        """List the S3 resources; topics and distributions are not datasets."""
        if isinstance(document.content, Mapping):
            base = posixpath.splitext(posixpath.basename(document.url))[0]
            path = document.path or (segment(base),)
            return list(_entries(document, document.content, path))
        found: list[Entry | Child] = []
        for number, item in enumerate(document.content, 1):
            if isinstance(item, Mapping) and "Resources" in item:
                path = (*document.path, segment(_slug(item) or f"entry-{number}"))
                found.extend(_entries(document, item, path))
            else:
                path = (*document.path, f"entry-{number}")
                what = (
                    str(item)
                    if isinstance(item, CatalogError)
                    else (f"Entry {number} of {shown(document.url)} has no resources.")
                )
                found.append(_problem(document, path, what))
        return found


register(AwsRegistryFormat())


def _entries(
    document: Document, content: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Entry]:
    resources = content["Resources"]
    if not isinstance(resources, list):
        yield _problem(document, path, f"{shown(document.url)}: its 'Resources' are not a list.")
        return
    addressed = [
        (resource, address)
        for resource in resources
        if isinstance(resource, Mapping) and _is_s3(resource)
        for address in _addresses(resource.get("ARN"))
    ]
    whole = text(content.get("Description"))
    if len(addressed) > 1 and len(whole) > _HEAD:
        whole = f"{whole[:_HEAD]}…"
    for resource, address in addressed:
        own = () if len(addressed) == 1 else _parts(address)
        yield _entry(document, {**content, "Description": whole}, resource, address, (*path, *own))


def _is_s3(resource: Mapping[str, Any]) -> bool:
    kind = resource.get("Type")
    if isinstance(kind, str) and kind.strip():
        return kind.strip().lower().startswith("s3")
    return any(_address(part) for part in _addresses(resource.get("ARN")))


def _addresses(arn: object) -> list[str]:
    """Give what a resource says of its address, in parts; one empty text if that is nothing."""
    several = arn if isinstance(arn, list) else [arn]
    said = [item.strip() for item in several if isinstance(item, str)]
    return [part for item in said for part in _NEXT.split(item) if part] or [""]


def _address(said: str) -> str:
    """Give a bucket and prefix as a URL; empty if what is said names none."""
    arn = _ARN.fullmatch(said)
    hosted = _HOSTED.fullmatch(said)
    plain = _S3.fullmatch(said)
    if arn and ":accesspoint/" in said:
        name = said  # s3fs takes the whole ARN for a bucket
    elif arn:
        name = arn[1]
    elif hosted:
        rest = (hosted[2] or "").partition("?")[0].removesuffix("index.html")
        name = "/".join(part for part in (hosted[1], rest) if part)
    elif plain:
        name = plain[1]
    else:
        name = said if _NAME.fullmatch(said) else ""
    name = re.sub(r"(?:/+\*+)+$", "", name.strip().strip("/")).rstrip("/")
    return f"s3://{name}" if name else ""


def _parts(address: str) -> tuple[str, ...]:
    url = _address(address) or address
    name = url.removeprefix("s3://").rpartition(":accesspoint/")[2]
    return tuple(segment(part) for part in name.split("/") if part) or ("_",)


def _entry(
    document: Document,
    content: Mapping[str, Any],
    resource: Mapping[str, Any],
    address: str,
    path: tuple[str, ...],
) -> Entry:
    url = _address(address)
    where = _where(document, resource.get("Region"))
    own, whole = text(resource.get("Description")), text(content.get("Description"))
    said = f"an address that names no bucket, {address[:200]!r}" if address else "no address"
    return Entry(
        path=path,
        name=path[-1],
        catalog_url=document.url,
        kind="url",
        entry=url,
        title=text(content.get("Name")),
        description="\n\n".join(part for part in (own, whole) if part),
        format=_format(f"{own} {url}") or ("" if own else _format(whole)),
        tags=tuple(dict.fromkeys((*texts(content.get("Tags")), *_conditions(content, resource)))),
        copies=(
            Copy(
                url=url,
                region=where.region,
                detail=where.detail,
                requester_pays=yes(resource.get("RequesterPays")) or where.requester_pays,
            ),
        ),
        registry=True,
        problem="" if url else f"{shown(document.url)} has an S3 resource with {said}.",
    )


def _problem(document: Document, path: tuple[str, ...], problem: str) -> Entry:
    return Entry(path=path, name=path[-1], catalog_url=document.url, registry=True, problem=problem)


def _where(document: Document, said: object) -> Declared:
    name = text(said)
    if not name:
        return inherited(document.row)
    return declared({"region": name if ":" in name else f"aws:{name}"})


def _conditions(content: Mapping[str, Any], resource: Mapping[str, Any]) -> Iterator[str]:
    if resource.get("ControlledAccess"):
        yield "controlled access"
    if yes(resource.get("AccountRequired")):
        yield "account required"
    if yes(content.get("Deprecated")):
        yield "deprecated"


def _format(said: str) -> str:
    """Guess a format where a text names exactly one."""
    named = [name for name, pattern in _FORMATS.items() if pattern.search(said)]
    return named[0] if len(named) == 1 else ""


def _slug(content: Mapping[str, Any]) -> str:
    slug = text(content.get("Slug"))
    return slug or re.sub(r"[^\w.]+", "-", text(content.get("Name")).lower()).strip("-")

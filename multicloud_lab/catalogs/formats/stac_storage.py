"""Where STAC says that bytes are: the storage extension (v1, v2), ``msft:region``, options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from multicloud_lab.catalogs.addresses import place
from multicloud_lab.catalogs.declared import Declared, declared
from multicloud_lab.catalogs.entry import Copy
from multicloud_lab.catalogs.reading import endpoint_of
from multicloud_lab.catalogs.values import mapping, text, texts, yes

_KNOWN = re.compile(r"aws|amazon|google|gcp|azure|windows\.net|microsoft")
_PROVIDERS = {"s3": "aws", "gs": "gcp", "az": "azure"}
_FIELDS = ("platform", "region", "requester_pays")


@dataclass(frozen=True, slots=True)
class Storage:
    """What is said of where some bytes are: a declaration, and an endpoint of no known cloud."""

    declared: Declared = field(default_factory=Declared)
    endpoint: str = ""

    def copy(self, url: str) -> Copy:
        """Make the copy at a URL."""
        return Copy(
            url=url,
            region=self.declared.region,
            detail=self.declared.detail,
            requester_pays=self.declared.requester_pays,
            endpoint=self.endpoint,
        )

    def or_else(self, other: Declared, url: str) -> Storage:
        """Give this, or what is declared of all around it where that can be true of the URL."""
        provider = _PROVIDERS.get(place(url)[0], "")
        fits = other.region is None or not provider or other.region.provider in (provider, "local")
        if self.endpoint or not fits:
            return self
        return Storage(self.declared.or_else(other))


def storage(url: str, asset: Mapping[str, Any], levels: Sequence[Mapping[str, Any]]) -> Storage:
    """Say where the bytes of an asset are.

    Parameters
    ----------
    url : str
        Of the bytes; may be empty, for what is true of a whole collection.
    asset : mapping
        The asset, an alternate of it, or an empty one.
    levels : sequence of mapping
        What holds it, the nearest first: an item's properties, the item, a collection, its
        summaries.
    """
    found = [_of_scheme(scheme, url) for scheme in _schemes(url, asset, levels)]
    options = mapping(asset.get("xarray:storage_options"))
    region = text(mapping(options.get("client_kwargs")).get("region_name"))
    if region and not found:
        found = [_of_scheme({"region": region, "platform": endpoint_of(options)}, url)]
    pays = yes(options.get("requester_pays")) or any(one.declared.requester_pays for one in found)
    said = [one for one in found if one.declared.region or one.declared.detail] or found
    regions = {str(one.declared.region) for one in said if one.declared.region}
    endpoint = next((one.endpoint for one in found if one.endpoint), "") or endpoint_of(options)
    if len(regions) > 1:
        several = ", ".join(sorted(regions))
        detail = f"Its catalog declares several regions ({several})."
        return Storage(Declared(None, detail, pays), endpoint)
    if not said:
        return Storage(Declared(requester_pays=pays), endpoint)
    first = said[0].declared
    return Storage(Declared(first.region, first.detail, pays), endpoint)


def roots(content: Mapping[str, Any]) -> Iterator[str]:
    """Give the buckets that a collection names for its items, as URLs."""
    account, container = content.get("msft:storage_account"), content.get("msft:container")
    schemes = list(mapping(content.get("storage:schemes")).values())
    schemes.append({"account": account, "container": container})
    for scheme in schemes:
        bucket, account = text(mapping(scheme).get("bucket")), text(mapping(scheme).get("account"))
        words = _words(mapping(scheme))
        if bucket:
            yield f"gs://{bucket}" if re.search("google|gcp", words) else f"s3://{bucket}"
        elif account and (container := text(mapping(scheme).get("container"))):
            yield f"abfs://{container}@{account}.dfs.core.windows.net"


def _schemes(
    url: str, asset: Mapping[str, Any], levels: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Give the schemes that hold for an asset, each a mapping as of the extension's version 2."""
    named: dict[str, Mapping[str, Any]] = {}
    for level in reversed((asset, *levels)):
        for name, scheme in mapping(level.get("storage:schemes")).items():
            named[str(name)] = mapping(scheme)
    refs = [named[ref] for ref in texts(asset.get("storage:refs")) if ref in named]
    store = place(url)[0] if url else ""
    fitting = [scheme for scheme in refs or named.values() if _fits(scheme, store)]
    mine = [scheme for scheme in fitting if _names(scheme, url)] or fitting
    if mine:
        return mine
    flat = {field: _first(field, asset, levels) for field in _FIELDS}
    if flat["region"] or flat["platform"] or flat["requester_pays"]:
        return [flat]
    microsoft = next((lev["msft:region"] for lev in (asset, *levels) if lev.get("msft:region")), "")
    if microsoft and store in ("", "az"):
        return [{"platform": "azure", "region": microsoft}]
    return []


def _first(field: str, asset: Mapping[str, Any], levels: Sequence[Mapping[str, Any]]) -> object:
    """Give the nearest value of a field of version 1; of a summary's list, its only one."""
    for level in (asset, *levels):
        value = level.get(f"storage:{field}")
        if isinstance(value, list):
            value = value[0] if len(value) == 1 else None
        if value is not None:
            return value
    return None


def _words(scheme: Mapping[str, Any]) -> str:
    return f"{text(scheme.get('type'))} {text(scheme.get('platform'))}".lower().strip()


def _fits(scheme: Mapping[str, Any], store: str) -> bool:
    """Say whether a scheme can be that of a URL in a store: no address of S3 is one of Azure."""
    words = _words(scheme)
    marks = {"s3": "azure|windows.net|google", "gs": "azure|windows.net|aws", "az": "aws|google"}
    return store not in marks or not re.search(marks[store], words)


def _names(scheme: Mapping[str, Any], url: str) -> bool:
    named = [text(scheme.get(name)) for name in ("bucket", "account")]
    return any(name and re.search(rf"[/@]{re.escape(name)}[./]", f"{url}/") for name in named)


def _of_scheme(scheme: Mapping[str, Any], url: str) -> Storage:
    words, said, pays = _words(scheme), scheme.get("region"), yes(scheme.get("requester_pays"))
    foreign = bool(words) and (not _KNOWN.search(words) or "custom-s3" in words)
    if foreign:
        platform = text(scheme.get("platform"))
        endpoint = _endpoint(scheme, platform) if "://" in platform else ""
        whose = f"{endpoint or platform or words}"[:200]
        detail = f"Its catalog says that it is at {whose}, which is no cloud known here."
        return Storage(Declared(None, detail, pays), endpoint)
    if not said:
        return Storage(Declared(requester_pays=pays))
    if words:
        inner = {"type": words, "region": said, "requester_pays": pays}
        return Storage(declared({"storage:schemes": {"": inner}}))
    provider = _PROVIDERS.get(place(url)[0], "") if url else ""
    name = f"{provider}:{said}" if provider and ":" not in str(said) else said
    where = declared({"region": name})
    return Storage(Declared(where.region, where.detail, pays))


def _endpoint(scheme: Mapping[str, Any], platform: str) -> str:
    """Fill in a platform's template; the bucket is not part of an endpoint."""
    plain = platform.replace("{bucket}.", "").replace("/{bucket}", "")
    return re.sub(r"\{(\w+)\}", lambda found: text(scheme.get(found[1])) or found[0], plain)

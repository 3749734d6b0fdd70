"""Where a URL's bytes are: what its address, its catalog and the configuration say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.locations import forms as _forms  # noqa: F401  (they register themselves)
from multicloud_lab.locations.form import FORMS, Address
from multicloud_lab.records import Location
from multicloud_lab.regions import Evidence, Region, parse_region


@dataclass(frozen=True, slots=True)
class _Claim:
    """One answer to where a URL is, and who gives it."""

    region: Region
    evidence: Evidence
    detail: str


def normal_form(url: str) -> Address:
    """Give a URL in the one form that its provider's buckets are known by.

    Of chained file systems (``simplecache::s3://…``) the last holds the bytes. A URL of no known
    provider stays as it is.
    """
    last = url.strip().rpartition("::")[2] if "://" in url else url.strip()
    try:
        parts = urlsplit(last)
    except ValueError:
        return Address(last)
    for read in FORMS.values():
        found = read(parts)
        if found is not None:
            return found
    return Address(last.partition("?")[0].partition("#")[0].rstrip("/"))


class Locator:
    """Knows where URLs are.

    Parameters
    ----------
    configured : mapping
        Prefixes of URLs, by whole path segments, and their regions; the longest counts.
    """

    def __init__(self, configured: Mapping[str, Region]) -> None:
        self._configured = {
            normal_form(prefix).url.rstrip("/"): (prefix, region)
            for prefix, region in configured.items()
        }
        self._declared: dict[str, list[_Claim]] = {}

    def declare(self, url: str, region: Region, detail: str = "declared by its catalog") -> None:
        """Remember that a catalog puts a URL, and all below it, in a region."""
        claims = self._declared.setdefault(normal_form(url).url, [])
        if all(claim.region != region for claim in claims):
            claims.append(_Claim(region, Evidence.CATALOG, detail))

    def locate(self, url: str, declared: Region | None = None) -> Location:
        """Say where a URL's bytes are.

        Parameters
        ----------
        url : str
            In any form of its provider.
        declared : Region, optional
            What the catalog entry at hand says of it.

        Returns
        -------
        Location
            With the strongest evidence: the address itself, a catalog, the configuration. Its
            ``detail`` tells of evidence to the contrary.
        """
        address = normal_form(url) if url.strip() else Address("")
        claims = list(self._claims(address, declared))
        if not claims:
            return Location(url=url, detail=_way_out(address.url))
        best = claims[0]
        against = [f"{c.detail} ({c.region})" for c in claims[1:] if c.region != best.region]
        detail = "; but ".join([best.detail, *dict.fromkeys(against)])
        return Location(url=url, region=best.region, evidence=best.evidence, detail=detail)

    def _claims(self, address: Address, declared: Region | None) -> Iterator[_Claim]:
        """Give every answer, the strongest first."""
        named = _named(address)
        if named is not None:
            yield _Claim(named, Evidence.EXPLICIT, "its address names it")
        catalogs: list[_Claim] = next(
            (self._declared[p] for p in _prefixes(address.url) if p in self._declared), []
        )
        if declared is not None:
            mine = [claim for claim in catalogs if claim.region == declared]
            yield mine[0] if mine else _Claim(declared, Evidence.CATALOG, "declared by its catalog")
        yield from catalogs
        for prefix in _prefixes(address.url):
            if prefix in self._configured:
                written, region = self._configured[prefix]
                yield _Claim(region, Evidence.CONFIGURED, f"configured: {written} is in {region}")
                break


def _named(address: Address) -> Region | None:
    try:
        return parse_region(address.region) if address.region else None
    except UnknownRegionError:
        return None


def _prefixes(url: str) -> Iterator[str]:
    """Give a URL and what is above it, down to its scheme."""
    while url:
        yield url
        url = url.rpartition("/")[0].rstrip("/")


def _way_out(url: str) -> str:
    if not url:
        return "its catalog gives no address"
    if url.startswith("file://"):
        return "a file of this machine, which is in no known region"
    bucket = "/".join(url.split("/")[:3])
    return f"nothing says where {bucket} is; add it to MulticloudLab.regions"

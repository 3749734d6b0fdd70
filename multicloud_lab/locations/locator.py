"""Where a URL's bytes are: what its address, catalogs, settings, registries and probes say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.locations import probes as _probes  # noqa: F401  (they register themselves)
from multicloud_lab.locations.addresses import (
    bucket_of,
    normal_endpoint,
    normal_form,
    prefixes,
    shown,
    site_of,
)
from multicloud_lab.locations.form import FORMS, Address
from multicloud_lab.locations.probe import Probed, ago, prober_of
from multicloud_lab.records import Location
from multicloud_lab.regions import Evidence, Region, contains, parse_region

_STRENGTH = {evidence: rank for rank, evidence in enumerate(Evidence)}
_OWN = {
    Evidence.EXPLICIT: "asked for",
    Evidence.CATALOG: "declared by its catalog",
    Evidence.REGISTRY: "listed by its registry",
}
"""What is told of a declaration that comes without words."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One answer to where a URL is, who gives it, and that in words."""

    region: Region
    evidence: Evidence
    detail: str


class Locator:
    """Knows where URLs are; does no I/O.

    Parameters
    ----------
    configured : mapping
        Prefixes of URLs, by whole path segments, and their regions; the longest counts.
    listed : callable
        Takes the prefixes of a normal URL, the longest first, down to its bucket or host; gives
        what catalogs declare there. Those of a foreign endpoint end in it, as sites do.
    options_for : callable
        Gives the administrator's fsspec options for a URL: they name accounts of Azure, and
        endpoints that may be probed.
    now : callable
        The time, seconds since 1970.
    """

    def __init__(
        self,
        configured: Mapping[str, Region],
        *,
        listed: Callable[[Sequence[str]], Sequence[Claim]] = lambda urls: (),
        options_for: Callable[[str], Mapping[str, Any]] = lambda url: {},
        now: Callable[[], float] = time.time,
    ) -> None:
        self._configured: dict[str, Claim] = {}
        for prefix, region in configured.items():
            url = normal_form(prefix).url.rstrip("/")
            detail = f"configured: {_written(prefix)} is in {region}"
            self._configured[url] = Claim(region, Evidence.CONFIGURED, detail)
        self._listed = listed
        self._options_for = options_for
        self._now = now
        self._registries: dict[str, dict[str, tuple[Claim, ...]]] = {}
        self._probed: dict[str, Probed] = {}

    def replace_registry(self, name: str, rows: Iterable[tuple[str, Region, str]]) -> None:
        """Take a registry's rows in the place of those it had.

        Parameters
        ----------
        name : str
            The registry's.
        rows : iterable of (str, Region, str)
            URL of a bucket, of a prefix of one, or of a host; where it is; words on that. The
            word for a prefix counts for the whole bucket, which is in one region. A prefix of a
            host tells nothing of the host and is left out.
        """
        found: dict[str, list[Claim]] = {}
        for url, region, words in rows:
            address = normal_form(url)
            site = bucket_of(address) or site_of(address)
            if not address.bucket and site != address.url:
                continue
            detail = f"the registry {_written(name)} lists it" + (
                f" ({shown(words)})" if words else ""
            )
            if address.url not in (address.bucket, site):
                detail += f", by {shown(address.url)}; a bucket is in one region"
            claims = found.setdefault(site, [])
            if all(claim.region != region for claim in claims):
                claims.append(Claim(region, Evidence.REGISTRY, detail))
        known = {site: tuple(claims) for site, claims in found.items()}
        # A new mapping, since others may be locating in their threads.
        self._registries = {**self._registries, name: known}

    def learn(self, bucket: str, probed: Probed) -> None:
        """Take what a prober found out about a bucket, as :meth:`unsettled` named it."""
        self._probed[bucket] = probed

    def root(self, url: str, endpoint: str = "") -> str:
        """Give the site of a URL.

        Two URLs of one site are always located alike, if their catalogs declare alike.

        Returns
        -------
        str
            The bucket, or the host of a web server, or a longer configured prefix; followed by
            `` at https://…`` for a foreign endpoint, or `` in aws:us-west-2`` where the address
            names its region. It can be located like a URL.
        """
        address = self._address(url, endpoint)
        return site_of(address, self._longest(address)) if address.url else ""

    def unsettled(self, urls: Iterable[str]) -> list[str]:
        """Give the buckets of URLs, or of roots, that are worth a probe.

        Those whose region nothing says, or on which registries contradict each other; that a
        known provider can be asked about, or an endpoint that the administrator configured; and
        that no answer is known of.
        """
        found: dict[str, None] = {}
        for url in urls:
            address = self._address(url, "")
            bucket = bucket_of(address)
            known = self._probed.get(bucket)
            if prober_of(address.bucket) is None or address.region:
                continue
            if known is not None and known.outcome != "silent":
                continue
            if address.endpoint and not self._may_ask(address):
                continue
            claims = self._claims(address)
            if not claims or _quarrel(claims):
                found[bucket] = None
        return list(found)

    def locate(
        self,
        url: str,
        declared: Region | None = None,
        *,
        evidence: Evidence = Evidence.CATALOG,
        detail: str = "",
        endpoint: str = "",
    ) -> Location:
        """Say where a URL's bytes are.

        Parameters
        ----------
        url : str
            In any form of its provider; or a root.
        declared : Region, optional
            What the catalog entry at hand says of it.
        evidence : Evidence
            How strong that is.
        detail : str
            That in words; empty: those of the listing, if it says the same.
        endpoint : str
            Of the object store, where the catalog names one.

        Returns
        -------
        Location
            By the strongest evidence. What speaks against it is told in ``detail`` and listed in
            ``contradicted``; a multi-region does not contradict a region inside it.
        """
        address = self._address(url, endpoint)
        own = Claim(declared, evidence, detail) if declared is not None else None
        claims = self._claims(address, own)
        if not claims:
            return Location(url=url, detail=self._way_out(address))
        best = claims[0]
        against = [c for c in claims[1:] if not _alike(best.region, c.region)]
        probed = self._probed.get(bucket_of(address))
        if probed is not None and best.region in (probed.region, *probed.also):
            against = [c for c in against if c.region not in (probed.region, *probed.also)]
        told = [
            _words(best),
            *dict.fromkeys(f"{_words(c)} ({c.region})" for c in against),
        ]
        return Location(
            url=url,
            region=best.region,
            evidence=best.evidence,
            detail="; but ".join(told),
            contradicted=tuple(dict.fromkeys(c.region for c in against)),
        )

    def _address(self, url: str, endpoint: str) -> Address:
        if not url.strip():
            return Address("")
        address = normal_form(url, endpoint)
        if address.provider == "azure" and not address.bucket and not endpoint:
            account = str(self._options_for(address.url).get("account_name") or "")
            if account.isalnum():
                return normal_form(url, f"https://{account}.blob.core.windows.net")
        return address

    def _longest(self, address: Address) -> str:
        """Give the longest configured prefix that a URL is below."""
        if not self._configured:
            return ""
        return next((p for p in prefixes(address.url) if p in self._configured), "")

    def _claims(self, address: Address, own: Claim | None = None) -> list[Claim]:
        """Give every answer, the strongest first, of equal ones the entry's own."""
        claims = list(self._said(address))
        if own is not None:
            same = [c for c in claims if (c.region, c.evidence) == (own.region, own.evidence)]
            claims = [same[0] if same and not own.detail else own, *claims]
        strength = dict(_STRENGTH)
        if _quarrel(claims):  # then the provider's own word decides
            strength[Evidence.PROBED] = strength[Evidence.CONFIGURED]
        return sorted(claims, key=lambda claim: strength[claim.evidence])

    def _said(self, address: Address) -> Iterator[Claim]:
        named = _named(address)
        if named is not None:
            yield Claim(named, Evidence.EXPLICIT, "its address names it")
        longest = self._longest(address)
        if longest:
            yield self._configured[longest]
        if not address.url:
            return
        yield from self._listed(_within_site(address))
        site = bucket_of(address) or site_of(address)
        for registry in self._registries.values():
            yield from registry.get(site, ())
        probed = self._probed.get(site)
        if probed is not None and probed.region is not None:
            yield Claim(probed.region, Evidence.PROBED, self._when(probed))

    def _when(self, probed: Probed) -> str:
        said = f" ({probed.detail})" if probed.detail else ""
        return f"probed {ago(self._now() - probed.asked)}{said}"

    def _may_ask(self, address: Address) -> bool:
        """Say whether the administrator configured the endpoint that a catalog names."""
        known = prober_of(address.bucket)
        named = known[0].endpoint(self._options_for(address.bucket), {}) if known else ""
        return bool(named) and normal_endpoint(named) == address.endpoint

    def _way_out(self, address: Address) -> str:
        """Say why a region is not known, and what to do."""
        if not address.url:
            return "its catalog gives no address"
        if address.provider == "local":
            return "a file of this machine, which is in no known region"
        site = shown(address.bucket or site_of(address))
        probed = self._probed.get(bucket_of(address))
        if address.region:
            why = f"its address names {address.region}, which is no region known here"
        elif probed is not None:
            why = f"nothing says where {site} is, {self._when(probed)}"
        elif address.endpoint:
            why = f"{site} is at {shown(address.endpoint)}, which tells of no region"
        elif address.provider and FORMS[address.provider].untold:
            why = f"nothing says where {site} is, and {FORMS[address.provider].untold}"
        else:
            why = f"nothing says where {site} is"
        return f"{why}; add it to MulticloudLab.regions"


def _words(claim: Claim) -> str:
    return claim.detail or _OWN.get(claim.evidence, "declared")


def _written(url: str) -> str:
    """Give a URL of the configuration as it stands there, but for what may be secret in it."""
    return shown(normal_form(url).url if set(url) & set("?#@") else url)


def _named(address: Address) -> Region | None:
    try:
        return parse_region(address.region) if address.region else None
    except UnknownRegionError:
        return None


def _within_site(address: Address) -> list[str]:
    """Give a URL and what is above it, down to its bucket or host, each with its endpoint."""
    base = address.bucket or "/".join(address.url.split("/")[:3])
    end = f" at {address.endpoint}" if address.endpoint else ""
    return [f"{prefix}{end}" for prefix in prefixes(address.url) if len(prefix) >= len(base)]


def _alike(one: Region, other: Region) -> bool:
    return one == other or contains(one, other) or contains(other, one)


def _quarrel(claims: Sequence[Claim]) -> bool:
    """Say whether registries are all that speaks, and contradict each other."""
    best = min((_STRENGTH[claim.evidence] for claim in claims), default=0)
    if best < _STRENGTH[Evidence.REGISTRY]:
        return False
    said = [claim.region for claim in claims if claim.evidence is Evidence.REGISTRY]
    return any(not _alike(said[0], region) for region in said[1:])

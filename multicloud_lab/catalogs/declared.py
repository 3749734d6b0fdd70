"""The region that an entry's metadata declares: the short form, or STAC's storage extension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import Region, parse_region

# Words in a scheme's type or platform, and the provider each stands for.
_PROVIDER_WORDS = (
    ("amazonaws", "aws"),
    ("aws", "aws"),
    ("googleapis", "gcp"),
    ("google", "gcp"),
    ("gcp", "gcp"),
    ("azure", "azure"),
    ("windows.net", "azure"),
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What metadata say of where the bytes are and who pays.

    Parameters
    ----------
    region : Region, optional
    detail : str
        Why there is no region although something was declared.
    requester_pays : bool
    """

    region: Region | None = None
    detail: str = ""
    requester_pays: bool = False

    def or_else(self, other: Declared) -> Declared:
        """Give this if it says anything of a region, else the other."""
        if self.region or self.detail:
            return self
        return replace(other, requester_pays=self.requester_pays or other.requester_pays)


def declared(metadata: object, url: str = "") -> Declared:
    """Read ``region``, ``storage:schemes`` (v2), ``storage:region`` (v1) or ``msft:region``.

    Parameters
    ----------
    metadata : object
        As the catalog has it; anything but a mapping says nothing.
    url : str
        Of the bytes: of several schemes, the one that names its bucket counts.
    """
    if not isinstance(metadata, Mapping):
        return Declared()
    schemes = _schemes(metadata)
    pays = metadata.get("requester_pays") is True
    pays = pays or any(scheme.get("requester_pays") is True for scheme in schemes)
    if metadata.get("region") is not None:
        return _one(metadata["region"], "", pays)
    if not schemes:
        return Declared(requester_pays=pays)
    mine = [s for s in schemes if s.get("bucket") and f"/{s['bucket']}/" in f"/{url}/"] or schemes
    answers = {_one(s.get("region"), _provider(s), pays) for s in mine if s.get("region")}
    if len(answers) > 1:
        several = ", ".join(sorted(str(answer.region) for answer in answers))
        return Declared(None, f"Its catalog declares several regions ({several}).", pays)
    return answers.pop() if answers else Declared(requester_pays=pays)


def inherited(row: Entry | None) -> Declared:
    """Give what the entry that named a catalog declares for all that is in it."""
    if row is None or not row.copies:
        return Declared()
    return Declared(row.copies[0].region, row.copies[0].detail)


def ask(url: str, *sources: object, above: Entry | None) -> Declared:
    """Ask metadata of where a URL's bytes are, the nearest first, then the entry above."""
    answer = declared(sources[0], url)
    for source in sources[1:]:
        answer = answer.or_else(declared(source, url))
    return answer.or_else(inherited(above))


def _schemes(metadata: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = metadata.get("storage:schemes")
    listed = list(found.values()) if isinstance(found, Mapping) else []
    schemes: list[Mapping[str, Any]] = [s for s in listed if isinstance(s, Mapping)]
    if metadata.get("storage:region") or metadata.get("storage:requester_pays"):
        names = ("platform", "region", "requester_pays")
        schemes.append({name: metadata.get(f"storage:{name}") for name in names})
    if metadata.get("msft:region"):
        schemes.append({"platform": "azure", "region": metadata["msft:region"]})
    return schemes


def _provider(scheme: Mapping[str, Any]) -> str:
    words = f"{scheme.get('type')} {scheme.get('platform')}".lower()
    return next((provider for word, provider in _PROVIDER_WORDS if word in words), "")


def _one(text: object, provider: str, pays: bool) -> Declared:
    said = str(text) if isinstance(text, str) else repr(text)[:80]
    if provider and ":" not in said:
        said = f"{provider}:{said}"
    try:
        return Declared(parse_region(said, titles=bool(provider)), "", pays)
    except UnknownRegionError as error:
        return Declared(None, f"Its catalog declares a region that cannot be used: {error}", pays)

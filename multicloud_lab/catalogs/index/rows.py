"""An entry as one short text in the index, and back; its words; its record for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.index.sites import Whereabouts
from multicloud_lab.catalogs.index.words import words
from multicloud_lab.regions import Region

MAX_DESCRIPTION = 20_000
"""Characters of a description that are kept."""

# What an entry always has, in this order; then, where it differs from nothing, by name.
_ALWAYS = ("path", "name", "catalog_url", "kind", "entry", "title", "description", "format")
_SOMETIMES = ("tags", "variables", "aliases", "driver", "reading", "untrusted", "problem")


def shortened(entry: Entry) -> Entry:
    """Give an entry with no more of its description than is kept."""
    if len(entry.description) <= MAX_DESCRIPTION:
        return entry
    return replace(entry, description=entry.description[: MAX_DESCRIPTION - 1] + "…")


def packed(entry: Entry) -> bytes:
    """Write an entry down."""
    more: dict[str, Any] = {}
    for name in _SOMETIMES:
        value = getattr(entry, name)
        if value:
            more[name] = value
    if entry.registry:
        more["registry"] = True
    if entry.parameters:
        more["parameters"] = [p.model_dump(exclude_defaults=True) for p in entry.parameters]
    always = [getattr(entry, name) for name in _ALWAYS]
    text = json.dumps(
        [*always, [_short_copy(copy) for copy in entry.copies], more],
        ensure_ascii=False,
        separators=(",", ":"),
        default=_plain,
    )
    # Half of a surrogate pair is no text: it would break every answer that it is in.
    return text.encode("utf-8", "replace")


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _short_copy(copy: Copy) -> list[object]:
    region = str(copy.region) if copy.region else ""
    written = [copy.url, region, copy.detail, int(copy.requester_pays), copy.endpoint]
    while len(written) > 1 and not written[-1]:
        written.pop()
    return written


def _copy(
    url: str, region: str = "", detail: str = "", requester_pays: int = 0, endpoint: str = ""
) -> Copy:
    return Copy(
        url=url,
        region=Region.from_text(region) if region else None,
        detail=detail,
        requester_pays=bool(requester_pays),
        endpoint=endpoint,
    )


def unpacked(written: bytes) -> Entry:
    """Read an entry that was written down."""
    *always, copies, more = json.loads(written.decode())
    values = dict(zip(_ALWAYS, always, strict=True))
    values["path"] = tuple(values["path"])
    for name in ("tags", "variables", "aliases", "untrusted"):
        if name in more:
            more[name] = tuple(more[name])
    if "parameters" in more:
        more["parameters"] = tuple(r.Parameter.model_validate(p) for p in more["parameters"])
    return Entry(**values, copies=tuple(_copy(*copy) for copy in copies), **more)


def dataset_id(catalog: str, path: Iterable[str]) -> str:
    """Join the id of what is at a path below a catalog."""
    return "/".join((catalog, *path))


def group_path(entry: Entry) -> str:
    """Give the path below its catalog of what an entry is listed in; a name may hold slashes."""
    path = "/".join(entry.path)
    ending = f"/{entry.name}"
    return path.removesuffix(ending) if path.endswith(ending) else path.rpartition("/")[0]


def heading_words(entry: Entry) -> list[str]:
    """Split what an entry is called."""
    return words(" ".join((*entry.path[-1:], entry.name, entry.title)))


def other_words(catalog: str, entry: Entry) -> list[str]:
    """Split what else is said of an entry."""
    urls = (copy.url for copy in entry.copies)
    said = (catalog, *entry.path, entry.description, *entry.tags, *entry.variables, *urls)
    return words(" ".join(said))


def dataset(
    catalog: str, entry: Entry, whereabouts: Iterable[Whereabouts], *, stale: bool
) -> r.Dataset:
    """Make the record of an entry.

    Parameters
    ----------
    catalog : str
    entry : Entry
    whereabouts : iterable of Whereabouts
        Of each copy.
    stale : bool
    """
    replicas = tuple(
        r.Replica(
            url=copy.url,
            region=where.region,
            evidence=where.evidence,
            detail=where.detail,
            contradicted=where.contradicted,
            requester_pays=copy.requester_pays,
        )
        for copy, where in zip(entry.copies, whereabouts, strict=True)
    )
    best = next(
        (replica for replica in replicas if replica.region),
        replicas[0] if replicas else r.Replica(url=""),
    )
    return r.Dataset(
        id=dataset_id(catalog, entry.path),
        name=entry.name,
        title=entry.title,
        description=entry.description,
        catalog=catalog,
        format=entry.format,
        tags=entry.tags,
        variables=entry.variables,
        requester_pays=any(copy.requester_pays for copy in entry.copies),
        replicas=replicas,
        url=best.url,
        region=best.region,
        evidence=best.evidence,
        problem=entry.problem,
        stale=stale,
    )

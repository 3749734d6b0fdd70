"""The assets of a STAC collection or item that are data, each a dataset with its copies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from multicloud_lab.catalogs.addresses import place, resolve, with_account
from multicloud_lab.catalogs.data_formats import format_of_media_type, format_of_url
from multicloud_lab.catalogs.declared import inherited
from multicloud_lab.catalogs.entry import Copy, Entry, segment
from multicloud_lab.catalogs.formats.stac_storage import storage
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.catalogs.reading import safe_reading, safe_storage_options
from multicloud_lab.catalogs.trust import text_reasons
from multicloud_lab.catalogs.values import mapping, text, texts

_ASIDE = frozenset(
    {"thumbnail", "overview", "metadata", "preview", "browse", "documentation", "stac-items"}
    | {"rendered_preview", "tiles", "tilejson", "iso-19115", "license", "legend", "logo"}
)
_NEVER = re.compile(r"image/(?:png|jpe?g|webp|gif)|text/(?:html|xml|plain)|/xml|/pdf|tilejson")
_REFERENCES = frozenset({"index", "references", "reference", "kerchunk"})
_YEAR = re.compile(r"\d{4}(?=-)")


@dataclass(frozen=True, slots=True)
class Holder:
    """A collection or an item, as far as its assets are concerned.

    Parameters
    ----------
    document : Document
        The file that it is in.
    path : tuple of str
        Of the holder itself.
    content : mapping
    base : str
        What its relative addresses are relative to, a normal URL.
    """

    document: Document = field(repr=False)
    path: tuple[str, ...]
    content: Mapping[str, Any] = field(repr=False)
    base: str

    @property
    def properties(self) -> Mapping[str, Any]:
        """Give an item's properties; empty for a collection."""
        return mapping(self.content.get("properties"))

    @property
    def levels(self) -> Sequence[Mapping[str, Any]]:
        """Give what holds the assets, the nearest first."""
        return (self.properties, self.content, mapping(self.content.get("summaries")))

    def said(self, name: str) -> object:
        """Give a field of the properties, or else of the holder itself."""
        return self.properties.get(name) or self.content.get(name)

    def entry(self) -> Entry:
        """Describe the holder as one dataset, without a place."""
        return Entry(
            path=self.path,
            name=text(self.content.get("id")) or self.path[-1],
            catalog_url=self.document.url,
            kind="url",
            entry=self.base,
            title=text(self.said("title")),
            description=text(self.said("description")),
            tags=tuple(dict.fromkeys((*texts(self.said("keywords")), *self._years()))),
            variables=_variables(self.properties) or _variables(self.content),
        )

    def _years(self) -> Iterator[str]:
        temporal = mapping(mapping(self.content.get("extent")).get("temporal")).get("interval")
        first = temporal[0] if isinstance(temporal, list) and temporal else None
        said = first if isinstance(first, list) and len(first) == 2 else []
        names = ("start_datetime", "end_datetime")
        said = said or [self.properties.get(n) or self.properties.get("datetime") for n in names]
        years = [found[0] if (found := _YEAR.match(text(when))) else "" for when in said]
        if any(years):
            yield years[0] if years[0] == years[-1] else "-".join(years)


@dataclass(frozen=True, slots=True)
class _Data:
    """An asset that is data: its key, itself, its format, and where it is."""

    key: str
    asset: Mapping[str, Any]
    format: str
    copies: tuple[Copy, ...]


def data_entries(holder: Holder) -> list[Entry]:
    """Give one entry for each asset that is data; addresses of one place are one.

    The only one has the holder's own path; of several each has its key below that.
    """
    found: dict[tuple[str, str], _Data] = {}
    for key, value in mapping(holder.content.get("assets")).items():
        data = _data(holder, str(key), mapping(value))
        if data is None:
            continue
        where = place(data.copies[0].url)
        earlier = found.get(where)
        if earlier is None or _web(earlier.copies[0].url) > _web(data.copies[0].url):
            found[where] = data if earlier is None else replace(data, key=earlier.key)
    alone = len(found) == 1
    return [_entry(holder, data, alone=alone) for data in found.values()]


def _data(holder: Holder, key: str, asset: Mapping[str, Any]) -> _Data | None:
    href = text(asset.get("href"))
    data_format = _format(key, asset, href)
    if not href or data_format is None:
        return None
    alternates = mapping(asset.get("alternate"))
    # The storage extension's own example has one alternate without a name.
    others = [alternates] if "href" in alternates else list(alternates.values())
    copies: dict[tuple[str, str], Copy] = {}
    for one in (asset, *(mapping(other) for other in others)):
        url = _url(holder, one)
        if not url:
            continue
        around = inherited(holder.document.row)
        copy = storage(url, one, holder.levels).or_else(around, url).copy(url)
        earlier = copies.get(place(url))
        if earlier is None or _web(earlier.url) > _web(url):
            copies[place(url)] = copy
    return _Data(key, asset, data_format, tuple(copies.values()))


def _entry(holder: Holder, data: _Data, *, alone: bool) -> Entry:
    whole, asset = holder.entry(), data.asset
    title = text(asset.get("title")) or data.key
    both = (whole.description, text(asset.get("description")))
    own = {} if alone else {"path": (*holder.path, segment(data.key)), "name": data.key}
    return replace(
        whole,
        **own,  # type: ignore[arg-type]  # fields of an entry
        title=whole.title if alone else ": ".join(part for part in (whole.title, title) if part),
        description="\n\n".join(part for part in both if part),
        format=data.format,
        variables=_variables(asset) or whole.variables,
        copies=data.copies,
        entry=data.copies[0].url,
        reading=safe_reading(data.format, asset.get("xarray:open_kwargs"), _options(asset)),
        untrusted=tuple(text_reasons([copy.url for copy in data.copies])),
    )


def _url(holder: Holder, asset: Mapping[str, Any]) -> str:
    href = text(asset.get("href"))
    if not href:
        return ""
    account = safe_storage_options(_options(asset)).get("account_name", "")
    account = account or text(holder.said("msft:storage_account"))
    return with_account(resolve(href, holder.base), account)


def _options(asset: Mapping[str, Any]) -> object:
    return asset.get("xarray:storage_options") or asset.get("table:storage_options")


def _format(key: str, asset: Mapping[str, Any], href: str) -> str | None:
    """Give the format of an asset, empty if it is data of none known; None if it is no data."""
    roles = {role.lower() for role in texts(asset.get("roles"))}
    media_type = text(asset.get("type")).lower()
    opens = isinstance(asset.get("xarray:open_kwargs"), Mapping)
    is_data = "data" in roles or opens or "cube:variables" in asset
    if _NEVER.search(media_type) or (roles & _ASIDE and not is_data):
        return None
    ending = format_of_url(href)
    if "json" in media_type or ending == "kerchunk":
        marks = roles & _REFERENCES or re.search(
            "kerchunk|reference", f"{key} {media_type}".lower()
        )
        return "kerchunk" if marks else None
    found = format_of_media_type(media_type) or ending
    if not found and mapping(asset.get("xarray:open_kwargs")).get("engine") == "zarr":
        found = "zarr"
    return found if found or is_data else None


def _variables(holder: Mapping[str, Any]) -> tuple[str, ...]:
    cube = mapping(holder.get("cube:variables"))
    return tuple(
        str(name) for name, spec in cube.items() if mapping(spec).get("type") != "auxiliary"
    )


def _web(url: str) -> bool:
    """Say whether an address is the web's: a store's own says more, and is read better."""
    return url.startswith(("http://", "https://"))

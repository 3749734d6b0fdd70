"""STAC: static catalogs, collections and items, and what an API lists."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlunsplit

from multicloud_lab.catalogs.addresses import place, resolve, split
from multicloud_lab.catalogs.document import parse_document
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.fetch import is_local
from multicloud_lab.catalogs.formats.stac_assets import Holder, data_entries
from multicloud_lab.catalogs.formats.stac_storage import roots, storage
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.values import mappings, text
from multicloud_lab.errors import CatalogError
from multicloud_lab.hosts import shown

MAX_ITEMS = 100
"""Items of a static collection that are listed one by one; one of more is one dataset."""
MAX_PAGES = 100
MAX_SAMPLES = 200
"""Collections of one file whose first item is read to learn where the others are."""

_FILES = ("catalog.json", "collection.json", "item.json", "index.json")
_STAC = "stac"

Found = list[Entry | Child]


class StacFormat:
    """STAC 1.0 and 1.1: what is static is followed; an API is asked for its collections alone."""

    name = "stac"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is STAC, or an answer of an API."""
        if not isinstance(content, Mapping):
            return False
        if isinstance(content.get("links"), list) and (
            "conformsTo" in content or isinstance(content.get("collections"), list)
        ):
            return True
        features = mappings(content.get("features"))
        return "stac_version" in content or any("assets" in feature for feature in features)

    def read(self, document: Document) -> Found:
        """List the data assets, and collections whose items are many; children are followed."""
        content, row = document.content, document.row
        below = row is not None and row.driver == _STAC
        base = document.path[:-1] if below else document.path
        if row is not None and below and row.format == _STAC:
            return [_sampled(document, row)]
        kind = content.get("type")
        if kind == "FeatureCollection":
            return _all_pages(document, "features", base)
        if kind == "Feature":
            return _item(document, content, base)
        if kind == "Collection" or ("extent" in content and "license" in content):
            return _collection(document, content, base)
        if isinstance(content.get("collections"), list):
            return _all_pages(document, "collections", base)
        path = (*base, _name(content, document.url)) if below else document.path
        return _catalog(document, content, path)


register(StacFormat())


def _catalog(document: Document, content: Mapping[str, Any], path: tuple[str, ...]) -> Found:
    links = _links(document, content)
    listing = next((href for rel, href, _ in links if rel == "data"), "")
    found: Found = []
    if listing and "conformsTo" in content:
        found.append(_child(document, path, listing))
    # An API names its collections as children as well.
    below = f"{resolve(listing, document.url)}/" if listing else "\0"
    for rel, href, title in links:
        if rel == "child" and not resolve(href, document.url).startswith(below):
            found.append(_child(document, path, href, title))
    return found + _items(document, content, links, path)


def _collection(
    document: Document, content: Mapping[str, Any], base: tuple[str, ...], *, samples: bool = True
) -> Found:
    path = (*base, _name(content, document.url))
    links = _links(document, content)
    holder = Holder(document, path, content, _self(document, content))
    where = storage("", {}, holder.levels)
    found: Found = list(data_entries(holder))
    found += [
        _child(document, path, href, title, where.copy(""))
        for rel, href, title in links
        if rel == "child"
    ]
    items = [href for rel, href, _ in links if rel == "item"]
    if 0 < len(items) <= MAX_ITEMS:
        return found + _items(document, content, links, path, where.copy(""))
    behind = next((href for rel, href, _ in links if rel == "items"), "")
    if found and not items and not (behind and content.get("item_assets")):
        return found
    copies = tuple(storage(url, {}, holder.levels).copy(url) for url in roots(content))
    if not copies and (where.declared.region or where.declared.detail):
        copies = (where.copy(""),)
    entry = replace(holder.entry(), format=_STAC, copies=copies)
    first = items[0] if items else behind
    if any(copy.region for copy in copies) or not first or not samples:
        return [*found, entry]
    if content is not document.content:
        first = resolve(first, holder.base)
    return [*found, _followed(document, first if items else _limited(first), entry)]


def _items(
    document: Document,
    content: Mapping[str, Any],
    links: list[tuple[str, str, str]],
    path: tuple[str, ...],
    where: Copy | None = None,
) -> Found:
    items = [(href, title) for rel, href, title in links if rel == "item"]
    if len(items) <= MAX_ITEMS:
        return [_child(document, path, href, title, where) for href, title in items]
    holder = Holder(document, (*path, _name(content, document.url)), content, document.url)
    return [_followed(document, items[0][0], replace(holder.entry(), format=_STAC))]


def _item(document: Document, content: Mapping[str, Any], base: tuple[str, ...]) -> Found:
    path = (*base, _name(content, document.url))
    return list(data_entries(Holder(document, path, content, _self(document, content))))


def _sampled(document: Document, row: Entry) -> Entry:
    """Give a collection the places where its first item is."""
    content = document.content
    features = mappings(content.get("features")) or [content]
    copies: dict[str, Copy] = {}
    for entry in _item(document, features[0], ()):
        for copy in entry.copies if isinstance(entry, Entry) else ():
            root = _root(copy.url)
            copies.setdefault(root, replace(copy, url=root))
    return replace(row, driver="", copies=tuple(copies.values()) or row.copies)


def _all_pages(document: Document, key: str, base: tuple[str, ...]) -> Found:
    """List what is in an answer of an API and in those that follow it, bounded."""
    found: Found = []
    samples = 0
    for content in _pages(document):
        if isinstance(content, CatalogError):
            path = (*base, "…")
            found.append(Entry(path=path, name="…", catalog_url=document.url, problem=str(content)))
            continue
        for one in mappings(content.get(key)):
            if key == "features":
                found += _item(document, one, base)
            else:
                found += _collection(document, one, base, samples=samples < MAX_SAMPLES)
                samples += sum(isinstance(item, Child) for item in found[-1:])
    return found


def _pages(document: Document) -> Iterator[Mapping[str, Any] | CatalogError]:
    """Give a document and its further pages; the last is an error if there are more."""
    content: Mapping[str, Any] = document.content
    end = time.monotonic() + document.deadline
    seen = [document.url]
    while True:
        yield content
        try:
            url = _next_page(document, content)
            if not url or url in seen:
                return
            if len(seen) == MAX_PAGES or time.monotonic() > end:
                yield CatalogError(f"Only {len(seen)} pages of {shown(document.url)} were read.")
                return
            seen.append(url)
            content = parse_document(document.fetch(url).decode("utf-8-sig"), shown(url))
        except UnicodeDecodeError:
            yield CatalogError(f"A further page of {shown(document.url)} is not text (UTF-8).")
            return
        except CatalogError as error:
            yield error
            return


def _next_page(document: Document, content: Mapping[str, Any]) -> str:
    links = [link for link in mappings(content.get("links")) if link.get("rel") == "next"]
    if not links or not (href := text(links[0].get("href"))):
        return ""
    if text(links[0].get("method")).upper() == "POST":
        raise CatalogError(f"Further pages of {shown(document.url)} are only told to a POST.")
    return _target(document, href)


def _links(document: Document, content: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give the relation, address and title of each link that has an address."""
    return [
        (text(link.get("rel")), href, text(link.get("title")))
        for link in mappings(content.get("links"))
        if (href := text(link.get("href")))
    ]


def _child(
    document: Document, path: tuple[str, ...], href: str, title: str = "", where: Copy | None = None
) -> Entry | Child:
    name = _stem(href)
    row = Entry(
        path=(*path, segment(name)),
        name=name,
        title=title,
        catalog_url=document.url,
        kind="url",
        entry=href,
        copies=(where,) if where else (document.row.copies if document.row else ()),
    )
    return _followed(document, href, row)


def _followed(document: Document, href: str, row: Entry) -> Entry | Child:
    try:
        return Child(url=_target(document, href), row=replace(row, driver=_STAC))
    except CatalogError as error:
        return replace(row, problem=str(error))


def _target(document: Document, href: str) -> str:
    """Give the normal URL of a link; one that begins with a slash is of the same host."""
    rooted = href.startswith("/") and not is_local(document.url)
    try:
        return document.child(resolve(href, document.url) if rooted else href)
    except ValueError as error:
        raise CatalogError(f"{shown(document.url)} has a link that is no address.") from error


def _self(document: Document, content: Mapping[str, Any]) -> str:
    """Give what addresses are relative to: in a list of an API, each one's own address."""
    if content is document.content:
        return document.url
    own = next((href for rel, href, _ in _links(document, content) if rel == "self"), "")
    return resolve(own, document.url) if own else document.url


def _name(content: Mapping[str, Any], url: str) -> str:
    said = content.get("id")
    return segment(said if isinstance(said, str | int) and said else _stem(url))


def _stem(href: str) -> str:
    path = href.partition("?")[0].rstrip("/")
    folder, base = posixpath.split(path)
    if base in _FILES and folder.strip("./"):
        return posixpath.basename(folder)
    return base.removesuffix(".json") or "_"


def _limited(url: str) -> str:
    parts = split(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, "limit=1")))))


def _root(url: str) -> str:
    """Give the bucket that an address is in, or its host."""
    store, path = place(url)
    parts = split(url)
    if store in ("s3", "gs"):
        return f"{store}://{path.partition('/')[0]}"
    if store == "az" and parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}/{parts.path.strip('/').partition('/')[0]}"
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url

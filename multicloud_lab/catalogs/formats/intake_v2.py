"""Intake catalogs, version 2 YAML: readers of data, data alone, and catalogs among them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from multicloud_lab.catalogs.copies import copies
from multicloud_lab.catalogs.declared import ask
from multicloud_lab.catalogs.entry import Child, Entry, segment
from multicloud_lab.catalogs.fetch import directory_of
from multicloud_lab.catalogs.parameters import merged, plain, read_parameters
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.reading import safe_reading
from multicloud_lab.catalogs.templates import fill, is_plainly_filled, strings
from multicloud_lab.catalogs.trust import text_reasons
from multicloud_lab.catalogs.values import mapping, text, texts
from multicloud_lab.errors import CatalogError
from multicloud_lab.records import Parameter

_TOKEN = re.compile(r"[0-9a-f]{16}")
_DATA = re.compile(r"\{?data\(\s*([^)]+?)\s*\)\}?")
_DATATYPES = {
    "Zarr": "zarr", "NetCDF3": "netcdf", "HDF5": "netcdf", "Parquet": "parquet", "CSV": "csv",
    "TIFF": "rasterio", "GRIB2": "grib", "OpenDAP": "opendap", "IcechunkRepo": "icechunk",
}  # fmt: skip
_CATALOG_DATATYPES = {"CatalogFile": "intake", "YAMLFile": "intake", "STACJSON": "stac"}
_OWN = "intake.readers."
_CATALOG_READERS = {"readers:YAMLCatalogReader", "catalogs:StacCatalogReader"}
# Readers that only read, and the data that each of them reads; a table comes lazily in any case.
_READERS = {
    "readers:XArrayDatasetReader": {"zarr", "netcdf"},
    "readers:DaskParquet": {"parquet"},
    "readers:PandasParquet": {"parquet"},
    "readers:DaskCSV": {"csv"},
    "readers:PandasCSV": {"csv"},
    "readers:RasterIOXarrayReader": {"rasterio"},
}


@dataclass(frozen=True, slots=True)
class _Thing:
    """A reader or data of a catalog, put together."""

    reader: str
    datatype: str
    data: Mapping[Any, Any]
    arguments: Mapping[Any, Any]
    metadata: Mapping[Any, Any]
    parameters: tuple[Parameter, ...]


class IntakeV2Format:
    """Intake version 2."""

    name = "intake-v2"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an intake catalog of version 2."""
        return (
            isinstance(content, Mapping)
            and content.get("version") == 2
            and "sources" not in content
            and bool({"entries", "data", "aliases"} & set(content))
        )

    def read(self, document: Document) -> list[Entry | Child]:
        """List the readers, and the data that no reader is of; catalogs are children."""
        content = document.content
        for part in ("entries", "data", "aliases"):
            if not isinstance(content.get(part) or {}, Mapping):
                raise CatalogError(f"{document.url} has {part} that are not a mapping of names.")
        found: list[Entry | Child] = []
        for key, names in _listed(content):
            found.append(_entry(document, key, names, _thing(document, key)))
        return found


register(IntakeV2Format())


def _listed(content: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Give the keys that are datasets, each with its names; steps to others are none."""
    entries, data = mapping(content.get("entries")), mapping(content.get("data"))
    named: dict[str, list[str]] = defaultdict(list)
    for alias, key in mapping(content.get("aliases")).items():
        named[str(key)].append(str(alias))
    used = {match[1] for word in strings(entries) if (match := _DATA.fullmatch(word))}
    for key in (*entries, *(key for key in data if key not in entries)):
        names = named.get(str(key), [])
        if not _TOKEN.fullmatch(str(key)) and (key in entries or key not in used):
            names = [str(key), *names]
        if names or key not in used:
            yield key, names or [str(key)]


def _thing(document: Document, key: str) -> _Thing | None:
    content = document.content
    entry = mapping(content.get("entries")).get(key)
    spec = mapping(content.get("data")).get(key) if entry is None else entry
    if not isinstance(spec, Mapping):
        return None
    shared = read_parameters(content.get("user_parameters"))
    above = document.row.parameters if document.row else ()
    if entry is None:
        described, arguments = spec, {}
    else:
        arguments = dict(mapping(spec.get("kwargs")))
        args = arguments.pop("args", None)
        named = arguments.pop("data", args[0] if isinstance(args, list) and args else None)
        match = _DATA.fullmatch(named) if isinstance(named, str) else None
        described = mapping(mapping(content.get("data")).get(match[1] if match else ""))
    return _Thing(
        reader=text(mapping(entry).get("reader")).removeprefix(_OWN),
        datatype=text(described.get("datatype")).removeprefix(f"{_OWN}datatypes:"),
        data=mapping(described.get("kwargs")),
        arguments=arguments,
        metadata={**mapping(described.get("metadata")), **mapping(spec.get("metadata"))},
        parameters=merged(
            above,
            shared,
            read_parameters(described.get("user_parameters")),
            read_parameters(spec.get("user_parameters")),
        ),
    )


def _entry(document: Document, key: str, names: list[str], thing: _Thing | None) -> Entry | Child:
    entry = Entry(
        path=(*document.path, segment(names[0])),
        name=names[0],
        catalog_url=document.url,
        entry=str(key),
        kind="intake2",
        aliases=tuple("/".join((*document.path, segment(name))) for name in names[1:]),
    )
    if thing is None:
        return replace(entry, problem=f"{document.url} has {names[0]!r}, which is not a mapping.")
    metadata, options = thing.metadata, thing.data.get("storage_options")
    template = _url(thing.data)
    values = {p.name: p.default for p in thing.parameters} | _places(document.url)
    url = fill(template, values)
    where = ask(url, metadata, document.content.get("metadata"), above=document.row)
    entry = replace(
        entry,
        title=text(metadata.get("title")) or text(metadata.get("name")),
        description=text(metadata.get("description")),
        format=_DATATYPES.get(thing.datatype, ""),
        tags=texts(metadata.get("tags")),
        variables=texts(metadata.get("variables")),
        copies=copies(url, options, where, metadata) if url else (),
        driver=thing.reader or thing.datatype,
        parameters=thing.parameters,
    )
    if thing.datatype in _CATALOG_DATATYPES and thing.reader in _CATALOG_READERS | {""}:
        return _child(document, entry, url, _CATALOG_DATATYPES[thing.datatype])
    reading = safe_reading(entry.format, {**_group(thing.data), **thing.arguments}, options)
    reasons = tuple(dict.fromkeys(_reasons(thing, entry.format, reading)))
    if reasons:
        return replace(entry, untrusted=reasons)
    if template != url:
        reading["url"] = template  # its parameters are chosen when it is opened
    return replace(entry, kind="url", reading=plain(reading))


def _child(document: Document, entry: Entry, url: str, catalog_format: str) -> Entry | Child:
    row = replace(entry, format=catalog_format, copies=entry.copies[:1])
    if not url:
        return replace(row, problem=f"{row.name!r} is a catalog but does not say where.")
    try:
        return Child(url=document.child(url), row=row)
    except CatalogError as error:
        return replace(row, problem=str(error))


def _reasons(thing: _Thing, data_format: str, reading: Mapping[str, Any]) -> Iterator[str]:
    """Say why data cannot simply be read, so that intake itself would have to run."""
    if not data_format:
        yield f"it reads data of the type {thing.datatype[:80]!r}"
    if thing.reader and data_format not in _READERS.get(thing.reader, ()):
        yield f"it runs the reader {thing.reader[:80]!r}"
    defaults = [parameter.default for parameter in thing.parameters]
    yield from text_reasons([thing.data, thing.arguments, defaults], plain=is_plainly_filled)
    for given, kept in (
        (thing.arguments, reading.get("open_kwargs")),
        (mapping(thing.data.get("storage_options")), reading.get("storage_options")),
    ):
        left = [str(name)[:80] for name in given if name not in mapping(kept)]
        for name in left[:3]:
            yield f"it gives its reader {name!r}, which is not known to be safe"


def _places(url: str) -> dict[str, object]:
    return {"CATALOG_DIR": directory_of(url), "CATALOG_PATH": url}


def _url(data: Mapping[Any, Any]) -> str:
    url = data.get("url")
    if isinstance(url, list) and url:
        url = url[0]
    return text(url)


def _group(data: Mapping[Any, Any]) -> dict[str, str]:
    """Give the part of a store that data are, as xarray's opener calls it."""
    group = text(data.get("root")) or text(data.get("path"))
    return {"group": group} if group else {}

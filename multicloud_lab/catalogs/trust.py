"""Why opening an entry would run, read or write something that nobody has vouched for.

Intake imports the plugins and drivers of a whole file when it reads it, builds anything that has
a ``cls``, and renders every string of an entry's arguments with an unrestricted Jinja environment.
A kernel therefore checks the very text that it is about to open, with the function here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from multicloud_lab.catalogs.templates import is_plain, strings
from multicloud_lab.errors import UntrustedSourceError
from multicloud_lab.records import Opening

CATALOG_DRIVERS = {
    "yaml_file_cat": "intake",
    "yaml_files_cat": "intake",
    "intake.catalog.local.YAMLFileCatalog": "intake",
    "intake.catalog.local.YAMLFilesCatalog": "intake",
    "intake.catalog.YAMLFileCatalog": "intake",
    "esm_datastore": "intake-esm",
    "intake_esm.esm_datastore": "intake-esm",
    "intake_esm.core.esm_datastore": "intake-esm",
    **dict.fromkeys(
        ("stac_catalog", "stac_collection", "stac_item", "stac_item_collection"), "stac"
    ),
    **dict.fromkeys(
        (
            f"{module}.{name}"
            for module in ("intake_stac", "intake_stac.catalog")
            for name in ("StacCatalog", "StacCollection", "StacItem", "StacItemCollection")
        ),
        "stac",
    ),
}
"""Drivers that are catalogs of a format read here, and that format."""

KNOWN_DRIVERS = {
    **CATALOG_DRIVERS,
    "zarr": "zarr",
    "intake_xarray.ZarrSource": "zarr",
    "intake_xarray.xzarr.ZarrSource": "zarr",
    "netcdf": "netcdf",
    "intake_xarray.NetCDFSource": "netcdf",
    "intake_xarray.netcdf.NetCDFSource": "netcdf",
    "rasterio": "rasterio",
    "intake_xarray.RasterIOSource": "rasterio",
    "intake_xarray.raster.RasterIOSource": "rasterio",
    "opendap": "opendap",
    "intake_xarray.OpenDapSource": "opendap",
    "intake_xarray.opendap.OpenDapSource": "opendap",
    "csv": "csv",
    "intake.source.csv.CSVSource": "csv",
    "parquet": "parquet",
    "intake_parquet.ParquetSource": "parquet",
    "intake_parquet.source.ParquetSource": "parquet",
}
"""Drivers that only read data, and the format that each reads."""

_KNOWN_PLUGINS = {"intake_xarray", "intake_esm", "intake_parquet"}
_KNOWN_CACHES = {"file", "dir", "compressed"}
_KNOWN_PROTOCOLS = {
    *("file", "local", "memory", "http", "https", "s3", "s3a", "gs", "gcs"),
    *("az", "abfs", "abfss", "adl"),
}
_KNOWN_ENGINES = {
    *("zarr", "netcdf4", "h5netcdf", "scipy", "rasterio", "cfgrib", "pydap"),
    *("c", "python", "pyarrow", "fastparquet", "auto"),
}
_ENOUGH = 3
"""Reasons of a kind that are told of a file; more would only repeat them."""
_FUNCTION = re.compile(r"\b(env|shell|client_env|client_shell|getenv|cmd)\s*\(")
_PROTOCOL = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)(::|://)")


def refuse(opening: Opening, reasons: tuple[str, ...], *, trust: bool) -> None:
    """Refuse to open what would run something, unless its reader trusts it.

    Raises
    ------
    UntrustedSourceError
        There are reasons, and no trust.
    """
    if reasons and not trust:
        raise UntrustedSourceError(
            f"Opening {opening.dataset.id} would run what nobody has vouched for: "
            f"{'; '.join(reasons)}. If you trust {opening.catalog_url}, open it with trust=True."
        )


def driver_name(driver: object) -> str:
    """Give the driver that intake would take, in one spelling; empty if there is none."""
    if isinstance(driver, list) and driver:
        driver = driver[0]
    elif isinstance(driver, Mapping) and driver:
        first = next(iter(driver.values()))
        driver = first.get("class") if isinstance(first, Mapping) else first
    return driver.replace(":", ".") if isinstance(driver, str) else ""


def untrusted_reasons(document: Mapping[str, Any], entry: str) -> tuple[str, ...]:
    """Say why opening an entry of an intake catalog would not be safe; empty if it is.

    Parameters
    ----------
    document : mapping
        The catalog file as :func:`multicloud_lab.catalogs.document.parse_document` reads it.
    entry : str
        A key of its ``sources``.
    """
    return entry_reasons(document, entry, file_reasons(document))


def file_reasons(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what intake would import, build or render merely by reading the file; once for all."""
    sources = document.get("sources")
    specs = [s for s in sources.values() if _is_map(s)] if _is_map(sources) else []
    metadata = document.get("metadata")
    reasons = [*_plugin_reasons(document.get("plugins"))]
    reasons += [_builds(spec["cls"]) for spec in specs if "cls" in spec][:_ENOUGH]
    drivers = dict.fromkeys(d for spec in specs for d in _all_drivers(spec.get("driver")))
    foreign = [d for d in drivers if "." in d and d not in KNOWN_DRIVERS]
    reasons += [_imports(driver) for driver in foreign[:_ENOUGH]]
    if _is_map(metadata):
        reasons += text_reasons(metadata.get("parameters"))
    return tuple(dict.fromkeys(reasons))


def entry_reasons(
    document: Mapping[str, Any], entry: str, of_file: tuple[str, ...]
) -> tuple[str, ...]:
    """Say why opening one entry is not safe, given what :func:`file_reasons` says of its file."""
    sources = document.get("sources")
    if not _is_map(sources) or not _is_map(sources.get(entry)):
        return (f"the catalog file has no entry {entry!r}",)
    spec = sources[entry]
    own = {_imports(driver) for driver in _all_drivers(spec.get("driver"))}
    reasons = [reason for reason in of_file if reason not in own]
    reasons += _driver_reasons(spec.get("driver"))
    reasons += _cache_reasons(spec.get("cache"))
    for value in (spec.get("args"), spec.get("parameters"), spec.get("driver")):
        reasons += text_reasons(value)
    return tuple(dict.fromkeys(reasons))


def text_reasons(value: object, *, plain: Callable[[str], bool] = is_plain) -> Iterator[str]:
    """Say what is wrong with the strings of arguments: templates, functions, odd addresses."""
    for text in strings(value):
        if not plain(text):
            yield f"it has a template that is more than a parameter's name: {_short(text)}"
        if _FUNCTION.search(text):
            yield f"it runs a command or reads the environment: {_short(text)}"
        if "::" in text and _PROTOCOL.match(text):
            yield f"it chains file systems, which can write files here: {_short(text)}"
        elif (found := _PROTOCOL.match(text)) and found[1].lower() not in _KNOWN_PROTOCOLS:
            yield f"it opens an unusual file system, {_short(found[1])}"
    for key, inner in _items(value):
        word = inner.lower() if isinstance(inner, str) else ""
        if key == "engine" and word not in _KNOWN_ENGINES:
            yield f"it names the engine {_short(inner)}"
        names_protocol = key == "protocol" or key.endswith("_protocol")
        if names_protocol and word not in _KNOWN_PROTOCOLS:
            yield f"it opens an unusual file system, {_short(inner)}"


def _plugin_reasons(plugins: object) -> Iterator[str]:
    if plugins is None:
        return
    listed = plugins.get("source") if isinstance(plugins, Mapping) else None
    if not isinstance(listed, list) or set(plugins) != {"source"}:  # type: ignore[call-overload]
        yield "its catalog file has a section of plugins that is not understood"
        return
    for plugin in listed:
        module = plugin.get("module") if isinstance(plugin, Mapping) else None
        if not isinstance(plugin, Mapping) or "dir" in plugin or not isinstance(module, str):
            yield "its catalog file loads plugins from a directory"
        elif module.partition(".")[0] not in _KNOWN_PLUGINS:
            yield f"its catalog file imports the module {_short(module)}"


def _builds(cls: object) -> str:
    return f"its catalog file builds an object of class {_short(cls)}"


def _imports(driver: str) -> str:
    return f"its catalog file imports the driver {_short(driver)}"


def _all_drivers(driver: object) -> list[str]:
    if isinstance(driver, list):
        parts = driver
    elif isinstance(driver, Mapping):
        parts = [p.get("class") if isinstance(p, Mapping) else p for p in driver.values()]
    else:
        parts = [driver]
    return [driver_name(part) or repr(part) for part in parts]


def _driver_reasons(driver: object) -> Iterator[str]:
    for name in _all_drivers(driver):
        if name not in KNOWN_DRIVERS:
            yield f"it runs the driver {_short(name)}"


def _cache_reasons(cache: object) -> Iterator[str]:
    if cache is None:
        return
    for part in cache if isinstance(cache, list) else [cache]:
        kind = part.get("type", "file") if isinstance(part, Mapping) else part
        if not isinstance(kind, str) or kind not in _KNOWN_CACHES:
            yield f"it uses a cache of type {_short(kind)}"


def _items(value: object) -> Iterator[tuple[str, object]]:
    stack = [value]
    seen: set[int] = set()
    while stack:
        item = stack.pop()
        if not isinstance(item, dict | list | tuple) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, dict):
            yield from ((str(key), inner) for key, inner in item.items())
            stack.extend(item.values())
        else:
            stack.extend(item)


def _is_map(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _short(value: object) -> str:
    text = repr(value) if not isinstance(value, dict | list) else type(value).__name__
    return text if len(text) <= 80 else text[:77] + "…"

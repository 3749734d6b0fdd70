"""Intake catalogs, version 1 YAML, nested by their catalog entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from multicloud_lab.catalogs.copies import copies
from multicloud_lab.catalogs.declared import Declared, ask
from multicloud_lab.catalogs.entry import Child, Entry, segment
from multicloud_lab.catalogs.fetch import directory_of
from multicloud_lab.catalogs.parameters import merged, plain, read_parameters
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.reading import safe_reading
from multicloud_lab.catalogs.templates import is_template, substitute
from multicloud_lab.catalogs.trust import (
    CATALOG_DRIVERS,
    KNOWN_DRIVERS,
    driver_name,
    entry_reasons,
    file_reasons,
    text_reasons,
)
from multicloud_lab.catalogs.values import mapping, text, texts
from multicloud_lab.errors import CatalogError
from multicloud_lab.records import Parameter

DATA_ARGUMENTS = ("urlpath", "path", "url", "uri", "store")
"""The arguments of drivers that hold the address of data."""

# The same of each kind of catalog.
_CATALOG_ARGUMENTS = {
    "intake": ("path",),
    "intake-esm": ("obj", "esmcol_obj", "esmcol_path"),
    "stac": ("stac_obj", "obj", "path", "url"),
}


class IntakeFormat:
    """Intake version 1."""

    name = "intake"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an intake catalog of version 1."""
        return isinstance(content, Mapping) and "sources" in content

    def read(self, document: Document) -> list[Entry | Child]:
        """List the entries; those that are catalogs are children."""
        sources = document.content.get("sources")
        if sources is None:
            return []
        if not isinstance(sources, Mapping):
            raise CatalogError(
                f"{document.url} is not an intake catalog of version 1: "
                "its 'sources' are not a mapping of names."
            )
        of_file = file_reasons(document.content)
        shared = shared_parameters(document)
        found: list[Entry | Child] = []
        for name, spec in sources.items():
            found.extend(_items(document, name, spec, shared, of_file))
        return found


register(IntakeFormat())


def shared_parameters(document: Document) -> tuple[Parameter, ...]:
    """Give the parameters that every entry of a file has: those of the files above it, and its."""
    above = document.row.parameters if document.row else ()
    return merged(
        above, read_parameters(mapping(document.content.get("metadata")).get("parameters"))
    )


def address_of(args: Mapping[Any, Any], values: Mapping[str, object]) -> str:
    """Give the address of an entry's data, the first if it has several; empty if it has none."""
    return next(iter(_addresses(args, DATA_ARGUMENTS, values)), "")


def catalog_values(url: str, parameters: tuple[Parameter, ...]) -> dict[str, object]:
    """Give what an entry's templates may name: its parameters, by default, and its folder."""
    defaults = {parameter.name: parameter.default for parameter in parameters}
    return {**defaults, "CATALOG_DIR": directory_of(url)}


def _items(
    document: Document,
    name: object,
    spec: object,
    shared: tuple[Parameter, ...],
    of_file: tuple[str, ...],
) -> list[Entry | Child]:
    path = (*document.path, segment(name))
    shown_name = str(name)
    if not isinstance(name, str) or not isinstance(spec, Mapping):
        what = "its entry is not a mapping" if isinstance(name, str) else "its name is not text"
        problem = f"{document.url} has {shown_name!r}, but {what}."
        entry = Entry(path=path, name=shown_name, catalog_url=document.url, problem=problem)
        return [replace(entry, entry=shown_name)]
    driver = driver_name(spec.get("driver"))
    args, metadata = mapping(spec.get("args")), mapping(spec.get("metadata"))
    parameters = merged(shared, read_parameters(spec.get("parameters")))
    values = catalog_values(document.url, parameters)
    kind = CATALOG_DRIVERS.get(driver)
    url = "" if kind else address_of(args, values)
    where = ask(url, metadata, document.content.get("metadata"), above=document.row)
    above = tuple(text_reasons([p.default for p in parameters]))
    entry = Entry(
        path=path,
        name=name,
        catalog_url=document.url,
        entry=name,
        title=text(metadata.get("title")),
        description=text(spec.get("description")),
        format=kind or KNOWN_DRIVERS.get(driver, driver),
        tags=texts(metadata.get("tags")),
        variables=texts(metadata.get("variables")),
        copies=copies(url, _options(args, parameters), where, metadata),
        driver=driver,
        parameters=parameters,
        untrusted=tuple(dict.fromkeys((*entry_reasons(document.content, name, of_file), *above))),
    )
    if kind is None:
        return [_references(entry, args, values)]
    addresses = _addresses(args, _CATALOG_ARGUMENTS[kind], values)
    row = replace(entry, parameters=shared)  # what is in it has these as well
    return [_child(document, row, address) for address in addresses or [""]]


def _child(document: Document, entry: Entry, address: str) -> Entry | Child:
    if not address:
        return replace(entry, problem=f"{entry.name!r} is a catalog but does not say where.")
    if is_template(address):
        return replace(
            entry,
            problem=f"{entry.name!r} is a catalog at {address!r}, a template that is not run.",
        )
    if "*" in address:
        return replace(
            entry,
            problem=f"{entry.name!r} is catalogs at {address!r}; a pattern is not looked up.",
        )
    try:
        return Child(url=document.child(address), row=entry)
    except CatalogError as error:
        return replace(entry, problem=str(error))


def _references(entry: Entry, args: Mapping[Any, Any], values: Mapping[str, object]) -> Entry:
    """Say of a store of kerchunk references where those are, which its URL does not tell."""
    options = mapping(args.get("storage_options"))
    named = options.get("fo")
    if not entry.url.startswith("reference:") or not isinstance(named, str):
        return entry
    url = substitute(named, values)
    inner = {**mapping(options.get("target_options")), **mapping(options.get("remote_options"))}
    (own,) = copies(url, inner, Declared(), {})
    told = replace(own, region=entry.copies[0].region, detail=entry.copies[0].detail)
    entry = replace(entry, format="kerchunk", copies=(told, *entry.copies[1:]))
    if told.endpoint or "{{" in named or tuple(text_reasons(url)):
        return entry  # opened through intake, if it is trusted
    reading = safe_reading("kerchunk", args, inner)
    return replace(entry, kind="url", reading=plain(reading), untrusted=())


def _addresses(
    args: Mapping[Any, Any], names: tuple[str, ...], values: Mapping[str, object]
) -> list[str]:
    for name in names:
        value = args.get(name)
        listed = value if isinstance(value, list) else [value]
        found = [substitute(item, values) for item in listed if isinstance(item, str)]
        if found:
            return found
    return []


def _options(args: Mapping[Any, Any], parameters: tuple[Parameter, ...]) -> object:
    """Give the storage options: as they stand, or a parameter's if that is all they are."""
    options = args.get("storage_options")
    if isinstance(options, str):
        defaults = {f"{{{{{p.name}}}}}": p.default for p in parameters}
        return defaults.get("".join(options.split()))
    return options

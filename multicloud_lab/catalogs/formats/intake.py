"""Intake catalogs, version 1 YAML, nested by their catalog entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from multicloud_lab.catalogs.declared import Declared, declared, inherited
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.fetch import directory_of
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.templates import is_template, substitute
from multicloud_lab.catalogs.trust import (
    CATALOG_DRIVERS,
    KNOWN_DRIVERS,
    driver_name,
    entry_reasons,
    file_reasons,
)
from multicloud_lab.errors import CatalogError
from multicloud_lab.records import Parameter

# The arguments that hold an address: of data, and of each kind of catalog.
_DATA_ARGUMENTS = ("urlpath", "path", "url", "uri", "store")
_CATALOG_ARGUMENTS = {
    "intake": ("path",),
    "intake-esm": ("obj", "esmcol_obj", "esmcol_path"),
}


class IntakeFormat:
    """Intake version 1."""

    name = "intake"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an intake catalog."""
        return isinstance(content, Mapping) and (
            "sources" in content or content.get("version") == 2
        )

    def read(self, document: Document) -> list[Entry | Child]:
        """List the entries; those that are catalogs are children."""
        sources = document.content.get("sources")
        if sources is None and "sources" in document.content:
            return []
        if not isinstance(sources, Mapping):
            raise CatalogError(
                f"{document.url} is not an intake catalog of version 1: "
                "its 'sources' are not a mapping of names."
            )
        of_file = file_reasons(document.content)
        return [_item(document, name, spec, of_file) for name, spec in sources.items()]


register(IntakeFormat())


def _item(
    document: Document, name: object, spec: object, of_file: tuple[str, ...]
) -> Entry | Child:
    path = (*document.path, segment(name))
    shown_name = str(name)
    if not isinstance(name, str) or not isinstance(spec, Mapping):
        what = "its entry is not a mapping" if isinstance(name, str) else "its name is not text"
        return Entry(
            path=path,
            name=shown_name,
            catalog_url=document.url,
            entry=shown_name,
            problem=f"{document.url} has {shown_name!r}, but {what}.",
        )
    driver = driver_name(spec.get("driver"))
    args = _mapping(spec.get("args"))
    metadata = _mapping(spec.get("metadata"))
    parameters = _parameters(spec.get("parameters"))
    values = _values(document, parameters)
    kind = CATALOG_DRIVERS.get(driver)
    url = "" if kind else substitute(_address(args, _DATA_ARGUMENTS), values)
    where = _where(document, metadata, url)
    entry = Entry(
        path=path,
        name=name,
        catalog_url=document.url,
        entry=name,
        title=_text(metadata.get("title")),
        description=_text(spec.get("description")),
        format=kind or KNOWN_DRIVERS.get(driver, driver),
        tags=_texts(metadata.get("tags")),
        variables=_texts(metadata.get("variables")),
        copies=(
            Copy(
                url=url,
                region=where.region,
                detail=where.detail,
                requester_pays=where.requester_pays or _pays(args, parameters),
            ),
        ),
        driver=driver,
        parameters=parameters,
        untrusted=entry_reasons(document.content, name, of_file),
    )
    if kind is None:
        return entry
    return _child(document, entry, substitute(_address(args, _CATALOG_ARGUMENTS[kind]), values))


def _child(document: Document, entry: Entry, address: str) -> Entry | Child:
    if not address:
        return replace(entry, problem=f"{entry.name!r} is a catalog but does not say where.")
    if is_template(address):
        return replace(
            entry,
            problem=f"{entry.name!r} is a catalog at {address!r}, a template that is not run.",
        )
    try:
        return Child(url=document.child(address), row=entry)
    except CatalogError as error:
        return replace(entry, problem=str(error))


def _where(document: Document, metadata: Mapping[str, Any], url: str) -> Declared:
    """Ask the entry, then its file, then the entry that named the file."""
    own = declared(metadata, url)
    return own.or_else(declared(document.content.get("metadata"), url)).or_else(
        inherited(document.row)
    )


def _values(document: Document, parameters: tuple[Parameter, ...]) -> dict[str, object]:
    defaults = {parameter.name: parameter.default for parameter in parameters}
    return {**defaults, "CATALOG_DIR": directory_of(document.url)}


def _parameters(found: object) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            name=name,
            description=_text(spec.get("description")),
            type=_text(spec.get("type")) or "str",
            default=_plain(spec.get("default")),
            allowed=tuple(_plain(spec["allowed"]))
            if isinstance(spec.get("allowed"), list)
            else None,
        )
        for name, spec in _mapping(found).items()
        if isinstance(name, str) and isinstance(spec, Mapping)
    )


def _address(args: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = args.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str):
            return value
    return ""


def _pays(args: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> bool:
    options = args.get("storage_options")
    if isinstance(options, str):
        defaults = {f"{{{{{p.name}}}}}": p.default for p in parameters}
        options = defaults.get("".join(options.split()))
    return _mapping(options).get("requester_pays") is True


def _plain(value: object) -> Any:
    """Give a value as JSON has it; dates, sets and bytes become text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

"""Kerchunk references as plain ones: templates filled in, targets whole, and none inside."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.addresses import resolve
from multicloud_lab.catalogs.fetch import fetch, is_local, normal_url
from multicloud_lab.catalogs.values import mapping
from multicloud_lab.errors import AddressRefusedError, CatalogError, UntrustedSourceError
from multicloud_lab.hosts import Allowed, allowed_by, check_address, guarded, shown

MAX_BYTES = 512_000_000
DEADLINE = 120.0
"""Seconds that a file of references may take; large ones have some 100 MB."""

_TEMPLATE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

References = dict[str, str | list[Any]]


def reference_file_system(url: str, options: Mapping[str, Any], *, trust: bool = False) -> Any:
    """Give a file system of the keys of a Zarr store that a file of references describes.

    Parameters
    ----------
    url : str
        Of the references, in JSON.
    options : mapping
        fsspec's options for the references, and for their targets in the same kind of store.
    trust : bool
        Whether targets on this machine or inside this network may be read.

    Returns
    -------
    fsspec.implementations.reference.ReferenceFileSystem
        Asynchronous, as Zarr wants it.

    Raises
    ------
    CatalogError
        The references cannot be read, or are no references.
    UntrustedSourceError
        They name what only a person can vouch for, and ``trust`` is false.
    """
    from fsspec.implementations.reference import ReferenceFileSystem

    url = normal_url(url)
    data = fetch(url, options=lambda _: dict(options), limit=MAX_BYTES, deadline=DEADLINE)
    references, targets = plain_references(data, url)
    allowed = (lambda _: True) if trust or is_local(url) else allowed_by([url])
    _check(targets, url, allowed)
    own = _protocol(url)
    protocols = sorted({_protocol(target) for target in targets}) or ["memory"]
    systems: dict[str | None, Any] = {
        protocol: _file_system(protocol, options if protocol == own else {}, allowed)
        for protocol in protocols
    }
    return ReferenceFileSystem(
        fo=references,
        fs={**systems, None: systems[protocols[0]]},
        asynchronous=True,
        skip_instance_cache=True,
    )


def plain_references(data: bytes, url: str) -> tuple[References, set[str]]:
    """Read references of version 0 or 1, and give them as of version 0 with all their targets.

    Parameters
    ----------
    data : bytes
        JSON.
    url : str
        Where it is from: targets may be relative to it.

    Raises
    ------
    CatalogError
        It is not JSON, or no references.
    UntrustedSourceError
        It has templates to be run, or generators.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{shown(url)} is not JSON, so it has no references.") from error
    whole = mapping(content)
    said = whole["refs"] if "refs" in whole else {k: v for k, v in whole.items() if k != "version"}
    if not isinstance(said, Mapping) or not any(str(key).endswith(_METADATA) for key in said):
        raise CatalogError(f"{shown(url)} has no references of a Zarr store.")
    if whole.get("gen"):
        raise UntrustedSourceError(f"{shown(url)} has generators of references; they are not run.")
    templates = {str(name): str(text) for name, text in mapping(whole.get("templates")).items()}
    if any("{{" in text for text in templates.values()):
        raise UntrustedSourceError(f"{shown(url)} has templates that are not plain; none is run.")
    filled: dict[str, str] = {}
    references: References = {}
    for key, value in said.items():
        if isinstance(value, list) and value and isinstance(value[0], str):
            target = filled.get(value[0])
            if target is None:
                target = filled[value[0]] = _target(value[0], templates, url)
            references[key] = [target, *value[1:3]]
        elif isinstance(value, str):
            references[key] = value
        elif isinstance(value, dict):
            references[key] = json.dumps(value)
        else:
            raise CatalogError(f"{shown(url)} has a reference that is none, of {key[:80]!r}.")
    return references, set(filled.values())


_METADATA = (".zgroup", ".zarray", ".zmetadata", "zarr.json")


def _target(said: str, templates: Mapping[str, str], url: str) -> str:
    plain = _TEMPLATE.sub(lambda found: templates.get(found[1], found[0]), said)
    if "{{" in plain:
        raise UntrustedSourceError(f"{shown(url)} has templates that are not plain; none is run.")
    target = resolve(plain, url)
    return target if "://" in target else f"file://{target}"


def _check(targets: set[str], url: str, allowed: Allowed) -> None:
    for target in targets:
        try:
            check_address(target, allowed=allowed)
        except AddressRefusedError as error:
            raise UntrustedSourceError(
                f"The references at {shown(url)} lead to {shown(target)[:200]}, which a catalog "
                "may not name; if you trust them, open them with trust=True."
            ) from error


def _protocol(url: str) -> str:
    return url.partition("://")[0] if "://" in url else "file"


def _file_system(protocol: str, options: Mapping[str, Any], allowed: Allowed) -> Any:
    import fsspec
    from fsspec.implementations.asyn_wrapper import AsyncFileSystemWrapper

    if protocol in ("http", "https"):
        options = guarded(f"{protocol}://guarded.example", options, allowed)
    kind = fsspec.get_filesystem_class(protocol)
    if kind.async_impl:
        return kind(**{**anonymous(protocol), **options}, asynchronous=True)
    return AsyncFileSystemWrapper(kind(**options), asynchronous=True)


def anonymous(protocol: str) -> dict[str, Any]:
    """Give the options that read a public store without anybody's credentials."""
    if protocol in ("s3", "s3a", "az", "abfs", "abfss"):
        return {"anon": True}
    return {"token": "anon"} if protocol in ("gs", "gcs") else {}

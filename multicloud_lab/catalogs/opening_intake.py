"""Opening an entry of an intake catalog, of either version, through intake itself, lazily."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import yaml

from multicloud_lab.catalogs.addresses import Address
from multicloud_lab.catalogs.copies import replicas
from multicloud_lab.catalogs.formats.intake import DATA_ARGUMENTS, address_of, catalog_values
from multicloud_lab.catalogs.parameters import merged, read_parameters
from multicloud_lab.catalogs.reading import safe_storage_options
from multicloud_lab.catalogs.trust import refuse, untrusted_reasons
from multicloud_lab.catalogs.values import mapping
from multicloud_lab.errors import CatalogError, InvalidInputError
from multicloud_lab.hosts import anonymous
from multicloud_lab.records import Opening, Parameter

_KEPT = ("metadata", "plugins", "version")


def open_v1(
    opening: Opening,
    content: Mapping[str, Any],
    options: Mapping[str, Any],
    chosen: dict[str, Any],
    *,
    trust: bool,
    address: Address | None = None,
) -> Any:
    """Open an entry of version 1.

    Parameters
    ----------
    opening : Opening
    content : mapping
        Of its catalog file, as it was just read.
    options : mapping
        fsspec options, over the entry's own.
    chosen : dict
        Values of its parameters.
    trust : bool
        Whether what nobody has vouched for may run.
    address : callable, optional
        Gives the URL and the options to open in place of the entry's.
    """
    from intake.catalog.exceptions import CatalogException, ValidationError
    from intake.catalog.local import YAMLFileCatalog, get_dir

    spec = mapping(content.get("sources")).get(opening.entry)
    if not isinstance(spec, Mapping):
        raise CatalogError(
            f"{opening.catalog_url} has no entry {opening.entry!r} any more; refresh the datasets."
        )
    # intake imports the drivers of all the entries of a text: it gets this one alone, as checked.
    alone = {name: content[name] for name in _KEPT if name in content}
    alone["sources"] = {opening.entry: {**spec, "parameters": _parameters(opening, content, spec)}}
    refuse(opening, untrusted_reasons(alone, opening.entry), trust=trust)
    catalog = YAMLFileCatalog(
        opening.catalog_url, autoreload=False, getenv=trust, getshell=trust, name=opening.entry
    )
    catalog._dir = get_dir(opening.catalog_url)
    try:
        catalog.parse(yaml.safe_dump(alone))
    except CatalogException as error:
        words = error.errors if isinstance(error, ValidationError) else [error]
        reason = "; ".join(str(word[0] if isinstance(word, tuple) else word) for word in words)
        raise CatalogError(
            f"intake does not take the entry {opening.entry!r} of {opening.catalog_url}: {reason}."
        ) from error
    try:
        with warnings.catch_warnings():
            # intake warns of commands that it does not run, also where there are none.
            warnings.filterwarnings("ignore", "Shell command not executed")
            plugin, arguments = catalog._entries[opening.entry]._create_open_args(chosen)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{opening.dataset.id} cannot be opened so: {error}") from error
    arguments |= _elsewhere(opening, spec)
    if options:
        arguments["storage_options"] = {**(arguments.get("storage_options") or {}), **options}
    if address is not None:
        name = next(name for name in DATA_ARGUMENTS if name in arguments)
        if not isinstance(arguments[name], str):
            raise InvalidInputError(
                f"{opening.dataset.id} is several files; through=… opens one store or file."
            )
        arguments[name], arguments["storage_options"] = address(
            arguments[name], arguments.get("storage_options") or {}
        )
    return plugin(**arguments).to_dask()


def open_v2(
    opening: Opening, options: Mapping[str, Any], chosen: dict[str, Any], *, trust: bool
) -> Any:
    """Open an entry of version 2 that is more than an address: a pipeline, a reader of its own."""
    refuse(opening, opening.untrusted or ("it is run by intake",), trust=trust)
    from intake.readers.datatypes import BaseData
    from intake.readers.entry import Catalog

    try:
        catalog = Catalog.from_yaml_file(
            opening.catalog_url, storage_options=opening.catalog_options
        )
        reader = catalog(**chosen)[opening.entry]
        reader = reader.to_reader() if isinstance(reader, BaseData) else reader
        for part in (*reader.kwargs.values(), *reader.kwargs.get("args", ())):
            if options and isinstance(part, BaseData):
                part.storage_options = {**(part.storage_options or {}), **options}
        return reader.read()
    except ImportError:
        raise
    # It may be any code at all, with errors of its own.
    except Exception as error:
        reason = str(error).partition("\n")[0][:200].rstrip(".") or type(error).__name__
        raise CatalogError(
            f"{opening.dataset.id} cannot be opened through intake: {reason}."
        ) from error


def _parameters(opening: Opening, content: Mapping[str, Any], spec: Mapping[str, Any]) -> Any:
    """Give an entry's parameters as intake takes them, those of the files above it with them."""
    shared = mapping(mapping(content.get("metadata")).get("parameters"))
    own = spec.get("parameters")
    if own is not None and not isinstance(own, Mapping):
        return own  # intake says what is wrong with them
    found: dict[Any, Any] = {p.name: _described(p) for p in opening.parameters}
    for parameter in read_parameters(shared):
        found[parameter.name] = {
            **_described(parameter),
            **{key: value for key, value in shared[parameter.name].items() if value is not None},
        }
    return {**found, **mapping(own)}


def _described(parameter: Parameter) -> dict[str, Any]:
    described = {
        "description": parameter.description,
        "type": parameter.type,
        "default": parameter.default,
    }
    return described | ({"allowed": list(parameter.allowed)} if parameter.allowed else {})


def _elsewhere(opening: Opening, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give the arguments that open another replica than the entry's own, if that is wanted."""
    args = mapping(spec.get("args"))
    parameters = merged(opening.parameters, read_parameters(spec.get("parameters")))
    if opening.url in ("", address_of(args, catalog_values(opening.catalog_url, parameters))):
        return {}
    told = {replica["url"]: replica for replica in replicas(mapping(spec.get("metadata")))}
    if opening.url not in told:
        return {}
    name = next(name for name in DATA_ARGUMENTS if name in args)
    chosen = safe_storage_options(told[opening.url].get("storage_options"))
    if told[opening.url].get("requester_pays") is True:
        chosen["requester_pays"] = True
    return {
        name: opening.url,
        "storage_options": chosen or anonymous(opening.url.partition("://")[0]),
    }

"""Opening a dataset as its catalog says, through intake and intake-esm themselves, lazily."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import fsspec
import yaml

from multicloud_lab.errors import CatalogError, InvalidInputError, UntrustedSourceError
from multicloud_lab.records import Opening, Parameter

_EXTRAS = {
    "gcsfs": "gcp",
    "intake_esm": "esm",
    "s3fs": "aws",
}


def open_entry(
    opening: Opening,
    *,
    storage_options: Mapping[str, Any] | None = None,
    trust: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Any:
    """Open a dataset without loading its values.

    Parameters
    ----------
    opening : Opening
        What the lab says of the dataset.
    storage_options : mapping, optional
        fsspec options for the data, over those of the configuration, over the entry's own.
    trust : bool
        Whether code that the catalog names and nobody has vouched for may run.
    parameters : mapping, optional
        Values of the entry's own parameters.

    Returns
    -------
    xarray.Dataset
        With dask arrays; a dask dataframe if the entry is a table (csv, parquet).

    Raises
    ------
    UntrustedSourceError
        Opening would run something that is not known to be safe, and ``trust`` is false.
    InvalidInputError
        A parameter that the entry does not have, or a value that it does not allow.
    CatalogError
        The catalog, the entry or a package that it needs is missing.
    """
    chosen = dict(parameters or {})
    _check_parameters(opening, chosen)
    options = {**opening.storage_options, **(storage_options or {})}
    try:
        if opening.kind == "intake-esm":
            _refuse(opening, opening.untrusted, trust=trust)
            return _open_esm(opening, options)
        return _open_intake(opening, options, chosen, trust=trust)
    except ImportError as error:
        raise CatalogError(_missing(opening, error)) from error


def _open_intake(
    opening: Opening, options: Mapping[str, Any], parameters: dict[str, Any], *, trust: bool
) -> Any:
    from intake.catalog.local import YAMLFileCatalog, get_dir

    from multicloud_lab.catalogs.trust import untrusted_reasons

    document = _read_yaml(opening)
    entry = (document.get("sources") or {}).get(opening.entry)
    if entry is None:
        raise CatalogError(
            f"{opening.catalog_url} has no entry {opening.entry!r} any more; refresh the datasets."
        )
    reasons = dict.fromkeys((*untrusted_reasons(document, opening.entry), *opening.untrusted))
    _refuse(opening, tuple(reasons), trust=trust)
    # intake imports the drivers of all entries of a text: it is given this entry alone, as checked.
    alone = {**document, "sources": {opening.entry: entry}}
    catalog = YAMLFileCatalog(
        opening.catalog_url, autoreload=False, getenv=trust, getshell=trust, name=opening.entry
    )
    catalog._dir = get_dir(opening.catalog_url)
    catalog.parse(yaml.safe_dump(alone))
    try:
        plugin, arguments = catalog._entries[opening.entry]._create_open_args(parameters)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{opening.dataset.id} cannot be opened so: {error}") from error
    if options:
        arguments["storage_options"] = {**(arguments.get("storage_options") or {}), **options}
    return plugin(**arguments).to_dask()


def _open_esm(opening: Opening, options: dict[str, Any]) -> Any:
    from intake_esm.core import esm_datastore
    from intake_esm.source import ESMDataSourceError

    with fsspec.open(opening.catalog_url, "rt", **opening.catalog_options) as file:
        description = json.load(file)
    table = _esm_table(opening, description)
    asset = description["assets"]["column_name"]
    row = table[table[asset] == opening.entry].head(1)
    if row.empty:
        raise CatalogError(
            f"{opening.catalog_url} does not list {opening.entry!r} any more; refresh the datasets."
        )
    for listed in ("catalog_file", "catalog_dict"):
        description.pop(listed, None)
    description["catalog_dict"] = row.to_dict(orient="records")
    datastore = esm_datastore(
        {"esmcat": description, "df": row.reset_index(drop=True)}, progressbar=False, threaded=False
    )
    try:
        return datastore.to_dask(
            xarray_open_kwargs={"chunks": {}}, storage_options=options, threaded=False
        )
    except ESMDataSourceError as error:
        if isinstance(error.__cause__, ImportError):
            raise error.__cause__ from None
        raise CatalogError(
            f"{opening.dataset.id} cannot be opened at {opening.entry}: {error.__cause__}"
        ) from error


def _esm_table(opening: Opening, description: Mapping[str, Any]) -> Any:
    """Read the assets, from the twin beside the JSON file if the named file cannot be had."""
    import pandas as pd

    if description.get("catalog_dict") is not None:
        return pd.DataFrame(description["catalog_dict"])
    named = str(description.get("catalog_file") or "")
    folder = opening.catalog_url.rpartition("/")[0]
    beside = f"{folder}/{named.rpartition('/')[2]}" if folder else named.rpartition("/")[2]
    places = [named, beside] if "://" in named or named.startswith("/") else [beside]
    for place in places:
        try:
            return pd.read_csv(place, storage_options=opening.catalog_options or None, dtype=str)
        except (OSError, ValueError) as error:
            problem = f"{place}: {error}"
    raise CatalogError(f"The table of {opening.catalog_url} cannot be read ({problem}).")


def _read_yaml(opening: Opening) -> dict[str, Any]:
    try:
        with fsspec.open(opening.catalog_url, "rt", **opening.catalog_options) as file:
            document = yaml.safe_load(file.read().replace("!template ", ""))
    except (OSError, yaml.YAMLError) as error:
        raise CatalogError(f"{opening.catalog_url} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise CatalogError(f"{opening.catalog_url} is not an intake catalog.")
    return document


def _refuse(opening: Opening, reasons: tuple[str, ...], *, trust: bool) -> None:
    if reasons and not trust:
        raise UntrustedSourceError(
            f"Opening {opening.dataset.id} would run what nobody has vouched for: "
            f"{'; '.join(reasons)}. If you trust {opening.catalog_url}, open it with trust=True."
        )


def _check_parameters(opening: Opening, chosen: Mapping[str, Any]) -> None:
    known: dict[str, Parameter] = {parameter.name: parameter for parameter in opening.parameters}
    for name, value in chosen.items():
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise InvalidInputError(
                f"{opening.dataset.id} has no parameter {name!r}; it has: {listed}."
            )
        allowed = known[name].allowed
        if allowed is not None and value not in allowed:
            listed = ", ".join(repr(item) for item in allowed)
            raise InvalidInputError(
                f"{name}={value!r} is not one of what {opening.dataset.id} allows: {listed}."
            )


def _missing(opening: Opening, error: ImportError) -> str:
    """Say which extra brings the package that is not there."""
    text = str(error)
    for module, extra in _EXTRAS.items():
        if module == error.name or module in text:
            return (
                f"{opening.dataset.id} needs {module}, which is not installed here: "
                f"pip install 'multicloud-lab[{extra}]'."
            )
    return f"{opening.dataset.id} needs a package that is not installed here: {text}."

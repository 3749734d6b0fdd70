"""Opening a dataset as its catalog says, through intake and intake-esm themselves, lazily."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import yaml

from multicloud_lab.catalogs.document import parse_document
from multicloud_lab.catalogs.fetch import fetch, normal_url
from multicloud_lab.catalogs.formats.intake_esm import read_table
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.catalogs.trust import untrusted_reasons
from multicloud_lab.errors import CatalogError, InvalidInputError, UntrustedSourceError
from multicloud_lab.hosts import allowed_by
from multicloud_lab.records import Opening, Parameter

DEADLINE = 60.0
"""Seconds that a catalog's file, and its table, may take to be read."""
MAX_TEXT_BYTES = 256_000_000
"""What is read of a file; what may be YAML is bounded further where it is parsed."""

_KEPT = ("metadata", "plugins", "version")
_EXTRAS = {"gcsfs": "gcp", "intake_esm": "esm", "s3fs": "aws"}


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
    from intake.catalog.exceptions import CatalogException, ValidationError
    from intake.catalog.local import YAMLFileCatalog, get_dir

    document = _document(opening)
    entry = (document.content.get("sources") or {}).get(opening.entry)
    if entry is None:
        raise CatalogError(
            f"{opening.catalog_url} has no entry {opening.entry!r} any more; refresh the datasets."
        )
    # intake imports the drivers of all the entries of a text: it gets this one alone, as checked.
    alone = {name: document.content[name] for name in _KEPT if name in document.content}
    alone["sources"] = {opening.entry: entry}
    _refuse(opening, untrusted_reasons(alone, opening.entry), trust=trust)
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
            plugin, arguments = catalog._entries[opening.entry]._create_open_args(parameters)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{opening.dataset.id} cannot be opened so: {error}") from error
    if options:
        arguments["storage_options"] = {**(arguments.get("storage_options") or {}), **options}
    return plugin(**arguments).to_dask()


def _open_esm(opening: Opening, options: dict[str, Any]) -> Any:
    import pandas as pd
    from intake_esm.core import esm_datastore
    from intake_esm.source import ESMDataSourceError

    document = _document(opening)
    description = dict(document.content)
    assets = description.get("assets")
    asset = str(assets.get("column_name")) if isinstance(assets, Mapping) else ""
    rows = read_table(document)
    row = next((row for row in rows if str(row.get(asset, "")).strip() == opening.entry), None)
    if row is None:
        raise CatalogError(
            f"{opening.catalog_url} does not list {opening.entry!r} any more; refresh the datasets."
        )
    # intake-esm drops rows whose group is not said, so an empty word stands for it.
    table = pd.DataFrame([{name: "" if value is None else value for name, value in row.items()}])
    description["catalog_dict"] = table.to_dict(orient="records")
    description.pop("catalog_file", None)
    datastore = esm_datastore(
        {"esmcat": description, "df": table}, progressbar=False, threaded=False
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


def _document(opening: Opening) -> Document:
    """Read the file that has the entry, once."""
    url = normal_url(opening.catalog_url)
    # Whoever listed the file has said that it may be read: all of its host may hold its table.
    scheme, _, rest = url.rpartition("://")
    root = f"{scheme}://{rest.partition('/')[0]}" if scheme else ""

    def options(file: str) -> dict[str, Any]:
        return dict(opening.catalog_options) if file.startswith(f"{root}/") else {}

    reach = Reach(root, options, allowed_by([url]))
    text = fetch(url, options=reach.options, limit=MAX_TEXT_BYTES, deadline=DEADLINE)
    content = parse_document(text.decode("utf-8-sig"), url)
    return Document(url=url, content=content, path=(), row=None, reach=reach, deadline=DEADLINE)


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

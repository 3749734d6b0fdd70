"""Opening a dataset as its catalog says, lazily, by whatever its kind is opened with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.addresses import Address
from multicloud_lab.catalogs.document import parse_document
from multicloud_lab.catalogs.fetch import directory_of, fetch, normal_url
from multicloud_lab.catalogs.opening_esm import open_esm
from multicloud_lab.catalogs.opening_intake import open_v1, open_v2
from multicloud_lab.catalogs.opening_url import open_url
from multicloud_lab.catalogs.parameters import check_choices
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.catalogs.templates import fill
from multicloud_lab.errors import CatalogError, InvalidInputError
from multicloud_lab.hosts import allowed_by
from multicloud_lab.packages import missing
from multicloud_lab.records import Opening

DEADLINE = 60.0
"""Seconds that a catalog's file, and its table, may take to be read."""
MAX_TEXT_BYTES = 256_000_000
"""What is read of a file; what may be YAML is bounded further where it is parsed."""


def open_entry(
    opening: Opening,
    *,
    storage_options: Mapping[str, Any] | None = None,
    trust: bool = False,
    parameters: Mapping[str, Any] | None = None,
    address: Address | None = None,
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
    address : callable, optional
        Gives the URL and the options to open in place of the dataset's.

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
    check_choices(opening.dataset.id, opening.parameters, chosen)
    options = {**opening.storage_options, **(storage_options or {})}
    try:
        match opening.kind:
            case "url":
                return _open_at(opening, options, chosen, trust=trust, address=address)
            case "intake2":
                if address is not None:
                    raise InvalidInputError(
                        f"{opening.dataset.id} is a pipeline of intake, which opens itself; "
                        "through=… cannot."
                    )
                return open_v2(opening, options, chosen, trust=trust)
            case "intake-esm":
                document = _document(opening)
                return open_esm(opening, document, options, trust=trust, address=address)
        content = _document(opening).content
        return open_v1(opening, content, options, chosen, trust=trust, address=address)
    except ImportError as error:
        raise CatalogError(missing(opening.dataset.id, error)) from error


def _open_at(
    opening: Opening,
    options: Mapping[str, Any],
    chosen: Mapping[str, Any],
    *,
    trust: bool,
    address: Address | None,
) -> Any:
    """Open a plain address, in which parameters may have been chosen."""
    reading = dict(opening.reading)
    template = reading.pop("url", None)
    url = opening.url
    if isinstance(template, str):
        defaults = {p.name: p.default for p in opening.parameters}
        places = {"CATALOG_DIR": directory_of(opening.catalog_url)}
        if url == fill(template, {**defaults, **places}):
            url = fill(template, {**defaults, **chosen, **places})
    elif chosen:
        raise InvalidInputError(f"{opening.dataset.id} does not use {', '.join(chosen)}.")
    own = opening.dataset.replicas[0].url if opening.dataset.replicas else url
    if own.partition("://")[0] != url.partition("://")[0]:
        reading.pop("storage_options", None)  # they are of another kind of store
    there = opening.model_copy(update={"url": url, "reading": reading})
    return open_url(there, options, trust=trust, address=address)


def _document(opening: Opening) -> Document:
    """Read the file that has the entry, once."""
    url = normal_url(opening.catalog_url)
    # Whoever listed the file has said that it may be read: its host, or disk, may hold its table.
    scheme, _, rest = url.rpartition("://")
    root = f"{scheme}://{rest.partition('/')[0]}" if scheme else "/"

    def options(file: str) -> dict[str, Any]:
        return dict(opening.catalog_options) if file.startswith(f"{root}/") else {}

    reach = Reach(root, options, allowed_by([url]))
    text = fetch(url, options=reach.options, limit=MAX_TEXT_BYTES, deadline=DEADLINE)
    content = parse_document(text.decode("utf-8-sig"), url)
    return Document(url=url, content=content, path=(), row=None, reach=reach, deadline=DEADLINE)

"""Opening one asset of an intake-esm catalog through intake-esm itself, lazily."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.addresses import Address
from multicloud_lab.catalogs.esm_table import read_table
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.catalogs.trust import refuse, text_reasons
from multicloud_lab.catalogs.values import mapping, texts
from multicloud_lab.errors import CatalogError
from multicloud_lab.hosts import anonymous
from multicloud_lab.records import Opening


def open_esm(
    opening: Opening,
    document: Document,
    options: Mapping[str, Any],
    *,
    trust: bool,
    address: Address | None = None,
) -> Any:
    """Open an asset: the replica that is wanted if its table has it, else the entry's own.

    Parameters
    ----------
    opening : Opening
    document : Document
        Its catalog file, as it was just read.
    options : mapping
        fsspec options; without any, a public store is read without credentials.
    trust : bool
        Whether what nobody has vouched for may run.
    address : callable, optional
        Gives the URL and the options to open in place of the asset's.
    """
    import pandas as pd
    from intake_esm.core import esm_datastore
    from intake_esm.source import ESMDataSourceError

    wanted = {opening.url, opening.entry}
    description = dict(document.content)
    assets = description.get("assets")
    column = str(assets.get("column_name")) if isinstance(assets, Mapping) else ""
    rows = read_table(document)
    place = rows.columns.index(column) if column in rows.columns else 0
    found = {cell: row for row in rows.rows if (cell := str(row[place]).strip()) in wanted}
    asset = opening.url if opening.url in found else opening.entry
    if asset not in found:
        raise CatalogError(
            f"{opening.catalog_url} does not list {asset!r} any more; refresh the datasets."
        )
    refuse(opening, (*opening.untrusted, *text_reasons(asset)), trust=trust)
    # intake-esm drops rows whose group is not said, so an empty word stands for it.
    cells = ["" if value is None else value for value in found[asset]]
    store_options = dict(options) or _public(opening, asset)
    if address is not None:
        cells[place], store_options = address(asset, store_options)
    table = pd.DataFrame([dict(zip(rows.columns, cells, strict=True))])
    description["catalog_dict"] = table.to_dict(orient="records")
    description.pop("catalog_file", None)
    control = dict(mapping(description.get("aggregation_control")))
    if len(texts(control.get("groupby_attrs"))) == 1:
        # intake-esm cannot ask pandas 3 for a group by one column; by two it is the same row.
        control["groupby_attrs"] = [*texts(control["groupby_attrs"]), column]
        description["aggregation_control"] = control
    datastore = esm_datastore(
        {"esmcat": description, "df": table}, progressbar=False, threaded=False
    )
    kwargs: dict[str, Any] = {"chunks": {}}
    if not store_options and opening.dataset.format.startswith("zarr"):
        # zarr takes no options for a folder of this machine, not even none of them.
        kwargs["backend_kwargs"] = {"storage_options": None}
    try:
        return datastore.to_dask(
            xarray_open_kwargs=kwargs, storage_options=store_options, threaded=False
        )
    except ESMDataSourceError as error:
        if isinstance(error.__cause__, ImportError):
            raise error.__cause__ from None
        raise CatalogError(
            f"{opening.dataset.id} cannot be opened at {asset}: {error.__cause__}"
        ) from error


def _public(opening: Opening, asset: str) -> dict[str, Any]:
    protocol = asset.partition("://")[0]
    if opening.dataset.requester_pays and protocol in ("s3", "gs", "gcs"):
        return {"requester_pays": True}
    return anonymous(protocol)

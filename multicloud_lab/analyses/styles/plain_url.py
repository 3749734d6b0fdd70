"""Plain cells for data at an address: xarray, or dask for a table, and nothing else."""

from __future__ import annotations

from multicloud_lab.analyses.base import Bound
from multicloud_lab.analyses.quoting import WIDTH, assign, call, literal
from multicloud_lab.analyses.styles.harmless import harmless
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.hosts import anonymous

_TABLES = {"parquet": "read_parquet", "csv": "read_csv"}
_ENGINES = {"zarr": "zarr", "netcdf": "h5netcdf", "rasterio": "rasterio"}


def by_address(bound: Bound) -> tuple[list[str], str]:
    """Write what opens the data at an address: the imports, and the lines after them.

    Raises
    ------
    InvalidInputError
        Its format is not opened by its address alone.
    """
    opening = bound.source.opening
    dataset = opening.dataset
    data_format = str(opening.reading.get("format") or dataset.format)
    table = _TABLES.get(data_format)
    engine = _ENGINES.get(data_format)
    if engine is None and table is None:
        raise InvalidInputError(
            f"There are no plain cells for {dataset.id}: {data_format or 'its format'} is not "
            "opened by its address alone; choose the other cell style in the settings."
        )
    url = opening.url
    options = harmless(opening.storage_options)
    options = options or anonymous(url.partition("://")[0])
    if dataset.requester_pays and url.startswith("s3"):
        options = {"requester_pays": True}
    imports = ["import dask.dataframe as dd" if table else "import xarray as xr"]
    lines: list[str] = []
    where = literal(url)
    function = f"dd.{table}" if table else "xr.open_dataset"
    if len(where) > WIDTH // 2:
        lines.append(assign("url", url))
        where = "url"
    arguments = [where] if table else [where, f"engine={literal(engine)}", "chunks={}"]
    remote = "://" in url
    if engine == "h5netcdf" and remote:
        imports.insert(0, "import fsspec")
        opened = [where, *(["**storage_options"] if options else [])]
        arguments[0] = "file"
    if options and remote:
        lines.append(assign("storage_options", options))
        if engine != "h5netcdf":
            arguments.append("storage_options=storage_options")
    if engine == "h5netcdf" and remote:
        lines.append(call("file = fsspec.open", opened, tail=".open()"))
    lines.append(call(f"{bound.name} = {function}", arguments, note=bound.where))
    return imports, "\n".join(lines)

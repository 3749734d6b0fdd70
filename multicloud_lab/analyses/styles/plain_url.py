"""Plain cells for data at an address: xarray, or dask for a table, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from multicloud_lab.analyses.base import Bound
from multicloud_lab.analyses.quoting import WIDTH, assign, call, comment, is_name, literal
from multicloud_lab.analyses.styles.harmless import harmless
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.hosts import STORES, anonymous
from multicloud_lab.records import Opening

_TABLES = {"parquet": "read_parquet", "csv": "read_csv"}
_ARRAYS = frozenset({"zarr", "netcdf", "rasterio", "kerchunk"})
_XARRAY = "import xarray as xr"


@dataclass
class _Written:
    """A cell as it comes about."""

    imports: list[str]
    lines: list[str] = field(default_factory=list)


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
    if data_format not in _ARRAYS and data_format not in _TABLES:
        raise InvalidInputError(
            f"There are no plain cells for {dataset.id}: {data_format or 'its format'} is not "
            "opened by its address alone; choose the other cell style in the settings."
        )
    written = _Written([_XARRAY])
    where = literal(opening.url)
    if len(where) > WIDTH // 2:
        written.lines.append(assign("url", opening.url))
        where = "url"
    # Zarr and netCDF take no options for a path.
    options = store_options(opening) if "://" in opening.url else {}
    if data_format in _TABLES:
        _table(written, bound, _TABLES[data_format], where, options)
    elif data_format == "kerchunk":
        _references(written, bound, where, options)
    elif data_format == "netcdf" and "://" in opening.url:
        _file(written, bound, where, options)
    else:
        _store(written, bound, data_format, where, options)
    return written.imports, "\n".join(written.lines)


def store_options(opening: Opening) -> dict[str, Any]:
    """Give the options of the data's store: those of :func:`open_url`, without any secret."""
    given = harmless(opening.storage_options)
    own = harmless(opening.reading.get("storage_options") or {})
    if given:
        for name in ("anon", "token"):
            own.pop(name, None)
    nobody = public(opening, opening.url)
    return {**({} if given and "requester_pays" not in nobody else nobody), **own, **given}


def public(opening: Opening, url: str) -> dict[str, Any]:
    """Give the options of a store that nothing else is known of: who pays, else nobody asks."""
    scheme = url.partition("://")[0]
    if opening.dataset.requester_pays and scheme in ("s3", "s3a", "gs", "gcs"):
        return {"requester_pays": True}
    return anonymous(scheme)


def _table(
    written: _Written, bound: Bound, reader: str, where: str, options: Mapping[str, Any]
) -> None:
    written.imports[:] = ["import dask.dataframe as dd"]
    arguments = [where, *_named(written, "storage_options", options)]
    written.lines.append(call(f"{bound.name} = dd.{reader}", arguments, note=bound.where))


def _store(
    written: _Written, bound: Bound, data_format: str, where: str, options: Mapping[str, Any]
) -> None:
    arguments = [where]
    if data_format != "netcdf":  # of which there are two, told apart by what is in the file
        arguments.append(f"engine={literal(data_format)}")
    elif "\\" in bound.source.opening.url:
        arguments.append('engine="h5netcdf"')  # netCDF's own library takes it for a slash
    arguments += _reading(bound.source.opening, consolidated=data_format == "zarr")
    arguments += _named(written, "storage_options", options)
    written.lines.append(call(f"{bound.name} = xr.open_dataset", arguments, note=bound.where))


def _file(written: _Written, bound: Bound, where: str, options: Mapping[str, Any]) -> None:
    written.imports.insert(0, "import fsspec")
    opened = [where]
    if options:
        written.lines.append(assign("storage_options", options))
        opened.append("**storage_options")
    written.lines.append(call("file = fsspec.open", opened, tail=".open()"))
    arguments = ["file", *_reading(bound.source.opening)]
    written.lines.append(call(f"{bound.name} = xr.open_dataset", arguments, note=bound.where))


def _references(written: _Written, bound: Bound, where: str, options: Mapping[str, Any]) -> None:
    """Write what opens kerchunk's references, whose targets are taken to be where they are."""
    scheme, separator, _ = bound.source.opening.url.partition("://")
    targets = {"asynchronous": True}  # as Zarr reads
    if separator and scheme in STORES:
        written.lines.append(assign("remote_options", {**options, **targets}))
    else:
        hint = (
            'Of a public bucket that it leads to, say "anon": True (of Google\'s "token": "anon").'
        )
        written.lines += [comment(hint), assign("remote_options", targets)]
    items = [f'"fo": {where}']
    if options:
        written.lines.append(assign("target_options", options))
        items.append('"target_options": target_options')
    items.append('"remote_options": remote_options')
    one = f"references = {{{', '.join(items)}}}"
    several = ["references = {", *(f"    {item}," for item in items), "}"]
    written.lines += [one] if len(one) <= WIDTH else several
    arguments = [
        '"reference://"',
        'engine="zarr"',
        *_reading(bound.source.opening),
        "consolidated=False",
        "storage_options=references",
    ]
    written.lines.append(call(f"{bound.name} = xr.open_dataset", arguments, note=bound.where))


def _named(written: _Written, name: str, options: Mapping[str, Any]) -> list[str]:
    """Write options under a name, and give the argument; nothing if there are none."""
    if not options:
        return []
    written.lines.append(assign(name, options))
    return [f"{name}={name}"]


def _reading(opening: Opening, *, consolidated: bool = False) -> Sequence[str]:
    """Write how the catalog wants it read, which is plain and safe, as xarray's arguments."""
    kwargs = {"chunks": {}, **(opening.reading.get("open_kwargs") or {})}
    kwargs.pop("engine", None)
    if not consolidated:
        kwargs.pop("consolidated", None)
    return [f"{name}={literal(value)}" for name, value in kwargs.items() if is_name(name)]

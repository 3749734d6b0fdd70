"""Parquet: the footers of a file, or of the files of a directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from multicloud_lab.errors import NotFoundError
from multicloud_lab.structure.files import SourceFile
from multicloud_lab.structure.form import (
    Column,
    Found,
    OtherFormatError,
    StructureFormat,
    Table,
    register,
)
from multicloud_lab.structure.source import Source

MAX_FOOTERS = 64
"""Footers that are read of a directory."""

MAGIC = b"PAR1"
_ENDINGS = (".parquet", ".parq", ".pq")
_MAX_PARTS = 500_000
"""Row groups times columns whose sizes are summed; more would take seconds."""
_LISTING_SHARE = 0.5
_TAIL = 1 << 16
"""Bytes that pyarrow reads first, at the end of a file; longer footers take another read."""


def read(source: Source) -> Found:
    """Read the structure of a Parquet file or directory."""
    try:
        magic, size = source.begin(len(MAGIC))
    except NotFoundError:
        return _read_directory(source)
    if magic != MAGIC:
        raise ValueError("it does not begin as a Parquet file")
    return _found(_footers(source, {"": size}), 1, size)


def _read_directory(source: Source) -> Found:
    sizes = source.sizes(source.left * _LISTING_SHARE)
    if ".zmetadata" in sizes:
        raise OtherFormatError("kerchunk")
    visible = {key: n for key, n in sizes.items() if not _is_hidden(key)}
    files = {key: n for key, n in visible.items() if key.endswith(_ENDINGS)} or visible
    if not files:
        source.absent("Parquet file")
    partitions = [part.partition("=")[0] for part in next(iter(files)).split("/")[:-1]]
    if "_metadata" in sizes:
        footers = _footers(source, {"_metadata": sizes["_metadata"]})
        return _found(footers, 1, sum(files.values()), partitions)
    chosen = sorted(files)[:MAX_FOOTERS]
    footers = _footers(source, {key: files[key] for key in chosen})
    return _found(footers, len(files), sum(files.values()), partitions)


def _is_hidden(key: str) -> bool:
    return any(part.startswith(("_", ".")) for part in key.split("/"))


def _footers(source: Source, files: Mapping[str, int]) -> list[Any]:
    """Read the footers of files, given by key with their sizes, all at once."""
    parts = [(key, max(0, size - _TAIL), size) for key, size in files.items()]
    tails = source.ranges(parts)
    return [
        _footer(SourceFile(source, key, size, tail=tail))
        for (key, size), tail in zip(files.items(), tails, strict=True)
    ]


def _footer(file: SourceFile) -> Any:
    """Let pyarrow read a file's footer."""
    from pyarrow.parquet import read_metadata

    try:
        return read_metadata(file)
    except Exception:
        if file.error is not None:
            raise file.error from None  # pyarrow tells it in words of its own
        raise


def _found(
    footers: list[Any], number: int, total: int, partitions: list[str] | None = None
) -> Found:
    schema = footers[0].schema.to_arrow_schema()
    notes = []
    rows: int | None = sum(footer.num_rows for footer in footers)
    stored = _column_sizes(footers, set(schema.names))
    if len(footers) < number:
        notes.append(
            f"rows and sizes of columns are not known: the footers of {len(footers)} of {number} "
            f"files were read, which have {rows:,} rows"
        )
        rows, stored = None, None
    elif stored is None:
        notes.append("sizes of columns are not known: they have too many parts")
    if any(not footer.schema.equals(footers[0].schema) for footer in footers[1:]):
        notes.append("its files have different columns; those of the first are told")
    dtypes = _dtypes(schema)
    columns = tuple(
        Column(
            name,
            str(dtypes[i]),
            str(schema.types[i]),
            _itemsize(dtypes[i]),
            stored[name] if stored is not None else None,
        )
        for i, name in enumerate(schema.names)
    )
    columns += tuple(
        Column(name, "category", "name of a directory")
        for name in partitions or ()
        if name and name not in schema.names
    )
    groups = [
        f.row_group(i).num_rows for f in footers for i in range(min(f.num_row_groups, 10_000))
    ]
    return Found("parquet", Table(columns, rows, max(groups, default=None)), total, notes)


def _column_sizes(footers: list[Any], names: set[str]) -> Mapping[str, int] | None:
    """Sum the compressed sizes of each column over all row groups."""
    if sum(f.num_row_groups * f.num_columns for f in footers) > _MAX_PARTS:
        return None
    sizes: Counter[str] = Counter()
    for footer in footers:
        homes = [_home(footer.schema.column(i).path, names) for i in range(footer.num_columns)]
        for number in range(footer.num_row_groups):
            group = footer.row_group(number)
            for i, home in enumerate(homes):
                sizes[home] += group.column(i).total_compressed_size
    return sizes


def _home(path: str, names: set[str]) -> str:
    """Give the column that a leaf of the schema belongs to; a name may have dots itself."""
    parts = path.split(".")
    heads = (".".join(parts[:i]) for i in range(1, len(parts) + 1))
    return next((head for head in heads if head in names), path)


def _dtypes(schema: Any) -> list[Any]:
    """Give the dtypes that pandas reads each field as."""
    import pyarrow as pa

    try:
        frame = schema.empty_table().to_pandas()
    except (TypeError, ValueError, KeyError):  # what a writer said of pandas may not hold
        frame = schema.empty_table().to_pandas(ignore_metadata=True)
    kept = dict(zip(frame.columns, frame.dtypes, strict=True))
    return [
        kept[field.name]
        if field.name in kept
        else pa.schema([field]).empty_table().to_pandas().dtypes.iloc[0]
        for field in schema
    ]


def _itemsize(dtype: Any) -> int | None:
    kind = getattr(dtype, "kind", "O")
    size = getattr(dtype, "itemsize", None)
    return int(size) if kind in "biufcmM" and size else None


register(
    StructureFormat(
        name="parquet",
        words=frozenset({"parquet", "geoparquet", "application/vnd.apache.parquet"}),
        endings=_ENDINGS,
        keys=frozenset({"_metadata"}),
        magic=(MAGIC,),
        read=read,
    )
)

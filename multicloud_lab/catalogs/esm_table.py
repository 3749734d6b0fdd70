"""The table of an intake-esm catalog: in CSV or Parquet beside its JSON, or in the JSON itself."""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from multicloud_lab.catalogs.fetch import directory_of
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.errors import CatalogError

MAX_TABLE_BYTES = 256_000_000
MAX_ROWS = 1_000_000
"""The CMIP6 catalog of Pangeo, the largest that is public, has some 500,000."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values as they are there, which from Parquet and JSON may be anything."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def cells(self) -> list[tuple[str, ...]]:
        """Give the rows as text without space around it; what is missing is empty."""
        words: dict[str, str] = {}  # a table repeats its words, so each is kept once
        return [tuple([words.setdefault(w, w) for w in map(_cell, row)]) for row in self.rows]


def read_table(document: Document) -> Table:
    """Read the assets of a catalog: from itself, or from the table that it names.

    Raises
    ------
    CatalogError
        There is none, it may not or cannot be read, or it has more rows than ``MAX_ROWS``.
    """
    embedded = document.content.get("catalog_dict")
    if isinstance(embedded, list):
        return _of_records([row for row in embedded if isinstance(row, Mapping)], document)
    named = document.content.get("catalog_file")
    if not isinstance(named, str) or not named:
        raise CatalogError(f"{document.url} names no table: neither catalog_file nor catalog_dict.")
    if not named.endswith((".csv", ".csv.gz", ".parquet")):
        raise CatalogError(
            f"The table of {document.url} is {named}; only CSV and Parquet tables are read."
        )
    try:
        data = document.fetch(document.child(named), MAX_TABLE_BYTES)
    except CatalogError as error:
        # Publishers name the table by its public address; a copy often has it beside the JSON.
        twin = f"{directory_of(document.url)}/{posixpath.basename(named)}"
        try:
            data = document.fetch(document.child(twin), MAX_TABLE_BYTES)
        except CatalogError:
            raise error from None
    if named.endswith(".parquet"):
        return _of_parquet(data, document)
    try:
        return _of_csv(data.decode("utf-8-sig"), document)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"The table of {document.url} is not CSV ({error}).") from error


def _of_csv(content: str, document: Document) -> Table:
    lines = csv.reader(io.StringIO(content, newline=""))
    columns = tuple(next(lines, ()))
    width = len(columns)
    rows: list[tuple[Any, ...]] = []
    for line in lines:
        if len(line) != width:
            line = [*line[:width], *[""] * (width - len(line))] if line else line
        if line:
            rows.append(tuple(line))
        _bound(len(rows), document)
    return Table(columns, rows)


def _of_parquet(data: bytes, document: Document) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _bound(file.metadata.num_rows, document)
        return _of_records(file.read().to_pylist(), document)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, CatalogError):
            raise
        what = str(error).partition("\n")[0][:200]
        raise CatalogError(f"The table of {document.url} is not Parquet ({what}).") from error


def _of_records(records: list[Mapping[str, Any]], document: Document) -> Table:
    _bound(len(records), document)
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    return Table(columns, [tuple([record.get(name) for name in columns]) for record in records])


def _bound(rows: int, document: Document) -> None:
    if rows > MAX_ROWS:
        raise CatalogError(f"The table of {document.url} has more than {MAX_ROWS} rows.")


def _cell(value: Any) -> str:
    if type(value) is str:
        return value.strip()
    # Of all values, one that is not a number alone differs from itself.
    return "" if value is None or value != value else str(value).strip()

"""Intake-esm catalogs: a JSON file and its table, one dataset for each asset in it."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from multicloud_lab.catalogs.addresses import place
from multicloud_lab.catalogs.declared import Declared, declared, inherited
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.fetch import directory_of
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.trust import text_reasons
from multicloud_lab.errors import CatalogError

MAX_TABLE_BYTES = 256_000_000
MAX_ROWS = 1_000_000
# A label of the run that made the data: left out of an id that is unique without it.
_RUN_LABELS = {"experiment"}

# Addresses that cannot hold a template, a call or a chain; a table may have a million of them.
_ORDINARY = re.compile(r"(?:s3|gs|gcs|https?|az|abfs)://[\w./=+,~@-]*")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a table are for; the told ones are words of the description."""

    assets: Mapping[str, Any]
    variable: str
    asset: str
    told: tuple[str, ...]


class IntakeEsmFormat:
    """Intake-esm, with its table in a CSV file or in the JSON itself."""

    name = "intake-esm"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an intake-esm catalog."""
        return isinstance(content, Mapping) and "esmcat_version" in content

    def read(self, document: Document) -> list[Entry | Child]:
        """List the assets."""
        assets = document.content.get("assets")
        column = assets.get("column_name") if isinstance(assets, Mapping) else None
        if not isinstance(assets, Mapping) or not isinstance(column, str):
            raise CatalogError(f"{document.url} does not say which column has the assets.")
        rows = read_table(document)
        if rows and column not in rows[0]:
            raise CatalogError(f"The table of {document.url} has no column {column!r}.")
        control = document.content.get("aggregation_control")
        control = control if isinstance(control, Mapping) else {}
        variable = control.get("variable_column_name")
        variable = variable if isinstance(variable, str) else ""
        listed = control.get("groupby_attrs")
        levels = [
            name
            for name in (listed if isinstance(listed, list) else ())
            if isinstance(name, str) and name not in (variable, column)
        ]
        groups = _copies(rows, column)
        firsts = [group[0] for group in groups]
        where = _where(document)
        paths = _paths(firsts, levels, variable, column)
        columns = _Columns(assets, variable, column, _told(firsts, {*levels, variable, column}))
        return [
            _entry(document, columns, group, short, full, where)
            for group, (short, full) in zip(groups, paths, strict=True)
        ]


register(IntakeEsmFormat())


def read_table(document: Document) -> list[Row]:
    """Read the assets of a catalog: from itself, or from the table that it names."""
    embedded = document.content.get("catalog_dict")
    if isinstance(embedded, list):
        return [row for row in embedded if isinstance(row, Mapping)]
    named = document.content.get("catalog_file")
    if not isinstance(named, str) or not named:
        raise CatalogError(f"{document.url} names no table: neither catalog_file nor catalog_dict.")
    if not named.endswith((".csv", ".csv.gz", ".parquet")):
        raise CatalogError(
            f"The table of {document.url} is {named}; only CSV and Parquet tables are read."
        )
    try:
        data = _fetch(document.child(named), document)
    except CatalogError as error:
        # Publishers name the table by its public address; a copy often has it beside the JSON.
        twin = f"{directory_of(document.url)}/{posixpath.basename(named)}"
        try:
            data = _fetch(document.child(twin), document)
        except CatalogError:
            raise error from None
    if named.endswith(".parquet"):
        return _parquet_rows(data, document)
    try:
        return _rows(data.decode("utf-8-sig"), document)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"The table of {document.url} is not CSV ({error}).") from error


def _fetch(url: str, document: Document) -> bytes:
    return document.fetch(url, MAX_TABLE_BYTES)


def _rows(text: str, document: Document) -> list[Row]:
    rows: list[Row] = []
    for row in csv.DictReader(io.StringIO(text, newline="")):
        rows.append(row)
        if len(rows) > MAX_ROWS:
            raise CatalogError(f"The table of {document.url} has more than {MAX_ROWS} rows.")
    return rows


def _parquet_rows(data: bytes, document: Document) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(data))
        if table.metadata.num_rows > MAX_ROWS:
            raise CatalogError(f"The table of {document.url} has more than {MAX_ROWS} rows.")
        rows: list[Row] = table.read().to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        what = str(error).partition("\n")[0][:200]
        raise CatalogError(f"The table of {document.url} is not Parquet ({what}).") from error
    return rows


def _copies(rows: Sequence[Row], asset: str) -> list[list[Row]]:
    """Put rows together that differ in nothing but the bucket of their asset: one dataset each.

    Rows of one bucket that are otherwise equal are different data, as the years of a series.
    """
    alike: dict[tuple[str, ...], list[dict[tuple[str, str], Row]]] = {}
    groups: list[dict[tuple[str, str], Row]] = []
    for row in rows:
        address = _cell(row, asset)
        if not address:
            continue
        key = tuple(str(value) for name, value in row.items() if name != asset)
        store, path = place(address)
        bucket = (store, path.partition("/")[0])
        same = alike.setdefault(key, [])
        group = next((one for one in same if bucket not in one), None)
        if group is None:
            group = {}
            same.append(group)
            groups.append(group)
        group[bucket] = row
    return [list(group.values()) for group in groups]


def _told(rows: Sequence[Row], used: set[str]) -> tuple[str, ...]:
    """Give the columns that say more than the path does, and not the same of every row."""
    columns = [name for name in (rows[0] if rows else ()) if name and name not in used]
    columns = [name for name in columns if name not in ("long_name", "units")]
    several = len(rows) > 1
    return tuple(
        name for name in columns if not several or len({_cell(row, name) for row in rows}) > 1
    )


def _cell(row: Row, column: str) -> str:
    value = row.get(column)
    if value is None or value != value:
        return ""
    return str(value).strip()


def _paths(
    rows: Sequence[Row], levels: Sequence[str], variable: str, asset: str
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give each row its path, and its path with every level."""

    def path(row: Row, columns: Sequence[str]) -> tuple[str, ...]:
        named = [segment(cell) for column in columns if (cell := _cell(row, column))]
        return (*named, segment(_name(row, variable, asset)))

    without = [column for column in levels if column not in _RUN_LABELS]
    shorts = [path(row, without) for row in rows]
    fulls = list(shorts) if without == list(levels) else [path(row, levels) for row in rows]
    count = Counter(shorts)
    chosen = [
        short if count[short] == 1 else full for short, full in zip(shorts, fulls, strict=True)
    ]
    others = [c for c in (rows[0] if rows else ()) if c not in {*levels, variable, asset}]
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, one in enumerate(chosen):
        alike[one].append(index)
    for indices in alike.values():
        if len(indices) > 1:
            suffixes = _suffixes([rows[i] for i in indices], others)
            for i, suffix in zip(indices, suffixes, strict=True):
                chosen[i], fulls[i] = (*chosen[i], *suffix), (*fulls[i], *suffix)
    return list(zip(chosen, fulls, strict=True))


def _suffixes(rows: Sequence[Row], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Tell rows apart by the fewest further columns, in the table's order."""
    suffixes: list[tuple[str, ...]] = [()] * len(rows)
    for column in columns:
        if len(set(suffixes)) == len(rows):
            break
        longer = [
            (*suffix, segment(_cell(row, column)))
            for suffix, row in zip(suffixes, rows, strict=True)
        ]
        if len(set(longer)) > len(set(suffixes)):
            suffixes = longer
    return suffixes


def _name(row: Row, variable: str, asset: str) -> str:
    names = _variables(row, variable)
    if names:
        return "+".join(names)
    base = posixpath.basename(_cell(row, asset).rstrip("/"))
    return re.sub(r"\.(zarr|nc|nc4|json|parquet)$", "", base)


def _variables(row: Row, column: str) -> tuple[str, ...]:
    """Give the variables of an asset: one, or several as a list's text."""
    value = row.get(column)
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    text = _cell(row, column)
    if text.startswith(("[", "(", "{")):
        return tuple(re.findall(r"[\w.+-]+", text))
    return (text,) if text else ()


def _where(document: Document) -> Callable[[str], Declared]:
    """Give what says where an asset is; the same for all, unless several buckets are declared."""
    content, above = document.content, inherited(document.row)
    metadata = content.get("metadata")

    def ask(url: str) -> Declared:
        return declared(metadata, url).or_else(declared(content, url)).or_else(above)

    if any(isinstance(m, Mapping) and "storage:schemes" in m for m in (metadata, content)):
        return ask
    once = ask("")
    return lambda url: once


def _above_pays(document: Document) -> bool:
    return bool(document.row and any(copy.requester_pays for copy in document.row.copies))


def _entry(
    document: Document,
    columns: _Columns,
    group: Sequence[Row],
    path: tuple[str, ...],
    full: tuple[str, ...],
    where: Callable[[str], Declared],
) -> Entry:
    row = group[0]
    urls = [_cell(one, columns.asset) for one in group]
    long_name, units = _cell(row, "long_name"), _cell(row, "units")
    format_column = columns.assets.get("format_column_name")
    data_format = _cell(row, format_column) if isinstance(format_column, str) else ""
    name = _name(row, columns.variable, columns.asset)
    told = [f"{column} {cell}" for column in columns.told if (cell := _cell(row, column))]
    said = f"{long_name} ({units})" if long_name and units else long_name
    reasons = (text_reasons(url) for url in urls if not _ORDINARY.fullmatch(url))
    return Entry(
        path=(*document.path, *path),
        name=name if path[-1] == segment(name) else f"{name} {path[-1]}",
        title=long_name,
        description="; ".join(part for part in (said, *told) if part),
        format=data_format or str(columns.assets.get("format") or ""),
        tags=tuple(dict.fromkeys(full[:-1])),
        variables=_variables(row, columns.variable),
        copies=tuple(_copy(url, where(url), document) for url in urls),
        aliases=() if full == path else ("/".join((*document.path, *full)),),
        kind="intake-esm",
        catalog_url=document.url,
        entry=urls[0],
        driver="intake_esm.esm_datastore",
        untrusted=tuple(dict.fromkeys(reason for several in reasons for reason in several)),
    )


def _copy(url: str, place: Declared, document: Document) -> Copy:
    return Copy(
        url=url,
        region=place.region,
        detail=place.detail,
        requester_pays=place.requester_pays or _above_pays(document),
    )

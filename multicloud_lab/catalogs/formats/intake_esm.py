"""Intake-esm catalogs: a JSON file and its table, one dataset for each asset in it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from multicloud_lab.catalogs.addresses import place
from multicloud_lab.catalogs.declared import Declared, declared, inherited
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.esm_table import read_table
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.trust import text_reasons
from multicloud_lab.catalogs.values import mapping, text, texts
from multicloud_lab.errors import CatalogError

# A label of the run that made the data: left out of an id that is unique without it.
_RUN_LABELS = {"experiment"}

# Addresses that cannot hold a template, a call or a chain; a table may have a million of them.
_ORDINARY = re.compile(r"(?:s3|gs|gcs|https?|az|abfs)://[\w./=+,~@-]*", re.ASCII)

Row = tuple[str, ...]

_segment = lru_cache(maxsize=100_000)(segment)  # the words of a table are few


class IntakeEsmFormat:
    """Intake-esm, with its table in a CSV or Parquet file, or in the JSON itself."""

    name = "intake-esm"

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document is an intake-esm catalog."""
        return isinstance(content, Mapping) and "esmcat_version" in content

    def read(self, document: Document) -> list[Entry | Child]:
        """List the assets."""
        assets = mapping(document.content.get("assets"))
        column = assets.get("column_name")
        if not isinstance(column, str):
            raise CatalogError(f"{document.url} does not say which column has the assets.")
        table = read_table(document)
        if table.rows and column not in table.columns:
            raise CatalogError(f"The table of {document.url} has no column {column!r}.")
        rows = table.cells()
        columns = _columns(table.columns, rows, column, document.content)
        groups = _copies(rows, columns.asset)
        where = _where(document)
        paths = _paths([group[0] for group in groups], columns)
        return [
            _entry(document, columns, group, short, full, where)
            for group, (short, full) in zip(groups, paths, strict=True)
        ]


register(IntakeEsmFormat())


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row is what; the told columns are words of the description."""

    asset: int
    variable: int | None
    levels: tuple[int, ...]
    short: tuple[int, ...]
    others: tuple[int, ...]
    told: tuple[tuple[str, int], ...]
    long_name: int | None
    units: int | None
    format: int | None
    default_format: str


def _columns(
    names: tuple[str, ...], rows: Sequence[Row], asset: str, content: Mapping[str, Any]
) -> _Columns:
    index = {name: number for number, name in enumerate(names)}
    assets, control = mapping(content.get("assets")), mapping(content.get("aggregation_control"))
    variable = text(control.get("variable_column_name"))
    listed = control.get("groupby_attrs")
    attributes = texts(listed) if isinstance(listed, list) else ()
    levels = [name for name in attributes if name in index and name not in (variable, asset)]
    used = {*levels, variable, asset, "long_name", "units"}
    told = [(name, number) for name, number in index.items() if name and name not in used]
    if len(rows) > 1:  # what is the same of all tells nothing
        told = [one for one in told if any(row[one[1]] != rows[0][one[1]] for row in rows)]
    return _Columns(
        asset=index.get(asset, 0),
        variable=index.get(variable),
        levels=tuple(index[name] for name in levels),
        short=tuple(index[name] for name in levels if name not in _RUN_LABELS),
        others=tuple(n for name, n in index.items() if name not in {*levels, variable, asset}),
        told=tuple(told),
        long_name=index.get("long_name"),
        units=index.get("units"),
        format=index.get(text(assets.get("format_column_name"))),
        default_format=text(assets.get("format")),
    )


def _copies(rows: Sequence[Row], asset: int) -> list[list[Row]]:
    """Put rows together that differ in nothing but the bucket of their asset: one dataset each.

    Rows of one bucket that are otherwise equal are different data, as the years of a series.
    """
    alike: dict[Row, list[Row]] = {}
    for row in rows:
        if row[asset]:
            alike.setdefault((*row[:asset], *row[asset + 1 :]), []).append(row)
    groups: list[list[Row]] = []
    for same in alike.values():
        if len(same) == 1:
            groups.append(same)
            continue
        several: list[dict[tuple[str, str], Row]] = []
        for row in same:
            store, path = place(row[asset])
            bucket = (store, path.partition("/")[0])
            group = next((one for one in several if bucket not in one), None)
            if group is None:
                group = {}
                several.append(group)
            group[bucket] = row
        groups.extend(list(group.values()) for group in several)
    return groups


def _paths(rows: Sequence[Row], columns: _Columns) -> list[tuple[Row, Row]]:
    """Give each row its path, and its path with every level."""
    names = [_segment(_name(row, columns)) for row in rows]

    def paths(levels: Sequence[int]) -> list[Row]:
        return [
            (*[_segment(row[level]) for level in levels if row[level]], name)
            for row, name in zip(rows, names, strict=True)
        ]

    chosen = paths(columns.short)
    fulls = list(chosen)
    if columns.short != columns.levels:
        fulls = paths(columns.levels)
        count = Counter(chosen)
        chosen = [one if count[one] == 1 else full for one, full in zip(chosen, fulls, strict=True)]
    alike: dict[Row, list[int]] = defaultdict(list)
    for index, one in enumerate(chosen):
        alike[one].append(index)
    for indices in alike.values():
        if len(indices) > 1:
            suffixes = _suffixes([rows[i] for i in indices], columns.others)
            for i, suffix in zip(indices, suffixes, strict=True):
                chosen[i], fulls[i] = (*chosen[i], *suffix), (*fulls[i], *suffix)
    return list(zip(chosen, fulls, strict=True))


def _suffixes(rows: Sequence[Row], columns: Sequence[int]) -> list[Row]:
    """Tell rows apart by the fewest further columns, in the table's order."""
    suffixes: list[Row] = [()] * len(rows)
    for column in columns:
        if len(set(suffixes)) == len(rows):
            break
        longer = [
            (*suffix, _segment(row[column])) for suffix, row in zip(suffixes, rows, strict=True)
        ]
        if len(set(longer)) > len(set(suffixes)):
            suffixes = longer
    return suffixes


def _name(row: Row, columns: _Columns) -> str:
    if columns.variable is not None and row[columns.variable]:
        return "+".join(_variables(row[columns.variable]))
    base = posixpath.basename(row[columns.asset].rstrip("/"))
    return re.sub(r"\.(zarr|nc|nc4|json|parquet)$", "", base)


@lru_cache(maxsize=100_000)
def _variables(cell: str) -> tuple[str, ...]:
    """Give the variables of an asset: one, or several as a list's text."""
    if cell.startswith(("[", "(", "{")):
        return tuple(re.findall(r"[\w.+-]+", cell)) or (cell,)
    return (cell,)


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


def _entry(
    document: Document,
    columns: _Columns,
    group: Sequence[Row],
    path: Row,
    full: Row,
    where: Callable[[str], Declared],
) -> Entry:
    row = group[0]
    long_name = row[columns.long_name] if columns.long_name is not None else ""
    units = row[columns.units] if columns.units is not None else ""
    said = f"{long_name} ({units})" if long_name and units else long_name
    told = [f"{name} {row[number]}" for name, number in columns.told if row[number]]
    name = _name(row, columns)
    variable = row[columns.variable] if columns.variable is not None else ""
    data_format = row[columns.format] if columns.format is not None else ""
    return Entry(
        path=(*document.path, *path),
        name=name if path[-1] == _segment(name) else f"{name} {path[-1]}",
        title=long_name,
        description="; ".join([said, *told] if said else told),
        format=data_format or columns.default_format,
        tags=tuple(dict.fromkeys(full[:-1])),
        variables=_variables(variable) if variable else (),
        copies=tuple([_copy(one[columns.asset], where, document) for one in group]),
        aliases=() if full == path else ("/".join((*document.path, *full)),),
        kind="intake-esm",
        catalog_url=document.url,
        entry=row[columns.asset],
        driver="intake_esm.esm_datastore",
        untrusted=tuple(
            dict.fromkeys(reason for one in group for reason in _reasons(one[columns.asset]))
        ),
    )


def _copy(url: str, where: Callable[[str], Declared], document: Document) -> Copy:
    declaration = where(url)
    above = document.row.copies if document.row else ()
    pays = declaration.requester_pays or any(copy.requester_pays for copy in above)
    return Copy(url=url, region=declaration.region, detail=declaration.detail, requester_pays=pays)


def _reasons(url: str) -> tuple[str, ...]:
    return () if _ORDINARY.fullmatch(url) else tuple(text_reasons(url))

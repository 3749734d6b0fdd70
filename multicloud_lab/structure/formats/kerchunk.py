"""References of kerchunk, JSON or Parquet: they are the metadata; nothing they name is fetched."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from multicloud_lab.structure.files import SourceFile
from multicloud_lab.structure.form import Found, Group, StructureFormat, register
from multicloud_lab.structure.source import Source
from multicloud_lab.structure.zarr_metadata import (
    NAMES,
    Documents,
    consolidated,
    groups_of,
    objects_of,
    parse,
    path_of_chunk,
)

_DOCUMENTS = {"zarr.json", ".zmetadata", *NAMES}
_TABLE = 1 << 16
"""Bytes of such a table that are read first; most have no more."""
_MAX_TABLES = 64
"""Tables of references that are read to sum the sizes in them."""


def read(source: Source) -> Found:
    """Read the structure that references describe."""
    texts = source.read(["", ".zmetadata"])
    if "" in texts:
        return _read_json(source, texts[""])
    if ".zmetadata" not in texts:
        source.absent("references of kerchunk")
    return _read_tables(source, texts[".zmetadata"])


def _read_json(source: Source, text: bytes) -> Found:
    content = parse(text, "reference file")
    inner = content.get("refs")
    references = inner if isinstance(inner, Mapping) else content
    documents: Documents = {
        key: _document(key, value)
        for key, value in references.items()
        if isinstance(key, str) and key.rpartition("/")[2] in _DOCUMENTS
    }
    if not documents:
        raise ValueError("it has no references with Zarr metadata")
    groups, version, notes = groups_of(consolidated(documents) or documents, source.name)
    if content.get("gen"):
        notes.append("sizes in the store are not known: its references are made from a rule")
        return Found(f"kerchunk ({version})", groups, None, notes)
    homes = _homes(groups)
    whole = 0
    for key, value in references.items():
        path = path_of_chunk(key, homes)
        if path is None:
            continue
        size = _length(value)
        whole += size is None
        group, name = homes[path]
        group.stored[name] = group.stored.get(name, 0) + (size or 0)
    if whole:
        notes.append(f"sizes in the store leave out {whole:,} references to whole files")
    return Found(f"kerchunk ({version})", groups, _total(groups), notes)


def _read_tables(source: Source, text: bytes) -> Found:
    content = parse(text, ".zmetadata")
    documents = consolidated({".zmetadata": content})
    if documents is None:
        raise ValueError("its .zmetadata has no metadata")
    groups, version, notes = groups_of(documents, source.name)
    if not _sum_tables(source, groups, content.get("record_size")):
        notes.append("sizes in the store are not known: its references are in too many tables")
        return Found(f"kerchunk ({version})", groups, None, notes)
    return Found(f"kerchunk ({version})", groups, _total(groups), notes)


def _sum_tables(source: Source, groups: tuple[Group, ...], records: Any) -> bool:
    """Sum the column of sizes in the tables of references; say whether they were few enough."""
    if not isinstance(records, int) or records < 1:
        raise ValueError("its .zmetadata has no record_size")
    tables: dict[str, tuple[Group, str]] = {}
    for path, (group, name) in _homes(groups).items():
        alone = Group("", {name: group.variables[name]}, {})
        for number in range(-(-objects_of((alone,)) // records)):
            tables[f"{path}/refs.{number}.parq"] = group, name
            if len(tables) > _MAX_TABLES:
                return False
    for group in groups:
        group.stored.update(dict.fromkeys(group.variables, 0))
    for key, (group, name) in tables.items():
        group.stored[name] += _sum_table(source, key)
    return True


def _sum_table(source: Source, key: str) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow.parquet import ParquetFile

    head, size = source.begin(_TABLE, key)
    file = SourceFile(source, key, size, head=head)
    try:
        table = ParquetFile(file).read(columns=["size", "raw"])
    except Exception:
        if file.error is not None:
            raise file.error from None
        raise
    total = 0
    if "size" in table.column_names:
        total += pc.sum(table["size"]).as_py() or 0
    if "raw" in table.column_names:
        total += pc.sum(pc.binary_length(table["raw"].cast(pa.large_binary()))).as_py() or 0
    return int(total)


def _homes(groups: tuple[Group, ...]) -> dict[str, tuple[Group, str]]:
    return {
        (f"{group.path}/{name}" if group.path else name): (group, name)
        for group in groups
        for name in group.variables
    }


def _document(key: str, value: Any) -> dict[str, Any]:
    """Read a metadata document that a reference holds; one that is elsewhere is not fetched."""
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, str):
        raise ValueError(f"its {key[:80]} is in another file, which is not read")  # noqa: TRY004
    return parse(_inline(value), key)


def _inline(value: str) -> bytes:
    if not value.startswith("base64:"):
        return value.encode()
    return base64.b64decode(value.removeprefix("base64:"))


def _length(reference: Any) -> int | None:
    """Give the bytes of a chunk: inline, or a part of a file; None if it is a whole file."""
    if isinstance(reference, str):
        return len(_inline(reference))
    if isinstance(reference, Mapping):
        return len(json.dumps(reference))
    if isinstance(reference, list) and len(reference) == 3 and isinstance(reference[2], int):
        return max(0, reference[2])
    return None


def _total(groups: tuple[Group, ...]) -> int:
    return sum(sum(group.stored.values()) for group in groups)


register(
    StructureFormat(
        name="kerchunk",
        words=frozenset({"kerchunk", "reference", "references", "application/vnd+kerchunk"}),
        endings=(".json",),
        magic=(b"{",),
        read=read,
    )
)

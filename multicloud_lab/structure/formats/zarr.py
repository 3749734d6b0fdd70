"""Zarr, versions 2 and 3: consolidated metadata, or those of each group and array."""

from __future__ import annotations

from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.structure.form import Found, Group, OtherFormatError, StructureFormat, register
from multicloud_lab.structure.source import Source
from multicloud_lab.structure.zarr_metadata import (
    MAX_NODES,
    NAMES,
    Documents,
    consolidated,
    groups_of,
    objects_of,
    parse,
    path_of_chunk,
)

MAX_DEPTH = 8
"""Levels of groups that are looked into where metadata are not consolidated."""
MAX_OBJECTS = 20_000
"""Objects that are listed to sum their sizes: 20 requests to S3 or GCS."""

_NODE_BYTES = 4_000_000
_LISTING_SHARE = 0.7
"""Of the time that is left once the metadata are read; the rest is for the answer."""


def read(source: Source) -> Found:
    """Read the structure of a Zarr group or array."""
    texts = source.read([".zmetadata", "zarr.json"])
    documents = {key: parse(text, key) for key, text in texts.items()}
    if "record_size" in documents.get(".zmetadata", {}):
        raise OtherFormatError("kerchunk")
    nodes = consolidated(documents)
    notes: list[str] = []
    if nodes is None:
        nodes = _walk(source, documents, notes)
    groups, version, told = groups_of(nodes, source.name)
    total = _sizes(source, groups, notes)
    return Found(version, groups, total, notes=told + notes)


def _walk(source: Source, found: Documents, notes: list[str]) -> Documents:
    """Read the documents of each node, level by level."""
    is_v3 = "zarr.json" in found
    names = ("zarr.json",) if is_v3 else NAMES
    documents = dict(found)
    if not is_v3:
        documents |= _documents(source, list(NAMES))
        if not documents.keys() & {".zgroup", ".zarray"}:
            source.absent("Zarr metadata (.zmetadata, zarr.json, .zgroup or .zarray)")
    level = [""] if _is_group(documents, "", is_v3=is_v3) else []
    for _ in range(MAX_DEPTH):
        paths = [path for group in level for path in _below(source, group, notes)]
        if len(documents) + len(paths) > MAX_NODES * len(names):
            raise ValueError(f"it has more than {MAX_NODES} groups and arrays")
        documents |= _documents(source, [f"{path}/{name}" for path in paths for name in names])
        level = [path for path in paths if _is_group(documents, path, is_v3=is_v3)]
        if not level:
            return documents
    notes.append(f"groups are told to a depth of {MAX_DEPTH}")
    return documents


def _documents(source: Source, keys: list[str]) -> Documents:
    texts = source.read(keys, limit=_NODE_BYTES) if keys else {}
    return {key: parse(text, key) for key, text in texts.items()}


def _below(source: Source, group: str, notes: list[str]) -> list[str]:
    if source.is_web:
        notes.append(
            "its metadata are not consolidated, and over HTTP nothing lists what is below its root"
        )
        return []
    names = [child.name for child in source.children(group) if child.is_directory]
    return [f"{group}/{name}" if group else name for name in sorted(names)]


def _is_group(documents: Documents, path: str, *, is_v3: bool) -> bool:
    prefix = f"{path}/" if path else ""
    if is_v3:
        return documents.get(f"{prefix}zarr.json", {}).get("node_type") == "group"
    return f"{prefix}.zgroup" in documents and f"{prefix}.zarray" not in documents


def _sizes(source: Source, groups: tuple[Group, ...], notes: list[str]) -> int | None:
    """Sum the sizes of a store's objects, if they are few enough to be listed."""
    expected = objects_of(groups)
    if source.is_web:
        notes.append("sizes in the store are not known: it cannot be listed over HTTP")
        return None
    if expected > MAX_OBJECTS:
        notes.append(
            f"sizes in the store are not known: it may have {expected:,} objects, and at most "
            f"{MAX_OBJECTS:,} are listed"
        )
        return None
    try:
        sizes = source.sizes(max(source.left, 0) * _LISTING_SHARE)
    except MulticloudLabError as error:
        notes.append(f"sizes in the store are not known: {str(error).rstrip('.')}")
        return None
    homes = {
        (f"{group.path}/{name}" if group.path else name): (group, name)
        for group in groups
        for name in group.variables
    }
    if len(homes) == 1 and not any(path_of_chunk(key, homes) for key in sizes):
        homes = {"": next(iter(homes.values()))}  # the root itself is the array
    for group, name in homes.values():
        group.stored[name] = 0
    for key, size in sizes.items():
        path = path_of_chunk(key, homes)
        if path is not None:
            group, name = homes[path]
            group.stored[name] += size
    return sum(sizes.values())


register(
    StructureFormat(
        name="zarr",
        words=frozenset({"zarr", "zarr2", "zarr3", "zarr v2", "zarr v3", "application/vnd+zarr"}),
        endings=(".zarr", ".zarr2", ".zarr3"),
        keys=frozenset({".zmetadata", "zarr.json", ".zgroup", ".zarray"}),
        read=read,
    )
)

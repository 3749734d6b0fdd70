"""Zarr's metadata documents, wherever they were found, as variables: no codec is ever built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from multicloud_lab.structure.decoding import stand_in
from multicloud_lab.structure.form import Group

MAX_NODES = 5000
"""Groups and arrays of one hierarchy."""

Documents = dict[str, dict[str, Any]]
"""Metadata documents by key, as ``zarr.json`` and ``air/.zarray``."""

NAMES = (".zgroup", ".zarray", ".zattrs")
"""The documents of a node in version 2; version 3 has ``zarr.json`` alone."""
_V2 = ("zarr_format", "shape", "chunks", "dtype", "fill_value", "order", "dimension_separator")
_V3 = (
    *("zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding"),
    *("fill_value", "attributes", "dimension_names"),
)
_OBJECTS = ("vlen-utf8", "vlen-bytes", "vlen-array")
_DIMENSIONS = "_ARRAY_DIMENSIONS"


def parse(text: bytes, key: str) -> dict[str, Any]:
    """Parse a metadata document.

    Raises
    ------
    ValueError
        It is not a JSON object; the key is named.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its {key} is not JSON") from error
    if not isinstance(value, dict):
        raise ValueError(f"its {key} is not a JSON object")  # noqa: TRY004  (of the file's content)
    return value


def consolidated(documents: Documents) -> Documents | None:
    """Give the documents that a root document holds of all nodes; None if it holds none."""
    if "zarr.json" in documents:
        root = documents["zarr.json"]
        inner = root.get("consolidated_metadata")
        nodes = inner.get("metadata") if isinstance(inner, Mapping) else None
        if not isinstance(nodes, Mapping):
            return None
        below = {f"{path}/zarr.json": doc for path, doc in nodes.items()}
        return _checked({"zarr.json": root, **below})
    if ".zmetadata" in documents:
        return _checked(documents[".zmetadata"].get("metadata"))
    return None


def groups_of(documents: Documents, name: str) -> tuple[tuple[Group, ...], str, list[str]]:
    """Read documents as xarray does.

    Parameters
    ----------
    documents : dict
        Of all nodes, the root among them.
    name : str
        What a root that is an array is called.

    Returns
    -------
    tuple
        Groups, the root first; the version as ``zarr v2`` or ``zarr v3``; and notes.

    Raises
    ------
    ValueError
        Something in them makes no sense.
    """
    notes: list[str] = []
    arrays = dict(_arrays(documents))
    if len(arrays) > MAX_NODES:
        raise ValueError(f"it has {len(arrays)} arrays, more than {MAX_NODES}")
    is_v3 = any(key.rpartition("/")[2] == "zarr.json" for key in documents)
    if "" in arrays:
        arrays = {name: arrays[""]}
    groups: dict[str, Group] = {"": Group("", {}, _attributes(documents, ""))}
    for key in documents:
        path, _, document = key.rpartition("/")
        is_group = document == ".zgroup" or (
            document == "zarr.json" and documents[key].get("node_type") == "group"
        )
        if path and is_group:
            groups.setdefault(path, Group(path, {}, _attributes(documents, path)))
    nameless = []
    for path, (metadata, attributes) in arrays.items():
        parent, _, own = path.rpartition("/")
        group = groups.setdefault(parent, Group(parent, {}, _attributes(documents, parent)))
        group.variables[own], has_names = _variable(own, metadata, attributes, is_v3=is_v3)
        if not has_names:
            nameless.append(path)
    if nameless:
        listed = ", ".join(nameless[:5]) + (", …" if len(nameless) > 5 else "")
        notes.append(
            f"{listed}: no names of dimensions are stored, without which xarray does not open it"
        )
    ordered = sorted(groups.values(), key=lambda group: group.path)
    kept = tuple(group for group in ordered if group.variables or not group.path)
    return kept, "zarr v3" if is_v3 else "zarr v2", notes


def objects_of(groups: tuple[Group, ...]) -> int:
    """Say how many objects a store has at most, from its metadata."""
    count = 0
    for group in groups:
        for variable in group.variables.values():
            sizes = variable.encoding.get("shards") or variable.encoding.get("chunks") or ()
            pairs = zip(variable.shape, sizes, strict=False)
            count += prod(-(-size // max(1, chunk)) for size, chunk in pairs)
    return count


def path_of_chunk(key: str, arrays: Mapping[str, Any]) -> str | None:
    """Give the array that an object of a store belongs to; None if it is no chunk of one."""
    if key.rpartition("/")[2] in ("zarr.json", ".zmetadata", *NAMES):
        return None
    path = key
    while path:
        path = path.rpartition("/")[0]
        if path in arrays:
            return path
    return None


def _checked(nodes: Any) -> Documents:
    if not isinstance(nodes, Mapping) or not all(isinstance(d, dict) for d in nodes.values()):
        raise ValueError("its consolidated metadata are not JSON objects by key")
    return {str(key): document for key, document in nodes.items()}


def _arrays(documents: Documents) -> Iterator[tuple[str, tuple[dict[str, Any], dict[str, Any]]]]:
    """Give the path of each array with its metadata and attributes."""
    for key, document in documents.items():
        path, _, name = key.rpartition("/")
        is_v3 = name == "zarr.json" and document.get("node_type") == "array"
        if is_v3 or name == ".zarray":
            yield path, (document, _attributes(documents, path))


def _attributes(documents: Documents, path: str) -> dict[str, Any]:
    prefix = f"{path}/" if path else ""
    node = documents.get(f"{prefix}zarr.json")
    found = documents.get(f"{prefix}.zattrs", {}) if node is None else node.get("attributes")
    return dict(found) if isinstance(found, Mapping) else {}


def _variable(
    name: str, metadata: dict[str, Any], attributes: dict[str, Any], *, is_v3: bool
) -> tuple[Any, bool]:
    """Make a variable as xarray's Zarr backend does; say whether its dimensions have names."""
    try:
        array = _array(_plain_v3(metadata) if is_v3 else _plain_v2(metadata))
    # Zarr says what is wrong by errors of many types.
    except Exception as error:
        words = str(error).partition("\n")[0][:200] or type(error).__name__
        raise ValueError(f"zarr does not take its array {name[:80]!r}: {words}") from error
    named = _names(metadata, attributes, is_v3=is_v3)
    has_names = len(named) == len(array.shape) and all(isinstance(dim, str) for dim in named)
    dims = tuple(named) if has_names else tuple(f"{name}_dim_{i}" for i in range(len(array.shape)))
    hidden = (_DIMENSIONS, "_nczarr", "_nc")
    shown = {key: value for key, value in attributes.items() if not key.startswith(hidden)}
    shown |= _fill(array, attributes, is_v3=is_v3)
    chunks, shards = tuple(array.chunks), array.shards
    variable = stand_in(dims, tuple(array.shape), array.dtype, shown, chunks=chunks, shards=shards)
    return variable, has_names


def _array(document: dict[str, Any]) -> Any:
    """Let zarr read an array's document, from a store that has nothing else."""
    import zarr
    from zarr.core.buffer.cpu import Buffer
    from zarr.storage import MemoryStore

    key = "zarr.json" if document["zarr_format"] == 3 else ".zarray"
    text = json.dumps(document).encode()
    store = MemoryStore({key: Buffer.from_bytes(text)}, read_only=True)
    return zarr.open_array(store, mode="r", zarr_format=document["zarr_format"])


def _names(metadata: dict[str, Any], attributes: dict[str, Any], *, is_v3: bool) -> list[Any]:
    """Give the names of an array's dimensions, as xarray or netCDF-C wrote them."""
    if is_v3:
        return list(metadata.get("dimension_names") or ())
    named = attributes.get(_DIMENSIONS)
    if isinstance(named, list):
        return named
    for holder in (metadata.get("_NCZARR_ARRAY"), attributes.get("_nczarr_array")):
        references = (
            holder.get("dimrefs", holder.get("dimension_references"))
            if isinstance(holder, Mapping)
            else None
        )
        if isinstance(references, list):
            return [str(reference).rpartition("/")[2] for reference in references]
    return []


def _fill(array: Any, attributes: dict[str, Any], *, is_v3: bool) -> dict[str, Any]:
    """Give what xarray masks: Zarr's fill value in version 2, an attribute in version 3."""
    if not is_v3:
        return {} if array.fill_value is None else {"_FillValue": array.fill_value}
    if "_FillValue" not in attributes:
        return {}
    from xarray.backends.zarr import FillValueCoder

    return {"_FillValue": FillValueCoder.decode(attributes["_FillValue"], array.dtype)}


def _plain_v2(metadata: dict[str, Any]) -> dict[str, Any]:
    """Leave out how values are packed, which does not say what they are."""
    filters = metadata.get("filters")
    named = [f for f in filters if isinstance(f, dict)] if isinstance(filters, list) else []
    objects = [{"id": f["id"]} for f in named if f.get("id") in _OBJECTS]
    kept = {key: metadata[key] for key in _V2 if key in metadata}
    return {**kept, "zarr_format": 2, "compressor": None, "filters": objects or None}


def _plain_v3(metadata: dict[str, Any]) -> dict[str, Any]:
    """Leave out how values are packed, but for what is stored in one object."""
    codecs = metadata.get("codecs")
    named = [c for c in codecs if isinstance(c, dict)] if isinstance(codecs, list) else []
    kept = {key: metadata[key] for key in _V3 if key in metadata}
    kind = str(metadata.get("data_type"))
    inner: list[dict[str, Any]] = [
        {"name": "vlen-utf8"}
        if kind == "string"
        else {"name": "vlen-bytes"}
        if kind in ("variable_length_bytes", "bytes")
        else {"name": "bytes", "configuration": {"endian": "little"}}
    ]
    for codec in named:
        shape = (codec.get("configuration") or {}).get("chunk_shape")
        if codec.get("name") == "sharding_indexed":
            crc = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
            configuration = {"chunk_shape": shape, "codecs": inner, "index_codecs": crc}
            inner = [{"name": "sharding_indexed", "configuration": configuration}]
            break
    return {**kept, "zarr_format": 3, "codecs": inner}

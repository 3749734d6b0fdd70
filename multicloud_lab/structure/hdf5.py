"""A netCDF-4 or HDF5 file: its objects, without following it to any other file."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from multicloud_lab.structure.decoding import stand_in
from multicloud_lab.structure.files import SourceFile
from multicloud_lab.structure.form import Group

MAX_GROUPS = 200
MAX_DEPTH = 8
_MAX_CHUNKS = 20_000
"""Chunks of a variable whose index is read to sum their sizes."""


def read_groups(file: SourceFile, notes: list[str]) -> tuple[Group, ...]:
    """Read the groups of a file, the root first, as xarray's h5netcdf backend does.

    Raises
    ------
    ValueError
        The file refers to others, or has too many groups.
    """
    import h5py
    from xarray.backends import H5NetCDFStore

    with h5py.File(file, "r") as opened:
        paths = list(_paths(opened))
        groups = []
        for path in paths:
            with H5NetCDFStore.open(file, mode="r", group=path or None) as store:
                variables, attributes = store.load()
            group = Group(path, {}, dict(attributes))
            for name, variable in variables.items():
                own = str(name)
                group.variables[own] = stand_in(
                    tuple(str(dim) for dim in variable.dims),
                    tuple(variable.shape),
                    variable.dtype,
                    variable.attrs,
                    chunks=variable.encoding.get("chunksizes"),
                )
                stored = _stored(opened, f"{path}/{own}")
                if stored is None:
                    notes.append(f"the size of {own} in the store is not known")
                else:
                    group.stored[own] = stored
            groups.append(group)
    return tuple(group for group in groups if group.variables or not group.path)


def _paths(opened: Any) -> Iterator[str]:
    """Give the path of each group, once it is known to refer to no other file."""
    count = 0
    pending = [("", opened, 0)]
    while pending:
        path, group, depth = pending.pop(0)
        count += 1
        if count > MAX_GROUPS:
            raise ValueError(f"it has more than {MAX_GROUPS} groups")
        below = list(_checked(group))
        yield path
        if depth < MAX_DEPTH:
            pending += [(f"{path}/{name}".strip("/"), each, depth + 1) for name, each in below]


def _checked(group: Any) -> Iterator[tuple[str, Any]]:
    """Give the groups below one; nothing that lies in another file is opened, even to look."""
    import h5py

    for name in group:
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            raise ValueError(f"its object {name[:80]!r} is in another file, which is not opened")  # noqa: TRY004
        if not isinstance(link, h5py.HardLink):
            continue
        kind = h5py.h5o.get_info(group.id, name.encode()).type
        if kind == h5py.h5o.TYPE_GROUP:
            yield name, group[name]
        elif kind == h5py.h5o.TYPE_DATASET:
            # Its shape is not asked for before: that alone would open the files it is made of.
            layout = h5py.h5d.open(group.id, name.encode()).get_create_plist().get_layout()
            if layout == h5py.h5d.VIRTUAL:
                raise ValueError(
                    f"its array {name[:80]!r} is made of other files, which are not opened"
                )


def _stored(opened: Any, path: str) -> int | None:
    """Give the bytes of an array in the file; None if it has too many chunks to sum them."""
    dataset = opened.get(path)
    if dataset is None:
        return 0  # a dimension without values
    if dataset.chunks is not None:
        pairs = zip(dataset.shape, dataset.chunks, strict=True)
        if prod(-(-size // chunk) for size, chunk in pairs) > _MAX_CHUNKS:
            return None
    return int(dataset.id.get_storage_size())

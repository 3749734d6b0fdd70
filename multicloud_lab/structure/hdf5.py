"""The objects of a netCDF-4 or HDF5 file; it is not followed to any other file."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from multicloud_lab.structure.decoding import stand_in
from multicloud_lab.structure.files import Parts, SourceFile
from multicloud_lab.structure.form import Group

MAX_GROUPS = 200
MAX_DEPTH = 8
_MAX_CHUNKS = 2000
"""Chunks of a variable whose index may be read to sum their sizes."""
_SIZE_REQUESTS = 32
"""Reads for such indexes: they lie between the data, and each node of one takes a read."""


def read_groups(file: SourceFile, source: Parts, notes: list[str]) -> tuple[Group, ...]:
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
            group_store = H5NetCDFStore.open(
                file, mode="r", group=path or None, phony_dims="access"
            )
            with group_store as store:
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
            groups.append(group)
        _sum_sizes(opened, groups, source, notes)
    dims = {dim for group in groups for one in group.variables.values() for dim in one.dims}
    if any(str(dim).startswith("phony_dim_") for dim in dims):
        notes.append("dimensions without a name are told as xarray names them with phony_dims")
    groups.sort(key=lambda group: group.path)
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
        opened = h5py.h5o.open(group.id, name.encode())
        if isinstance(opened, h5py.h5g.GroupID):
            yield name, h5py.Group(opened)
        elif isinstance(opened, h5py.h5d.DatasetID):
            # Its shape is not asked for before: that alone would open the files it is made of.
            layout = opened.get_create_plist().get_layout()
            if layout == h5py.h5d.VIRTUAL:
                raise ValueError(
                    f"its array {name[:80]!r} is made of other files, which are not opened"
                )


def _sum_sizes(opened: Any, groups: list[Group], source: Parts, notes: list[str]) -> None:
    """Note the bytes of each array in the file, as long as few reads tell them."""
    limit = source.requests + _SIZE_REQUESTS
    unknown = []
    for group in groups:
        for name in group.variables:
            dataset = opened.get(f"{group.path}/{name}")
            chunks = _chunks_of(dataset)
            if chunks and (chunks > _MAX_CHUNKS or source.requests >= limit):
                unknown.append(name)
            elif dataset is not None:
                group.stored[name] = int(dataset.id.get_storage_size())
    if unknown:
        listed = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        notes.append(f"sizes in the store of {listed} are not known: it would take many reads")


def _chunks_of(dataset: Any) -> int:
    """Say how many chunks an array has at most; none if it is stored in one piece."""
    if dataset is None or dataset.chunks is None:
        return 0
    pairs = zip(dataset.shape, dataset.chunks, strict=True)
    return prod(-(-size // chunk) for size, chunk in pairs)

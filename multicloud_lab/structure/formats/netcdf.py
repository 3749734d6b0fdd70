"""netCDF: the header of versions 3 and 5, or the objects of an HDF5 file."""

from __future__ import annotations

from multicloud_lab.structure.decoding import stand_in
from multicloud_lab.structure.form import Found, Group, StructureFormat, register
from multicloud_lab.structure.hdf5_apart import read_apart
from multicloud_lab.structure.netcdf3 import MAGIC, ShortHeaderError, read_header
from multicloud_lab.structure.source import Source

HDF5 = b"\x89HDF\r\n\x1a\n"
_HEAD = 1 << 16
"""Bytes at the beginning of a file that are read first; most headers end there."""


def read(source: Source) -> Found:
    """Read the structure of a netCDF file."""
    head, size = source.begin(_HEAD)
    if head.startswith(HDF5):
        description = read_apart(source, head, size)
        return Found("netcdf-4", description, size)
    if head[:4] in MAGIC:
        return _read_header(source, head, size)
    raise ValueError("it begins neither as a netCDF-3 nor as an HDF5 file")


def _read_header(source: Source, head: bytes, size: int) -> Found:
    while True:
        try:
            header = read_header(head, size)
        except ShortHeaderError:
            (more,) = source.ranges([("", len(head), min(4 * len(head), size))])
            head += more
        else:
            break
    group = Group("", {}, header.attributes)
    for variable in header.variables:
        group.variables[variable.name] = stand_in(
            variable.dims, variable.shape, variable.dtype, variable.attributes
        )
        group.stored[variable.name] = variable.stored_bytes
    return Found(f"netcdf-3 {header.version}", (group,), size)


register(
    StructureFormat(
        name="netcdf",
        words=frozenset(
            {"netcdf", "netcdf3", "netcdf4", "nc", "hdf5", "hdf", "h5netcdf", "scipy"}
            | {"application/netcdf", "application/x-netcdf", "application/x-hdf5"}
        ),
        endings=(".nc", ".nc3", ".nc4", ".cdf", ".h5", ".hdf5"),
        magic=(HDF5, *MAGIC),
        read=read,
    )
)

"""netCDF: the header of versions 3 and 5, or the objects of an HDF5 file."""

from __future__ import annotations

from multicloud_lab.structure.decoding import stand_in
from multicloud_lab.structure.files import SourceFile
from multicloud_lab.structure.form import Found, Group, StructureFormat, register
from multicloud_lab.structure.netcdf3 import MAGIC, ShortHeaderError, read_header
from multicloud_lab.structure.source import Source

HDF5 = b"\x89HDF\r\n\x1a\n"


def read(source: Source) -> Found:
    """Read the structure of a netCDF file."""
    file = SourceFile(source)
    magic = file.read(8)
    if magic == HDF5:
        return _read_hdf5(file, source)
    if magic[:4] in MAGIC:
        return _read_header(file)
    raise ValueError("it begins neither as a netCDF-3 nor as an HDF5 file")


def _read_hdf5(file: SourceFile, source: Source) -> Found:
    from multicloud_lab.structure.hdf5 import read_groups

    notes: list[str] = []
    try:
        groups = read_groups(file, source, notes)
    except Exception:
        if file.error is not None:
            raise file.error from None  # HDF5 tells it in words of its own
        raise
    return Found("netcdf-4", groups, file.size, notes)


def _read_header(file: SourceFile) -> Found:
    length = 1 << 14
    while True:
        file.seek(0)
        data = file.read(min(length, file.size))
        try:
            header = read_header(data, file.size)
        except ShortHeaderError:
            length *= 4
        else:
            break
    group = Group("", {}, header.attributes)
    for variable in header.variables:
        group.variables[variable.name] = stand_in(
            variable.dims, variable.shape, variable.dtype, variable.attributes
        )
        group.stored[variable.name] = variable.stored_bytes
    return Found(f"netcdf-3 {header.version}", (group,), file.size)


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

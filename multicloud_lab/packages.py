"""Packages that only some stores and formats need, and how to have them."""

from __future__ import annotations

_BROUGHT_BY = {
    "adlfs": "multicloud-lab[azure]",
    "cfgrib": "cfgrib",
    "gcsfs": "multicloud-lab[gcp]",
    "h5netcdf": "multicloud-lab[netcdf]",
    "h5py": "multicloud-lab[netcdf]",
    "intake_esm": "multicloud-lab[esm]",
    "pyarrow": "pyarrow",
    "rioxarray": "multicloud-lab[raster]",
    "s3fs": "multicloud-lab[aws]",
    "scipy": "scipy",
}


def missing(name: str, error: ImportError) -> str:
    """Say in a sentence which package something needs that is not installed, and how to have it.

    Parameters
    ----------
    name : str
        Of what needs it.
    error : ImportError
        Python's own, or that of a library that asked for the package by name.
    """
    said = f"{error.name or ''} {error}"
    for module, package in _BROUGHT_BY.items():
        if module in said:
            return f"{name} needs {module}, which is not installed here: pip install '{package}'."
    words = str(error).partition("\n")[0][:200].rstrip(".")
    return f"{name} needs a package that is not installed here: {words}."

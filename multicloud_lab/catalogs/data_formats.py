"""The format of data, by the ending of its address or by its media type."""

from __future__ import annotations

import posixpath

_BY_ENDING = {
    ".zarr": "zarr",
    ".nc": "netcdf",
    ".nc4": "netcdf",
    ".cdf": "netcdf",
    ".h5": "netcdf",
    ".hdf5": "netcdf",
    ".he5": "netcdf",
    ".parquet": "parquet",
    ".parq": "parquet",
    ".pq": "parquet",
    ".geoparquet": "parquet",
    ".csv": "csv",
    ".json": "kerchunk",
    ".tif": "rasterio",
    ".tiff": "rasterio",
    ".grib": "grib",
    ".grib2": "grib",
    ".grb": "grib",
    ".grb2": "grib",
    ".icechunk": "icechunk",
}
# Words of media types as catalogs write them; the first that occurs counts.
_BY_MEDIA_WORD = (
    ("icechunk", "icechunk"),
    ("kerchunk", "kerchunk"),
    ("zarr", "zarr"),
    ("netcdf", "netcdf"),
    ("hdf5", "netcdf"),
    ("parquet", "parquet"),
    ("text/csv", "csv"),
    ("geotiff", "rasterio"),
    ("image/tiff", "rasterio"),
    ("grib", "grib"),
)


def format_of_url(url: str) -> str:
    """Give the format that the ending of an address means; empty if it means none.

    Examples
    --------
    >>> format_of_url("s3://bucket/store.zarr/"), format_of_url("gs://bucket/table.csv.gz")
    ('zarr', 'csv')
    """
    path = url.partition("?")[0].partition("#")[0].rstrip("/").lower()
    ending = posixpath.splitext(path)[1]
    if ending == ".gz":
        ending = ".csv" if path.endswith(".csv.gz") else ""
    return _BY_ENDING.get(ending, "")


def format_of_media_type(media_type: str) -> str:
    """Give the format that a media type means; empty if it means none."""
    said = media_type.lower()
    return next((found for word, found in _BY_MEDIA_WORD if word in said), "")


def stem(url: str) -> str:
    """Give the last part of an address's path, without an ending that tells its format."""
    base = posixpath.basename(url.partition("?")[0].rstrip("/"))
    if not format_of_url(base):
        return base
    return posixpath.splitext(base.removesuffix(".gz"))[0]

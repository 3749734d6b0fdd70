"""A dataset that no catalog lists: its address is all that is known of it."""

from __future__ import annotations

from pathlib import Path

from multicloud_lab import records as r
from multicloud_lab.catalogs import Copy, Entry, format_of_url, stem
from multicloud_lab.config import LabConfig
from multicloud_lab.errors import DatasetNotFoundError
from multicloud_lab.hosts import STORES, WEB, shown

_PATHS = ("/", "./", "../")


def is_path(what: str) -> bool:
    """Tell a path, as the kernel sees it, from a dataset's id and from a URL."""
    return what.startswith(_PATHS)


def in_full(path: str) -> str:
    """Write a path in somebody's home in full; other addresses stay as they are."""
    return str(Path(path).expanduser()) if path.startswith("~/") else path


def is_address(what: str) -> bool:
    """Tell an address, a URL or a path, from a dataset's id."""
    return "://" in what or is_path(what)


def dataset_at(address: str, location: r.Location | None) -> r.Dataset:
    """Make the dataset at an address.

    Parameters
    ----------
    address : str
        A URL, or a path as the kernel sees it.
    location : Location or None
        Where that is; ``None`` for a path.

    Raises
    ------
    DatasetNotFoundError
        It is no address of data.
    """
    scheme = address.partition("://")[0].lower()
    if not is_path(address) and scheme not in STORES | WEB:
        raise DatasetNotFoundError(
            f"{shown(address)[:200]!r} is no address of data in a cloud: those begin with "
            f"{', '.join(f'{known}://' for known in ('s3', 'gs', 'az', 'https'))}."
        )
    replica = (
        r.Replica(url=address, detail="a file of this machine")
        if location is None
        else r.Replica(**dict(location))
    )
    return r.Dataset(
        id=address,
        name=(Path(address).stem if is_path(address) else stem(address)) or address,
        catalog="",
        format=_format(address),
        replicas=(replica,),
        url=address,
        region=replica.region,
        evidence=replica.evidence,
    )


def _format(address: str) -> str:
    """Give the format that an address means; in a cloud Zarr, if it has no ending."""
    if is_path(address):
        # A path has no query and no fragment, whatever is in it.
        return format_of_url(f"x{Path(address).suffix}")
    last = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    return format_of_url(address) or ("" if "." in last else "zarr")


def opening_at(dataset: r.Dataset, config: LabConfig) -> tuple[r.Opening, Entry]:
    """Say how a kernel opens the dataset at an address, and give it as if a catalog had it.

    What is there is no catalog, so nothing that it names is trusted for who asked for it.
    """
    url = dataset.url
    opening = r.Opening(
        dataset=dataset,
        kind="url",
        url=url,
        catalog_url=url,
        entry="",
        storage_options={} if is_path(url) else config.options_for(url),
    )
    entry = Entry(
        path=(), name=dataset.name, kind="url", catalog_url=url, entry="", copies=(Copy(url=url),)
    )
    return opening, entry

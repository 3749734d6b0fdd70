"""Looking at what a dataset holds, with the rights that the administrator gave, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.catalogs import Copy, Entry, is_local
from multicloud_lab.config import LabConfig
from multicloud_lab.errors import AccessDeniedError, CatalogError, DeadlineError
from multicloud_lab.hosts import allowed_by, check_address
from multicloud_lab.structure import read_structure

DEADLINE = 30.0
"""Seconds that one look at a dataset may take."""

# What fsspec's file systems call reading without a name.
_ANONYMOUS: dict[str, dict[str, Any]] = {
    "s3": {"anon": True},
    "s3a": {"anon": True},
    "gs": {"token": "anon"},
    "gcs": {"token": "anon"},
}


def inspect(opening: r.Opening, entry: Entry, config: LabConfig) -> r.Structure:
    """Read the structure of a dataset, which is an entry of a catalog; blocking.

    A store of which nothing else is said is asked anonymously first, then with whatever
    credentials this process has.

    Raises
    ------
    CatalogError
        The catalog does not say where the dataset is, or names what it may not.
    AccessDeniedError, DeadlineError, UnreadableDatasetError
    """
    url = opening.url
    if not url or "{{" in url:
        raise CatalogError(f"The catalog of {opening.dataset.id} does not say where it is.")
    local_catalog = "://" not in opening.catalog_url
    if not local_catalog and is_local(url):
        raise CatalogError(
            f"The catalog of {opening.dataset.id} is remote but names a file of this machine."
        )
    named = allowed_by(
        [
            *config.storage_options,
            *config.registries,
            *(catalog.url for catalog in config.catalogs),
        ]
    )

    def allowed(address: str) -> bool:
        return named(address) or (local_catalog and is_local(address))

    copy = next((copy for copy in entry.copies if copy.url == url), Copy(url=url))
    if copy.endpoint and "endpoint_url" not in opening.storage_options:
        check_address(copy.endpoint, allowed=allowed)
    refused: AccessDeniedError | None = None
    for options in _attempts(opening, copy):
        try:
            return read_structure(
                url,
                opening.dataset.format,
                dataset=opening.dataset.id,
                options=options,
                deadline=DEADLINE,
                allowed=allowed,
            )
        except AccessDeniedError as error:
            refused = error
        except DeadlineError:
            if refused is None:
                raise
    assert refused is not None  # noqa: S101 - a loop that ended was refused
    raise refused


def _attempts(opening: r.Opening, copy: Copy) -> Iterator[Mapping[str, Any]]:
    """Give the options to read with, those that ask for least first."""
    of_catalog = opening.reading.get("storage_options") or {}
    if copy.endpoint:
        of_catalog = {**of_catalog, "endpoint_url": copy.endpoint}
    options = {**of_catalog, **opening.storage_options}
    anonymous = _ANONYMOUS.get(copy.url.partition("://")[0])
    if copy.requester_pays and anonymous is not None:
        yield {"requester_pays": True, **options}
        return
    if anonymous is not None and not set(options) - {"endpoint_url", "client_kwargs"}:
        yield {**anonymous, **options}
    yield options

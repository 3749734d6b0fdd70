"""Looking at what a dataset holds, with the rights that the administrator gave, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from multicloud_lab import records as r
from multicloud_lab.catalogs import Copy, Entry, is_local
from multicloud_lab.config import LabConfig
from multicloud_lab.errors import (
    AccessDeniedError,
    AddressRefusedError,
    CatalogError,
    DeadlineError,
)
from multicloud_lab.hosts import allowed_by, anonymous
from multicloud_lab.structure import read_structure
from multicloud_lab.structure.period import read_period

T = TypeVar("T")

DEADLINE = 30.0
"""Seconds that one look at a dataset may take."""


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
    return _tried(
        opening,
        entry,
        config,
        lambda options, allowed: read_structure(
            opening.url,
            opening.dataset.format,
            dataset=opening.dataset.id,
            options=options,
            deadline=DEADLINE,
            allowed=allowed,
        ),
    )


def covered(opening: r.Opening, entry: Entry, config: LabConfig) -> tuple[str, str] | None:
    """Say which days a dataset in Zarr covers; ``None`` if that cannot be told; blocking.

    Raises
    ------
    Exception
        As :func:`inspect`, and whatever a store or its metadata make fail.
    """
    return _tried(
        opening,
        entry,
        config,
        lambda options, allowed: read_period(
            opening.url, options=options, deadline=DEADLINE, allowed=allowed
        ),
    )


def _tried(
    opening: r.Opening,
    entry: Entry,
    config: LabConfig,
    read: Callable[[Mapping[str, Any], Callable[[str], bool]], T],
) -> T:
    """Read with the options that ask for least, then with others if that is refused."""
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
    if copy.endpoint and not opening.storage_options:
        # Clients of object stores cannot be kept from where a name leads, as those of the web are.
        raise AddressRefusedError(
            f"{opening.dataset.id} is at {copy.endpoint}, an endpoint that its catalog names; to "
            "have it looked into, name the endpoint in storage_options for that prefix."
        )
    refused: AccessDeniedError | None = None
    for options in _attempts(opening, copy):
        try:
            return read(options, allowed)
        except AccessDeniedError as error:
            refused = error
        except DeadlineError:
            if refused is None:
                raise
    assert refused is not None  # noqa: S101 - a loop that ended was refused
    raise refused


def _attempts(opening: r.Opening, copy: Copy) -> Iterator[Mapping[str, Any]]:
    """Give the options to read with, those that ask for least first."""
    options = {**(opening.reading.get("storage_options") or {}), **opening.storage_options}
    nobody = anonymous(copy.url.partition("://")[0])
    if copy.requester_pays and nobody:
        yield {"requester_pays": True, **options}
        return
    if nobody and not set(options) - {"endpoint_url", "client_kwargs"}:
        yield {**nobody, **options}
    yield options

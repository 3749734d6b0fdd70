"""Opening a dataset here, or on a cluster beside it where this notebook is refused."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from multicloud_lab import records as r
from multicloud_lab.beside import Beside
from multicloud_lab.catalogs.opening import open_entry
from multicloud_lab.catalogs.refused import is_refused
from multicloud_lab.errors import AccessDeniedError, InvalidInputError, MulticloudLabError

_TABLES = frozenset({"csv", "parquet"})


class OpenedThereWarning(UserWarning):
    """A dataset was opened on a cluster, because its store refuses this process."""


def open_near(
    opening: r.Opening,
    beside: Beside,
    *,
    through: str | None,
    storage_options: Mapping[str, Any] | None,
    trust: bool,
    parameters: Mapping[str, Any],
) -> Any:
    """Open a dataset; see :meth:`multicloud_lab.lab.Lab.open_dataset`."""
    if through not in (None, "cluster", "notebook"):
        raise InvalidInputError(f"through={through!r} is neither 'cluster' nor 'notebook'.")
    how: dict[str, Any] = {
        "storage_options": storage_options,
        "trust": trust,
        "parameters": parameters,
    }
    if through == "cluster":
        return _there(opening, beside, how)
    try:
        return open_entry(opening, **how)
    except Exception as error:
        if through is not None or not is_refused(error):
            raise
        refusal = error
    try:
        dataset = _there(opening, beside, how)
    except MulticloudLabError as error:
        refusal.add_note(f"It cannot be opened through a cluster either: {error}")
        raise refusal from None
    warnings.warn(
        f"The store of {opening.dataset.id} refuses this notebook, so it was opened on a cluster "
        "beside it and is only read there: compute with mcl.compute(…).",
        OpenedThereWarning,
        stacklevel=3,
    )
    return dataset


def _there(opening: r.Opening, beside: Beside, how: Mapping[str, Any]) -> Any:
    """Open a dataset on a cluster near it, which is started if there is none."""
    from multicloud_lab.neardata.opened_there import open_there

    name = opening.dataset.id
    if opening.dataset.format in _TABLES:
        raise InvalidInputError(f"{name} is a table; through='cluster' opens Zarr and netCDF.")
    client = beside.client(name)
    try:
        return open_there(
            lambda address: open_entry(opening, address=address, **how),
            client,
            name=name,
            keep=frozenset(how["storage_options"] or ()),
        )
    except Exception as error:
        if not is_refused(error):
            raise
        cluster = client.cluster_record
        raise AccessDeniedError(
            f"{name} cannot be read by the workers of {cluster.gateway} in {cluster.region} "
            "either: access is denied; whoever provisions that gateway can give them the right."
        ) from error

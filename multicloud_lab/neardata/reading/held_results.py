"""Results that a cluster holds for lazy objects: which one, and whether they are still there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from distributed import futures_of

from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.neardata.graphs.task_graph import Source

_GONE = frozenset({"cancelled", "lost"})


def held_elsewhere(sources: Collection[Source], known: Collection[str]) -> bool:
    """Say whether some source is held by a cluster that is not among those known."""
    return any(source.cluster and source.cluster not in known for source in sources)


def check_held(objects: Mapping[str, Any]) -> None:
    """Refuse objects of which something was held by a cluster that is gone.

    Parameters
    ----------
    objects : mapping of str to object
        Lazy objects by what they are called.

    Raises
    ------
    ClusterFailedError
    """
    for name, each in objects.items():
        for future in futures_of(each):  # type: ignore[no-untyped-call]
            client = future.client
            if client is None or client.status == "closed" or future.status in _GONE:
                raise ClusterFailedError(
                    f"What {name} was made of is gone with the cluster that held it; open the data "
                    "and persist again what is to stay there."
                )

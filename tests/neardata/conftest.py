"""Three clusters on this machine, as places to compute in beside this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from distributed import Client, LocalCluster

from multicloud_lab.neardata.running.execution import RunPlace

_cluster: Any = LocalCluster
_client: Any = Client


@pytest.fixture(scope="session")
def places() -> Iterator[Sequence[RunPlace]]:
    """Home and three clusters, whose workers are threads of this process."""
    with ExitStack() as stack:
        found = [RunPlace("this process")]
        for name in ("aws:us-west-2", "gcp:us-central1", "azure:westeurope"):
            cluster = stack.enter_context(
                _cluster(
                    host="tcp://127.0.0.1",
                    n_workers=2,
                    threads_per_worker=1,
                    processes=False,
                    dashboard_address=":0",
                )
            )
            client = stack.enter_context(_client(cluster, set_as_default=False))
            found.append(RunPlace(name, client))
        yield found

"""Fixtures of the structure tests: an S3 API and a GCS API, each a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from multicloud_lab.demo.processes import Processes
from multicloud_lab.demo.stores import Store, start_gcs, start_s3, wait_for


@pytest.fixture(scope="session")
def stores() -> Iterator[dict[str, Store]]:
    """Both stores, empty, by protocol."""
    with Processes() as processes:
        started = [start_s3(processes, "aws:us-west-2"), start_gcs(processes, "gcp:us-central1")]
        for store in started:
            wait_for(processes, store)
        yield {store.protocol: store for store in started}

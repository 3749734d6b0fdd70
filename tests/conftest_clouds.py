"""Real clouds for every suite: gateways and stores, once a session, and a store for a module."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.demo.processes import Processes
from multicloud_lab.demo.stores import Store, start_s3, wait_for

# gcsfs asks each bucket for its type over gRPC, which the emulator does not speak.
os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"


@pytest.fixture(scope="session")
def clouds() -> Iterator[Clouds]:
    """Two regions on this machine, small; each worker of pytest-xdist has its own."""
    with Clouds() as started:
        yield started


@pytest.fixture(scope="module")
def s3() -> Iterator[Store]:
    """An S3 API for one module of tests, empty.

    It is a process of its own: all of moto's servers in one process have the same buckets.
    """
    with Processes() as processes:
        store = start_s3(processes, "aws:us-west-2")
        wait_for(processes, store)
        yield store

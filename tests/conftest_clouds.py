"""Real clouds for every suite: gateways and stores that are started once a session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from multicloud_lab.demo.clouds import Clouds

# gcsfs asks each bucket for its type over gRPC, which the emulator does not speak.
os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"


@pytest.fixture(scope="session")
def clouds() -> Iterator[Clouds]:
    """Two regions on this machine, small; each worker of pytest-xdist has its own."""
    with Clouds() as started:
        yield started

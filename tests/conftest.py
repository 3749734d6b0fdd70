"""Fixtures for every suite: the two clouds, and nothing beyond the loopback."""

from __future__ import annotations

import ipaddress
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow. What is tried is the same each time, so that a failure is of the change
# that it comes with; `--hypothesis-profile=new` tries something new.
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("lab", settings.get_profile("new"), derandomize=True)
settings.load_profile("lab")

pytest_plugins = ["tests.conftest_clean", "tests.conftest_clouds"]

REGIONS: set[str] = set()
"""Addresses of regions that a test has put into network namespaces of this machine."""

_NOBODY = "http://127.0.0.1:9"  # the discard port, where nothing listens


class LeftTheLoopbackError(BaseException):
    """A test tried to reach a host; no code that handles errors may swallow this."""


def _hold(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not isinstance(address := arguments[1], tuple):
        return
    host = str(address[0]).partition("%")[0]
    try:
        held = ipaddress.ip_address(host).is_loopback
    except ValueError:
        held = host == "localhost"
    if not held and host not in REGIONS:
        raise LeftTheLoopbackError(f"{address} is not on the loopback")


@pytest.fixture(scope="session", autouse=True)
def _on_the_loopback() -> Iterator[None]:
    """Refuse every connection that leaves this machine; processes ask nobody about buckets."""
    sys.addaudithook(_hold)
    with tempfile.TemporaryDirectory() as caches, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", _NOBODY)
        patch.setenv("STORAGE_EMULATOR_HOST", _NOBODY)
        patch.setenv("XDG_CACHE_HOME", str(Path(caches) / "cache"))
        yield

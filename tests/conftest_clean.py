"""What a module of tests must leave as it was: its process goes on to any other module."""

from __future__ import annotations

import copy
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

# Of pytest itself, and those that hdf5plugin and polars set when they are imported.
OURS = {"PYTEST_CURRENT_TEST", "HDF5_PLUGIN_PATH", "_RJEM_MALLOC_CONF"}


def shared() -> dict[str, Any]:
    """What all modules of a process see, by what it is called in a failure."""
    seen: dict[str, Any] = {
        **{f"the variable {name}": os.environ[name] for name in os.environ if name not in OURS},
        "the working directory": Path.cwd(),
        "sys.path": list(sys.path),
        "the handler of SIGINT": signal.getsignal(signal.SIGINT),
        "the handler of SIGTERM": signal.getsignal(signal.SIGTERM),
    }
    if dask := sys.modules.get("dask"):
        seen["dask's configuration"] = copy.deepcopy(dask.config.config)
    if distributed := sys.modules.get("distributed"):
        with suppress(ValueError):  # there is none
            seen["the default client"] = distributed.default_client()
    return seen


@pytest.fixture(scope="module", autouse=True)
def _leaves_what_is_shared() -> Iterator[None]:
    """Fail in the module that has changed what others rely on, not in those."""
    before = shared()
    yield
    after = shared()
    changed = [what for what in {**before, **after} if before.get(what) != after.get(what)]
    assert not changed, f"This module has left changed: {', '.join(changed)}."

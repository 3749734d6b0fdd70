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
from unittest import mock

import dask
import dask_gateway  # noqa: F401 - adds its defaults to dask's configuration now, not in a test
import distributed
import pytest


def shared() -> dict[str, Any]:
    """What all modules of a process see, by what it is called in a failure."""
    seen: dict[str, Any] = {
        "the working directory": Path.cwd(),
        "dask's configuration": copy.deepcopy(dask.config.config),
        "the default client": None,
    }
    with suppress(ValueError):  # there is none
        seen["the default client"] = distributed.default_client()  # type: ignore[no-untyped-call]
    return seen


@pytest.fixture(scope="module", autouse=True)
def _leaves_what_is_shared() -> Iterator[None]:
    """Fail in the module that has changed what others rely on, not in those.

    What packages leave is put back: variables and search paths (a nanny of distributed, imports),
    handlers of signals (nbclient, where SIGINT is ignored, as in the background of a shell).
    """
    before = shared()
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with mock.patch.dict(os.environ), mock.patch.object(sys, "path", [*sys.path]):
        yield
    for each, handler in handlers.items():
        signal.signal(each, handler)
    after = shared()
    changed = [what for what in before if before[what] != after[what]]
    assert not changed, f"This module has left changed: {', '.join(changed)}."

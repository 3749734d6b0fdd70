"""The functions that a notebook calls: the methods of the default lab."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from multicloud_lab.lab import Lab

P = ParamSpec("P")
T = TypeVar("T")

_default: Lab | None = None
_default_lock = threading.Lock()


def connect() -> Lab:
    """Connect to the lab of the Jupyter server that started this kernel, and make it the default.

    Returns
    -------
    Lab
        The one that the functions of this package use.

    Raises
    ------
    ServerNotFoundError
        No Jupyter server with this extension can be found from here.
    """
    global _default
    with _default_lock:
        if _default is None or _default.closed:
            _default = Lab.connected()
        return _default


def _of_default(method: Callable[Concatenate[Lab, P], T]) -> Callable[P, T]:
    """Make a function of a method of the default lab, which is connected when it is needed."""

    @functools.wraps(method)
    def function(*args: P.args, **kwargs: P.kwargs) -> T:
        return method(connect(), *args, **kwargs)

    signature = inspect.signature(method)
    of_lab = list(signature.parameters.values())[1:]
    function.__signature__ = signature.replace(parameters=of_lab)  # type: ignore[attr-defined]
    del function.__wrapped__
    return function


datasets = _of_default(Lab.datasets)
open_dataset = _of_default(Lab.open_dataset)
client = _of_default(Lab.client)
change_cluster = _of_default(Lab.change_cluster)
compute = _of_default(Lab.compute)
plan = _of_default(Lab.plan)
persist = _of_default(Lab.persist)
near_data = _of_default(Lab.near_data)
ledger = _of_default(Lab.ledger)
locate = _of_default(Lab.locate)
located = _of_default(Lab.located)
describe = _of_default(Lab.describe)
placements = _of_default(Lab.placements)
price = _of_default(Lab.price)
sign_in = _of_default(Lab.sign_in)


def detach(cluster: str, *, gateway: str | None = None) -> None:
    """Close the default lab's client of a cluster, if it has one; see :meth:`Lab.detach`."""
    with _default_lock:
        lab = _default
    if lab is not None and not lab.closed:
        lab.detach(cluster, gateway=gateway)


def close(shutdown: bool = False) -> None:
    """Close the default lab, if there is one; see :meth:`Lab.close`."""
    with _default_lock:
        lab = _default
    if lab is not None and not lab.closed:
        lab.close(shutdown=shutdown)

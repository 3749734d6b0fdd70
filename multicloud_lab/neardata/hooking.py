"""Plain ``.compute()``, ``.load()``, ``.plot()`` and ``dask.compute`` made to run elsewhere.

The hook is the choice of a scheduler: ``dask.base.get_scheduler`` is replaced while somebody is in
a :func:`computing_with` block. Why this one:

- Every way to compute comes through it (``dask.compute``, the methods of arrays, dataframes, bags
  and delayed objects, xarray's ``compute``, ``load``, ``plot`` and ``values``, by whatever name a
  module has imported ``compute``), and it is looked up at each call.
- It is given the collections as they were written. A function under ``dask.config``'s ``scheduler``
  gets one expression for all of them, which is rewritten and finalised already, and dask's
  configuration is one for all threads.
- What the caller says explicitly (``scheduler=``, or a configuration or client that is made
  current within the block) comes first, as it does in dask.

The block is a context variable: other threads and other tasks of an event loop compute as they
did, and so does what runs while something is computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import dask
import dask.base
from distributed.client import _current_client

Work = Callable[..., Sequence[Any]]

_base: Any = dask.base
_lock = threading.Lock()
_original: Callable[..., Any] | None = None
_entered = 0


@dataclass(frozen=True, slots=True)
class _Block:
    """What computes within a block, and what was current when it was entered."""

    compute: Work
    persist: Work
    configured: Any
    client: Any


_block: ContextVar[_Block | None] = ContextVar("multicloud_lab_block", default=None)


@contextmanager
def computing_with(compute: Work, persist: Work) -> Iterator[None]:
    """Have what is computed in this block, in this thread, computed by a function.

    Parameters
    ----------
    compute : callable
        Takes collections, and the keywords that the caller gave for a scheduler; gives the result
        of each.
    persist : callable
        The same, with ``optimize_graph`` among the keywords, and collections for results.
    """
    block = _Block(compute, persist, dask.config.get("scheduler", None), _current_client.get())
    _install()
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)
        _remove()


def _install() -> None:
    global _original, _entered
    with _lock:
        if _entered == 0 and _base.get_scheduler is not _chosen:
            _original = _base.get_scheduler
            _base.get_scheduler = _chosen
        _entered += 1


def _remove() -> None:
    global _entered
    with _lock:
        _entered -= 1
        # If somebody has put another function on top, ours stays below it, and does nothing.
        if _entered == 0 and _base.get_scheduler is _chosen:
            _base.get_scheduler = _original


def _chosen(
    get: Any = None, scheduler: Any = None, collections: Any = None, cls: Any = None
) -> Any:
    """Choose a scheduler: the block's, for collections that nobody has named another one for."""
    block = _block.get()
    if (
        block is not None
        and collections
        and not get
        and scheduler is None
        and dask.config.get("scheduler", None) == block.configured
        and _current_client.get() is block.client
    ):
        return _Scheduler(block, list(collections))
    assert _original is not None  # noqa: S101 - this function is not there before
    return _original(get=get, scheduler=scheduler, collections=collections, cls=cls)


class _Scheduler:
    """What dask calls with the graph of collections, which are at hand and tell more."""

    def __init__(self, block: _Block, collections: list[Any]) -> None:
        self._block = block
        self._collections = collections

    def __call__(self, graph: Any, keys: Any, **keywords: Any) -> list[Any]:
        """Compute; dask puts the results where the caller had the collections."""
        return list(self._outside(self._block.compute, self._collections, keywords))

    def persist(self, collections: Sequence[Any], **keywords: Any) -> list[Any]:
        """Persist."""
        return list(self._outside(self._block.persist, list(collections), keywords))

    @staticmethod
    def _outside(work: Work, collections: list[Any], keywords: dict[str, Any]) -> Sequence[Any]:
        token = _block.set(None)  # What it takes to compute is computed here.
        try:
            return work(collections, **keywords)
        finally:
            _block.reset(token)

"""Counts the bytes that a process reads of stores; it goes to workers by value.

Nothing of ours is imported here: workers of a real deployment do not have it.

What is counted is what the storage libraries hand over: fsspec's files and objects (s3fs, gcsfs,
adlfs, HTTP, local), and zarr's own stores over obstore and local files. Requests, headers and
repeated tries are not, nor what a C library reads of a local file by itself.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterable, Mapping
from inspect import iscoroutinefunction
from typing import Any

from distributed import Worker
from distributed.diagnostics.plugin import WorkerPlugin

PLUGIN = "multicloud-lab-reads"
_STATE = "_multicloud_lab_reads"
_COUNTS_METHODS = ("_cat_file", "cat_file", "_get_file", "get_file")


class ReadMeter(WorkerPlugin):
    """Has every worker of a cluster count what it reads.

    Parameters
    ----------
    roots : iterable of str
        URLs of stores; a read is counted for the longest that it is below, else for its bucket.
    """

    name = PLUGIN

    def __init__(self, roots: Iterable[str]) -> None:
        self.roots = frozenset(roots)

    def setup(self, worker: Worker) -> None:
        """Begin to count in this worker's process, or count for more stores."""
        count_reads(self.roots)

    def teardown(self, worker: Worker) -> None:
        """Leave the figures with the scheduler: a worker that is scaled down is asked no more."""
        worker.log_event(PLUGIN, reads_so_far())


def count_reads(roots: Iterable[str]) -> None:
    """Begin to count what this process reads, or count for more stores.

    Parameters
    ----------
    roots : iterable of str
        As for :class:`ReadMeter`.
    """
    state = _state()
    with state.lock:
        state.roots = tuple(sorted({*state.roots, *roots}, key=len, reverse=True))
        state.exact = frozenset(state.roots)
        state.known.clear()
        if not state.installed:
            state.installed = True
            _install(state)


def reads_so_far() -> dict[str, Any]:
    """Give what this process has read since it began to count.

    Returns
    -------
    dict
        ``process``, a name that no other process has; ``bytes``, by URL of a store.
    """
    state = _state()
    with state.lock:
        return {"process": state.process, "bytes": dict(state.bytes)}


def _state() -> Any:
    """Give what is counted in this process: one place, however often this module came by value."""
    state = sys.modules.get(_STATE)
    if state is None:
        import uuid

        made = types.ModuleType(_STATE)
        made.__dict__.update(
            lock=threading.Lock(),
            roots=(),
            exact=frozenset(),
            known={},
            bytes={},
            installed=False,
            process=uuid.uuid4().hex,
            inside=contextvars.ContextVar("inside", default=False),
        )
        state = sys.modules.setdefault(_STATE, made)
    return state


def _note(state: Any, url: str, size: int) -> None:
    folder = url.rpartition("/")[0]
    with state.lock:
        # A file that is counted by itself says nothing of its neighbours.
        root = url if url in state.exact else state.known.get(folder)
        if root is None:
            root = next(
                (each for each in state.roots if f"{url}/".startswith(f"{each.rstrip('/')}/")), ""
            ) or "/".join(url.split("/")[:3])
            if len(state.known) < 100_000:  # Folders of chunks may be very many.
                state.known[folder] = root
        state.bytes[root] = state.bytes.get(root, 0) + size


def _install(state: Any) -> None:
    """Wrap what reads: of the classes that are there, and of those that come later."""
    import fsspec.spec

    for kind in _kinds_of(fsspec.spec.AbstractFileSystem):
        _wrap_file_system(state, kind)
    meta = fsspec.spec._Cached
    made = meta.__call__

    @functools.wraps(made)
    def call(cls: Any, *args: Any, **kwargs: Any) -> Any:
        _wrap_file_system(state, cls)
        return made(cls, *args, **kwargs)

    meta.__call__ = call
    _wrap_stores(state)


def _wrap_file_system(state: Any, kind: Any) -> None:
    from fsspec.spec import AbstractBufferedFile

    for each in kind.__mro__:
        if each.__module__.startswith("fsspec.") and each.__name__.startswith("Abstract"):
            continue
        for name in _COUNTS_METHODS:
            _wrap(state, each, name, _of_file_system)
    for each in _kinds_of(AbstractBufferedFile):
        _wrap(state, each, "_fetch_range", _of_file)
    local = sys.modules.get("fsspec.implementations.local")
    if local is not None:
        _wrap(state, local.LocalFileOpener, "read", _of_file)


def _wrap_stores(state: Any) -> None:
    """Wrap the stores of zarr that do not read through fsspec."""
    try:
        from zarr.storage import LocalStore, ObjectStore
    except ImportError:
        return
    for kind in (LocalStore, ObjectStore):
        for name in ("get", "get_sync"):
            _wrap(state, kind, name, _of_store)


def _kinds_of(kind: Any) -> list[Any]:
    return [kind, *(each for below in kind.__subclasses__() for each in _kinds_of(below))]


def _of_file_system(reader: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    path = arguments[0] if arguments else named.get("path", named.get("rpath", ""))
    return str(reader.unstrip_protocol(reader._strip_protocol(path)))


def _of_file(reader: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    return str(reader.fs.unstrip_protocol(reader.path))


def _of_store(reader: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    base = str(reader).replace("object_store://", "")
    config = getattr(getattr(reader, "store", None), "config", None)
    if config is not None and config.get("bucket"):
        scheme = "gs" if "Google" in type(reader.store).__name__ else "s3"
        base = "/".join(
            filter(None, (f"{scheme}://{config['bucket']}", getattr(reader.store, "prefix", None)))
        )
    key = arguments[0] if arguments else named.get("key", "")
    return f"{base.rstrip('/')}/{key}"


def _size(result: Any, arguments: tuple[Any, ...]) -> int:
    if result is None:  # a file that was fetched, or nothing there
        import os

        target = arguments[1] if len(arguments) > 1 else None
        return os.path.getsize(target) if isinstance(target, str) else 0  # noqa: PTH202
    return len(result)


def _wrap(state: Any, kind: Any, name: str, url_of: Callable[..., str]) -> None:
    """Count what a method of a class hands over, unless a method that is counted calls it."""
    method = kind.__dict__.get(name)
    if not callable(method) or hasattr(method, "_multicloud_lab_counts"):
        return

    def note(reader: Any, result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        with contextlib.suppress(Exception):  # Counting must never cost anybody a read.
            _note(state, url_of(reader, args, kwargs), _size(result, args))

    if iscoroutinefunction(method):

        @functools.wraps(method)
        async def reads(self: Any, *args: Any, **kwargs: Any) -> Any:
            if state.inside.get():
                return await method(self, *args, **kwargs)
            token = state.inside.set(True)
            try:
                result = await method(self, *args, **kwargs)
            finally:
                state.inside.reset(token)
            note(self, result, args, kwargs)
            return result

    else:

        @functools.wraps(method)
        def reads(self: Any, *args: Any, **kwargs: Any) -> Any:
            if state.inside.get():
                return method(self, *args, **kwargs)
            token = state.inside.set(True)
            try:
                result = method(self, *args, **kwargs)
            finally:
                state.inside.reset(token)
            note(self, result, args, kwargs)
            return result

    reads._multicloud_lab_counts = True  # type: ignore[attr-defined]
    setattr(kind, name, reads)

"""The station in this process: one of dask's local schedulers, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import dask.base
from dask._expr import Expr
from dask._task_spec import DataNode, GraphNode
from dask.callbacks import Callback
from dask.typing import Key

from multicloud_lab.neardata.graphs.lowering import EXPRESSIONS, by_kind
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.running.stations import Done, Event, Fetched, Landed, reported


class HomeStation:
    """The station in this process, with one of dask's local schedulers.

    Parameters
    ----------
    place : int
    events : SimpleQueue
    options : Options
    given : mapping
        Results that are here already.
    """

    def __init__(
        self,
        place: int,
        events: SimpleQueue[Event],
        options: Options,
        given: Mapping[Key, Any],
    ) -> None:
        self.sent_graphs = 0  # They do not leave this process.
        self._place = place
        self._events = events
        self._options = options
        self._values: dict[Key, Any] = dict(given)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="home")

    def run(self, tasks: Mapping[Key, GraphNode], outputs: Sequence[Key]) -> None:
        """Run tasks, and keep the outputs until they are dropped."""
        self._submit(outputs, self._run, dict(tasks), list(outputs))

    def _run(self, tasks: dict[Key, GraphNode], outputs: list[Key]) -> None:
        taken = {key for node in tasks.values() for key in node.dependencies}
        graph: dict[Key, GraphNode] = {
            key: DataNode(key, self._values[key]) for key in taken if key not in tasks
        }
        graph.update(tasks)
        get = self._options.local_scheduler()
        for key, value in zip(outputs, get(graph, outputs, **self._for_scheduler()), strict=True):
            self._values[key] = value
        for key in outputs:
            self._events.put(Done(self._place, key))

    def run_whole(self, collections: Mapping[Key, Any], progress: Progress | None) -> None:
        """Compute collections by dask's own ways; each is an output under a key of its own."""
        self._submit(list(collections), self._run_whole, by_kind(collections), progress)

    def _run_whole(self, collections: dict[Key, Any], progress: Progress | None) -> None:
        part = (id(self), "whole")

        def told(
            _: object, __: object, ___: object, state: Mapping[str, Any], ____: object
        ) -> None:
            if progress is not None:
                done = len(state["finished"])
                tasks = done + sum(len(state[each]) for each in ("ready", "waiting", "running"))
                progress.set(part, self._place, done, tasks)

        get = self._options.local_scheduler()

        def unlocked(graph: Any, keys: Any, **keywords: Any) -> Any:
            """Compute what is optimised, while others optimise."""
            if isinstance(graph, Expr):
                graph = graph.__dask_graph__()  # type: ignore[no-untyped-call]
            EXPRESSIONS.release()
            try:
                return get(graph, keys, **keywords)
            finally:
                EXPRESSIONS.acquire()

        with EXPRESSIONS:
            values = dask.base.compute(  # type: ignore[no-untyped-call]
                *collections.values(),
                traverse=False,
                optimize_graph=self._options.optimize_graph,
                scheduler=unlocked,
                **self._for_scheduler(told),
            )
        for key, value in zip(collections, values, strict=True):
            self._values[key] = value
            self._events.put(Done(self._place, key))

    def fetch(self, keys: Sequence[Key]) -> None:
        """Bring results home."""
        self._events.put(Fetched(self._place, {key: self._values[key] for key in keys}))

    def put(self, values: Mapping[Key, Any]) -> None:
        """Send results here, to be taken by tasks under the same keys."""
        self._values.update(values)
        self._events.put(Landed(self._place, list(values)))

    def drop(self, keys: Iterable[Key]) -> None:
        """Let go of results; what nobody needs any more is not computed."""
        for key in keys:
            self._values.pop(key, None)

    def taken(self) -> dict[Key, Any]:
        """Give away the results that are here."""
        return dict(self._values)

    def alive(self) -> bool:
        """Say whether the place can still be reached."""
        return True

    def leave(self) -> None:
        """End this attempt; what was made here is made again."""
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, keys: Sequence[Key], work: Callable[..., None], *arguments: Any) -> None:
        reported(self._pool, self._events, self._place, keys, work, *arguments)

    def _for_scheduler(self, told: Callable[..., None] | None = None) -> dict[str, Any]:
        """Tell the local scheduler its keywords, and to stop once the station is closed."""
        stopping = Callback(pretask=self._check, posttask=told)  # type: ignore[no-untyped-call]
        return {"callbacks": [stopping._callback], **self._options.for_home()}

    def _check(self, *_: Any) -> None:
        if self._stopped.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The local scheduler was stopped."""

"""The station on a cluster: graphs to its scheduler, results from and to its workers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

from dask._task_spec import DataNode, GraphNode
from dask.highlevelgraph import HighLevelGraph, MaterializedLayer
from dask.sizeof import sizeof
from dask.typing import Key
from distributed import Client, Future

from multicloud_lab.neardata.graphs.lowering import EXPRESSIONS, by_kind
from multicloud_lab.neardata.running.following import follow
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.running.sent_graphs import counted
from multicloud_lab.neardata.running.stations import Done, Event, Failed, Fetched, Landed, reported

INLINE = 64 * 1024
"""Bytes up to which a result travels within the graph of the tasks that take it: it needs no worker
to be there yet, and is not lost with one."""
INLINE_TOGETHER = 4 * 2**20
"""Bytes up to which several do: a scheduler has to take a graph to pieces."""
WORKERS_DEADLINE = 600.0
"""Seconds until a cluster that is to be given data must have a worker."""

TRIES = 3
"""How often results are sent to a cluster whose workers end while they take them."""


class ClusterStation:
    """A station on a cluster.

    Parameters
    ----------
    place : int
    client : distributed.Client
    events : SimpleQueue
    options : Options
    annotations : mapping
        Of tasks, by key.

    Attributes
    ----------
    sent_graphs : int
        Bytes of the graphs that were sent there, without results that travel within them.
    """

    def __init__(
        self,
        place: int,
        client: Client,
        events: SimpleQueue[Event],
        options: Options,
        annotations: Mapping[Key, Mapping[str, Any]],
    ) -> None:
        self.sent_graphs = 0
        self._place = place
        self._client = client
        self._events = events
        self._options = options
        self._annotations = annotations
        self._futures: dict[Key, Future[Any]] = {}
        self._inline: dict[Key, DataNode] = {}
        self._inlined: dict[Key, int] = {}
        self._to_fetch: list[Key] = []
        self._to_put: dict[Key, Any] = {}
        self._lock = threading.Lock()
        self._closed = False
        # One thread each: graphs must reach the scheduler in order, and no transfer waits for one.
        self._sending = ThreadPoolExecutor(1, thread_name_prefix=f"send-{place}")
        self._fetching = ThreadPoolExecutor(1, thread_name_prefix=f"fetch-{place}")
        self._putting = ThreadPoolExecutor(1, thread_name_prefix=f"put-{place}")

    def hold(self, held: Mapping[Key, Future[Any]]) -> None:
        """Take persisted results of this cluster, which their collections keep."""
        for key, future in held.items():
            # A handle of our own: the other is its collection's, and not ours to let go.
            self._watch(key, Future(key, future.client))

    def run(self, tasks: Mapping[Key, GraphNode], outputs: Sequence[Key]) -> None:
        """Run tasks, and keep the outputs until they are dropped."""
        self._submit(self._sending, self._run, dict(tasks), list(outputs))

    def _run(self, tasks: dict[Key, GraphNode], outputs: list[Key]) -> None:
        taken = {key for node in tasks.values() for key in node.dependencies}
        values = 0
        for key in taken:
            if (moved := self._inline.get(key)) is not None:
                tasks[key] = moved
                values += self._inlined.pop(key, 0)
        with counted(self._client) as graphs:
            futures = self._client.get(  # type: ignore[no-untyped-call]
                self._layers(tasks), outputs, sync=False, **self._options.for_cluster()
            )
        # Results within a graph are counted already, as what is moved.
        self.sent_graphs += max(0, sum(graphs) - values)
        for key, future in zip(outputs, futures, strict=True):
            self._watch(key, future)

    def _layers(self, tasks: dict[Key, GraphNode]) -> HighLevelGraph:
        """Write tasks as layers, one for each annotation: only a layer can have it.

        Of a plain dict dask hashes every task before it sends it: a millisecond each, and an error
        where one holds what has no hash of its own.
        """
        groups: dict[str, tuple[dict[str, Any] | None, dict[Key, GraphNode]]] = {}
        for key, node in tasks.items():
            said = self._annotations.get(key)
            groups.setdefault(repr(said), (dict(said) if said else None, {}))[1][key] = node
        layers = {
            name: MaterializedLayer(nodes, annotations=said)
            for name, (said, nodes) in groups.items()
        }
        return HighLevelGraph(layers, {name: set(layers) - {name} for name in layers})

    def run_whole(self, collections: Mapping[Key, Any], progress: Progress | None) -> None:
        """Compute collections by dask's own ways; each is an output under a key of its own."""
        self._submit(self._sending, self._run_whole, by_kind(collections), progress)

    def _run_whole(self, collections: dict[Key, Any], progress: Progress | None) -> None:
        shuffling = self._options.shuffling(collections.values())
        with EXPRESSIONS, shuffling, counted(self._client) as graphs:
            futures = self._client.compute(  # type: ignore[no-untyped-call]
                list(collections.values()),
                sync=False,
                traverse=False,
                optimize_graph=self._options.optimize_graph,
                **self._options.for_cluster(),
            )
        self.sent_graphs += sum(graphs)
        for key, future in zip(collections, futures, strict=True):
            self._watch(key, future)
        if progress is not None:
            follow(futures, self._client, partial(progress.set, (id(self), "whole"), self._place))

    def fetch(self, keys: Sequence[Key]) -> None:
        """Bring results home."""
        with self._lock:
            self._to_fetch += keys
        self._submit(self._fetching, self._fetch)

    def _fetch(self) -> None:
        """Bring home what has been asked for meanwhile, all of it at once."""
        with self._lock:
            keys, self._to_fetch = self._to_fetch, []
            futures = {key: self._futures[key] for key in keys if key in self._futures}
        for client in {future.client for future in futures.values()}:
            mine = {key: each for key, each in futures.items() if each.client is client}
            values = client.gather(list(mine.values()))
            self._events.put(Fetched(self._place, dict(zip(mine, values, strict=True))))

    def put(self, values: Mapping[Key, Any]) -> None:
        """Send results here, to be taken by tasks under the same keys."""
        small: dict[Key, Any] = {}
        large: dict[Key, Any] = {}
        total = 0
        for key, value in values.items():
            size = sizeof(value)
            fits = size <= INLINE and total + size <= INLINE_TOGETHER
            total += size * fits
            (small if fits else large)[key] = value
            if fits:
                self._inlined[key] = size
        if small:
            self._inline.update((key, DataNode(key, value)) for key, value in small.items())
            self._events.put(Landed(self._place, list(small)))
        if large:
            with self._lock:
                self._to_put.update(large)
            self._submit(self._putting, self._put)

    def _put(self) -> None:
        """Send what has come together meanwhile, all of it at once."""
        with self._lock:
            values, self._to_put = self._to_put, {}
        if not values:
            return
        if not self._client.scheduler_info(n_workers=1)["workers"]:
            # An adaptive cluster has no worker before there is something to do.
            self._client.submit(bool, pure=False).result(WORKERS_DEADLINE)
        futures = self._scattered(values)
        with self._lock:
            if self._closed:
                return
            self._futures.update(futures)
        self._events.put(Landed(self._place, list(values)))

    def _scattered(self, values: Mapping[Key, Any]) -> dict[Key, Future[Any]]:
        """Scatter; again if a worker ends under it, which breaks the scheduler's answer off."""
        for _ in range(TRIES - 1):
            try:
                return dict(self._client.scatter(values, hash=False))  # type: ignore[no-untyped-call]
            except OSError:
                if not self.alive():
                    raise
        return dict(self._client.scatter(values, hash=False))  # type: ignore[no-untyped-call]

    def drop(self, keys: Iterable[Key]) -> None:
        """Let go of results; what nobody needs any more is not computed."""
        with self._lock:
            dropped = [self._futures.pop(key, None) for key in keys]
        for key in keys:
            self._inline.pop(key, None)
        for future in dropped:
            if future is not None:
                future.release()  # type: ignore[no-untyped-call]

    def taken(self) -> dict[Key, Any]:
        """Give away the results that are here, as futures."""
        with self._lock:
            futures, self._futures = self._futures, {}
        return dict(futures)

    def alive(self) -> bool:
        """Say whether the place can still be reached."""
        return self._client.status not in {"closed", "closing"}

    def leave(self) -> None:
        """End this attempt, but keep what is made already, for the next to find there."""
        with self._lock:
            made = {key: each for key, each in self._futures.items() if each.status == "finished"}
        self._end(made)

    def close(self) -> None:
        """Let go of everything."""
        self._end({})

    def _end(self, kept: dict[Key, Future[Any]]) -> None:
        with self._lock:
            self._closed = True
        for pool in (self._fetching, self._putting):
            pool.shutdown(wait=False, cancel_futures=True)
        # A graph that is being sent may take what has failed, and would keep it from being let go.
        self._sending.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            futures = [each for key, each in self._futures.items() if key not in kept]
            self._futures = kept
        with suppress(Exception):  # Its loop may have ended.
            for future in futures:
                future.release()  # type: ignore[no-untyped-call]
            # Until that is done: who asks for the same keys again must not be given these.
            self._client.sync(asyncio.sleep, 0, callback_timeout=5)  # type: ignore[no-untyped-call]

    def _watch(self, key: Key, future: Future[Any]) -> None:
        with self._lock:
            closed = self._closed
            if not closed:
                self._futures[key] = future
        if closed:
            future.release()  # type: ignore[no-untyped-call]
            return
        future.add_done_callback(lambda done: self._report(key, done))  # type: ignore[no-untyped-call]

    def _report(self, key: Key, future: Future[Any]) -> None:
        """Tell what became of a result; this is called in a thread of distributed's own."""
        with self._lock:
            if self._futures.get(key) is not future:
                return  # It was let go of.
        if future.status == "finished":
            self._events.put(Done(self._place, key))
            return
        try:
            # Before anything is cancelled: the traceback of the task goes with it.
            future.result()
        except BaseException as error:  # noqa: BLE001  (raised again by who reads the queue)
            self._events.put(Failed(self._place, key, error))
        else:
            self._events.put(Done(self._place, key))

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[..., None], *arguments: Any) -> None:
        reported(pool, self._events, self._place, [None], work, *arguments)

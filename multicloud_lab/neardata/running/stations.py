"""What a place where tasks run can be told, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol

from dask._task_spec import GraphNode
from dask.typing import Key

from multicloud_lab.neardata.running.progress import Progress


@dataclass(frozen=True, slots=True)
class Done:
    """A result is there, at the place where it was made."""

    place: int
    key: Key


@dataclass(frozen=True, slots=True)
class Fetched:
    """Results came home from a place."""

    place: int
    values: Mapping[Key, Any]


@dataclass(frozen=True, slots=True)
class Landed:
    """Results that were sent to a place are there."""

    place: int
    keys: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong at a place: with one result, or, without a key, with all of it."""

    place: int
    key: Key | None
    error: BaseException


Event = Done | Fetched | Landed | Failed


class Station(Protocol):
    """A place where tasks run. Nothing here waits; what is done is reported to the queue.

    Attributes
    ----------
    sent_graphs : int
        Bytes of the graphs that have been sent there.
    """

    sent_graphs: int

    def run(self, tasks: Mapping[Key, GraphNode], outputs: Sequence[Key]) -> None:
        """Run tasks, and keep the outputs until they are dropped."""

    def run_whole(self, collections: Mapping[Key, Any], progress: Progress | None) -> None:
        """Compute collections by dask's own ways; each is an output under a key of its own."""

    def fetch(self, keys: Sequence[Key]) -> None:
        """Bring results home."""

    def put(self, values: Mapping[Key, Any]) -> None:
        """Send results here, to be taken by tasks under the same keys."""

    def drop(self, keys: Iterable[Key]) -> None:
        """Let go of results; what nobody needs any more is not computed."""

    def taken(self) -> dict[Key, Any]:
        """Give away the results that are here, as futures where they are not at home."""

    def alive(self) -> bool:
        """Say whether the place can still be reached."""

    def leave(self) -> None:
        """End this attempt, but keep what is made already, for the next to find there."""

    def close(self) -> None:
        """Let go of everything."""


def reported(
    pool: ThreadPoolExecutor,
    events: SimpleQueue[Event],
    place: int,
    keys: Sequence[Key | None],
    work: Callable[..., None],
    *arguments: Any,
) -> None:
    """Do a station's work in a thread, and report if it fails.

    Parameters
    ----------
    pool : ThreadPoolExecutor
    events : SimpleQueue
    place : int
    keys : sequence
        What has failed then; ``None`` is all of the place.
    work : callable
    *arguments
    """

    def guarded() -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001  (raised again by who reads the queue)
            for key in keys:
                events.put(Failed(place, key, error))

    context = copy_context()  # What the caller has said with dask.annotate is in it.
    with suppress(RuntimeError):  # It was closed meanwhile.
        pool.submit(context.run, guarded)

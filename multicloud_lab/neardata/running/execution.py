"""Collections computed in several places at once: sent, gathered, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dask.base
from dask.typing import Key

from multicloud_lab.neardata.graphs.lowering import by_kind, persisted
from multicloud_lab.neardata.running.attempts import Attempts, Limits, RunPlace, Work
from multicloud_lab.neardata.running.course import WINDOW
from multicloud_lab.neardata.running.failures import PartialResults, failure
from multicloud_lab.neardata.running.moved import Moved, Run
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.running.sent_graphs import counted

__all__ = ["PartialResults", "RunPlace", "persist", "run"]


def run(
    collections: Sequence[Any],
    places: Sequence[RunPlace],
    whole: Sequence[int | None],
    place_of: Callable[[Key], int] | None = None,
    *,
    size_of: Callable[[Key], float] | None = None,
    options: Options | None = None,
    window: float = WINDOW,
    tick: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
    broken: Callable[[Run], None] = lambda ran: None,
) -> Run:
    """Compute collections, each task in its place, and bring the results home.

    Parameters
    ----------
    collections : sequence of dask collection
        As ``dask.base.unpack_collections`` gives them; the caller packs the results again.
    places : sequence of RunPlace
        The first is home, this process, and has no client.
    whole : sequence of int or None
        For each collection the number of the place that runs all of it, given to that cluster's
        client untouched; ``None`` for one whose tasks are placed one by one. A collection that
        shares layers with one of these is placed by task as well, so that nothing is done twice.
    place_of : callable, optional
        For each key of the graph of ``lowered(collection)`` the number of its place, or -1 for a
        task that reads nothing: it runs in every place that wants its result. Persisted results
        stay where they are, whatever this says. Needed if ``whole`` has a ``None``.
    size_of : callable, optional
        The expected bytes of the result of a key that crosses a border; NaN if not known.
    options : Options, optional
        ``Options.read(keywords)`` reads the keywords of ``dask.compute``.
    window : float
        Bytes that may be between two places at once.
    tick : callable
        Called a few times a second, in the thread that runs this.
    progress : Progress, optional
        Told what is done where.
    broken : callable
        Told what a run took that fails or is interrupted: a :class:`Run` without results.

    Returns
    -------
    Run
        The results in order, and what crossed each border.

    Raises
    ------
    Exception
        What a task raised, as it was, once everything that it has not spoilt is done; with notes
        that name the place, and the results of the other collections in its attribute
        ``partial_results`` (:class:`PartialResults`).
    ClusterFailedError
        A cluster is gone, or has lost what it held again and again.
    KeyboardInterrupt
        What runs anywhere is let go of first.
    """
    work = Work(collections, places, whole, place_of, options or Options())
    limits = Limits(size_of, window, tick, progress)
    attempts = Attempts(work, limits)
    with _telling(broken, attempts), attempts:
        values = attempts.run()
        results = work.results(values, attempts.failures)
        if attempts.failures:
            raise failure(attempts.failures, results, [each.where for each in work.places])
    return _taken(attempts, [results[number] for number in range(len(collections))])


def persist(
    collections: Sequence[Any],
    places: Sequence[RunPlace],
    whole: Sequence[int | None],
    place_of: Callable[[Key], int] | None = None,
    *,
    size_of: Callable[[Key], float] | None = None,
    options: Options | None = None,
    window: float = WINDOW,
    tick: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
    broken: Callable[[Run], None] = lambda ran: None,
) -> Run:
    """Compute collections, each task in its place, and leave the results there.

    Parameters
    ----------
    collections, places, whole, place_of, size_of, options, window, tick, progress, broken
        As for :func:`run`.

    Returns
    -------
    Run
        Its results are collections, in order. They hold what was computed: what is made of them
        later runs where that is. One that is whole is persisted by its cluster's client, and is
        still being computed when this returns; the results of one that is placed by task are
        there, and what was moved for them is told.

    Raises
    ------
    Exception
        As :func:`run`, but for the notes on results.
    """
    options = options or Options()
    work = Work(collections, places, whole, place_of, options, stays=True)
    by_task = work.by_task()
    kept: list[Any] = list(collections)
    moved: Mapping[tuple[int, int], Moved] = {}
    graphs: Counter[int] = Counter()
    if by_task:
        numbers = list(by_task)
        placed = Work(
            [collections[n] for n in numbers],
            places,
            [None] * len(numbers),
            place_of,
            options,
            stays=True,
        )
        limits = Limits(size_of, window, tick, progress)
        attempts = Attempts(placed, limits)
        with _telling(broken, attempts), attempts:
            attempts.run()
            if attempts.failures:
                raise failure(attempts.failures, {}, [each.where for each in placed.places])
            made = attempts.taken()
        moved = dict(attempts.measured.moved)
        graphs.update(attempts.graphs())
        for number in numbers:
            kept[number] = persisted(by_task[number], made)
    for place in sorted({at for at in whole if at is not None}):
        mine = {
            n: each for n, each in enumerate(collections) if whole[n] == place and n not in by_task
        }
        if mine:
            ordered = by_kind(mine)
            there, sent = _persist_whole(list(ordered.values()), places[place], options)
            graphs[place] += sent
            for number, collection in zip(ordered, there, strict=True):
                kept[number] = collection
    return Run(results=kept, moved=moved, graphs=graphs)


def _taken(attempts: Attempts, results: list[Any]) -> Run:
    """Give results, and what they took."""
    measured = attempts.measured
    return Run(
        results=results,
        moved=dict(measured.moved),
        seconds={
            place: measured.ended.get(place, began) - began
            for place, began in measured.began.items()
        },
        restarts=attempts.restarts,
        graphs=attempts.graphs(),
    )


@contextmanager
def _telling(broken: Callable[[Run], None], attempts: Attempts) -> Iterator[None]:
    """Tell what was done if this block is left by an error or an interrupt."""
    try:
        yield
    except BaseException:
        broken(_taken(attempts, []))
        raise


def _persist_whole(
    collections: list[Any], place: RunPlace, options: Options
) -> tuple[list[Any], int]:
    """Persist by dask's own ways; give the collections, and the bytes of the graphs sent."""
    if place.client is None:
        here = dask.base.persist(  # type: ignore[no-untyped-call]
            *collections,
            traverse=False,
            optimize_graph=options.optimize_graph,
            scheduler=options.local_scheduler(),
            **options.for_home(),
        )
        return list(here), 0
    with options.shuffling(collections), counted(place.client) as sizes:
        there = place.client.persist(  # type: ignore[no-untyped-call]
            collections, optimize_graph=options.optimize_graph, **options.for_cluster()
        )
    return list(there), sum(sizes)

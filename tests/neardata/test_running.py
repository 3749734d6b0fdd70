"""Runs over several places: what is sent where, how much at once, and what is left afterwards."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dask
import dask.array
import dask.dataframe
import numpy as np
import pandas as pd
import pytest
from dask.typing import Key

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.neardata.running.execution import RunPlace, persist, run
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from tests.neardata.leftovers import assert_nothing_is_left, eventually

da: Any = dask.array
dd: Any = dask.dataframe
lazy: Any = dask

HOME, AWS, GCP = 0, 1, 2


def stores(
    shape: tuple[int, ...] = (40, 30), chunks: tuple[int, ...] = (10, 10)
) -> tuple[Any, Any]:
    """Make the arrays of two regions, with names that tell them apart."""
    rng = np.random.default_rng(20)
    return (
        da.from_array(rng.random(shape), chunks=chunks, name="aws"),
        da.from_array(rng.random(shape), chunks=chunks, name="gcp"),
    )


def name_of(key: Key) -> str:
    return str(key[0] if isinstance(key, tuple) else key)


def by_source(key: Key) -> int:
    """Place what is read in its region, and everything else at home."""
    name = name_of(key)
    return {"aws": AWS, "gcp": GCP}.get(name.removeprefix("original-"), HOME)


def anyhow(seed: int) -> Callable[[Key], int]:
    """Place every task at random, the same each time."""
    return lambda key: random.Random(f"{seed} {key}").choice((HOME, AWS, AWS, GCP, GCP))


EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {
    "difference of means": lambda a, b: a.mean() - b.mean(),
    "mean of difference": lambda a, b: (a - b).mean(),
    "concatenated": lambda a, b: da.concatenate([a, b]).mean(axis=0),
    "product": lambda a, b: a @ b.T,
    "diamond": lambda a, b: da.where(a > 0.5, a, -a).sum() + b.max(),
    "elementwise": lambda a, b: a - b,
    "rechunked": lambda a, b: a.rechunk((5, 30)) + b,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@pytest.mark.parametrize("window", [2_000, 2**28])
def test_any_placement_gives_the_same(places: Sequence[RunPlace], name: str, window: float) -> None:
    expression = EXPRESSIONS[name](*stores())
    expected = np.asarray(expression.compute(scheduler="sync"))
    for place_of in (by_source, anyhow(1), anyhow(2)):
        (result,) = run([expression], places, [None], place_of, window=window).results
        np.testing.assert_array_equal(np.asarray(result), expected, strict=True)
    assert_nothing_is_left(places)


def test_a_shuffle_between_places_needs_no_workers_that_reach_one_another(
    places: Sequence[RunPlace],
) -> None:
    one, other = (
        dd.from_pandas(pd.DataFrame({"key": range(20), name: range(20)}), npartitions=3)
        for name in ("x", "y")
    )
    joined = one.merge(other, on="key").y.sum()
    with lazy.config.set({"dataframe.shuffle.method": "p2p"}):
        ran = run([joined], places, [None], anyhow(1))
    assert ran.results == [sum(range(20))]


def test_what_crosses_is_measured(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    ran = run([a.sum(axis=1) - b.sum(axis=1)], places, [None], by_source)
    assert ran.moved[AWS, HOME].nbytes == a.nbytes
    assert ran.moved[AWS, HOME].results == a.npartitions
    assert ran.moved[AWS, HOME].sent_bytes == pytest.approx(a.nbytes, rel=0.1)
    assert not any(to for _, to in ran.moved), "all of the sums were at home"
    assert set(ran.seconds) == {HOME, AWS, GCP}

    def there(key: Key) -> int:
        return GCP if "gcp" in str(key) else AWS

    ran = run([a - b], places, [None], there)
    assert ran.moved[GCP, HOME].nbytes == ran.moved[HOME, AWS].nbytes == b.nbytes
    assert ran.moved[AWS, HOME].nbytes == a.nbytes


def sent_by(place: RunPlace) -> int:
    """Give the bytes of everything that a client has sent to its scheduler."""
    client: Any = place.client
    return int(client.scheduler_comm.byte_count)


@pytest.mark.parametrize("runs", [run, persist])
def test_graphs_that_are_sent_are_measured(places: Sequence[RunPlace], runs: Any) -> None:
    a, b = stores((200, 200), (10, 10))
    before = [sent_by(places[place]) for place in (AWS, GCP)]
    # One whole; one cut, whose sum of b travels within the graph for a.
    total, largest = b.sum(), b.max()
    there = {*total.dask.layers, *largest.dask.layers}

    def place_of(key: Key) -> int:
        return GCP if name_of(key) in there else AWS

    ran = runs([a.sum(axis=1) * total, largest], places, [None, GCP], place_of)
    assert set(ran.graphs) <= {AWS, GCP}
    for place, began in zip((AWS, GCP), before, strict=True):
        sent = sent_by(places[place]) - began
        moved = ran.moved.get((HOME, place))
        values = moved.sent_bytes if moved else 0
        assert 0 <= sent - values - ran.graphs[place] < 20_000, "but for what keeps a stream going"
    assert ran.graphs[AWS] > 20_000


def test_whole_collections_go_to_their_clusters_and_need_no_placement(
    places: Sequence[RunPlace],
) -> None:
    a, b = stores()
    ran = run([a.mean(), b.mean(), a.max()], places, [AWS, GCP, HOME])
    assert ran.results == list(lazy.compute(a.mean(), b.mean(), a.max()))
    assert ran.moved[AWS, HOME].results == ran.moved[GCP, HOME].results == 1
    assert_nothing_is_left(places)


READS: list[str] = []
BETWEEN: set[tuple[int, ...]] = set()
MOST: list[int] = []


def counted(block: Any) -> Any:
    """Note that this ran: the workers are threads of this process."""
    READS.append("once")
    return block


def flaky(block: Any) -> Any:
    READS.append("once")
    if len(READS) == 1:
        raise OSError("at first")
    return block


def made(block: Any, block_info: Any = None) -> Any:
    BETWEEN.add(tuple(block_info[0]["chunk-location"]))
    MOST.append(len(BETWEEN))
    return block


def used(one: Any, other: Any, block_info: Any = None) -> Any:
    BETWEEN.discard(tuple(block_info[0]["chunk-location"]))
    return one - other


@pytest.mark.parametrize("place", [HOME, AWS])
def test_kinds_that_alternate_keep_their_results(places: Sequence[RunPlace], place: int) -> None:
    a, _ = stores()
    kinds = [lazy.delayed(sum)([1, 2]), a.size + a[:0].sum(), lazy.delayed(max)(3, 4), a[:0].sum()]
    assert run(kinds, places, [place] * 4).results == [3, a.size, 4, 0]
    kept = persist(kinds, places, [place] * 4).results
    assert [run([each], places, [place]).results[0] for each in kept] == [3, a.size, 4, 0]


def test_what_a_whole_collection_shares_with_a_split_one_is_done_once(
    places: Sequence[RunPlace],
) -> None:
    a, b = stores()
    READS.clear()
    each = a.map_blocks(counted, dtype=float, meta=np.empty((0, 0)))

    def place_of(key: Key) -> int:
        return AWS if name_of(key) == each.name else by_source(key)

    run([each.sum(), each.mean() - b.mean()], places, [AWS, None], place_of)
    assert len(READS) == a.npartitions


def test_no_more_is_between_two_places_than_the_window(places: Sequence[RunPlace]) -> None:
    a, b = stores((64, 64), (8, 8))
    BETWEEN.clear()
    MOST.clear()
    sent = b.map_blocks(made, dtype=float, meta=np.empty((0, 0)))
    together = da.map_blocks(used, a, sent, dtype=float, meta=np.empty((0, 0)))

    def place_of(key: Key) -> int:
        return GCP if name_of(key) in {sent.name, b.name, "original-gcp"} else AWS

    block = 8 * 8 * 8
    ran = run(
        [together.sum()],
        places,
        [None],
        place_of,
        size_of=lambda key: block,
        window=4 * block,
    )
    assert ran.results == [together.sum().compute(scheduler="sync")]
    assert ran.moved[GCP, HOME].nbytes == b.nbytes
    assert max(MOST[: b.npartitions]) <= 5


def test_tasks_without_input_run_wherever_they_are_wanted(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    ones = da.ones((40, 30), chunks=(10, 10))
    one, other = (a * ones).sum(), (b * ones).sum()

    def place_of(key: Key) -> int:
        name = name_of(key)
        return -1 if name == ones.name else AWS if name in one.dask.layers else GCP

    ran = run([one + other], places, [None], place_of)
    assert {crossed: moved.results for crossed, moved in ran.moved.items()} == {
        (AWS, HOME): 1,
        (HOME, GCP): 1,
        (GCP, HOME): 1,
    }


def test_annotations_and_keywords_reach_the_clusters(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    READS.clear()
    once = a.map_blocks(flaky, dtype=float, meta=np.empty((0, 0)))
    whole = once.sum() + b.sum()
    options = Options.read({"retries": 1, "priority": 5})
    assert run([whole], places, [None], anyhow_at(AWS, GCP), options=options).results
    READS.clear()
    with lazy.annotate(retries=1):
        annotated = a.map_blocks(flaky, dtype=float, meta=np.empty((0, 0)))
    assert run([annotated.sum() + b.sum()], places, [None], anyhow_at(AWS, GCP)).results


def test_what_is_annotated_around_a_call_reaches_the_clusters(
    places: Sequence[RunPlace],
) -> None:
    a, b = stores()
    READS.clear()
    once = a.map_blocks(flaky, dtype=float, meta=np.empty((0, 0)))
    with lazy.annotate(retries=1):
        assert run([once.sum() + b.sum()], places, [None], anyhow_at(AWS, GCP)).results


def test_workers_are_named_for_one_cluster_only(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    options = Options.read({"workers": "127.0.0.1"})
    with pytest.raises(InvalidInputError, match="workers"):
        run([a + b], places, [None], by_source, options=options)
    assert run([a.sum()], places[:2], [AWS], options=options).results


def anyhow_at(*allowed: int) -> Callable[[Key], int]:
    return lambda key: random.Random(str(key)).choice(allowed)


def thread_of(block: Any) -> Any:
    return np.full(block.shape, threading.current_thread().name[:6])


@pytest.mark.parametrize("whole", [HOME, None])
@pytest.mark.parametrize("work", [run, persist])
def test_keywords_reach_the_scheduler_of_this_process(
    places: Sequence[RunPlace], whole: int | None, work: Any
) -> None:
    a, _ = stores()
    names = a.map_blocks(thread_of, dtype="U6", meta=np.empty((0, 0), "U6"))
    with ThreadPoolExecutor(2, thread_name_prefix="theirs") as pool:
        options = Options.read({"pool": pool, "num_workers": 2, "chunksize": 1})
        (result,) = work([names], places, [whole], lambda key: HOME, options=options).results
    assert np.unique(np.asarray(result)).tolist() == ["theirs"]


def test_a_keyword_that_nobody_knows_is_named() -> None:
    with pytest.raises(TypeError, match=r"retrys.*retries"):
        Options.read({"retrys": 3})


@pytest.mark.parametrize(
    "keywords", [{"retries": "three"}, {"retries": -1}, {"priority": "high"}], ids=str
)
def test_a_value_that_no_scheduler_can_use_is_refused(keywords: dict[str, Any]) -> None:
    (name,) = keywords
    with pytest.raises(InvalidInputError, match=f"{name}="):
        Options.read(keywords)


class Nameless:
    """Something that dask can send, and that has no hash of its own."""

    def __dask_tokenize__(self) -> object:
        raise RuntimeError("It was hashed.")


def test_tasks_are_sent_without_being_hashed(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    given = lazy.delayed(lambda one, other, _: one + other, pure=False)(
        a.sum(), b.sum(), Nameless()
    )
    assert run([given], places, [None], anyhow_at(AWS)).results == [a.sum() + b.sum()]


@pytest.mark.parametrize("place", [AWS, GCP])
def test_persisted_results_are_taken_from_where_they_are(
    places: Sequence[RunPlace], place: int
) -> None:
    a, b = stores()
    client: Any = places[place].client
    kept = client.persist(a + 1)
    for expression, same in ((kept - b, a + 1 - b), (kept.sum(), (a + 1).sum()), (kept, a + 1)):
        ran = run([expression], places, [None], by_source)
        expected = np.asarray(same.compute(scheduler="sync"))
        np.testing.assert_array_equal(np.asarray(ran.results[0]), expected)
    assert all(future.status == "finished" for future in client.futures.values())


@pytest.mark.parametrize("whole", [[None, None], [AWS, GCP], [HOME, AWS]])
def test_progress_is_told_by_place(places: Sequence[RunPlace], whole: list[int | None]) -> None:
    a, b = stores()
    progress = Progress()
    run([a.sum(axis=0) + 1, b.sum(axis=0) + 2], places, whole, by_source, progress=progress)
    told = progress.places()
    assert eventually(lambda: all(done == tasks > 0 for done, tasks in progress.places().values()))
    assert set(told) <= {place.where for place in places}
    assert progress.moved > 0
    assert "tasks" in str(progress)
    assert_nothing_is_left(places)

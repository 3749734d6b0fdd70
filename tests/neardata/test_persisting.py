"""Results left where they were made, and found there by what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any

import dask
import numpy as np
import pytest
from dask.typing import Key
from distributed import futures_of

from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.neardata.running.arriving import when_there
from multicloud_lab.neardata.running.execution import RunPlace, persist, run
from tests.neardata.leftovers import assert_nothing_is_left
from tests.neardata.test_running import AWS, GCP, HOME, by_source, name_of, stores

held_by: Any = futures_of
lazy: Any = dask
GATES = [Event() for _ in range(3)]
"""Of threads: an event of distributed would make its worker's client the default of this process,
since the workers are threads of it."""


def waits(number: int) -> int:
    """Wait for a gate to open, in a worker."""
    assert GATES[number].wait(120)
    return number


def places_of(collection: Any, places: Sequence[RunPlace]) -> set[int]:
    """Say which clusters hold the results of a persisted collection."""
    clients = [place.client for place in places]
    return {clients.index(future.client) for future in held_by(collection)}


def test_whole_collections_stay_with_their_clusters(places: Sequence[RunPlace]) -> None:
    a, b = stores()
    kept = persist([a + 1, b + 1, a.sum()], places, [AWS, GCP, HOME]).results
    assert [places_of(each, places) for each in kept] == [{AWS}, {GCP}, set()]
    ran = run([kept[0].sum() - kept[1].sum()], places, [None], lambda key: HOME)
    assert ran.results == [((a + 1).sum() - (b + 1).sum()).compute(scheduler="sync")]
    del kept
    assert_nothing_is_left(places)


@pytest.mark.parametrize("whole", [AWS, None])
def test_what_was_cancelled_is_said_to_be_gone(
    places: Sequence[RunPlace], whole: int | None
) -> None:
    a, _ = stores()
    (kept,) = persist([a + 1], places, [AWS]).results
    client: Any = places[AWS].client
    client.cancel(held_by(kept), force=True)
    with pytest.raises(ClusterFailedError, match="persisted on a cluster is gone"):
        run([kept.sum()], places, [whole], lambda key: AWS)
    del kept
    assert_nothing_is_left(places)


@pytest.mark.parametrize("last", [HOME, AWS, GCP])
def test_a_mixed_collection_stays_where_its_last_tasks_are(
    places: Sequence[RunPlace], last: int
) -> None:
    a, b = stores()
    mixed = a - b

    def place_of(key: Key) -> int:
        return last if name_of(key) == mixed.name else by_source(key)

    ran = persist([mixed], places, [None], place_of)
    (kept,) = ran.results
    crossed = {GCP: {(AWS, HOME), (HOME, GCP)}, AWS: {(GCP, HOME), (HOME, AWS)}}
    assert set(ran.moved) == crossed.get(last, {(AWS, HOME), (GCP, HOME)})
    assert kept.chunks == mixed.chunks
    assert places_of(kept, places) == ({last} - {HOME})
    ran = run([kept.sum(axis=0)], places, [None], lambda key: last)
    expected = mixed.sum(axis=0).compute(scheduler="sync")
    np.testing.assert_array_equal(ran.results[0], expected)
    if last != HOME:
        assert set(ran.moved) == {(last, HOME)}, "what is there is not moved"
    elsewhere = run([kept + 1], places, [None], lambda key: GCP)
    np.testing.assert_array_equal(elsewhere.results[0], (mixed + 1).compute(scheduler="sync"))
    del kept
    assert_nothing_is_left(places)


def test_it_is_told_when_all_is_there_and_nothing_is_held_for_that(
    places: Sequence[RunPlace],
) -> None:
    a, _ = stores()
    for gate in GATES:
        gate.clear()
    gates = [lazy.delayed(waits)(number) for number in range(2)]
    told = Event()
    kept = persist([a + 1, *gates], places, [AWS, AWS, GCP]).results
    when_there(kept, told.set)
    assert not told.is_set()
    for gate in GATES[:2]:
        gate.set()
    assert told.wait(60)

    let_go = Event()
    kept = persist([lazy.delayed(waits)(2)], places, [AWS]).results
    when_there(kept, let_go.set)
    kept.clear()
    assert let_go.wait(60), "what nobody wants any more was held on to"
    GATES[2].set()
    assert_nothing_is_left(places)


def test_what_is_at_home_is_there_at_once(places: Sequence[RunPlace]) -> None:
    told = Event()
    when_there(persist([stores()[0].sum()], places, [HOME]).results, told.set)
    assert told.is_set()


def test_what_fails_is_raised(places: Sequence[RunPlace]) -> None:
    a, b = stores()

    def bad(block: Any) -> Any:
        raise ValueError("no such variable")

    broken = a.map_blocks(bad, dtype=float, meta=np.empty((0, 0))) + b
    with pytest.raises(ValueError, match="no such variable"):
        persist([broken], places, [None], lambda key: GCP if "gcp" in str(key) else AWS)
    assert_nothing_is_left(places)

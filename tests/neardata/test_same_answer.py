"""Whatever is computed, and wherever its tasks are placed, the answer is dask's, bit for bit."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import dask
import dask.base
import pytest
from dask.typing import Key

from multicloud_lab.neardata.running.execution import RunPlace, run
from tests.neardata.computations import FRAMES, LAST_PLACES, ONE, THREE, TWO, UNORDERED, Data
from tests.neardata.equality import assert_close, assert_same
from tests.neardata.stores import by_source, write

base: Any = dask.base
ALL = {**ONE, **TWO, **THREE, **FRAMES}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return write(tmp_path_factory.mktemp("regions"))


def at_random(seed: str) -> Callable[[Key], int]:
    """Place each task anywhere, the same each time."""
    return lambda key: random.Random(f"{seed} {key}").randrange(4)


def computed(places: Sequence[RunPlace], value: Any, place: str) -> Any:
    """Compute a value, with the tasks of everything in it placed one by one."""
    collections, repack = base.unpack_collections(value)
    place_of = by_source(collections) if place == "by source" else at_random(place)
    ran = run(collections, places, [None] * len(collections), place_of)
    return repack(ran.results)[0]


@pytest.mark.parametrize("name", ALL)
def test_the_answer_is_the_same(places: Sequence[RunPlace], data: Data, name: str) -> None:
    value = ALL[name](data)
    (expected,) = base.compute(value, scheduler="sync")
    for place in ("by source", "at random"):
        result = computed(places, value, place)
        if name in UNORDERED:
            by = list(expected.columns)
            result, expected = (
                each.sort_values(by).reset_index(drop=True) for each in (result, expected)
            )
        (assert_close if name in LAST_PLACES else assert_same)(result, expected)

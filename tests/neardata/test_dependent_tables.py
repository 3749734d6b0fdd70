"""Parts of tables that dask computes to write the rest are computed where the rest is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dask
import dask.base
import dask.dataframe
import pandas as pd
import pytest
from dask.dataframe.dask_expr import _repartition, _shuffle

from multicloud_lab.neardata.dependent_tables import parts_computed_by, settle
from multicloud_lab.neardata.graphs.lowering import EXPRESSIONS, lowered
from multicloud_lab.neardata.running.execution import RunPlace, run

dd: Any = dask.dataframe
base: Any = dask.base
REMEMBERED: tuple[Any, ...] = (_shuffle.divisions_lru, _repartition.mem_usages_lru)

TABLES: dict[str, Callable[[Any], Any]] = {
    "set_index": lambda frame: frame.set_index("x"),
    "sort_values": lambda frame: frame.sort_values("x"),
    "repartition": lambda frame: frame.repartition(partition_size="1kB"),
    "merge on an index": lambda frame: frame.set_index("x").merge(
        frame.set_index("y"), left_index=True, right_index=True
    ),
}


class Elsewhere:
    """Computes, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, parts: Sequence[Any]) -> Sequence[Any]:
        self.times += 1
        return tuple(base.compute(*parts, scheduler="sync"))


@pytest.fixture
def frame(tmp_path: Path) -> Iterator[Any]:
    """A table that dask knows nothing of yet."""
    made = pd.DataFrame({"x": [(7 * n) % 200 for n in range(200)], "y": range(200)})
    dd.from_pandas(made, npartitions=4).to_parquet(tmp_path)
    for each in REMEMBERED:
        each.clear()
    yield dd.read_parquet(tmp_path)
    for each in REMEMBERED:
        each.clear()


@pytest.mark.parametrize("name", TABLES)
def test_a_part_is_computed_by_who_computes_the_table(frame: Any, name: str) -> None:
    elsewhere = Elsewhere()
    table = TABLES[name](frame)
    settle([table, frame.x.sum()], elsewhere)
    assert elsewhere.times > 0

    def never(parts: Sequence[Any]) -> Sequence[Any]:
        raise AssertionError("it is known already")

    with parts_computed_by(never):
        result = lowered(table).compute(scheduler="sync")
    pd.testing.assert_frame_equal(result, table.compute(scheduler="sync"))


def test_of_others_no_part_is_computed_and_they_are_not_optimised_for_it(frame: Any) -> None:
    elsewhere = Elsewhere()
    settle([frame.groupby("x").y.sum(), frame.merge(frame, on="x")], elsewhere)
    with parts_computed_by(elsewhere):
        lowered(frame.merge(frame, on="x"))  # Of files, sizes are looked up.
    assert elsewhere.times == 0


def taken_by_another() -> bool:
    """Say whether another thread may optimise a table now."""
    may: list[bool] = []

    def take() -> None:
        may.append(EXPRESSIONS.acquire(timeout=0.1))
        if may[0]:
            EXPRESSIONS.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return not may[0]


def held_up(partition: Any) -> Any:
    return partition.assign(y=taken_by_another())


def test_a_table_is_optimised_by_one_thread_and_computed_while_others_are(
    places: Sequence[RunPlace], frame: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = places[1].client
    compute, locked = client.compute, []

    def noted(*arguments: Any, **keywords: Any) -> Any:
        locked.append(taken_by_another())
        return compute(*arguments, **keywords)

    monkeypatch.setattr(client, "compute", noted)
    table = frame.map_partitions(held_up, meta={"x": int, "y": bool})
    assert not run([table], places, [0]).results[0].y.any()
    assert run([frame.x.sum()], places, [1]).results == [sum(range(200))]
    assert locked == [True]

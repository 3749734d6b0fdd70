"""What a computation did is accounted for as far as it is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.plan import Amount, Plan, Reading
from multicloud_lab.neardata.plans.pricing import Prices
from multicloud_lab.neardata.running.moved import Moved, Run
from multicloud_lab.runs import Ran, rows_of
from tests.neardata.places import AWS, GCP, quotes


class Stopped:
    """Stands for the counts of a cluster that was stopped just now."""

    def since(self, below: Iterable[str] | None = None) -> dict[str, int]:
        raise TimeoutError("timed out after 10 s.")


class Told:
    """Stands for the counts of a cluster that answers."""

    def since(self, below: Iterable[str] | None = None) -> dict[str, int]:
        return dict.fromkeys(below or (), 2_000_000_000)


@pytest.mark.parametrize("far", [False, True])
def test_what_a_cluster_cannot_say_any_more_costs_no_row(*, far: bool) -> None:
    lens = Reading("s3://lens/x", "", AWS, 1, 4, Amount(1e9), crosses=False)
    era5 = Reading("gs://era5/x", "", GCP, 1 if far else 2, 4, Amount(2e9), crosses=far)
    plan = Plan(
        (Place(None), Place(AWS, "oregon"), Place(GCP, "iowa")), (), (lens, era5), (), (0, 4, 4)
    )
    counts: Any = {1: Stopped(), 2: Told()}
    run = Run([], {(1, 0): Moved(1, 8, 2 * 10**9), (3, 0): Moved(1, 8, 10)}, {1: 2.0})
    rows = rows_of(Ran(lambda: plan, run, counts, 1e9), Prices(quotes))
    reads = {row.url: row for row in rows if row.kind == "read"}
    assert reads["s3://lens/x"].measured_bytes is None
    assert reads["s3://lens/x"].estimated_bytes == 10**9
    assert reads["s3://lens/x"].price_high == 0
    assert reads["s3://lens/x"].avoided_bytes is None
    other = reads["gs://era5/x"]
    assert other.measured_bytes == (None if far else 2 * 10**9)
    assert other.price_high == (None if far else 0)
    (move,) = [row for row in rows if row.kind == "move"]
    assert (move.source, move.destination, move.measured_bytes) == (AWS, None, 2 * 10**9)
    assert move.price_high
    assert move.price_high > 0


def test_of_what_broke_off_only_what_was_measured_is_written() -> None:
    readings = (
        Reading("s3://lens/x", "", AWS, 1, 4, Amount(1e9), crosses=False),
        Reading("s3://lens/y", "", AWS, 1, 4, Amount(1e9), crosses=False),
    )
    plan = Plan((Place(None), Place(AWS, "oregon")), (), readings, (), (0, 8))

    class Half:
        def since(self, below: Iterable[str] | None = None) -> dict[str, int]:
            return {"s3://lens/x": 5}

    counts: Any = {1: Half()}
    run = Run([], {(1, 0): Moved(1, 8, 10)}, {1: 2.0}, graphs={1: 100})
    rows = rows_of(Ran(lambda: plan, run, counts, 1e9, broken=True), Prices(quotes))
    assert {(row.kind, row.url, row.measured_bytes) for row in rows} == {
        ("read", "s3://lens/x", 5),
        ("move", None, 10),
        ("graph", None, 100),
    }
    assert {row.estimated_bytes for row in rows} == {None}


def test_all_files_that_the_same_tasks_read_are_counted_once() -> None:
    def reading(first: str, *others: str) -> Reading:
        return Reading(first, "", AWS, 1, 1, Amount(1e9), crosses=False, others=others)

    readings = reading("s3://t/0", "s3://t/1"), reading("s3://t/1", "s3://t/2"), reading("s3://t/1")
    plan = Plan((Place(None), Place(AWS, "oregon")), (), readings, (), (0, 3))
    counts: Any = {1: Told()}
    rows = rows_of(Ran(lambda: plan, Run([], {}, {1: 2.0}), counts, 1e9), Prices(quotes))
    assert [row.measured_bytes for row in rows] == [4 * 10**9, 2 * 10**9, 0]

"""The library of expressions through a lab and real gateways: dask's answers, bit for bit."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import dask
import dask.base
import numpy as np
import pytest
import xarray as xr
from distributed import futures_of

from multicloud_lab.demo.catalogs import ERA5_BUCKET, LENS_BUCKET
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.lab import Lab
from multicloud_lab.neardata.graphs.lowering import is_table, lowered
from multicloud_lab.neardata.places import HOME
from tests.neardata.computations import FRAMES, LAST_PLACES, ONE, THREE, TWO, UNORDERED, Data
from tests.neardata.equality import assert_close, assert_same
from tests.neardata.stores import write_to

base: Any = dask.base
lazy: Any = dask
held_by: Any = futures_of
ALL = {**ONE, **TWO, **THREE, **FRAMES}


def batched(names: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """Take several names at a time."""
    rest = iter(names)
    while batch := tuple(islice(rest, size)):
        yield batch


LIMITS: dict[str, Any] = {"egress_budget_usd": float("inf"), "unknown_bytes": 1e4}


@pytest.fixture(scope="module")
def data(clouds: Clouds, tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Two datasets in the stores of the clouds, and a third on this machine."""
    return write_to(
        [
            (f"{LENS_BUCKET}/same-answer", clouds.stores[AWS].storage_options),
            (f"{ERA5_BUCKET}/same-answer", clouds.stores[GCP].storage_options),
            (str(tmp_path_factory.mktemp("here")), None),
        ]
    )


# Tables one by one: which columns are wanted together decides which parts of a Parquet dataset
# dask reads as one, and with that the order in which numbers are added.
BATCHES = [*batched((*ONE, *TWO, *THREE), 5), *batched(FRAMES, 1)]
# All of them take minutes over gateways; the same library is run whole on clusters of this process.
EVERY = 4


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(names, id=", ".join(names), marks=[pytest.mark.exhaustive] * bool(at % EVERY))
        for at, names in enumerate(BATCHES)
    ],
)
def test_the_answers_are_the_same(lab: Lab, data: Data, names: Sequence[str]) -> None:
    values = [ALL[name](data) for name in names]
    results = lab.compute(*values, **LIMITS)
    for name, value, result in zip(names, values, results, strict=True):
        (expected,) = base.compute(value, scheduler="sync")
        if name in UNORDERED:
            by = list(expected.columns)
            result, expected = (
                each.sort_values(by).reset_index(drop=True) for each in (result, expected)
            )
        (assert_close if name in LAST_PLACES else assert_same)(result, expected)


def test_plain_computations_in_a_block_run_near_the_data(lab: Lab, data: Data) -> None:
    mixed = (data.a.t - data.b.t).mean("time")
    expected = mixed.compute(scheduler="sync")
    with lab.near_data(**LIMITS):
        assert_same(mixed.compute(), expected)
        assert_same(mixed.copy().load(), expected)
        (first, second) = base.compute(data.a.t.max(), {"b": data.b.t.max()})
    assert_same(first, data.a.t.max().compute())
    assert_same(second["b"], data.b.t.max().compute())


def test_trees_are_computed_near_the_data_of_each_branch(lab: Lab, data: Data) -> None:
    named = {"/": data.c[["n"]], "/aws": data.a[["t"]], "/aws/raw": data.raw_a[["packed"]]}
    tree = xr.DataTree.from_dict({**named, "/gcp": data.b[["t"]]}, name="both")
    assert len(lab.plan(tree).objects) == 4
    (result,) = lab.compute(tree, **LIMITS)
    with lab.near_data(**LIMITS):
        same = tree.compute()
    expected = tree.compute(scheduler="sync")
    for found in (result, same):
        xr.testing.assert_identical(found, expected)
        assert not any(lazy.is_dask_collection(node.to_dataset()) for node in found.subtree)
    (kept,) = lab.persist(tree, **LIMITS)
    assert {str(f.client.cluster_record.region) for f in held_by(kept["aws"].to_dataset())} == {AWS}


def test_what_dask_has_to_know_of_a_table_is_found_beside_it(
    lab: Lab, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tables alone are looked at: what an earlier test has persisted may come into the ledger now.
    lowered_in: list[threading.Thread] = []

    def noted(each: Any) -> Any:
        if is_table(each):
            lowered_in.append(threading.current_thread())
        return lowered(each)

    monkeypatch.setattr("multicloud_lab.readying.lowered", noted)
    by_x = data.fa.set_index("x")
    with pytest.raises(InvalidInputError, match=r"set_index.*a plan computes nothing"):
        lab.plan(by_x)
    before: set[Any] = set(lab.ledger().run)
    (result,) = lab.compute(by_x, **LIMITS)
    table: Any = lab.ledger()
    of_a_table = (table.kind == "read") & table.url.str.endswith(".parquet", na=False)
    reads = table[of_a_table & ~table.run.isin(before)]
    assert reads.run.nunique() == 2
    assert set(reads.destination) == {AWS}
    assert set(lowered_in) == {threading.current_thread()}
    assert_same(result, by_x.compute(scheduler="sync"))
    assert lab.plan(by_x).tasks[HOME] == 0


def test_what_is_persisted_stays_near_the_data_and_is_found_there(lab: Lab, data: Data) -> None:
    near, far = lab.persist(data.a.t + 1, data.b.t + 1, **LIMITS)
    (mixed,) = lab.persist(data.a.t - data.b.t, **LIMITS)
    for kept, region in ((near, AWS), (far, GCP)):
        clients: set[Any] = {future.client for future in held_by(kept)}
        assert [str(client.cluster_record.region) for client in clients] == [region]
    together = (near.mean() - far.mean()) + mixed.mean()
    (result,) = lab.compute(together, **LIMITS)
    expected = (data.a.t + 1).mean() - (data.b.t + 1).mean() + (data.a.t - data.b.t).mean()
    np.testing.assert_array_equal(result, expected.compute(scheduler="sync"))

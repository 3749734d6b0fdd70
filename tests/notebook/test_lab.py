"""What a notebook writes, end to end: real gateways, real stores, a lab in this process."""

from __future__ import annotations

import functools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import dask.array
import distributed
import numpy as np
import numpy.typing as npt
import pytest
import xarray as xr
from xhistogram.xarray import histogram

from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.errors import (
    ClusterFailedError,
    DatasetNotFoundError,
    InvalidInputError,
    OverBudgetError,
    RegionUnknownError,
    SignInNeededError,
    WrongCredentialsError,
)
from multicloud_lab.lab import Lab
from multicloud_lab.neardata.plans.plan import Plan

AWS, GCP = "aws:us-west-2", "gcp:us-central1"
PRECT = "lens/atm/hourly6-1990-2005/PRECT"
BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])

lazy: Any = dask
gathered: Any = distributed
default_client: Any = vars(distributed)["default_client"]
da: Any = dask.array


def where() -> str | None:
    return os.environ.get("MULTICLOUD_REGION")


def histograms(era5: xr.Dataset, lens: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Write the workflow's computation."""
    tp = era5.tp.coarsen(time=6).sum().rename("tp_6hr")
    prect = (lens.PRECT.isel(member_id=0) * 6 * 3600).rename("tp_6hr")
    return (
        histogram(tp, bins=[BINS], dim=["longitude"]).mean("time"),
        histogram(prect, bins=[BINS], dim=["lon"]).mean("time"),
    )


def test_datasets_are_a_table(lab: Lab) -> None:
    table = lab.datasets("precipitation")
    assert {"id", "title", "description", "region", "near", "format"} <= set(table.columns)
    near = table.set_index("id").near
    assert near["pangeo/atmosphere/era5"] == "gcp-iowa"
    assert near[PRECT] == "aws-oregon"
    assert set(lab.datasets(region="aws:*").region) == {AWS}
    assert set(lab.datasets(gateway="gcp-iowa").region) == {GCP}
    assert list(lab.datasets(near=True, provider="aws", format=["zarr"], tag=()).region) == [
        AWS
    ] * len(lab.datasets(provider="aws"))
    assert lab.datasets("no such words").empty
    with pytest.raises(InvalidInputError, match="gcp:"):
        lab.datasets(region="<b>")


def test_what_a_dataset_holds_is_a_table(lab: Lab, era5: xr.Dataset) -> None:
    table = lab.describe("pangeo/atmosphere/era5")
    assert set(table.index) == set(map(str, era5.variables))
    for name, variable in era5.variables.items():
        assert table.loc[str(name), "dims"] == variable.dims
        assert table.loc[str(name), "shape"] == variable.shape
    assert table.attrs["dims"] == dict(era5.sizes)
    assert 0 < table.attrs["bytes_read"] < era5.nbytes


@pytest.mark.parametrize(
    "near", [lambda era5: era5, lambda era5: era5.tp.mean(), lambda era5: "pangeo/atmosphere/era5"]
)
def test_gateways_are_ranked_for_whatever_is_at_hand(
    lab: Lab, era5: xr.Dataset, near: Callable[[xr.Dataset], Any]
) -> None:
    table = lab.placements(near(era5))
    assert list(table.gateway) == ["gcp-iowa", "aws-oregon"]
    assert list(table.relation) == ["same-region", "other-provider"]
    assert table.low[0] == 0
    assert table.high[1] > 0


def test_gateways_are_ranked_for_a_url_and_a_region(lab: Lab) -> None:
    assert lab.placements("s3://ncar-cesm-lens/x").gateway[0] == "aws-oregon"
    assert lab.placements("gcp:us").relation[0] == "contained"


def test_a_price_says_who_pays(lab: Lab) -> None:
    quote = lab.price(PRECT, "internet", 10**12)
    assert quote.low is not None
    assert quote.high is not None
    assert 0 < quote.low < quote.high
    assert quote.payer == "owner"
    assert lab.price(AWS, AWS).high == 0


def test_what_a_dataset_or_an_object_reads_is_located(lab: Lab, era5: xr.Dataset) -> None:
    table = lab.locate(era5.tp.mean(), "s3://ncar-cesm-lens/x", "s3://elsewhere/x")
    known = table.set_index("url").region
    assert known["gs://pangeo-era5/reanalysis/spatial-analysis"] == GCP
    assert known["s3://ncar-cesm-lens/x"] == AWS
    assert list(known[known.isna()].index) == ["s3://elsewhere/x"]


def test_opened_datasets_are_lazy_and_as_their_stores_are(
    era5: xr.Dataset, lens: xr.Dataset
) -> None:
    assert all(dataset.chunks for dataset in (era5, lens))
    assert era5.tp.dims == ("time", "latitude", "longitude")
    assert era5.tp.encoding["dtype"] == np.dtype("int16")
    assert lens.PRECT.encoding["chunks"] == lens.PRECT.data.chunksize
    assert lens.time.dtype == object  # a calendar without leap days


def test_clients_are_beside_the_data_and_not_the_default(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    near_era5, near_lens = lab.client(near=era5), lab.client(near=lens.PRECT.mean())
    assert near_era5.submit(where, pure=False).result(timeout=120) == GCP
    assert near_lens.submit(where, pure=False).result(timeout=120) == AWS
    with pytest.raises(ValueError, match="No clients found"):
        default_client()
    assert lab.client(near=AWS) is near_lens
    assert lab.client(near=PRECT) is near_lens
    assert lab.client(near="gs://pangeo-era5/reanalysis/spatial-analysis") is near_era5
    assert "/clusters/" in str(near_era5.dashboard_link)


def test_an_object_that_was_opened_without_the_package_is_near_too(
    lab: Lab, clouds: Clouds
) -> None:
    dataset = xr.open_zarr(
        "s3://ncar-cesm-lens/atm/hourly6-1990-2005/cesmLE-20C-PRECT.zarr",
        storage_options=clouds.stores[AWS].storage_options,
    )
    assert lab.client(near=dataset.PRECT.isel(time=0)) is lab.client(near=AWS)


def test_a_dead_client_is_replaced(lab: Lab) -> None:
    before: Any = lab.client(near=AWS)
    before.close()
    after = lab.client(near=AWS)
    assert after is not before
    assert after.submit(where, pure=False).result(timeout=120) == AWS


def test_both_histograms_are_computed_each_in_its_region(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    lazy_pair = histograms(era5, lens)
    computed = lab.compute(*lazy_pair, retries=5)
    for result, expected in zip(computed, lazy_pair, strict=True):
        xr.testing.assert_identical(result, expected.compute())
    tp = era5.tp.to_numpy()
    sums = tp.reshape(-1, 6, *tp.shape[1:]).sum(axis=1)
    by_numpy = np.stack(
        [np.mean([np.histogram(row, BINS)[0] for row in sums[:, i]], axis=0) for i in (0, 60, 120)]
    )
    np.testing.assert_allclose(computed[0].to_numpy()[[0, 60, 120]], by_numpy)


def told(block: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
    return np.array([[[str(where())]]])


def test_each_part_really_runs_there(lab: Lab, era5: xr.Dataset, lens: xr.Dataset) -> None:
    gcp = era5.tp.data[:96].map_blocks(told, dtype="U20", chunks=(1, 1, 1))
    aws = lens.PRECT.data[0, :31].map_blocks(told, dtype="U20", chunks=(1, 1, 1))
    nested = {"both": [gcp, aws], "text": "as it is", "local": da.ones(3, chunks=1).sum()}
    result, number = lab.compute(nested, 7)
    assert [str(item.item()) for item in result["both"]] == [GCP, AWS]
    assert (result["text"], result["local"], number) == ("as it is", 3, 7)
    (moved,) = lab.compute(gcp, near=AWS)
    assert str(moved.item()) == AWS


def test_an_object_of_two_regions_is_reduced_in_each_and_combined_here(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    rain, rate = era5.tp.mean(["time", "longitude"]), lens.PRECT.mean(["time", "lon"])
    mixed = (rain.sum() - rate.isel(member_id=0, drop=True).sum()).rename("difference")
    plan = lab.plan(mixed, rain)
    assert {place.name for place in plan.places} == {"here", AWS, GCP}
    assert plan.total.bytes < 1e5 < sum(each.amount.bytes for each in plan.readings)
    far, near = lab.compute(mixed, rain)
    xr.testing.assert_identical(far, mixed.compute())
    xr.testing.assert_identical(near, rain.compute())


def test_what_would_cost_too_much_is_refused_before_a_byte_moves(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    dear = (era5.tp.data[:124, :120] - lens.PRECT.data[0, :, :120, :240]).mean()
    with pytest.raises(OverBudgetError, match="egress_budget_usd=") as caught:
        lab.compute(dear, egress_budget_usd=1e-6)
    assert isinstance(caught.value.plan, Plan)
    assert caught.value.plan.total.bytes > 1e6
    with pytest.raises(OverBudgetError, match="policy='none' does not allow"):
        lab.compute(dear, policy="none")
    np.testing.assert_array_equal(lab.compute(dear)[0], dear.compute())


def test_what_a_computation_did_is_in_the_ledger(
    lab: Lab, clouds: Clouds, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    before: set[Any] = set(lab.ledger().run)
    rain, rate = era5.tp.isel(time=slice(0, 96)).mean(), lens.PRECT.isel(member_id=1).sum("lon")
    plan = lab.plan(rain, rate)
    results = lab.compute(rain, rate)
    table: Any = lab.ledger()
    mine = table[~table.run.isin(before)]
    assert mine.run.nunique() == 1
    reads = mine[mine.kind == "read"].set_index("dataset")
    assert set(reads.index) == {"pangeo/atmosphere/era5", PRECT}
    assert list(reads.loc[PRECT, ["source", "destination"]]) == [AWS, AWS]
    for reading in plan.readings:
        measured = reads.loc[reading.dataset, "measured_bytes"]
        assert 0.9 < reading.amount.bytes / measured < 1.1, reading.dataset
    moves = mine[mine.kind == "move"].set_index("source")
    for result, region in zip(results, (GCP, AWS), strict=True):
        assert moves.loc[region, "destination"] == "here"
        assert (
            result.nbytes <= moves.loc[region, "measured_bytes"] < result.nbytes + 20_000
        )  # coordinates
    assert (reads.avoided_bytes == reads.measured_bytes).all()
    assert (reads.avoided_high > 0).all()
    assert "would have moved" in table.attrs["summary"]
    summed: Any = lab.ledger(by="dataset")
    assert summed.loc[PRECT, "read_bytes"] >= reads.loc[PRECT, "measured_bytes"]


def test_what_is_persisted_stays_and_is_computed_with_where_it_is(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    near_era5: Any = lab.client(near=GCP)
    near_lens: Any = lab.client(near=AWS)
    before: set[Any] = set(lab.ledger().run)
    rain, rate = era5.tp.isel(time=slice(0, 96)), lens.PRECT.isel(member_id=0)
    kept_rain, kept_rate = lab.persist(rain, {"rate": rate})
    for kept, client in ((kept_rain, near_era5), (kept_rate["rate"], near_lens)):
        futures = gathered.futures_of(kept)
        client.gather(futures)
        assert futures
        assert {future.key for future in futures} <= set(client.who_has())
    plan = lab.plan(kept_rain.mean(), kept_rate["rate"].mean())
    assert [plan.places[each.places[0]].name for each in plan.objects] == [GCP, AWS]
    means = lab.compute(kept_rain.mean(), kept_rate["rate"].mean())
    for mean, expected in zip(means, (rain.mean(), rate.mean()), strict=True):
        xr.testing.assert_allclose(mean, expected.compute(), rtol=1e-6)
    # What was read is in the ledger once, by who persisted it.
    table: Any = lab.ledger()
    reads = table[(table.kind == "read") & ~table.run.isin(before)].set_index("dataset")
    expected_reads = {each.dataset: each.amount.bytes for each in lab.plan(rain, rate).readings}
    assert reads.measured_bytes.to_dict() == pytest.approx(expected_reads, rel=0.1)


def test_plain_computations_run_near_the_data_within_a_block(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    gcp = era5.tp.data[:96].map_blocks(told, dtype="U20", chunks=(1, 1, 1))
    aws = lens.PRECT.data[0, :31].map_blocks(told, dtype="U20", chunks=(1, 1, 1))
    with lab.near_data():
        assert [str(each.item()) for each in lazy.compute(gcp, aws)] == [GCP, AWS]
        assert str(gcp.compute().item()) == GCP
        loaded = xr.DataArray(aws).load()
    assert str(loaded.item()) == AWS
    assert str(gcp.compute(scheduler="sync").item()) == "None"


def test_an_unknown_region_is_told_with_the_ways_out(lab: Lab, clouds: Clouds) -> None:
    import fsspec

    elsewhere = fsspec.filesystem("s3", anon=True).get_mapper("elsewhere/store")
    for ask, error in ((lab.compute, OverBudgetError), (lab.client, RegionUnknownError)):
        with pytest.raises(error) as caught:
            ask(lazy.delayed(len)(elsewhere))
        for word in ("s3://elsewhere/store", "near=", "regions"):
            assert word in str(caught.value)
    with pytest.raises(RegionUnknownError, match="reads nothing"):
        lab.client(near=da.ones(3))


def fail(block: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    raise ArithmeticError("the third rock")


def test_an_error_of_a_task_is_its_own_and_names_the_region(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    bad = lens.PRECT.data.map_blocks(fail, dtype=float)
    with pytest.raises(ArithmeticError, match="the third rock") as caught:
        lab.compute(era5.tp.mean(), bad.sum())
    assert any(AWS in note for note in caught.value.__notes__)
    assert any(entry.name == "fail" for entry in caught.traceback)


def test_what_a_computation_that_failed_did_is_in_the_ledger_as_its_own(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    def added() -> Any:
        table: Any = lab.ledger()
        return table[~table.run.isin(before)].set_index(["kind", "source"])

    before: set[Any] = set(lab.ledger().run)
    bad = lens.PRECT.data.map_blocks(fail, dtype=float)
    with pytest.raises(ArithmeticError, match="the third rock"):
        lab.compute(era5.tp.mean(), bad.sum())
    failed = added()
    assert failed.run.nunique() == 1
    assert failed.estimated_bytes.isna().all()
    assert {("read", AWS), ("read", GCP), ("move", GCP)} <= set(failed.index)
    before |= set(failed.run)
    lab.compute(era5.tp.mean())
    alone, of_failed = (each.loc[("read", GCP)].measured_bytes.sum() for each in (added(), failed))
    assert alone == of_failed > 0


def slow(block: npt.NDArray[np.float64], enough: str) -> npt.NDArray[np.float64]:
    """Work until there is a file; a worker that is interrupted goes on with what it has begun."""
    for _ in range(1200):
        if os.path.exists(enough):  # noqa: PTH110 - a worker has no use for more
            break
        time.sleep(0.1)
    return block


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def idle(client: Any) -> bool:
    return not any(client.processing().values())


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handling of an interrupt, which pytest-xdist takes away in its workers."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_cancels_what_runs_everywhere(
    lab: Lab, era5: xr.Dataset, lens: xr.Dataset, tmp_path: Path
) -> None:
    enough = tmp_path / "enough"
    parts = [
        array.data.map_blocks(slow, str(enough), dtype=float, meta=array.data._meta).sum()
        for array in (era5.tp, lens.PRECT)
    ]
    clients: list[Any] = [lab.client(near=region) for region in (GCP, AWS)]

    main = threading.main_thread().ident or 0

    def interrupt() -> None:
        eventually(lambda: not any(map(idle, clients)))
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        lab.compute(*parts)
    for client in clients:
        assert eventually(functools.partial(idle, client))
    enough.touch()


def test_without_a_sign_in_the_way_out_is_named(clouds: Clouds) -> None:
    with Lab.from_config(clouds.config()) as fresh:
        with pytest.raises(SignInNeededError, match=r"Sign in to gcp-iowa.*mcl\.sign_in"):
            fresh.client(near=GCP)
        with pytest.raises(WrongCredentialsError) as caught:
            fresh.sign_in("gcp-iowa", "MARKER-WRONG")
        assert "MARKER" not in str(caught.value) + repr(caught.value)


def test_the_password_is_asked_for_and_not_shown(
    lab: Lab, clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return clouds.gateways[GCP].password

    monkeypatch.setattr("getpass.getpass", getpass)
    lab.sign_in("gcp-iowa")
    assert asked == ["Password for gcp-iowa: "]


def test_wrong_words_are_told_at_once(lab: Lab) -> None:
    with pytest.raises(DatasetNotFoundError):
        lab.open_dataset("pangeo/atmosphere/era6")
    with pytest.raises(InvalidInputError, match="near="):
        lab.client()
    with pytest.raises(InvalidInputError, match=r"gateways\[0\]\.region"):
        Lab.from_config({"gateways": [{"name": "a", "region": "x", "address": "http://a"}]})
    with pytest.raises(InvalidInputError, match="no configuration file"):
        Lab.from_config("/no/such/file.json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"egress_budget_usd": float("nan")},
        {"egress_budget_usd": "1"},
        {"egress_budget_usd": -1},
        {"unknown_bytes": -1},
        {"retries": "three"},
    ],
    ids=str,
)
def test_a_limit_that_makes_no_sense_is_refused(
    lab: Lab, era5: xr.Dataset, wrong: dict[str, Any]
) -> None:
    (name,) = wrong
    with pytest.raises(InvalidInputError, match=f"{name}="):
        lab.compute(era5.tp.mean(), **wrong)


def test_what_a_block_writes_is_here(lab: Lab, era5: xr.Dataset, tmp_path: Path) -> None:
    first = era5[["tp"]].isel(time=slice(0, 24)).mean("time").drop_encoding()
    target = np.zeros(first.tp.shape, first.tp.dtype)
    before = set(lab.ledger().run)
    with lab.near_data():
        first.to_zarr(tmp_path / "first.zarr", consolidated=False)
        da.store(first.tp.data, target)
    expected = first.compute()
    np.testing.assert_array_equal(target, expected.tp.to_numpy())
    xr.testing.assert_identical(
        xr.open_zarr(tmp_path / "first.zarr", consolidated=False).compute(), expected
    )
    table: Any = lab.ledger()
    moved = table[~table.run.isin(before) & (table.kind == "move")]
    assert list(moved.source) == [GCP, GCP], "both were read there, and their means came home"


def test_what_a_lost_cluster_held_is_said_to_be_gone(lab: Lab, era5: xr.Dataset) -> None:
    (kept,) = lab.persist(era5.tp.isel(time=0))
    client: Any = next(iter(gathered.futures_of(kept))).client
    client.close()
    for ask in (lab.plan, lab.compute):
        with pytest.raises(ClusterFailedError, match=r"object 1 \('tp'\) was made of is gone"):
            ask(kept.mean())


def test_what_a_cluster_of_somebody_else_holds_is_fetched(lab: Lab, era5: xr.Dataset) -> None:
    makes: Any = gathered.LocalCluster
    before = set(lab.ledger().run)
    rain = era5.tp.isel(time=0).mean()
    with (
        makes(
            host="tcp://127.0.0.1", n_workers=1, processes=False, dashboard_address=":0"
        ) as cluster,
        cluster.get_client() as own,
    ):
        kept = own.persist(da.ones((4, 4), chunks=2))
        assert lab.compute(kept.sum()) == (16,)
        (result,) = lab.compute(kept.sum() + rain.data)
    assert result == 16 + rain.compute().item()
    table: Any = lab.ledger()
    reads = table[~table.run.isin(before) & (table.kind == "read")]
    assert list(reads.source) == [GCP], "what is known of it is accounted for"


def test_closing_twice_is_once_and_stops_nothing_of_others(clouds: Clouds) -> None:
    fresh = Lab.from_config(clouds.config())
    fresh.close()
    fresh.close()

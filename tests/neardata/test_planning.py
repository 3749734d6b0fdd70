"""Plans of real graphs over real stores that stand for buckets of three clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dask
import dask.dataframe
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from multicloud_lab.errors import MixedRegionsError
from multicloud_lab.neardata.graphs.lowering import lowered
from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.assignment import Assignment
from multicloud_lab.neardata.plans.plan import Plan
from multicloud_lab.neardata.plans.planning import make_plan
from tests.neardata.places import AWS, AZURE, GCP, quotes, sites

lazy: Any = dask

STEPS, WIDTH = 40, 1000
CHUNK = 4 * WIDTH * 8


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, xr.DataArray]:
    """The same variable in five stores, without compression so that sizes are plain."""
    directory = tmp_path_factory.mktemp("stores")
    made = {}
    for number, name in enumerate(("aws", "gcp", "azure", "near", "here")):
        random = np.random.default_rng(number)
        data = xr.Dataset({"x": (("time", "point"), random.random((STEPS, WIDTH)))})
        data.chunk(time=4).to_zarr(
            directory / f"{name}.zarr", zarr_format=2, encoding={"x": {"compressors": None}}
        )
        made[name] = xr.open_zarr(directory / f"{name}.zarr").x
    return made


def fetched(what: Any) -> Any:
    """Stand for a function of somebody's own."""
    return what


def planned(*objects: Any, **options: Any) -> Plan:
    named = {f"object {number}": each for number, each in enumerate(objects, 1)}
    return make_plan(named, sites(), quotes, **options)


def bytes_of(plan: Plan) -> dict[tuple[str, str], float]:
    return {
        (plan.places[move.source].name, plan.places[move.destination].name): move.amount.bytes
        for move in plan.moves
    }


def test_an_object_of_one_region_is_computed_there_and_its_result_comes_home(
    stores: dict[str, xr.DataArray],
) -> None:
    plan = planned(stores["aws"].mean())
    assert [place.name for place in plan.places] == ["here", str(AWS)]
    assert bytes_of(plan) == {(str(AWS), "here"): 8}
    (reading,) = plan.readings
    assert (reading.region, reading.place, reading.crosses) == (AWS, 1, False)
    assert reading.amount.bytes == STEPS * WIDTH * 8
    assert reading.tasks == STEPS // 4
    assert plan.tasks[HOME] == 0
    assert plan.gap == 0
    assert plan.uncertain == ()


def test_all_files_that_one_task_reads_are_listed() -> None:
    files = ("s3://tables/aws.0", "s3://tables/aws.1")
    (reading,) = planned(lazy.delayed(fetched)(list(files))).readings
    assert (reading.url, *reading.others) == files


def test_a_difference_of_means_is_taken_here(stores: dict[str, xr.DataArray]) -> None:
    plan = planned(stores["aws"].mean("time") - stores["gcp"].mean("time"))
    assert bytes_of(plan) == {
        (str(AWS), "here"): WIDTH * 8,
        (str(GCP), "here"): WIDTH * 8,
    }
    assert plan.objects[0].places == (1, 2, HOME)


def test_a_mean_over_both_moves_sums_alone(stores: dict[str, xr.DataArray]) -> None:
    both = xr.concat([stores["aws"], stores["gcp"]], "time").mean("time")
    plan = planned(both)
    moved = sum(bytes_of(plan).values())
    assert moved <= 5 * 2 * 2 * WIDTH * 8  # sums and counts of groups of chunks, not the data
    home, aws, gcp = plan.alternatives
    assert home.name == "everything here"
    assert home.amount.bytes == 2 * STEPS * WIDTH * 8
    assert aws.amount.bytes == STEPS * WIDTH * 8 + WIDTH * 8
    assert aws.name == f"everything in {AWS}"
    assert gcp.amount.high is not None
    assert 0 < plan.total.bytes < aws.amount.bytes / 2


def test_three_regions(stores: dict[str, xr.DataArray]) -> None:
    means = [stores[name].mean("time") for name in ("aws", "gcp", "azure")]
    plan = planned(xr.concat(means, "model").max("model"))
    assert {place.region for place in plan.places} == {None, AWS, GCP, AZURE}
    assert sum(bytes_of(plan).values()) == 3 * WIDTH * 8


def test_elementwise_maths_reads_one_side_from_afar_as_it_is_stored(
    stores: dict[str, xr.DataArray],
) -> None:
    plan = planned((stores["aws"] - stores["gcp"]).mean())
    (far,) = [reading for reading in plan.readings if reading.crosses]
    assert far.amount.bytes == STEPS * WIDTH * 8
    assert plan.places[far.place].region != far.region
    assert plan.total.bytes == far.amount.bytes + 8
    assert plan.total.high is not None
    assert plan.total.high <= min(each.amount.high or 0 for each in plan.alternatives) * 1.01


def test_what_needs_rights_of_its_region_is_read_there_alone(
    stores: dict[str, xr.DataArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.neardata.reading.reads.portable", lambda store: False)
    plan = planned((stores["aws"] - stores["gcp"]).mean())
    assert not any(reading.crosses for reading in plan.readings)
    assert sum(size > CHUNK for size in bytes_of(plan).values()) == 2  # out of one, into the other


def test_each_object_has_its_own_account(stores: dict[str, xr.DataArray]) -> None:
    plan = planned(stores["aws"].mean("time"), stores["gcp"].mean("time"))
    one, other = plan.objects
    assert one.total.bytes == other.total.bytes == WIDTH * 8
    assert [reading.region for reading in one.readings] == [AWS]
    assert [reading.region for reading in other.readings] == [GCP]
    assert plan.total.bytes == one.total.bytes + other.total.bytes
    assert plan.total.high == pytest.approx((one.total.high or 0) + (other.total.high or 0))


def test_a_gateway_inside_a_multi_region_is_near_and_its_price_is_named(
    stores: dict[str, xr.DataArray],
) -> None:
    plan = planned(stores["near"].mean("time") - stores["gcp"].mean("time"))
    assert [place.name for place in plan.places] == ["here", str(GCP)]
    assert bytes_of(plan) == {(str(GCP), "here"): WIDTH * 8}
    assert any("gcp:us" in words and "no egress" in words for words in plan.uncertain)


def test_what_nobody_locates_is_named_and_read_here(stores: dict[str, xr.DataArray]) -> None:
    plan = planned(stores["here"].mean())
    assert plan.objects[0].places == (HOME,)
    assert plan.total.free
    assert plan.uncertain == ()

    plan = planned(lazy.delayed(fetched)("s3://nobody-knows/x.zarr"))
    assert plan.objects[0].places == (HOME,)
    (reading,) = plan.readings
    assert reading.crosses
    assert plan.total.high is None
    assert any("Nobody has said in which region s3://nobody-knows" in u for u in plan.uncertain)

    plan = planned(lazy.delayed(fetched)(7))
    assert plan.objects[0].places == (HOME,)
    assert any("It cannot be told where" in words for words in plan.uncertain)


def test_what_reads_nothing_runs_here_or_wherever_it_is_wanted(
    stores: dict[str, xr.DataArray],
) -> None:
    plan = planned(xr.DataArray(np.ones((4, 4))).chunk().sum())
    assert plan.objects[0].places == (HOME,)
    assert plan.total.bytes == 0
    weights = xr.DataArray(lazy.array.arange(WIDTH, chunks=WIDTH), dims="point")
    plan = planned((stores["aws"] * weights).sum())
    assert bytes_of(plan) == {(str(AWS), "here"): 8}


def test_regions_joined_by_what_nobody_knows_the_size_of_are_refused_by_its_name(
    stores: dict[str, xr.DataArray],
) -> None:
    one, other = (lazy.delayed(fetched)(stores[name].data) for name in ("aws", "gcp"))
    joined = lazy.delayed(list)([one, other])
    with pytest.raises(MixedRegionsError, match=r"fetched.*unknown_bytes="):
        planned(joined)
    plan = planned(joined, unknown=100.0)
    assert 0 < plan.total.bytes <= 200


def test_places_that_meet_in_what_nobody_knows_are_those_where_something_is_read(
    stores: dict[str, xr.DataArray], tmp_path: Path
) -> None:
    for name in ("aws", "gcp"):
        pd.DataFrame({"key": [1, 2], "x": [3, 4]}).to_parquet(tmp_path / f"{name}.parquet")
    one, other = (lazy.dataframe.read_parquet(tmp_path / f"{n}.parquet") for n in ("aws", "gcp"))
    with pytest.raises(MixedRegionsError) as caught:
        planned(lowered(one.merge(other, on="key")))
    assert f"in {AWS} and {GCP} meets" in str(caught.value)
    assert "those of tasks." not in str(caught.value)
    assert "those of read_parquet" in str(caught.value)


def test_what_other_placements_move_is_not_nothing_because_nobody_knows_its_size(
    stores: dict[str, xr.DataArray],
) -> None:
    mapped = stores["aws"].data.map_blocks(fetched, dtype=float, meta=np.empty((0, 0)))
    home, aws = planned(mapped).alternatives
    assert (home.amount.bytes, home.amount.unknown) == (STEPS * WIDTH * 8, 0)
    assert (aws.amount.bytes, aws.amount.unknown) == (0, STEPS // 4)
    home, aws = planned(lazy.delayed(fetched)(stores["aws"].data)).alternatives
    assert home.amount.unknown == 1
    assert str(planned(mapped)).count("price unknown") == 2


def test_all_tasks_are_counted(stores: dict[str, xr.DataArray]) -> None:
    made = planned(xr.DataArray(np.ones((4, 4))).chunk().sum())
    assert made.anywhere == made.objects[0].tasks > 0
    assert f"\n{made.anywhere} tasks." in str(made)
    plan = planned(stores["aws"].mean(), stores["gcp"].mean())
    assert sum(plan.tasks) + plan.anywhere == sum(each.tasks for each in plan.objects)


def test_layers_may_be_named_by_anything_that_is_a_key(stores: dict[str, xr.DataArray]) -> None:
    table = lazy.dataframe.from_pandas(pd.DataFrame({"x": range(4)}), npartitions=2)
    assert planned(lazy.delayed(len)(table)).objects[0].tasks


def test_every_key_has_a_place(stores: dict[str, xr.DataArray]) -> None:
    both = xr.concat([stores["aws"], stores["gcp"]], "time").mean("time")
    assignment = planned(both).assignment
    assert isinstance(assignment, Assignment)
    for key in dict(both.data.__dask_graph__().cull(both.data.__dask_keys__())):
        assert assignment.place_of(key) in (-1, 0, 1, 2)


def test_home_in_a_region_makes_it_free_to_be_there(stores: dict[str, xr.DataArray]) -> None:
    made = make_plan({"x": stores["aws"].mean("time")}, sites(home=AWS), quotes)
    assert made.total.free
    far = make_plan({"x": stores["gcp"].mean("time")}, sites(home=AWS), quotes)
    (quote,) = quotes([(GCP, AWS, WIDTH * 8)])
    assert quote is not None
    assert far.total.high == pytest.approx(quote.high)

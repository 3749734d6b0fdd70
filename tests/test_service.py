"""The service brings the rooms together: what is near, what is reused, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import CatalogIndex, Entry, read_catalog
from multicloud_lab.config import read_config
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.errors import (
    CatalogError,
    DatasetNotFoundError,
    GatewayNotFoundError,
    InvalidInputError,
    MulticloudLabError,
    NoPlacementError,
    RegionUnknownError,
    SignInNeededError,
    UnknownRegionError,
)
from multicloud_lab.interface import all_datasets
from multicloud_lab.library import Library
from multicloud_lab.records import (
    AddCatalog,
    CellsRequest,
    Change,
    DatasetQuery,
    SetHome,
    SignIn,
    StartCluster,
)
from multicloud_lab.regions import Region
from multicloud_lab.service import LabService

ERA5 = "pangeo/atmosphere/era5"
PRECT = "lens/atm/hourly6-1990-2005/PRECT"


@asynccontextmanager
async def serving(
    values: dict[str, Any], changes: list[Change] | None = None, state_dir: Path | None = None
) -> AsyncIterator[LabService]:
    told = changes if changes is not None else []
    service = LabService(read_config(values), state_dir=state_dir, on_change=told.append)
    await service.start()
    try:
        yield service
    finally:
        await service.close()


def small_lab(tmp_path: Path, **sources: dict[str, Any]) -> dict[str, Any]:
    """A lab of one catalog and one gateway that is down."""
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(yaml.safe_dump({"sources": sources}))
    gateway = {"name": "iowa", "region": "gcp:us-central1", "address": "http://127.0.0.1:9"}
    return {
        "gateways": [gateway],
        "catalogs": [{"name": "c", "url": str(catalog)}],
    }


def zarr(url: str, **metadata: str) -> dict[str, Any]:
    return {"driver": "zarr", "args": {"urlpath": url}, "metadata": metadata}


@pytest.mark.asyncio
async def test_prices_are_those_of_reading_from_home_wherever_a_person_says_that_is(
    tmp_path: Path,
) -> None:
    values = small_lab(
        tmp_path,
        iowa=zarr("gs://a/x", region="gcp:us-central1"),
        oregon=zarr("s3://b/x", region="aws:us-west-2"),
    )
    iowa, oregon = Region("gcp", "us-central1"), Region("aws", "us-west-2")
    changes: list[Change] = []
    state = tmp_path / "state"

    async def from_here(service: LabService) -> dict[str, float]:
        rows = (await service.datasets(DatasetQuery())).items
        return {row.name: row.here.high for row in rows if row.here}

    async with serving(values, changes, state) as service:
        outside = await from_here(service)
        assert min(outside.values()) > 0
        status = await service.set_home(SetHome(region=oregon))
        assert (status.home, status.chosen_home) == (oregon, oregon)
        there = await from_here(service)
        assert (there["oregon"], there["iowa"]) == (0, outside["iowa"])
        assert changes[-1] == Change(topic="datasets", action="priced")
        told = len(changes)
        await service.set_home(SetHome(region=oregon))
        assert len(changes) == told
        with pytest.raises(UnknownRegionError, match="did you mean 'aws:us-west-2'"):
            await service.set_home(SetHome(region=Region("aws", "us-wset-2")))
    # It outlives the server, and what an administrator says later.
    async with serving({**values, "home": str(iowa)}, state_dir=state) as service:
        assert (await service.status()).home == oregon
        assert (await from_here(service))["oregon"] == 0
        status = await service.set_home(SetHome(region=None))
        assert (status.home, status.chosen_home) == (iowa, None)
        assert (await from_here(service))["iowa"] == 0
    (state / "home.json").write_text("{")
    async with serving(values, state_dir=state) as service:
        assert (await service.status()).home is None


@pytest.mark.asyncio
async def test_near_is_refused_in_words_where_it_means_nothing(tmp_path: Path) -> None:
    values = small_lab(
        tmp_path,
        here=zarr("gs://a/x", region="gcp:us-central1"),
        there=zarr("s3://b/x", region="aws:us-west-2"),
        nowhere=zarr("gs://c/x"),
    )
    wrong: list[tuple[StartCluster, type[MulticloudLabError], str]] = [
        (StartCluster(near="c/there"), NoPlacementError, "another provider"),
        (StartCluster(near="c/nowhere"), RegionUnknownError, "MulticloudLab.regions"),
        (StartCluster(near="s3://nobody/knows"), RegionUnknownError, "s3://nobody/knows"),
        (StartCluster(near="c/hree"), DatasetNotFoundError, "c/here"),
        (StartCluster(near="gcp:us-centrall1"), UnknownRegionError, "us-central1"),
        (StartCluster(), InvalidInputError, "Name a gateway"),
        (StartCluster(gateway="ohio"), GatewayNotFoundError, "iowa"),
        (StartCluster(gateway="ohio", near="c/here"), GatewayNotFoundError, "iowa"),
    ]
    async with serving(values) as service:
        for body, kind, words in wrong:
            with pytest.raises(kind) as caught:
                await service.start_cluster(body)
            assert words in str(caught.value)


@pytest.mark.asyncio
async def test_a_lab_without_gateways_still_lists_and_says_so(tmp_path: Path) -> None:
    values = {**small_lab(tmp_path, here=zarr("gs://a/x")), "gateways": []}
    async with serving(values) as service:
        page = await service.datasets(DatasetQuery())
        assert [(row.id, row.near) for row in page.items] == [("c/here", None)]
        with pytest.raises(NoPlacementError, match="No gateway is configured"):
            await service.start_cluster(StartCluster(near="c/here"))


@pytest.mark.asyncio
async def test_all_datasets_are_more_than_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.interface._PAGE", 2)
    names = ("p", "q", "r", "s", "t")
    async with serving(small_lab(tmp_path, **{n: zarr(f"gs://a/{n}") for n in names})) as service:
        found = await all_datasets(service, DatasetQuery())
        assert [row.name for row in found] == list(names)


@pytest.mark.asyncio
async def test_a_refresh_that_fails_keeps_what_was_read(tmp_path: Path) -> None:
    values = small_lab(tmp_path, here=zarr("gs://a/x"))
    catalog = tmp_path / "catalog.yaml"
    changes: list[Change] = []
    async with serving(values, changes) as service:
        assert (await service.status()).catalogs[0].datasets == 1
        catalog.write_text("sources: [")
        (broken,) = (await service.refresh()).catalogs
        assert broken.datasets == 1
        assert "catalog.yaml" in broken.problem
        assert (await service.dataset("c/here")).url == "gs://a/x"
        catalog.write_text(yaml.safe_dump({"sources": {"new": zarr("gs://a/y")}}))
        (mended,) = (await service.refresh()).catalogs
        assert (mended.datasets, mended.problem) == (1, "")
        assert (await service.dataset("c/new")).url == "gs://a/y"
    assert [change.action for change in changes if change.topic == "datasets"] == ["refreshed"] * 3


@pytest.mark.asyncio
async def test_one_broken_catalog_costs_only_itself(tmp_path: Path) -> None:
    values = small_lab(tmp_path, here=zarr("gs://a/x"))
    values["catalogs"].insert(0, {"name": "gone", "url": str(tmp_path / "gone.yaml")})
    async with serving(values) as service:
        gone, good = (await service.status()).catalogs
        assert "gone.yaml" in gone.problem
        assert (good.datasets, good.problem) == (1, "")


@pytest.mark.asyncio
async def test_a_mistake_of_a_reader_costs_its_catalog_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = small_lab(tmp_path, here=zarr("gs://a/x"))
    values["catalogs"].append({"name": "odd", "url": "odd.yaml"})

    def read(url: str, **how: Any) -> list[Entry]:
        if url == "odd.yaml":
            raise ZeroDivisionError
        return read_catalog(url, **how)

    monkeypatch.setattr("multicloud_lab.library.read_catalog", read)
    async with serving(values) as service:
        good, odd = (await service.status()).catalogs
        assert (good.datasets, good.problem) == (1, "")
        assert odd.problem == "odd.yaml cannot be read (ZeroDivisionError)."


@pytest.mark.asyncio
async def test_a_child_that_cannot_be_read_is_a_row_that_cannot_be_opened(tmp_path: Path) -> None:
    child = {"driver": "yaml_file_cat", "args": {"path": "{{ CATALOG_DIR }}/gone.yaml"}}
    async with serving(small_lab(tmp_path, child=child, here=zarr("gs://a/x"))) as service:
        page = await service.datasets(DatasetQuery())
        rows = {row.id: row for row in page.items}
        assert set(rows) == {"c/child", "c/here"}
        assert "gone.yaml" in rows["c/child"].problem
        with pytest.raises(CatalogError, match=r"gone\.yaml"):
            await service.opening("c/child")
        with pytest.raises(CatalogError, match=r"gone\.yaml"):
            await service.cells(CellsRequest(datasets=("c/child",)))


@pytest.mark.asyncio
async def test_both_datasets_are_opened_near_their_data(clouds: Clouds, tmp_path: Path) -> None:
    changes: list[Change] = []
    async with serving(clouds.config(), changes, tmp_path) as service:
        rows = {row.id: row for row in (await service.datasets(DatasetQuery())).items}
        near = {name: rows[name].near for name in (ERA5, PRECT)}
        assert [p and (str(p.region), p.gateway) for p in near.values()] == [
            (GCP, "gcp-iowa"),
            (AWS, "aws-oregon"),
        ]
        with pytest.raises(SignInNeededError, match="gcp-iowa"):
            await service.start_cluster(StartCluster(near=ERA5))
        for gateway in clouds.gateways.values():
            await service.sign_in(gateway.name, SignIn(password=gateway.password))
        try:
            wishes = [StartCluster(near=name) for name in (ERA5, ERA5, PRECT)]
            first, again, other = await asyncio.gather(*map(service.start_cluster, wishes))
            assert [first.reused, again.reused].count(True) == 1
            assert first.name == again.name
            assert (first.gateway, other.gateway) == ("gcp-iowa", "aws-oregon")
            assert first.dataset == ERA5
            assert first.placement is not None
            assert "same region" in first.placement.why
        finally:
            for cluster in await service.clusters():
                await service.stop_cluster(cluster.gateway, cluster.name)
    seen = {(change.topic, change.gateway) for change in changes}
    assert {("clusters", "gcp-iowa"), ("gateways", "aws-oregon")} <= seen


@pytest.mark.asyncio
async def test_a_catalog_is_added_for_as_long_as_the_lab_runs(tmp_path: Path) -> None:
    values = small_lab(tmp_path, here=zarr("gs://a/x", region="gcp:us-central1"))
    other = tmp_path / "other.yaml"
    other.write_text(
        yaml.safe_dump({"sources": {"more": zarr("s3://b/x", region="aws:us-east-1")}})
    )
    changes: list[Change] = []
    async with serving(values, changes, state_dir=tmp_path) as service:
        await service.settled()
        changes.clear()
        status = await service.add_catalog(AddCatalog(name="o", url=str(other)))
        assert [(c.name, c.datasets) for c in status.catalogs] == [("c", 1), ("o", 1)]
        assert Change(topic="datasets", action="refreshed") in changes
        assert (await service.dataset("o/more")).region == Region("aws", "us-east-1")
        await service.refresh()
        assert (await service.dataset("o/more")).name == "more"
        with pytest.raises(InvalidInputError, match=r"catalog 'c' already, at .*; give this one"):
            await service.add_catalog(AddCatalog(name="c", url=str(other)))
        with pytest.raises(CatalogError, match=r"missing\.yaml"):
            await service.add_catalog(AddCatalog(name="x", url=str(tmp_path / "missing.yaml")))
        assert len((await service.status()).catalogs) == 2
    async with serving(values, state_dir=tmp_path) as service:
        assert [c.name for c in (await service.status()).catalogs] == ["c"]


@pytest.mark.asyncio
async def test_a_row_says_what_reading_costs_from_here(tmp_path: Path) -> None:
    values = small_lab(
        tmp_path, far=zarr("s3://b/x", region="aws:us-west-2"), lost=zarr("s3://c/x")
    )
    async with serving({**values, "home": "aws:us-west-2"}) as service:
        far, lost = (await service.datasets(DatasetQuery())).items
        assert far.here is not None
        assert far.here.high == 0
        assert lost.here is None
    async with serving(values) as service:  # a laptop
        (far, _) = (await service.datasets(DatasetQuery())).items
        assert far.here is not None
        assert 0.05 < far.here.high < 0.15


@pytest.mark.asyncio
async def test_no_list_is_answered_before_its_datasets_are_located(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, locate = asyncio.Event(), asyncio.Event()
    settle = Library._settle

    async def late(library: Library, index: CatalogIndex) -> bool:
        read.set()
        await locate.wait()
        return await settle(library, index)

    monkeypatch.setattr(Library, "_settle", late)
    values = small_lab(tmp_path, far=zarr("s3://b/x", region="aws:us-west-2"))
    async with serving(values) as service:
        await read.wait()
        listing = asyncio.create_task(service.datasets(DatasetQuery()))
        await asyncio.sleep(0.1)  # time enough for a list that does not wait
        locate.set()
        (far,) = (await listing).items
        assert far.replicas[0].region == Region("aws", "us-west-2")


@pytest.mark.asyncio
async def test_cells_name_a_gateway_that_was_chosen(tmp_path: Path) -> None:
    values = small_lab(tmp_path, far=zarr("s3://b/x", region="aws:us-west-2"))
    async with serving(values) as service:
        request = CellsRequest(datasets=("c/far",), gateways={"c/far": "iowa"})
        cells = (await service.cells(request)).cells
        assert 'client = mcl.client(near=far, gateway="iowa")' in cells[1].source
        with pytest.raises(GatewayNotFoundError):
            await service.cells(request.model_copy(update={"gateways": {"c/far": "x"}}))

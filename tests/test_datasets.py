"""The lab's datasets over real stores: kept on disk, located with evidence, priced, looked into."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab import records as r
from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.errors import (
    AddressRefusedError,
    CatalogError,
    DatasetNotFoundError,
    UnreadableDatasetError,
)
from multicloud_lab.service import LabService
from tests.test_service import ERA5, PRECT, serving, small_lab, zarr


def write(path: Path, **sources: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump({"sources": sources}))


async def ids(service: LabService, **query: Any) -> list[str]:
    page = await service.datasets(r.DatasetQuery.model_validate(query))
    return [row.id for row in page.items]


def catalog_status(status: r.LabStatus) -> r.CatalogStatus:
    (found,) = status.catalogs
    return found


@pytest.mark.asyncio
async def test_a_catalog_whose_source_is_down_is_shown_stale_also_after_a_restart(
    tmp_path: Path,
) -> None:
    values = small_lab(tmp_path, rain=zarr("gs://a/x", region="gcp:us-central1"))
    source, state = Path(values["catalogs"][0]["url"]), tmp_path / "state"
    async with serving(values, state_dir=state) as service:
        first = catalog_status(await service.status())
        assert (first.datasets, first.stale, first.problem) == (1, False, "")
    away = source.rename(tmp_path / "away.yaml")
    async with serving(values, state_dir=state) as service:
        assert await ids(service) == ["c/rain"]  # at once, from the copy
        status = catalog_status(await service.refresh())
        assert status.stale
        assert status.read == first.read
        assert str(source) in status.problem
        dataset = await service.dataset("c/rain")
        assert dataset.stale
        assert str(dataset.region) == "gcp:us-central1"
        source.write_text("sources: [not, a, catalog]")
        assert catalog_status(await service.refresh()).stale  # whole or not at all
        away.rename(source)
        status = catalog_status(await service.refresh())
        assert (status.stale, status.problem) == (False, "")
        assert not (await service.dataset("c/rain")).stale


@pytest.mark.asyncio
async def test_a_catalog_that_is_configured_no_more_is_gone(tmp_path: Path) -> None:
    values, state = small_lab(tmp_path, rain=zarr("gs://a/x")), tmp_path / "state"
    async with serving(values, state_dir=state) as service:
        assert await ids(service) == ["c/rain"]
    async with serving({**values, "catalogs": []}, state_dir=state) as service:
        assert await ids(service) == []
        with pytest.raises(DatasetNotFoundError):
            await service.dataset("c/rain")


@pytest.mark.asyncio
async def test_a_new_configuration_places_what_was_read_before(tmp_path: Path) -> None:
    values, state = small_lab(tmp_path, x=zarr("gs://a/b/x"), y=zarr("gs://a/c/y")), tmp_path / "s"
    async with serving(values, state_dir=state) as service:
        assert await ids(service, region="unknown") == ["c/x", "c/y"]
    (tmp_path / "catalog.yaml").unlink()  # so that nothing is read anew
    values["regions"] = {"gs://a": "gcp:us", "gs://a/b": "gcp:us-east1"}
    async with serving(values, state_dir=state) as service:
        assert await ids(service, region="gcp:us-east1") == ["c/x"]
        assert await ids(service, region="gcp:us") == ["c/y"]


@pytest.mark.asyncio
async def test_a_bucket_that_nobody_declares_is_probed_and_told(
    clouds: Clouds, tmp_path: Path
) -> None:
    store = clouds.stores[AWS]
    values = small_lab(
        tmp_path, lens=zarr("s3://ncar-cesm-lens/atm/x.zarr"), no=zarr("s3://no-1/x")
    )
    buckets = ("s3://ncar-cesm-lens", "s3://no-1")
    values["storage_options"] = dict.fromkeys(buckets, store.storage_options)
    changes: list[r.Change] = []
    state = tmp_path / "state"
    async with serving(values, changes, state) as service:
        await asyncio.wait_for(service.settled(), 20)
        lens = await service.dataset("c/lens")
        assert str(lens.region) == AWS
        assert lens.evidence == "probed"
        assert await ids(service, region="aws:*") == ["c/lens"]
        missing = await service.dataset("c/no")
        assert missing.region is None
        assert "no such bucket" in missing.replicas[0].detail
        assert [change.action for change in changes if change.topic == "datasets"] == [
            "refreshed",
            "located",
        ]
        (found,) = await service.locate(r.LocateQuery(url=("s3://ncar-cesm-lens/other",)))
        assert (str(found.region), found.evidence) == (AWS, "probed")
    async with serving({**values, "probe": False}, state_dir=state) as service:
        await service.settled()
        assert (await service.dataset("c/lens")).region is None  # switched off is off


@pytest.mark.asyncio
async def test_a_registry_locates_what_a_catalog_does_not_and_contradictions_are_shown(
    tmp_path: Path,
) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    for slug, region in (("one", "us-east-1"), ("two", "eu-west-1")):
        resource = {"ARN": "arn:aws:s3:::shared", "Region": region, "Type": "S3 Bucket"}
        document = {"Name": slug, "Description": slug, "Resources": [resource]}
        (registry / f"{slug}.yaml").write_text(yaml.safe_dump(document))
    values = small_lab(
        tmp_path, x=zarr("s3://shared/x"), y=zarr("s3://shared/y", region="us-west-2")
    )
    values |= {"registries": [str(registry)], "probe": False}
    async with serving(values) as service:
        x, y = await service.dataset("c/x"), await service.dataset("c/y")
        assert y.evidence == "catalog"
        assert {str(region) for region in y.replicas[0].contradicted} == {
            "aws:us-east-1",
            "aws:eu-west-1",
        }
        # What a catalog says of the bucket counts for all of it, and is the stronger word.
        assert str(x.region) == "aws:us-west-2"
        status = {found.kind: found for found in (await service.status()).catalogs}
        assert status["registry"].datasets == 2
        assert status["registry"].problem == ""


@pytest.mark.asyncio
async def test_facets_and_near_go_by_the_gateways(tmp_path: Path) -> None:
    values = small_lab(
        tmp_path,
        inside=zarr("gs://a/x", region="gcp:us"),
        beside=zarr("gs://b/x", region="gcp:us-central1"),
        far=zarr("s3://c/x", region="aws:us-west-2"),
        lost=zarr("gs://d/x"),
    )
    async with serving({**values, "probe": False}) as service:
        assert await ids(service, near=True) == ["c/beside", "c/inside"]
        assert await ids(service, gateway="iowa") == ["c/beside", "c/inside"]
        assert await ids(service, provider="unknown") == ["c/lost"]
        page = await service.datasets(r.DatasetQuery(near=True))
        facets = {facet.name: {v.value: v.count for v in facet.values} for facet in page.facets}
        assert facets["near"] == {"true": 2, "false": 2}
        assert facets["provider"] == {"gcp": 2}


@pytest.mark.asyncio
async def test_a_requester_pays_bucket_is_the_readers_bill(tmp_path: Path) -> None:
    pays = zarr("s3://b/x", region="aws:us-west-2")
    pays["args"]["storage_options"] = {"requester_pays": True}
    free = zarr("s3://a/x", region="aws:us-west-2")
    values = small_lab(tmp_path, pays=pays, free=free)
    values["prices"] = [
        {"from": "aws:*", "to": "gcp:*", "usd_per_gb": 0.03, "basis": "ours", "date": "2026-01-01"}
    ]
    async with serving(values) as service:
        quote = await service.price(r.PriceQuery(source="c/pays", destination="internet"))
        assert quote.payer == "you"
        quote = await service.price(r.PriceQuery(source="c/free", destination="internet"))
        assert quote.payer == "owner"
        agreed = await service.price(
            r.PriceQuery(source="c/free", destination="gcp:us-central1", bytes=2 * 10**9)
        )
        assert (agreed.low, agreed.high) == (0.06, 0.06)
        (placement,) = await service.placements("c/pays")
        assert placement.price is not None
        assert (placement.price.low, placement.price.payer) == (0.03, "you")
        assert "you pay" in placement.why


@pytest.mark.asyncio
async def test_replicas_in_two_clouds_are_one_dataset_opened_at_the_nearer(tmp_path: Path) -> None:
    tas = zarr("s3://cmip6/tas")
    tas["metadata"] = {
        "region": "aws:us-west-2",
        "replicas": [{"url": "gs://cmip6/tas", "region": "gcp:us-central1"}],
    }
    async with serving(small_lab(tmp_path, tas=tas)) as service:
        dataset = await service.dataset("c/tas")
        assert [str(copy.region) for copy in dataset.replicas] == [
            "aws:us-west-2",
            "gcp:us-central1",
        ]
        assert (await service.placements("c/tas"))[0].url == "gs://cmip6/tas"
        assert (await service.opening("c/tas")).url == "gs://cmip6/tas"
        assert await ids(service, provider="aws") == await ids(service, provider="gcp")


@pytest.mark.asyncio
async def test_the_structure_of_both_datasets_is_read_from_metadata(clouds: Clouds) -> None:
    async with serving(clouds.config()) as service:
        era5, lens = await asyncio.gather(service.structure(ERA5), service.structure(PRECT))
    sizes = {dimension.name: dimension.size for dimension in era5.dims}
    tp = next(variable for variable in era5.variables if variable.name == "tp")
    assert tp.shape == tuple(sizes[name] for name in tp.dims)
    assert not tp.coordinate
    assert (tp.stored_dtype, tp.dtype) == ("int16", "float64")  # as xarray scales it
    prect = next(variable for variable in lens.variables if variable.name == "PRECT")
    assert "member_id" in prect.dims
    assert prect.units == "m/s"
    for structure in (era5, lens):
        assert 0 < structure.bytes_read < 100_000
        assert structure.bytes is not None
        assert structure.bytes > 10 * structure.bytes_read


@pytest.mark.asyncio
async def test_what_cannot_be_looked_into_is_said_in_words(tmp_path: Path) -> None:
    values = small_lab(
        tmp_path,
        nowhere={"driver": "zarr", "args": {}},
        gone=zarr(str(tmp_path / "gone.zarr")),
        near={
            "driver": "zarr",
            "args": {"urlpath": "s3://b/x", "storage_options": {"endpoint_url": "http://10.0.0.1"}},
        },
        inside=zarr("http://169.254.169.254/latest"),
    )
    async with serving(values) as service:
        with pytest.raises(CatalogError, match="does not say where"):
            await service.structure("c/nowhere")
        with pytest.raises(UnreadableDatasetError, match=r"gone\.zarr"):
            await service.structure("c/gone")
        with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1"):
            await service.structure("c/near")
        with pytest.raises(AddressRefusedError, match=r"169\.254\.169\.254"):
            await service.structure("c/inside")


@pytest.mark.asyncio
async def test_what_a_catalog_declares_of_a_web_host_counts_for_that_dataset_alone(
    tmp_path: Path,
) -> None:
    values = small_lab(
        tmp_path,
        x=zarr("https://data.example.org/a/x.zarr", region="aws:us-west-2"),
        y=zarr("https://data.example.org/a/y.zarr"),
    )
    async with serving(values) as service:
        assert (await service.dataset("c/y")).region is None
        urls = ("https://data.example.org/a/x.zarr/tp/0", "https://data.example.org/a/y.zarr")
        inside, other = await service.locate(r.LocateQuery(url=urls))
        assert (str(inside.region), inside.evidence) == ("aws:us-west-2", "catalog")
        assert other.region is None

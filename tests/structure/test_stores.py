"""Structure from real stores over real sockets: what it takes, and how they refuse."""

from __future__ import annotations

import json
import socket
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import xarray as xr

from multicloud_lab.demo.stores import Store
from multicloud_lab.errors import (
    AccessDeniedError,
    AddressRefusedError,
    DeadlineError,
    InvalidInputError,
    NotFoundError,
    UnreadableDatasetError,
)
from tests.structure import samples
from tests.structure.samples import assert_as_xarray, structure
from tests.structure.serving import Answer, counting, files, serve

ANONYMOUS: dict[str, dict[str, Any]] = {"s3": {"anon": True}, "gs": {"token": "anon"}}


def large() -> xr.Dataset:
    """Four megabytes, in pieces."""
    values = np.random.default_rng(3).random((100, 100, 100)).astype("f4")
    attributes = {"long_name": "Something", "units": "m"}
    return xr.Dataset(
        {"value": (("t", "y", "x"), values, attributes)}, {"t": np.arange(100), "y": np.arange(100)}
    )


def put(store: Store, path: Path, name: str, *, public: bool = True) -> str:
    """Put a file or a directory into a bucket of a store, and give its address."""
    bucket = f"structure-{name}"
    url = f"{store.protocol}://{bucket}/{path.name}"
    options = dict(store.storage_options)
    if store.protocol == "s3":
        options = {"key": "test", "secret": "test", "endpoint_url": store.endpoint}
        options["s3_additional_kwargs"] = {"ACL": "public-read"} if public else {}
    file_system = fsspec.filesystem(store.protocol, **options)
    if not file_system.exists(bucket):
        file_system.mkdir(bucket, **({"acl": "public-read"} if public and "s3" in url else {}))
    file_system.put(str(path), f"{bucket}/{path.name}", recursive=path.is_dir())
    return url


@pytest.mark.parametrize("protocol", ["s3", "gs"])
@pytest.mark.parametrize("consolidated", [True, False])
def test_zarr_in_a_bucket(
    protocol: str,
    consolidated: bool,
    stores: dict[str, Store],
    tmp_path: Path,
) -> None:
    path = tmp_path / f"{protocol}-{consolidated}.zarr"
    large().to_zarr(path, zarr_format=2, consolidated=consolidated)
    url = put(stores[protocol], path, "zarr")
    with counting(stores[protocol].endpoint) as server:
        found = structure(url, endpoint_url=server.address, **ANONYMOUS[protocol])
        assert_as_xarray(found, xr.open_dataset(path, engine="zarr", consolidated=consolidated))
        assert found.bytes_read == server.objects
        assert found.requests == len(server.asked)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    assert found.stored_bytes == size
    assert found.bytes_read < size / 500


@pytest.mark.parametrize("protocol", ["s3", "gs"])
@pytest.mark.parametrize("word", ["netcdf", "parquet", "kerchunk"])
def test_files_in_a_bucket(
    protocol: str, word: str, stores: dict[str, Store], tmp_path: Path
) -> None:
    path = tmp_path / {"netcdf": "a.nc", "parquet": "a.parquet", "kerchunk": "a.json"}[word]
    if word == "netcdf":
        large().to_netcdf(path, engine="h5netcdf")
    elif word == "parquet":
        samples.table().to_parquet(path)
    else:
        samples.write_reference_json(path).close()
    url = put(stores[protocol], path, word)
    local = structure(path, word)
    with counting(stores[protocol].endpoint) as server:
        found = structure(url, word, endpoint_url=server.address, **ANONYMOUS[protocol])
        assert found.bytes_read == server.objects
        # gcsfs asks by itself for the object and for a directory of its name, as answers come in.
        beyond = {"s3": 0, "gs": 2}[protocol]
        assert 0 <= len(server.asked) - found.requests <= beyond
    assert found.variables == local.variables
    assert found.stored_bytes == local.stored_bytes


def test_a_directory_of_tables_in_a_bucket(stores: dict[str, Store], tmp_path: Path) -> None:
    samples.table().to_parquet(tmp_path / "hive", partition_cols=["kind"])
    url = put(stores["s3"], tmp_path / "hive", "parquet")
    found = structure(url, "parquet", **stores["s3"].storage_options)
    assert found.variables == structure(tmp_path / "hive", "parquet").variables


@pytest.mark.parametrize("name", ["data.zarr", "data.nc", "data3.nc", "data.parquet", "data.json"])
def test_over_http_exactly_what_the_server_sent_is_counted(name: str, tmp_path: Path) -> None:
    if name == "data.zarr":
        large().to_zarr(tmp_path / name, zarr_format=2, consolidated=True)
    elif name == "data3.nc":
        large().to_netcdf(tmp_path / name, engine="netcdf4", format="NETCDF3_64BIT")
    elif name == "data.nc":
        large().to_netcdf(tmp_path / name, engine="h5netcdf")
    elif name == "data.json":
        samples.write_reference_json(tmp_path / name).close()
    else:
        samples.table().to_parquet(tmp_path / name)
    with files(tmp_path) as server:
        found = structure(f"{server.address}/{name}?sig=secret-signature")
        assert found.bytes_read == server.bodies
        assert found.requests == len(server.asked)
        assert all("sig=secret-signature" in path for _, path in server.asked)
    assert found.variables
    assert "secret-signature" not in found.model_dump_json()
    if name not in ("data.parquet", "data.json"):
        assert found.bytes_read < 250_000  # of four megabytes


def test_a_server_that_sends_whole_files_only(tmp_path: Path) -> None:
    large().to_zarr(tmp_path / "a.zarr", zarr_format=3, consolidated=True)
    large().to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    large().to_dataframe().to_parquet(tmp_path / "a.parquet")
    with files(tmp_path, ranges=False) as server:
        assert structure(f"{server.address}/a.zarr").variables
        with pytest.raises(UnreadableDatasetError, match="does not send parts of files"):
            structure(f"{server.address}/a.parquet")


def test_zarr_over_http_without_consolidated_metadata_says_why_it_is_empty(tmp_path: Path) -> None:
    large().to_zarr(tmp_path / "a.zarr", zarr_format=2, consolidated=False)
    with files(tmp_path) as server:
        assert "not consolidated" in structure(f"{server.address}/a.zarr").detail


def refusing(status: int, body: str) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> Answer:
        return status, {"Content-Type": "application/xml"}, body.encode()

    return serve(answer)


def test_a_private_bucket_refuses_anybody_and_takes_credentials(
    stores: dict[str, Store], tmp_path: Path
) -> None:
    samples.table().to_parquet(tmp_path / "a.parquet")
    url = put(stores["s3"], tmp_path / "a.parquet", "private", public=False)
    with pytest.raises(AccessDeniedError, match="set credentials"):
        structure(url, **stores["s3"].storage_options)
    options: dict[str, Any] = {
        "key": "test",
        "secret": "test",
        "endpoint_url": stores["s3"].endpoint,
    }
    assert structure(url, **options).variables


S3_DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
GCS_PAYER = json.dumps(
    {
        "error": {
            "code": 400,
            "message": "Bucket is a requester pays bucket but no user project provided.",
            "errors": [{"reason": "required", "message": "UserProjectMissing"}],
        }
    }
)
GCS_ANONYMOUS = json.dumps(
    {"error": {"code": 401, "message": "Anonymous caller does not have storage.objects.get access"}}
)
GCS_DENIED = json.dumps({"error": {"code": 403, "message": "somebody@x lacks storage.objects.get"}})


@pytest.mark.parametrize("word", ["zarr", "netcdf", "parquet", "kerchunk", ""])
@pytest.mark.parametrize(
    ("protocol", "status", "body", "way_out"),
    [
        ("s3", 403, S3_DENIED, "requester_pays"),
        ("gs", 400, GCS_PAYER, "billing project"),
        ("gs", 401, GCS_ANONYMOUS, "credentials"),
        ("gs", 403, GCS_DENIED, "credentials"),
        ("http", 403, "no", "credentials"),
        ("http", 401, "no", "credentials"),
    ],
)
def test_a_refusal_names_the_way_out(
    word: str, protocol: str, status: int, body: str, way_out: str
) -> None:
    with refusing(status, body) as server:
        url = f"{protocol}://private/data"
        options: dict[str, Any] = {"endpoint_url": server.address}
        if protocol == "http":
            url, options = f"{server.address}/data?sig=hidden", {}
        with pytest.raises(AccessDeniedError) as caught:
            structure(url, word, **options, **ANONYMOUS.get(protocol, {}))
        assert way_out in str(caught.value)
        assert "storage_options" in str(caught.value)
        assert "hidden" not in str(caught.value)
        assert caught.value.status == 403


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(AccessDeniedError, match="wants credentials"):
        structure("s3://private/data.nc", endpoint_url="http://127.0.0.1:9", anon=False)


@pytest.mark.parametrize("word", ["zarr", "netcdf", "parquet", "kerchunk", ""])
def test_what_is_not_there(word: str, stores: dict[str, Store], tmp_path: Path) -> None:
    s3 = stores["s3"]
    fsspec.filesystem("s3", key="t", secret="t", endpoint_url=s3.endpoint).mkdirs(
        "structure-empty", exist_ok=True
    )
    missing = (NotFoundError, UnreadableDatasetError)
    with pytest.raises(missing, match="structure-empty/nothing"):
        structure("s3://structure-empty/nothing", word, **s3.storage_options)
    with pytest.raises(missing, match="nothing"):
        structure(tmp_path / "nothing", word)
    with files(tmp_path) as server, pytest.raises(missing, match="nothing"):
        structure(f"{server.address}/nothing", word)


@pytest.mark.parametrize("protocol", ["s3", "http"])
def test_a_store_that_hangs_holds_nobody(protocol: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        url = f"{protocol}://b/a.zarr"
        options: dict[str, Any] = {"endpoint_url": address, "anon": True}
        if protocol == "http":
            url, options = f"{address}/a.zarr", {}
        started = time.monotonic()
        with pytest.raises(DeadlineError, match=r"a\.zarr .*within 1 s"):
            structure(url, deadline=1, **options)
        assert time.monotonic() - started < 20


def test_a_listing_that_is_late_costs_the_sizes_alone(tmp_path: Path) -> None:
    large().to_zarr(tmp_path / "a.zarr", zarr_format=2, consolidated=True)

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        if "list-type" in request.path:
            time.sleep(30)
        path = tmp_path / request.path.removeprefix("/b/").partition("?")[0]
        if not path.is_file():
            return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"
        return 206, {}, path.read_bytes()

    with serve(answer) as server:
        found = structure("s3://b/a.zarr", deadline=8, endpoint_url=server.address, anon=True)
    assert found.variables
    assert found.stored_bytes is None
    assert "sizes in the store are not known" in found.detail


def test_too_many_objects_are_not_listed(stores: dict[str, Store], tmp_path: Path) -> None:
    path = tmp_path / "many.zarr"
    large().to_zarr(path, zarr_format=2, consolidated=True)
    document = json.loads((path / ".zmetadata").read_text())
    document["metadata"]["value/.zarray"]["chunks"] = [1, 1, 1]
    (path / ".zmetadata").write_text(json.dumps(document))
    with counting(stores["s3"].endpoint) as server:
        url = put(stores["s3"], path, "many")
        found = structure(url, endpoint_url=server.address, anon=True)
        assert not [path for _, path in server.asked if "list-type" in path]
    assert "1,000,002 objects" in found.detail
    assert found.stored_bytes is None


def test_addresses_inside_the_network_are_not_contacted(tmp_path: Path) -> None:
    samples.table().to_parquet(tmp_path / "a.parquet")
    with files(tmp_path) as server:
        for url in (f"{server.address}/a.parquet", str(tmp_path / "a.parquet")):
            with pytest.raises(AddressRefusedError):
                structure(url, allowed=lambda url: False)
        assert server.asked == []


def test_a_redirect_inside_the_network_is_not_followed(tmp_path: Path) -> None:
    samples.table().to_parquet(tmp_path / "a.parquet")
    with files(tmp_path) as inside:

        def answer(request: BaseHTTPRequestHandler) -> Answer:
            return 302, {"Location": f"{inside.address}/a.parquet"}, b""

        with serve(answer) as outside, pytest.raises(AddressRefusedError):
            structure(
                f"{outside.address}/a.parquet",
                allowed=lambda url: url.startswith(outside.address),
            )
        assert inside.asked == []


def test_addresses_that_stand_for_no_one_dataset() -> None:
    with pytest.raises(InvalidInputError, match="pattern"):
        structure("s3://bucket/data_*.nc", "netcdf")
    with pytest.raises(InvalidInputError, match="no address"):
        structure("", "netcdf")
    with pytest.raises(AddressRefusedError):
        structure("zip://a.nc::https://example.org/a.zip", "netcdf", allowed=lambda url: False)


def test_a_cache_before_the_address_is_left_out(stores: dict[str, Store], tmp_path: Path) -> None:
    samples.table().to_parquet(tmp_path / "cached.parquet")
    url = put(stores["s3"], tmp_path / "cached.parquet", "parquet")
    found = structure(f"simplecache::{url}", s3=stores["s3"].storage_options)
    assert found.variables


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableDatasetError, match=r"multicloud-lab\[azure\]"):
        structure("abfs://container@account/a.zarr")

"""Opening a dataset through a cluster: an S3 API that refuses the notebook and lets workers in."""

from __future__ import annotations

import gc
import json
import secrets
import traceback
import urllib.request
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import fsspec
import numpy as np
import pytest
import xarray as xr
import yaml

from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes, answers, free_ports
from multicloud_lab.errors import AccessDeniedError, InvalidInputError, OpenedThereError
from multicloud_lab.lab import Lab
from multicloud_lab.neardata.reading.sources import Sources, find_reads, find_sources
from multicloud_lab.opened import OpenedThereWarning

# Zarr leaves requests of a refused opening behind, which end when nobody waits for them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

REGION = "aws:us-west-2"
BUCKET = "private"
ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

# A worker of a deployment may know nothing of this package.
WITHOUT_US = """
from pathlib import Path
_hidden = Path(SETTINGS["clusters_directory"]) / "hidden"
(_hidden / "multicloud_lab").mkdir(parents=True, exist_ok=True)
(_hidden / "multicloud_lab" / "__init__.py").write_text("raise ImportError('it is not here')")
SETTINGS["environment"].update({environment!r}, PYTHONPATH=str(_hidden))
"""


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Let them end within the test that they are of, not in one that comes later."""
    yield
    gc.collect()


@dataclass(frozen=True)
class Private:
    """A private bucket, a gateway whose workers may read it, and catalogs of what is in it."""

    gateway: DemoGateway
    endpoint: str
    catalogs: Path
    data: xr.Dataset

    def config(self) -> dict[str, Any]:
        """Give the configuration of a lab that has no credentials for the bucket."""
        names = {"intake": "intake.yaml", "esm": "esm.json"}
        return {
            "gateways": [self.gateway.config()],
            "catalogs": [
                {"name": name, "url": str(self.catalogs / file)} for name, file in names.items()
            ],
            "regions": {f"s3://{BUCKET}": REGION},
            "storage_options": {f"s3://{BUCKET}": {"anon": True, "endpoint_url": self.endpoint}},
            "probe": False,
        }


def dataset() -> xr.Dataset:
    values = np.random.default_rng(0).random((40, 6, 5)).astype("f4")
    return xr.Dataset(
        {"tp": (("time", "y", "x"), values), "other": (("time",), np.arange(40.0))},
        {
            "time": np.arange(40),
            "lat": (("y", "x"), np.arange(30.0).reshape(6, 5)),
            "huge": (("time", "z"), np.zeros((40, 60_000))),
        },
        {"title": "of nobody's business"},
    )


def write(endpoint: str, key: dict[str, str]) -> xr.Dataset:
    """Write the same data in every format."""
    options: dict[str, Any] = {
        "key": key["AccessKeyId"],
        "secret": key["SecretAccessKey"],
        "endpoint_url": endpoint,
        "skip_instance_cache": True,
    }
    s3 = fsspec.filesystem("s3", **options)
    s3.call_s3(
        "create_bucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    data = dataset()
    chunked = {"tp": {"chunks": (10, 6, 5)}, "huge": {"chunks": (10, 60_000)}}
    for number in (2, 3):
        data.to_zarr(
            f"s3://{BUCKET}/v{number}.zarr",
            zarr_format=number,
            consolidated=number == 2,
            encoding=chunked,
            storage_options=options,
        )
    with s3.open(f"{BUCKET}/a.nc", "wb") as file:
        file.write(
            bytes(data.to_netcdf(engine="h5netcdf", encoding={"tp": {"chunksizes": (10, 6, 5)}}))
        )
    return data


def write_catalogs(directory: Path) -> None:
    def entry(driver: str, name: str, **args: Any) -> dict[str, Any]:
        return {"driver": driver, "args": {"urlpath": f"s3://{BUCKET}/{name}", **args}}

    sources = {
        "v2": entry("zarr", "v2.zarr", storage_options={"anon": True}),
        "v3": entry("zarr", "v3.zarr", consolidated=False),
        "file": entry("netcdf", "a.nc", xarray_kwargs={"engine": "h5netcdf"}, chunks={}),
        "table": entry("csv", "a.csv"),
        "gone": entry("zarr", "gone.zarr"),
    }
    (directory / "intake.yaml").write_text(yaml.safe_dump({"sources": sources}))
    (directory / "assets.csv").write_text(f"variable,path\ntp,s3://{BUCKET}/v2.zarr\n")
    description = {
        "esmcat_version": "0.1.0",
        "id": "esm",
        "catalog_file": "assets.csv",
        "attributes": [{"column_name": "variable"}],
        "assets": {"column_name": "path", "format": "zarr"},
        "aggregation_control": {
            "variable_column_name": "variable",
            "groupby_attrs": ["variable"],
            "aggregations": [],
        },
    }
    (directory / "esm.json").write_text(json.dumps(description))


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Private]:
    with Processes() as processes, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)  # which clusters would have instead
        (port,) = free_ports(1)
        endpoint = f"http://127.0.0.1:{port}"
        processes.start_module(
            *("store", "moto.server", "-H", "127.0.0.1", "-p", str(port)),
            environment={"INITIAL_NO_AUTH_ACTION_COUNT": "1000000"},
        )
        processes.wait_until("store", lambda: answers(f"{endpoint}/moto-api/"))
        iam = botocore.session.get_session().create_client(
            "iam",
            region_name="us-west-2",
            endpoint_url=endpoint,
            aws_access_key_id="setup",
            aws_secret_access_key="setup",
        )
        iam.create_user(UserName="worker")
        iam.put_user_policy(
            UserName="worker",
            PolicyName="read",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]}),
        )
        key = iam.create_access_key(UserName="worker")["AccessKey"]
        data = write(endpoint, key)
        switch = urllib.request.Request(
            f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(switch).close()
        environment = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        (gateway,) = start_and_wait(
            processes, {"aws-oregon": REGION}, more=WITHOUT_US.format(environment=environment)
        )
        catalogs = tmp_path_factory.mktemp("catalogs")
        write_catalogs(catalogs)
        yield Private(gateway, endpoint, catalogs, data)


@pytest.fixture(scope="module")
def lab(private: Private) -> Iterator[Lab]:
    made = Lab.from_config(private.config())
    made.sign_in(private.gateway.name, private.gateway.password)
    yield made
    made.close(shutdown=True)


def opened(lab: Lab, name: str, **kwargs: Any) -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OpenedThereWarning)
        found = lab.open_dataset(name, **kwargs)
    assert isinstance(found, xr.Dataset)
    return found


NAMES = ["intake/v2", "intake/v3", "intake/file", "esm/tp"]


@pytest.mark.parametrize("name", NAMES)
def test_a_refused_notebook_opens_through_a_cluster(lab: Lab, private: Private, name: str) -> None:
    with pytest.raises(Exception, match=r"(?i)denied|forbidden"):
        lab.open_dataset(name, through="notebook")
    with pytest.warns(OpenedThereWarning, match=name):
        there = lab.open_dataset(name)
    expected = private.data
    assert dict(there.sizes) == dict(expected.sizes)
    assert set(there.coords) == set(expected.coords)
    np.testing.assert_array_equal(there.lat.values, expected.lat)  # It has come home.
    assert there.tp.chunks == ((10,) * 4, (6,), (5,))

    with pytest.raises(OpenedThereError, match=f"s3://{BUCKET}.*mcl.compute"):
        there.tp.mean().compute()
    with pytest.raises(OpenedThereError):
        there.huge.load()

    suffix = {"file": "a.nc", "v3": "v3.zarr"}.get(name.rpartition("/")[2], "v2.zarr")
    assert find_sources(there.tp.mean()) == Sources(frozenset({f"s3://{BUCKET}/{suffix}"}))
    assert all(read.stored_bytes() > 0 for read in find_reads(there.tp))
    mean, corner = lab.compute(there.tp.mean("time"), there.tp[3, 2, 1])
    np.testing.assert_array_equal(mean, private.data.tp.chunk({"time": 10}).mean("time").values)
    assert corner == private.data.tp[3, 2, 1]


def test_it_is_near_its_cluster(lab: Lab) -> None:
    there = opened(lab, "intake/v2")
    client: Any = lab.client(near=there)
    assert str(client.cluster_record.region) == REGION
    assert client.compute(there.other.sum()).result() == 780
    located = lab.locate(there.tp)
    assert list(located.region) == [REGION]


def test_workers_need_nothing_of_ours(lab: Lab) -> None:
    def imported() -> str:
        try:
            import multicloud_lab  # noqa: F401
        except ImportError as error:
            return str(error)
        return "it is here"

    client = lab.client(near="intake/v2")
    assert client.submit(imported).result() == "it is not here"


def test_a_dataset_may_be_opened_there_on_purpose(lab: Lab, private: Private) -> None:
    key = {"anon": False, "endpoint_url": private.endpoint}
    there = opened(lab, "intake/v2", through="cluster", storage_options=key)
    assert there.encoding["source"] == f"s3://{BUCKET}/v2.zarr"
    with pytest.raises(InvalidInputError, match="'nowhere'"):
        lab.open_dataset("intake/v2", through="nowhere")
    with pytest.raises(InvalidInputError, match="table"):
        lab.open_dataset("intake/table", through="cluster")


def test_workers_that_are_refused_as_well_say_so(lab: Lab, private: Private) -> None:
    secret = secrets.token_hex(20)
    wrong = {"key": "WRONG", "secret": secret, "endpoint_url": private.endpoint}
    with pytest.raises(AccessDeniedError, match=r"workers of aws-oregon in aws:us-west-2") as error:
        lab.open_dataset("intake/v2", through="cluster", storage_options=wrong)
    assert secret not in "".join(traceback.format_exception(error.value))


def test_without_a_sign_in_the_refusal_says_both(private: Private) -> None:
    with Lab.from_config(private.config()) as lab:
        with pytest.raises(Exception, match=r"(?i)denied|forbidden") as refused:
            lab.open_dataset("intake/v2")
        (note,) = refused.value.__notes__
        assert "through a cluster" in note
        assert "aws-oregon" in note

"""Probes of real object stores' APIs: moto's S3, and the GCS emulator, each a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from multicloud_lab.demo import stores
from multicloud_lab.demo.processes import Processes
from multicloud_lab.locations import Locator, Prober
from multicloud_lab.regions import Evidence, Region

SIGNATURE = "AWS4-HMAC-SHA256 Credential=key/20260101/{}/s3/aws4_request, Signature=x"


def send(method: str, url: str, body: bytes, kind: str, authorization: str = "") -> None:
    headers = {"Content-Type": kind, "Authorization": authorization}
    request = Request(url, data=body, method=method, headers=headers)
    with urlopen(request, timeout=10) as response:
        assert response.status == 200


def dumps(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture(scope="module")
def endpoints() -> Iterator[dict[str, str]]:
    with Processes() as processes:
        s3 = stores.start_s3(processes, "aws:us-west-2")
        gcs = stores.start_gcs(processes, "gcp:us-central1")
        for store in (s3, gcs):
            stores.wait_for(processes, store)
        for bucket, region in (("lens", "us-west-2"), ("my.dotted.bucket", "eu-west-1")):
            body = (
                "<CreateBucketConfiguration><LocationConstraint>"
                f"{region}</LocationConstraint></CreateBucketConfiguration>"
            )
            url, signature = f"{s3.endpoint}/{bucket}", SIGNATURE.format(region)
            send("PUT", url, body.encode(), "application/xml", signature)
        buckets = f"{gcs.endpoint}/storage/v1/b"
        for bucket in ("era5", "plain"):
            send("POST", f"{buckets}?project=x", dumps({"name": bucket}), "application/json")
        send("PATCH", f"{buckets}/era5", dumps({"location": "US-CENTRAL1"}), "application/json")
        yield {"s3": s3.endpoint, "gs": gcs.endpoint}


@pytest.mark.asyncio
async def test_buckets_of_both_clouds(endpoints: dict[str, str], tmp_path: Path) -> None:
    def options_for(url: str) -> dict[str, str]:
        return {"endpoint_url": endpoints[url.partition(":")[0]]}

    expected = {
        "s3://lens": Region("aws", "us-west-2"),
        "s3://my.dotted.bucket": Region("aws", "eu-west-1"),
        "s3://missing-bucket": None,
        "gs://era5": Region("gcp", "us-central1"),
        "gs://plain": Region("gcp", "us"),
        "gs://missing-bucket": None,
    }
    locator = Locator({}, options_for=options_for)
    assert locator.unsettled(f"{bucket}/x" for bucket in expected) == list(expected)
    for _ in range(2):  # the second time from the file
        prober = Prober(options_for=options_for, cache=tmp_path / "c", environ={})
        answers = await prober.probe(expected)
        await prober.aclose()
        assert {bucket: probed.region for bucket, probed in answers.items()} == expected
        assert answers["s3://missing-bucket"].outcome == "missing"
        assert answers["gs://missing-bucket"].outcome == "missing"
    for bucket, probed in answers.items():
        locator.learn(bucket, probed)
    assert locator.unsettled(expected) == []
    found = locator.locate("https://my.dotted.bucket.s3.amazonaws.com/x")
    assert (found.region, found.evidence) == (Region("aws", "eu-west-1"), Evidence.PROBED)
    assert found.detail == f"probed just now ({endpoints['s3']} says eu-west-1)"

"""The forms in which providers write URLs: every one is read as the place that it means."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.locations import Locator, normal_form
from multicloud_lab.locations.form import FORMS
from multicloud_lab.regions import Evidence, Region, parse_region
from multicloud_lab.regions.provider import PROVIDERS

LENS = "ncar-cesm-lens"
SIGNED = "X-Amz-Signature=secret&sig=secret&token=secret"

# For each provider: ways to write one place, the first of them the normal form.
SAME_PLACE = {
    "aws": [
        "s3://ncar-cesm-lens/atm/x.zarr",
        "s3a://ncar-cesm-lens/atm/x.zarr/",
        "s3a://key:secret@ncar-cesm-lens/atm/x.zarr/",
        "S3://ncar-cesm-lens/atm/x.zarr",
        "https://ncar-cesm-lens.s3.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3.us-west-2.amazonaws.com/atm/x.zarr?versionId=1",
        "https://ncar-cesm-lens.s3-us-west-2.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3.dualstack.us-west-2.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3-fips.us-west-2.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3-fips.dualstack.us-west-2.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3-accelerate.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3-accelerate.dualstack.amazonaws.com/atm/x.zarr",
        "http://ncar-cesm-lens.s3-website-us-west-2.amazonaws.com/atm/x.zarr",
        "http://ncar-cesm-lens.s3-website.us-west-2.amazonaws.com/atm/x.zarr",
        "https://NCAR-CESM-LENS.s3.amazonaws.com:443/atm/x.zarr",
        "https://s3.us-west-2.amazonaws.com/ncar-cesm-lens/atm/x.zarr",
        "https://s3-us-west-2.amazonaws.com/ncar-cesm-lens/atm/x.zarr",
        "https://s3.dualstack.us-west-2.amazonaws.com/ncar-cesm-lens/atm/x.zarr",
        "https://s3.amazonaws.com/ncar-cesm-lens/atm/x.zarr#part",
        f"https://s3.amazonaws.com/ncar-cesm-lens/atm/x.zarr?{SIGNED}",
        "arn:aws:s3:::ncar-cesm-lens/atm/x.zarr",
        "arn:aws:s3::: ncar-cesm-lens/atm/x.zarr/*",
        "simplecache::s3://ncar-cesm-lens/atm/x.zarr",
        "zip://inside::simplecache::s3://ncar-cesm-lens/atm/x.zarr",
    ],
    "gcp": [
        "gs://pangeo-era5/reanalysis/x y",
        "gcs://pangeo-era5/reanalysis/x y/",
        "https://storage.googleapis.com/pangeo-era5/reanalysis/x%20y",
        "https://pangeo-era5.storage.googleapis.com/reanalysis/x%20y",
        "https://commondatastorage.googleapis.com/pangeo-era5/reanalysis/x%20y",
        "https://storage.cloud.google.com/pangeo-era5/reanalysis/x%20y",
        "https://console.cloud.google.com/storage/browser/pangeo-era5/reanalysis/x%20y",
        "https://storage.googleapis.com/b/pangeo-era5/o/reanalysis%2Fx%20y",
        "https://storage.googleapis.com/storage/v1/b/pangeo-era5/o/reanalysis%2Fx%20y?alt=media",
        "https://storage.googleapis.com/download/storage/v1/b/pangeo-era5/o/reanalysis%2Fx%20y",
        "https://www.googleapis.com/storage/v1/b/pangeo-era5/o/reanalysis%2Fx%20y",
        "https://storage.us-central1.rep.googleapis.com/pangeo-era5/reanalysis/x%20y",
        "filecache::gs://pangeo-era5/reanalysis/x y",
    ],
    "azure": [
        "az://lab.blob.core.windows.net/data/x",
        f"https://lab.blob.core.windows.net/data/x?{SIGNED}",
        "https://lab.dfs.core.windows.net/data/x",
        "https://lab.z39.blob.storage.azure.net/data/x",
        "abfs://data@lab.dfs.core.windows.net/x",
        "abfss://data@lab.dfs.core.windows.net/x/",
        "wasbs://data@lab.blob.core.windows.net/x",
        "az://data@lab.blob.core.windows.net/x",
    ],
    "local": ["file:///data/x.nc", "/data/x.nc", "file:///data/x.nc/", "local:/data/x.nc"],
}


@pytest.mark.parametrize("provider", sorted(FORMS))
class TestEveryForm:
    """The contract of a form: whoever registers one adds samples above, and passes."""

    def test_is_a_provider_with_samples(self, provider: str) -> None:
        assert provider in PROVIDERS
        assert FORMS[provider].provider == provider
        assert provider in SAME_PLACE

    def test_all_forms_are_one_place(self, provider: str) -> None:
        first = normal_form(SAME_PLACE[provider][0])
        assert first.url == SAME_PLACE[provider][0]
        for url in SAME_PLACE[provider]:
            found = normal_form(url)
            assert (found.url, found.bucket, found.provider) == (
                first.url, first.bucket, provider,
            ), url  # fmt: skip

    def test_the_normal_form_is_stable(self, provider: str) -> None:
        first = normal_form(SAME_PLACE[provider][0])
        assert normal_form(first.url) == first

    def test_a_root_is_located_like_the_url(self, provider: str) -> None:
        region = Region("local", "here")
        for configured in ({}, {SAME_PLACE[provider][0]: region}):
            locator = Locator(configured)
            for url in SAME_PLACE[provider]:
                found, of_root = locator.locate(url), locator.locate(locator.root(url))
                assert (found.region, found.evidence) == (of_root.region, of_root.evidence), url
                assert locator.root(locator.root(url)) == locator.root(url)

    def test_no_secret_is_kept_or_told(self, provider: str) -> None:
        for url in SAME_PLACE[provider]:
            for told in (
                normal_form(url).url,
                Locator({}).root(url),
                Locator({}).locate(url).detail,
                Locator({url: Region("local", "here")}).locate(url).detail,
            ):
                assert "secret" not in told

    def test_a_prefix_in_any_form_finds_a_url_in_any_form(self, provider: str) -> None:
        region = Region("local", "here")
        for prefix in SAME_PLACE[provider]:
            locator = Locator({prefix: region})
            for url in SAME_PLACE[provider]:
                below = url.partition("?")[0].partition("#")[0].rstrip("*/") + "/a"
                found = locator.locate(below)
                if found.evidence is not Evidence.EXPLICIT:
                    assert found.region == region, (prefix, below)


@pytest.mark.parametrize(
    ("url", "bucket", "region"),
    [
        ("https://my.dotted.bucket.s3.amazonaws.com/x", "s3://my.dotted.bucket", None),
        ("s3://my.dotted.bucket/x", "s3://my.dotted.bucket", None),
        ("https://s3-external-1.amazonaws.com/old/x", "s3://old", "aws:us-east-1"),
        ("https://b.s3.dualstack.ap-southeast-2.amazonaws.com/", "s3://b", "aws:ap-southeast-2"),
        ("http://b.s3-website-eu-west-1.amazonaws.com", "s3://b", "aws:eu-west-1"),
        ("https://storage.me-central2.rep.googleapis.com/b/x", "gs://b", "gcp:me-central2"),
        ("https://storage.googleapis.com/b/x/y", "gs://b", None),
        ("az://container/x", "", None),
        ("https://lab.blob.core.windows.net/", "", None),
        ("s3://", "", None),
        ("https://example.org/s3.amazonaws.com/b", "", None),
        ("https://evil.org/?u=b.s3.amazonaws.com", "", None),
        ("https://s3.amazonaws.com.evil.org/b/x", "", None),
    ],
)
def test_the_bucket_and_what_the_address_names(url: str, bucket: str, region: str | None) -> None:
    found = normal_form(url)
    assert found.bucket == bucket
    assert (parse_region(found.region) if found.region else None) == (
        Region.from_text(region) if region else None
    )
    located = Locator({}).locate(url)
    assert located.evidence is (Evidence.EXPLICIT if region else Evidence.UNKNOWN)


def test_access_points_name_their_region_and_are_buckets_of_their_own() -> None:
    normal = "s3://arn:aws:s3:us-west-2:123456789012:accesspoint:lab"
    for url in (
        "arn:aws:s3:us-west-2:123456789012:accesspoint/lab/object/atm/x",
        "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/lab/atm/x",
        "s3://arn:aws:s3:us-west-2:123456789012:accesspoint:lab/atm/x",
        "https://lab-123456789012.s3-accesspoint.us-west-2.amazonaws.com/atm/x",
        "https://lab-123456789012.s3-accesspoint-fips.us-west-2.amazonaws.com/atm/x",
        "https://lab-123456789012.s3-accesspoint.dualstack.us-west-2.amazonaws.com/atm/x",
    ):
        found = normal_form(url)
        assert (found.url, found.bucket) == (f"{normal}/atm/x", normal), url
        assert found.region == "aws:us-west-2"
    several = "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/x"
    for url in (several, "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/x"):
        found = normal_form(url)
        assert (found.url, found.bucket, found.region) == ("s3://mfzwi23gnjvgw.mrap/x", "", "")
        assert Locator({}).unsettled([url]) == []


@pytest.mark.parametrize(
    ("url", "endpoint", "root"),
    [
        ("s3://b/x", "https://s3.us-west-2.amazonaws.com", "s3://b in aws:us-west-2"),
        ("s3://b/x", "s3.us-west-2.amazonaws.com", "s3://b in aws:us-west-2"),
        ("s3://b/x", "https://s3.amazonaws.com/", "s3://b"),
        ("s3://b/x", "https://storage.googleapis.com", "gs://b"),
        ("gs://b/x", "https://storage.googleapis.com", "gs://b"),
        ("gs://b/x", "https://storage.us-east4.rep.googleapis.com", "gs://b in gcp:us-east4"),
        ("az://c/x", "https://lab.blob.core.windows.net", "az://lab.blob.core.windows.net/c"),
        ("s3://b/x", "https://osn.example/", "s3://b at https://osn.example"),
        ("s3://b/x", "osn.example:9000", "s3://b at https://osn.example:9000"),
        ("s3://b/x", "https://key:secret@osn.example?k=secret", "s3://b at https://osn.example"),
        ("s3://b/x", "https://s3.us-west-2.amazonaws.com.evil", None),
        ("s3://b/x", "not a url at all/", None),
        ("s3://b/x", "http://[", "s3://b at https://invalid"),
        ("https://b.s3.amazonaws.com/x", "https://osn.example", "s3://b"),
        ("/data/x", "https://osn.example", "file://"),
        ("https://example.org/x", "https://osn.example", "https://example.org"),
    ],
)
def test_an_endpoint_is_the_providers_own_or_a_root_of_its_own(
    url: str, endpoint: str, root: str | None
) -> None:
    found = Locator({}).root(url, endpoint)
    if root is None:
        assert found.startswith("s3://b at https://")
    else:
        assert found == root


def test_the_account_of_azure_is_in_the_administrators_options() -> None:
    locator = Locator({}, options_for=lambda url: {"account_name": "lab"} if "//c" in url else {})
    assert locator.root("abfs://c/x") == "az://lab.blob.core.windows.net/c"
    assert locator.root("abfs://d/x") == "az://d"
    configured = Locator(
        {"https://lab.blob.core.windows.net": Region("azure", "westeurope")},
        options_for=lambda url: {"account_name": "lab"},
    )
    assert configured.locate("az://c/x").region == Region("azure", "westeurope")


def test_web_servers_are_roots_without_what_is_secret() -> None:
    locator = Locator({})
    for url in (
        "https://user:secret@Data.Example.org:443/a/b?token=secret#x",
        "https://data.example.org/c/",
    ):
        assert locator.root(url) == "https://data.example.org"
    assert locator.root("https://data.example.org:8443/c") == "https://data.example.org:8443"
    assert locator.root("http://[::1]:80/x") == "http://[::1]"


WRITTEN = st.text() | st.from_regex(r"[a-z0-9]{1,5}:(//)?[\s\S]{0,40}") | st.from_regex(
    r"(s3|gs|az|https)://[^/]{0,30}(\.s3\.amazonaws\.com|@lab\.dfs\.core\.windows\.net)?/.{0,30}"
)  # fmt: skip


@given(url=WRITTEN, endpoint=st.just("") | WRITTEN)
def test_nothing_that_is_written_raises(url: str, endpoint: str) -> None:
    locator = Locator({})
    found = locator.locate(url, endpoint=endpoint)
    assert found.url == url
    assert (found.region is None) == (found.evidence is Evidence.UNKNOWN)
    assert found.detail
    assert found.detail.isprintable()
    assert isinstance(locator.root(url, endpoint), str)
    locator.unsettled([url])


@given(
    bucket=st.from_regex(r"[a-z0-9][a-z0-9-]{1,40}[a-z0-9]", fullmatch=True),
    key=st.text("abc ./é%_-", min_size=1, max_size=20),
)
def test_a_key_is_the_same_in_every_style(bucket: str, key: str) -> None:
    plain = normal_form(f"s3://{bucket}/{key}").url
    quoted = quote(key)
    for url in (
        f"https://{bucket}.s3.amazonaws.com/{quoted}",
        f"https://s3.eu-west-1.amazonaws.com/{bucket}/{quoted}",
    ):
        assert normal_form(url).url.strip(" /") == plain.strip(" /")


def test_every_bucket_of_the_real_registry_is_read(shared_data: Path) -> None:
    rows = []
    for path in sorted((shared_data / "aws-open-data" / "datasets").glob("*.yaml")):
        for resource in yaml.safe_load(path.read_text())["Resources"]:
            if resource["Type"] == "S3 Bucket":
                region = parse_region(f"aws:{resource['Region']}")
                rows.append((resource["ARN"], region, path.stem))
    assert len(rows) > 19
    locator = Locator({})
    locator.replace_registry("aws-open-data", rows)
    for arn, region, _ in rows:
        assert normal_form(arn).bucket.startswith("s3://")
        found = locator.locate(normal_form(arn).bucket + "/some/key")
        assert found.evidence is Evidence.REGISTRY
        assert region in (found.region, *found.contradicted)

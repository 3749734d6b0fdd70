"""Where URLs are: every provider's forms, the order of evidence, and what is told of it."""

from __future__ import annotations

import pytest

from multicloud_lab.locations import Locator, normal_form
from multicloud_lab.locations.form import FORMS
from multicloud_lab.regions import Evidence, Region
from multicloud_lab.regions.provider import PROVIDERS

IOWA, OREGON = Region("gcp", "us-central1"), Region("aws", "us-west-2")

# For each provider: ways to write one place, the first of them the normal form.
SAME_PLACE = {
    "aws": [
        "s3://ncar-cesm-lens/atm/x.zarr",
        "s3a://ncar-cesm-lens/atm/x.zarr/",
        "https://ncar-cesm-lens.s3.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3.us-west-2.amazonaws.com/atm/x.zarr?versionId=1",
        "https://ncar-cesm-lens.s3-us-west-2.amazonaws.com/atm/x.zarr",
        "https://ncar-cesm-lens.s3.dualstack.us-west-2.amazonaws.com/atm/x.zarr",
        "https://s3.us-west-2.amazonaws.com/ncar-cesm-lens/atm/x.zarr",
        "https://s3-us-west-2.amazonaws.com/ncar-cesm-lens/atm/x.zarr",
        "https://s3.amazonaws.com/ncar-cesm-lens/atm/x.zarr#part",
        "arn:aws:s3:::ncar-cesm-lens/atm/x.zarr",
        "simplecache::s3://ncar-cesm-lens/atm/x.zarr",
    ],
    "gcp": [
        "gs://pangeo-era5/reanalysis",
        "gcs://pangeo-era5/reanalysis/",
        "https://storage.googleapis.com/pangeo-era5/reanalysis",
        "https://pangeo-era5.storage.googleapis.com/reanalysis",
        "https://storage.cloud.google.com/pangeo-era5/reanalysis",
    ],
    "azure": [
        "az://lab.blob.core.windows.net/data/x",
        "https://lab.blob.core.windows.net/data/x?sig=secret",
        "abfs://data@lab.dfs.core.windows.net/x",
        "abfss://data@lab.dfs.core.windows.net/x/",
    ],
    "local": ["file:///data/x.nc", "/data/x.nc", "file:///data/x.nc/"],
}


@pytest.mark.parametrize("provider", sorted(FORMS))
class TestEveryProvider:
    def test_is_a_provider_with_samples(self, provider: str) -> None:
        assert provider in PROVIDERS
        assert provider in SAME_PLACE

    def test_all_forms_are_one(self, provider: str) -> None:
        first = SAME_PLACE[provider][0]
        for url in SAME_PLACE[provider]:
            assert normal_form(url).url == first, url

    def test_the_normal_form_is_stable(self, provider: str) -> None:
        first = normal_form(SAME_PLACE[provider][0]).url
        assert normal_form(first).url == first

    def test_a_prefix_in_any_form_finds_a_url_in_any_form(self, provider: str) -> None:
        region = Region("local", "here")
        for prefix in SAME_PLACE[provider]:
            locator = Locator({prefix: region})
            for url in SAME_PLACE[provider]:
                below = url.partition("?")[0].partition("#")[0].rstrip("/") + "/a/b"
                found = locator.locate(below)
                if found.evidence is not Evidence.EXPLICIT:
                    assert found.region == region, (prefix, below)


def test_whole_segments_and_the_longest_prefix() -> None:
    locator = Locator({"gs://b": IOWA, "gs://b/deep": Region("gcp", "us"), "s3://": OREGON})
    assert locator.locate("gs://b/x").region == IOWA
    assert locator.locate("gs://b").region == IOWA
    assert locator.locate("gs://b/deep/x").region == Region("gcp", "us")
    assert locator.locate("gs://b/deeper").region == IOWA
    assert locator.locate("gs://bb/x").region is None
    assert locator.locate("s3://any/thing").region == OREGON


def test_configured_is_told_in_words() -> None:
    found = Locator({"gs://pangeo-era5": IOWA}).locate("gcs://pangeo-era5/x")
    assert found.evidence is Evidence.CONFIGURED
    assert found.url == "gcs://pangeo-era5/x"
    assert found.detail == "configured: gs://pangeo-era5 is in gcp:us-central1"


def test_declared_below_and_beside() -> None:
    locator = Locator({})
    locator.declare("s3://b/data.zarr", OREGON)
    for url in ("s3://b/data.zarr", "s3://b/data.zarr/PRECT/0.0", "s3a://b/data.zarr/"):
        found = locator.locate(url)
        assert (found.region, found.evidence) == (OREGON, Evidence.CATALOG)
        assert found.detail == "declared by its catalog"
    assert locator.locate("s3://b/data.zarr2").region is None
    assert locator.locate("s3://b").region is None


def test_the_order_of_evidence_and_what_speaks_against_it() -> None:
    locator = Locator({"s3://b": Region("aws", "us-east-1")})
    locator.declare("s3://b/x", OREGON, "declared by catalog lens")
    found = locator.locate("s3://b/x")
    assert (found.region, found.evidence) == (OREGON, Evidence.CATALOG)
    assert found.detail.startswith("declared by catalog lens; but configured: s3://b")
    named = locator.locate("https://s3.eu-west-1.amazonaws.com/b/x")
    assert (named.region, named.evidence) == (Region("aws", "eu-west-1"), Evidence.EXPLICIT)
    assert "but declared by catalog lens (aws:us-west-2)" in named.detail
    assert "aws:us-east-1" in named.detail


def test_two_catalogs_that_disagree() -> None:
    locator = Locator({})
    locator.declare("gs://b/x", IOWA, "declared by catalog one")
    locator.declare("gs://b/x", Region("gcp", "us"), "declared by catalog two")
    first = locator.locate("gs://b/x")
    assert first.region == IOWA
    assert first.detail == "declared by catalog one; but declared by catalog two (gcp:us)"
    own = locator.locate("gs://b/x", declared=Region("gcp", "us"))
    assert own.region == Region("gcp", "us")
    assert own.detail == "declared by catalog two; but declared by catalog one (gcp:us-central1)"


def test_evidence_that_agrees_is_not_told_twice() -> None:
    locator = Locator({"gs://b": IOWA})
    locator.declare("gs://b", IOWA)
    assert locator.locate("gs://b/x", declared=IOWA).detail == "declared by its catalog"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gs://nobody/knows", "add it to MulticloudLab.regions"),
        ("https://example.org/x.nc", "https://example.org"),
        ("/data/x.nc", "a file of this machine"),
        ("", "no address"),
        ("http://[broken", "nothing says"),
        ("reference::", ""),
    ],
)
def test_unknown_says_so_with_a_way_out(url: str, words: str) -> None:
    found = Locator({}).locate(url)
    assert found.region is None
    assert found.evidence is Evidence.UNKNOWN
    assert words in found.detail
    assert found.url == url

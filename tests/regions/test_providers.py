"""Providers: every one keeps the contract, and the lists are what the clouds say they are."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from multicloud_lab import regions
from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import Region
from multicloud_lab.regions.provider import PROVIDERS, Place, Provider, folded
from multicloud_lab.regions.rates import Rate

EVERY = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda p: p.name)


def offers(provider: Provider) -> list[Rate]:
    """Every rate that a provider has: between its places, and to places that are not its own."""
    elsewhere: list[Place | None] = [None]
    elsewhere += [place for p in PROVIDERS.values() if p != provider for place in p.places]
    found: list[Rate | None] = []
    for one in provider.places:
        found += [provider.internet(one, other) for other in elsewhere]
        found += [provider.between(one, other) for other in provider.places if other != one]
    return [rate for rate in found if rate is not None]


@EVERY
class TestEveryProvider:
    def test_names_are_unique_and_parse_back(self, provider: Provider) -> None:
        assert len(provider.by_name) == len(provider.places)
        for place in provider.places:
            region = Region(provider.name, place.name)
            assert Region.from_text(str(region)) == region
            assert regions.parse_region(str(region)) == region
            assert regions.parse_region(f" {str(region).upper()} ") == region

    def test_titles_are_unique_and_parse_back(self, provider: Provider) -> None:
        titles = [folded(t) for place in provider.places for t in (place.title, *place.aliases)]
        assert len(titles) == len(set(titles))
        for place in provider.places:
            region = Region(provider.name, place.name)
            for title in (place.title, *place.aliases):
                assert regions.parse_region(f"{provider.name}:{title}") == region
                assert regions.parse_region(f"{provider.title} {title.upper()}") == region

    def test_places_are_on_the_globe(self, provider: Provider) -> None:
        for place in provider.places:
            assert place.area
            if place.kind == "region":
                assert place.latitude is not None
                assert place.longitude is not None
                assert -90 <= place.latitude <= 90
                assert -180 <= place.longitude <= 180

    def test_members_are_regions_of_the_same_area(self, provider: Provider) -> None:
        for place in provider.places:
            larger = place.kind in ("multi-region", "dual-region")
            assert bool(place.members) == larger
            assert (len(place.members) == 2) == (place.kind == "dual-region")
            for name in place.members:
                assert provider.by_name[name].kind == "region"
                assert provider.by_name[name].area == place.area

    def test_every_rate_is_sound_and_says_where_it_is_from(self, provider: Provider) -> None:
        for rate in offers(provider):
            assert rate.source.startswith("https://")
            assert date(2023, 1, 1) <= date.fromisoformat(rate.date) <= date(2026, 10, 1)
            assert rate.tiers[0].above_gb == 0
            assert rate.free_gb >= 0
            for tier in rate.tiers:
                assert 0 <= tier.low <= tier.high < 1
                # A figure that is not known exactly says so.
                assert tier.low == tier.high or rate.note.startswith("not verified")
            for one, after in pairwise(rate.tiers):
                assert one.above_gb < after.above_gb
                assert (one.low, one.high) > (after.low, after.high)  # the ends rely on it

    def test_words_for_it_are_its_own(self, provider: Provider) -> None:
        for word in (provider.name, *provider.aliases, provider.title):
            owners = [
                p.name
                for p in PROVIDERS.values()
                if word.lower() in (p.name, *p.aliases, p.title.lower())
            ]
            assert owners == [provider.name]


def test_the_four_providers_are_there() -> None:
    assert {"aws", "gcp", "azure", "local"} <= set(PROVIDERS)


class TestAws:
    """Against the list inside botocore, which grows when a region opens."""

    partitions = json.loads((files("botocore") / "data/partitions.json").read_text())["partitions"]

    @pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn", "aws-eusc"])
    def test_every_region_is_here_with_its_title(self, partition: str) -> None:
        (found,) = (p for p in self.partitions if p["id"] == partition)
        theirs = {
            name: folded(said["description"])
            for name, said in found["regions"].items()
            if not name.endswith("-global")
        }
        places = PROVIDERS["aws"].by_name
        full = {n: folded((*places[n].aliases, places[n].title)[0]) for n in theirs if n in places}
        assert full == theirs

    def test_there_is_no_other_region(self) -> None:
        theirs = {name for p in self.partitions for name in p["regions"]}
        assert set(PROVIDERS["aws"].by_name) <= theirs

    def test_short_titles(self) -> None:
        titles = {place.name: place.title for place in PROVIDERS["aws"].places}
        assert titles["us-west-2"] == "Oregon"
        assert titles["ca-central-1"] == "Canada (Central)"
        assert titles["us-gov-east-1"] == "AWS GovCloud (US-East)"


class TestGcp:
    def test_multi_regions(self) -> None:
        places = PROVIDERS["gcp"].by_name
        assert {"us-central1", "us-west8"} <= places["us"].members
        assert "northamerica-northeast1" not in places["us"].members
        assert "europe-west4" in places["eu"].members
        assert not {"europe-west2", "europe-west6"} & places["eu"].members  # not in the union
        assert "asia-southeast2" in places["asia"].members

    @pytest.mark.parametrize(
        ("name", "pair"),
        [
            ("nam4", {"us-central1", "us-east1"}),
            ("eur4", {"europe-north1", "europe-west4"}),
            ("eur5", {"europe-west1", "europe-west2"}),
            ("eur7", {"europe-west2", "europe-west3"}),
            ("eur8", {"europe-west3", "europe-west6"}),
            ("asia1", {"asia-northeast1", "asia-northeast2"}),
        ],
    )
    def test_predefined_dual_regions(self, name: str, pair: set[str]) -> None:
        assert PROVIDERS["gcp"].by_name[name].members == pair

    def test_a_bucket_s_own_pair(self) -> None:
        pair = regions.parse_region("US-WEST1+US-EAST1")
        assert str(pair) == "gcp:us-east1_us-west1"
        assert regions.members(pair) == {Region("gcp", "us-east1"), Region("gcp", "us-west1")}
        price = regions.LIST_PRICES.per_gb(pair, Region("gcp", "us-west1"))
        assert price is not None
        assert (price.high, price.payer) == (0, "nobody")
        assert str(regions.parse_region("gcp:us-east1, us-central1")) == "gcp:nam4"

    @pytest.mark.parametrize(
        "text", ["gcp:us-east1_us-east1", "gcp:us-east1_europe-west1", "gcp:us-east1_nowhere"]
    )
    def test_a_pair_that_no_bucket_can_have(self, text: str) -> None:
        with pytest.raises(UnknownRegionError):
            regions.parse_region(text)

    def test_the_matrix_is_whole(self) -> None:
        provider = PROVIDERS["gcp"]
        for one in provider.places:
            for other in provider.places:
                if one != other:
                    assert provider.between(one, other) is not None, (one.name, other.name)


def test_azure_names_are_its_titles_without_spaces() -> None:
    for place in PROVIDERS["azure"].places:
        assert place.name == re.sub(r" ", "", place.title.lower())

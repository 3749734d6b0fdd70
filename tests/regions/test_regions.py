"""Regions: reading names, relations, prices and distances; every provider keeps the contract."""

from __future__ import annotations

import pytest

from multicloud_lab import regions
from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import Region, Relation
from multicloud_lab.regions.provider import PROVIDERS, Provider


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
class TestEveryProvider:
    def test_names_are_unique_and_parse_back(self, provider: Provider) -> None:
        assert len(provider.by_name) == len(provider.places)
        for place in provider.places:
            region = Region(provider.name, place.name)
            assert regions.parse_region(str(region)) == region
            assert regions.parse_region(f" {str(region).upper()} ") == region
            assert place.title

    def test_places_are_on_the_globe(self, provider: Provider) -> None:
        for place in provider.places:
            if place.kind == "region":
                assert place.latitude is not None
                assert place.longitude is not None
                assert -90 <= place.latitude <= 90
                assert -180 <= place.longitude <= 180
                assert place.area

    def test_members_are_regions(self, provider: Provider) -> None:
        for place in provider.places:
            assert bool(place.members) == (place.kind in ("multi-region", "dual-region"))
            for name in place.members:
                assert provider.by_name[name].kind == "region"

    def test_prices_are_ranges_with_source_and_date(self, provider: Provider) -> None:
        for one in provider.places:
            offers = [provider.internet(one)]
            offers += [provider.between(one, other) for other in provider.places if other != one]
            for price in offers:
                if price is not None:
                    assert 0 <= price.low <= price.high < 1
                    assert price.source
                    assert price.date == "2026-10-01"

    def test_aliases_are_its_own(self, provider: Provider) -> None:
        for alias in provider.aliases:
            owners = [p.name for p in PROVIDERS.values() if alias in (p.name, *p.aliases)]
            assert owners == [provider.name]


def test_the_four_providers_are_there() -> None:
    assert {"aws", "gcp", "azure", "local"} <= set(PROVIDERS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws:us-west-2", "aws:us-west-2"),
        ("US-CENTRAL1", "gcp:us-central1"),
        ("us-west-2", "aws:us-west-2"),
        ("google: us", "gcp:us"),
        ("gs:NAM4", "gcp:nam4"),
        ("West Europe", "azure:westeurope"),
        ("azure:West Europe", "azure:westeurope"),
        ("local:rack-7", "local:rack-7"),
        ("LOCAL:Rack-7", "local:rack-7"),
    ],
)
def test_forgiving(text: str, expected: str) -> None:
    assert str(regions.parse_region(text)) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aws:us-west2", "aws:us-west-2"),
        ("aws:us-central1", "aws:us-"),
        ("us-westt-2", "aws:us-west-2"),
        ("gcp:us-centrall1", "gcp:us-central1"),
        ("mars:olympus", "no provider"),
        ("", "provider:name"),
        ("local:", "provider:name"),
        ("local:a b", "provider:name"),
        ("aws:us-west-2\n; rm -rf", "provider:name"),
        ("aws:*", "provider:name"),
    ],
)
def test_nonsense_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(UnknownRegionError, match=hint):
        regions.parse_region(text)


@pytest.mark.parametrize(
    ("data", "gateway", "expected"),
    [
        ("gcp:us-central1", "gcp:us-central1", Relation.SAME_REGION),
        ("gcp:us", "gcp:us-central1", Relation.CONTAINED),
        ("gcp:nam4", "gcp:us-east1", Relation.CONTAINED),
        ("gcp:nam4", "gcp:us-east4", Relation.SAME_PROVIDER),
        ("gcp:us-central1", "gcp:us", Relation.SAME_PROVIDER),
        ("gcp:eu", "gcp:europe-west2", Relation.SAME_PROVIDER),
        ("gcp:us-central1", "aws:us-west-2", Relation.OTHER_PROVIDER),
        ("local:a", "local:b", Relation.OTHER_PROVIDER),
        ("local:a", "local:a", Relation.SAME_REGION),
    ],
)
def test_relation(data: str, gateway: str, expected: Relation) -> None:
    assert regions.relation(Region.from_text(data), Region.from_text(gateway)) is expected


def test_relation_of_an_unknown_region() -> None:
    assert regions.relation(None, Region("aws", "us-west-2")) is Relation.UNKNOWN


@pytest.mark.parametrize(
    ("source", "destination", "low", "high"),
    [
        ("gcp:us-central1", "gcp:us-central1", 0, 0),
        ("local:a", "local:a", 0, 0),
        ("aws:us-east-1", "aws:us-east-2", 0.01, 0.01),
        ("aws:us-west-2", "aws:eu-west-1", 0.02, 0.02),
        ("aws:us-west-2", "gcp:us-central1", 0.05, 0.09),
        ("gcp:us-central1", "aws:us-west-2", 0.08, 0.12),
        ("gcp:us", "gcp:us-central1", 0.02, 0.02),
        ("gcp:nam4", "gcp:us-central1", 0, 0),
        ("gcp:us-central1", "gcp:europe-west4", 0.05, 0.05),
        ("azure:westeurope", "azure:eastus", 0.05, 0.05),
    ],
)
def test_price(source: str, destination: str, low: float, high: float) -> None:
    price = regions.price_per_gb(Region.from_text(source), Region.from_text(destination))
    assert price is not None
    assert (price.low, price.high) == (low, high)


def test_price_is_none_where_nobody_knows() -> None:
    aws, local = Region("aws", "us-west-2"), Region("local", "lab")
    assert regions.price_per_gb(local, aws) is None
    assert regions.price_per_gb(None, aws) is None
    assert regions.price_per_gb(Region("aws", "no-such"), aws) is None
    assert regions.internet_price(local) is None


def test_price_to_a_laptop_is_the_price_to_the_internet() -> None:
    aws = Region("aws", "us-west-2")
    assert regions.price_per_gb(aws, None) == regions.internet_price(aws)
    assert regions.price_per_gb(aws, Region("local", "lab")) == regions.internet_price(aws)


def test_distance() -> None:
    oregon, virginia = Region("aws", "us-west-2"), Region("aws", "us-east-1")
    km = regions.distance_km(oregon, virginia)
    assert km is not None
    assert 3300 < km < 3800  # about the width of the United States
    assert regions.distance_km(oregon, oregon) == 0
    assert regions.distance_km(oregon, Region("local", "lab")) is None
    multi = regions.distance_km(Region("gcp", "us"), Region("gcp", "us-central1"))
    assert multi == pytest.approx(0)


def test_all_regions_for_maps() -> None:
    known = {str(item.region): item for item in regions.all_regions()}
    assert known["aws:us-west-2"].title == "Oregon"
    assert known["gcp:us"].kind == "multi-region"
    assert len(known) > 100

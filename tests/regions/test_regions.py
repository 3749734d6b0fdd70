"""Regions: how they stand to each other, how far they are, and the list of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab import regions
from multicloud_lab.regions import Region, Relation

KNOWN = st.sampled_from([known.region for known in regions.all_regions()])


@pytest.mark.parametrize(
    ("data", "gateway", "expected"),
    [
        ("gcp:us-central1", "gcp:us-central1", Relation.SAME_REGION),
        ("gcp:us", "gcp:us-central1", Relation.CONTAINED),
        ("gcp:nam4", "gcp:us-east1", Relation.CONTAINED),
        ("gcp:us-east1_us-west1", "gcp:us-west1", Relation.CONTAINED),
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


def test_members() -> None:
    assert regions.members(Region("gcp", "nam4")) == {
        Region("gcp", "us-central1"),
        Region("gcp", "us-east1"),
    }
    assert regions.members(Region("aws", "us-west-2")) == frozenset()
    assert regions.members(Region("aws", "no-such")) == frozenset()


def test_distance() -> None:
    oregon, virginia = Region("aws", "us-west-2"), Region("aws", "us-east-1")
    km = regions.distance_km(oregon, virginia)
    assert km is not None
    assert 3300 < km < 3800  # about the width of the United States
    assert regions.distance_km(oregon, Region("local", "lab")) is None
    multi = regions.distance_km(Region("gcp", "us"), Region("gcp", "us-central1"))
    assert multi == pytest.approx(0)


@given(KNOWN, KNOWN)
def test_distances_are_symmetric_and_on_the_earth(one: Region, other: Region) -> None:
    km = regions.distance_km(one, other)
    assert km is not None
    assert 0 <= km < 20_040  # half the way around
    assert km == pytest.approx(regions.distance_km(other, one))


def test_all_regions_for_maps() -> None:
    known = {str(item.region): item for item in regions.all_regions()}
    assert known["aws:us-west-2"].title == "Oregon"
    assert known["gcp:us"].kind == "multi-region"
    assert known["gcp:eur4"].title == "Finland and Netherlands"
    assert {"aws:cn-north-1", "aws:us-gov-west-1", "azure:chinaeast"} <= set(known)
    assert len(known) > 160

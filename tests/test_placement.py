"""Placement: which gateway is near, in which order, and the sentence that says why."""

from __future__ import annotations

from multicloud_lab.config import GatewayConfig
from multicloud_lab.placement import rank
from multicloud_lab.records import Location, Placement
from multicloud_lab.regions import Evidence, Relation, parse_region


def gateway(name: str, region: str) -> GatewayConfig:
    return GatewayConfig.model_validate(
        {"name": name, "region": region, "address": "http://localhost"}
    )


def at(region: str | None, detail: str = "declared by its catalog") -> Location:
    where = parse_region(region) if region else None
    return Location(url="gs://b/x", region=where, evidence=Evidence.CATALOG, detail=detail)


GATEWAYS = [
    gateway("azure-we", "azure:westeurope"),
    gateway("aws-oregon", "aws:us-west-2"),
    gateway("gcp-belgium", "gcp:europe-west1"),
    gateway("gcp-carolina", "gcp:us-east1"),
    gateway("gcp-iowa", "gcp:us-central1"),
]


def names(placements: list[Placement]) -> list[str]:
    return [placement.gateway for placement in placements]


def test_by_relation_then_price_then_distance() -> None:
    ranked = rank([at("gcp:us-central1")], GATEWAYS, home=None, dataset="pangeo/atmosphere/era5")
    assert names(ranked) == ["gcp-iowa", "gcp-carolina", "gcp-belgium", "aws-oregon", "azure-we"]
    best = ranked[0]
    assert best.relation is Relation.SAME_REGION
    assert best.dataset == "pangeo/atmosphere/era5"
    assert best.price is not None
    assert best.price.high == 0
    assert best.why == (
        "era5 is in gcp:us-central1 (declared by its catalog); "
        "gcp-iowa is in the same region, so nothing leaves it."
    )


def test_a_multi_region_is_near_but_not_free() -> None:
    best = rank([at("gcp:us")], GATEWAYS, home=None)[0]
    assert best.gateway == "gcp-carolina"  # both are inside, at one price: the order configured
    assert best.relation is Relation.CONTAINED
    assert best.price is not None
    assert best.price.low == 0.02
    assert "inside it" in best.why
    assert "$0.02 per GB (list price of 2026-10-01)" in best.why


def test_equally_near_gateways_the_one_at_home_first() -> None:
    home = parse_region("gcp:us-central1")
    assert rank([at("gcp:us")], GATEWAYS, home=home)[0].gateway == "gcp-iowa"


def test_another_provider_says_the_price() -> None:
    ranked = rank([at("aws:us-west-2")], GATEWAYS[-1:], home=None)
    assert ranked[0].relation is Relation.OTHER_PROVIDER
    assert "$0.05 to $0.09 per GB" in ranked[0].why
    assert "crosses the internet" in ranked[0].why


def test_each_gateway_gets_the_best_replica() -> None:
    ranked = rank([at("aws:us-west-2"), at("gcp:us-central1")], GATEWAYS, home=None)
    assert names(ranked)[:2] == ["aws-oregon", "gcp-iowa"]
    assert {p.relation for p in ranked[:2]} == {Relation.SAME_REGION}
    assert str(ranked[0].region) == "aws:us-west-2"
    assert len(ranked) == len(GATEWAYS)


def test_no_region_says_how_to_give_one() -> None:
    for locations in ([at(None)], []):
        ranked = rank(locations, GATEWAYS, home=None, dataset="cat/era5")
        assert names(ranked) == [g.name for g in GATEWAYS]
        for placement in ranked:
            assert placement.relation is Relation.UNKNOWN
            assert placement.price is None
            assert "era5" in placement.why
            assert "MulticloudLab.regions" in placement.why


def test_a_price_that_nobody_knows_is_said_and_comes_last() -> None:
    two = [gateway("elsewhere", "local:rack"), gateway("aws-oregon", "aws:us-west-2")]
    ranked = rank([at("local:store")], two, home=None)
    assert ranked[0].price is None
    assert "a price that is not known" in ranked[0].why


def test_a_region_that_was_asked_for() -> None:
    wanted = Location(url="", region=parse_region("gcp:us-central1"), detail="asked for")
    best = rank([wanted], GATEWAYS, home=None)[0]
    assert best.why.startswith("gcp:us-central1 is wanted; gcp-iowa is in the same region")


def test_no_gateways() -> None:
    assert rank([at("gcp:us")], [], home=None) == []

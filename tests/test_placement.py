"""Placement: which gateway is near, in which order, and the sentence that says why."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.config import GatewayConfig
from multicloud_lab.placement import Standing, rank
from multicloud_lab.records import Placement, Replica
from multicloud_lab.regions import (
    AgreedPrice,
    Evidence,
    PriceList,
    Region,
    Relation,
    all_regions,
    parse_region,
)


def gateway(name: str, region: str) -> GatewayConfig:
    return GatewayConfig.model_validate(
        {"name": name, "region": region, "address": "http://localhost"}
    )


def at(
    region: str | None, detail: str = "declared by its catalog", *, pays: bool = False
) -> Replica:
    return Replica(
        url="gs://b/x",
        region=parse_region(region) if region else None,
        evidence=Evidence.CATALOG,
        detail=detail,
        requester_pays=pays,
    )


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
    assert (best.price.high, best.price.payer) == (0, "nobody")
    assert best.why == (
        "era5 is in gcp:us-central1 (declared by its catalog); "
        "gcp-iowa is in the same region, so nothing leaves it."
    )


def test_the_sentence_says_the_region_once() -> None:
    configured = at("gcp:us-central1", "configured: gs://b is in gcp:us-central1")
    assert rank([configured], GATEWAYS, home=None)[0].why == (
        "gs://b/x is in gcp:us-central1 (configured: gs://b); "
        "gcp-iowa is in the same region, so nothing leaves it."
    )


def test_price_goes_before_distance() -> None:
    two = [gateway("near", "aws:mx-central-1"), gateway("cheap", "aws:us-west-2")]
    data = [at("aws:mx-central-1"), at("aws:us-east-1")]
    ranked = rank(data[1:], two, home=None)
    assert names(ranked) == ["near", "cheap"]  # .02 to both: the nearer one
    agreed = PriceList((AgreedPrice("aws:us-east-1", "aws:us-west-2", 0.005, 0.005, "a", "b"),))
    assert names(rank(data[1:], two, home=None, prices=agreed)) == ["cheap", "near"]
    # What may be dear comes after what is known to be cheap.
    wide = [gateway("mexico", "gcp:northamerica-south1"), gateway("utah", "gcp:us-west3")]
    assert names(rank([at("gcp:us-south1")], wide, home=None)) == ["utah", "mexico"]


def test_a_multi_region_is_near_but_not_free() -> None:
    best = rank([at("gcp:us")], GATEWAYS, home=None)[0]
    assert best.gateway == "gcp-carolina"  # both are inside, at one price: the order configured
    assert best.relation is Relation.CONTAINED
    assert best.price is not None
    assert best.price.low == 0.02
    assert best.why == (
        "gs://b/x is in gcp:us (declared by its catalog); gcp-carolina is in gcp:us-east1, inside "
        "it; reading costs $0.02 per GB (list price of 2026-10-01), which its owner pays."
    )


def test_a_dual_region_is_free_from_its_own_regions() -> None:
    best = rank([at("gcp:nam4")], GATEWAYS, home=None)[0]
    assert best.relation is Relation.CONTAINED
    assert best.price is not None
    assert best.price.payer == "nobody"
    assert "inside it; reading costs nothing (list price of " in best.why


class TestTies:
    """Two gateways inside gcp:us are equally near; what is chosen then, one after the other."""

    def first(self, home: str = "", **standing: Standing) -> str:
        return rank(
            [at("gcp:us")],
            GATEWAYS,
            home=parse_region(home) if home else None,
            standing={name.replace("_", "-"): stands for name, stands in standing.items()},
        )[0].gateway

    def test_a_running_cluster_then_sign_in_then_home_then_the_order_configured(self) -> None:
        runs, signed = Standing(running=True), Standing(signed_in=True)
        assert self.first() == "gcp-carolina"
        assert self.first(home="gcp:us-central1") == "gcp-iowa"
        assert self.first(home="gcp:us-central1", gcp_carolina=signed) == "gcp-carolina"
        assert self.first(gcp_iowa=signed) == "gcp-iowa"
        assert self.first(gcp_iowa=runs, gcp_carolina=signed) == "gcp-iowa"
        both = Standing(running=True, signed_in=True)
        assert self.first(gcp_iowa=both, gcp_carolina=runs) == "gcp-iowa"

    def test_they_never_outweigh_being_near(self) -> None:
        running = {"gcp-belgium": Standing(running=True, signed_in=True)}
        data = [at("gcp:us-central1")]
        assert names(rank(data, GATEWAYS, home=None, standing=running))[:2] == [
            "gcp-iowa",
            "gcp-carolina",
        ]


@pytest.mark.parametrize(
    ("pays", "payer", "words"),
    [(True, "you", ", which you pay."), (False, "owner", ", which its owner pays.")],
)
def test_who_pays(pays: bool, payer: str, words: str) -> None:
    (placement,) = rank([at("aws:us-west-2", pays=pays)], GATEWAYS[-1:], home=None)
    assert placement.relation is Relation.OTHER_PROVIDER
    assert placement.price is not None
    assert placement.price.payer == payer
    assert "crosses the internet, at $0.05 to $0.09 per GB" in placement.why
    assert placement.why.endswith(words)


def test_requests_of_a_requester_pays_bucket_are_paid_in_its_own_region_too() -> None:
    best = rank([at("gcp:us-central1", pays=True)], GATEWAYS, home=None)[0]
    assert best.why.endswith("so nothing leaves it, but you pay for its requests.")


def test_of_two_equal_replicas_the_one_that_its_owner_pays_for() -> None:
    free, paid = at("aws:us-west-2"), at("aws:us-west-2", pays=True)
    for replicas in ([free, paid], [paid, free]):
        (placement,) = rank(replicas, GATEWAYS[-1:], home=None)
        assert placement.price is not None
        assert placement.price.payer == "owner"


@pytest.mark.parametrize("field", ["url", "detail", "contradicted", "evidence"])
def test_of_equally_near_replicas_the_same_one_whatever_their_order(field: str) -> None:
    one = at("aws:us-west-2")
    told: dict[str, object] = {
        "url": "gs://a/x",
        "detail": "told",
        "contradicted": (parse_region("gcp:us"),),
        "evidence": Evidence.EXPLICIT,
    }
    other = one.model_copy(update={field: told[field]})
    assert rank([one, other], GATEWAYS, home=None) == rank([other, one], GATEWAYS, home=None)


def test_each_gateway_gets_the_best_replica() -> None:
    ranked = rank([at("aws:us-west-2"), at("gcp:us-central1")], GATEWAYS, home=None)
    assert names(ranked)[:2] == ["aws-oregon", "gcp-iowa"]
    assert {p.relation for p in ranked[:2]} == {Relation.SAME_REGION}
    assert str(ranked[0].region) == "aws:us-west-2"
    assert len(ranked) == len(GATEWAYS)


def test_no_region_says_how_to_give_one() -> None:
    for replicas in ([at(None)], []):
        ranked = rank(replicas, GATEWAYS, home=None, dataset="cat/era5")
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
    known = PriceList((AgreedPrice("local:*", "aws:*", 0.3, 0.3, "our network", "2026-03-01"),))
    best = rank([at("local:store")], two, home=None, prices=known)[0]
    assert best.gateway == "aws-oregon"
    assert "at $0.30 per GB (agreed: our network, 2026-03-01)" in best.why


def test_evidence_to_the_contrary_is_said_once() -> None:
    other = (parse_region("aws:us-east-1"),)
    said = at("aws:us-west-2").model_copy(update={"contradicted": other})
    best = rank([said], GATEWAYS, home=None)[0]
    assert best.why.startswith(
        "gs://b/x is in aws:us-west-2 (declared by its catalog; another source says aws:us-east-1);"
    )
    told = at("aws:us-west-2", "declared; the registry says aws:us-east-1")
    best = rank([told.model_copy(update={"contradicted": other})], GATEWAYS, home=None)[0]
    assert best.why.count("us-east-1") == 1
    nowhere = at(None, "").model_copy(update={"contradicted": other})
    best = rank([nowhere], GATEWAYS, home=None)[0]
    assert best.why.startswith("Sources disagree (aws:us-east-1) in which region gs://b/x is:")


def test_a_region_that_was_asked_for() -> None:
    wanted = Replica(url="", region=parse_region("gcp:us-central1"), detail="asked for")
    best = rank([wanted], GATEWAYS, home=None)[0]
    assert best.why.startswith(
        "gcp:us-central1 is wanted (asked for); gcp-iowa is in the same region"
    )


def test_no_gateways() -> None:
    assert rank([at("gcp:us")], [], home=None) == []


REGIONS = st.sampled_from(
    [*(known.region for known in all_regions()), Region("local", "a"), Region("local", "b")]
)
REPLICAS = st.lists(
    st.builds(
        Replica,
        url=st.sampled_from(["gs://a/x", "s3://b/x", "https://c/x"]),
        region=st.none() | REGIONS | st.sampled_from([Region("gcp", "us"), Region("gcp", "eu")]),
        evidence=st.sampled_from(Evidence),
        detail=st.sampled_from(["", "declared"]),
        contradicted=st.lists(REGIONS, max_size=1).map(tuple),
        requester_pays=st.booleans(),
    ),
    max_size=3,
)
CLUSTERS = st.lists(
    st.tuples(REGIONS, st.builds(Standing, running=st.booleans(), signed_in=st.booleans())),
    max_size=5,
)
PRICES = st.sampled_from(
    [PriceList(), PriceList((AgreedPrice("aws:*", "*", 0, 0.5, "agreed", "2026-01-01"),), ("gcp",))]
)


@given(REPLICAS, CLUSTERS, st.none() | REGIONS, PRICES)
def test_a_total_order(
    replicas: list[Replica],
    clusters: list[tuple[Region, Standing]],
    home: Region | None,
    prices: PriceList,
) -> None:
    gateways = [gateway(f"g{i}", str(region)) for i, (region, _) in enumerate(clusters)]
    standing = {f"g{i}": stands for i, (_, stands) in enumerate(clusters)}

    def ranked(some: list[Replica], among: list[GatewayConfig]) -> list[Placement]:
        return rank(some, among, home=home, prices=prices, standing=standing)

    whole = ranked(replicas, gateways)
    # Every gateway has one place, by relation first.
    assert sorted(names(whole)) == sorted(g.name for g in gateways)
    assert [p.relation for p in whole] == sorted(
        (p.relation for p in whole), key=list(Relation).index
    )
    # Neither the order of the replicas, nor asking again, makes a difference.
    for shuffled in permutations(replicas):
        assert ranked(list(shuffled), gateways) == whole
    # Of any two the same one is first, so the order is one: transitive, and no third decides.
    for place, one in enumerate(whole):
        for other in whole[place + 1 :]:
            pair = [g for g in gateways if g.name in (one.gateway, other.gateway)]
            assert ranked(replicas, pair) == [one, other]

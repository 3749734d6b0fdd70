"""Prices: list prices, what a lab agreed instead, and the ranges that bytes fall in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.regions import AgreedPrice, PriceList, Region, all_regions, parse_region

LIST = PriceList()
TB = 10**12
AGREED = AgreedPrice("aws:*", "internet", 0.02, 0.03, "framework contract", "2026-01-01")
ANYWHERE = st.sampled_from([*(known.region for known in all_regions()), Region("local", "lab")])
LISTS = st.sampled_from([LIST, PriceList((AGREED,)), PriceList(waivers=("gcp", "azure"))])
SIZES = st.integers(0, 10**18)


def region(text: str) -> Region | None:
    return None if text == "internet" else parse_region(text)


@pytest.mark.parametrize(
    ("source", "destination", "low", "high"),
    [
        ("gcp:us-central1", "gcp:us-central1", 0, 0),
        ("gcp:eu", "gcp:eu", 0, 0),
        ("local:a", "local:a", 0, 0),
        ("aws:us-east-1", "aws:us-east-2", 0.01, 0.01),
        ("aws:us-west-2", "aws:eu-west-1", 0.02, 0.02),
        ("aws:us-west-2", "aws:sa-east-1", 0.02, 0.02),
        ("aws:sa-east-1", "aws:us-west-2", 0.138, 0.138),
        ("aws:ap-south-1", "aws:us-east-1", 0.086, 0.086),
        ("aws:us-west-2", "internet", 0.05, 0.09),
        ("aws:us-west-2", "gcp:us-central1", 0.05, 0.09),
        ("aws:us-west-2", "aws:cn-north-1", 0.05, 0.09),
        ("aws:af-south-1", "internet", 0.112, 0.154),
        ("aws:ap-southeast-2", "local:lab", 0.092, 0.114),
        ("aws:us-gov-west-1", "aws:us-gov-east-1", 0.03, 0.03),
        ("gcp:us-central1", "aws:us-west-2", 0.08, 0.12),
        ("gcp:us-central1", "aws:ap-southeast-2", 0.15, 0.19),
        ("gcp:australia-southeast1", "aws:us-west-2", 0.08, 0.12),
        ("gcp:us-central1", "azure:chinaeast", 0.20, 0.23),
        ("gcp:us", "gcp:us-central1", 0.02, 0.02),
        ("gcp:nam4", "gcp:us-central1", 0, 0),
        ("gcp:nam4", "gcp:us-west1", 0.02, 0.02),
        ("gcp:us-central1", "gcp:europe-west4", 0.05, 0.05),
        ("gcp:asia-east1", "gcp:asia-northeast1", 0.08, 0.08),
        ("gcp:asia-southeast2", "gcp:australia-southeast1", 0.08, 0.08),
        ("gcp:southamerica-east1", "gcp:us-central1", 0.14, 0.14),
        ("gcp:northamerica-south1", "gcp:us-central1", 0.02, 0.14),
        ("azure:westeurope", "azure:northeurope", 0.02, 0.02),
        ("azure:westeurope", "azure:eastus", 0.05, 0.05),
        ("azure:brazilsouth", "azure:chilecentral", 0.16, 0.16),
        ("azure:uaenorth", "azure:eastus", 0.08, 0.08),
        ("azure:eastus", "internet", 0.05, 0.087),
        ("azure:southeastasia", "internet", 0.08, 0.12),
    ],
)
def test_list_price(source: str, destination: str, low: float, high: float) -> None:
    price = LIST.per_gb(region(source), region(destination))
    assert price is not None
    assert (price.low, price.high) == (low, high)
    assert not price.agreed


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (None, Region("aws", "us-west-2")),
        (None, None),
        (Region("local", "lab"), Region("aws", "us-west-2")),
        (Region("local", "lab"), Region("local", "other")),
        (Region("local", "lab"), None),
        (Region("aws", "no-such"), None),
        (Region("aws", "us-west-2"), Region("aws", "no-such")),
        (Region("aws", "cn-north-1"), None),
        (Region("azure", "usgovvirginia"), Region("azure", "eastus")),
    ],
)
def test_a_price_that_nobody_knows(source: Region | None, destination: Region | None) -> None:
    assert LIST.per_gb(source, destination) is None
    assert LIST.cost(source, destination, TB) is None


@pytest.mark.parametrize(
    ("source", "destination", "gb", "low", "high"),
    [
        # 100 GB a month are free; an account beyond 150 TB pays .05.
        ("aws:us-west-2", "internet", 50, 0, 50 * 0.09),
        ("aws:us-west-2", "internet", 200, 100 * 0.09, 200 * 0.09),
        ("aws:us-west-2", "internet", 1000, 1000 * 0.05, 1000 * 0.09),
        ("aws:us-west-2", "internet", 10_240, 512, 10_140 * 0.09 + 100 * 0.085),
        ("aws:us-east-1", "aws:us-west-2", 1000, 20, 20),
        ("gcp:us-east4", "internet", 1500, 1500 * 0.08, 1500 * 0.12),
        ("gcp:us-central1", "gcp:us-west1", 300, 200 * 0.02, 300 * 0.02),
        ("gcp:us-central1", "gcp:us-central1", 10**6, 0, 0),
    ],
)
def test_cost(source: str, destination: str, gb: int, low: float, high: float) -> None:
    cost = LIST.cost(region(source), region(destination), gb * 10**9)
    assert cost is not None
    assert (cost.low, cost.high) == pytest.approx((low, high))
    assert (cost.price.low * gb, cost.price.high * gb) == pytest.approx((low, high))


def test_the_detail_says_how_the_range_comes_about_and_what_is_left_out() -> None:
    cost = LIST.cost(Region("aws", "us-west-2"), None, TB)
    assert cost is not None
    assert cost.detail == (
        "List price (https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer, 2026-10-01): "
        "$0.09 per GB at first, $0.05 beyond 153,600 GB a month; the low end is of an account "
        "already beyond that or with the month's 100 free GB unused. Not counted: requests, NAT "
        "gateways, crossing zones, retrieval from colder storage classes, discounts and taxes."
    )
    free = LIST.cost(Region("aws", "us-west-2"), Region("aws", "us-west-2"), TB)
    assert free is not None
    assert free.detail.startswith("Free: no bytes leave the region. Not counted: requests")
    wide = LIST.cost(Region("aws", "ap-southeast-6"), None, TB)
    assert wide is not None
    assert "$0.05 to $0.154 per GB; not verified" in wide.detail


@pytest.mark.parametrize(
    ("source", "destination", "requester_pays", "payer"),
    [
        ("aws:us-west-2", "aws:us-west-2", True, "nobody"),
        ("gcp:nam4", "gcp:us-east1", True, "nobody"),
        ("aws:us-west-2", "aws:us-east-1", True, "you"),
        ("aws:us-west-2", "aws:us-east-1", False, "owner"),
        ("gcp:us", "gcp:us-central1", True, "you"),
        ("gcp:us", "internet", False, "owner"),
    ],
)
def test_who_pays(source: str, destination: str, requester_pays: bool, payer: str) -> None:
    move = region(source), region(destination)
    price = LIST.per_gb(*move, requester_pays=requester_pays)
    cost = LIST.cost(*move, TB, requester_pays=requester_pays)
    assert price is not None
    assert cost is not None
    assert (price.payer, cost.payer) == (payer, payer)


class TestAgreed:
    prices = PriceList(
        (
            AgreedPrice("aws:us-west-2", "gcp:us-*", 0.01, 0.01, "private link", "2026-02-01"),
            AGREED,
            AgreedPrice("gcp:*", "*", 0, 0, "grant", "2026-03-01"),
            AgreedPrice("local:*", "internet", 0.5, 0.5, "our network", "2026-03-01"),
        )
    )

    @pytest.mark.parametrize(
        ("source", "destination", "low", "basis"),
        [
            ("aws:us-west-2", "gcp:us-central1", 0.01, "private link"),
            ("aws:us-west-2", "gcp:europe-west1", 0.02, "framework contract"),
            ("aws:us-west-2", "internet", 0.02, "framework contract"),
            ("aws:eu-west-1", "local:lab", 0.02, "framework contract"),
            ("gcp:us", "gcp:us-central1", 0, "grant"),
            ("gcp:us", "internet", 0, "grant"),
            ("local:lab", "aws:us-west-2", 0.5, "our network"),
        ],
    )
    def test_the_first_that_covers_a_move_replaces_the_list_price(
        self, source: str, destination: str, low: float, basis: str
    ) -> None:
        price = self.prices.per_gb(region(source), region(destination))
        assert price is not None
        assert (price.low, price.source, price.agreed) == (low, basis, True)
        cost = self.prices.cost(region(source), region(destination), TB)
        assert cost is not None
        assert cost.low == pytest.approx(low * 1000)
        assert cost.detail.startswith(f"Price agreed ({basis}, ")

    def test_others_keep_the_list_price(self) -> None:
        move = Region("aws", "us-west-2"), Region("aws", "us-east-1")
        assert self.prices.per_gb(*move) == LIST.per_gb(*move)

    def test_nothing_leaves_a_region_at_any_price(self) -> None:
        home = Region("local", "lab")
        price = PriceList((AgreedPrice("*", "*", 1, 1, "all", "2026-01-01"),)).per_gb(home, home)
        assert price is not None
        assert price.high == 0

    def test_a_waiver_lowers_the_low_end_only(self) -> None:
        waived = PriceList(waivers=("aws",))
        aws = Region("aws", "us-west-2")
        price, cost = waived.per_gb(aws, None), waived.cost(aws, None, TB)
        assert price is not None
        assert cost is not None
        assert (price.low, price.high) == (0, 0.09)
        assert (cost.low, cost.high) == pytest.approx((0, 90))
        assert "waiver covers up to 15 %" in cost.detail
        inside = aws, Region("aws", "us-east-1")  # a waiver is of egress to the internet
        assert waived.per_gb(*inside) == LIST.per_gb(*inside)


@given(LISTS, ANYWHERE, st.one_of(st.none(), ANYWHERE), SIZES, SIZES, st.booleans())
def test_costs_are_never_negative_grow_with_bytes_and_do_not_gain_by_splitting(
    prices: PriceList, source: Region, to: Region | None, one: int, other: int, pays: bool
) -> None:
    found = [
        prices.cost(source, to, size, requester_pays=pays)
        for size in (min(one, other), max(one, other), one + other)
    ]
    per_gb = prices.per_gb(source, to, requester_pays=pays)
    if per_gb is None:
        assert found == [None] * 3
        return
    small, large, both = (cost for cost in found if cost is not None)
    assert 0 <= small.low <= large.low <= both.low
    assert 0 <= small.high <= large.high <= both.high
    for cost in (small, large, both):
        assert cost.low <= cost.high
        assert 0 <= cost.price.low <= cost.price.high
        assert cost.price.high <= per_gb.high + 1e-9
        assert cost.payer == per_gb.payer
    tolerance = 1e-9 * (1 + both.high)
    assert both.high <= small.high + large.high + tolerance
    assert both.low <= small.high + large.high + tolerance


@given(LISTS, ANYWHERE, SIZES, st.booleans())
def test_nothing_is_paid_inside_a_region(
    prices: PriceList, region: Region, size: int, pays: bool
) -> None:
    cost = prices.cost(region, region, size, requester_pays=pays)
    assert cost is not None
    assert (cost.low, cost.high, cost.payer) == (0, 0, "nobody")


@given(
    ANYWHERE,
    st.one_of(st.none(), ANYWHERE),
    st.integers(0, 10**16),
    st.lists(st.integers(0, 10**16), max_size=5),
)
def test_the_range_holds_whatever_else_was_moved_this_month(
    source: Region, to: Region | None, size: int, before: list[int]
) -> None:
    """A bill is the whole month's: the range must hold for any share of it."""
    cost = LIST.cost(source, to, size)
    if cost is None:
        return
    moved = sum(before)
    bills = [_bill(source, to, moved + size, end) - _bill(source, to, moved, end) for end in "lh"]
    tolerance = 1e-9 * (1 + _bill(source, to, moved + size, "h"))
    assert cost.low - tolerance <= bills[0]
    assert bills[1] <= cost.high + tolerance


def _bill(source: Region, to: Region | None, size: int, end: str) -> float:
    """What a whole month costs an account, summed step by step."""
    found = LIST._rate(source, to)
    assert found is not None
    rate, gb, total = found[0], size / 1e9, 0.0
    steps = [(tier.above_gb, tier.low if end == "l" else tier.high) for tier in rate.tiers]
    for place, (above, usd) in enumerate(steps):
        below = steps[place + 1][0] if place + 1 < len(steps) else gb
        start = max(above, rate.free_gb)
        total += max(0.0, min(gb, below) - start) * usd
    return total

"""Where URLs are: the order of evidence, what speaks against it, and what is worth a probe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.locations import Claim, Locator, Probed
from multicloud_lab.regions import Evidence, Region, contains

IOWA, OREGON = Region("gcp", "us-central1"), Region("aws", "us-west-2")
IRELAND, OHIO = Region("aws", "eu-west-1"), Region("aws", "us-east-2")
US, BELGIUM = Region("gcp", "us"), Region("gcp", "europe-west1")
NOW = 1_800_000_000.0
DAY = 86400.0


def make(configured: Mapping[str, Region] | None = None, **keywords: Any) -> Locator:
    return Locator(configured or {}, now=lambda: NOW, **keywords)


def found(region: Region | None, *also: Region, detail: str = "S3 says so") -> Probed:
    return Probed("found", region, also, detail, NOW - 3 * DAY)


def listing(**claims: Sequence[Claim]) -> Any:
    """What catalogs declare, by normal prefix."""
    by_prefix = {prefix.replace("__", "://").replace("_", "/"): c for prefix, c in claims.items()}
    return lambda urls: [claim for url in urls for claim in by_prefix.get(url, ())]


# --- the order of evidence ----------------------------------------------------------------------


def test_whole_segments_and_the_longest_prefix() -> None:
    locator = make({"gs://b": IOWA, "gs://b/deep": US, "s3://": OREGON})
    assert locator.locate("gs://b/x").region == IOWA
    assert locator.locate("gs://b").region == IOWA
    assert locator.locate("gs://b/deep/x").region == US
    assert locator.locate("gs://b/deeper").region == IOWA
    assert locator.locate("gs://bb/x").region is None
    assert locator.locate("s3://any/thing").region == OREGON


def test_configured_is_told_in_words() -> None:
    located = make({"gs://pangeo-era5": IOWA}).locate("gcs://pangeo-era5/x")
    assert located.evidence is Evidence.CONFIGURED
    assert located.url == "gcs://pangeo-era5/x"
    assert located.detail == "configured: gs://pangeo-era5 is in gcp:us-central1"
    signed = make({"https://k:secret@h.org/x?sig=secret": IOWA}).locate("https://h.org/x/y")
    assert signed.detail == "configured: https://h.org/x is in gcp:us-central1"


def test_each_weaker_evidence_counts_where_the_stronger_is_missing() -> None:
    explicit, catalog, configured, registry, probed = (
        Region("aws", name)
        for name in ("us-east-1", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2")
    )
    url = "https://s3.us-east-1.amazonaws.com/b/x"
    for strongest in range(6):
        locator = make({"s3://b": configured} if strongest <= 2 else {})
        if strongest <= 3:
            locator.replace_registry("R", [("s3://b", registry, "")])
        if strongest <= 4:
            locator.learn("s3://b", found(probed))
        located = locator.locate(
            url if strongest == 0 else "s3://b/x", declared=catalog if strongest <= 1 else None
        )
        regions = [explicit, catalog, configured, registry, probed]
        assert located.evidence is list(Evidence)[strongest]
        assert located.region == (regions[strongest] if strongest < 5 else None)
        assert located.contradicted == tuple(regions[strongest + 1 :])
        for region in located.contradicted:
            assert f"({region})" in located.detail


def test_what_the_caller_knows_can_be_stronger_or_weaker_than_a_catalog() -> None:
    locator = make({"s3://b": OREGON})
    asked = locator.locate("s3://b/x", IOWA, evidence=Evidence.EXPLICIT, detail="asked for")
    assert (asked.region, asked.evidence, asked.contradicted) == (
        IOWA, Evidence.EXPLICIT, (OREGON,),
    )  # fmt: skip
    assert asked.detail.startswith("asked for; but configured")
    row = locator.locate("s3://b/x", IRELAND, evidence=Evidence.REGISTRY, detail="its registry")
    assert (row.region, row.contradicted) == (OREGON, (IRELAND,))


def test_what_other_entries_declare() -> None:
    one = Claim(IOWA, Evidence.CATALOG, "declared by catalog one")
    two = Claim(BELGIUM, Evidence.CATALOG, "declared by catalog two")
    locator = make(listed=listing(gs__b=[one, two]))
    first = locator.locate("gs://b/x/y")
    assert (first.region, first.evidence, first.contradicted) == (
        IOWA, Evidence.CATALOG, (BELGIUM,),
    )  # fmt: skip
    assert first.detail == "declared by catalog one; but declared by catalog two (gcp:europe-west1)"
    own = locator.locate("gs://b/x", BELGIUM)
    assert own.region == BELGIUM
    assert own.detail == "declared by catalog two; but declared by catalog one (gcp:us-central1)"
    assert locator.locate("gs://b/x", BELGIUM, detail="as it says").detail.startswith("as it says")
    assert locator.locate("gs://c/x", BELGIUM).detail == "declared by its catalog"


def test_what_is_asked_of_the_listing() -> None:
    asked: list[list[str]] = []

    def listed(urls: Sequence[str]) -> Sequence[Claim]:
        asked.append(list(urls))
        return ()

    locator = make(listed=listed)
    for url, endpoint in (
        ("https://b.s3.amazonaws.com/x/y?sig=secret", ""),
        ("https://h.org/x", ""),
        ("s3://b/x", "https://osn.example"),
        ("", ""),
    ):
        locator.locate(url, endpoint=endpoint)
    assert asked == [
        ["s3://b/x/y", "s3://b/x", "s3://b"],
        ["https://h.org/x", "https://h.org"],
        ["s3://b/x at https://osn.example", "s3://b at https://osn.example"],
    ]


def test_evidence_that_agrees_is_not_told_twice() -> None:
    locator = make({"gs://b": IOWA})
    locator.learn("gs://b", found(IOWA))
    located = locator.locate("gs://b/x", declared=IOWA)
    assert (located.detail, located.contradicted) == ("declared by its catalog", ())


@pytest.mark.parametrize(("declared", "probed"), [(US, IOWA), (IOWA, US)])
def test_a_multi_region_does_not_contradict_a_region_in_it(
    declared: Region, probed: Region
) -> None:
    locator = make()
    locator.learn("gs://b", found(probed))
    located = locator.locate("gs://b/x", declared=declared)
    assert (located.region, located.contradicted) == (declared, ())
    assert locator.locate("gs://b/x", declared=BELGIUM).contradicted == (probed,)


def test_a_pair_of_regions_contradicts_neither() -> None:
    locator = make()
    locator.learn("gs://b", found(IOWA, Region("gcp", "us-west1"), detail="kept in both"))
    assert locator.locate("gs://b").detail == "probed 3 days ago (kept in both)"
    assert locator.locate("gs://b", Region("gcp", "us-west1")).contradicted == ()


# --- registries ---------------------------------------------------------------------------------


def test_the_word_for_a_prefix_counts_for_the_bucket_and_says_so() -> None:
    locator = make()
    locator.replace_registry(
        "open-data",
        [("arn:aws:s3:::b/part", OREGON, "ERA5"), ("arn:aws:s3:::whole", IRELAND, "")],
    )
    other = locator.locate("s3://b/other/x")
    assert (other.region, other.evidence) == (OREGON, Evidence.REGISTRY)
    assert other.detail == (
        "the registry open-data lists it (ERA5), by s3://b/part; a bucket is in one region"
    )
    assert locator.locate("s3://whole/x").detail == "the registry open-data lists it"


def test_a_web_servers_word_counts_for_the_whole_server_only() -> None:
    locator = make()
    rows = [("https://h.org/part", OREGON, ""), ("https://whole.org/", IRELAND, "")]
    locator.replace_registry("R", rows)
    assert locator.locate("https://h.org/part/x").region is None
    assert locator.locate("https://whole.org/part/x").region == IRELAND


def test_a_registry_is_replaced_whole() -> None:
    locator = make()
    locator.replace_registry("R", [("s3://a", OREGON, ""), ("s3://b", OREGON, "")])
    locator.replace_registry("S", [("s3://a", OREGON, "")])
    locator.replace_registry("R", [("s3://b", IRELAND, "")])
    assert locator.locate("s3://a").detail == "the registry S lists it"
    assert locator.locate("s3://b").region == IRELAND
    assert locator.locate("s3://b").contradicted == ()


def test_a_registrys_address_is_told_without_what_is_secret_in_it() -> None:
    locator = make()
    locator.replace_registry("https://k:secret@h.org/r?sig=secret", [("s3://b", OREGON, "")])
    assert locator.locate("s3://b").detail == "the registry https://h.org/r lists it"


def test_a_row_of_a_registry_is_told_as_one() -> None:
    located = make().locate("s3://b", OREGON, evidence=Evidence.REGISTRY)
    assert (located.evidence, located.detail) == (Evidence.REGISTRY, "listed by its registry")


def test_one_bucket_in_two_regions() -> None:
    locator = make()
    locator.replace_registry("R", [("s3://bucket/x", OREGON, ""), ("s3://bucket/y", IRELAND, "")])
    first = locator.locate("s3://bucket/y")
    assert (first.region, first.evidence, first.contradicted) == (
        OREGON, Evidence.REGISTRY, (IRELAND,),
    )  # fmt: skip
    assert first.detail.endswith("by s3://bucket/y; a bucket is in one region (aws:eu-west-1)")
    assert locator.unsettled(["s3://bucket/y", "s3://bucket"]) == ["s3://bucket"]
    locator.learn("s3://bucket", found(IRELAND))
    decided = locator.locate("s3://bucket/x")
    assert (decided.region, decided.evidence, decided.contradicted) == (
        IRELAND, Evidence.PROBED, (OREGON,),
    )  # fmt: skip
    assert decided.detail.startswith("probed 3 days ago (S3 says so); but the registry R lists it")
    assert locator.unsettled(["s3://bucket"]) == []


def test_a_probe_does_not_overrule_a_registry_that_agrees_with_itself() -> None:
    locator = make()
    locator.replace_registry("R", [("s3://b", OREGON, "")])
    locator.learn("s3://b", found(IRELAND))
    located = locator.locate("s3://b")
    assert (located.region, located.evidence, located.contradicted) == (
        OREGON, Evidence.REGISTRY, (IRELAND,),
    )  # fmt: skip


# --- stores that are not the provider's ---------------------------------------------------------


def test_a_foreign_endpoint_is_never_taken_for_the_provider() -> None:
    locator = make()
    locator.replace_registry("R", [("s3://b", OREGON, "")])
    locator.learn("s3://b", found(OREGON))
    located = locator.locate("s3://b/x", endpoint="https://osn.example")
    assert (located.region, located.evidence) == (None, Evidence.UNKNOWN)
    assert "s3://b is at https://osn.example, which tells of no region" in located.detail
    assert locator.unsettled([locator.root("s3://b/x", "https://osn.example")]) == []
    here = Region("local", "osn")
    assert locator.locate("s3://b/x", here, endpoint="https://osn.example").region == here
    configured = make({"s3://b": here})
    assert configured.locate("s3://b/x", endpoint="https://osn.example").region == here


def test_a_foreign_endpoint_is_probed_if_the_administrator_configured_it() -> None:
    options = {"client_kwargs": {"endpoint_url": "https://osn.example/"}}
    locator = make(options_for=lambda url: options if url == "s3://bucket" else {})
    root = locator.root("s3://bucket/x", "https://osn.example")
    assert locator.unsettled([root, locator.root("s3://other", "https://osn.example")]) == [root]
    assert locator.unsettled([locator.root("s3://bucket", "https://evil.example")]) == []
    locator.learn(root, found(OREGON, detail="https://osn.example says us-west-2"))
    assert locator.locate("s3://bucket/x", endpoint="https://osn.example").region == OREGON
    assert locator.locate("s3://bucket/x").region is None


def test_the_providers_own_endpoint_names_the_region() -> None:
    located = make().locate("s3://b/x", endpoint="https://s3.us-west-2.amazonaws.com")
    assert (located.region, located.evidence) == (OREGON, Evidence.EXPLICIT)


# --- probes -------------------------------------------------------------------------------------


def test_what_is_worth_a_probe() -> None:
    locator = make({"gs://configured": IOWA})
    locator.replace_registry("R", [("s3://listed", OREGON, "")])
    locator.learn("s3://missing", Probed("missing", detail="there is no such bucket", asked=NOW))
    locator.learn("s3://silent", Probed("silent", detail="it did not answer", asked=NOW))
    urls = [
        "s3://b/x", "https://b.s3.amazonaws.com/y", "gs://bucket", "gs://configured/x",
        "s3://listed", "s3://missing", "s3://silent", "https://b.s3.us-west-2.amazonaws.com",
        "az://lab.blob.core.windows.net/c", "https://h.org/x", "/data", "", "s3://NOT..VALID/x",
        "gs://a/../b", "s3://169.254.169.254/x",
    ]  # fmt: skip
    roots = [locator.root(url) for url in urls]
    # A name of one letter is none that a provider gives.
    assert locator.unsettled(urls) == locator.unsettled(roots) == ["gs://bucket", "s3://silent"]


def test_what_a_probe_found_is_told_with_its_age() -> None:
    locator = make()
    for asked, words in ((0, "just now"), (70, "1 minute"), (7200, "2 hours"), (9e5, "10 days")):
        locator.learn("s3://bucket", Probed("found", OREGON, (), "S3 says us-west-2", NOW - asked))
        located = locator.locate("s3://bucket/x")
        assert located.evidence is Evidence.PROBED
        assert located.detail.startswith(f"probed {words}")
        assert located.detail.endswith("(S3 says us-west-2)")
    locator.learn("s3://bucket", Probed("missing", None, (), "there is no such bucket", NOW))
    located = locator.locate("s3://bucket/x")
    assert located.region is None
    assert "probed just now (there is no such bucket)" in located.detail


# --- unknown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gs://nobody/knows", "add it to MulticloudLab.regions"),
        ("https://example.org/x.nc", "https://example.org"),
        ("/data/x.nc", "a file of this machine"),
        ("", "no address"),
        ("http://[broken", "nothing says"),
        ("reference::", "nothing says"),
        ("az://lab.blob.core.windows.net/c", "Azure tells nobody"),
        ("https://b.s3.us-gov-nowhere-9.amazonaws.com/x", "names aws:us-gov-nowhere-9"),
        ("s3://" + "x" * 10_000, "…"),
        ("s3://b\x1b[31m/x", "s3://b?"),
    ],
)
def test_unknown_says_so_with_a_way_out(url: str, words: str) -> None:
    located = make().locate(url)
    assert located.region is None
    assert located.evidence is Evidence.UNKNOWN
    assert words in located.detail
    assert len(located.detail) < 600
    assert located.detail.isprintable()
    assert located.url == url


# --- for every map of prefixes ------------------------------------------------------------------

SEGMENT = st.sampled_from(["a", "b", "aa", "ab", "b.c"])
PATH = st.lists(SEGMENT, min_size=1, max_size=4).map("/".join)
PLACES = st.sampled_from([IOWA, OREGON, US, BELGIUM, IRELAND, Region("local", "here")])
PREFIXES = st.dictionaries(
    st.tuples(st.sampled_from(["s3", "gs", "https"]), PATH).map("://".join), PLACES, max_size=12
)


@given(configured=PREFIXES, scheme=st.sampled_from(["s3", "gs", "https"]), path=PATH)
def test_the_longest_prefix_by_whole_segments_in_any_order(
    configured: dict[str, Region], scheme: str, path: str
) -> None:
    url = f"{scheme}://{path}"
    above = [p for p in configured if url == p or url.startswith(p + "/")]
    expected = configured[max(above, key=len)] if above else None
    backwards = dict(reversed(configured.items()))
    for prefixes in (configured, backwards):
        located = make(prefixes).locate(url)
        assert located.region == expected
        assert located.contradicted == ()


@given(
    configured=PREFIXES,
    rows=st.lists(st.tuples(PREFIXES.map(list), PLACES), max_size=6),
    probed=st.dictionaries(st.sampled_from(["s3://a", "gs://a", "gs://aa"]), PLACES),
    urls=st.lists(st.tuples(st.sampled_from(["s3", "gs", "https"]), PATH), min_size=2, max_size=2),
    declared=st.none() | PLACES,
)
def test_urls_of_one_root_are_located_alike(
    configured: dict[str, Region],
    rows: list[tuple[list[str], Region]],
    probed: dict[str, Region],
    urls: list[tuple[str, str]],
    declared: Region | None,
) -> None:
    locator = make(configured)
    locator.replace_registry("R", [(url, region, "") for many, region in rows for url in many])
    for bucket, region in probed.items():
        locator.learn(bucket, found(region))
    one, two = ("://".join(parts) for parts in urls)
    located = {
        url: locator.locate(url, declared).model_copy(update={"url": ""})
        for url in (one, two, locator.root(one))
    }
    assert located[one] == located[locator.root(one)]
    if locator.root(one) == locator.root(two):
        assert located[one] == located[two]
    for answer in located.values():
        assert answer.region not in answer.contradicted
        assert len(set(answer.contradicted)) == len(answer.contradicted)
        if answer.region is not None:
            assert not any(contains(answer.region, other) for other in answer.contradicted)

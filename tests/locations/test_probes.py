"""What each provider's probe makes of real answers over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from multicloud_lab.locations import Probed, Prober
from multicloud_lab.locations.form import FORMS
from multicloud_lab.locations.probe import PROBES, prober_of
from multicloud_lab.regions import Region
from tests.locations.conftest import FAULTS, Store

OREGON, IOWA = Region("aws", "us-west-2"), Region("gcp", "us-central1")
REGION = "x-amz-bucket-region"


async def ask(
    store: Store,
    bucket: str,
    environ: Mapping[str, str] | None = None,
    *,
    deadline: float = 30,
    **options: Any,
) -> Probed:
    options = {"endpoint_url": store.url, **options}
    prober = Prober(
        options_for=lambda url: options, cache=None, environ=environ or {}, deadline=deadline
    )
    try:
        return (await prober.probe([bucket]))[bucket]
    finally:
        await prober.aclose()


# --- the contract of every probe ----------------------------------------------------------------


@pytest.mark.parametrize("scheme", sorted(PROBES))
class TestEveryProbe:
    """The contract of a probe: whoever registers one passes."""

    def test_is_of_a_provider_with_a_form(self, scheme: str) -> None:
        probe = PROBES[scheme]
        assert probe.scheme == scheme
        assert probe.provider in FORMS
        assert not FORMS[probe.provider].untold

    @pytest.mark.parametrize(
        "name",
        [
            "", "ab", "a" * 256, "UP", "a/b", "a?b", "a#b", "a@b", "a:80", "a b", "a%2fb", "..",
            "a..b", "a\nb", "-ab", "127.0.0.1", "a\\b", "é", "abc.evil.org/", "[::1]", "ab\n",
        ],
    )  # fmt: skip
    def test_takes_only_names_that_a_bucket_can_have(self, scheme: str, name: str) -> None:
        assert prober_of(f"{scheme}://{name}") is None

    def test_takes_ordinary_names(self, scheme: str) -> None:
        for name in ("abc", "ncar-cesm-lens", "my.dotted.bucket", "0-1", "a" * 63):
            assert prober_of(f"{scheme}://{name}") is not None

    def test_credentials_and_endpoints_are_read_from_options_alone(self, scheme: str) -> None:
        probe = PROBES[scheme]
        assert not probe.signed({}, {})
        assert not probe.endpoint({}, {})
        assert probe.endpoint({"endpoint_url": "https://e"}, {}) == "https://e"

    @pytest.mark.asyncio
    @pytest.mark.parametrize("fault", sorted(FAULTS))
    async def test_gives_an_answer_whatever_the_store_does(
        self, scheme: str, fault: str, store: Store
    ) -> None:
        store.otherwise, outcome = FAULTS[fault]
        deadline = 2 if fault in ("slow", "endless") else 30
        probed = await ask(store, f"{scheme}://bucket", deadline=deadline)
        assert probed.region is None
        assert probed.detail.isprintable()
        assert probed.detail
        if outcome:
            assert probed.outcome == outcome
        assert store.asked

    @pytest.mark.asyncio
    async def test_follows_no_redirect(self, scheme: str, store: Store, other_store: Store) -> None:
        for status in (301, 302, 307, 308):
            store.asked.clear()

            async def answer(request: Any, status: int = status) -> Any:
                from aiohttp import web

                return web.Response(status=status, headers={"Location": other_store.url})

            store.otherwise = answer
            assert (await ask(store, f"{scheme}://bucket")).region is None
            assert store.asked
        assert other_store.asked == []

    @pytest.mark.asyncio
    async def test_goes_to_its_providers_hosts_alone(self, scheme: str, hosts: list[str]) -> None:
        prober = Prober(options_for=lambda url: {}, cache=None, environ={})
        buckets = [f"{scheme}://bucket", f"{scheme}://my.dotted.bucket"]
        answers = await prober.probe(buckets)
        await prober.aclose()
        assert {probed.outcome for probed in answers.values()} == {"silent"}
        assert hosts
        allowed = {"aws": "s3.amazonaws.com", "gcp": "storage.googleapis.com"}
        for url in hosts:
            host = url.removeprefix("https://").partition("/")[0]
            assert url.startswith("https://")
            assert host == allowed[PROBES[scheme].provider]


# --- S3 -----------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [200, 301, 307, 400, 403])
async def test_s3_names_the_region_in_a_header(status: int, store: Store) -> None:
    store.on("/bucket", status, **{REGION: "us-west-2"})
    probed = await ask(store, "s3://bucket")
    assert (probed.outcome, probed.region) == ("found", OREGON)
    assert probed.detail == f"{store.url} says us-west-2"
    assert store.asked == ["HEAD /bucket"]


@pytest.mark.asyncio
async def test_s3_a_missing_bucket(store: Store) -> None:
    store.on("/bucket", 404, **{REGION: "us-west-2"})
    probed = await ask(store, "s3://bucket")
    assert (probed.outcome, probed.region) == ("missing", None)
    assert probed.detail == f"there is no such bucket at {store.url}"
    assert store.asked == ["HEAD /bucket"]


@pytest.mark.asyncio
async def test_s3_names_with_and_without_dots_are_in_the_path(
    store: Store, hosts: list[str]
) -> None:
    store.on("/my.dotted.bucket", 200, **{REGION: "eu-west-1"})
    assert (await ask(store, "s3://my.dotted.bucket")).region == Region("aws", "eu-west-1")
    prober = Prober(options_for=lambda url: {}, cache=None, environ={})
    await prober.probe(["s3://my.dotted.bucket", "s3://plain"])
    await prober.aclose()
    assert hosts[1:] == [
        "https://s3.amazonaws.com/my.dotted.bucket", "https://s3.amazonaws.com/plain",
    ]  # fmt: skip


DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "body", "region"),
    [
        (
            301,
            "<Error><Endpoint>bucket.s3-eu-west-1.amazonaws.com</Endpoint></Error>",
            Region("aws", "eu-west-1"),
        ),
        (
            400,
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>",
            OREGON,
        ),
        (200, '<LocationConstraint xmlns="x">us-west-2</LocationConstraint>', OREGON),
        (200, "<LocationConstraint>EU</LocationConstraint>", Region("aws", "eu-west-1")),
        # An empty word is S3's for its first region; of another store it means nothing.
        (200, '<LocationConstraint xmlns="x"/>', None),
        (200, "<LocationConstraint>default</LocationConstraint>", None),
        (301, "<Error><Endpoint>evil.example</Endpoint></Error>", None),
        (403, DENIED, None),
    ],
)  # fmt: skip
async def test_s3_denied_without_the_header(
    status: int, body: str, region: Region | None, store: Store
) -> None:
    store.on("HEAD /bucket", 403)
    store.on("GET /bucket?location", status, body)
    probed = await ask(store, "s3://bucket")
    assert probed.region == region
    assert store.asked == ["HEAD /bucket", "GET /bucket?location"]
    if status == 403:
        assert probed.outcome == "refused"
        assert "denies access" in probed.detail


@pytest.mark.asyncio
async def test_s3_a_region_that_is_not_known_here(store: Store) -> None:
    store.on("/bucket", 200, **{REGION: "moon-west-1"})
    probed = await ask(store, "s3://bucket")
    assert (probed.outcome, probed.region) == ("found", None)
    assert "'moon-west-1', which is no region of AWS known here" in probed.detail


@pytest.mark.asyncio
async def test_s3_credentials_only_after_it_was_refused_without(store: Store) -> None:
    async def only_signed(request: Any) -> Any:
        from aiohttp import web

        signed = "Authorization" in request.headers
        return web.Response(status=403, headers={REGION: "us-west-2"} if signed else {})

    store.otherwise = only_signed
    probed = await ask(store, "s3://bucket", key="AKIA-MINE", secret="very-secret")
    assert (probed.outcome, probed.region) == ("found", OREGON)
    assert "very-secret" not in repr(probed)
    signed = ["Authorization" in headers for headers in store.headers]
    assert signed == [False, False, True]
    assert "AKIA-MINE" in store.headers[-1]["Authorization"]


@pytest.mark.asyncio
async def test_s3_credentials_that_do_not_help(store: Store) -> None:
    store.on("/bucket", 403)
    probed = await ask(store, "s3://bucket", key="a", secret="b")
    assert probed.outcome == "refused"


def test_s3_where_credentials_are_looked_for() -> None:
    signed = PROBES["s3"].signed
    assert signed({"profile": "lab"}, {})
    assert signed({}, {"AWS_PROFILE": "lab"})
    assert not signed({"anon": True, "key": "a"}, {"AWS_PROFILE": "lab"})


# --- Google Cloud Storage -----------------------------------------------------------------------

LAYOUT = "/storage/v1/b/bucket/storageLayout"
BUCKET = "/storage/v1/b/bucket"


def place(location: Any, kind: str = "region", *pair: str) -> str:
    layout = {"location": location, "locationType": kind}
    if pair:
        layout["customPlacementConfig"] = {"dataLocations": list(pair)}
    return json.dumps(layout)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "region"),
    [
        (place("US-CENTRAL1"), IOWA),
        (place("US", "multi-region"), Region("gcp", "us")),
        (place("NAM4", "dual-region"), Region("gcp", "nam4")),
        (place("us-central1"), IOWA),
    ],
)
async def test_gcs_names_the_location_in_the_layout(
    body: str, region: Region, store: Store
) -> None:
    store.on(LAYOUT, 200, body)
    probed = await ask(store, "gs://bucket")
    assert (probed.outcome, probed.region, probed.also) == ("found", region, ())
    assert store.asked == [f"GET {LAYOUT}"]
    assert probed.detail.startswith("Google says ")


@pytest.mark.asyncio
async def test_gcs_the_bucket_tells_where_the_layout_is_refused(store: Store) -> None:
    store.on(LAYOUT, 403)
    store.on(BUCKET, 200, place("EUROPE-WEST1"))
    assert (await ask(store, "gs://bucket")).region == Region("gcp", "europe-west1")
    assert store.asked[1].startswith(f"GET {BUCKET}?fields=location,")


@pytest.mark.asyncio
async def test_gcs_a_pair_that_its_owner_chose_is_not_the_continent(store: Store) -> None:
    store.on(LAYOUT, 200, place("US", "dual-region"))
    store.on(BUCKET, 200, place("US", "dual-region", "US-CENTRAL1", "US-WEST1"))
    probed = await ask(store, "gs://bucket")
    assert (probed.region, probed.also) == (Region("gcp", "us-central1_us-west1"), ())
    assert probed.detail == "Google says it is kept in both US-CENTRAL1 and US-WEST1"
    store.on(BUCKET, 403)
    assert (await ask(store, "gs://bucket")).region is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (401, "", "refused", "does not tell anybody, or there is no such bucket"),
        (403, "", "refused", "does not tell anybody"),
        (404, "", "missing", "there is no such bucket"),
        (
            400,
            '{"error": {"message": "Bucket is a requester pays bucket but no user project."}}',
            "refused",
            "whose project pays",
        ),
        (200, "[]", "silent", "no location"),
        (200, '{"location": 7}', "silent", "no location"),
        (200, "not JSON", "silent", "no location"),
        (200, place("MARS-CENTRAL1"), "found", "no one region known here"),
        (200, place("x\x1b[31m" * 100), "found", "no one region known here"),
        (200, place("US", "dual-region", "MARS", "VENUS"), "found", "MARS and VENUS"),
        (500, "", "silent", "500"),
    ],
)
async def test_gcs_no_region(
    status: int, body: str, outcome: str, words: str, store: Store
) -> None:
    store.on(LAYOUT, status, body)
    store.on(BUCKET, status, body)
    probed = await ask(store, "gs://bucket")
    assert (probed.outcome, probed.region) == (outcome, None)
    assert words in probed.detail
    assert probed.detail.isprintable()


# Google's library warns of files from strangers; these are the administrator's.
_OWN_FILES = pytest.mark.filterwarnings("ignore:The load_credentials:DeprecationWarning")


@_OWN_FILES
@pytest.mark.asyncio
@pytest.mark.parametrize("token", ["ya29.very-secret", None])
async def test_gcs_credentials_only_after_it_was_refused_without(
    token: str | None, store: Store, tmp_path: Any
) -> None:
    async def only_signed(request: Any) -> Any:
        from aiohttp import web

        if request.path == "/token":
            return web.json_response({"access_token": "ya29.very-secret", "expires_in": 3600})
        signed = request.headers.get("Authorization") == "Bearer ya29.very-secret"
        paid = request.query.get("userProject") == "my-project"
        if signed and paid and request.path == LAYOUT:
            return web.Response(text=place("US-CENTRAL1"))
        return web.Response(status=401)

    store.otherwise = only_signed
    file = tmp_path / "credentials.json"
    file.write_text(
        json.dumps(
            {
                "type": "external_account",
                "audience": "a",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": f"{store.url}/token",
                "credential_source": {"file": str(file)},
            }
        )
    )
    probed = await ask(store, "gs://bucket", token=token or str(file), project="my-project")
    assert (probed.outcome, probed.region) == ("found", IOWA)
    assert "very-secret" not in repr(probed)
    assert "Authorization" not in store.headers[0]


@_OWN_FILES
@pytest.mark.asyncio
async def test_gcs_credentials_that_do_not_help(store: Store, tmp_path: Any) -> None:
    store.otherwise = None
    store.on(LAYOUT, 401)
    store.on(BUCKET, 401)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for token in ("two\nlines", str(broken), "{", {"type": "nothing"}, 7):
        store.asked.clear()
        assert (await ask(store, "gs://bucket", token=token)).outcome == "refused"
        assert len(store.asked) == 2


def test_gcs_where_credentials_are_looked_for() -> None:
    signed = PROBES["gs"].signed
    assert signed({"token": "/a/file.json"}, {})
    assert signed({}, {"GOOGLE_APPLICATION_CREDENTIALS": "/a/file.json"})
    assert not signed({"token": "anon"}, {"GOOGLE_APPLICATION_CREDENTIALS": "/a/file.json"})
    # These would ask a metadata server, or a person.
    assert not signed({"token": "cloud"}, {})
    assert not signed({"token": "google_default"}, {})

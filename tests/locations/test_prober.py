"""The prober: once a bucket, bounded, remembered on disk, and never at a catalog's endpoint."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from multicloud_lab.locations import Locator, Probed, Prober
from multicloud_lab.locations.cache import ProbeCache
from multicloud_lab.regions import Region
from tests.locations.conftest import Store, slow

OREGON = Region("aws", "us-west-2")
DAY = 86400.0


def make(store: Store, **keywords: Any) -> Prober:
    settings = {"options_for": lambda url: {"endpoint_url": store.url}, "cache": None}
    return Prober(**{**settings, "environ": {}, **keywords})


def telling(region: str = "us-west-2", delay: float = 0.0) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(delay)
        return web.Response(headers={"x-amz-bucket-region": region})

    return answer


# --- at once, and once --------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_bucket_is_asked_about_once_whoever_asks(store: Store) -> None:
    store.otherwise = telling(delay=0.1)
    prober = make(store)
    both = await asyncio.gather(
        prober.probe(["s3://one", "s3://two", "s3://one"]), prober.probe(["s3://two"])
    )
    again = await prober.probe(["s3://one", "s3://two"])
    await prober.aclose()
    assert sorted(store.asked) == ["HEAD /one", "HEAD /two"]
    assert both[1]["s3://two"] is both[0]["s3://two"] is again["s3://two"]
    assert {probed.region for probed in again.values()} == {OREGON}


@pytest.mark.asyncio
async def test_who_asked_first_may_leave_without_the_others_losing(store: Store) -> None:
    store.otherwise = telling(delay=0.3)
    prober = make(store)
    first = asyncio.create_task(prober.probe(["s3://one"]))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(prober.probe(["s3://one"]))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second)["s3://one"].region == OREGON
    assert store.asked == ["HEAD /one"]
    await prober.aclose()


@pytest.mark.asyncio
async def test_no_more_than_some_at_once(store: Store) -> None:
    running = most = 0
    full = asyncio.Event()

    async def count(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 5:
            full.set()
        await full.wait()  # nobody is answered before all are here
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response(headers={"x-amz-bucket-region": "us-west-2"})

    store.otherwise = count
    prober = make(store, at_once=5, deadline=60)
    answers = await prober.probe([f"s3://bucket-{i}" for i in range(30)])
    await prober.aclose()
    assert len(answers) == 30
    assert most == 5


@pytest.mark.asyncio
async def test_one_slow_bucket_costs_its_own_answer_alone(store: Store) -> None:
    store.otherwise = telling()
    store.answers["/slow-bucket"] = slow
    prober = make(store, deadline=3)
    start = time.monotonic()
    answers = await prober.probe(["s3://slow-bucket", "s3://quick"])
    await prober.aclose()
    assert time.monotonic() - start < 20
    assert answers["s3://quick"].region == OREGON
    assert answers["s3://slow-bucket"].outcome == "silent"
    assert answers["s3://slow-bucket"].detail == "it did not answer within 3 s"


@pytest.mark.asyncio
async def test_closing_ends_what_is_asked(store: Store) -> None:
    asked = asyncio.Event()

    async def say_and_wait(request: web.Request) -> web.StreamResponse:
        asked.set()
        return await slow(request)

    store.otherwise = say_and_wait
    prober = make(store)
    asking = asyncio.create_task(prober.probe(["s3://one"]))
    await asked.wait()
    await prober.aclose()
    with pytest.raises(asyncio.CancelledError):
        await asking
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "Prober" in repr(task)]


@pytest.mark.asyncio
async def test_a_mistake_of_a_probe_costs_its_bucket_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from multicloud_lab.locations.probe import PROBES

    async def mistaken(question: Any) -> Probed:
        if question.bucket == "bad":
            raise KeyError("very-secret")
        # Nor may a prober go elsewhere than where it was sent.
        await question.ask("GET", "http://169.254.169.254/latest", {})
        return Probed("found", OREGON)

    monkeypatch.setitem(PROBES, "s3", replace(PROBES["s3"], probe=mistaken))
    prober = make(store)
    answers = await prober.probe(["s3://bad", "s3://worse"])
    await prober.aclose()
    assert {probed.outcome for probed in answers.values()} == {"silent"}
    assert answers["s3://bad"].detail == "it cannot be asked (KeyError)"
    assert store.asked == []


# --- where it goes ------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_only_to_endpoints_that_the_administrator_configured(
    store: Store, other_store: Store, hosts: list[str]
) -> None:
    store.otherwise = other_store.otherwise = telling()
    options = {"s3://mine": {"client_kwargs": {"endpoint_url": store.url}}}
    locator = Locator({}, options_for=lambda url: options.get(url, {}))
    prober = Prober(options_for=lambda url: options.get(url, {}), cache=None, environ={})
    roots = [
        locator.root("s3://mine/x", store.url),  # a catalog names the very same
        locator.root("s3://mine/x", other_store.url),
        locator.root("s3://theirs/x", other_store.url),
    ]
    # Nobody is asked about the others, also by who does not ask the locator first.
    assert locator.unsettled(roots) == roots[:1]
    answers = await prober.probe([*roots, "s3://mine", "s3://no/such", "file:///x", "s3://..", ""])
    assert answers[roots[0]].region == answers["s3://mine"].region == OREGON
    assert answers[roots[1]].detail == "only its catalog names its endpoint, so that was not asked"
    assert {answers[root].outcome for root in roots[1:]} == {"silent"}
    assert answers["file:///x"].detail == "nobody can be asked about a bucket of that name"
    assert other_store.asked == []
    assert {url.partition("/mine")[0] for url in hosts} == {store.url}
    hosts.clear()
    await prober.probe(["s3://theirs", "gs://theirs"])
    await prober.aclose()
    assert {url.split("/")[2] for url in hosts} == {
        "s3.amazonaws.com", "storage.googleapis.com",
    }  # fmt: skip


@pytest.mark.asyncio
async def test_endpoints_of_the_environment(store: Store, other_store: Store) -> None:
    store.otherwise = telling()
    other_store.on("/storage/v1/b/bucket/storageLayout", 200, '{"location": "US-EAST1"}')
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        environ = {name: store.url, "STORAGE_EMULATOR_HOST": other_store.url[len("http://") :]}
        prober = Prober(options_for=lambda url: {}, cache=None, environ=environ)
        answers = await prober.probe(["s3://bucket", "gs://bucket"])
        await prober.aclose()
        assert answers["s3://bucket"].region == OREGON
        assert answers["gs://bucket"].region == Region("gcp", "us-east1")


@pytest.mark.asyncio
async def test_what_the_environment_holds_is_not_sent_to_a_store_of_another_name(
    store: Store, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("{}")

    async def refused(request: web.Request) -> web.StreamResponse:
        return web.Response(status=401)

    store.otherwise = refused
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": "http://x",
        "GOOGLE_APPLICATION_CREDENTIALS": "ya29.token",
    }  # fmt: skip
    prober = make(store, environ=environ)
    answers = await prober.probe(["s3://bucket", "gs://bucket"])
    await prober.aclose()
    assert {probed.outcome for probed in answers.values()} == {"refused"}
    assert not any("Authorization" in headers for headers in store.headers)


@pytest.mark.asyncio
async def test_an_endpoint_that_is_no_address() -> None:
    prober = Prober(options_for=lambda url: {"endpoint_url": "http://["}, cache=None, environ={})
    answers = await prober.probe(["s3://bucket"])
    await prober.aclose()
    assert answers["s3://bucket"].detail == "the endpoint that is configured for it is no address"


# --- what is kept -------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "age", "asked_again"),
    [
        (200, 29 * DAY, False),
        (200, 31 * DAY, True),
        (200, -DAY, True),  # a clock that was wrong
        (404, 0.9 * DAY, False),
        (404, 1.1 * DAY, True),
        (403, 0.9 * DAY, False),
        (403, 1.1 * DAY, True),
        (503, 1.0, True),
        (299, 0.9 * DAY, False),  # in a region that is not known here
        (299, 1.1 * DAY, True),
    ],
)
async def test_answers_outlive_the_process_for_as_long_as_they_are_good(
    status: int, age: float, asked_again: bool, store: Store, tmp_path: Path
) -> None:
    region = {200: "us-west-2", 299: "moon-west-1"}.get(status)
    headers = {"x-amz-bucket-region": region} if region else {}
    store.on("/bucket", status, **headers)
    cache, now = tmp_path / "deep" / "probes.sqlite", time.time()
    first = make(store, cache=cache, now=lambda: now)
    told = (await first.probe(["s3://bucket"]))["s3://bucket"]
    await first.aclose()
    store.asked.clear()
    second = make(store, cache=cache, now=lambda: now + age)
    again = (await second.probe(["s3://bucket"]))["s3://bucket"]
    await second.aclose()
    assert bool(store.asked) is asked_again
    assert (again.outcome, again.region) == (told.outcome, told.region)
    assert again.asked == (now + age if asked_again else now)


@pytest.mark.asyncio
async def test_no_answer_is_remembered_for_minutes_only(store: Store) -> None:
    moment = [1000.0]
    prober = make(store, now=lambda: moment[0])
    store.on("/bucket", 503)
    for seconds, count in ((0, 1), (200, 1), (200, 2)):
        moment[0] += seconds
        await prober.probe(["s3://bucket"])
        assert len(store.asked) == count
    await prober.aclose()


@pytest.mark.asyncio
async def test_what_was_refused_is_asked_again_with_credentials(
    store: Store, tmp_path: Path
) -> None:
    store.on("/bucket", 403)
    options: dict[str, Any] = {"endpoint_url": store.url}
    for count in (2, 5, 5):
        prober = make(store, cache=tmp_path / "c", options_for=lambda url: dict(options))
        await prober.probe(["s3://bucket"])
        await prober.aclose()
        assert len(store.asked) == count
        options.update(key="AKIA", secret="very-secret")
    assert b"secret" not in (tmp_path / "c").read_bytes()


PROBED = Probed("found", OREGON, (Region("aws", "us-east-1"),), "S3 says so", 5.0)


def test_the_file_gives_back_what_it_was_given(tmp_path: Path) -> None:
    cache = ProbeCache(tmp_path / "c")
    missing = Probed("missing", None, (), "there is no such bucket", 6.0)
    cache.put({"s3://one": PROBED, "s3://two": missing})
    assert ProbeCache(tmp_path / "c").get(["s3://one", "s3://two", "s3://three"]) == {
        "s3://one": PROBED, "s3://two": missing,
    }  # fmt: skip


@pytest.mark.parametrize("damage", ["garbage", "cut", "other-table", "empty"])
def test_a_damaged_file_is_replaced(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "c"
    ProbeCache(path).put({f"s3://bucket-{i}": PROBED for i in range(500)})
    if damage == "garbage":
        path.write_bytes(b"not a database" * 1000)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE probes (something)")
        other.close()
    cache = ProbeCache(path)
    cache.get(["s3://bucket-1"])
    cache.put({"s3://new": PROBED})
    assert cache.get(["s3://new"]) == {"s3://new": PROBED}


def test_rows_that_nobody_here_wrote_are_no_answers(tmp_path: Path) -> None:
    path = tmp_path / "c"
    ProbeCache(path).put({"s3://one": PROBED})
    with sqlite3.connect(path) as other:
        other.execute("UPDATE probes SET region = '<b>', outcome = 'rm -rf'")
    other.close()
    assert ProbeCache(path).get(["s3://one"]) == {}


def test_a_file_that_cannot_be_used_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = ProbeCache(tmp_path / "file" / "c")
    cache.put({"s3://one": PROBED})
    assert cache.get(["s3://one"]) == {}
    assert len(caplog.records) == 1
    assert "Probes are not kept" in caplog.text


def test_a_file_that_another_holds_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.locations.cache._BUSY_SECONDS", 0.05)
    cache = ProbeCache(tmp_path / "c")
    cache.put({"s3://one": PROBED})
    other = sqlite3.connect(tmp_path / "c", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache.put({"s3://two": PROBED})
    other.execute("ROLLBACK")
    other.close()
    assert cache.get(["s3://one", "s3://two"]) == {"s3://one": PROBED}


def test_several_threads_share_the_file(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(number: int) -> None:
        ProbeCache(tmp_path / "c").put({f"s3://bucket-{number}": PROBED})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    names = [f"s3://bucket-{number}" for number in range(40)]
    assert len(ProbeCache(tmp_path / "c").get(names)) == 40

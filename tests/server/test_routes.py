"""The HTTP API: who may ask for what, what an answer looks like, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import aiohttp
import pytest
from jupyter_server.auth import Authorizer, User
from jupyter_server.base.handlers import JupyterHandler
from openapi_spec_validator import validate

from multicloud_lab.endpoints import ENDPOINTS, PREFIX, Endpoint
from multicloud_lab.server.inputs import LONGEST_BODY
from tests.server.conftest import RAIN, RAIN_ENCODED, StartJupyter

pytestmark = pytest.mark.asyncio


def address(endpoint: Endpoint) -> str:
    return re.sub(r"{\w+}", "x", endpoint.path)


class DenyAll(Authorizer):
    """Lets nobody do anything, and remembers what was asked."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        self.asked.append((action, resource))
        return False


async def test_every_verb_asks_the_authorizer(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter(config={"ServerApp": {"authorizer_class": DenyAll}})
    # Twice: the decorator must not have taken over the resource of the first handler.
    for headers in (None, jupyter.kernel):
        for endpoint in ENDPOINTS:
            DenyAll.asked.clear()
            body = b"{}" if endpoint.body else None
            status, answer = await jupyter.api(
                endpoint.method, address(endpoint), headers=headers, data=body
            )
            assert (status, answer["code"]) == (403, "forbidden"), endpoint.name
            action = "read" if endpoint.method == "GET" else "write"
            assert DenyAll.asked == [(action, "multicloud_lab")], endpoint.name
    status, _ = await jupyter.api("GET", "openapi.json")
    assert status == 403
    status, _, _ = await jupyter.raw("GET", "multicloud-lab/dashboards/g/c/status")
    assert status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await jupyter.websocket("multicloud-lab/dashboards/g/c/status/ws").__aenter__()
    assert refused.value.status == 403


async def test_nobody_gets_in_without_a_login(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    for headers in ({}, {"Authorization": "token wrong"}, {"X-Multicloud-Lab-Kernel": "wrong"}):
        for endpoint in ENDPOINTS:
            status, answer = await jupyter.api(endpoint.method, address(endpoint), headers=headers)
            assert (status, answer["code"]) == (403, "forbidden"), endpoint.name
        for path in ("openapi.json", "no/such/path"):
            status, answer = await jupyter.api("GET", path, headers=headers)
            assert status == 403


async def test_a_token_is_not_enough_for_what_is_for_kernels(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    only = [endpoint for endpoint in ENDPOINTS if endpoint.kernels_only]
    assert {endpoint.name for endpoint in only} >= {"connection", "opening", "record"}
    for endpoint in only:
        status, answer = await jupyter.api(endpoint.method, address(endpoint))
        assert (status, answer["code"]) == (403, "kernels-only")
        status, answer = await jupyter.api(
            endpoint.method, address(endpoint), headers=jupyter.kernel
        )
        assert status == (400 if endpoint.body else 404)


async def test_the_document_is_served_and_valid(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    status, document = await jupyter.api("GET", "openapi.json")
    assert status == 200
    validate(document)
    described = {
        (verb.upper(), path.removeprefix("/"))
        for path, verbs in document["paths"].items()
        for verb in verbs
    }
    assert described == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


@pytest.mark.parametrize("path", [RAIN_ENCODED, "good/rain%2050%25"])
async def test_ids_come_with_slashes_encoded_or_not(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], path: str
) -> None:
    jupyter = await start_jupyter(small_lab)
    status, dataset = await jupyter.api("GET", f"datasets/{path}")
    assert (status, dataset["id"]) == (200, RAIN)
    assert dataset["region"] == "gcp:us-central1"
    status, placements = await jupyter.api("GET", f"datasets/{path}/placements")
    assert (status, placements[0]["relation"]) == (200, "same-region")
    status, opening = await jupyter.api("GET", f"datasets/{path}/opening", headers=jupyter.kernel)
    assert (status, opening["dataset"]["id"]) == (200, RAIN)


async def test_paths_are_decoded_once(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    # The name holds a slash, so the id holds %2F, and the path %252F.
    status, dataset = await jupyter.api("GET", "datasets/good%2Fa%252Fb")
    assert (status, dataset["id"], dataset["name"]) == (200, "good/a%2Fb", "a/b")
    status, answer = await jupyter.api("GET", "datasets/good%2Frain%252050%2525")
    assert (status, answer["code"]) == (404, "dataset-not-found")
    # Also: a percent sign in a message stays one.
    assert "rain%2050%25" in answer["message"]


async def test_answers_have_all_their_fields(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    _, document = await jupyter.api("GET", "openapi.json")
    schemas = document["components"]["schemas"]
    status, page = await jupyter.api("GET", "datasets?text=wind")
    assert (status, page["total"]) == (200, 1)
    assert set(page) == set(schemas["DatasetPage"]["required"])
    assert set(page["items"][0]) == set(schemas["DatasetRow"]["required"])
    status, gateways = await jupyter.api("GET", "gateways")
    assert set(gateways[0]) == set(schemas["Gateway"]["required"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("datasets?limit=20000", "limit: Input should be less than or equal to 10000"),
        ("datasets?limit=ten", "limit: "),
        ("datasets?colour=red", "colour: There is no such field here; there are: text, provider"),
        ("datasets?text=a&text=b", "text: "),
        ("datasets?text=%FF", "text: The value is not UTF-8"),
        ("clusters?gateway=iowa", "gateway: There is no such field here; there are: none"),
        ("locations", "url: Field required"),
    ],
)
async def test_a_wrong_query_is_named(start_jupyter: StartJupyter, path: str, said: str) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("GET", path)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert said in answer["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: Invalid JSON"),
        (b"{", "body: Invalid JSON"),
        (b"\xff\xfe", "body: Invalid JSON"),
        (b"[" * 100_000, "body: Invalid JSON"),
        (b"[]", "body: Input should be an object"),
        (b'{"gateway": 1}', "gateway: Input should be a valid string"),
        (b'{"near": "x", "colour": 1}', "colour: There is no such field here"),
        (b'{"gateway": "iowa", "minimum": -1}', "minimum: Input should be greater"),
    ],
)
async def test_a_wrong_body_is_named(start_jupyter: StartJupyter, body: bytes, said: str) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("POST", "clusters", data=body)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert said in answer["message"]


async def test_what_jupyter_adds_to_a_query_is_no_mistake(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    for query in ("1764000000000", "text=&1764000000000", "no_track_activity=1"):
        status, _ = await jupyter.api("GET", f"datasets?{query}")
        assert status == 200


async def test_unknown_paths_and_verbs_are_answered_in_json(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("GET", "50%25/of/nothing")
    assert (status, answer["code"]) == (404, "not-found")
    assert "50%25/of/nothing" in answer["message"]
    status, answer = await jupyter.api("DELETE", "datasets")
    assert (status, answer["code"]) == (405, "method-not-allowed")


async def test_reading_does_not_keep_a_server_alive(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    settings = jupyter.app.web_app.settings
    settings.pop("api_last_activity", None)
    await jupyter.api("GET", "clusters")
    assert "api_last_activity" not in settings
    await jupyter.api("POST", "refresh")
    assert "api_last_activity" in settings


async def test_a_page_of_another_site_cannot_change_anything(
    start_jupyter: StartJupyter,
) -> None:
    jupyter = await start_jupyter()
    # Log in as a browser does, and send the cookies without the XSRF token, and with a wrong one.
    _, _, headers = await jupyter.raw("GET", "api/status")
    pairs = [value.partition(";")[0] for value in headers.getall("Set-Cookie")]  # type: ignore[attr-defined]
    _, _, headers = await jupyter.raw("GET", "login", headers={})
    pairs += [value.partition(";")[0] for value in headers.getall("Set-Cookie", ())]  # type: ignore[attr-defined]
    cookies = dict(pair.partition("=")[::2] for pair in pairs)
    browser = {"Cookie": "; ".join(pairs), "Referer": jupyter.url}
    for endpoint in ENDPOINTS:
        for foreign in ({}, {"X-XSRFToken": "wrong"}):
            sent = {"Cookie": browser["Cookie"], "Referer": "https://evil.example/", **foreign}
            status, answer = await jupyter.api(
                endpoint.method, address(endpoint), headers=sent, data=b"{}"
            )
            if endpoint.method == "GET" and not endpoint.kernels_only:
                continue  # reading changes nothing, and no browser shows it to another site
            assert status == 403, endpoint.name
            if not endpoint.kernels_only:
                assert "xsrf" in answer["message"].lower(), (endpoint.name, answer)
        own = {**browser, "X-XSRFToken": cookies["_xsrf"]}
        status, answer = await jupyter.api(
            endpoint.method, address(endpoint), headers=own, data=b"{}"
        )
        assert (status == 403) == endpoint.kernels_only, (endpoint.name, answer)


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.body], ids=lambda one: one.name
)
async def test_a_body_that_is_no_json_or_too_long_is_refused(
    start_jupyter: StartJupyter, endpoint: Endpoint
) -> None:
    jupyter = await start_jupyter()
    path = address(endpoint)
    who = jupyter.kernel if endpoint.kernels_only else jupyter.headers
    forms = ("application/x-www-form-urlencoded", "application/xml", "text/html; charset=utf-8")
    for kind in forms:
        status, answer = await jupyter.api(
            endpoint.method,
            path,
            data=b"{}",
            headers={**who, "Content-Type": kind},
        )
        assert (status, answer["code"]) == (415, "unsupported-type"), kind
    long = b'{"text": "' + b"x" * LONGEST_BODY + b'"}'
    status, answer = await jupyter.api(endpoint.method, path, data=long, headers=who)
    assert (status, answer["code"]) == (413, "too-large")
    for kind in ("application/json", "Application/JSON; charset=utf-8", "text/plain"):
        status, answer = await jupyter.api(
            endpoint.method,
            path,
            data=b'{"no such field": 1}',
            headers={**who, "Content-Type": kind},
        )
        assert (status, answer["code"]) == (400, "invalid-input"), kind


async def test_every_other_verb_is_refused(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    for path in {address(endpoint) for endpoint in ENDPOINTS}:
        has = {one.method for one in ENDPOINTS if address(one) == path}
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - has:
            status, answer = await jupyter.api(verb, path)
            assert (status, answer["code"]) == (405, "method-not-allowed"), (verb, path)
        status, _, _ = await jupyter.raw("TRACE", f"{PREFIX}/{path}")
        assert status == 405


async def test_what_nobody_expected_is_logged_without_its_words(
    start_jupyter: StartJupyter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    jupyter = await start_jupyter()

    secret = "hunter2"

    async def fail(self: object) -> None:
        raise RuntimeError(f"the password is {secret}")

    monkeypatch.setattr("multicloud_lab.service.LabService.regions", fail)
    status, answer = await jupyter.api("GET", "regions")
    assert (status, answer["code"]) == (500, "internal")
    assert secret not in json.dumps(answer) + caplog.text
    assert "RuntimeError" in caplog.text
    assert f"GET {jupyter.app.base_url}{PREFIX}/regions failed" in caplog.text

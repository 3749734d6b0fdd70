"""The API of a gateway that has one running cluster, for tests that are about its dashboards."""

from __future__ import annotations

from typing import Any

from aiohttp import web

_REPORT = {
    "name": "c1",
    "options": {},
    "status": "RUNNING",
    "start_time": 1_700_000_000_000,
    "stop_time": None,
    "dashboard_route": "/clusters/c1",
}
_ANSWERS: dict[str, Any] = {
    "/api/health": {"status": "pass"},
    "/api/version": {"version": "1"},
    # Not listed, so that nobody looks at its dashboards but who is asked to.
    "/api/v1/clusters/": {},
    "/api/v1/clusters/c1": _REPORT,
}


def answer_api(request: web.Request) -> web.Response | None:
    """Answer what the lab asks by itself; None for anything else."""
    if request.path not in _ANSWERS or request.method != "GET":
        return None
    return web.json_response(_ANSWERS[request.path])


def lab(address: str) -> dict[str, Any]:
    """Give the configuration of a lab with that gateway, which lets everybody in."""
    return {
        "gateways": [
            {
                "name": "iowa",
                "region": "gcp:us-central1",
                "address": address,
                "auth": {"type": "dask_gateway.auth:GatewayAuth"},
            }
        ]
    }

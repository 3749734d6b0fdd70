"""The API keeps to its description, whatever it is sent: no 5xx, no answer that is not described.

The cases are made from the OpenAPI file by schemathesis, and sent to a real server of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.demo.jupyter import DemoJupyter, start_jupyter
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import ENDPOINTS, PREFIX, Endpoint
from multicloud_lab.server.openapi import document

EXAMPLES = 12  # of each operation, with values that are allowed and with values that are not
DEADLINE = 30.0


def described() -> dict[str, Any]:
    """The OpenAPI file, but for who may ask: that is tried elsewhere, and all cases here may."""
    described = document()
    del described["security"], described["components"]["securitySchemes"]
    for verbs in described["paths"].values():
        for operation in verbs.values():
            operation.pop("security", None)
    return described


# Some values a schema cannot tell from good ones: a minimum above the maximum, a name of no region.
REFUSES_MORE = schemathesis.checks.positive_data_acceptance
API = schemathesis.openapi.from_dict(described())


@pytest.fixture(scope="module")
def server(clouds: Clouds) -> Iterator[DemoJupyter]:
    """JupyterLab with two real gateways and real catalogs."""
    with Processes() as processes:
        yield start_jupyter(processes, free_ports(1)[0], clouds.config())


@pytest.fixture(scope="module")
def session(server: DemoJupyter) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"token {server.token}"
        yield session


def names(endpoint: Endpoint, clouds: Clouds) -> st.SearchStrategy[dict[str, str]]:
    """Names that are there, so that not every path ends at a 404."""
    there = {
        "gateway": [gateway.name for gateway in clouds.gateways.values()],
        "cluster": ["0123456789abcdef0123456789abcdef"],
        "kernel": ["01234567-89ab-cdef-0123-456789abcdef"],
        "analysis": ["open", "time-mean"],
        "dataset_id": ["pangeo%2Fatmosphere%2Fera5", "lens%2Fatm%2Fhourly6-1990-2005%2FPRECT"],
    }
    return st.fixed_dictionaries(
        {name: st.sampled_from(there[name]) for name in endpoint.arguments}
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_whatever_is_sent_the_answer_is_described(
    server: DemoJupyter,
    session: requests.Session,
    clouds: Clouds,
    endpoint: Endpoint,
    mode: GenerationMode,
) -> None:
    operation = API[f"/{endpoint.path}"][endpoint.method]
    if mode is GenerationMode.NEGATIVE and not (endpoint.query or endpoint.body):
        return  # every text is a name

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), known=st.none() | names(endpoint, clouds))
    def send(case: Case[Any], known: dict[str, Any] | None) -> None:
        if known:
            case.path_parameters = known
        response = case.call(base_url=f"{server.url}{PREFIX}", session=session, timeout=DEADLINE)
        case.validate_response(response, excluded_checks=[REFUSES_MORE])

    send()

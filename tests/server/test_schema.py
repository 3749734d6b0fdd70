"""The API keeps to its description, whatever it is sent: no 5xx, no answer that is not described.

The cases are made from the OpenAPI file by schemathesis, and sent to a real server of its own,
which is signed in to one of two gateways and has a cluster there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jupyter_client.blocking.client import BlockingKernelClient
from schemathesis import Case, GenerationMode

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.demo.jupyter import DemoJupyter, start_jupyter
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import ENDPOINTS, PREFIX, SECRET_HEADER, Endpoint
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
def processes() -> Iterator[Processes]:
    with Processes() as processes:
        yield processes


@pytest.fixture(scope="module")
def server(clouds: Clouds, processes: Processes) -> DemoJupyter:
    """JupyterLab with two real gateways and real catalogs."""
    return start_jupyter(processes, free_ports(1)[0], clouds.config())


@pytest.fixture(scope="module")
def session(server: DemoJupyter) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"token {server.token}"
        yield session


@pytest.fixture(scope="module")
def secret(server: DemoJupyter, session: requests.Session, processes: Processes) -> str:
    """What kernels of the server inherit, as one of them says it."""
    kernel = session.post(f"{server.url}api/kernels", json={}, timeout=DEADLINE).json()["id"]
    (file,) = processes.state_dir.rglob(f"kernel-{kernel}.json")
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    # A heartbeat that a busy machine answers late would pass for a kernel that has died.
    client.start_channels(hb=False)
    try:
        said: list[str] = []
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            "import os; print(os.environ['MULTICLOUD_LAB_SECRET'], end='')",
            timeout=60,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
    return "".join(said)


@pytest.fixture
def cluster(server: DemoJupyter, session: requests.Session, clouds: Clouds) -> Iterator[str]:
    """A cluster that runs, whatever was signed out or stopped before; it is the only one."""
    api, gateway = f"{server.url}{PREFIX}", clouds.gateways[AWS]

    def ask(method: str, path: str, body: Any = None) -> Any:
        answer = session.request(method, f"{api}/{path}", json=body, timeout=DEADLINE)
        assert answer.status_code < 300, answer.text
        return answer.json()

    ask("POST", f"gateways/{gateway.name}/session", {"password": gateway.password})
    wish = {"gateway": gateway.name, "minimum": 0, "maximum": 1, "reuse": True}
    name = str(ask("POST", "clusters", wish)["name"])
    for _ in range(450):
        listed = {each["name"]: each["status"] for each in ask("GET", "clusters")}
        if listed.get(name) == "RUNNING":
            break
        time.sleep(0.2)
    assert listed[name] == "RUNNING"
    yield name
    ask("POST", f"gateways/{gateway.name}/session", {"password": gateway.password})
    for other in ask("GET", "clusters"):
        if other["name"] != name:
            session.delete(f"{api}/clusters/{gateway.name}/{other['name']}", timeout=DEADLINE)


def names(endpoint: Endpoint, clouds: Clouds, cluster: str) -> st.SearchStrategy[dict[str, str]]:
    """Names that are there, so that not every path ends at a 404."""
    there = {
        "gateway": [gateway.name for gateway in clouds.gateways.values()],
        "cluster": [cluster, "0123456789abcdef0123456789abcdef"],
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
    secret: str,
    cluster: str,
    clouds: Clouds,
    endpoint: Endpoint,
    mode: GenerationMode,
) -> None:
    headers = {SECRET_HEADER: secret} if endpoint.kernels_only else {}
    seen = set[int]()
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
    @given(case=operation.as_strategy(mode), known=st.none() | names(endpoint, clouds, cluster))
    def send(case: Case[Any], known: dict[str, Any] | None) -> None:
        if known:
            case.path_parameters = known
        response = case.call(
            base_url=f"{server.url}{PREFIX}", session=session, timeout=DEADLINE, headers=headers
        )
        case.validate_response(response, excluded_checks=[REFUSES_MORE])
        seen.add(response.status_code)

    send()
    if mode is GenerationMode.POSITIVE and "cluster" in endpoint.arguments:
        assert min(seen) < 300, seen  # or nothing would have been tried but refusals

"""A notebook on a cluster that is there already, however it was started."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from dask_gateway import BasicAuth, Gateway

import multicloud_lab as mcl
import multicloud_lab.notebook
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.demo.processes import free_ports
from multicloud_lab.errors import (
    ClusterFailedError,
    ClusterNotFoundError,
    GatewayNotFoundError,
    GatewayUnreachableError,
    InvalidInputError,
)
from multicloud_lab.lab import Lab
from multicloud_lab.records import StopClusters


def test_two_notebooks_share_a_cluster_by_its_name(lab: Lab, clouds: Clouds) -> None:
    first: Any = lab.client(near=GCP)
    name = first.cluster_record.name
    with Lab.from_config(clouds.config()) as other:
        gateway = clouds.gateways[GCP]
        other.sign_in(gateway.name, gateway.password)
        second = other.client(cluster=name)
        assert second is other.client(cluster=name, gateway=gateway.name)
        assert second is not first
        assert second.cluster_record.name == name
        anything: Any = second
        anything.publish_dataset(answer=anything.scatter([42], hash=False)[0])
        assert first.get_dataset("answer").result(timeout=120) == 42


def test_a_notebook_is_detached_from_one_cluster_and_that_goes_on(lab: Lab) -> None:
    client: Any = lab.client(near=GCP)
    cluster = client.cluster_record
    lab.detach("another")
    lab.detach(cluster.name, gateway="aws-oregon")
    assert client.status == "running"
    lab.detach(cluster.name)
    assert client.status == "closed"
    lab.detach(cluster.name)  # which is no error: it is what was wanted
    again: Any = lab.client(cluster=cluster.name)
    assert again is not client
    assert again.run_on_scheduler(lambda: 6 * 7) == 42


def test_a_cluster_gets_other_bounds_and_another_idle_time_from_a_notebook(lab: Lab) -> None:
    client: Any = lab.client(near=GCP, maximum=2)
    name = client.cluster_record.name
    changed = lab.change_cluster(name, maximum=9, idle_minutes=600)
    assert (changed.maximum, changed.idle_minutes) == (4, 30)
    assert "capped at 4 by the gateway; stopped after 30 min without work" in changed.message
    changed = lab.change_cluster(name, gateway="gcp-iowa", idle_minutes=5)
    assert (changed.maximum, changed.idle_minutes) == (4, 5)
    assert lab.client(cluster=name) is client
    with pytest.raises(ClusterNotFoundError, match="'nothing'"):
        lab.change_cluster("nothing", idle_minutes=5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minimum": -1}, "minimum: Input should be greater than or equal to 0."),
        ({"idle_minutes": "soon"}, "idle_minutes: Input should be a valid number, unable to"),
        ({"minimum": 5, "maximum": 2}, "The minimum, 5, is above the maximum, 2."),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_one_sentence(
    lab: Lab, wrong: dict[str, Any], said: str
) -> None:
    name = lab.client(near=GCP).cluster_record.name
    for ask in (
        lambda: lab.client(gateway="aws-oregon", **wrong),
        lambda: lab.change_cluster(name, **wrong),
    ):
        with pytest.raises(InvalidInputError) as refused:
            ask()
        assert str(refused.value).startswith(said)
        assert "\n" not in str(refused.value)


def test_a_lab_is_closed_though_a_cluster_cannot_be_stopped(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab.from_config(clouds.config())
    gateway = clouds.gateways[GCP]
    lab.sign_in(gateway.name, gateway.password)
    lab.client(near=GCP)

    async def down(gateway: str, cluster: str) -> None:
        raise GatewayUnreachableError(f"{gateway} does not answer.")

    service: Any = lab._service
    monkeypatch.setattr(service, "stop_cluster", down)
    watches = list(service._pool._watches.values())
    with pytest.raises(GatewayUnreachableError, match="gcp-iowa does not answer"):
        lab.close(shutdown=True)
    assert len(watches) == 2
    assert [watch.session._connection for watch in watches] == [None, None]  # nothing is held


def test_a_scheduler_that_cannot_be_reached_from_here(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.clients.CONNECT_DEADLINE", 3.0)
    config = clouds.config()
    wrong = f"gateway://127.0.0.1:{free_ports(1)[0]}"
    gateways = [{**each, "proxy_address": wrong} for each in config["gateways"]]
    with Lab.from_config({**config, "gateways": gateways}) as lab:
        gateway = clouds.gateways[GCP]
        lab.sign_in(gateway.name, gateway.password)
        with pytest.raises(ClusterFailedError) as failed:
            lab.client(near=GCP)
        lab._run(lab._service.stop_clusters(StopClusters()))
    assert f"on gcp-iowa does not answer at {wrong} within 3 s; stop the" in str(failed.value)
    assert "ask whether proxy_address in the configuration of the gateway" in str(failed.value)


def test_a_password_that_is_no_text_is_not_repeated(lab: Lab) -> None:
    typed: Any = ["hush-hush"]
    with pytest.raises(InvalidInputError, match="password: Input should be a valid string") as said:
        lab.sign_in("gcp-iowa", typed)
    assert "hush" not in f"{said.value!r} {said.value.__cause__!r} {said.value.__context__!r}"


def test_to_detach_connects_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def connected() -> Lab:
        raise AssertionError("it connected")

    monkeypatch.setattr(multicloud_lab.notebook, "_default", None)
    monkeypatch.setattr(Lab, "connected", connected)
    mcl.detach("abc")


def test_a_cluster_of_a_script_is_found(lab: Lab, clouds: Clouds) -> None:
    gateway = clouds.gateways[AWS]

    async def submit() -> str:
        async with Gateway(
            gateway.address,
            proxy_address=gateway.proxy_address,
            public_address=gateway.address,
            auth=BasicAuth(gateway.username, gateway.password),
            asynchronous=True,
        ) as script:
            return str(await script.submit())

    name = asyncio.run(submit())
    client: Any = lab.client(cluster=name)
    assert client.cluster_record.gateway == gateway.name
    assert client.cluster_record.name == name
    assert client.run_on_scheduler(lambda: 6 * 7) == 42


def test_what_cannot_be_attached_to_is_said(lab: Lab) -> None:
    with pytest.raises(ClusterNotFoundError, match=r"'nothing'; there is .+ on (gcp|aws)"):
        lab.client(near=GCP) and lab.client(cluster="nothing")
    with pytest.raises(ClusterNotFoundError, match="'nothing'"):
        lab.client(cluster="nothing", gateway="gcp-iowa")
    with pytest.raises(GatewayNotFoundError):
        lab.client(cluster="nothing", gateway="gcp-ohio")
    with pytest.raises(InvalidInputError, match="leave near"):
        lab.client(near=GCP, cluster="nothing")
    with pytest.raises(InvalidInputError, match="a cluster that is there"):
        lab.client()

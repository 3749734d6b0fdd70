"""A notebook on a cluster that is there already, however it was started."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from dask_gateway import BasicAuth, Gateway

import multicloud_lab as mcl
import multicloud_lab.notebook
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.errors import ClusterNotFoundError, GatewayNotFoundError, InvalidInputError
from multicloud_lab.lab import Lab


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

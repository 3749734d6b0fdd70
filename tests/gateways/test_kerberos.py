"""Signing in by a Kerberos ticket: a real KDC, and a real gateway that takes its tickets."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.processes import Processes
from multicloud_lab.errors import WrongCredentialsError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.failures import LATER
from multicloud_lab.records import Cluster, SignIn
from tests.gateways import kdc
from tests.gateways.harness import OwnGateway
from tests.gateways.test_own_gateways import follow

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(bool(kdc.missing()), reason=kdc.missing() or "Kerberos is here"),
]
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]

LIFE = "20s"
"""Of a short ticket: long enough to sign in with."""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "own") as processes:
        yield processes


@pytest.fixture
def realm(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> kdc.Realm:
    """A realm of two users, which this process and those that it starts belong to."""
    realm = kdc.Realm(processes)
    for user in ("ann", "ben"):
        realm.add(user)
    for name, value in realm.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(realm.environment["PYTHONPATH"])
    if find_spec("kerberos") is None:
        pytest.skip("pykerberos is not here; scripts/setup-kerberos gets it")
    return realm


@pytest.fixture
def own(processes: Processes, realm: kdc.Realm) -> OwnGateway:
    kind = "dask_gateway_server.auth.KerberosAuthenticator"
    return OwnGateway(
        processes,
        more=f"c.DaskGateway.authenticator_class = {kind!r}\n"
        f"c.KerberosAuthenticator.keytab = {str(realm.keytab)!r}\n"
        "c.KerberosAuthenticator.cache_max_age = 0",
    )


async def test_a_ticket_signs_in_and_a_new_one_when_it_has_expired(
    realm: kdc.Realm, own: OwnGateway, make_pool: MakePool, configure: Configure, until: Until
) -> None:
    pool = await make_pool(configure(own.gateway, "", auth={"type": "kerberos"}))
    without = await follow(pool, "sign-in-needed")
    assert without.message.startswith("own did not get the Kerberos ticket (No Kerberos cred")
    assert without.message.endswith("run kinit if that has expired.")
    await asyncio.to_thread(realm.kinit, "ann", LIFE)
    assert (await follow(pool, "signed-in")).username == "ann"  # nobody did anything in the lab
    cluster, _ = await pool.start_cluster(
        "own", minimum=1, maximum=2, options={}, dataset=None, reuse=True
    )
    late = await follow(pool, "sign-in-needed")
    cause, way = late.message.split("; ", 1)
    # The library says it in several ways.
    assert re.fullmatch(
        r"own did not get the Kerberos ticket \(.* expired\) that it took before", cause
    )
    assert way == (
        "sign in again: it takes this user's Kerberos ticket; run kinit if that has expired."
    )
    with pytest.raises(WrongCredentialsError, match="run kinit"):
        await pool.sign_in("own", SignIn(password=""))
    await asyncio.to_thread(realm.kinit, "ann")
    assert (await pool.sign_in("own", SignIn(password=""))).state == "signed-in"
    there = await until(pool, cluster.name, lambda each: each.workers == 1)
    assert (there.owner, there.ours) == ("ann", True)

    # A ticket of another is another user at the gateway.
    await asyncio.to_thread(realm.kinit, "ben")
    other = await make_pool(configure(own.gateway, "", auth={"type": "kerberos"}))
    assert (await follow(other, "signed-in")).username == "ben"
    assert await other.clusters() == []
    await asyncio.to_thread(realm.kinit, "ann")  # whose cluster is stopped now


async def test_a_gateway_without_its_own_key(
    realm: kdc.Realm, own: OwnGateway, make_pool: MakePool, configure: Configure
) -> None:
    await asyncio.to_thread(realm.kinit, "ann")
    realm.keytab.write_bytes(b"\x05\x02")  # of nobody
    pool = await make_pool(configure(own.gateway, "", auth={"type": "kerberos"}))
    await asyncio.to_thread(own.wait)
    (wrong,) = await pool.gateways()
    assert wrong.state == "unreachable"
    assert wrong.message == f"own failed: Error during kerberos authentication. {LATER}"


async def test_a_kdc_that_hangs_holds_nobody_up(
    realm: kdc.Realm,
    own: OwnGateway,
    make_pool: MakePool,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.credentials.kerberos.KDC_DEADLINE", 1.0)
    await asyncio.to_thread(realm.kinit, "ann")
    await asyncio.to_thread(realm.stop)
    held: list[asyncio.StreamWriter] = []
    hangs = await asyncio.start_server(lambda _, out: held.append(out), "127.0.0.1", realm.port)
    longest, last = 0.0, time.monotonic()
    pool = await make_pool(configure(own.gateway, "", auth={"type": "kerberos"}))
    asked = asyncio.create_task(pool.gateways(patience=60))
    while not asked.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    (down,) = asked.result()
    assert down.state == "unreachable"
    assert down.message == (
        "The Kerberos KDC gave no ticket for 127.0.0.1 within 1 s; it may be down."
    )
    assert held
    assert longest < 4  # the library would have kept the event loop for many seconds
    hangs.close()
    for connection in held:
        connection.transport.abort()
    await asyncio.to_thread(realm.start)
    await follow(pool, "signed-in")

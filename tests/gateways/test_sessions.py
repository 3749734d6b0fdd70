"""Signing in: right, wrong, then right again; nothing leaks; dask's own settings change nothing."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import pickle
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import dask
import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import (
    GatewayNotFoundError,
    InvalidInputError,
    MulticloudLabError,
    SignInNeededError,
    WrongCredentialsError,
)
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Change, SignIn

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
MakeFault = Callable[[str], Awaitable[str]]
MARKER = "pa55-marker-not-to-be-seen"


async def test_a_gateway_that_answers_asks_for_a_sign_in(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, user: str
) -> None:
    pool = await make_pool(configure(aws, user))
    (gateway,) = await pool.gateways()
    assert gateway.state == "sign-in-needed"
    assert gateway.message == (
        "aws-oregon wants a sign-in: sign in with its user name and password."
    )
    assert (gateway.username, gateway.auth, gateway.address) == (user, "basic", aws.address)
    assert (gateway.minimum, gateway.maximum) == (1, 4)
    assert await pool.clusters() == []
    with pytest.raises(SignInNeededError, match="aws-oregon wants a sign-in"):
        await pool.options("aws-oregon")


async def test_a_sign_in_that_is_wrong_then_right_then_wrong(
    make_pool: MakePool, configure: Configure, gcp: DemoGateway, user: str, changes: list[Change]
) -> None:
    pool = await make_pool(configure(gcp, user))
    await pool.gateways()
    with pytest.raises(WrongCredentialsError) as refused:
        await pool.sign_in("gcp-iowa", SignIn(username=user, password="wrong"))
    assert str(refused.value).startswith("gcp-iowa refused the user name or password")
    assert (await pool.gateways())[0].state == "sign-in-needed"

    gateway = await pool.sign_in("gcp-iowa", SignIn(username="ann", password=gcp.password))
    assert (gateway.state, gateway.username, gateway.message) == ("signed-in", "ann", "")
    assert [field.field for field in await pool.options("gcp-iowa")] == ["worker_cores"]

    # The good session stays, although the gateway has been shown something wrong since.
    with pytest.raises(WrongCredentialsError):
        await pool.sign_in("gcp-iowa", SignIn(username="ann", password="wrong"))
    (after,) = await pool.gateways()
    assert (after.state, after.username) == ("signed-in", "ann")
    assert await pool.options("gcp-iowa")

    out = await pool.sign_out("gcp-iowa")
    assert out.state == "sign-in-needed"
    assert out.since > gateway.since
    assert (await pool.gateways())[0].state == "sign-in-needed"
    with pytest.raises(SignInNeededError):
        await pool.options("gcp-iowa")
    assert [change.action for change in changes if change.topic == "gateways"] == [
        "signed-out",
        "signed-in",
        "signed-out",
    ]


async def test_each_gateway_takes_only_its_own_password(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, gcp: DemoGateway, user: str
) -> None:
    pool = await make_pool(configure(aws, user), configure(gcp, user))
    with pytest.raises(WrongCredentialsError):
        await pool.sign_in("aws-oregon", SignIn(password=gcp.password))
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    assert [each.state for each in await pool.gateways()] == ["signed-in", "sign-in-needed"]


async def test_a_password_is_read_from_the_environment_or_a_file(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    gcp: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("IOWA_PASSWORD", gcp.password)
    (tmp_path / "password").write_text(aws.password + "\n")
    file = str(tmp_path / "password")
    pool = await make_pool(
        configure(aws, user, auth={"type": "basic", "username": user, "password_file": file}),
        configure(gcp, user, auth={"type": "basic", "password_env": "IOWA_PASSWORD"}),
    )
    assert [each.state for each in await pool.gateways()] == ["signed-in", "signed-in"]


async def test_a_password_file_that_hangs_holds_up_no_other_gateway(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    gcp: DemoGateway,
    user: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.session.READ_DEADLINE", 1.0)
    pipe = tmp_path / "password"  # as a file on a server that does not answer
    os.mkfifo(pipe)
    auth = {"type": "basic", "username": user, "password_file": str(pipe)}
    try:
        async with asyncio.timeout(60):
            pool = await make_pool(configure(aws, user, auth=auth), configure(gcp, user))
            await pool.sign_in("gcp-iowa", SignIn(password=gcp.password))
            hangs, good = await pool.gateways()
            threads = [each.name for each in threading.enumerate()].count("multicloud-lab-apart")
            for _ in range(3):
                await pool.retry("aws-oregon")
        assert (hangs.state, good.state) == ("sign-in-needed", "signed-in")
        assert hangs.message == (
            "aws-oregon cannot be signed in to: auth.type 'basic' has not said within 1 s what it "
            f"signs with; check the password in the file {str(pipe)!r}."
        )
        left = [each.name for each in threading.enumerate()].count("multicloud-lab-apart")
        assert left == threads  # it is not asked again and again
        await asyncio.to_thread(pipe.write_text, aws.password)
        for _ in range(300):
            if (await pool.gateways())[0].state == "signed-in":
                break
            await asyncio.sleep(0.2)
        assert (await pool.gateways())[0].state == "signed-in"
    finally:
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))  # whoever still reads ends


async def test_what_the_configuration_names_and_is_not_there(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, gcp: DemoGateway, user: str
) -> None:
    auth = {"type": "basic", "password_env": "NOT_SET_ANYWHERE"}
    pool = await make_pool(
        configure(aws, user, auth=auth), configure(gcp, user, auth={"type": "nonsense"})
    )
    unset, unknown = await pool.gateways()
    assert (unset.state, unknown.state) == ("sign-in-needed", "sign-in-needed")
    assert "NOT_SET_ANYWHERE" in unset.message
    assert "'nonsense'" in unknown.message
    # A person can still type what the environment lacks, but cannot mend the other.
    assert (await pool.sign_in("aws-oregon", SignIn(password=aws.password))).state == "signed-in"
    with pytest.raises(InvalidInputError, match="'nonsense'"):
        await pool.sign_in("gcp-iowa", SignIn(password=gcp.password))


async def test_an_unknown_gateway_is_named_with_those_that_are_there(pool: GatewayPool) -> None:
    for ask in (
        pool.options("azure"),
        pool.sign_out("azure"),
        pool.sign_in("azure", SignIn(password="")),
        pool.cluster("azure", "x"),
        pool.stop("azure", "x"),
    ):
        with pytest.raises(GatewayNotFoundError, match=r"'azure'.*aws-oregon, gcp-iowa"):
            await ask


@pytest.mark.parametrize("fault", ["echo", "down", "error-502", "error-500", "hangs"])
async def test_no_secret_is_in_anything_that_is_said(
    make_pool: MakePool,
    make_fault: MakeFault,
    configure: Configure,
    aws: DemoGateway,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fault: str,
    changes: list[Change],
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 0.5)
    caplog.set_level(logging.DEBUG)
    address = await make_fault(fault)
    monkeypatch.setenv("MARKED", MARKER)
    auth = {"type": "basic", "username": "ann", "password_env": "MARKED"}
    bad = configure(aws, "ann", name="bad", address=address, public_address=None, auth=auth)
    refusing = configure(aws, "ann", auth=auth)
    pool = await make_pool(bad, refusing, book=tmp_path / "book.sqlite")
    said: list[object] = [pool, *await pool.gateways(patience=3), *await pool.clusters()]
    for name in ("bad", "aws-oregon"):
        for ask in (
            lambda name=name: pool.sign_in(name, SignIn(username="bob", password=MARKER)),
            lambda name=name: pool.options(name),
            lambda name=name: pool.start_cluster(
                name, minimum=1, maximum=2, options={}, dataset=None, reuse=True
            ),
        ):
            with pytest.raises(MulticloudLabError) as failed:
                await ask()
            error: BaseException | None = failed.value
            while error is not None:
                said += [error, error.args]
                error = error.__cause__ or error.__context__
    said += changes + caplog.messages + [record.exc_text for record in caplog.records]
    said += [SignIn(password=MARKER), *pool._watches.values()]
    said += [watch.session for watch in pool._watches.values()]
    said += [watch.session._connection for watch in pool._watches.values()]
    said += [watch.session._credential for watch in pool._watches.values()]
    whole = "\n".join(f"{each!r} {each}" for each in said)
    for user in ("ann", "bob"):
        assert base64.b64encode(f"{user}:{MARKER}".encode()).decode() not in whole
    assert MARKER not in whole
    assert MARKER.encode() not in (tmp_path / "book.sqlite").read_bytes()


async def test_errors_survive_being_sent_elsewhere(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, user: str
) -> None:
    pool = await make_pool(configure(aws, user))
    with pytest.raises(WrongCredentialsError) as refused:
        await pool.sign_in("aws-oregon", SignIn(password="wrong"))
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


async def test_dasks_global_settings_change_nothing(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, gcp: DemoGateway, user: str
) -> None:
    poison = {
        "gateway.address": gcp.address,
        "gateway.proxy-address": "gateway://127.0.0.1:9",
        "gateway.public-address": "http://127.0.0.1:9",
        "gateway.cluster.options": {"nonsense": 1},
        "gateway.auth.type": "jupyterhub",
        "gateway.auth.kwargs": {"username": "mallory", "password": "wrong"},
        "gateway.http-client.proxy": "http://127.0.0.1:9",
    }
    plain = {"public_address": None, "proxy_address": None}
    with dask.config.set(poison):
        pool = await make_pool(configure(aws, user, **plain))
        gateway = await pool.sign_in("aws-oregon", SignIn(password=aws.password))
        assert (gateway.state, gateway.username) == ("signed-in", user)
        cluster, _ = await pool.start_cluster(
            "aws-oregon", minimum=0, maximum=1, options={}, dataset=None, reuse=False
        )
        connection = await pool.connection("aws-oregon", cluster.name)
    host = aws.address.removeprefix("http://")
    assert connection.scheduler_address == f"gateway://{host}/{cluster.name}"
    assert connection.dashboard_link == f"{aws.address}/clusters/{cluster.name}/status"
    upstream = await pool.dashboard_upstream("aws-oregon", cluster.name)
    assert upstream == f"{aws.address}/clusters/{cluster.name}"


async def test_an_http_proxy_of_the_environment_is_heeded_and_so_is_no_proxy(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    (away,) = await (await make_pool(configure(aws, user))).gateways()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (here,) = await (await make_pool(configure(aws, user))).gateways()
    assert (away.state, here.state) == ("unreachable", "sign-in-needed")

"""Classes of an administrator's own: good ones sign in, bad ones are one gateway's matter."""

from __future__ import annotations

import logging
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Gateway, SignIn

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]

VAULT = """
    import base64

    from dask_gateway.auth import BasicAuth, GatewayAuth

    from multicloud_lab.gateways.credentials import Credential


    class Good(BasicAuth):
        asked = []

        async def prepare(self, host):
            self.asked.append(host)


    class IsNotMade(GatewayAuth):
        def __init__(self, username, password):
            raise KeyError(f"no vault for {username}:{password}")


    class DoesNotSign(BasicAuth):
        def pre_request(self, resp):
            raise ValueError(f"the vault refused {self.password}")


    class DoesNotAsk(BasicAuth):
        async def prepare(self, host):
            raise OSError(f"the vault at {self.password} is closed")


    class Kind(Credential):
        known = frozenset({"username", "password"})

        def auth(self):
            raise RuntimeError("the vault is closed")

        def hint(self):
            return "open the vault."
"""
BAD = {
    "vault:IsNotMade": "vault:IsNotMade, which signs in, failed with KeyError",
    "vault:DoesNotSign": "vault:DoesNotSign, which signs in, failed with ValueError",
    "vault:DoesNotAsk": "vault:DoesNotAsk, which signs in, failed with OSError",
    "vault:Kind": "auth.type 'custom', which signs in, failed with RuntimeError",
    "broken_vault:Any": "auth.type 'broken_vault:Any' cannot be imported: not today",
}


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules with classes that sign in, where Python finds them."""
    (tmp_path / "vault.py").write_text(textwrap.dedent(VAULT))
    (tmp_path / "broken_vault.py").write_text("raise RuntimeError('not today.')\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("vault", "broken_vault"):
        monkeypatch.delitem(sys.modules, name, raising=False)


async def test_a_class_of_ones_own_signs_in(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, user: str
) -> None:
    auth = {"type": "vault:Good", "username": user, "password": aws.password}
    pool = await make_pool(configure(aws, user, auth=auth))
    (gateway,) = await pool.gateways()
    assert (gateway.state, gateway.auth, gateway.message) == ("signed-in", "vault:Good", "")
    assert [field.field for field in await pool.options("aws-oregon")] == ["worker_cores"]
    from vault import Good  # type: ignore[import-not-found] # made above

    assert set(Good.asked) == {"127.0.0.1"}


@pytest.mark.parametrize("kind", BAD)
async def test_a_class_that_fails_is_the_matter_of_one_gateway(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    gcp: DemoGateway,
    user: str,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    auth = {"type": kind, "username": user, "password": "pa55-of-the-vault"}
    pool = await make_pool(configure(aws, user, auth=auth), configure(gcp, user))
    await pool.sign_in("gcp-iowa", SignIn(password=gcp.password))

    bad, good = await pool.gateways()
    assert (bad.state, good.state) == ("sign-in-needed", "signed-in")
    said: list[Gateway | BaseException] = [bad]
    assert bad.message.startswith("aws-oregon cannot be signed in to: ")
    assert BAD[kind] in bad.message
    for ask in (
        lambda: pool.options("aws-oregon"),
        lambda: pool.sign_in("aws-oregon", SignIn(password="")),
    ):
        with pytest.raises(MulticloudLabError) as refused:
            await ask()
        error: BaseException | None = refused.value
        while error is not None:
            said.append(error)
            error = error.__cause__ or error.__context__
    whole = "\n".join([*map(repr, said), *caplog.messages])
    assert "pa55-of-the-vault" not in whole

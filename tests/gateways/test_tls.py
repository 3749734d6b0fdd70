"""Gateways with TLS: authorities of an institute's own, certificates that are not good, no TLS."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.demo.processes import Processes
from tests.gateways.certificates import make_certificates
from tests.gateways.harness import OwnGateway

pytestmark = pytest.mark.asyncio


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnGateway]:
    with Processes(tmp_path / "own") as processes:
        yield OwnGateway(processes)


_SIGN_IN = """
import asyncio, json, os, sys
from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways import GatewayPool

async def main():
    config = GatewayConfig.model_validate(json.loads(sys.argv[1]))
    pool = GatewayPool([config], book=None, on_change=lambda change: None)
    await pool.start()
    (gateway,) = await pool.gateways(patience=60)
    options = await pool.options("own") if gateway.state == "signed-in" else []
    await pool.close()
    print(json.dumps([gateway.state, gateway.message, [each.field for each in options]]))

asyncio.run(main())
"""


def sign_in_elsewhere(gateway: DemoGateway, address: str, **environment: str) -> list[object]:
    """Sign in from a process of its own: authorities are read once a process."""
    config = {
        **gateway.config(),
        "address": address,
        "public_address": None,
        "auth": {"type": "basic", "username": "ann", "password_env": "OWN_PASSWORD"},
    }
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("SSL_CERT")},
        "OWN_PASSWORD": gateway.password,
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", _SIGN_IN, json.dumps(config)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[object] = json.loads(done.stdout)
    return found


async def test_a_gateway_with_a_certificate_of_a_private_authority(
    own: OwnGateway, tmp_path: Path
) -> None:
    ca, certificate, key = make_certificates(tmp_path)
    await asyncio.to_thread(own.kill)
    own.configure(f"c.Proxy.tls_cert = {str(certificate)!r}\nc.Proxy.tls_key = {str(key)!r}")
    own.scheme = "https"
    own.start()
    await asyncio.to_thread(own.wait)
    secure = own.gateway.address.replace("http://", "https://")

    async def sign_in(address: str, **environment: str) -> list[object]:
        return await asyncio.to_thread(sign_in_elsewhere, own.gateway, address, **environment)

    trusted, strange, wrong_name, plain = await asyncio.gather(
        sign_in(secure, SSL_CERT_FILE=str(ca)),
        sign_in(secure),
        sign_in(secure.replace("127.0.0.1", "localhost"), SSL_CERT_FILE=str(ca)),
        sign_in(own.gateway.address),
    )
    assert trusted == ["signed-in", "", ["worker_cores"]]
    assert strange[0] == wrong_name[0] == plain[0] == "unreachable"
    assert "cannot be trusted: unable to get local issuer certificate" in str(strange[1])
    assert "SSL_CERT_FILE" in str(strange[1])
    assert "Hostname mismatch" in str(wrong_name[1])
    assert "Check its address: the certificate is for another host." in str(wrong_name[1])
    assert "SSL_CERT_FILE" not in str(wrong_name[1])
    assert "check whether its address begins with http:// or https://" in str(plain[1])


async def test_an_address_with_https_where_there_is_none(aws: DemoGateway) -> None:
    state, message, _ = await asyncio.to_thread(
        sign_in_elsewhere, aws, aws.address.replace("http://", "https://")
    )
    assert state == "unreachable"
    assert "does not speak TLS" in str(message)


async def test_a_certificate_that_is_not_valid_any_more(aws: DemoGateway, tmp_path: Path) -> None:
    ca, certificate, key = make_certificates(tmp_path, lasts=timedelta(hours=-1))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda _, out: out.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        state, message, _ = await asyncio.to_thread(
            sign_in_elsewhere, aws, f"https://127.0.0.1:{port}", SSL_CERT_FILE=str(ca)
        )
    assert state == "unreachable"
    assert str(message).endswith("certificate has expired. Ask its administrator to renew it.")

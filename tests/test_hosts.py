"""What somebody else wrote never makes this process contact a host inside its network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.errors import AddressRefusedError
from multicloud_lab.hosts import allowed_by, check_address, guarded
from tests.packets import SENT


@pytest.fixture
def packets() -> list[tuple[str, Any]]:
    SENT.clear()
    return SENT


def nobody(url: str) -> bool:
    return False


INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
    "0.0.0.0", "0", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "100.100.100.200",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "168.63.129.16", "224.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fd00:ec2::254]", "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[ff02::1]",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "metadata",
    "metadata.google.internal", "METADATA.google.INTERNAL.", "x.internal", "intranet", "router.lan",
    "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "a.home.arpa",
    "\u2460\u2461\u2466.0.0.1", "\uff4cocalhost", "127\u30020\u30020\u30021", "127.0.0.1.",
    "127.0.0.1%2eexample.org", "example.org%00.local", "1.2.3.4.5", "example.0x7f",
    "example.org\\@127.0.0.1", "user:password@127.0.0.1", "", " ", "example.org:port",
]  # fmt: skip

OUTSIDE = [
    "storage.googleapis.com", "cmip6-pds.s3-us-west-2.amazonaws.com", "8.8.8.8", "example.org",
    "[2001:4860:4860::8888]", "[64:ff9b::808:808]", "user:password@example.org", "example.org.",
    "b\u00fccher.example", "localhost.example.org", "10.example.org",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
def test_hosts_inside_are_refused_before_any_packet(
    scheme: str, host: str, packets: list[tuple[str, Any]]
) -> None:
    for url in (f"{scheme}://{host}/cat.yaml", f"{scheme}://{host}"):
        with pytest.raises(AddressRefusedError) as caught:
            guarded(url, {}, nobody)
        assert str(caught.value).endswith(".")
        assert "password" not in str(caught.value)
    assert packets == []


@pytest.mark.parametrize("host", INSIDE)
def test_a_port_makes_no_difference(host: str) -> None:
    if ":port" not in host:
        with pytest.raises(AddressRefusedError):
            check_address(f"http://{host}:8080/cat.yaml", allowed=nobody)


@pytest.mark.parametrize("host", OUTSIDE)
def test_public_hosts_pass_without_a_look_up(host: str, packets: list[tuple[str, Any]]) -> None:
    check_address(f"https://{host}/cat.yaml", allowed=nobody)
    check_address(f"https://{host}:8443/cat.yaml?x=http://127.0.0.1", allowed=nobody)
    assert packets == []


@pytest.mark.parametrize(
    "url",
    ["/etc/passwd", "file:///etc/passwd", "local:///etc/passwd", "../x", "ftp://example.org/x",
     "sftp://example.org/x", "reference://", "filecache::https://example.org/x",
     "zip://x::https://example.org/y", "github://a:b@c/x", "webhdfs://example.org/x", ""],
)  # fmt: skip
def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(url, allowed=nobody)
    check_address(url, allowed=lambda url: True)


@pytest.mark.parametrize("url", ["s3://b/x", "gs://b/x", "abfs://c@a.dfs.core.windows.net/x"])
def test_buckets_are_their_providers(url: str) -> None:
    check_address(url, allowed=nobody)
    assert guarded(url, {"anon": True}, nobody) == {"anon": True}


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "{:#x}", "0{:o}"]))
def test_every_spelling_of_an_address_is_that_address(number: int, spelling: str) -> None:
    def refused(host: str) -> bool:
        try:
            check_address(f"http://{host}/", allowed=nobody)
        except AddressRefusedError:
            return True
        return False

    dotted = socket.inet_ntoa(number.to_bytes(4, "big"))
    assert refused(spelling.format(number)) == refused(dotted)
    assert refused(f"[::ffff:{dotted}]") == refused(dotted)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_refused_in_words(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}/x"):
        with suppress(AddressRefusedError):
            check_address(url, allowed=nobody)


def test_what_the_administrator_named() -> None:
    allowed = allowed_by(["http://10.0.0.7:8080/cats/top.yaml", "s3://mine/a", "/srv/catalogs"])
    assert allowed("http://10.0.0.7:8080/other.yaml")
    assert not allowed("https://10.0.0.7:8080/other.yaml")
    assert not allowed("http://10.0.0.7/other.yaml")
    assert not allowed("http://10.0.0.7:8080@10.0.0.8/other.yaml")
    assert allowed("s3://mine/a/b")
    assert not allowed("s3://mine/ab")
    assert allowed("/srv/catalogs/x.yaml")
    assert not allowed("/srv/catalogs/../x.yaml")
    assert allowed_by(["https://a.internal"])("https://A.internal.:443/x")


class Site(BaseHTTPRequestHandler):
    """Answers with a text, or sends on to where its path says."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"hello")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def sites() -> Iterator[list[tuple[str, list[str]]]]:
    """Two sites on this machine, as address and what they were asked."""
    servers = []
    for _ in range(2):
        handler = type("Handler", (Site,), {"asked": []})
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    yield [
        (f"http://127.0.0.1:{s.server_address[1]}", s.RequestHandlerClass.asked)  # type: ignore[attr-defined]
        for s in servers
    ]
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


def read(url: str, options: dict[str, Any]) -> bytes:
    file_system, path = fsspec.core.url_to_fs(url, **options)
    data = file_system.cat_file(path)
    assert isinstance(data, bytes)
    return data


def test_the_administrators_own_host_is_read(sites: list[tuple[str, list[str]]]) -> None:
    (address, asked), (other, other_asked) = sites
    url = f"{address}/to?{address}/x"
    assert read(url, guarded(url, {}, allowed_by([address]))) == b"hello"
    assert asked == [f"/to?{address}/x", "/x"]
    with pytest.raises(AddressRefusedError):
        guarded(other, {}, allowed_by([address]))
    assert other_asked == []


@pytest.mark.parametrize("spelling", ["{}", "http://localhost:{port}", "http://2130706433:{port}"])
def test_a_redirect_leads_nowhere_inside(
    spelling: str, sites: list[tuple[str, list[str]]], packets: list[tuple[str, Any]]
) -> None:
    (address, asked), (other, other_asked) = sites
    port = other.rpartition(":")[2]
    url = f"{address}/to?{spelling.format(other, port=port)}/secret"
    with pytest.raises(AddressRefusedError):
        read(url, guarded(url, {}, allowed_by([address])))
    assert len(asked) == 1
    assert other_asked == []
    assert ("socket.connect", ("127.0.0.1", int(port))) not in packets


def test_a_name_that_leads_inside_is_not_contacted(
    sites: list[tuple[str, list[str]]],
    packets: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (_, asked), _ = sites
    port = int(sites[0][0].rpartition(":")[2])
    names = {"rebound.example": "127.0.0.1", "mapped.example": "::ffff:169.254.169.254"}
    real = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **more: Any) -> Any:
        return real(names.get(host, host), *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for name in names:
        url = f"http://{name}:{port}/secret"
        with pytest.raises(AddressRefusedError, match=f"{name} leads inside this network"):
            read(url, guarded(url, {}, nobody))
    assert asked == []
    assert not [packet for packet in packets if packet[0] == "socket.connect"]
    url = f"http://rebound.example:{port}/mine"
    assert read(url, guarded(url, {}, allowed_by([url]))) == b"hello"


def test_the_administrators_options_stay(sites: list[tuple[str, list[str]]]) -> None:
    (address, _), _ = sites
    given = {"headers": {"X-Key": "k"}, "client_kwargs": {"trust_env": True}}
    options = guarded(address, given, allowed_by([address]))
    assert {name: options[name] for name in given} == given
    assert read(f"{address}/x", options) == b"hello"
    assert "get_client" not in given

"""The ports that a demo, and the tests, take: nobody else gets them by chance."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from multicloud_lab.demo import jupyter, processes
from multicloud_lab.demo.jupyter import choose_port
from multicloud_lab.demo.processes import free_ports

linux = pytest.mark.skipif(sys.platform != "linux", reason="reservations are Linux's")
GIVEN_BY_THE_SYSTEM = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_ports_are_free_and_no_two_the_same() -> None:
    ports = [port for number in (1, 3, 200) for port in free_ports(number)]
    assert len(set(ports)) == 204
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.skipif(not GIVEN_BY_THE_SYSTEM.exists(), reason="it is not said which those are here")
def test_the_system_gives_them_to_nobody() -> None:
    first, last = map(int, GIVEN_BY_THE_SYSTEM.read_text().split())
    if first <= 20_000:
        pytest.skip("this machine gives nearly all ports to anybody")
    assert not [port for port in free_ports(500) if first <= port <= last]


@pytest.fixture
def from_port(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the search for free ports begin at one."""
    return lambda port: monkeypatch.setattr(
        processes, "_turn", iter(range(port - processes._FIRST_PORT, 10**6))
    )


def test_a_port_that_is_taken_is_left_out(from_port: Callable[[int], None]) -> None:
    (taken,) = free_ports(1)
    with socket.create_server(("127.0.0.1", taken)):
        from_port(taken)
        assert taken not in free_ports(3)


@linux
def test_a_port_that_is_not_yet_listened_on_is_nobody_elses(
    from_port: Callable[[int], None],
) -> None:
    (given,) = free_ports(1)
    from_port(given)
    assert given not in free_ports(3)


@linux
def test_nor_is_that_of_another_process(from_port: Callable[[int], None]) -> None:
    code = "from multicloud_lab.demo.processes import *; print(*free_ports(1), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin
        assert other.stdout
        given = int(other.stdout.readline())
        from_port(given)
        assert given not in free_ports(3)
        other.stdin.close()
    from_port(given)
    assert free_ports(1) == [given]


@linux
@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "a usual one"])
def test_the_port_of_jupyterlab_is_nobody_elses(
    asked: bool, from_port: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = free_ports(1)[0] + 1
    monkeypatch.setattr(jupyter, "_USUAL_PORTS", range(first, first + 3))
    assert choose_port(first if asked else None) == first
    if not asked:
        assert choose_port(None) == first + 1  # of a second demo
    from_port(first)
    assert first not in free_ports(3)


def test_a_port_with_closing_connections_can_be_asked_for() -> None:
    (port,) = free_ports(1)
    with socket.create_server(("127.0.0.1", port)) as server:
        client = socket.create_connection(server.getsockname())
        served, _ = server.accept()
    served.close()
    assert client.recv(1) == b""
    client.close()
    with pytest.raises(OSError, match="in use"), socket.socket() as strict:
        strict.bind(("127.0.0.1", port))
    assert choose_port(port) == port

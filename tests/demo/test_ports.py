"""The ports that a demo, and the tests, take: nobody else gets them by chance."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from multicloud_lab.demo import processes
from multicloud_lab.demo.processes import free_ports

GIVEN_BY_THE_SYSTEM = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_ports_are_free_and_no_two_the_same() -> None:
    ports = [port for number in (1, 3, 200) for port in free_ports(number)]
    assert len(set(ports)) == 204
    for port in ports:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))


@pytest.mark.skipif(not GIVEN_BY_THE_SYSTEM.exists(), reason="it is not said which those are here")
def test_the_system_gives_them_to_nobody() -> None:
    first, last = map(int, GIVEN_BY_THE_SYSTEM.read_text().split())
    if first <= 20_000:
        pytest.skip("this machine gives nearly all ports to anybody")
    assert not [port for port in free_ports(500) if first <= port <= last]


def test_a_port_that_is_taken_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    (taken,) = free_ports(1)
    monkeypatch.setattr(processes, "_turn", iter(range(taken - processes._FIRST_PORT, 10**6)))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", taken))
        assert taken not in free_ports(3)

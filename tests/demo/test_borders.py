"""Regions in network namespaces: what crosses their borders is counted, and nothing is left."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from multicloud_lab.demo.borders import Borders
from multicloud_lab.demo.ground import LOOPBACK, Ground

SIZE = 2_000_000
FORWARD = Path("/proc/sys/net/ipv4/ip_forward")

SERVE = f"""
import socket, sys
server = socket.create_server((sys.argv[1], 5000))
print("ready", flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"x" * {SIZE})
"""
FETCH = """
import socket, sys
with socket.create_connection((sys.argv[1], 5000)) as connection:
    print(sum(iter(lambda: len(connection.recv(65536)), 0)))
"""

pytestmark = pytest.mark.skipif(bool(Borders.missing()), reason=Borders.missing() or "no reason")


@pytest.fixture
def borders() -> Iterator[Borders]:
    with Borders(["a", "b"]) as made:
        yield made


@pytest.fixture
def served(borders: Borders) -> Iterator[Ground]:
    """A server in region a."""
    ground = borders.grounds["a"]
    command = [*ground.inside, sys.executable, "-c", SERVE, ground.host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield ground
        server.kill()


def fetch(served: Ground, at: Ground) -> int:
    command = [*at.inside, sys.executable, "-c", FETCH, served.host]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def namespaces() -> str:
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout


def test_what_comes_home_crosses_one_border_once(borders: Borders, served: Ground) -> None:
    before = borders.traffic()
    assert fetch(served, LOOPBACK) == SIZE
    crossed = borders.crossed(before)
    assert SIZE < crossed["a"].out < SIZE * 1.1  # 66 bytes of headers for 1,448 of data
    assert crossed["a"].into < SIZE * 0.1
    assert crossed["b"].total < 10_000


def test_what_goes_from_one_region_to_another_crosses_both(
    borders: Borders, served: Ground
) -> None:
    before = borders.traffic()
    assert fetch(served, borders.grounds["b"]) == SIZE
    crossed = borders.crossed(before)
    assert SIZE < crossed["a"].out < SIZE * 1.1
    assert SIZE < crossed["b"].into < SIZE * 1.1


def test_what_stays_in_its_region_crosses_none(borders: Borders, served: Ground) -> None:
    before = borders.traffic()
    assert fetch(served, served) == SIZE
    assert all(traffic.total < 10_000 for traffic in borders.crossed(before).values())


def test_a_border_can_be_narrow_and_nothing_is_left_of_it() -> None:
    forward, listed = FORWARD.read_text(), namespaces()
    with Borders(["a"], mbit=20) as borders:
        assert FORWARD.read_text() == "1\n"
        ground = borders.grounds["a"]
        command = [*ground.inside, sys.executable, "-c", SERVE, ground.host]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()
            began = time.monotonic()
            assert fetch(ground, LOOPBACK) == SIZE
            assert time.monotonic() - began > SIZE * 8 / 20e6 * 0.9
            server.kill()
    assert FORWARD.read_text() == forward
    assert namespaces() == listed

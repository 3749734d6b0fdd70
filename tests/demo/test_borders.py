"""Regions in network namespaces: what crosses their borders is counted, and nothing is left."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager

import pytest

from multicloud_lab.demo.borders import Borders
from multicloud_lab.demo.ground import LOOPBACK, Ground

SIZE = 2_000_000

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


@contextmanager
def serving(ground: Ground) -> Iterator[Ground]:
    """Run a server in a region."""
    command = [*ground.inside, sys.executable, "-c", SERVE, ground.host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield ground
        server.kill()


@pytest.fixture
def served(borders: Borders) -> Iterator[Ground]:
    """A server in region a."""
    with serving(borders.grounds["a"]) as ground:
        yield ground


def fetch(served: Ground, at: Ground) -> int:
    command = [*at.inside, sys.executable, "-c", FETCH, served.host]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def sent(ground: Ground) -> float:
    """The most that a region may have sent: a busy machine drops packets, which are sent again."""
    shown = subprocess.run(
        [*ground.inside, "cat", "/proc/net/snmp"], capture_output=True, text=True
    )
    names, values = (line.split() for line in shown.stdout.splitlines() if line.startswith("Tcp:"))
    again = int(dict(zip(names, values, strict=True))["RetransSegs"])
    return SIZE * 1.1 + again * 1_514  # 66 bytes of headers for 1,448 of data


def test_what_comes_home_crosses_one_border_once(borders: Borders, served: Ground) -> None:
    before = borders.traffic()
    assert fetch(served, LOOPBACK) == SIZE
    crossed = borders.crossed(before)
    assert SIZE < crossed["a"].out < sent(served)
    assert crossed["a"].into < SIZE * 0.1
    assert crossed["b"].total < 10_000


def test_what_goes_from_one_region_to_another_crosses_both(
    borders: Borders, served: Ground
) -> None:
    before = borders.traffic()
    assert fetch(served, borders.grounds["b"]) == SIZE
    crossed = borders.crossed(before)
    assert SIZE < crossed["a"].out < sent(served)
    assert SIZE < crossed["b"].into < crossed["a"].out + 10_000


def test_what_stays_in_its_region_crosses_none(borders: Borders, served: Ground) -> None:
    before = borders.traffic()
    assert fetch(served, served) == SIZE
    assert all(traffic.total < 10_000 for traffic in borders.crossed(before).values())


def test_a_border_can_be_narrow() -> None:
    with Borders(["a"], mbit=20) as borders, serving(borders.grounds["a"]) as ground:
        began = time.monotonic()
        assert fetch(ground, LOOPBACK) == SIZE
        assert time.monotonic() - began > SIZE * 8 / 20e6 * 0.9


LEAVING = """
from pathlib import Path
from subprocess import run
from multicloud_lab.demo.borders import Borders

def seen():
    shown = [run(["ip", *what], capture_output=True, text=True).stdout
             for what in (["-o", "link"], ["-4", "-o", "address"], ["route"])]
    return [forward.read_text(), *shown]

forward = Path("/proc/sys/net/ipv4/ip_forward")
forward.write_text("0\\n")
before = seen()
with Borders(["a", "b"]):
    within = seen()
print(all(one != other for one, other in zip(before, within)), before == seen())
"""


def test_nothing_is_left_of_it() -> None:
    # In a network of its own: what the machine's own looks like is everybody's.
    command = ["unshare", "--net", sys.executable, "-c", LEAVING]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "True True\n"


HOLDING = """
from multicloud_lab.demo.borders import Borders

with Borders(["a"]):
    print("up", flush=True)
    input()
"""


def holder() -> subprocess.Popen[str]:
    """A process that has borders until it is told to end."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", HOLDING], stdin=pipe, stdout=pipe, text=True)


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_one_process_has_borders_at_a_time_and_a_killed_one_leaves_them_to_the_next() -> None:
    with holder() as one, holder() as other, ThreadPoolExecutor(2) as pool:
        try:
            said = {pool.submit(says, process): process for process in (one, other)}
            up = next(as_completed(said, 60))
            assert up.result() == "up\n"
            (waiting,) = set(said) - {up}
            assert not wait([waiting], 1).done
            said[up].kill()
            assert waiting.result(60) == "up\n"
            said[waiting].communicate("\n", 60)
        finally:
            one.kill()
            other.kill()

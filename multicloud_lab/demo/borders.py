"""Regions behind borders: a network namespace each, whose traffic is metered and may be limited.

Each region is joined to this machine's own network, home, by a pair of virtual interfaces; what
goes from one region to another goes through home, as through the internet. Needs root and the
kernel's network namespaces.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from multicloud_lab.demo.ground import Ground
from multicloud_lab.errors import DeadlineError, InvalidInputError

_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
_TURN = Path("/run/multicloud-lab-borders.lock")
_PATIENCE = 900.0  # seconds; the longest benchmark over borders takes seven minutes


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes that have crossed a border, every header of IP and Ethernet among them.

    Parameters
    ----------
    out, into : int
        Of the region, and into it.
    """

    out: int
    into: int

    def __sub__(self, other: Traffic) -> Traffic:
        return Traffic(self.out - other.out, self.into - other.into)

    @property
    def total(self) -> int:
        """In both directions."""
        return self.out + self.into


class Borders:
    """Namespaces for some regions, as a context manager that leaves nothing of them.

    Only one process of a machine has borders at a time, as whether packets are forwarded is the
    machine's: others wait.

    Parameters
    ----------
    regions : iterable of str
    mbit : float, optional
        Mbit/s that each border lets through in each direction; any by default.

    Attributes
    ----------
    grounds : dict of Ground
        By region.
    """

    def __init__(self, regions: Iterable[str], mbit: float | None = None) -> None:
        self.grounds: dict[str, Ground] = {}
        self._regions = list(regions)
        self._mbit = mbit
        self._stack = ExitStack()
        self._outside: dict[str, str] = {}

    @staticmethod
    def missing() -> str:
        """Say why this machine cannot have borders; empty if it can."""
        if os.geteuid() != 0:
            return "network namespaces need root"
        if shutil.which("ip") is None or shutil.which("tc") is None:
            return "network namespaces need iproute2 (apt install iproute2)"
        name = f"mcl-try-{os.getpid()}"
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
        if made.returncode != 0:
            return f"this machine forbids network namespaces: {made.stderr.decode().strip()}"
        _run("ip", "netns", "delete", name)
        return ""

    def __enter__(self) -> Self:
        if reason := self.missing():
            raise InvalidInputError(f"No borders here: {reason}.")
        with ExitStack() as stack:
            stack.enter_context(_turn())
            _sweep()
            before = _FORWARD.read_text()
            stack.callback(_FORWARD.write_text, before)
            _FORWARD.write_text("1")
            for number, region in enumerate(self._regions):
                self._make(region, number, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def traffic(self) -> Mapping[str, Traffic]:
        """Read what has crossed the border of each region so far, from the kernel's counters."""
        return {
            region: Traffic(_counter(device, "rx_bytes"), _counter(device, "tx_bytes"))
            for region, device in self._outside.items()
        }

    def crossed(self, before: Mapping[str, Traffic]) -> dict[str, Traffic]:
        """Give what has crossed each border since :meth:`traffic` was read."""
        return {region: now - before[region] for region, now in self.traffic().items()}

    def _make(self, region: str, number: int, stack: ExitStack) -> None:
        name, outside, inside = f"mcl-{number}", f"mcl-home-{number}", f"mcl-region-{number}"
        net = f"10.200.{number}"
        within = ("ip", "netns", "exec", name)
        _run("ip", "netns", "add", name)
        stack.callback(_run, "ip", "netns", "delete", name)
        _run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
        stack.callback(_run, "ip", "link", "delete", outside)  # The namespace goes later by itself.
        for device, address, command in ((outside, 1, ()), (inside, 2, within)):
            _run(*command, "ip", "address", "add", f"{net}.{address}/24", "dev", device)
            # Segments as they are on the wire: a packet of many would be counted with one header.
            _run(*command, "ip", "link", "set", device, "gso_max_segs", "1", "up")
            if self._mbit is not None:
                limit = ("rate", f"{self._mbit:g}mbit", "burst", "128kb", "latency", "200ms")
                _run(*command, "tc", "qdisc", "add", "dev", device, "root", "tbf", *limit)
        _run(*within, "ip", "link", "set", "lo", "up")
        # No default route: with one, a store looks its own address up for 10 s.
        _run(*within, "ip", "route", "add", f"{net.rpartition('.')[0]}.0.0/16", "via", f"{net}.1")
        self._outside[region] = outside
        self.grounds[region] = Ground(f"{net}.2", within)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for this process's turn to have borders; the kernel ends that of one that is killed."""
    end = time.monotonic() + _PATIENCE
    with _TURN.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise DeadlineError(
                        f"Another process of this machine has had borders for {_PATIENCE:g} s "
                        f"(fuser {_TURN} names it); stop it, or try again when it is done."
                    ) from None
                time.sleep(0.1)
        yield


def _sweep() -> None:
    """Take away the namespaces and interfaces of a process that was killed in its turn."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    for name in re.findall(r"^mcl-\d+\b(?!-)", listed.stdout, re.MULTILINE):
        _run("ip", "netns", "delete", name)
    # The kernel takes their interfaces away some time later, maybe before this does.
    for device in Path("/sys/class/net").glob("mcl-home-*"):
        subprocess.run(("ip", "link", "delete", device.name), capture_output=True, check=False)


def _counter(device: str, name: str) -> int:
    return int(Path(f"/sys/class/net/{device}/statistics/{name}").read_text())


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(command)}: {done.stderr.decode().strip()}")

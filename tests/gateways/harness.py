"""What can go wrong between the lab and a real gateway: a bad network, a gateway that is killed."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from multicloud_lab.demo.gateways import DemoGateway, start_gateway
from multicloud_lab.demo.processes import Processes, free_ports

OOPS = b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\nConnection: close\r\n\r\nOops"


class Cable:
    """A way to a gateway that can be cut, mended and disturbed, and counts who comes.

    Attributes
    ----------
    fault : str
        Empty, or what happens to answers: ``stalls``, ``delays``, ``resets``, ``resets-once``,
        ``garbage``, ``corrupts``, ``error-500``.
    visits : int
        Requests, or at least pieces of them, that came while there was a fault, or over a
        connection that was hung up.
    delay : float
        Seconds by which answers are delayed.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._target = (parts.hostname, parts.port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        (self.port,) = free_ports(1)  # which nobody else gets while it is cut
        self.fault = ""
        self.visits = 0
        self.delay = 0.3

    async def mend(self) -> str:
        """Let connections through, and give the address of this end."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        return f"http://127.0.0.1:{self.port}"

    async def cut(self) -> None:
        """Refuse connections, and end those that are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """Let nothing more through the connections that there are, and tell nobody."""
        self._silent |= self._writers

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection(*self._target)
        except (OSError, asyncio.CancelledError):
            writer.close()
            return
        if self._server is None:  # cut before anything could be done for who had come
            writer.close()
            back.close()
            return
        self._writers |= {writer, back}
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._ask(reader, back), self._answer(there, writer))

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                self.visits += bool(self.fault) or writer in self._silent
                writer.write(data)
                await writer.drain()
        self._end(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                for _ in range(2000):
                    if self.fault == "stalls" or writer in self._silent:
                        await asyncio.sleep(0.05)
                match self.fault:
                    case "delays":
                        await asyncio.sleep(self.delay)
                    case "corrupts":
                        data = bytes(byte ^ 0x55 for byte in data)
                    case "garbage":
                        data = os.urandom(300)
                    case "error-500":  # once a connection: its next piece would answer another
                        writer.write(OOPS)
                        await writer.drain()
                        break
                    case "resets" | "resets-once":
                        self.fault = self.fault.removesuffix("resets-once")
                        hard = struct.pack("ii", 1, 0)
                        raw = writer.get_extra_info("socket")
                        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
                        writer.transport.abort()
                        break
                writer.write(data)
                await writer.drain()
        self._end(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self._writers.discard(writer)


class OwnGateway:
    """A real gateway of one test, which can be killed, configured otherwise, and started again.

    Parameters
    ----------
    processes : Processes
    more : str
        Lines for the end of its configuration.
    scheme : str
        ``https`` if those give it a certificate.
    """

    def __init__(
        self, processes: Processes, name: str = "own", more: str = "", scheme: str = "http"
    ) -> None:
        self._processes = processes
        self.gateway: DemoGateway = start_gateway(processes, name, "aws:us-west-2", more=more)
        self.scheme = scheme
        self._config = processes.state_dir / "gateways" / name / "dask_gateway_config.py"
        self.wait()

    def configure(self, more: str) -> None:
        """Write lines to the end of the configuration, for the next start."""
        with self._config.open("a") as file:
            file.write(f"\n{more}\n")

    def start(self) -> None:
        """Start it on the addresses that it had."""
        program = Path(sysconfig.get_path("scripts")) / "dask-gateway-server"
        self._processes.start(
            f"gateway-{self.gateway.name}", [str(program), "-f", str(self._config)]
        )

    def kill(self) -> None:
        """Kill it and its proxy as a machine that fails does; its clusters go on."""
        process = psutil.Process(self._processes._running[f"gateway-{self.gateway.name}"].pid)
        proxies = [
            child for child in process.children(recursive=True) if "proxy" in child.name().lower()
        ]
        for each in (process, *proxies):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs([process, *proxies], timeout=60)

    def wait(self) -> None:
        """Wait until it answers."""
        url = self.gateway.address.replace("http", self.scheme, 1) + "/api/health"
        context = ssl._create_unverified_context() if self.scheme == "https" else None
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(url, timeout=10, context=context):
                return
            time.sleep(0.1)
        raise AssertionError(f"{url} never answered")


def schedulers(names: Collection[str]) -> list[tuple[str, psutil.Process]]:
    """Find the schedulers that this process' gateways have started for clusters of these names."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # others may end meanwhile
            name = process.environ().get("DASK_GATEWAY_CLUSTER_NAME", "")
            if name in names and "scheduler" in process.cmdline():
                found.append((name, process))
    return found

"""Real HTTP servers on this machine that count what they send: of files, and before a store."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """What a server was asked, and what it sent.

    Parameters
    ----------
    address : str
    bodies : int
        Bytes of the bodies of answers 200 and 206.
    objects : int
        Of these, what is no listing and no description of an object.
    asked : list of tuple
        Method and path of each request.
    """

    address: str = ""
    bodies: int = 0
    objects: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[BaseHTTPRequestHandler], Answer]) -> Iterator[Server]:
    """Answer requests by a function, on a free port."""
    server = Server()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            status, headers, body = answer(self)
            with lock:
                server.asked.append((self.command, self.path))
                if status in (200, 206) and self.command == "GET":
                    server.bodies += len(body)
                    server.objects += len(body) * _is_object(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  (named by http.server)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away before the end is no error here."""

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        server.address = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


@contextmanager
def files(root: Path, *, ranges: bool = True) -> Iterator[Server]:
    """Serve the files of a directory, in parts if wanted, without listings."""

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        path = root / unquote(urlsplit(request.path).path).lstrip("/")
        if not path.is_file():
            return 404, {}, b"no such file"
        data = path.read_bytes()
        wanted = request.headers.get("Range", "")
        if not ranges or not wanted:
            return 200, {}, data
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1 if last else len(data), len(data))
        if start >= len(data):
            return 416, {"Content-Range": f"bytes */{len(data)}"}, b""
        return 206, {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}, data[start:end]

    with serve(answer) as server:
        yield server


@contextmanager
def counting(endpoint: str) -> Iterator[Server]:
    """Pass requests on to a store, and count what it sends."""

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
        onward = urllib.request.Request(
            endpoint + request.path, headers=headers, method=request.command
        )
        try:
            with urllib.request.urlopen(onward, timeout=10) as response:
                status, sent, body = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            status, sent, body = error.code, error.headers, error.read()
        back = {k: v for k, v in sent.items() if k.lower() not in _HOP}
        if request.command != "HEAD":
            back["Content-Length"] = str(len(body))
        return status, back, body

    with serve(answer) as server:
        yield server


_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "server", "date"}


def _is_object(path: str) -> bool:
    parts = urlsplit(path)
    if parts.path.startswith(("/storage/v1/", "/download/storage/v1/")):  # of the GCS API
        return "alt=media" in parts.query
    return "list-type" not in parts.query

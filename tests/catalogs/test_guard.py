"""What a catalog may have fetched: its folder and public addresses; seen by what leaves here."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry, read_catalog
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.errors import CatalogError
from tests.catalogs.conftest import LOCAL_CATALOG, Read
from tests.catalogs.samples import esm_json
from tests.packets import SENT


class Site(BaseHTTPRequestHandler):
    """Answers from a mapping: bytes, a place to go on to, or a number of bytes without end."""

    files: dict[str, bytes | str | int]
    asked: list[str]
    sent: list[int]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        found = self.files.get(self.path)
        if isinstance(found, str):
            self.send_response(302)
            self.send_header("Location", found)
            self.end_headers()
        elif isinstance(found, bytes):
            self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)
        elif isinstance(found, int):
            self.send_response(200)
            self.send_header("Content-Length", str(found))
            self.end_headers()
            head = b"sources:\n  a:\n    driver: zarr\n    description: '"
            self.wfile.write(head)
            self.sent.append(len(head))
            chunk = b"x" * (1 << 16)
            try:
                while sum(self.sent) < found:
                    self.wfile.write(chunk)
                    self.sent.append(len(chunk))
            except OSError:
                return  # the reader has gone, as it should
        else:
            self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, type[Site]]]:
    handler: type[Site] = type("Handler", (Site,), {"files": {}, "asked": [], "sent": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", handler
        finally:
            server.shutdown()
            thread.join()


def nested(**paths: str) -> bytes:
    sources = {
        name: {"driver": LOCAL_CATALOG, "args": {"path": path}} for name, path in paths.items()
    }
    return yaml.safe_dump({"sources": sources}).encode()


LEAF = yaml.safe_dump({"sources": {"x": {"driver": "zarr", "args": {"urlpath": "gs://b/x"}}}})

PRIVATE = [
    "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x.yaml", "http://10.0.0.1/x.yaml",
    "https://192.168.0.1/x.yaml", "http://[fd00:ec2::254]/x.yaml", "http://2852039166/x.yaml",
    "http://0xa9.0xfe.0xa9.0xfe/x.yaml", "http://[::ffff:169.254.169.254]/x.yaml",
    "http://localhost/x.yaml", "http://metadata.google.internal/x.yaml", "http://intranet/x.yaml",
    "http://printer.local/x.yaml", "http://0.0.0.0/x.yaml", "http://127.0.0.1:1/x.yaml",
    "ftp://10.0.0.1/x.yaml", "webhdfs://10.0.0.1:9870/x.yaml", "simplecache::http://10.0.0.1/x",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["local", "memory"])
def test_private_children_are_rows_and_no_packet_leaves(
    scheme: str, tmp_path: Path, read: Read
) -> None:
    text = nested(**{f"c{i}": url for i, url in enumerate(PRIVATE)})
    top = str(tmp_path / "top.yaml")
    if scheme == "memory":
        import fsspec

        top = f"memory://guard-{tmp_path.name}/top.yaml"
        with fsspec.open(top, "wb") as file:
            file.write(text)
    else:
        Path(top).write_bytes(text)
    SENT.clear()
    entries = read(top)
    assert SENT == []
    assert len(entries) == len(PRIVATE)
    assert all("not read" in e.problem or "may not be" in e.problem for e in entries), entries


def test_a_private_table_of_intake_esm_is_not_asked_for(tmp_path: Path, read: Read) -> None:
    for url in PRIVATE:
        (tmp_path / "esm.json").write_text(json.dumps(esm_json(catalog_file=f"{url}.csv")))
        SENT.clear()
        with pytest.raises(CatalogError, match="is not read"):
            read(tmp_path / "esm.json")
        assert SENT == []


def test_a_private_child_that_the_administrator_named_is_read(
    site: tuple[str, type[Site]], tmp_path: Path
) -> None:
    address, handler = site
    handler.files["/a.yaml"] = LEAF.encode()
    (tmp_path / "top.yaml").write_bytes(nested(a=f"{address}/a.yaml"))
    named = {address: {"headers": {"X-Lab": "1"}}}
    (entry,) = read_catalog(
        str(tmp_path / "top.yaml"),
        options=lambda url: next((o for p, o in named.items() if url.startswith(p)), {}),
        deadline=60,
    )
    assert entry.path == ("a", "x")
    assert handler.asked == ["/a.yaml"]  # one request, not one more for its size


def problem_of(entries: list[Entry]) -> str:
    (entry,) = entries
    return entry.problem


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.yaml", "{{ CATALOG_DIR }}/../secret.yaml", "deep/../../secret.yaml",
        "/secret.yaml", "..//secret.yaml", "%2e%2e/secret.yaml", "{address}/secret.yaml",
        "{address}/cats/../secret.yaml", "{address}/cats/%2e%2e/secret.yaml",
        "{address}/catsy/x.yaml", "//{host}/secret.yaml", "file:///etc/passwd", "/etc/passwd",
        "~/x.yaml",
    ],
)  # fmt: skip
def test_a_remote_child_outside_the_folder_is_not_asked_for(
    reference: str, site: tuple[str, type[Site]], read: Read
) -> None:
    address, handler = site
    reference = reference.replace("{address}", address).replace("{host}", address[7:])
    handler.files["/cats/top.yaml"] = nested(x=reference)
    handler.files["/secret.yaml"] = handler.files["/catsy/x.yaml"] = LEAF.encode()
    problem = problem_of(read(f"{address}/cats/top.yaml"))
    assert (
        "outside" in problem
        or "not read" in problem
        or "this machine" in problem
        or ("not there" in problem)
    )
    assert not [path for path in handler.asked if "secret" in path or "catsy" in path]


def test_children_inside_the_folder_are_read(site: tuple[str, type[Site]], read: Read) -> None:
    address, handler = site
    handler.files["/cats/top.yaml"] = nested(
        relative="deep/a.yaml", spelled="{{-CATALOG_DIR -}}/deep/a.yaml",
        whole=f"{address}/cats/deep/a.yaml", climbs="deep/../deep/a.yaml",
    )  # fmt: skip
    handler.files["/cats/deep/a.yaml"] = LEAF.encode()
    entries = read(f"{address}/cats/top.yaml")
    assert [e.problem for e in entries] == [""] * 4
    assert {e.url for e in entries} == {"gs://b/x"}


@pytest.mark.parametrize("reference", ["../secret.yaml", "{{CATALOG_DIR}}/../secret.yaml",
                                       "{folder}/secret.yaml", "file://{folder}/secret.yaml",
                                       "link.yaml", "linked/secret.yaml", "/dev/zero"])  # fmt: skip
def test_a_local_child_outside_the_folder_is_not_read(
    reference: str, tmp_path: Path, read: Read
) -> None:
    (tmp_path / "secret.yaml").write_text(LEAF)
    cats = tmp_path / "cats"
    cats.mkdir()
    (cats / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (cats / "linked").symlink_to(tmp_path)
    (cats / "top.yaml").write_bytes(nested(x=reference.replace("{folder}", str(tmp_path))))
    assert "is outside" in problem_of(read(cats / "top.yaml"))


def test_links_within_the_folder_are_followed(tmp_path: Path, read: Read) -> None:
    (tmp_path / "real.yaml").write_text(LEAF)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    (tmp_path / "top.yaml").write_bytes(nested(x="link.yaml"))
    assert problem_of(read(tmp_path / "top.yaml")) == ""


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/x", "http://localhost:{port}/secret",
     "http://0x7f000001:{port}/secret", "http://10.0.0.1/"],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_not_followed(
    target: str, site: tuple[str, type[Site]], read: Read
) -> None:
    address, handler = site
    port = address.rpartition(":")[2]
    handler.files["/top.yaml"] = nested(x="child.yaml")
    handler.files["/child.yaml"] = target.replace("{port}", port)
    handler.files["/secret"] = LEAF.encode()
    SENT.clear()
    assert "is not read" in problem_of(read(f"{address}/top.yaml"))
    assert "/secret" not in handler.asked
    assert {sent for event, sent in SENT if event == "socket.connect"} == {("127.0.0.1", int(port))}


def test_a_catalog_without_end_is_left_at_the_limit(
    site: tuple[str, type[Site]], read: Read
) -> None:
    address, handler = site
    handler.files["/top.yaml"] = 1_000_000_000
    with pytest.raises(CatalogError, match="larger than"):
        read(f"{address}/top.yaml")
    assert (
        sum(handler.sent) < 200_000_000
    )  # 64 MB, and what is under way, which is more where the machine is busy


def test_a_large_file_of_this_machine_is_not_read(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "top.yaml"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(CatalogError, match="larger than 64 MB"):
        read(path)


def test_a_pipe_is_not_read(tmp_path: Path, read: Read) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "top.yaml").write_bytes(nested(x="pipe.yaml"))
    assert "not a file" in problem_of(read(tmp_path / "top.yaml"))


def test_buckets_are_read_with_their_own_credentials_or_none() -> None:
    named = {"s3://mine": {"key": "k", "secret": "s"}}

    def options(url: str) -> dict[str, Any]:
        return next((dict(o) for p, o in named.items() if url.startswith(f"{p}/")), {})

    reach = Reach.of("s3://mine/cats/top.yaml", options)
    assert reach.options("s3://mine/cats/a.yaml") == named["s3://mine"]
    assert reach.options("s3://mine/elsewhere.yaml") == named["s3://mine"]
    assert reach.options("s3://other/a.yaml") == {"anon": True}
    assert reach.options("gs://other/a.yaml") == {"token": "anon"}
    assert Reach.of("gs://top/cats/top.yaml", options).options("gs://top/cats/a.yaml") == {}
    assert reach.child("s3://other/a.yaml", "s3://mine/cats/top.yaml") == "s3://other/a.yaml"
    with pytest.raises(CatalogError, match="outside"):
        reach.child("../a.yaml", "s3://mine/cats/top.yaml")
    # Elsewhere, a relative path stays where its own file is.
    assert reach.child("b.csv", "https://example.org/x/a.json") == "https://example.org/x/b.csv"

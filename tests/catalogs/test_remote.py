"""Catalogs that are not on this machine: over HTTP, and in an object store with options."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import pytest
import yaml
from aiohttp import ClientConnectorError

from multicloud_lab.catalogs import read_catalog
from multicloud_lab.demo.stores import Store
from multicloud_lab.errors import CatalogError
from tests.catalogs.conftest import LOCAL_CATALOG, Read
from tests.catalogs.samples import esm_json


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder over HTTP, and give it with its address."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield tmp_path, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def fill(folder: Path) -> None:
    """Write an intake catalog with an intake-esm child whose table is compressed."""
    (folder / "deep").mkdir()
    child = {"driver": "esm_datastore", "args": {"obj": "{{CATALOG_DIR}}/esm.json"}}
    deep = {"driver": LOCAL_CATALOG, "args": {"path": "{{ CATALOG_DIR }}/deep/cat.yaml"}}
    (folder / "master.yaml").write_text(yaml.safe_dump({"sources": {"deep": deep}}))
    (folder / "deep" / "cat.yaml").write_text(yaml.safe_dump({"sources": {"esm": child}}))
    (folder / "deep" / "esm.json").write_text(json.dumps(esm_json(catalog_file="esm.csv.gz")))
    table = "component,variable,path\natm,T,s3://b/T.zarr\n"
    (folder / "deep" / "esm.csv.gz").write_bytes(gzip.compress(table.encode()))


def test_over_http(site: tuple[Path, str], read: Read) -> None:
    folder, address = site
    fill(folder)
    (entry,) = read(f"{address}/master.yaml")
    assert entry.path == ("deep", "esm", "atm", "T")
    assert entry.catalog_url == f"{address}/deep/esm.json"
    assert entry.url == "s3://b/T.zarr"


def test_over_http_not_there(site: tuple[Path, str], read: Read) -> None:
    with pytest.raises(CatalogError, match=r"master\.yaml cannot be read: it is not there"):
        read(f"{site[1]}/master.yaml")


def test_nobody_listens(read: Read) -> None:
    with pytest.raises(CatalogError, match=r"master\.yaml cannot be read: its host refuses"):
        read("http://127.0.0.1:9/master.yaml")


def test_a_host_that_nobody_knows(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        place: Any = SimpleNamespace(host="data.example.org", port=443, ssl=True)
        raise ClientConnectorError(place, OSError(None, "Name or service not known"))

    monkeypatch.setattr(fsspec.core, "url_to_fs", fail)
    with pytest.raises(CatalogError, match=r"cannot be reached: check the address"):
        read("https://data.example.org/master.yaml")


def test_more_than_the_limit_is_not_taken_in(
    site: tuple[Path, str], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.catalogs.reader.MAX_DOCUMENT_BYTES", 100_000)
    folder, address = site
    (folder / "big.yaml").write_text("# padding\n" * 20_000)
    with pytest.raises(CatalogError, match=r"big\.yaml is larger than 0\.1 MB"):
        read(f"{address}/big.yaml")


def test_a_compressed_bomb_is_not_taken_in(
    site: tuple[Path, str], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.catalogs.esm_table.MAX_TABLE_BYTES", 1_000_000)
    folder, address = site
    (folder / "esm.json").write_text(json.dumps(esm_json(catalog_file="esm.csv.gz")))
    (folder / "esm.csv.gz").write_bytes(gzip.compress(b"0" * 50_000_000))
    with pytest.raises(CatalogError, match="larger than 1 MB"):
        read(f"{address}/esm.json")


def test_in_s3_with_the_administrators_options(tmp_path: Path, s3: Store) -> None:
    fill(tmp_path)
    options: dict[str, Any] = {"key": "k", "secret": "s", "endpoint_url": s3.endpoint}
    store = fsspec.filesystem("s3", **options)
    store.mkdir("catalogs")
    store.put(str(tmp_path), "catalogs/lab", recursive=True)
    given = {"s3://catalogs": options}
    (entry,) = read_catalog(
        "s3://catalogs/lab/master.yaml",
        options=lambda url: next((o for p, o in given.items() if url.startswith(p)), {}),
        deadline=60,
    )
    assert entry.path == ("deep", "esm", "atm", "T")
    assert entry.catalog_url == "s3://catalogs/lab/deep/esm.json"

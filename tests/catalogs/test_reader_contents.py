"""What a catalog file may hold: a mapping, a list, lines, text; and folders of files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import fsspec
import pytest
import yaml
from aiohttp import web

from multicloud_lab.catalogs import document, read_catalog
from multicloud_lab.catalogs.document import parse_content
from multicloud_lab.catalogs.folder import is_folder
from multicloud_lab.demo.stores import Store
from multicloud_lab.errors import CatalogError
from tests.catalogs.conftest import Read
from tests.catalogs.registry_samples import registry_entry, resource
from tests.catalogs.serving import serving


@pytest.mark.parametrize(
    ("text", "url", "content"),
    [
        ('{"a": 1}', "x.json", {"a": 1}),
        ("a: 1", "x.yaml", {"a": 1}),
        ("a: 1", "https://example.org/catalog", {"a": 1}),
        ('\n{"a": 1}', "https://example.org/api/stac/v1", {"a": 1}),
        ('{"a": 1}', "https://example.org/items?limit=1", {"a": 1}),
        ('[{"a": 1}]', "x.json", [{"a": 1}]),
        ("- a: 1", "x.yaml", [{"a": 1}]),
        ('{"a": 1}\n\n{"b": 2}\r\n', "x.ndjson", [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n', "x.jsonl.gz", [{"a": 1}]),
        ("s3://b/x", "x.txt", "s3://b/x"),
        ("# mine\ns3://b/x", "https://example.org/list", "# mine\ns3://b/x"),
        ("a: 1", "x.txt", "a: 1"),
    ],
)
def test_what_a_text_is(text: str, url: str, content: Any) -> None:
    assert parse_content(text, url) == content


@pytest.mark.parametrize(("text", "url"), [("7", "x.json"), ("text", "x.yaml"), ("", "x.yaml")])
def test_what_is_neither_is_named(text: str, url: str) -> None:
    with pytest.raises(CatalogError, match=rf"{url} is not a catalog: it holds"):
        parse_content(text, url)


def test_lines_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_RECORDS", 3)
    with pytest.raises(CatalogError, match="more than 3 lines"):
        parse_content("{}\n" * 4, "x.ndjson")


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("s3://bucket", True),
        ("s3://bucket/", True),
        ("gs://bucket/datasets", True),
        ("gs://bucket/datasets.d/", True),
        ("gs://bucket/catalog.yaml", False),
        ("https://example.org/api/", False),
        ("https://example.org/", False),
        ("/nowhere/at/all", False),
    ],
)
def test_what_is_a_folder(url: str, folder: bool) -> None:
    assert is_folder(url) is folder


def test_a_folder_of_this_machine_may_hold_any_format(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt").write_text("s3://b/x.zarr\n")
    source = {"driver": "zarr", "args": {"urlpath": "gs://b/x"}}
    (tmp_path / "b.yaml").write_text(yaml.safe_dump({"sources": {"one": source}}))
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(registry_entry(resource("bucket"))))
    (tmp_path / "d.yaml").write_text("neither: this\n")
    (tmp_path / ".hidden.yaml").write_text("sources: {}")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "e.yaml").write_text("sources: {}")
    for url in (str(tmp_path), f"{tmp_path}/", f"file://{tmp_path}"):
        entries = read(url)
        assert ["/".join(entry.path) for entry in entries] == [
            "a/b/x.zarr", "b/one", "c", "d",
        ]  # fmt: skip
        assert "not a catalog of a known format" in entries[-1].problem


@pytest.fixture(scope="module")
def bucket(s3: Store) -> dict[str, Any]:
    """The options of an S3 that has a bucket ``registry``."""
    options: dict[str, Any] = {"key": "k", "secret": "s", "endpoint_url": s3.endpoint}
    store = fsspec.filesystem("s3", **options)
    store.mkdir("registry")
    for name in ("one", "two"):
        content = yaml.safe_dump(registry_entry(resource(name)))
        store.pipe(f"registry/datasets/{name}.yaml", content.encode())
    store.pipe("registry/datasets/below/three.yaml", b"sources: {}")
    store.pipe("registry/datasets/logo.png", b"")
    return options


@pytest.mark.parametrize("url", ["s3://registry/datasets", "s3://registry/datasets/"])
def test_a_folder_in_an_object_store(url: str, bucket: dict[str, Any]) -> None:
    entries = read_catalog(
        url, options=lambda u: bucket if u.startswith("s3://registry") else {}, deadline=30
    )
    assert [(entry.path, entry.url) for entry in entries] == [
        (("one",), "s3://one"),
        (("two",), "s3://two"),
    ]
    assert entries[0].catalog_url == "s3://registry/datasets/one.yaml"


def test_a_folder_in_an_object_store_that_cannot_be_listed(bucket: dict[str, Any]) -> None:
    with pytest.raises(CatalogError, match="s3://nothing/here cannot be listed"):
        read_catalog("s3://nothing/here", options=lambda u: bucket, deadline=60)


def test_a_catalog_has_no_folder_listed(tmp_path: Path, read: Read) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "secret.yaml").write_text("sources: {}")
    source = {"driver": "yaml_file_cat", "args": {"path": str(below)}}
    top = tmp_path / "top.yaml"
    top.write_text(yaml.safe_dump({"sources": {"below": source}}))
    (entry,) = read(top)
    assert "it is not a file" in entry.problem


def test_sixteen_files_are_read_at_once(read: Read) -> None:
    running, most = 0, 0
    full = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        nonlocal running, most
        if request.path == "/top.json":
            links = [{"rel": "child", "href": f"{i}.json"} for i in range(40)]
            return web.json_response({"type": "Catalog", "stac_version": "1.0.0", "links": links})
        running += 1
        most = max(most, running)
        if running == 16:
            full.set()
        await asyncio.wait_for(full.wait(), 30)  # nobody is answered before all are here
        await asyncio.sleep(0.2)  # and one more would have time to come
        running -= 1
        return web.Response(text=json.dumps({"type": "Catalog", "stac_version": "1", "links": []}))

    app = web.Application()
    app.router.add_get("/{name}", answer)
    with serving(app) as address:
        assert read(f"{address}/top.json") == []
    assert most == 16

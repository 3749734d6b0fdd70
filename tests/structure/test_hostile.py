"""Metadata that are broken, or that were written to make a server do what it should not."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest

from multicloud_lab.errors import DeadlineError, MulticloudLabError, UnreadableDatasetError
from multicloud_lab.structure.netcdf3 import MAGIC
from multicloud_lab.structure.source import MAX_BYTES, Source
from tests.structure import samples
from tests.structure.samples import structure
from tests.structure.serving import Answer, files, serve

ARRAY = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<f4",
    "compressor": None,
    "fill_value": 0,
    "filters": None,
    "order": "C",
}


def store(path: Path, documents: dict[str, Any]) -> Path:
    for key, document in documents.items():
        (path / key).parent.mkdir(parents=True, exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        (path / key).write_text(text)
    return path


def consolidated(**arrays: Any) -> dict[str, Any]:
    nodes: dict[str, Any] = {".zgroup": {"zarr_format": 2}}
    for name, document in arrays.items():
        nodes[f"{name}/.zarray"] = document
        nodes[f"{name}/.zattrs"] = {"_ARRAY_DIMENSIONS": ["d0"]}
    return {".zmetadata": {"metadata": nodes, "zarr_consolidated_format": 1}}


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ({".zmetadata": "{"}, r"\.zmetadata is not JSON"),
        ({".zmetadata": "[" * 200_000}, r"\.zmetadata is not JSON"),
        ({".zmetadata": "[1]"}, "not a JSON object"),
        ({".zmetadata": {"metadata": {".zgroup": 3}}}, "not JSON objects by key"),
        ({".zgroup": {"zarr_format": 2}, "a/.zarray": "no"}, r"a/\.zarray is not JSON"),
        (consolidated(a={**ARRAY, "dtype": "<q99"}), "zarr does not take its array 'a'"),
        (consolidated(a={**ARRAY, "shape": "wide"}), "zarr does not take its array 'a'"),
        (consolidated(a={**ARRAY, "shape": [5]}, b=ARRAY), "dimension 'd0' has 5 elements"),
        (consolidated(a={**ARRAY, "shape": [2**62]}), "too big"),
        (consolidated(a={"zarr_format": 2}), "zarr does not take its array 'a'"),
        ({"zarr.json": {"zarr_format": 3, "node_type": "array"}}, "zarr does not take its array"),
        ({"other.txt": "hello"}, "no Zarr metadata"),
    ],
)
def test_broken_zarr_is_told_in_a_sentence(
    documents: dict[str, Any], words: str, tmp_path: Path
) -> None:
    path = store(tmp_path / "data.zarr", documents)
    with pytest.raises(UnreadableDatasetError, match=words) as caught:
        structure(path, "zarr")
    assert str(path) in str(caught.value)


def test_arrays_larger_than_any_memory_take_none(tmp_path: Path) -> None:
    huge = {**ARRAY, "shape": [10**12], "chunks": [10**12]}
    documents = consolidated(d0=huge)
    documents[".zmetadata"]["metadata"]["d0/.zattrs"]["units"] = "days since 2000-01-01"
    found = structure(store(tmp_path / "data.zarr", documents))
    assert found.bytes == 8 * 10**12
    assert found.variables[0].dtype == "datetime64[ns]"


def test_times_that_cannot_be_decoded_are_told_as_stored(tmp_path: Path) -> None:
    documents = consolidated(time=ARRAY)
    attributes = documents[".zmetadata"]["metadata"]["time/.zattrs"]
    attributes |= {"units": "days since the flood", "calendar": "standard"}
    found = structure(store(tmp_path / "data.zarr", documents))
    assert found.variables[0].dtype == "float32"
    assert "cannot decode" in found.detail


def test_zarr_filters_are_never_built(tmp_path: Path) -> None:
    array = {**ARRAY, "dtype": "|O", "filters": [{"id": "pickle"}, {"id": "vlen-utf8"}]}
    found = structure(store(tmp_path / "data.zarr", consolidated(a=array)))
    assert found.variables[0].dtype == "str"


@pytest.mark.parametrize("word", ["netcdf", "parquet", "kerchunk", "zarr", ""])
@pytest.mark.parametrize(
    "content",
    [b"", b"hello, I am no data", b"\x89HDF\r\n\x1a\n" + b"\0" * 500, b"CDF\x01\0\0", b"PAR1PAR1"],
)
def test_files_that_are_not_what_they_seem(word: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UnreadableDatasetError, match=str(tmp_path / "file")):
        structure(tmp_path / "file", word)


@pytest.mark.parametrize("name", ["a.nc", "a3.nc", "a.parquet"])
def test_every_truncation_is_a_sentence(name: str, tmp_path: Path) -> None:
    if name == "a.nc":
        samples.write_netcdf4(tmp_path / name).close()
    elif name == "a3.nc":
        samples.write_netcdf3(tmp_path / name, "NETCDF3_CLASSIC").close()
    else:
        samples.table().to_parquet(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    told = 0
    for length in np.linspace(0, len(whole) - 1, 8 if name == "a.nc" else 40).astype(int):
        (tmp_path / name).write_bytes(whole[:length])
        try:
            structure(tmp_path / name)
        except MulticloudLabError:
            told += 1
    assert told  # a netCDF-3 file whose header is whole can be told


@pytest.mark.parametrize("name", ["a.nc", "a3.nc", "a.parquet", "a.json"])
def test_flipped_bytes_are_a_sentence_or_a_structure(name: str, tmp_path: Path) -> None:
    if name == "a.nc":
        samples.write_netcdf4(tmp_path / name).close()
    elif name == "a3.nc":
        samples.write_netcdf3(tmp_path / name, "NETCDF3_64BIT").close()
    elif name == "a.json":
        samples.write_reference_json(tmp_path / name).close()
    else:
        samples.table().to_parquet(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    random = np.random.default_rng(11)
    for _ in range(8 if name == "a.nc" else 40):  # each is a process
        broken = bytearray(whole)
        for at in random.integers(0, min(len(broken), 3000), 5):
            broken[at] = int(random.integers(0, 256))
        (tmp_path / name).write_bytes(bytes(broken))
        try:
            structure(tmp_path / name)
        except MulticloudLabError as error:
            assert str(error)  # noqa: PT017  (of an error that need not come)


def test_hdf5_is_not_followed_to_other_files(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["hidden"] = np.zeros(3)
    with h5py.File(tmp_path / "link.nc", "w") as file:
        file["outside"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/hidden")
    with pytest.raises(UnreadableDatasetError, match="'outside' is in another file"):
        structure(tmp_path / "link.nc")
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8", maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = h5py.VirtualSource(
        str(tmp_path / "secret.h5"), "hidden", shape=(3,), maxshape=(None,)
    )[: h5py.h5s.UNLIMITED]
    with h5py.File(tmp_path / "virtual.nc", "w") as file:
        file.create_virtual_dataset("virtual", layout)
    with pytest.raises(UnreadableDatasetError, match="'virtual' is made of other files"):
        structure(tmp_path / "virtual.nc")


def test_hdf5_groups_in_a_ring_end(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "ring.nc", "w") as file:
        group = file.create_group("a")
        group["again"] = group  # a hard link to itself
        group["soft"] = h5py.SoftLink("/")
        group["x"] = np.zeros(3)
    found = structure(tmp_path / "ring.nc")
    assert len(found.groups) < 20
    assert "phony_dims" in found.detail


def shadow(directory: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Put a module before h5py, in the process that reads HDF5 alone."""
    (directory / "shadow").mkdir()
    (directory / "shadow" / "h5py.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(directory / "shadow"))


@pytest.fixture
def hdf5(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["x"] = np.zeros(3)
    return tmp_path / "a.nc"


def test_a_crash_of_the_hdf5_library_costs_its_file_alone(
    hdf5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow(tmp_path, monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    before = set(psutil.Process().children())  # of other tests
    with pytest.raises(UnreadableDatasetError, match="the HDF5 library ended at it"):
        structure(hdf5)
    assert set(psutil.Process().children()) <= before


def test_the_hdf5_library_ends_at_the_deadline(
    hdf5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow(tmp_path, monkeypatch, "import time; time.sleep(60)")
    before = set(psutil.Process().children())  # of other tests
    started = time.monotonic()
    with pytest.raises(DeadlineError, match="within 1 s"):
        structure(hdf5, deadline=1)
    assert time.monotonic() - started < 20
    assert set(psutil.Process().children()) <= before


def test_the_hdf5_library_knows_no_secret_and_may_print(
    hdf5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PASSWORD", "of-a-gateway")
    code = "import os; print('noise', flush=True); raise ValueError(sorted(os.environ))"
    shadow(tmp_path, monkeypatch, code)
    with pytest.raises(UnreadableDatasetError, match="PYTHONPATH") as caught:
        structure(hdf5)
    assert "GATEWAY_PASSWORD" not in str(caught.value)


def test_a_missing_hdf5_library_is_named(
    hdf5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow(tmp_path, monkeypatch, "raise ModuleNotFoundError(name='h5py')")
    with pytest.raises(UnreadableDatasetError, match=r"pip install 'multicloud-lab\[netcdf\]'"):
        structure(hdf5)


def test_netcdf3_headers_that_lie(tmp_path: Path) -> None:
    number = struct.Struct(">I").pack
    for magic in MAGIC[:2]:
        for tail in (
            number(0) + number(10) + number(2**31),  # two thousand million dimensions
            number(0) + number(7) + number(1),
            number(0) + number(10) + number(1) + number(2**31),  # a name of two gigabytes
        ):
            (tmp_path / "lie.nc").write_bytes(magic + tail + b"\0" * 64)
            with pytest.raises(UnreadableDatasetError, match="its header"):
                structure(tmp_path / "lie.nc")


def test_references_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(json.dumps(ARRAY))
    with files(tmp_path) as server:
        target = f"{server.address}/secret"
        inside = {".zgroup": '{"zarr_format": 2}', "a/.zarray": [target]}
        (tmp_path / "ref.json").write_text(json.dumps({"version": 1, "refs": inside}))
        with pytest.raises(UnreadableDatasetError, match="in another file, which is not read"):
            structure(tmp_path / "ref.json")
        chunks = {".zgroup": '{"zarr_format": 2}', "a/.zarray": json.dumps(ARRAY), "a/0": [target]}
        templates = {"u": "{{ shell('touch x') }}"}
        content = {"version": 1, "templates": templates, "refs": chunks}
        (tmp_path / "ref.json").write_text(json.dumps(content))
        found = structure(tmp_path / "ref.json")
        assert "1 references to whole files" in found.detail
        assert server.asked == []


def test_tables_of_references_stay_below_their_address(tmp_path: Path) -> None:
    nodes = {".zgroup": {"zarr_format": 2}, "../../a/.zarray": ARRAY}
    path = store(tmp_path / "x" / "ref.parq", {".zmetadata": {"metadata": nodes, "record_size": 9}})
    with pytest.raises(UnreadableDatasetError, match="not below it"):
        structure(path, "kerchunk")


@pytest.mark.parametrize("word", ["zarr", "kerchunk", "netcdf", "parquet"])
def test_what_is_read_is_bounded(word: str, endless: Callable[[], Any]) -> None:
    with endless() as server:
        with pytest.raises(UnreadableDatasetError, match=r"larger than|more than|does not"):
            structure(f"{server.address}/data", word)
        assert server.bodies < 2.2 * MAX_BYTES


@pytest.fixture
def endless() -> Callable[[], Any]:
    """A server whose every file is as long as one asks, and begins as a netCDF-3 file does."""
    names = struct.pack(">I", 1000) + b"x" * 1000 + struct.pack(">I", 5)

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        wanted = request.headers.get("Range", "bytes=0-99").removeprefix("bytes=")
        start, end = (int(number) for number in wanted.split("-"))
        size = 10**12
        head = MAGIC[0] + struct.pack(">III", 0, 10, 90_000) + names * 90_000
        body = head[start : end + 1].ljust(end + 1 - start, b" ")
        return 206, {"Content-Range": f"bytes {start}-{end}/{size}"}, body

    return lambda: serve(answer)


def test_a_limit_counts_over_all_reads(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1000)
    source = Source(str(tmp_path), {}, deadline=60, allowed=lambda url: True, limit=2500)
    assert len(source.ranges([("a", 0, 1000), ("a", 0, 1000)])) == 2
    with pytest.raises(UnreadableDatasetError, match="more than"):
        source.ranges([("a", 0, 1000)])
    assert source.bytes_read == 2501  # one more than the limit is asked for, to know
    assert source.requests == 3

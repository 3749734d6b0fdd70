"""What every registered format does, those that others register as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from multicloud_lab.errors import AddressRefusedError, UnreadableDatasetError
from multicloud_lab.structure.form import FORMATS, Found, StructureFormat, register
from tests.structure import samples
from tests.structure.samples import structure
from tests.structure.serving import files

SAMPLES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "zarr": ("data.zarr", lambda path: samples.write_zarr(path, 2, consolidated=True)),
    "netcdf": ("data.nc", samples.write_netcdf4),
    "parquet": ("data.parquet", lambda path: samples.table().to_parquet(path)),
    "kerchunk": ("data.json", samples.write_reference_json),
}


def test_every_format_has_a_sample() -> None:
    assert FORMATS.keys() == SAMPLES.keys()


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    name, write = SAMPLES[request.param]
    opened = write(tmp_path / name)
    yield request.param, tmp_path / name
    if isinstance(opened, xr.Dataset):
        opened.close()


def test_it_is_found_by_its_words_by_its_ending_and_by_looking(
    sample: tuple[str, Path], tmp_path: Path
) -> None:
    name, path = sample
    by_ending = structure(path)
    plain = path.rename(tmp_path / "plain")
    by_looking = structure(plain)
    for word in FORMATS[name].words:
        assert structure(plain, word.upper()).variables == by_looking.variables
    assert by_looking.format == by_ending.format
    assert by_looking.variables == by_ending.variables
    assert structure(plain, "a word of another world").format == by_ending.format


def test_its_words_and_endings_are_its_own(sample: tuple[str, Path]) -> None:
    one = FORMATS[sample[0]]
    for other in FORMATS.values():
        if other is not one:
            assert not one.words & other.words
            assert not set(one.endings) & set(other.endings)
    assert one.name in one.words
    assert all(ending == ending.lower() for ending in one.endings)


def test_it_counts_what_it_reads_and_is_the_same_over_http(
    sample: tuple[str, Path], tmp_path: Path
) -> None:
    name, path = sample
    local = structure(path, name)
    assert local.bytes_read > 0
    assert local.requests > 0
    assert local.variables
    with files(tmp_path) as server:
        remote = structure(f"{server.address}/{path.name}", name)
        assert remote.bytes_read == server.bodies
        assert remote.requests == len(server.asked)
    without = [v.model_copy(update={"stored_bytes": None}) for v in local.variables]
    assert [v.model_copy(update={"stored_bytes": None}) for v in remote.variables] == without


def test_a_wrong_file_is_a_sentence_and_nobodys_file_is_not_read(
    sample: tuple[str, Path], tmp_path: Path
) -> None:
    name, path = sample
    (tmp_path / "wrong").write_bytes(b"\x00wrong")
    with pytest.raises(UnreadableDatasetError, match="wrong"):
        structure(tmp_path / "wrong", name)
    with pytest.raises(AddressRefusedError):
        structure(path, name, allowed=lambda url: False)


def test_another_format_is_one_registration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("multicloud_lab.structure.form.FORMATS", FORMATS)
    (tmp_path / "one.mine").write_bytes(np.arange(3).tobytes())
    register(
        StructureFormat(
            name="mine",
            words=frozenset({"mine"}),
            endings=(".mine",),
            read=lambda source: Found("mine", (), len(source.read([""])[""])),
        )
    )
    try:
        assert structure(tmp_path / "one.mine").stored_bytes == 24
    finally:
        del FORMATS["mine"]

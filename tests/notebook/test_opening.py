"""Opening through intake and intake-esm: trust, parameters, options, and what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import yaml

from multicloud_lab.errors import CatalogError, InvalidInputError, UntrustedSourceError
from multicloud_lab.lab import Lab

DRIVER = """
from intake_xarray.xzarr import ZarrSource
from pathlib import Path

Path({marker!r}).write_text("run")

class Own(ZarrSource):
    name = "own"
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of local stores: plain, with parameters, and with a driver of its own."""
    for name in ("one", "two"):
        data = xr.Dataset({"v": ("x", np.arange(6.0) + len(name))})
        data.to_zarr(tmp_path / f"{name}.zarr", zarr_format=2)
    module = f"own_driver_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{module}.py").write_text(DRIVER.format(marker=str(tmp_path / "ran")))
    monkeypatch.syspath_prepend(str(tmp_path))
    urlpath = "{{ CATALOG_DIR }}/{{ which }}.zarr"
    which = {
        "description": "Which of the two",
        "type": "str",
        "default": "one",
        "allowed": ["one", "two"],
    }
    sources: dict[str, Any] = {
        "chosen": {
            "driver": "zarr",
            "args": {"urlpath": urlpath},
            "parameters": {"which": which},
        },
        "own": {
            "driver": f"{module}.Own",
            "args": {"urlpath": "{{ CATALOG_DIR }}/one.zarr"},
        },
        "shell": {
            "driver": "zarr",
            "args": {"urlpath": "{{ shell('touch " + str(tmp_path / "ran") + "') }}"},
        },
        "broken": {
            "driver": "zarr",
            "args": {"urlpath": urlpath},
            "parameters": {"which": {"type": "str"}},
        },
        "table": {"driver": "csv", "args": {"urlpath": "{{ CATALOG_DIR }}/table.csv"}},
        "remote": {"driver": "zarr", "args": {"urlpath": "s3://bucket/store"}},
    }
    (tmp_path / "table.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "catalog.yaml").write_text(yaml.safe_dump({"sources": sources}))
    return tmp_path


@pytest.fixture
def lab(made: Path) -> Any:
    with Lab.from_config({"catalogs": [{"name": "c", "url": str(made / "catalog.yaml")}]}) as lab:
        yield lab


def test_parameters_choose_within_what_is_allowed(lab: Lab) -> None:
    assert lab.open_dataset("c/chosen").v[0] == 3
    with pytest.raises(InvalidInputError, match=r"'three'.*'one', 'two'"):
        lab.open_dataset("c/chosen", which="three")
    with pytest.raises(InvalidInputError, match=r"no parameter 'wich'; it has: which"):
        lab.open_dataset("c/chosen", wich="two")


def test_a_parameter_reaches_the_driver(lab: Lab, made: Path) -> None:
    opened = lab.open_dataset("c/chosen", which="two")
    assert opened.encoding["source"].endswith("two.zarr")


def test_an_own_driver_runs_only_when_it_is_trusted(lab: Lab, made: Path) -> None:
    assert float(lab.open_dataset("c/chosen").v.sum()) > 0
    assert not (made / "ran").exists()  # nor is it imported for its neighbour's sake
    with pytest.raises(UntrustedSourceError, match=r"Own.*trust=True"):
        lab.open_dataset("c/own")
    assert not (made / "ran").exists()
    assert lab.open_dataset("c/own", trust=True).v.sizes == {"x": 6}
    assert (made / "ran").read_text() == "run"


def test_a_command_in_a_template_does_not_run(lab: Lab, made: Path) -> None:
    with pytest.raises(UntrustedSourceError, match="command"):
        lab.open_dataset("c/shell")
    assert not (made / "ran").exists()


def test_what_was_checked_is_what_runs(lab: Lab, made: Path) -> None:
    """A file that changes after the lab has read it is checked again."""
    assert "c/chosen" in set(lab.datasets().id)
    document = yaml.safe_load((made / "catalog.yaml").read_text())
    document["sources"]["chosen"] = document["sources"]["own"]
    (made / "catalog.yaml").write_text(yaml.safe_dump(document))
    with pytest.raises(UntrustedSourceError, match="Own"):
        lab.open_dataset("c/chosen")
    assert not (made / "ran").exists()
    del document["sources"]["chosen"]
    (made / "catalog.yaml").write_text(yaml.safe_dump(document))
    with pytest.raises(CatalogError, match="refresh"):
        lab.open_dataset("c/chosen")


def test_what_intake_does_not_take_is_told(lab: Lab) -> None:
    with pytest.raises(CatalogError, match=r"'broken'.*description"):
        lab.open_dataset("c/broken")


def test_a_table_is_a_lazy_dataframe(lab: Lab) -> None:
    table = lab.open_dataset("c/table")
    assert list(table.compute().a) == [1, 3]


def test_a_missing_package_names_the_extra(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"].__dict__["_registry"], "s3", raising=False)
    with pytest.raises(CatalogError, match=r"needs s3fs.*multicloud-lab\[aws\]"):
        lab.open_dataset("c/remote")


def test_a_person_says_where_a_store_is_that_cannot_tell(lab: Lab, tmp_path: Path) -> None:
    icechunk = pytest.importorskip("icechunk", reason="Icechunk is not installed")
    storage = icechunk.local_filesystem_storage(str(tmp_path / "repository"))
    session = icechunk.Repository.create(storage).writable_session("main")
    made = xr.Dataset({"v": ("x", np.arange(6.0))})
    made.to_zarr(session.store, consolidated=False)
    opened = xr.open_zarr(session.store, consolidated=False)
    assert list(lab.locate(opened).region) == [None]
    assert lab.located(opened, "s3://bucket/repository") is opened
    assert list(lab.locate(opened.v.sum()).url) == ["s3://bucket/repository"]
    with pytest.raises(InvalidInputError, match="no URL"):
        lab.located(opened, "bucket/repository")
    with pytest.raises(InvalidInputError, match="not known"):
        lab.located(made.chunk(), "s3://bucket/repository")

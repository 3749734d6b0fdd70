"""Opening what catalogs list: wanted replicas, inherited parameters, intake version 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import yaml

from multicloud_lab.catalogs import Entry, read_catalog
from multicloud_lab.catalogs.opening import open_entry
from multicloud_lab.errors import CatalogError, InvalidInputError, UntrustedSourceError
from multicloud_lab.records import Dataset, Opening, Replica
from tests.catalogs.conftest import LOCAL_CATALOG


@pytest.fixture(autouse=True)
def stores(tmp_path: Path) -> None:
    for number, name in enumerate(("one", "two", "three")):
        data = xr.Dataset({"v": ("x", np.full(4, number + 1.0))})
        data.to_zarr(tmp_path / f"{name}.zarr", zarr_format=2)
    (tmp_path / "table.csv").write_text("a,b\n1,2\n3,4\n")


def listed(path: Path) -> dict[str, Entry]:
    found = read_catalog(str(path), options=lambda url: {}, deadline=60)
    return {"/".join(entry.path): entry for entry in found}


def opening(entry: Entry, url: str | None = None) -> Opening:
    """What the lab's service says of an entry, wanted at one of its replicas."""
    replicas = tuple(
        Replica(url=c.url, region=c.region, requester_pays=c.requester_pays) for c in entry.copies
    )
    dataset = Dataset(
        id="lab/x", name=entry.name, catalog="lab", format=entry.format, replicas=replicas
    )
    return Opening(
        dataset=dataset,
        kind=entry.kind,
        url=entry.url if url is None else url,
        catalog_url=entry.catalog_url,
        entry=entry.entry,
        driver=entry.driver,
        reading=dict(entry.reading),
        parameters=entry.parameters,
        untrusted=entry.untrusted,
    )


def value(opened: Any) -> float:
    assert opened.v.chunks is not None  # lazy
    return float(opened.v[0])


def dump(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def test_the_wanted_replica_of_an_entry_is_opened(tmp_path: Path) -> None:
    two, three = str(tmp_path / "two.zarr"), str(tmp_path / "three.zarr")
    spec = {
        "driver": "zarr",
        "args": {"urlpath": "{{ CATALOG_DIR }}/one.zarr"},
        "metadata": {"replicas": [{"url": two}, three]},
    }
    entry = listed(dump(tmp_path / "c.yaml", {"sources": {"x": spec}}))["x"]
    assert [value(open_entry(opening(entry, copy.url))) for copy in entry.copies] == [1, 2, 3]
    assert value(open_entry(opening(entry, ""))) == 1
    # What is no replica of it is not opened in its stead.
    assert value(open_entry(opening(entry, "s3://elsewhere/x"))) == 1


def test_a_parameter_of_the_catalog_above_reaches_the_driver(tmp_path: Path) -> None:
    which = {"type": "str", "description": "", "default": "one", "allowed": ["one", "two"]}
    nested = {"driver": LOCAL_CATALOG, "args": {"path": "deep.yaml"}}
    top = {"metadata": {"parameters": {"which": which}}, "sources": {"deep": nested}}
    deep = {
        "metadata": {"parameters": {"kind": {"type": "str", "default": "zarr"}}},
        "sources": {
            "x": {"driver": "zarr", "args": {"urlpath": "{{CATALOG_DIR}}/{{which}}.{{kind}}"}}
        },
    }
    dump(tmp_path / "deep.yaml", deep)
    entry = listed(dump(tmp_path / "top.yaml", top))["deep/x"]
    assert value(open_entry(opening(entry))) == 1
    assert value(open_entry(opening(entry), parameters={"which": "two"})) == 2
    with pytest.raises(InvalidInputError, match="'three' is not one of"):
        open_entry(opening(entry), parameters={"which": "three"})


def test_bounds_and_types_of_parameters_hold(tmp_path: Path) -> None:
    number = {"type": "int", "description": "", "default": 1, "min": 1, "max": 2}
    day = {"type": "datetime", "description": "", "default": "2020-01-01"}
    for n, name in enumerate(("one", "two"), 1):
        (tmp_path / f"{name}.zarr").rename(tmp_path / f"{n}.zarr")
    spec = {
        "driver": "zarr",
        "parameters": {"n": number, "day": day},
        "args": {"urlpath": "{{CATALOG_DIR}}/{{n}}.zarr"},
    }
    entry = listed(dump(tmp_path / "c.yaml", {"sources": {"x": spec}}))["x"]
    assert value(open_entry(opening(entry), parameters={"n": "2"})) == 2
    with pytest.raises(InvalidInputError, match="greater than 2"):
        open_entry(opening(entry), parameters={"n": 3})


def v2(path: Path, **parts: Any) -> Path:
    return dump(
        path,
        {"version": 2, "aliases": {}, "data": {}, "entries": {}, "metadata": {},
         "user_parameters": {}, **parts},
    )  # fmt: skip


def store(url: str, kind: str = "Zarr") -> dict[str, Any]:
    return {
        "datatype": f"intake.readers.datatypes:{kind}",
        "kwargs": {"url": url},
        "metadata": {},
        "user_parameters": {},
    }


def test_version_2_opens_by_its_address_with_parameters(tmp_path: Path) -> None:
    path = v2(
        tmp_path / "c.yaml",
        data={
            "x": store("{CATALOG_DIR}/{which}.zarr"),
            "t": store("{CATALOG_DIR}/table.csv", "CSV"),
        },
        user_parameters={"which": {"default": "one", "options": ["one", "two"]}},
    )
    found = listed(path)
    assert value(open_entry(opening(found["x"]))) == 1
    assert value(open_entry(opening(found["x"]), parameters={"which": "two"})) == 2
    with pytest.raises(InvalidInputError):
        open_entry(opening(found["x"]), parameters={"which": "three"})
    assert list(open_entry(opening(found["t"])).compute().a) == [1, 3]


def test_a_pipeline_of_version_2_runs_only_when_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker, module = tmp_path / "ran", f"guest_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{module}.py").write_text(
        "from intake.readers.readers import XArrayDatasetReader\n"
        f"open({str(marker)!r}, 'w').close()\n"
        "class Guest(XArrayDatasetReader):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    token = "0123456789abcdef"
    reader = {
        "reader": f"{module}:Guest",
        "kwargs": {"args": [f"{{data({token})}}"], "chunks": {}},
        "metadata": {},
        "output_instance": "xarray:Dataset",
        "user_parameters": {},
    }
    path = v2(
        tmp_path / "c.yaml", data={token: store(f"{tmp_path}/one.zarr")}, entries={"x": reader}
    )
    entry = listed(path)["x"]
    with pytest.raises(UntrustedSourceError, match=rf"{module}:Guest.*trust=True"):
        open_entry(opening(entry))
    assert not marker.exists()
    assert value(open_entry(opening(entry), trust=True)) == 1
    assert marker.exists()
    # Nor without a reason, should one ever be missing.
    with pytest.raises(UntrustedSourceError):
        open_entry(opening(entry).model_copy(update={"untrusted": ()}))
    path.write_text("version: 2\n")
    with pytest.raises(CatalogError, match="through intake"):
        open_entry(opening(entry), trust=True)


def test_the_wanted_replica_of_intake_esm_is_opened(tmp_path: Path) -> None:
    rows = [
        {"source": "A", "variable": "v", "path": f"{tmp_path}/one.zarr"},
        {"source": "A", "variable": "v", "path": f"file://{tmp_path}/two.zarr"},
    ]
    path = tmp_path / "esm.json"
    path.write_text(
        json.dumps(
            {
                "esmcat_version": "0.1.0",
                "attributes": [],
                "assets": {"column_name": "path", "format": "zarr"},
                "aggregation_control": {
                    "variable_column_name": "variable",
                    "groupby_attrs": ["source"],
                    "aggregations": [],
                },
                "catalog_dict": rows,
            }
        )
    )
    (entry,) = listed(path).values()
    assert len(entry.copies) == 2
    assert [value(open_entry(opening(entry, copy.url))) for copy in entry.copies] == [1, 2]
    assert value(open_entry(opening(entry, "s3://elsewhere/x"))) == 1

"""The catalogs that the workflow opens, as their publishers wrote them."""

from __future__ import annotations

import csv
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry
from tests.catalogs.conftest import LOCAL_CATALOG, Read


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six children are on public hosts: here nobody knows their names, with a network or not."""

    def unknown(host: Any, *arguments: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)


def expected_paths(file: Path, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List the datasets of a nested catalog by an independent, plain walk over its files."""
    paths: list[tuple[str, ...]] = []
    for name, spec in yaml.safe_load(file.read_text())["sources"].items():
        if spec["driver"] == LOCAL_CATALOG:
            child = file.parent / spec["args"]["path"].removeprefix("{{CATALOG_DIR}}/")
            paths += expected_paths(child, (*above, name))
        else:
            paths.append((*above, name))
    return paths


def test_pangeo_lists_every_dataset_by_nested_path(shared_data: Path, read: Read) -> None:
    master = shared_data / "pangeo-datastore" / "intake-catalogs" / "master.yaml"
    entries = read(master)
    esm = [entry for entry in entries if entry.path[0] == "climate"]
    expected = expected_paths(master)
    assert len(expected) == 97  # 108 entries, of which 11 are catalogs
    assert [entry.path for entry in entries] == expected
    assert len(esm) == 6


def test_pangeo_entries_say_what_the_files_say(shared_data: Path, read: Read) -> None:
    master = shared_data / "pangeo-datastore" / "intake-catalogs" / "master.yaml"
    entries = {"/".join(entry.path): entry for entry in read(master)}
    era5 = entries["atmosphere/era5_hourly_reanalysis_single_levels_sa"]
    assert era5.url == "gs://pangeo-era5/reanalysis/spatial-analysis"
    assert era5.copies[0].requester_pays
    assert era5.format == "zarr"
    assert era5.tags == ("ocean", "model", "atmosphere")
    assert era5.untrusted == ()
    assert era5.catalog_url.endswith("/atmosphere.yaml")
    soil = entries["hydro/soil_grids_single_level"]
    assert soil.url == "gs://pangeo-ncar-soilgrids/TAXNWRB_250m.tif"
    assert soil.parameters[0].name == "variable"
    assert soil.tags == ("Soil",)
    levels = entries["hydro/soil_grids_multi_level"]
    assert "{{" in levels.url
    assert "template" in levels.untrusted[0]
    camels = entries["hydro/camels/basin_mean_forcing_aws"]
    assert camels.format == "csv"
    assert not camels.copies[0].requester_pays


def test_pangeo_children_that_cannot_be_had_are_rows_with_a_problem(
    shared_data: Path, read: Read
) -> None:
    master = shared_data / "pangeo-datastore" / "intake-catalogs" / "master.yaml"
    entries = read(master)
    for entry in entries:
        if entry.path[0] == "climate":
            assert entry.format == "intake-esm"
            assert "cannot be read" in entry.problem
    assert sum(bool(entry.problem) for entry in entries) == 6


def lens_rows(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "cesm-lens" / "aws-cesm1-le.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_lens_lists_its_442_stores_under_unique_ids(shared_data: Path, read: Read) -> None:
    entries = read(shared_data / "cesm-lens" / "aws-cesm1-le.json")
    rows = lens_rows(shared_data)
    assert len(entries) == len(rows) == 442
    assert len({entry.path for entry in entries}) == 442
    assert Counter(entry.url for entry in entries) == Counter(row["path"] for row in rows)


def test_lens_ids_leave_the_run_out_where_the_rest_is_enough(shared_data: Path, read: Read) -> None:
    entries = read(shared_data / "cesm-lens" / "aws-cesm1-le.json")
    by_path: dict[str, Entry] = {"/".join(entry.path): entry for entry in entries}
    temperature = by_path["atm/hourly6-1990-2005/TREFHT"]
    assert temperature.aliases == ("atm/20C/hourly6-1990-2005/TREFHT",)
    assert temperature.variables == ("TREFHT",)
    # What the path does not say is in words that can be searched.
    assert temperature.description == (
        "reference height temperature (K); vertical_levels 1.0; spatial_domain global; "
        "start_time 1990-01-01 00:00:00; end_time 2006-01-01 00:00:00"
    )
    assert temperature.format == "zarr"
    assert temperature.kind == "intake-esm"
    # Several runs have this one, so each keeps its run in the id.
    assert {"atm/20C/daily/FLNS", "atm/CTRL/daily/FLNS"} <= set(by_path)
    ids = [path for entry in entries for path in ("/".join(entry.path), *entry.aliases)]
    assert len(set(ids)) == len(ids)
    assert by_path["ocn/RCP85/static/grid"].name == "grid"

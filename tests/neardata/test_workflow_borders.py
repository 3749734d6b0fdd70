"""The workflow with each region behind a border whose traffic the kernel counts by itself."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import cloudpickle
import pytest

from benchmarks.workflow import ERA5, PRECT, era5_histogram, lens_histogram
from multicloud_lab.demo.borders import Borders
from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.lab import Lab
from tests.conftest import REGIONS

# What a connection says besides: heartbeats, task states, handshakes and headers.
TALK = 250_000

pytestmark = pytest.mark.skipif(bool(Borders.missing()), reason=Borders.missing() or "no reason")


@pytest.fixture(scope="module")
def borders() -> Iterator[Borders]:
    with Borders([AWS, GCP]) as made:
        hosts = {ground.host for ground in made.grounds.values()}
        REGIONS.update(hosts)
        yield made
        REGIONS.difference_update(hosts)


@pytest.fixture(scope="module")
def lab(borders: Borders) -> Iterator[Lab]:
    with Clouds(grounds=borders.grounds) as clouds, pytest.MonkeyPatch.context() as patch:
        # What looks at the gateways is more the longer it takes, and is not what is measured.
        for pause in ("OFTEN", "SELDOM"):
            patch.setattr(f"multicloud_lab.gateways.pace.{pause}", 600.0)
        made = Lab.from_config(clouds.config())
        for gateway in clouds.gateways.values():
            made.sign_in(gateway.name, gateway.password)
        yield made
        made.close(shutdown=True)


def warm() -> None:
    """Import what the workers need, which they would else do while it is measured."""
    import xarray
    import xhistogram.xarray  # noqa: F401

    xarray.Dataset()


def graph_size(*objects: Any) -> int:
    return sum(len(cloudpickle.dumps(each, protocol=pickle.HIGHEST_PROTOCOL)) for each in objects)


def test_only_results_and_graphs_cross(lab: Lab, borders: Borders) -> None:
    era5, lens = lab.open_dataset(ERA5), lab.open_dataset(PRECT)
    hists = {GCP: era5_histogram(era5), AWS: lens_histogram(lens)}
    for region in hists:
        client = lab.client(near=region, minimum=1, maximum=1)
        client.wait_for_workers(1, timeout=120)
        client.run(warm)
    lab.compute(era5.tp[0].sum(), lens.PRECT[0, 0].sum())  # readers, and their connections

    before = borders.traffic()
    results = dict(zip(hists, lab.compute(*hists.values()), strict=True))
    table: Any = lab.ledger()
    crossed = borders.crossed(before)
    mine = table[table.run == table.run[0]]
    for region, result in results.items():
        read = mine[(mine.kind == "read") & (mine.source == region)].measured_bytes.sum()
        moved = mine[(mine.kind == "move") & (mine.source == region)].measured_bytes.sum()
        assert read > 10e6
        assert result.nbytes <= moved <= result.nbytes + 10_000  # with its coordinates
        assert moved <= crossed[region].out <= moved + TALK, region
        sent = mine[(mine.kind == "graph") & (mine.destination == region)].measured_bytes.sum()
        assert graph_size(hists[region]) * 0.9 <= sent <= crossed[region].into <= sent + TALK
        assert crossed[region].total < read / 20


def test_what_crosses_in_a_mixed_expression_is_what_the_ledger_says(
    lab: Lab, borders: Borders
) -> None:
    era5, lens = lab.open_dataset(ERA5), lab.open_dataset(PRECT)
    rain = era5.tp.isel(latitude=slice(0, 96), longitude=slice(0, 200)).mean("time")
    rate = lens.PRECT.isel(member_id=0, lat=slice(0, 96), lon=slice(0, 200)).mean("time")
    mixed = rain.data - rate.data
    plan = lab.plan(mixed)
    before = borders.traffic()
    lab.compute(mixed)
    table: Any = lab.ledger()
    crossed = borders.crossed(before)
    run = table[table.run == table.run[0]]
    mine = run[run.kind == "move"]
    graphs = run[run.kind == "graph"].set_index("destination").measured_bytes
    for move in plan.moves:
        ends = plan.places[move.source].name, plan.places[move.destination].name
        (measured,) = mine[(mine.source == ends[0]) & (mine.destination == ends[1])].measured_bytes
        assert 0.9 < move.amount.bytes / measured < 1.1, ends
        home = move.destination == 0
        counted = crossed[ends[0]].out if home else crossed[ends[1]].into
        told = measured + (0 if home else graphs[ends[1]])
        assert told * 0.9 <= counted <= told + TALK, ends

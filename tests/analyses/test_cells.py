"""Ready cells: what they say, that they compile and are formatted, whatever a catalog holds."""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
import sys
import types
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Literal

import pytest

from multicloud_lab.analyses import AnalysisTemplate, CellSource, fitting, make_cells, registry
from multicloud_lab.analyses.base import Bound, Style, code
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.analyses.styles.harmless import harmless
from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import InvalidInputError, NotFoundError
from multicloud_lab.records import Cell, CellStyle, Dataset, Opening
from multicloud_lab.regions import Region

STYLES: tuple[CellStyle, ...] = ("lab", "plain")
AWS = GatewayConfig.model_validate(
    {
        "name": "aws-oregon",
        "region": "aws:us-west-2",
        "address": "https://gateway.example.org/aws",
        "proxy_address": "gateway://gateway.example.org:8786",
        "auth": {"type": "basic", "username": "pangeo", "password_env": "MARKER_ENV"},
        "maximum": 200,
    }
)
GCP = GatewayConfig.model_validate(
    {"name": "gcp-iowa", "region": "gcp:us-central1", "address": "http://127.0.0.1:8000"}
)


def source(
    dataset_id: str,
    gateway: GatewayConfig | None = AWS,
    *,
    variables: tuple[str, ...] = (),
    **opening: Any,
) -> CellSource:
    dataset = Dataset(
        id=dataset_id,
        name=dataset_id.rpartition("/")[2] or dataset_id,
        catalog=dataset_id.partition("/")[0],
        variables=variables,
        region=gateway.region if gateway else None,
        description=opening.pop("description", ""),
    )
    settings = {"kind": "intake", "catalog_url": "https://x.org/master.yaml", "entry": dataset.name}
    return CellSource(
        dataset=dataset,
        opening=Opening(dataset=dataset, **{**settings, **opening}),
        gateway=gateway,
        minimum=gateway.minimum if gateway else None,
        maximum=gateway.maximum if gateway else None,
    )


LENS = source(
    "lens/atm/hourly6-1990-2005/PRECT",
    variables=("PRECT",),
    kind="intake-esm",
    entry="s3://ncar-cesm-lens/atm/hourly6-1990-2005/cesmLE-20C-PRECT.zarr",
    storage_options={"anon": True, "endpoint_url": "http://127.0.0.1:5000"},
)
ERA5 = source("pangeo/atmosphere/era5", GCP, variables=("tp",))


EXPECTED = [
    """\
import multicloud_lab as mcl

prect = mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT")  # aws:us-west-2
prect""",
    """\
client = mcl.client(near=prect)  # adaptive, 1 to 200 workers, on aws-oregon
client""",
    """\
import numpy as np
from xhistogram.xarray import histogram

bins = np.concatenate([[0], np.logspace(-5, 0, 50)])  # metres in 6 hours
attrs = {"long_name": "Precipitation in 6 hours", "units": "m"}

rate = prect.PRECT.isel(member_id=0, missing_dims="ignore")
total = (rate * 6 * 3600).rename("tp_6hr")  # from metres a second
total.attrs = attrs
counts = histogram(total, bins=[bins], dim=["lon"])
hist = counts.mean("time")""",
    """\
(hist,) = mcl.compute(hist)  # runs in aws:us-west-2; only the result comes home
hist[:, 1:].plot(xscale="log")""",
]

SIDE_BY_SIDE = """
hists = {
    "era5, gcp:us-central1": era5_hist,
    "prect, aws:us-west-2": prect_hist,
}
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
for axis, (title, hist) in zip(axes, hists.items()):
    hist[:, 1:].plot(ax=axis, xscale="log")
    axis.set_title(title)"""


def test_lab_cells_are_what_a_colleague_would_write() -> None:
    cells = make_cells(None, [LENS], "lab")
    assert cells.analysis == "precipitation"
    assert [cell.source for cell in cells.cells] == EXPECTED


def test_several_datasets_are_computed_by_one_call_and_plotted_side_by_side() -> None:
    cells = make_cells("precipitation", [ERA5, LENS], "lab").cells
    text = "\n".join(cell.source for cell in cells)
    assert text.count("mcl.compute(era5_hist, prect_hist)") == 1
    assert "era5_client = mcl.client(near=era5)" in text
    assert "prect_client = mcl.client(near=prect)" in text
    assert cells[-1].source.endswith(SIDE_BY_SIDE)


def test_datasets_of_one_gateway_share_a_client() -> None:
    cells = make_cells("open", [LENS, source("lens/x/FLNS")], "lab").cells
    assert sum("mcl.client" in cell.source for cell in cells) == 1


def test_without_a_gateway_the_cells_compute_here() -> None:
    nowhere = source("a/era5", None, variables=("tp",))
    lab = "\n".join(cell.source for cell in make_cells(None, [nowhere], "lab").cells)
    plain = "\n".join(cell.source for cell in make_cells(None, [nowhere], "plain").cells)
    assert "mcl.client" not in lab
    assert "hist.compute()" in plain


def test_plain_cells_hold_the_addresses_and_no_secret() -> None:
    marked = source(
        "a/b",
        variables=("tp",),
        storage_options={
            "anon": False,
            "key": "MARKER-KEY",
            "secret": "MARKER-SECRET",
            "token": "MARKER-TOKEN",
            "endpoint_url": "https://user:MARKER-PASSWORD@x.org",
            "client_kwargs": {"endpoint_url": "https://x.org", "aws_secret_access_key": "MARKER"},
        },
        catalog_options={"password": "MARKER-CATALOG", "requester_pays": True},
    )
    text = "\n".join(cell.source for cell in make_cells(None, [marked], "plain").cells)
    assert "MARKER" not in text
    for expected in (
        'proxy_address="gateway://gateway.example.org:8786"',
        'public_address="https://gateway.example.org/aws"',
        'BasicAuth("pangeo", password=getpass("Password for aws-oregon: "))',
        "gateway.cluster_options(use_local_defaults=False)",
        "gateway.connect(running[0].name)",
        "cluster.adapt(minimum=1, maximum=200)",
        "Client(cluster, set_as_default=False)",
        "retries=5",
    ):
        assert expected in text
    assert "multicloud_lab" not in text


def test_of_storage_options_only_what_is_known_to_be_harmless_stays() -> None:
    assert harmless({"token": "google_default", "requester_pays": True, "project": "p"}) == {
        "token": "google_default",
        "requester_pays": True,
    }
    assert harmless({"token": {"refresh_token": "x"}, "anon": "yes", "endpoint_url": "x"}) == {}
    assert harmless({"endpoint_url": "https://x.org/?signature=1"}) == {}


def test_plain_cells_of_untrusted_entries_stop_until_somebody_vouches() -> None:
    bad = source("a/b", untrusted=("it runs the driver 'x.Y'\nimport os",))
    (cell,) = make_cells("open", [replace(bad, gateway=None)], "plain").cells
    assert "opening it runs: it runs the driver 'x.Y' import os." in cell.source
    assert "if not vouched:\n    raise PermissionError(" in cell.source
    assert "open_dataset" in make_cells(None, [bad], "lab").cells[0].source


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["intake", "intake-esm"])
@pytest.mark.parametrize("analysis", ["open", "precipitation"])
def test_hostile_names_stay_data(
    hostile: str, kind: Literal["intake", "intake-esm"], analysis: str, style: CellStyle
) -> None:
    """The statements are those of a harmless dataset; the literals are the catalog's words."""

    def cells(word: str) -> Sequence[Cell]:
        made = CellSource(
            dataset=(dataset := _dataset(word)),
            opening=Opening(
                dataset=dataset,
                kind=kind,
                catalog_url=f"https://x.org/{word}.yaml",
                entry=word,
                storage_options={"anon": True, "endpoint_url": "https://x.org/" + "y" * 9},
            ),
            gateway=AWS,
            minimum=1,
            maximum=200,
        )
        return make_cells(analysis, [made, LENS], style).cells

    written, expected = cells(hostile), cells("plain")
    assert len(written) == len(expected)
    strings: set[str] = set()
    for one, other in zip(written, expected, strict=True):
        tree = ast.parse(one.source)
        assert _shape(tree) == _shape(ast.parse(other.source))
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        strings |= {value for value in constants if isinstance(value, str)}
    if style == "lab":
        assert f"cat/{hostile}" in strings
    else:
        assert f"https://x.org/{hostile}.yaml" in strings
        searched = f"^{re.escape(hostile)}$" if set(hostile) & set("*?$^") else hostile
        assert (searched if kind == "intake-esm" else hostile) in strings


def _dataset(word: str) -> Dataset:
    return Dataset(
        id=f"cat/{word}",
        name=word,
        title=word,
        description=f"6-hourly {word}",
        catalog="cat",
        tags=(word,),
        variables=("PRECT", word),
        url=f"s3://bucket/{word}",
        region=Region("aws", "us-west-2"),
    )


def _shape(tree: ast.AST) -> list[str]:
    """Give the kinds of a tree's nodes, without names and values."""
    return [type(node).__name__ for node in ast.walk(tree)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["b", "b" * 40, "b" * 60, "b" * 90])
@pytest.mark.parametrize("endpoint", ["http://x.org", "https://" + "x" * 40 + ".org"])
def test_cells_are_formatted(name: str, endpoint: str, style: CellStyle, tmp_path: Path) -> None:
    esm = source(
        f"a/{name}",
        variables=("PRECT",),
        description="6-hourly",
        kind="intake-esm",
        entry=f"s3://bucket/{name}",
        storage_options={"anon": True, "requester_pays": False, "endpoint_url": endpoint},
    )
    era5 = source(
        f"a/b/{name}", GCP, variables=("tp",), storage_options=esm.opening.storage_options
    )
    for number, cell in enumerate(make_cells("precipitation", [esm, era5], style).cells):
        path = tmp_path / f"{number}.py"
        path.write_text(cell.source + "\n")
        subprocess.run(
            [sys.executable, "-m", "ruff", "format", "--isolated", "-q", path], check=True
        )
        assert path.read_text() == cell.source + "\n"


def test_precipitation_is_offered_where_it_is_meant_for() -> None:
    def first(*sources: CellSource) -> str:
        return fitting([s.dataset for s in sources])[0].name

    assert first(LENS) == first(ERA5) == first(ERA5, LENS) == "precipitation"
    assert first(source("lens/atm/daily/PRECT", variables=("PRECT",))) == "open"
    assert first(LENS, source("a/b")) == "open"
    assert first(source("p/era5_hourly_reanalysis_single_levels_sa")) == "precipitation"
    assert fitting([]) == []


def test_an_unknown_analysis_and_one_that_does_not_fit_are_told() -> None:
    with pytest.raises(NotFoundError, match=r"'nonsense'.*precipitation, open"):
        make_cells("nonsense", [LENS], "lab")
    with pytest.raises(InvalidInputError, match="a/b"):
        make_cells("precipitation", [source("a/b")], "lab")


class Another(AnalysisTemplate):
    """An analysis that another package brings."""

    name = "another"
    title = "Another"
    description = "Another."

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        return 2.0

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        return [code("1")]


def test_other_packages_add_analyses_and_a_broken_one_costs_only_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    points = [
        EntryPoint("broken", "no.such.module:X", registry.ENTRY_POINTS),
        EntryPoint("wrong", "builtins:dict", registry.ENTRY_POINTS),
        EntryPoint("another", f"{__name__}:Another", registry.ENTRY_POINTS),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    monkeypatch.setitem(sys.modules, __name__, _this_module())
    registry.templates.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            names = [a.name for a in fitting([ERA5.dataset])]
        assert names[:4] == ["another", "precipitation", "open", "histogram"]
        assert "broken" in caplog.text
        assert "wrong" in caplog.text
    finally:
        registry.templates.cache_clear()


INSTALLED = """
from multicloud_lab.analyses import AnalysisTemplate
from multicloud_lab.analyses.base import code


class Spread(AnalysisTemplate):
    name = "spread"
    title = "Spread"
    description = "From a package of its own."

    def fits(self, datasets):
        return 3.0

    def cells(self, bound, style, answers):
        return [code(style.open(bound[0], first=True)), code("spread = 1")]
"""


def test_a_package_that_is_installed_adds_its_analysis(tmp_path: Path) -> None:
    (tmp_path / "own_analyses.py").write_text(INSTALLED)
    info = tmp_path / "own_analyses-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-analyses\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.ENTRY_POINTS}]\nspread = own_analyses:Spread\n"
    )
    script = (
        "from multicloud_lab.analyses import fitting\n"
        "from multicloud_lab.records import Dataset\n"
        "found = fitting([Dataset(id='a/b', name='b', catalog='a')])\n"
        "print([analysis.name for analysis in found][:2])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "['spread', 'open']"


def _this_module() -> Any:
    module = types.ModuleType(__name__)
    module.__dict__["Another"] = Another
    return module

"""The panel with 100,000 datasets in a headless browser: keys, scrolling, start-up, size, memory.

Two JupyterLabs on one machine, one of them with the extension off; a browser measures both in
turns. The panel is the one that is released, minified; it is measured with regions, prices and
gateways in every row. Every figure stands against its limit, start-up against JupyterLab without
the panel, and memory also against keeping every row, which shows that the measure sees it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.request import urlopen

from benchmarks.search_datasets import DATASETS, WORDS
from benchmarks.table import Row
from multicloud_lab.demo.jupyter import DemoJupyter, start_jupyter
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import PREFIX

KEY_LIMIT = 50.0  # ms from a key to the painted answer, 95th percentile
FRAME_LIMIT = 50.0  # ms of the longest frame
START_LIMIT = 1.05  # times JupyterLab alone
GZIP_LIMIT = 60.0  # kB
HEAP_LIMIT = 30.0  # MB
DEADLINE = 1800.0  # seconds

BUCKETS = 200  # of each provider
REGIONS = {
    "s3": ("aws:us-west-2", "aws:us-east-1", "aws:eu-central-1"),
    "gs": ("gcp:us-central1", "gcp:us", "gcp:europe-west4"),
    "az": ("azure:westeurope", "azure:eastus"),
}
GATEWAYS = ("aws:us-west-2", "gcp:us-central1", "azure:westeurope")

_ROOT = Path(__file__).parent.parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(repeats: int = 5) -> list[Row]:
    """Measure in a browser."""
    figures = _measure(repeats)
    start = figures["start"]
    keys = [quantiles(figures["painted"], n=20)[-1]]
    heap, every_row = figures["heap"] / 1e6, figures["everyRow"] / 1e6
    return [
        Row("key to painted answer, p95", keys, [KEY_LIMIT], "ms", "the limit"),
        *(
            Row(f"longest frame, {how}", [max(frames)], [FRAME_LIMIT], "ms", "the limit")
            for how, frames in figures["frames"].items()
        ),
        Row(
            "JupyterLab with the panel",
            [min(start["ours"])],
            [min(start["bare"])],
            "ms",
            f"without; limit {START_LIMIT}",
        ),
        Row("loaded at start, gzip", [figures["gzip"] / 1e3], [GZIP_LIMIT], "kB", "the limit"),
        Row("memory once all rows were seen", [heap], [HEAP_LIMIT], "MB", "the limit"),
        Row("memory once all rows were seen", [heap], [every_row], "MB", "keeping every row"),
    ]


def catalog(path: Path) -> None:
    """Write a list of URLs with titles, with words as frequent as in the benchmark of searching."""
    providers = tuple(REGIONS)
    lines = []
    for number in range(DATASETS):
        words = [word for word, often in WORDS.items() if number % (DATASETS // often) == 0]
        bucket = f"{providers[number % 3]}://bucket-{number % BUCKETS}"
        title = f"dataset {number} of {' '.join(words) or 'temperature'}"
        lines.append(f"{bucket}/group{number % 40}/d{number}.zarr {title}")
    path.write_text("\n".join(lines) + "\n")


def lab(listed: Path) -> dict[str, Any]:
    """Give the configuration of a lab that knows where all of it is, and three gateways."""
    return {
        "catalogs": [{"name": "many", "url": str(listed)}],
        "regions": {
            f"{scheme}://bucket-{number}": regions[number % len(regions)]
            for scheme, regions in REGIONS.items()
            for number in range(BUCKETS)
        },
        "gateways": [
            {
                "name": region.replace(":", "-"),
                "region": region,
                "address": "http://127.0.0.1:9",  # nobody answers there
                "auth": {"type": "basic", "username": "nobody"},
            }
            for region in GATEWAYS
        ],
        "probe": False,
    }


def build(to: Path) -> None:
    """Build the panel as it is released, minified, and not as it is developed."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for name in ("lib", "style", "schema"):
            shutil.copytree(_ROOT / name, copy / name)
        for name in ("package.json", "tsconfig.json", "install.json", "yarn.lock"):
            shutil.copy(_ROOT / name, copy / name)
        (copy / "node_modules").symlink_to(_ROOT / "node_modules")
        (copy / "multicloud_lab").mkdir()
        subprocess.run(["jupyter-builder", "build", "."], cwd=copy, check=True, capture_output=True)
        shutil.copytree(copy / "multicloud_lab" / "labextension", to)


def start(processes: Processes, port: int) -> DemoJupyter:
    """Start JupyterLab with the panel as it is released, and wait until the catalog is read."""
    state = processes.state_dir
    listed = state / "catalog.txt"
    catalog(listed)
    build(_released(state))
    # What an environment has comes before what a user has, but not before this.
    extra = {"LabApp": {"extra_labextensions_path": [str(_released(state).parent)]}}
    settings = state / "config" / "jupyter" / "jupyter_lab_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(extra))
    jupyter = start_jupyter(processes, port, lab(listed))
    url = f"{jupyter.url}{PREFIX}/datasets?limit=1&token={jupyter.token}"
    with urlopen(url, timeout=DEADLINE) as answer:
        total = json.load(answer)["total"]
    if total != DATASETS:
        raise RuntimeError(f"The catalog has {total:,} datasets, not {DATASETS:,}.")
    return jupyter


def _released(state: Path) -> Path:
    return state / "released" / "multicloud-lab"


def _measure(repeats: int) -> dict[str, Any]:
    with Processes() as ours, Processes() as bare:
        ports = free_ports(2)
        with_panel = start(ours, ports[0])
        settings = bare.state_dir / "config" / "jupyter" / "labconfig"
        settings.mkdir(parents=True)
        off = {"disabledExtensions": {"multicloud-lab": True}}
        (settings / "page_config.json").write_text(json.dumps(off))
        without = start_jupyter(bare, ports[1], {})
        addresses = [f"{each.url}lab?token={each.token}&reset" for each in (with_panel, without)]
        printed = subprocess.run(
            ["node", "benchmarks/panel.mjs", *addresses, str(repeats)],
            cwd=_ROOT,
            env={**os.environ, "CHROMIUM_PATH": _browser()},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=DEADLINE,
        ).stdout
        measured: dict[str, Any] = json.loads(printed)
        built = {file.name for file in (_released(ours.state_dir) / "static").iterdir()}
    if not measured["scripts"] or not built.issuperset(measured["scripts"]):
        raise RuntimeError(f"Another panel than the released one was loaded: {measured['scripts']}")
    return measured


def _browser() -> str:
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, _BROWSERS)), "")
    if not found:
        raise RuntimeError("There is no Chromium; install it, or say CHROMIUM_PATH.")
    return found


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))

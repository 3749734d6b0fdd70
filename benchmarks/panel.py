"""The panel with 100,000 datasets in a headless browser: keys, scrolling, start-up, size, memory.

Two JupyterLabs on one machine, one of them with the extension off; a browser measures both in
turns. Every figure stands against its limit, and start-up against JupyterLab without the panel.
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

_ROOT = Path(__file__).parent.parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(repeats: int = 5) -> list[Row]:
    """Measure in a browser."""
    figures = _measure(repeats)
    start = figures["start"]
    added = [min(start["ours"])]
    keys = [quantiles(figures["painted"], n=20)[-1]]
    return [
        Row("key to painted answer, p95", keys, [KEY_LIMIT], "ms", "the limit"),
        Row("longest frame in scrolling", [max(figures["frames"])], [FRAME_LIMIT], "ms", "limit"),
        Row("JupyterLab with the panel", added, [min(start["bare"])], "ms", "without; limit 1.05"),
        Row("loaded at start, gzip", [figures["gzip"] / 1e3], [GZIP_LIMIT], "kB", "the limit"),
        Row("browser's memory", [figures["heap"] / 1e6], [HEAP_LIMIT], "MB", "the limit"),
    ]


def catalog(path: Path) -> None:
    """Write a list of URLs with titles, with words as frequent as in the benchmark of searching."""
    providers = ("s3", "gs", "az")
    lines = []
    for number in range(DATASETS):
        words = [word for word, often in WORDS.items() if number % (DATASETS // often) == 0]
        url = f"{providers[number % 3]}://bucket-{number % 200}/group{number % 40}/d{number}.zarr"
        lines.append(f"{url} dataset {number} of {' '.join(words) or 'temperature'}")
    path.write_text("\n".join(lines) + "\n")


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


def _measure(repeats: int) -> dict[str, Any]:
    with Processes() as ours, Processes() as bare:
        listed = Path(ours.state_dir) / "catalog.txt"
        catalog(listed)
        ports = free_ports(2)
        lab = {"catalogs": [{"name": "many", "url": str(listed)}], "probe": False}
        build(ours.state_dir / "data" / "jupyter" / "labextensions" / "multicloud-lab")
        with_panel = start_jupyter(ours, ports[0], lab)
        settings = Path(bare.state_dir) / "config" / "jupyter" / "labconfig"
        settings.mkdir(parents=True)
        off = {"disabledExtensions": {"multicloud-lab": True}}
        (settings / "page_config.json").write_text(json.dumps(off))
        without = start_jupyter(bare, ports[1], {})
        _until_read(with_panel)
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
    return measured


def _until_read(jupyter: DemoJupyter) -> None:
    """Have the catalog read, which waits until it is."""
    url = f"{jupyter.url}{PREFIX}/datasets?limit=1&token={jupyter.token}"
    with urlopen(url, timeout=DEADLINE) as answer:
        total = json.load(answer)["total"]
    if total != DATASETS:
        raise RuntimeError(f"The catalog has {total:,} datasets, not {DATASETS:,}.")


def _browser() -> str:
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, _BROWSERS)), "")
    if not found:
        raise RuntimeError("There is no Chromium; install it, or say CHROMIUM_PATH.")
    return found


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))

"""Ready cells of both styles, really executed in a process of their own against the clouds."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from xhistogram.xarray import histogram

from multicloud_lab import records as r
from multicloud_lab.config import read_config
from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.lab import Lab
from multicloud_lab.service import LabService

DATASETS = ("pangeo/atmosphere/era5", "lens/atm/hourly6-1990-2005/PRECT")
BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])

BEFORE = {
    "lab": """\
import multicloud_lab.notebook
from multicloud_lab import Lab

multicloud_lab.notebook._default = Lab.from_config(given["config"])
for name, password in given["passwords"].items():
    multicloud_lab.sign_in(name, password)
""",
    "plain": """\
import getpass

sys.modules["multicloud_lab"] = None
getpass.getpass = lambda prompt: given["passwords"][prompt.split()[-1].rstrip(":")]
""",
}

SCRIPT = """\
import faulthandler
import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
faulthandler.dump_traceback_later(280, exit=True)  # rather than hang in silence
given = json.load(open(sys.argv[1]))
{before}
names = {{}}
for cell in given["cells"]:
    exec(compile(cell, "cell", "exec"), names)


def where():
    return os.environ.get("MULTICLOUD_REGION")


regions = {{
    name: value.submit(where, pure=False).result(timeout=120)
    for name, value in names.items()
    if name == "client" or name.endswith("_client")
}}
arrays = {{n: v.values.tolist() for n, v in names.items() if n == "hist" or n.endswith("_hist")}}
plots = [axes.get_xscale() for axes in names["plt"].gcf().axes] if "plt" in names else []
json.dump({{"regions": regions, "arrays": arrays, "plots": plots}}, open(sys.argv[2], "w"))
{after}
"""

AFTER = {
    "lab": "multicloud_lab.close(shutdown=True)",
    "plain": "for name in regions:\n    names[name].cluster.shutdown()",
}


@pytest.mark.parametrize("style", ["lab", "plain"])
def test_the_precipitation_cells_run(
    style: r.CellStyle, lab: Lab, clouds: Clouds, tmp_path: Path, era5: xr.Dataset, lens: xr.Dataset
) -> None:
    async def written() -> r.Cells:
        service = LabService(read_config(clouds.config()))
        await service.start()
        try:
            return await service.cells(r.CellsRequest(datasets=DATASETS, style=style))
        finally:
            await service.close()

    cells = asyncio.run(written())
    assert cells.analysis == "precipitation"
    passwords = {gateway.name: gateway.password for gateway in clouds.gateways.values()}
    sources = [cell.source for cell in cells.cells]
    assert not any(password in "".join(sources) for password in passwords.values())
    given, printed = tmp_path / "given.json", tmp_path / "printed.json"
    given.write_text(
        json.dumps({"config": clouds.config(), "passwords": passwords, "cells": sources})
    )
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(before=BEFORE[style], after=AFTER[style]))
    run = subprocess.run(
        [sys.executable, script, given, printed], capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(printed.read_text())
    assert result["regions"] == {
        "era5_client": "gcp:us-central1",
        "prect_client": "aws:us-west-2",
    }
    tp = era5.tp.coarsen(time=6).sum().rename("tp_6hr")
    prect = (lens.PRECT.isel(member_id=0) * 6 * 3600).rename("tp_6hr")
    for name, total, dim in (("era5", tp, "longitude"), ("prect", prect, "lon")):
        expected = histogram(total, bins=[BINS], dim=[dim]).mean("time").compute()
        np.testing.assert_array_equal(result["arrays"][f"{name}_hist"], expected)
    assert result["plots"][:2] == ["log", "log"]

"""The workflow as a notebook: how 6-hourly rain is distributed in ERA5 and in CESM LENS.

After "Multi-Cloud Workflows with Pangeo and Dask Gateway" (Augspurger, Durant, Abernathey and
Hamman, EarthCube 2020), with the steps that this package takes over left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_CELLS = (
    """\
# Rain in two clouds

ERA5 is in Google's cloud and CESM LENS is in Amazon's. This notebook compares how 6-hourly
precipitation is distributed in both, at each latitude. Each dataset is reduced in its own region;
only the histograms come here.""",
    """\
import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xarray as xr
from xhistogram.xarray import histogram

import multicloud_lab as mcl""",
    "## What there is, and where",
    "mcl.datasets()",
    """\
era5 = mcl.open_dataset(
    "pangeo/atmosphere/era5", storage_options={"requester_pays": False, "token": "anon"}
)
era5""",
    """\
lens = mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT")
lens""",
    "## A cluster beside each",
    """\
era5_client = mcl.client(near=era5)
lens_client = mcl.client(near=lens)
display(era5_client, lens_client)""",
    "## The histograms, not computed yet",
    """\
bins = np.concatenate([[0], np.logspace(-5, 0, 50)])  # metres in 6 hours

hourly = era5.tp.sel(time=slice("1990-01-01", "2005-12-31"))  # metres
total = hourly.coarsen(time=6).sum().rename("tp_6hr")
era5_hist = histogram(total, bins=[bins], dim=["longitude"]).mean("time")

rate = lens.PRECT.isel(member_id=0)  # metres a second
total = (rate * 6 * 3600).rename("tp_6hr").assign_attrs(hourly.attrs)
lens_hist = histogram(total, bins=[bins], dim=["lon"]).mean("time")""",
    "## What would run where, and what that moves",
    "mcl.plan(era5_hist, lens_hist)",
    "## Both at once, each where its data are",
    "era5_rain, lens_rain = mcl.compute(era5_hist, lens_hist)",
    """\
workers = {
    name: sorted(set(client.run(os.getenv, "MULTICLOUD_REGION").values()))
    for name, client in {"ERA5": era5_client, "CESM LENS": lens_client}.items()
}
workers""",
    """\
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
era5_rain[:, 1:].plot(ax=axes[0], xscale="log")
axes[0].set_title("ERA5, gcp:us-central1")
lens_rain[:, 1:].plot(ax=axes[1], xscale="log")
axes[1].set_title("CESM LENS, aws:us-west-2")
plt.show()""",
    """\
pd.DataFrame(
    {
        "ERA5": era5_rain.sum("latitude").values,
        "CESM LENS": lens_rain.sum("lat").values,
    },
    index=pd.Index(bins[:-1], name="from (m in 6 h)"),
)""",
    """\
## One expression over both clouds

The share of rain in each bin over the whole globe: the difference between the two datasets, and
the larger of both. Each side is reduced in its own region before anything moves.""",
    """\
def share(hist, latitude):
    area = np.cos(np.deg2rad(hist[latitude]))
    rain = hist[:, 1:].weighted(area).mean(latitude)
    return rain / rain.sum()


era5_share, lens_share = share(era5_hist, "latitude"), share(lens_hist, "lat")
difference = era5_share - lens_share
larger = xr.concat([era5_share, lens_share], "dataset").max("dataset")
mcl.plan(difference, larger)""",
    """\
difference, larger = mcl.compute(difference, larger)
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
difference.plot(ax=axes[0], xscale="log")
axes[0].set_title("ERA5 - CESM LENS")
larger.plot(ax=axes[1], xscale="log")
axes[1].set_title("The larger of both")
plt.show()""",
    "## What was read where, and what moved",
    """\
ledger = mcl.ledger()
print(ledger.attrs["summary"])
ledger""",
    "## Clean up",
    "mcl.close(shutdown=True)",
)


def workflow() -> dict[str, Any]:
    """Build the notebook, with no outputs, as the JSON of nbformat 4.5."""
    cells: list[dict[str, Any]] = []
    for number, source in enumerate(_CELLS):
        cell = {"id": f"cell-{number}", "metadata": {}, "source": source}
        if source.startswith("#"):
            cells.append({"cell_type": "markdown", **cell})
        else:
            cells.append({"cell_type": "code", **cell, "execution_count": None, "outputs": []})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": cells,
    }


def write_workflow(path: Path) -> None:
    """Write the notebook; one that is there already is somebody's, and stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(workflow(), indent=1) + "\n")

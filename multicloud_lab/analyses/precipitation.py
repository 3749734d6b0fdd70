"""The workflow's analysis: how 6-hourly precipitation is distributed, at each latitude."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.analyses.quoting import call, literal
from multicloud_lab.records import Cell, Dataset

_PLOT = "import matplotlib.pyplot as plt\n"
_IMPORTS = """\
import numpy as np
from xhistogram.xarray import histogram

bins = np.concatenate([[0], np.logspace(-5, 0, 50)])  # metres in 6 hours
attrs = {"long_name": "Precipitation in 6 hours", "units": "m"}"""

# As Pangeo's catalog names it; it does not list the variables, of which there are 17.
_ERA5 = "era5_hourly_reanalysis_single_levels"


class PrecipitationHistogram(AnalysisTemplate):
    """Histograms of 6-hourly sums over longitude, averaged over time."""

    name = "precipitation"
    title = "Precipitation histogram"
    description = (
        "How often it rains how much in 6 hours, at each latitude, 1990 to 2005; several datasets "
        "side by side, each computed in its own region."
    )

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit hourly ERA5 and 6-hourly CESM, alone or together."""
        return 1.0 if datasets and all(map(_kind, datasets)) else None

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells: open, connect, the lazy histograms, then compute and plot."""
        several = len(bound) > 1
        results = [f"{item.name}_hist" if several else "hist" for item in bound]
        lazy = [_histogram(item, result) for item, result in zip(bound, results, strict=True)]
        plot = _side_by_side(bound, results) if several else 'hist[:, 1:].plot(xscale="log")'
        compute = style.compute(list(zip(results, bound, strict=True)))
        return [
            *opened(bound, style),
            code("\n".join((_PLOT * several + _IMPORTS, *lazy))),
            code(f"{compute}\n{plot}"),
        ]


def _kind(dataset: Dataset) -> str:
    """Say which of the two a dataset is, by what its catalog says; empty for neither."""
    if "tp" in dataset.variables or (not dataset.variables and _ERA5 in dataset.name):
        return "era5"
    words = " ".join((dataset.id, dataset.title, dataset.description, *dataset.tags)).lower()
    six_hourly = any(word in words for word in ("hourly6", "6-hourly", "6hourly", "6hr"))
    return "cesm" if "PRECT" in dataset.variables and six_hourly else ""


def _histogram(bound: Bound, result: str) -> str:
    name = bound.name
    if _kind(bound.source.dataset) == "era5":
        lines = [
            f'hourly = {name}.tp.sel(time=slice("1990-01-01", "2005-12-31"))',
            'total = hourly.coarsen(time=6, boundary="trim").sum().rename("tp_6hr")',
            "total.attrs = attrs",
            'counts = histogram(total, bins=[bins], dim=["longitude"])',
        ]
    else:
        lines = [
            f'rate = {name}.PRECT.isel(member_id=0, missing_dims="ignore")',
            'total = (rate * 6 * 3600).rename("tp_6hr")  # from metres a second',
            "total.attrs = attrs",
            'counts = histogram(total, bins=[bins], dim=["lon"])',
        ]
    return "\n".join(["", *lines, f'{result} = counts.mean("time")'])


def _side_by_side(bound: Sequence[Bound], results: Sequence[str]) -> str:
    count = len(bound)
    titles = [literal(f"{item.name}, {item.where}") for item in bound]
    return "\n".join(
        [
            "",
            "hists = {",
            *(f"    {title}: {result}," for title, result in zip(titles, results, strict=True)),
            "}",
            call(
                "figure, axes = plt.subplots",
                ["1", str(count), f"figsize=({6 * count}, 4)", 'layout="constrained"'],
            ),
            "for axis, (title, hist) in zip(axes, hists.items()):",
            '    hist[:, 1:].plot(ax=axis, xscale="log")',
            "    axis.set_title(title)",
        ]
    )

"""The analysis of anomalies: how a mean over space departs from its climatology."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.parameters import Answers, period, variable
from multicloud_lab.analyses.pieces import (
    area_mean,
    argument,
    chain,
    first_of,
    left_out,
    lines,
    on_a_map,
    within,
)
from multicloud_lab.analyses.quoting import call, literal
from multicloud_lab.records import AnalysisParameter, Cell, Choice, Dataset

# How often a series is sampled for each kind of climatology; for that of a day as it is.
_STEPS = {"month": "MS", "dayofyear": "D"}
_TITLES = {
    "month": "each calendar month",
    "dayofyear": "each day of the year",
    "hour": "each hour of the day",
}


class Anomaly(AnalysisTemplate):
    """A climatology, and the anomalies from it, of a mean over space."""

    name = "anomaly"
    title = "Climatology and anomaly"
    description = (
        "The usual course of a variable's mean over its area, and how far each time is from it."
    )
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit one dataset of arrays."""
        return -3.0 if len(datasets) == 1 and is_array(datasets[0]) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask which variable, which period, and what is compared with what."""
        usual = AnalysisParameter(
            name="group",
            label="Mean of",
            type="choice",
            default="month",
            choices=tuple(Choice(value=name, title=title) for name, title in _TITLES.items()),
            required=True,
        )
        (item,) = contents
        return [variable(item, needs=item.time, lacking="along time"), *period(contents), usual]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        (item,) = bound
        chosen, group = str(answers["variable"]), str(answers["group"])
        time = item.contents.time(chosen) or "time"
        by = literal(f"{time}.{group}")
        series = _series(item, chosen, answers)
        if group in _STEPS:
            step = argument(time, literal(_STEPS[group]))
            series.append(f"series = series.resample({step}).mean(keep_attrs=True)")
        numpy = "import numpy as np\n" if any("np." in line for line in series) else ""
        return [
            *opened(bound, style),
            code(lines(f"import matplotlib.pyplot as plt\n{numpy}", series)),
            code(
                lines(
                    style.compute([("series", item)]),
                    call("climatology = series.groupby", [by], tail=".mean(keep_attrs=True)"),
                    call("anomaly = series.groupby", [by], tail=" - climatology"),
                    _PLOT,
                )
            ),
        ]


_PLOT = """
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
climatology.plot.line(ax=left, marker="o")
left.set_title("Climatology")
anomaly.plot.line(ax=right)
right.set_title("Anomaly")"""


def _series(item: Bound, chosen: str, answers: Answers) -> list[str]:
    """Write the mean over space."""
    shown, others = on_a_map(item, chosen)
    steps = [*within(item, chosen, answers), *first_of(others)]
    if item.contents.dims(chosen) is not None:
        return area_mean("series", item, chosen, steps, shown, left_out(others))
    time = literal(item.contents.time(chosen))
    return [
        *chain("series", item, chosen, steps),
        f"others = [dim for dim in series.dims if dim != {time}]",
        "series = series.mean(others, keep_attrs=True)",
    ]

"""The analysis that compares datasets, each computed where it is."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.histogram import IMPORTS as HISTOGRAM
from multicloud_lab.analyses.histogram import edges
from multicloud_lab.analyses.parameters import Answers, bins, period, variable
from multicloud_lab.analyses.pieces import along, area_mean, chain, lines, within
from multicloud_lab.analyses.quoting import call, literal
from multicloud_lab.records import AnalysisParameter, Cell, Choice, Dataset

_PLOT = "import matplotlib.pyplot as plt\n"
_IMPORTS = {
    "histogram": _PLOT + HISTOGRAM,
    "zonal": _PLOT,
    "series": f"{_PLOT}import numpy as np\n",
}
_SHOWN = 30
_WAYS = {
    "histogram": "How often which values occur",
    "zonal": "The mean at each latitude",
    "series": "The mean over the whole area, in time",
}


class Compare(AnalysisTemplate):
    """A variable of each of several datasets, in one plot."""

    name = "compare"
    title = "Compare"
    description = (
        "One variable of each dataset in one plot; each is computed in its own region, and only "
        "the results come home."
    )
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit several datasets of arrays."""
        return -1.0 if len(datasets) > 1 and all(map(is_array, datasets)) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask for a variable of each, what is compared, the period and the bins."""
        how = AnalysisParameter(
            name="what",
            label="What is compared",
            type="choice",
            default="histogram",
            choices=tuple(Choice(value=name, title=title) for name, title in _WAYS.items()),
            required=True,
        )
        variables = [
            variable(item, _variable(number), f"Variable of {item.dataset.name}")
            for number, item in enumerate(contents)
        ]
        return [*variables, how, *period(contents), *bins(contents[0])]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        what = answers["what"]
        chosen = [str(answers[_variable(number)]) for number in range(len(bound))]
        pairs = list(zip(bound, chosen, strict=True))
        lazy: list[str | list[str]] = []
        if what == "histogram":
            values = [(f"{item.name}_values", item, name) for item, name in pairs]
            lazy += [
                chain(value, item, name, within(item, name, answers))
                for value, item, name in values
            ]
            lazy.append(edges(values, style, answers))
            results = [f"{item.name}_hist" for item in bound]
            lazy += [
                _histogram(result, value)
                for result, (value, _, _) in zip(results, values, strict=True)
            ]
        else:
            results = [f"{item.name}_mean" for item in bound]
            lazy += [
                _mean(result, item, name, answers, zonal=what == "zonal")
                for result, (item, name) in zip(results, pairs, strict=True)
            ]
        if what == "series":
            lazy += [
                "\n# One calendar for all, so that they share an axis.",
                *_one_calendar(results, pairs),
            ]
        labels = [_label(item, name) for item, name in pairs]
        return [
            *opened(bound, style),
            code(lines(_IMPORTS[str(what)], *lazy)),
            code(
                lines(
                    style.compute(list(zip(results, bound, strict=True))),
                    _plot(labels, results, logarithmic=_is_log(answers)),
                )
            ),
        ]


def _variable(number: int) -> str:
    return "variable" if number == 0 else f"variable_{number + 1}"


def _is_log(answers: Answers) -> bool:
    return answers["what"] == "histogram" and answers["scale"] == "log"


def _histogram(result: str, value: str) -> str:
    """Write a histogram of densities, which do not depend on how many values there are."""
    return call(f"{result} = histogram", [value, "bins=[bins]", "density=True"])


def _mean(result: str, item: Bound, name: str, answers: Answers, *, zonal: bool) -> list[str]:
    """Write a mean that leaves one dimension: latitude, or time."""
    contents = item.contents
    kept = contents.latitude(name) if zonal else contents.time(name)
    steps = within(item, name, answers)
    dims = contents.dims(name)
    if dims is not None and kept is not None:
        others = [dim for dim in dims if dim != kept]
        if not zonal:
            return area_mean(result, item, name, steps, others)
        mean = [f".mean({along(others)}, keep_attrs=True)"] if others else []
        return chain(result, item, name, [*steps, *mean])
    usual = '("lat", "latitude")' if zonal else f"({literal(kept or 'time')},)"
    return [
        *chain(result, item, name, steps),
        f"others = [dim for dim in {result}.dims if dim not in {usual}]",
        f"{result} = {result}.mean(others, keep_attrs=True)",
    ]


def _one_calendar(results: Sequence[str], pairs: Sequence[tuple[Bound, str]]) -> list[str]:
    written = []
    for result, (item, name) in zip(results, pairs, strict=True):
        time = item.contents.time(name) or "time"
        options = ['align_on="date"', "use_cftime=False"]
        if time != "time":
            options.insert(0, f"dim={literal(time)}")
        written.append(call(f"{result} = {result}.convert_calendar", ['"standard"', *options]))
    return written


def _label(item: Bound, name: str) -> str:
    found = item.contents.variable(name)
    units = f" [{found.units[:_SHOWN]}]" if found is not None and found.units else ""
    return f"{item.name} {name[:_SHOWN]}{units}"


def _plot(labels: Sequence[str], results: Sequence[str], *, logarithmic: bool) -> str:
    scale = ['axis.set_xscale("log")'] if logarithmic else []
    return "\n".join(
        [
            "",
            "compared = {",
            *(
                f"    {literal(label)}: {result},"
                for label, result in zip(labels, results, strict=True)
            ),
            "}",
            'figure, axis = plt.subplots(figsize=(9, 4), layout="constrained")',
            "for label, result in compared.items():",
            "    axis.plot(result[result.dims[0]], result, label=label)",
            *scale,
            "axis.legend()",
        ]
    )

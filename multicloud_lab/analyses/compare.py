"""The analysis that compares datasets, each computed where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.comparable import Compared, alike
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.histogram import IMPORTS as HISTOGRAM
from multicloud_lab.analyses.histogram import edges
from multicloud_lab.analyses.parameters import Answers, bins, period, variable
from multicloud_lab.analyses.pieces import (
    along,
    area_mean,
    chain,
    first_of,
    left_out,
    lines,
    on_a_map,
    within,
)
from multicloud_lab.analyses.quoting import call, literal
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import AnalysisParameter, Cell, Choice, Dataset

_PLOT = "import matplotlib.pyplot as plt\n"
_SHOWN = 30
_WAYS = {
    "histogram": "How often which values occur",
    "zonal": "The mean at each latitude",
    "series": "The mean over the whole area, in time",
}


class Compare(AnalysisTemplate):
    """A variable of each of several datasets, in one plot."""

    name = "compare"
    title = "Comparison"
    description = (
        "One variable of each dataset in one plot and one unit; each is computed in its own "
        "region, and only the results come home."
    )
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit several datasets of arrays."""
        return -1.0 if len(datasets) > 1 and all(map(is_array, datasets)) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask for a variable of each, what is compared, the period and the bins."""
        ways = [name for name in _WAYS if all(_has(item, name) for item in contents)]
        how = AnalysisParameter(
            name="what",
            label="What is compared",
            type="choice",
            default="histogram",
            choices=tuple(Choice(value=name, title=_WAYS[name]) for name in ways),
            required=True,
        )
        variables = [
            variable(
                item,
                _variable(number),
                f"Variable of {item.dataset.name}",
                default=None if number == 0 else alike(item, contents[0]),
            )
            for number, item in enumerate(contents)
        ]
        of_histogram = [
            asked.model_copy(update={"label": f"{asked.label} (histogram)"})
            for asked in bins(contents[0])
        ]
        return [*variables, how, *period(contents), *of_histogram]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        what = str(answers["what"])
        chosen = [str(answers[_variable(number)]) for number in range(len(bound))]
        pairs = list(zip(bound, chosen, strict=True))
        for item, name in pairs:
            if not _needed(item.contents, what)(name):
                lacks = "latitude in degrees" if what == "zonal" else "time"
                raise InvalidInputError(
                    f"{name} of {item.source.dataset.name} has no {lacks}; choose another "
                    "variable, or something else to compare."
                )
        compared = Compared(pairs)
        if what == "histogram":
            compared.check_bins()
            results = [f"{item.name}_hist" for item in bound]
            lazy = [_PLOT + HISTOGRAM, compared.note, *_histograms(pairs, compared, style, answers)]
        else:
            results = [f"{item.name}_mean" for item in bound]
            lazy = [compared.note, *_means(results, pairs, answers, zonal=what == "zonal")]
            numpy = "import numpy as np\n" if any("np." in line for line in lazy) else ""
            lazy = [_PLOT + numpy, *lazy, *compared.converted(results)]
        if what == "series":
            lazy += [
                "\n# One calendar for all, so that they share an axis.",
                *_one_calendar(results, pairs),
            ]
        return [
            *opened(bound, style),
            code(lines(*lazy)),
            code(
                lines(
                    style.compute(list(zip(results, bound, strict=True))),
                    _plot(compared, results, what, logarithmic=answers["scale"] == "log"),
                )
            ),
        ]


def _variable(number: int) -> str:
    return "variable" if number == 0 else f"variable_{number + 1}"


def _needed(contents: Contents, what: str) -> Callable[[str], object]:
    """Give what a variable must have for a comparison; all is well if nothing is known."""
    if contents.structure is None or what == "histogram":
        return lambda _: True
    return contents.degrees if what == "zonal" else contents.time


def _has(contents: Contents, what: str) -> bool:
    return contents.structure is None or any(map(_needed(contents, what), contents.names))


def _histograms(
    pairs: Sequence[tuple[Bound, str]], compared: Compared, style: Style, answers: Answers
) -> list[str]:
    """Write histograms of densities, which do not depend on how many values there are."""
    names = [f"{item.name}_values" for item, _ in pairs]
    written: list[str] = []
    for value, (item, name) in zip(names, pairs, strict=True):
        _, others = on_a_map(item, name)
        steps = [*within(item, name, answers), *first_of(others)]
        written += [left_out(others), *chain(value, item, name, steps)]
    written += compared.converted(names)
    values = [(value, *pair) for value, pair in zip(names, pairs, strict=True)]
    written += edges(values, style, answers)
    for value, (item, _) in zip(names, pairs, strict=True):
        arguments = [value, "bins=[bins]", "density=True"]
        written.append(call(f"{item.name}_hist = histogram", arguments))
    return written


def _means(
    results: Sequence[str], pairs: Sequence[tuple[Bound, str]], answers: Answers, *, zonal: bool
) -> list[str]:
    written: list[str] = []
    for result, (item, name) in zip(results, pairs, strict=True):
        written += _mean(result, item, name, answers, zonal=zonal)
    return written


def _mean(result: str, item: Bound, name: str, answers: Answers, *, zonal: bool) -> list[str]:
    """Write a mean that leaves one dimension: latitude, or time."""
    contents = item.contents
    kept = contents.degrees(name) if zonal else contents.time(name)
    steps = within(item, name, answers)
    if contents.dims(name) is not None and kept is not None:
        shown, others = on_a_map(item, name)
        steps += first_of(others)
        if not zonal:
            return area_mean(result, item, name, steps, shown, left_out(others))
        time = contents.time(name)
        over = [dim for dim in (time, *shown) if dim is not None and dim != kept]
        mean = [f".mean({along(over)}, keep_attrs=True)"] if over else []
        return [left_out(others), *chain(result, item, name, [*steps, *mean])]
    usual = '("lat", "latitude")' if zonal else f"({literal(kept or 'time')},)"
    return [
        *chain(result, item, name, steps),
        f"dims = {result}.dims",
        f"others = [dim for dim in dims if dim not in {usual}]",
        call(f"{result} = {result}.mean", ["others", "keep_attrs=True"]),
    ]


def _one_calendar(results: Sequence[str], pairs: Sequence[tuple[Bound, str]]) -> list[str]:
    written = []
    for result, (item, name) in zip(results, pairs, strict=True):
        time = item.contents.time(name) or "time"
        options = ['align_on="date"']
        if time != "time":
            options.insert(0, f"dim={literal(time)}")
        written.append(call(f"{result} = {result}.convert_calendar", ['"standard"', *options]))
    return written


def _plot(compared: Compared, results: Sequence[str], what: str, *, logarithmic: bool) -> str:
    """Write the plot: one for all, or one for each if their units have nothing in common."""
    labels = [literal(label) for label in compared.labels]
    shown = [
        "",
        "compared = {",
        *(f"    {label}: {result}," for label, result in zip(labels, results, strict=True)),
        "}",
    ]
    if compared.apart:
        size = f"figsize=(9, {3 * len(results)})"
        arguments = [str(len(results)), "sharex=True", size, 'layout="constrained"']
        return "\n".join(
            [
                *shown,
                call("figure, axes = plt.subplots", arguments),
                "for axis, (label, result) in zip(axes, compared.items()):",
                "    result.plot.line(ax=axis)",
                "    axis.set(title=label)",
            ]
        )
    unit = [literal(compared.unit[:_SHOWN])] if compared.unit else []
    if what == "histogram":
        arguments = [*(f"xlabel={text}" for text in unit), 'ylabel="density"', 'title=""']
        arguments += ['xscale="log"'] if logarithmic else []
    else:
        arguments = [*(f"ylabel={text}" for text in unit), 'title=""']
    return "\n".join(
        [
            *shown,
            'figure, axis = plt.subplots(figsize=(9, 4), layout="constrained")',
            "for label, result in compared.items():",
            "    result.plot.line(ax=axis, label=label)",
            call("axis.set", arguments),
            "axis.legend()",
        ]
    )

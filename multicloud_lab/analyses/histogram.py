"""The analysis that counts how often a variable has which values."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.parameters import Answers, bins, period, variable
from multicloud_lab.analyses.pieces import (
    argument,
    chain,
    first_of,
    left_out,
    lines,
    on_a_map,
    within,
)
from multicloud_lab.analyses.quoting import WIDTH, call, literal
from multicloud_lab.records import AnalysisParameter, Cell, Dataset

IMPORTS = "import numpy as np\nfrom xhistogram.xarray import histogram\n"


class Histogram(AnalysisTemplate):
    """The distribution of a variable's values, over all places and times."""

    name = "histogram"
    title = "Histogram"
    description = "How often a variable has which values, over all places of a period."
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit one dataset of arrays."""
        return -1.0 if len(datasets) == 1 and is_array(datasets[0]) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask which variable, which period and which bins."""
        return [variable(contents[0]), *period(contents), *bins(contents[0])]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        (item,) = bound
        chosen = str(answers["variable"])
        _, others = on_a_map(item, chosen)
        steps = [*within(item, chosen, answers), *first_of(others)]
        scale = ', xscale="log"' if answers["scale"] == "log" else ""
        return [
            *opened(bound, style),
            code(
                lines(
                    IMPORTS,
                    left_out(others),
                    chain("values", item, chosen, steps),
                    edges([("values", item, chosen)], style, answers),
                    "hist = histogram(values, bins=[bins])",
                )
            ),
            code(f'{style.compute([("hist", item)])}\nhist.plot.step(where="mid"{scale})'),
        ]


def edges(values: Sequence[tuple[str, Bound, str]], style: Style, answers: Answers) -> list[str]:
    """Write the edges of the bins, taken from a time step of each where nobody said them.

    Parameters
    ----------
    values : sequence of (str, Bound, str)
        The variable that holds them, their dataset, and their name there.
    """
    low, high = answers["low"], answers["high"]
    logarithmic = answers["scale"] == "log"
    count = int(answers["bins"] or 1) + 1
    wanted = [
        (edge, function)
        for edge, function, said in (("low", "min", low), ("high", "max", high))
        if said is None
    ]
    written: list[str] = []
    asked: list[tuple[str, Bound]] = []
    found: dict[str, list[str]] = {"low": [], "high": []}
    for name, item, chosen in values if wanted else ():
        prefix = f"{item.name}_" if len(values) > 1 else ""
        time = item.contents.time(chosen)
        middle: list[str] = []
        if item.contents.dims(chosen) is None:
            middle = [f'time={name}.sizes.get("time", 0) // 2', 'missing_dims="ignore"']
        elif time is not None:
            middle = [argument(time, f"{name}.sizes[{literal(time)}] // 2")]
        positive = ".where(lambda x: x > 0)" if logarithmic else ""
        written += _sample(name, middle, positive)
        for edge, function in wanted:
            written.append(f"{prefix}{edge} = sample.{function}()")
            asked.append((f"{prefix}{edge}", item))
            found[edge].append(f"{prefix}{edge}")
    if wanted:
        written[:0] = [
            "# A time step in the middle says where the bins begin and end; values beyond are",
            "# not counted.",
        ]
        written.append(style.compute(asked))
    if len(values) > 1:
        written += [call(f"{edge} = {function}", found[edge]) for edge, function in wanted]
    ends = [
        "float(low)" if low is None else literal(low),
        "float(high)" if high is None else literal(high),
    ]
    function = "np.geomspace" if logarithmic else "np.linspace"
    return [*written, call(f"bins = {function}", [*ends, str(count)])]


def _sample(name: str, middle: Sequence[str], positive: str) -> list[str]:
    """Write the sample, a step in the middle of time, in as many lines as it takes."""
    step = f".isel({', '.join(middle)})" if middle else ""
    if not middle or len(f"sample = {name}{step}{positive}") <= WIDTH:
        return [f"sample = {name}{step}{positive}"]
    return [
        call(f"sample = {name}.isel", middle),
        *([f"sample = sample{positive}"] if positive else []),
    ]

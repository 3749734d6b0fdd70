"""The analysis that counts how often a variable has which values."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.parameters import Answers, bins, period, variable
from multicloud_lab.analyses.pieces import chain, first_of, lines, within
from multicloud_lab.analyses.quoting import call, literal
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
        values = chain("values", item, chosen, within(item, chosen, answers))
        scale = ', xscale="log"' if answers["scale"] == "log" else ""
        return [
            *opened(bound, style),
            code(
                lines(
                    IMPORTS,
                    values,
                    edges([("values", item, chosen)], style, answers),
                    "hist = histogram(values, bins=[bins])",
                )
            ),
            code(f'{style.compute([("hist", item)])}\nhist.plot.step(where="mid"{scale})'),
        ]


def edges(values: Sequence[tuple[str, Bound, str]], style: Style, answers: Answers) -> list[str]:
    """Write the edges of the bins, taken from a first time step where nobody said them.

    Parameters
    ----------
    values : sequence of (str, Bound, str)
        The first is looked at: the variable that holds it, its dataset, and its name there.
    """
    name, item, chosen = values[0]
    low, high = answers["low"], answers["high"]
    logarithmic = answers["scale"] == "log"
    count = int(answers["bins"] or 1) + 1
    written: list[str] = []
    if low is None or high is None:
        time = item.contents.time(chosen)
        known = item.contents.dims(chosen) is not None
        step = first_of([time]) if time is not None and known else []
        positive = [".where(lambda x: x > 0)"] if logarithmic else []
        written.append("# A first time step says where the bins begin and end.")
        written.append(f"sample = {name}{''.join([*step, *positive])}")
        wanted = [("low", low), ("high", high)]
        asked = [(edge, item) for edge, said in wanted if said is None]
        least = {"low": "min", "high": "max"}
        written += [f"{edge} = sample.{least[edge]}()" for edge, _ in asked]
        written.append(style.compute(asked))
    ends = [
        "float(low)" if low is None else literal(low),
        "float(high)" if high is None else literal(high),
    ]
    function = "np.geomspace" if logarithmic else "np.linspace"
    return [*written, call(f"bins = {function}", [*ends, str(count)])]

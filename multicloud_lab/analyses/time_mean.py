"""The analysis that averages a variable over time, at each place."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.parameters import Answers, period, variable
from multicloud_lab.analyses.pieces import (
    MAP_DIMS,
    chain,
    first_of,
    left_out,
    lines,
    on_a_map,
    within,
)
from multicloud_lab.analyses.quoting import literal
from multicloud_lab.records import AnalysisParameter, Cell, Dataset


class TimeMean(AnalysisTemplate):
    """The mean of a variable over a period."""

    name = "time-mean"
    title = "Time mean"
    description = "The mean of a variable over a period, at each place."
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit one dataset of arrays."""
        return -2.0 if len(datasets) == 1 and is_array(datasets[0]) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask which variable, and which period."""
        (item,) = contents
        return [variable(item, needs=item.time, lacking="along time"), *period(contents)]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        (item,) = bound
        chosen = str(answers["variable"])
        time = item.contents.time(chosen)
        shown, others = on_a_map(item, chosen)
        steps = [*within(item, chosen, answers), *first_of(others)]
        if time is not None:
            steps.append(f".mean({literal(time)}, keep_attrs=True)")
        plot = "mean.plot(robust=True)" if len(shown) == MAP_DIMS else "mean.plot()"
        if item.contents.dims(chosen) == (time,):
            plot = "mean"  # a number
        return [
            *opened(bound, style),
            code(lines(left_out(others), chain("mean", item, chosen, steps))),
            code(f"{style.compute([('mean', item)])}\n{plot}"),
        ]

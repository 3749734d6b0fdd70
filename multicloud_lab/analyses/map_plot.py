"""The analysis that draws a map of a variable, at one time."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import AnalysisTemplate, Bound, Style, code, opened
from multicloud_lab.analyses.contents import Contents, is_array
from multicloud_lab.analyses.parameters import Answers, variable
from multicloud_lab.analyses.pieces import (
    MAP_DIMS,
    argument,
    chain,
    first_of,
    left_out,
    lines,
    on_a_map,
)
from multicloud_lab.analyses.quoting import literal
from multicloud_lab.records import AnalysisParameter, Cell, Dataset


class MapPlot(AnalysisTemplate):
    """A variable on a map, at one time."""

    name = "map"
    title = "Map"
    description = "A map of a variable, at one time."
    asks = True

    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Fit one dataset of arrays."""
        return -4.0 if len(datasets) == 1 and is_array(datasets[0]) else None

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Ask which variable, and when."""
        when = AnalysisParameter(
            name="time",
            label="Time",
            type="date",
            help="The first time step from then on, as 1990-01-01T06:00; empty: the first of all.",
        )
        (item,) = contents
        chosen = variable(item, needs=lambda name: _is_flat(item, name), lacking="on a plane")
        timed = item.structure is None or any(map(item.time, item.names))
        return [chosen, when] if timed else [chosen]

    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells."""
        (item,) = bound
        chosen = str(answers["variable"])
        time = item.contents.time(chosen)
        shown, others = on_a_map(item, chosen)
        steps: list[str] = []
        wanted = answers.get("time")
        if time is not None and wanted:
            # Nearest would not do: not in the calendars of models.
            steps.append(f".sel({argument(time, f'slice({literal(wanted)}, None)')})")
            steps += first_of([time, *others])
        elif item.contents.dims(chosen) is None:
            steps.append('.isel(time=0, missing_dims="ignore")')
        else:
            others = others if time is None else [time, *others]
            steps += first_of(others)
        plot = "field.plot(figsize=(10, 5), robust=True)"
        return [
            *opened(bound, style),
            code(lines(left_out(others), chain("field", item, chosen, steps))),
            code(
                f"{style.compute([('field', item)])}\n"
                f"{plot if len(shown) == MAP_DIMS else 'field.plot()'}"
            ),
        ]


def _is_flat(contents: Contents, name: str) -> bool:
    """Say whether a variable has two dimensions beside time, as far as is known."""
    dims = contents.dims(name)
    return dims is None or len([dim for dim in dims if dim != contents.time(name)]) >= MAP_DIMS

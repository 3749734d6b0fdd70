"""Pieces of code that several analyses write: a variable, a period, what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from multicloud_lab.analyses.base import Bound
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.analyses.quoting import WIDTH, assign, call, comment, is_name, literal
from multicloud_lab.records import Answer

MAP_DIMS = 2

_LAST_DAY = re.compile(r"-\d\d-31$")


def chain(target: str, bound: Bound, variable: Answer, steps: Sequence[str]) -> list[str]:
    """Write an assignment of methods of a variable, in as many lines as it takes."""
    lines: list[str] = []
    head = f"{bound.name}[{literal(variable)}]"
    if len(f"{target} = {head}") > WIDTH:
        lines.append(assign("variable", variable))
        head = f"{bound.name}[variable]"
    # As many steps in a line as it has room for.
    expression = head
    for step in steps:
        if len(f"{target} = {expression}{step}") > WIDTH:
            lines.append(f"{target} = {expression}")
            expression = target
        expression += step
    line = f"{target} = {expression}"
    if len(line) > WIDTH and steps:
        head, _, arguments = steps[-1].partition("(")
        expression = expression.removesuffix(steps[-1])
        line = f"{target} = {expression}{head}(\n    {arguments[:-1]}\n)"
    return [*lines, line]


def within(bound: Bound, variable: str, answers: Answers) -> list[str]:
    """Write the step that keeps a period; none if all of it is wanted, or there is no time."""
    time = bound.contents.time(variable)
    start, end = answers.get("start"), answers.get("end")
    if time is None or (start is None and end is None) or _is_all(bound, start, end):
        return []
    if isinstance(end, str) and _LAST_DAY.search(end):
        end = end[:-3]  # the whole month: a calendar may have no 31st
    return [f".sel({argument(time, f'slice({literal(start)}, {literal(end)})')})"]


def _is_all(bound: Bound, start: Answer, end: Answer) -> bool:
    """Say whether a period is known to be all there is."""
    covered = bound.source.covered
    if covered is None or not isinstance(start, str) or not isinstance(end, str):
        return False
    return start <= covered[0] and end >= covered[1][: len(end)]


def first_of(dims: Sequence[str]) -> list[str]:
    """Write the step that takes the first along some dimensions; none if there are none."""
    if not dims:
        return []
    if all(map(is_name, dims)):
        return [f".isel({', '.join(f'{dim}=0' for dim in dims)})"]
    return [f".isel({literal(dict.fromkeys(dims, 0))})"]


def argument(dim: str, value: str) -> str:
    """Write a dimension's argument: as a keyword where its name is one, else in a mapping."""
    return f"{dim}={value}" if is_name(dim) else f"{{{literal(dim)}: {value}}}"


def along(dims: Sequence[str]) -> str:
    """Write the dimensions that something is done along: a text for one, a list for several."""
    return literal(dims[0]) if len(dims) == 1 else literal(list(dims))


def on_a_map(bound: Bound, variable: str) -> tuple[list[str], list[str]]:
    """Say which dimensions of a variable a map has, and which it leaves out.

    Time is in neither. Both are empty if the dimensions are not known.
    """
    contents = bound.contents
    time = contents.time(variable)
    dims = [dim for dim in contents.dims(variable) or () if dim != time]
    known = {contents.latitude(variable), contents.longitude(variable)} - {None}
    shown = [dim for dim in dims if dim in known] if len(known) == MAP_DIMS else dims[-MAP_DIMS:]
    return shown, [dim for dim in dims if dim not in shown]


def area_mean(
    target: str,
    bound: Bound,
    variable: str,
    steps: Sequence[str],
    over: Sequence[str],
    note: str = "",
) -> list[str]:
    """Write a mean over space: cells weighted by their area, where that is known.

    The note is a comment on the steps.
    """
    mean = f".mean({along(over)}, keep_attrs=True)"
    weights = weights_of(bound, variable, over)
    if not weights:
        equal = "# Every cell counts the same." if len(over) > 1 else ""
        return [equal, note, *chain(target, bound, variable, [*steps, *([mean] if over else [])])]
    return [
        *weights,
        note,
        *chain(target, bound, variable, [*steps, ".weighted(weights)", mean]),
    ]


def weights_of(bound: Bound, variable: str, over: Sequence[str]) -> list[str]:
    """Write the weights of a mean over space: the cells' area; nothing if that is not known."""
    latitude = bound.contents.degrees(variable)
    area = bound.contents.area(over) if over else None
    if area is not None:
        # Where there is no sea there is no area.
        return [
            call(f"weights = {bound.name}[{literal(area)}].fillna", ["0"], note="a cell's area")
        ]
    if latitude not in over:
        return []
    return [
        call(
            "weights = np.cos",
            [f"np.deg2rad({bound.name}[{literal(latitude)}])"],
            note="a cell's area",
        )
    ]


def left_out(dims: Sequence[str]) -> str:
    """Write the comment that says of what only the first is taken; empty if of nothing."""
    return comment(f"Only the first of {' and '.join(dims)}.") if dims else ""


def lines(*parts: str | Sequence[str]) -> str:
    """Join lines, those that are empty left out."""
    flat: list[str] = []
    for part in parts:
        flat += [part] if isinstance(part, str) else part
    return "\n".join(line for line in flat if line)

"""What analyses ask: their usual parameters, and answers that were checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from multicloud_lab.analyses.contents import Contents
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import AnalysisParameter, Answer, Choice

Answers = Mapping[str, Answer]
"""A value for every parameter of an analysis, by name."""

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?", re.ASCII)
_SHOWN = 60
_LISTED = 8

# Edges of bins for quantities that everybody knows the range of, by unit.
_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("K", "kelvin"), (180.0, 330.0)),
    **dict.fromkeys(("degC", "deg_C", "degree_Celsius", "Celsius", "°C"), (-90.0, 60.0)),
    **dict.fromkeys(("%", "percent"), (0.0, 100.0)),
}


def variable(
    contents: Contents, name: str = "variable", label: str = "Variable"
) -> AnalysisParameter:
    """Ask for one of a dataset's data variables; as a text where they are not known."""
    names = contents.names if contents.structure is not None else ()
    titles = {v.name: f"{v.name}: {v.title}" for v in contents.variables if v.title}
    return AnalysisParameter(
        name=name,
        label=label,
        type="choice" if names else "text",
        default=contents.main,
        choices=tuple(Choice(value=n, title=titles.get(n, n)) for n in names),
        required=True,
    )


def period(contents: Sequence[Contents]) -> tuple[AnalysisParameter, AnalysisParameter]:
    """Ask for the first and the last date; what all datasets say they cover is filled in."""
    starts, ends = zip(*(item.years() for item in contents), strict=True)
    note = "A date, as 1990-01-01 or 1990; empty: all there is."
    return (
        AnalysisParameter(
            name="start",
            label="From",
            type="date",
            default=max(starts) if all(starts) else None,
            help=note,
        ),
        AnalysisParameter(
            name="end",
            label="To, inclusive",
            type="date",
            default=min(ends) if all(ends) else None,
            help=note,
        ),
    )


def bins(contents: Contents) -> tuple[AnalysisParameter, ...]:
    """Ask for the bins of a histogram; well-known ranges are filled in."""
    main = contents.variable(contents.main or "")
    low, high = _RANGES.get(main.units if main else "", (None, None))
    note = "Empty: as in the data's first time step."
    return (
        AnalysisParameter(
            name="bins",
            label="Bins",
            type="int",
            default=50,
            minimum=1,
            maximum=10_000,
            required=True,
        ),
        AnalysisParameter(name="low", label="Lowest edge", type="float", default=low, help=note),
        AnalysisParameter(name="high", label="Highest edge", type="float", default=high, help=note),
        AnalysisParameter(
            name="scale",
            label="Width of the bins",
            type="choice",
            default="linear",
            choices=(
                Choice(value="linear", title="all the same"),
                Choice(value="log", title="growing with the value (logarithmic)"),
            ),
            required=True,
        ),
    )


def answered(parameters: Iterable[AnalysisParameter], given: Answers) -> dict[str, Answer]:
    """Check what was answered, and fill in the defaults of what was not.

    Raises
    ------
    InvalidInputError
        There is no such parameter, or a value is none that it may have; one sentence says which.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise InvalidInputError(
                f"There is no parameter {name[:_SHOWN]!r} here; there are: "
                f"{', '.join(known) or 'none'}."
            )
    values = {
        name: _checked(parameter, given.get(name, parameter.default))
        for name, parameter in known.items()
    }
    start, end = values.get("start"), values.get("end")
    if isinstance(start, str) and isinstance(end, str) and end < start[: len(end)]:
        raise InvalidInputError(f"The time range ends in {end}, before it begins in {start}.")
    low, high = values.get("low"), values.get("high")
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
        raise InvalidInputError(f"The lowest edge, {low}, is not below the highest, {high}.")
    if values.get("scale") == "log" and isinstance(low, int | float) and low <= 0:
        raise InvalidInputError(f"Logarithmic bins cannot begin at {low}: say an edge above 0.")
    return values


def _checked(parameter: AnalysisParameter, value: Answer) -> Answer:
    label = parameter.label
    if value is None or value == "":
        if parameter.required:
            raise InvalidInputError(f"{label}: Say a value.")
        return None
    if parameter.type in ("int", "float"):
        return _number(parameter, value)
    if not isinstance(value, str):
        raise InvalidInputError(f"{label}: {value} is not a text.")
    if parameter.type == "date" and not _DATE.fullmatch(value):
        raise InvalidInputError(
            f"{label}: {value[:_SHOWN]!r} is no date; write one as 1990-01-31, or 1990."
        )
    choices = [choice.value for choice in parameter.choices]
    if parameter.type == "choice" and value not in choices:
        listed = ", ".join(choices[:_LISTED]) + (", …" if len(choices) > _LISTED else "")
        raise InvalidInputError(f"{label}: {value[:_SHOWN]!r} is not one of {listed}.")
    return value


def _number(parameter: AnalysisParameter, value: Answer) -> int | float:
    label = parameter.label
    if not isinstance(value, int | float) or value - value != 0:
        raise InvalidInputError(f"{label}: {str(value)[:_SHOWN]!r} is not a number.")
    if parameter.type == "int" and value != int(value):
        raise InvalidInputError(f"{label}: {value} is not a whole number.")
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = " and ".join(
            f"{words} {bound:g}"
            for words, bound in (("at least", low), ("at most", high))
            if bound is not None
        )
        raise InvalidInputError(f"{label}: {value:g} is not {bounds}.")
    return int(value) if parameter.type == "int" else value

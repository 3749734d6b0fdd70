"""What analyses ask: their usual parameters, and answers that were checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from multicloud_lab.analyses.contents import Contents
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import AnalysisParameter, Answer, Choice, Variable

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
    contents: Contents,
    name: str = "variable",
    label: str = "Variable",
    *,
    needs: Callable[[str], object] | None = None,
    lacking: str = "",
    default: str | None = None,
) -> AnalysisParameter:
    """Ask for one of a dataset's data variables; as a text where they are not known.

    Parameters
    ----------
    contents : Contents
    name, label : str
        Of the parameter.
    needs : callable, optional
        Says of a variable's name whether the analysis can be made of it.
    lacking : str
        What it needs, after "has no variable".
    default : str, optional
        What is filled in; else what people mostly want.

    Raises
    ------
    InvalidInputError
        The variables are known, and there is none of that kind.
    """
    dataset = contents.dataset
    if contents.structure is None:
        return AnalysisParameter(
            name=name, label=label, type="text", default=default or contents.main, required=True
        )
    names = [known for known in contents.names if needs is None or needs(known)]
    if not names:
        what = f" {lacking}" if contents.names and lacking else " of numbers along a dimension"
        raise InvalidInputError(f"{dataset.name} has no variable{what}.")
    return AnalysisParameter(
        name=name,
        label=label,
        type="choice",
        default=default or contents.main_of(names),
        choices=tuple(
            Choice(value=known.name, title=_titled(known))
            for known in contents.variables
            if known.name in names
        ),
        required=True,
    )


def _titled(known: Variable) -> str:
    title = f"{known.name}: {known.title}" if known.title else known.name
    return f"{title} [{known.units}]" if known.units else title


def period(contents: Sequence[Contents]) -> tuple[AnalysisParameter, ...]:
    """Ask for the first and the last date; what all datasets say they cover is filled in.

    Where it is known that nothing has a time, nothing is asked.
    """
    if all(item.structure is not None and not any(map(item.time, item.names)) for item in contents):
        return ()
    starts, ends = zip(*(item.years() for item in contents), strict=True)
    if all(starts) and all(ends) and max(starts) > min(ends):
        starts, ends = ("",), ("",)  # there is no time that all of them cover
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
    """Ask for the bins of a histogram; a well-known range that fits every variable is filled in."""
    ranges = {_RANGES.get(known.units) for known in contents.variables}
    low, high = (ranges.pop() or (None, None)) if len(ranges) == 1 else (None, None)
    note = "In the variable's units; empty: as in a time step in the middle of the period."
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


def check_period(name: str, covered: tuple[str, str] | None, answers: Answers) -> None:
    """Refuse a period of which a dataset has nothing.

    Raises
    ------
    InvalidInputError
    """
    if covered is None:
        return
    first, last = covered
    start, end = answers.get("start") or answers.get("time"), answers.get("end")
    late = isinstance(start, str) and start[: len(last)] > last[: len(start)]
    early = isinstance(end, str) and end < first[: len(end)]
    if late or early:
        raise InvalidInputError(f"{name} has {first} to {last}, and nothing of what you chose.")


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

"""Variables that are compared, in one unit where there is one for all, and what is said if not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from multicloud_lab.analyses.base import Bound
from multicloud_lab.analyses.contents import Contents
from multicloud_lab.analyses.quoting import WIDTH, call, comment, literal
from multicloud_lab.analyses.units import Conversion, common, conversion, same
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import Variable

_SHOWN = 30
# What is summed up over a time step, where its unit is one of an amount.
_AMOUNTS = re.compile(
    r"precip|rain|snow|evapo|run-?off|radiation|heat flux|"
    r"^(tp|cp|lsp|sf|e|ro|pr|ssrd|strd|ssr|str)$",
    re.IGNORECASE,
)


class Compared:
    """Variables beside one another.

    Parameters
    ----------
    pairs : sequence of (Bound, str)
        Each dataset and the name of its variable.
    """

    def __init__(self, pairs: Sequence[tuple[Bound, str]]) -> None:
        self._pairs = pairs
        self._found = [item.contents.variable(name) for item, name in pairs]
        self._units = ["" if found is None else found.units.strip() for found in self._found]
        known = all(self._units)
        self.unit = ""
        """The unit of the plot; empty: not known, or not one for all."""
        self.apart = False
        """Whether the units are known to have nothing in common."""
        if known:
            amounts = [_is_amount(found) for found in self._found]
            target = common(list(zip(self._units, amounts, strict=True)))
            self.unit, self.apart = target or "", target is None
        self._conversions = [self._conversion(number) for number in range(len(pairs))]

    def _conversion(self, number: int) -> Conversion:
        if not self.unit:
            return Conversion()
        amounts = _is_amount(self._found[number])
        return conversion(self._units[number], self.unit, amounts=amounts) or Conversion()

    @property
    def labels(self) -> list[str]:
        """A label for each; with its unit where that is not the plot's."""
        return [
            f"{item.name} {name[:_SHOWN]}"
            + (f" [{unit[:_SHOWN]}]" if unit and not self.unit else "")
            for (item, name), unit in zip(self._pairs, self._units, strict=True)
        ]

    @property
    def note(self) -> str:
        """What has to be said of the units above the code; empty if all is well."""
        if self.apart:
            return comment(f"Their units differ, so each has a plot: {', '.join(self.labels)}.")
        unknown = [
            f"{item.name} {name[:_SHOWN]}"
            for (item, name), unit in zip(self._pairs, self._units, strict=True)
            if not unit
        ]
        if unknown and (any(self._units) or any(found is None for found in self._found)):
            return comment(f"Units are not known, and not converted: {', '.join(unknown)}.")
        return ""

    def check_bins(self) -> None:
        """Refuse bins for values that have no unit in common.

        Raises
        ------
        InvalidInputError
        """
        if self.apart:
            listed = " and ".join(self.labels)
            raise InvalidInputError(
                f"Histograms of {listed} cannot share bins: choose variables of one quantity, or "
                "something else to compare."
            )

    def converted(self, names: Sequence[str]) -> list[str]:
        """Write the lines that convert variables, each under the name that it has."""
        written: list[str] = []
        for name, (item, variable), unit, how in zip(
            names, self._pairs, self._units, self._conversions, strict=True
        ):
            if not how:
                continue
            if how.by_step:
                time = item.contents.time(variable) or "time"
                step = f"{item.name}[{literal(time)}][:2].diff({literal(time)})"
                written += [
                    comment(f"An amount in each time step, as far as its units [{unit}] tell."),
                    *_seconds(step),
                ]
            line = f"{name} = {how.of(name, 'seconds')}"
            note = comment(f"from {unit} to {self.unit}")
            written.append(
                f"{line}  {note}" if len(f"{line}  {note}") <= WIDTH else f"{note}\n{line}"
            )
            if not same(unit, self.unit):
                arguments = [f"units={literal(self.unit)}"]
                written.append(call(f"{name} = {name}.assign_attrs", arguments))
        return written


def alike(contents: Contents, other: Contents) -> str | None:
    """Choose a variable that can be compared with another dataset's main one, if there is one."""
    first = other.variable(other.main or "")
    if first is None or not first.units or contents.main is None:
        return contents.main
    mine = [contents.variable(contents.main), *contents.variables]
    for found in mine:
        if found is not None and found.units:
            units = [(known.units, _is_amount(known)) for known in (first, found)]
            if common(units) is not None:
                return found.name
    return contents.main


def _seconds(step: str) -> list[str]:
    line = f"seconds = {step}.dt.total_seconds().item()"
    if len(line) <= WIDTH:
        return [line]
    return [f"step = {step}", "seconds = step.dt.total_seconds().item()"]


def _is_amount(found: Variable | None) -> bool:
    return found is not None and any(
        _AMOUNTS.search(text) is not None for text in (found.name, found.title)
    )

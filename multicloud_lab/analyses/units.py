"""Units of what researchers compare: which measure the same, and how values are converted.

Two spellings of the CF conventions' units (UDUNITS) are read: ``kg m-2 s-1`` and ``kg/m2/s``. Of
water, 1 kg m-2 is 1 mm; factors of the SI, and of the international knot, foot and inch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "kelvin": "K", "degK": "K", "deg_K": "K",
    "Celsius": "degC", "celsius": "degC", "deg_C": "degC", "°C": "degC", "degree_C": "degC",
    "degrees_C": "degC", "degree_Celsius": "degC", "degrees_Celsius": "degC",
    "degree_celsius": "degC", "degrees_celsius": "degC",
    "degree_Fahrenheit": "degF", "degree_fahrenheit": "degF", "deg_F": "degF", "°F": "degF",
    "day": "d", "days": "d", "hour": "h", "hours": "h", "hr": "h",
    "sec": "s", "second": "s", "seconds": "s",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m",
    "millimeter": "mm", "millimeters": "mm", "inch": "in", "inches": "in", "feet": "ft",
    "mb": "hPa", "mbar": "hPa", "millibar": "hPa", "millibars": "hPa", "pascal": "Pa",
    "knot": "kt", "knots": "kt", "percent": "%", "watt": "W", "joule": "J",
}  # fmt: skip
_PART = re.compile(r"([A-Za-z_°%]+)(?:\^|\*\*)?([+-]?\d+)?")
_NONE = re.compile(r"\(?0 *- *1\)?|1|")

Parsed = frozenset[tuple[str, int]]

# Of each quantity the factor to its first unit, and what is added.
_QUANTITIES: dict[str, dict[str, tuple[float, float]]] = {
    "temperature": {"K": (1, 0), "degC": (1, 273.15), "degF": (5 / 9, 459.67 * 5 / 9)},
    "water flux": {
        "kg m-2 s-1": (1, 0), "mm s-1": (1, 0), "m s-1": (1000, 0), "cm s-1": (10, 0),
        "mm h-1": (1 / 3600, 0), "kg m-2 h-1": (1 / 3600, 0),
        "mm d-1": (1 / 86400, 0), "kg m-2 d-1": (1 / 86400, 0), "cm d-1": (10 / 86400, 0),
        "m d-1": (1000 / 86400, 0), "in d-1": (25.4 / 86400, 0),
    },
    "water": {"kg m-2": (1, 0), "mm": (1, 0), "cm": (10, 0), "m": (1000, 0), "in": (25.4, 0)},
    "length": {"m": (1, 0), "cm": (0.01, 0), "mm": (0.001, 0), "km": (1000, 0), "ft": (0.3048, 0)},
    "speed": {"m s-1": (1, 0), "cm s-1": (0.01, 0), "km h-1": (1 / 3.6, 0), "kt": (1852 / 3600, 0)},
    "pressure": {"Pa": (1, 0), "hPa": (100, 0), "kPa": (1000, 0), "bar": (1e5, 0)},
    "share": {"": (1, 0), "%": (0.01, 0)},
    "humidity": {"kg kg-1": (1, 0), "g kg-1": (0.001, 0)},
    "energy flux": {"W m-2": (1, 0), "J m-2 s-1": (1, 0), "J m-2 d-1": (1 / 86400, 0)},
    "energy": {"J m-2": (1, 0), "kJ m-2": (1000, 0), "MJ m-2": (1e6, 0)},
}  # fmt: skip
_RATES = {"water": "water flux", "energy": "energy flux"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """How values become those of another unit: ``values * factor + added``, perhaps by time.

    Parameters
    ----------
    factor, added : float
    by_step : bool
        Whether they are amounts in a time step, and are divided by its seconds.
    """

    factor: float = 1.0
    added: float = 0.0
    by_step: bool = False

    def __bool__(self) -> bool:
        return self != Conversion()

    def of(self, name: str, seconds: str) -> str:
        """Write it as an expression of a variable, and of the seconds of a time step."""
        inverse = 1 / self.factor
        expression = name
        if abs(inverse - round(inverse)) < 1e-9 * inverse and inverse > 1:
            expression += f" / {round(inverse)}"
        elif self.factor != 1:
            expression += f" * {self.factor:.10g}"
        if self.by_step:
            expression += f" / {seconds}"
        if self.added:
            expression += f" {'+' if self.added > 0 else '-'} {abs(self.added):.10g}"
        return expression


def same(one: str, other: str) -> bool:
    """Say whether two texts name the same unit, however they are spelled."""
    return one.strip() == other.strip() or (
        (parsed := _parse(one)) is not None and parsed == _parse(other)
    )


def conversion(source: str, target: str, *, amounts: bool = False) -> Conversion | None:
    """Say how values of one unit become those of another; ``None`` if that is not known.

    Parameters
    ----------
    source, target : str
        As CF metadata spell them.
    amounts : bool
        Whether the values are amounts of a time step each, so that a rate can be made of them.
    """
    if same(source, target):
        return Conversion()
    one, other = _parse(source), _parse(target)
    if one is None or other is None:
        return None
    for quantity, units in _KNOWN.items():
        if one not in units:
            continue
        rate = _RATES.get(quantity)
        if other in units:
            return _between(units[one], units[other])
        if amounts and rate is not None and other in _KNOWN[rate]:
            between = _between(units[one], _KNOWN[rate][other])
            return Conversion(between.factor, 0.0, by_step=True)
    return None


def common(units: Sequence[tuple[str, bool]]) -> str | None:
    """Choose the first unit of several that all the others can become; ``None``: there is none.

    Parameters
    ----------
    units : sequence of (str, bool)
        Each with whether its values are amounts of a time step.
    """
    for target, _ in units:
        if all(conversion(unit, target, amounts=amounts) is not None for unit, amounts in units):
            return target
    return None


def _between(source: tuple[float, float], target: tuple[float, float]) -> Conversion:
    (factor, added), (other, subtracted) = source, target
    # Without what floating point leaves, as of 273.15 K less 273.15 K.
    return Conversion(float(f"{factor / other:.12g}"), float(f"{(added - subtracted) / other:.9g}"))


def _parse(text: str) -> Parsed | None:
    """Read a unit as the powers of its parts; ``None`` if it is none that can be read."""
    text = re.sub(r" of water( equivalent)?$", "", text.strip())
    if text == "":
        return None
    if _NONE.fullmatch(text) or text in ("fraction", "dimensionless"):
        return frozenset()
    powers: dict[str, int] = {}
    for place, group in enumerate(text.replace(" per ", "/").split("/")):
        parts = group.replace("·", " ").replace("**", "^").replace("*", " ").replace(".", " ")
        for part in parts.split():
            found = _PART.fullmatch(part)
            if found is None:
                if part == "1":
                    continue
                return None
            power = int(found[2] or 1) * (1 if place == 0 else -1)
            word = _WORDS.get(found[1], found[1])
            powers[word] = powers.get(word, 0) + power
    return frozenset((word, power) for word, power in powers.items() if power or word == "kg")


_KNOWN: dict[str, dict[Parsed | None, tuple[float, float]]] = {
    quantity: {_parse(unit or "1"): values for unit, values in units.items()}
    for quantity, units in _QUANTITIES.items()
}

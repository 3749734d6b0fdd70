"""A gateway's own options form: what it offers, and whether given values fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from multicloud_lab.errors import GatewayUnreachableError, InvalidInputError
from multicloud_lab.records import OptionField

_TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "string": (str,),
    "bool": (bool,),
    "select": (str,),
    "mapping": (dict,),
}


def read_form(form: Sequence[Mapping[str, Any]]) -> list[OptionField]:
    """Read the form that a gateway describes.

    Parameters
    ----------
    form : sequence of mapping
        ``cluster_options`` of ``GET /api/v1/options``.

    Raises
    ------
    GatewayUnreachableError
        This is not such a form.
    """
    try:
        return [
            OptionField(
                field=item["field"],
                label=item.get("label") or item["field"],
                type=item["spec"]["type"],
                default=item.get("default"),
                minimum=item["spec"].get("min"),
                maximum=item["spec"].get("max"),
                choices=item["spec"].get("options"),
            )
            for item in form
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise GatewayUnreachableError(
            "The gateway's options form cannot be understood; it may be of another version. "
            "Ask its administrator."
        ) from None


def check_options(form: Sequence[OptionField], values: Mapping[str, Any]) -> None:
    """See whether values fit a form, before the gateway is asked.

    Raises
    ------
    InvalidInputError
        A field does not exist, or its value has the wrong type or is out of range.
    """
    fields = {field.field: field for field in form}
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            there = f"it has {', '.join(fields)}" if fields else "it has none"
            raise InvalidInputError(f"The gateway has no option {name!r}; {there}.")
        wrong_type = not isinstance(value, _TYPES[field.type])
        if wrong_type or (isinstance(value, bool) and field.type != "bool"):
            kind = {"string": "text", "select": "text"}.get(field.type, field.type)
            raise InvalidInputError(f"Option {name!r} must be of type {kind}.")
        if field.choices is not None and value not in field.choices:
            raise InvalidInputError(
                f"Option {name!r} must be one of {', '.join(map(str, field.choices))}, "
                f"not {value!r}."
            )
        if isinstance(value, float) and not isfinite(value):
            raise InvalidInputError(f"Option {name!r} must be a number, not {value!r}.")
        if isinstance(value, int | float):
            low, high = field.minimum, field.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                raise InvalidInputError(
                    f"Option {name!r} must be {_range(low, high)}, not {value!r}."
                )


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {low:.15g} to {high:.15g}"
    return f"at least {low:.15g}" if low is not None else f"at most {high:.15g}"

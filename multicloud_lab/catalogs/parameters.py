"""Parameters that a catalog lets its reader choose: read as plain values, and choices checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.values import text
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import Parameter


def read_parameters(found: object) -> tuple[Parameter, ...]:
    """Read a mapping of names and what intake, of either version, says of each.

    Parameters
    ----------
    found : object
        As the catalog has it; what is no parameter is left out.
    """
    if not isinstance(found, Mapping):
        return ()
    return tuple(
        _parameter(name, spec)
        for name, spec in found.items()
        if isinstance(name, str) and isinstance(spec, Mapping)
    )


def merged(*groups: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Give all parameters, each name once: the one of the last group that has it."""
    return tuple({p.name: p for group in groups for p in group}.values())


def check_choices(
    dataset: str, parameters: tuple[Parameter, ...], chosen: Mapping[str, Any]
) -> None:
    """Refuse a choice that a dataset does not offer.

    Raises
    ------
    InvalidInputError
        A parameter that the dataset does not have, or a value that it does not allow.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name, value in chosen.items():
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise InvalidInputError(f"{dataset} has no parameter {name!r}; it has: {listed}.")
        allowed = known[name].allowed
        # Of several values, as intake's type mlist has them, each has to be allowed.
        each = value if isinstance(value, list | tuple) and known[name].type == "mlist" else [value]
        for item in each:
            if allowed is not None and str(item) not in {str(word) for word in allowed}:
                listed = ", ".join(repr(word) for word in allowed)
                raise InvalidInputError(
                    f"{name}={item!r} is not one of what {dataset} allows: {listed}."
                )


def plain(value: object) -> Any:
    """Give a value as JSON has it; dates, sets and bytes become text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _parameter(name: str, spec: Mapping[Any, Any]) -> Parameter:
    default = plain(spec.get("default"))
    offered = spec.get("allowed", spec.get("options"))  # as versions 1 and 2 call it
    if isinstance(offered, Mapping):
        offered = list(offered)
    said = spec.get("type", spec.get("dtype"))
    return Parameter(
        name=name,
        description=text(spec.get("description")),
        type=said if isinstance(said, str) else type(default or "").__name__,
        default=default,
        allowed=tuple(plain(offered)) if isinstance(offered, list) and offered else None,
    )

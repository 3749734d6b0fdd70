"""Values of a catalog that may be anything, taken as what they should be or as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """Give a mapping; an empty one if the value is none."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Give the mappings in a list; none if the value is no list."""
    listed = value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, Mapping)]


def text(value: object) -> str:
    """Give a text without space around it; of a list its texts in a row; else an empty one."""
    if isinstance(value, list):
        return " ".join(part for item in value if isinstance(item, str) and (part := item.strip()))
    return value.strip() if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """Give the texts in a list, or one alone, each once and without space around it."""
    listed = value if isinstance(value, list) else [value]
    found = (item.strip() for item in listed if isinstance(item, str))
    return tuple(dict.fromkeys(item for item in found if item))


def yes(value: object) -> bool:
    """Say whether a value means true, also where a person wrote it as a word."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes"))

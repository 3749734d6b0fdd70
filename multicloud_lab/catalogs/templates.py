"""Templates in catalogs as plain text: only a parameter's name is ever replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# A minus sign at a brace only takes away spaces around.
_NAME = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")
_FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")
_ANY = re.compile(r"\{\{|\{%|\{#")


def substitute(text: str, values: Mapping[str, object]) -> str:
    """Replace ``{{ name }}`` where the name has a plain value; leave all else as it stands."""
    return _NAME.sub(lambda match: _value(match, values), text)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace ``{name}``, as version 2 of intake has it, where the name has a plain value."""
    return _FIELD.sub(lambda match: _value(match, values), text)


def is_template(text: str) -> bool:
    """Say whether a text holds any template at all."""
    return _ANY.search(text) is not None


def is_plain(text: str) -> bool:
    """Say whether a text's templates, if any, are names alone, which run nothing."""
    return _ANY.search(_NAME.sub("", text)) is None


def is_plainly_filled(text: str) -> bool:
    """Say the same of version 2's braces, which may also look up attributes and call things."""
    return not set("{}") & set(_FIELD.sub("", text))


def strings(value: object) -> Iterator[str]:
    """Give every string in a nested value, keys included; each shared part once."""
    stack: list[Any] = [value]
    seen: set[int] = set()
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict | list | tuple | set | frozenset):
            if id(item) in seen:
                continue
            seen.add(id(item))
            stack.extend(item)
            if isinstance(item, dict):
                stack.extend(item.values())


def _value(match: re.Match[str], values: Mapping[str, object]) -> str:
    found = values.get(match[1])
    plain = isinstance(found, str | int | float) and not isinstance(found, bool)
    return str(found) if plain else match[0]

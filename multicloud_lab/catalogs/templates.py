"""Templates in catalogs as plain text: only a parameter's name is ever replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# A minus sign at a brace only takes away spaces around.
_NAME = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")
_ANY = re.compile(r"\{\{|\{%|\{#")


def substitute(text: str, values: Mapping[str, object]) -> str:
    """Replace ``{{ name }}`` where the name has a plain value; leave all else as it stands."""

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        plain = isinstance(found, str | int | float) and not isinstance(found, bool)
        return str(found) if plain else match[0]

    return _NAME.sub(value, text)


def is_template(text: str) -> bool:
    """Say whether a text holds any template at all."""
    return _ANY.search(text) is not None


def is_plain(text: str) -> bool:
    """Say whether a text's templates, if any, are names alone, which run nothing."""
    return _ANY.search(_NAME.sub("", text)) is None


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

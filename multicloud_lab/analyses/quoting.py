"""Python source from hostile text: literals, comments, names and calls that stay what they are."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WIDTH = 88
"""Characters in a line, as ``ruff format`` and Black leave it by default."""

_NAME = 24
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def literal(value: Any) -> str:
    """Write plain data as a Python literal that evaluates back to it.

    Parameters
    ----------
    value : str, int, float, bool, None, or a list, tuple or dict of those

    Returns
    -------
    str
        One line. What does not print, or would turn the line around, is escaped.

    Raises
    ------
    TypeError
        The value is none of these.
    """
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if value - value == 0 else f'float("{value}")'
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    raise TypeError(f"{type(value).__name__} has no literal")


def _text(value: str) -> str:
    quote = "'" if '"' in value and "'" not in value else '"'
    return quote + "".join(_character(c, quote) for c in value) + quote


def _character(character: str, quote: str) -> str:
    if character in (quote, "\\"):
        return "\\" + character
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if short is not None:
        return short
    if _prints(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _prints(character: str) -> bool:
    return character.isprintable() and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT


def comment(text: str, limit: int = WIDTH) -> str:
    """Write text as one line of comment, cut to a width."""
    plain = " ".join("".join(c if _prints(c) else " " for c in text).split())
    line = f"# {plain}" if plain else "#"
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def identifier(name: str, taken: Iterable[str] = ()) -> str:
    """Make a variable's name of any text: valid, no keyword or builtin, and not taken.

    Parameters
    ----------
    name : str
    taken : iterable of str
        Names that are in use.
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")
    if len(word) > _NAME:
        # Without the word that would be cut.
        kept = word[: _NAME + 1].rpartition("_")[0] or word[:_NAME]
        word = kept.strip("_")
    if not word or word[0].isdigit():
        word = f"data_{word}".rstrip("_")
    if keyword.iskeyword(word) or keyword.issoftkeyword(word) or hasattr(builtins, word):
        word += "_data"
    used = set(taken)
    distinct, number = word, 1
    while distinct in used:
        number += 1
        distinct = f"{word}_{number}"
    return distinct


def is_name(text: str) -> bool:
    """Say whether a text may stand as it is for a name or a keyword's argument."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def assign(name: str, value: Any) -> str:
    """Write the assignment of a literal, broken where the formatters would break it."""
    line = f"{name} = {literal(value)}"
    if len(line) <= WIDTH:
        return line
    if isinstance(value, Mapping):
        items = "".join(f"    {literal(k)}: {literal(v)},\n" for k, v in value.items())
        return f"{name} = {{\n{items}}}"
    inner = f"    {literal(value)}"
    return f"{name} = (\n{inner}\n)" if len(inner) <= WIDTH else line


def call(
    head: str, arguments: Sequence[str], tail: str = "", note: str = "", indent: str = ""
) -> str:
    """Write a call, on one line if it fits, as the formatters would.

    Parameters
    ----------
    head : str
        All up to the opening bracket, as ``x = f``.
    arguments : sequence of str
        Source of each argument.
    tail : str
        What follows the closing bracket, as ``.to_dask()``.
    note : str
        A comment: behind the line if it fits there, else above it.
    indent : str
        Of every line.
    """
    line = f"{indent}{head}({', '.join(arguments)}){tail}"
    behind = f"  {comment(note)}" if note else ""
    if len(line + behind) <= WIDTH:
        return line + behind
    above = f"{indent}{comment(note, WIDTH - len(indent))}\n" if note else ""
    if len(line) <= WIDTH or not arguments:
        return above + line
    inner = f"{indent}    {', '.join(arguments)}"
    if len(inner) > WIDTH or len(arguments) > 1:
        inner = ",\n".join(f"{indent}    {argument}" for argument in arguments)
        if len(arguments) > 1 and len(f"{indent}    {', '.join(arguments)}") <= WIDTH:
            inner = f"{indent}    {', '.join(arguments)}"
        elif len(arguments) > 1:
            inner += ","
    return f"{above}{indent}{head}(\n{inner}\n{indent}){tail}"

"""A catalog's text into plain values: YAML or JSON, bounded, nothing built and nothing run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from multicloud_lab.errors import CatalogError

MAX_YAML_BYTES = 5_000_000
"""A person's catalog is some 10 kB; PyYAML needs seconds for a megabyte."""
MAX_DEPTH = 64
MAX_NODES = 1_000_000

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]  # libyaml's loader is there or not
    """Safe YAML, without the two things that intake does not read either.

    A key that is there twice would lose an entry; a merge key (``<<``) of merge keys grows
    exponentially.
    """

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, "merge keys (<<) are not read, by intake neither", key.start_mark
                )
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} is there twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse_document(text: str, url: str) -> Mapping[str, Any]:
    """Read the text of a catalog file.

    Parameters
    ----------
    text : str
    url : str
        Of the file: JSON if it ends in ``.json``, else YAML; also for messages.

    Raises
    ------
    CatalogError
        It is neither, or unreasonably deep or large, or not a mapping.
    """
    value = _json(text, url) if url.partition("?")[0].endswith(".json") else _yaml(text, url)
    if not isinstance(value, dict):
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        raise CatalogError(f"{url} is not a catalog: it holds {kind}, not a mapping.")
    return value


def _json(text: str, url: str) -> Any:
    try:
        value = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # fails on half a character
    except json.JSONDecodeError as error:
        raise CatalogError(f"{url} is not JSON (line {error.lineno}: {error.msg}).") from error
    except (RecursionError, ValueError) as error:
        raise CatalogError(f"{url} cannot be read as JSON: {_words(error)}.") from error
    return value


def _yaml(text: str, url: str) -> Any:
    if len(text) > MAX_YAML_BYTES:
        raise CatalogError(f"{url} is larger than {MAX_YAML_BYTES // 10**6} MB of YAML.")
    # Intake drops this old tag from the text before it parses, so the same is read here.
    text = text.replace("!template ", "")
    try:
        depth = 0
        # The parser's events do not recurse, so depth can be bounded before anything does.
        for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH or count > MAX_NODES:
                raise CatalogError(
                    f"{url} is nested deeper than {MAX_DEPTH} levels or has more than "
                    f"{MAX_NODES} parts."
                )
        value = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise CatalogError(f"{url} is not YAML ({line}{_words(error.problem)}).") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise CatalogError(f"{url} cannot be read as YAML: {_words(error)}.") from error
    _weigh(value, url)
    return value


def _words(error: object) -> str:
    first = str(error).partition("\n")[0].strip() or type(error).__name__
    return first[:200]


def _weigh(value: object, url: str) -> None:
    """Refuse aliases that make a small text a huge or endless value."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()

    def size(item: object) -> int:
        if not isinstance(item, dict | list | set | tuple):
            return 1
        key = id(item)
        if key in open_:
            raise CatalogError(f"{url} holds itself: one of its aliases is inside its anchor.")
        if key not in sizes:
            open_.add(key)
            inner = item.values() if isinstance(item, dict) else item
            sizes[key] = 1 + sum(size(part) for part in inner)
            open_.discard(key)
        return sizes[key]

    try:
        total = size(value)
    except RecursionError as error:
        raise CatalogError(f"{url} is nested too deep.") from error
    if total > MAX_NODES:
        raise CatalogError(f"{url} would expand to {total} parts by its aliases.")

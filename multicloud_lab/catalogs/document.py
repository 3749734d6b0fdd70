"""A catalog's text into plain values: YAML, JSON or lines, bounded, nothing built, nothing run."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

import yaml

from multicloud_lab.errors import CatalogError

MAX_YAML_BYTES = 5_000_000
"""A person's catalog is some 10 kB; PyYAML needs seconds for a megabyte."""
MAX_DEPTH = 64
MAX_NODES = 1_000_000
MAX_RECORDS = 100_000
"""Lines of an NDJSON file."""

_JSON_ENDINGS = {".json", ".geojson"}
_NDJSON_ENDINGS = {".ndjson", ".jsonl"}
_TEXT_ENDINGS = {".txt", ".urls", ".lst", ".list"}
_ADDRESS_LINE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
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


def parse_content(text: str, url: str) -> Mapping[str, Any] | list[Any] | str:
    """Read the text of any catalog file.

    Parameters
    ----------
    text : str
    url : str
        Of the file; its ending says what it is, else its text does. Also for messages.

    Returns
    -------
    mapping, list or str
        A mapping of JSON or YAML; the values of a JSON or YAML list or of the lines of NDJSON,
        where a line that is not JSON is the :class:`CatalogError` that says so; plain text.

    Raises
    ------
    CatalogError
        It is none of these, or unreasonably deep or large.
    """
    kind = _kind(text, url)
    if kind == "text":
        return text
    value = {"ndjson": _ndjson, "json": _json, "yaml": _yaml}[kind](text, url)
    if not isinstance(value, dict | list):
        holds = "nothing" if value is None else f"a {type(value).__name__}"
        raise CatalogError(f"{url} is not a catalog: it holds {holds}, not a mapping.")
    return value


def parse_document(text: str, url: str) -> Mapping[str, Any]:
    """Read the text of a catalog file that is one mapping, as :func:`parse_content` does.

    Raises
    ------
    CatalogError
        It is neither JSON nor YAML, or unreasonably deep or large, or not a mapping.
    """
    value = parse_content(text, url)
    if not isinstance(value, Mapping):
        raise CatalogError(
            f"{url} is not a catalog: it holds a {type(value).__name__}, not a mapping."
        )
    return value


def _kind(text: str, url: str) -> str:
    ending = posixpath.splitext(url.partition("?")[0].removesuffix(".gz"))[1].lower()
    if ending in _JSON_ENDINGS:
        return "json"
    if ending in _NDJSON_ENDINGS:
        return "ndjson"
    if ending in _TEXT_ENDINGS:
        return "text"
    if ending in (".yaml", ".yml"):
        return "yaml"
    # An API's address has no ending; JSON and a list of addresses show in their first line.
    lines = (line.strip() for line in text[:10_000].splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if first.startswith(("{", "[")):
        return "json"
    return "text" if _ADDRESS_LINE.match(first) else "yaml"


def _ndjson(text: str, url: str) -> list[Any]:
    records: list[Any] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(records) >= MAX_RECORDS:
            raise CatalogError(f"{url} has more than {MAX_RECORDS} lines.")
        try:
            records.append(_json(line, f"Line {number} of {url}"))
        except CatalogError as error:
            records.append(error)
    return records


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

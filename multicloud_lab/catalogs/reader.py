"""Reading a catalog and all below it: formats register here; files are read side by side."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from multicloud_lab.catalogs.document import parse_content
from multicloud_lab.catalogs.entry import Child, Entry
from multicloud_lab.catalogs.fetch import Options, fetch, normal_url
from multicloud_lab.catalogs.folder import is_folder, read_folder
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.errors import CatalogError
from multicloud_lab.hosts import shown

MAX_DOCUMENT_BYTES = 64_000_000
"""Of one catalog file: an intake-esm file may hold its whole table."""
MAX_LEVELS = 16
MAX_FILES = 5000
"""Of one catalog; the AWS Open Data Registry had 1,190 (its repository, 2026-11)."""
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Document:
    """One catalog file that has been read.

    Parameters
    ----------
    url : str
        Normal URL.
    content : mapping, list or str
        As of :func:`multicloud_lab.catalogs.document.parse_content`; a format is asked to read
        only what it owns.
    path : tuple of str
        Where its entries are below the top catalog.
    row : Entry or None
        What the parent says of it; None for the top.
    reach : Reach
        What may be fetched for its catalog.
    deadline : float
        Seconds that one address may take.
    """

    url: str
    content: Any
    path: tuple[str, ...]
    row: Entry | None
    reach: Reach
    deadline: float

    def child(self, reference: str) -> str:
        """Give the normal URL of a file that this one names; CatalogError if it may not."""
        return self.reach.child(reference, self.url)

    def fetch(self, url: str, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
        """Read another file that belongs to this one, as a table or a further page."""
        return fetch(url, options=self.reach.options, limit=limit, deadline=self.deadline)


class CatalogFormat(Protocol):
    """A format of catalogs; one module of ``formats`` each, which registers it."""

    name: str

    def owns(self, content: object, url: str) -> bool:
        """Say whether a document's content, read from a URL, is of this format."""

    def read(self, document: Document) -> list[Entry | Child]:
        """List what is in a document; it may read what belongs to it (a table, further pages).

        Raises
        ------
        CatalogError
            The document cannot be used at all.
        """


FORMATS: dict[str, CatalogFormat] = {}


def register(catalog_format: CatalogFormat) -> None:
    """Make a format known; the last one of a name counts."""
    FORMATS[catalog_format.name] = catalog_format


@dataclass(slots=True)
class _Node:
    """A file in the tree of catalogs: what was found in it, once it is read."""

    url: str
    row: Entry | None
    ancestors: tuple[str, ...]
    folder: bool = False
    found: list[Entry | _Node] = field(default_factory=list)

    def flat(self) -> list[Entry]:
        entries: list[Entry] = []
        for item in self.found:
            entries.extend(item.flat() if isinstance(item, _Node) else [item])
        return entries


def read_catalog(url: str, *, options: Options, deadline: float) -> list[Entry]:
    """Read a catalog and every catalog below it; blocking.

    Nothing that a catalog asks for is run, and nothing is fetched but the catalog files.

    Parameters
    ----------
    url : str
        Of the top file, a path or anything that fsspec reads; or of a folder of catalog files,
        on this machine or in an object store.
    options : callable
        Gives the administrator's fsspec options for a URL.
    deadline : float
        Seconds for the whole; one address may take a third of it.

    Returns
    -------
    list of Entry
        In the order of the files, each ``path`` unique. A child that cannot be read is one
        entry with a ``problem``.

    Raises
    ------
    CatalogError
        The top file cannot be read; the message names it and says what is wrong.
    """
    from multicloud_lab.catalogs import formats as _formats  # noqa: F401  (they register)

    end = time.monotonic() + deadline
    root = _Node(normal_url(url), None, (), folder=is_folder(url))
    reach = Reach.of(root.url, options, is_folder=root.folder)
    waiting, running = deque([root]), dict[int, _Node]()
    answers: queue.SimpleQueue[tuple[_Node, list[Entry | Child] | CatalogError]] = (
        queue.SimpleQueue()
    )
    files = 0
    while waiting or running:
        while waiting and len(running) < _AT_ONCE:
            node = waiting.popleft()
            files += 1
            running[id(node)] = node
            _start(node, reach, deadline / 3, answers)
        try:
            node, answer = answers.get(timeout=max(end - time.monotonic(), 0.0))
        except queue.Empty:
            for late in (*running.values(), *waiting):
                late.found = [_broken(late, f"{shown(late.url)} did not come in time.")]
            break
        del running[id(node)]
        if isinstance(answer, CatalogError):
            node.found = [_broken(node, str(answer))]
            continue
        for item in answer:
            if isinstance(item, Entry):
                node.found.append(item)
                continue
            child = _Node(item.url, item.row, (*node.ancestors, node.url))
            node.found.append(child)
            refusal = _refusal(child, files + len(waiting))
            if refusal:
                child.found = [_broken(child, refusal)]
            else:
                waiting.append(child)
    return _distinct(root.flat())


def _start(
    node: _Node,
    reach: Reach,
    deadline: float,
    answers: queue.SimpleQueue[tuple[_Node, list[Entry | Child] | CatalogError]],
) -> None:
    def run() -> None:
        try:
            answers.put((node, _read_one(node, reach, deadline)))
        except CatalogError as error:
            answers.put((node, error))
        except Exception as error:  # noqa: BLE001  (a hostile file must not cost its siblings)
            what = f"{type(error).__name__}: {error}"[:200]
            answers.put((node, CatalogError(f"{shown(node.url)} cannot be read ({what}).")))

    threading.Thread(target=run, name="multicloud-lab-catalog", daemon=True).start()


def _read_one(node: _Node, reach: Reach, deadline: float) -> list[Entry | Child]:
    # Only the administrator names a folder: a catalog has no business listing things.
    if node.folder:
        return read_folder(node.url, options=reach.options, limit=MAX_FILES - 1, deadline=deadline)
    data = fetch(node.url, options=reach.options, limit=MAX_DOCUMENT_BYTES, deadline=deadline)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{shown(node.url)} is not text (UTF-8).") from error
    content = parse_content(text, shown(node.url))
    for catalog_format in FORMATS.values():
        if catalog_format.owns(content, node.url):
            path = node.row.path if node.row else ()
            return catalog_format.read(Document(node.url, content, path, node.row, reach, deadline))
    raise CatalogError(
        f"{shown(node.url)} is not a catalog of a known format ({', '.join(FORMATS)})."
    )


def _refusal(node: _Node, files: int) -> str:
    if node.url in node.ancestors:
        return f"{shown(node.url)} is above itself: the catalogs go round in a circle."
    if len(node.ancestors) > MAX_LEVELS:
        return f"{shown(node.url)} is more than {MAX_LEVELS} catalogs deep."
    if files >= MAX_FILES:
        return f"{shown(node.url)} is not read: the catalog has more than {MAX_FILES} files."
    return ""


def _broken(node: _Node, problem: str) -> Entry:
    if node.row is None:
        raise CatalogError(problem)
    return replace(node.row, problem=problem)


def _distinct(entries: list[Entry]) -> list[Entry]:
    """Give entries of the same path different ones, so that none hides another."""
    taken: Counter[tuple[str, ...]] = Counter()
    paths = {entry.path for entry in entries}
    distinct = []
    for entry in entries:
        taken[entry.path] += 1
        path = entry.path
        while taken[entry.path] > 1 and path in paths:
            path = (*entry.path[:-1], f"{entry.path[-1]}~{taken[entry.path]}")
            if path in paths:
                taken[entry.path] += 1
        paths.add(path)
        distinct.append(entry if path == entry.path else replace(entry, path=path))
    return distinct

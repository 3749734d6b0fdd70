"""Lists of URLs: a text file with one a line, and after it a title if one is wanted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from multicloud_lab.catalogs.addresses import resolve, split
from multicloud_lab.catalogs.data_formats import format_of_url, stem
from multicloud_lab.catalogs.declared import inherited
from multicloud_lab.catalogs.entry import Child, Copy, Entry, segment
from multicloud_lab.catalogs.fetch import is_local
from multicloud_lab.catalogs.reader import Document, register
from multicloud_lab.catalogs.reading import safe_reading
from multicloud_lab.errors import CatalogError
from multicloud_lab.hosts import shown

MAX_LINES = 1_000_000
_SCHEMES = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "http", "https", "memory", "file"}
)
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://.")


class UrlListFormat:
    """One URL a line; empty lines and lines that begin with ``#`` say nothing.

    A list on this machine may also have paths, below its own folder if they are relative.
    """

    name = "url-list"

    def owns(self, content: object, url: str) -> bool:
        """Say whether this is plain text."""
        return isinstance(content, str)

    def read(self, document: Document) -> list[Entry | Child]:
        """List the URLs; a line that has none is a row that says so."""
        lines = document.content.splitlines()
        if len(lines) > MAX_LINES:
            raise CatalogError(f"{shown(document.url)} has more than {MAX_LINES} lines.")
        entries = [
            _entry(document, number, *line.split(None, 1))
            for number, line in enumerate((line.strip() for line in lines), 1)
            if line and not line.startswith("#")
        ]
        if all(entry.problem for entry in entries):
            raise CatalogError(f"{shown(document.url)} has no line that begins with a URL.")
        names = Counter(stem(entry.entry) for entry in entries)
        return [
            replace(entry, aliases=("/".join((*document.path, segment(stem(entry.entry)))),))
            if names[stem(entry.entry)] == 1 and not entry.problem
            else entry
            for entry in entries
        ]


register(UrlListFormat())


def _entry(document: Document, number: int, said: str, title: str = "") -> Entry:
    url, problem = _url(document, said)
    if problem:
        problem = f"Line {number} of {shown(document.url)}: {problem}"
    path = (f"line-{number}",) if problem else _path(url)
    where = inherited(document.row)
    copy = Copy(
        url=url, region=where.region, detail=where.detail, requester_pays=where.requester_pays
    )
    return Entry(
        path=(*document.path, *path),
        name=segment(stem(url)) if url else path[-1],
        catalog_url=document.url,
        kind="url",
        entry=url,
        title=title,
        format=format_of_url(url),
        copies=() if problem else (copy,),
        reading={} if problem else safe_reading(format_of_url(url)),
        problem=problem,
    )


def _url(document: Document, said: str) -> tuple[str, str]:
    """Give the whole URL of a line, or why it has none."""
    scheme = found[1].lower() if (found := _ADDRESS.match(said)) else ""
    what = repr(f"{scheme}://…" if scheme else said[:200])
    if "::" in said.partition("//")[0]:
        return "", "a chain of file systems; write the address of the data."
    if scheme and scheme not in _SCHEMES:
        return "", f"{what} is no address of a kind known here."
    if scheme == "file" and not is_local(document.url):
        return "", f"{what} is a file of this machine, but the list is remote."
    if scheme not in ("", "file") and not split(said).netloc:
        return "", f"{what} names no bucket or host."
    if not scheme and ("/" not in said or not is_local(document.url)):
        return "", f"{what} is not a URL."
    return (said if scheme else resolve(said, document.url)), ""


def _path(url: str) -> tuple[str, ...]:
    """Give the bucket and all below it: a short name could come to mean another line."""
    parts = split(url)
    steps = [step for step in (parts.netloc.rpartition("@")[2], *parts.path.split("/")) if step]
    return tuple(segment(step) for step in steps) or ("_",)

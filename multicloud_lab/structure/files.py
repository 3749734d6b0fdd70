"""A file of a store that a library can seek in; what it reads is fetched in blocks, and counted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Protocol

BLOCK = 1 << 14
"""Bytes that are fetched at once: metadata lie in clusters of some kB, with data between them."""


class Parts(Protocol):
    """Gives parts of files, as :class:`multicloud_lab.structure.source.Source` does."""

    requests: int

    def ranges(self, parts: Sequence[tuple[str, int, int]]) -> list[bytes]:
        """Read parts of files, each a key with the first byte and the one after the last."""


class SourceFile(io.RawIOBase):
    """A file below a source's address, for reading.

    Parameters
    ----------
    source : Parts
    key : str
        Of the file; empty for the source's own address.
    size : int
        In bytes.
    head, tail : bytes, optional
        The beginning and the end of the file, if they were fetched.

    Attributes
    ----------
    error : Exception or None
        Why a read failed, as libraries turn errors into others of their own.
    """

    def __init__(
        self, source: Parts, key: str, size: int, *, head: bytes = b"", tail: bytes = b""
    ) -> None:
        super().__init__()
        self._source = source
        self._key = key
        self._blocks: dict[int, bytes] = {}
        self._position = 0
        self._tail = tail
        self.error: Exception | None = None
        self.size = size
        for start in range(0, len(head), BLOCK):
            if start + BLOCK <= len(head) or len(head) == size:
                self._blocks[start // BLOCK] = head[start : start + BLOCK]

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought in."""
        return True

    def tell(self) -> int:
        """Give the position, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, in bytes."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer; fewer bytes come at the end of the file only."""
        view = memoryview(buffer).cast("B")
        try:
            data = self._between(self._position, min(self._position + len(view), self.size))
        except Exception as error:
            self.error = self.error or error
            raise
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _between(self, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        tail = self.size - len(self._tail)
        if start >= tail:
            return self._tail[start - tail : end - tail]
        numbers = range(start // BLOCK, (end - 1) // BLOCK + 1)
        absent = [n for n in numbers if n not in self._blocks]
        if absent:
            # What lies between two blocks that are there is fetched as one.
            first, last = absent[0], absent[-1] + 1
            part = (self._key, first * BLOCK, min(last * BLOCK, self.size))
            (data,) = self._source.ranges([part])
            for number in range(first, last):
                at = (number - first) * BLOCK
                self._blocks[number] = data[at : at + BLOCK]
        joined = b"".join(self._blocks[n] for n in numbers)
        at = start - numbers[0] * BLOCK
        return joined[at : at + end - start]

"""The process that reads one HDF5 file: parts of it come in by a pipe, its description goes out.

Run as ``python -m multicloud_lab.structure.hdf5_process`` by
:mod:`multicloud_lab.structure.hdf5_apart`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from multicloud_lab.structure.hdf5_apart import LENGTH

MEMORY = 4_000_000_000
"""Bytes of addresses that it may have, where the system bounds them."""


class _Parent:
    """The parts of the file, as the process gives them that has the store."""

    def __init__(self, to: IO[bytes], answers: IO[bytes]) -> None:
        self.requests = 0
        self._to = to
        self._answers = answers

    def size(self) -> int:
        return int(json.loads(self._answers.readline())["size"])

    def receive(self) -> bytes:
        length = LENGTH.unpack(self._exactly(LENGTH.size))[0]
        return self._exactly(length)

    def ranges(self, parts: Sequence[tuple[str, int, int]]) -> list[bytes]:
        """Ask for parts, one by one."""
        found = []
        for _, start, end in parts:
            self.requests += 1
            self.tell(read=[start, end])
            found.append(self.receive())
        return found

    def tell(self, **message: Any) -> None:
        self._to.write(json.dumps(message).encode() + b"\n")
        self._to.flush()

    def _exactly(self, length: int) -> bytes:
        data = self._answers.read(length)
        if len(data) < length:
            sys.exit(1)  # the other process is gone
        return data


def main() -> None:
    """Read the file that comes in, and tell what it holds."""
    with suppress(ValueError, OSError):  # macOS does not bound addresses
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints must not get between the messages.
    to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    parent = _Parent(to, sys.stdin.buffer)
    size = parent.size()
    head = parent.receive()
    try:
        parent.tell(done=_describe(parent, head, size))
    except ImportError as error:
        parent.tell(missing=error.name or str(error))
    # HDF5 says what is wrong by errors of many types.
    except Exception as error:  # noqa: BLE001
        words = str(error).partition("\n")[0] or type(error).__name__
        parent.tell(failed=words[:300])


def _describe(parent: _Parent, head: bytes, size: int) -> Any:
    from multicloud_lab.structure.decoding import describe
    from multicloud_lab.structure.files import SourceFile
    from multicloud_lab.structure.hdf5 import read_groups

    notes: list[str] = []
    groups = read_groups(SourceFile(parent, "", size, head=head), parent, notes)
    described = describe(groups)
    both = described.model_copy(update={"notes": (*notes, *described.notes)})
    return both.model_dump(mode="json")


if __name__ == "__main__":
    main()

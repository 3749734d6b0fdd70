"""HDF5 is read in a process of its own: the C library must not take a server down with it.

A file can be written to crash the library, which no ``except`` catches. And h5py holds its one lock
while a file of ours waits for a store; where the thread that serves the store then collects an
object of h5py, both wait for each other. So the library runs in a process that knows no store: it
asks for each part of the file over a pipe, and is killed at the deadline.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from typing import IO, Any, NoReturn

from multicloud_lab.structure.form import Description
from multicloud_lab.structure.source import Source

LENGTH = struct.Struct(">Q")
_MAX_LINE = 64_000_000
# Settings of the interpreter and of the loader of libraries; nothing that may be a secret.
_ENVIRONMENT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")


def read_apart(source: Source, head: bytes, size: int) -> Description:
    """Describe an HDF5 file.

    Parameters
    ----------
    source : Source
        Whose own address is the file's.
    head : bytes
        The beginning of the file.
    size : int
        Of the file, in bytes.

    Raises
    ------
    ImportError
        h5netcdf or h5py is not installed.
    ValueError
        The file makes no sense, or refers to others.
    """
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "multicloud_lab.structure.hdf5_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    # Once it is killed its pipe ends, and with it the wait for the next line.
    timer = threading.Timer(max(source.left, 0), process.kill)
    timer.daemon = True
    timer.start()
    try:
        assert process.stdin is not None  # noqa: S101  (pipes were asked for)
        assert process.stdout is not None  # noqa: S101
        return _serve(source, process.stdin, process.stdout, head, size)
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def _serve(
    source: Source, to: IO[bytes], answers: IO[bytes], head: bytes, size: int
) -> Description:
    """Give the process the parts that it asks for, until it is done."""
    try:
        to.write(json.dumps({"size": size}).encode() + b"\n")
        _send(to, head)
        while True:
            message = _message(source, answers)
            if "done" in message:
                return Description.model_validate(message["done"])
            if "missing" in message:
                name = str(message["missing"])
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if "failed" in message:
                raise ValueError(str(message["failed"]))
            start, end = (int(number) for number in message["read"])
            _send(to, source.ranges([("", start, end)])[0])
    except BrokenPipeError:
        _ended(source)


def _message(source: Source, answers: IO[bytes]) -> dict[str, Any]:
    line = answers.readline(_MAX_LINE)
    if not line.endswith(b"\n"):
        _ended(source)
    message: dict[str, Any] = json.loads(line)
    return message


def _send(to: IO[bytes], data: bytes) -> None:
    to.write(LENGTH.pack(len(data)) + data)
    to.flush()


def _ended(source: Source) -> NoReturn:
    if source.left <= 0:
        source.late()
    raise ValueError("the HDF5 library ended at it, so it is broken")

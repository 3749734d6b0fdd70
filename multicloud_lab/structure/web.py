"""A part of a file over HTTP, of which no more is taken than was asked for."""

from __future__ import annotations

from typing import Any

from multicloud_lab.errors import UnreadableDatasetError
from multicloud_lab.hosts import shown

_CHUNK = 1 << 16


async def get(file_system: Any, url: str, start: int, end: int) -> tuple[bytes, int | None]:
    """Read the bytes from one on, up to another, of a file.

    fsspec's own reader takes the whole body where a server sends one that was not asked for.

    Parameters
    ----------
    file_system : fsspec.implementations.http.HTTPFileSystem
        Whose session and options are used.
    url : str
        Of the file.
    start, end : int
        The first byte and the one after the last.

    Returns
    -------
    tuple of bytes and int
        Fewer bytes if the file ends before; and the file's size, if the server tells it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    UnreadableDatasetError
        The server does not send parts of files.
    """
    session = await file_system.set_session()
    options = dict(file_system.kwargs)
    headers = {
        **options.pop("headers", {}),
        "Range": f"bytes={start}-{end - 1}",
        "Accept-Encoding": "identity",  # parts are of the file, not of its compressed form
    }
    async with session.get(file_system.encode_url(url), headers=headers, **options) as response:
        if response.status == 416:
            return b"", _size(response)
        if response.status in (404, 410):
            raise FileNotFoundError(shown(url))
        response.raise_for_status()
        if response.status != 206 and start:
            raise UnreadableDatasetError(
                f"{shown(url)} is on a server that does not send parts of files, and is not read "
                "whole for its structure."
            )
        data = bytearray()
        async for part in response.content.iter_chunked(_CHUNK):
            data += part
            if len(data) >= end - start:
                break
        return bytes(data[: end - start]), _size(response)


def _size(response: Any) -> int | None:
    """Give the size of the whole file that an answer is a part of."""
    told = response.headers.get("Content-Range", "").rpartition("/")[2]
    if response.status == 200:
        told = response.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() else None

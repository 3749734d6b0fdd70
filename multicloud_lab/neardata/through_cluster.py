"""A file system whose reads a cluster does: what is opened through it is only ever read there."""

from __future__ import annotations

import asyncio
import operator
import secrets
import threading
import weakref
from collections.abc import Mapping
from functools import partial
from typing import Any

import fsspec
from fsspec.asyn import AsyncFileSystem
from fsspec.spec import AbstractBufferedFile

from multicloud_lab.errors import DeadlineError, InvalidInputError, OpenedThereError, TooLargeError

PROTOCOL = "throughcluster"  # xarray takes no scheme with a hyphen for a URL.
DEADLINE = 120.0
"""Seconds that a worker may take for one question; the first one may have to be started."""
ALLOWANCE = 256_000_000
"""Bytes that opening one dataset may bring home: its metadata and small coordinates."""
BLOCK = 262_144
"""Bytes of a file that come with those that are asked for: metadata lie together."""

_passages: weakref.WeakValueDictionary[str, Passage] = weakref.WeakValueDictionary()


class Passage:
    """A way to one store, through a cluster; open while a dataset is being opened.

    Parameters
    ----------
    url : str
        Of the store, as ``s3://bucket/store``.
    options : mapping
        fsspec's options for it, with which the workers open it: their own credentials are those
        of their environment.
    client : distributed.Client
        Of a cluster beside the store.
    """

    def __init__(self, url: str, options: Mapping[str, Any], client: Any) -> None:
        self.protocol = url.partition("://")[0]
        kind = fsspec.get_filesystem_class(self.protocol)
        if not kind.async_impl or self.protocol in ("http", "https", "reference"):
            raise InvalidInputError(
                f"A store of {self.protocol}:// cannot be opened through a cluster; stores of S3, "
                "Google Cloud Storage and Azure can."
            )
        self.path = str(kind._strip_protocol(url))
        self.options = {**kind._get_kwargs_from_urls(url), **options}
        self.id = secrets.token_hex(8)
        self._client = client
        self._sealed = False
        self._brought = 0
        self._lock = threading.Lock()
        _passages[self.id] = self

    def __repr__(self) -> str:
        return f"<Passage to {self.protocol}://{self.path}>"

    @property
    def address(self) -> str:
        """The URL to open, with ``passage`` = :attr:`id` as fsspec's only option."""
        return f"{PROTOCOL}://{self.path}"

    def seal(self) -> None:
        """End the opening: from now on nothing is brought here."""
        self._sealed = True

    def check_open(self) -> None:
        """Refuse what is read here of a dataset that is open already.

        Raises
        ------
        OpenedThereError
        """
        if self._sealed:
            raise OpenedThereError(
                f"{self.protocol}://{self.path} is read on a cluster beside it and not here; "
                "compute with mcl.compute(…), or mcl.client(near=…).compute(…)."
            )

    def read(self, path: str, start: int | None, end: int | None) -> bytes:
        """Bring bytes here.

        Raises
        ------
        OpenedThereError
            The dataset is open already.
        TooLargeError
            It would be more than opening may bring.
        """
        self.check_open()
        found: bytes = self.ask("cat_file", path, start=start, end=end)
        with self._lock:
            self._brought += len(found)
            if self._brought > ALLOWANCE:
                raise TooLargeError(
                    f"Opening {self.protocol}://{self.path} would bring more than "
                    f"{ALLOWANCE // 10**6} MB of metadata and coordinates here."
                )
        return found

    def ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the store's file system on a worker."""
        future = self._client.submit(
            operator.methodcaller(method, *args, **kwargs),
            Elsewhere(self.protocol, self.options),
            key=f"open-{secrets.token_hex(8)}",
            pure=False,
            retries=1,
        )
        try:
            return future.result(timeout=DEADLINE)
        except TimeoutError as error:
            raise DeadlineError(
                f"No worker of the cluster has answered within {DEADLINE:.0f} s what is in "
                f"{self.protocol}://{self.path}; look at its dashboard, or ask again."
            ) from error
        finally:
            future.cancel()


class Elsewhere:
    """A file system that exists only where it is sent to; nothing of this package is needed there.

    Parameters
    ----------
    protocol : str
    options : mapping
    """

    def __init__(self, protocol: str, options: Mapping[str, Any]) -> None:
        self._made = partial(fsspec.filesystem, protocol, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._made, ()


class ClusterFileSystem(AsyncFileSystem):  # type: ignore[misc]
    """What xarray and zarr open a store through; sent to a worker, it is the store's own.

    Parameters
    ----------
    passage : str
        The id of a :class:`Passage`.
    **kwargs
        For fsspec.
    """

    protocol = PROTOCOL
    cachable = False
    async_impl = True

    def __init__(self, passage: str, **kwargs: Any) -> None:
        super().__init__(passage=passage, **kwargs)
        self._passage = _passages[passage]

    def __reduce__(self) -> tuple[Any, ...]:
        there = {**self._passage.options, "asynchronous": self.asynchronous}
        return Elsewhere(self._passage.protocol, there).__reduce__()

    def unstrip_protocol(self, name: str) -> str:
        """Give the URL that a path has where it is read."""
        return f"{self._passage.protocol}://{self._strip_protocol(name)}"

    async def _there(self, method: str, *args: Any, **kwargs: Any) -> Any:
        asked = partial(self._passage.ask, method, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(None, asked)

    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any
    ) -> bytes:
        read = partial(self._passage.read, self._strip_protocol(path), start, end)
        return await asyncio.get_running_loop().run_in_executor(None, read)

    async def _info(self, path: str, **kwargs: Any) -> Any:
        return await self._there("info", self._strip_protocol(path))

    async def _ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        return await self._there("ls", self._strip_protocol(path), detail=detail)

    def _open(
        self, path: str, mode: str = "rb", block_size: int | None = None, **kwargs: Any
    ) -> ClusterFile:
        return ClusterFile(self, path, mode=mode, block_size=block_size or BLOCK, **kwargs)

    def check_open(self) -> None:
        """Refuse what is read here of a dataset that is open already."""
        self._passage.check_open()


class ClusterFile(AbstractBufferedFile):  # type: ignore[misc]
    """A file that is read through a cluster; sent to a worker, it is opened again there."""

    def read(self, length: int = -1) -> bytes:
        """Read bytes, as long as the dataset is being opened: also those that came with others."""
        self.fs.check_open()
        return super().read(length)  # type: ignore[no-any-return]

    def _fetch_range(self, start: int, end: int) -> bytes:
        return self.fs.cat_file(self.path, start=start, end=end)  # type: ignore[no-any-return]


fsspec.register_implementation(PROTOCOL, ClusterFileSystem, clobber=True)

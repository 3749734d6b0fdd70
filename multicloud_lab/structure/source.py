"""A store as structure is read from it: every byte and request counted, and bounded in both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

from multicloud_lab.errors import AccessDeniedError, DeadlineError, UnreadableDatasetError
from multicloud_lab.hosts import WEB, guarded, shown
from multicloud_lab.structure.refusals import Refusal, explain, http_status, refusal
from multicloud_lab.structure.web import get

MAX_BYTES = 64_000_000
"""What is read of a dataset in all before it is given up."""
MAX_DOCUMENT = 32_000_000
"""What a single metadata document may have, in bytes."""

_AT_ONCE = 8
_PAGE = 1000
"""Names that S3 and GCS list in one request."""


@dataclass(frozen=True, slots=True)
class Child:
    """Something directly below an address."""

    name: str
    is_directory: bool
    size: int | None


class Source:
    """A dataset's bytes, wherever they are, by keys below its address.

    Parameters
    ----------
    url : str
        Of the dataset.
    options : mapping
        fsspec options.
    deadline : float
        Seconds for everything that is read through this object.
    allowed : callable
        Says whether the administrator named a URL.
    limit : int
        Bytes, likewise.

    Attributes
    ----------
    bytes_read : int
        Of the bodies of files; listings are counted in ``requests`` alone.
    requests : int
        Reads, questions for a size, and pages of listings.
    refused : BaseException or None
        The last key that could not be read for want of a right.
    """

    def __init__(
        self,
        url: str,
        options: Mapping[str, Any],
        *,
        deadline: float,
        allowed: Callable[[str], bool],
        limit: int = MAX_BYTES,
    ) -> None:
        import fsspec

        self.url = url
        self.bytes_read = 0
        self.requests = 0
        self.refused: BaseException | None = None
        self._documents: dict[str, bytes] = {}
        self._limit = limit
        self._deadline = deadline
        self._ends = time.monotonic() + deadline
        self.is_web = url.partition("://")[0].lower() in WEB
        chosen = guarded(url, options, allowed)
        chosen.pop("asynchronous", None)
        if not self.is_web:
            chosen["use_listings_cache"] = False  # what is listed once must not be kept for ever
        self._fs, path = fsspec.core.url_to_fs(url, **chosen)
        self._path = str(path) if self.is_web else str(path).rstrip("/")

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._ends - time.monotonic()

    @property
    def name(self) -> str:
        """The last part of the address, without an ending."""
        return shown(self.url).rstrip("/").rpartition("/")[2].partition(".")[0] or "data"

    def read(self, keys: Sequence[str], limit: int = MAX_DOCUMENT) -> dict[str, bytes]:
        """Read whole small files, at once, and each once only.

        Returns
        -------
        dict
            Those that are there. One that may not be read is left out, as a store that may not
            be listed says so of those that are not there; see ``refused``.

        Raises
        ------
        UnreadableDatasetError
            One has more bytes than the limit.
        """
        found = {key: self._documents[key] for key in keys if key in self._documents}
        asked = [key for key in keys if key not in found]
        answers = self._gather([(self._at(key), 0, limit + 1) for key in asked])
        for key, answer in zip(asked, answers, strict=True):
            if isinstance(answer, BaseException):
                how = refusal(answer)
                if how in (Refusal.DENIED, Refusal.CREDENTIALS):
                    self.refused = answer
                elif how is not Refusal.MISSING:
                    self._fail(answer)
            elif len(answer[0]) > limit:
                raise UnreadableDatasetError(
                    f"{key or 'The file'} of {shown(self.url)} is larger than {limit / 1e6:g} MB, "
                    "more than is read for a structure."
                )
            else:
                found[key] = self._documents[key] = answer[0]
        return found

    def ranges(self, parts: Sequence[tuple[str, int, int]]) -> list[bytes]:
        """Read parts of files, each a key with the first byte and the one after the last."""
        answers = self._gather([(self._at(key), start, end) for key, start, end in parts])
        return [self._bytes(answer)[0] for answer in answers]

    def begin(self, length: int, key: str = "") -> tuple[bytes, int]:
        """Read the beginning of a file, and its size in bytes."""
        ((answer),) = self._gather([(self._at(key), 0, length)])
        data, size = self._bytes(answer)
        if size is None:
            self.requests += 1
            info = self._run(lambda: self._fs._info(self._at(key)), lambda: self._info(key))
            size = info.get("size")
        if size is None:
            raise UnreadableDatasetError(f"{shown(self.url)} does not tell its length.")
        return data, int(size)

    def children(self, key: str = "") -> list[Child]:
        """List what is directly below a key."""
        self._check_listable()
        path = self._at(key)
        self.requests += 1
        listed = self._run(
            lambda: self._fs._ls(path, detail=True), lambda: self._fs.ls(path, detail=True)
        )
        self.requests += len(listed) // _PAGE
        names = [(str(info["name"]).rstrip("/").rpartition("/")[2], info) for info in listed]
        return [
            Child(name, info.get("type") == "directory", info.get("size"))
            for name, info in names
            if name and str(info["name"]).rstrip("/") != path
        ]

    def sizes(self, seconds: float) -> dict[str, int]:
        """List every file below the address with its bytes, within some seconds."""
        self._check_listable()
        self.requests += 1
        listed = self._run(
            lambda: self._fs._find(self._path, detail=True),
            lambda: self._fs.find(self._path, detail=True),
            seconds=seconds,
        )
        self.requests += len(listed) // _PAGE
        start = len(self._path) + 1
        return {str(name)[start:]: int(info.get("size") or 0) for name, info in listed.items()}

    def absent(self, what: str) -> NoReturn:
        """Say that nothing is there that can be read as something.

        Raises
        ------
        AccessDeniedError
            Something was refused; it may be what was looked for.
        UnreadableDatasetError
            Otherwise.
        """
        if self.refused is not None:
            raise explain(self.refused, self.url) from self.refused
        raise UnreadableDatasetError(f"There is no {what} at {shown(self.url)}.")

    def late(self) -> NoReturn:
        """Say that the deadline is over.

        Raises
        ------
        DeadlineError
        """
        raise DeadlineError(
            f"{shown(self.url)} did not tell its structure within {self._deadline:g} s."
        ) from None

    def _at(self, key: str) -> str:
        if not key:
            return self._path
        if key.startswith("/") or ".." in key.split("/"):
            raise UnreadableDatasetError(
                f"{shown(self.url)} names {key[:80]!r}, which is not below it."
            )
        if not self.is_web:
            return f"{self._path}/{key}"
        parts = urlsplit(self._path)  # a query, as a signature, belongs to every file
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{quote(key)}"))

    def _check_listable(self) -> None:
        if self.is_web:
            raise UnreadableDatasetError(f"{shown(self.url)} cannot be listed over HTTP.")

    def _info(self, key: str) -> Any:
        return self._fs.info(self._at(key))

    def _gather(self, parts: list[tuple[str, int, int]]) -> list[Any]:
        """Give for each part its bytes and the file's size, if known, or the error."""
        return list(
            self._run(
                lambda: self._gather_async(parts),
                lambda: [self._part(*part) for part in parts],
            )
        )

    async def _gather_async(self, parts: list[tuple[str, int, int]]) -> list[Any]:
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(path: str, start: int, end: int) -> tuple[bytes, int | None]:
            async with turn:
                end = self._counted_end(start, end)
                if self.is_web:
                    data, size = await get(self._fs, path, start, end)
                    return self._count(data), size
                data = await self._fs._cat_file(path, start=start, end=end)
                return self._count(data)[: end - start], None

        return await asyncio.gather(*(one(*part) for part in parts), return_exceptions=True)

    def _part(self, path: str, start: int, end: int) -> tuple[bytes, int | None] | Exception:
        try:
            end = self._counted_end(start, end)
            if not self._fs.isfile(path):  # nothing that may never end, as a pipe
                return FileNotFoundError(path)
            return self._count(self._fs.cat_file(path, start=start, end=end)), None
        # Given back as asyncio.gather does.
        except Exception as error:  # noqa: BLE001
            return error

    def _counted_end(self, start: int, end: int) -> int:
        self._check_bytes()
        self.requests += 1
        return min(end, start + self._limit - self.bytes_read + 1)

    def _count(self, data: bytes) -> bytes:
        self.bytes_read += len(data)
        self._check_bytes()
        return data

    def _check_bytes(self) -> None:
        if self.bytes_read > self._limit:
            raise UnreadableDatasetError(
                f"The metadata of {shown(self.url)} are more than {self._limit / 1e6:g} MB, more "
                "than is read for a structure."
            )

    def _run(
        self, work: Callable[[], Any], plain: Callable[[], Any], seconds: float | None = None
    ) -> Any:
        """Run the work on the file system's own loop, or here, and cancel it when it is late."""
        from fsspec.asyn import sync

        left = self.left if seconds is None else min(seconds, self.left)
        if left <= 0:
            self.late()
        try:
            return sync(self._fs.loop, work, timeout=left) if self._fs.async_impl else plain()
        # Every file system has errors of its own.
        except Exception as error:  # noqa: BLE001
            if refusal(error) is Refusal.LATE and self.left <= 0:
                self.late()
            self._fail(error)

    def _bytes(self, answer: Any) -> tuple[bytes, int | None]:
        if isinstance(answer, BaseException):
            if _beyond_end(answer):
                return b"", None
            self._fail(answer)
        data: tuple[bytes, int | None] = answer
        return data

    def _fail(self, error: BaseException) -> NoReturn:
        told = explain(error, self.url)
        if isinstance(told, AccessDeniedError):
            self.refused = error
        raise told from error


def _beyond_end(error: BaseException) -> bool:
    """Say whether a store refused a range because the file ends before it."""
    return http_status(error) == 416 or "not satisfiable" in str(error).lower()
